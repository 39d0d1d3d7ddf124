"""`grammar/prisma.tmLanguage.json` in VS Code's own engine (`get_vscode.py` fetches it)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import get_vscode
import pytest

pytestmark = pytest.mark.editors

ROOT = Path(__file__).parents[2]
GRAMMAR = ROOT / "grammar" / "prisma.tmLanguage.json"


def scopes(text: str) -> list[tuple[str, str]]:
    modules = get_vscode.modules(min(get_vscode.VERSIONS))
    if not modules.exists():
        pytest.skip("no VS Code: run `python3 tests/editors/get_vscode.py`")
    program = ["node", str(Path(__file__).with_name("tokenise.mjs")), str(modules), str(GRAMMAR)]
    done = subprocess.run(program, input=text, capture_output=True, text=True, check=True)
    return [(piece, scope.removesuffix(".prisma")) for piece, scope in json.loads(done.stdout)]


def test_a_field() -> None:
    line = 'total Decimal? @default(autoincrement()) @db.Decimal(12, 2) @map("a\\"b") // why'
    found = scopes(f"model Öl {{\n  {line}\n}}\n")
    wanted = {
        "model": "keyword.other.declaration",
        "Öl": "entity.name.type",
        "total": "variable.other.property",
        "default": "entity.name.function.attribute",
        "autoincrement": "support.function",
        "12": "constant.numeric",
        '\\"': "constant.character.escape",
        "// why": "comment.line.double-slash",
    }
    assert wanted.items() <= dict(found).items()
    assert [scope for piece, scope in found if piece == "Decimal"] == [
        "support.type",
        "support.type.native",
    ]


def test_a_relation_and_its_index() -> None:
    found = dict(
        scopes(
            "model A {\n  shop Shop @relation(fields: [shopId], onDelete: Cascade)\n"
            "  @@index([shopId(sort: Desc)], type: Gin)\n}\n"
        )
    )
    assert found["Shop"] == "entity.name.type"
    assert found["fields"] == found["sort"] == found["type"] == "variable.parameter"
    assert found["Cascade"] == found["Desc"] == found["Gin"] == "support.constant"
    assert found["shopId"] == "variable.other"


@pytest.mark.parametrize("typo", ["@relaton", "@@indx", "@db.VarChr", "@updatedat"])
def test_what_prisma_does_not_know_stays_plain(typo: str) -> None:
    found = dict(scopes(f"model A {{\n  x String {typo}\n}}\n"))
    assert found[typo.lstrip("@")] == "meta.block"


def test_what_is_left_open_ends_with_its_line() -> None:
    found = dict(scopes('model A {\n  a String @default("x\n  b Int @map(\n}\nenum B {\n  C\n}\n'))
    assert found["Int"] == "support.type"
    assert found["enum"] == "keyword.other.declaration"
    assert found["C"] == "variable.other.enummember"


def test_a_block_keeps_its_colours_while_its_keyword_is_typed() -> None:
    found = dict(scopes("mod A {\n  id String @id\n}\n"))
    assert found["mod A {"] == "source"
    assert found["String"] == "support.type"


def test_every_word_of_the_example_is_coloured() -> None:
    """But brackets: an editor colours them by their depth."""
    for file in sorted((ROOT / "examples").rglob("*.prisma")):
        plain = {
            piece
            for piece, scope in scopes(file.read_text("utf-8"))
            if scope in ("source", "meta.block") and any(letter.isalnum() for letter in piece)
        }
        assert not plain, file.name
