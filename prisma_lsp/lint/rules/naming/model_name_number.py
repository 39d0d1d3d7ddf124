'''A model is the type of one row: `const order: Order` reads right, `const order: Orders` does not.

The table may well be called by the plural, which `@@map` says. The fix renames the model in every
file and keeps the table's name. Nouns without a singular (`Settings`, `Analytics`, `News`) are fine
as they are, and so are a row that is a set by itself (`DefaultDomains`, one for each shop: its
foreign key is unique) and the usual names of join tables (`TagsOnPosts`). Views, ignored models and
the tables of an authentication library are left alone.

```prisma
model OrderLines {
//    ^^^^^^^^^^ Model `OrderLines` should be `OrderLine`: singular
  id String @id @default(uuid(7)) @db.Uuid

  @@map("order_lines")
}
```

```prisma fixed
model OrderLine {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("order_lines")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename to the singular, keep the table by `@@map` | a type that reads as one row | code that names the model has to follow | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import matches
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import rename_declaration_fix
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.schema.declarations import Model
from prisma_lsp.syntax.memory import remembered

Number = Literal["singular", "plural", "any"]


@dataclass(frozen=True)
class Options:
    number: Number = "singular"
    """Whether a model's name is `singular` (`Order`), `plural` (`Orders`), or `any` of the two."""
    allow: tuple[str, ...] = ()
    """Names that stay as they are; `*` and `?` stand for any letters, `/…/` is a regular expression."""


@rule(level="warning", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    name = model.name
    number: Number = context.options.number
    target = wanted(name, number)
    if target == name or model.kind == "view" or model.is_ignored or "-" in name:
        return
    if number == "singular" and (_is_join(name) or _is_set(model)):
        return
    if matches(name, context.options.allow) or kept_by_library(model, context) is not None:
        return
    if is_on("model-name-case", context.settings):
        # One rename for both.
        target = names.pascal(target)
    what = "Composite type" if model.kind == "type" else "Model"
    title = f"Rename to `{target}`"
    if model.kind == "model" and model.mapped_name is None:
        title += f", and keep the table `{name}` with @@map"
    yield Finding(
        model.block.header,
        model.name_node.start,
        model.name_node.end,
        f"{what} `{name}` should be `{target}`: {number}",
        lambda bench: rename_declaration_fix(bench, title, model, target),
    )


def _is_join(name: str) -> bool:
    """Whether the name is made as Prisma's documentation makes those of join tables."""
    first, on, _ = name.partition("On")
    return bool(on) and bool(first) and not names.is_singular(names.snake(first))


def _is_set(model: Model) -> bool:
    """Whether a row stands beside one row of another table, and so may hold many things in one."""
    return any(
        index.is_unique and len(index.columns) == 1 and index.names[0] in model.key_fields
        for index in model.indexes
    )


@remembered(4096)
def wanted(name: str, number: Number) -> str:
    """The name in that number, its case and everything else as it was."""
    if number == "any" or not name.isascii():
        return name
    parts = names.words(name)
    before = "_".join(parts).lower()
    after = names.singular(before) if number == "singular" else names.plural(before)
    if after == before or after.count("_") != before.count("_"):
        return name
    out, at = "", 0
    for part, old, new in zip(parts, before.split("_"), after.split("_"), strict=True):
        start = name.index(part, at)
        # Of an acronym (DNS, AWS) nobody knows the number.
        is_same = old == new or (part.isupper() and len(part) < 5)
        out += name[at:start] + (part if is_same else _recased(part, new))
        at = start + len(part)
    return out + name[at:]


def _recased(word: str, target: str) -> str:
    """``target`` with the letters of ``word`` as far as they are the same, capitals and all."""
    same = 0
    while same < min(len(word), len(target)) and word[same].lower() == target[same]:
        same += 1
    rest = target[same:]
    return word[:same] + (rest.upper() if word.isupper() and len(word) > 1 else rest)
