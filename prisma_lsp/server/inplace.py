"""Fixes that come with a migration, as the client can take them.

Where the client creates files as part of an edit and shows it first, the action holds everything.
Elsewhere the action is a command: the client edits the schema, and when it has, the server writes the
migration.  A client that cannot show an edit first (Helix) would create the files empty, and leave
their text in buffers that nobody has asked for: a migration of nothing, for all that Prisma sees.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from prisma_lsp import files
from prisma_lsp.lint.fixall import fixes_of
from prisma_lsp.lint.fixes import Edits, Fix, Workbench
from prisma_lsp.lint.inplace import can_migrate, renamed_in_place, with_migrations
from prisma_lsp.server.features import MIGRATE, announced
from prisma_lsp.server.places import to_path

if TYPE_CHECKING:
    from prisma_lsp.lint.rule import Finding
    from prisma_lsp.server.server import Server
    from prisma_lsp.workspace import Session

_SCHEMA = "schema"
_MIGRATION = "migration"
_LOOK = "look"
# `experimental: { previewsWhole: true }` says that the client shows all of an edit where any part of
# it asks for that, and lets the user leave out parts; VS Code begins with those left out that ask.
PREVIEWS_WHOLE = "previewsWhole"


def fixes(server: Server, finding: Finding, bench: Workbench) -> list[Fix]:
    """The fixes of ``finding``, with those that come with a migration where the client takes them."""
    found = fixes_of(finding, bench)
    if all(fix.safety == "T" for fix in found) or not can_migrate(bench.schema, bench.environment):
        return found
    if not _shows_files(server) and not _applies(server):
        return [fix for fix in found if not fix.files]
    return with_migrations(found, bench)


def action(
    server: Server, path: str, row: int, finding: Finding, fix: Fix, same: list[types.Diagnostic]
) -> types.CodeAction:
    """The code action of a fix with files; ``row`` is the finding's line in the file ``path``."""
    made = types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=same or None,
        is_preferred=fix.preferred or None,
    )
    if _shows_files(server):
        made.edit = edit_with_files(server, path, fix.edits, fix.files)
    else:
        place: list[Any] = [server.uris.of(path), row, finding.rule, finding.message, fix.title]
        made.command = types.Command(fix.title, MIGRATE, arguments=place)
    return made


def creates_files(server: Server) -> bool:
    """Whether the client takes new files as part of an edit."""
    edit = _edit_capabilities(server)
    operations = getattr(edit, "resource_operations", None) or ()
    return bool(getattr(edit, "document_changes", None)) and (
        types.ResourceOperationKind.Create in operations
    )


def edit_with_files(
    server: Server, path: str, edits: Edits, new: Mapping[str, str]
) -> types.WorkspaceEdit:
    """Edits (there may be none) and new files as one, to be confirmed where the client can ask.

    ``path`` is the file that the user looks at.
    """
    edit = server.workspace_edit(edits)
    asks = _asks(server)
    whole = asks and bool(announced(server, PREVIEWS_WHOLE))
    changes: list[Any] = []
    if whole:
        # Does nothing, as the file is there; it has the rest shown, with every part of it chosen.
        leave = types.CreateFileOptions(ignore_if_exists=True)
        changes.append(types.CreateFile(server.uris.of(path), options=leave, annotation_id=_LOOK))
    start = types.Range(types.Position(0, 0), types.Position(0, 0))
    for path, text in new.items():
        uri = server.uris.of(path)
        target = types.OptionalVersionedTextDocumentIdentifier(uri, None)
        changes.append(types.CreateFile(uri, annotation_id=_MIGRATION if asks else None))
        content: Any = types.TextEdit(start, text)
        if asks:
            content = types.AnnotatedTextEdit(_MIGRATION, start, text)
        changes.append(types.TextDocumentEdit(target, [content]))
    for change in edit.document_changes or ():
        if asks and isinstance(change, types.TextDocumentEdit):
            change.edits = [
                types.AnnotatedTextEdit(_SCHEMA, one.range, one.new_text)
                for one in change.edits
                if isinstance(one, types.TextEdit)
            ]
        changes.append(change)
    annotations = _annotations(new, whole=whole) if asks else None
    return types.WorkspaceEdit(document_changes=changes, change_annotations=annotations)


