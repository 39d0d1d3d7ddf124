'''On PostgreSQL a length costs a migration whenever somebody needs one character more; `text` is stored the same way.

This is the opposite of `unbounded-string` and of the house's lengths, so it speaks only where it is
switched on by its name. Where both are on, `unbounded-string` asks for no length any more, and this
rule's fix writes `@db.Text` instead of nothing. Keys are left alone: their other side would have to
follow.

```settings
[rules]
prefer-text-over-varchar = "warning"
```

```prisma
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  title String @db.VarChar(80)
//             ^^^^^^^^^^^^^^^ `title` has a length that only a migration can raise; `text` is stored the same way

  @@map("products")
}
```

```prisma fixed
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  title String

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| no length | no migration for one character more | the limit has to be checked in code, or by a CHECK | none: both are stored alike | changes the type at once, without reading the table | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns, is_key, is_ours, provider_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import retype
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.lint.rules.types.unbounded_string import wants_text
from prisma_lsp.schema.declarations import Field, Model


@rule(level="warning", preset="all")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "String"):
        native = field.native_type
        if native is None or not native.name.endswith(".VarChar") or not native.arguments:
            continue
        if not wants_text(context.settings) or provider_of(context) != "postgresql":
            return
        if is_key(field) or not is_ours(field, context):
            continue
        yield Finding(
            field.line,
            native.start,
            native.end,
            f"`{field.name}` has a length that only a migration can raise; `text` is stored the same way",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    prefix = bench.schema.datasource_name()
    must_say = is_on("unbounded-string", bench.environment.settings)
    draft = bench.draft()
    keys, migrated = retype(draft, field, "Text" if must_say else "", bench)
    title = f"Make it{keys} @{prefix}.Text" if must_say else f"Remove the length: `{field.name}`{keys} becomes text"
    if migrated:
        yield Fix(f"{title} (changes the column's type)", "R", draft.edits, preferred=True)
    else:
        yield Fix(title, "T", draft.edits, preferred=True)
