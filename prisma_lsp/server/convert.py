"""Ours to the protocol's and back: paths and URIs, positions, edits."""

from __future__ import annotations

import os
from typing import Any

from lsprotocol import types
from pygls import uris

from prisma_lsp.lint.fixes import Edits
from prisma_lsp.settings import Problem
from prisma_lsp.syntax.document import Document
from prisma_lsp.text import Encoding, Range, from_units, to_units
from prisma_lsp.workspace import Workspace


def to_path(uri: str) -> str:
    """The path of a file's URI; another URI (an unsaved text, a virtual file) stays as it is."""
    if not uri.startswith("file:"):
        return uri
    try:
        path = uris.to_fs_path(uri)
    except ValueError:
        path = None
    return os.path.normpath(path) if path and os.path.isabs(path) else uri


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


class Uris:
    """The URI of a path as the client spells it, which may differ from ours in escapes."""

    def __init__(self) -> None:
        self._spelled: dict[str, str] = {}

    def remember(self, uri: str) -> str:
        """Note the client's spelling; returns the path."""
        path = to_path(uri)
        self._spelled[path] = uri
        return path

    def forget(self, path: str) -> None:
        self._spelled.pop(path, None)

    def of(self, path: str) -> str:
        known = self._spelled.get(path)
        if known is not None:
            return known
        return (uris.from_fs_path(path) if os.path.isabs(path) else None) or path


def place(document: Document, position: types.Position, encoding: Encoding) -> tuple[int, int]:
    """(line, column in characters) of a position; positions outside the text come inside."""
    line = min(max(position.line, 0), document.line_count)
    return line, from_units(document.line(line), position.character, encoding)


def stretch(document: Document, at: types.Range, encoding: Encoding) -> Range:
    start = place(document, at.start, encoding)
    end = place(document, at.end, encoding)
    return Range(*min(start, end), *max(start, end))


def position(document: Document, line: int, column: int, encoding: Encoding) -> types.Position:
    return types.Position(line, to_units(document.line(line), column, encoding))


def to_range(document: Document, at: Range, encoding: Encoding) -> types.Range:
    return types.Range(
        position(document, at.line, at.start, encoding),
        position(document, at.end_line, at.end, encoding),
    )


def workspace_edit(
    edits: Edits,
    workspace: Workspace,
    uris_: Uris,
    versions: dict[str, int],
    encoding: Encoding,
    *,
    document_changes: bool,
) -> types.WorkspaceEdit:
    """Edits by path as the protocol's, with versions where the client takes them."""
    changes: dict[str, list[types.TextEdit]] = {}
    for path, found in edits.items():
        document = workspace.document(path)
        if document is not None and found:
            changes[path] = [
                types.TextEdit(to_range(document, edit.range, encoding), edit.text)
                for edit in found
            ]
    if not document_changes:
        return types.WorkspaceEdit(changes={uris_.of(p): e for p, e in changes.items()})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(uris_.of(p), versions.get(p)), list(e)
            )
            for p, e in changes.items()
        ]
    )
