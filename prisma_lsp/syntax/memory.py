"""What was worked out for a line or a name, remembered for when the same comes again.

Schemas repeat themselves, so it pays; a typist makes new lines all day long, so it must end.  There
is room for about as many lines as the open texts have, and what only a closed text had is forgotten
at the next `tidy`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, ParamSpec, TypeVar, cast

Key = TypeVar("Key")
Value = TypeVar("Value")
Arguments = ParamSpec("Arguments")

LEAST = 2_000
MOST = 15_000

_room = MOST
_all: list[Memory[object, object]] = []
_clear: list[Callable[[], None]] = []


def make_room(lines: int) -> None:
    """Remember as much as texts of so many lines need, and no more."""
    global _room
    _room = min(max(LEAST, lines), MOST)
    for memory in _all:
        memory.make_room()


def tidy() -> None:
    """Forget what has not been asked for since the last time; to be called when a text is closed."""
    for memory in _all:
        memory.age()
    for clear in _clear:
        clear()


def remembered(
    most: int,
) -> Callable[[Callable[Arguments, Value]], Callable[Arguments, Value]]:
    """Decorates a function whose last ``most`` answers are remembered until the next `tidy`.

    It is the standard library's cache, for functions of what stands in a text.
    """

    def decorate(function: Callable[Arguments, Value]) -> Callable[Arguments, Value]:
        cached = lru_cache(most)(function)
        _clear.append(cached.cache_clear)
        return cast("Callable[Arguments, Value]", cached)

    return decorate


class Memory(Generic[Key, Value]):
    """Values by key, in two generations: ``recent`` is looked into first, then `recall` is asked.

    What nobody has asked for while the room was filled twice is forgotten.  There is never room for
    more than ``most`` in a generation.
    """

    __slots__ = ("_earlier", "_most", "_room", "recent")

    def __init__(self, most: int = MOST) -> None:
        self.recent: dict[Key, Value] = {}
        self._earlier: dict[Key, Value] = {}
        self._most = most
        self._room = min(_room, most)
        _all.append(self)  # type: ignore[arg-type]

    def recall(self, key: Key) -> Value | None:
        """What is remembered from before; it stays for longer now."""
        value = self._earlier.get(key)
        if value is not None:
            self.keep(key, value)
        return value

    def keep(self, key: Key, value: Value) -> None:
        if len(self.recent) >= self._room:
            self.age()
        self.recent[key] = value

    def age(self) -> None:
        """Begin a generation: what is not asked for until the next one is forgotten."""
        self._earlier = self.recent
        self.recent = {}

    def make_room(self) -> None:
        self._room = min(_room, self._most)
        if len(self.recent) > self._room:
            self.recent = {}
        if len(self._earlier) > self._room:
            self._earlier = {}
