"""Conversations with the server over stdio."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp  # noqa: F401  (registers its options)
from lsprotocol import types as lsp
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient

from prisma_lsp.text import Edit, Range, apply_edits, from_units

pytestmark = pytest.mark.asyncio

SERVER = [sys.executable, "-m", "prisma_lsp", "serve", "--stdio"]

ORDERS = """datasource db {
  provider = "postgresql"
}

model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @db.Uuid
  /* 😀 */ shop Shop @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}
"""
# Where the finding stands, in characters: behind the emoji.
LINE = 7
START = ORDERS.splitlines()[LINE].index("Shop @")


def capabilities(*, pull: bool = False, encodings: list[str] | None = None, changes: bool = True) -> lsp.ClientCapabilities:  # fmt: skip
    return lsp.ClientCapabilities(
        general=lsp.GeneralClientCapabilities(
            position_encodings=[lsp.PositionEncodingKind(e) for e in encodings or ["utf-16"]]
        ),
        workspace=lsp.WorkspaceClientCapabilities(
            configuration=True,
            workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=changes),
            did_change_watched_files=lsp.DidChangeWatchedFilesClientCapabilities(
                dynamic_registration=True
            ),
        ),
        text_document=lsp.TextDocumentClientCapabilities(
            publish_diagnostics=lsp.PublishDiagnosticsClientCapabilities(
                version_support=True, code_description_support=True
            ),
            diagnostic=lsp.DiagnosticClientCapabilities() if pull else None,
            hover=lsp.HoverClientCapabilities(content_format=[lsp.MarkupKind.Markdown]),
        ),
    )


class Session:
    """A running server, and what it published."""

    def __init__(self, client: LanguageClient, root: Path) -> None:
        self.client = client
        self.root = root
        self.published: list[lsp.PublishDiagnosticsParams] = []
        self.registered: list[str] = []
        self.refreshed = 0
        self.version = 1
        self.settings: Any = None
        self.announced = lsp.ServerCapabilities()

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def publish(params: lsp.PublishDiagnosticsParams) -> None:
            self.published.append(params)

        @client.feature(lsp.WINDOW_LOG_MESSAGE)
        def log(params: lsp.LogMessageParams) -> None:
            client.log_messages.append(params)

        @client.feature(lsp.WORKSPACE_DIAGNOSTIC_REFRESH)
        def refresh(params: None) -> None:
            self.refreshed += 1

        @client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
        def register(params: lsp.RegistrationParams) -> None:
            self.registered += [r.method for r in params.registrations]

        @client.feature(lsp.WORKSPACE_CONFIGURATION)
        def configuration(params: lsp.ConfigurationParams) -> list[Any]:
            return [self.settings for _ in params.items]

    def uri(self, name: str = "schema.prisma") -> str:
        return (self.root / name).as_uri()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def open(self, text: str, name: str = "schema.prisma", uri: str | None = None) -> None:
        self.client.text_document_did_open(
            lsp.DidOpenTextDocumentParams(
                lsp.TextDocumentItem(uri or self.uri(name), "prisma", self.version, text)
            )
        )

    def change(self, *changes: tuple[tuple[int, int, int, int] | None, str], name: str = "schema.prisma") -> None:  # fmt: skip
        self.version += 1
        events: list[Any] = []
        for at, text in changes:
            if at is None:
                events.append(lsp.TextDocumentContentChangeWholeDocument(text))
            else:
                a, b, c, d = at
                where = lsp.Range(lsp.Position(a, b), lsp.Position(c, d))
                events.append(lsp.TextDocumentContentChangePartial(where, text))
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri(name)), events
            )
        )

    async def sync(self) -> None:
        """Wait until everything sent before has been handled."""
        await self.actions(0, 0)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until what comes by itself has come, however busy the machine is."""
        for _ in range(500):
            await self.sync()
            if holds():
                return
            await asyncio.sleep(0.02)
        assert holds()

    async def actions(
        self,
        line: int,
        column: int,
        only: list[str] | None = None,
        diagnostics: list[lsp.Diagnostic] | None = None,
        name: str = "schema.prisma",
        width: int = 0,
    ) -> list[lsp.CodeAction]:
        at, end = lsp.Position(line, column), lsp.Position(line, column + width)
        found = await self.client.text_document_code_action_async(
            lsp.CodeActionParams(
                lsp.TextDocumentIdentifier(self.uri(name)),
                lsp.Range(at, end),
                lsp.CodeActionContext(diagnostics or [], only),  # type: ignore[arg-type]
            )
        )
        return [a for a in found or [] if isinstance(a, lsp.CodeAction)]

    def last(self, name: str = "schema.prisma") -> lsp.PublishDiagnosticsParams:
        return [p for p in self.published if p.uri == self.uri(name)][-1]

    def has(self, name: str, code: str) -> bool:
        """Whether a file was published, last with this code."""
        return any(p.uri == self.uri(name) for p in self.published) and code in self.codes(name)

    def codes(self, name: str = "schema.prisma") -> list[str]:
        return [str(d.code) for d in self.last(name).diagnostics]

    async def pull(self, name: str = "schema.prisma", previous: str | None = None) -> Any:
        return await self.client.text_document_diagnostic_async(
            lsp.DocumentDiagnosticParams(
                lsp.TextDocumentIdentifier(self.uri(name)), previous_result_id=previous
            )
        )


