"""A new rule is one new file: it runs, has its setting, its comment, its page and its place in the list."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RULE = '''"""A model called `Tmp…` was meant to go, and is still there.

```prisma
model TmpOrder {
//    ^^^^^^^^ `TmpOrder` is called temporary
  id Int @id
}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.name.startswith("Tmp"):
        node = model.name_node
        yield Finding(model.block.header, node.start, node.end, f"`{model.name}` is called temporary")
'''
SCHEMA = "model TmpOrder {\n  id Int @id\n}\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one file more."""
    copy = tmp_path_factory.mktemp("house")
    for name in ("prisma_lsp", "grammar", "docs/rules", "examples/shop", "tests/schemas", "tests/pages/rules"):  # fmt: skip
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "editors/vscode").mkdir(parents=True)
    shutil.copy(ROOT / "editors/vscode/package.json", copy / "editors/vscode")
    (copy / "prisma_lsp/lint/rules/hygiene/no_tmp_model.py").write_text(RULE, "utf-8")
    return copy


def run(house: Path, folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout + done.stderr


def test_one_file(house: Path, tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text(SCHEMA, "utf-8")
    assert "[no-tmp-model]: `TmpOrder` is called temporary" in run(house, tmp_path, "prisma_lsp", "check")  # fmt: skip
    assert "is still there" in run(house, tmp_path, "prisma_lsp", "explain", "no-tmp-model")
    assert "no-tmp-model" in run(house, tmp_path, "prisma_lsp", "rules")
    ignored = "// prisma-lsp-ignore no-tmp-model: it is one\n" + SCHEMA
    (tmp_path / "schema.prisma").write_text(ignored, "utf-8")
    assert "no-tmp-model" not in run(house, tmp_path, "prisma_lsp", "check")
    (tmp_path / "schema.prisma").write_text(SCHEMA, "utf-8")
    (tmp_path / "prisma-lsp.toml").write_text('[rules]\nno-tmp-model = "off"\n', "utf-8")
    assert "no-tmp-model" not in run(house, tmp_path, "prisma_lsp", "check")


def test_its_page_and_its_places_in_the_lists(house: Path, tmp_path: Path) -> None:
    written = run(house, house, "prisma_lsp.dev", "generate")
    assert "docs/rules/no-tmp-model.md" in written
    page = (house / "docs/rules/no-tmp-model.md").read_text("utf-8")
    assert "preset `recommended`, level `warning`" in page
    for name in ("docs/rules/README.md", "docs/settings.md", "docs/prisma-lsp.schema.json"):
        assert "no-tmp-model" in (house / name).read_text("utf-8")
