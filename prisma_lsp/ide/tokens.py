"""The meaning of every word of a file, for colours.

A line's tokens follow from its text and from the kind of its block, so they are remembered by line;
only what a type's name stands for is asked from the schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block
from prisma_lsp.syntax.line import tokenize
from prisma_lsp.syntax.memory import Memory
from prisma_lsp.text import width

# The protocol's own names, so that every colour scheme knows them; their order is their number.
TYPES = (
    "keyword", "class", "interface", "struct", "enum", "enumMember", "property", "type", "decorator",
    "parameter", "function", "string", "number", "comment", "namespace", "variable",
)  # fmt: skip
MODIFIERS = ("declaration", "documentation", "defaultLibrary")
_DECLARATION, _DOCUMENTATION, _LIBRARY = 1, 2, 4

(
    KEYWORD, CLASS, INTERFACE, STRUCT, ENUM, ENUM_MEMBER, PROPERTY, TYPE, DECORATOR,
    PARAMETER, FUNCTION, STRING, NUMBER, COMMENT, NAMESPACE, VARIABLE,
) = range(len(TYPES))  # fmt: skip

_DECLARED = {
    "model": CLASS, "view": INTERFACE, "type": STRUCT, "enum": ENUM,
    "datasource": NAMESPACE, "generator": NAMESPACE,
}  # fmt: skip
_LITERALS = {"true", "false", "null"}
_FIELD_LISTS = {"fields", "references"}


class Token(NamedTuple):
    """A word: its line and columns, the numbers of its type and its modifiers (as bits)."""

    line: int
    start: int
    end: int
    type: int
    modifiers: int


class Words:
    """The tokens of a line as far as its text tells them.

    ``parts`` holds (start, end, type, modifiers), ``named`` the number of the one that is the name of
    a type, which the schema has to say more of, or -1, and ``name`` that name.  ``written`` is for
    whoever wants to keep what it made of the line, which is the same object as long as it is known.
    """

    __slots__ = ("name", "named", "parts", "written")

    def __init__(self, parts: Iterable[_Part]) -> None:
        found = list(parts)
        self.parts = tuple([part[:4] for part in found])
        self.named = next((number for number, part in enumerate(found) if part[4]), -1)
        self.name = found[self.named][4] if self.named >= 0 else ""
        self.written: dict[object, Any] = {}

    def as_kind(self, kind: str | None) -> tuple[tuple[int, int, int, int], ...]:
        """The parts, where the schema says that the name is a ``kind``."""
        number = self.named
        if number < 0:
            return self.parts
        start, end, *_ = self.parts[number]
        modifiers = _LIBRARY if kind == "scalar" else 0
        one = (start, end, _DECLARED.get(kind or "", TYPE), modifiers)
        return (*self.parts[:number], one, *self.parts[number + 1 :])


# (start, end, type, modifiers, the type's name where the schema has to say what it is)
_Part = tuple[int, int, int, int, str]
_lines: Memory[tuple[str, str], Words] = Memory()


def tokens(schema: Schema, path: str) -> Iterator[Token]:
    """Every token of a file."""
    document = schema.files.get(path)
    if document is None:
        return
    for first, block in zip(document.starts, document.blocks, strict=True):
        for line in range(len(block.lines)):
            found = words(block, line)
            kind = schema.kind_of(found.name) if found.name else None
            for start, end, type_, modifiers in found.as_kind(kind):
                yield Token(first + line, start, end, type_, modifiers)


def words(block: Block, line: int) -> Words:
    """The tokens of a block's line."""
    text = block.lines[line]
    kind = "header" if line == block.header else block.kind
    if block.comments is not None and line in block.comments:
        # A comment over several lines, and what may stand behind its end.
        rest = block.comments[line]
        start = len(text) - len(text.lstrip())
        end = width(text.rstrip()) if rest < 0 else rest
        comment: tuple[_Part, ...] = ((start, end, COMMENT, 0, ""),) if start < end else ()
        return Words(comment if rest < 0 else (*comment, *_read(kind, block.line(line))))
    if line < block.header or (0 <= block.close <= line):
        kind = "gap"
    key = (kind, text)
    found = _lines.recent.get(key) or _lines.recall(key)
    if found is None:
        found = Words(_read(kind, text))
        _lines.keep(key, found)
    return found


