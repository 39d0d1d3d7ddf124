"""URIs, positions and ranges as the protocol writes them in JSON, to ours and back.

What everything that comes with a keystroke needs; the protocol's classes are in `convert`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from pygls import uris

from prisma_lsp.settings import Problem
from prisma_lsp.syntax.memory import remembered
from prisma_lsp.text import Encoding, Range, from_units


def to_path(uri: str) -> str:
    """The path of a file's URI; another URI (an unsaved text, a virtual file) stays as it is.

    So does that of a file on another host, but for Windows, where such a path is a usual one.  Where a
    system takes names that differ in case for one, a path is spelled as its folders have it.
    """
    if uri[:5].lower() != "file:":
        return uri
    try:
        scheme, host, path, *rest = uris.urlparse("file:" + uri[5:])
        if host.lower() == "localhost":
            host = ""
        if host and os.name != "nt":
            return uri
        found = uris.to_fs_path(uris.urlunparse((scheme, host, path, *rest)))
    except ValueError:
        return uri
    if not found or not os.path.isabs(found):
        return uri
    path = os.path.normpath(found)
    return _as_on_disk(path) if _folds_case() else path


def _folds_case() -> bool:
    return os.name == "nt" or sys.platform == "darwin"


@remembered(1024)
def _as_on_disk(path: str) -> str:
    """``path`` with every name as its folder has it, as far as the folders can be listed."""
    folder, name = os.path.split(path)
    if not name:
        return path  # a drive, or the root
    folder = _as_on_disk(folder)
    names = _names(folder)
    if name not in names:
        alike = [other for other in names if _folded(other) == _folded(name)]
        name = alike[0] if len(alike) == 1 else name
    return os.path.join(folder, name)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _folded(name: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", name).casefold()


class Uris:
    """The URI of a path as the client spells it, which may differ from ours in escapes."""

    def __init__(self) -> None:
        self._spelled: dict[str, str] = {}
        self._paths: dict[str, str] = {}

    def remember(self, uri: str) -> str:
        """Note the client's spelling; returns the path."""
        path = self._paths.get(uri)
        if path is None:
            self._paths[uri] = path = to_path(uri)
            self._spelled[path] = uri
        return path

    def forget(self, path: str) -> None:
        if self._spelled.pop(path, None) is not None:
            # A client may spell a file in two ways.
            self._paths = {uri: other for uri, other in self._paths.items() if other != path}

    def of(self, path: str) -> str:
        known = self._spelled.get(path)
        if known is not None:
            return known
        try:
            return (uris.from_fs_path(path) if os.path.isabs(path) else None) or path
        except ValueError:  # two slashes and no host behind them
            return path


class Lines(Protocol):
    """A text as lines: a schema's or a migration's."""

    @property
    def line_count(self) -> int: ...

    def line(self, number: int) -> str: ...


def place(document: Lines, line: int, character: int, encoding: Encoding) -> tuple[int, int]:
    """(line, column in characters) of a position; positions outside the text come inside."""
    line = min(max(line, 0), document.line_count)
    return line, from_units(document.line(line), character, encoding)


def stretch(document: Lines, at: dict[str, Any], encoding: Encoding) -> Range:
    """The range ``{"start": {"line", "character"}, "end": …}`` in lines and characters.

    Raises KeyError or TypeError where it is none.
    """
    start, end = at["start"], at["end"]
    first = place(document, start["line"], start["character"], encoding)
    last = place(document, end["line"], end["character"], encoding)
    return Range(*first, *last) if first <= last else Range(*last, *first)


def edits(
    text: Callable[[], Lines | None], changes: Iterable[dict[str, Any]], encoding: Encoding
) -> Iterator[tuple[Range | None, str]]:
    """The stretch to replace (None: all) and the new text of each of a client's changes.

    Each counts in the ``text`` as those before it left it, so make one before taking the next; there
    are no more once it is None.  Raises KeyError or TypeError where one is no change.
    """
    for change in changes:
        now = text()
        if now is None:
            return
        new, at = change["text"], change.get("range")
        if not isinstance(new, str):
            raise TypeError("the new text is a string")
        yield stretch(now, at, encoding) if at is not None else None, new


def of_problem(problem: Problem) -> dict[str, Any]:
    """What is wrong in the settings, as a diagnostic of their file; the whole line is meant."""
    line = (problem.line or 1) - 1
    start = {"line": line, "character": (problem.column or 1) - 1}
    # Beyond the end of a line means its end.
    end = {"line": line, "character": 1_000}
    key = f"`{problem.key}`: " if problem.key else ""
    return {
        "range": {"start": start, "end": end},
        "severity": 1,
        "source": "prisma-lsp",
        "code": "settings",
        "message": key + problem.message,
    }
