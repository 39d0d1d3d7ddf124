'''Two values with one label are one value to the database: PostgreSQL refuses the type, others mix them up.

Prisma itself says nothing: it compares the names in the schema, not those of `@map`.

```prisma
enum Status {
  OPEN   @map("open")
  ACTIVE @map("open")
//       ^^^^^^^^^^^^ `ACTIVE` and `OPEN` are both `open` in the database, which keeps a label once
}
```

Which label is meant, only you know; rows that are stored already decide.
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Enum, EnumValue


@rule(level="error", preset="essential")
def check(enum: Enum, context: Context) -> Iterator[Finding]:
    seen: dict[str, EnumValue] = {}
    for value in enum.values:
        label = value.mapped_name if value.node.attributes else value.name
        label = label or value.name
        first = seen.setdefault(label, value)
        if first is value or first.name == value.name:
            continue
        place = value.node.attributes[0] if value.mapped_name else value.node.name
        yield Finding(
            value.line,
            place.start,
            place.end,
            f"`{value.name}` and `{first.name}` are both `{label}` in the database, which keeps a label once",
        )
