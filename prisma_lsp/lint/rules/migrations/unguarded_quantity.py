'''A stock, a balance or a price that the database lets fall below zero does so sooner or later.

Two orders that read the same stock and then write what they have reckoned sell one piece twice; a
refund that runs twice makes a price negative. A CHECK turns that into an error at the moment it
happens. Prisma's schema cannot hold one, so the rule looks for it in the migrations, and speaks only
where it has read all that they do to the table.

It is about numbers called `stock`, `quantity`, `qty`, `balance` or `price`, also with a word before
(`unitPrice`) or a unit behind (`priceCents`, `balanceInCents`, `stockOnHand`). Silent are changes
(`quantityDelta`, the tables of movements, adjustments, ledgers and logs), where below zero means
less, and any column that a CHECK of the table speaks of. Where below zero is right, as for an
account that may be overdrawn, say so with a comment.

```migration
CREATE TABLE "variants" (
    "id" UUID NOT NULL,
    "stock" INTEGER NOT NULL DEFAULT 0,
    "price" DECIMAL(12,2) NOT NULL,

    CONSTRAINT "variants_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "variants_price_check" CHECK ("price" >= 0)
);
```

```prisma
model Variant {
  id    String  @id @db.Uuid
  stock Int     @default(0)
//^^^^^ No CHECK keeps `stock` from falling below zero: ALTER TABLE "variants" ADD CONSTRAINT "variants_stock_check" CHECK ("stock" >= 0)
  price Decimal @db.Decimal(12, 2)

  @@map("variants")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a CHECK, in a migration of its own | no code, old or new, can write what makes no sense | what is below zero already has to be put right first | reads the table once, under a lock | adds a constraint | a wish for negative values needs another migration |
| leave it, with a comment that says why | values below zero stay possible | none | none | none | the comment |
'''

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.sql import constraint_name, quote

if TYPE_CHECKING:
    from prisma_lsp.migrations.state import Check, Database

_NUMBERS = frozenset({"Int", "BigInt", "Decimal", "Float"})
_AMOUNTS = frozenset({"stock", "quantity", "quantities", "qty", "balance", "price"})
_UNITS = frozenset({
    "cents", "cent", "minor", "pence", "amount", "total", "value", "in", "on", "hand", "usd", "eur",
    "gbp", "net", "gross", "count", "level", "available",
})  # fmt: skip
_CHANGES = frozenset({
    "delta", "change", "changes", "diff", "difference", "adjustment", "adjustments", "adjusted",
    "movement", "movements", "ledger", "log", "logs", "history", "transaction", "transactions", "entry",
    "entries", "event", "events", "correction", "variance", "shift", "modifier", "surcharge", "discount",
})  # fmt: skip


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or _NUMBERS.isdisjoint(model.fields_by_type):
        return
    numbers = [f for f in model.all_fields if f.type_name in _NUMBERS and not f.is_list]
    amounts = [field for field in numbers if not field.is_ignored and _is_amount(field)]
    database = context.database() if amounts else None
    if database is None or database.dialect != "postgresql":
        return
    for field in amounts:
        yield from _unguarded(field, database)


def _unguarded(field: Field, database: Database) -> Iterator[Finding]:
    model = field.owner
    schema = model.database_schema or database.default_schema
    table = database.tables.get((schema, model.table))
    if table is None or database.doubt(model.table, schema) is not None or table.parents:
        return
    column = table.column(field.column)
    if column is None or column.type_schema is not None or column.generated is not None:
        return
    if any(_speaks_of(one, column.name) for one in table.checks):
        return
    name = constraint_name(table.name, [column.name], "_check", "postgresql")
    quoted = [quote(one, "postgresql") for one in (schema, table.name, name, column.name)]
    where = f"{quoted[0]}." if schema != database.default_schema else ""
    sql = f"ALTER TABLE {where}{quoted[1]} ADD CONSTRAINT {quoted[2]} CHECK ({quoted[3]} >= 0)"
    node = field.node.name
    yield Finding(
        field.line,
        node.start,
        node.end,
        f"No CHECK keeps `{column.name}` from falling below zero: {sql}",
        lambda bench: fixes(sql, f"ALTER TABLE {where}{quoted[1]} DROP CONSTRAINT {quoted[2]}", bench),
    )


def fixes(sql: str, undo: str, bench: Workbench) -> Iterable[Fix]:
    """A new migration; the schema has nowhere to say it."""
    from prisma_lsp.inplace.folder import files_of
    from prisma_lsp.inplace.pairs import NotInPlace
    from prisma_lsp.inplace.scripts import Script

    migrations = bench.environment.migrations
    if migrations.folder is None:
        return
    condition = sql[sql.index(" CHECK ") + 1 :]
    slug = "_".join(["check", *re.findall(r"[a-z0-9]+", names.snake(condition[7:-6]).lower())])
    script = Script(slug, f"-- AlterTable\n{sql};\n", f"{undo};\n")
    try:
        files = files_of([script], migrations.folder, (file.name for file in migrations.files))
    except NotInPlace:
        return
    title = f"Write a migration that adds {condition} (fails where a value is below zero already)"
    yield Fix(title, "R", {}, by_choice=True, files=files)


def _is_amount(field: Field) -> bool:
    words = [word.lower() for word in names.words(field.name)]
    while len(words) > 1 and words[-1] in _UNITS:
        words.pop()
    if not words or words[-1] not in _AMOUNTS:
        return False
    table = [word.lower() for word in names.words(field.owner.name)]
    return _CHANGES.isdisjoint(words) and _CHANGES.isdisjoint(table)


def _speaks_of(check: Check, column: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(column)}(?![\w$])", check.expression) is not None
