'''Who gives a column a default seldom wants NULL in it too, and then every reader has to handle both.

Spoken of are columns with a plain default. Flags are for `three-state-boolean`, dates for the rules
about timestamps; foreign keys, lists, ignored fields, MongoDB and the tables of an authentication
library are left alone.

```prisma
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  stock Int?   @default(0)
//      ^^^^ `stock` has a default and may still be NULL: readers have to handle both

  @@map("products")
}
```

```prisma fixed
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  stock Int   @default(0)

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| required | no NULL to handle | "not known" is lost | none | sets NOT NULL, fails while rows hold NULL | none |
| no default | NULL says "not known" | writers have to say it | none | drops the default | readers handle NULL |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_key, is_ours, provider_of, set_arity
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes

# More of them in one model are one decision, and one finding.
_FEW = 4


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model":
        return
    found = list(_found(model, context))
    together = [found] if len(found) > _FEW else [[field] for field in found]
    for fields in together:
        node = fields[0].node.type
        assert node is not None
        rest = len(fields) - 1
        yield Finding(
            fields[0].line,
            node.start,
            node.end,
            f"`{fields[0].name}` and {rest} more columns have a default and may still be NULL: readers have to handle both"
            if rest
            else f"`{fields[0].name}` has a default and may still be NULL: readers have to handle both",
            lambda bench, fields=fields: fixes(fields, bench),  # type: ignore[misc]
        )


def _found(model: Model, context: Context) -> Iterator[Field]:
    for field in model.all_fields:
        if field.arity != "?" or not field.node.attributes:
            continue
        default = field.default
        if default is None or field.type_name in ("Boolean", "DateTime"):
            continue
        if isinstance(default, nodes.Call) or is_key(field) or not is_ours(field, context):
            continue
        if provider_of(context) == "mongodb" or context.kind_of(field.type_name) not in ("scalar", "enum"):
            continue
        yield field


def fixes(fields: list[Field], bench: Workbench) -> Iterable[Fix]:
    is_new = not any(bench.is_migrated_column(field) for field in fields)
    draft = bench.draft()
    for field in fields:
        set_arity(draft, field, "")
    title = "Make it required" if len(fields) == 1 else f"Make all {len(fields)} required"
    if not is_new:
        title += " (sets NOT NULL: NULLs are lost, and the migration fails until they are replaced)"
    yield Fix(title, "T" if is_new else "D", draft.edits, True, by_choice=True)
    draft = bench.draft()
    for field in fields:
        default = field.attribute("default")
        if default is not None:
            draft.remove_attribute(field, default)
    title = "Remove the default: NULL says that nothing is known"
    effect = "" if is_new else " (drops the default in the database)"
    yield Fix(title + effect, "T" if is_new else "R", draft.edits, by_choice=True)
