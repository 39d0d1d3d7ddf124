"""Files → statements → the last known state: places, snapshots, what is in doubt, other databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from effort import grows, lines
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prisma_lsp.lint.context import Environment
from prisma_lsp.migrations import Migrations, blocks, history, reader
from prisma_lsp.migrations.fold import fold
from prisma_lsp.migrations.lexer import split, tokens
from prisma_lsp.migrations.reader import read_script
from prisma_lsp.migrations.state import Database, empty
from prisma_lsp.migrations.statements import AddColumn, CreateTable, DropColumn, SetType
from prisma_lsp.settings import Settings

INIT = """-- CreateEnum
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'USER',

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");
"""
NEXT = """-- AlterTable
ALTER TABLE "users" DROP COLUMN "role",
ADD COLUMN     "name" VARCHAR(20);
"""
LAST = 'CREATE TABLE "posts" ("id" INTEGER NOT NULL);\n'
DIALECTS = ("postgresql", "mysql", "sqlite", "sqlserver")


def write(folder: Path, name: str, sql: str | bytes) -> str:
    path = folder / name / "migration.sql"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(sql if isinstance(sql, bytes) else sql.encode())
    return str(path)


def folded(sql: str, dialect: str = "postgresql", before: Database | None = None) -> Database:
    return fold(before or empty(dialect), read_script(sql, dialect), "/m/1_x/migration.sql")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three migrations of PostgreSQL."""
    (tmp_path / "migration_lock.toml").write_text('# keep\nprovider = "postgresql"\n')
    write(tmp_path, "1_init", INIT)
    write(tmp_path, "2_next", NEXT)
    write(tmp_path, "3_last", LAST)
    return tmp_path


# --- the files of a folder ---


def test_the_state_before_and_after_each_file(folder: Path) -> None:
    migrations = Migrations.read(folder)
    one, two, three = migrations.files
    assert (one.name, two.name, three.name) == ("1_init", "2_next", "3_last")
    assert migrations.locked_provider == migrations.dialect == "postgresql"

    def columns(state: Database) -> list[str] | None:
        table = state.table("users")
        return None if table is None else [column.name for column in table.columns]

    assert columns(migrations.state_before(one.path)) is None
    assert columns(migrations.state_after(one.path)) == ["id", "email", "role"]
    assert columns(migrations.state_before(two.path)) == ["id", "email", "role"]
    assert columns(migrations.state_after(two.path)) == ["id", "email", "name"]
    assert set(migrations.state().tables) == {("public", "users"), ("public", "posts")}
    assert migrations.state().enum("Role") is not None
    # One that is not there yet counts by the name of its folder.
    new = str(folder / "2_z/migration.sql")
    assert (
        migrations.state_before(new)
        == migrations.state_after(two.path)
        == migrations.state_after(new)
    )
    after = migrations.state_after(new, 'ALTER TABLE "users" ADD "x" INT')
    assert columns(after) == ["id", "email", "name", "x"]
    # A buffer stands in for what is on disk.
    assert columns(migrations.state_after(two.path, "")) == ["id", "email", "role"]
    assert columns(migrations.state_after(two.path)) == ["id", "email", "name"]


def test_no_folder_and_no_files(tmp_path: Path) -> None:
    for migrations in (
        Migrations.none(),
        Migrations.read(tmp_path),
        Migrations.read(tmp_path / "no"),
    ):
        assert not migrations.exists
        assert migrations.files == ()
        assert migrations.state() == empty("postgresql")
        assert migrations.state().tainted is None
        assert migrations.locked_provider is None
        assert migrations.script(str(tmp_path / "x/migration.sql")) is None