def _read(kind: str, text: str) -> Iterator[_Part]:
    shape, spans = tokenize(text)
    if kind == "header":
        yield from _header(text, shape, spans)
        return
    in_member = kind in ("model", "view", "type")
    owners: list[str] = []  # what each open bracket belongs to
    attribute = argument = ""
    at_end = -1  # where the attribute's name begins, while it is still to come
    for number, (start, end) in enumerate(spans):
        mark = shape[number]
        if mark == "d":
            yield start, end, COMMENT, _DOCUMENTATION, ""
        elif mark == "c":
            yield start, end, COMMENT, 0, ""
        elif kind in ("gap", "unknown"):
            continue
        elif mark == "s" or (mark == "x" and text[start] == '"'):
            yield start, end, STRING, 0, ""
        elif mark == "n":
            yield start, end, NUMBER, 0, ""
        elif mark in "@A":
            at_end = start
            owners.clear()
            attribute = argument = ""
        elif mark in "wp":
            word = text[start:end]
            follower = shape[number + 1 : number + 2]
            if at_end >= 0:
                attribute = word
                yield at_end, end, DECORATOR, 0, ""
                at_end = -1
            elif not owners:
                yield from _bare(kind, in_member, number, shape, start, end, word)
            else:
                if follower == ":" and len(owners) == 1:
                    argument = word
                lists = in_member and attribute != "default" and owners[-1] == "["
                lists = lists or argument in _FIELD_LISTS
                type_, modifiers = _inside(word, follower, owners[-1], lists)
                yield start, end, type_, modifiers, ""
        elif mark in "([{":
            at_end = -1
            owners.append(mark)
        elif mark in ")]}":
            if owners:
                owners.pop()
            if not owners:
                attribute = argument = ""
        elif mark == "," and len(owners) == 1:
            argument = ""


def _inside(word: str, follower: str, bracket: str, lists_fields: bool) -> tuple[int, int]:
    """The type and modifiers of a word in brackets."""
    if follower == ":":
        return (PROPERTY if bracket == "{" else PARAMETER), 0
    if word in _LITERALS:
        return KEYWORD, 0
    if lists_fields:
        return PROPERTY, 0
    # In an index `title(sort: Desc)` is a field, which the line above took.
    return (FUNCTION, _LIBRARY) if follower == "(" else (ENUM_MEMBER, 0)


def _header(text: str, shape: str, spans: list[tuple[int, int]]) -> Iterator[_Part]:
    for number, (start, end) in enumerate(spans):
        mark = shape[number]
        if mark in "dc":
            yield start, end, COMMENT, _DOCUMENTATION if mark == "d" else 0, ""
        elif mark == "w" and number == 0:
            yield start, end, KEYWORD, 0, ""
        elif mark == "w" and number == 1:
            keyword = text[slice(*spans[0])]
            yield start, end, _DECLARED.get(keyword, CLASS), _DECLARATION, ""


def _bare(
    kind: str, in_member: bool, number: int, shape: str, start: int, end: int, word: str
) -> Iterator[_Part]:
    """A word outside all brackets."""
    if kind == "enum":
        if number == 0:
            yield start, end, ENUM_MEMBER, _DECLARATION, ""
    elif not in_member:
        if number == 0:
            yield start, end, VARIABLE, _DECLARATION, ""
        elif shape[number + 1 : number + 2] == "(":
            yield start, end, FUNCTION, _LIBRARY, ""
        else:
            yield start, end, KEYWORD if word in _LITERALS else ENUM_MEMBER, 0, ""
    elif number == 0:
        yield start, end, PROPERTY, _DECLARATION, ""
    elif number == (2 if shape[1:2] == ":" else 1) or shape[number - 1] == "[":
        if word == "Unsupported" or word in catalogue.SCALARS:
            yield start, end, TYPE, _LIBRARY, ""
        else:
            yield start, end, TYPE, 0, word
