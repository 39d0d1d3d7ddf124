'''A partial index on an enum's value is never used: Prisma compares an enum through a cast.

Prisma Client asks PostgreSQL for `status = CAST($1::text AS "OrderStatus")`. The planner cannot tell
from that which value is meant, so it never picks an index with `WHERE status = 'PENDING'`; it is
built, kept up to date and read by nothing. Partial indexes on a flag, on text or on null are used.
A partial *unique* key on an enum is another matter: it forbids rows, whatever queries do.

```prisma
datasource db {
  provider = "postgresql"
}

generator client {
  provider        = "prisma-client"
  output          = "../generated"
  previewFeatures = ["partialIndexes"]
}

model Order {
  id        String      @id @default(uuid(7)) @db.Uuid
  status    OrderStatus @default(PENDING)
  createdAt DateTime    @default(now()) @map("created_at")

  @@index([createdAt], where: raw("status = 'PENDING'"))
//                            ^^^^^^^^^^^^^^^^^^^^^^^^^ `status` is an enum, which Prisma compares through a cast: its queries never use this index
  @@map("orders")
}

enum OrderStatus {
  PENDING
  PAID
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

generator client {
  provider        = "prisma-client"
  output          = "../generated"
  previewFeatures = ["partialIndexes"]
}

model Order {
  id        String      @id @default(uuid(7)) @db.Uuid
  status    OrderStatus @default(PENDING)
  createdAt DateTime    @default(now()) @map("created_at")

  @@index([status, createdAt])
  @@map("orders")
}

enum OrderStatus {
  PENDING
  PAID
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the enum as a column, behind the tenant | queries use it | holds all rows | quick for every value of the enum | drops one index and creates another | none |
| remove the index | one index less | queries stay as slow as they are | writes get quicker | drops an index | none |
'''

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import is_complete, is_indexed_alike, is_removable, without, written
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.tenancy import drop_prefixes
from prisma_lsp.schema.declarations import Field, Index, Model
from prisma_lsp.schema.relations import tenant_key
from prisma_lsp.syntax import nodes

_STRING = re.compile(r"'[^']*'")


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or not model.indexes:
        return
    for index in model.indexes:
        where = index.where
        if index.kind != "index" or not isinstance(where, nodes.Call) or not is_complete(model, index):
            continue
        sql = where.arguments[0].value if where.arguments else None
        if not isinstance(sql, nodes.String):
            continue
        field = _compared_enum(model, sql.value, context)
        if field is None or context.provider() != "postgresql":
            continue
        yield Finding(
            index.line,
            where.start,
            where.end,
            f"`{field.name}` is an enum, which Prisma compares through a cast: its queries never use this index",
            lambda bench, index=index, field=field: fixes(model, index, field, bench),  # type: ignore[misc]
        )


def _compared_enum(model: Model, sql: str, context: Context) -> Field | None:
    """The enum field that the predicate compares with values; null is no value."""
    code = _STRING.sub("''", sql)
    for field in model.all_fields:
        if field.is_list or context.kind_of(field.type_name) != "enum":
            continue
        column = re.escape(field.column)
        flags = re.NOFLAG if field.column != field.column.lower() else re.I
        name = rf'(?:"{column}"|(?<![\w"$]){column}(?![\w"$]))'
        if re.search(rf"{name}\)?\s*(?:=|<>|!=|(?i:not\s+in\b|in\b))", code, flags):
            return field
    return None


def fixes(model: Model, index: Index, field: Field, bench: Workbench) -> Iterable[Fix]:
    attribute = index.attribute
    line = model.block.line(index.line)
    tenant = tenant_key(model, bench.schema, bench.environment.settings.tenant_key) or ()
    lead = (*tenant, field.name)
    rest: list[tuple[str, str]] = []
    value = attribute.argument("fields", 0)
    items = value.items if isinstance(value, nodes.Array) else ()
    for item, name in zip(items, index.names, strict=False):
        if name not in lead:
            rest.append((name, line[item.start : item.end]))
    text = f"@@index([{', '.join([*lead, *(text for _, text in rest)])}])"
    wanted = (*lead, *(name for name, _ in rest))
    exists = any(other.names[: len(wanted)] == wanted for other in model.indexes if other is not index)
    if not exists and not is_indexed_alike(model, index):
        draft = bench.draft().replace(model, index.line, attribute.start, attribute.end, text)
        gone = drop_prefixes(draft, model, index, wanted)
        drops = f"drops it and {', '.join(gone)}" if gone else "drops one index"
        title = f"Make it {text}: the enum as a column ({drops}, creates another)"
        yield Fix(title, "R", draft.edits, preferred=True)
    if is_removable(model, index):
        title = f"Remove {written(index)} (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=exists)
