"""A model's name is a type in the generated client: PascalCase reads as one, anything else does not.

The fix renames the model in every file and keeps the table's name with `@@map`; the hidden table
of an implicit many-to-many relation keeps its name through a relation name on both sides. Where
the new name would change the order of the two models in the alphabet, which decides what the
hidden table's columns mean, no such rename exists. The names of composite types are checked too;
those of views, of ignored models and of the tables of an authentication library are not.

```prisma
model order_line {
//    ^^^^^^^^^^ Model `order_line` should be `OrderLine`: PascalCase
  id String @id @default(uuid(7)) @db.Uuid
}
```

```prisma fixed
model OrderLine {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("order_line")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename in the schema, keep the table by `@@map` | the client's types read alike | code that names the model has to follow | none | none | none |
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import rename_declaration_fix
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    name = model.name
    if names.is_pascal(name) or "-" in name or model.kind == "view" or model.is_ignored:
        return
    if kept_by_library(model, context) is not None:
        return
    target = names.pascal(name)
    if target == name:
        return
    what = "Composite type" if model.kind == "type" else "Model"
    instead = "" if target in catalogue.SCALARS else f" should be `{target}`: PascalCase"
    title = f"Rename to `{target}`"
    if model.kind == "model" and model.mapped_name is None:
        title += f", and keep the table `{name}` with @@map"
    yield Finding(
        model.block.header,
        model.name_node.start,
        model.name_node.end,
        f"{what} `{name}`{instead or ' is not in PascalCase'}",
        lambda bench: rename_declaration_fix(bench, title, model, target),
    )
