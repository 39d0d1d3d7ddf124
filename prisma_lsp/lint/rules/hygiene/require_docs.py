'''What a table is for is known to who made it; `///` tells everybody else, in the editor and in the client.

`of` says what has to be documented. A comment with two slashes right above is turned into
documentation by the fix; what is not written anywhere no fix can write.

```settings
preset = "all"
```

```prisma
// What a customer has bought.
model Order {
//    ^^^^^ `Order` has no `///` above it that says what it is for
  id String @id @default(uuid(7)) @db.Uuid

  @@map("orders")
}
```

```prisma fixed
/// What a customer has bought.
model Order {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("orders")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the comment above, with a third slash | editor, client and database tools show what it is for | somebody has to know, and write it | none | none | kept true by whoever changes the meaning |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Declaration, Enum, Field, Model


@dataclass(frozen=True)
class Options:
    of: tuple[str, ...] = ("models", "enums")
    """What has to be documented: `models` (views and composite types too), `enums`, `fields`."""


_WHAT = {"model": "models", "view": "models", "type": "models", "enum": "enums"}


@rule(level="info", preset="all", options=Options)
def check(declaration: Declaration, context: Context) -> Iterator[Finding]:
    of = context.options.of
    what = _WHAT.get(declaration.kind)
    if what is None:
        return
    header = declaration.block.header
    if what in of and not _is_documented(declaration, header):
        name = declaration.name_node
        yield Finding(
            header, name.start, name.end, f"`{declaration.name}` has no `///` above it that says what it is for",
            lambda bench: fixes(declaration, header, bench),
        )  # fmt: skip
    if "fields" in of and isinstance(declaration, (Model, Enum)):
        things = declaration.all_fields if isinstance(declaration, Model) else declaration.values
        for thing in things:
            if "///" not in thing.node.comment and not _is_documented(declaration, thing.line):
                if isinstance(thing, Field) and context.kind_of(thing.type_name) in ("model", "view"):
                    continue
                name = thing.node.name
                yield Finding(
                    thing.line, name.start, name.end, f"`{thing.name}` has no `///` above it that says what it is for",
                    lambda bench, line=thing.line: fixes(declaration, line, bench),  # type: ignore[misc]
                )  # fmt: skip


def _above(declaration: Declaration, line: int) -> Iterator[tuple[int, str]]:
    """(line, text) of the comment lines right above a line, the nearest first."""
    lines = declaration.block.lines
    while line > 0 and lines[line - 1].lstrip().startswith("//"):
        line -= 1
        yield line, lines[line]


def _is_documented(declaration: Declaration, line: int) -> bool:
    return any(text.lstrip().startswith("///") for _, text in _above(declaration, line))


def fixes(declaration: Declaration, line: int, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft()
    found = [(at, text) for at, text in _above(declaration, line) if "-ignore" not in text]
    if not found:
        return
    for at, text in found:
        column = len(text) - len(text.lstrip()) + 2
        draft.insert(declaration, at, column, "/")
    yield Fix("Turn the comment above into documentation", "T", draft.edits, preferred=True)
