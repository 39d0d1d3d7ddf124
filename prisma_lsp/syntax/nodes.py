"""The nodes of one line.

A node knows the columns it covers, in characters from the start of its line, and nothing else: no
line number, no block, no file.  So equal lines share their nodes, and typing above a line changes
nothing in it.  Nodes are never changed once they are made.
"""

from __future__ import annotations


class Node:
    """A stretch of a line: columns ``start`` to ``end``, the end exclusive."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Name(Node):
    """An identifier as it is written."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: str) -> None:
        self.start = start
        self.end = end
        self.value = value


class String(Node):
    """A string literal; ``raw`` is what stands between the quotes."""

    __slots__ = ("raw",)

    def __init__(self, start: int, end: int, raw: str) -> None:
        self.start = start
        self.end = end
        self.raw = raw

    @property
    def value(self) -> str:
        """The text that the literal stands for, its escapes resolved."""
        return unescape(self.raw) if "\\" in self.raw else self.raw


class Number(Node):
    __slots__ = ("text",)

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start = start
        self.end = end
        self.text = text


class Reference(Node):
    """A bare word or dotted path used as a value: a field, an enum value, ``true``, an action."""

    __slots__ = ("name",)

    def __init__(self, start: int, end: int, name: str) -> None:
        self.start = start
        self.end = end
        self.name = name


class Call(Node):
    """A function call; ``name_end`` is the column where its name ends."""

    __slots__ = ("arguments", "name", "name_end")

    def __init__(
        self, start: int, end: int, name: str, name_end: int, arguments: tuple[Argument, ...]
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.name_end = name_end
        self.arguments = arguments


class Array(Node):
    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: tuple[Expression, ...]) -> None:
        self.start = start
        self.end = end
        self.items = items


class Object(Node):
    """``{ name: value, … }``, as in a partial index's ``where``."""

    __slots__ = ("entries",)

    def __init__(self, start: int, end: int, entries: tuple[tuple[Name, Expression], ...]) -> None:
        self.start = start
        self.end = end
        self.entries = entries


Expression = String | Number | Reference | Call | Array | Object


class Argument(Node):
    """``name: value`` or ``value``; ``value`` is None where it is not written yet."""

    __slots__ = ("name", "value")

    def __init__(self, start: int, end: int, name: Name | None, value: Expression | None) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.value = value


class Attribute(Node):
    """``@name(arguments)`` or ``@@name(arguments)``; ``name`` without its at signs.

    ``arguments`` is None where there are no parentheses.  ``trailing_comma`` is its column or -1.
    """

    __slots__ = ("arguments", "name", "name_end", "trailing_comma")

    def __init__(
        self,
        start: int,
        end: int,
        name: str,
        name_end: int,
        arguments: tuple[Argument, ...] | None,
        trailing_comma: int = -1,
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.name_end = name_end
        self.arguments = arguments
        self.trailing_comma = trailing_comma

    def argument(self, name: str, position: int | None = None) -> Expression | None:
        """The value given by ``name``, or by place: the unnamed argument at ``position``."""
        unnamed = 0
        for argument in self.arguments or ():
            if argument.name is None:
                if unnamed == position:
                    return argument.value
                unnamed += 1
            elif argument.name.value == name:
                return argument.value
        return None


class Type(Node):
    """A field's type: ``name`` and ``arity`` ("", "?", "[]"); columns of the whole.

    ``legacy`` holds a form that is no longer allowed ("!", "[Int]", "[]?"), else "".
    ``unsupported`` is the literal in ``Unsupported("…")``.
    """

    __slots__ = ("arity", "legacy", "name", "name_end", "name_start", "unsupported")

    def __init__(
        self,
        start: int,
        end: int,
        name: str,
        name_start: int,
        arity: str,
        legacy: str = "",
        unsupported: str | None = None,
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.name_start = name_start
        self.name_end = name_start + len(name)
        self.arity = arity
        self.legacy = legacy
        self.unsupported = unsupported


class Header(Node):
    """``model Name {``; ``name`` is None where it is missing."""

    __slots__ = ("keyword", "name")

    def __init__(self, start: int, end: int, keyword: Name, name: Name | None) -> None:
        self.start = start
        self.end = end
        self.keyword = keyword
        self.name = name


class Alias(Node):
    """``type Name = …``, which Prisma no longer has."""

    __slots__ = ("keyword", "name")

    def __init__(self, start: int, end: int, keyword: Name, name: Name) -> None:
        self.start = start
        self.end = end
        self.keyword = keyword
        self.name = name


class FieldLine(Node):
    """``name Type @attribute …``; ``colon`` is the column of a legacy colon or -1."""

    __slots__ = ("attributes", "colon", "comment", "name", "type")

    def __init__(
        self,
        start: int,
        end: int,
        name: Name,
        type: Type | None,
        attributes: tuple[Attribute, ...],
        colon: int,
        comment: str,
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.type = type
        self.attributes = attributes
        self.colon = colon
        self.comment = comment


class ValueLine(Node):
    """A value of an enum."""

    __slots__ = ("attributes", "comment", "name")

    def __init__(
        self, start: int, end: int, name: Name, attributes: tuple[Attribute, ...], comment: str
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.attributes = attributes
        self.comment = comment


class BlockAttributeLine(Node):
    __slots__ = ("attribute", "comment")

    def __init__(self, start: int, end: int, attribute: Attribute, comment: str) -> None:
        self.start = start
        self.end = end
        self.attribute = attribute
        self.comment = comment


class PropertyLine(Node):
    """``name = value`` in a datasource or generator."""

    __slots__ = ("comment", "name", "value")

    def __init__(
        self, start: int, end: int, name: Name, value: Expression | None, comment: str
    ) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.value = value
        self.comment = comment


class CommentLine(Node):
    """A comment on a line of its own; ``doc`` for ``///``; ``text`` without its slashes."""

    __slots__ = ("doc", "text")

    def __init__(self, start: int, end: int, doc: bool, text: str) -> None:
        self.start = start
        self.end = end
        self.doc = doc
        self.text = text


LineNode = (
    Header | Alias | FieldLine | ValueLine | BlockAttributeLine | PropertyLine | CommentLine | None
)

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f"}


def unescape(raw: str) -> str:
    """What a string literal's content stands for; an unknown escape stays as it is."""
    out: list[str] = []
    i = 0
    while i < len(raw):
        c = raw[i]
        if c != "\\" or i + 1 >= len(raw):
            out.append(c)
            i += 1
            continue
        follower = raw[i + 1]
        if follower == "u" and len(raw) >= i + 6:
            try:
                out.append(chr(int(raw[i + 2 : i + 6], 16)))
                i += 6
                continue
            except ValueError:
                pass
        out.append(_ESCAPES.get(follower, "\\" + follower))
        i += 2
    return "".join(out)


def escape(value: str) -> str:
    """A string literal, quotes included, that stands for ``value``."""
    special = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(special.get(c, c) for c in value) + '"'
