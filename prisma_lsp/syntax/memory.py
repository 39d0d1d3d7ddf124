"""What was worked out for a line, remembered for when the same line comes again.

Schemas repeat themselves, so it pays; a typist makes new lines all day long, so it must end.  There
is room for about as many lines as the open texts have.
"""

from __future__ import annotations

from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

LEAST = 2_000
MOST = 15_000

_room = MOST
_all: list[Memory[object, object]] = []


def make_room(lines: int) -> None:
    """Remember as much as texts of so many lines need, and no more."""
    global _room
    _room = min(max(LEAST, lines), MOST)
    for memory in _all:
        if len(memory.recent) > _room:
            memory.forget()


class Memory(Generic[Key, Value]):
    """Values by key, in two generations: ``recent`` is looked into first, then `recall` is asked.

    What nobody has asked for while the room was filled twice is forgotten.
    """

    __slots__ = ("_earlier", "recent")

    def __init__(self) -> None:
        self.recent: dict[Key, Value] = {}
        self._earlier: dict[Key, Value] = {}
        _all.append(self)  # type: ignore[arg-type]

    def recall(self, key: Key) -> Value | None:
        """What is remembered from before; it stays for longer now."""
        value = self._earlier.get(key)
        if value is not None:
            self.keep(key, value)
        return value

    def keep(self, key: Key, value: Value) -> None:
        if len(self.recent) >= _room:
            self._earlier = self.recent
            self.recent = {}
        self.recent[key] = value

    def forget(self) -> None:
        self.recent = {}
        self._earlier = {}
