'''A model that joins two others needs a key over both, or the same pair can be stored twice.

A double click is enough for two equal memberships, likes or tags, and from then on every count is
wrong. The rule speaks of a model that holds two required foreign keys and nothing else of its own
but an id, the tenant's key, dates, a role or a position. What is recorded again and again (a view, a visit, a message)
is left alone, and so is a model whose name does not speak of a pair (`Impersonation`) and one with a
key over the pair and more.

```prisma
model ProductTag {
//    ^^^^^^^^^^ Nothing keeps a pair of `productId` and `tagId` from being stored twice
  id        String  @id @default(uuid(7)) @db.Uuid
  product   Product @relation(fields: [productId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  productId String  @map("product_id") @db.Uuid
  tag       Tag     @relation(fields: [tagId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  tagId     String  @map("tag_id") @db.Uuid

  @@index([productId])
  @@index([tagId])
  @@map("product_tags")
}

model Product {
  id   String       @id @default(uuid(7)) @db.Uuid
  tags ProductTag[]

  @@map("products")
}

model Tag {
  id       String       @id @default(uuid(7)) @db.Uuid
  products ProductTag[]

  @@map("tags")
}
```

```prisma fixed
model ProductTag {
  id        String  @id @default(uuid(7)) @db.Uuid
  product   Product @relation(fields: [productId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  productId String  @map("product_id") @db.Uuid
  tag       Tag     @relation(fields: [tagId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  tagId     String  @map("tag_id") @db.Uuid

  @@unique([productId, tagId])
  @@index([tagId])
  @@map("product_tags")
}

model Product {
  id   String       @id @default(uuid(7)) @db.Uuid
  tags ProductTag[]

  @@map("products")
}

model Tag {
  id       String       @id @default(uuid(7)) @db.Uuid
  products ProductTag[]

  @@map("tags")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@@unique` over both keys | a pair exists once; `upsert` and `connectOrCreate` can name it | inserts of a pair that exists fail | takes the place of the first key's index | creates a unique index; fails while pairs repeat | none |
| `@@id` over both keys, without an id of its own | one column and one index less | nothing can refer to a row by one id | the smallest | replaces the primary key; by hand | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.overlap import is_removable, without
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.tenancy import tenant_field
from prisma_lsp.schema.declarations import Field, Index, Model
from prisma_lsp.schema.relations import requires_key

# What a pair may say of itself without being more than a pair, in small letters without underscores.
_DETAILS = frozenset({
    "role", "position", "order", "sortorder", "orderindex", "rank", "displayorder", "isprimary",
    "isdefault", "isowner", "isadmin", "ispinned", "primary",
})  # fmt: skip
# Words of what is there once or not at all, in small letters.
_PAIRS = (
    "member", "like", "follow", "favorite", "favourite", "wishlist", "bookmark", "subscri", "vote",
    "star", "assign", "enrol", "particip", "attendee", "friend", "block", "access", "permission",
    "collaborat", "contributor", "mapping", "join", "link",
)  # fmt: skip
# Words of what happens more than once between the same two.
_REPEATED = (
    "view", "visit", "message", "chat", "log", "event", "history", "audit", "click", "download",
    "notification", "session", "attempt", "watch", "play", "transaction", "payment", "order",
    "booking", "request", "invite", "invitation", "activity", "impression", "usage", "conversation",
    "match", "game", "transfer", "report", "match", "cart", "draft", "search", "submission", "call",
    "appointment", "rental", "loan", "checkin", "attendance", "shift", "read",
)  # fmt: skip


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or model.block.problems:
        return
    held = list(model.held_relations)
    # Whose the pair is, is no part of it.
    tenant = tenant_field(model, context) if len(held) == 3 else None
    owner = [field for field in held if tenant is not None and field.key == (tenant,)]
    held = [field for field in held if field not in owner]
    if len(held) != 2 or not all(_is_required(field) for field in held):
        return
    columns = set(held[0].key or ()) | set(held[1].key or ())
    if len(columns) != 2:
        return
    for index in model.indexes:
        # A key over more than the pair says that a pair may come several times.
        if index.is_unique and (set(index.names) <= columns or columns <= set(index.names)):
            return
    identity = set(model.id.names) if model.id is not None else set()
    for field in model.all_fields:
        if field in held or field in owner or field.name in columns or field.name in (*identity, tenant):
            continue
        if field.is_list or not _is_detail(field):
            return
        if context.kind_of(field.type_name) in ("model", "view"):
            return
    title = f"{model.name} {model.table}".lower()
    if any(word in title for word in _REPEATED) or not _is_pair(model, held, is_owned=bool(owner)):
        return
    if kept_by_library(model, context) is not None:
        return
    if any(context.kind_of(field.type_name) != "model" for field in held):
        return
    first, second = [field.key[0] for field in held if field.key]
    name = model.name_node
    yield Finding(
        model.block.header,
        name.start,
        name.end,
        f"Nothing keeps a pair of `{first}` and `{second}` from being stored twice",
        lambda bench: fixes(model, (first, second), bench),
    )


def _is_pair(model: Model, held: list[Field], *, is_owned: bool) -> bool:
    """Whether the name says so: it holds one of the two models' names, or a word for a pair."""
    title = model.name.lower()
    named = [field.type_name.lower().rstrip("s") in title for field in held]
    if is_owned:
        # Beside the tenant, a membership may hold who invited whom: only both names are sure.
        return all(named)
    return any(named) or any(word in title for word in _PAIRS)


def _is_required(field: Field) -> bool:
    columns = [field.owner.fields.get(name) for name in field.key or ()]
    return requires_key(field) and not any(c is None or c.is_optional or c.is_list for c in columns)


def _is_detail(field: Field) -> bool:
    return field.type_name == "DateTime" or field.name.replace("_", "").lower() in _DETAILS


def fixes(model: Model, pair: tuple[str, str], bench: Workbench) -> Iterable[Fix]:
    if model.block.close < 0:
        return
    text = f"@@unique([{', '.join(pair)}])"
    covered = [index for index in model.indexes if _is_covered(index, pair) and is_removable(model, index)]
    draft = bench.draft()
    if covered:
        first, *rest = covered
        attribute = first.attribute
        draft.replace(model, first.line, attribute.start, attribute.end, text)
        for index in rest:
            without(draft, model, index)
    else:
        draft.add_block_attribute(model, text)
    takes = f" in place of @@index([{', '.join(covered[0].names)}])" if covered else ""
    yield Fix(
        f"Add {text}{takes} (creates a unique index; fails while pairs repeat)",
        "R",
        draft.edits,
        preferred=True,
    )


def _is_covered(index: Index, pair: tuple[str, str]) -> bool:
    """Whether the new key does the work of a plain index."""
    if index.kind != "index" or index.where is not None or index.type not in (None, "BTree"):
        return False
    if any(column.ops or column.length for column in index.columns):
        return False
    return index.names in (pair, pair[:1])
