"""Fixes: what they are, and a workbench that makes their edits.

A fix is made when somebody asks for it, against the schema as it is then, so its maker may look at
every file.  Its class says what Prisma Migrate would do with the edit; a maker that renames or
retypes something in the database must ask `Workbench.is_migrated` first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.rule import Safety
from prisma_lsp.lint.spelling import Words
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Declaration, Enum, Field, Model
from prisma_lsp.schema.rename import NotPossible, Piece, rename_declaration
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import Edit, Range

Answer = TypeVar("Answer")

Edits = dict[str, list[Edit]]


class Fix(NamedTuple):
    """A repair: its title as the user reads it, its class, and its edits by file.

    What a title says of the database stands last, in parentheses or after ": Prisma Migrate".
    ``preferred`` marks the one that "fix this" should take where there are several; ``by_choice``
    one that is right only if somebody says so, which fixing all never takes.  ``labels`` maps the
    texts of a column that becomes an enum to the enum's labels.  ``files`` are new ones by absolute
    path: the migration that makes the change in place.
    """

    title: str
    safety: Safety
    edits: Edits
    preferred: bool = False
    by_choice: bool = False
    labels: Mapping[str, str] = {}
    files: Mapping[str, str] = {}


class Workbench:
    """Makes edits in the schema.  Lines and columns of the edits are those of the files."""

    def __init__(self, schema: Schema, environment: Environment) -> None:
        self.schema = schema
        self.environment = environment
        self._known: dict[str, Any] = {}
        self._places: dict[str, dict[Block, int]] = {}

    def index_of(self, path: str, block: Block) -> int:
        """The place of a block among those of the file ``path``; quick however often asked.

        Raises KeyError where it is none of them.
        """
        places = self._places.get(path)
        if places is None:
            blocks = self.schema.files[path].blocks
            places = self._places[path] = {one: number for number, one in enumerate(blocks)}
        return places[block]

    def line_of(self, path: str, block: Block) -> int:
        """The number of the first line of a block of the file ``path``; quick however often asked."""
        return self.schema.files[path].starts[self.index_of(path, block)]

    def path_of(self, block: Block) -> str:
        """The file that a block is in; raises LookupError where it is in none."""
        for path in self.schema.files:
            with suppress(KeyError):
                self.index_of(path, block)
                return path
        raise LookupError("the block is not in the schema any more")

    def type_names(self) -> Words:
        """Whatever may be the type of a field."""
        return self.once(
            "type names",
            lambda: Words([*catalogue.SCALARS, *(d.name for d in self.schema.all_declarations())]),
        )

    def once(self, key: str, find: Callable[[], Answer]) -> Answer:
        """What ``find`` says about the whole schema; looked for once in the workbench's life."""
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]  # type: ignore[no-any-return]

    @cached_property
    def knows_types(self) -> bool:
        """Whether there are native types: not without a datasource.

        Where Prisma's word is not asked for, a schema without one is for PostgreSQL.
        """
        return not self.environment.settings.reports_validity or self.schema.connector() != "none"

    def is_migrated(self, database_name: str) -> bool:
        """Whether anything of that name may be in a database; of a known thing ask as below."""
        return self.environment.is_migrated(database_name)

    def is_migrated_table(self, model: Model) -> bool:
        """Whether a model's table may already be in a database."""
        return self.environment.is_migrated_table(model.table, model.database_schema)

    def is_migrated_column(self, field: Field) -> bool:
        """Whether a field's column may already be in a database."""
        model = field.owner
        return self.environment.is_migrated_column(model.table, field.column, model.database_schema)

    def is_migrated_enum(self, enum: Enum) -> bool:
        """Whether an enum's type may already be in a database."""
        return self.environment.is_migrated_enum(enum.database_name, enum.database_schema)

    def draft(self) -> Draft:
        return Draft(self.schema, self.line_of)


