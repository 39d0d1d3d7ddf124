"""The command line, as a user runs it."""

from __future__ import annotations

import json
import os
import pty
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "examples/shop"
DATASOURCE = 'datasource db {\n  provider = "postgresql"\n}\n\n'
# One finding of level warning with a fix of class R, and nothing else.
UNINDEXED = DATASOURCE + """\
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
  shop      Shop     @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId    String   @map("shop_id") @db.Uuid

  @@map("orders")
}

model Shop {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
  orders    Order[]

  @@map("shops")
}
"""
CLEAN = UNINDEXED.replace('  @@map("orders")', '  @@index([shopId])\n  @@map("orders")')
# `uuid()` instead of `uuid(7)`: Prisma Client makes the ids, so the fix is of class T.
RANDOM = CLEAN.replace("id        String   @id @default(uuid(7)) @db.Uuid\n  createdAt DateTime @default(now()) @map(\"created_at\")\n  updatedAt DateTime @updatedAt @map(\"updated_at\")\n  orders",
                       "id        String   @id @default(uuid()) @db.Uuid\n  createdAt DateTime @default(now()) @map(\"created_at\")\n  updatedAt DateTime @updatedAt @map(\"updated_at\")\n  orders")  # fmt: skip
FIXED = RANDOM.replace("uuid()", "uuid(7)")
BROKEN = DATASOURCE + "model Order {\n  id Int @id\n  shop Shopp\n}\n"


class Result:
    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.out = done.stdout.decode("utf-8")
        self.err = done.stderr.decode("utf-8")

    @property
    def findings(self) -> list[dict[str, Any]]:
        data = json.loads(self.out)
        assert data["version"] == 1
        return data["findings"]  # type: ignore[no-any-return]


def cli(*arguments: object, cwd: Path | None = None, **environment: str) -> Result:
    base = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
    done = subprocess.run(
        [sys.executable, "-m", "prisma_lsp", *map(str, arguments)],
        cwd=cwd, capture_output=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**base, **environment},
    )  # fmt: skip
    result = Result(done)
    assert "Traceback" not in result.err, result.err
    return result


def put(folder: Path, text: str, name: str = "schema.prisma") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def one_line(result: Result, *parts: str) -> None:
    assert result.code == 2
    assert result.out == ""
    [line] = result.err.splitlines()
    for part in parts:
        assert part in line


# --- what is reported ----------------------------------------------------------------------------


