"""Every option of every command, by a run of the real one; an option without a case fails."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from test_cli import BROKEN, CLEAN, FIXED, RANDOM, UNINDEXED, cli, put

Case = Callable[[Path], None]
CASES: dict[tuple[str, str], Case] = {}
# One finding of class T, one of class R.
BOTH = RANDOM.replace("  @@index([shopId])\n", "")
UNLAID = CLEAN.replace("  id        String ", "  id String ")


def case(command: str, option: str) -> Callable[[Case], Case]:
    def keep(run: Case) -> Case:
        assert (command, option) not in CASES
        CASES[command, option] = run
        return run

    return keep


def rules(folder: Path, *arguments: object, **environment: str) -> list[str]:
    found = cli("check", "--format", "json", *arguments, cwd=folder, **environment).findings
    return sorted({one["rule"] for one in found})


def fed(folder: Path, text: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "prisma_lsp", *arguments], input=text.encode(), cwd=folder,
        stdout=subprocess.PIPE, timeout=60,
    )  # fmt: skip
    return done.stdout.decode()


def plugin(folder: Path) -> dict[str, str]:
    """An installed package with the rule `odd-rule`, as the environment of a command."""
    put(folder, "", "site/odd/__init__.py")
    put(
        folder,
        '"""A model is odd."""\n\nfrom prisma_lsp.lint.rule import Finding, rule\n'
        "from prisma_lsp.schema.declarations import Model\n\n\n"
        '@rule(level="warning", preset="essential")\n'
        "def check(model: Model, context):\n"
        '    yield Finding(model.block.header, 0, 5, "odd")\n',
        "site/odd/odd_rule.py",
    )
    put(folder, "Metadata-Version: 2.1\nName: odd\nVersion: 1\n", "site/odd-1.dist-info/METADATA")
    put(folder, "[prisma_lsp.rules]\nodd = odd\n", "site/odd-1.dist-info/entry_points.txt")
    return {"PYTHONPATH": str(folder / "site")}


# --- check ---------------------------------------------------------------------------------------


@case("check", "PATH")
def _(folder: Path) -> None:
    put(folder, UNINDEXED, "a/schema.prisma")
    put(folder, CLEAN, "b/schema.prisma")
    put(folder, UNINDEXED, "c/schema.prisma")
    result = cli("check", "a", "b", "--format", "concise", cwd=folder)
    assert result.out.startswith("a/schema.prisma:9:13: ") and result.out.count("\n") == 1


@case("check", "--stdin-filename")
def _(folder: Path) -> None:
    put(folder, CLEAN.partition("model Shop")[0], "a.prisma")
    shop = "model Shop" + CLEAN.partition("model Shop")[2]
    told = fed(folder, shop, "check", "-", "--stdin-filename", "b.prisma")
    assert told == "No findings in 1 file.\n"


@case("check", "--select")
def _(folder: Path) -> None:
    put(folder, BOTH)
    assert rules(folder) == ["id-strategy", "missing-fk-index"]
    assert rules(folder, "--select", "indexes") == ["missing-fk-index"]


@case("check", "--extend-select")
def _(folder: Path) -> None:
    put(folder, CLEAN)
    assert rules(folder) == []
    assert rules(folder, "--extend-select", "require-docs") == ["require-docs"]


@case("check", "--ignore")
def _(folder: Path) -> None:
    put(folder, BOTH)
    assert rules(folder, "--ignore", "ids") == ["missing-fk-index"]


@case("check", "--validity")
def _(folder: Path) -> None:
    put(folder, BROKEN)
    found = cli("check", "--format", "json", "--validity", cwd=folder).findings
    assert {one["source"] for one in found} == {"prisma"}


@case("check", "--baseline")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    put(folder, json.dumps({"version": 1, "findings": [
        {"file": "schema.prisma", "rule": "missing-fk-index", "in": "Order", "at": "shop"},
    ]}), "known.json")  # fmt: skip
    assert cli("check", "--baseline", "known.json", cwd=folder).code == 0


@case("check", "--update-baseline")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    cli("check", "--baseline", "known.json", "--update-baseline", cwd=folder)
    known = json.loads((folder / "known.json").read_text("utf-8"))
    assert [one["rule"] for one in known["findings"]] == ["missing-fk-index"]


def repository(folder: Path) -> None:
    if not shutil.which("git"):
        pytest.skip("needs git")
    put(folder, UNINDEXED)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "one"), ("tag", "one")):
        subprocess.run([*git, *arguments], cwd=folder, check=True, timeout=30)
    put(folder, UNINDEXED + "\n" + UNINDEXED.partition("\n\n")[2].replace("Order", "Bill").replace("Shop", "Stall").replace('@@map("', '@@map("old_'))  # fmt: skip
    subprocess.run([*git, "commit", "-qam", "two"], cwd=folder, check=True, timeout=30)


@case("check", "--changed")
def _(folder: Path) -> None:
    repository(folder)
    assert len(cli("check", "--format", "json", cwd=folder).findings) == 2
    assert cli("check", "--changed", cwd=folder).code == 0


@case("check", "--base")
def _(folder: Path) -> None:
    repository(folder)
    [new] = cli("check", "--changed", "--base", "one", "--format", "json", cwd=folder).findings
    assert new["line"] > UNINDEXED.count("\n")


@case("check", "--fix")
def _(folder: Path) -> None:
    path = put(folder, BOTH)
    assert cli("check", "--fix", cwd=folder).code == 1
    assert path.read_text("utf-8") == FIXED.replace("  @@index([shopId])\n", "")


@case("check", "--ddl")
def _(folder: Path) -> None:
    path = put(folder, BOTH)
    assert cli("check", "--fix", "--ddl", cwd=folder).code == 0
    assert "@@index([shopId])" in path.read_text("utf-8")


@case("check", "--unsafe-fixes")
def _(folder: Path) -> None:
    path = put(folder, CLEAN.replace('  @@map("shops")', '  @@map("shop")'))
    assert cli("check", "--fix", "--ddl", cwd=folder).code == 1
    assert cli("check", "--fix", "--unsafe-fixes", cwd=folder).code == 0
    assert path.read_text("utf-8") == CLEAN


@case("check", "--with-migrations")
def _(folder: Path) -> None:
    path = put(folder, CLEAN.replace('@@map("shops")', '@@map("Shop")'))
    tables = "".join(f'CREATE TABLE "{name}" ("id" UUID NOT NULL);\n' for name in ("orders", "Shop"))
    put(folder, tables, "migrations/20260101000000_init/migration.sql")
    put(folder, 'provider = "postgresql"\n', "migrations/migration_lock.toml")
    cli("check", "--fix", "--with-migrations", cwd=folder)
    assert path.read_text("utf-8") == CLEAN
    [_, made] = sorted(folder.glob("migrations/*/migration.sql"))
    assert 'ALTER TABLE "Shop" RENAME TO "shops"' in made.read_text("utf-8")


@case("check", "--diff")
def _(folder: Path) -> None:
    path = put(folder, RANDOM)
    out = cli("check", "--fix", "--diff", cwd=folder).out
    assert "\n-  id        String   @id @default(uuid()) @db.Uuid\n" in out
    assert path.read_text("utf-8") == RANDOM


@case("check", "--format")
def _(folder: Path) -> None:
    from prisma_lsp.outputs import names

    read: dict[str, Callable[[str], object]] = {
        "text": lambda out: out.index("warning[missing-fk-index]: "),
        "concise": lambda out: out.index("schema.prisma:9:13: warning[missing-fk-index] "),
        "json": json.loads,
        "jsonl": json.loads,
        "sarif": json.loads,
        "github": lambda out: out.index("::warning file=schema.prisma,line=9"),
        "gitlab": json.loads,
        "junit": ElementTree.fromstring,
    }
    assert set(read) == set(names())
    put(folder, UNINDEXED)
    for name, reader in read.items():
        result = cli("check", "--format", name, cwd=folder)
        assert result.code == 1
        reader(result.out)


@case("check", "--output-file")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    assert cli("check", "--output-file", "report.txt", cwd=folder).out == ""
    assert "missing-fk-index" in (folder / "report.txt").read_text("utf-8")


@case("check", "--statistics")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    assert cli("check", "--statistics", cwd=folder).out == "1  warning  R    missing-fk-index\n"


@case("check", "--watch")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "prisma_lsp", "check", "--watch", "--format", "concise"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell that runs the tests in the background has its children ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    alarm = threading.Timer(60, process.kill)
    alarm.start()
    try:
        assert process.stdout is not None
        assert "missing-fk-index" in process.stdout.readline()
        put(folder, UNINDEXED.replace("model Order {", "\n\nmodel Order {"))
        assert process.stdout.readline().startswith("schema.prisma:11:13:")
        put(folder, '[rules]\nmissing-fk-index = "error"\n', "prisma-lsp.toml")
        assert "error[missing-fk-index]" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.communicate()[1] == ""
        assert process.returncode == 0
    finally:
        alarm.cancel()
        process.kill()
        process.communicate()


@case("check", "--fail-on")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    codes = [cli("check", "--fail-on", one, cwd=folder).code for one in ("error", "warning")]
    assert codes == [0, 1]


@case("check", "--max-warnings")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    assert [cli("check", "--max-warnings", one, cwd=folder).code for one in (0, 1)] == [1, 0]


@case("check", "--exit-zero")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    assert cli("check", "--exit-zero", cwd=folder).code == 0


@case("check", "--plugin")
def _(folder: Path) -> None:
    put(folder, CLEAN)
    assert rules(folder, "--plugin", "odd", **plugin(folder)) == ["odd-rule"]


# --- format --------------------------------------------------------------------------------------


@case("format", "PATH")
def _(folder: Path) -> None:
    path, other = put(folder, UNLAID, "a.prisma"), put(folder, UNLAID, "b/b.prisma")
    cli("format", "a.prisma", cwd=folder)
    assert path.read_text("utf-8") == CLEAN
    assert other.read_text("utf-8") == UNLAID


@case("format", "--stdin-filename")
def _(folder: Path) -> None:
    assert fed(folder, UNLAID, "format", "-", "--stdin-filename", "a.prisma") == CLEAN


@case("format", "--check")
def _(folder: Path) -> None:
    path = put(folder, UNLAID)
    result = cli("format", "--check", cwd=folder)
    assert result.code == 1 and "schema.prisma" in result.out
    assert path.read_text("utf-8") == UNLAID


@case("format", "--diff")
def _(folder: Path) -> None:
    path = put(folder, UNLAID)
    result = cli("format", "--diff", cwd=folder)
    assert result.code == 1 and "\n-  id String " in result.out
    assert path.read_text("utf-8") == UNLAID


# --- the others ----------------------------------------------------------------------------------


@case("init", "PATH")
def _(folder: Path) -> None:
    put(folder, UNINDEXED, "db/schema.prisma")
    assert cli("init", "db", cwd=folder).code == 0
    assert (folder / "db/prisma-lsp.toml").exists()


@case("init", "--baseline")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    cli("init", "--baseline", cwd=folder)
    assert cli("check", "--baseline", "prisma-lsp-baseline.json", cwd=folder).code == 0


@case("init", "--add-ignores")
def _(folder: Path) -> None:
    path = put(folder, UNINDEXED)
    cli("init", "--add-ignores", cwd=folder)
    assert "  // prisma-lsp-ignore missing-fk-index: " in path.read_text("utf-8")
    assert cli("check", cwd=folder).code == 0


@case("init", "--force")
def _(folder: Path) -> None:
    put(folder, UNINDEXED)
    put(folder, "# mine\n", "prisma-lsp.toml")
    assert cli("init", cwd=folder).code == 2
    assert cli("init", "--force", cwd=folder).code == 0
    assert "# mine" not in (folder / "prisma-lsp.toml").read_text("utf-8")


@case("init", "--plugin")
def _(folder: Path) -> None:
    put(folder, CLEAN)
    result = cli("init", "--baseline", "--plugin", "odd", cwd=folder, **plugin(folder))
    assert result.code == 0
    assert '"rule": "odd-rule"' in (folder / "prisma-lsp-baseline.json").read_text("utf-8")


@case("explain", "RULE")
def _(folder: Path) -> None:
    assert cli("explain", "missing-fk-index").out.startswith("missing-fk-index\n")


@case("explain", "--plugin")
def _(folder: Path) -> None:
    out = cli("explain", "odd-rule", "--plugin", "odd", cwd=folder, **plugin(folder)).out
    assert "A model is odd." in out


@case("rules", "--plugin")
def _(folder: Path) -> None:
    assert "  odd-rule " in cli("rules", "--plugin", "odd", cwd=folder, **plugin(folder)).out


@case("completions", "SHELL")
def _(folder: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "unsafe-fixes" in cli("completions", shell).out


def served(folder: Path, *options: str, **environment: str) -> str:
    process = subprocess.Popen(
        [sys.executable, "-m", "prisma_lsp", "serve", *options], cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **environment},
    )  # fmt: skip
    root = folder.as_uri()
    messages: list[dict[str, object]] = [
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": root, "capabilities": {}}},
        {"method": "initialized", "params": {}},
        {"method": "textDocument/didOpen", "params": {"textDocument": {
            "uri": f"{root}/schema.prisma", "languageId": "prisma", "version": 1, "text": CLEAN}}},
        {"id": 2, "method": "shutdown"},
    ]  # fmt: skip
    body = b""
    for message in messages:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        body += b"Content-Length: %d\r\n\r\n%s" % (len(data), data)
    out, _ = process.communicate(body, timeout=60)
    return out.decode()


@case("serve", "--stdio")
def _(folder: Path) -> None:
    assert '"capabilities"' in served(folder, "--stdio")


@case("serve", "--plugin")
def _(folder: Path) -> None:
    put(folder, CLEAN)
    assert "odd-rule" in served(folder, "--plugin", "odd", **plugin(folder))


@case("serve", "--tcp")
def _(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "prisma_lsp", "serve", "--tcp", "0"], stderr=subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        port = int(process.stderr.readline().decode().rpartition(":")[2])
        body = b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}'
        with socket.create_connection(("127.0.0.1", port), timeout=60) as stream:
            stream.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            assert stream.recv(16).startswith(b"Content-Length:")
    finally:
        process.kill()
        process.communicate()


@case("", "--version")
def _(folder: Path) -> None:
    assert cli("--version").out.startswith("prisma-lsp ")


# --- none is forgotten ---------------------------------------------------------------------------


def declared() -> Iterator[tuple[str, str]]:
    """(command, option or what stands for an argument) of all that `--help` shows."""
    from prisma_lsp.__main__ import _parser

    parser = _parser()
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            yield "", action.option_strings[-1]
            continue
        for name, command in action.choices.items():
            for one in command._actions:
                yield name, one.option_strings[-1] if one.option_strings else one.metavar or one.dest.upper()


def test_every_option_has_a_case() -> None:
    assert set(CASES) == {one for one in declared() if one[1] != "--help"}


@pytest.mark.parametrize(("command", "option"), sorted(CASES))
def test_an_option(tmp_path: Path, command: str, option: str) -> None:
    CASES[command, option](tmp_path)


@pytest.mark.parametrize("command", sorted({one[0] for one in declared()}))
def test_help_teaches_by_example(command: str) -> None:
    shown = cli(*[command] if command else [], "--help")
    assert shown.code == 0
    assert shown.out.startswith(f"usage: prisma-lsp {command}".rstrip())
    assert "\nexamples:\n  " in shown.out
    assert all(len(line) <= 100 for line in shown.out.splitlines())
    if command:
        assert f"  prisma-lsp {command}" in shown.out or f"prisma-lsp {command} " in shown.out
