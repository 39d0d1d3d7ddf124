"""What one block declares: models, enums, and the settings of datasources and generators.

A declaration is read from its own block only.  Whatever needs another block (what a type name
means, a relation's other side) is a question for the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple, NewType

from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block

_UNKNOWN: Any = object()

IndexKind = Literal["id", "unique", "index", "fulltext"]


class Field:
    """A field of a model, view or composite type.

    ``line`` counts from the first line of the owner's block; columns of ``node`` count characters.
    """

    __slots__ = (
        "_default", "_key", "_mapped", "_references", "_relation", "_relation_name", "_signature",
        "arity", "line", "name", "node", "owner", "type_name",
    )  # fmt: skip

    def __init__(self, owner: Model, line: int, node: nodes.FieldLine) -> None:
        self.owner = owner
        self.line = line
        self.node = node
        self.name = node.name.value
        self.type_name = node.type.name if node.type is not None else ""
        self.arity = node.type.arity if node.type is not None else ""
        self._signature: str | None = None
        # Asked for again and again, so they are kept; _UNKNOWN is "not looked for yet".
        self._relation: Any = _UNKNOWN
        self._key: Any = _UNKNOWN
        self._references: Any = _UNKNOWN
        self._relation_name: Any = _UNKNOWN
        self._mapped: Any = _UNKNOWN
        self._default: Any = _UNKNOWN

    @property
    def signature(self) -> str:
        """The field's own text without layout and comment: equal exactly where its meaning is."""
        if self._signature is None:
            text = self.owner.block.line(self.line)[self.node.start : self.node.end]
            self._signature = " ".join(text.split()) + ("…" if self.is_broken else "")
        return self._signature

    @property
    def is_broken(self) -> bool:
        """Whether the line goes on with something that cannot be read."""
        problems = self.owner.block.problems
        return bool(problems) and any(problem.line == self.line for problem in problems)

    @property
    def attributes(self) -> tuple[nodes.Attribute, ...]:
        return self.node.attributes

    def attribute(self, name: str) -> nodes.Attribute | None:
        """The first attribute called ``name`` (without its at sign)."""
        for attribute in self.node.attributes:
            if attribute.name == name:
                return attribute
        return None

    @property
    def is_list(self) -> bool:
        return self.arity == "[]"

    @property
    def is_optional(self) -> bool:
        return self.arity == "?"

    @property
    def is_unsupported(self) -> bool:
        """Whether the type is ``Unsupported("…")``."""
        kind = self.node.type
        return kind is not None and kind.unsupported is not None

    @property
    def is_ignored(self) -> bool:
        return self.attribute("ignore") is not None

    @property
    def native_type(self) -> nodes.Attribute | None:
        """The ``@db.…`` attribute."""
        for attribute in self.node.attributes:
            if "." in attribute.name:
                return attribute
        return None

    @property
    def native(self) -> str | None:
        """The native type as written after the prefix, arguments and all: ``VarChar(255)``."""
        attribute = self.native_type
        if attribute is None:
            return None
        name = attribute.name.split(".", 1)[1]
        if not attribute.arguments:
            return name
        text = self.owner.block.line(self.line)
        given = [text[a.start : a.end].strip() for a in attribute.arguments]
        return f"{name}({', '.join(given)})"

    @property
    def mapped_name(self) -> str | None:
        """The name given by ``@map``."""
        found = self._mapped
        if found is _UNKNOWN:
            found = self._mapped = _string(self.attribute("map"), "name", 0)
        return found  # type: ignore[no-any-return]

    @property
    def column(self) -> str:
        """The name of the column in the database."""
        return self.mapped_name or self.name

    @property
    def default(self) -> nodes.Expression | None:
        found = self._default
        if found is _UNKNOWN:
            attribute = self.attribute("default")
            found = attribute.argument("value", 0) if attribute is not None else None
            self._default = found
        return found  # type: ignore[no-any-return]

    @property
    def default_function(self) -> nodes.Call | None:
        value = self.default
        return value if isinstance(value, nodes.Call) else None

    @property
    def relation(self) -> nodes.Attribute | None:
        found = self._relation
        if found is _UNKNOWN:
            found = self._relation = self.attribute("relation")
        return found  # type: ignore[no-any-return]

    @property
    def key(self) -> tuple[str, ...] | None:
        """The names in ``@relation(fields: […])``, or None where this side does not hold the key."""
        found = self._key
        if found is _UNKNOWN:
            found = self._key = self._names("fields")
        return found  # type: ignore[no-any-return]

    @property
    def references(self) -> tuple[str, ...] | None:
        found = self._references
        if found is _UNKNOWN:
            found = self._references = self._names("references")
        return found  # type: ignore[no-any-return]

    @property
    def relation_name(self) -> str | None:
        found = self._relation_name
        if found is _UNKNOWN:
            found = self._relation_name = _string(self.relation, "name", 0)
        return found  # type: ignore[no-any-return]

    def action(self, event: str) -> nodes.Reference | None:
        """The action written for ``onDelete`` or ``onUpdate``."""
        relation = self.relation
        value = relation.argument(event) if relation is not None else None
        return value if isinstance(value, nodes.Reference) else None

    def _names(self, argument: str) -> tuple[str, ...] | None:
        relation = self.relation
        value = relation.argument(argument) if relation is not None else None
        if value is None:
            return None
        items = value.items if isinstance(value, nodes.Array) else (value,)
        return tuple(i.name for i in items if isinstance(i, nodes.Reference))


