"""VS Code shows the settings that the server has: no more, no less, with the same defaults."""

from __future__ import annotations

import json
from pathlib import Path

from prisma_lsp.settings import FIELDS

MANIFEST = Path(__file__).parents[2] / "editors" / "vscode" / "package.json"


def test_its_settings_are_the_servers() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    shown = manifest["contributes"]["configuration"]["properties"]
    assert set(shown) == {"prismaLsp.path"} | {f"prismaLsp.{field.client_name}" for field in FIELDS}
    for field in FIELDS:
        setting = shown[f"prismaLsp.{field.client_name}"]
        assert setting["markdownDescription"]
        assert (setting["default"] or None) == (field.default or None)
        assert setting.get("minimum") == field.minimum
        assert setting.get("maximum") == field.maximum
        levels = setting.get("additionalProperties", {"anyOf": [setting]})["anyOf"][0]
        assert tuple(levels.get("enum", ())) == field.choices


def test_what_starts_a_program_is_not_for_an_untrusted_workspace() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    trust = manifest["capabilities"]["untrustedWorkspaces"]
    assert trust["supported"] == "limited"
    assert trust["restrictedConfigurations"] == ["prismaLsp.path"]