def test_nothing_is_read_or_folded_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = history._read

    def reading(stamp: history.Stamp) -> tuple[str | None, str]:
        read.append(Path(stamp.path).parent.name)
        return real(stamp)

    monkeypatch.setattr(history, "_read", reading)
    migrations = Migrations.read(folder)
    assert migrations.exists
    assert migrations.files
    assert read == []
    migrations.state_before(migrations.files[1].path)
    assert read == ["1_init"]
    migrations.state()
    migrations.state()
    assert read == ["1_init", "2_next", "3_last"]
    assert migrations.refreshed() is migrations
    write(folder, "3_last", LAST.replace("posts", "articles"))
    write(folder, "4_more", "DROP TABLE users;")
    fresh = migrations.refreshed()
    assert set(fresh.state().tables) == {("public", "articles")}
    assert read == ["1_init", "2_next", "3_last", "3_last", "4_more"]
    # The snapshot of what did not change is the same object.
    assert fresh.state_before(fresh.files[2].path) is migrations.state_before(
        migrations.files[2].path
    )
    # What was asked before still answers.
    assert migrations.state().table("posts") is not None


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfeC\0", b"CREATE \xe9", b"a\0b", b"-" * 3000],
    ids=["utf16", "latin1", "binary", "long"],
)
def test_a_file_that_cannot_be_read_leaves_all_in_doubt(
    folder: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    monkeypatch.setattr(history, "MAX_FILE_BYTES", 2000)
    path = write(folder, "2_next", data)
    migrations = Migrations.read(folder)
    assert migrations.state_before(path).tainted is None
    assert migrations.script(path) is None
    for state in (migrations.state_after(path), migrations.state()):
        assert "`2_next`" in (state.tainted or "")
        assert state.doubt("users") == state.doubt("anything") == state.tainted
    assert migrations.state().table("posts") is not None


def test_too_much_in_all_leaves_all_in_doubt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_FOLDER_BYTES", len(INIT) + 10)
    migrations = Migrations.read(folder)
    assert migrations.state_after(migrations.files[0].path).tainted is None
    assert migrations.state().tainted


@pytest.mark.parametrize(
    ("sql", "lock", "dialect"),
    [
        (INIT, None, "postgresql"),
        (INIT, "provider = 'cockroachdb'", "postgresql"),
        (INIT, 'provider = "mysql"', "mysql"),
        ("CREATE TABLE `a` (`id` INT)", None, "mysql"),
        ("CREATE TABLE `a` (`id` INT)", 'provider = "sqli', "mysql"),
        ("CREATE TABLE [dbo].[a] ([id] INT)", None, "sqlserver"),
        ('CREATE TABLE "a" ("id" INTEGER PRIMARY KEY AUTOINCREMENT)', None, "sqlite"),
        ('CREATE TABLE "a" ("at" DATETIME NOT NULL)', None, "sqlite"),
        ("", None, "postgresql"),
        (b"\xff\0", None, "postgresql"),
    ],
)
def test_the_dialect(tmp_path: Path, sql: str | bytes, lock: str | None, dialect: str) -> None:
    write(tmp_path, "1_init", sql)
    if lock is not None:
        (tmp_path / "migration_lock.toml").write_text(lock)
    assert Migrations.read(tmp_path).dialect == dialect


def test_a_buffer_reads_only_the_statement_that_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrations = Migrations.read(folder)
    path = migrations.files[0].path
    migrations.state_after(path, INIT)
    read: list[str] = []
    real = reader.read_statement

    def reading(piece: reader.Piece, dialect: str) -> reader.Statement:
        read.append(piece.text.split("\n")[0])
        return real(piece, dialect)

    monkeypatch.setattr(reader, "read_statement", reading)
    typed = INIT.replace('"email" TEXT NOT NULL', '"mail" TEXT')
    after = migrations.state_after(path, "-- more\n\n" + typed)
    assert read == ['CREATE TABLE "users" (']
    table = after.table("users")
    assert table is not None
    assert table.columns[1].name == "mail"
    assert table.columns[1].made.line == 8


# --- places ---


def test_places_are_exact(folder: Path) -> None:
    migrations = Migrations.read(folder)
    for file in migrations.files:
        text = Path(file.path).read_text()
        script = migrations.script(file.path)
        assert script is not None
        for placed in script.statements:
            assert text[placed.start : placed.end] == placed.statement.text
            assert text.count("\n", 0, placed.start) == placed.line
            assert script.at(placed.start) == script.at(placed.end) == placed
        assert script.at(0) is None or script.statements[0].start == 0
    two = migrations.script(migrations.files[1].path)
    assert two is not None
    (placed,) = two.statements
    dropped, added = placed.statement.actions
    assert isinstance(dropped, DropColumn)
    assert isinstance(added, AddColumn)
    text = placed.statement.text
    assert text[dropped.start : dropped.end] == 'DROP COLUMN "role"'
    assert text[dropped.column.start : dropped.column.end] == '"role"'
    assert text[dropped.table.start : dropped.table.end] == '"users"'
    assert text[added.start : added.end] == 'ADD COLUMN     "name" VARCHAR(20)'
    assert text[added.column.type.start : added.column.type.end] == "VARCHAR(20)"
    table = migrations.state().table("users")
    assert table is not None
    first = Path(migrations.files[0].path).read_text()
    assert first[table.made.start : table.made.end] == '"users"'
    id_, email, name = table.columns
    assert first[email.made.start : email.made.end] == '"email" TEXT NOT NULL'
    assert (id_.made.line, email.made.line, name.made.line) == (5, 6, 2)
    assert name.made.file == migrations.files[1].path
    assert table.changed.file == migrations.files[1].path
    assert table.primary_key is not None
    assert table.primary_key.made.line == 9


def test_a_place_behind_comments_and_in_a_block() -> None:
    sql = '/* é */ ALTER /* x */ TABLE a -- b\n ALTER "c" TYPE /* d */ BIGSERIAL;'
    (placed,) = read_script(sql).statements
    (action,) = placed.statement.actions
    assert isinstance(action, SetType)
    assert sql[placed.start :][action.type.start : action.type.end] == "BIGSERIAL"
    assert action.type.type == "bigserial"
    block = "DO $x$ BEGIN\n  CREATE TABLE t (id int);\nEXCEPTION WHEN duplicate_table THEN NULL;\nEND $x$"
    (placed,) = read_script(block).statements
    action = placed.statement.actions[0]
    assert isinstance(action, CreateTable)
    assert block[action.columns[0].start : action.columns[0].end] == "id int"


# --- what is in doubt ---


def test_a_statement_that_is_not_understood_touches_what_it_names() -> None:
    state = folded(
        """CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TYPE e AS ENUM ('x');
        CREATE TABLE c (id int); CREATE INDEX c_idx ON c (id);
        ALTER TABLE a FROBNICATE; ALTER TYPE e FROBNICATE; ALTER INDEX c_idx FROBNICATE 'x';
        FROBNICATE TABLE d;"""
    )
    assert state.tainted is None
    assert state.doubt("a") and state.doubt("e") and state.doubt("d")
    assert state.doubt("b") is None
    assert "line 3" in (state.doubt("a") or "")
    assert "line 4 of migration `1_x`" in (state.doubt("d") or "")


@pytest.mark.parametrize(
    "sql",
    [
        "DO $$ BEGIN EXECUTE (SELECT string_agg('DROP TABLE ' || tablename, ';') FROM pg_tables); END $$",
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT * FROM tenants LOOP EXECUTE 'ALTER TABLE ' || r.t || ' ADD x int'; END LOOP; END $$",
        "CREATE FUNCTION f(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || t; END $$; SELECT f('a')",
        "DROP OWNED BY someone",
        "ROLLBACK",
        "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c; DROP DATABASE x; DROP OWNED BY y",
    ],
)
def test_what_may_touch_anything(sql: str) -> None:
    before = folded("CREATE TABLE a (id int)")
    state = folded(sql, before=before)
    assert state.tainted or state.doubt("a") or "IMPORT" in sql or "OWNED" in sql
    if "OWNED" not in sql:
        assert state.doubt("zzz")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE a (id int) CREATE TABLE b (id int);",
        "CREATE TABLE a (id int)\nCREATE TABLE b (id int);",
        "CREATE TABLE a (id int)\nWITH (x = 1) ALTER TABLE b ADD x int;",
        "INSERT INTO a VALUES (1, 'CREATE')\nCREATE TABLE b (id int);",
        "GRANT ALL ON a TO c\n  drop table b;",
        "ALTER TABLE a ADD x int ALTER TABLE b ADD x int;",
        "CREATE VIEW v AS SELECT 1\nCREATE UNIQUE INDEX x ON b (id);",
        "SELECT 1\nALTER TABLE b ADD x int",
        "CREATE TYPE e AS ENUM ('x') CREATE TABLE b (id int)",
        "COMMENT ON TABLE a IS 'x'\nDROP TABLE b",
        "DROP TABLE a DROP TABLE b",
    ],
)
def test_a_missing_semicolon_hides_nothing(sql: str) -> None:
    assert folded(sql).doubt("b")


