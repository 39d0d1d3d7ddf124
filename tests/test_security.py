"""What docs/security.md promises and no other page of tests shows."""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from test_faults import Editor

import prisma_lsp
from prisma_lsp.lint import columns

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "prisma_lsp"

# Repetitions within repetitions that were looked at: no text can be read in two ways by them, because
# each turn begins with a character that the turn before cannot end with or go over.
REVIEWED = {
    "ide.completion._IGNORE",
    "lint.names._SNAKE",
    "lint.names._UPPER_SNAKE",
    "lint.names._WORDS",
    "lint.validity.types._UNSUPPORTED",
    "migrations.blocks._EXCEPTION",
    "plainyaml._FLOW",
}


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """(module.name, pattern) of every expression that a module holds."""
    for found in pkgutil.walk_packages(prisma_lsp.__path__, "prisma_lsp."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{found.name.removeprefix('prisma_lsp.')}.{name}", value


def ambiguous(tree: Any, inside: bool = False) -> bool:
    """Whether an endless repetition of something that can itself go on for ever and is not told
    apart by its first character stands in the tree."""
    for kind, argument in tree:
        name = str(kind)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, most, body = argument
            endless = most is parser.MAXREPEAT or most > 1_000
            if endless and inside:
                return True
            if ambiguous(body, inside or (endless and not _is_led(body))):
                return True
        elif name == "SUBPATTERN":
            if ambiguous(argument[-1], inside):
                return True
        elif name == "BRANCH":
            if any(ambiguous(branch, inside) for branch in argument[1]):
                return True
        elif name in ("ASSERT", "ASSERT_NOT") and ambiguous(argument[1], inside):
            return True
    return False


def _is_led(body: Any) -> bool:
    """Whether a turn of a repetition begins with one certain character, or is only one long."""
    items = list(body)
    if not items:
        return True
    kind, argument = items[0]
    if len(items) == 1 and str(kind) in ("IN", "LITERAL", "NOT_LITERAL", "ANY"):
        return True
    if str(kind) == "SUBPATTERN":
        return _is_led([*argument[-1], *items[1:]])
    if str(kind) == "BRANCH":
        return all(_is_led([*branch, *items[1:]]) for branch in argument[1])
    return str(kind) == "LITERAL"


def test_no_expression_can_be_made_to_hang() -> None:
    wrong = []
    count = 0
    for name, pattern in patterns():
        count += 1
        text = pattern.pattern
        tree = parser.parse(text if isinstance(text, str) else text.decode("latin-1"), pattern.flags & ~re.UNICODE if isinstance(text, bytes) else pattern.flags)
        if name not in REVIEWED and ambiguous(tree):
            wrong.append(name)
    assert count > 40
    assert wrong == []


def in_functions() -> Iterator[tuple[str, str, int]]:
    """(place, expression, flags) of what is handed to `re` where it is used."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="re"), attr=method), args=[ast.Constant(value=str(text)), *_]
                ) if method != "escape":
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", text, 0


def test_no_expression_in_a_function_can_be_made_to_hang() -> None:
    found = list(in_functions())
    assert len(found) > 40
    # Led by a character that the repetition before it cannot go over.
    reviewed = {text for name, text in ((n, p.pattern) for n, p in patterns()) if name in REVIEWED}
    wrong = [place for place, text, flags in found if text not in reviewed and ambiguous(parser.parse(text, flags))]
    assert wrong == []


@pytest.mark.parametrize("pattern", ["/(a+)+$/", "/(a|aa)+$/", "/^(a*)*$/", "/a*a*a*a*a*a*a*a*b/", "/((a{1,9}){1,9}){1,9}x/", "/(/"])
def test_an_expression_of_a_setting_cannot_hang(pattern: str) -> None:
    assert not columns.matches("a" * 5_000, (pattern,))


def test_usual_expressions_of_a_setting_hold() -> None:
    assert columns.matches("priceCents", ("/(price|cost)[A-Z]?[a-z]*$/",)) and columns.matches("tax_rate", ("/^tax_/",))


def test_the_check_of_expressions_finds_one() -> None:
    assert ambiguous(parser.parse(r"(\w+\s?)+x")) or ambiguous(parser.parse(r"(\w*)*x"))
    assert not ambiguous(parser.parse(r'"(?:[^"\\]|\\.)*"'))


# What may start a program, run text as code or reach for the network.
MODULES = {"subprocess", "pickle", "marshal", "shelve", "urllib.request", "http.client", "ftplib", "ctypes", "socket", "multiprocessing"}
ALLOWED = {
    # Our own check, on several processors.
    "parallel.py": {"multiprocessing"},
    # git, with its hooks for other programs turned off.
    "changed.py": {"subprocess"},
    # Whether the parent is still there, on Windows.
    "server/core.py": {"ctypes"},
    # serve --tcp.
    "server/door.py": {"socket"},
    "server/loop.py": {"socket"},
}


def uses(path: Path) -> set[str]:
    found: set[str] = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            found.add(node.module)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec", "__import__"):
            found.add(node.func.id)
    return found


def test_nothing_runs_a_program_or_reaches_for_the_network() -> None:
    wrong = {}
    for path in PACKAGE.rglob("*.py"):
        name = path.relative_to(PACKAGE).as_posix()
        extra = uses(path) - ALLOWED.get(name, set())
        if extra:
            wrong[name] = extra
    assert wrong == {}


def test_a_workspace_cannot_have_anything_run(tmp_path: Path) -> None:
    """Files that would run if anybody imported, required or sourced them."""
    marker = tmp_path / "ran"
    root = tmp_path / "root"
    root.mkdir()
    touch = f"open({os.fspath(marker)!r}, 'w').write('x')"
    for name in ("conftest.py", "sitecustomize.py", "prisma_lsp.py", "lark.py", "json.py", "pygls.py", "acme_rules.py"):
        (root / name).write_text(touch, "utf-8")
    (root / "prisma.config.ts").write_text(
        f"require('fs').writeFileSync({json.dumps(os.fspath(marker))}, 'x')\nexport default {{ schema: 'schema.prisma' }}\n",
        "utf-8",
    )
    (root / "package.json").write_text(json.dumps({"scripts": {"prepare": f"touch {marker}"}}), "utf-8")
    (root / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\n[project.entry-points."prisma_lsp.rules"]\nacme = "acme_rules"\n'
        '[tool.prisma-lsp]\npreset = "recommended"\n',
        "utf-8",
    )
    (root / "schema.prisma").write_text('datasource db {\n  provider = "postgresql"\n}\n\nmodel A {\n  id Int @id\n}\n', "utf-8")
    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "prisma-lsp"), "check", "."],
        cwd=root, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    editor = Editor(root)
    editor.later()
    assert not marker.exists()


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    """Configurations that point outside are refused, and what is outside is never shown."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.prisma").write_text("model Outside_secret {\n  id Int @id\n}\n", "utf-8")
    root = tmp_path / "root"
    (root / ".git").mkdir(parents=True)
    for where in ("../outside", os.fspath(outside), "../outside/secret.prisma", "./a/../../outside"):
        (root / "prisma.config.ts").write_text(f"export default {{ schema: {json.dumps(where)} }}\n", "utf-8")
        editor = Editor(root)
        editor.later()
        session = editor.door.core.store.session(str(editor.path))
        assert session is None or session.schema.kind_of("Outside_secret") is None


