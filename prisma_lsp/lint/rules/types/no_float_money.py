'''Binary floating point cannot hold ten cents exactly, so sums of money drift and never balance.

A `Float` counts as money by its own name (`price`, `cost`, `salary`, `hourlyRate` …), or by its name and its
table's (`amount` of a `Payment`). Shares, scores, prices of a market and other figures (`taxRate`,
`avgPrice`, `stopPrice`) are left alone, a number whose kind stands beside it (`discount` and
`discountType`: it may be per cent), and MongoDB, where Prisma has no `Decimal`. What a call of a
model or a service cost (`apiCost`, a `cost` beside counted tokens) is at most an `info`: fractions of
a cent, that nobody's books are made of.

```prisma
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  price Float
//      ^^^^^ `price` is money in floating point: sums of it drift, `Decimal` is exact

  @@map("products")
}
```

```prisma fixed
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  price Decimal @db.Decimal(12, 2)

  @@map("products")
}
```

On a column that exists, the migration rewrites the table and rounds every value.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@db.Decimal(12, 2)` | exact to the cent | the client gets `Decimal` objects | sums somewhat slower | rewrites the column | none |
| `@db.Decimal(19, 4)` | also exact for unit prices and every currency | as above; round before you show it | as above | rewrites the column | none |
| `Int` in cents, by hand | plain numbers, exact | every reader and writer has to know | quickest | multiply by 100 in the migration | one decimal place for all |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import (
    columns,
    has_kind,
    is_metered,
    is_money,
    is_ours,
    provider_of,
    set_native,
    set_type,
)
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "Float"):
        if field.is_list or not is_money(field) or _is_share(field) or has_kind(field):
            continue
        if not is_ours(field, context):
            continue
        if provider_of(context) in ("mongodb", None):
            return
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` is money in floating point: sums of it drift, `Decimal` is exact",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
            at_most="info" if is_metered(field) else None,
        )


def _is_share(field: Field) -> bool:
    """Whether the default is a part of one: `fee Float @default(0.05)` is five per cent."""
    default = field.default
    return isinstance(default, nodes.Number) and 0 < float(default.text) < 1


_CHOICES = (("Decimal(12, 2)", "exact to the cent"), ("Decimal(19, 4)", "exact for unit prices and every currency"))


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    is_new = not bench.is_migrated_column(field)
    has_types = provider_of(bench.schema) != "sqlite"
    effect = "" if is_new else " (rewrites the column and rounds its values)"
    for native, gain in _CHOICES if has_types else _CHOICES[:1]:
        draft = set_type(bench.draft(), field, "Decimal")
        set_native(draft, field, native if has_types else "", bench.schema.datasource_name())
        text = f"Decimal @{bench.schema.datasource_name()}.{native}" if has_types else "Decimal"
        yield Fix(f"Make it {text}: {gain}{effect}", "T" if is_new else "D", draft.edits, native == _CHOICES[0][0])
