'''With a precision of 0 a time is rounded to the nearest second, so a row may say that it was made in the future.

Two rows of one second can no longer be told apart by their time, `createdAt > now()` may hold for
half a second, and a cursor over the column skips or repeats rows. Milliseconds are what JavaScript's
`Date` holds.

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamp(0)
//                                                      ^^^^^^^^^^^^^^^^ `createdAt` is rounded to whole seconds, up as well as down
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamp(3)
}
```

On PostgreSQL and CockroachDB a higher precision rewrites nothing; on MySQL and SQL Server the table
is copied. What was rounded stays rounded.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| milliseconds, `(3)` | order within a second is kept, and no row is from the future | none: eight bytes either way | none | changes the type of the column | none |
| leave it, with a comment that says why | nothing moves | the next reader asks again | none | none | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import copies
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, TimeField

_ROUNDED = ("Timestamp(0)", "Timestamptz(0)", "DateTime(0)", "DateTime2(0)", "DateTimeOffset(0)")
_IN_PLACE = ("postgresql", "cockroachdb")


@rule(level="info")
def check(field: TimeField, context: Context) -> Iterator[Finding]:
    if field.native not in _ROUNDED:
        return
    model = field.owner
    if model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    if kept_by_library(model, context):
        return
    native = field.native_type
    assert native is not None
    yield Finding(
        field.line,
        native.start,
        native.end,
        f"`{field.name}` is rounded to whole seconds, up as well as down",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    if field.name in field.owner.key_fields:
        return
    draft = bench.draft()
    migrated = False
    for column in [field, *copies(bench.schema, field)]:
        native = column.native_type
        if native is None or not native.arguments:
            return
        migrated = migrated or bench.is_migrated_column(column)
        draft.replace_node(column.owner, column.line, native.arguments[0], "3")
    title = "Keep milliseconds"
    if not migrated:
        yield Fix(title, "T", draft.edits, preferred=True)
    elif bench.schema.provider() in _IN_PLACE:
        yield Fix(f"{title} (changes the column's type; rewrites nothing)", "R", draft.edits, preferred=True)
    else:
        yield Fix(f"{title} (rewrites the table)", "D", draft.edits, preferred=True)