class Fields(NamedTuple):
    """Fields of one model that are looked at one by one: all, or that of a line that is typed in."""

    model: Model
    fields: Sequence[Field]


# What a rule's first parameter may be besides a declaration: a field whose type is a model or view,
# and one whose type is a scalar, an enum or a composite type.  Which it is needs the schema.
RelationField = NewType("RelationField", Field)
ScalarField = NewType("ScalarField", Field)
# A scalar field of the type DateTime; an own kind because many rules are about those alone.
TimeField = NewType("TimeField", Field)
# One whose own `@relation` says that it holds a key, whether or not anything has its type.
KeyField = NewType("KeyField", Field)


class IndexColumn:
    """One column of an index: a field's name (or a path into a composite type)."""

    __slots__ = ("end", "length", "name", "ops", "sort", "start")

    def __init__(
        self, name: str, sort: str | None, length: str | None, ops: str | None, start: int, end: int
    ) -> None:
        self.name = name
        self.sort = sort
        self.length = length
        self.ops = ops
        self.start = start
        self.end = end


class Index:
    """A key or index, written as a field's attribute or as a block attribute.

    ``field`` is the field that carries the attribute, or None.  ``columns`` are in key order.
    """

    __slots__ = (
        "attribute", "columns", "database_name", "field", "kind", "line", "names", "type", "where",
    )  # fmt: skip

    def __init__(
        self,
        kind: IndexKind,
        columns: tuple[IndexColumn, ...],
        attribute: nodes.Attribute,
        line: int,
        field: Field | None,
    ) -> None:
        self.kind: IndexKind = kind
        self.columns = columns
        self.attribute = attribute
        self.line = line
        self.field = field
        self.names: tuple[str, ...] = tuple([column.name for column in columns])
        type_ = attribute.argument("type")
        # ``BTree``, ``Hash``, …, where it is written.
        self.type: str | None = type_.name if isinstance(type_, nodes.Reference) else None
        self.database_name: str | None = _string(attribute, "map", None)
        # The predicate of a partial index.
        self.where: nodes.Expression | None = attribute.argument("where")

    @property
    def is_unique(self) -> bool:
        return self.kind in ("id", "unique")


