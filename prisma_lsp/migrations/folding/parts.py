"""Pure questions and changes of one table, index or column."""

from __future__ import annotations

from prisma_lsp.migrations import expressions
from prisma_lsp.migrations.state import (
    Column,
    Index,
    IndexColumn,
    Key,
    Table,
)
from prisma_lsp.migrations.statements import (
    Constraint,
    Part,
)
from prisma_lsp.migrations.values import replace


def index_column(part: Part, method: str = "btree") -> IndexColumn:
    return IndexColumn(
        part.name, part.expression, part.descending, part.nulls_first,
        expressions.operator_class(part.ops, method), part.collation, part.length, part.operator,
    )  # fmt: skip


def uses(index: Index, name: str) -> bool:
    return (
        name in index.include
        or any(
            expressions.mentions(column.name, name) if column.expression else column.name == name
            for column in index.columns
        )
        or (index.where is not None and expressions.mentions(index.where, name))
    )


def redundant(table: Table, columns: tuple[IndexColumn, ...], constraint: Constraint) -> bool:
    """PostgreSQL makes one index where a CREATE TABLE asks for the same twice."""
    names = tuple(column.name for column in columns)
    if (
        table.primary_key is not None
        and table.primary_key.columns == names
        and not constraint.include
    ):
        return True
    return any(
        index.constraint == "unique"
        and index.columns == columns
        and index.include == constraint.include
        and index.nulls_distinct == constraint.nulls_distinct
        for index in table.indexes
    )


def has_constraint(table: Table, name: str) -> bool:
    return with_name(table, name, name, "constraint") is not None


def with_name(table: Table, old: str, new: str, kind: str) -> Table | None:
    """With the thing of that name renamed; None where there is none.

    ``kind``: "constraint" for all but plain indexes, "index" for indexes, those behind constraints
    included, "" for both.
    """
    if table.primary_key is not None and table.primary_key.name == old:
        return replace(table, primary_key=replace(table.primary_key, name=new))
    index = table.index(old)
    if index is not None and (kind != "constraint" or index.constraint is not None):
        indexes = tuple(replace(one, name=new) if one is index else one for one in table.indexes)
        return replace(table, indexes=indexes)
    if kind != "index":
        key, check = table.foreign_key(old), table.check(old)
        if key is not None:
            keys = tuple(
                replace(one, name=new) if one is key else one for one in table.foreign_keys
            )
            return replace(table, foreign_keys=keys)
        if check is not None:
            checks = tuple(replace(one, name=new) if one is check else one for one in table.checks)
            return replace(table, checks=checks)
    return None


def retyped_column(column: Column, old: Key, new: Key) -> Column:
    if (column.type_schema, column.type) == old:
        column = replace(column, type_schema=new[0], type=new[1])
    if column.default and expressions.mentions(column.default, old[1]):
        column = replace(column, default=expressions.retyped_text(column.default, old[1], new[1]))
    return column
