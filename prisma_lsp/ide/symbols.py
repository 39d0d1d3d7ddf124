"""What the word under a cursor stands for, and every place that means the same.

`symbol_at` and `mentions` are what definition, references, highlights and renames are made of.  A
symbol is a declaration, a field or a value, or one of the values below for what only has a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.ide.cursor import Cursor, target
from prisma_lsp.schema.declarations import Config, Declaration, EnumValue, Field, Index, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.uses import (
    Use,
    name_of,
    uses_of_database_schema,
    uses_of_datasource,
    uses_of_declaration,
    uses_of_field,
    uses_of_field_name,
    uses_of_relation_name,
    uses_of_value,
)
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block

_WORD = re.compile(r"[^\W_][\w\-]*")


class Undeclared(NamedTuple):
    """A type that no file declares: one of Prisma's own, or one that is missing."""

    name: str


class MissingField(NamedTuple):
    """A name in a list of fields of a model that has no such field."""

    name: str
    model: Model


class RelationName(NamedTuple):
    """The name of a relation; ``field`` is the side that was looked at."""

    name: str
    field: Field


class DatabaseSchema(NamedTuple):
    """A schema of the database, as in ``@@schema``."""

    name: str


class KeyName(NamedTuple):
    """What Prisma Client calls a key of several fields."""

    name: str
    key: Index
    use: Use


class StoredName(NamedTuple):
    """A name in the database: ``map:`` of a constraint, ``@map`` and ``@@map``."""

    name: str
    use: Use


Symbol = (
    Declaration
    | Field
    | EnumValue
    | Undeclared
    | MissingField
    | RelationName
    | DatabaseSchema
    | KeyName
    | StoredName
)


class Mention(NamedTuple):
    """A place in a file; ``declares`` where the thing gets its name."""

    path: str
    line: int
    start: int
    end: int
    declares: bool


class Rows:
    """Finds the lines of many blocks of one schema: one look at a file for all of its blocks."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._starts: dict[str, dict[Block, int]] = {}

    def of(self, declaration: Declaration) -> int:
        """The number of the first line of the declaration's block."""
        starts = self._starts.get(declaration.path)
        if starts is None:
            document = self._schema.files[declaration.path]
            starts = dict(zip(document.blocks, document.starts, strict=True))
            self._starts[declaration.path] = starts
        return starts[declaration.block]

    def mention(self, use: Use, declares: bool = False) -> Mention:
        row = self.of(use.declaration) + use.line
        return Mention(use.declaration.path, row, use.start, use.end, declares)


def symbol_at(schema: Schema, cursor: Cursor) -> Symbol | None:
    """What the word under the cursor stands for."""
    found = target(schema, cursor)
    if found is not None:
        return found
    match cursor.role:
        case "type":
            return Undeclared(cursor.word)
        case "reference" if cursor.wants in ("fields", "references"):
            model = cursor.model
            if cursor.wants == "references" and cursor.field is not None:
                model = schema.model(cursor.field.type_name)
            return MissingField(cursor.word, model) if model is not None else None
        case "attribute" if cursor.at == "@":
            return datasource_at(schema, cursor)
        case "string":
            return _named_by_string(schema, cursor) or named_in_text(schema, cursor)
        case "comment" | "nothing":
            return named_in_text(schema, cursor)
        case "reference" if cursor.attribute in ("id", "unique", "index") and not cursor.wants:
            return cursor.model.fields.get(cursor.word) if cursor.model is not None else None
        case "reference" | "function" if not cursor.attribute and not cursor.setting:
            return named_in_text(schema, cursor)
    return None


def datasource_at(schema: Schema, cursor: Cursor) -> Config | None:
    """The datasource that the native type under the cursor begins with."""
    prefix = cursor.attribute.partition(".")[0]
    return next((c for c in schema.configs if c.kind == "datasource" and c.name == prefix), None)


