"""What is here?  The thing under a cursor, and what surrounds it.

`locate` answers for every position of every file, however broken its line is: it walks the line's
tokens rather than its tree, so ``@relation(fields: [sh`` still knows that a field's name is being
typed.  Everything the features need is in the `Cursor`; what a word stands for is `target`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Declaration, Enum, EnumValue, Field, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block
from prisma_lsp.syntax.line import Tokens, tokenize

Role = Literal[
    "keyword",  # model, enum, …
    "declaration",  # the name in a header
    "field",  # a field's name
    "type",
    "enum value",  # a value in its enum
    "property",  # a name in a datasource or generator
    "attribute",  # @name or @@name, at signs included
    "argument",  # the name before a colon
    "reference",  # a bare word as a value: a field, an action, an enum value, true …
    "function",
    "string",
    "number",
    "comment",
    "nothing",  # white space, punctuation
]


class Level(NamedTuple):
    """One pair of brackets around the cursor.

    ``owner`` is the attribute or function whose arguments they hold, "" for an array or object.
    ``argument`` is the name of the argument the cursor is in, "" where it goes by its place, which
    is ``position`` among the unnamed ones; in an array the position is the item's.
    """

    bracket: str
    owner: str
    argument: str
    position: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position and what is there.

    ``line`` counts in the file, ``index`` in the block; columns ``start`` to ``end`` hold the text
    ``word`` of the thing itself.  ``attribute`` is the attribute that the cursor is on or in,
    without its at signs.  ``setting`` is the property whose value the cursor is on or in.
    ``levels`` are the brackets around the cursor, outermost first.
    """

    path: str
    line: int
    column: int
    block: Block
    index: int
    declaration: Declaration | None
    text: str
    role: Role
    word: str
    start: int
    end: int
    at: str = ""
    attribute: str = ""
    attribute_start: int = -1
    setting: str = ""
    levels: tuple[Level, ...] = ()

    @property
    def model(self) -> Model | None:
        """The model, view or composite type that the cursor is in."""
        return self.declaration if isinstance(self.declaration, Model) else None

    @property
    def field(self) -> Field | None:
        """The field on whose line the cursor is."""
        if self.model is not None:
            for field in self.model.all_fields:
                if field.line == self.index:
                    return field
        return None

    @property
    def enum_value(self) -> EnumValue | None:
        """The value on whose line the cursor is."""
        if isinstance(self.declaration, Enum):
            for value in self.declaration.values:
                if value.line == self.index:
                    return value
        return None

    @property
    def attribute_node(self) -> nodes.Attribute | None:
        """The attribute that the cursor is on or in, where its line could be read that far."""
        for line, node in self.block.entries:
            if line == self.index:
                found: tuple[nodes.Attribute, ...] = ()
                if isinstance(node, nodes.BlockAttributeLine):
                    found = (node.attribute,)
                elif isinstance(node, (nodes.FieldLine, nodes.ValueLine)):
                    found = node.attributes
                for attribute in found:
                    if attribute.start == self.attribute_start:
                        return attribute
        return None

    @property
    def is_native(self) -> bool:
        """Whether the attribute is a native type, ``@db.…``."""
        return self.at == "@" and "." in self.attribute

    @property
    def argument(self) -> str:
        """The attribute's argument that the cursor is in, also where it goes by its place."""
        if not self.attribute or not self.levels or self.levels[0].owner != self.attribute:
            return ""
        if self.role == "argument" and len(self.levels) == 1:
            return self.word
        return self.levels[0].argument or _positional(self._arguments(0), self.levels[0].position)

    @property
    def slot(self) -> catalogue.Argument | None:
        """What the innermost argument that the cursor is in wants, or is where its name is here."""
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            if not level.owner:
                continue
            arguments = self._arguments(depth)
            name = level.argument or _positional(arguments, level.position)
            if self.role == "argument" and depth == len(self.levels) - 1:
                name = self.word
            return next((a for a in arguments if a.name == name), None)
        return None

    @property
    def wants(self) -> str:
        """The kind of value that the slot takes ("fields", "action", …), or ""."""
        slot = self.slot
        return slot.kind if slot is not None else ""

    @property
    def parameters(self) -> tuple[catalogue.Argument, ...]:
        """The arguments that may stand between the innermost brackets, by name."""
        return self._arguments(len(self.levels) - 1) if self.levels else ()

    def at_depth(self, depth: int) -> tuple[catalogue.Argument, ...]:
        """The arguments that may stand between the brackets at ``depth``."""
        return self._arguments(depth)

    def _arguments(self, depth: int) -> tuple[catalogue.Argument, ...]:
        """What may stand between the brackets at ``depth``."""
        level = self.levels[depth]
        if depth == 0 and self.attribute:
            known = catalogue.ATTRIBUTES.get(self.at + self.attribute)
            return known.arguments if known is not None else ()
        if self.setting == "extensions":
            return catalogue.EXTENSION_ARGUMENTS
        if depth and self.argument == "fields" and self.at == "@@" and level.owner != "raw":
            return catalogue.INDEX_FIELD_ARGUMENTS
        function = catalogue.FUNCTIONS.get(level.owner)
        return function.arguments if function is not None else ()


