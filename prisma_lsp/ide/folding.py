"""What can be folded away: blocks, runs of comments, and stretches between region marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import width

_REGION = re.compile(r"\s*//+\s*#?(end)?region\b")


class Fold(NamedTuple):
    """From column ``start`` of ``line`` to column ``end`` of ``end_line``."""

    line: int
    start: int
    end_line: int
    end: int
    kind: Literal["block", "comment", "region"]


class _Found(NamedTuple):
    """What is in a block, counted from its first line: whole folds, and region marks that may end
    elsewhere, as (line, column of its end, whether it ends a region)."""

    folds: tuple[Fold, ...]
    marks: tuple[tuple[int, int, bool], ...]


_known: WeakKeyDictionary[Block, _Found] = WeakKeyDictionary()


def folds(schema: Schema, path: str) -> list[Fold]:
    document = schema.files.get(path)
    if document is None:
        return []
    found: list[Fold] = []
    open_regions: list[tuple[int, int]] = []
    for first, block in zip(document.starts, document.blocks, strict=True):
        known = _known.get(block)
        if known is None:
            known = _known[block] = _Found(tuple(_within(block)), tuple(_marks(block)))
        for line, start, end_line, end, kind in known.folds:
            found.append(Fold(first + line, start, first + end_line, end, kind))
        for line, column, ends in known.marks:
            if not ends:
                open_regions.append((first + line, column))
            elif open_regions:
                row, start = open_regions.pop()
                found.append(Fold(row, start, first + line, column, "region"))
    return sorted(found)


def _within(block: Block) -> Iterator[Fold]:
    if block.header >= 0 and block.close > block.header + 1:
        header, close = block.line(block.header), block.line(block.close)
        start, end = header.find("{") + 1, close.find("}")
        yield Fold(block.header, start, block.close, end, "block")
    yield from _comments(block)


def _marks(block: Block) -> Iterator[tuple[int, int, bool]]:
    for number, line in enumerate(block.lines):
        if "region" in line and (mark := _REGION.match(line)) is not None:
            yield number, width(line), mark[1] is not None


def _comments(block: Block) -> Iterator[Fold]:
    """Runs of at least two lines that are comments and nothing else."""
    lines = block.lines
    covered = block.comments or {}
    run = -1
    for number in range(len(lines) + 1):
        is_comment = number < len(lines) and (
            covered.get(number, 0) < 0
            or (lines[number].lstrip().startswith("//") and not _REGION.match(lines[number]))
        )
        if is_comment:
            run = number if run < 0 else run
        elif run >= 0:
            if number - run > 1:
                last = number - 1
                yield Fold(run, width(lines[run]), last, width(lines[last]), "comment")
            run = -1
