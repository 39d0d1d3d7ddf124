"""Runs the rules about migrations over one `migration.sql`, with the comments that silence them.

``-- prisma-lsp-ignore rule, other-rule: reason`` on a line of its own speaks for the statement below
it, behind code for its line; ``-- prisma-lsp-ignore-file rule: reason`` for the file.  Without a
rule's name every rule is meant.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.lint.context import Context, Environment
from prisma_lsp.lint.linter import Plan
from prisma_lsp.lint.migration import Migration
from prisma_lsp.lint.rule import Finding
from prisma_lsp.lint.suppression import MARK
from prisma_lsp.migrations.reader import read_script
from prisma_lsp.migrations.statements import Script
from prisma_lsp.migrations.text import SqlText
from prisma_lsp.schema.schema import Schema

log = logging.getLogger(__name__)

# A longer file is a dump or a squashed history; reading it at a keystroke would hold up the editor.
MAX_CHARACTERS = 1_000_000

_IGNORE = re.compile(r"--+[ \t]*prisma-lsp-ignore(-file)?(?![\w-])([^\r\n]*)")
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Checked(NamedTuple):
    """What came out, and the statements, for the next version of the same text."""

    findings: list[Finding]
    script: Script | None


class MigrationLinter:
    """The rules about migrations for one environment."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._plan = Plan(environment)

    @property
    def has_rules(self) -> bool:
        """Whether any rule about migrations is on, before overrides."""
        return self._plan.has("Migration") or bool(self.environment.settings.overrides)

    def check(
        self,
        path: str,
        text: SqlText,
        schema: Schema,
        previous: Script | None = None,
        *,
        wanted: bool = False,
        limit: int = MAX_CHARACTERS,
    ) -> Checked:
        """The findings of one file, in the order of its lines.

        ``previous`` is what an earlier version of it gave.  An older migration is left alone unless
        it is ``wanted``: it has been applied, and nobody can act on what is wrong with it.  One with
        more than ``limit`` characters is not read.
        """
        if not (wanted or self.is_recent(path)):
            return Checked([], previous)
        migrations = self.environment.migrations
        if sum(map(len, text.lines)) > limit:
            return Checked([], None)
        script = read_script(text.text, migrations.dialect, previous)
        files = migrations.files
        migration = Migration(
            path,
            text,
            script,
            migrations.state_before(path),
            lambda sql: migrations.state_after(path, sql),
            schema,
            is_first=not files or files[0].path >= path,
        )
        plan = self._plan.at(path, "")
        found = plan.run_migration(Context(schema, plan.environment), migration)
        return Checked(list(_heard(found, migration)), script)

    def is_recent(self, path: str) -> bool:
        """Whether the settings want the migration to be looked at: the newest one, or every one."""
        files = self.environment.migrations.files
        return self.environment.settings.migrations == "all" or not files or files[-1].path <= path


def ignores(text: SqlText) -> Iterator[tuple[int, str, frozenset[str]]]:
    """(line, "file" or "line" or "next", rules) of each comment that silences; none: every rule."""
    for number, line in enumerate(text.lines):
        if MARK in line and (match := _IGNORE.search(line)) is not None:
            if line[: match.start()].count("'") % 2:
                continue
            scope = "file" if match[1] else "line" if line[: match.start()].strip() else "next"
            listed = match[2].split(":", 1)[0].split(" -- ", 1)[0]
            yield number, scope, frozenset(_RULE.findall(listed))


def _heard(found: list[Finding], migration: Migration) -> Iterator[Finding]:
    """Those that no comment silences."""
    text = migration.text
    directives = list(ignores(text)) if found else []
    silenced: list[tuple[range, frozenset[str]]] = []
    for number, scope, rules in directives:
        lines = range(text.line_count + 1)
        if scope == "line":
            lines = range(number, number + 1)
        elif scope == "next":
            lines = _below(migration, number)
        silenced.append((lines, rules))
    for finding in found:
        if not any(
            finding.line in lines and (not rules or finding.rule in rules)
            for lines, rules in silenced
        ):
            yield finding


def _below(migration: Migration, number: int) -> range:
    """The lines of the statement that begins below a comment; within a statement, the next line."""
    text = migration.text
    line = number + 1
    while line < text.line_count and (
        not text.line(line).strip() or text.line(line).lstrip().startswith("--")
    ):
        line += 1
    for placed in migration.script.statements:
        if placed.line == line:
            return range(line, text.place(placed.end)[0] + 1)
    return range(line, line + 1)
