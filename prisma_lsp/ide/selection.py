"""What to select next when a selection grows: word, value, argument, attribute, line, block, file."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.ide.cursor import Cursor, locate
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.line import tokenize
from prisma_lsp.text import Range, width


def selections(schema: Schema, path: str, line: int, column: int) -> list[Range]:
    """The stretches around a position, the smallest first; each holds the one before."""
    found: list[Range] = [Range(line, column, line, column)]
    for candidate in _candidates(schema, path, line, column):
        inner = found[-1]
        smaller = (inner.line, inner.start), (inner.end_line, inner.end)
        larger = (candidate.line, candidate.start), (candidate.end_line, candidate.end)
        if larger != smaller and larger[0] <= smaller[0] and larger[1] >= smaller[1]:
            found.append(candidate)
    # The bare position is of use only where nothing holds it.
    return found[1:] or found


def _candidates(schema: Schema, path: str, line: int, column: int) -> Iterator[Range]:
    document = schema.files.get(path)
    cursor = locate(schema, path, line, column)
    if document is None or cursor is None:
        return
    columns = [*_word(cursor), *_nodes(cursor)]
    if any(problem.line == cursor.index for problem in cursor.block.problems):
        columns += _brackets(cursor)
    for start, end in sorted(columns, key=lambda span: span[1] - span[0]):
        if start <= column <= end:
            yield Range(line, start, line, end)
    text = document.line(line)
    yield Range(line, len(text) - len(text.lstrip()), line, width(text.rstrip()))
    yield Range(line, 0, line, width(text))
    block = cursor.block
    first = line - cursor.index
    last = len(block.lines) - 1
    if block.header >= 0 and block.close > block.header:
        inner_last = first + block.close - 1
        yield Range(first + block.header + 1, 0, inner_last, width(block.lines[block.close - 1]))
        header = block.line(block.header)
        close = block.line(block.close).find("}") + 1
        indent = len(header) - len(header.lstrip())
        yield Range(first + block.header, indent, first + block.close, close)
    yield Range(first, 0, first + last, width(block.lines[last]))
    end = document.line_count - 1
    yield Range(0, 0, end, width(document.line(end)))


def _word(cursor: Cursor) -> Iterator[tuple[int, int]]:
    if cursor.end <= cursor.start:
        return
    yield cursor.start, cursor.end
    if cursor.role == "string" and cursor.end - cursor.start >= 2:
        yield cursor.start + 1, cursor.end - 1
    if "." in cursor.word and cursor.role in ("reference", "attribute"):
        start = cursor.start
        for part in cursor.word.split("."):
            yield start, start + len(part)
            start += len(part) + 1


def _brackets(cursor: Cursor) -> Iterator[tuple[int, int]]:
    """The brackets of a line that its tree does not cover; open ones reach to the line's end."""
    end = width(cursor.text.rstrip())
    shape, spans = tokenize(cursor.text)
    open_: list[int] = []
    for mark, (start, after) in zip(shape, spans, strict=True):
        if mark in "([{":
            open_.append(start)
        elif mark in ")]}" and open_:
            first = open_.pop()
            yield first + 1, start
            yield first, after
    for first in open_:
        yield first + 1, end
        yield first, end


def _nodes(cursor: Cursor) -> Iterator[tuple[int, int]]:
    """The columns of everything in the tree of the cursor's line."""
    open_: list[object] = [node for line, node in cursor.block.entries if line == cursor.index]
    while open_:
        node = open_.pop()
        if isinstance(node, nodes.Node):
            yield node.start, node.end
        match node:
            case nodes.FieldLine() | nodes.ValueLine():
                open_ += node.attributes
                if isinstance(node, nodes.FieldLine) and node.type is not None:
                    yield node.type.start, node.type.end
            case nodes.BlockAttributeLine():
                open_.append(node.attribute)
            case nodes.PropertyLine():
                open_.append(node.value)
            case nodes.Attribute() | nodes.Call():
                if node.arguments:
                    yield node.arguments[0].start, node.arguments[-1].end
                open_ += node.arguments or ()
            case nodes.Argument():
                open_.append(node.value)
            case nodes.Array():
                if node.items:
                    yield node.items[0].start, node.items[-1].end
                open_ += node.items
            case nodes.Object():
                for key, value in node.entries:
                    yield key.start, value.end
                    open_.append(value)
