"""Answers that are as long as a file: its symbols and its tokens.

They are written block by block, and what was written for a block is kept as long as the block is; the
pieces are sent as they are, because putting millions of bytes together takes longer than finding them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from lsprotocol import types

from prisma_lsp.ide.tokens import Words, words
from prisma_lsp.server import convert
from prisma_lsp.server.features import NONE_OF, NOTHING, SYMBOL_KINDS, _file, _of
from prisma_lsp.server.protocol import Pieces, Raw
from prisma_lsp.syntax.document import Block, Document
from prisma_lsp.text import Encoding, common_ends, to_units

if TYPE_CHECKING:
    from prisma_lsp.ide.outline import Entry
    from prisma_lsp.schema.schema import Schema
    from prisma_lsp.server.server import Server
    from prisma_lsp.workspace import Session

Units = Callable[[int, int], int]


def _units(block: Block, encoding: Encoding) -> Units | None:
    """(line, column) → the column in the client's units; None where it is the same."""
    lines = block.lines
    if encoding == "utf-32" or all(line.isascii() for line in lines):
        return None
    return lambda line, column: to_units(lines[line], column, encoding)


# --- symbols -----------------------------------------------------------------------------------


class _Symbols:
    """A block's symbols as JSON in which only the numbers of lines are open: those of the block
    move whenever something above it does."""

    __slots__ = ("_first", "_lines", "_template", "_written", "key")

    def __init__(self, key: tuple[object, ...], template: str, lines: list[int]) -> None:
        # Each "%d" stands for a line that counts from the block's first.
        self.key = key
        self._template = template
        self._lines = lines
        self._first = -1
        self._written = b""

    def at(self, first: int) -> bytes:
        """The JSON, with a comma behind it, where the block begins in line ``first``."""
        if self._first != first:
            numbers = tuple([first + line for line in self._lines])
            self._written = (self._template % numbers).encode("utf-8", "replace")
            self._first = first
        return self._written


_symbols: WeakKeyDictionary[Block, _Symbols] = WeakKeyDictionary()


def document_symbols(server: Server, params: types.DocumentSymbolParams) -> Raw | Pieces:
    from prisma_lsp.ide.outline import outline

    found = _file(server, params.text_document.uri)
    if found is None:
        return NONE_OF
    session, path, _ = found
    text = server.client_capabilities.text_document
    tree = bool(_of(text, "document_symbol", "hierarchical_document_symbol_support"))
    uri = json.dumps(server.uris.of(path))
    # What is written depends on these besides the block's own lines.
    key = (server.encoding, tree, uri)
    pieces = [b"["]
    for first, block, entry in outline(session.schema, path):
        known = _symbols.get(block)
        if known is None or known.key != key:
            units = _units(block, server.encoding)
            lines: list[int] = []
            if tree:
                written = _tree(entry, units, lines)
            else:
                written = ",".join(_flat(entry, "", units, _literal(uri), lines))
            _symbols[block] = known = _Symbols(key, written + ",", lines)
        pieces.append(known.at(first))
    if len(pieces) > 1:
        pieces[-1] = pieces[-1][:-1]
    pieces.append(b"]")
    return Pieces(pieces)


def _literal(text: str) -> str:
    """JSON as part of a template."""
    return text.replace("%", "%%") if "%" in text else text


def _string(text: str) -> str:
    return _literal(encode_basestring_ascii(text))


def _range(start: int, end: int) -> str:
    return (
        f'{{"start":{{"line":%d,"character":{start}}},"end":{{"line":%d,"character":{end}}}}}'
    )


def _columns(entry: Entry, units: Units | None) -> tuple[int, int, int, int]:
    """Where the entry and its name begin and end, in the client's units."""
    if units is None:
        return entry.start, entry.end, entry.name_start, entry.name_end
    return (
        units(entry.line, entry.start), units(entry.end_line, entry.end),
        units(entry.name_line, entry.name_start), units(entry.name_line, entry.name_end),
    )  # fmt: skip


def _tree(entry: Entry, units: Units | None, lines: list[int]) -> str:
    """The template of an entry and all in it; ``lines`` gets its lines in their order."""
    start, end, name_start, name_end = _columns(entry, units)
    lines += (entry.line, entry.end_line, entry.name_line, entry.name_line)
    more = f',"detail":{_string(entry.detail)}' if entry.detail else ""
    if entry.children:
        children = ",".join([_tree(child, units, lines) for child in entry.children])
        more += f',"children":[{children}]'
    return (
        f'{{"name":{_string(entry.name)},"kind":{SYMBOL_KINDS[entry.kind]},'
        f'"range":{_range(start, end)},"selectionRange":{_range(name_start, name_end)}{more}}}'
    )


def _flat(
    entry: Entry, container: str, units: Units | None, uri: str, lines: list[int]
) -> Iterator[str]:
    """As `_tree`, one template an entry; ``uri`` is the file's, as part of a template."""
    start, end, _, _ = _columns(entry, units)
    lines += (entry.line, entry.end_line)
    more = f',"containerName":{_string(container)}' if container else ""
    yield (
        f'{{"name":{_string(entry.name)},"kind":{SYMBOL_KINDS[entry.kind]},'
        f'"location":{{"uri":{uri},"range":{_range(start, end)}}}{more}}}'
    )
    for child in entry.children:
        yield from _flat(child, entry.name, units, uri, lines)


