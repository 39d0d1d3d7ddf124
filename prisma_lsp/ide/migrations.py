"""What a word in a `migration.sql` is in the schema: a table's model, a column's field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.migrations.statements import (
    AddColumn,
    AddConstraint,
    ChangeColumn,
    ColumnDefinition,
    CreateIndex,
    CreateTable,
    Drop,
    Name,
    Part,
    Rename,
    Script,
)
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Schema


class Word(NamedTuple):
    """A name in a script, ``start`` to ``end`` in characters of the file, and what it is."""

    start: int
    end: int
    what: Model | Field


def word_at(schema: Schema, script: Script, offset: int) -> Word | None:
    """What the name at an offset of the file stands for; None where the schema has no such thing."""
    placed = script.at(offset)
    if placed is None:
        return None
    at = offset - placed.start
    for action in placed.statement.actions:
        for table, column, start, end in _names(action):
            if start <= at <= end and start < end:
                model = _model(schema, table)
                field = _field(schema, model, column) if model is not None and column else None
                what: Model | Field | None = field if column else model
                if what is None:
                    return None
                return Word(placed.start + start, placed.start + end, what)
    return None


def _names(action: object) -> Iterator[tuple[Name, str | None, int, int]]:
    """(table, column or None, start, end) of the names in an action."""
    table = getattr(action, "table", None)
    if isinstance(table, Name):
        yield table, None, table.start, table.end
    match action:
        case CreateTable():
            for definition in action.columns:
                yield from _column(action.table, definition)
            for constraint in action.constraints:
                yield from _parts(action.table, constraint.columns)
                yield from _reference(constraint.references)
        case AddColumn() | ChangeColumn():
            yield from _column(action.table, action.column)
        case AddConstraint():
            yield from _parts(action.table, action.constraint.columns)
            yield from _reference(action.constraint.references)
        case CreateIndex():
            yield from _parts(action.table, action.columns)
        case Drop(kind="table"):
            for name in action.names:
                yield name, None, name.start, name.end
        case Rename(kind="table"):
            for name in (action.old, action.new):
                yield name, None, name.start, name.end
        case Rename(kind="column", table=Name() as owner):
            for name in (action.old, action.new):
                yield owner, name.name, name.start, name.end
        case _:
            column = getattr(action, "column", None)
            if isinstance(table, Name) and isinstance(column, Name):
                yield table, column.name, column.start, column.end


def _column(
    table: Name, definition: ColumnDefinition
) -> Iterator[tuple[Name, str | None, int, int]]:
    yield table, definition.name.name, definition.name.start, definition.name.end
    for constraint in definition.constraints:
        yield from _reference(constraint.references)


def _parts(
    table: Name, parts: tuple[Part, ...]
) -> Iterator[tuple[Name, str | None, int, int]]:
    for part in parts:
        if not part.expression:
            yield table, part.name, part.start, part.end


def _reference(name: Name | None) -> Iterator[tuple[Name, str | None, int, int]]:
    if name is not None:
        yield name, None, name.start, name.end


def _model(schema: Schema, table: Name) -> Model | None:
    found = [
        model
        for name, kind, _ in schema.sharers("table", table.name)
        if kind in ("model", "view") and (model := schema.model(name)) is not None
    ]
    if len(found) > 1 and table.schema is not None:
        found = [model for model in found if model.database_schema == table.schema]
    return found[0] if len(found) == 1 else None


def _field(schema: Schema, model: Model, column: str) -> Field | None:
    for field in model.all_fields:
        if field.column == column and schema.kind_of(field.type_name) not in ("model", "view"):
            return field
    return None
