"""The names and statements that Prisma Migrate would write, checked against what it once wrote."""

from __future__ import annotations

import pytest

from prisma_lsp.schema import sql
from prisma_lsp.schema.blast import blast, outcome, trouble
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document


@pytest.mark.parametrize(
    ("table", "columns", "suffix", "provider", "name"),
    [
        ("posts", ["author_id"], "_fkey", "postgresql", "posts_author_id_fkey"),
        ("a" * 46, ["x", "y"], "_key", "postgresql", "a" * 46 + "_x_y_key"),
        ("b" * 68, [], "_pkey", "postgresql", "b" * 58 + "_pkey"),
        (
            "c" * 45,
            ["parentWithALongName", "y"],
            "_fkey",
            "postgresql",
            "c" * 45 + "_parentWithAL_fkey",
        ),
        ("d" * 45, ["y2éééééé"], "_fkey", "postgresql", "d" * 45 + "_y2ééééé_fkey"),
        ("e" * 70, ["x"], "_idx", "mysql", "e" * 60 + "_idx"),
        ("f" * 100, ["x"], "_idx", "sqlserver", "f" * 100 + "_x_idx"),
        ("g" * 200, ["x"], "_idx", "sqlite", "g" * 200 + "_x_idx"),
    ],
)
def test_names_are_cut_in_bytes(
    table: str, columns: list[str], suffix: str, provider: str, name: str
) -> None:
    assert sql.constraint_name(table, columns, suffix, provider) == name


@pytest.mark.parametrize(
    ("provider", "quoted"),
    [("postgresql", '"a""b`c]d"'), ("mysql", '`a"b``c]d`'), ("sqlserver", '[a"b`c]]d]')],
)
def test_quotes(provider: str, quoted: str) -> None:
    assert sql.quote('a"b`c]d', provider) == quoted


@pytest.mark.parametrize(
    ("field", "definition"),
    [
        (
            'p String @default("it\'s \\"q\\" \\\\ x") @db.VarChar(20)',
            "\"p\" VARCHAR(20) NOT NULL DEFAULT 'it''s \"q\" \\ x'",
        ),
        ("d Decimal @default(1.5)", '"d" DECIMAL(65,30) NOT NULL DEFAULT 1.5'),
        ("e E @default(A)", '"e" "my_e" NOT NULL DEFAULT \'aa\''),
        ("es E[] @default([A])", '"es" "my_e"[] DEFAULT ARRAY[\'aa\']::"my_e"[]'),
        ("l Int[] @default([1, 2])", '"l" INTEGER[] DEFAULT ARRAY[1, 2]::INTEGER[]'),
        ("s String[]", '"s" TEXT[]'),
        ('j Json @default("{}")', "\"j\" JSONB NOT NULL DEFAULT '{}'"),
        ("b BigInt @default(autoincrement())", '"b" BIGSERIAL NOT NULL'),
        ("n DateTime @default(now()) @db.Date", '"n" DATE NOT NULL DEFAULT CURRENT_TIMESTAMP'),
        ("u String @default(uuid())", '"u" TEXT NOT NULL'),
        ("g Int @default(dbgenerated())", '"g" INTEGER NOT NULL'),
        ('c Unsupported("circle")? @default(dbgenerated("x"))', '"c" circle DEFAULT x'),
        ('w Int @default(1) @map("weird name")', '"weird name" INTEGER NOT NULL DEFAULT 1'),
        ("other Nope", None),
        ("m M[]", None),
    ],
)
def test_columns(field: str, definition: str | None) -> None:
    text = f'model M {{\n  {field}\n}}\nenum E {{\n  A @map("aa")\n  @@map("my_e")\n}}\n'
    schema = Schema({"s": document.read(text)})
    model = schema.model("M")
    assert model is not None
    assert sql.column(model.all_fields[0], schema) == definition


def test_blast() -> None:
    text = """
model A {
  id Int @id
}
model B {
  id  Int @id
  aId Int
  a   A   @relation(fields: [aId], references: [id], onDelete: Cascade)
}
model C {
  id  Int  @id
  bId Int?
  b   B?   @relation(fields: [bId], references: [id])
  aId Int
  a   A    @relation(fields: [aId], references: [id], onDelete: SetNull)
}
"""
    schema = Schema({"s": document.read(text)})
    found = blast("A", schema)
    assert found.complete and found.depth == 2
    assert [(h.model, h.outcome, h.depth) for h in found.hits] == [
        ("B", "deleted", 1), ("C", "blocked", 1), ("C", "emptied", 2),
    ]  # fmt: skip
    assert found.reached == ["B", "C"]
    field = schema.field("C", "a")
    assert field is not None
    assert trouble(field, "SetNull", schema) == "required"
    assert trouble(field, "Cascade", schema) is None
    assert outcome(field, "SetDefault", schema) == "blocked"