def locate(schema: Schema, path: str, line: int, column: int) -> Cursor | None:
    """What is at this position; None outside the file."""
    document = schema.files.get(path)
    if document is None or not document.blocks or not 0 <= line < document.line_count:
        return None
    number = document.locate(line)
    block = document.blocks[number]
    index = line - document.starts[number]
    text = block.line(index).rstrip("\r\n")
    cursor = Cursor(
        path, line, column, block, index, schema.owner(path, block), text, "nothing", "", column, column
    )  # fmt: skip
    shape, tokens = tokenize(text)
    return _Walk(cursor, shape, tokens).cursor()


# What stands behind the last block of a file.
_NOTHING = Block("gap", ())


def typed(schema: Schema, path: str, line: int, column: int) -> Cursor | None:
    """What is being typed at a position: the cursor where its line ends at it.

    ``text`` is the line up to the cursor, so ``word`` is the part of the word that is there already.
    None outside the file and inside a block comment; the empty line at a file's end is inside.
    """
    document = schema.files.get(path)
    if document is None or not 0 <= line <= document.line_count:
        return None
    text = ""
    if line < document.line_count:
        number = document.locate(line)
        block = document.blocks[number]
        index = line - document.starts[number]
        if block.comments is not None and index in block.comments:
            resume = block.comments[index]
            if resume < 0 or column < resume:
                return None
        text = block.line(index).rstrip("\r\n")[:column]
        above = document.blocks[number - 1] if block.kind == "gap" and number else _NOTHING
        if above.kind != "gap" and above.close < 0 and _is_idle(block.lines, index):
            # The empty lines below a block that is not closed yet are where it goes on.
            block, index = above, len(above.lines) + index
    else:
        block = document.blocks[-1] if document.blocks else _NOTHING
        block = block if block.kind != "gap" and block.close < 0 else _NOTHING
        index = len(block.lines)
    column = len(text)
    cursor = Cursor(
        path, line, column, block, index, schema.owner(path, block), text, "nothing", "", column, column
    )  # fmt: skip
    shape, tokens = tokenize(text)
    return _Walk(cursor, shape, tokens).cursor()


def _is_idle(lines: tuple[str, ...], index: int) -> bool:
    """Whether a line is blank, and those above it are, or are comments."""
    above = [line.strip() for line in lines[:index]]
    return not lines[index].strip() and all(not line or line.startswith("//") for line in above)


def target(schema: Schema, cursor: Cursor) -> Declaration | Field | EnumValue | None:
    """What the word under the cursor names."""
    match cursor.role:
        case "declaration":
            return cursor.declaration
        case "field":
            return cursor.field
        case "enum value":
            return cursor.enum_value
        case "type":
            found = schema.declarations(cursor.word)
            return found[0] if found else None
        case "reference":
            return _referred(schema, cursor)
        case "argument" if cursor.wants == "filter":
            return cursor.model.fields.get(cursor.word) if cursor.model is not None else None
    return None


def _referred(schema: Schema, cursor: Cursor) -> Field | EnumValue | None:
    model: Model | None
    match cursor.wants:
        case "fields":
            model = cursor.model
        case "references":
            model = schema.model(cursor.field.type_name) if cursor.field is not None else None
        case "value":
            enum = schema.enum(cursor.field.type_name) if cursor.field is not None else None
            values = enum.values if enum is not None else []
            return next((value for value in values if value.name == cursor.word), None)
        case _:
            return None
    found: Field | None = None
    # A path such as `address.street` goes into a composite type: up to the part at the cursor.
    passed = cursor.start
    for part in cursor.word.split("."):
        found = model.fields.get(part) if model is not None else None
        passed += len(part) + 1
        if found is None or cursor.column < passed:
            break
        model = schema.model(found.type_name)
    return found


def _positional(arguments: tuple[catalogue.Argument, ...], position: int) -> str:
    if position:
        return ""
    return next((a.name for a in arguments if a.positional), "")


