"""A value in capitals is known for a constant wherever it stands: in a default, a query, a row.

The fix renames the value, also where it is a default, and keeps what the database stores with
`@map`.

```prisma
enum Status {
  pending
//^^^^^^^ Value `pending` should be `PENDING`: UPPER_CASE
  inTransit
//^^^^^^^^^ Value `inTransit` should be `IN_TRANSIT`: UPPER_CASE
}

model Parcel {
  id     String @id @default(uuid(7)) @db.Uuid
  status Status @default(pending)
}
```

```prisma fixed
enum Status {
  PENDING @map("pending")
  IN_TRANSIT @map("inTransit")
}

model Parcel {
  id     String @id @default(uuid(7)) @db.Uuid
  status Status @default(PENDING)
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename in the schema, keep the label by `@map` | constants look like constants in all code | code that names the value has to follow | none | none | two names for one thing, one of them only in the database |
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import rename_fix
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import EnumValue
from prisma_lsp.schema.rename import rename_value


@rule(level="warning")
def check(value: EnumValue, context: Context) -> Iterator[Finding]:
    name = value.name
    if names.is_upper_snake(name) or "-" in name:
        return
    target = names.upper_snake(name)
    if target == name:
        return
    title = f"Rename to `{target}`"
    if value.mapped_name is None:
        title += f", and keep `{name}` in the database with @map"
    yield Finding(
        value.line,
        value.node.name.start,
        value.node.name.end,
        f"Value `{name}` should be `{target}`: UPPER_CASE",
        lambda bench: rename_fix(bench, title, lambda s: rename_value(s, value, target)),
    )
