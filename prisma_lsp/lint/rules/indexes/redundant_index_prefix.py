"""An index on the first columns of another answers nothing that the longer one does not.

The database can use `@@index([shopId, createdAt])` to look up a `shopId` alone, so `@@index([shopId])`
beside it only makes each insert slower and the table's footprint larger. The longer one may be an
index, a unique key or the primary key, of the same method and the same `where`. A foreign key stays
served, since the longer index begins with its columns.

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  shop      Shop     @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId    String   @map("shop_id") @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")

  @@index([shopId])
//^^^^^^^ `@@index([shopId, createdAt])` begins with the same columns and does this index's work
  @@index([shopId, createdAt(sort: Desc)])
  @@map("orders")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("shops")
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  shop      Shop     @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId    String   @map("shop_id") @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")

  @@index([shopId, createdAt(sort: Desc)])
  @@map("orders")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("shops")
}
```
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
        longer = [other for other in indexes if len(other.columns) > len(index.columns)]
        if any(len(o.columns) == len(index.columns) and o.is_unique and can_replace(model, o, index) for o in indexes):
            # A unique key on the same columns: that is said by another rule.
            continue
        cover = next((other for other in longer if can_replace(model, other, index)), None)
        if cover is not None:
            yield on_index(
                index,
                f"{shown(cover)} begins with the same columns and does this index's work",
                lambda bench, index=index, cover=cover: fixes(model, index, cover, bench),  # type: ignore[misc]
                unused=True,
            )


def fixes(model: Model, index: Index, cover: Index, bench: Workbench) -> Iterable[Fix]:
    if is_removable(model, index):
        title = f"Remove {written(index)}: {shown(cover)} does its work (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
