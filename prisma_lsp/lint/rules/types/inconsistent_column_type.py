'''A column that is a number in one table and text in the next cannot be joined, summed or compared without a cast.

Spoken of is a column whose type differs from that of four in five, and at least four, columns of
the same name in other models, where the name says that it is one and the same thing: two kinds of
number, text beside `DateTime`, ids. Keys, enums and relations are not compared.

```settings
preset = "strict"
```

```prisma
model Order {
  id     String  @id @default(uuid(7)) @db.Uuid
  amount Decimal @db.Decimal(12, 2)
}

model Payment {
  id     String  @id @default(uuid(7)) @db.Uuid
  amount Decimal @db.Decimal(12, 2)
}

model Refund {
  id     String  @id @default(uuid(7)) @db.Uuid
  amount Decimal @db.Decimal(12, 2)
}

model Invoice {
  id     String  @id @default(uuid(7)) @db.Uuid
  amount Decimal @db.Decimal(12, 2)
}

model Deposit {
  id     String @id @default(uuid(7)) @db.Uuid
  amount Int
//       ^^^ `amount` is `Int` here and `Decimal` nearly everywhere else
}
```

Changing the type rewrites the column, so which of the two is right is for you to say.
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.columns import is_key, is_ours
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model

_TEXTS = ("String", "DateTime")
# What a number or a time kept as text is called.
_ENDS = ("id", "at", "on", "date", "time")
_NUMBERS = frozenset(("Int", "BigInt", "Float", "Decimal"))


def _is_one_thing(field: Field, usual: str) -> bool:
    """Whether two types of one name are surely one thing kept in two ways: `data` may be anything."""
    types = {field.type_name, usual}
    if types <= _NUMBERS or types == {"String", "DateTime"}:
        return True
    return field.name.endswith(("Id", "ID", "_id")) and types <= _NUMBERS | {"String"}


@rule(level="info", preset="strict")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model":
        return
    for field in model.all_fields:
        kind = field.type_name
        if kind not in _NUMBERS and not (kind in _TEXTS and field.name.lower().endswith(_ENDS)):
            continue
        usual = context.usual_type(field.name)
        if usual is None or usual == field.type_name or not _is_one_thing(field, usual):
            continue
        if is_key(field) or not is_ours(field, context):
            continue
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` is `{field.type_name}` here and `{usual}` nearly everywhere else",
        )