@contextlib.asynccontextmanager
async def session(
    root: Path,
    caps: lsp.ClientCapabilities | None = None,
    *,
    folder: bool = True,
    options: Any = None,
    settings: Any = None,
) -> AsyncIterator[Session]:
    client = LanguageClient(converter_factory=default_converter)
    found = Session(client, root)
    found.settings = settings
    await client.start_io(*SERVER)
    folders = [lsp.WorkspaceFolder(root.as_uri(), root.name)] if folder else None
    answer = await client.initialize_session(
        lsp.InitializeParams(
            process_id=os.getpid(), capabilities=caps or capabilities(),
            root_uri=root.as_uri() if folder else None, workspace_folders=folders,
            initialization_options=options,
        )
    )  # fmt: skip
    found.announced = answer.capabilities
    try:
        yield found
    finally:
        await client.shutdown_session()
        await client.stop()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_the_main_job(tmp_path: Path, encoding: str) -> None:
    async with session(tmp_path, capabilities(encodings=[encoding])) as s:
        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        await s.sync()
        finding = next(d for d in s.last().diagnostics if d.code == "missing-fk-index")
        assert finding.source == "prisma-lsp"
        assert finding.code_description is not None
        page = finding.code_description.href
        assert page.endswith("missing-fk-index.md")
        line = ORDERS.splitlines()[LINE]
        extra = {"utf-8": 3, "utf-16": 1, "utf-32": 0}[encoding]
        assert finding.range.start == lsp.Position(LINE, START + extra)
        assert finding.range.end == lsp.Position(LINE, START + extra + 4)
        assert from_units(line, START + extra, encoding) == START  # type: ignore[arg-type]

        # A cursor on the line, with no diagnostics in the context, gets the fixes.
        found = [a for a in await s.actions(LINE, 0) if "@@index" in a.title]
        # Helix's cursor is a selection of one character; a longer one means just what it covers.
        assert len(await s.actions(LINE, 0, width=1)) == len(await s.actions(LINE, 0))
        assert not await s.actions(LINE, 0, width=2)
        assert found and found[0].is_preferred
        edit = found[0].edit
        assert edit is not None and edit.document_changes
        change = edit.document_changes[0]
        assert isinstance(change, lsp.TextDocumentEdit)
        assert change.text_document.version == 1
        ours = [
            as_edit(e)
            for e in change.edits
        ]
        fixed = apply_edits(ORDERS, ours)
        assert "@@index([shopId])" in fixed
        s.change((None, fixed))
        await s.sync()
        assert "missing-fk-index" not in s.codes()
        assert s.last().version == 2


