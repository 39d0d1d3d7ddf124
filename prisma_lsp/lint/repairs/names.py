"""Repairs of names: taken, reserved or misspelt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count

from prisma_lsp.lint.fixes import Fix, as_edits
from prisma_lsp.lint.names import camel, pascal, snake
from prisma_lsp.lint.overlap import is_removable, without
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Config, Enum
from prisma_lsp.schema.rename import (
    NotPossible,
    Piece,
    rename_declaration,
    rename_field,
    rename_value,
)
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes


@repairs("reserved-name")
def reserved(wrong: Wrong) -> Iterator[Fix]:
    declaration = wrong.declaration
    if declaration is None or isinstance(declaration, Config):
        return
    kind = declaration.kind.capitalize()
    for name in (pascal(snake(declaration.name)), declaration.name + kind):
        if name == declaration.name or wrong.schema.kind_of(name) is not None:
            continue
        if declaration.name in catalogue.SCALARS:
            # Whatever has this type means Prisma's own.
            node = declaration.name_node
            draft = wrong.draft().replace_node(declaration, declaration.block.header, node, name)
            if declaration.attribute("map") is None and declaration.kind != "type" and declaration.block.close >= 0:
                draft.add_block_attribute(declaration, f'@@map("{declaration.name}")')
            yield Fix(f"Rename to `{name}` and keep the name in the database", "T", draft.edits)
            return
        yield from _renamed(wrong, name, rename_declaration, declaration)
        return


@repairs("name-spelling")
def spelling(wrong: Wrong) -> Iterator[Fix]:
    text = wrong.text
    name = text.replace("-", "_")
    if not name[:1].isalpha() or name == text:
        return
    match wrong.node:
        case nodes.FieldLine() if wrong.field is not None:
            yield from _renamed(wrong, name, rename_field, wrong.field)
        case nodes.ValueLine() if isinstance(wrong.declaration, Enum):
            value = next((v for v in wrong.declaration.values if v.line == wrong.line), None)
            if value is not None:
                yield from _renamed(wrong, name, rename_value, value)
        case nodes.PropertyLine():
            yield wrong.fix(f'Write `{name}(map: "{text}")`', f'{name}(map: "{text}")', preferred=True)
        case _:
            declaration = wrong.declaration
            if isinstance(declaration, Config):
                yield wrong.fix(f"Write `{name}`", name, preferred=True)
            elif declaration is not None and not wrong.schema.kinds_named(name):
                yield from _renamed(wrong, name, rename_declaration, declaration)


def _renamed(
    wrong: Wrong, name: str, rename: Callable[..., Iterable[Piece]], what: object
) -> Iterator[Fix]:
    """Rename something and keep what it is called in the database."""
    try:
        pieces = rename(wrong.schema, what, name)
    except NotPossible:
        return
    edits = as_edits(wrong.draft(), pieces).edits
    yield Fix(f"Rename to `{name}` and keep the name in the database", "T", edits, True)


@repairs("duplicate-name")
def duplicate_name(wrong: Wrong) -> Iterator[Fix]:
    declaration = wrong.declaration
    if declaration is None:
        return
    named = wrong.bench.once(
        f"called {declaration.name}", lambda: Counter(_signatures(wrong.schema, declaration.name))
    )
    if named[declaration.signature] > 1:
        yield _without_block(wrong, f"Remove this second `{declaration.name}`: it says the same", True)
        return
    number = next(n for n in count(2) if not wrong.schema.kinds_named(f"{declaration.name}{n}"))
    name = f"{declaration.name}{number}"
    node = declaration.name_node
    yield wrong.fix(f"Rename this one to `{name}`", name, node.start, node.end)
    yield _without_block(wrong, f"Remove this {declaration.kind} `{declaration.name}`")


@repairs("duplicate-datasource")
def duplicate_datasource(wrong: Wrong) -> Iterator[Fix]:
    declaration = wrong.declaration
    if declaration is None:
        return
    sources = wrong.bench.once(
        "datasources", lambda: [c for c in wrong.schema.configs if c.kind == "datasource"]
    )
    same = wrong.bench.once("datasources say", lambda: len({c.signature[2:] for c in sources})) == 1
    again = same and sources[0] is not declaration
    yield _without_block(wrong, f"Remove the datasource `{declaration.name}`", again)


def _signatures(schema: Schema, name: str) -> Iterator[tuple[object, ...]]:
    """What everything of a name says."""
    for declaration in (*schema.declarations(name), *schema.configs):
        if declaration.name == name:
            yield declaration.signature


def _without_block(wrong: Wrong, title: str, preferred: bool = False) -> Fix:
    draft = wrong.draft()
    for line in range(len(wrong.block.lines)):
        draft.remove_line(wrong.path, wrong.block, line)
    first, last = draft.edits[wrong.path][0], draft.edits[wrong.path][-1]
    whole = first._replace(range=first.range._replace(end_line=last.range.end_line, end=0))
    return Fix(title, "T", {wrong.path: [whole]}, preferred)


@repairs("duplicate-field")
def duplicate_field(wrong: Wrong) -> Iterator[Fix]:
    """A second field of a name; or a name that a list holds twice."""
    field = wrong.field
    model = wrong.model
    if wrong.attribute is not None:
        yield from wrong.remove_item(preferred=True)
        return
    if field is None or model is None:
        return
    first = model.fields[field.name]
    same = first.signature == field.signature
    yield wrong.remove_line(f"Remove this second `{field.name}`", preferred=same)
    if not same:
        name = next(f"{field.name}{n}" for n in count(2) if f"{field.name}{n}" not in model.fields)
        yield wrong.fix(f"Rename this one to `{name}`", name)


@repairs("duplicate-value")
def duplicate_value(wrong: Wrong) -> Iterator[Fix]:
    node = wrong.node
    if isinstance(node, nodes.ValueLine):
        yield wrong.remove_line(f"Remove this second `{node.name.value}`", preferred=not node.attributes)


@repairs("duplicate-column")
def duplicate_column(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.field.attribute("map") if wrong.field is not None else None
    if attribute is not None:
        yield from wrong.remove_attribute(attribute)


@repairs("duplicate-table")
def duplicate_table(wrong: Wrong) -> Iterator[Fix]:
    yield from wrong.remove_attribute()


@repairs("duplicate-constraint")
def duplicate_constraint(wrong: Wrong) -> Iterator[Fix]:
    model = wrong.model
    attribute = wrong.attribute
    if model is None or attribute is None:
        return
    index = next((i for i in model.indexes if i.attribute is attribute), None)
    if index is not None:
        twin = next(
            (i for i in model.indexes if i is not index and i.kind == index.kind and i.names == index.names), None
        )
        if twin is not None and is_removable(model, index):
            yield Fix(
                "Remove this key: another says the same", "T", without(wrong.draft(), model, index).edits, True
            )
    yield from _without_map(wrong)


@repairs("name-length")
def name_length(wrong: Wrong) -> Iterator[Fix]:
    yield from _without_map(wrong)


def _without_map(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    for argument in (attribute.arguments if attribute is not None else None) or ():
        if argument.name is not None and argument.name.value in ("map", "name") and attribute is not None:
            if attribute.name == "relation" and argument.name.value == "name":
                continue
            for fix in wrong.remove_argument(argument):
                yield fix._replace(title=f"Remove `{argument.name.value}`: Prisma makes the name", safety="R")


@repairs("key-name")
def key_name(wrong: Wrong) -> Iterator[Fix]:
    model = wrong.model
    if model is None:
        return
    for index in model.indexes:
        if index.field is not None or not index.is_unique or not index.names:
            continue
        if wrong.attribute is not None and wrong.attribute is not index.attribute:
            continue
        given = index.attribute.argument("name")
        clash = model.fields.get("_".join(index.names))
        if wrong.attribute is not None and clash is not None:
            # Under the name that it has by itself a key clashes whatever its `name` is.
            other = camel(clash.name)
            if other not in model.fields:
                for fix in _renamed(wrong, other, rename_field, clash):
                    yield fix._replace(title=f"Rename the field `{clash.name}` to `{other}` and keep its column", preferred=False)
            return
        if not isinstance(given, nodes.String):
            continue
        if wrong.attribute is None and given.value not in model.fields:
            continue
        taken = {*model.fields, *(getattr(i.attribute.argument("name"), "value", None) for i in model.indexes)}
        plain = "_".join(index.names).replace(".", "_")
        names = chain((plain, f"{plain}_key"), (f"{plain}_key{i}" for i in count(2)))
        name = next(n for n in names if n not in taken)
        draft = wrong.draft().set_argument(model, index.line, index.attribute, "name", f'"{name}"')
        yield Fix(f"Call the key `{name}` in the client", "T", draft.edits, True)
        return


