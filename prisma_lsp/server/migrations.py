"""What a client may ask of an open `migration.sql`: fixes, and what a name is in the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from prisma_lsp.lint.fixall import fixes_of
from prisma_lsp.lint.fixes import Workbench
from prisma_lsp.schema.declarations import Model
from prisma_lsp.server import convert, features
from prisma_lsp.server.places import to_path
from prisma_lsp.server.protocol import Raw
from prisma_lsp.text import Edit, Range, to_units

if TYPE_CHECKING:
    from prisma_lsp.ide.migrations import Word
    from prisma_lsp.lint.rule import Finding
    from prisma_lsp.migration_files import Home, MigrationFiles
    from prisma_lsp.server.server import Server


def code_actions(server: Server, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
    """The fixes of the findings on the lines asked for, the comments that silence them, their pages."""
    files = server.store.migrations
    path = to_path(params.text_document.uri)
    text, home = files.text(path), files.home(path)
    only = [str(getattr(kind, "value", kind)) for kind in params.context.only or []]
    if text is None or home is None:
        return
    if only and not any(kind == "quickfix" or "quickfix".startswith(f"{kind}.") for kind in only):
        return
    at = convert.stretch(text, params.range, server.encoding)
    bench = Workbench(home.schema, home.environment)
    shows = bool(server.core.client.has("window", "showDocument", "support"))
    rules: dict[str, None] = {}
    for finding in files.findings(path):
        if not at.line <= finding.line <= at.end_line:
            continue
        same = [
            d
            for d in params.context.diagnostics
            if d.code == finding.rule and d.range.start.line == finding.line
        ]
        for fix in fixes_of(finding, bench):
            yield types.CodeAction(
                title=fix.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=same or None,
                is_preferred=fix.preferred or None,
                edit=server.workspace_edit(fix.edits),
            )
        if finding.rule not in rules:
            rules[finding.rule] = None
            yield _ignore(server, files, path, finding, same, shows)
    for name in rules if shows else ():
        title = f"Explain `{name}`"
        yield types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            command=types.Command(title, features.EXPLAIN, arguments=[name]),
        )


def _word(
    server: Server, uri: str, position: types.Position
) -> tuple[Home, Word, types.Range, str, int, int] | None:
    """The name at a position, its range, and where it is in the schema: path, line, column."""
    from prisma_lsp.ide.migrations import word_at

    files = server.store.migrations
    path = to_path(uri)
    text, home = files.text(path), files.home(path)
    if text is None or home is None:
        return None
    offset = text.offset(*convert.place(text, position, server.encoding))
    script = files.script(path)
    word = word_at(home.schema, script, offset) if script is not None else None
    if word is None:
        return None
    where = convert.to_range(text, text.range(word.start, word.end), server.encoding)
    owner = word.what if isinstance(word.what, Model) else word.what.owner
    first = home.schema.place(owner).line
    if isinstance(word.what, Model):
        return home, word, where, owner.path, first + owner.block.header, owner.name_node.start
    return home, word, where, owner.path, first + word.what.line, word.what.node.name.start


def hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    """What the schema says of the table or column at a position."""
    from prisma_lsp.ide.hover import hover as ask

    found = _word(server, params.text_document.uri, params.position)
    if found is None:
        return None
    home, _, where, path, line, column = found
    answer = ask(home.schema, path, line, column, home.environment)
    if answer is None:
        return None
    formats = server.core.client.has("textDocument", "hover", "contentFormat")
    if isinstance(formats, list) and "markdown" not in formats:
        content = types.MarkupContent(types.MarkupKind.PlainText, answer.plain())
    else:
        content = types.MarkupContent(types.MarkupKind.Markdown, answer.markdown)
    return types.Hover(content, where)


def definition(server: Server, params: types.DefinitionParams) -> Raw:
    """The model or field of the table or column at a position."""
    found = _word(server, params.text_document.uri, params.position)
    if found is None:
        return features.NOTHING
    home, word, _, path, line, column = found
    document = home.schema.files[path]
    name = word.what.name
    at = Range(line, column, line, column + len(name))
    where = convert.to_range(document, at, server.encoding)
    place = {
        "uri": server.uris.of(path),
        "range": {
            "start": {"line": where.start.line, "character": where.start.character},
            "end": {"line": where.end.line, "character": where.end.character},
        },
    }
    return Raw(json.dumps([place]))


def _ignore(
    server: Server, files: MigrationFiles, path: str, finding: Finding,
    same: list[types.Diagnostic], shows: bool,
) -> types.CodeAction:  # fmt: skip
    """The comment that silences a finding for its statement; the reason is to be typed."""
    line, indent, line_end = files.statement_line(path, finding.line)
    comment = f"{indent}-- prisma-lsp-ignore {finding.rule}: "
    title = f"Ignore `{finding.rule}` in this statement"
    edit = Edit(Range(line, 0, line, 0), comment + line_end)
    column = to_units(comment, len(comment), server.encoding)
    place: list[Any] = [server.uris.of(path), line, column]
    return types.CodeAction(
        title=title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=same or None,
        edit=server.workspace_edit({path: [edit]}),
        command=types.Command(title, features.IGNORE, arguments=place) if shows else None,
    )
