"""Finds declarations, fields and values by a few letters of their names, over a whole schema.

The letters must occur in the name in their order.  Best first: the name itself, a name that begins
so, the beginnings of its words, a piece of it, then the rest; declarations before what is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from prisma_lsp.ide.outline import Kind, outline
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block

LIMIT = 100


class Match(NamedTuple):
    name: str
    kind: Kind
    container: str
    path: str
    line: int
    start: int
    end: int


# The names of a block, one a line: its own first, then those of its fields or values.
_names: WeakKeyDictionary[Block, str] = WeakKeyDictionary()


def search(schema: Schema, query: str, limit: int = LIMIT) -> list[Match]:
    """The best matches; every declaration where the query is empty.  `Order.shop` looks in `Order`."""
    owner, dot, member = query.replace("::", ".").rpartition(".")
    letters = member if dot else query
    wanted = _pattern(letters)
    within = _pattern(owner) if dot else None
    found: list[tuple[tuple[int, int, bool, str, str, int], Match]] = []
    for path in schema.files:
        for start, block, entry in outline(schema, path):
            names = _names.get(block)
            if names is None:
                members = [c.name for c in entry.children if c.kind != "key"]
                names = _names[block] = "\n".join([entry.name, *members])
            if within is not None and within.search(entry.name) is None:
                continue
            if not letters and not dot:
                hits: Iterator[int] = iter((0,))
            else:
                hits = (names.count("\n", 0, m.start()) for m in wanted.finditer(names))
            members_ = None
            for number in hits:
                if number == 0 and not dot:
                    one, container = entry, ""
                elif number:
                    members_ = members_ or [c for c in entry.children if c.kind != "key"]
                    one, container = members_[number - 1], entry.name
                else:
                    continue
                row = start + one.name_line
                # Members of one owner stay in their order where nothing else tells them apart.
                by_name = one.name.lower() if letters or not dot else ""
                owners = _rank(entry.name, owner) if dot else 0
                rank = (owners, _rank(one.name, letters), number > 0, by_name, path, row)
                match = Match(
                    one.name, one.kind, container, path, row, one.name_start, one.name_end
                )
                found.append((rank, match))
    found.sort()
    return [match for _, match in found[:limit]]


def _pattern(letters: str) -> re.Pattern[str]:
    """The letters in their order, anything between them, on one line; it never tries twice."""
    wanted = [re.escape(letter) for letter in letters.replace(" ", "")[:100]]
    return re.compile(
        "^" + "".join(f"[^{letter}\n]*{letter}" for letter in wanted) + "[^\n]*$", re.M | re.I
    )


def _rank(name: str, letters: str) -> int:
    small, wanted = name.lower(), letters.lower()
    if small == wanted:
        return 0
    if small.startswith(wanted):
        return 1
    starts = "".join(re.findall(r"(?:^|_)[^_]|[A-Z]", name)).replace("_", "").lower()
    if starts.startswith(wanted):
        return 2
    return 3 if wanted in small else 4
