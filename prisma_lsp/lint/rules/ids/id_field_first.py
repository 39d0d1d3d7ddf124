'''Whoever opens a model looks for its key first; when it stands first, nobody searches.

Only a model's single `@id` field counts; which columns a composite key needs is read from `@@id`.
The order of fields means nothing to the database: a new table is written in this order, an existing
one keeps its own.

```settings
preset = "strict"
```

```prisma
model Order {
  number    String   @unique @db.VarChar(32)
  /// Never shown to customers.
  id        String   @id @default(uuid(7)) @db.Uuid
//^^ `id` is the key of `Order` but not its first field, where readers look for it
  createdAt DateTime @default(now()) @map("created_at")
}
```

```prisma fixed
model Order {
  /// Never shown to customers.
  id        String   @id @default(uuid(7)) @db.Uuid
  number    String   @unique @db.VarChar(32)
  createdAt DateTime @default(now()) @map("created_at")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| move the key to the top | whoever opens the model sees its key | none | none | none: an existing table keeps the order of its columns | the rule keeps it |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.order import move_up
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model


@rule(level="info", preset="strict")
def check(model: Model, context: Context) -> Iterator[Finding]:
    index = model.id if model.kind == "model" else None
    if index is None or index.field is None or model.is_ignored:
        return
    field = index.field
    first = model.all_fields[0]
    if first is field:
        return
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        f"`{field.name}` is the key of `{model.name}` but not its first field, where readers look for it",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    model = field.owner
    block = model.block
    if block.close <= field.line:
        return
    draft = bench.draft()
    move_up(draft, model, field, block.lines[field.line])
    yield Fix(f"Move `{field.name}` to the top", "T", draft.edits, preferred=True)
