"""The part of ``check`` that is about `migration.sql` files: which ones, and what is found in them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import NamedTuple

from prisma_lsp import discovery
from prisma_lsp.console import display_path
from prisma_lsp.discovery import UnreadableSchema
from prisma_lsp.lint.fixall import fixes_of
from prisma_lsp.lint.fixes import Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.migration_linter import MigrationLinter
from prisma_lsp.migrations import MAX_FILE_BYTES
from prisma_lsp.migrations.text import SqlText
from prisma_lsp.report import Entry


class Found(NamedTuple):
    """How many files were looked at, and the findings in them."""

    files: int
    entries: list[Entry]


def entries(
    linter: Linter,
    named: Collection[str],
    newest: bool,
    changed: bool,
    fail: Callable[[str], None],
) -> Found:
    """The findings in the migrations of the project that ``linter`` has checked.

    ``named`` are paths of `migration.sql` files that were asked for; ``newest``: those that the
    settings want looked at as well; ``changed``: every one, because only what has changed is kept
    afterwards.
    """
    rules = MigrationLinter(linter.environment)
    if not rules.has_rules:
        return Found(0, [])
    wanted = dict.fromkeys(sorted(named), True)
    for file in linter.environment.migrations.files:
        if changed or (newest and rules.is_recent(file.path)):
            wanted.setdefault(file.path, True)
    bench = Workbench(linter.schema, linter.environment)
    found: list[Entry] = []
    for path in wanted:
        name = display_path(path)
        try:
            source = discovery.read_text(Path(path))
        except UnreadableSchema as error:
            fail(f"{name}: {error.reason}")
            continue
        text = SqlText.of(source)
        checked = rules.check(
            path, text, linter.schema, wanted=True, limit=MAX_FILE_BYTES
        )
        if checked.script is None:
            fail(f"{name}: is too long to be looked at")
            continue
        for finding in checked.findings:
            line = text.line(finding.line)
            found.append(
                Entry(
                    name,
                    finding.line,
                    finding.start,
                    finding.end,
                    finding.level,
                    finding.source,
                    finding.rule,
                    finding.message,
                    tuple((fix.title, fix.safety) for fix in fixes_of(finding, bench)),
                    line,
                    line[finding.start : finding.end],
                )
            )
    return Found(len(wanted), found)
