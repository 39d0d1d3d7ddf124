"""Whatever a file holds, it is read, checked and edited; what comes of it is bounded."""

from __future__ import annotations

import random

import pytest

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.text import Range

RANDOM = random.Random(5)

TEXTS = {
    "nothing": "",
    "binary": RANDOM.randbytes(200_000).decode("latin-1"),
    "unicode": "".join(chr(RANDOM.choice((0x1F600, 0x2028, 0x85, 0x300, 0x10FFFF, 0xA0))) for _ in range(20_000)),
    "surrogates": "model A {\n  id \ud800 Int\n}\n",
    "a long word": "model A {\n  " + "x" * 100_000 + " Int\n}\n",
    "many attributes": "model A {\n  a Int " + "@x " * 30_000 + "\n}\n",
    "many values": "model A {\n  a Int[] @default([" + "1, " * 30_000 + "1])\n}\n",
    "deep arrays": "model A {\n  a Int @default(" + "[" * 20_000 + "]" * 20_000 + ")\n}\n",
    "deep calls": "model A {\n  a Int @default(" + "f(" * 5_000 + ")" * 5_000 + ")\n}\n",
    "deep objects": "model A {\n  @@index([a], where: " + "{a: " * 5_000 + "1" + "}" * 5_000 + ")\n}\n",
    "open comments": "/*\n" * 50_000,
    "open strings": ('"' * 1_000 + "\n") * 300,
    "words": "lorem ipsum dolor\n" * 30_000,
    "a very long block": "model M {\n" + "".join(f"  f{i} String?\n" for i in range(60_000)) + "}\n",
    "open blocks": "model A {\n" * 1_500,
    "one name": "model A {\n  id Int @id\n}\n" * 2_000,
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_survived(text: str) -> None:
    read = document.read(text)
    assert read.text == text
    linter = Linter(Schema({"a": read}), Environment(Settings(), Migrations.none()))
    linter.work()
    assert linter.totals("a")[0] <= 20_000
    for at in (Range(0, 0, 0, 0), Range(3, 1, 3, 4), Range(10**6, 0, 10**6, 5)):
        change = document.edit(read, at, "}\nmodel B {\n")
        schema, keys = linter.schema.with_change("a", change)
        linter.update(schema, "a", change.removed, change.added, keys)
        linter.work()
        read = change.document
