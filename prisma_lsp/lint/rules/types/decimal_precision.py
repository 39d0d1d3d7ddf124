'''A `Decimal` without precision becomes `DECIMAL(65, 30)`: thirty decimal places for a price of two.

On SQL Server it is `DECIMAL(32, 16)`. The database then neither rounds nor refuses what cannot be
right, and every reader has to know how many places are meant. SQLite and MongoDB have no precision.

```prisma
model Product {
  id    String  @id @default(uuid(7)) @db.Uuid
  price Decimal
//      ^^^^^^^ `price` has no precision, so it is `DECIMAL(65, 30)`: say how many digits it needs

  @@map("products")
}
```

```prisma fixed
model Product {
  id    String  @id @default(uuid(7)) @db.Uuid
  price Decimal @db.Decimal(12, 2)

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@db.Decimal(12, 2)` | cents, up to 9,999,999,999.99 | further places are rounded away | smaller values | rewrites the column | none |
| `@db.Decimal(19, 4)` | also unit prices and every currency | round before you show it | smaller values | rewrites the column | none |
| `@db.Decimal(9, 6)` | shares, rates and coordinates | less than a thousand | smaller values | rewrites the column | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns, is_money, is_ours, provider_of, set_native
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model

_DEFAULTS = {
    "postgresql": "DECIMAL(65, 30)", "cockroachdb": "DECIMAL(65, 30)", "mysql": "DECIMAL(65, 30)",
    "sqlserver": "DECIMAL(32, 16)",
}  # fmt: skip


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "Decimal"):
        if field.native_type is not None or field.is_list:
            continue
        default = _DEFAULTS.get(provider_of(context) or "")
        if default is None:
            return
        if not is_ours(field, context):
            continue
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` has no precision, so it is `{default}`: say how many digits it needs",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


_MONEY = (("Decimal(12, 2)", "amounts in cents"), ("Decimal(19, 4)", "unit prices and every currency"))
_OTHER = (("Decimal(9, 6)", "shares, rates and coordinates"), *_MONEY)


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    prefix = bench.schema.datasource_name()
    is_new = not bench.is_migrated_column(field)
    effect = "" if is_new else " (rewrites the column and rounds its values)"
    sure = is_money(field)
    for native, meant in _MONEY if sure else _OTHER:
        draft = set_native(bench.draft(), field, native, prefix)
        title = f"Make it @{prefix}.{native}: {meant}{effect}"
        yield Fix(title, "T" if is_new else "D", draft.edits, sure and "12" in native, not sure)
