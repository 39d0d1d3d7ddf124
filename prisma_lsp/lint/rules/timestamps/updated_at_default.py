'''An `@updatedAt` is filled in by Prisma Client alone: a row that anything else inserts fails without a default.

Prisma Client sets the time on insert and on update, so a schema used by it alone needs no default.
With one, imports, SQL scripts and other services may insert rows too, and the column can be added to
a table that holds rows.

```settings
preset = "strict"
```

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
//^^^^^^^^^ `updatedAt` has no `@default(now())`: only Prisma Client can insert rows
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @default(now()) @updatedAt @map("updated_at")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@default(now())` beside it | rows that other programs insert have a time, and the column can be added to a full table | none | none | sets the column's default; no row changes | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, TimeField


@rule(level="info", preset="strict")
def check(field: TimeField, context: Context) -> Iterator[Finding]:
    if field.attribute("updatedAt") is None:
        return
    model = field.owner
    if field.attribute("default") is not None or model.kind != "model":
        return
    if model.is_ignored or field.is_ignored or is_document(model, context):
        return
    if kept_by_library(model, context):
        return
    effect = "fills it in" if field.is_optional else "can insert rows"
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        f"`{field.name}` has no `@default(now())`: only Prisma Client {effect}",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    edits = bench.draft().lead_attribute(field, "@default(now())").edits
    migrated = bench.is_migrated_column(field)
    how = ": the database fills in the time (sets the column's default)" if migrated else ""
    yield Fix(f"Add @default(now()){how}", "R" if migrated else "T", edits, preferred=True)
