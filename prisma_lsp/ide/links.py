"""Places that a click can open: addresses, what a generator writes, and a SQLite file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes

_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\\]}]+")
_PATHS = {("generator", "output"), ("datasource", "url"), ("datasource", "directUrl")}


class Link(NamedTuple):
    """``target`` is an address, or a path from the folder of the file that the link stands in."""

    line: int
    start: int
    end: int
    target: str
    is_path: bool


def links(schema: Schema, path: str) -> list[Link]:
    document = schema.files.get(path)
    if document is None:
        return []
    found: list[Link] = []
    for first, block in zip(document.starts, document.blocks, strict=True):
        for number, line in enumerate(block.lines):
            if "://" in line:
                for match in _ADDRESS.finditer(line):
                    address = _trimmed(match[0])
                    end = match.start() + len(address)
                    found.append(Link(first + number, match.start(), end, address, False))
        if block.kind in ("generator", "datasource"):
            for number, node in block.entries:
                if isinstance(node, nodes.PropertyLine):
                    found += _path(first + number, block.kind, node)
    return sorted(found)


def _trimmed(address: str) -> str:
    """Without the end of the sentence or the bracket that it stands in."""
    while address.endswith(tuple(".,;:!?")) or (
        address.endswith(")") and address.count(")") > address.count("(")
    ):
        address = address[:-1]
    return address


def _path(row: int, kind: str, node: nodes.PropertyLine) -> Iterator[Link]:
    if (kind, node.name.value) not in _PATHS or not isinstance(node.value, nodes.String):
        return
    target = node.value.value
    if kind == "datasource":
        if not target.startswith("file:"):
            return
        target = target.removeprefix("file:").partition("?")[0]
    if target and "\0" not in target and "\n" not in target and "://" not in target:
        yield Link(row, node.value.start + 1, node.value.end - 1, target, True)
