'''Some names are agreed not to be used: `data`, `value2`, `tmp`, a name that the house writes in another way.

Which ones those are, the rule cannot know: `names` lists them. Without it nothing is said.

```settings
[rules.forbid-field-name]
level = "warning"
names = ["tmp*", "/^(creation|modification)Date$/"]
```

```prisma
model Product {
  id           String   @id @default(uuid(7)) @db.Uuid
  creationDate DateTime @default(now()) @map("created_at")
//^^^^^^^^^^^^ The settings forbid the name `creationDate`
  tmpPrice     Int      @map("tmp_price")
//^^^^^^^^ The settings forbid the name `tmpPrice`
  price        Int

  @@map("products")
}
```
'''

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prisma_lsp.lint.columns import matches
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Model


@dataclass(frozen=True)
class Options:
    names: tuple[str, ...] = ()
    """Names that no field may have; `*` and `?` stand for any letters, `/…/` is a regular expression."""


@rule(level="warning", preset="all", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    patterns = context.options.names
    if not patterns or model.is_ignored:
        return
    for field in model.all_fields:
        if matches(field.name, patterns) and not field.is_ignored:
            name = field.node.name
            yield Finding(
                field.line, name.start, name.end, f"The settings forbid the name `{field.name}`"
            )
