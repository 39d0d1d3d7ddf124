"""A primary key is unique already: a unique key on the same columns is a second index to keep.

`@unique` beside `@id`, or `@@unique` with the columns of `@@id` in the same order, makes Prisma
Migrate create an index that the primary key already is.

```prisma
model Order {
  id     String @id @unique @default(uuid(7)) @db.Uuid
//                  ^^^^^^^ `@id` on `id` is unique already: this is a second index to keep
  number Int

  @@map("orders")
}
```

```prisma fixed
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  number Int

  @@map("orders")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| delete the unique key | one index less to write | none: the primary key is unique | inserts somewhat quicker | drops an index | none |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import (
    indexes_of,
    is_clustered,
    is_removable,
    on_index,
    shown,
    starts,
    without,
    written,
)
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Index, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    indexes = indexes_of(model)
    key = next((index for index in indexes if index.kind == "id"), None)
    if key is None:
        return
    for index in indexes:
        if index.kind != "unique" or len(index.columns) != len(key.columns):
            continue
        if not starts(index, key) or index.where is not None or is_clustered(index):
            continue
        if context.provider() == "mongodb" and context.settings.validity != "off":
            return
        yield on_index(
            index,
            f"{shown(key)} is unique already: this is a second index to keep",
            lambda bench, index=index: fixes(model, index, key, bench),  # type: ignore[misc]
            unused=True,
        )


def fixes(model: Model, index: Index, key: Index, bench: Workbench) -> Iterable[Fix]:
    name = index.attribute.argument("name")
    if name is not None and index.field is None and len(index.columns) > 1:
        # Queries use that name.
        return
    if is_removable(model, index):
        title = f"Remove {written(index)}: {shown(key)} does its work (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
