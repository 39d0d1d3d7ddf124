"""A dictionary in parts: a copy shares every part that is not changed.

A new snapshot of a schema is made at every keystroke and differs in a few names, so copying must not
take longer the more names there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Name = TypeVar("Name")
Value = TypeVar("Value")

PARTS = 512


class Parted(Generic[Name, Value]):
    """Values by name, in no particular order."""

    __slots__ = ("_own", "_parts")

    def __init__(self) -> None:
        self._parts: list[dict[Name, Value]] = [{} for _ in range(PARTS)]
        # The numbers of the parts that nothing else shares; None: all.
        self._own: set[int] | None = None

    def copy(self) -> Parted[Name, Value]:
        """Another one with the same values.  This one must not be changed any more."""
        other: Parted[Name, Value] = Parted.__new__(Parted)
        other._parts = list(self._parts)
        other._own = set()
        return other

    def get(self, name: Name, default: Value) -> Value:
        return self._parts[hash(name) % PARTS].get(name, default)

    def set(self, name: Name, value: Value) -> None:
        self._part(name)[name] = value

    def drop(self, name: Name) -> None:
        """Take a name away, if it is there."""
        self._part(name).pop(name, None)

    def _part(self, name: Name) -> dict[Name, Value]:
        number = hash(name) % PARTS
        if self._own is not None and number not in self._own:
            self._own.add(number)
            self._parts[number] = dict(self._parts[number])
        return self._parts[number]

    def __iter__(self) -> Iterator[Name]:
        for part in self._parts:
            yield from part

    def values(self) -> Iterator[Value]:
        for part in self._parts:
            yield from part.values()

    def items(self) -> Iterator[tuple[Name, Value]]:
        for part in self._parts:
            yield from part.items()
