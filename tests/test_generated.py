"""What is generated is committed and not stale."""

from __future__ import annotations

import pytest

from prisma_lsp import dev
from prisma_lsp.lint.options import fits, options_of
from prisma_lsp.lint.pages import page_path, page_uri
from prisma_lsp.lint.rule import Rule, all_rules

RULES = {rule.name: rule for rule in all_rules()}


def test_nothing_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    code = dev.main(["generate", "--check"])
    assert code == 0, capsys.readouterr().out + "run `python -m prisma_lsp.dev generate`"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_rule_has_its_page(rule: Rule) -> None:
    path = page_path(rule.name)
    assert path is not None
    assert path.read_text("utf-8").startswith(f"# {rule.name}\n\n{rule.summary}\n")
    uri = page_uri(rule.name)
    assert uri is not None and uri.startswith("file:///")


def test_there_is_no_page_for_what_is_no_rule() -> None:
    for name in ("unexpected-token", "../settings", "", "a/b"):
        assert page_uri(name) is None


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_options_are_documented_and_take_their_own_default(rule: Rule) -> None:
    for option in options_of(rule):
        assert option.doc, f"{option.name} has no documentation"
        assert fits(option.default, option.type), option.name
        assert option.type_text != "a table", option.name
