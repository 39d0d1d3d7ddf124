"""Finds declarations, fields and values by a few letters of their names, over a whole schema.

The letters must occur in the name in their order.  Best first: the name itself, a name that begins
so, the beginnings of its words, a piece of it, then the rest; declarations before what is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import nsmallest
from operator import itemgetter
from typing import NamedTuple
from weakref import WeakKeyDictionary

from prisma_lsp.ide.outline import Entry, Kind, outline
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


# The names of a block in small letters, one a line: its own first, then those of its fields or values.
_names: WeakKeyDictionary[Block, str] = WeakKeyDictionary()


def search(schema: Schema, query: str, limit: int = LIMIT) -> list[Match]:
    """The best matches; every declaration where the query is empty.  `Order.shop` looks in `Order`."""
    owner, dot, member = query.replace("::", ".").rpartition(".")
    letters = member if dot else query
    wanted = _pattern(letters)
    within = _pattern(owner) if dot else None
    found: list[tuple[tuple[int, int, bool, str, str, int], Entry, str]] = []
    small = letters.lower()
    for path in schema.files:
        for start, block, entry in outline(schema, path):
            names = _names.get(block)
            if names is None:
                members = [c.name for c in entry.children if c.kind != "key"]
                names = _names[block] = "\n".join([entry.name, *members]).lower()
            if within is not None and within.search(entry.name.lower()) is None:
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
                owners = _rank(entry.name, owner.lower()) if dot else 0
                rank = _rank(one.name, small) if small else 1
                found.append(((owners, rank, number > 0, by_name, path, row), one, container))
    return [
        Match(one.name, one.kind, container, path, row, one.name_start, one.name_end)
        for (*_, path, row), one, container in nsmallest(limit, found, key=itemgetter(0))
    ]


def _pattern(letters: str) -> re.Pattern[str]:
    """The letters in their order, anything between them, on one line of small letters; it never tries
    twice."""
    wanted = [re.escape(letter) for letter in letters.replace(" ", "")[:100].lower()]
    return re.compile(
        "^" + "".join(f"[^{letter}\n]*{letter}" for letter in wanted) + "[^\n]*$", re.M
    )


_STARTS = re.compile(r"(?:^|_)[^_]|[A-Z]")


def _rank(name: str, wanted: str) -> int:
    """How well a name fits letters, which are small ones; 0 is best."""
    small = name.lower()
    if small.startswith(wanted):
        return small != wanted
    if "".join(_STARTS.findall(name)).replace("_", "").lower().startswith(wanted):
        return 2
    return 3 if wanted in small else 4
