"""An index on the first columns of another answers nothing that the longer one does not.

The database can use `@@index([shopId, createdAt])` to look up a `shopId` alone, so `@@index([shopId])`
beside it only makes each insert slower and the table's footprint larger. The longer one may be an
index, a unique key or the primary key, of the same method and the same `where`. A foreign key stays
served, since the longer index begins with its columns. Where the longer one only adds a long text,
the shorter one is smaller to read, and the finding is no more than an info.

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

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| delete the shorter index | one index less to write and to keep in memory | reads by the first column alone go through a wider index | inserts and updates quicker, such reads very slightly slower | drops an index | if the longer one goes one day, this one has to come back |
| leave it, with a comment that says why | nothing moves | the next reader asks again | none | none | the comment |
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
from prisma_lsp.schema.declarations import Field, Index, Model


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
        covers = [other for other in longer if can_replace(model, other, index)]
        if covers:
            cover = _best(model, index, covers)
            yield on_index(
                index,
                f"{shown(cover)} begins with the same columns and does this index's work",
                lambda bench, index=index, cover=cover: fixes(model, index, cover, bench),  # type: ignore[misc]
                unused=True,
                at_most="info" if _is_wide(model, cover, index) else None,
            )


def _best(model: Model, index: Index, covers: list[Index]) -> Index:
    """The one to name: not a wide one, and none that itself begins another."""

    def rank(cover: Index) -> tuple[bool, bool, int]:
        is_short = any(o is not cover and can_replace(model, o, cover) for o in covers)
        return (_is_wide(model, cover, index), is_short and not cover.is_unique, len(cover.columns))

    return min(covers, key=rank)


def _is_wide(model: Model, cover: Index, index: Index) -> bool:
    """Whether the longer one is much larger, for the long texts in it, and has no other purpose."""
    if cover.is_unique:
        return False
    fields = [model.fields.get(name) for name in cover.names[len(index.names) :]]
    return any(f is not None and f.type_name == "String" and _length(f) > 100 for f in fields)


def _length(field: Field) -> int:
    native = field.native or ""
    if native in ("Uuid", "UniqueIdentifier", "ObjectId"):
        return 36
    digits = native.partition("(")[2].rstrip(")")
    if digits.isdigit():
        return int(digits)
    # A foreign key without a native type holds an id.
    return 36 if field.name in field.owner.key_fields else 1000


def fixes(model: Model, index: Index, cover: Index, bench: Workbench) -> Iterable[Fix]:
    if is_removable(model, index):
        title = f"Remove {written(index)}: {shown(cover)} does its work (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
