"""A column in snake_case needs no quotes in SQL; `"createdAt"` has to be quoted in every query by hand.

The rule asks for `@map` where the column would be named after the field, and corrects one that is
there. Relation fields have no column. Views, ignored fields and models, the tables of an
authentication library, and MongoDB are left alone.

The fix is text only while the column is new: no migration holds its name, or its table's, or the
setting `database` says `"new"`. On a column that exists, Prisma Migrate would not rename it but
drop it and add another one, so the fix is offered with that warning and never made on its own.

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now())
//^^^^^^^^^ Column `createdAt` should be `created_at`: lower snake_case

  @@map("orders")
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")

  @@map("orders")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@map`, the column is new | SQL without quotes | none | none | part of the one that creates the column | none |
| `@map`, the column exists | SQL without quotes | the column's data; with a migration in place: none | none | drops and adds the column | none |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field
from prisma_lsp.schema.schema import Questions
from prisma_lsp.schema.sql_text import mentions
from prisma_lsp.syntax import nodes


@rule(level="warning")
def check(field: Field, context: Context) -> Iterator[Finding]:
    column = field.column
    if names.is_snake(column) or len(column) == 1:
        return
    model = field.owner
    if model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    if not is_column(field, context) or is_document(field.owner, context):
        return
    if kept_by_library(model, context) is not None:
        return
    target = names.snake(column)
    place = _place(field)
    if place is None or not names.is_snake(target):
        return
    yield Finding(
        field.line,
        place.start,
        place.end,
        f"Column `{column}` should be `{target}`: lower snake_case",
        lambda bench: fixes(field, target, bench),
    )


def is_column(field: Field, facts: Questions) -> bool:
    """Whether the field is known to be a column: no relation, no composite type."""
    if field.node.type is not None and field.node.type.unsupported is not None:
        return True
    return facts.kind_of(field.type_name) in ("scalar", "enum")


def _place(field: Field) -> nodes.Node | None:
    """What names the column: the string in `@map`, else the field; None while it is half typed."""
    attribute = field.attribute("map")
    if attribute is None:
        return field.node.name
    value = attribute.argument("name", 0)
    return value if isinstance(value, nodes.String) and value.value else None


def fixes(field: Field, target: str, bench: Workbench) -> Iterable[Fix]:
    model = field.owner
    column = field.column
    if _is_taken(field, target, bench) or mentions(model, column):
        return
    attribute = field.attribute("map")
    place = _place(field)
    draft = bench.draft()
    if attribute is None or place is None:
        title = f'Add @map("{target}")'
        native = field.native_type
        if native is None:
            draft.append_attribute(field, f'@map("{target}")')
        else:
            draft.insert(model, field.line, native.start, f'@map("{target}") ')
    elif target == field.name:
        title = f"Remove @map, so that the column is `{target}`"
        draft.remove_attribute(field, attribute)
    else:
        title = f'Change @map to "{target}"'
        draft.replace_node(model, field.line, place, f'"{target}"')
    if bench.is_migrated_column(field):
        title += (
            f": Prisma Migrate would drop the column `{column}` with its data"
            f" and add an empty `{target}`"
        )
        yield Fix(title, "D", draft.edits)
    else:
        yield Fix(title, "T", draft.edits, preferred=True)


def _is_taken(field: Field, target: str, bench: Workbench) -> bool:
    """Whether another column has the name, or would get it from the same fix."""
    for other in field.owner.all_fields:
        if other is field or target not in (other.name, other.column, names.snake(other.column)):
            continue
        if is_column(other, bench.schema):
            return True
    return False
