'''`phone1`, `phone2`, `phone3`: the fourth one is a migration, and to search them every query names them all.

Spoken of are three or more columns of one type that differ only in a number, counted from 0 or 1.
Lines of an address are left alone. A table of its own, or a list column, holds any number of them.

```prisma
model Customer {
  id     String  @id @default(uuid(7)) @db.Uuid
  phone1 String  @db.VarChar(32)
//^^^^^^ `phone1` to `phone3` are one thing in 3 columns: a table or a list holds any number
  phone2 String? @db.VarChar(32)
  phone3 String? @db.VarChar(32)

  @@map("customers")
}
```

| answer | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a table of its own | any number, each with more columns | a join | one index finds them all | move the rows | one model more |
| a list column (PostgreSQL) | any number | no foreign keys, no columns beside it | a GIN index finds them | move the values | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.columns import is_ours
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model

_LINES = ("address", "addr", "line", "street", "adress", "addressline", "md", "sha", "utf")


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model":
        return
    groups: dict[tuple[str, str], list[Field]] = {}
    for field in model.all_fields:
        last = field.name[-1]
        if last in "0123456789" and not field.is_list:
            stem = field.name.rstrip("0123456789")
            groups.setdefault((stem, field.type_name), []).append(field)
    for (stem, type_name), found in groups.items():
        if len(found) < 3 or stem.rstrip("_").lower().endswith(_LINES):
            continue
        numbers = sorted(int(field.name[len(stem) :]) for field in found)
        if numbers[0] > 1 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            continue
        first = found[0]
        if context.kind_of(type_name) not in ("scalar", "enum") or not is_ours(first, context):
            continue
        name = first.node.name
        yield Finding(
            first.line,
            name.start,
            name.end,
            f"`{first.name}` to `{found[-1].name}` are one thing in {len(found)} columns: a table or a list holds any number",
        )
