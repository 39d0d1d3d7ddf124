"""What every step of folding needs: the tables so far, places, doubts, columns and their sequences."""

from __future__ import annotations

import os
from collections.abc import Iterable

from prisma_lsp.migrations import default_names, expressions
from prisma_lsp.migrations.state import (
    Column,
    Database,
    IndexColumn,
    Key,
    Origin,
    Sequence,
    Table,
)
from prisma_lsp.migrations.statements import (
    ColumnDefinition,
    Name,
    Placed,
    TypeName,
)
from prisma_lsp.migrations.values import replace

SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}


class Work:
    """A database that is being changed by the statements of one migration."""

    def __init__(self, database: Database, file: str) -> None:
        self.dialect = database.dialect
        self.inherited = any(table.parents for table in database.tables.values())
        self.postgres = database.dialect == "postgresql"
        self.path = self.default_schema = database.default_schema
        self.file = file
        self.tables = dict(database.tables)
        self.enums = dict(database.enums)
        self.types = dict(database.types)
        self.views = dict(database.views)
        self.sequences = dict(database.sequences)
        self.schemas = set(database.schemas)
        self.extensions = set(database.extensions)
        self.tainted = database.tainted
        self.doubts = dict(database.doubts)
        self.functions = dict(database.functions)
        self.temporary: set[str] = set()
        self.names = default_names.Taken(self)
        self.placed: Placed | None = None

    def origin(self, start: int, end: int) -> Origin:
        """Of what stands at these characters of the present statement."""
        placed = self.placed
        assert placed is not None
        text = placed.statement.text
        line = placed.line + text.count("\n", 0, start)
        return Origin(self.file, line, placed.start + start, placed.start + end)

    def reason(self, what: str) -> str:
        placed = self.placed
        line = placed.line + 1 if placed else 1
        folder = os.path.basename(os.path.dirname(self.file))
        return f"line {line} of migration `{folder}`: {what}"

    def doubt(self, names: Iterable[str], what: str) -> None:
        """These names, whatever their schema, may be otherwise than is known here."""
        reason = self.reason(what)
        chosen = set(names)
        for name in chosen:
            self.doubts.setdefault(name, reason)
        for key, table in self.tables.items():
            if table.tainted is None and (
                key[1] in chosen
                or any(index.name in chosen for index in table.indexes)
                or (table.primary_key is not None and table.primary_key.name in chosen)
            ):
                self.tables[key] = replace(table, tainted=reason)
        for key, enum in self.enums.items():
            if enum.tainted is None and key[1] in chosen:
                self.enums[key] = replace(enum, tainted=reason)

    def taint(self, table: Table, what: str) -> None:
        if table.tainted is None:
            self.tables[table.key] = replace(self.tables[table.key], tainted=self.reason(what))

    def sure(self, name: str) -> None:
        """What had this name is gone or made anew, so that nothing of it is in doubt."""
        self.doubts.pop(name, None)

    def key(self, name: Name) -> Key:
        key = (self.path if name.schema is None else name.schema, name.name)
        if not self.postgres:
            if name.schema is not None and self.dialect in ("mysql", "sqlite"):
                key = (self.default_schema, name.name)
            if key not in self.tables:
                # These databases may take names in any case.
                lower = name.name.lower()
                for other in self.tables:
                    if other[1].lower() == lower and other[0] == key[0]:
                        return other
        return key

    def table(self, name: Name) -> Table | None:
        """The table to alter; None, and doubt, where no migration made it."""
        key = self.key(name)
        table = self.tables.get(key)
        if table is None and name.name not in self.temporary and key not in self.views:
            self.doubt((name.name,), f"`{name.name}` is altered, and no migration before makes it")
        return table

    def column(self, table: Table, name: str) -> Column | None:
        """The column to alter; None, and a tainted table, where it is not there."""
        column = table.column(name)
        if column is None and not self.postgres:
            lower = name.lower()
            column = next((c for c in table.columns if c.name.lower() == lower), None)
        if column is None:
            self.taint(
                table, f"`{name}` of `{table.name}` is altered, and no migration before makes it"
            )
        return column

    def table_column(self, table_name: Name, name: Name) -> tuple[Table, Column] | None:
        """The table and its column to alter; None, and doubt, where one is not there."""
        table = self.table(table_name)
        column = None if table is None else self.column(table, name.name)
        return None if table is None or column is None else (table, column)

    def put(self, table: Table, start: int, end: int) -> None:
        """The altered table. What inherits from it is changed in ways that are not followed."""
        self.tables[table.key] = replace(table, changed=self.origin(start, end))
        if not self.inherited:
            return
        for other in list(self.tables.values()):
            if table.key in other.parents:
                self.taint(other, f"its parent `{table.name}` is altered")

    def put_column(self, table: Table, old: Column, new: Column, start: int, end: int) -> None:
        new = replace(new, changed=self.origin(start, end))
        columns = tuple(new if column is old else column for column in table.columns)
        self.put(replace(table, columns=columns), start, end)

    def defined(self, key: Key, definition: ColumnDefinition) -> Column:
        """A column as its definition makes it, its sequence included."""
        name = definition.name.name
        origin = self.origin(definition.start, definition.end)
        type_, schema = self.resolved(definition.type)
        default = (
            self.default(definition.default.sql, type_, schema) if definition.default else None
        )
        nullable = not definition.not_null
        if self.postgres and type_ in SERIALS:
            sequence = self.sequence_of(key, name, origin)
            type_, default, nullable = SERIALS[type_], expressions.nextval(sequence), False
        elif self.postgres and definition.identity is not None:
            self.sequence_of(key, name, origin)
        return Column(
            name, type_, schema, definition.type.array, nullable, default, definition.identity,
            definition.generated, definition.collation, origin, origin,
        )  # fmt: skip

    def sequence_of(self, key: Key, column: str, origin: Origin) -> Key:
        chosen = self.names.relation(key, column, "seq")
        sequence = Sequence(key[0], chosen, (*key, column), origin)
        self.sequences[key[0], chosen] = sequence
        return key[0], chosen

    def resolved(self, written: TypeName) -> tuple[str, str | None]:
        """The type and, for one that migrations made, its schema."""
        if not self.postgres:
            return written.type, None
        key = (written.schema or self.path, written.type)
        if not written.builtin or key in self.enums:
            if key in self.enums or key in self.types:
                return key[1], key[0]
            if written.schema is None and self.path != self.default_schema:
                other = (self.default_schema, written.type)
                if other in self.enums or other in self.types:
                    return other[1], other[0]
        return written.type, None

    def default(self, sql: str, type_: str, schema: str | None) -> str | None:
        if sql.lower() == "null":
            return None
        if not self.postgres:
            return sql
        named = expressions.sequence_named(sql, self.path)
        if named is not None:
            return expressions.nextval(named)
        return expressions.without_cast(sql, type_, schema)

    def drop_sequence(self, key: Key, cascade: bool) -> None:
        self.sequences.pop(key, None)
        self.names.forget()
        text = expressions.nextval(key)
        for table in list(self.tables.values()):
            for column in table.columns:
                if column.default == text and cascade:
                    self.put_column(
                        self.tables[table.key], column, replace(column, default=None), 0, 0
                    )

    def move_sequence(self, key: Key, target: Key) -> None:
        sequence = self.sequences.pop(key)
        self.sequences[target] = replace(sequence, schema=target[0], name=target[1])
        text = expressions.nextval(key)
        for table in list(self.tables.values()):
            for column in table.columns:
                if column.default == text:
                    columns = tuple(
                        replace(c, default=expressions.nextval(target)) if c is column else c
                        for c in self.tables[table.key].columns
                    )
                    self.tables[table.key] = replace(self.tables[table.key], columns=columns)
        self.names.forget()

    def drop_views(self, name: str) -> None:
        """The views that may use ``name``: dropped with it, and those that use them."""
        for key, view in list(self.views.items()):
            if name in view.uses and key in self.views:
                del self.views[key]
                self.drop_views(key[1])

    def drop_keys_to(self, key: Key, columns: tuple[str, ...], *, any_of: bool = False) -> None:
        """CASCADE: the foreign keys that refer to these columns."""
        wanted = set(columns)
        for other in list(self.tables.values()):
            kept = tuple(
                foreign
                for foreign in other.foreign_keys
                if foreign.references != key
                or not (
                    wanted & set(foreign.referenced)
                    if any_of
                    else wanted == set(foreign.referenced)
                )
            )
            if len(kept) != len(other.foreign_keys):
                self.tables[other.key] = replace(other, foreign_keys=kept)

    def chosen(
        self, table: Table, names: tuple[str, ...], columns: tuple[IndexColumn, ...], label: str
    ) -> str:
        """The name that the database gives to what has none."""
        if not self.postgres:
            return self.names.other(table, names[0] if names else "", label, self.dialect)
        if label == "pkey":
            return self.names.relation(table.key, None, label)
        if label == "fkey":
            return self.names.foreign_key(table.key, names)
        return self.names.index(table.key, columns, label)
