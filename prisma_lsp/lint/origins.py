"""Where in the migrations something was made, as a place to point at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.related import Elsewhere
from prisma_lsp.lint.rule import RelatedFinder
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema

if TYPE_CHECKING:
    from prisma_lsp.migrations.state import Origin


def made_at(context: Context, origin: Origin, message: str) -> RelatedFinder | None:
    """Points at the statement that made something; None for what no file made."""
    if not origin.file:
        return None
    migrations = context.environment.migrations

    def find(schema: Schema) -> Iterator[Elsewhere]:
        place = place_of(migrations, origin, message)
        if place is not None:
            yield place

    return find


def place_of(migrations: Migrations, origin: Origin, message: str) -> Elsewhere | None:
    """The first line of what ``origin`` covers; None where the file cannot be read any more."""
    text = migrations.text(origin.file)
    if text is None:
        return None
    line, start = text.place(origin.start)
    last, end = text.place(origin.end)
    if last > line:
        end = len(text.line(line))
    return Elsewhere(origin.file, line, start, max(end, start), text.line(line), message)
