"""Migrations as bad as they come: never a fault, never a false alarm, never "safe" where nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from prisma_lsp import check_migrations, discovery
from prisma_lsp.check import Request, find
from prisma_lsp.lint.linter import Linter
from prisma_lsp.project import environment_of
from prisma_lsp.report import Entry
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document

MODELS = """datasource db {
  provider = "postgresql"
}

model Order {
  id       String @id @db.Uuid
  quantity Int

  @@map("orders")
}
"""
MADE = """CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "qty" INTEGER NOT NULL,

    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")
);
"""
TRAP = 'ALTER TABLE "orders" DROP COLUMN "qty", ADD COLUMN "quantity" INTEGER NOT NULL;\n'
RULE = "migration-rename-as-drop-column"


def write(root: Path, files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def looked_at(root: Path, *paths: str) -> tuple[list[Entry], list[tuple[str, str]], list[str]]:
    """The findings in migrations, (rule, message) of those about them in the schema, and failures."""
    failures: list[str] = []
    entries: list[Entry] = []
    drift: list[tuple[str, str]] = []
    for work in find([str(root / path) for path in paths] or [str(root)], failures.append):
        environment, problems = environment_of(work.project, Request().layer)
        assert not problems
        texts = {str(file): discovery.read_text(file) for file in work.project.files}
        linter = Linter(Schema({p: document.read(t) for p, t in texts.items()}), environment)
        linter.work()
        drift += [
            (finding.rule, finding.message)
            for file in linter.schema.files.values()
            for block in file.blocks
            for finding in linter.findings(block)
            if finding.rule in ("migration-drift", "unguarded-quantity")
        ]
        found = check_migrations.entries(linter, work.scripts, work.newest, False, failures.append)
        entries += found.entries
    return entries, drift, failures


def project(
    made: str | bytes = MADE, next_: str | bytes = TRAP, lock: str | None = 'provider = "postgresql"'
) -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {
        "package.json": "{}",
        "prisma/schema.prisma": MODELS,
        "prisma/migrations/20260101000000_init/migration.sql": made,
        "prisma/migrations/20260201000000_next/migration.sql": next_,
    }
    if lock is not None:
        files["prisma/migrations/migration_lock.toml"] = lock
    return files


def test_as_it_should_be(tmp_path: Path) -> None:
    write(tmp_path, project())
    entries, drift, failures = looked_at(tmp_path)
    assert [entry.rule for entry in entries] == [RULE]
    assert not failures
    assert [rule for rule, _ in drift] == ["unguarded-quantity"]


def test_without_a_lock_file(tmp_path: Path) -> None:
    write(tmp_path, project(lock=None))
    entries, _, failures = looked_at(tmp_path)
    assert [entry.rule for entry in entries] == [RULE]
    assert not failures


def test_a_word_of_another_dialect_in_a_text(tmp_path: Path) -> None:
    made = "CREATE TYPE \"kind\" AS ENUM ('DATETIME', 'PRAGMA');\n" + MADE
    write(tmp_path, project(made=made, lock=None))
    entries, drift, _ = looked_at(tmp_path)
    assert [entry.rule for entry in entries] == [RULE]
    assert not [one for one in drift if "orders" in one[1] and one[0] == "migration-drift"]


@pytest.mark.parametrize("lock", ['provider = "mysql"', 'provider = "sqlite"', 'provider = "sqlserver"'])
def test_a_lock_file_of_another_database(tmp_path: Path, lock: str) -> None:
    write(tmp_path, project(lock=lock))
    _, drift, failures = looked_at(tmp_path)
    assert not drift
    assert not failures


@pytest.mark.parametrize("lock", ["", "provider = ", "\x00\x01", "[[[", 'provider = "oracle"'])
def test_a_broken_lock_file(tmp_path: Path, lock: str) -> None:
    write(tmp_path, project(lock=lock))
    entries, _, failures = looked_at(tmp_path)
    assert [entry.rule for entry in entries] in ([RULE], [])
    assert not failures


HALF = [
    'CREATE TABLE "orders" (\n  "id" UUID NOT NULL,\n  "qty',
    'CREATE TABLE "orders" ("id" UUID NOT NULL, "qty" INTEGER NOT NULL',
    "/* never closed",
    "DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD COLUMN quantity int'; END $$;",
    "SELECT 'a text that never ends",
    "$$ $$ $$",
    ");;;((",
    'ALTER TABLE "orders"',
    "\\i other.sql\n\\connect x",
    "CREATE TABLE orders AS SELECT 1;",
]


@pytest.mark.parametrize("text", HALF)
def test_half_a_file_before(tmp_path: Path, text: str) -> None:
    """What was there before is not known: nothing is claimed of it."""
    write(tmp_path, project(made=text))
    entries, drift, failures = looked_at(tmp_path)
    assert not [e for e in entries if e.rule != RULE]
    assert not [one for one in drift if one[0] == "unguarded-quantity"]
    assert not failures


@pytest.mark.parametrize("text", HALF)
def test_half_a_file_in_the_middle(tmp_path: Path, text: str) -> None:
    write(tmp_path, {**project(), "prisma/migrations/20260115000000_half/migration.sql": text})
    _, drift, failures = looked_at(tmp_path)
    assert not [one for one in drift if "would drop it" in one[1]]
    assert not failures


@pytest.mark.parametrize("text", HALF)
def test_half_a_file_at_the_end(tmp_path: Path, text: str) -> None:
    write(tmp_path, project(next_=text))
    entries, _, failures = looked_at(tmp_path)
    assert not entries
    assert not failures


@pytest.mark.parametrize("data", [b"\x00" * 4096, b"\xff\xfeA\x00", b"\x80 not utf-8", bytes(range(256)) * 64])
def test_binary(tmp_path: Path, data: bytes) -> None:
    write(tmp_path, project(made=data))
    entries, drift, failures = looked_at(tmp_path)
    # What it made is not known, so nothing is said.
    assert (entries, drift, failures) == ([], [], [])
    write(tmp_path, project(next_=data))
    entries, drift, failures = looked_at(tmp_path)
    assert (entries, drift) == ([], [])
    # The file itself was asked for, and could not be looked at.
    assert len(failures) == 1
    assert "migration.sql" in failures[0]


def test_a_dump(tmp_path: Path) -> None:
    rows = "INSERT INTO \"orders\" VALUES ('00000000-0000-4000-8000-000000000001', 1);\n"
    write(tmp_path, project(made=MADE + rows * 20_000))
    entries, drift, failures = looked_at(tmp_path)
    assert [entry.rule for entry in entries] == [RULE]
    assert not failures
    huge = MADE + rows * (21 * 1024 * 1024 // len(rows))
    write(tmp_path, project(made=huge))
    entries, drift, failures = looked_at(tmp_path)
    # Longer than what is read: nothing is known of it.
    assert (entries, drift, failures) == ([], [], [])


def test_very_many_tables_that_no_model_has(tmp_path: Path) -> None:
    write(tmp_path, project(made=MADE + "".join(f"CREATE TABLE t{n} (id int);\n" for n in range(60))))
    _, drift, failures = looked_at(tmp_path)
    found = [message for rule, message in drift if rule == "migration-drift" and "no model has" in message]
    assert len(found) == 51
    assert found[-1] == "The migrations make more tables that no model has than these 50"
    assert not failures


def test_two_folders_of_migrations(tmp_path: Path) -> None:
    """Each schema has its own; what one folder makes says nothing about the other."""
    write(tmp_path, {f"packages/a/{name}": content for name, content in project().items()})
    other = project(made=MADE.replace("orders", "bills"), next_="-- nothing\n")
    other["prisma/schema.prisma"] = MODELS.replace("orders", "bills").replace("quantity", "qty")
    write(tmp_path, {f"packages/b/{name}": content for name, content in other.items()})
    entries, drift, failures = looked_at(tmp_path)
    assert [(entry.rule, "packages/a/" in entry.file) for entry in entries] == [(RULE, True)]
    assert not [one for one in drift if one[0] == "migration-drift"]
    assert not failures


def test_a_folder_beside_that_belongs_to_nobody(tmp_path: Path) -> None:
    write(tmp_path, {**project(), "old/migrations/20250101000000_x/migration.sql": TRAP})
    failures: list[str] = []
    assert find([str(tmp_path / "old/migrations/20250101000000_x/migration.sql")], failures.append) == []
    assert len(failures) == 1
    assert "no Prisma schema" in failures[0]


def test_no_migrations_at_all(tmp_path: Path) -> None:
    """A project of `db push`: the database may hold anything."""
    write(tmp_path, {"package.json": "{}", "prisma/schema.prisma": MODELS})
    assert looked_at(tmp_path) == ([], [], [])
    (tmp_path / "prisma/migrations").mkdir()
    assert looked_at(tmp_path) == ([], [], [])
    write(tmp_path, {"prisma/migrations/migration_lock.toml": 'provider = "postgresql"'})
    assert looked_at(tmp_path) == ([], [], [])


def test_named(tmp_path: Path) -> None:
    """An older migration is looked at when it is named, the schema's files then not."""
    write(tmp_path, {**project(), "prisma/migrations/20260301000000_last/migration.sql": "-- nothing\n"})
    assert looked_at(tmp_path)[0] == []
    entries, _, failures = looked_at(tmp_path, "prisma/migrations/20260201000000_next/migration.sql")
    assert [entry.rule for entry in entries] == [RULE]
    assert not failures
    write(tmp_path, {"prisma-lsp.toml": 'migrations = "all"\n'})
    assert [entry.rule for entry in looked_at(tmp_path)[0]] == [RULE]


def test_only_a_schema_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, project())
    assert looked_at(tmp_path, "prisma/schema.prisma")[0] == []


def test_two_schemas_of_scripts_share_a_folder(tmp_path: Path) -> None:
    """What the one makes is no drift of the other."""
    scripts = '{"scripts": {"a": "prisma generate --schema prisma/a.prisma && prisma generate --schema prisma/b.prisma"}}'
    files = {**project(), "package.json": scripts}
    del files["prisma/schema.prisma"]
    files["prisma/a.prisma"] = MODELS
    files["prisma/b.prisma"] = MODELS.replace("orders", "bills").replace("model Order", "model Bill")
    write(tmp_path, files)
    _, drift, failures = looked_at(tmp_path)
    assert (drift, failures) == ([], [])
