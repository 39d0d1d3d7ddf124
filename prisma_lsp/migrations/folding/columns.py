"""Columns: added, changed, dropped with all that hangs on them."""

from __future__ import annotations

from prisma_lsp.migrations import expressions
from prisma_lsp.migrations.folding.parts import (
    uses,
)
from prisma_lsp.migrations.folding.renames import Renames
from prisma_lsp.migrations.folding.work import SERIALS
from prisma_lsp.migrations.state import (
    Index,
    Table,
)
from prisma_lsp.migrations.statements import (
    AddColumn,
    ChangeColumn,
    DropColumn,
    SetDefault,
    SetIdentity,
    SetNullable,
    SetType,
)
from prisma_lsp.migrations.values import replace


class Columns(Renames):
    def add_column(self, action: AddColumn) -> None:
        table = self.table(action.table)
        if table is None:
            return
        name = action.column.name.name
        if table.column(name) is not None:
            if not action.if_not_exists:
                self.taint(table, f"`{name}` is added to `{table.name}` a second time")
            return
        column = self.defined(table.key, action.column)
        table = self.tables[table.key]
        columns = [*table.columns, column]
        if action.after is not None:
            names = [other.name for other in table.columns]
            place = names.index(action.after) + 1 if action.after in names else 0
            columns.insert(place, columns.pop())
        self.put(replace(table, columns=tuple(columns)), action.start, action.end)
        for constraint in sorted(
            action.column.constraints, key=lambda one: one.kind == "foreign key"
        ):
            self.constrain(table.key, constraint)

    def drop_column(self, action: DropColumn) -> None:
        table = self.table(action.table)
        if table is None:
            return
        if action.if_exists and table.column(action.column.name) is None:
            return
        column = self.column(table, action.column.name)
        if column is not None:
            self.remove_column(self.tables[table.key], column.name, action.start, action.end)
            if action.cascade:
                self.drop_keys_to(table.key, (column.name,), any_of=True)
                self.drop_views(column.name)

    def remove_column(self, table: Table, name: str, start: int, end: int) -> None:
        """With all that hangs on it."""
        primary = table.primary_key
        if primary is not None and name in primary.columns:
            primary = None
        mysql = self.dialect == "mysql"
        indexes: list[Index] = []
        for index in table.indexes:
            if not uses(index, name):
                indexes.append(index)
            elif mysql:
                left = tuple(column for column in index.columns if column.name != name)
                if left:
                    indexes.append(replace(index, columns=left))
        changed = replace(
            table,
            columns=tuple(column for column in table.columns if column.name != name),
            primary_key=primary,
            indexes=tuple(indexes),
            foreign_keys=tuple(key for key in table.foreign_keys if name not in key.columns),
            checks=tuple(c for c in table.checks if not expressions.mentions(c.expression, name)),
        )
        owner = (*table.key, name)
        owned = [key for key, sequence in self.sequences.items() if sequence.owner == owner]
        for key in owned:
            self.drop_sequence(key, True)
        self.names.forget()
        self.put(changed, start, end)

    def set_type(self, action: SetType) -> None:
        found = self.table_column(action.table, action.column)
        if found is None:
            return
        table, column = found
        type_, schema = self.resolved(action.type)
        if type_ in SERIALS:
            self.taint(table, f"`{type_}` is no type to change a column to")
            table = self.tables[table.key]
            type_ = SERIALS[type_]
        default = column.default
        if default is not None and self.postgres:
            default = expressions.retyped(default, column, type_, schema, action.type.array)
        new = replace(
            column, type=type_, type_schema=schema, array=action.type.array, default=default,
            collation=action.collation,
        )  # fmt: skip
        self.put_column(table, column, new, action.start, action.end)

    def set_default(self, action: SetDefault) -> None:
        found = self.table_column(action.table, action.column)
        if found is None:
            return
        table, column = found
        default = None
        if action.default is not None:
            default = self.default(action.default.sql, column.type, column.type_schema)
        self.put_column(table, column, replace(column, default=default), action.start, action.end)

    def set_nullable(self, action: SetNullable) -> None:
        found = self.table_column(action.table, action.column)
        if found is not None:
            table, column = found
            new = replace(column, nullable=action.nullable)
            self.put_column(table, column, new, action.start, action.end)

    def set_identity(self, action: SetIdentity) -> None:
        found = self.table_column(action.table, action.column)
        if found is None:
            return
        table, column = found
        if action.generated:
            new = replace(column, generated=None)
        else:
            new = replace(column, identity=action.identity)
            if action.identity is not None and column.identity is None:
                self.sequence_of(table.key, column.name, self.origin(action.start, action.end))
            elif action.identity is None:
                owner = (*table.key, column.name)
                for key in [key for key, one in self.sequences.items() if one.owner == owner]:
                    del self.sequences[key]
                self.names.forget()
        self.put_column(table, column, new, action.start, action.end)

    def change_column(self, action: ChangeColumn) -> None:
        found = self.table_column(action.table, action.old)
        if found is None:
            return
        table, column = found
        definition = action.column
        made = self.defined(table.key, definition)
        new = replace(made, made=column.made)
        if not action.whole:
            new = replace(new, default=column.default, identity=column.identity)
        if new.name != column.name:
            self.rename_column(
                self.tables[table.key], column.name, new.name, action.start, action.end
            )
            table = self.tables[table.key]
            column = replace(column, name=new.name)
            column = table.column(new.name) or column
        primary = table.primary_key
        if primary is not None and new.name in primary.columns:
            new = replace(new, nullable=False)
        self.put_column(table, column, new, action.start, action.end)
        for constraint in definition.constraints:
            self.constrain(table.key, constraint)
