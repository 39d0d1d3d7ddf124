'''An enum is a type in the database; in lower snake_case it needs no quotes in a cast.

Only PostgreSQL and CockroachDB give enums a name. The rule asks for `@@map` where the type would be
called after the enum, and corrects one that is there. The fix is text only while the type is new;
Prisma Migrate would not rename a type that exists but drop and re-create every column that has it.

```settings
preset = "strict"
database = "new"
```

```prisma
enum OrderStatus {
//   ^^^^^^^^^^^ Enum type `OrderStatus` should be `order_status`: lower snake_case
  OPEN
  PAID
}
```

```prisma fixed
enum OrderStatus {
  OPEN
  PAID

  @@map("order_status")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@@map`, the type is new | casts without quotes | none | none | part of the one that creates the type | none |
| `@@map`, the type exists | casts without quotes | the values of every column of the type; with a migration in place: none | none | drops and adds columns | none |
'''

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import provider_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Enum
from prisma_lsp.syntax import nodes


@rule(level="warning", preset="strict")
def check(enum: Enum, context: Context) -> Iterator[Finding]:
    name = enum.database_name
    target = names.snake(name)
    if target == name or not names.is_snake(target) or "-" in name:
        return
    if provider_of(context) not in ("postgresql", "cockroachdb"):
        return
    place = _place(enum)
    if place is None:
        return
    line, node = place
    yield Finding(
        line,
        node.start,
        node.end,
        f"Enum type `{name}` should be `{target}`: lower snake_case",
        lambda bench: fixes(enum, target, bench),
    )


def _place(enum: Enum) -> tuple[int, nodes.Node] | None:
    for line, attribute in enum.attributes:
        if attribute.name == "map":
            value = attribute.argument("name", 0)
            return (line, value) if isinstance(value, nodes.String) and value.value else None
    return enum.block.header, enum.name_node


def _usual(bench: Workbench) -> dict[str, set[str]]:
    """The names of the enums by the name that each should have in the database."""
    found: dict[str, set[str]] = defaultdict(set)
    for enum in bench.schema.all_declarations():
        if isinstance(enum, Enum):
            found[names.snake(enum.database_name)].add(enum.name)
    return found


def fixes(enum: Enum, target: str, bench: Workbench) -> Iterable[Fix]:
    place = _place(enum)
    if place is None or enum.block.close < 0:
        return
    taken = [*bench.schema.sharers("enum", target), *bench.schema.sharers("table", target)]
    if taken or bench.once("enums by usual name", lambda: _usual(bench))[target] - {enum.name}:
        return
    draft = bench.draft()
    if enum.attribute("map") is None:
        title = f'Add @@map("{target}")'
        draft.add_block_attribute(enum, f'@@map("{target}")')
    else:
        title = f'Change @@map to "{target}"'
        draft.replace_node(enum, *place, f'"{target}"')
    if bench.is_migrated_enum(enum):
        title += ": Prisma Migrate would drop every column of this type with its data and add an empty one"
        yield Fix(title, "D", draft.edits)
    else:
        yield Fix(title, "T", draft.edits, preferred=True)