def test_text_that_looks_like_a_statement_is_text() -> None:
    state = folded(
        "CREATE TABLE b (id int);\nCREATE FUNCTION f() RETURNS text AS $$\nSELECT '\nCREATE TABLE b'\n$$ LANGUAGE sql;\n"
        "CREATE TABLE c (t text DEFAULT '\nDROP TABLE b');"
    )
    assert state.doubt("b") is None
    assert set(state.tables) == {("public", "b"), ("public", "c")}


@pytest.mark.parametrize("cut", range(0, len(INIT + NEXT + LAST), 7))
def test_a_half_written_file_is_never_safe_about_what_it_was_writing(cut: int) -> None:
    """Whatever the cut statement was to touch is absent, as it was, or in doubt."""
    before = folded('CREATE TABLE "users" ("id" INT, "role" TEXT)') if cut > len(INIT) else None
    text = (INIT + NEXT + LAST)[:cut]
    state = folded(text, before=before)
    whole = folded((INIT + NEXT + LAST)[: text.rfind(";") + 1], before=before)
    for key, table in whole.tables.items():
        assert state.tables.get(key) == table or state.doubt(key[1])


def test_doubt_goes_where_a_table_goes() -> None:
    before = folded(
        "CREATE TABLE a (id int); DO $$ BEGIN EXECUTE 'ALTER TABLE \"a\" ' || x; END $$"
    )
    assert before.doubt("a")
    assert folded("ALTER TABLE a RENAME TO b", before=before).doubt("b")
    assert folded("DROP TABLE a", before=before).doubt("a") is None
    again = folded("DROP TABLE a; CREATE TABLE a (id int)", before=before)
    assert again.doubt("a") is None
    assert folded("CREATE TABLE IF NOT EXISTS a (id int)", before=before).doubt("a")


