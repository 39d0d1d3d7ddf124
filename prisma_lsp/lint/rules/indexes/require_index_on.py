'''Fields that every list is filtered by have to lead an index in every table.

Which ones those are, the rule cannot know: `fields` names them. A pattern may hold `*` and `?`. A
field is served where it is the first column of an index, a unique key or the primary key, or of an index that a migration makes
by hand.

```settings
[rules.require-index-on]
level = "warning"
fields = ["externalId", "*Slug"]
```

```prisma
model Product {
  id         String @id @default(uuid(7)) @db.Uuid
  externalId String @map("external_id") @db.VarChar(40)
//^^^^^^^^^^ No index starts with `externalId`, as the settings ask
  pageSlug   String @unique @map("page_slug") @db.VarChar(80)

  @@map("products")
}
```

```prisma fixed
model Product {
  id         String @id @default(uuid(7)) @db.Uuid
  externalId String @map("external_id") @db.VarChar(40)
  pageSlug   String @unique @map("page_slug") @db.VarChar(80)

  @@index([externalId])

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| an index that begins with the field | the filter that every list has finds its rows | one index to write on each insert | such reads no longer read the table | `CREATE INDEX` | none |
| leave it, with a comment that says why | nothing moves | the next reader asks again | none | none | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.coverage import is_covered
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.relations import is_served


@dataclass(frozen=True)
class Options:
    fields: tuple[str, ...] = ()
    """The names of fields that have to lead an index; `*` and `?` stand for any letters."""


@rule(level="warning", preset="all", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    patterns = context.options.fields
    if not patterns or model.kind != "model" or model.is_ignored:
        return
    for field in model.all_fields:
        if any(fnmatchcase(field.name, pattern) for pattern in patterns):
            yield from _without(field, context)


def _without(field: Field, context: Context) -> Iterator[Finding]:
    model = field.owner
    if field.is_ignored or field.is_list or context.kind_of(field.type_name) in (None, "model", "view"):
        return
    if field.type_name == "Json" or is_served(model, (field.name,)):
        return
    if is_covered(model, (field.name,), context):
        return
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        f"No index starts with `{field.name}`, as the settings ask",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    text = f"@@index([{field.name}])"
    edits = bench.draft().add_block_attribute(field.owner, text).edits
    yield Fix(f"Add {text} (creates an index)", "R", edits, preferred=True)
