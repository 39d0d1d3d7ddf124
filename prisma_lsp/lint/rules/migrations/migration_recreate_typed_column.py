'''A column that is dropped and added again with another type comes back empty: what was in it is lost.

That is how Prisma Migrate changes a type where PostgreSQL has no cast of its own: `String` to
`@db.Uuid` or to an enum, one enum to another, a scalar to a list. Most of these can be cast with
`USING`, which keeps every value and stops, with nothing changed, at one that does not fit.

Silent are the first migration, tables that the migration itself makes and columns that a statement of
it copies. Where there is no cast (`Int` to `Uuid`), there is no fix: such values need a new column
beside the old one, filled by hand before the old one goes.

```migration
CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "customer_id" TEXT NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "orders_customer_id_idx" ON "orders"("customer_id");
```

```prisma
model Order {
  id         String @id @db.Uuid
  customerId String @map("customer_id") @db.Uuid

  @@index([customerId])
  @@map("orders")
}
```

```sql
-- AlterTable
ALTER TABLE "orders" DROP COLUMN "customer_id",
--                               ^^^^^^^^^^^^^ `customer_id` is dropped and made again as `uuid`: its values are lost
ADD COLUMN     "customer_id" UUID NOT NULL;

-- CreateIndex
CREATE INDEX "orders_customer_id_idx" ON "orders"("customer_id");
```

```sql fixed
-- AlterTable
DROP INDEX "orders_customer_id_idx";
ALTER TABLE "orders" ALTER COLUMN "customer_id" SET DATA TYPE UUID USING "customer_id"::uuid;

-- CreateIndex
CREATE INDEX "orders_customer_id_idx" ON "orders"("customer_id");
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| cast in place | every value stays | stops at a value that does not fit | rewrites the table and its indexes once, under a lock | this one | none |
| a new column, filled in steps, the old one dropped later | no long lock, and values that do not fit can be looked at | two deployments | small steps on a big table | two | code that writes both meanwhile |
| leave it, with a comment that says why | none | the values are lost | quick | as written | the comment |
'''

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.rule import Finding, rule

if TYPE_CHECKING:
    from prisma_lsp.lint.migration import Added, Dropped, Migration
    from prisma_lsp.migrations.state import Column, Database

_TEXT = re.compile(r"text|character varying(\(\d+\))?|character(\(\d+\))?|citext")
# What the text of any value of these can be read as again.
_FROM_TEXT = re.compile(
    r"uuid|smallint|integer|bigint|numeric(\(\d+,\d+\))?|real|double precision|boolean|date|jsonb?|inet"
    r"|time(stamp)?(\(\d+\))? with(out)? time zone|bytea|text|character varying(\(\d+\))?|xml"
)


@rule(level="warning")
def check(migration: Migration, context: Context) -> Iterator[Finding]:
    if migration.is_first:
        return
    for key, (dropped, added) in migration.columns_changed().items():
        before, after = migration.before.tables[key], migration.after.tables.get(key)
        for drop in dropped:
            name = drop[1].column.name
            add = next((one for one in added if one[1].column.name.name == name), None)
            old = before.column(name)
            new = after.column(name) if after is not None else None
            if add is None or old is None or new is None or drop[0].start > add[0].start:
                continue
            if old.generated is not None or new.generated is not None or migration.moves_rows(name):
                continue
            if old.made != old.changed and old.changed.file == migration.path:
                continue
            kind = f"{new.type}{'[]' if new.array else ''}"
            finding = migration.finding(
                drop[0].start + drop[1].column.start,
                drop[0].start + drop[1].column.end,
                f"`{name}` is dropped and made again as `{kind}`: its values are lost",
                lambda bench, drop=drop, add=add, old=old, new=new: fixes(  # type: ignore[misc]
                    migration, drop, add, old, new
                ),
            )
            finding.related = migration.on_field(add[1].table, name)
            yield finding


def fixes(
    migration: Migration, drop: Dropped, add: Added, old: Column, new: Column
) -> Iterable[Fix]:
    from prisma_lsp.lint.sql_edits import SqlDraft
    from prisma_lsp.lint.sql_renames import in_place_of_columns

    if migration.before.dialect != "postgresql":
        return
    draft = SqlDraft(migration)
    table, column = draft.named(drop[1].table), draft.quote(new.name)
    type_ = add[1].column.type
    written = add[0].statement.text[type_.start : type_.end]
    cast = cast_of(column, old, new, written, migration)
    if cast is None:
        return
    changes = []
    if old.default is not None:
        changes.append(f"ALTER COLUMN {column} DROP DEFAULT")
    changes.append(f"ALTER COLUMN {column} SET DATA TYPE {written} USING {cast}")
    if new.default is not None:
        changes.append(f"ALTER COLUMN {column} SET DEFAULT {new.default}")
    if old.nullable != new.nullable:
        changes.append(f"ALTER COLUMN {column} {'DROP' if new.nullable else 'SET'} NOT NULL")
    change = f"ALTER TABLE {table} " + ", ".join(changes)
    done = in_place_of_columns(migration, drop, add, [change])
    if done is not None:
        rounds = ", rounds to its digits" if re.match(r"(numeric|time(stamp)?)\(", new.type) else ""
        title = (
            f"Cast `{new.name}` in place: its values stay (edits this migration, rewrites the table"
            f"{rounds}; stops at a value that does not fit)"
        )
        yield Fix(title, "D", done.edits, preferred=True, by_choice=True)


def cast_of(
    column: str, old: Column, new: Column, written: str, migration: Migration
) -> str | None:
    """The expression of the new value; None where there is none that keeps it."""
    is_enum, was_enum = _is_enum(new, migration.after), _is_enum(old, migration.before)
    target = written.lower() if new.type_schema is None else written
    if old.array and not new.array:
        return None
    if new.array and not old.array:
        inner = re.sub(r"\s*\[\s*\d*\s*\]\Z", "", target)
        same = (old.type, old.type_schema) == (new.type, new.type_schema)
        one = column if same else _one(column, old, new, inner, is_enum, was_enum)
        return None if one is None else f"CASE WHEN {column} IS NULL THEN NULL ELSE ARRAY[{one}] END"
    brackets = "[]" if old.array else ""
    return _one(column, old, new, target, is_enum, was_enum, brackets)


def _one(
    column: str, old: Column, new: Column, target: str, is_enum: bool, was_enum: bool,
    brackets: str = "",
) -> str | None:  # fmt: skip
    if _TEXT.fullmatch(new.type) and (old.type_schema is None or was_enum):
        # A cast to `varchar(20)` would cut what is longer; left to the assignment, it stops there.
        return f"{column}::text{brackets}"
    if _TEXT.fullmatch(old.type):
        if is_enum or _FROM_TEXT.fullmatch(new.type):
            return f"{column}::{target}"
        return None
    if is_enum and was_enum:
        return f"{column}::text{brackets}::{target}"
    return None


def _is_enum(column: Column, database: Database) -> bool:
    return column.type_schema is not None and (column.type_schema, column.type) in database.enums
