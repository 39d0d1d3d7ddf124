"""Tables made, also like others, and what is dropped as a whole."""

from __future__ import annotations

from prisma_lsp.migrations import default_names, expressions
from prisma_lsp.migrations.folding.columns import Columns
from prisma_lsp.migrations.state import (
    Key,
    PrimaryKey,
    Table,
)
from prisma_lsp.migrations.statements import (
    Constraint,
    CreateTable,
    Drop,
    Inherit,
    Name,
)
from prisma_lsp.migrations.values import replace


class Tables(Columns):
    def create_table(self, action: CreateTable) -> None:
        name = action.table
        if action.temporary:
            self.temporary.add(name.name)
            return
        key = self.key(name)
        if key in self.tables:
            if not action.if_not_exists:
                self.taint(self.tables[key], f"`{name.name}` is made a second time")
            return
        origin = self.origin(name.start, name.end)
        tainted = self.doubts.get(name.name) if action.if_not_exists else None
        if not action.if_not_exists:
            self.sure(name.name)
        if action.unread is not None:
            tainted = self.reason(f"the columns of `{name.name}` are not known: {action.unread}")
        table = Table(*key, kind=action.kind, made=origin, changed=origin, tainted=tainted)
        self.tables[key] = table
        self.names.add(key)
        parents = [self.key(parent) for parent in action.parents]
        for parent in parents:
            table = self.inherit(table, parent, action.kind == "partition")
        for source, included in action.like:
            table = self.copied(table, source, included)
        if parents:
            table = replace(table, parents=tuple(parents))
            self.inherited = True
        self.tables[key] = table
        columns = {column.name: column for column in table.columns}
        constraints: list[Constraint] = []
        for definition in action.columns:
            made = self.defined(key, definition)
            before = columns.get(made.name)
            if before is not None:
                # One that is inherited, said again.
                made = replace(made, nullable=made.nullable and before.nullable, default=made.default or before.default)  # fmt: skip
            columns[made.name] = made
            constraints.extend(definition.constraints)
        constraints.extend(action.constraints)
        self.tables[key] = replace(self.tables[key], columns=tuple(columns.values()))
        for kinds in (
            ("not null",),
            ("check",),
            ("primary key",),
            ("unique", "exclude", "index"),
            ("foreign key",),
        ):
            for constraint in constraints:
                if constraint.kind in kinds:
                    self.constrain(key, constraint, in_create=True)

    def inherit(self, table: Table, parent: Key, partition: bool) -> Table:
        source = self.tables.get(parent)
        if source is None:
            reason = self.reason(f"its parent `{parent[1]}` is not known")
            return replace(table, tainted=table.tainted or reason)
        names = {column.name for column in table.columns}
        columns = [
            replace(column, made=table.made, changed=table.made, identity=None)
            for column in source.columns
            if column.name not in names
        ]
        checks = [
            replace(check, made=table.made)
            for check in source.checks
            if not table.check(check.name)
        ]
        table = replace(
            table, columns=(*table.columns, *columns), checks=(*table.checks, *checks),
            tainted=table.tainted or source.tainted,
        )  # fmt: skip
        if not partition:
            return table
        self.tables[table.key] = table
        if source.primary_key is not None:
            chosen = self.names.relation(table.key, None, "pkey")
            table = replace(
                table, primary_key=PrimaryKey(chosen, source.primary_key.columns, table.made)
            )
        for index in source.indexes:
            label = default_names.label_of(index)
            chosen = self.names.index(table.key, index.columns, label)
            table = replace(
                table, indexes=(*table.indexes, replace(index, name=chosen, made=table.made))
            )
        keys = tuple(replace(key, made=table.made) for key in source.foreign_keys)
        return replace(table, foreign_keys=(*table.foreign_keys, *keys))

    def copied(self, table: Table, name: Name, included: frozenset[str]) -> Table:
        source = self.tables.get(self.key(name))
        if source is None:
            reason = self.reason(f"`{name.name}`, which it is made like, is not known")
            return replace(table, tainted=table.tainted or reason)
        everything = "all" in included
        columns = [
            replace(
                column, made=table.made, changed=table.made,
                default=column.default if everything or "defaults" in included else None,
                generated=column.generated if everything or "generated" in included else None,
                identity=None,
            )
            for column in source.columns
        ]  # fmt: skip
        tainted = table.tainted or source.tainted
        if everything or included & {"indexes", "identity"}:
            copies = source.indexes or source.primary_key or any(c.identity for c in source.columns)
            if copies:
                tainted = tainted or self.reason("it is made like another table, with its indexes")
        checks = source.checks if everything or "constraints" in included else ()
        return replace(
            table,
            columns=(*table.columns, *columns),
            checks=(*table.checks, *checks),
            tainted=tainted,
        )

    def change_inheritance(self, action: Inherit) -> None:
        child = self.table(action.child)
        if child is None:
            return
        self.inherited = True
        parent = self.key(action.parent)
        kind = child.kind
        if action.partition:
            kind = "partition" if action.attach else "table"
        parents = (
            (*child.parents, parent)
            if action.attach
            else tuple(p for p in child.parents if p != parent)
        )
        self.put(replace(child, parents=parents, kind=kind), action.start, action.end)
        if action.attach and action.partition:
            source = self.tables.get(parent)
            if source is None or source.indexes or source.primary_key or source.foreign_keys:
                self.taint(
                    self.tables[child.key], "it becomes a partition and gets its parent's keys"
                )

    def drop(self, action: Drop) -> None:
        match action.kind:
            case "table":
                for name in action.names:
                    self.drop_table(name, action)
            case "type" | "domain":
                for name in action.names:
                    self.drop_type(self.key(name), action)
            case "view" | "materialized view":
                for name in action.names:
                    if self.views.pop(self.key(name), None) is None and not action.if_exists:
                        self.doubt(
                            (name.name,), f"the view `{name.name}` is dropped, and none is known"
                        )
                    if action.cascade:
                        self.drop_views(name.name)
            case "index":
                for name in action.names:
                    self.drop_index(name, action)
            case "schema":
                for name in action.names:
                    self.drop_schema(name.name)
            case "sequence":
                for name in action.names:
                    self.drop_sequence(self.key(name), action.cascade)
            case "extension":
                for name in action.names:
                    self.drop_extension(name.name, action.cascade)
            case "function":
                for name in action.names:
                    self.drop_function(name.name)

    def drop_table(self, name: Name, action: Drop) -> None:
        key = self.key(name)
        table = self.tables.pop(key, None)
        if table is None:
            if name.name in self.temporary:
                self.temporary.discard(name.name)
                return
            if not action.if_exists and key in self.views:
                return
            # It is gone now, whether it was known or not.
            self.sure(name.name)
            return
        self.sure(name.name)
        self.names.forget()
        if self.dialect != "sqlite":
            for other in self.tables.values():
                if any(foreign.references == key for foreign in other.foreign_keys):
                    keys = tuple(k for k in other.foreign_keys if k.references != key)
                    self.tables[other.key] = replace(other, foreign_keys=keys, changed=self.origin(action.start, action.end))  # fmt: skip
        for child in [other for other in self.tables.values() if key in other.parents]:
            self.drop_table(Name(*child.key, 0, 0), action)
        self.sequences = {
            other: sequence
            for other, sequence in self.sequences.items()
            if sequence.owner is None or sequence.owner[:2] != key
        }
        if action.cascade:
            self.drop_views(name.name)

    def drop_type(self, key: Key, action: Drop) -> None:
        known = self.enums.pop(key, None) or self.types.pop(key, None)
        self.sure(key[1])
        if known is None and not action.cascade:
            return
        if action.cascade:
            for table in list(self.tables.values()):
                for column in table.columns:
                    uses = (column.type_schema, column.type) == key
                    if uses or (known is None and column.type == key[1]):
                        self.remove_column(
                            self.tables[table.key], column.name, action.start, action.end
                        )
                    elif column.default and expressions.mentions(column.default, key[1]):
                        self.taint(
                            table, f"a type that a default of `{table.name}` uses is dropped"
                        )
            self.drop_views(key[1])

    def drop_schema(self, name: str) -> None:
        self.schemas.discard(name)
        for key in [key for key in self.tables if key[0] == name]:
            self.drop_table(Name(*key, 0, 0), Drop("table", (), cascade=True))
        for mapping in (self.enums, self.types, self.views, self.sequences):
            for key in [key for key in mapping if key[0] == name]:
                del mapping[key]
        for table in list(self.tables.values()):
            for column in table.columns:
                if column.type_schema == name:
                    self.remove_column(self.tables[table.key], column.name, 0, 0)
        self.names.forget()

    def drop_extension(self, name: str, cascade: bool) -> None:
        self.extensions.discard(name)
        if not cascade:
            return
        for table in list(self.tables.values()):
            foreign = any(
                column.type_schema is None and not expressions.is_builtin(column.type)
                for column in table.columns
            )
            if foreign or any(
                c.ops or c.expression or index.where
                for index in table.indexes
                for c in index.columns
            ):
                self.taint(table, f"the extension `{name}` is dropped with all that uses it")
        self.views.clear()

    def drop_function(self, name: str) -> None:
        for table in list(self.tables.values()):
            texts = [column.default or column.generated for column in table.columns]
            texts += [check.expression for check in table.checks]
            texts += [index.where for index in table.indexes]
            texts += [c.name for index in table.indexes for c in index.columns if c.expression]
            if any(text and expressions.mentions(text, name) for text in texts):
                self.taint(table, f"the function `{name}` is dropped with all that uses it")
        self.drop_views(name)