# --- other databases ---


def test_mysql() -> None:
    state = folded(
        """CREATE TABLE `User` (
            `id` INTEGER NOT NULL AUTO_INCREMENT,
            `email` VARCHAR(191) NOT NULL COMMENT 'it\\'s; "x"',
            `at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
            `role` ENUM('A', 'B;') NOT NULL DEFAULT 'A',
            `t` TEXT NULL,
            UNIQUE INDEX `User_email_key`(`email`),
            INDEX `User_t_idx`(`t`(100) DESC),
            FULLTEXT INDEX `User_full`(`t`),
            PRIMARY KEY (`id`)
        ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
        CREATE TABLE `post` (id INT UNSIGNED PRIMARY KEY, userId INT, KEY (`userId`)) ENGINE=InnoDB;
        ALTER TABLE `post` ADD CONSTRAINT `post_fk` FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON DELETE CASCADE;
        ALTER TABLE `User` MODIFY `t` VARCHAR(10) NOT NULL, ADD COLUMN `x` INT AFTER `email`, CHANGE `at` `when` DATETIME NULL;
        ALTER TABLE `User` DROP INDEX `User_full`, DROP PRIMARY KEY, ADD PRIMARY KEY (`email`);
        DROP INDEX `User_t_idx` ON `User`; CREATE INDEX i USING BTREE ON `User` (x, role); # done
        ALTER TABLE `User` DROP COLUMN `role`, RENAME INDEX `i` TO `j`;
        RENAME TABLE `post` TO `Posts`;""",
        "mysql",
    )
    assert not state.doubts
    user, posts = state.tables.values()
    assert [(c.name, c.type, c.nullable) for c in user.columns] == [
        ("id", "integer", False), ("email", "varchar(191)", False), ("x", "int", True),
        ("when", "datetime", True), ("t", "varchar(10)", False),
    ]  # fmt: skip
    assert user.primary_key is not None
    assert (user.primary_key.name, user.primary_key.columns) == ("PRIMARY", ("email",))
    assert [(i.name, i.column_names) for i in user.indexes] == [
        ("User_email_key", ("email",)),
        ("j", ("x",)),
    ]
    assert (posts.name, posts.columns[0].type) == ("Posts", "int unsigned")
    assert posts.indexes[0].name == "userId"
    assert posts.foreign_keys[0].references == ("", "User")