class Declaration:
    """What a block declares, in the file ``path``."""

    def __init__(self, path: str, block: Block) -> None:
        self.path = path
        self.block = block
        self.kind = block.kind
        self.name = block.name

    @property
    def name_node(self) -> nodes.Name:
        """Where the name stands, on the line ``block.header``."""
        assert self.block.node is not None and self.block.node.name is not None
        return self.block.node.name

    @cached_property
    def attributes(self) -> list[tuple[int, nodes.Attribute]]:
        """(line, attribute) of every block attribute."""
        return [
            (line, node.attribute)
            for line, node in self.block.entries
            if isinstance(node, nodes.BlockAttributeLine)
        ]

    def attribute(self, name: str) -> nodes.Attribute | None:
        """The first block attribute called ``name`` (without its at signs)."""
        for _, attribute in self.attributes:
            if attribute.name == name:
                return attribute
        return None

    @cached_property
    def mapped_name(self) -> str | None:
        """The name given by ``@@map``."""
        return _string(self.attribute("map"), "name", 0)

    @cached_property
    def database_name(self) -> str:
        """The name of the table, view or enum type in the database."""
        return self.mapped_name or self.name

    @cached_property
    def is_ignored(self) -> bool:
        return self.attribute("ignore") is not None

    @property
    def database_schema(self) -> str | None:
        """The name given by ``@@schema``."""
        return _string(self.attribute("schema"), "name", 0)

    @property
    def docs(self) -> str:
        return self.block.docs

    @cached_property
    def signature(self) -> tuple[object, ...]:
        """Equal exactly where the declaration's meaning is: no comments, no layout."""
        lines = []
        for line, node in self.block.entries:
            if node is not None and not isinstance(node, nodes.CommentLine):
                text = self.block.line(line)[node.start : node.end]
                lines.append(" ".join(text.split()))
        # A line that cannot be read has no node, but it may keep a rule from speaking, and its
        # first word may tell whose table this is.
        unread = tuple(self.block.lines[p.line].split(None, 1)[:1] for p in self.block.problems)
        return (self.kind, self.name, *lines, self.block.close >= 0, self.is_lost, str(unread))

    @property
    def is_lost(self) -> bool:
        """Whether a missing `}` hides the declaration from Prisma, its own or that of the one above."""
        return bool(self.block.unclosed) or self.block.to_end


class Model(Declaration):
    """A model, a view or a composite type (``kind`` says which)."""

    @cached_property
    def all_fields(self) -> list[Field]:
        """Every field in order, those with a name that is already taken included."""
        return [
            Field(self, line, node)
            for line, node in self.block.entries
            if isinstance(node, nodes.FieldLine)
        ]

    @cached_property
    def fields(self) -> dict[str, Field]:
        """The fields by name; the first where a name is taken twice."""
        found: dict[str, Field] = {}
        for field in self.all_fields:
            found.setdefault(field.name, field)
        return found

    @cached_property
    def fields_by_type(self) -> dict[str, list[Field]]:
        """The fields by the name of their type, in order."""
        found: dict[str, list[Field]] = {}
        for field in self.all_fields:
            found.setdefault(field.type_name, []).append(field)
        return found

    @cached_property
    def key_fields(self) -> frozenset[str]:
        """The names of the fields that some relation of this model takes as its foreign key."""
        found: set[str] = set()
        for field in self.all_fields:
            if field.arity != "[]" and field.node.attributes and field.relation is not None:
                found.update(field.key or ())
        return frozenset(found)

    @cached_property
    def held_relations(self) -> tuple[Field, ...]:
        """The relation fields that hold a key."""
        return tuple([f for f in self.all_fields if not f.is_list and f.key])

    @cached_property
    def indexes(self) -> list[Index]:
        """Every id, unique and index, those on fields first, in the order they are written."""
        found: list[Index] = []
        for field in self.all_fields:
            for attribute in field.node.attributes:
                if attribute.name in ("id", "unique"):
                    column = IndexColumn(
                        field.name,
                        _word(attribute, "sort"),
                        _word(attribute, "length"),
                        None,
                        field.node.name.start,
                        field.node.name.end,
                    )
                    kind: IndexKind = "id" if attribute.name == "id" else "unique"
                    found.append(Index(kind, (column,), attribute, field.line, field))
        for line, attribute in self.attributes:
            if attribute.name in ("id", "unique", "index", "fulltext"):
                columns = tuple(_columns(attribute))
                found.append(Index(attribute.name, columns, attribute, line, None))  # type: ignore[arg-type]
        return found

    @property
    def id(self) -> Index | None:
        """The primary key."""
        for index in self.indexes:
            if index.kind == "id":
                return index
        return None

    @property
    def table(self) -> str:
        return self.database_name


