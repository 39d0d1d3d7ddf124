'''PostgreSQL keeps `json` as text and reads it anew for every question; `jsonb` is read once and can be indexed.

`json` cannot be compared either, so `distinct`, `group by` and unique keys fail on it. It is right
only where the exact text matters: the order of the keys, the white space, keys that come twice.

```prisma
model Webhook {
  id      String @id @default(uuid(7)) @db.Uuid
  payload Json   @db.Json
//               ^^^^^^^^ `payload` is `json`, which every query reads anew and no index can serve: `jsonb` is read once

  @@map("webhooks")
}
```

```prisma fixed
model Webhook {
  id      String @id @default(uuid(7)) @db.Uuid
  payload Json

  @@map("webhooks")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `jsonb` | indexes, containment, no parsing at each read | key order, spaces and doubled keys are not kept | reads much quicker, writes very slightly slower | rewrites the table while it is locked | none |
| leave it, with a comment that says why | nothing moves | the next reader asks again | none | none | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns, is_ours, provider_of, set_native
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "Json"):
        native = field.native_type
        if native is None or not native.name.endswith(".Json"):
            continue
        if provider_of(context) != "postgresql" or not is_ours(field, context):
            continue
        yield Finding(
            field.line,
            native.start,
            native.end,
            f"`{field.name}` is `json`, which every query reads anew and no index can serve: `jsonb` is read once",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    draft = set_native(bench.draft(), field, "", bench.schema.datasource_name())
    if bench.is_migrated_column(field):
        title = "Make it `jsonb` (rewrites the column; the order of keys, white space and doubled keys are lost)"
        yield Fix(title, "D", draft.edits, preferred=True)
    else:
        yield Fix("Make it `jsonb`", "T", draft.edits, preferred=True)
