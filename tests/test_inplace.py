"""Migrations in place: on a real server the rows stay and the catalog is the new schema's own."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
from inplace.cases import HERE, PAGE, Case, answers, cases, schema_of, text_of
from inplace.known import folder_with
from inplace.trial import trial
from test_cli import cli

from prisma_lsp.inplace.scripts import Script
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.fixall import fixes_of
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import from_mapping, merge
from prisma_lsp.syntax import document

RECORDED: dict[str, str] = json.loads((HERE / "recorded.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def databases(
    postgres_server: postgres.Server,
) -> Iterator[tuple[postgres.Connection, postgres.Connection]]:
    with postgres_server.database() as one, postgres_server.database() as other:
        yield one, other


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_rows_stay_and_the_catalog_is_the_new_one(
    case: Case, tmp_path: Path, databases: tuple[postgres.Connection, postgres.Connection]
) -> None:
    found = list(answers(case, folder_with(tmp_path, RECORDED[case.database])))
    assert found, "no fix comes with a migration"
    for fix, after, renamed in found:
        wrong = trial(
            *databases, RECORDED[case.database], RECORDED[text_of(after)],
            scripts_of(fix), schema_of(case.schema), after,
            there=schema_of(case.database), labels=fix.labels, renamed=renamed,
        )  # fmt: skip
        assert not wrong, "\n".join([fix.title, *wrong])


def test_the_migrations_are_those_of_the_page(tmp_path: Path, update: bool) -> None:
    texts = []
    for number, case in enumerate(cases()):
        found = answers(case, folder_with(tmp_path / str(number), RECORDED[case.database]))
        parts = [case.question]
        for fix, *_ in found:
            parts.append(f"```fix\n{fix.safety} {fix.title}\n```\n")
            for path, text in fix.files.items():
                name = "/".join(Path(path).parts[-2:])
                parts.append(f"```sql {name}\n{text}```\n")
        texts.append("\n".join(parts))
    page = "\n".join(texts)
    if update:
        PAGE.write_text(page, "utf-8")
    assert page == PAGE.read_text("utf-8")


def scripts_of(fix: Fix) -> list[Script]:
    return [
        Script(path, text, fix.files[path.replace("migration.sql", "down.sql")])
        for path, text in fix.files.items()
        if path.endswith("migration.sql")
    ]


# --- the command line -----------------------------------------------------------------------------

SHOP = """\
datasource db {
  provider = "postgresql"
}

model User {
  id     String @id @default(uuid(7))
  active Boolean? @default(true)

  @@map("users")
}
"""
SHOP_SQL = """\
CREATE TABLE "users" ("id" TEXT NOT NULL, "active" BOOLEAN DEFAULT true,
  CONSTRAINT "users_pkey" PRIMARY KEY ("id"));
"""


def project(folder: Path, schema: str, sql: str | None) -> Path:
    """A project with one migration; returns its schema's path."""
    path = folder / "prisma" / "schema.prisma"
    path.parent.mkdir()
    path.write_text(schema, "utf-8")
    if sql is not None:
        folder_with(folder / "prisma" / "migrations", sql)
    return path


def migrations(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "prisma" / "migrations").iterdir() if path.is_dir())


def test_with_migrations_makes_only_what_loses_nothing(tmp_path: Path) -> None:
    path = project(tmp_path, SHOP.replace("users", "User"), SHOP_SQL.replace("users", "User"))
    result = cli("check", "--fix", "--with-migrations", "--select=recommended", cwd=tmp_path)
    assert '@@map("users")' in path.read_text("utf-8")
    # The cast fails where a text is no uuid, and rows without a value would get one.
    assert "@db.Uuid" not in path.read_text("utf-8")
    assert "Boolean?" in path.read_text("utf-8")
    (first, second) = migrations(tmp_path)
    assert second > first
    assert second.endswith("_rename_user_to_users")
    text = (tmp_path / "prisma" / "migrations" / second / "migration.sql").read_text("utf-8")
    assert 'ALTER TABLE "User" RENAME TO "users"' in text
    assert "migration.sql: read it before you apply it" in result.out
    again = cli("check", "--fix", "--with-migrations", cwd=tmp_path)
    assert again.code == 1
    assert len(migrations(tmp_path)) == 2


def test_with_migrations_and_unsafe_fixes_casts_as_well(tmp_path: Path) -> None:
    path = project(tmp_path, SHOP, SHOP_SQL)
    before = path.read_text("utf-8")
    arguments = ("check", "--fix", "--with-migrations", "--unsafe-fixes")
    diff = cli(*arguments, "--diff", cwd=tmp_path)
    assert path.read_text("utf-8") == before
    assert len(migrations(tmp_path)) == 1
    assert "--- /dev/null\n+++ b/prisma/migrations/" in diff.out
    assert '+  ALTER COLUMN "id" TYPE UUID USING "id"::UUID' in diff.out
    cli(*arguments, cwd=tmp_path)
    assert "@db.Uuid" in path.read_text("utf-8")
    assert "Boolean @default(true)" in path.read_text("utf-8")
    names = [name[15:] for name in migrations(tmp_path)]
    assert names[1:] == ["change_users_id_to_uuid", "check_users_active", "require_users_active"]
    for name in migrations(tmp_path)[1:]:
        assert (tmp_path / "prisma" / "migrations" / name / "down.sql").exists()


def test_without_migrations_nothing_is_fixed(tmp_path: Path) -> None:
    path = project(tmp_path, SHOP, None)
    result = cli("check", "--fix", "--with-migrations", cwd=tmp_path)
    assert result.code == 2
    assert "no migrations of a PostgreSQL database" in result.err
    assert path.read_text("utf-8") == SHOP


