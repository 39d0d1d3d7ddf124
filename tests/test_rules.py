"""Every rule's documentation, and its page of further cases, is true."""

from __future__ import annotations

from pathlib import Path

import pages
import pytest

from prisma_lsp.ide.advice import options_table
from prisma_lsp.lint.rule import Rule, all_rules, validity_checks

PAGES = Path(__file__).parent / "pages"
RULES = {rule.name: rule for rule in all_rules()}


def check_page(path: Path, text: str, only: str | None, tmp_path: Path, update: bool) -> None:
    found = list(pages.cases(text))
    assert found, f"{path.name} has no case"
    real = text
    for number, case in enumerate(found):
        rendered = pages.render(case.text, only, tmp_path / str(number), list(RULES))
        if not update:
            assert rendered == case.text, f"{path.name}: {case.title}"
        real = real.replace(case.text, rendered)
    if update and real != text:
        source = path.read_text("utf-8")
        assert text in source
        path.write_text(source.replace(text, real), "utf-8")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_documentation(rule: Rule, tmp_path: Path, update: bool) -> None:
    path = Path(rule.module.__file__)
    text = rule.module.__doc__
    kind, comment = ("sql", "\n--") if rule.node == "Migration" else ("prisma", "//")
    assert f"```{kind}\n" in text, "a rule's docstring shows what is bad"
    assert comment in text and "^" in text, "and what is said about it"
    check_page(path, text, rule.name, tmp_path, update)


@pytest.mark.parametrize("path", sorted(PAGES.glob("rules/*.md")), ids=lambda p: p.stem)
def test_page(path: Path, tmp_path: Path, update: bool) -> None:
    assert path.stem in RULES, f"there is no rule {path.stem}"
    check_page(path, path.read_text("utf-8"), path.stem, tmp_path, update)


@pytest.mark.parametrize("path", sorted(PAGES.glob("validity/*.md")), ids=lambda p: p.stem)
def test_validity_page(path: Path, tmp_path: Path, update: bool) -> None:
    assert validity_checks()
    check_page(path, path.read_text("utf-8"), "prisma", tmp_path, update)


def test_every_rule_has_silent_cases() -> None:
    """On a page of its own, or at least what its fix makes."""
    missing = [
        rule.name
        for rule in RULES.values()
        if "```prisma fixed" not in (rule.module.__doc__ or "")
        and not (PAGES / f"rules/{rule.name}.md").exists()
    ]
    assert not missing


COLUMNS = ("gain", "cost", "performance", "migration", "upkeep")


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_several_answers_are_compared(rule: Rule, tmp_path: Path) -> None:
    """Where one finding has several fixes, the page says what each gives and costs."""
    counts = [0]
    page = PAGES / f"rules/{rule.name}.md"
    further = page.read_text("utf-8") if page.exists() else ""
    for number, case in enumerate([*pages.cases(rule.documentation), *pages.cases(further)]):
        world = pages.world(case.text, tmp_path / str(number), list(RULES))
        linter = world.lint()
        found = [*pages.all_placed(linter, rule.name), *pages.sql_placed(world, linter, rule.name)]
        counts += [len(pages.fixes_of(linter, finding)) for _, finding in found]
    table = options_table(rule.documentation)
    if max(counts) > 1:
        assert table, f"{max(counts)} fixes, and no table that compares them"
    if table:
        head, _, *rows = table.split("\n")
        assert tuple(head.strip("| ").split(" | ")[1:]) == COLUMNS
        assert all(row.count(" | ") == len(COLUMNS) for row in rows)
        assert len(rows) >= max(counts)


@pytest.mark.parametrize("name", sorted(RULES))
def test_a_page_with_fixes_compares_them(name: str) -> None:
    page = (Path(__file__).parents[1] / "docs" / "rules" / f"{name}.md").read_text("utf-8")
    if ", fixes of class" in page:
        assert "| fix | gain | cost | performance | migration | upkeep |" in page
