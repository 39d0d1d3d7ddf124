'''A uuid kept as text takes 37 bytes instead of 16 in the table, in every index and in every foreign key.

A uuid column also refuses what is no uuid. The finding stands at the id; its fix changes the id and
every foreign key that holds it, through all files. The type is `@db.Uuid` on PostgreSQL and
CockroachDB, `@db.UniqueIdentifier` on SQL Server, `@db.Char(36)` on MySQL; SQLite and MongoDB have
none. A foreign key whose id already has the type is a matter for `fk-native-type-mismatch`.

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id    String @id @default(uuid(7))
//                 ^^^^^^^^^^^^^^^^^ `Order.id` is a uuid kept as text: give it and the foreign keys that hold it `@db.Uuid`
  lines Line[]
}

model Line {
  id      String @id @default(uuid(7)) @db.Uuid
  order   Order  @relation(fields: [orderId], references: [id])
  orderId String @map("order_id")
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id    String @id @default(uuid(7)) @db.Uuid
  lines Line[]
}

model Line {
  id      String @id @default(uuid(7)) @db.Uuid
  order   Order  @relation(fields: [orderId], references: [id])
  orderId String @map("order_id") @db.Uuid
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the id and all its foreign keys | less than half the space, faster joins, no value that is no uuid | ids that are no uuids (an old `cuid()`) must be converted first | smaller indexes stay in memory; comparing is cheaper | new table: none. Else Prisma Migrate drops and re-creates the columns; with a migration in place: casts them | none |

On PostgreSQL the fix comes with a migration that drops the foreign keys, casts the id and every copy of
it, hidden tables included, and adds the keys again; it stops at a value that is no uuid.
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.keys import UUID_TYPES, generates_uuid, store_as_uuid
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Model

_TEXT_TYPES = {"Text", "VarChar", "Char", "String", "NVarChar", "NChar"}


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.id is None or model.is_ignored:
        return
    for name in model.id.names:
        field = model.fields.get(name)
        if field is None or field.is_ignored or not generates_uuid(field):
            continue
        # Without a datasource Prisma knows no native type at all.
        wanted = UUID_TYPES.get(context.provider() or "")
        if wanted is None or kept_by_library(model, context):
            return
        native = field.native
        # On MySQL a uuid is text in any case: only the wide default is worth a word.
        if native is not None and (wanted == "Char(36)" or native.split("(")[0] not in _TEXT_TYPES):
            continue
        default = field.attribute("default")
        assert default is not None
        yield Finding(
            field.line,
            default.start,
            default.end,
            f"`{model.name}.{name}` is a uuid kept as text: give it and the foreign keys that hold it "
            f"`@{context.datasource_name()}.{wanted}`",
            lambda bench, field=field: store_as_uuid(field, bench),  # type: ignore[misc]
        )
