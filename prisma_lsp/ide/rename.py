"""Renames as the editor asks for them: what can be renamed here, and every edit of it.

The edits come from `prisma_lsp.schema.rename`.  Where ``keep`` is set, the database keeps its names
and what only is a name in the database is not renamed at all.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.ide.cursor import Cursor, locate
from prisma_lsp.ide.symbols import (
    DatabaseSchema,
    KeyName,
    MissingField,
    RelationName,
    Rows,
    StoredName,
    Symbol,
    Undeclared,
    span_at,
    symbol_at,
)
from prisma_lsp.inplace.pairs import Renamed
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Declaration, Enum, EnumValue, Field, Model
from prisma_lsp.schema.relations import join_table
from prisma_lsp.schema.rename import (
    NotPossible,
    Piece,
    rename_declaration,
    rename_field,
    rename_key,
    rename_relation,
    rename_value,
)
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.uses import Use, uses_of_database_schema
from prisma_lsp.syntax import nodes
from prisma_lsp.text import Edit, Range

__all__ = ["NotPossible", "Renamable", "prepare", "rename"]


class Renamable(NamedTuple):
    """The columns of the word that would be renamed, and what it is called now."""

    start: int
    end: int
    name: str


def prepare(
    schema: Schema, path: str, line: int, column: int, *, keep: bool = True
) -> Renamable | None:
    """What can be renamed at a position; None where nothing is, `NotPossible` where it must not."""
    found = _at(schema, path, line, column)
    if found is None:
        return None
    cursor, symbol = found
    _check(schema, symbol, keep)
    start, end = span_at(symbol, cursor)
    return Renamable(start, end, cursor.text[start:end])


def rename(
    schema: Schema, path: str, line: int, column: int, name: str, *, keep: bool = True
) -> dict[str, list[Edit]]:
    """The edits of a rename by file; empty where nothing can be renamed.  Raises `NotPossible`."""
    at = _at(schema, path, line, column)
    if at is None:
        return {}
    _, symbol = at
    _check(schema, symbol, keep)
    if name == symbol.name:
        return {}
    rows = Rows(schema)
    edits: dict[str, list[Edit]] = {}
    for piece in dict.fromkeys(_pieces(schema, symbol, name, keep)):
        row = rows.of(piece.declaration) + piece.line
        edit = Edit(Range(row, piece.start, row, piece.end), piece.text)
        edits.setdefault(piece.declaration.path, []).append(edit)
    # Edits at one place keep their order: what ends a line comes before a new line behind it.
    return {
        path: sorted(found, key=lambda edit: edit.range) for path, found in sorted(edits.items())
    }


def names_of(schema: Schema, path: str, line: int, column: int, name: str) -> Renamed:
    """What a rename calls otherwise in the schema."""
    at = _at(schema, path, line, column)
    match at[1] if at is not None else None:
        case Enum(name=old):
            return Renamed(enums={old: name})
        case Declaration(name=old):
            return Renamed(models={old: name})
        case Field(owner=model, name=old):
            return Renamed(fields={(model.name, old): name})
        case EnumValue(owner=enum, name=old):
            return Renamed(values={(enum.name, old): name})
    return Renamed()


def _at(schema: Schema, path: str, line: int, column: int) -> tuple[Cursor, Symbol] | None:
    cursor = locate(schema, path, line, column)
    symbol = symbol_at(schema, cursor) if cursor is not None else None
    if cursor is None or symbol is None or cursor.role in ("comment", "nothing"):
        return None
    if cursor.role == "string" and isinstance(symbol, Declaration):
        return None
    start, end = span_at(symbol, cursor)
    # A native type's own name is not the datasource's.
    return (cursor, symbol) if start <= column <= end else None


def _check(schema: Schema, symbol: Symbol, keep: bool) -> None:
    """Raises `NotPossible` for what no name would do for."""
    match symbol:
        case Undeclared() if symbol.name in (*catalogue.SCALARS, "Unsupported"):
            raise NotPossible(f"`{symbol.name}` is a type of Prisma's own")
        case Undeclared():
            raise NotPossible(f"nothing is called `{symbol.name}`")
        case MissingField():
            raise NotPossible(f"`{symbol.model.name}` has no field `{symbol.name}`")
        case StoredName() | DatabaseSchema() if keep:
            raise NotPossible(
                f"`{symbol.name}` is a name in the database, and the setting"
                " `rename-keeps-database-name` keeps those"
            )
        case RelationName() if keep and (table := join_table(symbol.field, schema)):
            raise NotPossible(
                f"the relation's hidden table in the database is called `{table}` after it"
            )


def _pieces(schema: Schema, symbol: Symbol, name: str, keep: bool) -> list[Piece]:
    match symbol:
        case Declaration():
            return rename_declaration(schema, symbol, name, keep=keep)
        case Field():
            return rename_field(schema, symbol, name, keep=keep)
        case EnumValue():
            return rename_value(schema, symbol, name, keep=keep)
        case RelationName():
            return rename_relation(schema, symbol.field, name, keep=keep)
        case KeyName():
            return rename_key(symbol.use.declaration, symbol.key, name)  # type: ignore[arg-type]
        case StoredName(name="_id") if schema.provider() == "mongodb":
            raise NotPossible("MongoDB calls every key `_id`")
        case StoredName():
            _check_stored(schema, symbol.use, name)
            return [Piece(*symbol.use, nodes.escape(name)[1:-1])]
        case DatabaseSchema():
            return _database_schema(schema, symbol, name)
    return []


def _check_stored(schema: Schema, use: Use, name: str) -> None:
    """Raises `NotPossible` where something else has the name in the database already."""
    if not name.strip():
        raise NotPossible("a name in the database is not empty")
    declaration = use.declaration
    if any(line == use.line and attribute.name == "map" for line, attribute in declaration.attributes):
        scope = "enum" if isinstance(declaration, Enum) else "table"
        for taker, _, _ in schema.sharers(scope, name):
            raise NotPossible(f"`{name}` is the name of `{taker}` in the database")
    elif isinstance(declaration, Model):
        for field in declaration.all_fields:
            attribute = field.attribute("map")
            if field.line == use.line and attribute is not None and attribute.start < use.start < attribute.end:
                taken = next((f for f in declaration.all_fields if f is not field and f.column == name), None)
                if taken is not None:
                    raise NotPossible(f"`{name}` is the column of `{taken.name}`")


def _database_schema(schema: Schema, symbol: DatabaseSchema, name: str) -> list[Piece]:
    if name in schema.database_schemas():
        raise NotPossible(f"there is a schema `{name}` already")
    text = nodes.escape(name)[1:-1]
    return [Piece(*use, text) for use in uses_of_database_schema(schema, symbol.name)]
