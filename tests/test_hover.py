"""Hovers are pages too: what is shown at ``$0`` … ``$9`` stands in fences of four backticks.

The fence ``hover`` answers ``$0``, ``hover 1`` answers ``$1`` and so on.  Its first line is the text
that the hover marks, in brackets; ``nothing`` where there is no hover.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pages
import pytest
from effort import calls

from prisma_lsp.ide import markdown
from prisma_lsp.ide.cursor import locate, target
from prisma_lsp.ide.hover import hover
from prisma_lsp.lint.context import Environment
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.text import split_lines, width

PAGES = sorted((Path(__file__).parent / "pages/hover").glob("*.md"))
ANSWER = re.compile(r"^````hover ?(\d?)\n(.*?)^````$", re.M | re.S)
MARK = re.compile(r"\$(\d)")
PLAIN = Environment(Settings(), Migrations.none())

Place = tuple[str, int, int]


def unmarked(files: dict[str, str]) -> tuple[dict[str, str], dict[str, Place]]:
    """The files without their marks, and where each mark stood."""
    places: dict[str, Place] = {}
    clean = {}
    for path, text in files.items():
        lines = split_lines(text)
        for number, line in enumerate(lines):
            while mark := MARK.search(line):
                assert mark[1] not in places, f"two ${mark[1]}"
                places[mark[1]] = (path, number, mark.start())
                line = line[: mark.start()] + line[mark.end() :]
            lines[number] = line
        clean[path] = "".join(lines)
    return clean, places


def schema_of(files: dict[str, str]) -> Schema:
    return Schema({path: document.read(text) for path, text in files.items()})


def render(case: str, folder: Path) -> str:
    """The case with every answer replaced by the real one."""
    here = pages.world(ANSWER.sub("", case), folder, [])
    files, places = unmarked(here.files)
    schema = schema_of(files)

    def answer(match: re.Match[str]) -> str:
        path, line, column = places[match[1] or "0"]
        shown = hover(schema, path, line, column, here.environment)
        real = "nothing\n"
        if shown is not None:
            assert shown.line == line and shown.start <= column <= shown.end
            marked = schema.files[path].line(line)[shown.start : shown.end]
            real = f"[{marked}]\n{shown.markdown}\n"
        return f"````hover{' ' + match[1] if match[1] else ''}\n{real}````"

    return ANSWER.sub(answer, case)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_page(path: Path, tmp_path: Path, update: bool) -> None:
    text = path.read_text("utf-8")
    found = list(pages.cases(ANSWER.sub(_blank, text)))
    assert found, f"{path.name} has no case"
    real = text
    for number, case in enumerate(found):
        source = text[case.start : case.start + len(case.text)]
        assert ANSWER.search(source), f"{path.name}: {case.title} has no answer"
        rendered = render(source, tmp_path / str(number))
        if not update:
            assert rendered == source, f"{path.name}: {case.title}"
        real = real.replace(source, rendered)
    if update and real != text:
        path.write_text(real, "utf-8")


def _blank(match: re.Match[str]) -> str:
    """As long as the answer, and with nothing that could be read as a heading or a fence."""
    return re.sub(r"[^\n]", ".", match[0])


# --- everywhere --------------------------------------------------------------------------------

PIECES = [
    "model User {", "model Order {", "enum Status {", "datasource db {", "generator client {",
    "view V {", "type T {", "}", "  id Int @id @default(autoincrement())", "  orders Order[]",
    "  userId Int? @map(\"user_id\")", "  status Status @default(OPEN)", "  OPEN", "  PAID @map(\"p\")",
    "  user User? @relation(fields: [userId], references: [id], onDelete: SetNull)",
    "  user User @relation(fields: [userId, nope], references: [id], onDelete: SetDefault, onUpdate: Foo)",
    "  parent Order? @relation(\"tree\", fields: [parentId], references: [id], onDelete: Cascade)",
    "  children Order[] @relation(\"tree\")", "  parentId Int? @default(1)", "  users User[]",
    "  tags Order[] @relation(\"m\")", "  many Order[] @relation(\"m\")", "  email String @unique @db.VarChar(255)",
    "  x Unsupported(\"circle\")?", "  t T[]", "  list String[] @default([\"a\", \"b\"])",
    "  @@id([id, status])", "  @@unique([userId, status(sort: Desc)], map: \"u\")",
    "  @@index([email(ops: raw(\"x\")), userId], type: Gin, where: raw(\"a > 1\"))", "  @@map(\"us`ers\")",
    "  @@index([email], where: { status: \"a\" })", "  provider = \"postgresql\"", "  provider = \"mysql\"",
    "  provider = \"mongodb\"", "  relationMode = \"prisma\"", "  extensions = [citext, pg(schema: \"x\")]",
    "  previewFeatures = [\"views\", \"nope\"]", "/// *docs* of `it`", "  // plain", "/* a", " b */", "",
    "  at DateTime @default(now()) @updatedAt /// when 😀", "  @@schema(\"auth\")", "  @@ignore",
]  # fmt: skip
NOISE = [
    "@",
    "@@",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    '"',
    "?",
    "$",
    " ",
    "\\",
    "é",
    "😀",
    "=",
]


def broken(rnd: random.Random) -> str:
    """A half-typed schema: lines in any order, some cut, some with noise in them."""
    lines = []
    for _ in range(rnd.randrange(4, 40)):
        line = rnd.choice(PIECES)
        if rnd.random() < 0.25:
            line = line[: rnd.randrange(len(line) + 1)]
        if rnd.random() < 0.2:
            at = rnd.randrange(len(line) + 1)
            line = line[:at] + rnd.choice(NOISE) + line[at:]
        lines.append(line)
    return rnd.choice(["\n", "\n", "\r\n"]).join(lines)


@pytest.mark.parametrize("seed", range(40))
def test_a_hover_never_fails(seed: int) -> None:
    rnd = random.Random(seed)
    for _ in range(12):
        files = {"a.prisma": broken(rnd), "b.prisma": broken(rnd)}
        schema = schema_of(files)
        for path, text in files.items():
            lines = split_lines(text)
            for _ in range(60):
                line = rnd.randrange(len(lines) + 2)
                length = width(lines[line]) if line < len(lines) else 0
                column = rnd.randrange(length + 3)
                cursor = locate(schema, path, line, column)
                if cursor is not None:
                    assert 0 <= cursor.start <= cursor.end
                    assert cursor.start <= column <= cursor.end
                    target(schema, cursor)
                    _ = cursor.slot, cursor.argument, cursor.attribute_node, cursor.wants
                shown = hover(schema, path, line, column, PLAIN)
                if shown is not None:
                    assert shown.markdown.strip() and shown.plain().strip()
                    assert shown.markdown.count("```") % 2 == 0


@pytest.mark.parametrize("piece", [p for p in PIECES if p.startswith("  ")])
def test_a_line_that_is_being_typed(piece: str) -> None:
    """Every prefix of a line, with the cursor at its end."""
    for keyword in ("model", "enum", "datasource", "generator"):
        for end in range(len(piece) + 1):
            schema = schema_of({"s": f"{keyword} Order {{\n{piece[:end]}"})
            assert locate(schema, "s", 1, end) is not None or not end
            hover(schema, "s", 1, end, PLAIN)


def test_a_hover_does_not_grow_with_the_schema() -> None:
    count = 1500
    models = "".join(
        f"model M{n} {{\n  id Int @id\n  shopId Int\n"
        f"  shop Shop @relation(fields: [shopId], references: [id], onDelete: Cascade)\n"
        f"  prevId Int?\n"
        f'  prev M{max(0, n - 1)}? @relation("p{n}", fields: [prevId], references: [id], onDelete: Cascade)\n'
        f'  next M{min(count - 1, n + 1)}[] @relation("p{n + 1}")\n}}\n'
        for n in range(count)
    )
    lists = "".join(f"  m{n} M{n}[]\n" for n in range(count))
    text = f"model Shop {{\n  id Int @id\n{lists}}}\n{models}"
    schema = schema_of({"s": text})
    lines = text.split("\n")
    schema.referrers("Shop")
    for prefix, column in (
        ("model Shop", 7),
        ("  shop ", 3),
        ("  shop ", 8),
        ("  prev ", 3),
        ("model M9", 7),
    ):
        line = next(n for n, found in enumerate(lines) if found.startswith(prefix))
        assert hover(schema, "s", line, column, PLAIN) is not None
        cost = calls(lambda line=line, column=column: hover(schema, "s", line, column, PLAIN))
        assert cost < 20_000, (prefix, cost)


# --- what the cursor is on ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "role", "word", "where"),
    [
        ("  sh$0op Shop", "field", "shop", ""),
        ("  shop Sh$0op", "type", "Shop", ""),
        ("  shop Shop?$0", "nothing", "", ""),
        ("  shop Shop @re$0lation", "attribute", "@relation", ""),
        ("  shop Shop $0@relation", "attribute", "@relation", ""),
        ("  shop Shop @$0", "attribute", "@", ""),
        ("  a String @db.Var$0Char(2)", "attribute", "@db.VarChar", ""),
        ("  a String @db.VarChar(2$0)", "number", "2", ""),
        ("  shop Shop @relation($0", "nothing", "", "name"),
        ("  shop Shop @relation(fie$0lds: [a])", "argument", "fields", "fields"),
        ("  shop Shop @relation(fields: [sh$0", "reference", "sh", "fields"),
        ("  shop Shop @relation(fields: [a, $0", "nothing", "", "fields"),
        ("  shop Shop @relation(fields: [a], references: [$0])", "nothing", "", "references"),
        ("  shop Shop @relation(fields: [a], onDelete: Ca$0", "reference", "Ca", "onDelete"),
        ("  shop Shop @relation(fields: [a], onDelete: $0)", "nothing", "", "onDelete"),
        ('  shop Shop @relation("na$0me")', "string", '"name"', "name"),
        ("  a Int @default(now$0())", "function", "now", "value"),
        ("  a Int @default(OP$0EN) @map(", "reference", "OPEN", "value"),
        ("  a Int @default(1) @un$0", "attribute", "@un", ""),
        ("  @@in$0dex([a])", "attribute", "@@index", ""),
        ("  @@$0", "attribute", "@@", ""),
        ("  @@index([a, b(so$0rt: Desc)])", "argument", "sort", "sort"),
        ("  @@index([a, b$0(sort: Desc)])", "reference", "b", "fields"),
        ("  @@index([a, b(sort: De$0", "reference", "De", "sort"),
        ('  @@index([a(ops: ra$0w("x"))])', "function", "raw", "ops"),
        ("  @@index([a], type: $0", "nothing", "", "type"),
        ("  a Int // some$0thing", "comment", "// something", ""),
    ],
)
def test_cursor(line: str, role: str, word: str, where: str) -> None:
    column = line.index("$0")
    schema = schema_of({"s": f"model Order {{\n{line.replace('$0', '')}\n}}\n"})
    cursor = locate(schema, "s", 1, column)
    assert cursor is not None
    slot = cursor.slot.name if cursor.slot is not None else ""
    assert (cursor.role, cursor.word, slot) == (role, word, where)


# --- Markdown ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 1. and so_on", "plain text, 1. and so_on"),
        ("*bold* _it_ `code` <b> [a](b)", "\\*bold\\* \\_it\\_ \\`code\\` \\<b\\> \\[a\\](b)"),
        ("# not a title", "\\# not a title"),
        ("- no list\n1. none", "\\- no list  \n1\\. none"),
        ("a | b ~x~ &amp; \\n", "a \\| b \\~x\\~ \\&amp; \\\\n"),
    ],
)
def test_docs_are_shown_as_they_are(text: str, shown: str) -> None:
    assert markdown.escape(text) == shown
    assert markdown.plain(markdown.escape(text)) == text


def test_code_spans_hold_any_text() -> None:
    assert markdown.code("a`b") == "`` a`b ``"
    assert markdown.plain(f"on {markdown.code('a`b')} **x**") == "on a`b x"
    assert (
        markdown.plain("\n".join(["a", "", "```sql", "SELECT **", "```"])) == "a\n\n    SELECT **"
    )
