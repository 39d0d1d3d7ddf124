"""Each snippet of the VS Code extension, left as it is inserted, is a schema without a finding."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document

SNIPPETS = json.loads(
    (Path(__file__).parents[2] / "editors/vscode/snippets.json").read_text("utf-8")
)
AROUND = {
    "Relation with index": """
model Cart {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
  %s

  @@map("carts")
}
""",
    "Enum": """%s

model Order {
  id        String      @id @default(uuid(7)) @db.Uuid
  createdAt DateTime    @default(now()) @map("created_at")
  updatedAt DateTime    @updatedAt @map("updated_at")
  status    OrderStatus @default(PENDING)

  @@map("orders")
}
""",
}
# What the snippets' relations lead to.
TARGET = """
model {name} {{
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
  children  {holder}[]

  @@map("{table}")
}}
"""
CHANGES = {
    "downcase": str.lower,
    "capitalize": lambda word: word[:1].upper() + word[1:],
    "camelcase": lambda word: word[:1].lower() + word[1:],
}


def expand(body: str) -> str:
    """What the editor inserts where nothing is typed into the places."""
    chosen = dict(re.findall(r"\$\{(\d):(?![/+])([^}]*)\}", body))
    chosen |= dict(re.findall(r"\$\{(\d)\|([^,|]*)[^}]*\|\}", body))

    def changed(match: re.Match[str]) -> str:
        number, pattern, form, flags = match.groups()
        count = 0 if "g" in flags else 1
        return re.sub(pattern, lambda found: filled(form, found), chosen[number], count=count)

    def filled(form: str, found: re.Match[str]) -> str:
        form = re.sub(
            r"\$\{(\d):/(\w+)\}", lambda one: CHANGES[one[2]](found[int(one[1])] or ""), form
        )
        return re.sub(r"\$\{(\d):\+(.*?)\}", lambda one: one[2] if found[int(one[1])] else "", form)

    body = re.sub(r"\$\{(\d)/(.*?)/((?:\$\{.*?\}|[^/])*)/(\w*)\}", changed, body)
    body = re.sub(r"\$\{(\d)(?::(?![/+])[^}]*|\|[^}]*\|)?\}", lambda match: chosen[match[1]], body)
    return body.replace("$0", "").replace("\t", "  ")


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_has_no_finding(name: str) -> None:
    text = AROUND.get(name, "%s\n").replace("%s", expand("\n".join(SNIPPETS[name]["body"])))
    assert "$" not in text
    models = re.findall(r"^model (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    holders = {
        target: holder
        for holder, fields in models
        for target in re.findall(r" (\w+) @relation", fields)
    }
    for target in holders.keys() - dict(models).keys():
        text += TARGET.format(name=target, holder=holders[target], table=target.lower() + "s")
    text = 'datasource db {\n  provider = "postgresql"\n}\n\n' + text
    linter = Linter(
        Schema({"schema.prisma": document.read(text)}), Environment(Settings(), Migrations.none())
    )
    linter.work()
    blocks = linter.schema.files["schema.prisma"].blocks
    found = [f"{one.rule}: {one.message}" for block in blocks for one in linter.findings(block)]
    assert not found, text
