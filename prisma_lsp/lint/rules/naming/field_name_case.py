"""A field's name is a property in the generated client: camelCase, as all other code has it.

The fix renames the field wherever the schema uses it and keeps the column's name with `@map`; a
relation field has no column, so there the name alone changes. Acronyms (`userID`), digits
(`address1`), one letter (`X`) and an underscore at the end (`class_`) are left alone, and so are
views, ignored fields and models, and the tables of an authentication library.

```prisma
model OrderLine {
  id       String @id @default(uuid(7)) @db.Uuid
  order_id String @db.Uuid
//^^^^^^^^ Field `order_id` should be `orderId`: camelCase
  order    Order  @relation(fields: [order_id], references: [id])

  @@index([order_id])
}

model Order {
  id    String      @id @default(uuid(7)) @db.Uuid
  Lines OrderLine[]
//^^^^^ Field `Lines` should be `lines`: camelCase
}
```

```prisma fixed
model OrderLine {
  id       String @id @default(uuid(7)) @db.Uuid
  orderId String @map("order_id") @db.Uuid
  order    Order  @relation(fields: [orderId], references: [id])

  @@index([orderId])
}

model Order {
  id    String      @id @default(uuid(7)) @db.Uuid
  lines OrderLine[]
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename in the schema, keep the column by `@map` | client code reads like all other code | code that names the field has to follow | none | none | none |
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import rename_fix
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field
from prisma_lsp.schema.rename import rename_field


@rule(level="warning")
def check(field: Field, context: Context) -> Iterator[Finding]:
    name = field.name
    if names.is_camel(name) or "-" in name or len(name) == 1:
        return
    model = field.owner
    if model.kind == "view" or model.is_ignored or field.is_ignored:
        return
    kind = _kind(field, context)
    if not field.type_name or kept_by_library(model, context) is not None:
        return
    target = _target(field)
    if target == name or not names.is_camel(target):
        return
    title = f"Rename to `{target}`"
    if kind not in ("model", "view") and field.mapped_name is None:
        title += f", and keep the column `{name}` with @map"
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        f"Field `{name}` should be `{target}`: camelCase",
        # Of what type it is decides whether a column has to keep its name.
        None if kind is None else lambda bench: rename_fix(bench, title, lambda s: rename_field(s, field, target)),
    )


def _kind(field: Field, context: Context) -> str | None:
    if field.node.type is not None and field.node.type.unsupported is not None:
        return "scalar"
    return context.kind_of(field.type_name)


def _target(field: Field) -> str:
    # `prisma db pull` calls both sides of a relation `orders_orders_buyer_idTousers`.
    head, to, tail = field.name.rpartition("To")
    for model in (field.type_name, field.owner.name):
        if head and to and _plain(tail) == _plain(model):
            return names.camel(head) + "To" + names.pascal(model)
    return names.camel(field.name)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
