'''A unique key does not hold for rows with a null in it: two nulls are never equal.

`@@unique([shopId, parentId, name])` lets two top-level categories of one shop have the same name,
because their `parentId` is null. The rule speaks where null is a value like any other: an optional
foreign key (null: none), a date (null: not paid), a flag or an enum. A `deletedAt` is a matter for
`soft-delete-unique-null`. An optional text or number, such as a `sku` that not every product has, is
usually meant to repeat; the option `every` asks for those, too.

SQL Server and MongoDB treat nulls as equal, so there the rule is silent, and so it is where a partial
unique key covers the rows with the null, and where rows belong to one of several optional parents
with such a key for each of them.

```prisma
model Category {
  id       String     @id @default(uuid(7)) @db.Uuid
  shopId   String     @map("shop_id") @db.Uuid
  name     String     @db.VarChar(100)
  parentId String?    @map("parent_id") @db.Uuid
  parent   Category?  @relation("tree", fields: [parentId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  children Category[] @relation("tree")

  @@unique([shopId, parentId, name])
//                  ^^^^^^^^ Rows without `parentId` may repeat `shopId` and `name`: two nulls are never equal
  @@index([parentId])
  @@map("categories")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a partial key beside it | holds for the rows with the null, too | needs the preview feature `partialIndexes`, Prisma 7.4 or later, PostgreSQL, CockroachDB, SQLite | one small index to write on those rows | creates a unique index; fails where rows repeat already | keep both keys in step |
| make the field required | one key says it all | a value has to stand for "none" | none | fails while there are nulls | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.columns import may_be
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import indexes_of
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.soft_delete import DATES
from prisma_lsp.schema.declarations import Field, Index, Model
from prisma_lsp.syntax import nodes

_WITH_PARTIAL = ("postgresql", "cockroachdb", "sqlite")


@dataclass(frozen=True)
class Options:
    every: bool = False
    """Also where the optional field is a plain text or number."""


@rule(level="info", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    for index in indexes_of(model):
        if index.kind != "unique" or len(index.columns) < 2 or index.where is not None:
            continue
        fields = [model.fields.get(name) for name in index.names]
        if all(field is None or field.is_optional for field in fields):
            continue
        empty = [f for f in fields if f is not None and f.is_optional]
        if len(empty) != 1 or not (context.options.every or _has_meaning(empty[0], context)):
            continue
        if may_be(context, "sqlserver", "mongodb"):
            return
        field = empty[0]
        if field.name in DATES or _is_covered(model, index, field) or _is_one_of_several(model, index, field):
            continue
        column = next(c for c in index.columns if c.name == field.name)
        others = _listed([name for name in index.names if name != field.name])
        yield Finding(
            index.line,
            column.start,
            column.end,
            f"Rows without `{field.name}` may repeat {others}: two nulls are never equal",
            lambda bench, index=index, field=field: fixes(model, index, field, bench),  # type: ignore[misc]
        )


def _has_meaning(field: Field, context: Context) -> bool:
    """Whether null says something of its own rather than that there is no such value."""
    if field.type_name in ("DateTime", "Boolean"):
        return True
    if field.name in field.owner.key_fields:
        return True
    return context.kind_of(field.type_name) == "enum"


def _is_covered(model: Model, index: Index, field: Field) -> bool:
    """Whether a partial key holds for the rows where ``field`` is null."""
    rest = {name for name in index.names if name != field.name}
    for other in model.indexes:
        if not other.is_unique or not set(other.names) <= rest:
            continue
        if other.where is None:
            return True
        if isinstance(other.where, nodes.Object):
            if [key.value for key, _ in other.where.entries] == [field.name]:
                return True
        elif field.name in (text := _text(model, other)) or field.column in text:
            return True
    return False


def _is_one_of_several(model: Model, index: Index, field: Field) -> bool:
    """Whether rows belong to one of several parents, each with a key of its own: one is always null."""
    rest = set(index.names) - {field.name}
    for other in model.indexes:
        if other is index or other.kind != "unique" or len(other.names) != len(index.names):
            continue
        more = set(other.names) - rest
        if len(more) == 1 and rest < set(other.names):
            alternative = model.fields.get(next(iter(more)))
            if alternative is not None and alternative.is_optional:
                return True
    return False


def _text(model: Model, index: Index) -> str:
    assert index.where is not None
    return model.block.line(index.line)[index.where.start : index.where.end]


def fixes(model: Model, index: Index, field: Field, bench: Workbench) -> Iterable[Fix]:
    features = bench.schema.preview_features()
    if "partialIndexes" in features and (bench.schema.provider() or "") in _WITH_PARTIAL:
        rest = ", ".join(name for name in index.names if name != field.name)
        text = f"@@unique([{rest}], where: {{ {field.name}: null }})"
        edits = bench.draft().add_line(model, index.line + 1, text).edits
        title = f"Add {text} for the rows without `{field.name}` (creates a unique index; fails where rows repeat)"
        yield Fix(title, "R", edits, preferred=True)
    relation = next((f for f in model.all_fields if f.key and field.name in f.key), None)
    if relation is None and field.type_name != "DateTime" and field.node.type is not None:
        kind = field.node.type
        edits = bench.draft().replace(model, field.line, kind.name_end, kind.end, "").edits
        if bench.is_migrated_column(field):
            title = f"Make `{field.name}` required (sets NOT NULL: fails while there are nulls)"
            yield Fix(title, "D", edits)
        else:
            yield Fix(f"Make `{field.name}` required (creates the column with NOT NULL)", "R", edits)


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
