"""Edits of a `migration.sql`: statements added, replaced and taken away, the rest left as it is."""

from __future__ import annotations

from collections.abc import Collection

from prisma_lsp.lint.fixes import Edits
from prisma_lsp.lint.migration import Migration
from prisma_lsp.migrations.statements import Action, Name, Placed
from prisma_lsp.text import Edit, apply_edits

_QUOTES = {"mysql": ("`", "`"), "sqlserver": ("[", "]")}


class SqlDraft:
    """Collects the edits of one fix of one migration; offsets are those of its present text."""

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

    def remove(self, placed: Placed) -> SqlDraft:
        """Take a statement away, with Prisma's comment above it and the blank line behind it."""
        source = self.migration.script.text
        start, end = placed.start, statement_end(source, placed)
        while end < len(source) and source[end] in " \t":
            end += 1
        for _ in range(2):
            if source.startswith("\r\n", end):
                end += 2
            elif source.startswith(("\n", "\r"), end):
                end += 1
        line = self.migration.text.place(start)[0]
        if line > 0:
            above = self.migration.text.line(line - 1)
            if is_heading(above) and self.migration.text.place(start)[1] == 0:
                start = self.migration.text.offset(line - 1, 0)
        if end == len(source):
            # Nothing follows: the blank line above goes with it.
            before = source[:start].rstrip()
            start = len(before) + (len(self.migration.text.line_end) if before else 0)
        return self.replace(start, end, "")

    def without(self, placed: Placed, gone: Collection[Action]) -> SqlDraft:
        """Take some of the actions of an `ALTER TABLE` away; the whole statement where it has no
        other.  What is left stays as it is written."""
        actions = placed.statement.actions
        if all(action in gone for action in actions):
            return self.remove(placed)
        text = placed.statement.text
        parts: list[str] = []
        for number, action in enumerate(actions):
            if action in gone:
                continue
            lead = text[actions[number - 1].end : action.start] if parts else ""
            parts.append(lead + text[action.start : action.end])
        start, end = placed.start + actions[0].start, placed.start + actions[-1].end
        return self.replace(start, end, "".join(parts))

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
        return text if end == "\n" else text.replace("\n", end)

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


def is_heading(line: str) -> bool:
    """Whether a line is one of the comments that Prisma writes above a statement: `-- AlterTable`."""
    words = line.strip()
    return words.startswith("-- ") and words[3:].isalpha()
