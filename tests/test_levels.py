"""How grave a finding is: the rule's level by the settings, or less where the finding says so."""

from __future__ import annotations

import pytest

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Options, RuleSetting, Settings
from prisma_lsp.syntax import document

REFUSED = ("String  @db.Uuid", "String")
NARROW = ("String  @db.VarChar(40)", "String @db.VarChar(36)")

MODELS = """
datasource db {{
  provider = "postgresql"
}}

model Shop {{
  id     {}  @id
  orders Order[]
}}

model Order {{
  id     String @id
  shopId {}
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Cascade)
}}
"""


def levels(text: str, rule: str, setting: str | None = None) -> list[str]:
    rules = Options({rule: RuleSetting(setting)}) if setting else Options({})  # type: ignore[arg-type]
    schema = Schema({"schema.prisma": document.read(text)})
    linter = Linter(schema, Environment(Settings(rules=rules), Migrations.none()))
    linter.work()
    blocks = schema.files["schema.prisma"].blocks
    return [f.level for block in blocks for f in linter.findings(block) if f.rule == rule]


@pytest.mark.parametrize(
    ("types", "setting", "expected"),
    [
        (REFUSED, None, "error"),
        (NARROW, None, "warning"),
        (NARROW, "error", "warning"),
        (REFUSED, "info", "info"),
        (NARROW, "info", "info"),
    ],
)
def test_a_key_that_the_database_refuses_is_worse_than_one_of_another_size(
    types: tuple[str, str], setting: str | None, expected: str
) -> None:
    assert levels(MODELS.format(*types), "fk-native-type-mismatch", setting) == [expected]


def test_an_action_on_update_alone_is_as_grave_as_both() -> None:
    text = MODELS.format("String", "String")
    assert levels(text, "explicit-referential-actions") == ["warning"]
    without = text.replace(", onDelete: Cascade", "")
    assert levels(without, "explicit-referential-actions") == ["warning"]
    assert levels(without, "explicit-referential-actions", "hint") == ["hint"]


DELETED = """
model Product {{
  id       String  @id
  shopId   String
  sku      String{}  @unique
  {}
}}
"""


@pytest.mark.parametrize(
    ("arity", "says", "expected"),
    [
        ("", "deletedAt DateTime?", "warning"),
        ("", "isDeleted Boolean @default(false)", "warning"),
        ("?", "deletedAt DateTime?", "info"),
        ("", "isActive Boolean @default(true)", "hint"),
    ],
)
def test_what_may_be_emptied_or_is_only_switched_off_says_less(
    arity: str, says: str, expected: str
) -> None:
    assert levels(DELETED.format(arity, says), "soft-delete-unique") == [expected]


def test_sixteen_bits_are_worse_than_thirty_two() -> None:
    text = MODELS.format("Int @default(autoincrement()) {}", "Int")
    for native, expected in (("@db.SmallInt", "warning"), ("", "info")):
        linter_text = text.replace("{}", native)
        assert levels(linter_text, "short-integer-id", "warning") == [expected]


def test_an_enum_that_does_not_say_where_rows_begin_says_less() -> None:
    text = "model Door {{\n  id String @id @default(uuid())\n  state State\n}}\nenum State {{\n  {}\n}}\n"
    assert levels(text.format("AJAR"), "missing-default") == ["info"]
    assert levels(text.format("OPEN"), "missing-default") == ["warning"]


FEW = "model Follow {\n  userId String\n  authorId String\n%s  createdAt DateTime @default(now())\n  @@id([userId, authorId])\n}\n"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("", []),
        ("  ip String\n", ["info"]),
        ("  note String\n", ["info"]),
        ("  seenAt DateTime?\n", ["info"]),
        ("  amount Int\n", ["info"]),
        ("  name String\n", ["warning"]),
        ("  muted Boolean\n", ["warning"]),
        ("  count Int @default(0)\n", ["warning"]),
        ("  role Role\n", ["warning"]),
        ("  type Role\n", ["info"]),
        ("  code String @default(cuid())\n", ["info"]),
        ("  note String @default(\"none\")\n", ["warning"]),
    ],
)
def test_a_row_that_says_who_did_what_needs_no_updated_at_so_much(field: str, expected: list[str]) -> None:
    assert levels(FEW % field + "enum Role {\n  OWNER\n}\n", "require-timestamps") == expected


@pytest.mark.parametrize(("name", "expected"), [("apiCost", "info"), ("shippingCost", "warning")])
def test_what_a_call_cost_is_nobodys_books(name: str, expected: str) -> None:
    assert levels(f"model Run {{\n  id String @id\n  {name} Float\n}}\n", "no-float-money") == [expected]
