'''On MySQL a `String` without a native type holds 191 characters, so a longer description is refused in production.

Spoken of are fields whose name says that people or programs write long texts there (`description`,
`content`, `notes`, `payload`, `url` …). Keys and indexed fields are left alone: MySQL cannot index
a `TEXT` whole.

```prisma
datasource db {
  provider = "mysql"
}

model Product {
  id          String @id @default(uuid(7)) @db.Char(36)
  description String
//^^^^^^^^^^^ `description` holds 191 characters on MySQL: a longer text is refused

  @@map("products")
}
```

```prisma fixed
datasource db {
  provider = "mysql"
}

model Product {
  id          String @id @default(uuid(7)) @db.Char(36)
  description String @db.Text

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@db.Text` | 64 kB | no default value, no plain index | read apart from the row | changes the column's type | none |
| `@db.VarChar(1000)` | may have a default and an index | a limit again | in the row | changes the column's type | raise it one day |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns, is_key, is_ours, provider_of, set_native, words_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model

_LONG = frozenset({
    "description", "body", "content", "contents", "notes", "note", "bio", "biography", "comment",
    "comments", "message", "markdown", "html", "payload", "url", "text", "summary", "abstract",
    "instructions", "terms", "feedback", "answer", "review", "reason", "stacktrace",
})  # fmt: skip


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    texts = columns(model, "String")
    if not texts or provider_of(context) != "mysql":
        return
    for field in texts:
        if field.arity == "[]" or field.native_type is not None:
            continue
        words = words_of(field.name)
        if not words or words[-1] not in _LONG or is_key(field) or not is_ours(field, context):
            continue
        if any(field.name in index.names for index in model.indexes):
            continue
        yield Finding(
            field.line,
            field.node.name.start,
            field.node.name.end,
            f"`{field.name}` holds 191 characters on MySQL: a longer text is refused",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    prefix = bench.schema.datasource_name()
    is_new = not bench.is_migrated_column(field)
    effect = "" if is_new else " (changes the column's type)"
    choices = [("VarChar(1000)", "may have a default and an index")]
    if field.attribute("default") is None:
        choices.insert(0, ("Text", "64 kB"))
    for number, (native, gain) in enumerate(choices):
        draft = set_native(bench.draft(), field, native, prefix)
        yield Fix(f"Make it @{prefix}.{native}: {gain}{effect}", "T" if is_new else "R", draft.edits, number == 0)
