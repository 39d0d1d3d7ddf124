"""Keys, checks, foreign keys and indexes: made, changed, dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prisma_lsp.migrations.folding.parts import (
    has_constraint,
    index_column,
    redundant,
)
from prisma_lsp.migrations.folding.work import Work
from prisma_lsp.migrations.state import (
    Check,
    ForeignKey,
    Index,
    Key,
    PrimaryKey,
    Table,
)
from prisma_lsp.migrations.statements import (
    AddConstraint,
    ChangeConstraint,
    Constraint,
    CreateIndex,
    Drop,
    DropConstraint,
    Name,
)
from prisma_lsp.migrations.values import replace


class Constraints(Work):
    def add_constraint(self, action: AddConstraint) -> None:
        table = self.table(action.table)
        if table is None:
            return
        name = action.constraint.name
        if action.if_not_exists and name is not None:
            if has_constraint(table, name.name):
                return
            if any(has_constraint(other, name.name) for other in self.tables.values()):
                self.taint(table, f"`{name.name}` is there already, on another table")
                return
        self.constrain(table.key, action.constraint)
        self.put(self.tables[table.key], action.start, action.end)

    def constrain(self, key: Key, constraint: Constraint, *, in_create: bool = False) -> None:
        table = self.tables[key]
        origin = self.origin(constraint.start, constraint.end)
        label = constraint.name.name if constraint.name is not None else None
        columns = tuple(index_column(part, constraint.method) for part in constraint.columns)
        names = tuple(column.name for column in columns)
        match constraint.kind:
            case "primary key":
                if constraint.using_index is not None:
                    index = table.index(constraint.using_index)
                    if index is None:
                        self.taint(table, f"the index `{constraint.using_index}` is not known")
                        return
                    names = index.column_names
                    label = label or index.name
                    table = replace(
                        table, indexes=tuple(i for i in table.indexes if i is not index)
                    )
                    self.names.forget()
                if self.dialect == "mysql":
                    label = None
                chosen = label or self.chosen(table, names, columns, "pkey")
                if table.primary_key is not None:
                    self.taint(table, f"`{table.name}` gets a second primary key")
                    table = self.tables[key]
                self.names.add((key[0], chosen))
                required = tuple(
                    replace(c, nullable=False)
                    if c.name in names and self.dialect != "sqlite"
                    else c
                    for c in table.columns
                )
                self.tables[key] = replace(
                    table, columns=required, primary_key=PrimaryKey(chosen, names, origin)
                )
            case "unique" | "exclude" | "index":
                if constraint.using_index is not None:
                    index = table.index(constraint.using_index)
                    if index is None:
                        self.taint(table, f"the index `{constraint.using_index}` is not known")
                        return
                    new = replace(index, name=label or index.name, constraint="unique")
                    indexes = tuple(new if i is index else i for i in table.indexes)
                    self.tables[key] = replace(table, indexes=indexes)
                    self.names.forget()
                    return
                suffix = {"unique": "key", "exclude": "excl", "index": "idx"}[constraint.kind]
                chosen = label or self.chosen(table, names, columns, suffix)
                if table.index(chosen) is not None:
                    self.taint(table, f"`{chosen}` is made a second time")
                    return
                if (
                    in_create
                    and constraint.kind == "unique"
                    and redundant(table, columns, constraint)
                ):
                    return
                self.names.add((key[0], chosen))
                made = Index(
                    chosen, columns, constraint.kind == "unique", constraint.method, constraint.expression,
                    constraint.include, constraint.nulls_distinct,
                    {"unique": "unique", "exclude": "exclude"}.get(constraint.kind), origin,
                )  # fmt: skip
                self.tables[key] = replace(table, indexes=(*table.indexes, made))
            case "check":
                expression = constraint.expression or ""
                chosen = label or self.names.check(key, expression, [c.name for c in table.columns])
                self.names.add_constraint((key[0], chosen))
                check = Check(chosen, expression, constraint.valid or in_create, origin)
                self.tables[key] = replace(table, checks=(*table.checks, check))
            case "foreign key":
                assert constraint.references is not None
                target = self.key(constraint.references)
                chosen = label or self.chosen(table, names, columns, "fkey")
                referenced = constraint.referenced
                if not referenced:
                    other = self.tables.get(target)
                    if other is None or other.primary_key is None:
                        self.taint(
                            table, f"`{target[1]}`, to which a foreign key goes, is not known"
                        )
                        return
                    referenced = other.primary_key.columns
                # To SQLite the name is a word without meaning.
                if table.foreign_key(chosen) is not None and self.dialect != "sqlite":
                    self.taint(table, f"`{chosen}` is made a second time")
                    return
                self.names.add_constraint((key[0], chosen))
                foreign = ForeignKey(
                    chosen, names, target, referenced, constraint.on_delete, constraint.on_update,
                    constraint.deferrable, constraint.deferred, constraint.valid or in_create, origin,
                )  # fmt: skip
                self.tables[key] = replace(table, foreign_keys=(*table.foreign_keys, foreign))
            case "not null":
                required = tuple(
                    replace(c, nullable=False) if c.name in names else c for c in table.columns
                )
                self.tables[key] = replace(table, columns=required)

    def drop_constraint(self, action: DropConstraint) -> None:
        table = self.table(action.table)
        if table is None:
            return
        name = action.name.name if action.name is not None else None
        primary = table.primary_key
        if action.kind == "primary key" or (primary is not None and primary.name == name):
            self.names.forget()
            self.put(replace(table, primary_key=None), action.start, action.end)
            if action.cascade and primary is not None:
                self.drop_keys_to(table.key, primary.columns)
            return
        assert name is not None
        index = table.index(name)
        if self.postgres and index is not None and index.constraint is None:
            index = None  # an index is no constraint
        keys = tuple(key for key in table.foreign_keys if key.name != name)
        checks = tuple(check for check in table.checks if check.name != name)
        known = len(keys) < len(table.foreign_keys) or len(checks) < len(table.checks)
        if action.kind == "foreign key":
            index = None
        if index is None and not known:
            if not action.if_exists and self.dialect != "sqlserver":
                self.taint(table, f"`{name}` is dropped, and no migration before makes it")
            return
        indexes = tuple(other for other in table.indexes if other is not index)
        changed = replace(table, indexes=indexes, foreign_keys=keys, checks=checks)
        self.names.forget()
        self.put(changed, action.start, action.end)
        if action.cascade and index is not None:
            self.drop_keys_to(table.key, index.column_names)

    def change_constraint(self, action: ChangeConstraint) -> None:
        table = self.table(action.table)
        if table is None:
            return
        name = action.name.name
        changes: dict[str, Any] = {}
        if action.valid is not None:
            changes["valid"] = action.valid
        if action.deferrable is not None:
            changes["deferrable"] = action.deferrable
        if action.deferred is not None:
            changes["deferred"] = action.deferred
        keys = tuple(
            replace(key, **changes) if key.name == name else key for key in table.foreign_keys
        )
        checks = tuple(
            replace(check, valid=True) if check.name == name and action.valid else check
            for check in table.checks
        )
        if table.foreign_key(name) is None and table.check(name) is None:
            self.taint(table, f"`{name}` is altered, and no migration before makes it")
            return
        self.put(replace(table, foreign_keys=keys, checks=checks), action.start, action.end)

    def create_index(self, action: CreateIndex) -> None:
        if self.key(action.table) in self.views:
            return  # of a materialized view
        table = self.table(action.table)
        if table is None:
            return
        columns = tuple(index_column(part, action.method) for part in action.columns)
        if action.name is None:
            names = tuple(column.name for column in columns)
            chosen = self.chosen(table, names, columns, "idx")
        else:
            chosen = action.name.name
            if self.names.has((table.schema, chosen)) and self.postgres:
                if not action.if_not_exists:
                    self.taint(table, f"`{chosen}` is made a second time")
                return
        where = action.where
        made = Index(
            chosen, columns, action.unique, action.method, where, action.include,
            action.nulls_distinct, None, self.origin(action.start, action.end),
        )  # fmt: skip
        self.names.add((table.schema, chosen))
        if action.if_not_exists and chosen in self.doubts:
            self.taint(table, f"`{chosen}` may have been there before")
            table = self.tables[table.key]
        self.put(replace(table, indexes=(*table.indexes, made)), action.start, action.end)

    def drop_index(self, name: Name, action: Drop) -> None:
        tables: Iterable[Table] = self.tables.values()
        schema = self.path if name.schema is None else name.schema
        if action.table is not None:
            table = self.table(action.table)
            tables = () if table is None else (table,)
        for table in tables:
            if action.table is None and table.schema != schema and self.dialect != "sqlite":
                continue
            index = table.index(name.name)
            if index is not None:
                indexes = tuple(other for other in table.indexes if other is not index)
                self.put(replace(table, indexes=indexes), action.start, action.end)
                self.names.forget()
                if action.cascade and index.unique:
                    self.drop_keys_to(table.key, index.column_names)
                return
        if not action.if_exists:
            self.doubt(
                (name.name,),
                f"the index `{name.name}` is dropped, and no migration before makes it",
            )
            self.unknown_index(name.name, action.table)

    def unknown_index(self, name: str, table: Name | None) -> None:
        """An index that is not known was on a table that is not known: the one it is named after."""
        if table is not None:
            self.doubt((table.name,), f"its index `{name}` is not known")
            return
        for other in list(self.tables.values()):
            if name.startswith(f"{other.name}_") and other.tainted is None:
                self.taint(
                    other, f"its index `{name}` is dropped, and no migration before makes it"
                )
