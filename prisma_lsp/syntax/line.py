"""One physical line to a node, remembered by its text.

`parse` is the whole interface.  A line is cut into tokens with one regular expression, the kinds of
its tokens are its shape, and the shape's template (see `prisma_lsp.syntax.grammar`) says which node
to build.  Schemas repeat themselves, so whole lines are remembered too, with their nodes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, get_args

from prisma_lsp.syntax import nodes, seed
from prisma_lsp.syntax.memory import Memory

Mode = Literal["top_line", "member_line", "value_line", "property_line"]
Tokens = list[tuple[int, int]]

# How many shapes are remembered in a generation.
MAX_SHAPES = 800

# White space as Prisma has it: tab and the Unicode category Zs.
SPACE = "\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_TOKEN = re.compile(
    f"[{SPACE}]*(?:"
    + "|".join(f"(?P<{kind}>{regexp})" for kind, regexp in seed.LEXER)
    + r"|(?P<end>[\r\n]*\Z)|(?P<junk>\"[^\r\n]*|.))",
    re.DOTALL,
)
# Prisma wants no space between a keyword and a name: "modelUser {" opens the model User.
_TOGETHER = re.compile(r"(model|view|type|enum|datasource|generator)([^\W_][\w\-]*)")
_KIND = {**seed.KINDS, "junk": "x"}


class Problem(NamedTuple):
    """What is wrong in a line: the columns, and whether something is missing at the end."""

    start: int
    end: int
    incomplete: bool


class Line:
    """A parsed line: its node, or None for a blank line or one that has no readable beginning.

    ``problem`` is set where the line is not valid syntax; the node then holds what stands before
    the problem.  ``shape`` is the string of its token kinds.
    """

    __slots__ = ("node", "problem", "shape")

    def __init__(self, node: nodes.LineNode, problem: Problem | None, shape: str) -> None:
        self.node = node
        self.problem = problem
        self.shape = shape


_lines: dict[Mode, Memory[str, Line]] = {mode: Memory() for mode in get_args(Mode)}
_builders: Memory[tuple[str, str], Callable[[str, Tokens], Any]] = Memory(MAX_SHAPES)


def parse(mode: Mode, text: str) -> Line:
    """The line ``text`` (with or without its end) read by one of the grammar's start rules."""
    memory = _lines[mode]
    line = memory.recent.get(text) or memory.recall(text)
    if line is None:
        line = _parse(mode, text)
        memory.keep(text, line)
    return line


def tokenize(text: str) -> tuple[str, Tokens]:
    """The shape of a line and the (start, end) columns of its tokens."""
    kinds: list[str] = []
    tokens: Tokens = []
    for match in _TOKEN.finditer(text):
        group = match.lastgroup
        if group == "end":
            break
        kinds.append(_KIND[group])  # type: ignore[index]
        tokens.append(match.span(group))  # type: ignore[arg-type]
    return "".join(kinds), tokens


def _parse(mode: Mode, text: str) -> Line:
    shape, tokens = tokenize(text)
    if not shape:
        return Line(None, None, shape)
    if shape == "d" or shape == "c":
        start, end = tokens[0]
        doc = shape == "d"
        comment = text[start + (3 if doc else 2) : end]
        return Line(nodes.CommentLine(start, end, doc, comment), None, shape)
    key = (mode, shape)
    builder = _builders.recent.get(key) or _builders.recall(key)
    if builder is None:
        seeded = seed.TEMPLATES.get(key)
        if seeded is not None:
            template = json.loads(seeded)
        else:
            from prisma_lsp.syntax import grammar

            template = grammar.derive(mode, shape)
        builder = _compile_line(template)
        _builders.keep(key, builder)
    node, error = builder(text, tokens)
    if error is None:
        return Line(node, None, shape)
    if error < len(tokens):
        start, end = tokens[error]
        return Line(node, Problem(start, end, False), shape)
    end = tokens[-1][1]
    return Line(node, Problem(tokens[0][0], end, True), shape)


# --- templates to functions ------------------------------------------------------------------
# Each function below turns a piece of a template into a function of (text, tokens).

Build = Callable[[str, Tokens], Any]


def _compile_line(template: tuple[Any, ...]) -> Build:
    """A function that returns (node, index of the offending token or None)."""
    if template[0] == "error":
        _, at, prefix = template
        inner = _compile_node(prefix) if prefix is not None else None

        def broken(text: str, tokens: Tokens) -> Any:
            return (inner(text, tokens) if inner else None), at

        return broken
    build = _compile_node(template)
    return lambda text, tokens: (build(text, tokens), None)


