"""Where the keys of a TOML or JSON text stand, for telling of a mistake at its place.

The texts are known to be well formed, or nearly: Python's own parsers have read them.  So this only
keeps count of where it is, and gives up quietly where it cannot follow.
"""

from __future__ import annotations

import re
from bisect import bisect_right

# (line, column), both from 1; columns count characters.
Place = tuple[int, int]
# The parts of a key: names in whatever case they are written, numbers in lists.
Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r'''[ \t\r]+|(?P<comment>\#[^\n]*)'''
    r'''|(?P<string>"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|'[^'\n]*')'''
    r"""|(?P<mark>[\[\]{}=,.:\n])|(?P<bare>[^\s\[\]{}=,.:"'\#]+)""",
    re.S,
)
_MAX_DEPTH = 64


def places(text: str, *, is_json: bool) -> dict[Path, Place]:
    """The place of every key, and of every item of a list, by the path to it."""
    found: dict[Path, int] = {}
    reader = _Reader(text, found)
    try:
        if is_json:
            reader.value((), 0)
        else:
            reader.toml()
    except IndexError:
        pass
    lines = [0, *(match.end() for match in re.finditer("\n", text))]
    located = {}
    for path, offset in found.items():
        line = bisect_right(lines, offset)
        located[path] = (line, offset - lines[line - 1] + 1)
    return located


class _Reader:
    def __init__(self, text: str, found: dict[Path, int]) -> None:
        self.found = found
        self.tokens = [
            (match[0], match.start())
            for match in _TOKEN.finditer(text)
            if match.lastgroup not in (None, "comment")
        ]
        self.at = 0

    @property
    def token(self) -> str:
        return self.tokens[self.at][0]

    def skip_lines(self) -> None:
        while self.at < len(self.tokens) and self.token == "\n":
            self.at += 1

    def toml(self) -> None:
        table: Path = ()
        counts: dict[Path, int] = {}
        while True:
            self.skip_lines()
            if self.token == "[":
                is_item = self.tokens[self.at + 1][0] == "["
                offset = self.tokens[self.at][1]
                self.at += 1 + is_item
                table = self.resolved(self.key(()), counts)
                self.at += 1 + is_item
                if is_item:
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, counts[table])
                self.found.setdefault(table, offset)
            else:
                self.pair(table, 0)
            while self.token != "\n":  # what could not be followed
                self.at += 1

    def resolved(self, path: Path, counts: dict[Path, int]) -> Path:
        """``path`` with the number of the present item behind each list in it but a last one."""
        whole: Path = ()
        for number, part in enumerate(path):
            whole = (*whole, part)
            if whole in counts and number < len(path) - 1:
                whole = (*whole, counts[whole])
        return whole

    def key(self, table: Path) -> Path:
        """A dotted key below ``table``, each part of it found here."""
        path = table
        while True:
            text, offset = self.tokens[self.at]
            name = text[1:-1] if text[0] in "\"'" else text
            path = (*path, name)
            self.found.setdefault(path, offset)
            self.at += 1
            if self.at >= len(self.tokens) or self.token != ".":
                return path
            self.at += 1

    def pair(self, table: Path, depth: int) -> None:
        path = self.key(table)
        if self.token in "=:":
            self.at += 1
            self.value(path, depth + 1)

    def value(self, path: Path, depth: int) -> None:
        self.skip_lines()
        if depth > _MAX_DEPTH:
            raise IndexError
        if self.token == "{":
            self.inside("}", path, depth)
        elif self.token == "[":
            self.inside("]", path, depth)
        else:
            while self.token not in ("\n", ",", "}", "]"):
                self.at += 1

    def inside(self, end: str, path: Path, depth: int) -> None:
        """The rest of a table or a list, from its opening bracket to behind its closing one."""
        self.at += 1
        number = 0
        while True:
            self.skip_lines()
            if self.token == end:
                self.at += 1
                return
            if self.token == ",":
                self.at += 1
            elif end == "}":
                self.pair(path, depth)
                if self.token not in (",", "}", "\n"):
                    raise IndexError
            else:
                self.found.setdefault((*path, number), self.tokens[self.at][1])
                self.value((*path, number), depth + 1)
                number += 1
