"""Findings as the protocol's diagnostics, written straight as JSON.

A file with thousands of findings is published again at every keystroke.  Going through the
protocol's classes would cost 15 ms for 1,000 of them, so each block's findings are written once and
the pieces of all blocks are joined; tests compare the result with the protocol's own classes.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.related import Elsewhere, Related
from prisma_lsp.lint.rule import Finding
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block, Document
from prisma_lsp.text import Encoding, common_ends, to_units

if TYPE_CHECKING:
    from prisma_lsp.migrations.text import SqlText

_SEVERITY = {"error": 1, "warning": 2, "info": 3, "hint": 4}


# How many findings of a file say where else to look: finding the places takes time.
MAX_RELATED = 100


# So many blocks are one piece of a file's diagnostics: an edit costs the writing of one of them.
PIECE = 16


class Items:
    """A JSON array, in pieces that are kept from one publication to the next.

    Each piece holds elements of the array as ASCII text, with a comma before every one.
    """

    __slots__ = ("pieces",)

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def __eq__(self, other: object) -> bool:
        # Most pieces are the same objects, so this takes no longer for a large file.
        return isinstance(other, Items) and (
            self.pieces == other.pieces
            or (self.size == other.size and bytes(self) == bytes(other))
        )

    def __hash__(self) -> int:
        return self.size

    @property
    def size(self) -> int:
        """How many bytes all elements take."""
        return sum(map(len, self.pieces))

    def json(self) -> list[bytes | memoryview]:
        """The text of the array, to be joined."""
        if not self.pieces:
            return [b"[]"]
        return [b"[", memoryview(self.pieces[0])[1:], *self.pieces[1:], b"]"]

    def __bytes__(self) -> bytes:
        return b"".join(self.json())


NO_ITEMS = Items([])


class _Written(NamedTuple):
    """The findings of a block as pieces of JSON for one first line: all, the errors, the others.

    ``schema`` is the one in which the places that they point at were looked up, None where they
    point at none.
    """

    findings: list[Finding]
    line: int
    schema: Schema | None
    joined: bytes
    errors: list[bytes]
    others: list[bytes]


class _Piece(NamedTuple):
    """The findings of some blocks that follow each other; ``schema`` as in `_Written`.

    ``ends`` has where each of the ``others``, those that are no errors, ends.
    """

    schema: Schema | None
    joined: bytes
    others: bytes
    ends: list[int]


class _Known:
    """What is written of one file."""

    def __init__(self, linter: Linter) -> None:
        self.linter = linter
        self.written: dict[Block, _Written] = {}
        # What is written of the blocks from each of `firsts` on, None where that is to be done again;
        # it holds for these blocks and their first lines.
        self.pieces: list[_Piece | None] = []
        self.firsts: list[int] = []
        self.blocks: Sequence[Block] = ()
        self.starts: list[int] = []

    def follow(self, document: Document) -> None:
        """Keep the pieces of the blocks that are where they were."""
        old, new = tuple(self.blocks), tuple(document.blocks)
        heads, tails = zip(
            common_ends(old, new), common_ends(self.starts, document.starts), strict=True
        )
        head, tail = min(heads), min(tails)
        ends = [*self.firsts[1:], len(old)] if self.firsts else []
        above = bisect_right(ends, head)
        below = max(above, bisect_left(self.firsts, len(old) - tail))
        shift = len(new) - len(old)
        begin = ends[above - 1] if above else 0
        end = self.firsts[below] + shift if below < len(self.firsts) else len(new)
        between = range(begin, end, PIECE)
        self.pieces[above:below] = [None] * len(between)
        self.firsts = [
            *self.firsts[:above], *between, *[first + shift for first in self.firsts[below:]]
        ]  # fmt: skip
        self.starts = document.starts


class Writer:
    """Writes the diagnostics of a file.

    ``page`` gives the URI of a rule's page or None; ``uri`` that of a file, for a client that shows
    where else to look.
    """

    def __init__(
        self,
        encoding: Encoding,
        page: Callable[[str], str | None],
        uri: Callable[[str], str] | None = None,
    ) -> None:
        self._encoding: Encoding = encoding
        self._uri = uri
        self._room = 0
        self._page = page
        self._tails: dict[tuple[str, str, str], str] = {}
        self._known: dict[str, _Known] = {}

    def file(self, linter: Linter, path: str, limit: int) -> Items:
        """The diagnostics of ``path``: errors first where ``limit`` cuts."""
        document = linter.schema.files.get(path)
        if document is None:
            self.forget(path)
            return NO_ITEMS
        self._room = MAX_RELATED
        known = self._known.get(path)
        if known is None or known.linter is not linter:
            known = self._known[path] = _Known(linter)
        changed, gone = linter.take_changed(path)
        for block in gone:
            known.written.pop(block, None)
        if known.starts is not document.starts:
            known.follow(document)
        known.blocks = document.blocks
        for block in changed:
            try:
                at = document.index_of(block)
            except ValueError:
                continue  # it is gone, and what stands in its place has changed as well
            known.pieces[bisect_right(known.firsts, at) - 1] = None
        total, errors = linter.totals(path)
        if not total:
            return NO_ITEMS
        if total <= limit:
            pieces = [piece.joined for piece in self._pieces(known, path, document)]
        else:
            pieces = self._cut(known, path, document, limit - 1, errors)
            pieces.append(_more(total - (limit - 1), total))
        return Items([piece for piece in pieces if piece])

    def forget(self, path: str) -> None:
        """Keep nothing of a file that is no longer served."""
        self._known.pop(path, None)

    def _cut(
        self, known: _Known, path: str, document: Document, room: int, errors: int
    ) -> list[bytes]:
        """The first ``room`` items, errors before all others."""
        pieces: list[bytes] = []
        if errors:
            failing = known.linter.blocks_with_errors(path)
            places = sorted([(document.start_of(block), block) for block in failing], key=_first)
            for start, block in places:
                pieces += self._block(known, block, start).errors[: room - len(pieces)]
            room -= len(pieces)
        for piece in self._pieces(known, path, document):
            if room <= 0:
                break
            if len(piece.ends) <= room:
                pieces.append(piece.others)
            else:
                pieces.append(piece.others[: piece.ends[room - 1]])
            room -= len(piece.ends)
        return pieces

    def _pieces(self, known: _Known, path: str, document: Document) -> Iterator[_Piece]:
        """What is written of the file, from its first block on."""
        schema = known.linter.schema
        for number, piece in enumerate(known.pieces):
            if piece is None or piece.schema not in (None, schema):
                first, last = known.firsts[number], known.firsts[number + 1 : number + 2]
                stretch = slice(first, last[0] if last else None)
                known.pieces[number] = piece = self._piece(known, path, document, stretch)
            yield piece

    def _piece(self, known: _Known, path: str, document: Document, stretch: slice) -> _Piece:
        """What is written of the blocks in the ``stretch``."""
        found = known.linter.blocks_with_findings(path)
        written = [
            self._block(known, block, start)
            for block, start in zip(
                document.blocks[stretch], document.starts[stretch], strict=True
            )
            if block in found
        ]
        points = any(one.schema is not None for one in written)
        joined = b"".join([one.joined for one in written])
        others = [item for one in written for item in one.others]
        return _Piece(
            known.linter.schema if points else None,
            joined,
            b"".join(others) if any(one.errors for one in written) else joined,
            list(accumulate(map(len, others))),
        )

    def _block(self, known: _Known, block: Block, line: int) -> _Written:
        findings = known.linter.findings(block)
        schema = known.linter.schema
        written = known.written.get(block)
        if (
            written is not None
            and written.findings is findings
            and written.line == line
            and written.schema in (None, schema)
        ):
            return written
        items = [self._item(f, block, line, schema) for f in findings]
        points = self._uri is not None and any(f.related is not None for f in findings)
        written = _Written(
            findings,
            line,
            schema if points else None,
            b"".join(items),
            [item for item, f in zip(items, findings, strict=True) if f.level == "error"],
            [item for item, f in zip(items, findings, strict=True) if f.level != "error"],
        )
        known.written[block] = written
        return written

    def migration(self, findings: list[Finding], text: SqlText, schema: Schema | None) -> Items:
        """The diagnostics of a `migration.sql`."""
        self._room = MAX_RELATED
        return Items([self._written_item(f, text.line, f.line, 0, schema) for f in findings])

    def _item(self, finding: Finding, block: Block, line: int, schema: Schema) -> bytes:
        return self._written_item(finding, block.lines.__getitem__, line + finding.line, line, schema)

    def _written_item(
        self,
        finding: Finding,
        lines: Callable[[int], str],
        row: int,
        first: int,
        schema: Schema | None,
    ) -> bytes:
        """A finding on the line ``row`` of its file; its own lines, of which ``lines`` gives the
        text, count from the line ``first``."""
        text = lines(finding.line)
        start, end = finding.start, finding.end
        if not text.isascii():
            start = to_units(text, start, self._encoding)
            end = to_units(text, end, self._encoding)
        last = row
        if finding.through > finding.line:
            last = first + finding.through
            text = lines(finding.through).rstrip("\r\n")
            end = to_units(text, len(text), self._encoding)
        key = (finding.source, finding.rule, finding.level)
        tail = self._tails.get(key)
        if tail is None:
            self._tails[key] = tail = self._tail(finding)
        tags = ""
        if finding.unused or finding.deprecated:
            numbers = ["1"] * finding.unused + ["2"] * finding.deprecated
            tags = f',"tags":[{",".join(numbers)}]'
        related, uri = finding.related, self._uri
        if related is not None and uri is not None and schema is not None and self._room > 0:
            self._room -= 1
            places = ",".join(self._related(related(schema), schema, uri))
            tags += f',"relatedInformation":[{places}]' if places else ""
        return (
            f',{{"range":{{"start":{{"line":{row},"character":{start}}},'
            f'"end":{{"line":{last},"character":{end}}}}}{tail}{tags},'
            f'"message":{json.dumps(finding.message)}}}'
        ).encode("ascii")

    def _related(
        self, found: Iterable[Related | Elsewhere], schema: Schema, uri: Callable[[str], str]
    ) -> Iterator[str]:
        for place in found:
            if isinstance(place, Elsewhere):
                path, row, text = place.path, place.line, place.text
            else:
                owner = place.declaration
                path, row = owner.path, schema.place(owner).line + place.line
                text = owner.block.lines[place.line]
            start = to_units(text, place.start, self._encoding)
            end = to_units(text, place.end, self._encoding)
            yield (
                f'{{"location":{{"uri":{json.dumps(uri(path))},'
                f'"range":{{"start":{{"line":{row},"character":{start}}},'
                f'"end":{{"line":{row},"character":{end}}}}}}},'
                f'"message":{json.dumps(place.message)}}}'
            )

    def _tail(self, finding: Finding) -> str:
        page = self._page(finding.rule) if finding.source == "prisma-lsp" else None
        described = f',"codeDescription":{{"href":{json.dumps(page)}}}' if page else ""
        return (
            f',"severity":{_SEVERITY[finding.level]},"code":{json.dumps(finding.rule)}'
            f'{described},"source":{json.dumps(finding.source)}'
        )


def _first(place: tuple[int, Block]) -> int:
    return place[0]


def _more(left: int, total: int) -> bytes:
    start = '{"line":0,"character":0}'
    message = f"{left} more findings are not shown: this file has {total}"
    return (
        f',{{"range":{{"start":{start},"end":{start}}},"severity":3,"code":"too-many-findings",'
        f'"source":"prisma-lsp","message":{json.dumps(message)}}}'
    ).encode("ascii")
