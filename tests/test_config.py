"""Where settings come from and where they hold, as a user of the command line sees it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from effort import lines
from test_cli import CLEAN, DATASOURCE, UNINDEXED, cli, put

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.options import checked
from prisma_lsp.lint.places import fits, is_in_files
from prisma_lsp.lint.rule import all_rules
from prisma_lsp.locate import places
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import FIELDS, Override, from_mapping, load_file, located, merge
from prisma_lsp.syntax import document
from prisma_lsp.text import Range

ROOT = Path(__file__).parents[1]
NAMES = [rule.name for rule in all_rules()]


def found(folder: Path, *arguments: object) -> list[tuple[str, str]]:
    findings = cli("check", ".", "--format", "json", *arguments, cwd=folder).findings
    return sorted((one["file"], one["rule"]) for one in findings)


# --- the files -----------------------------------------------------------------------------------

OFF = {
    "prisma-lsp.toml": '[rules]\nmissing-fk-index = "off"\n',
    "pyproject.toml": '[project]\nname = "x"\n[tool.prisma-lsp.rules]\nmissing-fk-index = "off"\n',
    "package.json": '{"name": "x", "prisma-lsp": {"rules": {"missingFkIndex": "off"}}}',
}


@pytest.mark.parametrize("name", OFF)
def test_each_file_is_read(tmp_path: Path, name: str) -> None:
    put(tmp_path, UNINDEXED, "db/schema.prisma")
    put(tmp_path, "", ".git/HEAD")
    assert found(tmp_path) == [("db/schema.prisma", "missing-fk-index")]
    put(tmp_path, OFF[name], name)
    assert found(tmp_path) == []


def test_the_nearest_counts_and_one_of_other_tools_is_passed_by(tmp_path: Path) -> None:
    put(tmp_path, "", ".git/HEAD")
    put(tmp_path, UNINDEXED, "db/schema.prisma")
    put(tmp_path, OFF["pyproject.toml"], "pyproject.toml")
    put(tmp_path, '[project]\ndependencies = ["prisma-lsp"]\n', "db/pyproject.toml")
    put(tmp_path, '{"devDependencies": {"prisma-lsp": "1"}}', "db/package.json")
    assert found(tmp_path) == []
    put(tmp_path, '{"prisma-lsp": {}}', "db/package.json")
    assert found(tmp_path) == [("db/schema.prisma", "missing-fk-index")]


def test_nothing_above_the_repository_counts(tmp_path: Path) -> None:
    put(tmp_path, OFF["pyproject.toml"], "pyproject.toml")
    put(tmp_path, "", "repo/.git/HEAD")
    put(tmp_path, UNINDEXED, "repo/schema.prisma")
    assert len(found(tmp_path / "repo")) == 1


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("pyproject.toml", '[tool.prisma-lsp]\nselct = ["ids"]\n', "pyproject.toml:2:1: `selct`"),
        ("pyproject.toml", "[tool.prisma-lsp]\nx = [\n", "pyproject.toml:"),
        ("package.json", '{\n "prisma-lsp": {\n  "tenantKy": "x"\n }\n}', "package.json:3:3: `tenantKy`"),
        ("package.json", '{\n "prisma-lsp": {\n  "preset": strict\n }\n}', "package.json:3:"),
        ("package.json", '{"prisma-lsp": []}', "settings must be a table, not a list"),
        ("prisma-lsp.toml", 'select = ["idz"]\n', "prisma-lsp.toml:1:11: `select`: `idz` is no rule"),
        ("prisma-lsp.toml", 'select = "ids"\n', "must be a list of strings, not a string"),
        ("prisma-lsp.toml", "ignore = [1]\n", "must be a list of strings, and one of them is a number"),
        ("prisma-lsp.toml", "[rules]\nrequire-timestamps = { creatd = 3 }\n", "prisma-lsp.toml:2:24: `rules.require-timestamps.creatd`: is not an option of this rule; did you mean `created`?"),
        ("prisma-lsp.toml", '[[overrides]]\nfiles = ["../x"]\nrules = {}\n', "prisma-lsp.toml:2:10: "),
        ("prisma-lsp.toml", '[[overrides]]\nfiles = ["/x"]\n', "must be a path from the folder"),
        ("prisma-lsp.toml", '[[overrides]]\nrules = {}\n', "needs `files` or `models`"),
        ("prisma-lsp.toml", '[[overrides]]\nmodels = ["A"]\n', "has no `rules`"),
        ("prisma-lsp.toml", '\n[[overrides]]\nmodels = [""]\n', "from 1 to 500 characters"),
        ("prisma-lsp.toml", "overrides = 3\n", "must be a list of tables, not a number"),
        (
            "prisma-lsp.toml",
            '[[overrides]]\nmodels = ["A"]\nrules.id-strategy = "off"\n'
            '[[overrides]]\nmodels = ["B"]\nrules.id-stategy = "off"\n',
            "prisma-lsp.toml:6:7: ",
        ),
        (
            "prisma-lsp.toml", 'select = ["id-strategy"]\nignore = ["id-strategy"]\n',
            "prisma-lsp.toml:2:11: `ignore`: `id-strategy` is selected and ignored",
        ),
        (
            "prisma-lsp.toml", 'ignore = ["id-strategy"]\n[rules]\nid-strategy = "error"\n',
            "has a level here and is ignored",
        ),
        (
            "prisma-lsp.toml",
            '[rules]\nunbounded-string = "error"\nprefer-text-over-varchar = "error"\n',
            "prisma-lsp.toml:2:1: `rules.unbounded-string`: contradicts `prefer-text-over-varchar`",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_located(tmp_path: Path, name: str, text: str, place: str) -> None:
    put(tmp_path, CLEAN)
    put(tmp_path, text, name)
    result = cli("check", cwd=tmp_path)
    assert result.code == 2
    assert result.err.startswith(f"prisma-lsp: {name}")
    assert place in result.err


@pytest.mark.parametrize(
    ("name", "text", "key", "line", "column"),
    [
        # The same key in several places.
        (
            "prisma-lsp.toml",
            '[rules]\nid-strategy = { level = "off" }\n# level\nmissing-fk-index = { level = "warn" }\n',
            "rules.missing-fk-index.level", 4, 22,
        ),
        ("prisma-lsp.toml", '[rules]\n"missing-fk-index".level = "warn"\n', "rules.missing-fk-index.level", 2, 20),
        (
            "prisma-lsp.toml",
            '[[overrides]]\nmodels = ["A"]\n[overrides.rules]\nid-strategy = "off"\n'
            '[[overrides]]\nmodels = ["B"]\n[overrides.rules]\nid-strategy = "of"\n[rules]\nid-strategy="off"\n',
            "overrides[1].rules.id-strategy", 8, 1,
        ),
        # The first of the overrides is wrong, and the second is still the second.
        (
            "prisma-lsp.toml",
            '[[overrides]]\nrules.id-strategy = "off"\n'
            '[[overrides]]\nmodels = ["B"]\nrules.require-timestamps = { creatd = "x" }\n',
            "overrides[1].rules.require-timestamps.creatd", 5, 30,
        ),
        ("prisma-lsp.toml", 'overrides = [\n  { models = ["A"], rules = { nope = "off" } },\n]\n', "overrides[0].rules.nope", 2, 31),
        ("prisma-lsp.toml", 'select = [\n  "ids", # idz\n  "idz",\n]\n', "select", 3, 3),
        ("prisma-lsp.toml", 'select = """ids"""\n', "select", 1, 1),
        ("pyproject.toml", '[tool.other]\npreset = 1\n[tool.prisma-lsp]\npreset = 1\n', "preset", 4, 1),
        ("pyproject.toml", '[tool]\nprisma-lsp = { preset = 1 }\n', "preset", 2, 16),
        ("package.json", '{"preset": "x", "prisma-lsp": {"rules": {"idStrategy": {"level": "of"}}}}', "rules.idStrategy.level", 1, 57),
        ("package.json", '{"prisma-lsp": {"ignore": ["ids", "\\u0069dz", {"a": 1}]}}', "ignore", 1, 47),
    ],
)  # fmt: skip
def test_the_place_is_that_of_the_key(
    tmp_path: Path, name: str, text: str, key: str, line: int, column: int
) -> None:
    path = put(tmp_path, text, name)
    layer, problems = load_file(path, rules=NAMES)
    problems += located(checked(layer, str(path))[1], path)
    assert (key, line, column) in [(one.key, one.line, one.column) for one in problems]


def test_places_give_up_quietly() -> None:
    for text in ("", "[", "a", "a = {", "a = [[[", "[[a", "a." * 1000, "a = " + "[" * 10_000, '"'):
        for is_json in (True, False):
            places(text, is_json=is_json)


def test_a_folder_or_a_device_for_a_file(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    (tmp_path / "prisma-lsp.toml").mkdir()
    result = cli("check", cwd=tmp_path)
    assert (result.code, result.err) == (2, "prisma-lsp: prisma-lsp.toml: is not a file\n")
    (tmp_path / "prisma-lsp.toml").rmdir()
    (tmp_path / "prisma-lsp.toml").symlink_to("/dev/zero")
    assert "is not a file" in cli("check", cwd=tmp_path).err
    (tmp_path / "prisma-lsp.toml").unlink()
    (tmp_path / "prisma-lsp.toml").symlink_to("prisma-lsp.toml")
    one = cli("check", cwd=tmp_path)
    assert one.code == 2 and len(one.err.splitlines()) == 1
    (tmp_path / "prisma-lsp.toml").unlink()
    os.mkfifo(tmp_path / "pyproject.toml")
    assert cli("check", cwd=tmp_path).code == 0


# --- overrides -----------------------------------------------------------------------------------

TWO = UNINDEXED + UNINDEXED.removeprefix(DATASOURCE).replace("Order", "OldOrder").replace(
    "Shop", "OldShop"
).replace('@@map("', '@@map("old_')  # fmt: skip


@pytest.mark.parametrize(
    ("override", "count"),
    [
        ('models = ["Old*"]', 1), ('models = ["*"]', 0), ('models = ["Order", "OldOrder"]', 0),
        ('models = ["old*"]', 2), ('files = ["db/**"]', 0), ('files = ["*.prisma"]', 0),
        ('files = ["db/"]', 0), ('files = ["other/**"]', 2),
        ('files = ["db/*"]\nmodels = ["Order"]', 1),
    ],
)  # fmt: skip
def test_overrides(tmp_path: Path, override: str, count: int) -> None:
    put(tmp_path, "", ".git/HEAD")
    put(tmp_path, TWO, "db/schema.prisma")
    put(
        tmp_path, f'[[overrides]]\n{override}\nrules.missing-fk-index = "off"\n', "prisma-lsp.toml"
    )
    assert len(found(tmp_path)) == count


def test_a_later_override_counts_before_an_earlier_one(tmp_path: Path) -> None:
    put(tmp_path, TWO)
    put(
        tmp_path,
        '[rules]\nmissing-fk-index = "off"\n'
        '[[overrides]]\nmodels = ["*Order"]\nrules.missing-fk-index = "error"\n'
        '[[overrides]]\nmodels = ["Old*"]\nrules.missing-fk-index = "hint"\n',
        "prisma-lsp.toml",
    )
    findings = cli("check", "--format", "json", cwd=tmp_path).findings
    assert [one["severity"] for one in findings] == ["error", "hint"]


def test_overrides_stay_incremental() -> None:
    settings, problems = from_mapping(
        {"overrides": [{"models": ["Old*"], "rules": {"missing-fk-index": "off"}}]},
        rules=NAMES, source="x",
    )  # fmt: skip
    assert not problems
    linter = Linter(
        Schema({"a.prisma": document.read(TWO)}), Environment(merge(settings), Migrations.none())
    )
    linter.work()

    def rules() -> list[str]:
        blocks = linter.schema.files["a.prisma"].blocks
        return [block.name for block in blocks for one in linter.findings(block) if one.rule == "missing-fk-index"]

    assert rules() == ["Order"]
    # A renamed model is another place.
    line = next(n for n, text in enumerate(linter.schema.files["a.prisma"].lines) if text.startswith("model OldOrder"))
    change = document.edit(linter.schema.files["a.prisma"], Range(line, 6, line, 9), "New")
    schema, keys = linter.schema.with_change("a.prisma", change)
    linter.update(schema, "a.prisma", change.removed, change.added, keys)
    linter.work()
    assert rules() == ["Order", "NewOrder"]


@pytest.mark.parametrize(
    ("pattern", "path", "is_in"),
    [
        ("**", "a/b.prisma", True), ("a/**", "a/b/c.prisma", True), ("a/**/c.prisma", "a/c.prisma", True),
        ("a/*", "a/b/c.prisma", False), ("c.prisma", "a/b/c.prisma", True), ("./a/", "a/b.prisma", True),
        ("?.prisma", "x/c.prisma", True), ("[c].prisma", "c.prisma", False), ("a\\b.prisma", "a/b.prisma", True),
        ("**/b/**", "a/b/c/d.prisma", True), ("**/x/**", "a/b/c/d.prisma", False),
    ],
)  # fmt: skip
def test_patterns_of_paths(pattern: str, path: str, is_in: bool) -> None:
    override = Override((pattern,), (), base="/w")
    assert is_in_files(override, f"/w/{path}") is is_in
    assert not is_in_files(override, f"/elsewhere/{path}")


def test_no_pattern_takes_long() -> None:
    """At most every place of a pattern at every place of a path."""
    deep = Override(("**/a/" * 100 + "b",), (), base="/w")
    assert lines(lambda: fits("*a" * 250, "a" * 249 + "b")) < 4 * 500 * 250
    assert lines(lambda: fits("*" * 500 + "b", "a" * 1000)) < 4 * 500 * 1000
    assert lines(lambda: is_in_files(deep, "/w/" + "a/" * 200 + "c")) < 20 * 200 * 200
    assert not fits("*a" * 250, "a" * 249 + "b")
    assert not is_in_files(deep, "/w/" + "a/" * 200 + "c")


# --- the published schema ------------------------------------------------------------------------

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs/prisma-lsp.schema.json").read_text("utf-8"))


def accepts(value: Any) -> bool:
    return bool(jsonschema.validators.validator_for(SCHEMA)(SCHEMA).is_valid(value))


def test_the_schema_is_one() -> None:
    jsonschema.validators.validator_for(SCHEMA).check_schema(SCHEMA)
    assert SCHEMA["$schema"].startswith("http")


@pytest.mark.parametrize(
    ("data", "good"),
    [
        ({}, True), ({"preset": "strict", "tenant-key": "shopId", "max-diagnostics": 5}, True),
        ({"select": ["ids", "missing-fk-index", "all"], "ignore": ["naming"]}, True),
        ({"rules": {"missing-fk-index": "error"}}, True),
        ({"rules": {"require-timestamps": {"level": "off", "created": "made"}}}, True),
        ({"overrides": [{"models": ["A*"], "rules": {"id-strategy": "off"}}]}, True),
        ({"presets": "strict"}, False), ({"preset": "none"}, False), ({"max-diagnostics": 0}, False),
        ({"select": ["nope"]}, False), ({"rules": {"nope": "off"}}, False),
        ({"rules": {"missing-fk-index": "warn"}}, False),
        ({"rules": {"require-timestamps": {"created": 3}}}, False),
        ({"rules": {"require-timestamps": {"creatd": "x"}}}, False),
        ({"overrides": [{"rules": {"id-strategy": "off"}}]}, False),
    ],
)  # fmt: skip
def test_the_schema_and_the_reader_agree(data: dict[str, Any], good: bool) -> None:
    layer, problems = from_mapping(data, rules=NAMES, source="x")
    problems += checked(layer, "x")[1]
    assert (not problems) is good
    assert accepts(data) is good


def test_the_schema_knows_every_setting_and_rule() -> None:
    assert set(SCHEMA["properties"]) == {field.name for field in FIELDS}
    assert set(SCHEMA["$defs"]["rules"]["properties"]) == set(NAMES)
