'''A relation whose key is required always exists; an optional one makes client code check for nothing.

The `?` on `author User?` says nothing to the database, where `authorId` may not be null and has to
point at a row: it only puts `| null` into the types. Where no foreign key guards the rows
(`relationMode = "prisma"`, MongoDB) a row may have lost its parent, so there the rule is silent.

```prisma
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop?  @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
//           ^ `shopId` is required and a foreign key, so there always is a `Shop`: the `?` only adds `null` to the types
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
  shop   Shop  @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
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
| drop the `?` | types say what is true | none | none | none | none |
| let the key be empty | rows without a parent become possible | code must cope with `null` | none | drops NOT NULL | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import may_be
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import is_library_relation
from prisma_lsp.lint.relation_fixes import make_key_optional
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, KeyField
from prisma_lsp.schema.relations import action, opposite


@rule(level="warning")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.is_optional or not field.key or not field.references:
        return
    if model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    columns = [model.fields.get(name) for name in field.key]
    if any(column is None or column.is_optional or column.is_list for column in columns):
        return
    if model.block.problems:
        # The key may be on the line that cannot be read.
        return
    if may_be(context, "mongodb") or context.relation_mode() == "prisma":
        return
    if context.kind_of(field.type_name) != "model":
        return
    if "SetNull" in (action(field, "onDelete", context).name, action(field, "onUpdate", context).name):
        # Which of the two is meant is not clear; the action is wrong, and that is said.
        return
    back = opposite(field, context)
    if back is None or back.key or not (back.is_list or back.is_optional):
        return
    if is_library_relation(field, context):
        return
    kind = field.node.type
    assert kind is not None
    names = " and ".join(f"`{name}`" for name in field.key)
    verb = "is" if len(columns) == 1 else "are"
    article = "an" if field.type_name[:1] in "AEIO" else "a"
    yield Finding(
        field.line,
        kind.name_end,
        kind.end,
        f"{names} {verb} required and {'a' if verb == 'is' else 'one'} foreign key, so there always is {article} "
        f"`{field.type_name}`: the `?` only adds `null` to the types",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    kind = field.node.type
    assert kind is not None
    edits = bench.draft().replace(field.owner, field.line, kind.name_end, kind.end, "").edits
    yield Fix(f"Drop the `?`: `{field.name}` always exists", "T", edits, preferred=True)
    yield from make_key_optional(field, bench)