def test_sqlite_rebuilds_a_table() -> None:
    state = folded(
        """CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL);
        CREATE TABLE "Post" ("id" TEXT NOT NULL PRIMARY KEY, "userId" INTEGER NOT NULL, "x",
          CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
        CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
        PRAGMA defer_foreign_keys=ON;
        PRAGMA foreign_keys=OFF;
        CREATE TABLE "new_User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "age" INTEGER NOT NULL DEFAULT 0);
        INSERT INTO "new_User" ("id") SELECT "id" FROM "User";
        DROP TABLE "User";
        ALTER TABLE "new_User" RENAME TO "User";
        PRAGMA foreign_keys=ON;
        CREATE TRIGGER t AFTER INSERT ON User BEGIN UPDATE User SET age = 1; DELETE FROM Post; END;
        CREATE INDEX "User_age_idx" ON "User"("age" DESC);""",
        "sqlite",
    )
    assert not state.doubts
    post, user = (state.tables["", name] for name in ("Post", "User"))
    assert post.foreign_keys[0].references == user.key
    assert [column.name for column in user.columns] == ["id", "age"]
    assert [index.name for index in user.indexes] == ["User_age_idx"]


def test_sql_server() -> None:
    state = folded(
        """BEGIN TRY
        BEGIN TRAN;
        CREATE TABLE [dbo].[User] (
            [id] INT NOT NULL IDENTITY(1,1),
            [email] NVARCHAR(1000) NOT NULL CONSTRAINT [User_email_df] DEFAULT 'x',
            [double] AS ([id] * 2) PERSISTED,
            CONSTRAINT [User_pkey] PRIMARY KEY CLUSTERED ([id]),
            CONSTRAINT [User_email_key] UNIQUE NONCLUSTERED ([email])
        );
        CREATE TABLE [Post] ([id] INT NOT NULL PRIMARY KEY, [a]]b] INT);
        ALTER TABLE [dbo].[Post] ADD [u] INT, [v] NVARCHAR(max) NOT NULL CONSTRAINT [d] DEFAULT 'x', CONSTRAINT [fk] FOREIGN KEY ([u]) REFERENCES [dbo].[User]([id]) ON DELETE SET NULL;
        ALTER TABLE [dbo].[User] ALTER COLUMN [email] NVARCHAR(500) NULL;
        CREATE NONCLUSTERED INDEX [Post_u_idx] ON [dbo].[Post]([u] DESC) INCLUDE ([v]);
        EXEC sp_rename 'dbo.Post.v', 'w', 'COLUMN';
        EXEC SP_RENAME N'dbo.User', N'Users';
        ALTER TABLE [dbo].[Post] DROP CONSTRAINT [d];
        COMMIT TRAN;
        END TRY
        BEGIN CATCH
        IF @@TRANCOUNT > 0
        BEGIN
            ROLLBACK TRAN;
        END;
        THROW
        END CATCH""",
        "sqlserver",
    )
    assert not state.doubts
    user, post = state.tables["dbo", "Users"], state.tables["dbo", "Post"]
    assert [(c.name, c.type, c.nullable) for c in user.columns] == [
        ("id", "int", False), ("email", "nvarchar(500)", True), ("double", "", True),
    ]  # fmt: skip
    assert user.columns[0].identity == "always"
    assert [column.name for column in post.columns] == ["id", "a]b", "u", "w"]
    assert post.foreign_keys[0].references == ("dbo", "Users")
    assert [(i.name, i.include) for i in post.indexes] == [("Post_u_idx", ("w",))]


# --- anything at all ---