class EnumValue:
    __slots__ = ("line", "name", "node", "owner")

    def __init__(self, owner: Enum, line: int, node: nodes.ValueLine) -> None:
        self.owner = owner
        self.line = line
        self.node = node
        self.name = node.name.value

    @property
    def mapped_name(self) -> str | None:
        for attribute in self.node.attributes:
            if attribute.name == "map":
                return _string(attribute, "name", 0)
        return None

    @property
    def database_name(self) -> str:
        return self.mapped_name or self.name


class Enum(Declaration):
    @cached_property
    def values(self) -> list[EnumValue]:
        return [
            EnumValue(self, line, node)
            for line, node in self.block.entries
            if isinstance(node, nodes.ValueLine)
        ]


class Config(Declaration):
    """A datasource or a generator."""

    @cached_property
    def properties(self) -> dict[str, tuple[int, nodes.PropertyLine]]:
        """(line, node) of each property; the last where one is given twice, which is Prisma's."""
        found: dict[str, tuple[int, nodes.PropertyLine]] = {}
        for line, node in self.block.entries:
            if isinstance(node, nodes.PropertyLine):
                found[node.name.value] = (line, node)
        return found

    def string(self, name: str) -> str | None:
        """A property's value where it is a plain string."""
        entry = self.properties.get(name)
        value = entry[1].value if entry is not None else None
        return value.value if isinstance(value, nodes.String) else None

    def strings(self, name: str) -> tuple[str, ...]:
        """A property's value where it is a list of strings, or one string."""
        entry = self.properties.get(name)
        value = entry[1].value if entry is not None else None
        items = value.items if isinstance(value, nodes.Array) else (value,)
        return tuple(item.value for item in items if isinstance(item, nodes.String))


def declare(path: str, block: Block) -> Declaration | None:
    """What ``block`` declares; None for a gap and for a block without a usable header."""
    match block.kind:
        case "model" | "view" | "type":
            return Model(path, block)
        case "enum":
            return Enum(path, block)
        case "datasource" | "generator":
            return Config(path, block)
    return None


def _columns(attribute: nodes.Attribute) -> Iterator[IndexColumn]:
    value = attribute.argument("fields", 0)
    items = value.items if isinstance(value, nodes.Array) else (value,)
    for item in items:
        if isinstance(item, nodes.Reference):
            yield IndexColumn(item.name, None, None, None, item.start, item.end)
        elif isinstance(item, nodes.Call):
            yield IndexColumn(
                item.name, _word(item, "sort"), _word(item, "length"), _word(item, "ops"),
                item.start, item.name_end,
            )  # fmt: skip


def _string(attribute: nodes.Attribute | None, name: str, position: int | None) -> str | None:
    value = attribute.argument(name, position) if attribute is not None else None
    return value.value if isinstance(value, nodes.String) else None


def _word(node: nodes.Attribute | nodes.Call, name: str) -> str | None:
    """An argument's value as text, where it is a word, a number or a call such as ``raw("…")``."""
    for argument in node.arguments or ():
        if argument.name is not None and argument.name.value == name:
            match argument.value:
                case nodes.Reference(name=word):
                    return word
                case nodes.Number(text=digits):
                    return digits
                case nodes.Call(name="raw", arguments=(nodes.Argument(value=nodes.String(raw=raw)),)):
                    return f"raw({raw})"
    return None
