"""A table that was meant to be temporary stays for years, and nobody knows whether it may go.

```prisma
model TmpImport {
//    ^^^^^^^^^ `TmpImport` is called temporary: give it its real name, or leave it out of the schema
  id String @id
}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Model


@dataclass(frozen=True)
class Options:
    prefixes: tuple[str, ...] = ("Tmp", "Temp_", "Temporary")
    """How the names of temporary models begin."""


@rule(level="warning", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.name.startswith(context.options.prefixes):
        node = model.name_node
        yield Finding(
            model.block.header,
            node.start,
            node.end,
            f"`{model.name}` is called temporary: give it its real name, or leave it out of the schema",
        )
