"""Conversations about `migration.sql` files, over stdio."""

from __future__ import annotations

import asyncio
import random
import shutil
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from test_server import Session, capabilities, session

from prisma_lsp.text import Edit, Range, apply_edits, from_units, to_units

pytestmark = pytest.mark.asyncio

INIT = "prisma/migrations/20260101000000_init/migration.sql"
NEXT = "prisma/migrations/20260201000000_next/migration.sql"
SCHEMA = "prisma/schema.prisma"

MADE = """CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "qty" INTEGER NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);
"""
CHANGED = """-- AlterTable
ALTER TABLE "orders" /* 😀 */ DROP COLUMN "qty",
ADD COLUMN     "quantity" INTEGER NOT NULL;
"""
FIXED = """-- AlterTable
ALTER TABLE "orders" RENAME COLUMN "qty" TO "quantity";
"""
MODELS = """datasource db {
  provider = "postgresql"
}

model Order {
  id       String @id @db.Uuid
  quantity Int

  @@map("orders")
}
"""
RULE = "migration-rename-as-drop-column"


def project(s: Session, changed: str = CHANGED) -> None:
    s.write("package.json", "{}")
    s.write(SCHEMA, MODELS)
    s.write("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n')
    s.write(INIT, MADE)
    s.write(NEXT, changed)


async def close(s: Session, name: str) -> None:
    s.client.text_document_did_close(
        lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(s.uri(name)))
    )
    await s.sync()


def watch(s: Session, name: str, kind: lsp.FileChangeType = lsp.FileChangeType.Changed) -> None:
    event = lsp.FileEvent(s.uri(name), kind)
    s.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([event]))


def related() -> lsp.ClientCapabilities:
    found = capabilities()
    assert found.text_document is not None
    found.text_document.publish_diagnostics = lsp.PublishDiagnosticsClientCapabilities(
        version_support=True, code_description_support=True, related_information=True
    )
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_found_fixed_and_gone(tmp_path: Path, encoding: str) -> None:
    async with session(tmp_path, capabilities(encodings=[encoding])) as s:
        project(s)
        s.open(CHANGED, NEXT)
        await s.sync()
        [finding] = s.last(NEXT).diagnostics
        assert finding.code == RULE
        assert finding.severity == lsp.DiagnosticSeverity.Warning
        line = CHANGED.splitlines()[1]
        start = from_units(line, finding.range.start.character, encoding)  # type: ignore[arg-type]
        end = from_units(line, finding.range.end.character, encoding)  # type: ignore[arg-type]
        assert line[start:end] == '"qty"'
        found = await s.actions(1, 0, name=NEXT)
        assert [a.title.split(":")[0] for a in found] == [
            "Rename `qty` to `quantity`",
            f"Ignore `{RULE}` in this statement",
        ]
        assert found[0].is_preferred
        fixed = made(CHANGED, found[0], encoding)
        assert fixed == FIXED.replace("ALTER", "/* 😀 */\nALTER", 1)
        silenced = made(CHANGED, found[1], encoding)
        assert silenced.splitlines()[1] == f"-- prisma-lsp-ignore {RULE}: "
        s.change((None, silenced), name=NEXT)
        await s.sync()
        assert not s.last(NEXT).diagnostics
        s.change((None, fixed), name=NEXT)
        s.change((None, CHANGED), name=NEXT)
        await s.sync()
        assert s.codes(NEXT) == [RULE]
        # Typed by hand, letter by letter, behind the emoji.
        column = to_units(line, line.index('"qty"'), encoding)  # type: ignore[arg-type]
        s.change(((1, column + 1, 1, column + 4), "note"), name=NEXT)
        await s.sync()
        assert not s.last(NEXT).diagnostics
        s.change(((1, column + 1, 1, column + 5), "qty"), name=NEXT)
        await s.sync()
        assert s.codes(NEXT) == [RULE]
        assert s.last(NEXT).version == s.version
        await close(s, NEXT)
        assert not s.last(NEXT).diagnostics


def made(text: str, action: lsp.CodeAction, encoding: str) -> str:
    """The text after an action's edits."""
    assert action.edit is not None and action.edit.document_changes
    [change] = action.edit.document_changes
    assert isinstance(change, lsp.TextDocumentEdit)
    lines = [*text.splitlines(), ""]

    def column(at: lsp.Position) -> int:
        return from_units(lines[at.line], at.character, encoding)  # type: ignore[arg-type]

    edits = []
    for one in change.edits:
        assert isinstance(one, lsp.TextEdit)
        at = one.range
        where = Range(at.start.line, column(at.start), at.end.line, column(at.end))
        edits.append(Edit(where, one.new_text))
    return apply_edits(text, edits)


