"""What other programs run: the hooks of pre-commit, the GitHub Action, the lines in docs/ci.md."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import CLEAN, UNINDEXED, cli, put

ROOT = Path(__file__).parents[1]
HOOKS = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
ACTION = (ROOT / "action.yml").read_text("utf-8")
PAGE = (ROOT / "docs/ci.md").read_text("utf-8")


def test_every_hook_has_what_pre_commit_requires() -> None:
    hooks = re.split(r"(?m)^- ", HOOKS)[1:]
    for hook in hooks:
        keys = dict(re.findall(r"(?m)^\s*([a-z_]+): (.+)$", hook))
        assert {"id", "name", "entry", "language", "files"} <= keys.keys()
        assert keys["language"] == "python"
        assert re.search(keys["files"], "prisma/schema.prisma")
        assert not re.search(keys["files"], "schema.ts")
    assert re.findall(r"(?m)^- id: (.+)$", HOOKS) == ["prisma-lsp", "prisma-lsp-fix", "prisma-lsp-format"]
    assert set(re.findall(r"- id: (\S+)", PAGE)) <= set(re.findall(r"(?m)^- id: (.+)$", HOOKS))


@pytest.mark.parametrize("entry", re.findall(r"(?m)^  entry: (.+)$", HOOKS))
def test_a_hook_runs_on_the_files_it_is_given(tmp_path: Path, entry: str) -> None:
    put(tmp_path, CLEAN)
    program, *arguments = shlex.split(entry)
    assert program == "prisma-lsp"
    result = cli(*arguments, "schema.prisma", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A folder with a `prisma-lsp`, as the action's install step leaves it."""
    path = put(tmp_path, f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m prisma_lsp "$@"\n', "bin/prisma-lsp")
    path.chmod(0o755)
    return path.parent


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("text", "inputs", "code", "out"),
    [
        (UNINDEXED, {}, 1, "::warning file=a b/schema.prisma,line=9"), (CLEAN, {}, 0, ""),
        (UNINDEXED, {"FAIL_ON": "error"}, 0, "::warning"),
        (UNINDEXED, {"SARIF_FILE": "out.sarif"}, 1, ""),
        (UNINDEXED, {"PATHS": "a b/schema.prisma\n\n$(touch sprung)\n"}, 2, ""),
        (CLEAN, {"BASE": "nowhere"}, 2, ""), (CLEAN, {"BASELINE": "nowhere.json"}, 2, ""),
    ],
)  # fmt: skip
def test_the_action(
    tmp_path: Path, runner: Path, text: str, inputs: dict[str, str], code: int, out: str
) -> None:
    put(tmp_path, text, "work/a b/schema.prisma")
    script = ACTION.rpartition("run: |\n")[2]
    given = {"PATHS": ".", "BASE": "", "BASELINE": "", "FAIL_ON": "warning", "SARIF_FILE": "", **inputs}
    assert set(re.findall(r"(?m)^        ([A-Z_]+): \$\{\{ inputs", ACTION)) == set(given)
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=tmp_path / "work", env={**os.environ, **given, "PATH": f"{runner}:{os.environ['PATH']}"},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert out in done.stdout
    assert (tmp_path / "work/out.sarif").exists() is ("SARIF_FILE" in inputs)
    assert not (tmp_path / "work/sprung").exists()


def test_no_input_is_pasted_into_a_script() -> None:
    for run in re.findall(r"run: (.+(?:\n {8}.+)*)", ACTION):
        assert "${{" not in run


def test_every_input_on_the_page_exists() -> None:
    declared = set(re.findall(r"(?m)^  ([a-z-]+):$", ACTION.split("runs:")[0]))
    for block in re.findall(r"uses: OWNER/prisma-lsp@main\n\s+with:\n((?: +[a-z-]+: .+\n)+)", PAGE):
        assert {line.split(":")[0].strip() for line in block.splitlines()} <= declared


def test_the_commands_on_the_page_are_right(tmp_path: Path) -> None:
    from prisma_lsp.__main__ import _parser

    commands = re.findall(r"(?m)^\s*(?:- )?(prisma-lsp (?:check|init|format).*?)(?:\s+#.*)?$", PAGE)
    assert len(commands) >= 3
    for command in commands:
        _parser().parse_args(shlex.split(command)[1:])


def test_a_newcomer_s_first_pull_request(tmp_path: Path) -> None:
    """From nothing to a red check and its fix."""
    put(tmp_path, UNINDEXED)
    assert cli("init", "--baseline", cwd=tmp_path).code == 0
    known = ("check", "--baseline", "prisma-lsp-baseline.json")
    assert cli(*known, cwd=tmp_path).code == 0
    bill = "\nmodel Bill {\n  id Int @id\n  order Order @relation(fields: [orderId], references: [id])\n  orderId String @db.Uuid\n}\n"
    put(tmp_path, UNINDEXED.replace("  @@map(\"orders\")", "  bills Bill[]\n  @@map(\"orders\")") + bill)
    red = cli(*known, "--format", "github", "--select", "missing-fk-index", cwd=tmp_path)
    assert red.code == 1
    assert red.out.startswith("::warning file=schema.prisma,line=27")
    assert cli(*known, "--select", "missing-fk-index", "--fix", "--ddl", cwd=tmp_path).code == 0
