"""Findings as the protocol's diagnostics, written straight as JSON.

A file with thousands of findings is published again at every keystroke.  Going through the
protocol's classes would cost 15 ms for 1,000 of them, so each block's findings are written once and
the pieces of all blocks are joined; tests compare the result with the protocol's own classes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.related import Elsewhere, Related
from prisma_lsp.lint.rule import Finding
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block, Document
from prisma_lsp.text import Encoding, to_units

if TYPE_CHECKING:
    from prisma_lsp.migrations.text import SqlText

_SEVERITY = {"error": 1, "warning": 2, "info": 3, "hint": 4}


# How many findings of a file say where else to look: finding the places takes time.
MAX_RELATED = 100


class _Written(NamedTuple):
    """The findings of a block as JSON for one first line: each with whether it is an error.

    ``schema`` is the one in which the places that they point at were looked up, None where they
    point at none.
    """

    findings: list[Finding]
    line: int
    schema: Schema | None
    items: list[tuple[bool, str]]
    joined: str
    errors: int


class _Top(NamedTuple):
    """The first items of a file that are no errors, from its blocks up to the place ``last``.

    They hold as long as those blocks and their places do; ``schema`` as in `_Written`.
    """

    starts: list[int]
    schema: Schema | None
    last: int
    items: list[str]


class _Known:
    """What is written of one file."""

    def __init__(self, linter: Linter) -> None:
        self.linter = linter
        self.written: dict[Block, _Written] = {}
        self.top: _Top | None = None


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

    def file(self, linter: Linter, path: str, limit: int) -> str:
        """The JSON array of the diagnostics of ``path``: errors first where ``limit`` cuts."""
        document = linter.schema.files.get(path)
        if document is None:
            self.forget(path)
            return "[]"
        self._room = MAX_RELATED
        known = self._known.get(path)
        if known is None or known.linter is not linter:
            known = self._known[path] = _Known(linter)
        changed, gone = linter.take_changed(path)
        for block in gone:
            known.written.pop(block, None)
        if known.top is not None and self._is_above(changed, document, known.top.last):
            known.top = None
        total, errors = linter.totals(path)
        if not total:
            return "[]"
        found = linter.blocks_with_findings(path)
        if total <= limit:
            pieces = [
                self._block(known, block, start).joined
                for block, start in zip(document.blocks, document.starts, strict=True)
                if block in found
            ]
        else:
            pieces = self._cut(known, path, document, limit - 1, errors)
            pieces.append(_more(total - (limit - 1), total))
        return "[" + ",".join(pieces) + "]"

    def forget(self, path: str) -> None:
        """Keep nothing of a file that is no longer served."""
        self._known.pop(path, None)

    def _cut(
        self, known: _Known, path: str, document: Document, room: int, errors: int
    ) -> list[str]:
        """The first ``room`` items, errors before all others."""
        pieces: list[str] = []
        limit = room
        if errors:
            failing = known.linter.blocks_with_errors(path)
            places = sorted([(document.start_of(block), block) for block in failing], key=_first)
            for start, block in places:
                items = self._block(known, block, start).items
                pieces += [item for is_error, item in items if is_error][:room]
                room -= min(room, sum([is_error for is_error, _ in items]))
        top = known.top
        schema = known.linter.schema
        if top is None or top.starts is not document.starts or top.schema not in (None, schema):
            top = known.top = self._top(known, path, document, limit)
        pieces += top.items[: max(0, room)]
        return pieces

    def _top(self, known: _Known, path: str, document: Document, room: int) -> _Top:
        """The first ``room`` items that are no errors."""
        found = known.linter.blocks_with_findings(path)
        items: list[str] = []
        last, points = -1, False
        for number, (block, start) in enumerate(zip(document.blocks, document.starts, strict=True)):
            if block in found:
                written = self._block(known, block, start)
                items += [item for is_error, item in written.items if not is_error]
                points |= written.schema is not None
                last = number
                if len(items) >= room:
                    break
        else:
            last = len(document.blocks)
        return _Top(document.starts, known.linter.schema if points else None, last, items[:room])

    def _is_above(self, changed: Iterable[Block], document: Document, last: int) -> bool:
        """Whether one of the blocks stands in the places up to ``last``."""
        for block in changed:
            try:
                if document.index_of(block) <= last:
                    return True
            except ValueError:
                continue  # it is no longer there, and what stands in its place has changed as well
        return False

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
        items = [(f.level == "error", self._item(f, block, line, schema)) for f in findings]
        points = self._uri is not None and any(f.related is not None for f in findings)
        joined = ",".join([item for _, item in items])
        written = _Written(findings, line, schema if points else None, items, joined, sum(e for e, _ in items))
        known.written[block] = written
        return written

    def migration(self, findings: list[Finding], text: SqlText, schema: Schema | None) -> str:
        """The JSON array of the diagnostics of a `migration.sql`."""
        self._room = MAX_RELATED
        items = [self._written_item(f, text.line, f.line, 0, schema) for f in findings]
        return "[" + ",".join(items) + "]"

    def _item(self, finding: Finding, block: Block, line: int, schema: Schema) -> str:
        return self._written_item(finding, block.lines.__getitem__, line + finding.line, line, schema)

    def _written_item(
        self,
        finding: Finding,
        lines: Callable[[int], str],
        row: int,
        first: int,
        schema: Schema | None,
    ) -> str:
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
            f'{{"range":{{"start":{{"line":{row},"character":{start}}},'
            f'"end":{{"line":{last},"character":{end}}}}}{tail}{tags},'
            f'"message":{json.dumps(finding.message)}}}'
        )

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


def _more(left: int, total: int) -> str:
    start = '{"line":0,"character":0}'
    message = f"{left} more findings are not shown: this file has {total}"
    return (
        f'{{"range":{{"start":{start},"end":{start}}},"severity":3,"code":"too-many-findings",'
        f'"source":"prisma-lsp","message":{json.dumps(message)}}}'
    )
