"""The grammar as a function from token kinds to a template.

Lark parses with an LALR table, so what it makes of a line depends on the kinds of the line's tokens
only, never on their text.  A line's *shape* is the string of its token kinds, one character each.
Lark sees each shape once; the result is a template, nested tuples whose numbers are indexes of
tokens, and `prisma_lsp.syntax.line` builds nodes from it.  A rejected shape has a template as well:
the index of the token that lark could not take.

A generated module holds the templates of the shapes that our own example schemas have, so that
lark is not even imported until somebody writes a line of a new shape.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lark import Lark

Template = tuple[Any, ...]

START_RULES = ("top_line", "member_line", "value_line", "property_line")

# One character for every terminal of the grammar.  JUNK stands for any text that no terminal matches.
KIND_OF_TERMINAL = {
    "DOC": "d", "COMMENT": "c", "STRING": "s", "NUMBER": "n", "PATH": "p", "WORD": "w",
    "ATAT": "A", "AT": "@", "LPAR": "(", "RPAR": ")", "LSQB": "[", "RSQB": "]", "LBRACE": "{",
    "RBRACE": "}", "COMMA": ",", "COLON": ":", "EQUAL": "=", "QMARK": "?", "BANG": "!",
}  # fmt: skip
TERMINAL_OF_KIND = {kind: name for name, kind in KIND_OF_TERMINAL.items()}
JUNK = "x"

# More than anybody writes in a line: tokens, and brackets inside brackets (templates are built and
# read by recursion).
MAX_TOKENS = 4_000
MAX_DEPTH = 64

_lark: Lark | None = None


def source() -> str:
    """The text of ``prisma.lark``, from the installed package or the checkout."""
    packaged = resources.files("prisma_lsp").joinpath("grammar/prisma.lark")
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return Path(__file__).parents[2].joinpath("grammar/prisma.lark").read_text("utf-8")


def parser() -> Lark:
    """Lark over our token kinds; made at the first call, which takes about 0.1 s."""
    global _lark
    if _lark is None:
        from lark import Lark, Token
        from lark.lexer import Lexer

        class ShapeLexer(Lexer):
            def __init__(self, conf: object) -> None:
                pass

            def lex(self, shape: str) -> Any:  # type: ignore[override]
                for index, kind in enumerate(shape):
                    name = TERMINAL_OF_KIND.get(kind, "JUNK")
                    yield Token(name, kind, start_pos=index, end_pos=index + 1)

        _lark = Lark(
            source(), parser="lalr", lexer=ShapeLexer, start=list(START_RULES),
            propagate_positions=True, maybe_placeholders=False,
        )  # fmt: skip
    return _lark


def terminals() -> list[tuple[str, str]]:
    """(terminal's name, regular expression) in the order of the grammar file."""
    order = {name: i for i, name in enumerate(KIND_OF_TERMINAL)}
    found = [(t.name, t.pattern.to_regexp()) for t in parser().terminals]
    return sorted(found, key=lambda item: order[item[0]])


def derive(rule: str, shape: str) -> Template:
    """The template of ``shape`` under a start rule, by asking lark.

    A rejected shape gives ``("error", index, template of the longest accepted prefix or None)``;
    the index is the shape's length where something is missing at the end.
    """
    from lark.exceptions import UnexpectedToken

    at = _beyond_bounds(shape)
    if at < 0:
        try:
            return _line(parser().parse(shape, start=rule))
        except UnexpectedToken as error:
            at = len(shape) if error.token.type == "$END" else int(error.token.start_pos or 0)
    # What stands before the error is fine up to some attribute, if it is fine at all.
    attributes = [i for i in range(at - 1, 0, -1) if shape[i] == "@"]
    for length in [at, *attributes[:2], 3, 2, 1]:  # a few tries: each is a parse
        if 0 < length <= at and _beyond_bounds(shape[:length]) < 0:
            try:
                return ("error", at, _line(parser().parse(shape[:length], start=rule)))
            except UnexpectedToken:
                continue
    return ("error", at, None)


def _beyond_bounds(shape: str) -> int:
    """The index of the first token too many, or of a bracket nested too deep, or -1."""
    if len(shape) > MAX_TOKENS:
        return MAX_TOKENS
    depth = 0
    for index, kind in enumerate(shape):
        if kind in "([{":
            depth += 1
            if depth > MAX_DEPTH:
                return index
        elif kind in ")]}":
            depth -= 1
    return -1


def _line(tree: Any) -> Template:
    """A template from the tree of one line."""
    node = tree.children[0]
    comment = _last_token(node, "comment")
    attributes = tuple(_attribute(c) for c in node.children if _is(c, "attribute"))
    match node.data:
        case "header":
            words = [_index(c) for c in node.children if not _is(c, "comment")]
            return ("header", words[0], words[1] if len(words) > 1 else None, words[-1] + 1)
        case "alias":
            return ("alias", _index(node.children[0]), _index(node.children[1]))
        case "field":
            types = [c for c in node.children if getattr(c, "data", "").startswith("type_")]
            colon = _last_token(node, "colon")
            return (
                "field", _index(node.children[0]), colon,
                _type(types[0]) if types else None, attributes, comment,
            )  # fmt: skip
        case "value":
            return ("value", _index(node.children[0]), attributes, comment)
        case "property":
            values = [c for c in node.children[1:] if not _is(c, "comment")]
            value = _expression(values[0]) if values else None
            return ("property", _index(node.children[0]), value, comment)
        case "block_attribute_line":
            # "@@" stands where the line starts; lark drops it, as it has no text of its own.
            return ("block_attribute", _attribute(node), comment)
    raise AssertionError(node.data)


def _is(child: Any, rule: str) -> bool:
    return getattr(child, "data", None) == rule


def _index(token: Any) -> int:
    return int(token.start_pos)


def _last_token(node: Any, rule: str) -> int | None:
    """Where the child made by ``rule`` stands."""
    for child in node.children:
        if _is(child, rule):
            return int(child.meta.start_pos)
    return None


def _attribute(node: Any) -> Template:
    path, *rest = node.children
    rest = [c for c in rest if _is(c, "arguments")]
    arguments = _arguments(rest[0]) if rest else None
    comma = _last_token(rest[0], "trailing_comma") if rest else None
    last = (rest[0] if rest else path).meta.end_pos - 1
    return (node.meta.start_pos, path.meta.start_pos, arguments, comma, last)


def _arguments(node: Any) -> Template:
    return tuple(_argument(c) for c in node.children if not _is(c, "trailing_comma"))


def _argument(node: Any) -> Template:
    first, last = node.meta.start_pos, node.meta.end_pos - 1
    if node.data == "positional_argument":
        return (first, last, None, _expression(node.children[0]))
    value = _expression(node.children[1]) if len(node.children) > 1 else None
    return (first, last, _index(node.children[0]), value)


def _expression(node: Any) -> Template:
    first, last = node.meta.start_pos, node.meta.end_pos - 1
    match node.data:
        case "string" | "number" | "reference":
            return (node.data, first)
        case "call":
            return ("call", first, _arguments(node.children[1]), last)
        case "array":
            return ("array", first, tuple(_expression(c) for c in node.children), last)
        case "object":
            entries = tuple((_index(c.children[0]), _expression(c.children[1])) for c in node.children)
            return ("object", first, entries, last)
    raise AssertionError(node.data)


_ARITY = {
    "type_required": "", "type_optional": "?", "type_list": "[]", "type_optional_list": "[]",
    "type_legacy_required": "", "type_legacy_list": "[]", "type_unsupported_required": "",
    "type_unsupported_optional": "?", "type_unsupported_list": "[]",
}  # fmt: skip
_LEGACY = {
    "type_optional_list": "[]?", "type_legacy_required": "!", "type_legacy_list": "[Type]",
}  # fmt: skip


def _type(node: Any) -> Template:
    """(first, last, word, arity, legacy form, string in Unsupported)."""
    word = _index(node.children[0])
    literal = _index(node.children[1]) if len(node.children) > 1 else None
    first, last = int(node.meta.start_pos), int(node.meta.end_pos) - 1
    return (first, last, word, _ARITY[node.data], _LEGACY.get(node.data, ""), literal)
