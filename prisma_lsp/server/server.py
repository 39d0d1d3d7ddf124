"""The language server on stdio: method → handler, each a few lines over the rooms below."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event
from typing import Any, TypeVar
from typing import Protocol as Protocol_

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from prisma_lsp import __version__, settings
from prisma_lsp.ide import tokens
from prisma_lsp.lint.fixall import fixed, fixes_of
from prisma_lsp.lint.fixes import Workbench
from prisma_lsp.lint.pages import page_uri
from prisma_lsp.lint.rule import Finding, all_rules, validity_checks
from prisma_lsp.server import completions, convert, features
from prisma_lsp.server.diagnostics import Writer
from prisma_lsp.server.protocol import Protocol, Raw, Refusal, serve_stdio
from prisma_lsp.syntax.document import Block, Document
from prisma_lsp.text import Edit, Encoding, Range
from prisma_lsp.workspace import Session, Workspace

log = logging.getLogger("prisma_lsp")

SECTION = "prismaLsp"
FIX_ALL = "source.fixAll.prisma-lsp"
# What Prisma's own language server does as well; see the setting `step-back`.
SHARED = (
    types.TEXT_DOCUMENT_FORMATTING,
    types.TEXT_DOCUMENT_RANGE_FORMATTING,
    types.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
    types.TEXT_DOCUMENT_COMPLETION,
    types.COMPLETION_ITEM_RESOLVE,
    types.TEXT_DOCUMENT_DEFINITION,
    types.TEXT_DOCUMENT_REFERENCES,
    types.TEXT_DOCUMENT_PREPARE_RENAME,
    types.TEXT_DOCUMENT_RENAME,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
)
# What makes an editor ask for proposals by itself.
TRIGGERS = "@.([\":, ="
WATCHED = (
    "**/*.prisma",
    "**/prisma.config.{ts,js,mjs,cjs,mts,cts}",
    "**/.config/prisma.{ts,js,mjs,cjs,mts,cts}",
    "**/package.json",
    "**/{package-lock.json,npm-shrinkwrap.json,pnpm-lock.yaml,yarn.lock,bun.lock}",
    "**/prisma-lsp.toml",
    "**/pyproject.toml",
    "**/migrations/*/migration.sql",
)

# How long checking may keep the loop before other messages get their turn, and how long a first
# answer waits for the rest of a big file, in seconds.
SLICE = 0.010
FIRST_SLICE = 0.040

# How soon after a publication a change may have crossed it on its way, and how long a pause in
# typing is, in seconds.
RACE = 1.0
PAUSE = 0.4

Answer = TypeVar("Answer")


class _AboutDocument(Protocol_):
    """The parameters of a request about one document."""

    @property
    def text_document(self) -> types.TextDocumentIdentifier: ...


class Server(LanguageServer):
    """One client's server.  Everything happens on the event loop's thread."""

    def __init__(self) -> None:
        super().__init__(
            "prisma-lsp",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Incremental,
            protocol_cls=Protocol,
        )
        self.stop_event = Event()
        self.store = Workspace()
        self.uris = convert.Uris()
        self.encoding: Encoding = "utf-16"
        self.pulls = False
        self.versions: dict[str, int] = {}
        self.tokens = features.SemanticTokens(self)
        self._writer: Writer | None = None
        self._published: dict[str, tuple[str, int | None, float]] = {}
        self._rest: asyncio.Handle | None = None
        self._others: set[str] = set()
        self._echo: asyncio.TimerHandle | None = None
        self._layers: dict[str, settings.Layer] = {}
        self._dirty: set[str] = set()
        self._settings_problems: dict[str, list[settings.Problem]] = {}
        self._drain: asyncio.Task[None] | None = None
        self._said: set[str] = set()

    # --- what the client announced ---------------------------------------------------------------

    def initialize(self, params: types.InitializeParams) -> None:
        capabilities = params.capabilities
        text = capabilities.text_document
        if text is not None and text.diagnostic is not None:
            self.pulls = True
            options = types.DiagnosticOptions(
                inter_file_dependencies=True, workspace_diagnostics=False, identifier="prisma-lsp"
            )

            # Announced only here: a client that is pushed to must not be able to pull as well.
            @self.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
            async def diagnostic(params: types.DocumentDiagnosticParams) -> Raw:
                return await self.diagnostic(params)

        folders = [f.uri for f in params.workspace_folders or []]
        if not folders and params.root_uri:
            folders = [params.root_uri]
        self.store.set_folders(_folders(folders))
        self._take_settings(params.initialization_options, "initializationOptions")
        if self.store.client_settings.values.get("step_back") == "on":
            # Not announced at all: an editor with two formatters would ask which one to take.
            for method in SHARED:
                self.protocol.fm.features.pop(method, None)
        if params.process_id is not None:
            asyncio.get_running_loop().call_later(5, self._watch_parent, params.process_id)

    def initialized(self) -> None:
        workspace = self.client_capabilities.workspace
        if workspace is None:
            return
        watched = workspace.did_change_watched_files
        if watched is not None and watched.dynamic_registration:
            watchers = [types.FileSystemWatcher(glob) for glob in WATCHED]
            self._register(
                types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                types.DidChangeWatchedFilesRegistrationOptions(watchers),
            )
        changes = workspace.did_change_configuration
        if changes is not None and changes.dynamic_registration:
            self._register(
                types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                types.DidChangeConfigurationRegistrationOptions(section=SECTION),
            )
        self.ask_settings()

    def _register(self, method: str, options: object) -> None:
        self.client_register_capability(
            types.RegistrationParams([types.Registration(f"prisma-lsp:{method}", method, options)])
        )

    def negotiated(self) -> None:
        """Note what pygls agreed with the client, once it is known."""
        chosen = self.server_capabilities.position_encoding
        if chosen is not None:
            self.encoding = chosen if isinstance(chosen, str) else chosen.value  # type: ignore[assignment]
        text = self.client_capabilities.text_document
        publishes = text.publish_diagnostics if text is not None else None
        describes = bool(publishes and publishes.code_description_support)
        relates = bool(publishes and publishes.related_information)
        self._writer = Writer(
            self.encoding,
            page_uri if describes or self.pulls else _no_page,
            self.uris.of if relates else None,
        )

    def _watch_parent(self, process_id: int) -> None:
        if not _is_alive(process_id):
            log.info("the client's process %s has ended", process_id)
            os._exit(1)
        asyncio.get_running_loop().call_later(5, self._watch_parent, process_id)

    # --- settings --------------------------------------------------------------------------------

    def ask_settings(self) -> None:
        """Ask the client for our section, where it can be asked."""
        workspace = self.client_capabilities.workspace
        if workspace is None or not workspace.configuration:
            return
        wanted = types.ConfigurationParams([types.ConfigurationItem(section=SECTION)])

        def answered(answer: Any) -> None:
            # Some clients answer null, some an empty object, some not at all.
            if isinstance(answer, (list, tuple)) and answer:
                self._take_settings(answer[0], "the editor's settings")

        self.workspace_configuration(wanted, callback=answered)

    def _take_settings(self, data: object, source: str) -> None:
        if data is None:
            return
        names = [rule.name for rule in all_rules()]
        layer, problems = settings.from_mapping(_plain(data), rules=names, source=source)
        for problem in problems:
            self._log(str(problem))
        # What the editor says later lies over what it said at the start.
        self._layers[source] = layer
        self.touched(self.store.configure(settings.combine(*self._layers.values())))
        if self._writer is not None:
            features.refresh_views(self)

    def did_change_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        data = _plain(params.settings)
        if isinstance(data, dict) and isinstance(data.get(SECTION), dict):
            self._take_settings(data[SECTION], "the editor's settings")
        else:
            self.ask_settings()

    def _log(self, message: str) -> None:
        """Tell the client's log, once."""
        if message not in self._said:
            self._said.add(message)
            self.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))

    # --- texts -----------------------------------------------------------------------------------

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        path = self.uris.remember(item.uri)
        self.versions[path] = item.version
        self._published.pop(path, None)
        gc.disable()  # a big file makes many objects, and none of them is garbage
        try:
            self.touched(self.store.open(path, item.text), FIRST_SLICE)
        finally:
            gc.enable()

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        path = self.uris.remember(params.text_document.uri)
        self.versions[path] = params.text_document.version
        changed: set[str] = set()
        for change in params.content_changes:
            document = self.store.document(path)
            if document is None:
                return
            at: Range | None = None
            if isinstance(change, types.TextDocumentContentChangePartial):
                at = convert.stretch(document, change.range, self.encoding)
            changed |= self.store.edit(path, [(at, change.text)])
        self.touched(changed, edited=path)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        path = convert.to_path(params.text_document.uri)
        self.versions.pop(path, None)
        self.tokens.forget(path)
        self.touched(self.store.close(path) | {path})

    def did_change_watched_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        self.touched(self.store.disk_changed([convert.to_path(c.uri) for c in params.changes]))

    def did_save(self) -> None:
        """Look at the disk again: not every client watches files for us."""
        self.touched(self.store.refresh())

    def did_change_workspace_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        gone = {convert.to_path(f.uri) for f in params.event.removed}
        kept = [f for f in self.store.folders if os.fspath(f) not in gone]
        added = _folders([f.uri for f in params.event.added])
        self.touched(self.store.set_folders([*kept, *added]))

    # --- findings --------------------------------------------------------------------------------

    def touched(
        self, paths: set[str], patience: float = SLICE, *, edited: str | None = None
    ) -> None:
        """Check what needs checking and publish, at once or, where it takes long, in slices.

        ``edited`` is the file that the client changed itself and will ask about unasked.
        """
        self._dirty |= paths
        if self._drain is not None:
            return
        if edited is not None and not self.pulls and self._previews(edited):
            # First what is wrong for Prisma; the rules have the loop's next turn.
            self._others |= paths - {edited}
            self.publish(False)
            if self._rest is None:
                self._rest = asyncio.get_running_loop().call_soon(self.settle)
            return
        done = self._work(patience)
        others = paths - {edited}
        self.publish(done)
        if not done:
            self._drain = asyncio.get_running_loop().create_task(self._work_on())
        elif others:
            self._refresh()

    def _previews(self, path: str) -> bool:
        session = self.store.session(path)
        return session is not None and session.linter.preview()

    def settle(self) -> None:
        """Make up for what a keystroke has put off; every request sees it done."""
        if self._rest is None:
            return
        self._rest.cancel()
        self._rest = None
        others, self._others = self._others, set()
        # A fault here must not take away the answer to the request that waits for it.
        guard(lambda: self.touched(others), None)

    def _work(self, patience: float) -> bool:
        """Check blocks for about ``patience`` seconds; whether all are done."""
        end = time.perf_counter() + patience
        for session in self.store.sessions:
            while not session.linter.is_done:
                session.linter.work(8)
                if time.perf_counter() > end:
                    return False
        return True

    async def _work_on(self) -> None:
        from prisma_lsp.server.progress import Progress

        progress = Progress(self)
        gc.disable()
        try:
            while not self._work(SLICE):
                progress.tell(sum(session.linter.left for session in self.store.sessions))
                await asyncio.sleep(0)
        finally:
            progress.end()
            self._drain = None
            gc.enable()
            gc.freeze()
        self.publish(True)
        self._refresh()
        features.refresh_views(self)  # a lens may offer to repair what has only now been found

    def publish(self, complete: bool) -> None:
        """Send the findings of touched files that differ from what was sent.

        Where checking is not ``complete`` the files stay on the list.
        """
        paths = self._dirty
        if complete:
            self._dirty = set()
        self._publish_settings()
        if self.pulls or self._writer is None:
            return
        for path in paths:
            session = self.store.session(path)
            items = self._items(session, path) if session is not None else "[]"
            sent = self._published.get(path)
            unknown = None if self.store.is_open(path) else "[]"
            if (sent[0] if sent is not None else unknown) == items:
                if sent is not None and sent[1] != self.versions.get(path):
                    self._repeat_later(sent[2])
                continue
            self._send(path, items)
            if session is None and not self.store.is_open(path):
                self._published.pop(path, None)
                self.uris.forget(path)

    def _send(self, path: str, items: str) -> None:
        version = self.versions.get(path)
        self._published[path] = (items, version, time.monotonic())
        numbered = f'"version":{version},' if version is not None else ""
        self._protocol.write(
            '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":'
            f'{json.dumps(self.uris.of(path))},{numbered}"diagnostics":{items}}}}}'
        )

    def _publish_settings(self) -> None:
        """Send what is wrong in files with settings, where that has changed.

        No editor asks for it: those files are not ours to be opened with.
        """
        if self._writer is None:
            return
        found: dict[str, list[settings.Problem]] = {}
        for session in self.store.sessions:
            for problem in session.problems:
                if os.path.isabs(problem.source) and problem not in found.get(problem.source, ()):
                    found.setdefault(problem.source, []).append(problem)
        for path in found.keys() | self._settings_problems.keys():
            problems = found.get(path, [])
            if problems != self._settings_problems.get(path, []):
                items = json.dumps([convert.of_problem(problem) for problem in problems])
                self._send_items(path, items)
        self._settings_problems = found

    def _send_items(self, path: str, items: str) -> None:
        self._protocol.write(
            '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":'
            f'{json.dumps(self.uris.of(path))},"diagnostics":{items}}}}}'
        )

    def _repeat_later(self, sent: float) -> None:
        """Equal findings are not sent again, but a client that was already further on when the last
        ones arrived has thrown them away: repeat them once the typing pauses."""
        if time.monotonic() - sent > RACE:
            return
        if self._echo is not None:
            self._echo.cancel()
        self._echo = asyncio.get_running_loop().call_later(PAUSE, self._repeat)

    def _repeat(self) -> None:
        self._echo = None
        for path, (items, version, _) in list(self._published.items()):
            if self.store.is_open(path) and version != self.versions.get(path):
                self._send(path, items)

    def _items(self, session: Session, path: str) -> str:
        assert self._writer is not None
        limit = session.linter.environment.settings.max_diagnostics
        return self._writer.file(session.linter, path, limit)

    def _refresh(self) -> None:
        """Ask a client that pulls to pull again."""
        workspace = self.client_capabilities.workspace
        diagnostics = workspace.diagnostics if workspace is not None else None
        if self.pulls and diagnostics is not None and diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)

    async def diagnostic(self, params: types.DocumentDiagnosticParams) -> Raw:
        """The findings of one file, when all of it is checked."""
        path = convert.to_path(params.text_document.uri)
        while self._drain is not None:
            await asyncio.sleep(0.002)
        session = self.store.session(path)
        items = self._items(session, path) if session is not None and self._writer else "[]"
        digest = f"{len(items)}-{hash(items) & 0xFFFFFFFFFFFF:x}"
        if params.previous_result_id == digest:
            return Raw(f'{{"kind":"unchanged","resultId":"{digest}"}}')
        return Raw(f'{{"kind":"full","resultId":"{digest}","items":{items}}}')

    # --- questions about a place -----------------------------------------------------------------

    def at(
        self, uri: str, position: types.Position
    ) -> tuple[Session, str, Document, int, int] | None:
        """The session, path, text, line and column that a request is about."""
        path = convert.to_path(uri)
        session = self.store.session(path)
        document = session.schema.files.get(path) if session is not None else None
        if session is None or document is None:
            return None
        return (session, path, document, *convert.place(document, position, self.encoding))

    def alone(
        self, params: _AboutDocument, ask: Callable[[], Answer], otherwise: Answer
    ) -> Answer:
        """As `guard`, and ``otherwise`` as well where Prisma's own server is to answer."""
        session = self.store.session(convert.to_path(params.text_document.uri))
        if session is not None and session.linter.environment.settings.steps_back:
            return otherwise
        return guard(ask, otherwise)

    def workspace_edit(self, edits: Any) -> types.WorkspaceEdit:
        workspace = self.client_capabilities.workspace
        edit = workspace.workspace_edit if workspace is not None else None
        return convert.workspace_edit(
            edits, self.store, self.uris, self.versions, self.encoding,
            document_changes=bool(edit and edit.document_changes),
        )  # fmt: skip

    @property
    def _protocol(self) -> Protocol:
        return self.protocol  # type: ignore[return-value]

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Faults go to the log; the user can do nothing about a pop-up."""
        log.error("%s: %s", getattr(source, "__name__", source), error)


def make_server() -> Server:
    """A server with every handler in place."""
    server = Server()

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        guard(lambda: server.initialize(params), None)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        server.negotiated()
        guard(server.initialized, None)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configuration(params: types.DidChangeConfigurationParams) -> None:
        guard(lambda: server.did_change_configuration(params), None)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        guard(lambda: server.did_change_watched_files(params), None)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders(params: types.DidChangeWorkspaceFoldersParams) -> None:
        guard(lambda: server.did_change_workspace_folders(params), None)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        guard(server.did_save, None)

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
    def rename(params: types.RenameParams) -> Raw | Refusal:
        return server.alone(params, lambda: features.rename(server, params), nothing)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def document_symbols(params: types.DocumentSymbolParams) -> Raw:
        return server.alone(params, lambda: features.document_symbols(server, params), features.NONE_OF)

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

    return server


def guard(ask: Callable[[], Answer], otherwise: Answer) -> Answer:
    """The answer, or ``otherwise`` where something of ours is broken; the fault is logged."""
    try:
        return ask()
    except Exception:
        log.exception("a request failed")
        return otherwise


def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
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
    found = server.at(params.text_document.uri, params.range.start)
    if found is None:
        return
    session, path, document, *_ = found
    only = [str(getattr(kind, "value", kind)) for kind in params.context.only or []]
    if any(_includes(kind, FIX_ALL) for kind in only):
        yield from _fix_all(server, session, path)
    if only and not any(_includes(kind, "quickfix") for kind in only):
        return
    at = convert.stretch(document, params.range, server.encoding)
    bench = Workbench(session.schema, session.linter.environment)
    first, last = document.locate(at.line), document.locate(at.end_line)
    met: list[tuple[Block, Finding, list[types.Diagnostic]]] = []
    for index in range(first, last + 1):
        block, start = document.blocks[index], document.starts[index]
        for finding in session.linter.findings(block):
            row = start + finding.line
            if not _meets(at, row, finding.start, finding.end):
                continue
            same = [d for d in params.context.diagnostics if d.code == finding.rule and d.range.start.line == row]  # fmt: skip
            met.append((block, finding, same))
            for fix in fixes_of(finding, bench):
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

    path = convert.to_path(params.text_document.uri)
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


def _meets(at: Range, row: int, start: int, end: int) -> bool:
    """Whether a finding on one row touches the stretch; a bare cursor takes its whole line.

    Helix knows no bare cursor: there it is a selection of one character.
    """
    if at.line == at.end_line and at.end - at.start <= 1:
        return row == at.line
    if not at.line <= row <= at.end_line:
        return False
    return not (row == at.line and end < at.start) and not (row == at.end_line and start > at.end)


def _folders(uris: Iterable[str]) -> list[Path]:
    paths = [convert.to_path(uri) for uri in uris]
    return [Path(path) for path in paths if os.path.isabs(path)]


def _no_page(rule: str) -> None:
    return None


def _plain(data: object) -> object:
    """Decoded JSON as plain dictionaries; pygls may hand over objects of its own."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    if data is None or isinstance(data, (str, int, float, bool)):
        return data
    return _plain(getattr(data, "__dict__", None))


def _is_alive(process_id: int) -> bool:
    if os.name == "nt":
        import ctypes

        kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined]
        handle = kernel.OpenProcess(0x00100000, False, process_id)
        if not handle:
            return False
        running = kernel.WaitForSingleObject(handle, 0) == 0x102
        kernel.CloseHandle(handle)
        return bool(running)
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def main() -> int:
    """Serve one client on stdin and stdout until it goes."""
    level = os.environ.get("PRISMA_LSP_LOG", "WARNING").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        level = "WARNING"
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s: %(message)s")
    # A cancel that comes too late is nobody's fault.
    logging.getLogger("pygls").setLevel(max(logging.ERROR, logging.getLogger().level))
    gc.disable()  # the imports make many objects and no garbage
    server = make_server()
    all_rules()
    validity_checks()
    gc.enable()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    try:
        asyncio.run(serve_stdio(server))
    except KeyboardInterrupt:
        return 130
    return 0
