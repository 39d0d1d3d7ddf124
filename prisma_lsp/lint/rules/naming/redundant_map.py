'''A `@map` with the name that is there anyway says nothing, and lies as soon as one of the two is renamed by hand.

The fix takes it away; the database keeps every name.

```prisma
model order {
  id     String @id @default(uuid(7)) @map("id") @db.Uuid
//                                    ^^^^^^^^^^ This `@map` repeats the name that is there anyway
  number String @map("order_number") @db.VarChar(32)

  @@map("order")
//^^^^^^^^^^^^^^ This `@@map` repeats the name that is there anyway
}
```

```prisma fixed
model order {
  id     String @id @default(uuid(7)) @db.Uuid
  number String @map("order_number") @db.VarChar(32)
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| delete it | one name less to keep in step | none | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, FixMaker, rule
from prisma_lsp.schema.declarations import Declaration, Enum, EnumValue, Field, Model
from prisma_lsp.syntax import nodes


@rule(level="info")
def check(declaration: Declaration, context: Context) -> Iterator[Finding]:
    if isinstance(declaration, Model):
        things: list[Field] | list[EnumValue] = declaration.all_fields
    elif isinstance(declaration, Enum):
        things = declaration.values
    else:
        return
    lines = declaration.block.lines
    for thing in things:
        for attribute in thing.node.attributes:
            if attribute.name != "map" or thing.name not in lines[thing.line][attribute.start :]:
                continue
            if _says(attribute, thing.name):
                yield _finding(thing.line, attribute, "@map", lambda bench, t=thing, a=attribute: _remove(t, a, bench))  # type: ignore[misc]
    for line, attribute in declaration.attributes:
        if attribute.name == "map" and _says(attribute, declaration.name):
            yield _finding(
                line, attribute, "@@map",
                lambda bench, line=line: _remove_line(declaration, line, bench),  # type: ignore[misc]
            )  # fmt: skip


def _says(attribute: nodes.Attribute, name: str) -> bool:
    if attribute.arguments is None or len(attribute.arguments) != 1:
        return False
    value = attribute.argument("name", 0)
    return isinstance(value, nodes.String) and value.value == name


def _finding(line: int, attribute: nodes.Attribute, what: str, fixes: FixMaker) -> Finding:
    return Finding(
        line,
        attribute.start,
        attribute.end,
        f"This `{what}` repeats the name that is there anyway",
        fixes,
        unused=True,
    )


def _remove(thing: Field | EnumValue, attribute: nodes.Attribute, bench: Workbench) -> Iterable[Fix]:
    before = thing.owner.block.line(thing.line)[: attribute.start]
    draft = bench.draft().replace(thing.owner, thing.line, len(before.rstrip()), attribute.end, "")
    # A rename counts on the `@map`; by touching the name the two can never be made together.
    draft.replace_node(thing.owner, thing.line, thing.node.name, thing.name)
    yield Fix("Remove @map", "T", draft.edits, preferred=True)


def _remove_line(declaration: Declaration, line: int, bench: Workbench) -> Iterable[Fix]:
    block = declaration.block
    if block.close < 0 or block.comments:
        return
    draft = bench.draft().remove_line(declaration.path, block, line)
    blank = line - 1 > block.header and not block.lines[line - 1].strip()
    if blank and line + 1 == block.close:
        draft.remove_line(declaration.path, block, line - 1)
    # As above.
    draft.replace_node(declaration, block.header, declaration.name_node, declaration.name)
    yield Fix("Remove @@map", "T", draft.edits, preferred=True)
