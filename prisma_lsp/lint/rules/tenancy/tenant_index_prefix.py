'''Every query of a tenant's data asks for one tenant, so an index that does not begin with the tenant reads all of them.

An index on `status` finds the open orders of every shop; one on `shopId, status` finds this shop's.
The tenant is the setting `tenant-key`; without it, it is the foreign key to one and the same model
that at least 60 % of the models hold, and then the finding is no more than an info, as it is where
rows may have no tenant.

Left alone are indexes that begin with a foreign key (they serve its joins and deletes, which
`missing-fk-index` wants) or with an id, a token or a hash that is looked up alone, those that jobs
use for all tenants (`expiresAt`, `nextRunAt`, tables of jobs and queues …), and an index beside which
a migration makes one by hand that begins with the tenant and the same column.

```settings
tenant-key = "shopId"
```

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  shop      Shop     @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId    String   @map("shop_id") @db.Uuid
  status    String   @db.VarChar(20)

  @@index([shopId])
  @@index([status, createdAt(sort: Desc)])
//         ^^^^^^ `@@index([status, createdAt])` does not begin with the tenant's `shopId`: it reads the entries of all tenants
  @@map("orders")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("shops")
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  shop      Shop     @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId    String   @map("shop_id") @db.Uuid
  status    String   @db.VarChar(20)

  @@index([shopId, status, createdAt(sort: Desc)])
  @@map("orders")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("shops")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the tenant as first column | one tenant's rows stand together; an index on the tenant alone goes | queries over all tenants no longer use it | reads one tenant's part of the index | drops one index, creates another | none |
| leave it, with a comment that says why | jobs over all tenants stay quick | tenants' queries read every tenant's entries | none | none | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.coverage import is_covered
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.overlap import is_complete, is_removable, without, written
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.tenancy import covers, drop_prefixes, led_by, tenant_field
from prisma_lsp.schema.declarations import Index, Model

# Looked up alone: by a value that no other tenant has.
_ALONE = frozenset({
    "id", "ids", "uid", "uuid", "token", "hash", "key", "secret", "fingerprint", "email", "sha", "slug",
    "domain", "subdomain", "hostname",
})  # fmt: skip
# Swept through by jobs that work for all tenants.
_SWEPT = frozenset({
    "expires", "expire", "expiry", "expiration", "expired", "next", "scheduled", "schedule", "due",
    "retry", "locked", "lock", "processed", "processing", "attempt", "attempts", "published", "run",
    "queue", "last", "checked",
})  # fmt: skip
# Tables that jobs work through, for all tenants.
_WORKED = frozenset({"idempotency", "job", "jobs", "queue", "outbox", "lock", "locks", "cron"})


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or not model.attributes:
        return
    indexes = [i for i in model.indexes if i.kind == "index" and i.type in (None, "BTree")]
    if not indexes:
        return
    tenant = tenant_field(model, context)
    if tenant is None or _WORKED & {word.lower() for word in names.words(model.name)}:
        return
    is_guess = context.settings.tenant_key is None or model.fields[tenant].is_optional
    for index in indexes:
        first = index.columns[0] if index.columns else None
        if first is None or first.name == tenant or not is_complete(model, index):
            continue
        if _is_of_another_use(model, index) or kept_by_library(model, context):
            continue
        if is_covered(model, (tenant, first.name), context):
            continue
        yield Finding(
            index.line,
            first.start,
            first.end,
            f"`{written(index)}` does not begin with the tenant's `{tenant}`: it reads the entries of all tenants",
            lambda bench, index=index: fixes(model, index, tenant, bench),  # type: ignore[misc]
            at_most="info" if is_guess else None,
        )


def _is_of_another_use(model: Model, index: Index) -> bool:
    first = index.names[0]
    if first in model.key_fields or model.fields[first].is_list:
        return True
    parts = [[part.lower() for part in names.words(name)] for name in index.names]
    if not parts[0] or parts[0][-1] in _ALONE:
        return True
    return any(part in _SWEPT for column in parts for part in column)


def fixes(model: Model, index: Index, tenant: str, bench: Workbench) -> Iterable[Fix]:
    columns = (tenant, *(name for name in index.names if name != tenant))
    if covers(model, columns, index):
        if is_removable(model, index):
            title = f"Remove {written(index)}: another index begins with `{tenant}` and its columns (drops an index)"
            yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
        return
    value = index.attribute.argument("fields", 0)
    if value is None:
        return
    draft = bench.draft().replace_node(model, index.line, value, f"[{led_by(model, index, tenant)}]")
    gone = drop_prefixes(draft, model, index, columns) if index.where is None else []
    rest = f"; {', '.join(gone)} goes, it does that one's work" if gone else ""
    title = f"Make it @@index([{', '.join(columns)}]){rest} (drops {'two indexes' if gone else 'one index'}, creates one)"
    yield Fix(title, "R", draft.edits, preferred=True)
