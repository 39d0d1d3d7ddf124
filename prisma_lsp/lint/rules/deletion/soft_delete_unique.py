'''A soft-deleted row still holds its unique values: nobody can take the e-mail, the slug or the seat again.

A unique key counts the rows that are deleted only in name. The rule speaks of keys that people
choose (`email`, `slug`, `name` …) and of keys made of foreign keys (one membership per user and
team); numbers, tokens and ids from elsewhere have to stay unique for good, and so do keys that a
relation rests on. A column that may be empty can be emptied on deletion, so there the finding is an
info; where the flag only switches a row off (`isActive`), it is a hint.

```prisma
generator client {
  provider = "prisma-client"
  output   = "../generated/prisma"
}

datasource db {
  provider = "postgresql"
}

model Page {
  id        String    @id @default(uuid(7)) @db.Uuid
  slug      String    @unique @db.VarChar(80)
//                    ^^^^^^^ `slug` stays taken by deleted `Page` rows: no new one can have the same
  deletedAt DateTime? @map("deleted_at")

  @@map("pages")
}
```

```prisma fixed
generator client {
  provider = "prisma-client"
  output   = "../generated/prisma"
  previewFeatures = ["partialIndexes"]
}

datasource db {
  provider = "postgresql"
}

model Page {
  id        String    @id @default(uuid(7)) @db.Uuid
  slug      String @db.VarChar(80)
  deletedAt DateTime? @map("deleted_at")

  @@unique([slug], where: { deletedAt: null })

  @@map("pages")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| a unique key over the living rows | a deleted row's value is free again | preview feature `partialIndexes`, Prisma 7.4 or later; not on MySQL; look at each `upsert` and `findUnique` by these fields; for a flag, Prisma 7.4 re-creates the index with each `migrate dev` | a smaller index | drops one unique index, creates another | none |
| the date as a further column (SQL Server, MongoDB) | no preview feature | elsewhere two nulls are not equal, so it would hold for no living row | one column more | drops one unique index, creates another | none |

On MySQL add a generated column that is null for deleted rows, and make it part of the key.
With Prisma before 7.4 write the partial index into a migration by hand.
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.overlap import is_complete, is_needed_unique, is_removable, on_index, without
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.soft_delete import (
    SoftDelete,
    SoftDeleteOptions,
    allow_partial,
    holds_for_living,
    may_be_partial,
    soft_delete,
)
from prisma_lsp.schema.declarations import Field, Index, Model

# The last word of a name that a person chooses and may want to choose again.
_CHOSEN = frozenset({
    "email", "mail", "slug", "name", "username", "login", "handle", "nickname", "title", "phone",
    "mobile", "domain", "subdomain", "hostname", "sku", "label", "alias", "path", "color", "position",
    "order", "rank", "index", "tag", "shortcode", "barcode", "ean", "gtin", "isbn", "plate", "url",
})  # fmt: skip
_EQUAL_NULLS = ("sqlserver", "mongodb")


@rule(level="warning", options=SoftDeleteOptions)
def check(model: Model, context: Context) -> Iterator[Finding]:
    deleted = soft_delete(model, context.options.fields)
    if deleted is None or model.is_ignored:
        return
    field = deleted.field
    for index in model.indexes:
        if index.kind != "unique" or index.where is not None or not is_complete(model, index):
            continue
        others = [name for name in index.names if name != field.name]
        if any(name not in model.fields for name in others):
            continue
        if len(others) < len(index.names) and field.type_name != "Boolean":
            continue
        if not others or not _may_be_taken_again(model, others) or holds_for_living(model, index, deleted):
            continue
        if is_needed_unique(model, index, context) or kept_by_library(model, context):
            continue
        listed = " and ".join(f"`{name}`" for name in others)
        stays = "stays" if len(others) == 1 else "stay"
        if len(others) < len(index.names):
            state = "deleted" if deleted.certain else "switched-off"
            message = f"Only one {state} `{model.name}` may have the same {listed}: deleting a second one fails"
        elif deleted.certain:
            message = f"{listed} {stays} taken by deleted `{model.name}` rows: no new one can have the same"
        else:
            message = f"{listed} {stays} taken by `{model.name}` rows that are switched off"
        finding = on_index(
            index,
            message,
            lambda bench, index=index: fixes(model, index, deleted, bench),  # type: ignore[misc]
        )
        if not deleted.certain:
            finding.at_most = "hint"
        elif any(model.fields[name].is_optional for name in others):
            # It may be emptied when the row is deleted.
            finding.at_most = "info"
        yield finding


def _may_be_taken_again(model: Model, columns: list[str]) -> bool:
    """Whether the columns are foreign keys or hold what a person chooses, and not all are one key."""
    keys = model.key_fields
    fields = [model.fields[name] for name in columns]
    if len(columns) == 1:
        return columns[0] not in keys and _is_chosen(fields[0])
    return all(field.name in keys or _is_chosen(field) for field in fields)


def _is_chosen(field: Field) -> bool:
    if field.default_function is not None or field.type_name not in ("String", "Int"):
        return False
    parts = names.words(field.name)
    if not parts or parts[-1].lower() not in _CHOSEN:
        return False
    # A URL, a path or an index may be anything, unless it is all that the name says.
    return parts[-1].lower() not in ("url", "path", "index", "order") or len(parts) == 1


def fixes(model: Model, index: Index, deleted: SoftDelete, bench: Workbench) -> Iterable[Fix]:
    if deleted.field.type_name == "Boolean" and deleted.field.is_optional:
        # A key over the living rows would say nothing of those where nobody knows.
        return
    if not is_removable(model, index) or not any(i.is_unique for i in model.indexes if i is not index):
        return
    if bench.schema.provider() in _EQUAL_NULLS and deleted.field.type_name == "DateTime":
        listed = ", ".join([*index.names, deleted.field.name])
        text = f"@@unique([{listed}])"
        draft = replaced(bench.draft(), model, index, text)
        title = f"Make it {text} (drops one unique index, creates another)"
        yield Fix(title, "R", draft.edits, preferred=True)
    if not may_be_partial(bench):
        return
    listed = ", ".join(name for name in index.names if name != deleted.field.name)
    text = f"@@unique([{listed}], {deleted.where})"
    draft = replaced(bench.draft(), model, index, text)
    if allow_partial(draft, bench):
        title = f"Make it {text}: needs Prisma 7.4 (drops one unique index, creates another)"
        yield Fix(title, "R", draft.edits, preferred=bench.schema.provider() not in _EQUAL_NULLS)


def replaced(draft: Draft, model: Model, index: Index, text: str) -> Draft:
    """``text`` in place of a unique key, and an index for each foreign key that it served alone."""
    if index.field is None:
        attribute = index.attribute
        draft.replace(model, index.line, attribute.start, attribute.end, text)
    else:
        without(draft, model, index)
        draft.add_block_attribute(model, text)
    if "where:" in text:
        for key in _served_alone(model, index):
            draft.add_block_attribute(model, f"@@index([{', '.join(key)}])")
    return draft


def _served_alone(model: Model, index: Index) -> Iterator[tuple[str, ...]]:
    for field in model.held_relations:
        key = field.key
        if key and set(index.names[: len(key)]) == set(key):
            others = (o for o in model.indexes if o is not index and o.where is None)
            if not any(set(o.names[: len(key)]) == set(key) for o in others):
                yield key
