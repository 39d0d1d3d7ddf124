'''An index on a flag alone splits the table in two halves, and the database rather reads the table.

It pays only where one of the two values is rare and just that one is looked for; a partial index
says so and holds only those rows. Otherwise the flag belongs behind or in front of what the query
sorts or filters by besides. The option `enum-values` also asks for enums with no more values than
that.

```prisma
model Product {
  id        String   @id @default(uuid(7)) @db.Uuid
  isVisible Boolean  @default(true) @map("is_visible")
  createdAt DateTime @default(now()) @map("created_at")

  @@index([isVisible])
//         ^^^^^^^^^ `isVisible` has two values: an index on it alone seldom pays
  @@map("products")
}
```

```prisma fixed
model Product {
  id        String   @id @default(uuid(7)) @db.Uuid
  isVisible Boolean  @default(true) @map("is_visible")
  createdAt DateTime @default(now()) @map("created_at")

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| remove it | one index less | where one value is rare, its rows are now searched for in the whole table | writes get quicker | drops an index | none |
| add the date to it | serves "the latest visible ones" without a sort | a larger index | lists get quicker | drops one index and creates another | follows the lists |
| partial index | holds only the rows that are looked for | needs the preview feature `partialIndexes` | the smallest index, quick while the value is rare | as above | follows the queries |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import is_complete, is_indexed_alike, is_removable, without, written
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.tenancy import drop_prefixes
from prisma_lsp.lint.timestamps import says_created
from prisma_lsp.schema.declarations import Field, Index, Model
from prisma_lsp.schema.relations import tenant_key

_WITH_PARTIAL = ("postgresql", "cockroachdb", "sqlite")


@dataclass(frozen=True)
class Options:
    enum_values: int = 0
    """Also speak of an enum with at most this many values."""


@rule(level="info", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or not model.indexes:
        return
    for index in model.indexes:
        if index.kind != "index" or len(index.columns) != 1 or index.where is not None:
            continue
        field = model.fields.get(index.names[0])
        if field is None or field.is_list or not is_complete(model, index):
            continue
        count = _values(field, context)
        if count == 0 or is_indexed_alike(model, index):
            continue
        column = index.columns[0]
        yield Finding(
            index.line,
            column.start,
            column.end,
            f"`{field.name}` has {'two' if count == 2 else count} values: an index on it alone seldom pays",
            lambda bench, index=index, field=field: fixes(model, index, field, bench),  # type: ignore[misc]
        )


def _values(field: Field, context: Context) -> int:
    """How many values the field can have, where they are few; else 0."""
    if field.type_name == "Boolean":
        return 2
    if context.options.enum_values:
        values = context.enum_values(field.type_name)
        if values and len(values) <= context.options.enum_values:
            return len(values)
    return 0


def fixes(model: Model, index: Index, field: Field, bench: Workbench) -> Iterable[Fix]:
    if is_removable(model, index):
        title = f"Remove {written(index)}: nearly every query reads the table anyway (drops an index)"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
    created = next((f for f in model.all_fields if f.type_name == "DateTime" and says_created(f)), None)
    if created is None:
        return
    attribute = index.attribute
    # In a table of a tenant, lists are the tenant's.
    tenant = tenant_key(model, bench.schema, bench.environment.settings.tenant_key) or ()
    lead = "".join(f"{name}, " for name in tenant if name != field.name)
    text = f"@@index([{lead}{field.name}, {created.name}(sort: Desc)])"
    draft = bench.draft().replace(model, index.line, attribute.start, attribute.end, text)
    names = (*(name for name in tenant if name != field.name), field.name, created.name)
    gone = drop_prefixes(draft, model, index, names)
    drops = f"drops it and {', '.join(gone)}" if gone else "drops one index"
    yield Fix(f"Make it {text}: serves the latest first ({drops}, creates another)", "R", draft.edits)
    partial = "partialIndexes" in bench.schema.preview_features()
    if partial and field.type_name == "Boolean" and (bench.schema.provider() or "") in _WITH_PARTIAL:
        text = f"@@index([{lead}{created.name}(sort: Desc)], where: {{ {field.name}: true }})"
        edits = bench.draft().replace(model, index.line, attribute.start, attribute.end, text).edits
        title = f"Make it {text}: holds only those rows (drops one index, creates another)"
        yield Fix(title, "R", edits)
