'''Ids in a list have no foreign key: they point at rows that are gone, and no join finds who is pointed at.

Spoken of are lists, `Json` and texts called `…Ids` where the schema has a model of that name, and a
single text called `…Ids` or `tags`, whose values nothing keeps apart but a comma. MongoDB, where
such a list is how relations are made, is left alone.

```prisma
model Project {
  id        String   @id @default(uuid(7)) @db.Uuid
  memberIds String[] @default([]) @map("member_ids")
//^^^^^^^^^ `memberIds` holds ids of `Member` without a foreign key: they outlive the rows they point at

  @@map("projects")
}

model Member {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("members")
}
```

| answer | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a relation `Member[]` on both sides | foreign keys, joins, cascades | a hidden table without columns of its own | indexed both ways | creates a table, move the ids | none |
| a model between the two | as above, with its own columns | one model more | indexed both ways | creates a table, move the ids | none |
| `String[]`, for values that are no ids | each value can be asked for | PostgreSQL and CockroachDB only | with `@@index([tags], type: Gin)` quick | splits the text, by hand | none |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import is_ours, provider_of, words_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Model

_TYPES = ("String", "Int", "BigInt", "Json")
_IDS = ("Ids", "IDs", "ids", "IDS")


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model":
        return
    for field in model.all_fields:
        name = field.name
        is_text = field.type_name == "String" and not field.is_list
        if not name.endswith(_IDS) and not (is_text and name.lower() == "tags"):
            continue
        if (not field.is_list and field.type_name not in ("String", "Json")) or field.type_name not in _TYPES:
            continue
        if not is_ours(field, context) or provider_of(context) == "mongodb":
            continue
        target = _target(name[:-3], context) if name.endswith(_IDS) else None
        if target is not None:
            message = f"`{name}` holds ids of `{target}` without a foreign key: they outlive the rows they point at"
        elif is_text and words_of(name)[-1] in ("ids", "tags"):
            message = f"`{name}` holds several values in one text: no index finds one of them, and nothing checks them"
        else:
            continue
        yield Finding(field.line, field.node.name.start, field.node.name.end, message)


def _target(stem: str, context: Context) -> str | None:
    """The model that ids called so point at: ``leadUser`` → User."""
    parts = names.words(stem)
    for start in range(len(parts)):
        candidate = "".join(part[:1].upper() + part[1:] for part in parts[start:])
        if context.kind_of(candidate) == "model":
            return candidate
    return None
