'''A flag with three values (yes, no, nobody knows) falls out of both `where: { isActive: true }` and `false`.

With a default nobody means the third value; that is a warning. Without one it may be meant ("not
answered yet"), so that is said more quietly. Ignored fields and the tables of an authentication
library are left alone, and MongoDB, where a document may lack any field.

```prisma
model Product {
  id        String   @id @default(uuid(7)) @db.Uuid
  isVisible Boolean? @default(true) @map("is_visible")
//          ^^^^^^^^ `isVisible` has a default and still a third value, NULL, that neither filter finds

  @@map("products")
}
```

```prisma fixed
model Product {
  id        String   @id @default(uuid(7)) @db.Uuid
  isVisible Boolean @default(true) @map("is_visible")

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| required, with a default | two values, no case forgotten | "not known" is lost | none | sets NOT NULL, fails while rows hold NULL | none |
| an enum, by hand | the third value has a name | code that reads the flag changes | none | adds a type and a column | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns, is_ours, provider_of, set_arity
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "Boolean"):
        if field.arity != "?" or not is_ours(field, context) or provider_of(context) == "mongodb":
            continue
        node = field.node.type
        assert node is not None
        has_default = field.attribute("default") is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` has a default and still a third value, NULL, that neither filter finds"
            if has_default
            else f"`{field.name}` has three values: true, false, and NULL, which neither filter finds",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
            at_most=None if has_default else "info",
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    draft = set_arity(bench.draft(), field, "")
    has_default = field.attribute("default") is not None
    if not has_default:
        draft.lead_attribute(field, "@default(false)")
    title = "Make it required" if has_default else "Make it required, false by default"
    if bench.is_migrated_column(field):
        title += " (sets NOT NULL: NULLs are lost, and the migration fails until they are replaced)"
        yield Fix(title, "D", draft.edits, preferred=True)
    else:
        yield Fix(title, "T", draft.edits, preferred=True, by_choice=not has_default)
