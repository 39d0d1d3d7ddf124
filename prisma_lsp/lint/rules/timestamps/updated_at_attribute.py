'''An `updatedAt` without `@updatedAt` keeps the time of the first insert, or whatever a writer remembers to set.

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @default(now()) @map("updated_at")
//^^^^^^^^^ `updatedAt` has no `@updatedAt`: it keeps the time of the insert
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @default(now()) @updatedAt @map("updated_at")
}
```

A model whose id has no default holds copies of rows made elsewhere, times included: there the rule
speaks only of an `updatedAt` with a default, and of none in an archive, an audit or a history. The fix needs no migration: Prisma Client sets the time with every `update`. Rows changed by other
programs need a trigger, with or without it.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@updatedAt` | the time is set with every update, by nobody's memory | writers past Prisma Client still need a trigger | none | none: the database does not know of it | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.lint.timestamps import is_copy, keeps_others_rows, must_be_updated
from prisma_lsp.schema.declarations import Field, TimeField


@rule(level="warning")
def check(field: TimeField, context: Context) -> Iterator[Finding]:
    if not must_be_updated(field) or field.attribute("updatedAt") is not None:
        return
    model = field.owner
    if model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    default = field.attribute("default")
    if (default is None and is_copy(model)) or keeps_others_rows(model) or kept_by_library(model, context):
        return
    name = field.node.name
    effect = "it keeps the time of the insert" if default else "every writer has to set it"
    yield Finding(
        field.line,
        name.start,
        name.end,
        f"`{field.name}` has no `@updatedAt`: {effect}",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    default = field.attribute("default")
    draft = bench.draft()
    if default is None and is_on("updated-at-default", bench.environment.settings) and not is_document(field.owner, bench.schema):
        draft.lead_attribute(field, "@default(now()) @updatedAt")
        title = "Add @default(now()) @updatedAt: the time is set with every insert and update"
        migrated = bench.is_migrated_column(field)
        title += " (sets the column's default)" if migrated else ""
        yield Fix(title, "R" if migrated else "T", draft.edits, preferred=True)
        return
    if default is not None:
        draft.insert(field.owner, field.line, default.end, " @updatedAt")
    else:
        draft.lead_attribute(field, "@updatedAt")
    yield Fix("Add @updatedAt: Prisma Client sets the time with every update", "T", draft.edits, preferred=True)
