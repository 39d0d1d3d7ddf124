"""A new name, or another schema, and all who refer to the old one."""

from __future__ import annotations

from prisma_lsp.migrations import expressions
from prisma_lsp.migrations.folding.constraints import Constraints
from prisma_lsp.migrations.folding.parts import retyped_column, uses, with_name
from prisma_lsp.migrations.state import (
    Key,
    Table,
)
from prisma_lsp.migrations.statements import (
    Name,
    Rename,
    SetSchema,
)
from prisma_lsp.migrations.values import replace


class Renames(Constraints):
    def rename(self, action: Rename) -> None:
        old, new = action.old, action.new.name
        if action.table is not None and action.kind != "value":
            self.rename_inside(action, action.table, old.name, new)
            return
        match action.kind:
            case "table" | "view" | "materialized view" | "sequence" | "index" | "object":
                self.rename_relation(action, self.key(old), new)
            case "type" | "domain":
                key = self.key(old)
                if key not in self.enums and key not in self.types:
                    if not action.if_exists:
                        self.doubt(
                            (key[1], new), f"the type `{key[1]}` is renamed, and none is known"
                        )
                    return
                self.move_type(key, (key[0], new), action.start, action.end)
            case "value":
                assert action.table is not None
                enum = self.enums.get(self.key(action.table))
                if enum is None or old.name not in enum.values:
                    self.doubt(
                        (action.table.name,), f"`{old.name}` is renamed, and it is not known"
                    )
                    return
                values = tuple(new if value == old.name else value for value in enum.values)
                origin = self.origin(action.start, action.end)
                self.enums[enum.key] = replace(enum, values=values, changed=origin)
                for table in list(self.tables.values()):
                    for column in table.columns:
                        if column.default and (column.type_schema, column.type) == enum.key:
                            default = expressions.relabelled(column.default, old.name, new)
                            if default != column.default:
                                self.put_column(self.tables[table.key], column, replace(column, default=default), action.start, action.end)  # fmt: skip
            case "schema":
                self.rename_schema(old.name, new)

    def rename_inside(self, action: Rename, table_name: Name, old: str, new: str) -> None:
        if self.key(table_name) in self.views:
            return
        table = self.table(table_name)
        if table is None:
            return
        if action.kind == "column":
            if table.column(old) is None and action.if_exists:
                return
            column = self.column(table, old)
            if column is not None:
                self.rename_column(
                    self.tables[table.key], column.name, new, action.start, action.end
                )
            return
        renamed = with_name(table, old, new, action.kind if self.postgres else "")
        if renamed is None:
            if not action.if_exists:
                self.taint(table, f"`{old}` is renamed, and no migration before makes it")
            return
        self.names.forget()
        self.put(renamed, action.start, action.end)

    def rename_column(self, table: Table, old: str, new: str, start: int, end: int) -> None:
        if table.column(new) is not None:
            self.taint(table, f"`{new}` is there already")
            return
        origin = self.origin(start, end)

        def names(columns: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(new if column == old else column for column in columns)

        def text(sql: str) -> str:
            return expressions.renamed(sql, old, new)

        primary = table.primary_key
        changed = replace(
            table,
            columns=tuple(
                replace(column, name=new, changed=origin) if column.name == old
                else replace(column, generated=text(column.generated)) if column.generated else column
                for column in table.columns
            ),
            primary_key=replace(primary, columns=names(primary.columns)) if primary else None,
            indexes=tuple(
                replace(
                    index,
                    columns=tuple(
                        replace(c, name=text(c.name) if c.expression else new if c.name == old else c.name)
                        for c in index.columns
                    ),
                    where=text(index.where) if index.where else None,
                    include=names(index.include),
                )
                if uses(index, old) else index
                for index in table.indexes
            ),
            foreign_keys=tuple(replace(key, columns=names(key.columns)) for key in table.foreign_keys),
            checks=tuple(replace(check, expression=text(check.expression)) for check in table.checks),
        )  # fmt: skip
        self.put(changed, start, end)
        for other in list(self.tables.values()):
            if any(
                key.references == table.key and old in key.referenced for key in other.foreign_keys
            ):
                keys = tuple(
                    replace(key, referenced=names(key.referenced))
                    if key.references == table.key
                    else key
                    for key in other.foreign_keys
                )
                self.tables[other.key] = replace(other, foreign_keys=keys)
        for key, sequence in list(self.sequences.items()):
            if sequence.owner == (*table.key, old):
                self.sequences[key] = replace(sequence, owner=(*table.key, new))

    def rename_relation(self, action: Rename, key: Key, new: str) -> None:
        """ALTER TABLE renames views, sequences and indexes, too, and so do the others."""
        target = (key[0], new)
        table = self.tables.get(key)
        if table is not None and action.kind != "index":
            self.move_table(table, target, action.start, action.end)
            return
        if key in self.views:
            self.views[target] = replace(self.views.pop(key), name=new)
            self.names.forget()
            return
        if key in self.sequences:
            self.move_sequence(key, target)
            return
        for other in list(self.tables.values()):
            if other.schema == key[0] or self.dialect in ("mysql", "sqlite"):
                renamed = with_name(other, key[1], new, "index" if self.postgres else "")
                if renamed is not None:
                    self.names.forget()
                    self.put(renamed, action.start, action.end)
                    return
        if key[1] in self.temporary:
            self.temporary.add(new)
            return
        if not action.if_exists:
            self.doubt((key[1], new), f"`{key[1]}` is renamed, and no migration before makes it")
            if action.kind == "index":
                self.unknown_index(key[1], None)

    def move_table(self, table: Table, target: Key, start: int, end: int) -> None:
        key = table.key
        if target in self.tables:
            self.taint(self.tables[target], f"`{target[1]}` is there already")
            self.doubt((key[1],), f"`{key[1]}` is renamed to what is there already")
            return
        self.sure(target[1])
        if key[1] in self.doubts:
            self.doubts[target[1]] = self.doubts[key[1]]
        moved = replace(table, schema=target[0], name=target[1], changed=self.origin(start, end))
        # In its old place among the others, so that the order is that of making.
        self.tables = {
            moved.key if k == key else k: moved if k == key else t for k, t in self.tables.items()
        }
        for other in list(self.tables.values()):
            if any(foreign.references == key for foreign in other.foreign_keys):
                keys = tuple(
                    replace(foreign, references=target) if foreign.references == key else foreign
                    for foreign in other.foreign_keys
                )
                other = self.tables[other.key] = replace(other, foreign_keys=keys)
            if key in other.parents:
                parents = tuple(target if parent == key else parent for parent in other.parents)
                self.tables[other.key] = replace(other, parents=parents)
        for other_key, sequence in list(self.sequences.items()):
            if sequence.owner is not None and sequence.owner[:2] == key:
                self.sequences[other_key] = replace(sequence, owner=(*target, sequence.owner[2]))
        for view_key, view in list(self.views.items()):
            if key[1] in view.uses:
                self.views[view_key] = replace(view, uses=view.uses | {target[1]})
        self.names.forget()

    def move_type(self, key: Key, target: Key, start: int, end: int) -> None:
        origin = self.origin(start, end)
        if target in self.enums or target in self.types:
            self.doubt((key[1], target[1]), f"`{target[1]}` is there already")
            return
        self.sure(target[1])
        if key in self.enums:
            enum = self.enums.pop(key)
            self.enums[target] = replace(enum, schema=target[0], name=target[1], changed=origin)
        else:
            self.types[target] = replace(self.types.pop(key), schema=target[0], name=target[1])
        for table in list(self.tables.values()):
            columns = table.columns
            new = tuple(retyped_column(column, key, target) for column in columns)
            checks = tuple(
                replace(
                    check, expression=expressions.retyped_text(check.expression, key[1], target[1])
                )
                for check in table.checks
            )
            indexes = tuple(
                replace(
                    index,
                    where=expressions.retyped_text(index.where, key[1], target[1]) if index.where else None,
                    columns=tuple(
                        replace(c, name=expressions.retyped_text(c.name, key[1], target[1])) if c.expression else c
                        for c in index.columns
                    ),
                )
                if index.where or any(c.expression for c in index.columns) else index
                for index in table.indexes
            )  # fmt: skip
            if new != columns or checks != table.checks or indexes != table.indexes:
                self.tables[table.key] = replace(table, columns=new, checks=checks, indexes=indexes)

    def rename_schema(self, old: str, new: str) -> None:
        self.schemas.discard(old)
        self.schemas.add(new)
        for key in [key for key in self.sequences if key[0] == old]:
            self.move_sequence(key, (new, key[1]))
        for table in [table for table in self.tables.values() if table.schema == old]:
            self.move_table(table, (new, table.name), 0, 0)
        for key in [
            key for mapping in (self.enums, self.types) for key in mapping if key[0] == old
        ]:
            self.move_type(key, (new, key[1]), 0, 0)
        for key in [key for key in self.views if key[0] == old]:
            self.views[new, key[1]] = replace(self.views.pop(key), schema=new)

    def set_schema(self, action: SetSchema) -> None:
        key = self.key(action.name)
        target = (action.schema, key[1])
        table = self.tables.get(key)
        if action.kind in ("type", "domain"):
            if key in self.enums or key in self.types:
                self.move_type(key, target, action.start, action.end)
            else:
                self.doubt((key[1],), "a type is moved that is not known")
        elif key in self.views:
            self.views[target] = replace(self.views.pop(key), schema=target[0])
        elif key in self.sequences:
            self.move_sequence(key, target)
        elif table is not None:
            for other, sequence in list(self.sequences.items()):
                if sequence.owner is not None and sequence.owner[:2] == key:
                    self.move_sequence(other, (target[0], other[1]))
            self.move_table(self.tables[key], target, action.start, action.end)
        elif not action.if_exists:
            self.doubt((key[1],), f"`{key[1]}` is moved, and no migration before makes it")
