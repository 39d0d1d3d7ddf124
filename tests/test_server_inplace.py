"""Fixes and renames that come with a migration, as clients of different abilities get them."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from test_inplace import SHOP, SHOP_SQL, migrations, project
from test_server import Session, capabilities, session

pytestmark = pytest.mark.asyncio

NAME = "prisma/schema.prisma"
TEXT = SHOP.replace('"users"', '"User"')
SQL = SHOP_SQL.replace('"users"', '"User"')
ORDERS = """
model Order {
  id     String @id @default(uuid(7))
  userId String @map("user_id")
  user   User   @relation(fields: [userId], references: [id])

  @@map("orders")
}
"""
ORDERS_SQL = """
CREATE TABLE "orders" ("id" TEXT NOT NULL, "user_id" TEXT NOT NULL,
  CONSTRAINT "orders_pkey" PRIMARY KEY ("id"));
"""


def able(
    *, creates: bool = True, asks: bool = True, applies: bool = True
) -> lsp.ClientCapabilities:
    found = capabilities(changes=creates)
    assert found.workspace is not None
    found.workspace.apply_edit = applies
    if creates:
        found.workspace.workspace_edit = lsp.WorkspaceEditClientCapabilities(
            document_changes=True,
            resource_operations=[lsp.ResourceOperationKind.Create],
            change_annotation_support=lsp.ChangeAnnotationsSupportOptions() if asks else None,
        )
    return found


def asked_to_apply(s: Session, accepted: bool) -> list[lsp.ApplyWorkspaceEditParams]:
    """What the client is asked to apply from now on; it says whether it has ``accepted`` that."""
    applied: list[lsp.ApplyWorkspaceEditParams] = []

    @s.client.feature(lsp.WORKSPACE_APPLY_EDIT)
    def apply(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        applied.append(params)
        return lsp.ApplyWorkspaceEditResult(applied=accepted)

    return applied


async def until_applied(
    s: Session, root: Path, applied: list[lsp.ApplyWorkspaceEditParams], accepted: bool
) -> None:
    """Until the client was asked, and the migration is there where it has accepted."""
    for _ in range(200):
        if applied and (len(migrations(root)) > 1 or not accepted):
            break
        await asyncio.sleep(0.05)
    await s.sync()


async def offered(
    s: Session, text: str = TEXT, word: str = '"User"', title: str = "Change @@map"
) -> list[Any]:
    """The fixes whose title starts so, where ``word`` first stands."""
    if s.uri(NAME) not in {one.uri for one in s.published}:
        s.open(text, name=NAME)
        await s.sync()
    row = next(n for n, line in enumerate(text.splitlines()) if word in line)
    at = lsp.Position(row, text.splitlines()[row].index(word) + 1)
    found = await s.client.text_document_code_action_async(
        lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(s.uri(NAME)), lsp.Range(at, at), lsp.CodeActionContext([])
        )
    )
    return [one for one in found or [] if one.title.startswith(title)]


async def patiently(s: Session, text: str, word: str, title: str) -> list[Any]:
    """The same once there are any: rules that look at the migrations follow in a pause."""
    for _ in range(200):
        if found := await offered(s, text, word, title):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"no fix {title}")


@pytest.mark.parametrize("whole", [True, False])
async def test_one_edit_holds_all(tmp_path: Path, whole: bool) -> None:
    project(tmp_path, TEXT, SQL)
    client = able()
    client.experimental = {"previewsWhole": whole}
    async with session(tmp_path, client) as s:
        pair, plain = await offered(s)
    assert pair.title == 'Change @@map to "users", with a migration that renames in place'
    assert plain.title.startswith('Change @@map to "users": Prisma Migrate would drop the table')
    assert not plain.is_preferred
    assert pair.edit is not None and pair.edit.document_changes is not None
    made: list[Any] = list(pair.edit.document_changes)
    notes = pair.edit.change_annotations or {}
    if whole:
        # What alone asks to be confirmed changes nothing, so that all the rest is chosen at first.
        look = made.pop(0)
        assert look.uri == s.uri(NAME)
        assert look.options == lsp.CreateFileOptions(ignore_if_exists=True)
        assert notes.pop(look.annotation_id).needs_confirmation
    assert [type(change).__name__ for change in made] == [
        "CreateFile", "TextDocumentEdit", "CreateFile", "TextDocumentEdit", "TextDocumentEdit",
    ]  # fmt: skip
    assert made[0].uri.startswith((tmp_path / "prisma" / "migrations").as_uri())
    assert made[0].uri.endswith("_rename_user_to_users/migration.sql")
    assert 'ALTER TABLE "User" RENAME TO "users"' in made[1].edits[0].new_text
    assert made[2].uri.endswith("_rename_user_to_users/down.sql")
    assert made[4].text_document.uri == s.uri(NAME)
    assert {note.needs_confirmation for note in notes.values()} == {not whole}
    parts = [made[0], made[2], *(edit for n in (1, 3, 4) for edit in made[n].edits)]
    assert {part.annotation_id for part in parts} == set(notes)
    # Nothing is written before the user has said so.
    assert len(migrations(tmp_path)) == 1


async def test_what_loses_nothing_is_made_at_once_and_stands_first(tmp_path: Path) -> None:
    text = (
        SHOP.replace("Boolean? @default(true)", "Boolean? @default(true)\n  orders Order[]")
        + ORDERS
    )
    project(tmp_path, text, SHOP_SQL + ORDERS_SQL)
    async with session(tmp_path, able()) as s:
        plain, *others, pair = await patiently(s, text, "User   @relation", "Add @@index")
    assert plain.title.startswith("Add @@index([userId])")
    assert "with a migration that" in pair.title
    assert not any("with a migration" in one.title for one in others)
    assert plain.edit.change_annotations is None
    (change,) = plain.edit.document_changes
    assert change.text_document.uri == s.uri(NAME)
    assert pair.edit.change_annotations is not None


async def test_a_migration_may_come_alone(tmp_path: Path) -> None:
    text = ORDERS.replace("  userId", "  quantity Int\n  userId").replace(
        "  user   User   @relation(fields: [userId], references: [id])\n", ""
    )
    text = 'datasource db {\n  provider = "postgresql"\n}\n' + text
    project(
        tmp_path, text, ORDERS_SQL.replace('"user_id"', '"quantity" INTEGER NOT NULL, "user_id"')
    )
    client = able()
    client.experimental = {"previewsWhole": True}
    async with session(tmp_path, client) as s:
        found = await patiently(s, text, "quantity", "Write a migration")
    edit = found[0].edit
    changes: list[Any] = list(edit.document_changes)
    assert changes[0].uri == s.uri(NAME)
    assert [change.uri for change in changes[1:] if isinstance(change, lsp.CreateFile)]
    assert not [c for c in changes[1:] if getattr(c, "text_document", c).uri == s.uri(NAME)]


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("creates", [True, False])
async def test_else_the_server_writes_the_migration(
    tmp_path: Path, accepted: bool, creates: bool
) -> None:
    project(tmp_path, TEXT, SQL)
    # A client that makes files but cannot show them first would leave them empty.
    async with session(tmp_path, able(creates=creates, asks=False)) as s:
        applied = asked_to_apply(s, accepted)
        pair, _ = await offered(s)
        # The test's client takes an action without an edit for a bare command, and spells it out.
        command = ast.literal_eval(str(pair.command))
        await s.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(command["command"], command["arguments"])
        )
        await until_applied(s, tmp_path, applied, accepted)
    assert len(applied) == 1
    assert '"users"' in str(applied[0].edit)
    names = migrations(tmp_path)
    assert len(names) == (2 if accepted else 1)
    if accepted:
        assert names[1].endswith("_rename_user_to_users")
        text = tmp_path / "prisma" / "migrations" / names[1] / "migration.sql"
        assert 'RENAME TO "users"' in text.read_text("utf-8")


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("creates", [True, False])
async def test_else_the_server_writes_the_migration_of_a_rename(
    tmp_path: Path, accepted: bool, creates: bool
) -> None:
    text = SHOP.replace('\n  @@map("users")\n', "")
    project(tmp_path, text, SQL)
    options = {"renameKeepsDatabaseName": False}
    async with session(tmp_path, able(creates=creates, asks=False), options=options) as s:
        applied = asked_to_apply(s, accepted)
        s.open(text, name=NAME)
        await s.sync()
        here = lsp.Position(text.splitlines().index("model User {"), 7)
        edit = await s.client.text_document_rename_async(
            lsp.RenameParams(lsp.TextDocumentIdentifier(s.uri(NAME)), here, "Member")
        )
        assert edit is not None and not edit.document_changes and not edit.changes
        await until_applied(s, tmp_path, applied, accepted)
    assert len(applied) == 1
    assert "Member" in str(applied[0].edit)
    names = migrations(tmp_path)
    assert len(names) == (2 if accepted else 1)
    if accepted:
        assert names[1].endswith("_rename_user_to_member")
        sql = tmp_path / "prisma" / "migrations" / names[1] / "migration.sql"
        assert 'ALTER TABLE "User" RENAME TO "Member"' in sql.read_text("utf-8")


async def test_a_client_that_can_do_neither_gets_the_plain_fix(tmp_path: Path) -> None:
    project(tmp_path, TEXT, SQL)
    async with session(tmp_path, able(creates=False, applies=False)) as s:
        (plain,) = await offered(s)
    assert plain.title.startswith('Change @@map to "users": Prisma Migrate would drop the table')


async def test_a_rename_with_the_database_brings_its_migration(tmp_path: Path) -> None:
    text = SHOP.replace('\n  @@map("users")\n', "")
    project(tmp_path, text, SQL)
    options = {"renameKeepsDatabaseName": False}
    async with session(tmp_path, able(), options=options) as s:
        s.open(text, name=NAME)
        await s.sync()
        here = lsp.Position(text.splitlines().index("model User {"), 7)
        edit = await s.client.text_document_rename_async(
            lsp.RenameParams(lsp.TextDocumentIdentifier(s.uri(NAME)), here, "Member")
        )
    assert edit is not None and edit.document_changes is not None
    made: list[Any] = list(edit.document_changes)
    assert made[0].uri.endswith("_rename_user_to_member/migration.sql")
    assert 'ALTER TABLE "User" RENAME TO "Member"' in made[1].edits[0].new_text
    assert "@@map" not in made[-1].edits[0].new_text
