"""Edits of a `migration.sql`: statements added, replaced and taken away, the rest left as it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import pairwise

from prisma_lsp.lint.fixes import Edits
from prisma_lsp.lint.migration import Migration
from prisma_lsp.migrations.statements import Action, Name, Placed
from prisma_lsp.text import Edit, apply_edits

_QUOTES = {"mysql": ("`", "`"), "sqlserver": ("[", "]")}


class SqlDraft:
    """Collects the edits of one fix of one migration; offsets are those of its present text.

    What somebody has written into a comment of a statement that goes stays, on lines of its own.
    """

    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        self._pieces: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, text: str) -> SqlDraft:
        self._pieces.append((start, end, self._ended(text)))
        return self

    def add_after(self, placed: Placed, *statements: str) -> SqlDraft:
        """New statements, each without its semicolon, on lines of their own behind another."""
        source = self.migration.script.text
        end = statement_end(source, placed)
        lead = "" if source[end - 1 : end] == ";" else ";"
        text = "".join(f"\n{statement};" for statement in statements)
        return self.replace(end, end, lead + text)

    def add_before(self, placed: Placed, *statements: str) -> SqlDraft:
        text = "".join(f"{statement};\n" for statement in statements)
        return self.replace(placed.start, placed.start, text)

    def replace_statement(self, placed: Placed, *statements: str) -> SqlDraft:
        """Other statements, each without its semicolon, in the place of one."""
        end = statement_end(self.migration.script.text, placed)
        return self.replace(placed.start, end, "\n".join([*self._said(placed), *(f"{one};" for one in statements)]))

    def remove(self, placed: Placed) -> SqlDraft:
        """Take a statement away, with Prisma's comment above it and the blank line behind it."""
        source = self.migration.script.text
        said = self._said(placed)
        start, end = placed.start, statement_end(source, placed)
        while end < len(source) and source[end] in " \t":
            end += 1
        for _ in range(0 if said else 2):
            if source.startswith("\r\n", end):
                end += 2
            elif source.startswith(("\n", "\r"), end):
                end += 1
        line = self.migration.text.place(start)[0]
        if line > 0:
            above = self.migration.text.line(line - 1)
            if is_heading(above) and self.migration.text.place(start)[1] == 0:
                start = self.migration.text.offset(line - 1, 0)
        if end == len(source) and not said:
            # Nothing follows: the blank line above goes with it.
            before = source[:start].rstrip()
            start = len(before) + (len(self.migration.text.line_end) if before else 0)
        return self.replace(start, end, "\n".join(said))

    def without(self, placed: Placed, gone: Collection[Action]) -> SqlDraft:
        """Take some of the actions of an `ALTER TABLE` away; the whole statement where it has no
        other.  What is left stays as it is written."""
        actions = placed.statement.actions
        if all(action in gone for action in actions):
            return self.remove(placed)
        source = self.migration.script.text[placed.start : placed.end]
        gaps = [_gap(placed, source, one.end, other.start) for one, other in pairwise(actions)]
        gaps.append(("", ""))
        text = ""
        kept = -1
        for number, action in enumerate(actions):
            head = gaps[number - 1][1] if number else ""
            written = source[action.start : action.end]
            if action in gone:
                continue
            if kept < 0:
                text = head.lstrip() + written
            elif kept == number - 1:
                text += source[actions[kept].end : action.start] + written
            else:
                between = gaps[kept][0] + head
                text += "," + (between if between[:1].isspace() else f" {between}") + written
            kept = number
        if gaps[kept][0].strip():
            text += gaps[kept][0]
        start, end = placed.start + actions[0].start, placed.start + actions[-1].end
        said = [one for one in self._said(placed) if one not in text and one not in source[: actions[0].start]]
        if said:
            self._pieces.insert(0, (placed.start, placed.start, self._ended("".join(f"{one}\n" for one in said))))
        return self.replace(start, end, text)

    def _said(self, placed: Placed) -> list[str]:
        """The comments inside a statement, but for those that Prisma writes."""
        source = self.migration.script.text
        return [
            source[placed.start + start : placed.start + end]
            for start, end in comments(placed, source[placed.start : placed.end])
            if not is_heading(source[placed.start + start : placed.start + end])
        ]

    @property
    def edits(self) -> Edits:
        done = 0
        found: list[Edit] = []
        for start, end, text in sorted(self._pieces, key=lambda piece: piece[:2]):
            # Two statements that go may both want the blank line between them.
            start = max(start, done)
            done = max(end, start)
            found.append(Edit(self.migration.text.range(start, done), text))
        return {self.migration.path: found}

    @property
    def result(self) -> str:
        """The whole text with the edits made."""
        return apply_edits(self.migration.script.text, self.edits[self.migration.path])

    def _ended(self, text: str) -> str:
        end = self.migration.text.line_end
        return text if end == "\n" else text.replace("\r\n", "\n").replace("\n", end)

    def quote(self, name: str) -> str:
        return quoted(name, self.migration.before.dialect)

    def named(self, name: Name) -> str:
        """A name with its schema where one is written."""
        own = self.quote(name.name)
        return own if name.schema is None else f"{self.quote(name.schema)}.{own}"


def quoted(name: str, dialect: str = "postgresql") -> str:
    start, end = _QUOTES.get(dialect, ('"', '"'))
    return start + name.replace(end, end * 2) + end


def statement_end(source: str, placed: Placed) -> int:
    """The offset behind a statement's semicolon; behind its last word where it has none."""
    end = placed.end
    at = end
    while at < len(source) and source[at] in " \t\r\n":
        at += 1
    return at + 1 if source[at : at + 1] == ";" else end


def comments(placed: Placed, source: str) -> list[tuple[int, int]]:
    """Where the comments in a statement stand, whose text is ``source``."""
    found: list[tuple[int, int]] = []
    blank = placed.statement.text
    at = 0
    while at < len(blank):
        if blank[at] == source[at]:
            at += 1
            continue
        start, at = at, at + 1
        # A comment is blank but for its line ends.
        while at < len(blank) and blank[at].isspace() and not _ends(source, start, at):
            at += 1
        found.append((start, at))
    return found


def _ends(source: str, start: int, at: int) -> bool:
    """Whether the comment that begins at ``start`` ends before ``at``."""
    if not source.startswith("/*", start):
        return source[at] in "\r\n"
    inside = source[start:at]
    return at - start > 3 and inside.endswith("*/") and inside.count("/*") <= inside.count("*/")


def _gap(placed: Placed, source: str, start: int, end: int) -> tuple[str, str]:
    """What stands between two actions, without its comma: what goes with the first, to the end of
    its line, and what goes with the second."""
    comma = placed.statement.text.index(",", start, end)
    line = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?").match(source, start, end)
    through = line.end() if line is not None else end
    if comma < through:
        return source[start:comma] + source[comma + 1 : through], source[through:end]
    return source[start:through], source[through:comma] + source[comma + 1 : end]


def is_heading(line: str) -> bool:
    """Whether a line is one of the comments that Prisma writes above a statement: `-- AlterTable`."""
    words = line.strip()
    return words.startswith("-- ") and words[3:].isalpha()
