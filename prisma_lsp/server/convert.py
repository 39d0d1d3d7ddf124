"""Ours to the protocol's classes and back: positions, edits."""

from __future__ import annotations

from lsprotocol import types

from prisma_lsp.lint.fixes import Edits
from prisma_lsp.server import places
from prisma_lsp.server.places import Lines, Uris
from prisma_lsp.text import Encoding, Range, to_units
from prisma_lsp.workspace import Workspace


def place(document: Lines, position: types.Position, encoding: Encoding) -> tuple[int, int]:
    """(line, column in characters) of a position; positions outside the text come inside."""
    return places.place(document, position.line, position.character, encoding)


def stretch(document: Lines, at: types.Range, encoding: Encoding) -> Range:
    start = place(document, at.start, encoding)
    end = place(document, at.end, encoding)
    return Range(*min(start, end), *max(start, end))


def position(document: Lines, line: int, column: int, encoding: Encoding) -> types.Position:
    return types.Position(line, to_units(document.line(line), column, encoding))


def to_range(document: Lines, at: Range, encoding: Encoding) -> types.Range:
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
        document = workspace.text(path)
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
