"""Formatting: its pages, and what is true of every text.

A case of ``pages/format`` is a ``prisma`` fence and a ``prisma formatted`` one; the latter is what
Prisma's own formatter makes of the former, unless it says ``formatted by us``.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pages
import pytest
from test_incremental import SEED, SNIPPETS

from prisma_lsp.format import format_document, format_range, format_typed
from prisma_lsp.syntax import document
from prisma_lsp.syntax.line import tokenize
from prisma_lsp.text import Edit, Range, apply_edits, split_lines, width

HERE = Path(__file__).parent
PAGES = sorted((HERE / "pages/format").glob("*.md"))
# Prisma's formatter leaves these as they are, or makes of them what is in ``formatted``.
SCHEMAS = [
    HERE / f"schemas/{name}.prisma"
    for name in (
        "cockroach", "comments", "crlf", "mongodb", "mysql", "postgres_indexes",
        "postgres_multischema", "postgres_types", "relations", "sqlite", "sqlserver", "unicode",
    )
]  # fmt: skip
FENCE = re.compile(r"^```prisma( formatted[^\n]*)?\n(.*?)^```$", re.M | re.S)


def formatted(text: str, **options: object) -> str:
    read = document.read(text)
    edits = format_document(read, **options)  # type: ignore[arg-type]
    check_minimal(text, edits)
    return apply_edits(text, edits)


def check_minimal(text: str, edits: list[Edit]) -> None:
    """No edit replaces a line by itself."""
    lines = split_lines(text)
    for edit in edits:
        at = edit.range
        new = split_lines(edit.text)
        old = lines[at.line : at.end_line + (1 if at.end else 0)]
        if len(old) == len(new) and "\r" not in text.replace("\r\n", ""):
            for one, other in zip(old, new, strict=True):
                assert one.rstrip("\r\n") != other.rstrip("\r\n")


def bare(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page(path: Path, update: bool) -> None:
    page = path.read_bytes().decode()
    found = list(pages.cases(page))
    assert found
    real = page
    for case in found:
        fences = list(FENCE.finditer(case.text))
        source = fences[0].group(2)
        result = formatted(source)
        assert formatted(result) == result, case.title
        words = fences[1].group(1).strip() if len(fences) > 1 else "formatted"
        rendered = case.text[: fences[0].end()] + f"\n\n```prisma {words}\n{result}```\n\n"
        if update:
            real = real.replace(case.text, rendered)
        else:
            assert rendered.strip() == case.text.strip(), case.title
    if update:
        path.write_bytes((real.rstrip("\n") + "\n").encode())


def expected(path: Path) -> str:
    """What Prisma's formatter makes of a schema, with the schema's own line ends."""
    recorded = HERE / "formatted" / path.name
    return (recorded if recorded.exists() else path).read_bytes().decode()


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_schema(path: Path) -> None:
    assert formatted(path.read_bytes().decode()) == expected(path)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", range(4))
def test_white_space_does_not_matter(path: Path, seed: int) -> None:
    want = expected(path).replace("\r\n", "\n")
    text = shaken(want, random.Random(seed))
    assert formatted(text) == want
    assert formatted(text, rewrite=False) == want
    crlf = text.replace("\n", "\r\n")
    assert formatted(crlf) == want.replace("\n", "\r\n")


def shaken(text: str, rnd: random.Random) -> str:
    """``text`` with other white space wherever it does not matter."""
    out = []
    lines = text.split("\n")
    comment = False
    for number, line in enumerate(lines):
        opens, comment = comment or line.lstrip().startswith("/*"), comment
        if opens:
            comment = "*/" not in line
            out.append(line)
            continue
        shape, tokens = tokenize(line)
        pieces = [rnd.choice(["", " ", "\t  "])]
        for index, (kind, (start, end)) in enumerate(zip(shape, tokens, strict=True)):
            if index and (kind, shape[index - 1]) != ("]", "["):
                gap = line[tokens[index - 1][1] : start]
                apart = kind in "wpnsdc" and shape[index - 1] in "wpnsA@)]?}"
                if "Unsupported" not in line and shape[index - 1] not in "A@":
                    gap = rnd.choice([" ", "   ", "\t"] if apart else ["", " ", "  "])
                pieces.append(gap)
            pieces.append(line[start:end])
        if shape[-1:] not in ("d", "c"):
            pieces.append(rnd.choice(["", " "]))
        out.append("".join(pieces))
        if not shape and number < len(lines) - 1 and rnd.random() < 0.3:
            out.append("  ")
    return "\n".join(out)


EDITS = [*SNIPPETS, "\t", "\u00a0", "// x", "  a Int\n", "/* c */", "\f", "\x85", "\x00", "\ufeff",
         "= ", "{ // x", "\n\n\n", '@map ( "x" ,)']  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_random_texts(seed: int) -> None:
    rnd = random.Random(seed)
    texts = [SEED, SEED.replace("\n", "\r\n")]
    texts += [path.read_bytes().decode() for path in SCHEMAS]
    for _ in range(8):
        text = rnd.choice(texts)
        for _ in range(rnd.randrange(1, 12)):
            start = rnd.randrange(len(text) + 1)
            end = min(len(text), start + rnd.choice([0, 0, 1, 3, 30]))
            text = text[:start] + rnd.choice(EDITS) + text[end:]
        result = formatted(text)
        assert formatted(result) == result
        result = formatted(text, rewrite=False)
        assert bare(result) == bare(text)
        assert formatted(result, rewrite=False) == result
        read = document.read(text)
        if any(block.problems for block in read.blocks):
            assert bare(formatted(text)) == bare(text)
        line = rnd.randrange(read.line_count + 1)
        at = Range(line, 0, line + rnd.randrange(20), 0)
        assert bare(apply_edits(text, format_range(read, at, rewrite=False))) == bare(text)
        for typed in "\n}":
            assert bare(apply_edits(text, format_typed(read, line, typed))) == bare(text)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_no_edit_where_nothing_changes(path: Path) -> None:
    assert format_document(document.read(expected(path))) == []


MESSY = """model House {
id Int @id
  name  String
 @@map("houses")
}
model Shelf {
 id    Int @map("x") @id
  kind String
}
"""


def test_only_lines_that_change() -> None:
    text = "model House {\n  id   Int    @id\n name String\n}\n"
    assert format_document(document.read(text)) == [Edit(Range(2, 0, 2, 12), "  name String")]
    text = 'model House {\n  id Int @id\n  @@map("houses")\n\n}\nmodel Shelf {\n}\n'
    assert format_document(document.read(text)) == [
        Edit(Range(2, 0, 2, 0), "\n"),
        Edit(Range(3, 0, 4, 0), ""),
        Edit(Range(5, 0, 5, 0), "\n"),
    ]


def test_the_last_line_gets_its_end() -> None:
    assert formatted("// one") == "// one\n"
    assert formatted("// one\r\n// two") == "// one\r\n// two\r\n"
    assert formatted("") == "\n"
    assert formatted("enum A {\n X\n}\n\n  ") == "enum A {\n  X\n}\n"


def test_mixed_line_ends_stay() -> None:
    assert formatted("enum A {\r\n X\n Y\r\n}\n") == "enum A {\r\n  X\n  Y\r\n}\n"


def test_a_lone_carriage_return_becomes_a_line_end() -> None:
    assert formatted("enum A {\r X\r\t\n  Y\r\n}\r") == "enum A {\n  X\n\n  Y\r\n}\n"


def test_indentation_of_the_editor() -> None:
    text = "enum A {\n  X\n}\n"
    assert formatted(text, tab_size=4) == "enum A {\n    X\n}\n"
    assert formatted(text, tab_size=4, insert_spaces=False) == "enum A {\n\tX\n}\n"


def test_range_changes_only_its_lines() -> None:
    read = document.read(MESSY)
    lines = MESSY.splitlines(True)
    result = apply_edits(MESSY, format_range(read, Range(1, 0, 2, 3)))
    assert result == "".join([lines[0], "  id   Int    @id\n", "  name String\n", *lines[3:]])


def test_range_sorts_the_blocks_inside() -> None:
    read = document.read(MESSY)
    lines = MESSY.splitlines(True)
    result = apply_edits(MESSY, format_range(read, Range(5, 0, 9, 0)))
    shelf = '\nmodel Shelf {\n  id   Int    @id @map("x")\n  kind String\n}\n'
    assert result == "".join(lines[:5]) + shelf
    everything = Range(0, 0, 9, 0)
    assert apply_edits(MESSY, format_range(read, everything)) == formatted(MESSY)


def test_typing_a_line_end_aligns_the_lines_around() -> None:
    text = "model House {\n  id Int @id\n  street String?\n\n  zip Int @unique\n\n  a  Int\n}\n"
    result = apply_edits(text, format_typed(document.read(text), 3, "\n"))
    assert result == (
        "model House {\n  id     Int     @id\n  street String?\n  \n  zip    Int     @unique\n"
        "\n  a  Int\n}\n"
    )


def test_the_line_end_of_the_last_line_is_of_no_range_before_it() -> None:
    text = "enum A {\n X\n}"
    read = document.read(text)
    assert format_range(read, Range(1, 0, 1, 2)) == [Edit(Range(1, 0, 1, 2), "  X")]
    assert apply_edits(text, format_range(read, Range(1, 0, 2, 1))) == "enum A {\n  X\n}\n"
    assert format_typed(read, 2, "}") == [Edit(Range(1, 0, 1, 2), "  X")]


def test_typing_a_line_end_in_a_block_that_is_not_closed() -> None:
    text = "model House {\n id Int @id\n"
    read = document.read(text + "\n")
    assert (
        apply_edits(text + "\n", format_typed(read, 2, "\n")) == "model House {\n  id Int @id\n  \n"
    )
    assert format_typed(document.read("// x\n\n"), 1, "\n") == []
    assert format_typed(document.read(""), 0, "\n") == []


def test_typing_a_closing_brace_formats_the_block() -> None:
    text = MESSY.replace("model Shelf", "\nmodel Shelf")
    result = apply_edits(text, format_typed(document.read(text), 4, "}"))
    assert result.startswith(
        'model House {\n  id   Int    @id\n  name String\n\n  @@map("houses")\n}\n\nmodel Shelf {\n id '
    )


def test_long_lines_and_deep_nesting() -> None:
    deep = "[" * 300 + "]" * 300
    long = ",".join(f"a{n}" for n in range(1_500))
    text = f"model A {{\n id Int @id @x({deep})\n @@index([{long}])\n @@y({'(' * 5000})\n}}\n"
    result = formatted(text)
    assert bare(result) == bare(text)
    assert width(result.splitlines()[3]) > len(long)