class Draft:
    """Collects the edits of one fix.  ``line_of`` says where a block starts: `Schema.line_of`."""

    def __init__(
        self, schema: Schema, line_of: Callable[[str, Block], int] | None = None
    ) -> None:
        self.schema = schema
        self.edits: Edits = {}
        self._line_of = line_of or schema.line_of

    def line_of(self, declaration: Declaration) -> int:
        """The number of the first line of a declaration's block."""
        return self._line_of(declaration.path, declaration.block)

    def replace(
        self, declaration: Declaration, line: int, start: int, end: int, text: str
    ) -> Draft:
        """Replace columns ``start`` to ``end`` of a line of the declaration's block."""
        row = self.line_of(declaration) + line
        edits = self.edits.setdefault(declaration.path, [])
        edit = Edit(Range(row, start, row, end), text)
        if edit not in edits:
            edits.append(edit)
        return self

    def replace_in_block(
        self, path: str, block: Block, line: int, start: int, end: int, text: str
    ) -> Draft:
        """Replace columns of a line of any block, a gap's too."""
        row = self._line_of(path, block) + line
        self.edits.setdefault(path, []).append(Edit(Range(row, start, row, end), text))
        return self

    def remove_line(self, path: str, block: Block, line: int) -> Draft:
        """Take a whole line of any block away."""
        row = self._line_of(path, block) + line
        self.edits.setdefault(path, []).append(Edit(Range(row, 0, row + 1, 0), ""))
        return self

    def insert(self, declaration: Declaration, line: int, column: int, text: str) -> Draft:
        return self.replace(declaration, line, column, column, text)

    def append_attribute(self, field: Field, text: str) -> Draft:
        """Write ``text`` (``@map("x")``) behind a field's last attribute."""
        return self.insert(field.owner, field.line, field.node.end, " " + text)

    def lead_attribute(self, field: Field, text: str) -> Draft:
        """Write ``text`` (``@default(now())``) in front of a field's first attribute."""
        if field.node.attributes:
            return self.insert(field.owner, field.line, field.node.attributes[0].start, text + " ")
        return self.append_attribute(field, text)

    def replace_node(self, declaration: Declaration, line: int, node: nodes.Node, text: str) -> Draft:
        return self.replace(declaration, line, node.start, node.end, text)

    def remove_attribute(self, field: Field, attribute: nodes.Attribute) -> Draft:
        """Take an attribute away with the white space before it."""
        before = field.owner.block.line(field.line)[: attribute.start]
        return self.replace(
            field.owner, field.line, len(before.rstrip()), attribute.end, ""
        )

    def set_argument(
        self, declaration: Declaration, line: int, attribute: nodes.Attribute, name: str, value: str
    ) -> Draft:
        """Give a named argument of an attribute a value, in place or behind the last argument."""
        for argument in attribute.arguments or ():
            if argument.name is not None and argument.name.value == name:
                return self.replace_node(declaration, line, argument, f"{name}: {value}")
        if attribute.arguments is None:
            return self.insert(declaration, line, attribute.name_end, f"({name}: {value})")
        if attribute.arguments:
            last = attribute.arguments[-1].end
            return self.insert(declaration, line, last, f", {name}: {value}")
        return self.insert(declaration, line, attribute.end - 1, f"{name}: {value}")

    def add_line(self, declaration: Declaration, line: int, text: str) -> Draft:
        """Put a line before line ``line`` of the block, indented as the block is."""
        row = self.line_of(declaration) + line
        lines = declaration.block.lines
        end = "\r\n" if lines[0].endswith("\r\n") else "\n"
        edits = self.edits.setdefault(declaration.path, [])
        if line > 0 and not lines[line - 1].endswith(("\n", "\r")):
            # The file's last line has no end; the new line must not join it.
            at = Range(row - 1, len(lines[line - 1]), row - 1, len(lines[line - 1]))
            edits.append(Edit(at, end + indent_of(declaration) + text))
        else:
            edits.append(Edit(Range(row, 0, row, 0), indent_of(declaration) + text + end if text else end))
        return self

    def add_field_after(self, field: Field, text: str) -> Draft:
        return self.add_line(field.owner, field.line + 1, text)

    def add_block_attribute(self, declaration: Declaration, text: str) -> Draft:
        """Write ``@@…`` where it belongs: keys and indexes first, the rest behind them.

        A blank line sets the block attributes apart from the fields.
        """
        block = declaration.block
        is_index = text.startswith(("@@id", "@@unique", "@@index", "@@fulltext"))
        existing = [(line, a.name) for line, a in declaration.attributes]
        indexes = [line for line, name in existing if name in _INDEXES]
        others = [line for line, name in existing if name not in _INDEXES]
        if is_index and indexes:
            return self.add_line(declaration, max(indexes) + 1, text)
        if not is_index and existing:
            return self.add_line(declaration, max(line for line, _ in existing) + 1, text)
        if is_index and others:
            first = min(others)
            self.add_line(declaration, first, text)
            return self.add_line(declaration, first, "")
        close = block.close if block.close >= 0 else len(block.lines)
        above = block.lines[close - 1].strip() if close - 1 > block.header else ""
        if above:
            self.add_line(declaration, close, "")
        return self.add_line(declaration, close, text)


_INDEXES = ("id", "unique", "index", "fulltext")


def indent_of(declaration: Declaration) -> str:
    """The white space that the block's lines start with."""
    for line, node in declaration.block.entries:
        if node is not None and not isinstance(node, nodes.CommentLine):
            return declaration.block.lines[line][: node.start]
    return "  "


def as_edits(draft: Draft, pieces: Iterable[Piece]) -> Draft:
    """The pieces of a rename as edits."""
    for piece in pieces:
        draft.replace(piece.declaration, piece.line, piece.start, piece.end, piece.text)
    return draft


def rename_declaration_fix(
    bench: Workbench, title: str, declaration: Declaration, target: str
) -> Iterator[Fix]:
    """Rename a model, type or enum; none where another is, or should be, called so but for capitals."""

    def claims() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in bench.schema.all_declarations():
            for name in (one.name, names.pascal(one.name)):
                found.setdefault(name.lower(), set()).add(one.name)
        return found

    if not bench.once("claimed names", claims).get(target.lower(), set()) - {declaration.name}:
        yield from rename_fix(bench, title, lambda s: rename_declaration(s, declaration, target))


def rename_fix(
    bench: Workbench, title: str, rename: Callable[[Schema], list[Piece]]
) -> Iterator[Fix]:
    """A rename on Prisma's side, which leaves the database as it is; none where none exists."""
    try:
        pieces = rename(bench.schema)
    except NotPossible:
        return
    yield Fix(title, "T", as_edits(bench.draft(), pieces).edits, preferred=True)
