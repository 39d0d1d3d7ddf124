'''A unique key that contains a smaller one forbids nothing: no two rows can agree on all of it.

Where `email` is unique, so is every pair with `email` in it. The larger key then only serves as an
index, and makes the reader believe that `email` may repeat. It is left alone where a relation rests
on it (a composite key that other models refer to, or the key of a one-to-one relation)
and in the tables of an authentication library, which may ask for rows by the compound name.

```prisma
model Customer {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @map("shop_id") @db.Uuid
  email  String @unique @db.VarChar(254)

  @@unique([shopId, email])
//^^^^^^^^ `@unique` on `email` forbids more already: this key never refuses a row
  @@map("customers")
}
```

```prisma fixed
model Customer {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @map("shop_id") @db.Uuid
  email  String @unique @db.VarChar(254)

  @@index([shopId, email])
  @@map("customers")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@@index` in its place | the schema says what is true; lookups by these columns stay quick | `findUnique` by the compound name goes | the same | drops one index and creates another | none |
| remove it | one index less | as above, and lookups by these columns read more rows | writes get quicker | drops an index | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import words_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.overlap import (
    as_plain_index,
    indexes_of,
    is_clustered,
    is_indexed_alike,
    is_needed_unique,
    is_removable,
    on_index,
    serves_alone,
    shown,
    without,
    written,
)
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Index, Model

_SECRETS = frozenset({"token", "code", "secret", "otp", "nonce"})


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    indexes = indexes_of(model)
    keys = [index for index in indexes if index.is_unique and index.where is None]
    if len(keys) < 2:
        return
    for index in keys:
        if index.kind != "unique" or index.field is not None or is_clustered(index):
            continue
        columns = set(index.names)
        smaller = next((k for k in keys if set(k.names) < columns and _forbids(model, k)), None)
        if smaller is None or kept_by_library(model, context) is not None:
            # A library may ask for a row by the compound name.
            continue
        if smaller.field is not None and not _SECRETS.isdisjoint(words_of(smaller.field.name)):
            # Asked for together with whom it was made for, so that nobody else can use it.
            continue
        if is_needed_unique(model, index, context):
            continue
        yield on_index(
            index,
            f"{shown(smaller)} forbids more already: this key never refuses a row",
            lambda bench, index=index: fixes(model, index, bench),  # type: ignore[misc]
        )


def _forbids(model: Model, key: Index) -> bool:
    """Whether the key speaks of every row: one with a null in it lets rows repeat."""
    return not any(model.fields[name].is_optional for name in key.names if name in model.fields)


def fixes(model: Model, index: Index, bench: Workbench) -> Iterable[Fix]:
    if is_indexed_alike(model, index):
        if is_removable(model, index):
            title = f"Remove {written(index)}: an index with its columns exists (drops an index)"
            yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
        return
    names = ", ".join(index.names)
    title = f"Make it @@index([{names}]): lookups stay quick (drops one index, creates another)"
    yield Fix(title, "R", as_plain_index(bench.draft(), model, index).edits, preferred=True)
    if is_removable(model, index) and not serves_alone(model, index):
        title = f"Remove {written(index)}: one index less to write (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits)
