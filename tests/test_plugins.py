"""Rules from an installed package: the example, and what must never load one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import CLEAN, cli, one_line, put

ROOT = Path(__file__).parents[1]
TEMPORARY = CLEAN + '\nmodel TmpImport {\n  id String @id @default(uuid(7)) @db.Uuid\n\n  @@map("tmp_imports")\n}\n'


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example package as an installer leaves it."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--no-build-isolation", "--target", folder, ROOT / "examples/plugin"],
        check=True, timeout=300, capture_output=True,
    )  # fmt: skip
    return folder


def test_the_example_and_its_own_test(installed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", ROOT / "examples/plugin"],
        env={**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, timeout=120, cwd=installed,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_rules_are_rules_as_all_others(tmp_path: Path, installed: Path) -> None:
    put(tmp_path, TEMPORARY)
    path = {"PYTHONPATH": str(installed)}
    assert "no-temporary-model" not in cli("check", cwd=tmp_path, **path).out
    found = cli("check", "--plugin", "acme", cwd=tmp_path, **path)
    assert "warning[no-temporary-model]: `TmpImport` is called temporary" in found.out
    put(tmp_path, '[rules]\nno-temporary-model = { prefixes = ["X"] }\n', "prisma-lsp.toml")
    assert "no-temporary" not in cli("check", "--plugin", "acme", cwd=tmp_path, **path).out
    (tmp_path / "prisma-lsp.toml").unlink()
    assert "no-temporary-model" in cli("rules", "--plugin", "acme", **path).out
    page = cli("explain", "no-temporary-model", "--plugin", "acme", **path)
    assert page.out.startswith("no-temporary-model\n\nA table that was meant to be temporary")
    assert cli("init", "--plugin", "acme", cwd=tmp_path, **path).code == 0
    help_of_server = cli("serve", "--help").out
    assert "--stdio" in help_of_server and "--plugin" in help_of_server


def test_the_user_s_own_configuration_names_it(tmp_path: Path, installed: Path) -> None:
    put(tmp_path, TEMPORARY, "work/schema.prisma")
    put(tmp_path, 'plugins = ["acme"]\n', "config/prisma-lsp/config.toml")
    found = cli(
        "check", cwd=tmp_path / "work", PYTHONPATH=str(installed), XDG_CONFIG_HOME=str(tmp_path / "config")
    )
    assert "no-temporary-model" in found.out


@pytest.mark.parametrize(
    "text", ["plugins = 3\n", "plugin = []\n", "plugins = [\n", 'plugins = ["nope"]\n']
)
def test_a_configuration_that_is_wrong(tmp_path: Path, text: str) -> None:
    put(tmp_path, CLEAN)
    put(tmp_path, text, "config/prisma-lsp/config.toml")
    one_line(cli("check", cwd=tmp_path, XDG_CONFIG_HOME=str(tmp_path / "config")))


def test_an_unknown_plugin_is_one_line(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    for command in ("check", "serve", "rules", "init"):
        one_line(
            cli(command, "--plugin", "nope", cwd=tmp_path), "no installed package has a plugin `nope`"
        )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import nothing_of_this_name\n", "ModuleNotFoundError"), ("x = (\n", "SyntaxError"),
        ("", "it has no rule"), ("raise SystemError('boo')\n", "boo"),
    ],
)  # fmt: skip
def test_a_plugin_that_is_broken(tmp_path: Path, code: str, reason: str) -> None:
    put(tmp_path, CLEAN, "work/schema.prisma")
    put(tmp_path, "", "site/broken/__init__.py")
    put(tmp_path, code, "site/broken/some_rule.py")
    put(tmp_path, "Metadata-Version: 2.1\nName: broken\nVersion: 1\n", "site/broken-1.dist-info/METADATA")
    put(tmp_path, "[prisma_lsp.rules]\nbroken = broken\n", "site/broken-1.dist-info/entry_points.txt")
    result = cli(
        "check", "--plugin", "broken", cwd=tmp_path / "work", PYTHONPATH=str(tmp_path / "site")
    )
    one_line(result, "plugin `broken` cannot be loaded", reason)


def test_no_file_of_a_workspace_loads_one(tmp_path: Path, installed: Path) -> None:
    put(tmp_path, TEMPORARY)
    put(tmp_path, 'plugins = ["acme"]\nplugin = "acme"\n', "prisma-lsp.toml")
    result = cli("check", cwd=tmp_path, PYTHONPATH=str(installed))
    assert result.code == 2
    assert "`plugins`: unknown setting" in result.err
    assert "no-temporary-model" not in result.out


def test_a_package_in_the_working_directory_is_not_taken(tmp_path: Path) -> None:
    put(tmp_path, CLEAN)
    put(tmp_path, f"open({str(tmp_path / 'sprung')!r}, 'w')\n", "acme/__init__.py")
    put(tmp_path, "Metadata-Version: 2.1\nName: acme\nVersion: 1\n", "acme-1.dist-info/METADATA")
    put(tmp_path, "[prisma_lsp.rules]\nacme = acme\n", "acme-1.dist-info/entry_points.txt")
    one_line(cli("check", "--plugin", "acme", cwd=tmp_path), "no installed package")
    assert not (tmp_path / "sprung").exists()
