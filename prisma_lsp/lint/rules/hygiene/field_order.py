'''Where every model begins alike, a reader finds the id, the times and the relations without searching.

`order` lists groups and names: `id`, `timestamps`, `relations` (each key with its relation),
`scalars`, `lists` (the other sides of relations), any field's own name, and `...` for all that is
not listed. Only the order of these groups counts, not the order within one. The columns of an
`@@id([…])`, with their relations, may stand where the id would. Views and the tables of
an authentication library are left alone.

```settings
preset = "strict"
```

```prisma
model Order {
  number    String   @db.VarChar(32)
  id        String   @id @default(uuid(7)) @db.Uuid
  // the shop may not go while it has orders
  shopId    String   @map("shop_id") @db.Uuid
//^^^^^^ `shopId` belongs above `number`: the order is id, timestamps, relations, the rest
  shop      Shop     @relation(fields: [shopId], references: [id])
  createdAt DateTime @default(now()) @map("created_at")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  // the shop may not go while it has orders
  shopId    String   @map("shop_id") @db.Uuid
  shop      Shop     @relation(fields: [shopId], references: [id])
  number    String   @db.VarChar(32)
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}
```

Where blank lines set fields apart, the sections mean something, so there is no fix.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| move the fields | readers find things where they are in every other model | a large diff once; `git blame` stops at it | none: Prisma names the columns in every query | none: existing tables keep the order of their columns | the rule keeps it |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.order import ranks_of
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.schema.declarations import Field, Model


@dataclass(frozen=True)
class Options:
    order: tuple[str, ...] = ("id", "timestamps", "relations", "...")
    """Groups (`id`, `timestamps`, `relations`, `scalars`, `lists`) and names of fields, in order;
    `...` stands for the rest."""


@rule(level="info", preset="strict", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or len(model.all_fields) < 2:
        return
    ranks = ranks_of(model, context.options.order, context)
    key = model.id.field if model.id is not None else None
    if key is not None and ranks != sorted(ranks) and is_on("id-field-first", context.settings):
        # Where the id stands, that rule says.
        if _is_sorted_without(key, model, ranks):
            return
        ranks[model.all_fields.index(key)] = -1
    else:
        key = None
    if ranks == sorted(ranks) or kept_by_library(model, context) is not None:
        return
    highest = -2
    for field, at in zip(model.all_fields, ranks, strict=True):
        if at < highest and field is not key:
            before = next(f for f, r in zip(model.all_fields, ranks, strict=True) if r > at)
            name = field.node.name
            yield Finding(
                field.line,
                name.start,
                name.end,
                f"`{field.name}` belongs above `{before.name}`: the order is {_said(context.options.order)}",
                lambda bench: fixes(model, ranks, bench),
            )
            return
        highest = max(highest, at)


def _said(order: tuple[str, ...]) -> str:
    return ", ".join("the rest" if name == "..." else name for name in order)


def _is_sorted_without(key: Field, model: Model, ranks: list[int]) -> bool:
    rest = [at for field, at in zip(model.all_fields, ranks, strict=True) if field is not key]
    return rest == sorted(rest)


def fixes(model: Model, ranks: list[int], bench: Workbench) -> Iterable[Fix]:
    block = model.block
    fields = model.all_fields
    if block.close < 0 or block.comments or block.problems:
        return
    chunks: list[tuple[int, str]] = []
    start = fields[0].line
    while start - 1 > block.header and block.lines[start - 1].lstrip().startswith("//"):
        start -= 1
    first = start
    for field, at in zip(fields, ranks, strict=True):
        lines = block.lines[start : field.line + 1]
        if any(not line.strip().startswith("//") for line in lines[:-1]):
            return
        chunks.append((at, "".join(lines)))
        start = field.line + 1
    text = "".join(chunk for _, chunk in sorted(chunks, key=lambda chunk: chunk[0]))
    last = fields[-1].line
    end = len(block.lines[last].rstrip("\r\n"))
    draft = bench.draft()
    row = bench.schema.place(model).line
    if not block.lines[last].endswith("\n"):
        return
    text = text[: -2 if text.endswith("\r\n") else -1]
    from prisma_lsp.text import Edit, Range

    draft.edits[model.path] = [Edit(Range(row + first, 0, row + last, end), text)]
    yield Fix("Put the fields in order", "T", draft.edits, preferred=True)