async def test_typing_publishes_only_what_changed(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        await s.sync()
        count = len(s.published)
        s.change(((11, 2, 11, 4), "no"))
        await s.sync()
        assert len(s.published) == count + 1
        assert "unknown-field" in s.codes()
        s.change(((11, 2, 11, 4), "id"))
        await s.sync()
        assert "prisma" not in {d.source for d in s.last().diagnostics}
        count = len(s.published)
        # A comment at the end changes no finding: silence.
        s.change(((15, 0, 15, 0), "// a comment"))
        await s.sync()
        assert len(s.published) == count


async def test_a_lost_block_can_be_repaired_from_each_of_its_lines(tmp_path: Path) -> None:
    text = "modle A {\n  id Int @id\n  x  Int\n}\n\nmodel B {\n  id Int @id\n}\n"
    async with session(tmp_path) as s:
        s.write("schema.prisma", text)
        s.open(text)
        await s.sync()
        (lost,) = [d for d in s.last().diagnostics if d.code == "block-keyword"]
        assert lost.range == lsp.Range(lsp.Position(0, 0), lsp.Position(3, 1))
        for line in range(4):
            fixes = await s.actions(line, 0, diagnostics=[lost])
            assert [(f.title, list(f.diagnostics or ())) for f in fixes] == [("Write `model`", [lost])]
        assert not await s.actions(4, 0)
        s.change(((0, 0, 0, 5), "model"))
        await s.sync()
        assert "prisma" not in {d.source for d in s.last().diagnostics}


async def test_an_error_in_another_file_follows(tmp_path: Path) -> None:
    parts = ORDERS.split("\nmodel Shop")
    other = "model Shop" + parts[1]
    async with session(tmp_path) as s:
        s.write("prisma/schema.prisma", parts[0])
        s.write("prisma/shop.prisma", other)
        s.write("prisma.config.ts", "export default { schema: './prisma' }")
        s.open(parts[0], "prisma/schema.prisma")
        await s.sync()
        assert "unknown-type" not in s.codes("prisma/schema.prisma")
        # The other file is renamed in an open buffer, which wins over the disk.
        s.open(other, "prisma/shop.prisma")
        s.change((None, other.replace("model Shop", "model Store")), name="prisma/shop.prisma")
        await s.sync()
        assert "unknown-type" in s.codes("prisma/schema.prisma")
        # Closing it without saving brings the disk's text back.
        s.client.text_document_did_close(
            lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(s.uri("prisma/shop.prisma")))
        )
        await s.sync()
        assert "unknown-type" not in s.codes("prisma/schema.prisma")
        # A file that disappears, and comes again.
        (tmp_path / "prisma/shop.prisma").unlink()
        watch = lsp.FileEvent(s.uri("prisma/shop.prisma"), lsp.FileChangeType.Deleted)
        s.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([watch]))
        await s.sync()
        assert "unknown-type" in s.codes("prisma/schema.prisma")
        s.write("prisma/shop.prisma", other)
        watch = lsp.FileEvent(s.uri("prisma/shop.prisma"), lsp.FileChangeType.Created)
        s.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([watch]))
        await s.sync()
        assert "unknown-type" not in s.codes("prisma/schema.prisma")
        assert "workspace/didChangeWatchedFiles" in s.registered


async def test_pull_and_push_are_never_mixed(tmp_path: Path) -> None:
    async with session(tmp_path, capabilities(pull=True)) as s:
        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        report = await s.pull()
        assert report.kind == "full"
        assert "missing-fk-index" in [d.code for d in report.items]
        again = await s.pull(previous=report.result_id)
        assert again.kind == "unchanged"
        s.change(((11, 2, 11, 4), "no"))
        assert (await s.pull(previous=report.result_id)).kind == "full"
        assert s.published == []


