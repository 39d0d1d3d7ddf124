"""What rules say outside the block of a single edit, on real schemas: each change is to be judged by a reader.

    python tests/agreement/mutants.py FOLDER [--edits N] [--seed N] [--preset NAME]

FOLDER holds schemas as ``fixes.py`` takes them; those that Prisma rejects are left out.  Each edit is
one that a person makes while typing.  Printed are the edits after which a rule says something else of
a block that was not edited: what was written, what is, and which findings came and went.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from cases import HERE
from fixes import checked, findings, schemas
from fuzz import edit

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.settings import Settings
from prisma_lsp.syntax.document import Block

sys.path.insert(0, str(HERE.parent))
from test_incremental_lint import difference, edited

Told = Counter[tuple[str, str, str]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--edits", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--preset", default="recommended")
    given = parser.parse_args()
    environment = Environment(Settings(preset=given.preset), Migrations.none())
    rnd = random.Random(given.seed)
    valid = []
    for name, files in schemas(given.folder):
        linter = checked(files, environment)
        if not any(f.level == "error" for _, f in findings(linter) if f.source == "prisma"):
            valid.append((name, files, linter))
    made = changed = 0
    while made < given.edits:
        name, files, before = rnd.choice(valid)
        path = rnd.choice(list(files))
        new = edit(files[path], rnd)
        if new is None or new == files[path]:
            continue
        made += 1
        stretch, _ = difference(files[path], new)
        change, after = edited(before, path, files[path], new)
        own = {*change.removed, *change.added}
        was, now = told(before, own), told(after, own)
        if was == now:
            continue
        changed += 1
        print(f"--- {made} {name} {path}:{stretch.line + 1} ({' '.join(kinds(change.removed))})")
        old_lines, new_lines = files[path].split("\n"), new.split("\n")
        more = stretch.end_line + 1 + len(new_lines) - len(old_lines)
        for sign, lines in (
            ("<", old_lines[stretch.line : stretch.end_line + 1]),
            (">", new_lines[stretch.line : more]),
        ):
            for line in lines[:6]:
                print(f"  {sign} {line}")
        for sign, some in (("-", was - now), ("+", now - was)):
            for rule, count in Counter(rule for rule, *_ in some.elements()).items():
                of, message = next((b, m) for r, b, m in some if r == rule)
                print(f"  {sign} {count} {rule}: {of}: {message}")
    print(f"{made} edits, {changed} change what rules say outside the edited block")


def told(linter: Linter, edited: set[Block]) -> Told:
    return Counter(
        (f.rule, block.name, f.message)
        for block, f in findings(linter)
        if f.source != "prisma" and block not in edited
    )


def kinds(blocks: tuple[Block, ...]) -> Iterator[str]:
    return (f"{block.kind} {block.name}".strip() for block in blocks)


if __name__ == "__main__":
    main()
