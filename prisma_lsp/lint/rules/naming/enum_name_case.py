"""An enum's name is a type in the generated client: PascalCase reads as one, anything else does not.

The fix renames the enum in every file and keeps the name of the database's type with `@@map`.

```prisma
enum order_status {
//   ^^^^^^^^^^^^ Enum `order_status` should be `OrderStatus`: PascalCase
  OPEN
  PAID
}
```

```prisma fixed
enum OrderStatus {
  OPEN
  PAID

  @@map("order_status")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename in the schema, keep the type's name by `@@map` | the client's types read alike | code that names the enum has to follow | none | none | none |
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import rename_declaration_fix
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Enum


@rule(level="warning")
def check(enum: Enum, context: Context) -> Iterator[Finding]:
    name = enum.name
    if names.is_pascal(name) or "-" in name:
        return
    target = names.pascal(name)
    if target == name:
        return
    instead = "" if target in catalogue.SCALARS else f" should be `{target}`: PascalCase"
    title = f"Rename to `{target}`"
    if enum.mapped_name is None:
        title += f", and keep `{name}` in the database with @@map"
    yield Finding(
        enum.block.header,
        enum.name_node.start,
        enum.name_node.end,
        f"Enum `{name}`{instead or ' is not in PascalCase'}",
        lambda bench: rename_declaration_fix(bench, title, enum, target),
    )
