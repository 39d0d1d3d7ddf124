'''In a one-to-one relation the key has to be unique, or a second child can be inserted.

Prisma says so itself; with `validity = "off"` this rule does. The fixes are the same.

```settings
validity = "off"
```

```prisma
model Invoice {
  id      String @id @default(uuid(7)) @db.Uuid
  order   Order  @relation(fields: [orderId], references: [id], onDelete: Restrict, onUpdate: Cascade)
//        ^^^^^ `Order.invoice` is at most one, but `orderId` may repeat
  orderId String @map("order_id") @db.Uuid

  @@index([orderId])
  @@map("invoices")
}

model Order {
  id      String   @id @default(uuid(7)) @db.Uuid
  invoice Invoice?

  @@map("orders")
}
```

```prisma fixed
model Invoice {
  id      String @id @default(uuid(7)) @db.Uuid
  order   Order  @relation(fields: [orderId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  orderId String @map("order_id") @unique @db.Uuid

  @@map("invoices")
}

model Order {
  id      String   @id @default(uuid(7)) @db.Uuid
  invoice Invoice?

  @@map("orders")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| make the key unique | the database keeps the promise | fails while values repeat | the index serves joins, too | creates a unique index | none |
| make the other side a list | says what the table really holds | client code gets a list | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.relation_fixes import unique_key_fixes
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import KeyField
from prisma_lsp.schema.relations import opposite


@rule(level="error", preset="essential")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.key or field.is_list or model.kind != "model" or model.is_ignored:
        return
    if context.settings.validity != "off" or any(name not in model.fields for name in field.key):
        return
    back = opposite(field, context)
    if back is None or back.is_list or back.key:
        return
    wanted = set(field.key)
    if any(index.is_unique and set(index.names) == wanted for index in model.indexes):
        return
    kind = field.node.type
    assert kind is not None
    names = " and ".join(f"`{name}`" for name in field.key)
    yield Finding(
        field.line,
        kind.name_start,
        kind.name_end,
        f"`{field.type_name}.{back.name}` is at most one, but {names} may repeat",
        lambda bench: unique_key_fixes(field, back, bench),
    )
