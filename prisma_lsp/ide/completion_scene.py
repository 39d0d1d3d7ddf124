"""What completion works with: one proposal, and the place that it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from prisma_lsp.ide.cursor import Cursor, typed
from prisma_lsp.schema.catalogue import ENUM_PROVIDERS, SCALARS
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import SQLITE_ENUMS_AND_JSON, Release, Version, may_have
from prisma_lsp.syntax.line import Tokens, tokenize
from prisma_lsp.text import Edit

if TYPE_CHECKING:
    from prisma_lsp.lint.validity.connectors import Connector

_WORD_END = re.compile(r"[\w.\-]*")
_STRING_END = re.compile(r'[^"\r\n]*')


class Item(NamedTuple):
    """One proposal.

    ``insert`` is plain text (the label where it is empty), ``snippet`` the same with places to go
    to, for editors that have them.  ``tail`` is shown behind the label, ``detail`` beside it.
    ``topic`` is what `documentation` tells more about.  ``commit`` holds the characters that accept
    the proposal and are typed as well.  ``edits`` change other places of the same file.
    ``elsewhere`` is what is then still to be written in other files: ("opposite", model, field) for
    the other side of a relation, ("ignored", model) for the relation fields of an ignored model.
    """

    label: str
    kind: str
    detail: str = ""
    insert: str = ""
    snippet: str = ""
    tail: str = ""
    topic: tuple[str, ...] = ()
    filter: str = ""
    commit: str = ""
    edits: tuple[Edit, ...] = ()
    elsewhere: tuple[str, ...] = ()


class Scene:
    """A position, and what the proposals for it have to know."""

    def __init__(self, schema: Schema, cursor: Cursor, version: Version | None = None) -> None:
        self.schema = schema
        self.version = version
        self.cursor = cursor
        self.provider = schema.provider() or "postgresql"
        lines = cursor.block.lines
        self.line = cursor.block.line(cursor.index).rstrip("\r\n") if cursor.index < len(lines) else ""
        self.shape, self.tokens = tokenize(cursor.text)
        self.model = cursor.model
        self.field = cursor.field
        self.start, self.end = self._range()
        # The kinds of the tokens that stand before what is being typed.
        self.before = self.shape[: sum(1 for _, end in self.tokens if end <= self.start)]

    @property
    def word(self) -> str:
        """What is typed already of the thing that is proposed."""
        return self.cursor.text[self.start :]

    @property
    def in_string(self) -> bool:
        return self.shape[-1:] == "x" and self.cursor.text[self.tokens[-1][0]] == '"'

    @property
    def in_comment(self) -> bool:
        return self.shape[-1:] in ("c", "d") and bool(self.shape)

    @property
    def behind(self) -> str:
        """What follows the word that is being typed."""
        return self.line[self.end :].lstrip()

    def _range(self) -> tuple[int, int]:
        cursor = self.cursor
        text, column = cursor.text, cursor.column
        start = column
        if self.in_string:
            start = self.tokens[-1][0] + 1
            ending = _STRING_END.match(self.line, column)
            assert ending is not None
            closed = self.line[ending.end() : ending.end() + 1] == '"'
            return start, ending.end() if closed else column
        if cursor.role == "attribute":
            start = cursor.attribute_start
        elif self.shape and self.shape[-1] in "wpn" and self.tokens[-1][1] == column:
            start = self.tokens[-1][0]
        elif text.endswith("_"):
            start = len(text.rstrip("_"))
        ending = _WORD_END.match(self.line, column)
        assert ending is not None
        if start == column and (cursor.role != "attribute"):
            # In front of a word that is there already: it is not what is being typed.
            return start, column
        return start, ending.end()

    # --- what is there already -------------------------------------------------------------------

    @property
    def attributes(self) -> set[str]:
        """The attributes of this line, at signs included, but for the one that is being typed."""
        shape, tokens = tokenize(self.line)
        found = set()
        depth = 0
        for number, kind in enumerate(shape):
            if kind in "([{":
                depth += 1
            elif kind in ")]}":
                depth = max(0, depth - 1)
            elif kind in "@A" and shape[number + 1 : number + 2] in ("w", "p") and not depth:
                start, end = tokens[number][0], tokens[number + 1][1]
                if not start <= self.cursor.column <= end:
                    found.add(self.line[start:end])
        return found

    @property
    def has_native(self) -> bool:
        return any("." in name for name in self.attributes)

    @property
    def is_behind_value(self) -> bool:
        """Whether a value stands before what is typed with no comma between."""
        return self.before[-1:] in ("]", ")", "}", "s", "w", "n", "p") and bool(self.before)

    def given_at(self, depth: int) -> bool:
        """Whether an argument is named before the cursor, between the brackets at ``depth``."""
        level = 0
        for number, kind in enumerate(self.shape):
            if self.tokens[number][0] < self.cursor.attribute_start:
                continue  # another attribute's
            if kind in "([{":
                level += 1
            elif kind in ")]}":
                level -= 1
            elif kind == ":" and number and level == depth + 1:
                return True
        return False

    @property
    def listed_here(self) -> set[str]:
        """The other words in the array that the cursor is in; none where it is not in one."""
        levels = self.cursor.levels
        return self.listed if levels and levels[-1].bracket == "[" else set()

    def written_list(self, name: str) -> tuple[str, ...]:
        """The words in ``name: […]`` of this line, also where the line cannot be read as a whole."""
        shape, tokens = tokenize(self.line)
        found = []
        for number, kind in enumerate(shape):
            if kind != "w" or shape[number + 1 : number + 3] != ":[" or self.line[slice(*tokens[number])] != name:
                continue
            for inner in range(number + 3, len(shape)):
                if shape[inner] == "]":
                    break
                if shape[inner] == "w":
                    found.append(self.line[slice(*tokens[inner])])
        return tuple(found)

    def _bracket(self) -> int:
        """The column behind the innermost bracket that is open, or -1."""
        opened: list[int] = []
        for kind, (_, end) in zip(self.shape, self.tokens, strict=True):
            if kind in "([{":
                opened.append(end)
            elif kind in ")]}" and opened:
                opened.pop()
        return opened[-1] if opened else -1

    def _within(self) -> tuple[str, Tokens, int]:
        """The tokens between the innermost brackets, and the column where those begin."""
        start = self._bracket()
        if start < 0:
            return "", [], 0
        shape, tokens = tokenize(self.line[start:])
        depth = 0
        kept: list[int] = []
        for number, kind in enumerate(shape):
            if kind in "([{":
                depth += 1
            elif kind in ")]}":
                depth -= 1
                if depth < 0:
                    break
            elif not depth:
                kept.append(number)
        return "".join(shape[n] for n in kept), [tokens[n] for n in kept], start

    @property
    def given(self) -> set[str]:
        """The names of the arguments that are written between the innermost brackets, but for the
        one that is being typed."""
        shape, tokens, offset = self._within()
        column = self.cursor.column - offset
        return {
            self.line[offset + tokens[n][0] : offset + tokens[n][1]]
            for n, kind in enumerate(shape)
            if kind == "w" and shape[n + 1 : n + 2] == ":"
            and not tokens[n][0] < column <= tokens[n][1]
        }  # fmt: skip

    @property
    def listed(self) -> set[str]:
        """The other words in the array that the cursor is in."""
        shape, tokens, offset = self._within()
        found = set()
        for kind, (start, end) in zip(shape, tokens, strict=True):
            start, end = start + offset, end + offset
            if kind in "wps" and not start <= self.cursor.column <= end:
                found.add(self.line[start:end].strip('"'))
        return found

    # --- what things are -------------------------------------------------------------------------

    @property
    def type_name(self) -> str:
        return self.field.type_name if self.field is not None else ""

    @property
    def is_relation(self) -> bool:
        return self.schema.kind_of(self.type_name) in ("model", "view")

    @property
    def other(self) -> Model | None:
        """The model that a relation field leads to."""
        return self.schema.model(self.type_name) if self.field is not None else None

    def native(self, postgresql: str = "", **others: str) -> str:
        """`` @db.…`` with the native type that is written for this provider, or ""."""
        if self.schema.connector() == "none":
            return ""
        name = {"postgresql": postgresql, **others}.get(self.provider, "")
        return f" @{self.schema.datasource_name()}.{name}" if name else ""

    @property
    def abilities(self) -> Connector:
        """What Prisma knows to be possible with this database."""
        from prisma_lsp.lint.validity.connectors import CONNECTORS

        return CONNECTORS[self.schema.connector() or self.provider]

    def has(self, providers: Iterable[str] | None) -> bool:
        return providers is None or self.provider in providers

    def since(self, release: Release) -> bool:
        """Whether the installed Prisma may be ``release`` or newer, as one that is not known may."""
        return may_have(self.version, release)

    @property
    def has_enums(self) -> bool:
        if self.provider == "sqlite" and not self.since(SQLITE_ENUMS_AND_JSON):
            return False
        return self.has(ENUM_PROVIDERS)

    def has_scalar(self, name: str) -> bool:
        """Whether the database has this scalar of Prisma's."""
        if self.provider == "sqlite" and name == "Json" and not self.since(SQLITE_ENUMS_AND_JSON):
            return False
        return self.provider in SCALARS[name].columns


def look(
    schema: Schema, path: str, line: int, column: int, version: Version | None = None
) -> Scene | None:
    cursor = typed(schema, path, line, column)
    return Scene(schema, cursor, version) if cursor is not None else None


def is_column(field: Field, schema: Schema) -> bool:
    """Whether a field is stored itself rather than a relation, as far as its type is known."""
    if field.relation is not None:
        return False
    kind = schema.kind_of(field.type_name)
    return kind in ("scalar", "enum", "type") or field.type_name == "Unsupported"


def native_of(field: Field) -> str:
    """A field's native type as it is written, `` @db.Uuid``, with a space before it; or ""."""
    attribute = field.native_type
    if attribute is None:
        return ""
    return f" @{attribute.name.split('.')[0]}.{field.native}"


def quoted(text: str) -> str:
    return f'"{text}"'


def in_quotes(item: Item) -> Item:
    """A text that is written with its quotes and found by what stands between them."""
    text = item.insert or item.label
    return item._replace(label=quoted(item.label), insert=quoted(text), filter=item.label)


def dollars(text: str) -> str:
    """Text that stands in a snippet as it is."""
    return text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")


