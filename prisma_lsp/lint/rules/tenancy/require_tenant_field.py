'''A table that should belong to a tenant but does not say to which cannot be kept apart, exported or deleted per tenant.

Which models belong to a tenant, only the team knows: the option `models` names them, and so does a
line `/// @tenant` above the model. The tenant's field is the setting `tenant-key`; without it, it is
the foreign key to one and the same model that at least 60 % of the models hold.

On a table that holds rows there is no migration in place for a required field: only the team knows
whose the rows are. Add it as optional, fill it, and require it then.

```settings
tenant-key = "shopId"
```

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String @map("shop_id") @db.Uuid

  @@index([shopId])
  @@map("orders")
}

/// @tenant
model Discount {
//    ^^^^^^^^ `Discount` belongs to a tenant but has no `shopId`
  id   String @id @default(uuid(7)) @db.Uuid
  rate Int

  @@map("discounts")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("shops")
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String @map("shop_id") @db.Uuid

  @@index([shopId])
  @@map("orders")
}

/// @tenant
model Discount {
  id   String @id @default(uuid(7)) @db.Uuid
  shop Shop? @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String? @map("shop_id") @db.Uuid
  rate Int

  @@index([shopId])

  @@map("discounts")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
  discounts Discount[]

  @@map("shops")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a required key | no row without a tenant | on a table with rows Prisma's migration fails; the one in place takes the key from a required relation, or waits for you to say it | one index | adds a required column, an index and a foreign key | none |
| an optional key first | works on a table with rows | until it is filled and made required, rows without a tenant | one index | adds a column, an index and a foreign key | a second migration |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Edits, Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.order import line_for
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.relations import tenant_key

_MARK = "@tenant"


@dataclass(frozen=True)
class Options:
    models: tuple[str, ...] = ()
    """The names of the models that belong to a tenant; `*` and `?` stand for any letters."""


@rule(level="warning", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    patterns = context.options.models
    is_marked = _MARK in model.docs and _MARK in model.docs.split()
    if not is_marked and not any(fnmatchcase(model.name, pattern) for pattern in patterns):
        return
    if model.kind != "model" or model.is_ignored or not model.indexes:
        return
    setting = context.settings.tenant_key
    tenant = context.tenant()
    name = setting or (_key_of(tenant) if tenant is not None else None)
    if name is None or (setting is None and tenant == model.name):
        return
    if tenant_key(model, context, setting) is not None or kept_by_library(model, context):
        return
    at = model.name_node
    yield Finding(
        model.block.header,
        at.start,
        at.end,
        f"`{model.name}` belongs to a tenant but has no `{name}`",
        lambda bench: fixes(model, name, bench),
    )


def _key_of(tenant: str) -> str:
    return f"{tenant[:1].lower()}{tenant[1:]}Id"


def fixes(model: Model, name: str, bench: Workbench) -> Iterable[Fix]:
    sample = _sample(name, bench)
    if sample is None or model.id is None or model.id.field is None:
        return
    relation, column = sample
    migrated = bench.is_migrated_table(model)
    made = "an index and a foreign key"
    required = _edits(model, relation, column, "", bench)
    if required is None:
        return
    how = f" (adds a required column, {made}: fails while the table holds rows)" if migrated else ""
    yield Fix(f"Add `{column.name}`{how}", "D" if migrated else "T", required, preferred=not migrated)
    if migrated:
        optional = _edits(model, relation, column, "?", bench)
        assert optional is not None
        title = f"Add `{column.name}`, optional until every row has one (adds a column, {made})"
        yield Fix(title, "R", optional, preferred=True)


def _sample(name: str, bench: Workbench) -> tuple[Field, Field] | None:
    """A relation to the tenant and the column that holds its key, as another model has them."""
    wanted = bench.environment.settings.tenant_key
    tenant = bench.schema.tenant()
    for other in bench.schema.all_declarations():
        if not isinstance(other, Model) or other.kind != "model":
            continue
        for relation in other.all_fields:
            key = relation.key
            if key is None or len(key) != 1 or len(relation.references or ()) != 1 or relation.relation_name:
                continue
            if (key[0] == wanted) if wanted is not None else (relation.type_name == tenant):
                column = other.fields.get(key[0])
                if column is not None:
                    return relation, column
    return None


def _edits(
    model: Model, relation: Field, column: Field, arity: str, bench: Workbench
) -> Edits | None:
    target = bench.schema.model(relation.type_name)
    back = names.plural(model.name[:1].lower() + model.name[1:])
    assert model.id is not None and model.id.field is not None
    if target is None or target.block.close < 0 or not target.all_fields or back in target.fields:
        return None
    if relation.name in model.fields or column.name in model.fields:
        return None
    kept = [a for a in column.node.attributes if a.name == "map" or "." in a.name]
    text = column.owner.block.line(column.line)
    rest = "".join(f" {text[a.start : a.end]}" for a in kept)
    draft = bench.draft()
    line = line_for(model, column.name, "relations", model.id.field.line + 1, bench)
    actions = "onDelete: Restrict, onUpdate: Cascade"
    references = ", ".join(relation.references or ())
    draft.add_line(
        model, line,
        f"{relation.name} {target.name}{arity} "
        f"@relation(fields: [{column.name}], references: [{references}], {actions})",
    )  # fmt: skip
    draft.add_line(model, line, f"{column.name} {column.type_name}{arity}{rest}")
    draft.add_block_attribute(model, f"@@index([{column.name}])")
    last = line_for(target, back, "lists", target.all_fields[-1].line + 1, bench)
    draft.add_line(target, last, f"{back} {model.name}[]")
    return draft.edits