def test_nothing_is_written_where_the_migration_cannot_be(tmp_path: Path) -> None:
    path = project(tmp_path, SHOP.replace("users", "User"), SHOP_SQL.replace("users", "User"))
    folder = tmp_path / "prisma" / "migrations"
    # A file where the next folder would have to be.
    (folder / "20260101000001_x").write_text("", "utf-8")
    path.chmod(0o444)
    before = path.read_text("utf-8")
    result = cli("check", "--fix", "--with-migrations", cwd=tmp_path)
    assert result.code == 2
    assert "nothing was fixed" in result.err
    assert path.read_text("utf-8") == before
    assert migrations(tmp_path) == ["20260101000000_init"]


# --- classes --------------------------------------------------------------------------------------

CLASSES = """\
datasource db {
  provider = "postgresql"
}

model OldTable {
  id      Int     @id @default(autoincrement())
  oldName String  @unique
  newName String?
  kind    OldKind
  newTable NewTable[]

  @@index([oldName])
}

model NewTable {
  id      Int      @id @default(autoincrement())
  oldId   Int      @map("old_id")
  old     OldTable @relation(fields: [oldId], references: [id])
  kind    NewKind
}

enum OldKind {
  A
}

enum NewKind {
  A
}
"""
CLASSES_SQL = """\
CREATE TYPE "OldKind" AS ENUM ('A');
CREATE TYPE "NewKind" AS ENUM ('A');
CREATE TABLE "NewTable" ("newName" TEXT);
CREATE TABLE "OldTable" ("id" SERIAL NOT NULL, "oldName" TEXT NOT NULL, "kind" "OldKind" NOT NULL,
  CONSTRAINT "OldTable_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "OldTable_oldName_key" ON "OldTable"("oldName");
"""
GONE = 'DROP TABLE "NewTable";\nDROP TYPE "NewKind";\n'


def classes(folder: Path, sql: str | None, *, settings: str = "") -> dict[tuple[str, str], set[str]]:
    """(rule, the finding's first name) → the classes of its fixes."""
    found = Migrations.none() if sql is None else folder_with(folder, sql)
    layer, _ = from_mapping(tomllib.loads('preset = "all"\n' + settings), rules=[], source="test")
    schema = Schema({"schema.prisma": document.read(CLASSES)})
    linter = Linter(schema, Environment(merge(layer), found))
    linter.work()
    bench = Workbench(schema, linter.environment)
    answer: dict[tuple[str, str], set[str]] = {}
    for block in schema.files["schema.prisma"].blocks:
        for finding in linter.findings(block):
            name = finding.message.split("`")[1]
            key = (finding.rule, name)
            answer.setdefault(key, set()).update(fix.safety for fix in fixes_of(finding, bench))
    return answer


def test_what_no_migration_leaves_is_new(tmp_path: Path) -> None:
    found = classes(tmp_path, CLASSES_SQL + GONE)
    assert found["table-name-case", "OldTable"] == {"D"}
    assert found["table-name-case", "NewTable"] == {"T"}
    assert found["column-name-case", "oldName"] == {"D"}
    assert found["column-name-case", "newName"] == {"T"}
    assert found["enum-db-name-case", "OldKind"] == {"D"}
    assert found["enum-db-name-case", "NewKind"] == {"T"}
    # On a new table an index is only text, and so is taking away one that no migration made.
    assert found["missing-fk-index", "oldId"] == {"T"}
    assert found["index-on-unique-column", "@unique"] == {"T"}


def test_what_the_migrations_leave_is_there(tmp_path: Path) -> None:
    more = 'CREATE INDEX "OldTable_oldName_idx" ON "OldTable"("oldName");\n'
    found = classes(tmp_path, CLASSES_SQL + more)
    assert found["table-name-case", "NewTable"] == {"D"}
    assert found["enum-db-name-case", "NewKind"] == {"D"}
    assert found["index-on-unique-column", "@unique"] == {"R"}
    assert found["missing-fk-index", "oldId"] == {"R"}


@pytest.mark.parametrize(
    "doubt",
    [
        # It may make the table anew under a name that is put together.
        "DO $$ BEGIN EXECUTE format('CREATE TABLE %I ()', 'NewTable'); END $$;\n",
        'GRANT nonsense; CREATE TABLE "NewTable" (;\n',
    ],
)
def test_in_doubt_everything_is_there(tmp_path: Path, doubt: str) -> None:
    found = classes(tmp_path, CLASSES_SQL + GONE + doubt)
    assert found["table-name-case", "NewTable"] == {"D"}
    assert found["missing-fk-index", "oldId"] == {"R"}


def test_a_migration_that_is_not_saved_yet_leaves_everything_there(tmp_path: Path) -> None:
    (tmp_path / "20260102000000_next").mkdir()
    (tmp_path / "20260102000000_next" / "migration.sql").touch()
    found = classes(tmp_path, CLASSES_SQL + GONE)
    assert found["table-name-case", "NewTable"] == {"D"}
    assert found["missing-fk-index", "oldId"] == {"R"}


def test_without_migrations_everything_is_there(tmp_path: Path) -> None:
    assert classes(tmp_path, None)["table-name-case", "NewTable"] == {"D"}
    assert classes(tmp_path, None)["missing-fk-index", "oldId"] == {"R"}


def test_the_setting_says_that_the_database_is_new(tmp_path: Path) -> None:
    found = classes(tmp_path, CLASSES_SQL, settings='database = "new"')
    assert found["table-name-case", "OldTable"] == {"T"}
    assert found["missing-fk-index", "oldId"] == {"T"}
