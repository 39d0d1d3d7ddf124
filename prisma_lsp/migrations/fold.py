"""One migration's statements applied to a database: `fold(before, script, file)` → after.

What the statements say is done as the database would do it: names are chosen where none is given,
what hangs on a dropped thing goes with it, renames reach whoever refers to the name.  Where a
statement contradicts what is known (it alters a table that no migration makes), the names it speaks
of become doubtful; nothing is guessed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from prisma_lsp.migrations import default_names, expressions
from prisma_lsp.migrations.state import (
    Check,
    Column,
    Database,
    Enum,
    ForeignKey,
    Index,
    IndexColumn,
    Key,
    Origin,
    PrimaryKey,
    Sequence,
    Table,
    UserType,
    View,
)
from prisma_lsp.migrations.statements import (
    Action,
    AddColumn,
    AddConstraint,
    AddValue,
    ChangeColumn,
    ChangeConstraint,
    ColumnDefinition,
    Constraint,
    CreateEnum,
    CreateExtension,
    CreateFunction,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateType,
    CreateView,
    Drop,
    DropColumn,
    DropConstraint,
    Inherit,
    Name,
    OwnSequence,
    Part,
    Placed,
    Rename,
    RunFunctions,
    Script,
    SetDefault,
    SetIdentity,
    SetNullable,
    SetSchema,
    SetSearchPath,
    SetType,
    TypeName,
    Unread,
)

_SERIALS = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}


def fold(database: Database, script: Script, file: str) -> Database:
    """``database`` after the statements of ``script``, which is the `migration.sql` at ``file``."""
    return _Fold(database, script, file).run()


class _Fold:
    def __init__(self, database: Database, script: Script, file: str) -> None:
        self.dialect = database.dialect
        self.inherited = any(table.parents for table in database.tables.values())
        self.postgres = database.dialect == "postgresql"
        self.path = self.default_schema = database.default_schema
        self.script = script
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

    def run(self) -> Database:
        for placed in self.script.statements:
            self.placed = placed
            actions = placed.statement.actions
            if len(actions) > 1 and placed.statement.verb == "ALTER TABLE":
                # PostgreSQL makes what one ALTER TABLE lists in passes, not in the written order;
                # MySQL gives the table its new name last.
                actions = tuple(sorted(actions, key=_pass if self.postgres else _renames_table))
            for action in actions:
                _APPLY[type(action)](self, action)
        return Database(
            self.dialect, self.tables, self.enums, self.types, self.views, self.sequences,
            frozenset(self.schemas), frozenset(self.extensions), self.tainted, self.doubts,
            self.functions,
        )  # fmt: skip

    # --- places and doubts ---

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

    # --- looking up ---

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

    # --- tables ---

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
        table = replace(table, parents=tuple(parents))
        self.inherited = self.inherited or bool(parents)
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

    def defined(self, key: Key, definition: ColumnDefinition) -> Column:
        """A column as its definition makes it, its sequence included."""
        name = definition.name.name
        origin = self.origin(definition.start, definition.end)
        type_, schema = self.resolved(definition.type)
        default = (
            self.default(definition.default.sql, type_, schema) if definition.default else None
        )
        nullable = not definition.not_null
        if self.postgres and type_ in _SERIALS:
            sequence = self.sequence_of(key, name, origin)
            type_, default, nullable = _SERIALS[type_], expressions.nextval(sequence), False
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

    def drop_views(self, name: str) -> None:
        """The views that may use ``name``: dropped with it, and those that use them."""
        for key, view in list(self.views.items()):
            if name in view.uses and key in self.views:
                del self.views[key]
                self.drop_views(key[1])

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

    # --- columns ---

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
            if not _uses(index, name):
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

    def set_type(self, action: SetType) -> None:
        found = self.table_column(action.table, action.column)
        if found is None:
            return
        table, column = found
        type_, schema = self.resolved(action.type)
        if type_ in _SERIALS:
            self.taint(table, f"`{type_}` is no type to change a column to")
            table = self.tables[table.key]
            type_ = _SERIALS[type_]
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

    # --- constraints and indexes ---

    def add_constraint(self, action: AddConstraint) -> None:
        table = self.table(action.table)
        if table is None:
            return
        name = action.constraint.name
        if action.if_not_exists and name is not None:
            if _has_constraint(table, name.name):
                return
            if any(_has_constraint(other, name.name) for other in self.tables.values()):
                self.taint(table, f"`{name.name}` is there already, on another table")
                return
        self.constrain(table.key, action.constraint)
        self.put(self.tables[table.key], action.start, action.end)

    def constrain(self, key: Key, constraint: Constraint, *, in_create: bool = False) -> None:
        table = self.tables[key]
        origin = self.origin(constraint.start, constraint.end)
        label = constraint.name.name if constraint.name is not None else None
        columns = tuple(_index_column(part, constraint.method) for part in constraint.columns)
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
                    and _redundant(table, columns, constraint)
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
                if table.foreign_key(chosen) is not None:
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
        columns = tuple(_index_column(part, action.method) for part in action.columns)
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

    # --- renaming ---

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
        renamed = _renamed(table, old, new, action.kind if self.postgres else "")
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
                if _uses(index, old) else index
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
                renamed = _renamed(other, key[1], new, "index" if self.postgres else "")
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
            new = tuple(_retyped_column(column, key, target) for column in columns)
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

    # --- types ---

    def create_enum(self, action: CreateEnum) -> None:
        key = self.key(action.name)
        origin = self.origin(action.name.start, action.name.end)
        if key in self.enums:
            if not action.if_not_exists:
                self.doubt((key[1],), f"`{key[1]}` is made a second time")
            return
        tainted = self.doubts.get(key[1]) if action.if_not_exists else None
        if not action.if_not_exists:
            self.sure(key[1])
        self.enums[key] = Enum(*key, action.values, origin, origin, tainted)

    def add_value(self, action: AddValue) -> None:
        key = self.key(action.enum)
        enum = self.enums.get(key)
        if enum is None:
            self.doubt((key[1],), f"`{key[1]}` is altered, and no migration before makes it")
            return
        values = list(enum.values)
        if action.value in values:
            if not action.if_not_exists:
                self.doubt((key[1],), f"`{action.value}` is added a second time")
            return
        neighbour = action.before or action.after
        if neighbour is not None and neighbour not in values:
            self.doubt((key[1],), f"`{neighbour}` is not known")
            return
        place = len(values)
        if neighbour is not None:
            place = values.index(neighbour) + (0 if action.before else 1)
        values.insert(place, action.value)
        origin = self.origin(action.start, action.end)
        self.enums[key] = replace(enum, values=tuple(values), changed=origin)

    def create_type(self, action: CreateType) -> None:
        key = self.key(action.name)
        origin = self.origin(action.name.start, action.name.end)
        self.types[key] = UserType(*key, action.kind, origin)

    # --- others ---

    def create_view(self, action: CreateView) -> None:
        key = self.key(action.name)
        origin = self.origin(action.name.start, action.name.end)
        self.views[key] = View(*key, action.materialized, origin, action.uses)
        self.names.add(key)

    def create_sequence(self, action: CreateSequence) -> None:
        key = self.key(action.name)
        if key in self.sequences:
            return
        owner = (*self.key(action.owner[0]), action.owner[1]) if action.owner else None
        origin = self.origin(action.name.start, action.name.end)
        self.sequences[key] = Sequence(*key, owner, origin)
        self.names.add(key)

    def own_sequence(self, action: OwnSequence) -> None:
        key = self.key(action.name)
        sequence = self.sequences.get(key)
        if sequence is not None:
            owner = (*self.key(action.owner[0]), action.owner[1]) if action.owner else None
            self.sequences[key] = replace(sequence, owner=owner)

    def create_schema(self, action: CreateSchema) -> None:
        if self.dialect not in ("mysql", "sqlite"):
            self.schemas.add(action.name)

    def create_extension(self, action: CreateExtension) -> None:
        self.extensions.add(action.name)

    def create_function(self, action: CreateFunction) -> None:
        if action.touches is None or action.touches:
            self.functions[action.name.name] = action.touches
        else:
            self.functions.pop(action.name.name, None)

    def run_functions(self, action: RunFunctions) -> None:
        for name in sorted(action.names & self.functions.keys()):
            self.unread(
                Unread(f"`{name}()` runs code", self.functions[name], action.start, action.end)
            )

    def set_search_path(self, action: SetSearchPath) -> None:
        schema = action.schema
        self.path = self.default_schema if schema in (None, "$user", '"$user"') else str(schema)

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

    def unread(self, action: Unread) -> None:
        if action.names is None:
            self.tainted = self.tainted or self.reason(action.reason)
        else:
            self.doubt(action.names, action.reason)


def _renames_table(action: Action) -> bool:
    return isinstance(action, Rename) and action.kind == "table"


def _pass(action: Action) -> int:
    match action:
        case DropColumn() | DropConstraint():
            return 0
        case SetDefault():
            return 0 if action.default is None else 7
        case SetNullable():
            return 0 if action.nullable else 4
        case SetIdentity():
            return 0 if action.identity is None else 7
        case SetType():
            return 1
        case AddColumn():
            return 2
        case AddConstraint():
            return 5 if action.constraint.kind in ("primary key", "unique", "exclude") else 6
    return 8


def _index_column(part: Part, method: str = "btree") -> IndexColumn:
    return IndexColumn(
        part.name, part.expression, part.descending, part.nulls_first,
        expressions.operator_class(part.ops, method), part.collation, part.length, part.operator,
    )  # fmt: skip


def _uses(index: Index, name: str) -> bool:
    return (
        name in index.include
        or any(
            expressions.mentions(column.name, name) if column.expression else column.name == name
            for column in index.columns
        )
        or (index.where is not None and expressions.mentions(index.where, name))
    )


def _redundant(table: Table, columns: tuple[IndexColumn, ...], constraint: Constraint) -> bool:
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


def _has_constraint(table: Table, name: str) -> bool:
    return _renamed(table, name, name, "constraint") is not None


def _renamed(table: Table, old: str, new: str, kind: str) -> Table | None:
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


def _retyped_column(column: Column, old: Key, new: Key) -> Column:
    if (column.type_schema, column.type) == old:
        column = replace(column, type_schema=new[0], type=new[1])
    if column.default and expressions.mentions(column.default, old[1]):
        column = replace(column, default=expressions.retyped_text(column.default, old[1], new[1]))
    return column


_APPLY: dict[type[Action], Callable[[_Fold, Any], None]] = {
    CreateTable: _Fold.create_table,
    Drop: _Fold.drop,
    Rename: _Fold.rename,
    SetSchema: _Fold.set_schema,
    AddColumn: _Fold.add_column,
    DropColumn: _Fold.drop_column,
    SetType: _Fold.set_type,
    SetDefault: _Fold.set_default,
    SetNullable: _Fold.set_nullable,
    SetIdentity: _Fold.set_identity,
    ChangeColumn: _Fold.change_column,
    AddConstraint: _Fold.add_constraint,
    DropConstraint: _Fold.drop_constraint,
    ChangeConstraint: _Fold.change_constraint,
    Inherit: _Fold.change_inheritance,
    CreateIndex: _Fold.create_index,
    CreateEnum: _Fold.create_enum,
    AddValue: _Fold.add_value,
    CreateType: _Fold.create_type,
    CreateView: _Fold.create_view,
    CreateSequence: _Fold.create_sequence,
    OwnSequence: _Fold.own_sequence,
    CreateSchema: _Fold.create_schema,
    CreateExtension: _Fold.create_extension,
    CreateFunction: _Fold.create_function,
    RunFunctions: _Fold.run_functions,
    SetSearchPath: _Fold.set_search_path,
    Unread: _Fold.unread,
}
