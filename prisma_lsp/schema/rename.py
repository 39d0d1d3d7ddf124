"""The edits of a rename that leaves the database as it is.

Renaming a model, field, enum or value here changes every place in every file that means it, and
writes the old name into ``@map``/``@@map`` where the database's name came from it, unless ``keep``
is False: then the database's name follows.  Where no such rename exists, `NotPossible` says why.
Used by fixes and by the editor's rename.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import (
    Config,
    Declaration,
    Enum,
    EnumValue,
    Field,
    Index,
    Model,
)
from prisma_lsp.schema.relations import is_many_to_many, join_table, opposite
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.uses import (
    Use,
    name_of,
    uses_of_datasource,
    uses_of_declaration,
    uses_of_field,
    uses_of_relation_name,
    uses_of_value,
)
from prisma_lsp.syntax import nodes

NAME = re.compile(r"[^\W\d_]\w*")


class NotPossible(Exception):
    """Why a thing cannot be renamed by text alone; the message is for the user."""


class Piece(NamedTuple):
    """A replacement in the block of a declaration: line counted from the block's first."""

    declaration: Declaration
    line: int
    start: int
    end: int
    text: str


def rename_declaration(
    schema: Schema, declaration: Declaration, name: str, *, keep: bool = True
) -> list[Piece]:
    """Rename a model, view, composite type, enum, datasource or generator.  Raises `NotPossible`."""
    _check_name(name)
    if isinstance(declaration, Config):
        return _rename_config(schema, declaration, name)
    if name in catalogue.SCALARS or name == "Unsupported":
        raise NotPossible(f"`{name}` is a type of Prisma's own")
    if name in catalogue.RESERVED:
        raise NotPossible(f"`{name}` is a reserved word")
    if schema.kind_of(name) is not None:
        raise NotPossible(f"`{name}` is taken")
    if len(schema.declarations(declaration.name)) > 1:
        raise NotPossible(f"`{declaration.name}` is declared more than once")
    pieces = _replaced([name_of(declaration)], name)
    pins = list(_pin_join_tables(schema, declaration, name))
    pieces += pins if keep else []
    pieces += _replaced(uses_of_declaration(schema, declaration.name), name)
    if not keep:
        _check_database_name(schema, declaration, name)
    elif declaration.kind != "type" and _is_unmapped(declaration):
        pieces.append(_block_attribute(declaration, f'@@map("{declaration.name}")'))
    return _unique(pieces)


def _rename_config(schema: Schema, config: Config, name: str) -> list[Piece]:
    if name in catalogue.SCALARS:
        raise NotPossible(f"`{name}` is a type of Prisma's own")
    if any(other.kind == config.kind and other.name == name for other in schema.configs):
        raise NotPossible(f"there is a {config.kind} `{name}` already")
    uses = uses_of_datasource(schema, config) if config.kind == "datasource" else ()
    return _replaced([name_of(config), *uses], name)


def rename_field(schema: Schema, field: Field, name: str, *, keep: bool = True) -> list[Piece]:
    """Rename a field of a model, view or composite type.  Raises `NotPossible`."""
    _check_name(name)
    model = field.owner
    if name in model.fields:
        raise NotPossible(f"`{model.name}` has a field `{name}` already")
    if sum(other.name == field.name for other in model.all_fields) > 1:
        raise NotPossible(f"`{model.name}` has the field `{field.name}` more than once")
    is_relation = schema.kind_of(field.type_name) in ("model", "view")
    others = [other for other in model.all_fields if other is not field]
    if not is_relation and any(other.mapped_name == name for other in others):
        # Prisma refuses a field with the name of another one's column.
        raise NotPossible(f"`{model.name}` has a column `{name}` already")
    if is_relation and field.type_name == model.name and is_many_to_many(field, schema):
        other = opposite(field, schema)
        if other is not None and (field.name < other.name) != (name < other.name):
            raise NotPossible("the columns of the relation's hidden table would change places")
    if any(_client_name(index) == name for index in model.indexes):
        raise NotPossible(f"`{model.name}` has a key that is called `{name}`")
    pieces = _replaced([name_of(field)], name)
    pieces += _replaced(uses_of_field(schema, field), name)
    if keep and not is_relation and _is_unmapped(field):
        pieces.append(_map_attribute(field))
    return _unique(pieces)


def rename_value(schema: Schema, value: EnumValue, name: str, *, keep: bool = True) -> list[Piece]:
    """Rename a value of an enum.  Raises `NotPossible`."""
    _check_name(name)
    enum = value.owner
    if any(other.name == name for other in enum.values):
        raise NotPossible(f"`{enum.name}` has a value `{name}` already")
    if sum(other.name == value.name for other in enum.values) > 1:
        raise NotPossible(f"`{enum.name}` has the value `{value.name}` more than once")
    pieces = _replaced([name_of(value)], name)
    pieces += _replaced(uses_of_value(schema, value), name)
    if keep and _is_unmapped(value):
        end = value.node.end
        pieces.append(Piece(enum, value.line, end, end, f' @map("{value.name}")'))
    return pieces


