'''A column that is dropped and added under another name comes back empty: what was in it is lost.

Prisma Migrate cannot tell a renamed field from one that is gone and one that is new, so it writes
`DROP COLUMN` and `ADD COLUMN`. Where the type is the same and the two names look like one (`qty` and
`quantity`, `createdAt` and `created_at`), or where both are the foreign key to the same table, a
rename is what was meant. `RENAME COLUMN` keeps the values, and the database is the one that Prisma
expects.

Silent are the first migration, tables that the migration itself makes, columns that a statement of
the migration copies (`UPDATE … SET`), and names that have nothing in common. Only the newest
migration is looked at (setting `migrations`): an older one has been applied, and Prisma refuses to go
on when its text changes. If the column really is to go, say so with a comment above the statement.

```migration
CREATE TABLE "stock_levels" (
    "id" UUID NOT NULL,
    "qty" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stock_levels_pkey" PRIMARY KEY ("id")
);
```

```prisma
model StockLevel {
  id       String @id @db.Uuid
  quantity Int    @default(0)
  reserved Int    @default(0)

  @@map("stock_levels")
}
```

```sql
-- AlterTable
ALTER TABLE "stock_levels" DROP COLUMN "qty",
--                                     ^^^^^ `qty` is dropped and `quantity` added: if that is a rename, the values are lost
ADD COLUMN     "quantity" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "reserved" INTEGER NOT NULL DEFAULT 0;
```

```sql fixed
-- AlterTable
ALTER TABLE "stock_levels" RENAME COLUMN "qty" TO "quantity";
ALTER TABLE "stock_levels" ADD COLUMN     "reserved" INTEGER NOT NULL DEFAULT 0;
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename | every value stays | code that runs with the old name fails between migration and deployment | quick, whatever the table's size | this one | none |
| both names for a while: add, copy, switch, drop | nothing fails between two deployments | two of them | copies every row | two | code that writes both meanwhile |
| leave it, with a comment that says why | none | the values are lost | quick | as written | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.likeness import is_likely_rename, is_same_name
from prisma_lsp.lint.rule import Finding, rule

if TYPE_CHECKING:
    from prisma_lsp.lint.migration import Added, Dropped, Migration
    from prisma_lsp.migrations.state import Column, ForeignKey, Table
    from prisma_lsp.migrations.statements import DropColumn


@rule(level="warning")
def check(migration: Migration, context: Context) -> Iterator[Finding]:
    if migration.is_first:
        return
    for key, (dropped, added) in migration.columns_changed().items():
        before, after = migration.before.tables[key], migration.after.tables.get(key)
        if after is None or not dropped or not added:
            continue
        for drop in dropped:
            add = _successor(migration, drop[1], added, before, after)
            if add is None:
                continue
            old, new = drop[1].column, add[1].column.name
            finding = migration.finding(
                drop[0].start + old.start,
                drop[0].start + old.end,
                f"`{old.name}` is dropped and `{new.name}` added: if that is a rename, the values are lost",
                lambda bench, drop=drop, add=add: fixes(migration, drop, add),  # type: ignore[misc]
            )
            finding.related = migration.on_field(add[1].table, new.name)
            yield finding


def _successor(
    migration: Migration, drop: DropColumn, added: list[Added], before: Table, after: Table
) -> Added | None:
    """What a dropped column is called now; None where that is not plain."""
    old = before.column(drop.column.name)
    if old is None or after.column(old.name) is not None or old.generated is not None:
        return None
    found: list[Added] = []
    for add in added:
        new = after.column(_name(add))
        if new is None or before.column(new.name) is not None or not _is_alike(old, new):
            continue
        if _points_elsewhere(migration, _target(old, before), _target(new, after)):
            continue
        if is_likely_rename(old.name, new.name) or _same_target(old, new, before, after):
            found.append(add)
    found = [add for add in found if is_same_name(old.name, _name(add))] or found
    if len(found) != 1 or migration.moves_rows(old.name, _name(found[0])):
        return None
    return found[0]


def _name(add: Added) -> str:
    return add[1].column.name.name


def _is_alike(old: Column, new: Column) -> bool:
    return (old.type, old.type_schema, old.array) == (new.type, new.type_schema, new.array) and (
        new.generated is None
    )


def _same_target(old: Column, new: Column, before: Table, after: Table) -> bool:
    """Whether both columns are the one foreign key of the table to one and the same other table."""
    mine, others = _target(old, before), _target(new, after)
    if mine is None or others is None or mine.references != others.references:
        return False
    return all(
        sum(key.references == mine.references for key in table.foreign_keys) == 1
        for table in (before, after)
    )


def _points_elsewhere(migration: Migration, old: ForeignKey | None, new: ForeignKey | None) -> bool:
    """Whether the two are keys of rows of two tables, both of which are there."""
    if old is None or new is None or old.references == new.references:
        return False
    return old.references in migration.after.tables


def _target(column: Column, table: Table) -> ForeignKey | None:
    return next((key for key in table.foreign_keys if key.columns == (column.name,)), None)


def fixes(migration: Migration, drop: Dropped, add: Added) -> Iterable[Fix]:
    from prisma_lsp.lint.sql_edits import SqlDraft
    from prisma_lsp.lint.sql_renames import in_place_of_columns

    if migration.before.dialect not in ("postgresql", "mysql"):
        return
    key = migration.key(drop[1].table)
    old = migration.before.tables[key].column(drop[1].column.name)
    new = migration.after.tables[key].column(add[1].column.name.name)
    if old is None or new is None:
        return
    draft = SqlDraft(migration)
    table, column = draft.named(drop[1].table), draft.quote(new.name)
    change = [f"ALTER TABLE {table} RENAME COLUMN {draft.quote(old.name)} TO {column}"]
    changes = []
    if old.default != new.default:
        default = f"SET DEFAULT {new.default}" if new.default is not None else "DROP DEFAULT"
        changes.append(f"ALTER COLUMN {column} {default}")
    further = ""
    if old.nullable != new.nullable:
        changes.append(f"ALTER COLUMN {column} {'DROP' if new.nullable else 'SET'} NOT NULL")
        further = "" if new.nullable else "; fails where a value is missing"
    if changes and migration.before.dialect != "postgresql":
        return
    if changes:
        change.append(f"ALTER TABLE {table} " + ", ".join(changes))
    done = in_place_of_columns(migration, drop, add, change)
    if done is not None:
        title = f"Rename `{old.name}` to `{new.name}`: its values stay (edits this migration{further})"
        yield Fix(title, "R", done.edits, preferred=True, by_choice=True)
