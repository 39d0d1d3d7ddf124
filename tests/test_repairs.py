"""Repairs of what Prisma rejects: their pages, and what holds for every fix."""

from __future__ import annotations

import re
from pathlib import Path

import pages
import pytest
from test_rules import RULES, check_page

from prisma_lsp.lint import repair
from prisma_lsp.lint.fixall import fixed
from prisma_lsp.lint.rule import Finding
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document

PAGES = Path(__file__).parent / "pages"
CHECKS = Path(repair.__file__).parent / "validity"


@pytest.mark.parametrize("path", sorted(PAGES.glob("repairs/*.md")), ids=lambda p: p.stem)
def test_page(path: Path, tmp_path: Path, update: bool) -> None:
    check_page(path, path.read_text("utf-8"), "prisma", tmp_path, update)


@pytest.mark.parametrize(
    "path",
    sorted([*PAGES.glob("repairs/*.md"), *PAGES.glob("validity/*.md")]),
    ids=lambda p: f"{p.parent.stem}-{p.stem}",
)
def test_every_fix_repairs_its_place(path: Path, tmp_path: Path) -> None:
    """A fix can be made, its finding is gone, and nothing that could be read no longer can."""
    for number, case in enumerate(pages.cases(path.read_text("utf-8"))):
        world = pages.world(case.text, tmp_path / str(number), list(RULES))
        linter = world.lint()
        before = _counts(linter.schema, pages.all_placed(linter, "prisma"))
        problems = _problems(linter.schema)
        for _, finding in pages.all_placed(linter, "prisma"):
            for fix in pages.fixes_of(linter, finding):
                after = pages.World(
                    pages.apply(world.files, fix), world.settings, world.migrations, world.prisma_version
                ).lint()
                where = f"{case.title}: {fix.title}"
                assert _problems(after.schema) <= problems, where
                key = (finding.rule, finding.message)
                left = _counts(after.schema, pages.all_placed(after, "prisma"))
                assert left.get(key, 0) < before[key], where


def _problems(schema: Schema) -> int:
    return sum(len(block.problems) for file in schema.files.values() for block in file.blocks)


def _counts(schema: Schema, found: list[tuple[int, Finding]]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for _, finding in found:
        key = (finding.rule, finding.message)
        counts[key] = counts.get(key, 0) + 1
    return counts


def test_every_repair_is_of_something_that_is_found() -> None:
    codes = set()
    for path in [*CHECKS.glob("*.py"), Path(document.__file__)]:
        codes |= set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', path.read_text("utf-8")))
    assert set(repair.makers()) - codes == set()


def test_fixing_all_leaves_alone_what_may_be_meant_otherwise() -> None:
    """Nobody is asked, so only the one obvious repair is made."""
    text = (
        'datasource db {\n  provider = "postgresql"\n}\n\n'
        "model Shop {\n"
        "  id    Int    @id\n"
        "  name  string\n"
        "  city  Strin\n"
        "  owner Owner\n"
        "  code  String @uniq\n"
        "  tags: String[]\n"
        "}\n"
    )
    world = pages.World({"schema.prisma": text})
    schema = Schema({"schema.prisma": document.read(text)})
    after = fixed(schema, world.environment).texts["schema.prisma"]
    assert after == text.replace(" string\n", " String\n").replace("tags: ", "tags ")
