"""The model that all conventions come from breaks none of them."""

from __future__ import annotations

import pytest

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document

DATASOURCE = """\
datasource db {
  provider = "postgresql"
}

"""

SEED = """\
model Example {
  id         String   @id @default(uuid(7)) @db.Uuid
  createdAt  DateTime @default(now()) @map("created_at")
  updatedAt  DateTime @updatedAt @map("updated_at")
  relation   Relation @relation(fields: [relationId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  relationId String   @map("relation_id") @db.Uuid
  email      String   @unique @db.VarChar(255)
  status     Status   @default(PENDING)

  @@index([relationId])
  @@map("examples")
}

model Relation {
  id        String    @id @default(uuid(7)) @db.Uuid
  createdAt DateTime  @default(now()) @map("created_at")
  updatedAt DateTime  @updatedAt @map("updated_at")
  examples  Example[]

  @@map("relations")
}

enum Status {
  PENDING
}
"""


def found(text: str, environment: Environment) -> list[str]:
    schema = Schema({"schema.prisma": document.read(text)})
    linter = Linter(schema, environment)
    linter.work()
    return [
        f"{finding.level} {finding.rule}: {finding.message}"
        for block in schema.files["schema.prisma"].blocks
        for finding in linter.findings(block)
    ]


@pytest.mark.parametrize("database", ["auto", "new"])
@pytest.mark.parametrize("package", [None, "better-auth", "next-auth"])
def test_nothing_is_said_about_the_seed(database: str, package: str | None) -> None:
    settings = Settings(database=database, validity="on")  # type: ignore[arg-type]
    environment = Environment(settings, Migrations.none(), package)
    assert found(DATASOURCE + SEED, environment) == []


def test_without_its_index_and_actions_exactly_that_is_said() -> None:
    text = DATASOURCE + SEED.replace(", onDelete: Restrict, onUpdate: Cascade", "").replace(
        "  @@index([relationId])\n", ""
    )
    rules = [line.split()[1] for line in found(text, Environment(Settings(), Migrations.none()))]
    assert sorted(rules) == ["explicit-referential-actions:", "missing-fk-index:"]
