"""What a file declares, as a tree: blocks, and in them fields, values, keys and settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Config, Declaration, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import width

Kind = Literal[
    "model", "view", "type", "enum", "datasource", "generator",
    "field", "relation", "value", "key", "property",
]  # fmt: skip

# A generated enum or table may be wider than anybody can look at.
MAX_CHILDREN = 5_000
_KEYS = ("id", "unique", "index", "fulltext")


class Entry(NamedTuple):
    """One line of the tree.  Lines count from the block's first.

    ``line`` to ``end_line``, ``start`` to ``end`` hold the whole; ``name_line``, ``name_start`` and
    ``name_end`` the name.
    """

    name: str
    detail: str
    kind: Kind
    line: int
    start: int
    end_line: int
    end: int
    name_line: int
    name_start: int
    name_end: int
    children: tuple[Entry, ...] = ()


_known: WeakKeyDictionary[Block, Entry] = WeakKeyDictionary()


def outline(schema: Schema, path: str) -> Iterator[tuple[int, Block, Entry]]:
    """(first line, block, its entry) of every declaration of a file."""
    document = schema.files.get(path)
    if document is None:
        return
    for start, block in zip(document.starts, document.blocks, strict=True):
        entry = _known.get(block)
        if entry is None:
            declaration = schema.owner(path, block)
            if declaration is None:
                continue
            entry = _known[block] = _entry(declaration)
        yield start, block, entry


def _entry(declaration: Declaration) -> Entry:
    block = declaration.block
    name = declaration.name_node
    last = len(block.lines) - 1
    return Entry(
        declaration.name, _detail(declaration), declaration.kind,  # type: ignore[arg-type]
        0, 0, last, width(block.lines[last]), block.header, name.start, name.end,
        tuple(_children(declaration)),
    )  # fmt: skip


def _detail(declaration: Declaration) -> str:
    match declaration:
        case Config():
            return declaration.string("provider") or ""
        case Declaration(mapped_name=str() as mapped) if declaration.kind != "type":
            return mapped
    return ""


def _children(declaration: Declaration) -> Iterator[Entry]:
    block = declaration.block
    for line, node in block.entries[:MAX_CHILDREN]:
        match node:
            case nodes.FieldLine(type=type_):
                detail = block.line(line)[type_.start : type_.end] if type_ is not None else ""
                plain = type_ is None or type_.name in catalogue.SCALARS
                kind: Kind = "field" if plain or node.type.name == "Unsupported" else "relation"  # type: ignore[union-attr]
                yield _child(node.name.value, detail, kind, line, node, node.name)
            case nodes.ValueLine():
                yield _child(node.name.value, "", "value", line, node, node.name)
            case nodes.PropertyLine(value=value):
                detail = block.line(line)[value.start : value.end] if value is not None else ""
                yield _child(node.name.value, detail, "property", line, node, node.name)
            case nodes.BlockAttributeLine(attribute=attribute) if (
                isinstance(declaration, Model) and attribute.name in _KEYS
            ):
                text = block.line(line)[attribute.start : attribute.end]
                yield _child(text, "", "key", line, attribute, attribute)


def _child(
    name: str, detail: str, kind: Kind, line: int, node: nodes.Node, at: nodes.Node
) -> Entry:
    return Entry(name, detail, kind, line, node.start, line, node.end, line, at.start, at.end)
