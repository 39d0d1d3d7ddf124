"""A unique key is an index already: a second one on the same columns is only paid for.

`@id`, `@@id`, `@unique` and `@@unique` all make an index. `@@index` on exactly their columns is
never chosen for anything the unique one could not do.

```prisma
model Customer {
  id    String @id @default(uuid(7)) @db.Uuid
  email String @unique @db.VarChar(254)

  @@index([email])
//^^^^^^^ `@unique` on `email` is an index already: this one is only paid for
  @@map("customers")
}
```

```prisma fixed
model Customer {
  id    String @id @default(uuid(7)) @db.Uuid
  email String @unique @db.VarChar(254)

  @@map("customers")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| delete the index | one index less to write and to keep in memory | none: the unique key answers the same questions | inserts and updates somewhat quicker | drops an index | none |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import (
    can_replace,
    indexes_of,
    is_clustered,
    is_removable,
    on_index,
    shown,
    without,
    written,
)
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Index, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    indexes = indexes_of(model)
    for index in indexes:
        if index.kind != "index" or is_clustered(index):
            continue
        for key in indexes:
            same = key.is_unique and len(key.columns) == len(index.columns)
            if same and can_replace(model, key, index):
                if context.provider() == "mongodb" and context.settings.validity != "off":
                    # MongoDB refuses it, and Prisma says so.
                    return
                yield on_index(
                    index,
                    f"{shown(key)} is an index already: this one is only paid for",
                    lambda bench, index=index, key=key: fixes(model, index, key, bench),  # type: ignore[misc]
                    unused=True,
                )
                break


def fixes(model: Model, index: Index, key: Index, bench: Workbench) -> Iterable[Fix]:
    if is_removable(model, index):
        title = f"Remove {written(index)}: {shown(key)} does its work (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
