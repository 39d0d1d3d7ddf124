'''A list called by the singular reads as one thing: `shop.order.length` looks like a mistake in every review.

Spoken of are lists of models, composite types, enums and texts whose name has no plural anywhere in it.
Names that say who or what did it (`createdBy`, `following`, `liked`) are fine, and so are nouns
without a plural (`history`, `media`) and texts that are one thing in parts (`path`, `sortOrder`). The fix renames the field; a relation has no column, so there
the name alone changes, elsewhere `@map` keeps the column.

```prisma
model Shop {
  id    String  @id @default(uuid(7)) @db.Uuid
  order Order[]
//^^^^^ `order` is a list: `orders` says so
}

model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @map("shop_id") @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id])
}
```

```prisma fixed
model Shop {
  id    String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}

model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @map("shop_id") @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id])
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename to the plural | `shop.orders.length` says what it counts | code that names the field has to follow | none | none: a column keeps its name by `@map` | none |
'''

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import is_ours, words_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench, rename_fix
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.lint.rules.naming.model_name_number import wanted
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.rename import rename_field
from prisma_lsp.syntax.memory import remembered

# A list of texts that is one thing, whose parts stand in order.
_IN_ORDER = frozenset({("path",), ("order",), ("sequence",), ("address",)})
# Lists of these are one value (a vector, a mask) as often as many.
_ONE_VALUE = frozenset(("Float", "Int", "BigInt", "Decimal", "Boolean", "Bytes", "Json", "DateTime"))


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in model.all_fields:
        if field.arity != "[]" or field.type_name in _ONE_VALUE:
            continue
        name = field.name
        if field.type_name == "String" and words_of(name)[-1:] in _IN_ORDER:
            continue
        if may_be_many(name) or model.kind == "view" or not is_ours(field, context):
            continue
        kind = context.kind_of(field.type_name)
        target = wanted(name, "plural")
        if target != name and is_on("field-name-case", context.settings):
            # One rename for both.
            target = names.camel(target)
        if not field.type_name or target == name or target in model.fields:
            continue
        title = f"Rename to `{target}`"
        if kind not in ("model", "view") and field.mapped_name is None:
            title += f", and keep the column `{name}` with @map"
        yield Finding(
            field.line,
            field.node.name.start,
            field.node.name.end,
            f"`{name}` is a list: `{target}` says so",
            # Of what type it is decides whether a column has to keep its name.
            None if kind is None else partial(_fixes, field, title, target),
        )


def _fixes(field: Field, title: str, target: str, bench: Workbench) -> Iterator[Fix]:
    return rename_fix(bench, title, lambda schema: rename_field(schema, field, target))


@remembered(4096)
def may_be_many(name: str) -> bool:
    """Whether some word of the name is a plural, or it says who did something instead of what."""
    words = words_of(name)
    if not words or not name.isascii() or not words[-1].isalpha() or len(words[-1]) < 3:
        return True
    if words[-1] in _SAYS_WHO or words[-1].endswith(("ing", "ed", "en")):
        return True
    return names.is_plural(words[-1]) or any(not names.is_singular(word) for word in words)


_SAYS_WHO = frozenset({"by", "to", "of", "in", "for", "from", "with", "on", "at", "as", "list", "set", "array"})
