'''The same thing stored in two types (an id as text here, as uuid there) joins badly and sorts differently.

Which name means which type, the rule cannot know: `types` says it, each entry a pattern for the
field's name, the type, and a native type if it matters. The first entry that fits a name counts.
Without `types` nothing is said. Views, ignored fields and models, and the tables of an
authentication library are left alone.

```settings
[rules.require-field-type]
level = "warning"
types = ["*Id String @db.Uuid", "*Amount Decimal @db.Decimal(12, 2)", "*At DateTime"]
```

```prisma
model Refund {
  id          String   @id @default(uuid(7)) @db.Uuid
  orderId     String   @map("order_id")
//            ^^^^^^ `orderId` should be `String @db.Uuid`, as the settings ask
  totalAmount Float    @map("total_amount")
//            ^^^^^ `totalAmount` should be `Decimal @db.Decimal(12, 2)`, as the settings ask
  paidAt      DateTime @map("paid_at")

  @@map("refunds")
}
```

```prisma fixed
model Refund {
  id          String   @id @default(uuid(7)) @db.Uuid
  orderId     String   @map("order_id") @db.Uuid
  totalAmount Decimal    @map("total_amount") @db.Decimal(12, 2)
  paidAt      DateTime @map("paid_at")

  @@map("refunds")
}
```

On a column that exists the fix rewrites it, or drops it and adds another one, and says so.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the type that the settings name | joins and sorts are the same everywhere | code that uses the old type has to follow | none to speak of | rewrites the column, or drops and creates it | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.columns import is_ours, matches, set_native, set_type
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model


@dataclass(frozen=True)
class Options:
    types: tuple[str, ...] = ()
    """`pattern Type` or `pattern Type @db.Native(…)`; `*` and `?` stand for any letters, `/…/` is
    a regular expression."""


@rule(level="warning", preset="all", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    wanted = [_parsed(entry) for entry in context.options.types]
    if not wanted or model.kind != "model" or model.is_ignored:
        return
    for field in model.all_fields:
        known = field.type_name in catalogue.SCALARS or context.kind_of(field.type_name) == "enum"
        fitting = next((w for w in wanted if matches(field.name, (w[0],))), None)
        if fitting is None or not known or not is_ours(field, context):
            continue
        _, type_name, native = fitting
        if field.type_name == type_name and (not native or _close(field.native) == _close(native)):
            continue
        text = f"{type_name} @{context.datasource_name()}.{native}" if native else type_name
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` should be `{text}`, as the settings ask",
            lambda bench, field=field, t=type_name, n=native: fixes(field, t, n, bench),  # type: ignore[misc]
        )


def _parsed(entry: str) -> tuple[str, str, str]:
    """(pattern, type, native type without its prefix)."""
    pattern, _, rest = entry.strip().partition(" ")
    type_name, _, native = rest.strip().partition(" ")
    return pattern, type_name, native.strip().partition(".")[2]


def _close(native: str | None) -> str:
    return (native or "").replace(" ", "")


def fixes(field: Field, type_name: str, native: str, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft()
    if field.type_name != type_name:
        if field.attribute("default") is not None or type_name not in catalogue.SCALARS:
            return
        set_type(draft, field, type_name)
    if field.name in field.owner.key_fields:
        # The other side of the relation would have to follow.
        return
    set_native(draft, field, native, bench.schema.datasource_name())
    title = f"Make `{field.name}` {type_name}" + (f" @{bench.schema.datasource_name()}.{native}" if native else "")
    if bench.is_migrated_column(field):
        title += " (rewrites the column, or drops it with its data: read the migration)"
        yield Fix(title, "D", draft.edits)
    else:
        yield Fix(title, "T", draft.edits, preferred=True)