class _Walk:
    """Goes over a line's tokens up to the cursor, keeping the brackets that are open."""

    def __init__(self, blank: Cursor, shape: str, tokens: Tokens) -> None:
        self.blank = blank
        self.shape = shape
        self.tokens = tokens
        self.levels: list[Level] = []
        self.at = ""
        self.attribute = ""
        self.attribute_start = -1
        self.setting = ""

    def cursor(self) -> Cursor:
        blank = self.blank
        hit = self._hit()
        if blank.index == blank.block.header:
            return self._header(hit)
        if blank.block.kind in ("gap", "unknown") or self._outside():
            role: Role = "comment" if hit >= 0 and self.shape[hit] in "cd" else "nothing"
            return self._found(role, hit) if hit >= 0 else blank
        stop = hit if hit >= 0 else self._before()
        for number in range(stop):
            self._step(number)
        if hit < 0:
            return self._found("nothing", -1)
        return self._found(self._role(hit), hit)

    def _outside(self) -> bool:
        block = self.blank.block
        return self.blank.index < block.header or 0 <= block.close <= self.blank.index

    def _hit(self) -> int:
        """The token under the cursor; a word rather than the punctuation it touches, or -1."""
        column = self.blank.column
        best = -1
        for number, (start, end) in enumerate(self.tokens):
            if start <= column <= end:
                kind = self.shape[number]
                if kind in "wpnsx":
                    return number
                best = number
        if best >= 0 and self.shape[best] not in "cd@A":
            return -1
        return best

    def _before(self) -> int:
        """How many tokens stand wholly before the cursor."""
        return sum(1 for start, end in self.tokens if end <= self.blank.column and end > start)

    def _word(self, number: int) -> str:
        start, end = self.tokens[number]
        return self.blank.text[start:end]

    def _kind(self, number: int) -> str:
        return self.shape[number] if 0 <= number < len(self.shape) else ""

    def _step(self, number: int) -> None:
        """Passes one token."""
        kind = self._kind(number)
        levels = self.levels
        if kind in "@A":
            levels.clear()
            self.at = "@" if kind == "@" else "@@"
            self.attribute = ""
            self.attribute_start = self.tokens[number][0]
        elif kind in "wp":
            if self._kind(number - 1) in ("@", "A"):
                self.attribute = self._word(number)
            elif levels and self._kind(number + 1) == ":":
                levels[-1] = levels[-1]._replace(argument=self._word(number))
            elif not levels and self._kind(number + 1) == "=" and number == 0:
                self.setting = self._word(number)
        elif kind == "(":
            before = self._kind(number - 1)
            owner = self._word(number - 1) if number and before in "wp" else ""
            levels.append(Level("(", owner, "", 0))
        elif kind in "[{":
            levels.append(Level(kind, "", "", 0))
        elif kind in ")]}":
            if levels:
                levels.pop()
            if not levels:
                self.at = self.attribute = ""
                self.attribute_start = -1
        elif kind == "," and levels:
            last = levels[-1]
            place = last.position + (0 if last.argument else 1)
            levels[-1] = last._replace(argument="", position=place)

    def _role(self, hit: int) -> Role:
        kind = self._kind(hit)
        if kind in "cd":
            return "comment"
        if kind in "@A":
            self._step(hit)
            if self._kind(hit + 1) in ("w", "p") and self.tokens[hit][1] == self.tokens[hit + 1][0]:
                self._step(hit + 1)
            return "attribute"
        if hit and self._kind(hit - 1) in ("@", "A"):
            self._step(hit)
            return "attribute"
        if kind in "sx":
            return "string" if self._word(hit).startswith('"') else "nothing"
        if kind == "n":
            return "number"
        if self.levels:
            if self._kind(hit + 1) == ":":
                return "argument"
            called = self._kind(hit + 1) == "("
            # In an index, `title(sort: Desc)` is a field with arguments, not a function.
            in_index = self.at == "@@" and self.levels[-1].bracket == "["
            return "function" if called and not in_index else "reference"
        return self._bare(hit)

    def _bare(self, hit: int) -> Role:
        """The role of a word outside all brackets."""
        match self.blank.block.kind:
            case "datasource" | "generator":
                if hit == 0:
                    return "property"
                return "function" if self._kind(hit + 1) == "(" else "reference"
            case "enum":
                return "enum value" if hit == 0 else "nothing"
            case _:
                if hit == 0:
                    return "field"
                first = 2 if self._kind(1) == ":" else 1
                return "type" if hit == first or self._kind(hit - 1) == "[" else "nothing"

    def _header(self, hit: int) -> Cursor:
        if hit < 0:
            return self.blank
        if self._kind(hit) in "cd":
            return self._found("comment", hit)
        if self._kind(hit) != "w" or hit > 1:
            return self.blank
        return self._found("keyword" if hit == 0 else "declaration", hit)

    def _found(self, role: Role, hit: int) -> Cursor:
        start, end = self.tokens[hit] if hit >= 0 else (self.blank.column, self.blank.column)
        if role == "attribute":
            start = self.attribute_start
            end = max(end, start + len(self.at) + len(self.attribute))
        blank = self.blank
        return Cursor(
            blank.path, blank.line, blank.column, blank.block, blank.index, blank.declaration,
            blank.text, role, blank.text[start:end], start, end, self.at, self.attribute,
            self.attribute_start, self.setting, tuple(self.levels),
        )  # fmt: skip
