'''A time that is filled in for every row but may be empty makes every reader check for a null that never comes.

`createdAt DateTime? @default(now())` and `updatedAt DateTime? @updatedAt` always have a value, yet
TypeScript says `Date | null`, and rows written past Prisma may leave it out unnoticed. Times that
say whether something has happened (`paidAt`, `deletedAt`) have to be optional and are left alone.
Where nothing fills in a `createdAt` or an `updatedAt` yet, [created-at-default](created-at-default.md)
and [updated-at-attribute](updated-at-attribute.md) say so first.

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

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| make it required | no check for a null that never comes | rows that hold a null have to be filled first | none | sets NOT NULL: fails while there are nulls, and reads the table once | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.lint.timestamps import (
    is_copy,
    keeps_others_rows,
    must_be_created,
    must_be_updated,
)
from prisma_lsp.schema.declarations import Field, TimeField


@rule(level="info")
def check(field: TimeField, context: Context) -> Iterator[Finding]:
    if not field.is_optional:
        return
    model = field.owner
    is_filled = field.attribute("updatedAt") is not None or _is_made_on_insert(field)
    if not is_filled and not _will_be_filled(field, context):
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
        f"`{field.name}` always has a value, so it need not be optional"
        if is_filled
        else f"`{field.name}` can hold the time of the insert at first, so it need not be optional",
        lambda bench: fixes(field, bench),
    )


def _will_be_filled(field: Field, context: Context) -> bool:
    """Whether another rule asks for what fills the time in."""
    if keeps_others_rows(field.owner) or is_copy(field.owner):
        return False
    if must_be_created(field):
        return is_on("created-at-default", context.settings)
    return must_be_updated(field) and is_on("updated-at-attribute", context.settings)


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
