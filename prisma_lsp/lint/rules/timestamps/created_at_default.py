'''A `createdAt` without a default is filled in by every writer, so sooner or later by one who forgets or lies.

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @map("created_at")
//^^^^^^^^^ `createdAt` has no `@default(now())`: every insert has to bring the time
  updatedAt DateTime @updatedAt @map("updated_at")
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
}
```

A model whose id has no default holds copies of rows made elsewhere (an invoice of the payment
provider), times included, so there the rule is silent, and so it is for an archive, an audit or a
history, by the table's name. The fix sets the column's default, which changes no row; on MongoDB Prisma Client fills in the time.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@default(now())` | nobody can forget the time, or invent one | rows that are copied in have to bring their own | none | sets the column's default; no row changes | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.timestamps import is_copy, keeps_others_rows, must_be_created
from prisma_lsp.schema.declarations import Field, TimeField


@rule(level="warning")
def check(field: TimeField, context: Context) -> Iterator[Finding]:
    if not must_be_created(field) or field.attribute("default") is not None:
        return
    model = field.owner
    if model.kind != "model" or model.is_ignored or field.is_ignored or _is_set_otherwise(field):
        return
    if is_copy(model) or keeps_others_rows(model) or kept_by_library(model, context):
        return
    name = field.node.name
    yield Finding(
        field.line,
        name.start,
        name.end,
        f"`{field.name}` has no `@default(now())`: every insert has to bring the time",
        lambda bench: fixes(field, bench),
    )


def _is_set_otherwise(field: Field) -> bool:
    """A time that Prisma sets already, or that is part of the key and so comes from elsewhere."""
    if field.attribute("updatedAt") is not None:
        return True
    key = field.owner.id
    return key is not None and field.name in key.names


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    edits = bench.draft().lead_attribute(field, "@default(now())").edits
    if bench.is_migrated_column(field) and bench.schema.provider() != "mongodb":
        title = "Add @default(now()): the database fills in the time (sets the column's default)"
        yield Fix(title, "R", edits, preferred=True)
    else:
        yield Fix("Add @default(now())", "T", edits, preferred=True)
