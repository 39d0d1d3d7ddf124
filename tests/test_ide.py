"""What the editor asks besides hovers, as pages: one folder for each feature.

Cursors are ``$0`` … ``$9``.  A fence of four backticks is a question with its answer: its first word
says what is asked, a digit which cursor it is about (0 where there is none), the rest is its argument.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from pathlib import Path

import pages
import pytest
from test_hover import PLAIN, broken, schema_of, unmarked

from prisma_lsp.ide import (
    cascades,
    definition,
    folding,
    inlay,
    lenses,
    links,
    outline,
    references,
    rename,
    search,
    selection,
    tokens,
)
from prisma_lsp.ide.symbols import Mention
from prisma_lsp.lint.linter import Linter
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document
from prisma_lsp.text import Edit, Range, apply_edits, split_lines, width

FOLDERS = (
    "definition", "references", "rename", "outline", "search", "folding", "selection", "tokens",
    "links", "inlay", "lenses", "cascades",
)  # fmt: skip
PAGES = [
    page
    for name in FOLDERS
    for page in sorted((Path(__file__).parent / "pages" / name).glob("*.md"))
]
ANSWER = re.compile(r"^````([a-z-]+) ?(\d?) ?([^\n]*)\n(.*?)^````$", re.M | re.S)

Place = tuple[str, int, int]


class Desk:
    """One case's files, and where its cursors are."""

    def __init__(self, case: str, folder: Path) -> None:
        self.world = pages.world(ANSWER.sub("", case), folder, [])
        self.files, self.places = unmarked(self.world.files)
        self.schema = schema_of(self.files)

    def row(self, mention: Mention) -> str:
        """``file:line`` and the line with the mention in brackets."""
        text = self.schema.files[mention.path].line(mention.line).rstrip("\r\n")
        shown = f"{text[: mention.start]}[{text[mention.start : mention.end]}]{text[mention.end :]}"
        return f"{mention.path}:{mention.line + 1} {shown.strip()}"


def leads(
    ask: Callable[[Schema, str, int, int], definition.Leads | None],
) -> Callable[[Desk, Place, str], str]:
    def answer(desk: Desk, place: Place, rest: str) -> str:
        found = ask(desk.schema, *place)
        if found is None:
            return "nothing\n"
        word = desk.schema.files[place[0]].line(place[1])[found.start : found.end]
        rows = [
            f"{desk.row(t.mention)}" + (f" … {t.last}" if t.last - t.first > 1 else "")
            for t in found.targets
        ]
        return "\n".join([f"[{word}]", *rows]) + "\n"

    return answer


def of_references(desk: Desk, place: Place, rest: str) -> str:
    found = references.references(desk.schema, *place)
    uses = references.references(desk.schema, *place, declaration=False)
    assert uses == [m for m in found if not m.declares]
    assert len({m[:3] for m in found}) == len(found)
    lit = references.highlights(desk.schema, *place)
    assert set(lit) == {m for m in found if m.path == place[0]}
    return "".join(f"{'* ' if m.declares else '  '}{desk.row(m)}\n" for m in found) or "nothing\n"


def of_rename(desk: Desk, place: Place, rest: str, *, keep: bool = True) -> str:
    try:
        what = rename.prepare(desk.schema, *place, keep=keep)
        edits = rename.rename(desk.schema, *place, rest, keep=keep)
    except rename.NotPossible as reason:
        return f"refused: {reason}\n"
    if what is None:
        assert not edits
        return "nothing\n"
    line = desk.schema.files[place[0]].line(place[1])
    assert line[what.start : what.end] == what.name and what.start <= place[2] <= what.end
    out = f"[{what.name}]\n"
    for path, found in edits.items():
        before = split_lines(desk.files[path])
        after = split_lines(apply_edits(desk.files[path], found))
        out += f"{path}\n"
        known = set(before)
        out += "".join(f"  {one.strip()}\n" for one in after if one not in known)
    return out


