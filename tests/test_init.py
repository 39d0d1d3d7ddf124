"""`prisma-lsp init`: settings that fit, a baseline, comments, and what prisma-lint's file says."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from test_cli import DATASOURCE, UNINDEXED, cli, one_line, put

ROOT = Path(__file__).parents[1]
SNAKE = DATASOURCE + "".join(
    f"""\
model {name} {{
  id         Int      @id @default(autoincrement())
  first_name String
  inserted_at DateTime @default(now())
  modified_at DateTime @updatedAt
  {'fooBar    Int' if name == 'reports' else 'foo_bar    Int'}
}}

"""
    for name in ("customers", "orders", "invoices", "payments", "reports", "visits", "shops")
)


def settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "prisma-lsp.toml").read_text("utf-8"))


def rules_found(folder: Path, *arguments: object) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in cli("check", "--format", "json", *arguments, cwd=folder).findings:
        counts[one["rule"]] = counts.get(one["rule"], 0) + 1
    return counts


def test_the_settings_fit_what_is_there(tmp_path: Path) -> None:
    put(tmp_path, SNAKE)
    assert len(rules_found(tmp_path)) > 3
    result = cli("init", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    rules = settings(tmp_path)["rules"]
    assert rules["model-name-case"] == rules["field-name-case"] == rules["id-strategy"] == "off"
    assert rules["model-name-number"] == {"number": "plural"}
    text = (tmp_path / "prisma-lsp.toml").read_text("utf-8")
    assert "# table-name-case: 100 % of 7 places" in text
    # Only the one name that is not as all the others.
    assert rules_found(tmp_path) == {"column-name-case": 1}


def test_the_tenant_key_and_soft_delete_are_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/shop", tmp_path / "shop")
    assert cli("init", "shop", "--force", cwd=tmp_path).code == 0
    assert settings(tmp_path / "shop")["tenant-key"] == "shopId"
    assert "# Soft delete: deletedAt (1)." in (tmp_path / "shop/prisma-lsp.toml").read_text("utf-8")


def test_a_convention_that_is_followed_is_reported_only_where_it_is_not(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/shop", tmp_path / "shop")
    before = rules_found(tmp_path / "shop")
    cli("init", "shop", "--force", cwd=tmp_path)
    assert rules_found(tmp_path / "shop") == before


def test_baseline(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/shop", tmp_path / "shop")
    result = cli("init", "--baseline", "--force", "shop", cwd=tmp_path)
    assert result.code == 0
    assert "prisma-lsp check --baseline shop/prisma-lsp-baseline.json" in result.out
    again = cli("check", "shop", "--baseline", "shop/prisma-lsp-baseline.json", cwd=tmp_path)
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("No findings in ")


def test_add_ignores(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples/shop", tmp_path / "shop")
    result = cli("init", "--add-ignores", "--force", "shop", cwd=tmp_path)
    assert result.code == 0
    found = cli("check", "shop", "--format", "json", cwd=tmp_path).findings
    assert {one["source"] for one in found} <= {"prisma"}
    texts = [path.read_text("utf-8") for path in (tmp_path / "shop").rglob("*.prisma")]
    assert any("  // prisma-lsp-ignore missing-fk-index: found when" in text for text in texts)


def test_add_ignores_keeps_line_ends_and_other_lines(tmp_path: Path) -> None:
    path = put(tmp_path, UNINDEXED.replace("\n", "\r\n"))
    cli("init", "--add-ignores", cwd=tmp_path)
    lines = path.read_bytes().decode("utf-8").split("\r\n")
    assert [line for line in lines if "prisma-lsp-ignore" not in line] == UNINDEXED.split("\n")
    assert cli("check", cwd=tmp_path).code == 0


def test_what_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, "# mine\n", "prisma-lsp.toml")
    one_line(cli("init", "--baseline", cwd=tmp_path), "is there already; --force replaces it")
    assert (tmp_path / "prisma-lsp.toml").read_text("utf-8") == "# mine\n"
    assert not (tmp_path / "prisma-lsp-baseline.json").exists()
    assert cli("init", "--force", cwd=tmp_path).code == 0


def test_all_or_nothing(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED).chmod(0o444)
    one_line(cli("init", "--add-ignores", cwd=tmp_path), "read-only; nothing was written")
    assert not (tmp_path / "prisma-lsp.toml").exists()
    (tmp_path / "prisma-lsp-baseline.json").mkdir()
    one_line(cli("init", "--baseline", cwd=tmp_path), "nothing was written")
    assert not (tmp_path / "prisma-lsp.toml").exists()


@pytest.mark.parametrize("text", [None, "model A {\n  id Int @id\n\xff"])
def test_nothing_to_learn_from(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "schema.prisma").write_bytes(text.encode("latin-1"))
    assert cli("init", cwd=tmp_path).code == 2
    assert not (tmp_path / "prisma-lsp.toml").exists()


def test_one_place_is_no_custom(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED.replace(", onDelete: Restrict, onUpdate: Cascade", ""))
    cli("init", cwd=tmp_path)
    text = (tmp_path / "prisma-lsp.toml").read_text("utf-8")
    few = text.partition("# Too few places to tell, so they stay on:\n")[2]
    assert few.startswith("# explicit-referential-actions: 0 % of 1 place\n")


def test_an_empty_schema(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE)
    assert cli("init", "--baseline", cwd=tmp_path).code == 0
    assert cli("check", cwd=tmp_path).code == 0


def test_two_ways_to_one_end(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    assert cli("init", "--baseline", "--add-ignores", cwd=tmp_path).code == 2


# --- prisma-lint ---------------------------------------------------------------------------------

THEIRS = {
    "rules": {
        "model-name-grammatical-number": ["error", {"style": "plural", "allowlist": ["News"]}],
        "model-name-mapping-snake-case": ["error", {"pluralize": True, "trimPrefix": "Db"}],
        "field-name-camel-case": "off",
        "require-field": ["error", {"require": ["id", "tenantId"]}],
        "forbid-field": ["error", {"forbid": ["uuid"]}],
        "require-field-index": ["error", {"forAllRelations": True, "forNames": "tenantId"}],
        "require-field-type": [
            "error", {"require": [{"ifName": "id", "type": "String", "nativeType": "Uuid"}]},
        ],
        "ban-unbounded-string-type": ["error", {"allowNativeTextType": True}],
        "field-order": ["error", {"order": ["id", "..."]}],
        "made-up-rule": "error",
        "require-default-empty-arrays": "loud",
    }
}  # fmt: skip


@pytest.mark.parametrize("name", [".prismalintrc.json", ".prismalintrc", "package.json"])
def test_a_configuration_of_prisma_lint_is_translated(tmp_path: Path, name: str) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, json.dumps({"prismalint": THEIRS} if name == "package.json" else THEIRS), name)
    result = cli("init", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    rules = settings(tmp_path)["rules"]
    assert rules["model-name-number"] == {"level": "error", "number": "plural", "allow": ["News"]}
    assert rules["table-name-case"] == {"level": "error", "number": "plural"}
    assert rules["field-name-case"] == "off"
    assert rules["require-field"] == {"level": "error", "fields": ["id", "tenantId"]}
    assert rules["forbid-field-name"] == {"level": "error", "names": ["uuid"]}
    assert rules["missing-fk-index"] == "error"
    assert rules["require-index-on"] == {"level": "error", "fields": ["tenantId"]}
    assert rules["require-field-type"] == {"level": "error", "types": ["id String @db.Uuid"]}
    assert rules["unbounded-string"] == {"level": "error", "text": "allowed"}
    assert rules["field-order"] == {"level": "error", "order": ["id", "..."]}
    for line in (
        "model-name-mapping-snake-case: the option trimPrefix was not taken over",
        "made-up-rule: has no counterpart",
        "require-default-empty-arrays: its setting is none that prisma-lint takes",
    ):
        assert f"  {line}\n" in result.out
        assert f"# not taken over: {line}\n" in (tmp_path / "prisma-lsp.toml").read_text("utf-8")
    # What was written is what we take.
    assert cli("check", cwd=tmp_path).err == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (".prismalintrc", "rules:\n  a: error\n", "is no JSON"),
        (".prismalintrc.yaml", "rules: {}", "is YAML: write it as .prismalintrc.json"),
        (".prismalintrc.js", "throw 1", "is a program, which is not run"),
        (".prismalintrc.json", "[]", "has no table of rules"),
        (".prismalintrc.json", "[" * 100_000, "is no JSON"),
    ],
)
def test_what_cannot_be_translated_is_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, text, name)
    result = cli("init", cwd=tmp_path)
    assert result.code == 0
    assert said in result.out
    assert settings(tmp_path)["preset"] == "recommended"
