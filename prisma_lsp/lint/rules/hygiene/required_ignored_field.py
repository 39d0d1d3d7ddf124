'''Prisma Client cannot fill in what it does not know, so every `create` of this model fails in the database.

An ignored field is left out of the client; when its column is required and has no default, no row
can be inserted.

```prisma
model Product {
  id     String @id @default(uuid(7)) @db.Uuid
  legacy String @ignore
//              ^^^^^^^ No row can be inserted: `legacy` is required, has no default, and the client leaves it out

  @@map("products")
}
```

```prisma fixed
model Product {
  id     String @id @default(uuid(7)) @db.Uuid
  legacy String? @ignore

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| make it optional | rows can be inserted | new rows hold NULL | none | drops NOT NULL | none |
| remove `@ignore` | the client fills it in | the client sees it | none | none | writers have to set it |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document, set_arity
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model


@rule(level="error", preset="essential")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model":
        return
    for field in model.all_fields:
        if not field.node.attributes or field.arity:
            continue
        attribute = field.attribute("ignore")
        if attribute is None or field.attribute("default") or field.attribute("updatedAt"):
            continue
        unsupported = field.node.type is not None and field.node.type.unsupported is not None
        known = unsupported or context.kind_of(field.type_name) in ("scalar", "enum")
        if not known or model.is_ignored or is_document(model, context):
            continue
        yield Finding(
            field.line,
            attribute.start,
            attribute.end,
            f"No row can be inserted: `{field.name}` is required, has no default, and the client leaves it out",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    is_new = not bench.is_migrated_column(field)
    if not any(index.kind == "id" and field.name in index.names for index in field.owner.indexes):
        edits = set_arity(bench.draft(), field, "?").edits
        yield Fix("Make it optional" + ("" if is_new else " (drops NOT NULL)"), "T" if is_new else "R", edits, True)
    attribute = field.attribute("ignore")
    if attribute is not None and not (field.node.type and field.node.type.unsupported is not None):
        edits = bench.draft().remove_attribute(field, attribute).edits
        yield Fix("Remove @ignore: the client fills it in", "T", edits, by_choice=True)