_PIECES = st.sampled_from(
    [
        "CREATE", "TABLE", "ALTER", "DROP", "INDEX", "TYPE", "AS", "ENUM", "COLUMN", "ADD", "RENAME", "TO",
        "CONSTRAINT", "PRIMARY", "KEY", "FOREIGN", "REFERENCES", "CHECK", "UNIQUE", "DEFAULT", "NOT", "NULL",
        "ON", "DELETE", "CASCADE", "SET", "USING", "IF", "EXISTS", "DO", "BEGIN", "END", "EXCEPTION WHEN",
        "duplicate_object", "THEN", "EXECUTE", "SELECT", "FUNCTION", "LIKE", "INHERITS", "PARTITION OF",
        "WHERE", "INCLUDE", "GENERATED ALWAYS AS", "IDENTITY", "VALUE", "BEFORE", "EXEC", "sp_rename",
        "MODIFY", "CHANGE", "int", "text[]", "varchar(3)", '"a"', '"b c"', "a", "b", "a.b", "'x'", "E'\\''",
        "$$", "$x$", "(", ")", ",", ";", ".", "::", "=", "[", "]", "`c`", "--", "\n", "/*", "*/", "'", '"',
        "1", "é", "😀", "\0", "ADD CONSTRAINT c", "SCHEMA", "SEQUENCE", "OWNED BY a.b", "GO", "#",
    ]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.lists(_PIECES, max_size=60).map(" ".join) | st.text(max_size=120),
    st.sampled_from(DIALECTS),
    st.integers(0, 400),
)
@example("DO $$ BEGIN IF EXISTS (SELECT", "postgresql", 0)
@example("CREATE TABLE a (LIKE", "postgresql", 0)
@example("EXEC sp_rename", "sqlserver", 0)
@example("ALTER TABLE a ADD [b] int,", "sqlserver", 0)
def test_any_text_is_read_and_folded(text: str, dialect: str, cut: int) -> None:
    base = folded(INIT) if dialect == "postgresql" else None
    for sql in (text, text[:cut], INIT[:cut] + text, text + INIT[cut:]):
        script = read_script(sql, dialect)
        last = 0
        for placed in script.statements:
            assert last <= placed.start < placed.end <= len(sql)
            assert sql[placed.start] == placed.statement.text[0]
            last = placed.end
            for action in placed.statement.actions:
                assert 0 <= action.start <= action.end <= len(placed.statement.text)
        fold(base or empty(dialect), script, "/m/1_x/migration.sql")
        again = read_script(sql + " ", dialect, script)
        assert [p.statement.text.rstrip() for p in again.statements] == [p.statement.text.rstrip() for p in script.statements]  # fmt: skip


# What may be read again and again where it is repeated.
HOSTILE = [
    "'", "''", '"', "`", "[", "]", "/*", "--", "$", "$$", "$a$", "'\"", "\\'", "a", "(", ")", "(a,", ";",
    "; ", "BEGIN ", "DO $$ $$;", "CREATE FUNCTION ", "CREATE TABLE a (", "ALTER TABLE a ADD b int, ",
    "a int, ", "x.", "::", "IF EXISTS (", "END;", "INSERT INTO a VALUES ('x');", "a,", "#", "e'", "EXECUTE a || b;", "EXECUTE 'a';",
]  # fmt: skip


