'''Two unique keys on the same columns in another order forbid the same thing twice.

Which rows may exist does not depend on the order; the order only matters to lookups, and for those
the second may be a plain index.

```prisma
model Membership {
  id     String @id @default(uuid(7)) @db.Uuid
  userId String @map("user_id") @db.Uuid
  shopId String @map("shop_id") @db.Uuid

  @@unique([userId, shopId])
  @@unique([shopId, userId])
//^^^^^^^^ `@@unique([userId, shopId])` forbids the same already; only lookups gain from another order
  @@map("memberships")
}
```

```prisma fixed
model Membership {
  id     String @id @default(uuid(7)) @db.Uuid
  userId String @map("user_id") @db.Uuid
  shopId String @map("shop_id") @db.Uuid

  @@unique([userId, shopId])
  @@index([shopId, userId])
  @@map("memberships")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@@index` in its place | says what it is for | `findUnique` by the second name goes | the same | drops one index and creates another | none |
| `@@index` on its first column | the smallest index that serves lookups and the foreign key | as above | smaller, so more of it stays in memory | as above | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import (
    as_plain_index,
    indexes_of,
    is_clustered,
    is_indexed_alike,
    is_needed_unique,
    is_removable,
    on_index,
    shown,
    without,
    written,
)
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Index, Model


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    keys = [index for index in indexes_of(model) if index.is_unique and index.where is None]
    for number, index in enumerate(keys):
        if index.kind != "unique" or index.field is not None or len(index.columns) < 2:
            continue
        if is_clustered(index):
            continue
        first = next(
            (k for k in keys[:number] if k.names != index.names and sorted(k.names) == sorted(index.names)),
            None,
        )
        if first is None or (is_needed_unique(model, index, context) and _is_target(model, index, context)):
            continue
        yield on_index(
            index,
            f"{shown(first)} forbids the same already; only lookups gain from another order",
            lambda bench, index=index: fixes(model, index, bench),  # type: ignore[misc]
        )


def _is_target(model: Model, index: Index, context: Context) -> bool:
    """Whether a relation names the columns in just this order, which some providers insist on."""
    return any(
        other.references == index.names
        for field in model.all_fields
        if context.kind_of(field.type_name) == "model"
        for other in context.fields_of_type(field.type_name, model.name)
    )


def fixes(model: Model, index: Index, bench: Workbench) -> Iterable[Fix]:
    if is_indexed_alike(model, index):
        if is_removable(model, index):
            title = f"Remove {written(index)}: an index with its columns exists (drops an index)"
            yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
        return
    names = ", ".join(index.names)
    title = f"Make it @@index([{names}]) (drops one index, creates another)"
    yield Fix(title, "R", as_plain_index(bench.draft(), model, index).edits, preferred=True)
    first = index.names[0]
    if any(other is not index and other.names[0] == first for other in model.indexes if other.names):
        return
    attribute = index.attribute
    edits = bench.draft().replace(
        model, index.line, attribute.start, attribute.end, f"@@index([{first}])"
    ).edits
    yield Fix(f"Make it @@index([{first}]), the smallest (drops one index, creates another)", "R", edits)
