"""What can be folded away: blocks, runs of comments, and stretches between region marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

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


def folds(schema: Schema, path: str) -> list[Fold]:
    document = schema.files.get(path)
    if document is None:
        return []
    found: list[Fold] = []
    open_regions: list[tuple[int, int]] = []
    for first, block in zip(document.starts, document.blocks, strict=True):
        if block.header >= 0 and block.close > block.header + 1:
            header, close = block.line(block.header), block.line(block.close)
            start, end = header.find("{") + 1, close.find("}")
            found.append(Fold(first + block.header, start, first + block.close, end, "block"))
        found += _comments(first, block)
        for number, line in enumerate(block.lines):
            if "region" not in line or (mark := _REGION.match(line)) is None:
                continue
            if mark[1] is None:
                open_regions.append((first + number, width(line)))
            elif open_regions:
                row, column = open_regions.pop()
                found.append(Fold(row, column, first + number, width(line), "region"))
    return sorted(found)


def _comments(first: int, block: Block) -> Iterator[Fold]:
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
                yield Fold(
                    first + run, width(lines[run]), first + last, width(lines[last]), "comment"
                )
            run = -1
