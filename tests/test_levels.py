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


def test_an_action_on_update_alone_is_no_more_than_an_info() -> None:
    text = MODELS.format("String", "String")
    assert levels(text, "explicit-referential-actions") == ["info"]
    without = text.replace(", onDelete: Cascade", "")
    assert levels(without, "explicit-referential-actions") == ["warning"]
    assert levels(without, "explicit-referential-actions", "hint") == ["hint"]
