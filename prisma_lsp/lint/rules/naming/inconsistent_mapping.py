'''Where nearly every table is called by `@@map`, the one that is not was forgotten, and SQL needs quotes for it alone.

The convention is read off the schema, so nothing has to be set: of at least five models four in
five have a `@@map`; of at least five fields of several words in a model four in five have a `@map`.
Where `table-name-case` or `column-name-case` is on, that rule says it and this one does not.

```settings
[rules]
table-name-case = "off"
column-name-case = "off"
```

```prisma
model Customer {
  id          String   @id @default(uuid(7)) @db.Uuid
  createdAt   DateTime @default(now()) @map("created_at")
  updatedAt   DateTime @updatedAt @map("updated_at")
  firstName   String   @map("first_name")
  lastName    String   @map("last_name")
  displayName String
//^^^^^^^^^^^ `displayName` has no `@map`, though nearly every other column of `Customer` has one

  @@map("customers")
}
```

The fix is that of the other two rules: text only while the name is new in the database.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a `@@map` like the others' | one style for whoever writes SQL | none on a new table | none | on a table that exists Prisma Migrate would drop and create it: rename it by hand | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import is_document, is_ours
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.lint.rules.naming import column_name_case, table_name_case
from prisma_lsp.schema.declarations import Field, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or is_document(model, context):
        return
    if model.mapped_name is None:
        yield from _table(model, context)
    if not is_on("column-name-case", context.settings):
        yield from _columns(model, context)


def _table(model: Model, context: Context) -> Iterator[Finding]:
    if names.is_snake(model.name) or is_on("table-name-case", context.settings):
        return
    if model.is_ignored or not context.is_mostly_mapped() or kept_by_library(model, context):
        return
    if model.attribute("map") is None:
        yield Finding(
            model.block.header,
            model.name_node.start,
            model.name_node.end,
            f"`{model.name}` has no `@@map`, though nearly every other model has one",
            lambda bench: _table_fixes(model, bench),
        )


def _table_fixes(model: Model, bench: Workbench) -> Iterable[Fix]:
    target = table_name_case.wanted(model.name, "plural")
    return table_name_case.fixes(model, target, "plural", bench)


def _columns(model: Model, context: Context) -> Iterator[Finding]:
    mapped = 0
    bare: list[Field] = []
    for field in model.all_fields:
        if names.is_snake(field.name) or not column_name_case.is_column(field, context):
            continue
        if field.attribute("map") is None:
            bare.append(field)
        else:
            mapped += 1
    if not bare or mapped + len(bare) < 5 or mapped * 5 < (mapped + len(bare)) * 4:
        return
    for field in bare:
        if is_ours(field, context):
            target = names.snake(field.name)
            yield Finding(
                field.line,
                field.node.name.start,
                field.node.name.end,
                f"`{field.name}` has no `@map`, though nearly every other column of `{model.name}` has one",
                lambda bench, field=field, target=target: column_name_case.fixes(field, target, bench),  # type: ignore[misc]
            )
