'''A time that is filled in for every row but may be empty makes every reader check for a null that never comes.

`createdAt DateTime? @default(now())` and `updatedAt DateTime? @updatedAt` always have a value, yet
TypeScript says `Date | null`, and rows written past Prisma may leave it out unnoticed. Times that
say whether something has happened (`paidAt`, `deletedAt`) have to be optional and are left alone,
and so are `createdAt` and `updatedAt` where nothing fills them in.

```prisma
model Order {
  id        String    @id @default(uuid(7)) @db.Uuid
  createdAt DateTime? @default(now()) @map("created_at")
//                  ^ `createdAt` always has a value, so it need not be optional
  updatedAt DateTime  @updatedAt @map("updated_at")
}
```

```prisma fixed
model Order {
  id        String    @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime  @updatedAt @map("updated_at")
}
```

On a table that exists, fill the nulls first:
`UPDATE "orders" SET "created_at" = now() WHERE "created_at" IS NULL;`
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.timestamps import must_be_created
from prisma_lsp.schema.declarations import Field, ScalarField


@rule(level="info")
def check(field: ScalarField, context: Context) -> Iterator[Finding]:
    if field.type_name != "DateTime" or not field.is_optional:
        return
    model = field.owner
    if field.attribute("updatedAt") is None and not _is_made_on_insert(field):
        return
    if model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    # Documents without the field would no longer be readable.
    if is_document(model, context) or kept_by_library(model, context):
        return
    kind = field.node.type
    assert kind is not None
    yield Finding(
        field.line,
        kind.name_end,
        kind.end,
        f"`{field.name}` always has a value, so it need not be optional",
        lambda bench: fixes(field, bench),
    )


def _is_made_on_insert(field: Field) -> bool:
    call = field.default_function
    return call is not None and call.name == "now" and must_be_created(field)


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    kind = field.node.type
    assert kind is not None
    edits = bench.draft().replace(field.owner, field.line, kind.name_end, kind.end, "").edits
    migrated = bench.is_migrated_column(field)
    how = " (sets NOT NULL: fails while there are nulls)" if migrated else ""
    yield Fix(f"Make `{field.name}` required{how}", "D" if migrated else "T", edits, preferred=True)
