"""Every place that means the thing under the cursor: in all files, and in this one to light up."""

from __future__ import annotations

import re

from prisma_lsp.ide.cursor import locate
from prisma_lsp.ide.symbols import Mention, datasource_at, mentions, symbol_at
from prisma_lsp.schema.schema import Schema

_BARE = re.compile(r"\s*:\s*\w+")


def references(
    schema: Schema, path: str, line: int, column: int, *, declaration: bool = True
) -> list[Mention]:
    """Every mention in all files; without the ``declaration`` only the uses."""
    cursor = locate(schema, path, line, column)
    if cursor is None:
        return []
    symbol = symbol_at(schema, cursor)
    if symbol is None and cursor.role == "argument" and cursor.wants in ("fields", "references"):
        # The name of an argument stands for the one field that it is given without brackets.
        value = _BARE.match(cursor.text, cursor.end)
        if value is not None and (one := locate(schema, path, line, value.end())) is not None:
            symbol = symbol_at(schema, one)
    if symbol is None and cursor.text[: column].endswith(")"):
        cursor = locate(schema, path, line, column - 1) or cursor
    if symbol is None and cursor.is_native:
        # The arguments of `@db.VarChar(…)` are no names: the datasource's is the nearest.
        symbol = datasource_at(schema, cursor)
    if symbol is None:
        return []
    return [mention for mention in mentions(schema, symbol) if declaration or not mention.declares]


def highlights(schema: Schema, path: str, line: int, column: int) -> list[Mention]:
    """The mentions in the same file."""
    cursor = locate(schema, path, line, column)
    symbol = symbol_at(schema, cursor) if cursor is not None else None
    found = mentions(schema, symbol) if symbol is not None else []
    return sorted(mention for mention in found if mention.path == path)