async def test_push_clients_are_not_offered_pull(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.open(ORDERS)
        with pytest.raises(Exception, match=r"(?i)not found"):
            await s.pull()


async def test_a_big_file_is_published_to_the_end(tmp_path: Path) -> None:
    """Checking takes many slices; what the later ones find arrives as well."""
    head, model = ORDERS.split("model Order")
    model = "model Order" + model
    many = head + "\n".join(
        model.replace("Order", f"Order{i}").replace("Shop", f"Shop{i}") for i in range(500)
    )
    async with session(tmp_path, settings={"maxDiagnostics": 100_000}) as s:
        s.open(many)
        for _ in range(300):
            await s.sync()
            if s.codes().count("missing-fk-index") == 500:
                break
            await asyncio.sleep(0.05)
        assert s.codes().count("missing-fk-index") == 500


async def test_a_client_that_dropped_findings_gets_them_again(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.open(ORDERS)
        await s.sync()
        count = len(s.published)
        # Within a moment of the last publication: a client at version 2 may drop what says 1.
        s.change(((15, 0, 15, 0), "// a comment"))
        await s.sync()
        assert len(s.published) == count
        for _ in range(100):
            await asyncio.sleep(0.1)
            if len(s.published) > count:
                break
        assert [p.version for p in s.published[count:]] == [2]


async def test_clients_that_pull_hear_of_other_files(tmp_path: Path) -> None:
    parts = ORDERS.split("\nmodel Shop")
    other = "model Shop" + parts[1]
    caps = capabilities(pull=True)
    assert caps.workspace is not None
    caps.workspace.diagnostics = lsp.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    async with session(tmp_path, caps) as s:
        s.write("prisma/schema.prisma", parts[0])
        s.write("prisma/shop.prisma", other)
        s.open(parts[0], "prisma/schema.prisma")
        s.open(other, "prisma/shop.prisma")
        await s.sync()
        before = s.refreshed
        s.change(((0, 6, 0, 10), "Store"), name="prisma/shop.prisma")
        await s.sync()
        assert s.refreshed > before


async def test_a_save_makes_other_files_count_anew(tmp_path: Path) -> None:
    parts = ORDERS.split("\nmodel Shop")
    other = "model Shop" + parts[1]
    async with session(tmp_path) as s:
        s.write("prisma/schema.prisma", parts[0])
        s.write("prisma/shop.prisma", other)
        s.open(parts[0], "prisma/schema.prisma")
        await s.sync()
        assert "unknown-type" not in s.codes("prisma/schema.prisma")
        s.write("prisma/shop.prisma", other.replace("model Shop", "model Store"))
        saved = lsp.TextDocumentIdentifier(s.uri("prisma/schema.prisma"))
        s.client.text_document_did_save(lsp.DidSaveTextDocumentParams(saved))
        await s.sync()
        assert "unknown-type" in s.codes("prisma/schema.prisma")


async def test_two_schemas_stay_apart(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        for name in ("a", "b"):
            s.write(f"{name}/prisma/schema.prisma", ORDERS)
            s.open(ORDERS, f"{name}/prisma/schema.prisma")
        for name in ("a", "b"):
            path = f"{name}/prisma/schema.prisma"
            await s.until(lambda path=path: s.has(path, "missing-fk-index"))
            codes = s.codes(path)
            assert not [c for c in codes if "duplicate" in c]


async def test_another_language_and_copies_stay_silent(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.open("// use prisma-next\n" + ORDERS, "next.prisma")
        s.write("node_modules/x/schema.prisma", ORDERS)
        s.open(ORDERS, "node_modules/x/schema.prisma")
        await s.sync()
        assert all(p.diagnostics == [] for p in s.published)


@pytest.mark.parametrize("where", ["no folder", "outside", "untitled"])
async def test_a_file_alone(tmp_path: Path, where: str) -> None:
    root = tmp_path / "ws"
    root.mkdir()
    async with session(root, folder=where != "no folder") as s:
        uri = "untitled:Untitled-1" if where == "untitled" else (tmp_path / "x y.prisma").as_uri()
        s.open(ORDERS, uri=uri)
        await s.sync()
        found = [p for p in s.published if p.uri == uri][-1]
        assert "missing-fk-index" in [d.code for d in found.diagnostics]


@pytest.mark.parametrize(
    "settings",
    [None, {}, [], "x", 3, {"rules": None}, {"rules": {"missing-fk-index": 7}}, {"maxDiagnostics": "x"}],
    ids=str,
)  # fmt: skip
async def test_ill_settings_are_survived(tmp_path: Path, settings: Any) -> None:
    async with session(tmp_path, settings=settings, options=settings) as s:
        s.open(ORDERS)
        await s.sync()
        s.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings))
        await s.sync()
        assert "missing-fk-index" in s.codes()


async def test_settings_take_effect_at_once(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.open(ORDERS)
        await s.sync()
        assert "missing-fk-index" in s.codes()
        off = {"prismaLsp": {"rules": {"missing-fk-index": "off"}}}
        s.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(off))
        await s.sync()
        assert "missing-fk-index" not in s.codes()
        # And a setting that is taken back.
        none = lsp.DidChangeConfigurationParams({"prismaLsp": {}})
        s.client.workspace_did_change_configuration(none)
        await s.sync()
        assert "missing-fk-index" in s.codes()


async def test_settings_of_the_project(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.write("prisma-lsp.toml", '[rules]\nmissing-fk-index = "error"\n')
        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        await s.sync()
        found = next(d for d in s.last().diagnostics if d.code == "missing-fk-index")
        assert found.severity == lsp.DiagnosticSeverity.Error
        s.write("prisma-lsp.toml", '[rules]\nmissing-fk-index = "off"\n')
        watch = lsp.FileEvent(s.uri("prisma-lsp.toml"), lsp.FileChangeType.Changed)
        s.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([watch]))
        await s.sync()
        assert "missing-fk-index" not in s.codes()


async def test_a_mistake_in_the_settings_is_shown_in_their_file(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        uri = s.uri("prisma-lsp.toml")
        s.write("prisma-lsp.toml", '[rules]\nmising-fk-index = "error"\n')
        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        await s.sync()
        [problem] = next(p.diagnostics for p in reversed(s.published) if p.uri == uri)
        assert problem.range.start.line == 1
        assert "did you mean `missing-fk-index`?" in problem.message
        s.write("prisma-lsp.toml", '[rules]\nmissing-fk-index = "error"\n')
        watch = lsp.FileEvent(uri, lsp.FileChangeType.Changed)
        s.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([watch]))
        await s.sync()
        assert not next(p.diagnostics for p in reversed(s.published) if p.uri == uri)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("prisma-lsp.toml", '[rules]\nmissing-fk-index = "off"\n', '[rules]\nmissing-fk-indx = "off"\n'),
        (
            "pyproject.toml", '[tool.prisma-lsp.rules]\nmissing-fk-index = "off"\n',
            '[tool.prisma-lsp.rules]\nmissing-fk-indx = "off"\n',
        ),
        (
            "package.json", '{"prisma-lsp": {"rules":\n{"missing-fk-index": "off"}}}',
            '{"prisma-lsp": {"rules": {\n"missing-fk-indx": "off"}}}',
        ),
    ],
)  # fmt: skip
async def test_settings_that_come_while_the_server_runs(
    tmp_path: Path, name: str, right: str, wrong: str
) -> None:
    async with session(tmp_path) as s:
        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        await s.sync()

        async def after(kind: lsp.FileChangeType, is_found: bool) -> list[lsp.Diagnostic]:
            """The settings' mistakes once the schema's findings are as they should be."""
            watch = lsp.FileEvent(s.uri(name), kind)
            s.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([watch]))
            for _ in range(500):
                await s.sync()
                if ("missing-fk-index" in s.codes()) is is_found:
                    break
                await asyncio.sleep(0.02)
            assert ("missing-fk-index" in s.codes()) is is_found
            told = [p.diagnostics for p in s.published if p.uri == s.uri(name)]
            return list(told[-1]) if told else []

        s.write(name, right)
        assert await after(lsp.FileChangeType.Created, False) == []
        s.write(name, wrong)
        [problem] = await after(lsp.FileChangeType.Changed, True)
        assert problem.range.start.line == 1
        assert "did you mean `missing-fk-index`?" in problem.message
        s.write(name, right)
        assert await after(lsp.FileChangeType.Changed, False) == []
        (tmp_path / name).unlink()
        assert await after(lsp.FileChangeType.Deleted, True) == []


