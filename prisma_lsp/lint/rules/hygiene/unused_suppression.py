"""A comment that silences nothing hides the next real finding, and one with a misspelt rule never worked.

`// prisma-lsp-ignore rule: reason` stands behind the line it speaks for or above it; above a
declaration it speaks for the whole declaration. `// prisma-lsp-ignore-file rule: reason` speaks for
its file. Several rules are separated by commas; without a rule every rule is meant. Comments that
name a rule which is switched off are left alone, and so are the comments of prisma-lint, which are
honoured too.

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at") // prisma-lsp-ignore column-name-case: old
//                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `column-name-case` finds nothing here: the comment is not needed
  updatedAt DateTime @updatedAt @map("updated_at")

  @@map("orders")
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")

  @@map("orders")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| delete the comment, or the name that fits nothing | the next real finding shows | none | none | none | none |
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import partial

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, all_rules, rule
from prisma_lsp.lint.suppression import Directive, Suppressions


@rule(level="warning")
def check(suppressions: Suppressions, context: Context) -> Iterator[Finding]:
    for index, directive in enumerate(suppressions.directives):
        # Another tool's comment may well be needed by that tool.
        if not directive.foreign:
            yield from _judge(suppressions, index, directive)


def _judge(suppressions: Suppressions, index: int, directive: Directive) -> Iterator[Finding]:
    known = {rule.name for rule in all_rules()}
    unknown = [name for name in directive.names if name not in known]
    for name in unknown:
        start = directive.names[name]
        near = difflib.get_close_matches(name, known, 1, 0.7)
        hint = f": did you mean `{near[0]}`?" if near else ""
        fixes = partial(_respell, suppressions, directive, name, near[0]) if near else None
        message = f"There is no rule `{name}`{hint}"
        yield Finding(directive.line, start, start + len(name), message, fixes)
    if unknown:
        return
    wanted = directive.names or {"": directive.start}
    unused = [name for name in wanted if _is_unused(suppressions, index, name)]
    if len(unused) < len(wanted):
        for name in unused:
            start = directive.names[name]
            message = f"`{name}` finds nothing here"
            yield Finding(directive.line, start, start + len(name), message, unused=True)
    else:
        names = ", ".join(f"`{name}`" for name in unused) if directive.names else "No rule"
        verb = "find" if len(unused) > 1 else "finds"
        what = "anything" if not directive.names else "nothing"
        yield Finding(
            directive.line,
            directive.start,
            directive.end,
            f"{names} {verb} {what} here: the comment is not needed",
            partial(_remove, suppressions, directive),
            unused=True,
        )


def _is_unused(suppressions: Suppressions, index: int, name: str) -> bool:
    if not name:
        return not suppressions.is_used(index, None)
    return name in suppressions.active and not suppressions.is_used(index, name)


def _remove(suppressions: Suppressions, directive: Directive, bench: Workbench) -> Iterable[Fix]:
    path, block = suppressions.path, suppressions.block
    draft = bench.draft()
    before = block.lines[directive.line][: directive.start].rstrip()
    if before:
        draft.replace_in_block(path, block, directive.line, len(before), directive.end, "")
    else:
        draft.remove_line(path, block, directive.line)
    yield Fix("Remove the comment", "T", draft.edits, preferred=True)


def _respell(
    suppressions: Suppressions, directive: Directive, name: str, near: str, bench: Workbench
) -> Iterable[Fix]:
    start = directive.names[name]
    draft = bench.draft()
    draft.replace_in_block(
        suppressions.path, suppressions.block, directive.line, start, start + len(name), near
    )
    yield Fix(f"Change to `{near}`", "T", draft.edits, preferred=True)
