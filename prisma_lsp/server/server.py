"""Everything a client may ask besides what comes with a keystroke: method → handler, each a few lines
over the rooms below.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from typing import Protocol as Protocol_

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer

from prisma_lsp import __version__
from prisma_lsp.ide import tokens
from prisma_lsp.lint.fixall import fixed
from prisma_lsp.lint.fixes import Workbench
from prisma_lsp.lint.rule import Finding
from prisma_lsp.server import completions, convert, features, whole
from prisma_lsp.server.core import Core, guard, is_sql
from prisma_lsp.server.places import Uris, to_path
from prisma_lsp.server.protocol import Pieces, Protocol, Raw, Refusal
from prisma_lsp.syntax.document import Block, Document
from prisma_lsp.text import Edit, Encoding, Range
from prisma_lsp.workspace import Session, Workspace

log = logging.getLogger("prisma_lsp")

FIX_ALL = "source.fixAll.prisma-lsp"
# What makes an editor ask for proposals by itself.
TRIGGERS = "@.([\":, ="


Answer = TypeVar("Answer")


class _AboutDocument(Protocol_):
    """The parameters of a request about one document."""

    @property
    def text_document(self) -> types.TextDocumentIdentifier: ...


class Server(LanguageServer):
    """The handlers of one client, over its `Core`."""

    def __init__(self, core: Core) -> None:
        super().__init__(
            "prisma-lsp",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
        )
        self.core = core
        self.tokens = whole.SemanticTokens(self)
        core.on_close.append(self.tokens.forget)
        self._protocol.write = core.write

    def handle(self, message: dict[str, Any]) -> None:
        """Handle a request, or the answer to one of ours, as it came: decoded JSON."""
        try:
            self._protocol.take(message)
        except JsonRpcException as error:
            refusal = error.to_response_error()
            if "method" in message:
                self._protocol.refuse(message.get("id"), refusal)

    def capabilities(self) -> dict[str, Any]:
        """What the handlers can do for this client, as the protocol's JSON."""
        found: dict[str, Any] = json.loads(
            json.dumps(self.server_capabilities, default=self._protocol._serialize_message)
        )
        return found

    @property
    def store(self) -> Workspace:
        return self.core.store

    @property
    def uris(self) -> Uris:
        return self.core.uris

    @property
    def versions(self) -> dict[str, int]:
        return self.core.versions

    @property
    def encoding(self) -> Encoding:
        return self.core.encoding

    def at(
        self, uri: str, position: types.Position
    ) -> tuple[Session, str, Document, int, int] | None:
        """The session, path, text, line and column that a request is about."""
        return self.core.at(uri, position.line, position.character)

    def alone(
        self, params: _AboutDocument, ask: Callable[[], Answer], otherwise: Answer
    ) -> Answer:
        """As `guard`, and ``otherwise`` as well where Prisma's own server is to answer."""
        session = self.store.session(to_path(params.text_document.uri))
        if session is not None and session.linter.environment.settings.steps_back:
            return otherwise
        return guard(ask, otherwise)

    def workspace_edit(self, edits: Any) -> types.WorkspaceEdit:
        return convert.workspace_edit(
            edits, self.store, self.uris, self.versions, self.encoding,
            document_changes=bool(self.core.client.has("workspace", "workspaceEdit", "documentChanges")),
        )  # fmt: skip

    @property
    def _protocol(self) -> Protocol:
        return self.protocol  # type: ignore[return-value]

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Faults go to the log; the user can do nothing about a pop-up."""
        log.error("%s: %s", getattr(source, "__name__", source), error)


def make_server(core: Core) -> Server:
    """A server with every handler in place, which knows the client."""
    server = Server(core)

    # Announced here and done by the core, which needs no classes for them.
    pulled = types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=False, identifier="prisma-lsp"
    )
    for method, options in (
        (types.TEXT_DOCUMENT_DIAGNOSTIC, pulled),
        (types.TEXT_DOCUMENT_DID_SAVE, None),
        (types.WORKSPACE_DID_CHANGE_CONFIGURATION, None),
        (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, None),
        (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, None),
    ):
        server.feature(method, options)(_not_here)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        return guard(lambda: _hover(server, params), None)

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL]),
    )
    def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        return guard(lambda: list(_code_actions(server, params)), [])

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        return server.alone(params, lambda: _format(server, params, None), None)

    @server.feature(types.TEXT_DOCUMENT_RANGE_FORMATTING)
    def range_formatting(params: types.DocumentRangeFormattingParams) -> list[types.TextEdit] | None:
        return server.alone(params, lambda: _format(server, params, params.range), None)

    @server.feature(
        types.TEXT_DOCUMENT_ON_TYPE_FORMATTING, types.DocumentOnTypeFormattingOptions("}", ["\n"])
    )
    def on_type_formatting(
        params: types.DocumentOnTypeFormattingParams,
    ) -> list[types.TextEdit] | None:
        return server.alone(params, lambda: _format_typed(server, params), None)

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> Raw:
        from prisma_lsp.ide.definition import definition as ask
        from prisma_lsp.server import migrations

        if is_sql(to_path(params.text_document.uri)):
            return guard(lambda: migrations.definition(server, params), features.NOTHING)
        return server.alone(params, lambda: features.leads(server, params, ask, "definition"), features.NOTHING)

    @server.feature(types.TEXT_DOCUMENT_DECLARATION)
    def declaration(params: types.DeclarationParams) -> Raw:
        from prisma_lsp.ide.definition import declaration as ask

        return guard(lambda: features.leads(server, params, ask, "declaration"), features.NOTHING)

    @server.feature(types.TEXT_DOCUMENT_TYPE_DEFINITION)
    def type_definition(params: types.TypeDefinitionParams) -> Raw:
        from prisma_lsp.ide.definition import type_definition as ask

        return guard(
            lambda: features.leads(server, params, ask, "type_definition"), features.NOTHING
        )

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> Raw:
        return server.alone(params, lambda: features.references(server, params), features.NONE_OF)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlights(params: types.DocumentHighlightParams) -> Raw:
        return guard(lambda: features.highlights(server, params), features.NONE_OF)

    nothing: Raw | Refusal = features.NOTHING

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(params: types.PrepareRenameParams) -> Raw | Refusal:
        return server.alone(params, lambda: features.prepare_rename(server, params), nothing)

    @server.feature(types.TEXT_DOCUMENT_RENAME)
    def rename(params: types.RenameParams) -> Raw | Refusal | types.WorkspaceEdit:
        otherwise: Raw | Refusal | types.WorkspaceEdit = features.NOTHING
        return server.alone(params, lambda: features.rename(server, params), otherwise)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def document_symbols(params: types.DocumentSymbolParams) -> Raw | Pieces:
        otherwise: Raw | Pieces = features.NONE_OF
        return server.alone(params, lambda: whole.document_symbols(server, params), otherwise)

    @server.feature(types.WORKSPACE_SYMBOL)
    def workspace_symbols(params: types.WorkspaceSymbolParams) -> Raw:
        return guard(lambda: features.workspace_symbols(server, params), features.NONE_OF)

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(params: types.FoldingRangeParams) -> Raw:
        return guard(lambda: features.folding(server, params), features.NONE_OF)

    @server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
    def selection_ranges(params: types.SelectionRangeParams) -> Raw:
        return guard(lambda: features.selection_ranges(server, params), features.NOTHING)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def document_links(params: types.DocumentLinkParams) -> Raw:
        return guard(lambda: features.document_links(server, params), features.NONE_OF)

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def inlay_hints(params: types.InlayHintParams) -> Raw:
        return guard(lambda: features.inlay_hints(server, params), features.NONE_OF)

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def code_lenses(params: types.CodeLensParams) -> Raw:
        return guard(lambda: features.code_lenses(server, params), features.NONE_OF)

    @server.command(features.REPAIR)
    def repair(uri: str = "", name: str = "") -> None:
        guard(lambda: features.serve_foreign_keys(server, uri, name), None)

    @server.command(features.MIGRATE)
    def fix_with_migration(
        uri: str = "", row: int = 0, rule: str = "", message: str = "", title: str = ""
    ) -> None:
        from prisma_lsp.server import inplace

        guard(lambda: inplace.fix_with_migration(server, uri, row, rule, message, title), None)

    @server.command(features.IGNORE)
    def ignore(uri: str = "", line: int = 0, character: int = 0) -> None:
        guard(lambda: features.place_cursor(server, uri, line, character), None)

    @server.command(features.EXPLAIN)
    def explain_rule(name: str = "") -> str | None:
        return guard(lambda: features.explain_rule(server, name), None)

    @server.command(features.OPTIONS)
    def show_options(name: str = "") -> str | None:
        return guard(lambda: features.show_options(server, name), None)

    @server.command("prisma-lsp.status")
    def show_status(uri: str = "") -> dict[str, Any] | None:
        from prisma_lsp.server.status import status

        return guard(lambda: status(server, uri), None)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_TYPE_HIERARCHY)
    def hierarchy(params: types.TypeHierarchyPrepareParams) -> Raw:
        return guard(lambda: features.hierarchy(server, params), features.NOTHING)

    @server.feature(types.TYPE_HIERARCHY_SUPERTYPES)
    def supertypes(params: types.TypeHierarchySupertypesParams) -> Raw:
        return guard(lambda: features.supertypes(server, params), features.NONE_OF)

    @server.feature(types.TYPE_HIERARCHY_SUBTYPES)
    def subtypes(params: types.TypeHierarchySubtypesParams) -> Raw:
        return guard(lambda: features.subtypes(server, params), features.NONE_OF)

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(list(TRIGGERS), resolve_provider=True),
    )
    def completion(params: types.CompletionParams) -> Raw:
        return server.alone(params, lambda: completions.complete(server, params), features.NOTHING)

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    def resolve(item: types.CompletionItem) -> types.CompletionItem:
        return guard(lambda: completions.resolve(server, item), item)

    @server.feature(
        types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(["(", ","], [":"])
    )
    def signature(params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        return guard(lambda: completions.signature(server, params), None)

    @server.command(completions.ELSEWHERE)
    def complete_elsewhere(uri: str = "", what: str = "", model: str = "", name: str = "") -> None:
        guard(lambda: completions.complete_elsewhere(server, uri, what, model, name), None)

    legend = types.SemanticTokensLegend(list(tokens.TYPES), list(tokens.MODIFIERS))

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
    def tokens_full(params: types.SemanticTokensParams) -> Raw:
        return guard(lambda: server.tokens.full(params), features.NOTHING)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, legend)
    def tokens_delta(params: types.SemanticTokensDeltaParams) -> Raw:
        return guard(lambda: server.tokens.delta(params), features.NOTHING)

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, legend)
    def tokens_range(params: types.SemanticTokensRangeParams) -> Raw:
        return guard(lambda: server.tokens.range(params), features.NOTHING)

    server._protocol.greet(core.client.params)
    return server


def _not_here(params: types.DocumentDiagnosticParams) -> None:
    raise JsonRpcMethodNotFound()


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    if is_sql(to_path(params.text_document.uri)):
        from prisma_lsp.server import migrations

        return migrations.hover(server, params)
    from prisma_lsp.ide.advice import advice, with_advice
    from prisma_lsp.ide.hover import hover

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return None
    session, path, document, line, column = found
    answer = with_advice(
        hover(session.schema, path, line, column, session.linter.environment),
        advice(session.linter, path, line, column),
    )
    if answer is None:
        return None
    text = server.client_capabilities.text_document
    formats = text.hover.content_format if text is not None and text.hover is not None else None
    markdown = formats is None or types.MarkupKind.Markdown in formats
    content = types.MarkupContent(
        types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText,
        answer.markdown if markdown else answer.plain(),
    )
    where = Range(answer.line, answer.start, answer.line, answer.end)
    return types.Hover(content, convert.to_range(document, where, server.encoding))


def _code_actions(server: Server, params: types.CodeActionParams) -> Iterable[types.CodeAction]:
    if is_sql(to_path(params.text_document.uri)):
        from prisma_lsp.server import migrations

        yield from migrations.code_actions(server, params)
        return
    from prisma_lsp.server import inplace

    found = server.at(params.text_document.uri, params.range.start)
    if found is None:
        return
    session, path, document, *_ = found
    only = [str(getattr(kind, "value", kind)) for kind in params.context.only or []]
    if any(_includes(kind, FIX_ALL) for kind in only):
        yield from _fix_all(server, session, path)
    if only and not any(_includes(kind, "quickfix") for kind in only):
        return
    if not document.blocks:
        return
    at = convert.stretch(document, params.range, server.encoding)
    bench = Workbench(session.schema, session.linter.environment)
    first, last = document.locate(at.line), document.locate(at.end_line)
    # A big workspace may still be read.
    blocks = document.blocks[first : last + 1]
    session.linter.work_on(blocks)
    server.core.read_for(session, blocks)
    met: list[tuple[Block, Finding, list[types.Diagnostic]]] = []
    for index in range(first, last + 1):
        block, start = document.blocks[index], document.starts[index]
        for finding in session.linter.findings(block):
            row = start + finding.line
            if not _meets(at, row, finding.start, start + finding.through, finding.end):
                continue
            same = [d for d in params.context.diagnostics if d.code == finding.rule and d.range.start.line == row]  # fmt: skip
            met.append((block, finding, same))
            for fix in inplace.fixes(server, finding, bench):
                if fix.files:
                    yield inplace.action(server, path, row, finding, fix, same)
                    continue
                yield types.CodeAction(
                    title=fix.title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=same or None,
                    is_preferred=fix.preferred or None,
                    edit=server.workspace_edit(fix.edits),
                )
    yield from features.ignore_actions(server, session, path, met)


def _fix_all(server: Server, session: Session, path: str) -> Iterable[types.CodeAction]:
    """One action for every text-only fix of this file's findings, if there is any."""
    session.linter.work()
    done = fixed(session.schema, session.linter.environment, paths={path}, linter=session.linter)
    edits = {}
    for name, after in done.schema.files.items():
        before = session.schema.files[name]
        if after is not before:
            edits[name] = list(_replacements(before, after))
    if any(edits.values()):
        yield types.CodeAction(
            title="Fix all that needs no migration (prisma-lsp)",
            kind=FIX_ALL,
            edit=server.workspace_edit(edits),
        )