async def test_a_thousand_findings_and_no_more(tmp_path: Path) -> None:
    many = "".join(f"model M{i} {{\n  id Int @id\n  x Nothing\n  y Nothing\n}}\n" for i in range(700))
    # The error at the very end comes before all that is not an error.
    async with session(tmp_path, settings={"maxDiagnostics": 100}) as s:
        s.open(many)
        for _ in range(200):
            await s.sync()
            if len(s.last().diagnostics) == 100:
                break
            await asyncio.sleep(0.02)
        found = s.last().diagnostics
        assert len(found) == 100
        assert found[-1].code == "too-many-findings"
        assert all(d.severity == lsp.DiagnosticSeverity.Error for d in found[:-1])


async def test_fix_all_leaves_nothing_it_fixes(tmp_path: Path) -> None:
    text = ORDERS.replace("model Shop", "model shop_thing").replace(" Shop @", " shop_thing @")
    async with session(tmp_path) as s:
        s.write("schema.prisma", text)
        s.open(text)
        await s.sync()
        assert "model-name-case" in s.codes()
        (action,) = await s.actions(0, 0, only=["source.fixAll.prisma-lsp"])
        assert action.kind == "source.fixAll.prisma-lsp"
        (change,) = action.edit.document_changes  # type: ignore[union-attr, misc]
        edits = [
            as_edit(e)
            for e in change.edits  # type: ignore[union-attr]
        ]
        fixed = apply_edits(text, edits)
        assert "model ShopThing {" in fixed and '@@map("shop_thing")' in fixed
        s.change((None, fixed))
        await s.sync()
        assert "model-name-case" not in s.codes()
        assert "prisma" not in {d.source for d in s.last().diagnostics}


