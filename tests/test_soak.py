"""A short stretch of ``tests/bench/soak.py``: a typist who does not stop, and nothing goes wrong."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import pytest
from test_faults import Editor

import prisma_lsp
from prisma_lsp.lint.names import snake
from prisma_lsp.syntax import line

sys.path.append(str(Path(__file__).parent / "bench"))

import soak


@pytest.mark.parametrize("seed", range(3))
def test_nothing_differs_from_a_fresh_check(seed: int) -> None:
    folders = [soak.ROOT / "examples", soak.ROOT / "tests" / "schemas"]
    texts = list(soak.schemas(folders))
    assert len(texts) > 10
    assert soak.soak(texts, 250, 10, seed, says=False) == []


@pytest.mark.parametrize("seed", range(2))
def test_braces_that_come_and_go(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "BRACES", 1.0)
    texts = list(soak.schemas([soak.ROOT / "examples", soak.ROOT / "tests" / "schemas"]))
    assert soak.soak(texts, 600, 20, seed, says=False) == []


def test_what_only_a_closed_text_had_is_forgotten(tmp_path: Path) -> None:
    """Lines, their shapes and names, once nobody types any more."""
    text = "".join(f"model Passing{n} {{\n  passing_{n} Int @id @map(\"p{n}\")\n}}\n" for n in range(50))

    def held() -> list[str]:
        return [key for known in line._lines.values() for key in (*known.recent, *known._earlier) if "passing_7 " in key]

    editor = Editor(tmp_path)
    other = tmp_path / "other" / "schema.prisma"
    other.parent.mkdir()
    (other.parent / "package.json").write_text("{}", "utf-8")
    other.write_text(text, "utf-8")
    for turn in range(2):
        editor.open(other, text)
        editor.later()
        assert held()
        snake("passing_7")
        editor.send(method="textDocument/didClose", params={"textDocument": {"uri": other.as_uri()}})
        if turn == 0:
            # Who opens it again at once finds it remembered.
            editor.later()
            assert held()
    editor.loop.finish()
    assert snake.cache_info().currsize == 0  # type: ignore[attr-defined]
    editor.send(method="textDocument/didClose", params={"textDocument": {"uri": editor.uri}})
    editor.loop.finish()
    assert not held()


def test_every_memory_of_a_function_has_a_bound() -> None:
    # Asked with what the command line names.
    few = {"_base"}
    found = 0
    for module in pkgutil.walk_packages(prisma_lsp.__path__, "prisma_lsp."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, functools._lru_cache_wrapper):
                found += 1
                takes = inspect.signature(value).parameters
                bound = value.cache_info().maxsize
                assert not takes or name in few or (bound is not None and bound <= 20_000), f"{module.name}.{name}"
    assert found > 20
