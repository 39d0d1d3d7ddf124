"""Indexes that only the migrations have: made by hand, of kinds that a schema cannot write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.schema.declarations import Model

if TYPE_CHECKING:
    from prisma_lsp.migrations.state import Index, Table


def is_covered(model: Model, key: tuple[str, ...], context: Context) -> bool:
    """Whether an index that only SQL has serves the fields ``key``, as an index of the schema would.

    True also while the migrations are not read yet: the block is checked again when they are.
    """
    database = context.database()
    if database is None:
        return context.is_waiting
    table = database.tables.get((model.database_schema or database.default_schema, model.table))
    if table is None:
        return False
    columns = {model.fields[name].column for name in key if name in model.fields}
    return any(_serves(index, columns) for index in custom_indexes(table))


def custom_indexes(table: Table) -> Iterator[Index]:
    """The indexes that Prisma cannot have made, or would have given another name."""
    return (index for index in table.indexes if is_custom(index, table))


def is_custom(index: Index, table: Table) -> bool:
    """Whether an index is one that Prisma does not know, or one that was made by hand."""
    if not index.plain or index.method != "btree" or index.include or not index.nulls_distinct:
        return True
    if index.constraint == "exclude" or any(c.ops or c.collation or c.length for c in index.columns):
        return True
    suffix = "_key" if index.unique else "_idx"
    usual = "_".join([table.name, *index.column_names])
    # The database cuts names, and so does Prisma, each in its way.
    return not (index.name.endswith(suffix) and usual.startswith(index.name[: -len(suffix)]))


def _serves(index: Index, columns: set[str]) -> bool:
    """Whether rows with given values of ``columns`` are found by the index."""
    first = index.columns[: len(columns)]
    if index.method not in ("btree", "hash") or any(column.expression for column in first):
        return False
    if {column.name for column in first} != columns:
        return False
    if index.where is None:
        return True
    # Rows without a value are never looked up by one.
    condition = re.fullmatch(r'\(*\s*"?([^"]+?)"?\s+IS\s+NOT\s+NULL\s*\)*', index.where, re.I)
    return condition is not None and condition[1] in columns
