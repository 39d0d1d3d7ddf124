'''In a circle of required relations no row can be the first: each needs another that does not exist yet.

The foreign keys are checked with every insert, so neither of two tables that require each other can
get its first row. A required relation of a model with itself leaves one way, a row that points at
itself, and is no more than a warning. The rule looks at circles of up to three models, where
foreign keys exist.

```prisma
model Shop {
  id          String     @id @default(uuid(7)) @db.Uuid
  owner       Employee   @relation("owner", fields: [ownerId], references: [id], onDelete: Restrict, onUpdate: Cascade)
//            ^^^^^^^^ No first row: a `Shop` requires an `Employee`, which requires a `Shop`
  ownerId     String     @unique @map("owner_id") @db.Uuid
  employees   Employee[] @relation("staff")

  @@map("shops")
}

model Employee {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation("staff", fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
//       ^^^^ No first row: an `Employee` requires a `Shop`, which requires an `Employee`
  shopId String @map("shop_id") @db.Uuid
  owns   Shop?  @relation("owner")

  @@index([shopId])
  @@map("employees")
}
```

```prisma fixed
model Shop {
  id          String     @id @default(uuid(7)) @db.Uuid
  owner       Employee?   @relation("owner", fields: [ownerId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  ownerId     String?     @unique @map("owner_id") @db.Uuid
  employees   Employee[] @relation("staff")

  @@map("shops")
}

model Employee {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation("staff", fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String @map("shop_id") @db.Uuid
  owns   Shop?  @relation("owner")

  @@index([shopId])
  @@map("employees")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| let this key be empty | a first row, which gets its key in a second step | code must cope with `null` | none | drops NOT NULL | none |
| the same on another relation of the circle | choose the one that may be missing in real life | as above | none | as above | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.columns import may_be
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.relation_fixes import make_key_optional
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, KeyField
from prisma_lsp.schema.relations import opposite
from prisma_lsp.schema.schema import Questions


@rule(level="error", preset="essential")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.key or field.is_list or model.kind != "model" or model.is_ignored:
        return
    if not _requires(field, context) or may_be(context, "mongodb"):
        return
    if context.relation_mode() == "prisma":
        return
    start, target = model.name, field.type_name
    if target == start:
        if _has_default(field):
            return
        message = f"No first row: {_a(start)} requires another; only one that points at itself can be inserted"
    else:
        others = _circle(start, target, context)
        if others is None:
            return
        chain = "".join(f", which requires {_a(name)}" for name in (*others, start))
        message = f"No first row: {_a(start)} requires {_a(target)}{chain}"
    back = opposite(field, context)
    if back is None or back.key:
        # Which of the two holds the key is not settled yet.
        return
    kind = field.node.type
    assert kind is not None
    yield Finding(
        field.line,
        kind.name_start,
        kind.name_end,
        message,
        lambda bench: make_key_optional(field, bench),
        at_most="warning" if target == start else None,
    )


def _circle(start: str, target: str, context: Context) -> tuple[str, ...] | None:
    """The models between ``target`` and ``start`` on the way back; None where no way is short."""
    needed = [f for f in context.held_relations(target) if _requires(f, context)]
    if any(other.type_name == start for other in needed):
        return ()
    for other in needed:
        if other.type_name in (start, target):
            continue
        further = context.held_relations(other.type_name)
        if any(f.type_name == start and _requires(f, context) for f in further):
            return (other.type_name,)
    return None


def _requires(field: Field, facts: Questions) -> bool:
    """Whether a row cannot exist without the row that the relation points at."""
    columns = [facts.field(field.owner.name, name) for name in field.key or ()]
    return bool(columns) and all(c is not None and not c.is_optional and not c.is_list for c in columns)


def _has_default(field: Field) -> bool:
    columns = [field.owner.fields.get(name) for name in field.key or ()]
    return any(column is not None and column.default is not None for column in columns)


def _a(name: str) -> str:
    return f"an `{name}`" if name[:1] in "AEIO" else f"a `{name}`"
