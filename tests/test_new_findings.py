"""Only what is new: baselines, and lines that changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from test_cli import CLEAN, DATASOURCE, UNINDEXED, cli, put

MORE = UNINDEXED + UNINDEXED.removeprefix(DATASOURCE).replace("Order", "Bill").replace(
    "Shop", "Stall"
).replace('@@map("', '@@map("b_')  # fmt: skip
KNOWN = "known.json"


def test_a_baseline_hides_what_it_knows(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    made = cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path)
    assert (made.code, made.err) == (0, "")
    assert made.out.endswith("known.json knows 1 finding; only new ones will be reported.\n")
    [row] = json.loads((tmp_path / KNOWN).read_text("utf-8"))["findings"]
    assert row == {"file": "schema.prisma", "rule": "missing-fk-index", "in": "Order", "at": "shop"}
    again = cli("check", "--baseline", KNOWN, cwd=tmp_path)
    assert (again.code, again.out) == (0, "No findings in 1 file.\n1 finding of the baseline not shown.\n")

    put(tmp_path, MORE)
    new = cli("check", "--baseline", KNOWN, "--format", "json", cwd=tmp_path)
    assert new.code == 1
    assert [one["line"] > len(UNINDEXED.splitlines()) for one in new.findings] == [True]


def test_a_baseline_survives_moved_lines_and_layout(tmp_path: Path) -> None:
    put(tmp_path, MORE)
    cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path)
    head, order, shop, bill, stall = MORE.split("model ")
    order = order.replace("  shop      Shop     @relation", "  note String? // new\n  shop Shop @relation")
    put(tmp_path, "// a comment\n\n" + "model ".join([head, bill, stall, shop, order]))
    assert cli("check", "--baseline", KNOWN, "--select", "indexes", cwd=tmp_path).code == 0


def test_a_baseline_is_found_from_another_folder(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED, "db/schema.prisma")
    cli("check", ".", "--baseline", f"db/{KNOWN}", "--update-baseline", cwd=tmp_path)
    assert cli("check", "--baseline", KNOWN, cwd=tmp_path / "db").code == 0
    assert cli("check", tmp_path / "db", "--baseline", tmp_path / "db" / KNOWN, cwd=Path("/")).code == 0


def test_a_baseline_survives_a_move_to_another_file(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED, "a/schema.prisma")
    cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path)
    head, order, shop = UNINDEXED.split("model ")
    put(tmp_path, head + "model " + shop, "a/schema.prisma")
    put(tmp_path, "model " + order, "a/orders.prisma")
    assert cli("check", "--baseline", KNOWN, cwd=tmp_path).code == 0
    (tmp_path / "a/schema.prisma").rename(tmp_path / "a/main.prisma")
    assert cli("check", "--baseline", KNOWN, cwd=tmp_path).code == 0
    # One that is known of a file that still has the model says nothing of another one.
    put(tmp_path, head + "model " + shop, "a/main.prisma")
    put(tmp_path, "model " + CLEAN.split("model ")[1], "a/orders.prisma")
    put(tmp_path, UNINDEXED, "b/schema.prisma")
    put(tmp_path, CLEAN, "a/schema.prisma")
    for name in ("a/main.prisma", "a/orders.prisma"):
        (tmp_path / name).unlink()
    assert cli("check", "--baseline", KNOWN, cwd=tmp_path).code == 1


@pytest.mark.parametrize("option", ["--ddl", "--with-migrations"])
def test_only_what_is_new_is_fixed(tmp_path: Path, option: str) -> None:
    path = put(tmp_path, UNINDEXED)
    put(tmp_path, 'CREATE TABLE "x" ("id" UUID NOT NULL);\n', "migrations/20260101000000_x/migration.sql")
    put(tmp_path, 'provider = "postgresql"\n', "migrations/migration_lock.toml")
    cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path)
    put(tmp_path, MORE)
    assert cli("check", "--baseline", KNOWN, cwd=tmp_path).code == 1
    result = cli("check", "--baseline", KNOWN, "--fix", option, cwd=tmp_path)
    assert "of the baseline not shown." in result.out
    text = path.read_text("utf-8")
    assert text.startswith(UNINDEXED), "what was there is as it was"
    assert "  @@index(" in text.removeprefix(UNINDEXED)


def test_what_is_gone_is_told(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path)
    put(tmp_path, CLEAN)
    result = cli("check", "--baseline", KNOWN, cwd=tmp_path)
    assert result.out.endswith("1 finding of the baseline gone: --update-baseline forgets them.\n")
    chosen = cli("check", "--baseline", KNOWN, "--select", "ids", cwd=tmp_path)
    assert "gone" not in chosen.out
    cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path)
    assert json.loads((tmp_path / KNOWN).read_text("utf-8")) == {"version": 1, "findings": []}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "known.json: does not exist; --update-baseline writes one"),
        ("{", "known.json:1:2: is no JSON"), ("[]", "is no baseline of this version"),
        ('{"version": 2}', "is no baseline of this version"), ("\0", "is no JSON"),
        ('{"version": 1, "findings": [3]}', "`findings` holds something that is no finding"),
        ("[" * 100_000, "is no JSON"),
    ],
)  # fmt: skip
def test_a_baseline_that_cannot_be_used(tmp_path: Path, text: str | None, said: str) -> None:
    put(tmp_path, UNINDEXED)
    if text is not None:
        put(tmp_path, text, KNOWN)
    result = cli("check", "--baseline", KNOWN, cwd=tmp_path)
    assert result.code == 2
    [line] = result.err.splitlines()
    assert said in line


def test_a_baseline_that_cannot_be_written(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, "{}", KNOWN).chmod(0o444)
    result = cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path)
    assert result.code == 2 and "known.json: is read-only" in result.err
    assert (tmp_path / KNOWN).read_text("utf-8") == "{}"


def test_a_baseline_is_not_written_where_not_all_was_checked(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, "x = 1\n", "prisma-lsp.toml")
    assert cli("check", "--baseline", KNOWN, "--update-baseline", cwd=tmp_path).code == 2
    assert not (tmp_path / KNOWN).exists()


# --- changed lines -------------------------------------------------------------------------------

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="needs git")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder), *arguments],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    put(tmp_path, UNINDEXED)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


@needs_git
def test_only_changed_lines(repository: Path) -> None:
    assert cli("check", cwd=repository).code == 1
    assert cli("check", "--changed", cwd=repository).code == 0
    git(repository, "checkout", "-q", "-b", "work")
    put(repository, MORE)
    [new] = cli("check", "--changed", "--format", "json", cwd=repository).findings
    assert new["line"] > len(UNINDEXED.splitlines())
    git(repository, "commit", "-q", "-a", "-m", "two")
    assert cli("check", "--changed", cwd=repository).code == 0
    based = cli("check", "--changed", "--base", "main", "--format", "json", cwd=repository)
    assert based.findings == [new]


@needs_git
def test_the_base_is_where_the_branch_left(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "work")
    git(repository, "checkout", "-q", "main")
    put(repository, CLEAN)
    git(repository, "commit", "-q", "-a", "-m", "main goes on")
    git(repository, "checkout", "-q", "work")
    assert cli("check", "--changed", "--base", "main", cwd=repository).code == 0


@needs_git
def test_a_new_file_is_new_as_a_whole(repository: Path) -> None:
    put(repository, UNINDEXED, "other/schema.prisma")
    result = cli("check", "other", "--changed", "--format", "concise", cwd=repository)
    assert len(result.out.splitlines()) == 1
    put(repository, UNINDEXED.replace("\n", "\r\n"))
    assert cli("check", "schema.prisma", "--changed", cwd=repository).code == 0


@needs_git
def test_a_renamed_file_is_compared_with_what_it_was(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "work")
    git(repository, "mv", "schema.prisma", "näh schema.prisma")
    assert cli("check", "--changed", cwd=repository).code == 0
    git(repository, "commit", "-q", "-m", "moved")
    assert cli("check", "--changed", "--base", "main", cwd=repository).code == 0
    put(repository, MORE, "näh schema.prisma")
    [new] = cli("check", "--changed", "--base", "main", "--format", "json", cwd=repository).findings
    assert new["line"] > len(UNINDEXED.splitlines())


@needs_git
def test_a_worktree_and_a_submodule(repository: Path) -> None:
    git(repository, "worktree", "add", "-q", "-b", "work", str(repository / "tree"))
    put(repository / "tree", MORE)
    [new] = cli("check", "--changed", "--format", "json", cwd=repository / "tree").findings
    assert new["file"] == "schema.prisma"
    outer = repository / "outer"
    outer.mkdir()
    git(outer, "init", "-q")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", f"file://{repository}", "db")
    git(outer, "commit", "-q", "-m", "with a submodule")
    put(outer / "db", MORE)
    [new] = cli("check", "--changed", "--format", "json", cwd=outer).findings
    assert new["file"] == "db/schema.prisma"


@needs_git
@pytest.mark.parametrize("ref", ["nowhere", "--help", "-x", "", "main:schema.prisma"])
def test_a_ref_that_is_not_known(repository: Path, ref: str) -> None:
    result = cli("check", "--changed", f"--base={ref}", cwd=repository)
    assert result.code == 2
    assert result.err == f"prisma-lsp: --base: git knows no commit `{ref}` here; fetch it first\n"
    assert result.out == "", "what is not new is no answer"


@needs_git
def test_the_repository_is_the_schema_s(repository: Path) -> None:
    clean = put(repository, CLEAN)
    result = cli("check", clean, "--changed", cwd=Path("/"))
    assert (result.code, result.err) == (0, "")
    assert cli("check", clean, "--changed", "--base", "nowhere", cwd=Path("/")).code == 2


@needs_git
def test_no_repository_and_no_commit(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    assert "is in no git repository" in cli("check", "--changed", cwd=tmp_path).err
    git(tmp_path, "init", "-q")
    result = cli("check", "--changed", cwd=tmp_path)
    assert result.code == 2 and "has no commit yet" in result.err


def test_no_git(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    result = cli("check", "--changed", cwd=tmp_path, PATH=str(tmp_path))
    assert (result.code, result.err) == (2, "prisma-lsp: --changed: git is not installed\n")


@needs_git
def test_a_shallow_clone(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "work")
    for number in range(3):
        put(repository, UNINDEXED + f"// {number}\n")
        git(repository, "commit", "-q", "-a", "-m", "more")
    clone = repository / "clone"
    git(repository, "clone", "-q", "--depth", "1", "--no-single-branch", f"file://{repository}", "clone")
    assert "shallow" in cli("check", "--changed", "--base", "origin/main", cwd=clone).err


@needs_git
def test_nothing_that_the_repository_names_is_run(repository: Path) -> None:
    trap = put(repository, f"#!/bin/sh\ntouch {repository}/sprung\ncat\n", "trap.sh")
    trap.chmod(0o755)
    put(repository, "*.prisma diff=trap filter=trap\n", ".gitattributes")
    for key in ("core.fsmonitor", "diff.external", "diff.trap.command", "diff.trap.textconv",
                "filter.trap.clean", "filter.trap.smudge", "core.pager"):  # fmt: skip
        git(repository, "config", key, str(trap))
    put(repository, MORE)
    (repository / "sprung").unlink(missing_ok=True)
    assert cli("check", "--changed", cwd=repository).code == 1
    assert not (repository / "sprung").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--base", "main"], ["--changed", "--fix"], ["--update-baseline"], ["--changed", "-"],
        ["--baseline", "x", "--update-baseline", "--changed"],
        ["--baseline", "x", "--update-baseline", "--select", "ids"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_cannot_go_together(tmp_path: Path, arguments: list[str]) -> None:
    put(tmp_path, UNINDEXED)
    assert cli("check", *arguments, cwd=tmp_path).code == 2
    assert os.listdir(tmp_path) == ["schema.prisma"]