def _compile_node(template: tuple[Any, ...]) -> Build:
    match template:
        case ("header", keyword, name, last):

            def header(text: str, tokens: Tokens) -> nodes.Header:
                word = _name(text, tokens[keyword])
                named = _name(text, tokens[name]) if name is not None else None
                together = _TOGETHER.fullmatch(word.value) if named is None else None
                if together is not None:
                    middle = word.start + together.end(1)
                    named = nodes.Name(middle, word.end, together[2])
                    word = nodes.Name(word.start, middle, together[1])
                return nodes.Header(word.start, tokens[last][1], word, named)

            return header
        case ("alias", keyword, name):

            def alias(text: str, tokens: Tokens) -> nodes.Alias:
                word = _name(text, tokens[keyword])
                return nodes.Alias(word.start, tokens[-1][1], word, _name(text, tokens[name]))

            return alias
        case ("field", name, colon, type_, attributes, comment):
            build_type = _compile_type(type_) if type_ is not None else None
            build_attributes = [_compile_attribute(a) for a in attributes]
            last = attributes[-1][4] if attributes else type_[1] if type_ else colon or name

            def field(text: str, tokens: Tokens) -> nodes.FieldLine:
                start = tokens[name][0]
                return nodes.FieldLine(
                    start,
                    tokens[last][1],
                    _name(text, tokens[name]),
                    build_type(text, tokens) if build_type else None,
                    tuple([build(text, tokens) for build in build_attributes]),
                    tokens[colon][0] if colon is not None else -1,
                    _slice(text, tokens[comment]) if comment is not None else "",
                )

            return field
        case ("value", name, attributes, comment):
            build_attributes = [_compile_attribute(a) for a in attributes]
            last = attributes[-1][4] if attributes else name

            def value(text: str, tokens: Tokens) -> nodes.ValueLine:
                return nodes.ValueLine(
                    tokens[name][0],
                    tokens[last][1],
                    _name(text, tokens[name]),
                    tuple([build(text, tokens) for build in build_attributes]),
                    _slice(text, tokens[comment]) if comment is not None else "",
                )

            return value
        case ("block_attribute", attribute, comment):
            build_attribute = _compile_attribute(attribute)

            def block_attribute(text: str, tokens: Tokens) -> nodes.BlockAttributeLine:
                built = build_attribute(text, tokens)
                said = _slice(text, tokens[comment]) if comment is not None else ""
                return nodes.BlockAttributeLine(built.start, built.end, built, said)

            return block_attribute
        case ("property", name, expression, comment):
            build_value = _compile_expression(expression) if expression is not None else None

            def property_(text: str, tokens: Tokens) -> nodes.PropertyLine:
                built = build_value(text, tokens) if build_value else None
                end = built.end if built else tokens[name + 1][1]
                said = _slice(text, tokens[comment]) if comment is not None else ""
                key = _name(text, tokens[name])
                return nodes.PropertyLine(key.start, end, key, built, said)

            return property_
    raise AssertionError(template)


def _slice(text: str, token: tuple[int, int]) -> str:
    return text[token[0] : token[1]]


def _name(text: str, token: tuple[int, int]) -> nodes.Name:
    start, end = token
    return nodes.Name(start, end, text[start:end])


def _compile_type(template: tuple[Any, ...]) -> Build:
    first, last, word, arity, legacy, literal = template

    def build(text: str, tokens: Tokens) -> nodes.Type:
        start, end = tokens[word]
        unsupported = None
        if literal is not None:
            from_, to = tokens[literal]
            unsupported = text[from_ + 1 : to - 1]
        return nodes.Type(
            tokens[first][0], tokens[last][1], text[start:end], start, arity, legacy, unsupported
        )

    return build


def _compile_attribute(template: tuple[Any, ...]) -> Build:
    at, path, arguments, comma, last = template
    build_arguments = None if arguments is None else [_compile_argument(a) for a in arguments]

    def build(text: str, tokens: Tokens) -> nodes.Attribute:
        start, end = tokens[path]
        return nodes.Attribute(
            tokens[at][0],
            tokens[last][1],
            text[start:end],
            end,
            None if build_arguments is None else tuple([b(text, tokens) for b in build_arguments]),
            tokens[comma][0] if comma is not None else -1,
        )

    return build


def _compile_argument(template: tuple[Any, ...]) -> Build:
    first, last, name, expression = template
    build_value = _compile_expression(expression) if expression is not None else None

    def build(text: str, tokens: Tokens) -> nodes.Argument:
        return nodes.Argument(
            tokens[first][0],
            tokens[last][1],
            _name(text, tokens[name]) if name is not None else None,
            build_value(text, tokens) if build_value else None,
        )

    return build


def _compile_expression(template: tuple[Any, ...]) -> Build:
    match template:
        case ("string", index):

            def string(text: str, tokens: Tokens) -> nodes.String:
                start, end = tokens[index]
                return nodes.String(start, end, text[start + 1 : end - 1])

            return string
        case ("number", index):

            def number(text: str, tokens: Tokens) -> nodes.Number:
                start, end = tokens[index]
                return nodes.Number(start, end, text[start:end])

            return number
        case ("reference", index):

            def reference(text: str, tokens: Tokens) -> nodes.Reference:
                start, end = tokens[index]
                return nodes.Reference(start, end, text[start:end])

            return reference
        case ("call", path, arguments, last):
            build_arguments = [_compile_argument(a) for a in arguments]

            def call(text: str, tokens: Tokens) -> nodes.Call:
                start, end = tokens[path]
                built = tuple([b(text, tokens) for b in build_arguments])
                return nodes.Call(start, tokens[last][1], text[start:end], end, built)

            return call
        case ("array", first, items, last):
            build_items = [_compile_expression(i) for i in items]

            def array(text: str, tokens: Tokens) -> nodes.Array:
                built = tuple([b(text, tokens) for b in build_items])
                return nodes.Array(tokens[first][0], tokens[last][1], built)

            return array
        case ("object", first, entries, last):
            build_entries = [(name, _compile_expression(value)) for name, value in entries]

            def object_(text: str, tokens: Tokens) -> nodes.Object:
                built = tuple([(_name(text, tokens[n]), b(text, tokens)) for n, b in build_entries])
                return nodes.Object(tokens[first][0], tokens[last][1], built)

            return object_
    raise AssertionError(template)
