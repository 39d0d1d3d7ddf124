"""Positions in a line of text, in the three units that editors count in.

Everywhere inside prisma-lsp a column is a number of characters (Unicode code points) from the
start of its line, because that is how Python indexes a string.  Editors count UTF-16 code units
(the protocol's default), UTF-8 bytes or characters; this module is the only place that converts.
A line here is one physical line, with or without its line end: ``\\n``, ``\\r\\n`` or ``\\r``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeVar

Encoding = Literal["utf-8", "utf-16", "utf-32"]

Item = TypeVar("Item")

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Range(NamedTuple):
    """A stretch of a file: lines from 0, columns in characters; the end is exclusive."""

    line: int
    start: int
    end_line: int
    end: int


class Edit(NamedTuple):
    """A replacement in one file: ``range`` as it is before the edit, and the new text."""

    range: Range
    text: str


def split_lines(text: str) -> list[str]:
    """The physical lines of ``text``, each with its line end; no line for an empty rest.

    Only ``\\n``, ``\\r\\n`` and a lone ``\\r`` end a line, as in the protocol and in Prisma:
    ``str.splitlines`` would also split at U+2028 and others.
    """
    return _LINES.findall(text)


def common_ends(
    before: Sequence[Item], after: Sequence[Item], same: Callable[[Item, Item], bool] | None = None
) -> tuple[int, int]:
    """How many items (lines, blocks, …) are the same at the start, and how many of the rest at the
    end; by ``==`` where nothing says what is the ``same``, for two sequences of one type."""
    shorter = min(len(before), len(after))
    head = tail = 0
    if same is None:
        head = _leap(shorter, lambda at, end: before[at:end] == after[at:end])
        one, other = len(before), len(after)
        tail = _leap(
            shorter - head,
            lambda at, end: before[one - end : one - at] == after[other - end : other - at],
        )
        return head, tail
    while head < shorter and same(before[head], after[head]):
        head += 1
    while tail < shorter - head and same(before[-1 - tail], after[-1 - tail]):
        tail += 1
    return head, tail


def _leap(limit: int, equal: Callable[[int, int], bool]) -> int:
    """The first place up to ``limit`` that is not ``equal``; asks about longer and longer stretches
    until one differs, then about halves of it, because comparing a stretch takes no time."""
    at, step, grows = 0, 8, True
    while at < limit and step:
        if equal(at, min(at + step, limit)):
            at = min(at + step, limit)
        else:
            grows = False
        step = step * 2 if grows else step // 2
    return at


def width(line: str) -> int:
    """The number of characters of ``line`` before its line end."""
    return len(line.rstrip("\r\n"))


def to_units(line: str, column: int, encoding: Encoding) -> int:
    """The column, given in characters of ``line``, in the units of ``encoding``."""
    if line.isascii() or encoding == "utf-32":
        return column
    before = line[:column]
    if encoding == "utf-8":
        return len(before.encode("utf-8", "surrogatepass"))
    return column + sum(1 for c in before if c > "\uffff")


def from_units(line: str, units: int, encoding: Encoding) -> int:
    """The column in characters that ``units`` of ``encoding`` from the start of ``line`` mean.

    A position past the end is the end of the line, as the protocol wants; one inside a character
    is the character's start.
    """
    if units <= 0:
        return 0
    limit = width(line)
    if line.isascii() or encoding == "utf-32":
        return min(units, limit)
    passed = 0
    for column, char in enumerate(line[:limit]):
        if encoding == "utf-16":
            passed += 2 if char > "\uffff" else 1
        else:
            passed += len(char.encode("utf-8", "surrogatepass"))
        if passed > units:
            return column
        if passed == units:
            return column + 1
    return limit


def apply_edits(text: str, edits: list[Edit]) -> str:
    """``text`` with ``edits`` made; they refer to the text as given and must not overlap.

    Edits at one and the same place keep the order in which they are given.  Raises ``ValueError``
    where two edits overlap.
    """
    lines = split_lines(text)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(line: int, column: int) -> int:
        return starts[line] + column if line < len(lines) else len(text)

    spots = []
    for number, edit in enumerate(edits):
        at = edit.range
        spots.append((offset(at.line, at.start), offset(at.end_line, at.end), number, edit.text))
    spots.sort(key=lambda s: (s[0], s[2]))
    out: list[str] = []
    done = 0
    for start, end, _, new in spots:
        if start < done:
            raise ValueError("overlapping edits")
        out += (text[done:start], new)
        done = end
    out.append(text[done:])
    return "".join(out)
