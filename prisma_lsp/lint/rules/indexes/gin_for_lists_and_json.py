'''A sorted index on a list or a `Json` column finds only rows that are equal as a whole.

`has`, `hasSome` and `array_contains` look inside the value, and for those PostgreSQL and CockroachDB
need a `Gin` index. The default `BTree` is kept up to date on every write and used by none of them.
Filters by a `path` into a document use no index of the column, whatever its method.

```prisma
datasource db {
  provider = "postgresql"
}

model Product {
  id   String   @id @default(uuid(7)) @db.Uuid
  tags String[]

  @@index([tags])
//         ^^^^ `tags` is a list: a search inside it needs an index of the type `Gin`
  @@map("products")
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Product {
  id   String   @id @default(uuid(7)) @db.Uuid
  tags String[]

  @@index([tags], type: Gin)
  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `type: Gin` | `has` and `array_contains` find their rows | the index is larger | reads by content get quick, writes slower | drops one index and creates another | none |
| remove the index | one index less | searches read the whole table, as they do today | writes get quicker | drops an index | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import is_complete, is_removable, without, written
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Index, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or not model.indexes:
        return
    for index in model.indexes:
        if index.kind != "index" or index.type is not None or not is_complete(model, index):
            continue
        fields = [model.fields.get(name) for name in index.names]
        if not all(field is not None and _has_content(field) for field in fields):
            continue
        if context.provider() not in ("postgresql", "cockroachdb"):
            return
        if any(column.ops is not None or column.sort is not None for column in index.columns):
            continue
        field = fields[0]
        assert field is not None
        what = "a list" if field.is_list else "`Json`"
        column = index.columns[0]
        yield Finding(
            index.line,
            column.start,
            column.end,
            f"`{field.name}` is {what}: a search inside it needs an index of the type `Gin`",
            lambda bench, index=index: fixes(model, index, bench),  # type: ignore[misc]
        )


def _has_content(field: Field) -> bool:
    return field.is_list or (field.type_name == "Json" and field.native != "Json")


def fixes(model: Model, index: Index, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft().set_argument(model, index.line, index.attribute, "type", "Gin")
    title = "Make it a Gin index: `has` and `array_contains` can use it (drops one index, creates another)"
    yield Fix(title, "R", draft.edits, preferred=True)
    if is_removable(model, index):
        title = f"Remove {written(index)}: nothing that looks inside the value uses it (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits)
