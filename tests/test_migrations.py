"""Which names the migrations know: exact where SQL is read, yes wherever in doubt."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from effort import grows

from prisma_lsp import migrations
from prisma_lsp.migrations import Migrations

CREATE = """-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "mime" TEXT NOT NULL DEFAULT 'image/*',
    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "public"."posts" ADD FOREIGN KEY ("user_id") REFERENCES "users"("id");
"""


def migration(folder: Path, sql: str | bytes, name: str = "1_init") -> Path:
    path = folder / name / "migration.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sql if isinstance(sql, bytes) else sql.encode())
    return path


def knows(folder: Path, sql: str | bytes, name: str) -> bool:
    migration(folder, sql)
    return Migrations.read(folder).knows(name)


def test_prisma_sql(tmp_path: Path) -> None:
    migration(tmp_path, CREATE)
    known = Migrations.read(tmp_path)
    assert known.exists
    for name in ("users", "id", "users_pkey", "public", "posts", "user_id"):
        assert known.knows(name)
        assert not known.is_new(name)
    for name in ("Users", "user", "orders", "CreateTable", "AddForeignKey"):
        assert not known.knows(name)
        assert known.is_new(name)


def test_no_folder_no_files(tmp_path: Path) -> None:
    (tmp_path / "empty/1_init").mkdir(parents=True)
    (tmp_path / "empty/migration_lock.toml").touch()
    (tmp_path / "empty/2/migration.sql").mkdir(parents=True)
    migration(tmp_path / "empty/3_nested", CREATE, "deeper")
    file = tmp_path / "file"
    file.touch()
    for known in (
        Migrations.none(),
        Migrations.read(None),
        Migrations.read(tmp_path / "none"),
        Migrations.read(tmp_path / "empty"),
        Migrations.read(file),
        Migrations.read(Path("a\0b")),
    ):
        assert not known.exists
        assert not known.knows("users")
        assert not known.is_new("users")
        assert known.refreshed() is known


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("CREATE TABLE `my-table` (`id` INT);", "my-table"),
        ("CREATE TABLE [dbo].[My Table] ([id] INT);", "My Table"),
        ("CREATE TABLE [dbo].[My Table] ([id] INT);", "dbo"),
        ("CREATE TABLE Foo (id int)", "Foo"),
        ("CREATE TABLE Foo (id int)", "foo"),
        ('CREATE TABLE "a""b" (id int)', 'a"b'),
        ("CREATE TABLE `a``b` (id int)", "a`b"),
        ('CREATE TABLE "größe" (id int)', "größe"),
        ('DO $$ BEGIN CREATE TABLE "inner" (); END $$;', "inner"),
        ('DO $x$ -- it\'s\nCREATE TABLE "inner" (); $x$;', "inner"),
        ("EXEC('CREATE TABLE \"inner\" ()')", "inner"),
        ("EXEC sp_rename 'old_name', 'new_name'", "new_name"),
        ("INSERT INTO a VALUES ('--'); CREATE TABLE \"after\" ()", "after"),
        ("INSERT INTO a VALUES ('/*'); CREATE TABLE \"after\" ()", "after"),
        ('CREATE TABLE "a--b" ("after" INT)', "after"),
        ("SELECT 5--3, after", "after"),
        # Whatever is not SQL as we read it: every name there might be.
        ("INSERT INTO a VALUES ('it\\'s'); CREATE TABLE `after` ()", "after"),
        ('-- it\'s fine\nCREATE TABLE "after" ()', "after"),
        ("# it's MySQL\nCREATE TABLE `after` ()", "after"),
        ('INSERT INTO a VALUES (\'open; CREATE TABLE "after" ()', "after"),
        ('/* open\nCREATE TABLE "after" ()', "after"),
        ('DO $$ open\nCREATE TABLE "after" ()', "after"),
        ("\ufeffCREATE TABLE a ()", "a"),
        # An editor has made the file and not saved its text yet.
        ("", "tenant"),
        ('CREATE TABLE "a" ()\r\n-- x\rCREATE TABLE "b" ()', "b"),
    ],
)
def test_known(tmp_path: Path, sql: str, name: str) -> None:
    assert knows(tmp_path, sql, name)


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("-- the tenant column", "tenant"),
        ("/* the\n tenant */ SELECT 1", "tenant"),
        ('CREATE TABLE "tenants" ()', "tenant"),
        ('CREATE TABLE "tenant_x" ()', "tenant"),
        ('CREATE TABLE "Tenant" ()', "tenant"),
        ("\n", "tenant"),
    ],
)
def test_unknown(tmp_path: Path, sql: str, name: str) -> None:
    assert not knows(tmp_path, sql, name)


@pytest.mark.parametrize(
    "data", [b"\xff\xfeC\0", b"CREATE \xe9", b"a\0b"], ids=["utf16", "latin1", "binary"]
)
def test_an_unreadable_file_knows_every_name(tmp_path: Path, data: bytes) -> None:
    assert knows(tmp_path, data, "anything")


def test_a_file_without_permission_knows_every_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration(tmp_path, CREATE)
    real = os.stat

    def forbidden(path: object, **options: object) -> object:
        if str(path).endswith("migration.sql"):
            raise PermissionError(13, "Permission denied")
        return real(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", forbidden)
    known = Migrations.read(tmp_path)
    assert known.exists
    assert known.knows("anything")


def test_huge_files_and_folders_know_every_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration(tmp_path, CREATE)
    migration(tmp_path, CREATE, "2")
    monkeypatch.setattr(migrations, "MAX_FOLDER_BYTES", len(CREATE) + 1)
    assert Migrations.read(tmp_path).knows("anything")
    monkeypatch.setattr(migrations, "MAX_FOLDER_BYTES", 1 << 20)
    assert not Migrations.read(tmp_path).knows("anything")
    monkeypatch.setattr(migrations, "MAX_FILE_BYTES", 10)
    assert Migrations.read(tmp_path).knows("anything")


def test_a_name_that_no_identifier_could_be_is_known(tmp_path: Path) -> None:
    migration(tmp_path, CREATE)
    assert Migrations.read(tmp_path).knows("a\nb")
    assert Migrations.read(tmp_path).knows("x" * 1000)


def test_long_files_skip_the_tokeniser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "_MAX_TOKENISED", 10)
    migration(tmp_path, CREATE)
    known = Migrations.read(tmp_path)
    assert known.knows("users")
    assert not known.knows("orders")


# What may be read again and again where it is repeated.
HOSTILE = ["'", "''", '"', "`", "[", "/*", "--", "$", "$$", "$a$", "'\"", "\\'", "a", "[a"]


@pytest.mark.parametrize("unit", HOSTILE)
def test_twice_the_text_is_twice_the_work(tmp_path: Path, unit: str) -> None:
    assert grows(lambda text: knows(tmp_path, text, "x"), unit, 5_000) < 2.5


def test_refreshing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = migration(tmp_path, CREATE)
    known = Migrations.read(tmp_path)
    assert known.refreshed() is known
    assert known.knows("users")
    assert known.refreshed() is known

    migration(tmp_path, 'CREATE TABLE "orders" ()', "2_orders")
    assert not known.knows("orders")
    read: list[str] = []
    real = migrations._read_names

    def reading(stamp: migrations._Stamp) -> Generator[None, None, frozenset[str] | None]:
        read.append(stamp.path)
        return real(stamp)

    monkeypatch.setattr(migrations, "_read_names", reading)
    fresh = known.refreshed()
    assert fresh is not known
    assert fresh.knows("orders")
    assert fresh.knows("users")
    assert read == [str(tmp_path / "2_orders/migration.sql")]

    first.unlink()
    assert not fresh.refreshed().knows("users")
    (tmp_path / "2_orders/migration.sql").unlink()
    assert not fresh.refreshed().exists


def test_nothing_is_read_before_the_first_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migration(tmp_path, CREATE)
    monkeypatch.setattr(migrations, "_read_names", lambda _: pytest.fail("read too early"))
    assert Migrations.read(tmp_path).exists
