'''A relation has two sides: without a field at the other one Prisma does not accept the schema.

Prisma says so itself; with `validity = "off"` this rule does. The fixes are the same.

```settings
validity = "off"
```

```prisma
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
//       ^^^^ `Shop` has no field for the other side of `shop`
  shopId String @map("shop_id") @db.Uuid

  @@index([shopId])
  @@map("orders")
}

model Shop {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("shops")
}
```

```prisma fixed
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String @map("shop_id") @db.Uuid

  @@index([shopId])
  @@map("orders")
}

model Shop {
  id String @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("shops")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a list | any number of rows may point here | none | none | none | none |
| a single field, where the key is unique | client code gets one or none | the key has to stay unique | none | none | none |
| a key at the other side, where this field is a list | the relation exists in the database | a column that may be empty | an index to write | adds a column, an index and a foreign key | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.relation_fixes import opposite_fixes
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import RelationField


@rule(level="error", preset="essential")
def check(field: RelationField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if model.kind != "model" or context.settings.validity != "off":
        return
    relation = field.relation
    if relation is not None and any(argument.value is None for argument in relation.arguments or ()):
        return
    name = field.relation_name
    same = [f for f in model.fields_by_type.get(field.type_name, ()) if f.relation_name == name]
    if field.type_name == model.name:
        if len(same) > 1:
            return
    else:
        if len(same) > 1:
            return
        others = context.fields_of_type(field.type_name, model.name)
        if any(other.relation_name == name for other in others):
            return
    kind = field.node.type
    assert kind is not None
    yield Finding(
        field.line,
        kind.name_start,
        kind.name_end,
        f"`{field.type_name}` has no field for the other side of `{field.name}`",
        lambda bench: opposite_fixes(field, bench),
    )
