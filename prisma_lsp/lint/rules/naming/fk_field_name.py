'''A key called after something else than its relation makes two names for one thing: `authorId` belongs to `author`.

Spoken of is a foreign key of one column whose name and whose relation's name have nothing in common,
and that is not called like the field it points at.
The fixes rename one or the other in the schema and keep the column with `@map`.

```prisma
model Post {
  id     String @id @default(uuid(7)) @db.Uuid
  userId String @map("user_id") @db.Uuid
//^^^^^^ `userId` is the key of `author`: one of the two names should follow the other
  author User   @relation(fields: [userId], references: [id])
}

model User {
  id    String @id @default(uuid(7)) @db.Uuid
  posts Post[]
}
```

```prisma fixed
model Post {
  id     String @id @default(uuid(7)) @db.Uuid
  authorId String @map("user_id") @db.Uuid
  author User   @relation(fields: [authorId], references: [id])
}

model User {
  id    String @id @default(uuid(7)) @db.Uuid
  posts Post[]
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename the key | the relation's word stays in queries | code that reads the key changes | none | none, `@map` keeps the column | column and field differ |
| rename the relation | column and field stay alike | code that includes the relation changes | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import is_ours, plain, words_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench, rename_fix
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.rename import rename_field


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model":
        return
    for field in model.all_fields:
        if field.type_name not in catalogue.SCALARS and field.arity != "[]" and field.node.attributes:
            yield from _check(field, context)


def _check(field: Field, context: Context) -> Iterator[Finding]:
    key = field.key
    if key is None or len(key) != 1 or key[0].startswith(field.name):
        return
    column = field.owner.fields.get(key[0])
    if column is None or context.kind_of(field.type_name) not in ("model", "view"):
        return
    if is_alike(column.name, field.name) or is_alike(column.column, field.name):
        return
    if column.name in (field.references or ()):
        return
    model = field.owner
    if model.id is not None and model.id.names == key:
        # A key that is the id as well is called `id`.
        return
    if sum(key == other.key for other in model.all_fields) > 1 or not is_ours(field, context):
        return
    yield Finding(
        column.line,
        column.node.name.start,
        column.node.name.end,
        f"`{column.name}` is the key of `{field.name}`: one of the two names should follow the other",
        lambda bench: fixes(field, column, bench),
    )


def is_alike(key: str, relation: str) -> bool:
    """Whether the key's and the relation's name share a word, or one is within the other."""
    key_words = [names.singular(w) for w in words_of(key) if w not in _ENDS]
    relation_words = {names.singular(w) for w in words_of(relation)}
    if not key_words or not relation_words.isdisjoint(key_words):
        return True
    if any(one[:5] == other[:5] for one in key_words for other in relation_words if len(one) > 4):
        # `createdBy` and `creator`.
        return True
    one, other = plain("".join(key_words)), plain(relation)
    return one in other or names.singular(other) in one or _initials(relation) == one or other in one


_ENDS = frozenset(("id", "ids", "uuid", "fk", "key", "code", "ref", "by", "no", "slug", "name", "number", "email"))


def _initials(name: str) -> str:
    return "".join(word[0] for word in words_of(name))


def fixes(field: Field, column: Field, bench: Workbench) -> Iterable[Fix]:
    target = names.camel(field.name) + "Id"
    title = f"Rename the key to `{target}`"
    if column.mapped_name is None:
        title += f", and keep the column `{column.name}` with @map"
    yield from rename_fix(bench, title, lambda s: rename_field(s, column, target))
    stem = names.camel("_".join(w for w in words_of(column.name) if w not in ("id", "uuid", "fk")))
    if stem and stem != field.name:
        title = f"Rename the relation to `{stem}`"
        for fix in rename_fix(bench, title, lambda s: rename_field(s, field, stem)):
            yield fix._replace(preferred=False)