def _annotations(new: Mapping[str, str], *, whole: bool) -> dict[str, types.ChangeAnnotation]:
    folders = dict.fromkeys(os.path.basename(os.path.dirname(path)) for path in new)
    about = {
        _MIGRATION: types.ChangeAnnotation("New migration", not whole, ", ".join(folders)),
        _SCHEMA: types.ChangeAnnotation("Schema", not whole, "What the migration belongs to"),
    }
    if whole:
        about[_LOOK] = types.ChangeAnnotation("Shown before it is made", True)
    return about


def rename_with_migration(
    server: Server, session: Session, place: tuple[str, int, int], name: str, edits: Edits
) -> types.WorkspaceEdit | None:
    """A rename that takes the database's name along, with its migration; None where there is none,
    or where neither the client nor the server can make its files.  ``place`` is (path, line, column).

    Where the server makes them, the answer is an empty edit, and the client is asked to edit the
    schema next, since only then it tells whether it has.
    """
    from prisma_lsp.ide.rename import names_of

    environment = session.linter.environment
    shows = _shows_files(server)
    if not shows and not _applies(server):
        return None
    if not can_migrate(session.schema, environment):
        return None
    renamed = names_of(session.schema, *place, name)
    pair = renamed_in_place(session.schema, environment, edits, renamed)
    if pair is None:
        return None
    if shows:
        return edit_with_files(server, place[0], pair.edits, pair.files)
    server.core.loop.call_soon(lambda: _apply(server, pair))
    return types.WorkspaceEdit({})


def fix_with_migration(
    server: Server, uri: str, row: int, rule: str, message: str, title: str
) -> None:
    """Have the client edit the schema, then write the migration."""
    path = to_path(uri)
    session = server.store.session(path)
    document = session.schema.files.get(path) if session is not None else None
    if session is None or document is None or not 0 <= row < document.line_count:
        return
    bench = Workbench(session.schema, session.linter.environment)
    index = document.locate(row)
    for finding in session.linter.findings(document.blocks[index]):
        if (finding.rule, finding.message) != (rule, message):
            continue
        for fix in with_migrations(fixes_of(finding, bench), bench):
            if fix.title == title and fix.files:
                _apply(server, fix)
                return
    note = "The schema has changed since: ask for the fix again."
    server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, note))


def _apply(server: Server, fix: Fix) -> None:
    def written(result: types.ApplyWorkspaceEditResult) -> None:
        if not result.applied:
            return
        try:
            files.create(fix.files)
        except files.Unwritable as error:
            note = f"The schema is edited, but the migration is not written: {error}"
            server.window_show_message(types.ShowMessageParams(types.MessageType.Error, note))
            return
        name = os.path.basename(os.path.dirname(next(iter(fix.files))))
        note = f"Wrote the migration {name}. Read it before you apply it."
        server.window_show_message(types.ShowMessageParams(types.MessageType.Info, note))

    edit = server.workspace_edit(fix.edits)
    server.workspace_apply_edit(types.ApplyWorkspaceEditParams(edit, fix.title), written)


def _shows_files(server: Server) -> bool:
    return creates_files(server) and _asks(server)


def _asks(server: Server) -> bool:
    """Whether the client can have parts of an edit confirmed."""
    edit = _edit_capabilities(server)
    return getattr(edit, "change_annotation_support", None) is not None


def _applies(server: Server) -> bool:
    workspace = server.client_capabilities.workspace
    return bool(workspace is not None and workspace.apply_edit)


def _edit_capabilities(server: Server) -> Any:
    workspace = server.client_capabilities.workspace
    return workspace.workspace_edit if workspace is not None else None