LOST = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel user_x {\n  id Int @id @map("id")\n}\n'


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "prisma_lsp", *arguments], cwd=root, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A repository, and a folder beside it."""
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / ".git").mkdir(parents=True)
    outside.mkdir()
    return root, outside


@pytest.mark.parametrize(
    "command",
    [("check", "--fix"), ("check", "--fix", "--unsafe-fixes"), ("format",), ("check",), ("init", "--force"), ("init", "--add-ignores")],
)
@pytest.mark.parametrize("named", [".", "schema.prisma", "prisma", "prisma/schema.prisma"])
def test_a_link_out_of_the_repository_is_neither_read_nor_written(
    places: tuple[Path, Path], command: tuple[str, ...], named: str
) -> None:
    root, outside = places
    (outside / "schema.prisma").write_text(LOST, "utf-8")
    if named in (".", "schema.prisma"):
        (root / "schema.prisma").symlink_to("../outside/schema.prisma")
    else:
        (root / "prisma").symlink_to("../outside", target_is_directory=True)
    done = run(root, *command, named)
    assert (outside / "schema.prisma").read_text("utf-8") == LOST
    assert list(outside.iterdir()) == [outside / "schema.prisma"]
    assert "user_x" not in done.stdout + done.stderr and "UserX" not in done.stdout + done.stderr
    assert done.returncode == 2, done.stdout + done.stderr


def test_a_link_out_of_the_repository_is_not_written_through(places: tuple[Path, Path]) -> None:
    """Reports, settings, baselines and new migrations."""
    root, outside = places
    (root / "schema.prisma").write_text(LOST, "utf-8")
    for name in ("report.sarif", "prisma-lsp.toml", "prisma-lsp-baseline.json"):
        (outside / name).write_text("", "utf-8")
        (root / name).symlink_to(f"../outside/{name}")
    (outside / "migrations" / "20200101000000_a").mkdir(parents=True)
    sql = outside / "migrations" / "20200101000000_a" / "migration.sql"
    sql.write_text('CREATE TABLE "user_x" ("id" INTEGER NOT NULL PRIMARY KEY);\n', "utf-8")
    (outside / "migrations" / "migration_lock.toml").write_text('provider = "postgresql"\n', "utf-8")
    (root / "migrations").symlink_to("../outside/migrations", target_is_directory=True)
    before = sorted((p, p.read_bytes() if p.is_file() else b"") for p in outside.rglob("*"))
    for command in (
        ("check", "--format", "sarif", "--output-file", "report.sarif", "."),
        ("init", "--force", "--baseline"),
        ("check", "--baseline", "prisma-lsp-baseline.json", "--fix", "--with-migrations", "--unsafe-fixes", "."),
        ("check", "--fix", "--with-migrations", "."),
    ):
        run(root, *command)
    assert sorted((p, p.read_bytes() if p.is_file() else b"") for p in outside.rglob("*")) == before


def test_a_link_within_the_repository_is_followed(places: tuple[Path, Path]) -> None:
    root, _ = places
    (root / "real").mkdir()
    (root / "real" / "schema.prisma").write_text(LOST, "utf-8")
    (root / "schema.prisma").symlink_to("real/schema.prisma")
    done = run(root, "check", "--fix", "schema.prisma")
    assert "Made" in done.stdout, done.stdout + done.stderr
    assert (root / "schema.prisma").is_symlink()
    assert "UserX" in (root / "real" / "schema.prisma").read_text("utf-8")


def test_what_is_shown_in_a_terminal_is_escaped(tmp_path: Path) -> None:
    evil = "model A\x1b[2J\x07 {\n  \x1b]0;title\x07id Int @id\n}\n"
    (tmp_path / "schema.prisma").write_text(evil, "utf-8")
    for form in ("text", "concise", "github", "junit", "json", "sarif", "gitlab", "jsonl"):
        done = subprocess.run(
            [sys.executable, "-m", "prisma_lsp", "check", str(tmp_path), "--format", form, "--exit-zero"],
            capture_output=True, timeout=120,
        )  # fmt: skip
        assert b"\x1b" not in done.stdout + done.stderr and b"\x07" not in done.stdout + done.stderr, form


@pytest.mark.parametrize("what", ["--wheel", "--sdist"])
def test_a_release_is_the_same_byte_for_byte(tmp_path: Path, what: str) -> None:
    sums = set()
    for number in range(2):
        target = tmp_path / str(number)
        done = subprocess.run(
            [sys.executable, "-m", "build", what, "--no-isolation", "--outdir", str(target), str(ROOT)],
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        (made,) = target.iterdir()
        sums.add(hashlib.sha256(made.read_bytes()).hexdigest())
    assert len(sums) == 1


def test_the_bill_of_materials_names_every_dependency() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prisma_lsp.dev", "sbom"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    bill = json.loads(done.stdout)
    assert bill["bomFormat"] == "CycloneDX" and bill["metadata"]["component"]["name"] == "prisma-lsp"
    names = {one["name"] for one in bill["components"]}
    assert {"pygls", "lsprotocol", "lark", "pluralizer", "attrs", "cattrs"} <= names
    assert all(one["version"] and one["purl"] == f"pkg:pypi/{one['name']}@{one['version']}" for one in bill["components"])
    assert not {"pytest", "ruff"} & names
