"""Where a word leads: to what it names, to that thing's type, and across a relation.

The name of a relation field leads to the field at the other side, in both directions; every other
name that is declared right here leads to itself, which editors turn into a list of its uses.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.ide.cursor import Cursor, locate
from prisma_lsp.ide.symbols import (
    DatabaseSchema,
    Mention,
    RelationName,
    Rows,
    Symbol,
    mentions,
    span_at,
    symbol_at,
)
from prisma_lsp.schema.declarations import Declaration, EnumValue, Field
from prisma_lsp.schema.relations import opposite
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.uses import name_of


class Target(NamedTuple):
    """A name (``mention``) and the lines of the whole thing: ``first`` up to before ``last``."""

    mention: Mention
    first: int
    last: int


class Leads(NamedTuple):
    """The columns of the word that was asked about, and where it leads."""

    start: int
    end: int
    targets: tuple[Target, ...]


def definition(schema: Schema, path: str, line: int, column: int) -> Leads | None:
    """What the word at a position names; for a relation field's own name its other side."""
    cursor = locate(schema, path, line, column)
    symbol = symbol_at(schema, cursor) if cursor is not None else None
    if cursor is None or symbol is None:
        return None
    if isinstance(symbol, Field) and cursor.role == "field":
        other = opposite(symbol, schema) if symbol.type_name else None
        found = _leads(schema, cursor, symbol, other or symbol)
        if found is not None and symbol.name == symbol.type_name:
            # As introspection names them: either may be meant.
            type_ = type_definition(schema, path, line, column)
            found = found._replace(targets=found.targets + (type_.targets if type_ else ()))
        return found
    if isinstance(symbol, RelationName):
        here = (path, line, cursor.start + 1)
        sides = mentions(schema, symbol)
        others = [m for m in sides if (m.path, m.line, m.start) != here]
        return _to_lines(cursor, symbol, others or sides)
    return _leads(schema, cursor, symbol, symbol)


def declaration(schema: Schema, path: str, line: int, column: int) -> Leads | None:
    """Where the thing at a position gets its name."""
    cursor = locate(schema, path, line, column)
    symbol = symbol_at(schema, cursor) if cursor is not None else None
    if cursor is None or symbol is None:
        return None
    if isinstance(symbol, RelationName):
        return _to_lines(cursor, symbol, mentions(schema, symbol))
    return _leads(schema, cursor, symbol, symbol)


def type_definition(schema: Schema, path: str, line: int, column: int) -> Leads | None:
    """The model, type or enum that the thing at a position is of."""
    cursor = locate(schema, path, line, column)
    symbol = symbol_at(schema, cursor) if cursor is not None else None
    if cursor is None or symbol is None:
        return None
    match symbol:
        case Field() | RelationName():
            field = symbol if isinstance(symbol, Field) else symbol.field
            found = schema.declarations(field.type_name)
            return _leads(schema, cursor, symbol, found[0]) if found else None
        case EnumValue():
            return _leads(schema, cursor, symbol, symbol.owner)
        case Declaration():
            return _leads(schema, cursor, symbol, symbol)
    return None


def _leads(schema: Schema, cursor: Cursor, symbol: Symbol, to: Symbol) -> Leads | None:
    start, end = span_at(symbol, cursor)
    rows = Rows(schema)
    match to:
        case Declaration():
            # Two of one name are wrong, and either may be meant.
            same = schema.declarations(to.name)
            found = [_block(rows, one) for one in (same if to in same else (to,))]
        case Field() | EnumValue():
            mention = rows.mention(name_of(to), True)
            found = [Target(mention, mention.line, mention.line + 1)]
        case DatabaseSchema():
            all_ = mentions(schema, to)
            return _to_lines(cursor, symbol, [m for m in all_ if m.declares] or all_[:1])
        case _:
            return _to_lines(cursor, symbol, [m for m in mentions(schema, to) if m.declares])
    return Leads(start, end, tuple(found))


def _to_lines(cursor: Cursor, symbol: Symbol, found: list[Mention]) -> Leads | None:
    start, end = span_at(symbol, cursor)
    targets = tuple(Target(mention, mention.line, mention.line + 1) for mention in found)
    return Leads(start, end, targets) if targets else None


def _block(rows: Rows, declaration: Declaration) -> Target:
    first = rows.of(declaration)
    mention = rows.mention(name_of(declaration), True)
    return Target(mention, first, first + len(declaration.block.lines))
