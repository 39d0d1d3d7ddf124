'''A unique key that ends in an optional `deletedAt` holds for no living row: two nulls are never equal.

`@@unique([email, deletedAt])` looks like "unique among the rows that live", and is the opposite:
their `deletedAt` is null, so any number of them may have the same e-mail. Only rows deleted in the
same millisecond collide. SQL Server and MongoDB treat nulls as equal, so there the rule is silent.

```prisma
generator client {
  provider        = "prisma-client"
  output          = "../generated/prisma"
  previewFeatures = ["partialIndexes"]
}

datasource db {
  provider = "postgresql"
}

model Page {
  id        String    @id @default(uuid(7)) @db.Uuid
  slug      String    @db.VarChar(80)
  deletedAt DateTime? @map("deleted_at")

  @@unique([slug, deletedAt])
//                ^^^^^^^^^ Living rows have no `deletedAt`, so they may repeat `slug`: two nulls are never equal
  @@map("pages")
}
```

```prisma fixed
generator client {
  provider        = "prisma-client"
  output          = "../generated/prisma"
  previewFeatures = ["partialIndexes"]
}

datasource db {
  provider = "postgresql"
}

model Page {
  id        String    @id @default(uuid(7)) @db.Uuid
  slug      String    @db.VarChar(80)
  deletedAt DateTime? @map("deleted_at")

  @@unique([slug], where: { deletedAt: null })
  @@map("pages")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a unique key over the living rows | holds | preview feature `partialIndexes`, Prisma 7.4 or later; not on MySQL | a smaller index | drops one unique index, creates another; fails where living rows repeat already | none |

On MySQL add a generated column that is null for deleted rows, and put it in the date's place.
With Prisma before 7.4 write the partial index into a migration by hand.
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import may_be
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import is_complete
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.rules.deletion.soft_delete_unique import replaced
from prisma_lsp.lint.soft_delete import (
    SoftDelete,
    SoftDeleteOptions,
    allow_partial,
    holds_for_living,
    may_be_partial,
    soft_delete,
)
from prisma_lsp.schema.declarations import Index, Model


@rule(level="warning", preset="essential", options=SoftDeleteOptions)
def check(model: Model, context: Context) -> Iterator[Finding]:
    deleted = soft_delete(model, context.options.fields)
    if deleted is None or deleted.field.type_name != "DateTime" or model.is_ignored:
        return
    field = deleted.field
    for index in model.indexes:
        if index.kind != "unique" or len(index.columns) < 2 or index.where is not None:
            continue
        column = next((c for c in index.columns if c.name == field.name), None)
        if column is None or not is_complete(model, index) or holds_for_living(model, index, deleted):
            continue
        if may_be(context, "sqlserver", "mongodb"):
            return
        listed = " and ".join(f"`{name}`" for name in index.names if name != field.name)
        yield Finding(
            index.line,
            column.start,
            column.end,
            f"Living rows have no `{field.name}`, so they may repeat {listed}: two nulls are never equal",
            lambda bench, index=index: fixes(model, index, deleted, bench),  # type: ignore[misc]
        )


def fixes(model: Model, index: Index, deleted: SoftDelete, bench: Workbench) -> Iterable[Fix]:
    if not may_be_partial(bench):
        return
    listed = ", ".join(name for name in index.names if name != deleted.field.name)
    text = f"@@unique([{listed}], {deleted.where})"
    draft = replaced(bench.draft(), model, index, text)
    if allow_partial(draft, bench):
        title = f"Make it {text}: needs Prisma 7.4 (drops one unique index, creates another; fails where rows repeat)"
        yield Fix(title, "R", draft.edits, preferred=True)
