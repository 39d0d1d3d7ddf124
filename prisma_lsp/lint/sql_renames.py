"""A change in place instead of dropping one thing and making another, in the text of a migration.

Every function gives an edit only where the database is the same after the migration as it would have
been without it, as far as Prisma can see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from prisma_lsp.lint.migration import Added, Dropped, Migration
from prisma_lsp.lint.sql_edits import SqlDraft
from prisma_lsp.migrations.state import Column, Database, Index, Key, Table
from prisma_lsp.migrations.statements import (
    Action,
    AddConstraint,
    CreateIndex,
    CreateTable,
    Drop,
    DropConstraint,
    Name,
    Placed,
)


def in_place_of_columns(
    migration: Migration,
    dropped: Dropped,
    added: Added,
    change: list[str],
    *,
    keep: frozenset[str] = frozenset(),
) -> SqlDraft | None:
    """``change``, statements without semicolons, instead of dropping one column and adding another.

    The keys and indexes that would have gone with the dropped column go by statements of their own,
    but for those named in ``keep``.  None where the database would not be the same afterwards.
    """
    table = migration.table(dropped[1].table)
    if table is None:
        return None
    draft = SqlDraft(migration)
    first = min(dropped[0], added[0], key=lambda placed: placed.start)
    name = draft.named(dropped[1].table)
    before = [
        statement
        for victim, statement in _victims(migration, draft, table, dropped[1].column.name, name)
        if victim not in keep
    ]
    if dropped[0] is added[0]:
        gone = (dropped[1], added[1])
        if all(action in gone for action in first.statement.actions):
            draft.replace_statement(first, *before, *change)
        else:
            draft.add_before(first, *before, *change)
            draft.without(first, gone)
    else:
        draft.add_before(first, *before, *change)
        draft.without(dropped[0], (dropped[1],))
        draft.without(added[0], (added[1],))
    return draft if is_same(migration.fold(draft.result), migration.after) else None


def renamed_table(
    migration: Migration, dropped: Placed, drop: Drop, made: Placed, create: CreateTable
) -> SqlDraft | None:
    """A rename instead of dropping one table and making another, with the names of its keys, indexes
    and sequences.  None where the database would not be the same afterwards."""
    if migration.before.dialect != "postgresql" or len(drop.names) > 1:
        return None
    old_key, new_key = migration.key(drop.names[0]), migration.key(create.table)
    old, want = migration.before.tables[old_key], migration.after.tables[new_key]
    if old_key[0] != new_key[0] or not _is_settled(migration, old_key, made, dropped):
        return None
    draft = SqlDraft(migration)
    name, table = drop.names[0], draft.named(create.table)
    bare = draft.quote(create.table.name)
    change = [f"ALTER TABLE {draft.named(name)} RENAME TO {bare}"]
    gone = _dropped_names(migration, old_key)

    def constraint(one: str, other: str) -> None:
        if one != other:
            change.append(
                f"ALTER TABLE {table} RENAME CONSTRAINT {draft.quote(one)} TO {draft.quote(other)}"
            )

    mine, other = old.primary_key, want.primary_key
    if mine is not None and mine.name not in gone:
        if other is None or mine.columns != other.columns:
            return None
        constraint(mine.name, other.name)
    for index in old.indexes:
        if index.name in gone or not index.plain:
            continue
        twin = next((i for i in want.indexes if replace(i, name=index.name) == index), None)
        if twin is None:
            if index.constraint is not None:
                return None
            change.append(f"DROP INDEX {draft.named(name._replace(name=index.name))}")
        elif index.constraint is not None:
            constraint(index.name, twin.name)
        elif twin.name != index.name:
            renamed = draft.named(name._replace(name=index.name))
            change.append(f"ALTER INDEX {renamed} RENAME TO {draft.quote(twin.name)}")
        if twin is not None and not _without_index(migration, draft, twin.name):
            return None
    for foreign in old.foreign_keys:
        if foreign.name in gone:
            continue
        like = next((f for f in want.foreign_keys if f.columns == foreign.columns), None)
        if like is None or replace(like, name="", references=new_key) != replace(
            foreign, name="", references=new_key
        ):
            change.append(f"ALTER TABLE {table} DROP CONSTRAINT {draft.quote(foreign.name)}")
            continue
        constraint(foreign.name, like.name)
        if not _without_constraint(migration, draft, like.name):
            return None
    changes = []
    for column in want.columns:
        before = old.column(column.name)
        if before is None:
            return None
        quoted = draft.quote(column.name)
        serial = f"{old.name}_{column.name}_seq"
        if before.default is not None and serial in before.default:
            sequence = draft.named(name._replace(name=serial))
            after = draft.quote(f"{want.name}_{column.name}_seq")
            change.append(f"ALTER SEQUENCE {sequence} RENAME TO {after}")
        elif before.default != column.default:
            default = f"SET DEFAULT {column.default}" if column.default else "DROP DEFAULT"
            changes.append(f"ALTER COLUMN {quoted} {default}")
        if before.nullable != column.nullable:
            changes.append(f"ALTER COLUMN {quoted} {'DROP' if column.nullable else 'SET'} NOT NULL")
    if changes:
        change.append(f"ALTER TABLE {table} " + ", ".join(changes))
    draft.replace_statement(made, *change)
    draft.remove(dropped)
    return draft if is_same(migration.fold(draft.result), migration.after) else None


def _is_settled(migration: Migration, key: Key, made: Placed, dropped: Placed) -> bool:
    """Whether nothing is done to the old table once the new one is there, but for dropping it."""
    for placed in migration.script.statements:
        if placed.start <= made.start or placed is dropped:
            continue
        for action in placed.statement.actions:
            table = getattr(action, "table", None)
            if isinstance(table, Name) and migration.key(table) == key:
                return False
    return True


def _dropped_names(migration: Migration, key: Key) -> set[str]:
    """The keys and indexes of a table that the migration drops by name."""
    found: set[str] = set()
    for _, drop in migration.actions(Drop):
        found.update(one.name for one in drop.names if drop.kind == "index")
    for _, gone in migration.actions(DropConstraint):
        if gone.name is not None and migration.key(gone.table) == key:
            found.add(gone.name.name)
    return found


def _without_index(migration: Migration, draft: SqlDraft, name: str) -> bool:
    """Take the making of an index away; False where it is not found on its own."""
    for placed, action in migration.actions(CreateIndex):
        if action.name is not None and action.name.name == name:
            draft.remove(placed)
            return len(placed.statement.actions) == 1
    # A UNIQUE of the CREATE TABLE goes with it.
    return True


def _without_constraint(migration: Migration, draft: SqlDraft, name: str) -> bool:
    for placed, action in migration.actions(AddConstraint):
        one = action.constraint.name
        if one is not None and one.name == name:
            gone: list[Action] = [action]
            draft.without(placed, gone)
            return True
    return True


def _victims(
    migration: Migration, draft: SqlDraft, table: Table, column: str, name: str
) -> Iterator[tuple[str, str]]:
    """(name, statement) of each key and index that goes with a column unless a statement of the
    migration drops it anyway.  What only SQL knows (a condition, an expression, a CHECK) stays."""
    dropped = _dropped_names(migration, table.key)
    key = table.primary_key
    constraints = [(key.name, key.columns)] if key is not None else []
    constraints += [(one.name, one.columns) for one in table.foreign_keys]
    indexes = []
    for index in table.indexes:
        if index.constraint is not None:
            constraints.append((index.name, index.column_names))
        elif index.plain:
            indexes.append((index.name, (*index.column_names, *index.include)))
    for victim, columns in constraints:
        if column in columns and victim not in dropped:
            yield victim, f"ALTER TABLE {name} DROP CONSTRAINT {draft.quote(victim)}"
    for victim, columns in indexes:
        if column in columns and victim not in dropped:
            if migration.before.dialect == "mysql":
                yield victim, f"DROP INDEX {draft.quote(victim)} ON {name}"
            else:
                schema = table.schema if table.schema != migration.before.default_schema else None
                yield victim, f"DROP INDEX {draft.named(Name(schema, victim, 0, 0))}"


def is_same(one: Database, other: Database) -> bool:
    """Whether two databases are the same to Prisma: whatever order columns and indexes have, and
    whatever CHECKs and indexes with conditions or expressions there are besides."""
    return one.tainted is None and other.tainted is None and _plain(one) == _plain(other)


def _plain(database: Database) -> Any:
    def index(one: Index) -> Index | None:
        return one if one.plain else None

    tables: dict[Key, Any] = {}
    for key, table in database.tables.items():
        tables[key] = (
            {column.name: _default(column) for column in table.columns},
            table.primary_key,
            {one.name: one for one in table.indexes if index(one) is not None},
            {one.name: one for one in table.foreign_keys},
            table.tainted is None,
        )
    sequences = {key for key, one in database.sequences.items() if one.owner is not None}
    return tables, dict(database.enums), sequences, database.doubts.keys()


def _default(column: Column) -> tuple[object, ...]:
    default = re.sub(r"""["']|public\.""", "", column.default) if column.default else None
    return (
        column.type, column.type_schema, column.array, column.nullable, default, column.identity,
        column.generated,
    )  # fmt: skip
