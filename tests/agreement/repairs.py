"""Every repair of what Prisma rejects, on real schemas and on slips in them: what is left afterwards.

    python tests/agreement/repairs.py FOLDER [--engine FOLDER] [--edits N] [--seed N] [--every N] [--jobs N]

FOLDER holds schemas as ``fixes.py`` takes them; with ``--edits`` it is N single edits of them that are
repaired, and not the schemas as they are.  Each fix of each finding of validity is made alone.  It
fails where a fix cannot be made, leaves text that cannot be read, leaves its own finding, or brings
another one that Prisma would reject (but for what Prisma says only once the first is repaired, see `uncovers`).  With ``--engine``, a folder with
``node_modules/@prisma/prisma-schema-wasm``, it fails as well where Prisma's own engine does not judge
the result as we do.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

from cases import Files
from fixes import _URL, _unread, checked, findings, schemas
from fuzz import edit
from record import ask

from prisma_lsp.lint import fixall
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import Finding
from prisma_lsp.migrations import Migrations
from prisma_lsp.settings import Settings

# What Prisma says nothing more behind, of the line, the block or the schema.
_HOLD_BACK = frozenset((
    "missing-provider", "unexpected-token", "incomplete-line", "block-keyword", "top-level", "missing-brace",
    "missing-value", "duplicate-attribute", "duplicate-name", "duplicate-datasource",
))  # fmt: skip
# How many results the engine judges at once.
_BATCH = 400


class Made(NamedTuple):
    """A repair of one finding, the files after it, whether we find an error in them, what is wrong."""

    code: str
    where: str
    after: Files
    fails: bool
    faults: list[str]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", type=Path)
    parser.add_argument("--edits", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="only every so many-th schema")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    found = [
        (name, {path: _URL.sub("", text) for path, text in files.items()})
        for name, files in schemas(given.folder)
    ]
    if given.edits:
        found = slips(found, given.edits, random.Random(given.seed))
    made: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    waiting: list[tuple[str, Made]] = []

    def judge() -> None:
        if given.engine is not None and waiting:
            for (name, one), told in zip(
                waiting, ask(given.engine, [one.after for _, one in waiting]), strict=True
            ):
                if told is not None and any(x.endswith(":error") for x in told) != one.fails:
                    wrong[one.code] += 1
                    print(f"{name}: {one.code}: {one.where}: the engine finds {told}", flush=True)
        waiting.clear()

    with Pool(given.jobs) as pool:
        for name, repaired in pool.imap(repairs_of, found[:: given.every]):
            for one in repaired:
                made[one.code] += 1
                wrong[one.code] += bool(one.faults)
                for fault in one.faults:
                    print(f"{name}: {one.code}: {one.where}: {fault}", flush=True)
                waiting.append((name, one))
            if len(waiting) > _BATCH:
                judge()
    judge()
    wrong += Counter()
    print(
        f"{sum(made.values())} repairs of {len(made)} codes, {sum(wrong.values())} wrong: {dict(wrong)}"
    )
    sys.exit(1 if wrong else 0)


def slips(
    found: list[tuple[str, Files]], count: int, rnd: random.Random
) -> list[tuple[str, Files]]:
    """``count`` single edits of the schemas."""
    edited: list[tuple[str, Files]] = []
    while len(edited) < count:
        name, files = rnd.choice(found)
        path = rnd.choice(list(files))
        text = edit(files[path], rnd)
        if text is not None and _URL.search(text) is None:
            edited.append((f"{name} #{len(edited)}", {**files, path: text}))
    return edited


def repairs_of(schema: tuple[str, Files]) -> tuple[str, list[Made]]:
    """Each repair of each finding of validity, made by itself."""
    name, files = schema
    environment = Environment(Settings(preset="none"), Migrations.none())
    linter = checked(files, environment)
    bench = Workbench(linter.schema, environment)
    made = []
    for block, finding in list(findings(linter)):
        if finding.source != "prisma":
            continue
        for fix in fixall.fixes_of(finding, bench):
            where = f"{block.name}: {finding.message}: {fix.title}"
            now = linter.fork()
            shown = uncovers(finding, files, fix)
            if not fix.edits.keys() <= files.keys() or not fixall.apply(now, fix.edits):
                made.append(Made(finding.rule, where, files, _fails(linter), ["cannot be made"]))
                continue
            after = {path: file.text for path, file in now.schema.files.items()}
            made.append(
                Made(
                    finding.rule,
                    where,
                    after,
                    _fails(now),
                    faults(finding.rule, linter, now, shown),
                )
            )
    return name, made


def uncovers(finding: Finding, files: Files, fix: Fix) -> bool:
    """Whether the fix may show what was held back: Prisma goes on where a word is known or a line read.

    That is a fix that changes nothing but the words that are marked, or takes away what stands twice.
    """
    if finding.rule in _HOLD_BACK:
        return True
    edits = [edit for some in fix.edits.values() for edit in some]
    return (
        len(edits) == 1
        and fix.title.startswith("Write ")
        and edits[0].range.line == edits[0].range.end_line
    )


def faults(code: str, before: Linter, now: Linter, uncovers: bool) -> list[str]:
    was, left = _rejected(before), _rejected(now)
    found = []
    if _unread(now) > _unread(before):
        found.append("text that cannot be read")
    if left[code] >= was[code]:
        found.append("its finding is still there")
    new = left - was
    del new[code]
    if new and not uncovers and _unread(now) >= _unread(before):
        found.append(f"brings {dict(new)}")
    return found


def _rejected(linter: Linter) -> Counter[str]:
    return Counter(f.rule for _, f in findings(linter) if f.source == "prisma")


def _fails(linter: Linter) -> bool:
    return any(f.level == "error" for _, f in findings(linter) if f.source == "prisma")


if __name__ == "__main__":
    main()
