"""The helper that reads a real catalog: it sees every kind of difference, and none where none is."""

from __future__ import annotations

from dataclasses import replace

import postgres
import pytest

from prisma_lsp.migrations import state

SQL = """
CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
CREATE TABLE "User" (
  "id" SERIAL PRIMARY KEY,
  "email" VARCHAR(20) NOT NULL DEFAULT 'x',
  "roles" "Role"[] DEFAULT ARRAY[]::"Role"[],
  "at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "parent" INT REFERENCES "User" ON DELETE SET NULL,
  CONSTRAINT "positive" CHECK ("id" > 0)
);
CREATE UNIQUE INDEX "User_email_key" ON "User" ("email" DESC) WHERE "email" IN ('a', 'b');
CREATE INDEX "User_lower" ON "User" (lower("email"), "id");
CREATE VIEW v AS SELECT 1;
"""


def test_the_catalog_as_a_value(database: postgres.Connection) -> None:
    database.execute(SQL)
    read = postgres.catalog(database)
    assert postgres.differences(database, read) == []
    table = read.table("User")
    assert table is not None
    assert [(column.type, column.array, column.nullable) for column in table.columns] == [
        ("integer", False, False), ("character varying(20)", False, False), ("Role", True, True),
        ("timestamp(3) without time zone", False, False), ("integer", False, True),
    ]  # fmt: skip
    assert table.columns[2].type_schema == "public"
    assert table.primary_key == state.PrimaryKey("User_pkey", ("id",))
    assert table.foreign_keys == (
        state.ForeignKey("User_parent_fkey", ("parent",), ("public", "User"), ("id",), "SET NULL"),
    )
    email, lower = table.indexes
    assert (email.unique, email.columns[0].descending, email.columns[0].nulls_first) == (
        True,
        True,
        True,
    )
    assert lower.columns[0].expression
    assert read.enums["public", "Role"].values == ("USER", "ADMIN")
    assert read.sequences["public", "User_id_seq"].owner == ("public", "User", "id")


def test_expressions_are_compared_as_postgresql_writes_them(database: postgres.Connection) -> None:
    database.execute(SQL)
    real = postgres.catalog(database)
    table = real.tables["public", "User"]

    def of(changed: state.Table) -> list[str]:
        tables = {**real.tables, changed.key: changed}
        return postgres.differences(database, replace(real, tables=tables))

    def with_default(sql: str) -> state.Table:
        columns = [replace(c, default=sql) if c.name == "email" else c for c in table.columns]
        return replace(table, columns=tuple(columns))

    assert of(with_default("'x'")) == []
    assert of(with_default("'y'"))
    assert of(replace(table, checks=(state.Check("positive", '"id" >0'),))) == []
    assert of(replace(table, checks=(state.Check("positive", '"id" >1'),)))
    email, lower = table.indexes
    assert of(replace(table, indexes=(replace(email, where="email in ('a','b')"), lower))) == []
    assert of(replace(table, indexes=(replace(email, where="email in ('a','c')"), lower)))
    assert of(replace(table, indexes=(lower, email))) == []


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "User" ALTER "email" DROP NOT NULL', 'ALTER TABLE "User" ADD "x" INT',
        'ALTER TABLE "User" ALTER "email" TYPE TEXT', 'ALTER TABLE "User" DROP CONSTRAINT "positive"',
        'ALTER TABLE "User" ALTER "at" DROP DEFAULT', 'DROP INDEX "User_lower"', "DROP VIEW v",
        'ALTER TYPE "Role" ADD VALUE \'X\' BEFORE \'USER\'', 'ALTER TABLE "User" RENAME TO "Users"',
        'ALTER TABLE "User" RENAME "email" TO "mail"', "CREATE SCHEMA s", "CREATE SEQUENCE s",
        'ALTER TABLE "User" DROP CONSTRAINT "User_pkey" CASCADE', "CREATE DOMAIN d AS int",
        'ALTER INDEX "User_lower" RENAME TO "x"', 'ALTER SEQUENCE "User_id_seq" OWNED BY NONE',
    ],
)  # fmt: skip
def test_every_change_is_a_difference(database: postgres.Connection, sql: str) -> None:
    database.execute(SQL)
    before = postgres.catalog(database)
    database.execute(sql)
    assert postgres.differences(database, before)


def test_a_script_that_fails_leaves_nothing(database: postgres.Connection) -> None:
    with pytest.raises(postgres.Failure, match="22012"):
        database.execute('CREATE TABLE "a" (); SELECT 1 / 0')
    assert not postgres.catalog(database).tables
    with pytest.raises(postgres.Failure):
        database.execute('BEGIN; CREATE TABLE "a" (); SELECT 1 / 0; COMMIT')
    database.execute('CREATE TABLE "b" ()')
    assert list(postgres.catalog(database).tables) == [("public", "b")]