async def test_hover(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.open(ORDERS)
        at = lsp.Position(LINE, START + 1)
        here = lsp.TextDocumentIdentifier(s.uri())
        answer = await s.client.text_document_hover_async(lsp.HoverParams(here, at))
        assert answer is not None
        assert "Shop" in answer.contents.value  # type: ignore[union-attr]
        for line, column in [(99, 0), (0, 999), (8, 0)]:
            nowhere = lsp.HoverParams(here, lsp.Position(line, column))
            await s.client.text_document_hover_async(nowhere)


async def test_edits_out_of_range_and_for_closed_files(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.change(((0, 0, 0, 0), "x"), name="never-opened.prisma")
        s.open(ORDERS)
        s.change(((99, 99, 999, 9), "\nmodel A {\n"))
        await s.sync()
        assert "prisma" in {d.source for d in s.last().diagnostics}


def as_edit(edit: Any) -> Edit:
    """A text edit as ours; only where characters and UTF-16 units are the same."""
    at = edit.range
    start, end = at.start, at.end
    return Edit(Range(start.line, start.character, end.line, end.character), edit.new_text)


def _talk(server: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    assert server.stdin is not None
    server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
    server.stdin.flush()


@pytest.mark.skipif(os.name != "posix", reason="signals")
async def test_it_ends_when_its_parent_dies() -> None:
    """The parent is killed while somebody else holds the server's stdin open."""
    parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    server = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    _talk(server, {"id": 1, "method": "initialize", "params": {"processId": parent.pid, "capabilities": {}, "rootUri": None}})  # fmt: skip
    _talk(server, {"method": "initialized", "params": {}})
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    try:
        assert server.wait(timeout=30) is not None
    finally:
        server.kill()


async def test_it_ends_when_stdin_does() -> None:
    server = subprocess.Popen(SERVER, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert server.stdin is not None
    server.stdin.close()
    try:
        assert server.wait(timeout=30) is not None
    finally:
        server.kill()


async def test_formatting(tmp_path: Path) -> None:
    text = ORDERS.replace("id     String @id", "id String @id").replace("\n", "\r\n")
    options = lsp.FormattingOptions(tab_size=2, insert_spaces=True)
    async with session(tmp_path) as s:
        s.open(text)
        here = lsp.TextDocumentIdentifier(s.uri())
        edits = await s.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(here, options)
        )
        ours = [as_edit(e) for e in edits or []]
        assert {e.range.line for e in ours} <= {4, 5, 6, 7, 11, 12}
        formatted = apply_edits(text, ours)
        assert "  id     String @id @default(uuid(7)) @db.Uuid\r\n" in formatted
        s.change((None, formatted))
        again = await s.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(here, options)
        )
        assert again is not None and not list(again)
        # Half a line: nothing but white space changes, and nothing is an error.
        s.change((None, formatted.replace("model Shop {", "model Shop {\r\n      x  @")))
        edits = await s.client.text_document_range_formatting_async(
            lsp.DocumentRangeFormattingParams(
                here, lsp.Range(lsp.Position(4, 0), lsp.Position(14, 0)), options
            )
        )
        assert edits is not None
        await s.client.text_document_on_type_formatting_async(
            lsp.DocumentOnTypeFormattingParams(here, lsp.Position(8, 1), "}", options)
        )


async def test_fixes_are_there_while_a_big_file_is_still_checked(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        order = ORDERS[ORDERS.index("model Order") : ORDERS.index("model Shop")]
        head = ORDERS.replace(order, "")
        text = head + "".join(order.replace("Order", f"Order{n}") for n in range(1000))
        s.open(text)
        last = text.count("\n") - order.count("\n") + 3
        titles = [action.title for action in await s.actions(last, START)]
        assert any("@@index([shopId])" in title for title in titles)
