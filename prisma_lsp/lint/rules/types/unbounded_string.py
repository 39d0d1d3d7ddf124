'''A text without a limit lets one caller fill the disk, and nobody knows what length the readers have to expect.

Spoken of is every `String` without a native type on PostgreSQL and CockroachDB; the other databases
have a limit of their own. Ids and foreign keys are left alone, and so are the tables of an
authentication library. `text = "forbidden"` also asks for a length where `@db.Text` is written.

Where `prefer-text-over-varchar` is switched on by name as well, no text needs a length: then this
rule only asks for the type to be written, and the fix writes `@db.Text`.

```settings
preset = "strict"
```

```prisma
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  title String
//      ^^^^^^ `title` may be of any length: give it one, or write `@db.Text`
  notes String @db.Text

  @@map("products")
}
```

```prisma fixed
model Product {
  id    String @id @default(uuid(7)) @db.Uuid
  title String @db.VarChar(255)
  notes String @db.Text

  @@map("products")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@db.VarChar(255)` | nonsense is refused | a limit to raise one day | none | checks every row, fails on a longer value | none |
| `@db.Text` | says that no limit is meant | nonsense is kept | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from prisma_lsp.lint.columns import columns, is_key, is_ours, provider_of, sized
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import retype
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import nodes


@dataclass(frozen=True)
class Options:
    text: Literal["allowed", "forbidden"] = "allowed"
    """Whether `@db.Text` says enough."""


@rule(level="warning", preset="strict", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    forbidden = context.options.text == "forbidden"
    for field in columns(model, "String"):
        native = field.native_type
        if native is not None and not (forbidden and native.name.endswith(".Text")):
            continue
        if provider_of(context) not in ("postgresql", "cockroachdb"):
            return
        if is_key(field) or not is_ours(field, context):
            continue
        if native is not None and wants_text(context.settings):
            continue
        node = native or field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` may be of any length: give it one, or write `@{context.datasource_name()}.Text`"
            if native is None and not forbidden
            else f"`{field.name}` may be of any length: give it one",
            lambda bench, field=field: fixes(field, forbidden, bench),  # type: ignore[misc]
        )


def wants_text(settings: Settings) -> bool:
    """Whether somebody has asked for `text` instead of lengths by the rule's name."""
    name = "prefer-text-over-varchar"
    level = settings.rule(name).level
    if level is not None or name in settings.ignore:
        return level is not None and level != "off"
    return name in (*(settings.select or ()), *settings.extend_select)


def fixes(field: Field, forbidden: bool, bench: Workbench) -> Iterable[Fix]:
    prefix = bench.schema.datasource_name()
    if not wants_text(bench.environment.settings):
        default = field.default
        length = max(255, len(default.value)) if isinstance(default, nodes.String) else 255
        native = sized(length, bench.schema)
        draft = bench.draft()
        keys, migrated = retype(draft, field, native, bench)
        effect = " (rewrites nothing, but fails where a value is longer)" if migrated else ""
        title = f"Make it{keys} @{prefix}.{native}{effect}"
        yield Fix(title, "D" if migrated else "T", draft.edits, True, by_choice=True)
    elif forbidden and field.native_type is not None:
        return
    if field.native_type is None and provider_of(bench.schema) == "postgresql" and not forbidden:
        draft = bench.draft()
        retype(draft, field, "Text", bench)
        yield Fix(f"Write @{prefix}.Text: says that no limit is meant", "T", draft.edits, by_choice=True)