async def test_it_leads_to_the_schema(tmp_path: Path) -> None:
    async with session(tmp_path, related()) as s:
        project(s)
        s.open(CHANGED, NEXT)
        await s.sync()
        [finding] = s.last(NEXT).diagnostics
        assert finding.related_information is not None
        [place] = finding.related_information
        assert place.location.uri == s.uri(SCHEMA)
        assert place.location.range.start == lsp.Position(6, 2)
        # The open schema counts, saved or not.
        s.open(MODELS, SCHEMA)
        s.change(((0, 0, 0, 0), "\n\n"), name=SCHEMA)
        s.change((None, CHANGED + "\n"), name=NEXT)
        await s.sync()
        [finding] = s.last(NEXT).diagnostics
        assert finding.related_information is not None
        assert finding.related_information[0].location.range.start == lsp.Position(8, 2)


async def test_names_lead_to_the_schema(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        project(s)
        s.open(CHANGED, NEXT)
        where = lsp.TextDocumentIdentifier(s.uri(NEXT))
        line = 2
        column = CHANGED.splitlines()[line].index("quantity")
        found = await s.client.text_document_definition_async(
            lsp.DefinitionParams(where, lsp.Position(line, column))
        )
        assert isinstance(found, (list, tuple)) and isinstance(found[0], lsp.Location)
        assert (found[0].uri, found[0].range.start) == (s.uri(SCHEMA), lsp.Position(6, 2))
        said = await s.client.text_document_hover_async(
            lsp.HoverParams(where, lsp.Position(1, 14))
        )
        assert said is not None and isinstance(said.contents, lsp.MarkupContent)
        assert "Order" in said.contents.value
        assert said.range == lsp.Range(lsp.Position(1, 12), lsp.Position(1, 20))
        # A column that no field has, a keyword, the end of the file.
        for at in (lsp.Position(1, 43), lsp.Position(2, 2), lsp.Position(9, 9)):
            assert not await s.client.text_document_hover_async(lsp.HoverParams(where, at))


async def test_pulled(tmp_path: Path) -> None:
    async with session(tmp_path, capabilities(pull=True)) as s:
        project(s)
        s.open(CHANGED, NEXT)
        answer = await s.pull(NEXT)
        assert [one.code for one in answer.items] == [RULE]
        again = await s.pull(NEXT, answer.result_id)
        assert again.kind == "unchanged"
        s.change((None, FIXED), name=NEXT)
        assert not (await s.pull(NEXT)).items
        assert not s.published


async def test_only_the_newest_and_what_is_edited(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        project(s)
        newer = NEXT.replace("202602", "202603")
        s.write(newer, "-- nothing\n")
        s.open(CHANGED, NEXT)
        await s.sync()
        assert not [p for p in s.published if p.uri == s.uri(NEXT)]
        s.change(((2, 0, 2, 0), " "), name=NEXT)
        await s.sync()
        assert s.codes(NEXT) == [RULE]
        await close(s, NEXT)
        # The newer one goes, and this is the newest again.
        s.open(CHANGED, NEXT)
        (tmp_path / newer).unlink()
        watch(s, newer, lsp.FileChangeType.Deleted)
        await s.sync()
        assert s.codes(NEXT) == [RULE]
        # One that is not on disk yet.
        unsaved = NEXT.replace("202602", "202612")
        s.write(NEXT, "-- nothing\n")
        watch(s, NEXT)
        s.open(CHANGED, unsaved)
        await s.sync()
        assert s.codes(unsaved) == [RULE]


async def test_an_earlier_migration_changes(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        project(s)
        s.open(CHANGED, NEXT)
        await s.sync()
        assert s.codes(NEXT) == [RULE]
        s.write(INIT, MADE.replace("INTEGER", "TEXT"))
        watch(s, INIT)
        await s.sync()
        assert not s.last(NEXT).diagnostics
        s.write(INIT, MADE)
        s.client.text_document_did_save(
            lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(s.uri(NEXT)))
        )
        await s.sync()
        assert s.codes(NEXT) == [RULE]


async def test_settings(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        project(s)
        s.write("prisma-lsp.toml", f'[rules]\n{RULE} = "error"\n')
        s.open(CHANGED, NEXT)
        await s.sync()
        assert s.last(NEXT).diagnostics[0].severity == lsp.DiagnosticSeverity.Error
        s.write("prisma-lsp.toml", f'[[overrides]]\nfiles = ["prisma/migrations/2026*/**"]\nrules = {{ {RULE} = "off" }}\n')  # fmt: skip
        watch(s, "prisma-lsp.toml")
        await s.sync()
        assert not s.last(NEXT).diagnostics


async def test_drift_is_a_hint_and_comes_when_there_is_time(tmp_path: Path) -> None:
    async with session(tmp_path, related()) as s:
        project(s, FIXED)
        ahead = MODELS.replace("  quantity Int\n", "  quantity Int\n  weight   Int?\n")
        s.write(SCHEMA, ahead)
        s.open(ahead, SCHEMA)
        await s.sync()
        for _ in range(200):
            if "migration-drift" in s.codes(SCHEMA):
                break
            await asyncio.sleep(0.05)
        [finding] = [d for d in s.last(SCHEMA).diagnostics if d.code == "migration-drift"]
        assert finding.severity == lsp.DiagnosticSeverity.Hint
        assert finding.range.start == lsp.Position(7, 2)
        # Typing goes on as if nothing were.
        s.change(((7, 2, 7, 8), "height"), name=SCHEMA)
        await s.sync()
        [finding] = [d for d in s.last(SCHEMA).diagnostics if d.code == "migration-drift"]
        assert "`height`" in finding.message
        # `prisma migrate dev` has run.
        newer = NEXT.replace("202602", "202603")
        s.write(newer, 'ALTER TABLE "orders" ADD COLUMN "height" INTEGER, ADD COLUMN "old" TEXT;')
        watch(s, newer, lsp.FileChangeType.Created)
        for _ in range(200):
            await s.sync()
            if [d for d in s.last(SCHEMA).diagnostics if d.code == "migration-drift" and "`old`" in d.message]:
                break
            await asyncio.sleep(0.05)
        [finding] = [d for d in s.last(SCHEMA).diagnostics if d.code == "migration-drift"]
        assert finding.related_information is not None
        [place] = finding.related_information
        assert place.location.uri == s.uri(newer)
        assert place.location.range.start.line == 0


async def test_other_sql_is_none_of_ours(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        project(s)
        for name in ("seed.sql", "prisma/migrations/seed.sql", "db/down.sql", "migration.sql", "x/y/migration.sql"):
            s.write(name, CHANGED)
            s.open(CHANGED, name)
            s.change(((0, 0, 0, 0), "x"), name=name)
            await s.sync()
            assert await s.actions(1, 0, name=name) == []
        assert not s.published
        # Nor is what a client asks about them an error.
        where = lsp.TextDocumentIdentifier(s.uri("seed.sql"))
        assert not await s.client.text_document_hover_async(lsp.HoverParams(where, lsp.Position(0, 0)))
        assert not await s.client.text_document_completion_async(
            lsp.CompletionParams(where, lsp.Position(0, 0))
        )
        options = lsp.FormattingOptions(2, True)
        assert not await s.client.text_document_formatting_async(
            lsp.DocumentFormattingParams(where, options)
        )
        assert not await s.client.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(where)
        )


async def test_whatever_is_typed(tmp_path: Path) -> None:
    """Random edits end in what the whole text gives, and nothing in between is an error."""
    letters = ['"', "'", "$$", ";", "\r\n", "\n", "--", "/*", "*/", "DO ", "(", ")", "\x00", "😀", "qty", ","]
    rnd = random.Random(5)
    async with session(tmp_path) as s:
        project(s)
        text = CHANGED
        s.open(text, NEXT)
        for _ in range(150):
            lines = text.split("\n")
            line = rnd.randrange(len(lines))
            column = rnd.randint(0, len(lines[line]))
            if not lines[line].isascii() or "\r" in text:
                text = CHANGED
                s.change((None, text), name=NEXT)
                continue
            new = rnd.choice(letters)
            s.change(((line, column, line, column), new), name=NEXT)
            text = apply_edits(text, [Edit(Range(line, column, line, column), new)])
        await s.sync()
        s.change((None, CHANGED), name=NEXT)
        await s.sync()
        assert s.codes(NEXT) == [RULE]
        assert not [m for m in s.client.log_messages if "failed" in m.message]


async def test_bad_files(tmp_path: Path) -> None:
    async with session(tmp_path) as s:
        project(s)
        (tmp_path / INIT).write_bytes(b"\x00\xff\xfe binary" * 100)
        s.open(CHANGED, NEXT)
        await s.sync()
        # What was there before is not known: nothing is said, and nothing claimed.
        assert not s.published
        dump = "INSERT INTO t VALUES (1, 'some text of a row of a dump');\n" * 350_000
        s.change((None, dump), name=NEXT)
        s.change(((0, 0, 0, 6), "insert"), name=NEXT)
        await s.sync()
        assert not s.published
        s.write(INIT, MADE)
        watch(s, INIT)
        s.change((None, CHANGED), name=NEXT)
        await s.sync()
        assert s.codes(NEXT) == [RULE]


async def test_who_cannot_be_told_to_pull_again_is_told_all_at_once(tmp_path: Path) -> None:
    """What waits for the migrations comes with the first answer, as for Neovim 0.10."""
    async with session(tmp_path, capabilities(pull=True)) as s:
        shop = Path(__file__).parents[1] / "examples" / "shop"
        shutil.copytree(shop, tmp_path, dirs_exist_ok=True)
        name = "prisma/schema/orders.prisma"
        s.open((tmp_path / name).read_text(), name)
        found = await s.pull(name)
        assert "missing-fk-index" in {item.code for item in found.items}
