'''A unique key across all tenants lets one tenant take a name away from all the others.

Two shops may both sell a `black-shirt`, and neither may learn that the other does. The rule looks
at models that hold the tenant's key (see `tenant-index-prefix`) and at keys that people choose
(`slug`, `name`, `sku`, `number` …). Domains, e-mails, tokens and ids from elsewhere are unique
across tenants for good reason, and so are keys that a relation rests on.

```settings
tenant-key = "shopId"
```

```prisma
model Product {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String @map("shop_id") @db.Uuid
  sku    String @unique @db.VarChar(40)
//              ^^^^^^^ `sku` is unique across all tenants: what one `shopId` has, no other can have

  @@map("products")
}

model Shop {
  id       String    @id @default(uuid(7)) @db.Uuid
  products Product[]

  @@map("shops")
}
```

```prisma fixed
model Product {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String @map("shop_id") @db.Uuid
  sku    String @db.VarChar(40)

  @@unique([shopId, sku])

  @@map("products")
}

model Shop {
  id       String    @id @default(uuid(7)) @db.Uuid
  products Product[]

  @@map("shops")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the tenant as first column of the key | each tenant has names of its own; the key serves the tenant's foreign key, too | `findUnique` by this field alone no longer compiles: it needs the tenant | the same one index | drops one unique index, creates another | none |
| leave it, with a comment that says why | one address for all tenants, as for a public URL | a taken name tells of another tenant | none | none | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.overlap import (
    is_complete,
    is_needed_unique,
    is_removable,
    on_index,
    without,
    written,
)
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.tenancy import covers, drop_prefixes, led_by, tenant_field
from prisma_lsp.schema.declarations import Field, Index, Model

_CHOSEN = frozenset({
    "slug", "name", "title", "label", "sku", "number", "no", "code", "position", "order", "alias",
    "barcode", "color", "tag",
})  # fmt: skip
# These, in the name of the field or of the model, make it a secret or a public address.
_PUBLIC = frozenset({
    "invite", "invitation", "referral", "share", "access", "short", "verification", "tracking", "public",
    "promo", "confirmation", "recovery", "backup", "domain", "subdomain", "host", "user", "bucket",
    "oauth", "integration", "integrations", "link", "links", "token", "app",
})  # fmt: skip


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored:
        return
    uniques = [i for i in model.indexes if i.kind == "unique" and i.where is None]
    if not uniques:
        return
    if _PUBLIC & {word.lower() for word in names.words(model.name)}:
        return
    tenant = tenant_field(model, context)
    if tenant is None or model.fields[tenant].is_optional:
        return
    for index in uniques:
        if tenant in index.names or not is_complete(model, index):
            continue
        if not all(_is_chosen(model.fields[name]) for name in index.names):
            continue
        if is_needed_unique(model, index, context) or kept_by_library(model, context):
            continue
        listed = " and ".join(f"`{name}`" for name in index.names)
        are = "is" if len(index.names) == 1 else "are"
        yield on_index(
            index,
            f"{listed} {are} unique across all tenants: what one `{tenant}` has, no other can have",
            lambda bench, index=index: fixes(model, index, tenant, bench),  # type: ignore[misc]
        )


def _is_chosen(field: Field) -> bool:
    if field.default_function is not None or field.type_name not in ("String", "Int"):
        return False
    parts = [part.lower() for part in names.words(field.name)]
    return bool(parts) and parts[-1] in _CHOSEN and not _PUBLIC & set(parts)


def fixes(model: Model, index: Index, tenant: str, bench: Workbench) -> Iterable[Fix]:
    if not is_removable(model, index) or not any(i.is_unique for i in model.indexes if i is not index):
        return
    columns = (tenant, *index.names)
    draft = bench.draft()
    if any(i.is_unique and i.where is None and set(i.names) <= set(columns) for i in model.indexes if i is not index):
        without(draft, model, index)
        title = f"Remove {written(index)}: another key is unique per `{tenant}` (drops a unique index)"
        yield Fix(title, "R", draft.edits, preferred=True)
        return
    if covers(model, columns, index):
        return
    text = f"@@unique([{led_by(model, index, tenant)}])"
    if index.field is None:
        value = index.attribute.argument("fields", 0)
        if value is None:
            return
        draft.replace_node(model, index.line, value, f"[{led_by(model, index, tenant)}]")
    else:
        without(draft, model, index)
        draft.add_block_attribute(model, text)
    gone = drop_prefixes(draft, model, index, columns)
    rest = f"; {', '.join(gone)} goes, it does that one's work" if gone else ""
    yield Fix(f"Make it {text}{rest} (drops a unique index, creates one)", "R", draft.edits, preferred=True)
