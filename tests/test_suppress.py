"""Quick-fixes that silence a finding: they do, and nothing else changes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from prisma_lsp.ide.suppress import ignores
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.text import apply_edits

ROOT = Path(__file__).parents[1]
SCHEMAS = [*ROOT.glob("tests/schemas/*.prisma"), *ROOT.glob("examples/shop/**/*.prisma")]
PATH = "schema.prisma"


def lint(text: str) -> Linter:
    schema = Schema({PATH: document.read(text)})
    linter = Linter(schema, Environment(Settings(preset="strict"), Migrations.none()))
    linter.work()
    return linter


def facts(linter: Linter) -> Counter[tuple[str, str, str]]:
    file = linter.schema.files[PATH]
    return Counter(
        (f.rule, f.message, file.line(start + f.line).strip().split("//")[0])
        for block, start in zip(file.blocks, file.starts, strict=True)
        for f in linter.findings(block)
    )


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_a_comment_silences_its_finding_alone(path: Path) -> None:
    text = path.read_bytes().decode()
    linter = lint(text)
    before = facts(linter)
    done: set[tuple[str, str]] = set()
    for block in linter.schema.files[PATH].blocks:
        for finding in linter.findings(block):
            for one in ignores(linter.schema, PATH, block, finding):
                if (finding.rule, one.title) in done:
                    continue
                done.add((finding.rule, one.title))
                new = apply_edits(text, [one.edit])
                assert document.read(new).line(one.line).startswith(one.before)
                after = facts(lint(new))
                assert {rule for rule, *_ in before - after} == {finding.rule}, one
                assert not after - before, one


def one(text: str, rule: str, words: str) -> str:
    """``text`` after the quick-fix whose title has ``words``, with the cursor as ``$``."""
    linter = lint(text)
    for block in linter.schema.files[PATH].blocks:
        for finding in linter.findings(block):
            if finding.rule == rule:
                for found in ignores(linter.schema, PATH, block, finding):
                    if words in found.title:
                        lines = apply_edits(text, [found.edit]).split("\n")
                        rest = lines[found.line][len(found.before) :]
                        lines[found.line] = f"{found.before}${rest}"
                        return "\n".join(lines)
    raise AssertionError("no such quick-fix")


HEAD = 'datasource db {\n  provider = "postgresql"\n}\n\n'
MODEL = "/// A.\nmodel Order {\n  id Int @id\n\n  /// B.\n  ShopName String\n}\n"


def test_above_the_documentation() -> None:
    rule = "field-name-case"
    above = f"// prisma-lsp-ignore {rule}: $\n"
    assert f"\n  {above}  /// B.\n" in one(HEAD + MODEL, rule, "line")
    assert f"\n{above}/// A.\nmodel" in one(HEAD + MODEL, rule, "model")
    whole = one(HEAD + MODEL, rule, "file")
    assert whole.startswith(f"// prisma-lsp-ignore-file {rule}: $\n\ndatasource")


def test_a_comment_that_stands_there_takes_the_rule_in() -> None:
    rule = "field-name-case"
    for old, new in (
        ("// prisma-lsp-ignore column-name-case: as in 2009", f"// prisma-lsp-ignore column-name-case, {rule}: as in 2009$"),
        ("// prisma-lsp-ignore column-name-case", f"// prisma-lsp-ignore column-name-case, {rule}: $"),
        ("// prisma-lsp-ignore column-name-case -- old", f"// prisma-lsp-ignore column-name-case, {rule}: old$"),
    ):  # fmt: skip
        text = HEAD + MODEL.replace("  ShopName", f"  {old}\n  ShopName")
        assert f"\n  {new}\n" in one(text, rule, "line")
        behind = HEAD + MODEL.replace("ShopName String", f"ShopName String {old}")
        assert f"ShopName String {new}\n" in one(behind, rule, "line")
        whole = old.replace("ignore", "ignore-file")
        assert one(f"{whole}\n\n{HEAD}{MODEL}", rule, "file").startswith(new.replace("ignore", "ignore-file"))  # fmt: skip


def test_what_prisma_rejects_is_not_silenced() -> None:
    linter = lint(HEAD + "model A {\n  id Int @id\n  b  Nothing\n}\n// prisma-lsp-ignore nothing: x\n")
    schema = linter.schema
    seen = set()
    for block in schema.files[PATH].blocks:
        for finding in linter.findings(block):
            if finding.source == "prisma" or finding.rule == "unused-suppression":
                seen.add(finding.rule)
                assert not list(ignores(schema, PATH, block, finding))
    assert len(seen) >= 1


def test_never_inside_a_comment() -> None:
    rule = "field-name-case"
    text = HEAD + "model A {\n  id Int @id\n  /* one\n  two */ ShopName String\n  /* 😀 */ BigName String\n}\n"
    assert f"@id\n  // prisma-lsp-ignore {rule}: $\n  /* one" in one(text, rule, "line")
    behind = text.replace("/* one\n  two */", f"// prisma-lsp-ignore {rule}: a\n ")
    assert f"  // prisma-lsp-ignore {rule}: $\n  /* 😀 */ Big" in one(behind, rule, "line")
