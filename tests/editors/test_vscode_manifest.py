"""The manifest of the VS Code extension: our settings and no others, nothing dangerous in a workspace without trust."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import prisma_lsp
from prisma_lsp.lint.rule import all_rules
from prisma_lsp.settings import FIELDS

FOLDER = Path(__file__).parents[2] / "editors" / "vscode"
MANIFEST: dict[str, Any] = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
SETTINGS: dict[str, Any] = MANIFEST["contributes"]["configuration"]["properties"]

# What chooses a program to start.
PROGRAMS = {"prismaLsp.path", "prismaLsp.interpreter"}


def test_its_settings_are_the_servers() -> None:
    by_hand = {*PROGRAMS, "prismaLsp.importStrategy"}
    assert set(SETTINGS) == by_hand | {f"prismaLsp.{field.client_name}" for field in FIELDS}
    for field in FIELDS:
        setting = SETTINGS[f"prismaLsp.{field.client_name}"]
        assert setting["markdownDescription"] == field.doc
        assert (setting["default"] or None) == (field.default or None)
    assert set(SETTINGS["prismaLsp.rules"]["properties"]) == {rule.name for rule in all_rules()}


def test_what_starts_a_program_is_not_for_an_untrusted_workspace() -> None:
    trust = MANIFEST["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited"
    assert set(trust["restrictedConfigurations"]) == {*PROGRAMS, "prismaLsp.importStrategy"}


def test_every_command_is_there_and_does_something() -> None:
    announced = {command["command"] for command in MANIFEST["contributes"]["commands"]}
    source = "".join(file.read_text("utf-8") for file in (FOLDER / "src").glob("*.ts"))
    registered = set(re.findall(r'"(prismaLsp\.\w+)": \(', source))
    assert announced == registered
    listed = {
        "prismaLsp.restart",
        "prismaLsp.showOutput",
        "prismaLsp.fixAll",
        "prismaLsp.showOptions",
        "prismaLsp.explainRule",
        "prismaLsp.showStatus",
    }
    assert announced == listed


def test_its_version_is_the_servers() -> None:
    assert MANIFEST["version"] == prisma_lsp.__version__


def test_every_file_that_it_names_is_there_or_built() -> None:
    def paths(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [path for one in value.values() for path in paths(one)]
        if isinstance(value, list):
            return [path for one in value for path in paths(one)]
        return [value] if isinstance(value, str) and value.startswith("./") else []

    named = [path for path in paths(MANIFEST["contributes"]) if not path.startswith("./out/")]
    assert named and all((FOLDER / path).is_file() for path in named)
