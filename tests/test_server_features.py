"""Conversations about names, symbols and views over stdio."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from test_server import Session, capabilities, session

pytestmark = pytest.mark.asyncio

SHOP = """datasource db {
  provider = "postgresql"
}

model Shop {
  id     String  @id
  orders Order[]
}
"""
ORDER = """/// What was bought.
model Order {
  id     String @id
  /* 😀 */ shopId String
  /* 😀 */ shop Shop @relation(fields: [shopId], references: [id])
}

generator client {
  provider = "prisma-client"
  output   = "../generated"
}
"""
# Behind the emoji: columns in characters, and what UTF-16 adds.
LINE, TYPE = 4, ORDER.splitlines()[4].index("Shop")


def rich(**more: Any) -> lsp.ClientCapabilities:
    """A client that can do everything."""
    found = capabilities(**more)
    assert found.text_document is not None and found.workspace is not None
    text = found.text_document
    text.definition = lsp.DefinitionClientCapabilities(link_support=True)
    text.rename = lsp.RenameClientCapabilities(prepare_support=True)
    text.document_symbol = lsp.DocumentSymbolClientCapabilities(
        hierarchical_document_symbol_support=True
    )
    text.folding_range = lsp.FoldingRangeClientCapabilities(line_folding_only=True, range_limit=2)
    found.workspace.apply_edit = True
    found.experimental = {"commands": ["prismaLsp.showReferences"]}
    return found


def write(s: Session) -> None:
    s.write("prisma/shop.prisma", SHOP)
    s.write("prisma/order.prisma", ORDER)
    s.write("prisma.config.ts", "export default { schema: './prisma' }")
    s.open(ORDER, "prisma/order.prisma")


def at(s: Session, name: str = "prisma/order.prisma") -> lsp.TextDocumentIdentifier:
    return lsp.TextDocumentIdentifier(s.uri(name))


def spot(line: int, column: int) -> lsp.Position:
    return lsp.Position(line, column)


@pytest.mark.parametrize(("encoding", "extra"), [("utf-8", 3), ("utf-16", 1), ("utf-32", 0)])
async def test_a_name_leads_to_another_file(tmp_path: Path, encoding: str, extra: int) -> None:
    async with session(tmp_path, rich(encodings=[encoding])) as s:
        write(s)
        here = spot(LINE, TYPE + extra)
        found: Any = await s.client.text_document_definition_async(
            lsp.DefinitionParams(at(s), here)
        )
        assert found[0].target_uri == s.uri("prisma/shop.prisma")
        assert found[0].target_selection_range == lsp.Range(spot(4, 6), spot(4, 10))
        assert found[0].target_range == lsp.Range(spot(4, 0), spot(7, 1))
        assert found[0].origin_selection_range.start == here
        opposite: Any = await s.client.text_document_definition_async(
            lsp.DefinitionParams(at(s), spot(LINE, TYPE + extra - 3))
        )
        assert opposite[0].target_selection_range == lsp.Range(spot(6, 2), spot(6, 8))
        type_: Any = await s.client.text_document_type_definition_async(
            lsp.TypeDefinitionParams(at(s), spot(LINE, TYPE + extra - 3))
        )
        assert type_[0].range.start == spot(4, 6)  # no links for this one
        places = await s.client.text_document_references_async(
            lsp.ReferenceParams(lsp.ReferenceContext(False), at(s), here)
        )
        assert list(places or []) == [
            lsp.Location(
                s.uri("prisma/order.prisma"),
                lsp.Range(here, spot(LINE, TYPE + extra + 4)),
            )
        ]
        lit = await s.client.text_document_document_highlight_async(
            lsp.DocumentHighlightParams(
                at(s), spot(3, ORDER.splitlines()[3].index("shopId") + extra)
            )
        )
        assert [one.kind for one in lit or []] == [lsp.DocumentHighlightKind.Write, lsp.DocumentHighlightKind.Read]  # fmt: skip


async def test_a_rename_over_files(tmp_path: Path) -> None:
    async with session(tmp_path, rich()) as s:
        write(s)
        here = spot(LINE, TYPE + 1)
        what: Any = await s.client.text_document_prepare_rename_async(
            lsp.PrepareRenameParams(at(s), here)
        )
        assert (what.placeholder, what.range.start) == ("Shop", here)
        edit = await s.client.text_document_rename_async(lsp.RenameParams(at(s), here, "Store"))
        assert edit is not None and edit.document_changes is not None
        by_file: dict[str, Any] = {c.text_document.uri: c for c in edit.document_changes}  # type: ignore[union-attr]
        assert set(by_file) == {s.uri("prisma/shop.prisma"), s.uri("prisma/order.prisma")}
        assert by_file[s.uri("prisma/order.prisma")].text_document.version == 1
        assert by_file[s.uri("prisma/shop.prisma")].text_document.version is None
        texts = [e.new_text for e in by_file[s.uri("prisma/shop.prisma")].edits]
        assert texts == ["Store", '\n\n  @@map("Shop")']
        nothing = await s.client.text_document_prepare_rename_async(
            lsp.PrepareRenameParams(at(s), spot(1, 0))
        )
        assert nothing is None


async def test_a_refused_rename_says_why_and_nothing_else(tmp_path: Path) -> None:
    async with session(tmp_path, capabilities(changes=False)) as s:
        write(s)
        here = spot(1, 6)
        for name, reason in (("Shop", "`Shop` is taken"), ("9", "is not a name")):
            with pytest.raises(JsonRpcException, match=reason) as error:
                await s.client.text_document_rename_async(lsp.RenameParams(at(s), here, name))
            assert error.value.code == lsp.LSPErrorCodes.RequestFailed
        edit = await s.client.text_document_rename_async(lsp.RenameParams(at(s), here, "Sale"))
        assert edit is not None and edit.document_changes is None and len(edit.changes or {}) == 2
        assert not s.client.log_messages


async def test_the_database_name_may_follow(tmp_path: Path) -> None:
    async with session(tmp_path, rich(), options={"renameKeepsDatabaseName": False}) as s:
        write(s)
        edit = await s.client.text_document_rename_async(
            lsp.RenameParams(at(s), spot(1, 6), "Sale")
        )
        assert edit is not None and "@@map" not in str(edit)


async def test_symbols(tmp_path: Path) -> None:
    async with session(tmp_path, rich()) as s:
        write(s)
        tree: Any = await s.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(at(s))
        )
        assert [(one.name, one.kind, one.detail) for one in tree] == [
            ("Order", lsp.SymbolKind.Class, None),
            ("client", lsp.SymbolKind.Module, "prisma-client"),
        ]
        shop = tree[0].children[2]
        assert (shop.name, shop.detail, shop.kind) == ("shop", "Shop", lsp.SymbolKind.Property)
        # The emoji counts twice.
        assert shop.selection_range == lsp.Range(spot(LINE, TYPE - 4), spot(LINE, TYPE))
        found: Any = await s.client.workspace_symbol_async(lsp.WorkspaceSymbolParams("shp"))
        assert [(one.name, one.container_name) for one in found] == [
            ("Shop", None), ("shop", "Order"), ("shopId", "Order"),
        ]  # fmt: skip
        assert found[0].location.uri == s.uri("prisma/shop.prisma")
    async with session(tmp_path, capabilities()) as s:
        write(s)
        flat: Any = await s.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(at(s))
        )
        assert [one.name for one in flat][:3] == ["Order", "id", "shopId"]
        assert flat[1].container_name == "Order" and flat[1].location.uri == at(s).uri


async def test_folds_and_selections_and_links(tmp_path: Path) -> None:
    async with session(tmp_path, rich()) as s:
        write(s)
        folds = await s.client.text_document_folding_range_async(lsp.FoldingRangeParams(at(s)))
        assert [(f.start_line, f.end_line, f.start_character) for f in folds or []] == [
            (1, 4, None), (7, 9, None),
        ]  # fmt: skip
        grown = await s.client.text_document_selection_range_async(
            lsp.SelectionRangeParams(at(s), [spot(LINE, TYPE + 1), spot(99, 3)])
        )
        assert grown is not None and len(grown) == 2
        assert grown[0].range == lsp.Range(spot(LINE, TYPE + 1), spot(LINE, TYPE + 5))
        assert grown[0].parent is not None
        links = await s.client.text_document_document_link_async(lsp.DocumentLinkParams(at(s)))
        assert [one.target for one in links or []] == [(tmp_path / "generated").as_uri()]
    async with session(tmp_path, capabilities()) as s:
        write(s)
        folds = await s.client.text_document_folding_range_async(lsp.FoldingRangeParams(at(s)))
        assert [(f.end_line, f.end_character) for f in folds or []] == [(5, 0), (10, 0)]


def decoded(data: Any, lines: list[str]) -> list[str]:
    """The words that tokens cover, in a text of ASCII."""
    words, line, column = [], 0, 0
    for start in range(0, len(data), 5):
        down, right, length, *_ = data[start : start + 5]
        line, column = line + down, (column if not down else 0) + right
        words.append(lines[line][column : column + length])
    return words


async def test_tokens_and_their_changes(tmp_path: Path) -> None:
    text = SHOP + "\nmodel Order {\n  id Int @id\n}\n\nenum Last {\n  ONE\n}\n"
    async with session(tmp_path, rich()) as s:
        s.write("schema.prisma", text)
        s.open(text)
        here = at(s, "schema.prisma")
        full: Any = await s.client.text_document_semantic_tokens_full_async(
            lsp.SemanticTokensParams(here)
        )
        assert decoded(full.data, text.split("\n"))[:7] == ["datasource", "db", "provider", '"postgresql"', "model", "Shop", "id"]  # fmt: skip
        data, number = list(full.data), full.result_id
        same: Any = await s.client.text_document_semantic_tokens_full_delta_async(
            lsp.SemanticTokensDeltaParams(here, number)
        )
        assert not same.edits
        number = same.result_id
        # A line more in one block; a type that another file's block no longer means; all gone.
        for change in (((10, 0, 10, 0), "  // one\n"), ((4, 6, 4, 10), "Shops"), ((9, 6, 9, 11), "X"), None):  # fmt: skip
            s.change(change or (None, ""), name="schema.prisma")
            answer: Any = await s.client.text_document_semantic_tokens_full_delta_async(
                lsp.SemanticTokensDeltaParams(here, number)
            )
            number = answer.result_id
            for edit in reversed(answer.edits):
                data[edit.start : edit.start + edit.delete_count] = list(edit.data)
            again: Any = await s.client.text_document_semantic_tokens_full_async(
                lsp.SemanticTokensParams(here)
            )
            assert data == list(again.data)
            number = again.result_id
        assert data == []
        stale: Any = await s.client.text_document_semantic_tokens_full_delta_async(
            lsp.SemanticTokensDeltaParams(here, "0")
        )
        assert isinstance(stale, lsp.SemanticTokens)


async def test_tokens_of_a_stretch(tmp_path: Path) -> None:
    async with session(tmp_path, rich()) as s:
        write(s)
        part: Any = await s.client.text_document_semantic_tokens_range_async(
            lsp.SemanticTokensRangeParams(at(s), lsp.Range(spot(8, 0), spot(9, 3)))
        )
        assert decoded(part.data, ORDER.split("\n")) == [
            "generator", "client", "provider", '"prisma-client"', "output", '"../generated"',
        ]  # fmt: skip


async def test_hints_follow_the_settings(tmp_path: Path) -> None:
    whole = lsp.Range(spot(0, 0), spot(99, 0))
    async with session(tmp_path, rich()) as s:
        write(s)
        hints = await s.client.text_document_inlay_hint_async(lsp.InlayHintParams(at(s), whole))
        assert [one.label for one in hints or []] == [", onDelete: Restrict, onUpdate: Cascade"]
        line = ORDER.splitlines()[LINE]
        assert (hints or [])[0].position == spot(
            LINE, len(line)
        )  # one more for the emoji, one less
        none = await s.client.text_document_inlay_hint_async(
            lsp.InlayHintParams(at(s), lsp.Range(spot(0, 0), spot(2, 0)))
        )
        assert not none
    options = {"inlayReferentialActions": False, "inlayTableNames": True}
    async with session(tmp_path, rich(), options=options) as s:
        write(s)
        hints = await s.client.text_document_inlay_hint_async(lsp.InlayHintParams(at(s), whole))
        assert [(one.label, one.padding_left) for one in hints or []] == [("table Order", True)]


async def test_lenses_and_their_repair(tmp_path: Path) -> None:
    async with session(tmp_path, rich()) as s:
        edits: list[lsp.ApplyWorkspaceEditParams] = []

        @s.client.feature(lsp.WORKSPACE_APPLY_EDIT)
        def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
            edits.append(params)
            return lsp.ApplyWorkspaceEditResult(applied=True)

        write(s)
        found = await s.client.text_document_code_lens_async(lsp.CodeLensParams(at(s)))
        commands = [one.command for one in found or [] if one.command is not None]
        assert [c.title for c in commands] == [
            "1 reference · 1 relation · 0 indexes", "1 foreign key without an index: add it",
        ]  # fmt: skip
        assert commands[0].command == "prismaLsp.showReferences"
        assert len(commands) == 2
        await s.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(commands[1].command, commands[1].arguments)
        )
        await s.sync()
        assert "@@index([shopId])" in str(edits[0].edit)
        for arguments in (["file:///gone", "Order"], [at(s).uri, "Gone"]):
            await s.client.workspace_execute_command_async(
                lsp.ExecuteCommandParams(commands[1].command, arguments)
            )
        await s.sync()
        assert len(edits) == 1
    async with session(tmp_path, capabilities(), options={"codeLens": False}) as s:
        write(s)
        assert not await s.client.text_document_code_lens_async(lsp.CodeLensParams(at(s)))


async def test_cascades_as_a_type_hierarchy(tmp_path: Path) -> None:
    async with session(tmp_path, rich()) as s:
        write(s)
        items = await s.client.text_document_prepare_type_hierarchy_async(
            lsp.TypeHierarchyPrepareParams(at(s), spot(LINE, TYPE + 1))
        )
        assert items is not None and items[0].name == "Shop"
        assert items[0].uri == s.uri("prisma/shop.prisma")
        below = await s.client.type_hierarchy_subtypes_async(
            lsp.TypeHierarchySubtypesParams(items[0])
        )
        assert [(one.name, one.detail) for one in below or []] == [
            ("Order", "Order.shop · Restrict · rows block the delete")
        ]
        assert await s.client.type_hierarchy_subtypes_async(lsp.TypeHierarchySubtypesParams((below or [])[0])) == ()  # fmt: skip
        above = await s.client.type_hierarchy_supertypes_async(
            lsp.TypeHierarchySupertypesParams((below or [])[0])
        )
        assert [one.name for one in above or []] == ["Shop"]


async def test_places_outside_and_files_that_are_not_open(tmp_path: Path) -> None:
    async with session(tmp_path, rich()) as s:
        write(s)
        gone = lsp.TextDocumentIdentifier((tmp_path / "gone.prisma").as_uri())
        for document in (at(s), gone):
            far = spot(500, 500)
            assert not await s.client.text_document_definition_async(lsp.DefinitionParams(document, far))  # fmt: skip
            assert not await s.client.text_document_references_async(lsp.ReferenceParams(lsp.ReferenceContext(True), document, far))  # fmt: skip
            assert not await s.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(document, far))  # fmt: skip
            assert not await s.client.text_document_rename_async(lsp.RenameParams(document, far, "x"))  # fmt: skip
            assert not await s.client.text_document_prepare_type_hierarchy_async(lsp.TypeHierarchyPrepareParams(document, far))  # fmt: skip
        for ask in (
            s.client.text_document_document_symbol_async(lsp.DocumentSymbolParams(gone)),
            s.client.text_document_folding_range_async(lsp.FoldingRangeParams(gone)),
            s.client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(gone)),
            s.client.text_document_code_lens_async(lsp.CodeLensParams(gone)),
            s.client.text_document_document_link_async(lsp.DocumentLinkParams(gone)),
        ):
            assert not await ask
        assert not s.client.log_messages
