"""One migration as its rules see it: the statements, the database before them, the schema after.

Places in a `migration.sql` are offsets, in characters from the beginning of the file; a finding's
line is that of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TypeVar

from prisma_lsp.lint.related import Related
from prisma_lsp.lint.rule import Finding, FixMaker, RelatedFinder
from prisma_lsp.migrations.state import Database, Key, Table
from prisma_lsp.migrations.statements import (
    Action,
    AddColumn,
    CreateTable,
    DropColumn,
    Name,
    Placed,
    Rename,
    Script,
    SetSchema,
    SetSearchPath,
    Unread,
)
from prisma_lsp.migrations.text import SqlText
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Schema

_Action = TypeVar("_Action", bound=Action)

Dropped = tuple[Placed, DropColumn]
Added = tuple[Placed, AddColumn]

# Statements that can move rows from one column or table to another.
_MOVES_ROWS = frozenset({
    "UPDATE", "INSERT", "MERGE", "WITH", "COPY", "SELECT", "CALL", "DO", "EXECUTE", "REPLACE", "EXEC",
    "DECLARE", "PERFORM", "VALUES", "LOAD",
})  # fmt: skip


class Migration:
    """``path`` is that of its `migration.sql`; ``before`` is the database that it is applied to."""

    def __init__(
        self,
        path: str,
        text: SqlText,
        script: Script,
        before: Database,
        fold: Callable[[str], Database],
        schema: Schema,
        *,
        is_first: bool,
    ) -> None:
        self.path = path
        self.text = text
        self.script = script
        self.before = before
        # The database after the migration, if its text were another one.
        self.fold = fold
        self.schema = schema
        # Nothing can be lost, and nothing fail on rows, where there is no table yet.
        self.is_first = is_first

    # --- what it does ----------------------------------------------------------------------------

    def actions(self, kind: type[_Action]) -> Iterator[tuple[Placed, _Action]]:
        """Every action of one kind with its statement, in order."""
        for placed in self.script.statements:
            for action in placed.statement.actions:
                if isinstance(action, kind):
                    yield placed, action

    @cached_property
    def after(self) -> Database:
        return self.fold(self.script.text)

    def key(self, name: Name) -> Key:
        return (self.before.default_schema if name.schema is None else name.schema), name.name

    def table(self, name: Name) -> Table | None:
        """The table as it was before this migration, where that is sure: it was there, and nothing
        that could not be read speaks of it."""
        key = self.key(name)
        table = self.before.tables.get(key)
        if table is None or self.before.doubt(key[1], key[0]) is not None:
            return None
        return table if key not in self._moved and not self.is_unread(key[1]) else None

    @cached_property
    def _moved(self) -> frozenset[Key]:
        """Tables whose names mean something else before the last statement than before the first."""
        moved: set[Key] = set()
        for _, action in self.actions(CreateTable):
            moved.add(self.key(action.table))
        for _, rename in self.actions(Rename):
            if rename.kind == "table":
                schema, _ = self.key(rename.old)
                moved |= {self.key(rename.old), (schema, rename.new.name)}
        for _, moving in self.actions(SetSchema):
            moved.add(self.key(moving.name))
        return frozenset(moved)

    def columns_changed(self) -> dict[Key, tuple[list[Dropped], list[Added]]]:
        """The columns dropped from and added to each table that was there before."""
        found: dict[Key, tuple[list[Dropped], list[Added]]] = {}
        for placed, dropped in self.actions(DropColumn):
            if self.table(dropped.table) is not None:
                found.setdefault(self.key(dropped.table), ([], []))[0].append((placed, dropped))
        for placed, added in self.actions(AddColumn):
            if self.table(added.table) is not None:
                found.setdefault(self.key(added.table), ([], []))[1].append((placed, added))
        return found

    def is_unread(self, *names: str) -> bool:
        """Whether a statement of this migration that could not be read may speak of a name."""
        if any(True for _ in self.actions(SetSearchPath)):
            return True
        for _, action in self.actions(Unread):
            if action.names is None or not action.names.isdisjoint(names):
                return True
        return False

    def moves_rows(self, *names: str) -> bool:
        """Whether a statement between the others may have carried over what is in ``names``."""
        for placed in self.script.statements:
            statement = placed.statement
            verb = statement.verb.split(" ", 1)[0].upper()
            if verb in _MOVES_ROWS and any(name in statement.text for name in names):
                return True
        return False

    # --- the schema ------------------------------------------------------------------------------

    def model(self, key: Key) -> Model | None:
        """The model whose table it is; None where there is none, or more than one."""
        found: list[Model] = []
        for name, kind, _ in self.schema.sharers("table", key[1]):
            model = self.schema.model(name) if kind == "model" else None
            if model is not None and (model.database_schema or self.before.default_schema) == key[0]:
                found.append(model)
        return found[0] if len(found) == 1 else None

    def field(self, key: Key, column: str) -> Field | None:
        """The field whose column it is."""
        model = self.model(key)
        if model is None:
            return None
        return next(
            (
                field
                for field in model.all_fields
                if field.column == column and self.schema.kind_of(field.type_name) not in ("model", "view")
            ),
            None,
        )

    def on_field(self, table: Name, column: str) -> RelatedFinder | None:
        """Where the schema says it: the field of a column, else the model of its table."""
        key = self.key(table)
        if self.model(key) is None:
            return None

        def find(schema: Schema) -> Iterator[Related]:
            field = self.field(key, column)
            if field is not None:
                node = field.node.name
                message = f"The field of `{column}`"
                yield Related(field.owner, field.line, node.start, node.end, message)
            elif (model := self.model(key)) is not None:
                yield _on(model, key)

        return find

    def on_model(self, table: Name) -> RelatedFinder | None:
        """Where the schema says it: the model of a table."""
        key = self.key(table)
        model = self.model(key)
        return (lambda schema: (_on(model, key),)) if model is not None else None

    # --- places ----------------------------------------------------------------------------------

    def finding(
        self, start: int, end: int, message: str, fixes: FixMaker | None = None
    ) -> Finding:
        """A finding on a stretch of the file, as far as its first line goes."""
        line, column = self.text.place(start)
        last, last_column = self.text.place(end)
        if last > line:
            last_column = len(self.text.line(line))
        return Finding(line, column, max(last_column, column + 1), message, fixes)


def _on(model: Model, key: Key) -> Related:
    name = model.name_node
    return Related(model, model.block.header, name.start, name.end, f"The model of `{key[1]}`")
