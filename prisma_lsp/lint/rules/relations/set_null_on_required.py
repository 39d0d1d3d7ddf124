'''`SetNull` on a key that cannot be empty makes every delete or update of the parent fail.

Prisma says so itself, as an error or on PostgreSQL as a warning; with `validity = "off"` this rule
does. The fixes are the same.

```settings
validity = "off"
```

```prisma
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: SetNull, onUpdate: Cascade)
//                                                                      ^^^^^^^ `SetNull` cannot empty `shopId`, which is required: every delete of a `Shop` with rows here fails
  shopId String @map("shop_id") @db.Uuid

  @@index([shopId])
  @@map("orders")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]

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
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("shops")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `Restrict`, `NoAction` | says what happens anyway | the application removes the rows first | none | drops and adds the foreign key, which checks all rows | none |
| `Cascade` | the delete works | the rows go with their parent | many rows in one statement | as above | look at what hangs on the rows |
| let the key be empty | the rows outlive their parent | code must cope with `null` | none | drops NOT NULL | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.relation_fixes import set_null_fixes
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import KeyField


@rule(level="error", preset="essential")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.key or model.kind != "model" or model.is_ignored or context.settings.validity != "off":
        return
    columns = [model.fields.get(name) for name in field.key]
    required = [f"`{column.name}`" for column in columns if column is not None and not column.is_optional]
    if not required or None in columns:
        return
    for event in ("onDelete", "onUpdate"):
        written = field.action(event)
        if written is None or written.name != "SetNull":
            continue
        what = "delete" if event == "onDelete" else "change of the key"
        verb = "is" if len(required) == 1 else "are"
        yield Finding(
            field.line,
            written.start,
            written.end,
            f"`SetNull` cannot empty {' and '.join(required)}, which {verb} required: "
            f"every {what} of a `{field.type_name}` with rows here fails",
            lambda bench, event=event: set_null_fixes(field, event, bench),  # type: ignore[misc]
        )
