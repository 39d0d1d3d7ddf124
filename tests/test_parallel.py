"""Big schemas are checked by several processes, and nobody can tell."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import DATASOURCE, SHOP, UNINDEXED, Result, put

ROOT = Path(__file__).parents[1]
SCRIPT = """\
import sys
from prisma_lsp import check, parallel
from prisma_lsp.__main__ import main
check._WORTH_PROCESSES, check._FIRST = 0, 2
parallel.processors = lambda: 1 if parallel._is_helper else {processors}
{more}
sys.exit(main({arguments!r}))
"""


def run(folder: Path, *arguments: str, processors: int = 3, more: str = "") -> Result:
    script = SCRIPT.format(processors=processors, more=more, arguments=["check", *arguments])
    result = Result(
        subprocess.run(
            [sys.executable, "-c", script], cwd=folder, capture_output=True, timeout=120,
            stdin=subprocess.DEVNULL,
        )
    )  # fmt: skip
    assert "Traceback" not in result.err
    return result


@pytest.mark.parametrize("form", ["text", "json", "sarif", "concise"])
def test_many_processes_say_what_one_says(form: str) -> None:
    options = ("--format", form, "--extend-select", "all")
    alone = run(SHOP, *options, processors=1)
    assert alone.code == 1 and not alone.err
    together = run(SHOP, *options)
    assert (together.code, together.out, together.err) == (alone.code, alone.out, alone.err)


def test_a_comment_for_a_whole_file_counts_over_all_of_its_parts(tmp_path: Path) -> None:
    lines = [f"model M{n} {{\n  id Int @id\n}}\n" for n in range(20)]
    put(tmp_path, DATASOURCE + "// prisma-lsp-ignore-file table-name-case\n" + "".join(lines))
    alone, together = run(tmp_path, processors=1), run(tmp_path)
    assert (together.code, together.out, together.err) == (alone.code, alone.out, alone.err)
    assert "[table-name-case]" not in together.out and "unused-suppression" not in together.out


def test_several_schemas_at_a_time(tmp_path: Path) -> None:
    for name in "abcd":
        put(tmp_path, UNINDEXED, f"{name}/schema.prisma")
    put(tmp_path, '[rules]\nnope = "off"\n', "b/prisma-lsp.toml")
    alone, together = run(tmp_path, processors=1), run(tmp_path)
    assert (together.code, together.out, together.err) == (2, alone.out, alone.err)
    assert together.out.count("missing-fk-index]") == 4


def test_a_fault_in_another_process_is_told_once(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    fault = (
        "from prisma_lsp.lint.rules.indexes import missing_fk_index as m\n"
        "m.is_served = lambda *a: 1 / 0\ncheck._FIRST = 1"
    )
    result = run(tmp_path, more=fault)
    [line] = result.err.splitlines()
    assert result.code == 2
    assert "internal error: rule missing-fk-index failed: ZeroDivisionError" in line


def test_a_process_that_is_killed(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    fault = (
        "import os\n"
        "from prisma_lsp.lint.linter import Linter\n"
        "own, work = os.getpid(), Linter.work_on\n"
        "Linter.work_on = lambda self, b: work(self, b) if os.getpid() == own else os.kill(os.getpid(), 9)"
    )
    result = run(tmp_path, more=fault)
    assert result.code == 2
    assert result.err == (
        "prisma-lsp: a process of the check was ended from outside (too little memory?)\n"
    )


def test_a_long_run_shows_how_far_it_is(tmp_path: Path) -> None:
    for name in "abc":
        put(tmp_path, UNINDEXED, f"{name}/schema.prisma")
    script = SCRIPT.format(
        processors=1, arguments=["check"],
        more="import itertools\ncheck.monotonic = lambda clock=itertools.count(): next(clock)",
    )  # fmt: skip
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs
    )
    out, _ = process.communicate(timeout=60)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert shown.startswith("\r1 of 3 schemas\r2 of 3 schemas\r3 of 3 schemas")
    assert shown.endswith("\r\x1b[2K"), "the line is gone at the end"
    assert b"of 3 schemas" not in out
