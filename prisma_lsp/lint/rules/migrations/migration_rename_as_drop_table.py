'''A table that is dropped and made again under another name comes back empty: all of its rows are lost.

Prisma Migrate cannot tell a renamed model from one that is gone and one that is new, so it writes
`DROP TABLE` and `CREATE TABLE`. Where both have the same columns with the same types, and refer to
the same tables, a rename is what was meant. `RENAME TO` keeps the rows; the keys, indexes and
sequences that carry the table's name are renamed with it, because Prisma would do that in the next
migration.

Tables of three columns and fewer look alike by chance, so for them the names have to look like one
as well. Silent are the first migration and tables whose rows a statement of the migration copies
(`INSERT INTO … SELECT`). If the table really is to go, say so with a comment above the statement.

```migration
CREATE TABLE "Customer" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "phone" TEXT,

    CONSTRAINT "Customer_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "Customer_email_key" ON "Customer"("email");
```

```prisma
model Customer {
  id    Int     @id @default(autoincrement())
  email String  @unique
  name  String
  phone String?

  @@map("customers")
}
```

```sql
-- DropTable
DROP TABLE "Customer";
--         ^^^^^^^^^^ `Customer` is dropped and `customers` made with the same columns: if that is a rename, its rows are lost

-- CreateTable
CREATE TABLE "customers" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "phone" TEXT,

    CONSTRAINT "customers_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "customers_email_key" ON "customers"("email");
```

```sql fixed
-- CreateTable
ALTER TABLE "Customer" RENAME TO "customers";
ALTER TABLE "customers" RENAME CONSTRAINT "Customer_pkey" TO "customers_pkey";
ALTER INDEX "Customer_email_key" RENAME TO "customers_email_key";
ALTER SEQUENCE "Customer_id_seq" RENAME TO "customers_id_seq";
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename | every row stays | code that runs with the old name fails between migration and deployment | quick, whatever the table's size | this one | none |
| rename, and a view with the old name | old code still reads | one more thing to drop later | quick | this one and one more | the view |
| leave it, with a comment that says why | none | the rows are lost | quick | as written | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.likeness import is_likely_rename, is_same_name
from prisma_lsp.lint.rule import Finding, rule

if TYPE_CHECKING:
    from prisma_lsp.lint.migration import Migration
    from prisma_lsp.migrations.state import Key, Table
    from prisma_lsp.migrations.statements import CreateTable, Drop, Name, Placed

# Tables with no more columns than this look alike by chance.
_FEW = 3


@rule(level="warning")
def check(migration: Migration, context: Context) -> Iterator[Finding]:
    from prisma_lsp.migrations.statements import CreateTable, Drop

    if migration.is_first:
        return
    made = [
        (placed, action)
        for placed, action in migration.actions(CreateTable)
        if not action.temporary and action.unread is None and action.kind == "table"
    ]
    for placed, drop in migration.actions(Drop) if made else ():
        for name in drop.names if drop.kind == "table" else ():
            found = _successor(migration, name, made)
            if found is None:
                continue
            new = found[1].table.name
            finding = migration.finding(
                placed.start + name.start,
                placed.start + name.end,
                f"`{name.name}` is dropped and `{new}` made with the same columns: if that is a"
                " rename, its rows are lost",
                lambda bench, placed=placed, drop=drop, found=found: fixes(  # type: ignore[misc]
                    migration, placed, drop, found
                ),
            )
            finding.related = migration.on_model(found[1].table)
            yield finding


def _successor(
    migration: Migration, name: Name, made: list[tuple[Placed, CreateTable]]
) -> tuple[Placed, CreateTable] | None:
    """The statement that makes a dropped table again; None where that is not plain."""
    key = migration.key(name)
    old = migration.table(name)
    if old is None or key in migration.after.tables or migration.moves_rows(name.name):
        return None
    found: list[tuple[Placed, CreateTable]] = []
    for one in made:
        other = migration.key(one[1].table)
        new = migration.after.tables.get(other)
        if new is None or other in migration.before.tables or migration.is_unread(other[1]):
            continue
        likely = is_likely_rename(key[1], other[1])
        if _has_same_columns(old, new) and (likely or len(old.columns) > _FEW):
            found.append(one)
    found = [one for one in found if is_same_name(key[1], one[1].table.name)] or found
    return found[0] if len(found) == 1 else None


def _has_same_columns(old: Table, new: Table) -> bool:
    def columns(table: Table) -> set[tuple[object, ...]]:
        return {(c.name, c.type, c.type_schema, c.array) for c in table.columns}

    def targets(table: Table) -> set[tuple[tuple[str, ...], Key]]:
        return {
            (key.columns, ("", "") if key.references in (old.key, new.key) else key.references)
            for key in table.foreign_keys
        }

    return bool(old.columns) and columns(old) == columns(new) and targets(old) == targets(new)


def fixes(
    migration: Migration, placed: Placed, drop: Drop, found: tuple[Placed, CreateTable]
) -> Iterable[Fix]:
    from prisma_lsp.lint.sql_renames import renamed_table

    draft = renamed_table(migration, placed, drop, *found)
    if draft is not None:
        title = f"Rename `{drop.names[0].name}` to `{found[1].table.name}`: its rows stay (edits this migration)"
        yield Fix(title, "R", draft.edits, preferred=True, by_choice=True)
