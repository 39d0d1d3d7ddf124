"""The linter remembers exactly what it may: after any edit its findings equal a fresh run's."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from test_incremental import clamped, random_range

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import Range, split_lines

HERE = Path(__file__).parent
SHOP = sorted((HERE.parent / "examples/shop/prisma/schema").glob("*.prisma"))
ENVIRONMENT = Environment(Settings(), Migrations.none())

Facts = dict[str, list[tuple[int, int, int, str, str, str]]]


def facts(linter: Linter) -> Facts:
    """Every finding by file: (line, start, end, rule, level, message)."""
    found: Facts = {}
    for path, doc in linter.schema.files.items():
        rows = found.setdefault(path, [])
        for block, start in zip(doc.blocks, doc.starts, strict=True):
            rows += [
                (start + f.line, f.start, f.end, f.rule, f.level, f.message)
                for f in linter.findings(block)
            ]
    return found


@pytest.mark.parametrize("path", sorted((HERE / "schemas").glob("*.prisma")), ids=lambda p: p.stem)
def test_a_survey_finds_the_same(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")
    # Wrong as well as right: without every seventh line.
    broken = "".join(line for number, line in enumerate(split_lines(text)) if number % 7 != 3)
    for given in (text, broken):
        schema = Schema({"a": document.read(given)})
        usual, once = Linter(schema, ENVIRONMENT), Linter(schema, ENVIRONMENT)
        once.survey({"a"})
        usual.work()
        once.work()
        assert facts(once) == facts(usual)
        assert facts(once)["a"]


def totals(linter: Linter) -> dict[str, tuple[int, int]]:
    return {path: linter.totals(path) for path in linter.schema.files}


def fresh(schema: Schema) -> Linter:
    # Blocks are read anew as well, so that nothing remembered in them can help.
    files = {path: document.read(doc.text) for path, doc in schema.files.items()}
    linter = Linter(Schema(files), ENVIRONMENT)
    linter.work()
    return linter


def words(text: str) -> list[str]:
    """Words that typing could bring: names, types, attributes of the schema itself."""
    found = {w for w in text.replace("(", " ").replace(")", " ").replace("[", " ").split() if w}
    return sorted(found) or ["x"]


def typed(rnd: random.Random, text: str, vocabulary: list[str]) -> tuple[Range, str]:
    """An edit as a person makes it, and now and then a wild one."""
    lines = split_lines(text)
    kind = rnd.random()
    if not lines or kind < 0.1:
        return clamped(random_range(rnd, lines or [""]), lines), rnd.choice(vocabulary)
    row = rnd.randrange(len(lines))
    line = lines[row].rstrip("\r\n")
    if kind < 0.35:  # another word in the place of one
        spots = [i for i in range(len(line)) if line[i].isalnum() and not line[i - 1 : i].isalnum()]
        if spots:
            start = rnd.choice(spots)
            end = start
            while end < len(line) and line[end].isalnum():
                end += 1
            return Range(row, start, row, end), rnd.choice(vocabulary)
    if kind < 0.55 and line:  # one character less
        column = rnd.randrange(len(line))
        return Range(row, column, row, column + 1), ""
    if kind < 0.7:  # a line less
        return Range(row, 0, row + 1, 0), ""
    if kind < 0.85:  # a line twice
        return Range(row, 0, row, 0), lines[rnd.randrange(len(lines))].rstrip("\r\n") + "\n"
    column = rnd.randrange(len(line) + 1)
    return Range(row, column, row, column), rnd.choice(["x", "?", "[]", " ", "\n", "}", "@", "("])


def lines_of(blocks: Iterable[Block]) -> set[str]:
    return {line for block in blocks for line in block.lines}


def errors(linter: Linter, blocks: Iterable[Block]) -> dict[str, list[str]]:
    """What Prisma would say of each line, by the line's text."""
    found: dict[str, list[str]] = {}
    for block in blocks:
        for finding in linter.findings(block):
            if finding.source == "prisma":
                found.setdefault(block.lines[finding.line], []).append(finding.message)
    return found


