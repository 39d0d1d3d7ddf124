"""The text of a `migration.sql` while an editor has it open: lines, edits, places.

A value: an edit gives a new one.  Lines end as the protocol wants, columns count characters, offsets
count characters from the beginning of the file.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property

from prisma_lsp.text import Range, split_lines

FILE_NAME = "migration.sql"


def is_migration(path: str) -> bool:
    """Whether ``path`` is one of a migration: a `migration.sql` in a folder of its own."""
    return os.path.basename(path) == FILE_NAME and os.path.isabs(path)


class SqlText:
    __slots__ = ("__dict__", "_lines")

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    @classmethod
    def of(cls, text: str) -> SqlText:
        return cls(split_lines(text))

    @cached_property
    def text(self) -> str:
        return "".join(self._lines)

    @cached_property
    def _starts(self) -> list[int]:
        """The offset of each line, and that of the text's end."""
        starts = [0]
        for line in self._lines:
            starts.append(starts[-1] + len(line))
        return starts

    @property
    def lines(self) -> list[str]:
        """The physical lines, each with its end; not to be changed."""
        return self._lines

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def line(self, number: int) -> str:
        """The text of a line without its end; empty for one below the last."""
        return self._lines[number].rstrip("\r\n") if 0 <= number < len(self._lines) else ""

    def place(self, offset: int) -> tuple[int, int]:
        """(line, column) of an offset; the end of the text for one behind it."""
        line = max(0, min(bisect_right(self._starts, offset) - 1, len(self._lines)))
        return line, max(0, min(offset, self._starts[-1]) - self._starts[line])

    def offset(self, line: int, column: int) -> int:
        if line >= len(self._lines):
            return self._starts[-1]
        return self._starts[line] + min(column, len(self._lines[line]))

    def range(self, start: int, end: int) -> Range:
        """The stretch between two offsets."""
        return Range(*self.place(start), *self.place(end))

    @property
    def line_end(self) -> str:
        """What ends its lines: that of the first one."""
        return "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"

    def edited(self, at: Range, text: str) -> SqlText:
        """The text with a stretch replaced; only the lines that it touches are split again."""
        lines = self._lines
        count = len(lines)
        first, last = min(at.line, count), min(at.end_line, count)
        head = lines[first][: at.start] if first < count else ""
        tail = lines[last][at.end :] if last < count else ""
        middle = head + text + tail
        stop = last + 1
        # A line that has lost its end goes on in the next one, and so does a lone `\r` before `\n`.
        while stop < count and middle and not middle.endswith("\n"):
            middle += lines[stop]
            stop += 1
            if middle.endswith(("\n", "\r")):
                break
        start = first
        if (first > 0 and lines[first - 1].endswith("\r") and middle.startswith("\n")) or (
            first > 0 and first >= count and not lines[-1].endswith(("\n", "\r"))
        ):
            start -= 1
            middle = lines[start] + middle
        return SqlText([*lines[:start], *split_lines(middle), *lines[stop:]])
