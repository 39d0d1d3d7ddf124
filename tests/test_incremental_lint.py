"""After any edit the remembered findings are those of a fresh check."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "agreement"))

from cases import Files, cases
from fuzz import edit

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.syntax.document import Change
from prisma_lsp.text import Range

CASES = list(cases())
EDITS = 12


def facts(linter: Linter) -> list[object]:
    return sorted(
        (path, start + f.line, f.start, f.end, f.rule, f.message, f.level)
        for path, found in linter.schema.files.items()
        for block, start in zip(found.blocks, found.starts, strict=True)
        for f in linter.findings(block)
    )


def fresh(texts: Files) -> Linter:
    schema = Schema({path: document.read(text) for path, text in texts.items()})
    linter = Linter(schema, Environment(Settings(), Migrations.none()))
    linter.work()
    return linter


def difference(old: str, new: str) -> tuple[Range, str]:
    """The smallest stretch of ``old`` that must be replaced, and by what."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1

    def place(at: int) -> tuple[int, int]:
        before = old[:at]
        return before.count("\n"), at - (before.rfind("\n") + 1)

    return Range(*place(head), *place(len(old) - tail)), new[head : len(new) - tail]


def edited(before: Linter, path: str, old: str, new: str) -> tuple[Change, Linter]:
    """The change from a file's text ``old`` to ``new``, and what ``before`` finds then."""
    change = document.edit(before.schema.files[path], *difference(old, new))
    schema, keys = before.schema.with_change(path, change)
    after = before.fork()
    after.update(schema, path, change.removed, change.added, keys)
    after.work()
    return change, after


@pytest.mark.parametrize("seed", range(40))
def test_findings_after_edits(seed: int) -> None:
    rnd = random.Random(seed)
    texts = dict(rnd.choice(CASES)[1])
    # A second file, of another case, that shares names with the first.
    for path, text in rnd.choice(CASES)[1].items():
        texts.setdefault("more-" + path, text)
    texts = {path: text.replace("\r\n", "\n").replace("\r", "\n") for path, text in texts.items()}
    linter = fresh(texts)
    for _ in range(EDITS):
        path = rnd.choice(list(texts))
        new = edit(texts[path], rnd)
        if new is None:
            continue
        stretch, text = difference(texts[path], new)
        change = document.edit(linter.schema.files[path], stretch, text)
        schema, keys = linter.schema.with_change(path, change)
        linter.update(schema, path, change.removed, change.added, keys)
        linter.work()
        texts[path] = new
        assert facts(linter) == facts(fresh(texts))


def test_a_slip_in_the_only_use_of_an_enum_as_it_comes_and_goes() -> None:
    head, tail = "enum Colour {\n  RED\n}\n\nmodel A {\n  id String @id\n  c  ", "\n}\n"
    text = head + "Colour" + tail
    linter = fresh({"a.prisma": text})
    silent = {"Colour", "Colur", "Colo", "Coluor"}
    for word in ("Colur", "Clothes", "Colo", "Colour", "Clothes", "Coluor", "Int"):
        new = head + word + tail
        _, linter = edited(linter, "a.prisma", text, new)
        text = new
        assert facts(linter) == facts(fresh({"a.prisma": text}))
        rules = {finding[4] for finding in facts(linter)}  # type: ignore[index]
        assert ("unused-enum" in rules) == (word not in silent), word
