'''A name beyond the database's limit is refused, or cut off in silence, and then Prisma never finds it again.

PostgreSQL keeps 63 bytes of a name and says so in a notice that nobody reads; every later migration
then sees a table with another name. MySQL (64 characters) and SQL Server (128) refuse it. Looked at
are tables, columns, enum types and enum values; names of keys and indexes Prisma shortens itself.

```prisma
model Shipment {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("international_shipments_with_customs_declarations_and_attachments")
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `international_shipments_with_customs_declarations_and_attachments` has 65 bytes, more than the 63 that a name may have: PostgreSQL cuts the rest off
}
```

```prisma fixed
model Shipment {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("international_shipments_with_customs_declarations_and_attachmen")
}
```

On PostgreSQL the fix writes the name that the database has cut it down to, so a table that exists
is found again.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the name that the database has cut it to | Prisma and the database call it the same again | one name in the schema, another in the database | none | none by itself; a migration made from the old schema may rename it back | none |
| on a new table, a shorter name | as above, and a name that can be said | as above | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import provider_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Declaration, Enum, EnumValue, Field, Model
from prisma_lsp.syntax import nodes

_LIMITS = {"postgresql": 63, "mysql": 64, "sqlserver": 128}
# Bytes may be four times as many as characters; no shorter name is too long anywhere.
_HARMLESS = 63 // 4
# A shorter line holds no name that is too long, unless its letters take more than a byte.
_SHORTEST = min(_LIMITS.values())


@rule(level="error", preset="essential")
def check(declaration: Declaration, context: Context) -> Iterator[Finding]:
    if isinstance(declaration, Model):
        if declaration.kind != "model":
            return
        things: list[Field] | list[EnumValue] = declaration.all_fields
    elif isinstance(declaration, Enum):
        things = declaration.values
    else:
        return
    if len(declaration.name) > _HARMLESS or declaration.attributes:
        yield from _check(declaration, context)
    lines = declaration.block.lines
    for thing in things:
        line = lines[thing.line]
        least = _SHORTEST if line.isascii() else _HARMLESS
        if len(line) <= least:
            continue
        if len(thing.name) > least:
            yield from _check(thing, context)
            continue
        for attribute in thing.node.attributes:
            if attribute.end - attribute.start > least and attribute.name == "map":
                yield from _check(thing, context)


def _check(thing: Declaration | Field | EnumValue, context: Context) -> Iterator[Finding]:
    mapped = thing.mapped_name
    name = mapped or thing.name
    if len(name) <= _HARMLESS:
        return
    provider = provider_of(context) or ""
    limit = _LIMITS.get(provider, 0)
    if not limit or _length(name, provider) <= limit or _is_skipped(thing, context):
        return
    place = _place(thing)
    if place is None:
        return
    line, node = place
    effect = "PostgreSQL cuts the rest off" if provider == "postgresql" else f"{catalogue.PROVIDER_TITLES[provider]} refuses it"
    unit = "bytes" if provider == "postgresql" else "characters"
    yield Finding(
        line,
        node.start,
        node.end,
        f"`{name}` has {_length(name, provider)} {unit}, more than the {limit} that a name may have: {effect}",
        lambda bench: fixes(thing, limit, provider, bench),
    )


def _length(name: str, provider: str) -> int:
    return len(name.encode("utf-8", "surrogatepass")) if provider == "postgresql" else len(name)


def _is_skipped(thing: Declaration | Field | EnumValue, context: Context) -> bool:
    """Whether the thing has no name in the database."""
    if isinstance(thing, Field):
        return context.kind_of(thing.type_name) not in ("scalar", "enum")
    if isinstance(thing, Enum):
        return provider_of(context) != "postgresql"
    return False


def _place(thing: Declaration | Field | EnumValue) -> tuple[int, nodes.Node] | None:
    """What names it: the string in `@map`, else its name; None while it is half typed."""
    if isinstance(thing, Declaration):
        for line, attribute in thing.attributes:
            if attribute.name == "map":
                value = attribute.argument("name", 0)
                return (line, value) if isinstance(value, nodes.String) else None
        return thing.block.header, thing.name_node
    for attribute in thing.node.attributes:
        if attribute.name == "map":
            value = attribute.argument("name", 0)
            return (thing.line, value) if isinstance(value, nodes.String) else None
    return thing.line, thing.node.name


def fixes(
    thing: Declaration | Field | EnumValue, limit: int, provider: str, bench: Workbench
) -> Iterable[Fix]:
    name = thing.mapped_name or thing.name
    short = name.encode("utf-8", "surrogatepass")[:limit].decode("utf-8", "ignore") if provider == "postgresql" else name[:limit]
    owner = thing if isinstance(thing, Declaration) else thing.owner
    place = _place(thing)
    if place is None or owner.block.close < 0:
        return
    if isinstance(thing, EnumValue) and provider == "postgresql":
        # A long label is refused there instead of cut.
        return
    if isinstance(thing, Declaration):
        taken = bool(bench.schema.sharers("table", short) or bench.schema.sharers("enum", short))
    else:
        taken = any(short in (other.name, other.mapped_name) for other in _siblings(thing))
    if taken:
        return
    draft = bench.draft()
    if thing.mapped_name is not None:
        draft.replace_node(owner, *place, f'"{short}"')
    elif isinstance(thing, Declaration):
        draft.add_block_attribute(thing, f'@@map("{short}")')
    else:
        draft.insert(owner, thing.line, thing.node.end, f' @map("{short}")')
    if bench.is_migrated(name) and provider == "postgresql":
        title = f'Call it "{short}", as PostgreSQL does already (a migration made from the old schema may rename it back)'
        yield Fix(title, "R", draft.edits, preferred=True)
    else:
        yield Fix(f'Shorten the name to "{short}"', "T", draft.edits, preferred=True)


def _siblings(thing: Field | EnumValue) -> list[Field] | list[EnumValue]:
    return thing.owner.all_fields if isinstance(thing, Field) else thing.owner.values
