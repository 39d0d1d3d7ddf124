'''Two things in one table: a hidden join table with the name of another table is silently left out.

An implicit many-to-many relation lives in a table called `_AToB`, or `_` and the relation's name. If
a model is mapped to that name, or another many-to-many relation has the same name, Prisma accepts
the schema and Prisma Migrate creates only one of the two. The other one's queries fail or, worse,
read and write rows that are not theirs.

```prisma
model Product {
  id         String     @id @default(uuid(7)) @db.Uuid
  categories Category[] @relation("catalogue")

  @@map("products")
}

model Category {
  id       String    @id @default(uuid(7)) @db.Uuid
  products Product[] @relation("catalogue")
//         ^^^^^^^ The hidden table `_catalogue` of this relation is also that of `Region` and `Shop`: only one of them is created

  @@map("categories")
}

model Shop {
  id      String   @id @default(uuid(7)) @db.Uuid
  regions Region[] @relation("catalogue")

  @@map("shops")
}

model Region {
  id    String @id @default(uuid(7)) @db.Uuid
  shops Shop[] @relation("catalogue")
//      ^^^^ The hidden table `_catalogue` of this relation is also that of `Category` and `Product`: only one of them is created

  @@map("regions")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| give the relation another name | both tables exist | the pairs that it holds are lost unless the table is renamed by hand | none | drops the hidden table and creates another | none |
| name the other table or relation anew, by hand | this relation keeps its rows | the other one's are lost | none | the same for the other | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import may_be
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, RelationField
from prisma_lsp.schema.relations import join_table, opposite
from prisma_lsp.syntax import nodes


@rule(level="error", preset="essential")
def check(field: RelationField, context: Context) -> Iterator[Finding]:
    if not field.is_list or field.key or field.owner.kind != "model":
        return
    if may_be(context, "mongodb"):
        return
    table = join_table(field, context)
    if table is None or not _speaks(field, context):
        return
    schema = field.owner.database_schema or ""
    takers = [name for name, _, where in context.sharers("table", table) if where == schema]
    if takers:
        what = f"the table of `{takers[0]}`"
    else:
        pair = _other_pair(field, schema, context)
        if pair is None:
            return
        what = f"that of {' and '.join(f'`{name}`' for name in pair)}"
    kind = field.node.type
    assert kind is not None
    yield Finding(
        field.line,
        kind.name_start,
        kind.name_end,
        f"The hidden table `{table}` of this relation is also {what}: only one of them is created",
        lambda bench: fixes(field, bench),
    )


def _speaks(field: Field, context: Context) -> bool:
    """One side of a relation speaks for both: the first in the alphabet."""
    other = opposite(field, context)
    if other is None:
        return False
    return (field.owner.name, field.name) <= (other.owner.name, other.name)


def _other_pair(field: Field, schema: str, context: Context) -> tuple[str, ...] | None:
    """The models of another many-to-many relation with the same name, the later one speaking."""
    name = field.relation_name
    if name is None:
        return None
    mine = {field.owner.name, field.type_name}
    sides = [(owner, target) for owner, target, where in context.sharers("relation", name) if where == schema]
    for owner, target in sides:
        if {owner, target} == mine:
            continue
        if (target, owner) in sides and (owner != target or sides.count((owner, owner)) == 2):
            return tuple(sorted({owner, target}))
    return None


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    other = opposite(field, bench.schema)
    if other is None:
        return
    name = f"{field.owner.name}{field.name[:1].upper()}{field.name[1:]}"
    if bench.schema.sharers("table", f"_{name}") or bench.schema.sharers("relation", name):
        return
    draft = bench.draft()
    for side in (field, other):
        relation = side.relation
        if relation is None:
            draft.append_attribute(side, f'@relation("{name}")')
            continue
        written = relation.argument("name", 0)
        if isinstance(written, nodes.String):
            draft.replace_node(side.owner, side.line, written, f'"{name}"')
        elif relation.arguments:
            draft.insert(side.owner, side.line, relation.arguments[0].start, f'"{name}", ')
        else:
            draft.replace(side.owner, side.line, relation.start, relation.end, f'@relation("{name}")')
    table = join_table(field, bench.schema) or ""
    if bench.environment.is_migrated_table(table, field.owner.database_schema):
        title = f"Call the relation `{name}` (may drop `{table}` with its rows, and creates `_{name}`)"
        yield Fix(title, "D", draft.edits, preferred=True)
    else:
        yield Fix(f"Call the relation `{name}` (creates `_{name}`)", "R", draft.edits, preferred=True)