# --- semantic tokens ---------------------------------------------------------------------------


class _Chunk(NamedTuple):
    """A block's tokens as JSON without the first number, which is the distance to the token above."""

    names: tuple[str, ...]
    kinds: tuple[str | None, ...]
    first: int
    last: int
    size: int
    rest: str


class _Answer(NamedTuple):
    """What a client was told of a file: each block's (distance, chunk)."""

    number: int
    rows: list[tuple[int, _Chunk]]


class _Kinds(dict[str, "str | None"]):
    """What names stand for, each asked once: a thousand blocks have the same few types."""

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self._schema = schema

    def __missing__(self, name: str) -> str | None:
        kind = self[name] = self._schema.kind_of(name)
        return kind


class SemanticTokens:
    """Writes tokens, and what has changed since the last time."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._chunks: WeakKeyDictionary[Block, _Chunk] = WeakKeyDictionary()
        self._told: dict[str, _Answer] = {}
        self._number = 0

    def full(self, params: types.SemanticTokensParams) -> Raw:
        found = _file(self._server, params.text_document.uri)
        if found is None:
            return NOTHING
        session, path, document = found
        rows = self._rows(session, document, 0, len(document.blocks))
        return Raw(f'{{"resultId":"{self._tell(path, rows)}","data":[{_joined(rows)}]}}')

    def range(self, params: types.SemanticTokensRangeParams) -> Raw:
        found = _file(self._server, params.text_document.uri)
        if found is None:
            return NOTHING
        session, _, document = found
        at = convert.stretch(document, params.range, self._server.encoding)
        first, last = document.locate(at.line), document.locate(at.end_line) + 1
        return Raw(f'{{"data":[{_joined(self._rows(session, document, first, last))}]}}')

    def delta(self, params: types.SemanticTokensDeltaParams) -> Raw:
        found = _file(self._server, params.text_document.uri)
        if found is None:
            return NOTHING
        session, path, document = found
        before = self._told.get(path)
        rows = self._rows(session, document, 0, len(document.blocks))
        number = self._tell(path, rows)
        if before is None or str(before.number) != params.previous_result_id:
            return Raw(f'{{"resultId":"{number}","data":[{_joined(rows)}]}}')
        old = before.rows
        head, tail = common_ends(old, rows)
        gone, come = old[head : len(old) - tail], rows[head : len(rows) - tail]
        if not gone and not come:
            return Raw(f'{{"resultId":"{number}","edits":[]}}')
        start = 5 * sum(chunk.size for _, chunk in rows[:head])
        count = 5 * sum(chunk.size for _, chunk in gone)
        edit = f'{{"start":{start},"deleteCount":{count},"data":[{_joined(come)}]}}'
        return Raw(f'{{"resultId":"{number}","edits":[{edit}]}}')

    def forget(self, path: str) -> None:
        self._told.pop(path, None)

    def _tell(self, path: str, rows: list[tuple[int, _Chunk]]) -> int:
        self._number += 1
        self._told[path] = _Answer(self._number, rows)
        return self._number

    def _rows(
        self, session: Session, document: Document, first: int, last: int
    ) -> list[tuple[int, _Chunk]]:
        rows = []
        kinds = _Kinds(session.schema)
        above = 0
        for number in range(first, min(last, len(document.blocks))):
            chunk = self._chunk(kinds, document.blocks[number])
            if chunk.size:
                start = document.starts[number]
                rows.append((start + chunk.first - above, chunk))
                above = start + chunk.last
        return rows

    def _chunk(self, kinds: _Kinds, block: Block) -> _Chunk:
        known = self._chunks.get(block)
        if known is not None and known.kinds == tuple([kinds[name] for name in known.names]):
            return known
        told: dict[str, str | None] = {}
        encoding = self._server.encoding
        numbers: list[str] = []
        first = above = -1
        count = 0
        for row in range(len(block.lines)):
            line = words(block, row)
            if not line.parts:
                continue
            kind = None
            if line.name:
                kind = told[line.name] = kinds[line.name]
            text = line.written.get((encoding, kind))
            if text is None:
                text = line.written[encoding, kind] = _numbers(line, kind, block.lines[row], encoding)
            if first < 0:
                first = row
                numbers.append(text)
            else:
                numbers.append(f"{row - above},{text}")
            above = row
            count += len(line.parts)
        found = _Chunk(tuple(told), tuple(told.values()), first, above, count, ",".join(numbers))
        self._chunks[block] = found
        return found


def _numbers(line: Words, kind: str | None, text: str, encoding: Encoding) -> str:
    """A line's tokens as the protocol's numbers, but for the distance to the line above."""
    is_plain = encoding == "utf-32" or text.isascii()
    numbers: list[str] = []
    above = 0
    for start, end, type_, modifiers in line.as_kind(kind):
        if not is_plain:
            start, end = to_units(text, start, encoding), to_units(text, end, encoding)
        numbers.append(f"{start - above},{end - start},{type_},{modifiers}")
        above = start
    return ",0,".join(numbers)


def _joined(rows: list[tuple[int, _Chunk]]) -> str:
    return ",".join([f"{distance},{chunk.rest}" for distance, chunk in rows])