def rename_relation(schema: Schema, field: Field, name: str, *, keep: bool = True) -> list[Piece]:
    """Rename the relation that ``field`` is a side of, where it has a name.  Raises `NotPossible`."""
    if not name.strip():
        raise NotPossible("a relation's name is not empty")
    table = join_table(field, schema)
    if table is not None and keep:
        raise NotPossible(
            f"the relation's hidden table in the database is called `{table}` after it"
        )
    pair = (field.owner.name, field.type_name)
    sides = [*schema.fields_of_type(*pair), *schema.fields_of_type(pair[1], pair[0])]
    if any(side.relation_name == name for side in sides):
        raise NotPossible(f"`{pair[0]}` and `{pair[1]}` have a relation `{name}` already")
    uses = uses_of_relation_name(schema, *pair, field.relation_name or "")
    return _replaced(uses, nodes.escape(name)[1:-1])


def rename_key(model: Model, index: Index, name: str) -> list[Piece]:
    """Rename what Prisma Client calls a key of several fields.  Raises `NotPossible`."""
    _check_name(name)
    if name in model.fields or any(_client_name(other) == name for other in model.indexes):
        raise NotPossible(f"`{model.name}` has a field or key `{name}` already")
    node = index.attribute.argument("name")
    if not isinstance(node, nodes.String):
        return []
    return [Piece(model, index.line, node.start + 1, node.end - 1, name)]


def _client_name(index: Index) -> str | None:
    """What Prisma Client calls a key, where it is written."""
    if not index.is_unique or index.field is not None:
        return None
    value = index.attribute.argument("name")
    return value.value if isinstance(value, nodes.String) else None


def _check_database_name(schema: Schema, declaration: Declaration, name: str) -> None:
    if declaration.kind == "type" or declaration.mapped_name is not None:
        return
    scope = "enum" if isinstance(declaration, Enum) else "table"
    for taker, _, _ in schema.sharers(scope, name):
        raise NotPossible(f"`{name}` is the name of `{taker}` in the database")


def _check_name(name: str) -> None:
    if NAME.fullmatch(name) is None:
        raise NotPossible(
            f"`{name}` is not a name: letters, digits and `_`, starting with a letter"
        )


def _is_unmapped(thing: Declaration | Field | EnumValue) -> bool:
    """Whether the database's name is the name itself, so that a rename has to write it down."""
    if isinstance(thing, EnumValue):
        has_map = any(attribute.name == "map" for attribute in thing.node.attributes)
    else:
        has_map = thing.attribute("map") is not None
    if has_map and thing.mapped_name is None:
        raise NotPossible(f"the name that `{thing.name}` has in the database is not written yet")
    return not has_map


def _replaced(uses: Iterable[Use], text: str) -> list[Piece]:
    return [Piece(*use, text) for use in uses]


def _map_attribute(field: Field) -> Piece:
    """`@map` with the field's present name: before its native type, else behind all attributes."""
    attribute = f'@map("{field.name}")'
    native = field.native_type
    if native is not None:
        return Piece(field.owner, field.line, native.start, native.start, attribute + " ")
    end = field.node.end
    return Piece(field.owner, field.line, end, end, " " + attribute)


def _block_attribute(declaration: Declaration, text: str) -> Piece:
    """``text`` as a new last line of the block, written behind the line above it."""
    block = declaration.block
    if block.close < 0:
        raise NotPossible(f"the block of `{declaration.name}` is not closed")
    if block.comments is not None and block.comments.get(block.close, -1) > 0:
        raise NotPossible("a comment ends on the line of the closing brace")
    last = block.close - 1
    while last > block.header and not block.lines[last].strip():
        last -= 1
    content = block.lines[last].rstrip("\r\n")
    end = "\r\n" if block.lines[0].endswith("\r\n") else "\n"
    gap = "" if declaration.attributes or last == block.header else end
    line = f"{end}{gap}{_indent(declaration)}{text}"
    return Piece(declaration, last, len(content), len(content), line)


def _indent(declaration: Declaration) -> str:
    for line, node in declaration.block.entries:
        if node is not None and not isinstance(node, nodes.CommentLine):
            return declaration.block.lines[line][: node.start]
    return "  "


def _pin_join_tables(schema: Schema, declaration: Declaration, name: str) -> Iterator[Piece]:
    """Name the implicit many-to-many relations of a model after the tables they have today."""
    if not isinstance(declaration, Model):
        return
    for field in declaration.all_fields:
        table = join_table(field, schema)
        if table is None:
            continue
        other = opposite(field, schema)
        assert other is not None
        # Column "A" points at the model that comes first in the alphabet.
        turned = (declaration.name < field.type_name) != (name < field.type_name)
        if turned and field.type_name != declaration.name:
            raise NotPossible(f"the columns of the hidden table `{table}` would change places")
        if field.relation_name is None:
            pin = table.removeprefix("_")
            fields = schema.fields_of_type(declaration.name, field.type_name)
            if any(one.relation_name == pin for one in fields):
                raise NotPossible(f"another relation is called `{pin}` already")
            for side in (field, other):
                yield _relation_name(side, pin)


def _relation_name(field: Field, name: str) -> Piece:
    relation = field.relation
    if relation is None:
        return Piece(
            field.owner, field.line, field.node.end, field.node.end, f' @relation("{name}")'
        )
    at = relation.name_end
    if relation.arguments is None:
        return Piece(field.owner, field.line, at, at, f'("{name}")')
    rest = ", " if relation.arguments else ""
    text = field.owner.block.line(field.line)
    column = text.index("(", at) + 1
    return Piece(field.owner, field.line, column, column, f'"{name}"{rest}')


def _unique(pieces: list[Piece]) -> list[Piece]:
    return list(dict.fromkeys(pieces))
