'''An enum that no field has is a type in the database that no column has, and one more to wonder about.

Prisma generates it for the client all the same, so look there before you remove it.

```prisma
enum Colour {
//   ^^^^^^ No field has the type `Colour`: use it or remove it
  RED
  BLUE
}

model Product {
  id String @id @default(uuid(7)) @db.Uuid
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| delete it | one thing less to wonder about | none, if nothing else names it | none | drops the type | none |
| leave it, with a comment that says why | nothing moves | the next reader asks again | none | none | the comment |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.lint.likeness import may_be_meant
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Declaration, Enum
from prisma_lsp.text import Edit, Range

_NAMED = ("postgresql", "cockroachdb", None)


@rule(level="info")
def check(enum: Enum, context: Context) -> Iterator[Finding]:
    if context.is_referenced(enum.name) or not enum.values:
        return
    if any(may_be_meant(written, enum.name) for written in context.undeclared_types()):
        return
    yield Finding(
        enum.block.header,
        enum.name_node.start,
        enum.name_node.end,
        f"No field has the type `{enum.name}`: use it or remove it",
        lambda bench: fixes(enum, bench),
        unused=True,
    )


def fixes(enum: Enum, bench: Workbench) -> Iterator[Fix]:
    if enum.block.close < 0:
        return
    edits = removed(enum, bench).edits
    if bench.schema.provider() in _NAMED and bench.is_migrated_enum(enum):
        yield Fix(f"Remove `{enum.name}`, once no code uses it (drops the type)", "R", edits, by_choice=True)
    else:
        yield Fix(f"Remove `{enum.name}`, once no code uses it", "T", edits, by_choice=True)


def removed(declaration: Declaration, bench: Workbench) -> Draft:
    """The whole block, its comments, and a blank line below it taken away."""
    draft = bench.draft()
    block = declaration.block
    row = bench.schema.place(declaration).line
    lines = bench.schema.files[declaration.path].lines
    end = row + len(block.lines)
    if end < len(lines) and not lines[end].strip() and lines[end].endswith("\n"):
        end += 1
    if not block.lines[-1].endswith("\n") or end > len(lines):
        end_line, end_column = row + len(block.lines) - 1, len(block.lines[-1])
    else:
        end_line, end_column = end, 0
    draft.edits[declaration.path] = [Edit(Range(row, 0, end_line, end_column), "")]
    return draft
