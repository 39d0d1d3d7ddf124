"""An edited document equals a fresh one, and untouched blocks keep their objects."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from prisma_lsp.syntax import document
from prisma_lsp.text import Edit, Range, apply_edits, split_lines, width

SNIPPETS = [
    "", "\n", "}", "{", "/*", "*/", "//", "/// x\n", "model A {\n", "}\n", "\r\n", "\r", "  ",
    "enum E {\n  A\n}\n", "@", "@@index([a])\n", '"', "é", "😀", "\u2028", "  id Int @id\n",
    "model B {\n  id Int\n}\n", "\n\n", "type", "(", "[", "\n/* a\n b */\n", "datasource db {",
]  # fmt: skip

SEED = """// head

/// A user.
model User {
  id    Int    @id @default(autoincrement())
  /* not yet
     used */
  email String @unique // 😀
}

enum Role {
  ADMIN
}
model Post {
  id   Int @id
}

/* gone
model Old {
}
*/
datasource db {
  provider = "postgresql"
}
"""


def facts(d: document.Document) -> list[object]:
    return [
        (
            b.kind, b.lines, b.header, b.close, b.comments, b.name, b.problems,
            [(i, type(n).__name__, n.start, n.end) for i, n in b.entries if n is not None],
        )
        for b in d.blocks
    ]  # fmt: skip


def random_range(rnd: random.Random, lines: list[str]) -> Range:
    def spot() -> tuple[int, int]:
        number = rnd.randrange(len(lines) + 2)
        text = lines[number] if number < len(lines) else ""
        return number, rnd.randrange(width(text) + 3)

    first = spot()
    if rnd.random() < 0.6:
        return Range(*first, *first)
    second = (first[0], first[1] + rnd.randrange(4)) if rnd.random() < 0.6 else spot()
    first, second = sorted((first, second))
    return Range(*first, *second)


def clamped(at: Range, lines: list[str]) -> Range:
    def clamp(line: int, column: int) -> tuple[int, int]:
        if line >= len(lines):
            return len(lines), 0
        return line, min(column, width(lines[line]))

    first = clamp(at.line, at.start)
    return Range(*first, *max(first, clamp(at.end_line, at.end)))


@pytest.mark.parametrize("seed", range(60))
def test_random_edits_equal_a_fresh_read(seed: int) -> None:
    rnd = random.Random(seed)
    texts = [SEED, SEED.replace("\n", "\r\n"), ""]
    texts += [p.read_bytes().decode() for p in sorted(Path(__file__).parent.glob("schemas/*.prisma"))]
    text = texts[seed % len(texts)]
    current = document.read(text)
    for _ in range(120):
        at = random_range(rnd, split_lines(text))
        new = rnd.choice(SNIPPETS)
        old_blocks = {id(b) for b in current.blocks}
        change = document.edit(current, at, new)
        text = apply_edits(text, [Edit(clamped(at, split_lines(text)), new)])
        fresh = document.read(text)
        assert change.document.text == text
        assert facts(change.document) == facts(fresh)
        assert change.document.starts == fresh.starts
        assert change.document.fragile == fresh.fragile
        # The change tells exactly which blocks are new and which are gone.
        now = {id(b) for b in change.document.blocks}
        assert {id(b) for b in change.added} == now - old_blocks
        assert {id(b) for b in change.removed} == old_blocks - now
        current = change.document


def test_an_edit_leaves_the_other_blocks_alone() -> None:
    before = document.read(SEED)
    line = SEED.splitlines().index("  ADMIN")
    change = document.edit(before, Range(line, 2, line, 2), "SUPER_")
    assert [b.name for b in change.removed] == ["Role"]
    assert [b.name for b in change.added] == ["Role"]
    kept = [b for b in change.document.blocks if b.name != "Role"]
    assert all(any(b is o for o in before.blocks) for b in kept)
