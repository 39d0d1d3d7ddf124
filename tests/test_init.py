"""`prisma-lsp init`: settings that fit, a baseline, comments, and what prisma-lint's file says."""

from __future__ import annotations

import json
import os
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
    # A migration is not touched: Prisma would take it for another one.
    rest = [one for one in found if one["source"] != "prisma"]
    assert {os.path.basename(one["file"]) for one in rest} <= {"migration.sql"}
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
        (".prismalintrc", "rules: &a\n  a: error\n", "line 1 is YAML that is not understood; as JSON it can"),
        (".prismalintrc.yaml", "rules:\n\ta: x\n", "line 2 is YAML that is not understood"),
        (".prismalintrc.yml", "- a\n", "has no table of rules"),
        ("prismalint.config.mjs", "throw 1", "is a program, which is not run"),
        (".prismalintrc.js", "throw 1", "is a program, which is not run"),
        (".prismalintrc.json", "[]", "has no table of rules"),
        (".prismalintrc.json", "[" * 100_000, "nothing was taken over: it cannot be read"),
        (".prismalintrc.json", "rules: {}", "nothing was taken over: it cannot be read"),
    ],
)
def test_what_cannot_be_translated_is_told(tmp_path: Path, name: str, text: str, said: str) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, text, name)
    result = cli("init", cwd=tmp_path)
    assert result.code == 0
    assert said in result.out
    assert settings(tmp_path)["preset"] == "recommended"


YAML = """\
# How we name things
rules:
  model-name-grammatical-number:
    - error
    - style: plural
      allowlist: ["News", 'Data'] # two of them
  field-name-camel-case: off
  require-field-type:
  - error
  - require:
    - {ifName: "/Id$/", type: String, nativeType: Uuid}
    - ifName: id
      type: Int
  require-field: [error, {require: [id, {name: currencyCode, ifSibling: "/D6$/"}]}]
"""


