"""The JSON that is written by hand is what the protocol's own classes would give."""

from __future__ import annotations

import json
import random

import pytest
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter
from test_linter import SHOP, typed, words

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.server.diagnostics import Writer
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.text import Encoding, Range, to_units

TEXT = """model order_line {
  id    String @id @default(cuid()) /// 😀
  name  Nothing // "quoted" \\ and é
  /* 😀😀 */ other Missing
  old   Int @ignore
}

model Order {
  id Int @id
  // prisma-lsp-ignore-file nothing-like-it: \u2028
  x  Strin
}

model Order {
  id Int @id
}

modle Lost {
  id Int @id
} // 😀
"""
CONVERTER = get_converter()


def written(text: str, encoding: Encoding = "utf-16", limit: int = 1000) -> tuple[Linter, Writer, str]:
    linter = Linter(
        Schema({"a": document.read(text)}), Environment(Settings(), Migrations.none())
    )
    linter.work()
    writer = Writer(encoding, lambda rule: f"file:///rules/{rule}.md")
    return linter, writer, bytes(writer.file(linter, "a", limit)).decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_every_diagnostic_is_the_protocols(encoding: Encoding) -> None:
    linter, _, text = written(TEXT, encoding)
    given = json.loads(text)
    assert len(given) > 5
    doc = linter.schema.files["a"]
    lines = TEXT.split("\n")
    expected = []
    for block, start in zip(doc.blocks, doc.starts, strict=True):
        for finding in linter.findings(block):
            row = start + finding.line
            last = start + finding.through
            end = finding.end if last == row else len(lines[last])
            ends = [
                lsp.Position(line, to_units(lines[line], column, encoding))
                for line, column in ((row, finding.start), (last, end))
            ]
            severity = ("error", "warning", "info", "hint").index(finding.level) + 1
            page = f"file:///rules/{finding.rule}.md"
            diagnostic = lsp.Diagnostic(
                range=lsp.Range(*ends),
                message=finding.message,
                severity=lsp.DiagnosticSeverity(severity),
                code=finding.rule,
                source=finding.source,
                code_description=lsp.CodeDescription(page)
                if finding.source == "prisma-lsp"
                else None,
                tags=[lsp.DiagnosticTag.Unnecessary] if finding.unused else None,
            )
            expected.append(CONVERTER.unstructure(diagnostic))
    for one in given:
        # Understood by the protocol's classes, and nothing lost on the way.
        assert CONVERTER.unstructure(CONVERTER.structure(one, lsp.Diagnostic)) == one
        one.pop("relatedInformation", None)
    def key(diagnostic: object) -> str:
        return json.dumps(diagnostic, sort_keys=True)

    assert sorted(given, key=key) == sorted(expected, key=key)


def test_what_is_cut_is_counted_and_errors_come_first() -> None:
    _, _, text = written(TEXT)
    whole = json.loads(text)
    errors = sum(d["severity"] == 1 for d in whole)
    assert 2 < errors < len(whole)
    for limit in range(1, len(whole) + 1):
        _, _, text = written(TEXT, limit=limit)
        cut = json.loads(text)
        assert len(cut) == limit
        if limit < len(whole):
            *kept, last = cut
            assert last["code"] == "too-many-findings"
            assert str(len(whole) - len(kept)) in last["message"]
            assert sum(d["severity"] == 1 for d in kept) == min(errors, len(kept))


@pytest.mark.parametrize("limit", [3, 20, 60, 10_000])
@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_is_what_would_be_written_anew(seed: int, limit: int) -> None:
    rnd = random.Random(seed)
    text = "\n".join(path.read_text("utf-8") for path in sorted(SHOP))
    linter, writer, _ = written(text, limit=limit)
    vocabulary = words(text)
    for step in range(40):
        old = linter.schema.files["a"]
        at, new = typed(rnd, old.text, vocabulary)
        change = document.edit(old, at, new)
        schema, keys = linter.schema.with_change("a", change)
        linter.update(schema, "a", change.removed, change.added, keys)
        if step % 3 == 0:
            linter.preview()
        if step % 5 != 1:
            linter.work()
        if step % 13 == 12:
            linter.restart(schema, linter.environment)
        fresh = Writer("utf-16", lambda rule: f"file:///rules/{rule}.md")
        assert writer.file(linter, "a", limit) == fresh.file(linter.fork(), "a", limit)


def test_moved_blocks_are_written_anew() -> None:
    linter, writer, first = written(TEXT)
    change = document.edit(linter.schema.files["a"], Range(0, 0, 0, 0), "\n\n")
    schema, keys = linter.schema.with_change("a", change)
    linter.update(schema, "a", change.removed, change.added, keys)
    linter.work()
    before, after = json.loads(first), json.loads(bytes(writer.file(linter, "a", 1000)))
    assert [d["range"]["start"]["line"] + 2 for d in before] == [
        d["range"]["start"]["line"] for d in after
    ]
    assert bytes(writer.file(linter, "gone", 1000)) == b"[]"