def _replacements(before: Document, after: Document) -> Iterable[Edit]:
    """The edits that make one document the other, block by block where the blocks stand alike."""
    old, new = before.blocks, after.blocks
    if len(old) != len(new):
        yield Edit(Range(0, 0, before.line_count, 0), after.text)
        return
    for start, one, other in zip(before.starts, old, new, strict=True):
        if one is not other and one.lines != other.lines:
            yield Edit(Range(start, 0, start + len(one.lines), 0), "".join(other.lines))


def _format(
    server: Server,
    params: types.DocumentFormattingParams | types.DocumentRangeFormattingParams,
    at: types.Range | None,
) -> list[types.TextEdit] | None:
    from prisma_lsp.format import format_document, format_range

    path = to_path(params.text_document.uri)
    session = server.store.session(path)
    if session is None:
        return None
    document = session.schema.files[path]
    tab_size, spaces = params.options.tab_size, params.options.insert_spaces
    # Where Prisma would refuse the schema, nothing but white space may change.
    session.linter.work()
    is_valid = not any(
        finding.source == "prisma" and finding.level == "error"
        for name in session.paths
        for block in session.linter.blocks_with_errors(name)
        for finding in session.linter.findings(block)
    )
    if at is None:
        edits = format_document(document, tab_size, spaces, rewrite=is_valid)
    else:
        stretch = convert.stretch(document, at, server.encoding)
        edits = format_range(document, stretch, tab_size, spaces, rewrite=is_valid)
    return _text_edits(server, document, edits)


def _format_typed(
    server: Server, params: types.DocumentOnTypeFormattingParams
) -> list[types.TextEdit] | None:
    from prisma_lsp.format import format_typed

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return None
    _, _, document, line, _ = found
    options = params.options
    edits = format_typed(document, line, params.ch, options.tab_size, options.insert_spaces)
    return _text_edits(server, document, edits)


def _text_edits(server: Server, document: Document, edits: list[Edit]) -> list[types.TextEdit]:
    return [
        types.TextEdit(convert.to_range(document, edit.range, server.encoding), edit.text)
        for edit in edits
    ]


def _includes(wanted: str, kind: str) -> bool:
    return kind == wanted or kind.startswith(wanted + ".")


def _meets(at: Range, row: int, start: int, last: int, end: int) -> bool:
    """Whether a finding on the rows ``row`` … ``last`` touches the stretch; a bare cursor takes its
    whole line.

    ``end`` counts where the finding has one row.  Helix knows no bare cursor: there it is a
    selection of one character.
    """
    if at.line == at.end_line and at.end - at.start <= 1:
        return row <= at.line <= last
    if at.line > last or at.end_line < row:
        return False
    if row == last == at.line and end < at.start:
        return False
    return not (row == at.end_line and start > at.end)