def of_prepare(desk: Desk, place: Place, rest: str) -> str:
    try:
        what = rename.prepare(desk.schema, *place)
    except rename.NotPossible as reason:
        return f"refused: {reason}\n"
    return f"[{what.name}]\n" if what is not None else "nothing\n"


def of_outline(desk: Desk, place: Place, rest: str) -> str:
    def rows(entry: outline.Entry, first: int, depth: int) -> list[str]:
        detail = f" · {entry.detail}" if entry.detail else ""
        line = f"{first + entry.line + 1}"
        if entry.end_line != entry.line:
            line += f"-{first + entry.end_line + 1}"
        own = f"{'  ' * depth}{entry.kind} {entry.name}{detail} ({line})"
        return [own, *(r for child in entry.children for r in rows(child, first, depth + 1))]

    path = rest or next(iter(desk.files))
    found = [
        r for first, _, entry in outline.outline(desk.schema, path) for r in rows(entry, first, 0)
    ]
    return "".join(f"{one}\n" for one in found) or "nothing\n"


def of_search(desk: Desk, place: Place, rest: str) -> str:
    found = [
        f"{m.kind} {m.container + '.' if m.container else ''}{m.name} {m.path}:{m.line + 1}"
        for m in search.search(desk.schema, rest.strip('"'))
    ]
    return "".join(f"{one}\n" for one in found) or "nothing\n"


def of_folding(desk: Desk, place: Place, rest: str) -> str:
    path = next(iter(desk.files))
    text = desk.schema.files[path]
    return (
        "".join(
            f"{f.kind} {f.line + 1}-{f.end_line + 1} `{text.line(f.line)[: f.start]}`"
            f" … `{text.line(f.end_line)[f.end :].rstrip()}`\n"
            for f in folding.folds(desk.schema, path)
        )
        or "nothing\n"
    )


def of_selection(desk: Desk, place: Place, rest: str) -> str:
    out = ""
    for at in selection.selections(desk.schema, *place):
        text = split_lines(desk.files[place[0]])
        if at.line == at.end_line:
            out += f"`{text[at.line][at.start : at.end]}`\n"
        else:
            out += f"{at.line + 1}:{at.start}-{at.end_line + 1}:{at.end}\n"
    return out


def of_tokens(desk: Desk, place: Place, rest: str) -> str:
    path = rest or next(iter(desk.files))
    lines: dict[int, list[str]] = {}
    for token in tokens.tokens(desk.schema, path):
        word = desk.schema.files[path].line(token.line)[token.start : token.end]
        names = [tokens.TYPES[token.type]]
        names += [m for n, m in enumerate(tokens.MODIFIERS) if token.modifiers >> n & 1]
        lines.setdefault(token.line, []).append(f"{word.strip()}:{'.'.join(names)}")
    return (
        "".join(f"{line + 1} {' '.join(found)}\n" for line, found in lines.items()) or "nothing\n"
    )


def of_links(desk: Desk, place: Place, rest: str) -> str:
    path = next(iter(desk.files))
    return (
        "".join(
            f"{one.line + 1} [{desk.schema.files[path].line(one.line)[one.start : one.end]}]"
            f" {'file' if one.is_path else 'address'} {one.target}\n"
            for one in links.links(desk.schema, path)
        )
        or "nothing\n"
    )


def of_inlay(desk: Desk, place: Place, rest: str) -> str:
    path = next(iter(desk.files))
    count = desk.schema.files[path].line_count
    kinds = set(rest.split()) or set(inlay.KINDS)
    lines = split_lines(desk.files[path])
    shown = {}
    for hint in reversed(inlay.hints(desk.schema, path, 0, count, kinds)):
        line = shown.get(hint.line, lines[hint.line])
        shown[hint.line] = f"{line[: hint.column]}«{hint.text}»{line[hint.column :]}"
    return "".join(shown[number] for number in sorted(shown)) or "nothing\n"


def of_lenses(desk: Desk, place: Place, rest: str) -> str:
    path = next(iter(desk.files))
    linter = Linter(desk.schema, desk.world.environment)
    linter.work()
    text = desk.schema.files[path]
    return "".join(
        f"{one.line + 1} [{text.line(one.line)[one.start : one.end]}] {one.title}"
        + (f" ({one.action})\n" if one.action else "\n")
        for one in lenses.lenses(linter, path)
    )


