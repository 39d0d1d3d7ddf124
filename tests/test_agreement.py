"""Our validity findings are those of Prisma's engine: the same verdict, the same lines.

What the engine says is in ``agreement/verdicts.json``; `agreement/record.py` asks it again.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "agreement"
sys.path.insert(0, str(HERE))

from cases import Files, cases  # noqa: E402

from prisma_lsp.lint.context import Environment  # noqa: E402
from prisma_lsp.lint.linter import Linter  # noqa: E402
from prisma_lsp.migrations import Migrations  # noqa: E402
from prisma_lsp.schema.schema import Schema  # noqa: E402
from prisma_lsp.settings import Settings  # noqa: E402
from prisma_lsp.syntax import document  # noqa: E402

VERDICTS: dict[str, list[str]] = json.loads((HERE / "verdicts.json").read_text("utf-8"))
# Lines that the engine reports and we do not, on purpose, by the reason why.
LEFT_OUT: dict[str, list[str]] = {
    name: findings
    for group in json.loads((HERE / "left_out.json").read_text("utf-8")).values()
    for name, findings in group.items()
}


def ours(files: Files) -> list[str]:
    """What we say: file, line, level, for every line that a finding covers."""
    schema = Schema({path: document.read(text) for path, text in files.items()})
    linter = Linter(schema, Environment(Settings(), Migrations.none()))
    linter.work()
    return sorted(
        {
            f"{path}:{start + line}:{finding.level}"
            for path, found in schema.files.items()
            for block, start in zip(found.blocks, found.starts, strict=True)
            for finding in linter.findings(block)
            if finding.source == "prisma"
            for line in range(finding.line, finding.through + 1)
        }
    )


def fails(findings: list[str]) -> bool:
    return any(finding.endswith(":error") for finding in findings)


CASES = list(cases())


@pytest.mark.parametrize("group", sorted({name.split(":")[0].split(" ")[0] for name, _ in CASES}))
def test_agreement(group: str) -> None:
    wrong = []
    for name, files in CASES:
        if name.split(":")[0].split(" ")[0] != group:
            continue
        assert name in VERDICTS, f"{name} has no verdict: run tests/agreement/record.py"
        theirs, mine = VERDICTS[name], ours(files)
        missing = [f for f in theirs if f not in mine and f not in LEFT_OUT.get(name, ())]
        extra = mine if not theirs else []
        if missing or extra or fails(theirs) != fails(mine):
            wrong.append(f"{name}: missing {missing}, extra {extra}")
    assert not wrong, "\n".join(wrong)


def test_left_out_is_left_out() -> None:
    said = {name: ours(files) for name, files in CASES if name in LEFT_OUT}
    assert said.keys() == LEFT_OUT.keys()
    needless = [f"{name}: {f}" for name, found in LEFT_OUT.items() for f in found if f in said[name] or f not in VERDICTS[name]]
    assert not needless, "\n".join(needless)


def test_names_are_unique() -> None:
    twice = [name for name, count in Counter(name for name, _ in CASES).items() if count > 1]
    assert not twice
