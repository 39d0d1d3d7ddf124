"""Completion and signature help over stdio, as clients of different abilities get them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from test_server import Session, session

from prisma_lsp.text import Edit, Range, apply_edits, from_units, split_lines, to_units

pytestmark = pytest.mark.asyncio

SHOP = """model Shop {
  id String @id @default(uuid(7)) @db.Uuid
}
"""
TEXT = """datasource db {
  provider = "postgresql"
}

model Order {
  id String @id @default(uuid(7)) @db.Uuid
  /* 😀 */ sho
}
"""
LINE = 6
COLUMN = len("  /* 😀 */ sho ")


def abilities(
    encoding: str, *, modern: bool, markdown: bool = True, apply: bool = False
) -> lsp.ClientCapabilities:
    kinds = [lsp.MarkupKind.Markdown if markdown else lsp.MarkupKind.PlainText]
    item = lsp.ClientCompletionItemOptions(
        snippet_support=modern, insert_replace_support=modern, label_details_support=modern,
        commit_characters_support=modern, documentation_format=kinds,
    )  # fmt: skip
    defaults = ["commitCharacters", "editRange", "insertTextFormat"]
    whole = lsp.CompletionListCapabilities(item_defaults=defaults) if modern else None
    signature = lsp.ClientSignatureInformationOptions(
        documentation_format=kinds,
        parameter_information=lsp.ClientSignatureParameterInformationOptions(
            label_offset_support=modern
        ),
    )
    return lsp.ClientCapabilities(
        general=lsp.GeneralClientCapabilities(
            position_encodings=[lsp.PositionEncodingKind(encoding)]
        ),
        workspace=lsp.WorkspaceClientCapabilities(
            apply_edit=apply, workspace_edit=lsp.WorkspaceEditClientCapabilities()
        ),
        text_document=lsp.TextDocumentClientCapabilities(
            completion=lsp.CompletionClientCapabilities(
                completion_item=item, completion_list=whole
            ),
            signature_help=lsp.SignatureHelpClientCapabilities(signature_information=signature),
        ),
    )


async def ask(s: Session, line: int, column: int, trigger: str = "", name: str = "schema.prisma") -> Any:
    kind = lsp.CompletionTriggerKind
    context = lsp.CompletionContext(kind.TriggerCharacter, trigger) if trigger else None
    where = lsp.TextDocumentIdentifier(s.uri(name))
    params = lsp.CompletionParams(where, lsp.Position(line, column), context)
    return await s.client.text_document_completion_async(params)


def here(text: str, at: lsp.Range, new: str, encoding: Any) -> Edit:
    lines = split_lines(text)

    def column(position: lsp.Position) -> int:
        line = lines[position.line] if position.line < len(lines) else ""
        return from_units(line, position.character, encoding)

    place = Range(at.start.line, column(at.start), at.end.line, column(at.end))
    return Edit(place, new)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_a_plain_client(tmp_path: Path, encoding: str) -> None:
    text = TEXT.replace("sho\n", "sho \n") + "\n" + SHOP.replace("Shop", "Sho")
    async with session(tmp_path, abilities(encoding, modern=False)) as s:
        s.open(text)
        column = to_units(split_lines(text)[LINE], COLUMN, encoding)  # type: ignore[arg-type]
        found = await ask(s, LINE, column)
        assert isinstance(found, lsp.CompletionList) and not found.is_incomplete
        first = found.items[0]
        assert first.label == "Sho @relation(…)"
        assert first.filter_text == "Sho"
        assert first.label_details is None and first.insert_text_format is None
        assert isinstance(first.text_edit, lsp.TextEdit)
        assert first.additional_text_edits
        edits = [here(text, e.range, e.new_text, encoding) for e in first.additional_text_edits]
        edits.append(here(text, first.text_edit.range, first.text_edit.new_text, encoding))
        after = apply_edits(text, edits)
        assert "/* 😀 */ sho Sho @relation(fields: [shoId], references: [id]" in after
        assert "  shoId String @db.Uuid\n" in after
        assert "  @@index([shoId])\n" in after
        assert "  orders Order[]\n" in after
        assert [i.sort_text for i in found.items] == sorted(i.sort_text or "" for i in found.items)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_a_client_with_everything(tmp_path: Path, encoding: str) -> None:
    text = TEXT.replace("sho\n", "name String @map\n")
    start = text.splitlines()[LINE].index("@map")
    async with session(tmp_path, abilities(encoding, modern=True)) as s:
        s.open(text)
        units = [
            to_units(split_lines(text)[LINE], start + extra, encoding)  # type: ignore[arg-type]
            for extra in (0, 2, 4)
        ]
        found = await ask(s, LINE, units[1])
        defaults = found.item_defaults
        assert defaults is not None
        span = defaults.edit_range
        assert isinstance(span, lsp.EditRangeWithInsertReplace)
        assert (span.insert.start.character, span.insert.end.character) == (units[0], units[1])
        assert (span.replace.start.character, span.replace.end.character) == (units[0], units[2])
        item = next(i for i in found.items if i.label == "@map")
        assert item.text_edit is None
        assert item.insert_text_format == lsp.InsertTextFormat.Snippet
        assert item.text_edit_text == '@map("$1")$0'
        native = next(i for i in found.items if i.label == "@db.VarChar")
        assert native.label_details is not None and native.label_details.detail == "(length)"


@pytest.mark.parametrize("markdown", [True, False])
async def test_resolve_and_signatures(tmp_path: Path, markdown: bool) -> None:
    text = TEXT.replace("/* 😀 */ sho", "price Decimal @db.Decimal(12, )")
    async with session(tmp_path, abilities("utf-16", modern=markdown, markdown=markdown)) as s:
        s.open(text)
        line = text.splitlines()[LINE]
        found = await ask(s, LINE, line.index("@db."))
        item = next(i for i in found.items if i.label.startswith("@unique"))
        assert item.documentation is None
        resolved = await s.client.completion_item_resolve_async(item)
        assert isinstance(resolved.documentation, lsp.MarkupContent)
        kind = lsp.MarkupKind.Markdown if markdown else lsp.MarkupKind.PlainText
        assert resolved.documentation.kind == kind
        where = lsp.TextDocumentIdentifier(s.uri())
        at = lsp.Position(LINE, line.index(" )") + 1)
        help_ = await s.client.text_document_signature_help_async(
            lsp.SignatureHelpParams(where, at)
        )
        assert help_ is not None
        (shown,) = help_.signatures
        assert shown.label == "@db.Decimal(precision, scale)"
        assert help_.active_parameter == 1
        labels = [p.label for p in shown.parameters or []]
        assert labels == ([(12, 21), (23, 28)] if markdown else ["precision", "scale"])
        nothing = await s.client.text_document_signature_help_async(
            lsp.SignatureHelpParams(where, lsp.Position(0, 3))
        )
        assert nothing is None


async def test_what_triggers_and_what_does_not(tmp_path: Path) -> None:
    async with session(tmp_path, abilities("utf-16", modern=True)) as s:
        s.open("model A {\n  \n  id \n}\n\n// a, b\n")
        assert await ask(s, 1, 2, " ") is None
        assert await ask(s, 2, 5, " ") is not None
        assert await ask(s, 1, 2) is not None
        assert await ask(s, 5, 5, ",") is None
        behind = await ask(s, 6, 0)
        assert [i.label for i in behind.items][:3] == ["datasource", "generator", "model"]
        assert await ask(s, 99, 7) is None
        assert await ask(s, 2, 5, name="other.prisma") is None


async def test_the_other_side_in_another_file(tmp_path: Path) -> None:
    async with session(tmp_path, abilities("utf-16", modern=True, apply=True)) as s:
        applied: list[lsp.ApplyWorkspaceEditParams] = []

        @s.client.feature(lsp.WORKSPACE_APPLY_EDIT)
        def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
            applied.append(params)
            return lsp.ApplyWorkspaceEditResult(True)

        text = TEXT.replace("/* 😀 */ sho", "shop ")
        s.write("prisma.config.ts", "export default { schema: 'prisma' }\n")
        s.write("prisma/shop.prisma", SHOP)
        s.write("prisma/order.prisma", text)
        s.open(text, "prisma/order.prisma")
        found = await ask(s, LINE, len("  shop "), name="prisma/order.prisma")
        item = found.items[0]
        assert item.label == "Shop @relation" and item.command is not None
        new = item.text_edit_text.replace("${1|Restrict,Cascade,NoAction|}", "Restrict")
        edits = [here(text, e.range, e.new_text, "utf-16") for e in item.additional_text_edits]
        edits.append(Edit(Range(LINE, len("  shop "), LINE, len("  shop ")), new.replace("$0", "")))
        s.change((None, apply_edits(text, edits)), name="prisma/order.prisma")
        command = item.command
        await s.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(command.command, command.arguments)
        )
        for _ in range(100):
            if applied:
                break
            await asyncio.sleep(0.02)
        (change,) = applied
        changes = change.edit.changes
        assert changes is not None
        (uri,) = changes
        assert uri.endswith("shop.prisma")
        assert "orders Order[]" in changes[uri][0].new_text


async def test_a_model_is_ignored_in_other_files_too(tmp_path: Path) -> None:
    async with session(tmp_path, abilities("utf-16", modern=True, apply=True)) as s:
        applied: list[lsp.ApplyWorkspaceEditParams] = []

        @s.client.feature(lsp.WORKSPACE_APPLY_EDIT)
        def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
            applied.append(params)
            return lsp.ApplyWorkspaceEditResult(True)

        text = "model Log {\n  id Int @id\n  users User[]\n  \n}\n"
        s.write("prisma.config.ts", "export default { schema: 'prisma' }\n")
        s.write("prisma/user.prisma", "model User {\n  id Int @id\n  log Log @relation(fields: [id], references: [id])\n}\n")  # fmt: skip
        s.write("prisma/log.prisma", text)
        s.open(text, "prisma/log.prisma")
        found = await ask(s, 3, 2, name="prisma/log.prisma")
        (item,) = [one for one in found.items if one.label == "@@ignore"]
        assert not item.additional_text_edits and item.command is not None
        run = lsp.ExecuteCommandParams(item.command.command, item.command.arguments)
        # Where it was not taken after all, nothing is written.
        await s.client.workspace_execute_command_async(run)
        s.change((None, text.replace("  \n", "  @@ignore\n")), name="prisma/log.prisma")
        await s.client.workspace_execute_command_async(run)
        for _ in range(100):
            if applied:
                break
            await asyncio.sleep(0.02)
        (change,) = applied
        assert change.label == "Ignore the relation fields that lead to the model"
        changes = change.edit.changes
        assert changes is not None
        ((uri, edits),) = changes.items()
        assert uri.endswith("user.prisma")
        assert [edit.new_text for edit in edits] == [" @ignore"]
