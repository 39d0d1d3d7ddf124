"""Settings: layers from any source, problems instead of exceptions."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from prisma_lsp.settings import (
    FIELDS,
    Layer,
    Options,
    Problem,
    RuleSetting,
    Settings,
    find_file,
    from_mapping,
    load_file,
    merge,
)

RULES = ("missing-fk-index", "id-strategy", "table-name-case")


def read(data: object) -> tuple[Settings, list[Problem]]:
    layer, problems = from_mapping(data, rules=RULES, source="client")
    return merge(layer), problems


def test_defaults() -> None:
    assert merge() == Settings(
        "recommended", "auto", "auto", 1000, None, "auto", "newest", True, True, True, False, False, False, False, Options()
    )
    assert merge(Layer()) == Settings()
    assert hash(merge()) == hash(Settings())
    assert merge().rule("id-strategy") == RuleSetting()


def test_fields_describe_every_setting() -> None:
    assert [field.attribute for field in FIELDS] == list(Settings._fields)
    assert [field.client_name for field in FIELDS] == [
        "preset",
        "validity",
        "stepBack",
        "maxDiagnostics",
        "tenantKey",
        "database",
        "migrations",
        "renameKeepsDatabaseName",
        "codeLens",
        "inlayReferentialActions",
        "inlayTableNames",
        "inlayColumnNames",
        "inlayConstraintNames",
        "inlayRelationNames",
        "rules",
        "select",
        "extendSelect",
        "ignore",
        "overrides",
    ]
    for field in FIELDS:
        assert field.doc.endswith(".")
        assert field.default == getattr(Settings(), field.attribute)


@pytest.mark.parametrize("key", ["max-diagnostics", "maxDiagnostics", "max_diagnostics"])
def test_every_case_of_key(key: str) -> None:
    assert read({key: 5}) == (Settings(max_diagnostics=5), [])


@pytest.mark.parametrize("key", ["missing-fk-index", "missingFkIndex", "missing_fk_index"])
def test_every_case_of_rule(key: str) -> None:
    settings, problems = read({"rules": {key: "off"}})
    assert settings.rules == Options({"missing-fk-index": RuleSetting("off")})
    assert problems == []


@pytest.mark.parametrize(
    ("validity", "step_back", "reports"),
    [("auto", "off", True), ("auto", "auto", True), ("auto", "on", False), ("on", "on", True), ("off", "off", False)],
)
def test_what_prisma_rejects_is_left_to_prisma_only_where_nobody_chose(
    validity: Any, step_back: Any, reports: bool
) -> None:
    assert Settings(validity=validity, step_back=step_back).reports_validity is reports


def test_all_settings() -> None:
    settings, problems = read(
        {
            "validity": "off",
            "stepBack": "on",
            "maxDiagnostics": 7.0,
            "tenantKey": "shopId",
            "database": "new",
            "rules": {
                "id-strategy": {"level": "error", "allowList": ["a", ["b"]], "x": {"y": 1}},
                "table-name-case": {"plural": False},
            },
        }
    )
    assert problems == []
    assert settings[1:6] == ("off", "on", 7, "shopId", "new")
    assert settings.rule("id-strategy") == RuleSetting(
        "error", Options({"allow_list": ("a", ("b",)), "x": Options({"y": 1})})
    )
    assert settings.rule("table-name-case") == RuleSetting(None, Options({"plural": False}))
    assert hash(settings) == hash(settings._replace())
    with pytest.raises(TypeError):
        settings.rules["x"] = 1  # type: ignore[index]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        {"prismaLsp": None},
        {"tenantKey": None, "rules": None, "validity": None},
        {"rules": {"id-strategy": None}},
        {"rules": {"id-strategy": {"level": None, "x": None}}},
        {"tenantKey": ""},
    ],
)
def test_nothing_given(data: object) -> None:
    assert read(data) == (Settings(), [])


def test_the_section_under_its_name() -> None:
    assert read({"prismaLsp": {"validity": "on"}}) == (Settings("recommended", "on"), [])
    assert read({"prisma-lsp": {"validity": "on"}}) == (Settings("recommended", "on"), [])


@pytest.mark.parametrize(
    ("data", "key", "message"),
    [
        ([], "", "settings must be a table, not a list"),
        ("x", "", "settings must be a table, not a string"),
        (3, "", "settings must be a table, not a number"),
        (
            {"validty": "on"},
            "validty",
            "unknown setting; did you mean `validity`?",
        ),
        ({"maxDiagnostic": 1}, "maxDiagnostic", "did you mean `max-diagnostics`?"),
        ({"zzz": 1}, "zzz", "unknown setting"),
        ({10**5000: 1}, "int", "unknown setting"),
        (
            {"validity": "onn"},
            "validity",
            'must be one of "auto", "on", "off", not "onn"; did you mean `on`?',
        ),
        ({"validity": True}, "validity", "not a boolean"),
        ({"database": ["new"]}, "database", "not a list"),
        ({"max-diagnostics": "10"}, "max-diagnostics", "must be a whole number, not a string"),
        ({"max-diagnostics": True}, "max-diagnostics", "not a boolean"),
        ({"max-diagnostics": 1.5}, "max-diagnostics", "not a number"),
        ({"max-diagnostics": float("nan")}, "max-diagnostics", "not a number"),
        ({"max-diagnostics": 0}, "max-diagnostics", "must be from 1 to 100000, not 0"),
        ({"max-diagnostics": 10**5000}, "max-diagnostics", "not a number"),
        ({"tenant-key": 3}, "tenant-key", "must be a string, not a number"),
        ({"tenant-key": "a b"}, "tenant-key", 'must be the name of a field, not "a b"'),
        ({"rules": ["x"]}, "rules", "must be a table of rules, not a list"),
        (
            {"rules": {"missing-fk-indx": "off"}},
            "rules.missing-fk-indx",
            "unknown rule; did you mean `missing-fk-index`?",
        ),
        ({"rules": {"id-strategy": "of"}}, "rules.id-strategy", "did you mean `off`?"),
        ({"rules": {"id-strategy": 1}}, "rules.id-strategy", "must be a level or a table"),
        ({"rules": {"id-strategy": {"level": 1}}}, "rules.id-strategy.level", "not 1"),
        (
            {"validity": "on", "Validity": "off"},
            "Validity",
            "is the same setting as `validity`; the first one counts",
        ),
    ],
)
def test_wrong_values(data: object, key: str, message: str) -> None:
    settings, problems = read(data)
    assert len(problems) == 1
    assert problems[0].source == "client"
    assert problems[0].key == key
    assert message in problems[0].message
    assert settings._replace(validity="auto") == Settings()


def test_the_rest_of_a_wrong_layer_counts() -> None:
    settings, problems = read({"validity": 1, "database": "new", "rules": {"x": "off"}})
    assert settings == Settings(database="new")
    assert [str(problem).split(":")[:2] for problem in problems] == [
        ["client", " `validity`"],
        ["client", " `rules.x`"],
    ]


def test_hostile_values() -> None:
    deep: object = 1
    for _ in range(5_000):
        deep = [deep]
    _, problems = read({"rules": {"id-strategy": {"a": deep, "b": {1, 2}, "c": object()}}})
    assert [problem.message for problem in problems] == [
        "is nested too deeply",
        "cannot be a set",
    ]
    _, problems = read({"x" * 1_000_000: 1})
    assert len(problems) == 1


def test_merge_lays_later_over_earlier() -> None:
    def layer(data: object) -> Layer:
        return from_mapping(data, rules=RULES, source="")[0]

    settings = merge(
        layer({"validity": "on", "tenantKey": "a", "rules": {"id-strategy": "off"}}),
        layer({"tenantKey": "b", "rules": {"id-strategy": {"x": 1, "y": 1}}}),
        layer({"rules": {"id-strategy": {"level": "hint", "x": 2}, "missing-fk-index": "error"}}),
        layer({"rules": {"id-strategy": {}}}),
    )
    assert settings == Settings(
        validity="on",
        tenant_key="b",
        rules=Options(
            {
                "id-strategy": RuleSetting("hint", Options({"x": 2, "y": 1})),
                "missing-fk-index": RuleSetting("error"),
            }
        ),
    )


def load(path: Path, text: str | bytes) -> tuple[Settings, list[Problem]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    layer, problems = load_file(path, rules=RULES)
    assert all(problem.source == str(path) for problem in problems)
    return merge(layer), problems


def test_a_file(tmp_path: Path) -> None:
    settings, problems = load(
        tmp_path / "prisma-lsp.toml",
        '\ufeffvalidity = "off"\r\nmax-diagnostics = 5\r\ntenant-key = "shopId"\n[rules]\n'
        'missing-fk-index = "off"\nid-strategy = { level = "warning", since = 2020-01-01 }\n',
    )
    assert problems == []
    assert settings == Settings(
        validity="off",
        max_diagnostics=5,
        tenant_key="shopId",
        rules=Options(
            {
                "missing-fk-index": RuleSetting("off"),
                "id-strategy": RuleSetting(
                    "warning", Options({"since": datetime.date(2020, 1, 1)})
                ),
            }
        ),
    )
    assert hash(settings)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('validity = "on"\nx == 1\n', 2, 4, "invalid value"),
        ('a = 1\nvalidity = "on', 2, 15, "unterminated string"),
        (b"a = 1\nb = '\xe9'\n", 2, None, "is not UTF-8"),
        ("[rules]\n\nmissing-fk-index = 'of'\n", 3, 1, "did you mean `off`?"),
        ('rules = { id-strategy = "of" }\n', 1, 11, "did you mean `off`?"),
        ("\n\n'tenant-key' = 1\n", 3, 1, "must be a string"),
        ("[rules.id-strategy]\nlevel = 1\n", 2, 1, "must be one of"),
        ("a = " + "[" * 100_000, None, None, "is nested too deeply"),
    ],
)
def test_wrong_files(
    tmp_path: Path, text: str | bytes, line: int | None, column: int | None, message: str
) -> None:
    settings, problems = load(tmp_path / "prisma-lsp.toml", text)
    assert settings == Settings()
    assert message in problems[-1].message
    assert (problems[-1].line, problems[-1].column) == (line, column)


def test_unreadable_files(tmp_path: Path) -> None:
    def message(path: Path) -> str:
        layer, problems = load_file(path, rules=RULES)
        assert layer == Layer()
        return problems[0].message

    assert message(tmp_path / "none") == "does not exist"
    assert message(tmp_path) == "is not a file"
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * (1024 * 1024 + 1))
    assert message(big) == "is larger than 1024 KiB"


def test_finding_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "repo/packages/db"
    folder.mkdir(parents=True)
    outer = tmp_path / "prisma-lsp.toml"
    outer.touch()
    # Neither a root nor a repository is above: only the folder itself.
    assert find_file(folder, None) is None
    assert find_file(tmp_path, None) == outer
    (tmp_path / "repo/.git").mkdir()
    assert find_file(folder / "schema.prisma", None) is None
    assert find_file(folder, tmp_path) is None
    inner = tmp_path / "repo/prisma-lsp.toml"
    inner.touch()
    assert find_file(folder / "schema.prisma", None) == inner
    assert find_file(folder, tmp_path / "repo/packages") is None
    (folder / "prisma-lsp.toml").mkdir()
    assert find_file(folder, tmp_path / "repo") == folder / "prisma-lsp.toml", "to be complained of"