@pytest.mark.parametrize("name", [".prismalintrc", ".prismalintrc.yaml", ".config/prismalintrc.yml", "package.yaml"])
def test_yaml_is_read(tmp_path: Path, name: str) -> None:
    put(tmp_path, "", ".git/HEAD")
    put(tmp_path, UNINDEXED, "db/schema.prisma")
    text = YAML
    if name == "package.yaml":
        text = "name: x\nprismalint:\n" + "".join(f"  {line}\n" for line in YAML.splitlines())
    put(tmp_path, text, name)
    result = cli("init", "db", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    rules = settings(tmp_path / "db")["rules"]
    assert rules["model-name-number"] == {"level": "error", "number": "plural", "allow": ["News", "Data"]}
    assert rules["field-name-case"] == "off"
    assert rules["require-field-type"]["types"] == ["/Id$/ String @db.Uuid", "id Int"]
    assert rules["require-field"]["fields"] == ["id", "currencyCode if /D6$/"]


@pytest.mark.parametrize(
    ("rule", "setting", "ours", "level"),
    [
        ("ban-unbounded-string-type", "error", "unbounded-string", {"level": "error", "text": "forbidden"}),
        ("enum-name-pascal-case", "error", "enum-name-case", "error"),
        ("enum-value-case", ["error", {"style": "snake", "case": "upper"}], "enum-value-case", "error"),
        ("enum-value-case", ["error", {"style": "camel"}], "enum-value-case", "off"),
        ("enum-value-snake-case", "error", "enum-value-case", "off"),
        ("enum-value-snake-case", ["error", {"case": "upper"}], "enum-value-case", "error"),
        ("field-name-camel-case", "error", "field-name-case", "error"),
        ("field-name-grammatical-number", ["error", {"ifList": "plural"}], "list-field-number", "error"),
        ("field-name-grammatical-number", ["error", {"ifList": "singular"}], "list-field-number", "off"),
        ("field-name-mapping-snake-case", "error", "column-name-case", "error"),
        ("field-name-mapping-snake-case", ["error", {"requireUnderscorePrefixForIds": True}], "column-name-case", "off"),
        ("field-order", ["error", {"order": ["id"]}], "field-order", {"level": "error", "order": ["id"]}),
        ("forbid-field", ["error", {"forbid": ["/^a/"]}], "forbid-field-name", {"level": "error", "names": ["/^a/"]}),
        ("forbid-required-ignored-field", "error", "required-ignored-field", "error"),
        ("model-name-grammatical-number", ["error", {"style": "singular"}], "model-name-number", {"level": "error", "number": "singular", "allow": []}),
        ("model-name-mapping-snake-case", "error", "table-name-case", {"level": "error", "number": "singular"}),
        ("model-name-pascal-case", "off", "model-name-case", "off"),
        ("model-name-prefix", ["error", {"prefix": "Db"}], None, None),
        ("require-default-empty-arrays", "error", "list-default", "error"),
        ("require-field", ["error", {"require": ["id"]}], "require-field", {"level": "error", "fields": ["id"]}),
        ("require-field-index", ["error", {"forNames": ["a"]}], "require-index-on", {"level": "error", "fields": ["a"]}),
        ("require-field-type", ["error", {"require": [{"ifName": "a", "type": "Int"}]}], "require-field-type", {"level": "error", "types": ["a Int"]}),
    ],
)  # fmt: skip
def test_each_rule_of_prisma_lint(rule: str, setting: Any, ours: str | None, level: Any, tmp_path: Path) -> None:
    from prisma_lsp.prismalint import translate

    put(tmp_path, json.dumps({"rules": {rule: setting}}), ".prismalintrc.json")
    found = translate(str(tmp_path))
    assert found is not None
    if ours is None:
        assert not found.rules and found.left == [f"{rule}: has no counterpart"]
        return
    got = found.rules[ours]
    wanted = {"level": level} if isinstance(level, str) else dict(level)
    assert got.level == wanted.pop("level")
    assert {key: list(value) if isinstance(value, tuple) else value for key, value in got.options.items()} == wanted
    assert bool(found.left) is (level == "off" and setting != "off")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("a: 1\nb: -1.5\nc: ~\nd: yes\ne: true\n", {"a": 1, "b": -1.5, "c": None, "d": "yes", "e": True}),
        ("- a\n- - b\n  - c\n- k: v\n  l: w\n-\n  m: n\n", ["a", ["b", "c"], {"k": "v", "l": "w"}, {"m": "n"}]),
        ("a:\n\nb:\n  c: d e f\n", {"a": None, "b": {"c": "d e f"}}),
        ("it's: don't\nx: [it's, 'it''s', \"\\u0041\"]\n", {"it's": "don't", "x": ["it's", "it's", "A"]}),
        ('{\n  # c\n  a: 1,\n\n  "b": [x,\n y,]}\n', {"a": 1, "b": ["x", "y"]}),
        ("e: 'x # y' # z\nf: x#y\ng: http://a.b/c\n", {"e": "x # y", "f": "x#y", "g": "http://a.b/c"}),
    ],
)  # fmt: skip
def test_plain_yaml(text: str, value: Any) -> None:
    from prisma_lsp import plainyaml

    assert plainyaml.read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1", "a: *x", "a: !t b", "a: |\n  x\n", "a: >\n x", "? a", "a: b\n c: d", "a: [1", "\ta: b",
        "a: b: c", "a: {b: c", "a:\n  - b\n c: d\n", "[" * 900, "- " * 400, 'a: "\\q"', "%YAML 1.2",
        "a: 1\na: 2", "x" * 2000, "a: b\n" * 20_000, "'", '"\\' * 400, "a" + " " * 900 + "b: [",
    ],
)  # fmt: skip
def test_yaml_that_is_more_is_refused(text: str) -> None:
    from prisma_lsp import plainyaml

    with pytest.raises(plainyaml.NotRead):
        plainyaml.read(text)
