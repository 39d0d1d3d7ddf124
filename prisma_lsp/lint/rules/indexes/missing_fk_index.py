"""A foreign key without an index makes every delete and every join on the parent read the whole child table.

PostgreSQL, CockroachDB, SQLite and SQL Server make no index for a foreign key; MySQL does, so there
the rule is silent unless `relationMode = "prisma"` leaves the foreign key out. The key's columns
have to be the first columns of an index, a unique key or the primary key; in which order they stand
there does not matter. An index that only a migration makes counts as well, also one `WHERE` the key
`IS NOT NULL`.

```prisma
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @map("shop_id") @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id])
//       ^^^^ No index starts with `shopId`, the foreign key of `shop`
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}
```

```prisma fixed
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @map("shop_id") @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id])

  @@index([shopId])
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the key alone | deletes and joins on the parent stop reading the whole table | one small index to write on each insert | reads by the key alone | `CREATE INDEX` | none |
| the key, then newest first | also serves "the latest of this parent" without a sort | a wider index | reads by the key, with the newest first | `CREATE INDEX` | keep it when lists sort by `createdAt` |
| tenant, status, newest first | serves the tenant's filtered list pages from one index | the widest index | reads of one page need no other index | `CREATE INDEX` | follows the queries: change it when they change |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document, may_be
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.coverage import is_covered
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, KeyField, Model
from prisma_lsp.schema.relations import is_served, tenant_key


@rule(level="warning")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.key or model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    if may_be(context, "mysql") and context.relation_mode() == "foreignKeys" and not is_document(model, context):
        return
    if not all(name in model.fields for name in field.key) or is_served(model, field.key):
        return
    if model.block.problems:
        # The index may be on the line that cannot be read.
        return
    if is_covered(model, field.key, context):
        return
    assert field.node.type is not None
    names = ", ".join(f"`{name}`" for name in field.key)
    yield Finding(
        field.line,
        field.node.type.name_start,
        field.node.type.name_end,
        f"No index starts with {names}, the foreign key of `{field.name}`",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    model = field.owner
    key = list(field.key or ())
    newest = _newest_first(model)
    choices: list[tuple[str, str]] = [(", ".join(key), "smallest, serves joins and deletes")]
    if newest is not None:
        choices.append((", ".join([*key, newest]), "also serves the latest rows first"))
        status = model.fields.get("status")
        wanted = tenant_key(model, bench.schema, bench.environment.settings.tenant_key)
        if wanted == tuple(key) and status is not None and not status.is_list:
            columns = ", ".join([*key, "status", newest])
            choices.append((columns, "also serves lists filtered by status"))
    for number, (columns, gain) in enumerate(choices):
        text = f"@@index([{columns}])"
        edits = bench.draft().add_block_attribute(model, text).edits
        yield Fix(f"Add {text}: {gain} (creates an index)", "R", edits, preferred=number == 0)


def _newest_first(model: Model) -> str | None:
    for name in ("createdAt", "created_at"):
        field = model.fields.get(name)
        if field is not None and field.type_name == "DateTime" and not field.is_list:
            return f"{name}(sort: Desc)"
    return None
