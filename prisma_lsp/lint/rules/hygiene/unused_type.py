'''A composite type that no field has describes documents that nobody stores.

```prisma
datasource db {
  provider = "mongodb"
}

type Address {
//   ^^^^^^^ No field has the type `Address`: use it or remove it
  street String
}

model Customer {
  id String @id @default(auto()) @map("_id") @db.ObjectId
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| delete it | one thing less to wonder about | none | none | none: a composite type is no object of MongoDB's | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.likeness import may_be_meant
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.rules.hygiene.unused_enum import removed
from prisma_lsp.schema.declarations import Model


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "type" or context.is_referenced(model.name):
        return
    if any(may_be_meant(written, model.name) for written in context.undeclared_types()):
        return
    yield Finding(
        model.block.header,
        model.name_node.start,
        model.name_node.end,
        f"No field has the type `{model.name}`: use it or remove it",
        lambda bench: fixes(model, bench),
        unused=True,
    )


def fixes(model: Model, bench: Workbench) -> Iterator[Fix]:
    if model.block.close >= 0:
        title = f"Remove `{model.name}`, once no code uses it"
        yield Fix(title, "T", removed(model, bench).edits, by_choice=True)
