"""A file of the findings that are already known, so that only new ones are reported.

A finding is known again by its file, rule, declaration and member, not by its line: lines may move and
be laid out anew, and a declaration may move to another file.  Equal ones are counted.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from prisma_lsp import files
from prisma_lsp.outputs import identity
from prisma_lsp.report import Entry

FILE_NAME = "prisma-lsp-baseline.json"
_MAX_BYTES = 64 * 1024 * 1024
_KEYS = ("file", "rule", "in", "at")

_DECLARED = r"(?m)^[ \t]*(?:model|view|type|enum|datasource|generator)[ \t]+"

Known = Counter[tuple[str, ...]]


class Bad(Exception):
    """A baseline that cannot be used; the text says why."""


class Kept(NamedTuple):
    """What is new; how many findings are known, and how many known ones are gone."""

    entries: list[Entry]
    known: int
    gone: int


def read(path: str) -> Known:
    """What the file ``path`` knows."""
    try:
        if not os.path.isfile(path):
            reason = "is not a file" if os.path.lexists(path) else "does not exist"
            raise Bad(f"{path}: {reason}; --update-baseline writes one")
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise Bad(f"{path}: is larger than {_MAX_BYTES >> 20} MiB")
        decoded = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise Bad(f"{path}:{error.lineno}:{error.colno}: is no JSON: {error.msg.lower()}") from None
    except (ValueError, RecursionError):
        raise Bad(f"{path}: is no JSON") from None
    except OSError as error:
        raise Bad(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    if not isinstance(decoded, dict) or decoded.get("version") != 1:
        raise Bad(f"{path}: is no baseline of this version; --update-baseline writes one")
    rows = decoded.get("findings")
    known: Known = Counter()
    for row in rows if isinstance(rows, list) else [None]:
        key = [row.get(name) for name in _KEYS] if isinstance(row, dict) else [None]
        count = row.get("count", 1) if isinstance(row, dict) else 0
        if not all(isinstance(one, str) for one in key) or type(count) is not int:
            raise Bad(f"{path}: `findings` holds something that is no finding")
        known[tuple(map(str, key))] += count
    return known


def write(path: str, entries: Iterable[Entry]) -> None:
    """Write what is found today; raises ``files.Unwritable``."""
    files.replace({path: text(path, entries)})


def text(path: str, entries: Iterable[Entry]) -> str:
    """What the baseline ``path`` has to hold to know ``entries``."""
    counts = Counter(_key(entry, path) for entry in entries)
    rows = [
        dict(zip(_KEYS, key, strict=True)) | ({"count": count} if count > 1 else {})
        for key, count in sorted(counts.items())
    ]
    # One finding on a line, so that a merge has little to quarrel about.
    lines = ",\n".join("    " + json.dumps(row, ensure_ascii=False) for row in rows)
    body = f"[\n{lines}\n  ]" if rows else "[]"
    return f'{{\n  "version": 1,\n  "findings": {body}\n}}\n'


def new(entries: Iterable[Entry], path: str, known: Known) -> Kept:
    """Those of ``entries`` that the baseline ``path`` does not know."""
    left = Counter(known)
    unknown: list[tuple[Entry, tuple[str, ...]]] = []
    hidden = 0
    for entry in entries:
        key = _key(entry, path)
        if left[key] > 0:
            left[key] -= 1
            hidden += 1
        else:
            unknown.append((entry, key))
    kept = []
    moved = _Moved(left, path)
    for entry, key in unknown:
        former = moved.former(key)
        if former is None:
            kept.append(entry)
        else:
            left[former] -= 1
            hidden += 1
    return Kept(kept, hidden, sum(left.values()))


class _Moved:
    """What the baseline knows of declarations that their files no longer hold."""

    def __init__(self, left: Known, path: str) -> None:
        self._left = left
        self._folder = os.path.dirname(os.path.realpath(path))
        self._texts: dict[str, str] = {}
        self._keys: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for key, count in left.items():
            if count > 0:
                self._keys.setdefault(key[1:], []).append(key)

    def former(self, key: tuple[str, ...]) -> tuple[str, ...] | None:
        """The known finding that ``key`` was before its declaration moved here."""
        for old in self._keys.get(key[1:], ()):
            if self._left[old] > 0 and old[0] != key[0] and not self._holds(old[0], key[2]):
                return old
        return None

    def _holds(self, file: str, name: str) -> bool:
        if file not in self._texts:
            try:
                with open(os.path.join(self._folder, file), "rb") as stream:
                    data = stream.read(_MAX_BYTES)
            except OSError:
                data = b""
            self._texts[file] = data.decode("utf-8", "replace")
        text = self._texts[file]
        # A finding outside of every declaration stays with its file.
        return bool(text) and (not name or re.search(_DECLARED + re.escape(name) + r"\b", text) is not None)


def _key(entry: Entry, path: str) -> tuple[str, ...]:
    """`identity`, with the file as seen from the baseline's folder."""
    folder = os.path.dirname(os.path.realpath(path))
    file = os.path.relpath(os.path.realpath(entry.file), folder)
    return (file.replace(os.sep, "/"), *identity(entry)[1:])
