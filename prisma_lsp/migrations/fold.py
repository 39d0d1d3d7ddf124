"""One migration's statements applied to a database: `fold(before, script, file)` → after.

What the statements say is done as the database would do it: names are chosen where none is given,
what hangs on a dropped thing goes with it, renames reach whoever refers to the name.  Where a
statement contradicts what is known (it alters a table that no migration makes), the names it speaks
of become doubtful; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any

from prisma_lsp.migrations.folding.tables import Tables
from prisma_lsp.migrations.slices import STATEMENTS, finished
from prisma_lsp.migrations.state import (
    Database,
    Enum,
    Sequence,
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
    OwnSequence,
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
    Unread,
)
from prisma_lsp.migrations.values import replace


def fold(database: Database, script: Script, file: str) -> Database:
    """``database`` after the statements of ``script``, which is the `migration.sql` at ``file``."""
    return finished(folding(database, script.statements, file))


def folding(
    database: Database, statements: Iterable[Placed], file: str
) -> Generator[None, None, Database]:
    """As `fold`, with pauses between statements."""
    return _Fold(database, file).run(statements)


class _Fold(Tables):
    def run(self, statements: Iterable[Placed]) -> Generator[None, None, Database]:
        for number, placed in enumerate(statements):
            if number % STATEMENTS == STATEMENTS - 1:
                yield
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