def of_repair(desk: Desk, place: Place, rest: str) -> str:
    linter = Linter(desk.schema, desk.world.environment)
    linter.work()
    edits = lenses.repair(linter, rest)
    return "".join(apply_edits(desk.files[path], found) for path, found in edits.items())


def of_cascades(desk: Desk, place: Place, rest: str) -> str:
    start = cascades.start(desk.schema, *place)
    if start is None:
        return "nothing\n"

    def up(name: str, depth: int, deleting: bool, seen: frozenset[str]) -> str:
        out = ""
        for step in cascades.parents(desk.schema, name, deleting=deleting):
            out += f"{'  ' * depth}↑ {step.model} · {step.detail}\n"
            if step.model not in seen:
                out += up(step.model, depth + 1, True, seen | {step.model})
        return out

    def down(name: str, depth: int, seen: frozenset[str]) -> str:
        out = ""
        for step in cascades.children(desk.schema, name):
            out += f"{'  ' * depth}↓ {step.model} · {step.detail}\n"
            if not step.ends and step.model not in seen:
                out += down(step.model, depth + 1, seen | {step.model})
        return out

    seen = frozenset([start.model])
    return f"{start.model}\n" + up(start.model, 1, False, seen) + down(start.model, 1, seen)


ASK: dict[str, Callable[[Desk, Place, str], str]] = {
    "definition": leads(definition.definition),
    "declaration": leads(definition.declaration),
    "type": leads(definition.type_definition),
    "references": of_references,
    "rename": of_rename,
    "rename-all": lambda desk, place, rest: of_rename(desk, place, rest, keep=False),
    "prepare": of_prepare,
    "outline": of_outline,
    "search": of_search,
    "folding": of_folding,
    "selection": of_selection,
    "tokens": of_tokens,
    "links": of_links,
    "inlay": of_inlay,
    "lenses": of_lenses,
    "repair": of_repair,
    "cascades": of_cascades,
}


def render(case: str, folder: Path) -> str:
    """The case with every answer replaced by the real one."""
    desk = Desk(case, folder)
    somewhere = (next(iter(desk.files), ""), 0, 0)

    def answer(match: re.Match[str]) -> str:
        kind, mark, rest, _ = match.groups()
        head = match[0].partition("\n")[0]
        place = desk.places.get(mark or "0", somewhere)
        return f"{head}\n{ASK[kind](desk, place, rest)}````"

    return ANSWER.sub(answer, case)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", ".", match[0])


@pytest.mark.parametrize("path", PAGES, ids=lambda p: f"{p.parent.name}/{p.stem}")
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


def test_every_feature_has_a_page() -> None:
    assert {path.parent.name for path in PAGES} == set(FOLDERS)


# --- everywhere --------------------------------------------------------------------------------


def ask_everything(schema: Schema, files: dict[str, str], place: Place, rnd: random.Random) -> None:
    """Every question about one place; each answer must stay inside its text."""

    def inside(path: str, line: int, start: int, end: int) -> None:
        text = schema.files[path].line(line)
        assert 0 <= start <= end <= width(text), (path, line, start, end, text)

    for ask in (definition.definition, definition.declaration, definition.type_definition):
        found = ask(schema, *place)
        if found is not None:
            assert found.targets
            inside(place[0], place[1], found.start, found.end)
            for target in found.targets:
                inside(*target.mention[:4])
                assert target.first <= target.mention.line < target.last
    mentions = references.references(schema, *place)
    assert len(set(mentions)) == len(mentions)
    for mention in mentions:
        inside(*mention[:4])
    for keep in (True, False):
        try:
            edits = rename.rename(schema, *place, rnd.choice(["Neu", "x", "User", "", "a b", "1"]), keep=keep)  # fmt: skip
        except rename.NotPossible as reason:
            assert str(reason)
            continue
        for path, changes in edits.items():
            document.read(apply_edits(files[path], changes))
    inner = None
    for stretch in selection.selections(schema, *place):
        if inner is not None:
            assert (stretch.line, stretch.start) <= (inner.line, inner.start)
            assert (stretch.end_line, stretch.end) >= (inner.end_line, inner.end)
        inner = stretch
    start = cascades.start(schema, *place)
    if start is not None:
        cascades.children(schema, start.model)
        cascades.parents(schema, start.model)


