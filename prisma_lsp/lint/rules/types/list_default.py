'''A list column without a default is NULL in rows that other programs insert, and NULL is neither empty nor not.

Prisma Client reads such a row as `[]`, yet no filter finds it: not `isEmpty: true`, not `has`. Only
PostgreSQL and CockroachDB have list columns.

```prisma
model Product {
  id   String   @id @default(uuid(7)) @db.Uuid
  tags String[]
//     ^^^^^^^^ `tags` has no `@default([])`: rows that other programs insert hold NULL, which no filter finds

  @@map("products")
}
```

```prisma fixed
model Product {
  id   String   @id @default(uuid(7)) @db.Uuid
  tags String[] @default([])

  @@map("products")
}
```

The fix sets the column's default, which changes no row; those that hold NULL already stay so.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@default([])` | rows that other programs insert hold an empty list, which filters find | none | none | sets the column's default; rows that hold NULL stay as they are | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_ours, provider_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model":
        return
    for field in model.all_fields:
        if field.arity != "[]" or context.kind_of(field.type_name) not in ("scalar", "enum"):
            continue
        if field.attribute("default") is not None or not is_ours(field, context):
            continue
        if provider_of(context) not in ("postgresql", "cockroachdb"):
            return
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` has no `@default([])`: rows that other programs insert hold NULL, which no filter finds",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    edits = bench.draft().lead_attribute(field, "@default([])").edits
    if bench.is_migrated_column(field):
        yield Fix("Add @default([]) (sets the column's default)", "R", edits, preferred=True)
    else:
        yield Fix("Add @default([])", "T", edits, preferred=True)