def hostile(text: str, dialect: str) -> None:
    """Fold a text that is no SQL, alone and where SQL has begun."""
    folded(text, dialect)
    folded("CREATE TABLE t (" + text[: len(text) // 4], dialect)
    folded("DO $x$ BEGIN " + text[: len(text) // 4] + " END $x$", dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("unit", HOSTILE)
def test_twice_the_text_is_twice_the_work(unit: str, dialect: str) -> None:
    assert grows(lambda text: hostile(text, dialect), unit, 1_200) < 2.6


def test_a_dump_is_not_looked_into() -> None:
    row = "INSERT INTO \"users\" VALUES (1, 'it''s; CREATE TABLE x (', '{\"a\": \"b\"}');\n"
    state = folded(INIT + row * 2_000)
    assert not state.doubts
    assert list(state.tables) == [("public", "users")]
    # A row is one statement whose head alone is read, however long it is.
    long = row.replace("it''s", "it''s" * 1_000)
    few, many = (lines(lambda sql=sql: folded(INIT + sql * 20)) for sql in (row, long))  # type: ignore[misc]
    assert many < 1.1 * few


def test_a_statement_without_end_is_not_read() -> None:
    state = folded("CREATE TABLE a (" + "b int, " * 400_000 + "c int)")
    assert state.tainted


@pytest.mark.parametrize("dialect", DIALECTS)
def test_tokens_are_where_they_say(dialect: str) -> None:
    for piece in split(INIT + NEXT, dialect):
        for token in tokens(piece.text, dialect):
            text = piece.text[token.start : token.end]
            assert token.value == {"q": text[1:-1], "w": text.lower()}.get(token.kind, text)


def test_a_block_is_read_or_not() -> None:
    (made,) = blocks.read_block("BEGIN CREATE TABLE a (id int); END", 7) or ()
    assert isinstance(made, CreateTable)
    assert made.table.start == 7 + 19
    assert blocks.read_block("BEGIN CREATE TABLE a (id int); RETURN; END", 0) is None
    assert blocks.read_block("DECLARE x int; BEGIN CREATE TABLE a (id int); END", 0) is None


def test_another_lock_file_is_another_database(folder: Path) -> None:
    migrations = Migrations.read(folder)
    assert migrations.dialect == "postgresql"
    assert migrations.refreshed() is migrations
    (folder / "migration_lock.toml").write_text('provider = "sqlite"\n')
    fresh = migrations.refreshed()
    assert fresh is not migrations
    assert (migrations.dialect, fresh.dialect, fresh.state().dialect) == ("postgresql", "sqlite", "sqlite")
    (folder / "migration_lock.toml").unlink()
    assert fresh.refreshed().dialect == "postgresql"


def test_what_is_long_is_read_in_pieces(folder: Path) -> None:
    rows = "INSERT INTO \"users\" VALUES ('00000000-0000-4000-8000-000000000001', 'a');\n"
    write(folder, "2_rows", rows * (1_500_000 // len(rows)))
    wanted = Migrations.read(folder).state()
    migrations = Migrations.read(folder)
    migrations.is_patient = True
    path = migrations.files[-1].path
    # Whatever is asked meanwhile, nothing is claimed.
    assert not migrations.is_read
    assert migrations.knows("no such name")
    for state in (migrations.state(), migrations.state_before(path), migrations.state_after(path, "")):
        assert state.doubt("users") == "the migrations are not read yet"
    environment = Environment(Settings(), migrations)
    early = environment.database("postgresql")
    assert early is not None and early.tainted == "the migrations are not read yet"
    pieces = 1
    while not migrations.work(0):
        pieces += 1
    assert pieces > 100
    assert migrations.is_read
    assert not migrations.knows("no such name")
    assert migrations.state() == wanted == environment.database("postgresql")
    assert migrations.state().tainted is None


def test_what_is_short_is_read_at_once(folder: Path) -> None:
    migrations = Migrations.read(folder)
    migrations.is_patient = True
    assert migrations.is_read
    assert migrations.state() == Migrations.read(folder).state()
    assert migrations.work(60)


def test_a_dump_for_psql() -> None:
    sql = """\\restrict abc
SET client_encoding = 'UTF8';
\\connect shop
CREATE TABLE public.users (id integer, note text);
COPY public.users (id, note) FROM stdin;
1\tDROP TABLE users; -- it's "half
2\t\\N
\\.

ALTER TABLE public.users ADD COLUMN name text;
COPY public.users FROM STDIN WITH (FORMAT csv);
\\.
CREATE TABLE public.posts (id integer);
\\unrestrict abc
"""
    state = folded(sql)
    assert [column.name for column in state.tables["public", "users"].columns] == ["id", "note", "name"]
    assert set(state.tables) == {("public", "users"), ("public", "posts")}
    assert (state.tainted, dict(state.doubts)) == (None, {})
    # Rows that never end hold no statement.
    assert set(folded("CREATE TABLE a (id int);\nCOPY a FROM stdin;\n1\nDROP TABLE a;\n").tables) == {("public", "a")}
