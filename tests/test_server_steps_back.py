"""Beside Prisma's own language server, and what a client is told of the server's state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from test_server import ORDERS, session

from prisma_lsp.server import client, progress

pytestmark = pytest.mark.asyncio

# A mistake that Prisma rejects, one that only we find, and a comment that Prisma shows on hover.
BOTH = ORDERS.replace("model Order {", "/// What a customer buys.\nmodel Order {\n  nope Nope")
SHARED = (
    "document_formatting_provider",
    "document_range_formatting_provider",
    "document_on_type_formatting_provider",
    "completion_provider",
    "definition_provider",
    "references_provider",
    "rename_provider",
    "document_symbol_provider",
)


async def hover(s: Any, line: int, character: int) -> str:
    found = await s.client.text_document_hover_async(
        lsp.HoverParams(lsp.TextDocumentIdentifier(s.uri()), lsp.Position(line, character))
    )
    return str(found.contents.value) if found is not None else ""


async def test_what_prisma_does_is_not_announced(tmp_path: Path) -> None:
    options = {"prismaLsp": {"stepBack": "on"}}
    async with session(tmp_path, options=options) as s:
        announced = s.announced
        assert [name for name in SHARED if getattr(announced, name) is not None] == []
        assert announced.hover_provider and announced.code_action_provider
        assert announced.signature_help_provider and announced.code_lens_provider
        s.open(BOTH)
        await s.sync()
        assert {d.source for d in s.last().diagnostics} == {"prisma-lsp"}
        told = await hover(s, 5, 7)
        assert "table" in told and "What a customer buys" not in told


async def test_alone_all_is_announced(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        announced = s.announced
        assert [name for name in SHARED if getattr(announced, name) is None] == []
        s.open(BOTH)
        await s.sync()
        assert {d.source for d in s.last().diagnostics} == {"prisma", "prisma-lsp"}
        assert "What a customer buys" in await hover(s, 5, 7)


async def test_a_client_may_say_it_later(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.open(BOTH)
        await s.sync()
        symbols = lsp.DocumentSymbolParams(lsp.TextDocumentIdentifier(s.uri()))
        assert await s.client.text_document_document_symbol_async(symbols)
        for said, speaks in (("on", False), ("off", True)):
            s.client.workspace_did_change_configuration(
                lsp.DidChangeConfigurationParams({"prismaLsp": {"stepBack": said}})
            )
            await s.sync()
            assert bool(await s.client.text_document_document_symbol_async(symbols)) is speaks
            assert ("prisma" in {d.source for d in s.last().diagnostics}) is speaks


async def test_a_level_that_is_asked_for_holds_all_the_same(tmp_path: Path) -> None:
    options = {"prismaLsp": {"stepBack": "on", "validity": "on"}}
    async with session(tmp_path, options=options) as s:
        s.open(BOTH)
        await s.sync()
        assert "prisma" in {d.source for d in s.last().diagnostics}


async def test_the_state_counts_the_whole_schema(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.write("package.json", "{}")
        s.write("prisma/schema/closed.prisma", ORDERS)
        s.write("prisma/schema/open.prisma", "model Lonely {\n  id Nope @id\n}\n")
        s.open("model Lonely {\n  id Nope @id\n}\n", "prisma/schema/open.prisma")
        await s.sync()
        ask = s.client.workspace_execute_command_async
        told = await ask(lsp.ExecuteCommandParams("prisma-lsp.status", [s.uri("prisma/schema/open.prisma")]))
        schema = told["schema"]
        assert schema["files"] == 2 and schema["checked"] is True
        # One of the open file, at least one of the other.
        assert schema["findings"]["error"] == 1 and schema["findings"]["warning"] >= 1
        other = await ask(lsp.ExecuteCommandParams("prisma-lsp.status", ["untitled:nothing"]))
        assert other["schema"] is None and other["version"]


class Core:
    """Stands for the core of a server whose client shows progress and agrees when it is told to."""

    def __init__(self, shows: bool) -> None:
        self.client = client.Client({"capabilities": {"window": {"workDoneProgress": shows}}})
        self.agree: list[Any] = []
        self.told: list[Any] = []

    def request(self, method: str, params: Any, then: Any) -> None:
        assert method == "window/workDoneProgress/create"
        self.agree.append(then)

    def notify(self, method: str, params: Any) -> None:
        assert method == "$/progress"
        self.told.append((params["value"]["kind"], params["value"].get("percentage")))


async def test_a_long_check_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET", 0)
    monkeypatch.setattr(progress, "PACE", 0)
    core: Any = Core(shows=True)
    work = progress.Progress(core)
    work.tell(100)
    work.tell(90)  # nothing before the client has agreed
    assert core.told == []
    core.agree[0](None)
    work.tell(25)
    work.end()
    assert core.told == [("begin", 0), ("report", 75), ("end", None)]


async def test_a_check_that_is_done_before_the_client_agrees_says_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "QUIET", 0)
    core: Any = Core(shows=True)
    work = progress.Progress(core)
    work.tell(100)
    work.end()
    core.agree[0](None)
    assert core.told == []


async def test_a_client_that_shows_none_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "QUIET", 0)
    core: Any = Core(shows=False)
    progress.Progress(core).tell(100)
    assert core.agree == []