def span_at(symbol: Symbol, cursor: Cursor) -> tuple[int, int]:
    """The columns of the cursor's word that stand for the symbol itself."""
    start, end = cursor.start, cursor.end
    if cursor.role in ("comment", "nothing") or (
        cursor.role == "string" and isinstance(symbol, Declaration)
    ):
        return _word_at(cursor) or (start, end)
    if cursor.role == "string" and end - start >= 2:
        return start + 1, end - 1 if cursor.text[end - 1] == '"' else end
    if cursor.role == "attribute" and isinstance(symbol, Config):
        return start + 1, start + 1 + len(symbol.name)
    if "." in cursor.word:
        for part in cursor.word.split("."):
            if cursor.column <= start + len(part):
                return start, start + len(part)
            start += len(part) + 1
        return cursor.start, cursor.end
    return start, end


def mentions(schema: Schema, symbol: Symbol) -> list[Mention]:
    """Every place that means the symbol, where it gets its name first, then by file and line."""
    rows = Rows(schema)
    declaring: list[Use] = []
    uses: Iterator[Use] = iter(())
    match symbol:
        case Config():
            declaring = [name_of(symbol)]
            if symbol.kind == "datasource":
                uses = uses_of_datasource(schema, symbol)
        case Declaration():
            declaring = [name_of(d) for d in schema.declarations(symbol.name)]
            uses = uses_of_declaration(schema, symbol.name)
        case Field():
            declaring = [name_of(symbol)]
            uses = uses_of_field(schema, symbol)
        case EnumValue():
            declaring = [name_of(symbol)]
            uses = uses_of_value(schema, symbol)
        case Undeclared():
            uses = uses_of_declaration(schema, symbol.name)
        case MissingField():
            uses = uses_of_field_name(schema, symbol.model, symbol.name)
        case RelationName():
            field = symbol.field
            uses = uses_of_relation_name(schema, field.owner.name, field.type_name, symbol.name)
        case DatabaseSchema():
            for use in uses_of_database_schema(schema, symbol.name):
                if isinstance(use.declaration, Config):
                    declaring.append(use)
            uses = uses_of_database_schema(schema, symbol.name)
        case KeyName() | StoredName():
            declaring = [symbol.use]
    own = set(declaring)
    found = {rows.mention(use) for use in uses if use not in own}
    return [*(rows.mention(use, True) for use in declaring), *sorted(found)]


def named_in_text(schema: Schema, cursor: Cursor) -> Declaration | None:
    """The declaration whose whole name stands under the cursor, in a comment or a string."""
    span = _word_at(cursor)
    found = schema.declarations(cursor.text[span[0] : span[1]]) if span is not None else ()
    return found[0] if found else None


def _word_at(cursor: Cursor) -> tuple[int, int] | None:
    for match in _WORD.finditer(cursor.text):
        if match.start() <= cursor.column <= match.end():
            return match.span()
    return None


def _named_by_string(schema: Schema, cursor: Cursor) -> Symbol | None:
    name = nodes.unescape(cursor.word.strip('"'))
    if cursor.setting == "schemas":
        return DatabaseSchema(name)
    if cursor.declaration is None or not cursor.attribute or len(cursor.levels) != 1:
        return None
    start, end = cursor.start + 1, max(cursor.start + 1, cursor.end - 1)
    use = Use(cursor.declaration, cursor.index, start, end)
    match cursor.at + cursor.attribute, cursor.argument:
        case "@@schema", _:
            return DatabaseSchema(name)
        case "@relation", "name":
            field = cursor.field
            return RelationName(name, field) if field is not None else None
        case ("@map" | "@@map", _) | (_, "map") | (("@@index" | "@@fulltext"), "name"):
            return StoredName(name, use)
        case (("@@id" | "@@unique"), "name") if cursor.model is not None:
            for index in cursor.model.indexes:
                if index.line == cursor.index and index.attribute is cursor.attribute_node:
                    return KeyName(name, index, use)
    return None


def model_at(schema: Schema, cursor: Cursor) -> Model | None:
    """The model or view that is meant: the one named under the cursor, else the one around it."""
    found = target(schema, cursor)
    if isinstance(found, Field):
        found = schema.model(found.type_name)
    if not isinstance(found, Model) or found.kind == "type":
        found = cursor.model
    return found if found is not None and found.kind != "type" else None