def test_a_finding_is_drawn_under_its_line(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    result = cli("check", cwd=tmp_path)
    assert result.code == 1
    assert result.err == ""
    head, rest = result.out.split("\n", 1)
    assert head.startswith("warning[missing-fk-index]: No index starts with `shopId`")
    assert rest.startswith(
        " --> schema.prisma:9:13\n"
        "  |\n"
        "9 |   shop      Shop     @relation(fields: [shopId], references: [id], onDelete: Restrict,"
        " onUpdate: Cascade)\n"
        "  |             ^^^^\n"
        "  = fix R: Add @@index([shopId])"
    )
    assert "Found 1 warning in 1 file.\n" in result.out
    assert "R needs a migration that can be undone" in result.out
    assert "prisma-lsp explain missing-fk-index" in result.out
    assert "\x1b" not in result.out


def test_nothing_found(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    result = cli("check", cwd=tmp_path)
    assert (result.code, result.out, result.err) == (0, "No findings in 1 file.\n", "")
    assert cli("check", "--format", "json", cwd=tmp_path).findings == []


def test_json(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    result = cli("check", "--format", "json", cwd=tmp_path)
    assert result.code == 1
    [finding] = result.findings
    message, fixes = finding.pop("message"), finding.pop("fixes")
    assert finding == {
        "file": "schema.prisma",
        "line": 9,
        "column": 13,
        "endLine": 9,
        "endColumn": 17,
        "severity": "warning",
        "source": "prisma-lsp",
        "rule": "missing-fk-index",
    }
    assert message.startswith("No index starts with `shopId`")
    assert [set(fix) for fix in fixes] == [{"title", "class"}] * len(fixes)
    assert fixes[0]["class"] == "R"
    assert fixes[0]["title"].startswith("Add @@index([shopId])")


def test_what_spoils_several_lines_ends_with_the_last(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + "modle A {\n  id Int @id\n}\n")
    [finding] = cli("check", "--format", "json", cwd=tmp_path).findings
    assert (finding["line"], finding["column"]) == (5, 1)
    assert (finding["endLine"], finding["endColumn"]) == (7, 2)
    drawn = cli("check", cwd=tmp_path).out
    assert "5 | modle A {\n  | ^^^^^\n" in drawn


def test_columns_are_characters(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + 'model A {\n  id String @id @default("😀名") @nope\n}\n')
    found = cli("check", "--format", "json", cwd=tmp_path).findings
    [finding] = [one for one in found if one["source"] == "prisma"]
    assert (finding["line"], finding["column"], finding["endColumn"]) == (6, 32, 37)


def test_prisma_s_own_errors_come_with_their_source(tmp_path: Path) -> None:
    put(tmp_path, BROKEN)
    found = cli("check", "--format", "json", cwd=tmp_path).findings
    [error] = [one for one in found if one["source"] == "prisma"]
    assert (error["severity"], error["line"], error["column"], error["endColumn"]) == (
        "error", 7, 8, 13,
    )  # fmt: skip


def test_the_example_has_findings() -> None:
    result = cli("check", "examples/shop", cwd=ROOT)
    assert result.code == 1
    assert "examples/shop/prisma/schema/orders.prisma:" in result.out
    assert cli("check", "examples/shop", "--exit-zero", cwd=ROOT).code == 0


def test_a_path_outside_the_working_directory_is_shown_in_full(tmp_path: Path) -> None:
    path = put(tmp_path / "a", UNINDEXED)
    (tmp_path / "b").mkdir()
    [finding] = cli("check", path, "--format", "json", cwd=tmp_path / "b").findings
    assert finding["file"] == str(path)


def test_only_the_named_files_are_reported(tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path / "shop")
    path = tmp_path / "shop/prisma/schema/orders.prisma"
    found = cli("check", path, "--format", "json", cwd=tmp_path).findings
    assert {one["file"] for one in found} == {"shop/prisma/schema/orders.prisma"}
    assert not any(one["source"] == "prisma" for one in found), "the other files are known"


def test_a_folder_given_twice_counts_once(tmp_path: Path) -> None:
    path = put(tmp_path, UNINDEXED)
    assert len(cli("check", ".", path, "--format", "json", cwd=tmp_path).findings) == 1


def test_several_schemas_stay_apart(tmp_path: Path) -> None:
    put(tmp_path / "a", UNINDEXED)
    put(tmp_path / "b", UNINDEXED)
    found = cli("check", "--format", "json", cwd=tmp_path).findings
    assert [(one["file"], one["rule"]) for one in found] == [
        ("a/schema.prisma", "missing-fk-index"),
        ("b/schema.prisma", "missing-fk-index"),
    ]


def test_the_order_is_by_file_and_line() -> None:
    found = cli("check", "examples/shop", "--format", "json", cwd=ROOT).findings
    places = [(one["file"], one["line"], one["column"]) for one in found]
    assert places == sorted(places)
    assert len({place[0] for place in places}) > 1


# --- exit codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 0), ("warning", 1), ("info", 1), ("hint", 1)]
)
def test_fail_on(tmp_path: Path, fail_on: str, code: int) -> None:
    put(tmp_path, UNINDEXED)
    assert cli("check", "--fail-on", fail_on, cwd=tmp_path).code == code


@pytest.mark.parametrize(("level", "code"), [("error", 1), ("info", 0), ("hint", 0), ("off", 0)])
def test_a_level_from_the_settings(tmp_path: Path, level: str, code: int) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, f'[rules]\nmissing-fk-index = "{level}"\n', "prisma-lsp.toml")
    result = cli("check", cwd=tmp_path)
    assert (result.code, result.err) == (code, "")
    assert (f"{level}[missing-fk-index]" in result.out) == (level != "off")


def test_exit_zero_is_not_for_mistakes(tmp_path: Path) -> None:
    assert cli("check", "--exit-zero", "missing", cwd=tmp_path).code == 2


# --- what cannot be checked ----------------------------------------------------------------------


def test_a_missing_path(tmp_path: Path) -> None:
    one_line(cli("check", "no.prisma", cwd=tmp_path), "no.prisma", "does not exist")


def test_no_schema_in_the_folder(tmp_path: Path) -> None:
    one_line(cli("check", cwd=tmp_path), "no Prisma schema")
    (tmp_path / "sub").mkdir()
    one_line(cli("check", "sub", cwd=tmp_path), "sub", "no Prisma schema")


def test_a_binary_file(tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_bytes(b"model A {\0\xff}")
    one_line(cli("check", "schema.prisma", cwd=tmp_path), "schema.prisma", "binary")


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_bytes(b"model A {\n  // \xe9\n}\n")
    one_line(cli("check", cwd=tmp_path), "schema.prisma", "not UTF-8", "line 2")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    put(tmp_path, CLEAN).chmod(0)
    one_line(cli("check", cwd=tmp_path), "schema.prisma", "permission denied")


def test_a_file_of_another_kind(tmp_path: Path) -> None:
    put(tmp_path, "# hello", "README.md")
    one_line(cli("check", "README.md", cwd=tmp_path), "README.md", "not a .prisma file")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "schema.prisma")
    one_line(cli("check", "schema.prisma", cwd=tmp_path), "not a regular file")


def test_the_rest_is_checked_all_the_same(tmp_path: Path) -> None:
    path = put(tmp_path, UNINDEXED)
    result = cli("check", "missing", path, "--format", "json", cwd=tmp_path)
    assert result.code == 2
    assert len(result.findings) == 1
    assert len(result.err.splitlines()) == 1


def test_one_unreadable_file_of_a_schema_gives_no_false_alarms(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + "model Order {\n  id Int @id\n  kind Kind\n}\n", "a.prisma")
    (tmp_path / "b.prisma").write_bytes(b"enum Kind {\n  A\xff\n}\n")
    one_line(cli("check", cwd=tmp_path), "b.prisma")


def test_prisma_next_is_another_language(tmp_path: Path) -> None:
    path = put(tmp_path, "// use prisma-next\nmodel {{{ }\n")
    result = cli("check", path, cwd=tmp_path)
    assert (result.code, result.out, result.err) == (0, "", "")


def test_an_empty_file(tmp_path: Path) -> None:
    put(tmp_path, "")
    assert cli("check", "schema.prisma", cwd=tmp_path).code == 0


def test_a_fault_in_the_settings_is_located_and_the_rest_counts(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    put(tmp_path, '[rules]\nmising-fk-index = "off"\n', "prisma-lsp.toml")
    result = cli("check", cwd=tmp_path)
    assert result.code == 2
    assert "prisma-lsp.toml:2:1: `rules.mising-fk-index`: unknown rule" in result.err
    assert "did you mean `missing-fk-index`" in result.err
    assert "warning[missing-fk-index]" in result.out


def test_settings_that_are_no_toml(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    put(tmp_path, "rules = [", "prisma-lsp.toml")
    result = cli("check", cwd=tmp_path)
    assert result.code == 2
    assert result.err.startswith("prisma-lsp: prisma-lsp.toml:1")


def test_an_unknown_option_of_a_rule(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    put(tmp_path, "[rules]\nrequire-timestamps = { creatd = 3 }\n", "prisma-lsp.toml")
    result = cli("check", cwd=tmp_path)
    assert result.code == 2
    assert "rules.require-timestamps.creatd" in result.err
    assert "`created`" in result.err


def test_an_option_of_the_wrong_type(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    put(tmp_path, "[rules]\nrequire-timestamps = { created = 3 }\n", "prisma-lsp.toml")
    assert "must be a string" in cli("check", cwd=tmp_path).err


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["chekc"], ["check", "--nope"], ["check", "--format", "xml"], ["check", "--fail-on", "x"],
        ["check", "--diff"], ["check", "--fix", "--diff", "--format", "json"], ["explain"],
        ["explain", "no-such-rule"], ["rules", "x"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_usage(tmp_path: Path, arguments: list[str]) -> None:
    result = cli(*arguments, cwd=tmp_path)
    assert result.code == 2
    assert result.out == ""
    assert result.err


# --- fixing --------------------------------------------------------------------------------------


def test_fix_makes_only_text_fixes(tmp_path: Path) -> None:
    path = put(tmp_path, RANDOM.replace("  @@index([shopId])\n", ""))
    path.chmod(0o640)
    result = cli("check", "--fix", cwd=tmp_path)
    assert result.code == 1, "the index needs a migration"
    assert path.read_text("utf-8") == FIXED.replace("  @@index([shopId])\n", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert "Made 1 fix in 1 file.\n" in result.out
    assert [one.name for one in tmp_path.iterdir()] == ["schema.prisma"], "no file left over"


def test_fix_leaves_nothing_for_a_second_run(tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path / "shop")
    first = cli("check", "--fix", "--format", "json", cwd=tmp_path / "shop")
    assert first.findings
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.prisma")}
    second = cli("check", "--fix", "--format", "json", cwd=tmp_path / "shop")
    assert second.findings == first.findings
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.prisma")} == before


def test_line_ends_are_kept(tmp_path: Path) -> None:
    path = put(tmp_path, RANDOM.replace("\n", "\r\n"))
    assert cli("check", "--fix", cwd=tmp_path).code == 0
    assert path.read_bytes() == FIXED.replace("\n", "\r\n").encode()


def test_diff_writes_nothing_and_can_be_applied(tmp_path: Path) -> None:
    path = put(tmp_path / "prisma", RANDOM)
    result = cli("check", "--fix", "--diff", cwd=tmp_path)
    assert path.read_text("utf-8") == RANDOM
    assert result.code == 1, "the file on disk still has the finding"
    assert result.out.startswith("--- a/prisma/schema.prisma\n+++ b/prisma/schema.prisma\n@@ ")
    assert "-  id        String   @id @default(uuid()) @db.Uuid\n" in result.out
    assert "+  id        String   @id @default(uuid(7)) @db.Uuid\n" in result.out
    assert "1 fix in 1 file" in result.err
    if shutil.which("git"):
        subprocess.run(
            ["git", "apply", "-"], input=result.out.encode(), cwd=tmp_path, check=True, timeout=30
        )
        assert path.read_text("utf-8") == FIXED


def test_a_diff_without_a_last_line_end(tmp_path: Path) -> None:
    from prisma_lsp import report
    from prisma_lsp.console import Paint
    from prisma_lsp.syntax import document

    before, after = document.read("x\ny"), document.read("x\nz")
    diff = report.to_diff("a.prisma", before, after, Paint(False))
    assert diff.endswith(
        "@@ -1,2 +1,2 @@\n x\n-y\n\\ No newline at end of file\n+z\n\\ No newline at end of file\n"
    )


def test_a_clean_schema_has_no_diff(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    result = cli("check", "--fix", "--diff", cwd=tmp_path)
    assert (result.code, result.out) == (0, "")


def test_fix_follows_a_link_and_keeps_it(tmp_path: Path) -> None:
    real = put(tmp_path / "real", RANDOM, "real.prisma")
    link = tmp_path / "schema.prisma"
    link.symlink_to(real)
    assert cli("check", link, "--fix", cwd=tmp_path).code == 0
    assert link.is_symlink()
    assert real.read_text("utf-8") == FIXED


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = put(tmp_path, RANDOM)
    path.chmod(0o444)
    result = cli("check", "--fix", cwd=tmp_path)
    assert result.code == 2
    assert "read-only" in result.err
    assert path.read_text("utf-8") == RANDOM


def test_a_file_that_changes_meanwhile_is_left_alone(tmp_path: Path) -> None:
    from prisma_lsp import check

    path = put(tmp_path, RANDOM)
    run = check._Run()
    assert not check._save({str(path): "what was read"}, {str(path): "what is to be written"}, run, {})
    assert run.failures
    assert path.read_text("utf-8") == RANDOM
    assert [one.name for one in tmp_path.iterdir()] == ["schema.prisma"]


def test_only_the_named_file_s_findings_are_fixed(tmp_path: Path) -> None:
    head, tag = RANDOM, 'model Tag {\n  id String @id @default(uuid()) @db.Uuid\n}\n'
    put(tmp_path, head, "a.prisma")
    other = put(tmp_path, tag, "b.prisma")
    cli("check", "a.prisma", "--fix", cwd=tmp_path)
    assert (tmp_path / "a.prisma").read_text("utf-8") == FIXED
    assert other.read_text("utf-8") == tag


# --- the terminal --------------------------------------------------------------------------------


def in_terminal(*arguments: object, cwd: Path, **environment: str) -> str:
    """What the command writes to a terminal."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-m", "prisma_lsp", *map(str, arguments)],
        cwd=cwd, stdout=theirs, stdin=subprocess.DEVNULL, env={**env, "TERM": "xterm", **environment},
    )  # fmt: skip
    os.close(theirs)
    out = b""
    try:
        while part := os.read(ours, 65536):
            out += part
    except OSError:
        pass
    os.close(ours)
    process.wait(60)
    return out.decode("utf-8").replace("\r\n", "\n")


def test_colour_on_a_terminal_only(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    assert "\x1b[1;33mwarning[missing-fk-index]\x1b[0m" in in_terminal("check", cwd=tmp_path)
    assert "\x1b" not in in_terminal("check", cwd=tmp_path, NO_COLOR="1")
    assert "\x1b" not in in_terminal("check", cwd=tmp_path, TERM="dumb")
    assert "\x1b" in in_terminal("explain", "missing-fk-index", cwd=tmp_path)
    assert "\x1b" in in_terminal("rules", cwd=tmp_path)


def test_a_diff_in_colour(tmp_path: Path) -> None:
    put(tmp_path, RANDOM)
    out = in_terminal("check", "--fix", "--diff", cwd=tmp_path)
    assert "\x1b[32m+  id        String   @id @default(uuid(7)) @db.Uuid\x1b[0m" in out


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "before", "width"),
    [
        ("a bc d", 2, 4, "a bc d", 2, 2),
        ("\ta\tbc", 3, 5, "    a    bc", 9, 2),
        ("名前 bc", 3, 5, "名前 bc", 5, 2),
        ("a 名前", 2, 4, "a 名前", 2, 4),
        ("e\u0301 bc", 3, 5, "e\u0301 bc", 2, 2),
        ("\x1bx bc", 3, 5, "\u241bx bc", 3, 2),
        ("abc", 3, 3, "abc", 3, 1),
        ("abc", 9, 12, "abc", 9, 1),
        ("", 0, 0, "", 0, 1),
    ],
)
def test_the_mark_stands_below_what_it_is_about(
    line: str, start: int, end: int, shown: str, before: int, width: int
) -> None:
    from prisma_lsp.report import _marked

    assert _marked(line, start, end) == (shown, before, width)


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + "model A {\n  id Int @id\n  b \x1b[2J\x07Bad\u202e // \x9b31m\n}\n")
    out = cli("check", cwd=tmp_path).out
    assert not set(out) & set("\x1b\x07\x9b\u202e")
    assert "\\u{202e}" in out


def test_a_very_long_line_is_shown_in_part(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + f"model A {{\n  id Int @id // {'x' * 5000}\n  b Nope // {'y' * 5000}\n}}\n")
    out = cli("check", cwd=tmp_path).out
    assert "Nope // yyy" in out
    assert max(map(len, out.split("\n"))) < 400


def test_an_output_that_is_not_utf_8(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + "model A {\n  id Int @id\n  b Nope // é 😀\n}\n")
    for form in ("text", "json"):
        result = cli("check", "--format", form, cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert result.code == 1
        assert result.out.isascii()


def test_a_reader_that_leaves(tmp_path: Path) -> None:
    put(tmp_path, DATASOURCE + "".join(f"model A{i} {{\n  b Nope\n}}\n" for i in range(3000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "prisma_lsp", "check"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_an_output_that_is_full(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "prisma_lsp", "check"], cwd=tmp_path, stdout=full,
            stderr=subprocess.PIPE, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2
    assert b"cannot write" in done.stderr
    assert b"Traceback" not in done.stderr


# --- the other commands --------------------------------------------------------------------------


def test_version_and_help_are_quick() -> None:
    for option in ("--version", "--help"):
        script = (
            "import sys\nfrom prisma_lsp.__main__ import main\n"
            f"try: main([{option!r}])\nexcept SystemExit as end: assert not end.code\n"
            "mine = [m for m in sys.modules if m.startswith(('prisma_lsp.', 'pygls', 'lark'))]\n"
            "assert mine == ['prisma_lsp.__main__'], mine"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr
    assert cli("--version").out.startswith("prisma-lsp 0.")
    assert "check" in cli("--help").out


def test_validity_loads_no_rule_and_no_parser_generator(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    script = (
        "import sys\nfrom prisma_lsp.__main__ import main\n"
        "assert main(['check', '--validity']) == 0\n"
        "mine = [m for m in sys.modules if m.startswith(('prisma_lsp.lint.rules', 'pygls', 'lark'))]\n"
        "assert not mine, mine"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_explain(tmp_path: Path) -> None:
    result = cli("explain", "missing-fk-index", cwd=tmp_path)
    assert result.code == 0
    assert result.out.startswith("missing-fk-index\n\nA foreign key without an index")
    assert "    model Order {\n" in result.out
    assert "\x1b" not in result.out
    assert cli("explain", "MISSING_FK_INDEX", cwd=tmp_path).out == result.out
    narrow = cli("explain", "missing-fk-index", cwd=tmp_path, COLUMNS="60").out
    prose = [line for line in narrow.split("\n") if not line.startswith("    ")]
    assert max(map(len, prose)) <= 60 or any("http" in line for line in prose)


def test_explain_suggests(tmp_path: Path) -> None:
    one_line(cli("explain", "mising-fk-index", cwd=tmp_path), "did you mean `missing-fk-index`?")


def test_every_rule_can_be_explained() -> None:
    from prisma_lsp import explain
    from prisma_lsp.console import Paint
    from prisma_lsp.lint.rule import all_rules

    for rule in all_rules():
        for width in (40, 80, 100):
            text = explain.render(explain.page(rule), width, Paint(False))
            assert rule.name in text
            assert "```" not in text


def test_rules_lists_them_all(tmp_path: Path) -> None:
    from prisma_lsp.lint.rule import all_rules

    result = cli("rules", cwd=tmp_path)
    assert result.code == 0
    for rule in all_rules():
        assert f"  {rule.name} " in result.out


def test_serve_ends_with_its_input(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "prisma_lsp", "serve", "--stdio"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}'
    out, _ = process.communicate(b"Content-Length: %d\r\n\r\n" % len(body) + body, timeout=60)
    assert out.startswith(b"Content-Length:") and b"capabilities" in out


def test_the_working_directory_is_gone(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom prisma_lsp.__main__ import main\n"
        f"os.mkdir({str(tmp_path / 'gone')!r}); os.chdir({str(tmp_path / 'gone')!r}); os.rmdir({str(tmp_path / 'gone')!r})\n"
        "sys.exit(main(['check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=60, cwd=ROOT, text=True
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_fault_in_a_rule_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    put(tmp_path, UNINDEXED)
    script = (
        "import sys\nfrom prisma_lsp.__main__ import main\n"
        "from prisma_lsp.lint.rules.indexes import missing_fk_index as m\n"
        "m.is_served = lambda *a: 1 / 0\n"
        "sys.exit(main(['check']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=60, cwd=tmp_path, text=True
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert "internal error: rule missing-fk-index failed: ZeroDivisionError" in line
    assert "No findings" in done.stdout


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_the_diff_of_a_whole_project_applies(tmp_path: Path) -> None:
    shutil.copytree(SHOP, tmp_path / "a/shop")
    shutil.copytree(SHOP, tmp_path / "b/shop")
    put(tmp_path / "a/shop", 'database = "new"\n', "prisma-lsp.toml")
    put(tmp_path / "b/shop", 'database = "new"\n', "prisma-lsp.toml")
    diff = cli("check", "shop", "--fix", "--diff", cwd=tmp_path / "a").out
    assert diff.count("--- a/shop/") > 1
    subprocess.run(
        ["git", "apply", "-"], input=diff.encode(), cwd=tmp_path / "a", check=True, timeout=30
    )
    cli("check", "shop", "--fix", cwd=tmp_path / "b")
    for path in (tmp_path / "a").rglob("*.prisma"):
        twin = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_text("utf-8") == twin.read_text("utf-8")
