'''PostgreSQL has no type `BIGSERIAL` to change a column to, so the migration stops there and stays half done.

`SERIAL` and its kin are only a way to write a new column: an integer, a sequence and a default.
Prisma writes `SET DATA TYPE BIGSERIAL` when `@default(autoincrement())` is on a field whose type
changes from `Int` to `BigInt`. What is meant is `BIGINT`. The sequence that a `SERIAL` column made
counts to 2,147,483,647 even then, so the fix widens it as well.

```migration
CREATE TABLE "events" (
    "id" SERIAL NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);
```

```prisma
model Event {
  id BigInt @id @default(autoincrement())

  @@map("events")
}
```

```sql
-- AlterTable
ALTER TABLE "events" ALTER COLUMN "id" SET DATA TYPE BIGSERIAL;
--                                                   ^^^^^^^^^ A column cannot be changed to `BIGSERIAL`: PostgreSQL refuses this migration
```

```sql fixed
-- AlterTable
ALTER TABLE "events" ALTER COLUMN "id" SET DATA TYPE BIGINT;
ALTER SEQUENCE "events_id_seq" AS BIGINT;
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the integer type, and the sequence that counts as far | the migration runs, and ids go on beyond 2,147,483,647 | none | rewrites the table once, as any change to `BIGINT` | this one | none |
| leave it | none | PostgreSQL refuses the migration, and `migrate resolve` has to mend it | none | fails | none |
'''

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.rule import Finding, rule

if TYPE_CHECKING:
    from prisma_lsp.lint.migration import Migration
    from prisma_lsp.lint.sql_edits import SqlDraft
    from prisma_lsp.migrations.statements import Placed, SetType

_MEANT = {"smallserial": "SMALLINT", "serial": "INTEGER", "bigserial": "BIGINT"}
_SEQUENCE = re.compile(r"""nextval\('(?:"?[^'".]+"?\.)?"?([^'"]+)"?'(?:::regclass)?\)\Z""")


@rule(level="error", preset="essential")
def check(migration: Migration, context: Context) -> Iterator[Finding]:
    from prisma_lsp.migrations.statements import SetType

    for placed, action in migration.actions(SetType):
        meant = _MEANT.get(action.type.type)
        if meant is None or action.type.schema is not None or action.type.array:
            continue
        start, end = placed.start + action.type.start, placed.start + action.type.end
        finding = migration.finding(
            start,
            end,
            f"A column cannot be changed to `{migration.script.text[start:end].upper()}`:"
            " PostgreSQL refuses this migration",
            lambda bench, placed=placed, action=action, meant=meant: fixes(  # type: ignore[misc]
                migration, placed, action, meant
            ),
        )
        finding.related = migration.on_field(action.table, action.column.name)
        yield finding


def fixes(migration: Migration, placed: Placed, action: SetType, meant: str) -> Iterable[Fix]:
    from prisma_lsp.lint.sql_edits import SqlDraft

    draft = SqlDraft(migration)
    draft.replace(placed.start + action.type.start, placed.start + action.type.end, meant)
    table = migration.table(action.table)
    column = table.column(action.column.name) if table is not None else None
    further = ""
    if column is not None and column.default is not None:
        if match := _SEQUENCE.match(column.default):
            sequence = action.table._replace(name=match[1])
            draft.add_after(placed, f"ALTER SEQUENCE {draft.named(sequence)} AS {meant}")
            further = " and let its sequence count as far"
    elif column is not None and not column.generated and not column.identity:
        draft.add_after(placed, *_new_sequence(draft, action, meant))
        further = " and give the column a sequence"
    title = f"Change the column to {meant}{further} (edits this migration)"
    yield Fix(title, "R", draft.edits, preferred=True, by_choice=True)


def _new_sequence(draft: SqlDraft, action: SetType, meant: str) -> list[str]:
    """What `SERIAL` would have made for a column that is there already."""
    table, column = draft.named(action.table), draft.quote(action.column.name)
    name = draft.named(action.table._replace(name=f"{action.table.name}_{action.column.name}_seq"))
    text = name.replace("'", "''")
    return [
        f"CREATE SEQUENCE {name} AS {meant} OWNED BY {table}.{column}",
        f"SELECT setval('{text}', COALESCE((SELECT max({column}) FROM {table}), 0) + 1, false)",
        f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{text}')",
    ]
