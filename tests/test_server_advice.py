"""Conversations about findings that are not wanted, and about why a rule says what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.protocol import default_converter
from test_server import LINE, ORDERS, START, capabilities, session

pytestmark = pytest.mark.asyncio

RULE = "missing-fk-index"


def showing(**more: Any) -> lsp.ClientCapabilities:
    found = capabilities(**more)
    found.window = lsp.WindowClientCapabilities(
        show_document=lsp.ShowDocumentClientCapabilities(support=True)
    )
    return found


def converter() -> Any:
    """The protocol library takes an action that has a command for a command; clients do not."""
    found = default_converter()

    def read(data: Any, _: type) -> lsp.Command | lsp.CodeAction:
        is_command = isinstance(data.get("command"), str)
        return found.structure(data, lsp.Command if is_command else lsp.CodeAction)

    found.register_structure_hook(lsp.Command | lsp.CodeAction, read)
    return found


async def test_the_reason_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("test_server.default_converter", converter)
    async with session(tmp_path, showing()) as s:
        shown: list[lsp.ShowDocumentParams] = []

        @s.client.feature(lsp.WINDOW_SHOW_DOCUMENT)
        def show(params: lsp.ShowDocumentParams) -> lsp.ShowDocumentResult:
            shown.append(params)
            return lsp.ShowDocumentResult(True)

        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        actions = await s.actions(LINE, START)
        titles = [a.title for a in actions]
        ours = [f"Ignore `{RULE}` {where}" for where in ("on this line", "in this model", "in this file")]  # fmt: skip
        assert [t for t in titles if f"Ignore `{RULE}`" in t] == ours
        # What repairs comes before what silences, and that before what explains.
        kinds = ["Ignore" if "Ignore `" in t else "Explain" if "Explain `" in t else "" for t in titles]  # fmt: skip
        assert kinds == sorted(kinds, key=["", "Ignore", "Explain"].index) and kinds[0] == ""
        line = actions[titles.index(ours[0])]
        assert line.edit is not None and line.edit.document_changes is not None
        edit: Any = line.edit.document_changes[0]
        text = f"  // prisma-lsp-ignore {RULE}: "
        assert edit.edits[0].new_text == text + "\n"
        assert line.command is not None and line.command.command == "prisma-lsp.ignore"
        s.change(((LINE, 0, LINE, 0), text + "\n"))
        await s.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(line.command.command, line.command.arguments)
        )
        place = lsp.Position(LINE, len(text))
        assert shown == [lsp.ShowDocumentParams(s.uri(), None, True, lsp.Range(place, place))]
        assert RULE not in [str(d.code) for d in s.last().diagnostics]
        explain = actions[titles.index(f"Explain `{RULE}`")]
        assert explain.command is not None
        for command in (explain.command.command, "prisma-lsp.showOptions"):
            shown.clear()
            page = await s.client.workspace_execute_command_async(
                lsp.ExecuteCommandParams(command, [RULE])
            )
            assert "| gain |" in str(page)
            assert shown[0].uri.endswith(f"/docs/rules/{RULE}.md")


async def test_a_client_that_shows_nothing(tmp_path: Path) -> None:
    async with session(tmp_path, capabilities(changes=False)) as s:
        said: list[lsp.ShowMessageParams] = []

        @s.client.feature(lsp.WINDOW_SHOW_MESSAGE)
        def say(params: lsp.ShowMessageParams) -> None:
            said.append(params)

        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        actions = await s.actions(LINE, START)
        ignored = [a for a in actions if a.title.startswith("Ignore `")]
        assert ignored and all(a.edit is not None and a.command is None for a in ignored)
        assert not any(a.title.startswith("Explain") for a in actions)
        for command, name, words in (
            ("prisma-lsp.explainRule", RULE, "foreign key"),
            ("prisma-lsp.showOptions", RULE, "| gain |"),
            ("prisma-lsp.explainRule", "../../secret", "no rule"),
            ("prisma-lsp.showOptions", "hardcoded-url", "password"),
        ):
            await s.client.workspace_execute_command_async(lsp.ExecuteCommandParams(command, [name]))
            assert words in said[-1].message


async def test_a_hover_says_why_and_compares(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        s.write("schema.prisma", ORDERS)
        s.open(ORDERS)
        place = lsp.Position(LINE, START + 2)
        found = await s.client.text_document_hover_async(
            lsp.HoverParams(lsp.TextDocumentIdentifier(s.uri()), place)
        )
        assert found is not None and isinstance(found.contents, lsp.MarkupContent)
        above, _, below = found.contents.value.partition("\n\n---\n\n")
        assert "Order" in above and RULE not in above
        assert below.startswith(f"[`{RULE}`](file:") and "\n| fix | gain | cost |" in below
        beside = await s.client.text_document_hover_async(
            lsp.HoverParams(lsp.TextDocumentIdentifier(s.uri()), lsp.Position(5, 3))
        )
        assert beside is None or RULE not in str(beside.contents)
