'''A required column whose default only Prisma Client knows cannot be added to a table that has rows.

`@default(uuid())`, `cuid()`, `ulid()`, `nanoid()` and `@updatedAt` are filled in by Prisma Client when
it writes a row. The database knows nothing of them, so `ADD COLUMN … NOT NULL` has no value for the
rows that are there, and the migration fails: on the developer's empty table it worked.

The fix gives the column a default for the length of the migration, which fills the rows, and takes
it away again, so that the database ends as Prisma expects it. Rows get a uuid each (also where new
ones get a cuid or nanoid), and the time of the migration for `@updatedAt`.

```migration
CREATE TABLE "orders" (
    "id" UUID NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);
```

```prisma
model Order {
  id        String   @id @db.Uuid
  token     String   @unique @default(uuid()) @db.Uuid
  updatedAt DateTime @updatedAt @map("updated_at")

  @@map("orders")
}
```

```sql
-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "token" UUID NOT NULL,
--                                  ^^^^^^^ `token` is required, and its default `uuid()` exists in Prisma Client only: this fails where `orders` has rows
ADD COLUMN     "updated_at" TIMESTAMP(3) NOT NULL;
--             ^^^^^^^^^^^^ `updated_at` is required, and its default `@updatedAt` exists in Prisma Client only: this fails where `orders` has rows

-- CreateIndex
CREATE UNIQUE INDEX "orders_token_key" ON "orders"("token");
```

```sql fixed
-- AlterTable
ALTER TABLE "orders" ADD COLUMN     "token" UUID NOT NULL DEFAULT gen_random_uuid(),
ADD COLUMN     "updated_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE "orders" ALTER COLUMN "updated_at" DROP DEFAULT;
ALTER TABLE "orders" ALTER COLUMN "token" DROP DEFAULT;

-- CreateIndex
CREATE UNIQUE INDEX "orders_token_key" ON "orders"("token");
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a default for the length of the migration | the rows that are there get a value, and it ends as Prisma expects | a uuid also where new rows get a cuid | `gen_random_uuid()` rewrites the table once | this one | none |
| optional first, filled by a job, required later | the application chooses the values | three deployments | small steps on a big table | three | the job |
'''

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field

if TYPE_CHECKING:
    from prisma_lsp.lint.migration import Migration
    from prisma_lsp.migrations.statements import AddColumn, Placed

_CLIENT = frozenset({"uuid", "cuid", "ulid", "nanoid"})
_UUID_LENGTH = 36


@rule(level="warning")
def check(migration: Migration, context: Context) -> Iterator[Finding]:
    if migration.is_first:
        return
    from prisma_lsp.migrations.statements import AddColumn, DropColumn

    gone = {(migration.key(a.table), a.column.name) for _, a in migration.actions(DropColumn)}
    for placed, action in migration.actions(AddColumn):
        column = action.column
        key = migration.key(action.table)
        table = migration.table(action.table)
        if table is None or not column.not_null or column.default is not None:
            continue
        if column.identity or column.generated or (key, column.name.name) in gone:
            # What is dropped and made again is the matter of `migration-recreate-typed-column`.
            continue
        if "serial" in column.type.type or table.column(column.name.name) is not None:
            continue
        field = migration.field(key, column.name.name)
        default = _client_default(field)
        if field is None or default is None:
            continue
        finding = migration.finding(
            placed.start + column.name.start,
            placed.start + column.name.end,
            f"`{column.name.name}` is required, and its default `{default}` exists in Prisma Client"
            f" only: this fails where `{action.table.name}` has rows",
            lambda bench, placed=placed, action=action, default=default: fixes(  # type: ignore[misc]
                migration, placed, action, default
            ),
        )
        finding.related = migration.on_field(action.table, column.name.name)
        yield finding


def _client_default(field: Field | None) -> str | None:
    """The default that Prisma Client fills in, as it is written; None where there is none."""
    if field is None or field.is_list:
        return None
    call = field.default_function
    if call is not None and call.name in _CLIENT:
        return f"{call.name}()"
    if field.default is None and field.attribute("updatedAt") is not None:
        return "@updatedAt"
    return None


def fixes(
    migration: Migration, placed: Placed, action: AddColumn, default: str
) -> Iterable[Fix]:
    from prisma_lsp.lint.sql_edits import SqlDraft
    from prisma_lsp.lint.sql_renames import is_same
    from prisma_lsp.migrations.statements import SetDefault

    value = _value(action, default)
    if value is None or migration.before.dialect != "postgresql":
        return
    draft = SqlDraft(migration)
    table, column = draft.named(action.table), draft.quote(action.column.name.name)
    end = placed.start + action.column.end
    draft.replace(end, end, f" DEFAULT {value}")
    draft.add_after(placed, f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")
    column_key = (migration.key(action.table), action.column.name.name)
    for _, later in migration.actions(SetDefault):
        if (migration.key(later.table), later.column.name) == column_key:
            return
    if not is_same(migration.fold(draft.result), migration.after):
        return
    filled = "the time of the migration" if value.startswith("CURRENT") else "a random uuid each"
    title = f"Give the rows that are there {filled} (edits this migration)"
    yield Fix(title, "R", draft.edits, preferred=True, by_choice=True)


def _value(action: AddColumn, default: str) -> str | None:
    """What fills the rows that are there, for the type of the column."""
    kind = action.column.type.type
    if action.column.type.array:
        return None
    if default == "@updatedAt":
        return "CURRENT_TIMESTAMP" if kind.startswith("timestamp") else None
    if kind == "uuid":
        return "gen_random_uuid()"
    limit = re.fullmatch(r"character varying(?:\((\d+)\))?|text", kind)
    if limit is None or (limit[1] is not None and int(limit[1]) < _UUID_LENGTH):
        return None
    return "gen_random_uuid()::text"
