'''PostgreSQL's `money` takes its currency and its decimal places from a setting of the server, so a dump read elsewhere changes the amounts' meaning.

It rounds to the cents of that setting, and a cast to a number depends on it as well.

```prisma
model Invoice {
  id    String  @id @default(uuid(7)) @db.Uuid
  total Decimal @db.Money
//              ^^^^^^^^^ `total` is `money`: its currency and its cents depend on the server

  @@map("invoices")
}
```

```prisma fixed
model Invoice {
  id    String  @id @default(uuid(7)) @db.Uuid
  total Decimal @db.Decimal(12, 2)

  @@map("invoices")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@db.Decimal(12, 2)` | exact to the cent, the same on every server | none | sums somewhat slower | rewrites the column | none |
| `@db.Decimal(19, 4)` | also for unit prices and every currency | round before you show it | as above | rewrites the column | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns, is_ours, provider_of, set_native
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "Decimal"):
        native = field.native_type
        if native is None or field.native != "Money":
            continue
        if provider_of(context) != "postgresql" or not is_ours(field, context):
            continue
        yield Finding(
            field.line,
            native.start,
            native.end,
            f"`{field.name}` is `money`: its currency and its cents depend on the server",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    is_new = not bench.is_migrated_column(field)
    prefix = bench.schema.datasource_name()
    effect = "" if is_new else " (rewrites the column)"
    for native, gain in (("Decimal(12, 2)", "exact to the cent"), ("Decimal(19, 4)", "exact for unit prices and every currency")):
        draft = set_native(bench.draft(), field, native, prefix)
        title = f"Make it @{prefix}.{native}: {gain}{effect}"
        yield Fix(title, "T" if is_new else "D", draft.edits, "12" in native)
