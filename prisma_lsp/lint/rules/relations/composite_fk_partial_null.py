'''A composite foreign key with one column null is not checked at all, whatever the others hold.

SQL databases skip the check as soon as one column of the key is null. Where two or more of the
columns may be null one by one, a row can hold half a key that points at nothing. One optional column
beside required ones, such as a `productId` that may be missing beside the tenant's `shopId`, says
plainly whether there is a parent, and is left alone.

```prisma
model Shipment {
  id        String @id @default(uuid(7)) @db.Uuid
  zoneCode  String? @map("zone_code") @db.VarChar(10)
  country   String? @db.Char(2)
  zone      Zone?  @relation(fields: [country, zoneCode], references: [country, code], onDelete: SetNull, onUpdate: Cascade)
//          ^^^^ `country` and `zoneCode` can be null one by one: a row with half of the key is not checked

  @@index([country, zoneCode])
  @@map("shipments")
}

model Zone {
  country   String     @db.Char(2)
  code      String     @db.VarChar(10)
  shipments Shipment[]

  @@id([country, code])
  @@map("zones")
}
```

What to do, since a schema cannot say it: a check in a migration that all columns of the key are null
or none, or a key of one column.

| answer | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `CHECK (num_nonnulls(country, zone_code) IN (0, 2))` in a migration | half a key is refused | the schema does not show it | none | adds a constraint, which reads the table | keep it when columns change |
| refer to an id of one column | nothing can be half | one more column in the parent | a smaller index | adds columns | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import KeyField


@rule(level="warning")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.key or len(field.key) < 2 or model.kind != "model" or model.is_ignored:
        return
    columns = [model.fields.get(name) for name in field.key]
    empty = [f"`{column.name}`" for column in columns if column is not None and column.is_optional]
    if len(empty) < 2 or context.relation_mode() == "prisma":
        return
    kind = field.node.type
    assert kind is not None
    names = f"{', '.join(empty[:-1])} and {empty[-1]}"
    yield Finding(
        field.line,
        kind.name_start,
        kind.name_end,
        f"{names} can be null one by one: a row with half of the key is not checked",
    )
