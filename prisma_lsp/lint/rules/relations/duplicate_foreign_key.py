'''Two relations over the same columns to the same model are one relation with two constraints.

Each insert is checked twice, and the two may disagree about what a delete does. Where both
constraints would also get the same name, Prisma says so itself.

```prisma
model Order {
  id       String @id @default(uuid(7)) @db.Uuid
  shop     Shop   @relation("shop", fields: [shopId], references: [id], map: "orders_shop", onDelete: Restrict, onUpdate: Cascade)
  seller   Shop   @relation("seller", fields: [shopId], references: [id], map: "orders_seller", onDelete: Restrict, onUpdate: Cascade)
//         ^^^^ `shop` is the same foreign key, `shopId` to `Shop`: one of the two is enough
  shopId   String @map("shop_id") @db.Uuid

  @@index([shopId])
  @@map("orders")
}

model Shop {
  id    String  @id @default(uuid(7)) @db.Uuid
  owned Order[] @relation("shop")
  sold  Order[] @relation("seller")

  @@map("shops")
}
```

Which of the two to remove, with the field at its other side, depends on which one the code uses; a
relation that was meant to differ needs a column of its own.
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.constraints import USUAL_LIMIT, constraints
from prisma_lsp.schema.declarations import Field, KeyField


@rule(level="warning")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.key or not field.references or field.is_list or model.kind != "model" or model.is_ignored:
        return
    pairs = _pairs(field)
    for other in model.all_fields:
        if other is field:
            return
        if other.type_name == field.type_name and other.key and _pairs(other) == pairs:
            if _is_said_by_prisma(field, other, context):
                return
            names = " and ".join(f"`{name}`" for name in field.key)
            kind = field.node.type
            assert kind is not None
            yield Finding(
                field.line,
                kind.name_start,
                kind.name_end,
                f"`{other.name}` is the same foreign key, {names} to `{field.type_name}`: one of the two is enough",
            )
            return


def _pairs(field: Field) -> frozenset[tuple[str, str]]:
    return frozenset(zip(field.key or (), field.references or (), strict=False))


def _is_said_by_prisma(field: Field, other: Field, context: Context) -> bool:
    if context.settings.validity == "off" or context.relation_mode() == "prisma":
        return False
    if context.provider() in ("sqlite", "mongodb"):
        return False
    names = {c.name for c in constraints(field.owner, USUAL_LIMIT) if c.field is field or c.field is other}
    return len(names) == 1