@pytest.mark.parametrize("seed", range(24))
def test_after_random_edits(seed: int) -> None:
    rnd = random.Random(seed)
    singles = sorted(HERE.glob("schemas/*.prisma"))
    paths = SHOP if seed % 2 else [singles[seed // 2 % len(singles)]]
    texts = {path.name: path.read_bytes().decode() for path in paths}
    vocabulary = words("\n".join(texts.values()))
    schema = Schema({path: document.read(text) for path, text in texts.items()})
    linter = Linter(schema, ENVIRONMENT)
    linter.work()
    for step in range(40):
        path = rnd.choice(sorted(texts))
        old = linter.schema.files[path]
        at, new = typed(rnd, old.text, vocabulary)
        change = document.edit(old, at, new)
        stood = errors(linter, change.removed)
        schema, keys = linter.schema.with_change(path, change)
        linter.update(schema, path, change.removed, change.added, keys)
        if linter.preview():
            if linter.has_doubts:
                linter.preview_errors()
            # What is shown for a moment stands inside its line, and in the line that is typed in no
            # error is wrong; in other lines the old ones may stand.
            shown = errors(linter, change.added)
            assert all(
                finding.end <= len(block.lines[finding.line])
                for block in change.added
                for finding in linter.findings(block)
            )
            linter.work()
            final = errors(linter, change.added)
            typed_in = lines_of(change.added) - lines_of(change.removed)
            for line in shown.keys() | final.keys():
                now, later = set(shown.get(line, ())), set(final.get(line, ()))
                assert now <= (later if line in typed_in else later | set(stood.get(line, ())))
        linter.work()
        if step % 4 == 3:
            again = fresh(schema)
            assert facts(linter) == facts(again)
            assert totals(linter) == totals(again)


def test_only_what_changed_is_checked_again() -> None:
    texts = {path.name: path.read_bytes().decode() for path in SHOP}
    schema = Schema({path: document.read(text) for path, text in texts.items()})
    linter = Linter(schema, ENVIRONMENT)
    linter.work()
    name, text = next((n, t) for n, t in texts.items() if "model Shop {" in t)
    row = text.splitlines().index("model Shop {")
    old = linter.schema.files[name]
    # A comment in the model that all others refer to concerns nobody else.
    change = document.edit(old, Range(row + 1, 0, row + 1, 0), "  // a comment\n")
    schema, keys = linter.schema.with_change(name, change)
    linter.update(schema, name, change.removed, change.added, keys)
    assert linter.work() == 1


def test_a_file_comes_and_goes() -> None:
    texts = {path.name: path.read_bytes().decode() for path in SHOP}
    schema = Schema({path: document.read(text) for path, text in texts.items()})
    linter = Linter(schema, ENVIRONMENT)
    linter.work()
    before = facts(linter)
    name = next(n for n, t in texts.items() if "model Shop {" in t)
    gone = linter.schema.files[name]
    schema, keys = linter.schema.with_file(name, None)
    linter.update(schema, name, gone.blocks, (), keys)
    linter.work()
    assert facts(linter) == facts(fresh(schema))
    schema, keys = linter.schema.with_file(name, gone)
    linter.update(schema, name, (), gone.blocks, keys)
    linter.work()
    assert facts(linter) == before


def test_a_closing_brace_comes_and_goes() -> None:
    """The preview of it runs no check of the models above and below, and says what they would."""
    text = (
        "model A {\n  id Int @id\n  b Nope\n}\n\n"
        "/// Above.\nmodel B {\n  id Int @id @default(nope())\n  c C[]\n}\n\n"
        "model C {\n  id Int @id\n  bId Int\n  b B @relation(fields: [bId], references: [id])\n}\n"
    )
    linter = Linter(Schema({"a": document.read(text)}), ENVIRONMENT)
    linter.work()
    for removed, new in ((1, ""), (0, "}")):
        old = linter.schema.files["a"]
        change = document.edit(old, Range(3, 0, 3, removed), new)
        schema, keys = linter.schema.with_change("a", change)
        linter.update(schema, "a", change.removed, change.added, keys)
        assert linter.preview()
        assert linter.has_doubts == (not removed)
        if linter.has_doubts:
            linter.preview_errors()
        shown = errors(linter, schema.files["a"].blocks)
        linter.work()
        final = errors(linter, schema.files["a"].blocks)
        # What it means for others that a block is not closed is said later, that it is at once.
        assert shown == {line: found for line, found in final.items() if not removed or line in shown}
        assert len(final) == (5 if removed else 2)
        assert facts(linter) == facts(fresh(schema))