@pytest.mark.parametrize("seed", range(30))
def test_nothing_fails_in_broken_files(seed: int) -> None:
    rnd = random.Random(seed)
    for _ in range(8):
        files = {"a.prisma": broken(rnd), "b.prisma": broken(rnd)}
        schema = schema_of(files)
        for path, text in files.items():
            lines = split_lines(text)
            for _ in range(40):
                line = rnd.randrange(len(lines) + 2)
                length = width(lines[line]) if line < len(lines) else 0
                ask_everything(schema, files, (path, line, rnd.randrange(length + 3)), rnd)
            found = list(tokens.tokens(schema, path))
            assert found == sorted(found)
            for one, next_ in itertools.pairwise(found):
                assert one.line < next_.line or one.end <= next_.start, (one, next_)
            for first, block, entry in outline.outline(schema, path):
                assert entry.name and entry.name_line <= entry.end_line < len(block.lines)
                assert first + entry.end_line < len(lines)
            folding.folds(schema, path)
            links.links(schema, path)
            inlay.hints(schema, path, 0, len(lines), set(inlay.KINDS))
            linter = Linter(schema, PLAIN)
            linter.work()
            list(lenses.lenses(linter, path))
        search.search(schema, rnd.choice(["", "us", "o.id", "[", "ö"]))


def test_a_search_never_tries_twice() -> None:
    """It would not end if it did."""
    schema = schema_of({"s": f"model {'a' * 20_000} {{\n  id Int @id\n}}\n"})
    assert search.search(schema, "a" * 90 + "b") == []


def test_folds_and_ranges_are_sorted_and_nested() -> None:
    schema = schema_of({"s": "// #region a\n// #region b\nmodel A {\n  id Int\n}\n// #endregion\n"})
    assert [f.kind for f in folding.folds(schema, "s")] == ["region", "block"]
    assert selection.selections(schema, "s", 40, 0) == [Range(40, 0, 40, 0)]


def test_a_rename_touches_a_place_once() -> None:
    text = "model A {\n  id Int @id\n  a A? @relation(\"x\", fields: [id], references: [id])\n  b A? @relation(\"x\")\n}\n"  # fmt: skip
    found = rename.rename(schema_of({"s": text}), "s", 1, 2, "no")["s"]
    assert len(found) == len(set(found)) == 4
    assert Edit(Range(1, 2, 1, 4), "no") in found


NAMELESS = """datasource db {
  provider = "postgresql"
}

model Shop {
  id     Int    @id
  name   String @db.VarChar(255)
  orders Order[]
}

model Order {
  id     Int  @id
  shopId Int
  shop   Shop @relation(fields: shopId, references: id)
}
"""


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("@db.VarChar(2", [(0, "db"), (6, "db")]),
        ("@db.VarChar(255)", [(0, "db"), (6, "db")]),
        ("@relation(fie", [(12, "shopId"), (13, "shopId")]),
        ("shopId, refer", [(5, "id"), (13, "id")]),
    ],
)
def test_references_where_no_name_stands(before: str, found: list[tuple[int, str]]) -> None:
    """What is nearest is meant; nothing lights up there, and nothing is renamed."""
    schema = schema_of({"a": NAMELESS})
    lines = NAMELESS.split("\n")
    line = next(number for number, text in enumerate(lines) if before in text)
    column = lines[line].index(before) + len(before)
    told = references.references(schema, "a", line, column)
    assert [(one.line, lines[one.line][one.start : one.end]) for one in told] == found
    assert references.highlights(schema, "a", line, column) == []
    assert rename.rename(schema, "a", line, column, "other") == {}
