"""Completion and signature help as pages: what is offered at ``$0``, and what is written then.

Every line that ends in ``$0`` … is a place; its answer stands in a fence of four backticks:
``completion`` (``completion 1`` for ``$1`` and so on) lists ``label — detail``, the text that is
replaced in brackets first; ``chosen`` (with a label behind the number) holds the file after that
proposal was taken; ``signature`` the signature with the argument at the cursor in brackets.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import pages
import pytest
from effort import calls
from test_hover import PIECES, broken, schema_of, unmarked

from prisma_lsp.ide.completion import Completion, complete, documentation
from prisma_lsp.ide.completion_scene import Item
from prisma_lsp.ide.signature import signature
from prisma_lsp.ide.unfinished import mended
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import Version
from prisma_lsp.text import Edit, Range, apply_edits, split_lines, width

PAGES = sorted((Path(__file__).parent / "pages/completion").glob("*.md"))
ANSWER = re.compile(r"^````(completion|chosen|signature) ?(\d?)([^\n]*)\n(.*?)^````$", re.M | re.S)
# So many of a long list are shown.
SHOWN = 14


def listed(answer: Completion | None, text: str) -> str:
    if answer is None:
        return "nothing\n"
    out = [f"[{text[answer.start : answer.column]}|{text[answer.column : answer.end]}]"]
    for item in answer.items[:SHOWN]:
        out.append(f"{item.label}{item.tail}" + (f" — {item.detail}" if item.detail else ""))
    if len(answer.items) > SHOWN:
        out.append(f"… {len(answer.items) - SHOWN} more")
    return "\n".join(out) + "\n"


def taken(answer: Completion, label: str, text: str, path: str) -> str:
    """The file after the proposal called ``label`` was taken."""
    item = next(item for item in answer.items if item.label + item.tail == label)
    here = Edit(Range(answer.line, answer.start, answer.line, answer.end), item.insert or item.label)
    return apply_edits(text, [*item.edits, here])


def signed(schema: Schema, path: str, line: int, column: int, version: Version | None) -> str:
    found = signature(schema, path, line, column, version)
    if found is None:
        return "nothing\n"
    label = found.label
    if found.active >= 0:
        one = found.parameters[found.active]
        label = f"{label[: one.start]}[{label[one.start : one.end]}]{label[one.end :]}"
        return f"{label}\n{one.doc}\n" if one.doc else f"{label}\n"
    return f"{label}\n"


def render(case: str, folder: Path) -> str:
    here = pages.world(ANSWER.sub("", case), folder, [])
    files, places = unmarked(here.files)
    schema = schema_of(files)

    def answer(match: re.Match[str]) -> str:
        kind, number, rest, _ = match.groups()
        path, line, column = places[number or "0"]
        if kind == "signature":
            real = signed(schema, path, line, column, here.prisma_version)
        else:
            found = complete(schema, path, line, column, version=here.prisma_version)
            text = schema.files[path].line(line)
            if kind == "completion":
                real = listed(found, text)
            else:
                assert found is not None
                real = taken(found, rest.strip(), files[path], path)
        head = " ".join(part for part in (kind, number, rest.strip()) if part)
        return f"````{head}\n{real}````"

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
    return re.sub(r"[^\n]", ".", match[0])


# --- everywhere --------------------------------------------------------------------------------


def sound(answer: Completion | None, schema: Schema, path: str, line: int, column: int) -> None:
    """What holds of every answer."""
    if answer is None:
        return
    text = schema.files[path].line(line).rstrip("\r\n")
    assert answer.line == line
    assert 0 <= answer.start <= answer.column <= answer.end <= len(text)
    assert answer.items
    labels = [item.label + item.tail for item in answer.items]
    assert len(labels) == len(set(labels)), labels
    here = Edit(Range(line, answer.start, line, answer.end), "")
    for item in answer.items:
        assert isinstance(item, Item) and item.label
        assert "\n" not in item.label + item.detail
        documentation(schema, item.topic)
        if item.edits:
            apply_edits(schema.files[path].text, [*item.edits, here])


@pytest.mark.parametrize("seed", range(30))
def test_completion_never_fails(seed: int) -> None:
    rnd = random.Random(seed)
    for _ in range(8):
        files = {"a.prisma": broken(rnd), "b.prisma": broken(rnd)}
        schema = schema_of(files)
        for path, text in files.items():
            lines = split_lines(text)
            for _ in range(40):
                line = rnd.randrange(len(lines) + 2)
                length = width(lines[line]) if line < len(lines) else 0
                column = rnd.randrange(length + 3)
                column = min(column, length)
                trigger = rnd.choice(["", "", " ", "@", '"', "(", ",", ":"])
                answer = complete(schema, path, line, column, trigger=trigger)
                sound(answer, schema, path, line, column)
                shown = signature(schema, path, line, column)
                if shown is not None:
                    assert -1 <= shown.active < max(1, len(shown.parameters))
                    for one in shown.parameters:
                        assert 0 < one.start < one.end < len(shown.label)


@pytest.mark.parametrize("piece", [p for p in PIECES if p.startswith("  ")])
def test_a_line_that_is_being_typed(piece: str) -> None:
    """Every prefix of a line, with the cursor at its end."""
    for keyword in ("model", "enum", "datasource", "generator", "type", "view"):
        for end in range(len(piece) + 1):
            schema = schema_of({"s": f"{keyword} Order {{\n{piece[:end]}"})
            sound(complete(schema, "s", 1, end), schema, "s", 1, end)
            signature(schema, "s", 1, end)


def test_completion_does_not_grow_with_the_schema() -> None:
    count = 1500
    text = "".join(
        f"model M{n} {{\n  id Int @id\n  shopId Int\n"
        f"  shop Shop @relation(fields: [shopId], references: [id])\n  m1500 \n}}\n"
        for n in range(count)
    )
    text += "model Shop {\n  id Int @id\n" + "".join(f"  m{n} M{n}[]\n" for n in range(count)) + "}\n"
    schema = schema_of({"s": text})
    lines = text.split("\n")
    for prefix, column in (("  m1500 ", 8), ("  shop ", 12), ("  shop ", 29), ("  shopId", 9)):
        line = next(n for n, found in enumerate(lines) if found.startswith(prefix))
        assert complete(schema, "s", line, column) is not None
        cost = calls(lambda line=line, column=column: complete(schema, "s", line, column))
        assert cost < 20_000, (prefix, cost)


@pytest.mark.parametrize("text", ["", "\n", "enum E {\n  A\n}\n", "// x\n", "model A {\n  id Int @id\n"])
def test_the_end_of_a_file(text: str) -> None:
    schema = schema_of({"s": text})
    answer = complete(schema, "s", text.count("\n"), 0)
    assert answer is not None
    assert {"model", "enum"} <= {item.label for item in answer.items}
    sound_at_end = complete(schema, "s", text.count("\n") + 1, 0)
    assert sound_at_end is None


def test_a_header_that_is_half_typed_stays_so_for_everybody_else() -> None:
    """Completion finishes it for itself alone."""
    text = "model Shop\n  id Int @id\n  \n}\n\nmodel Item {\n  id Int @id\n}\n"
    schema = schema_of({"s": text})
    before = schema.files["s"]
    found = complete(schema, "s", 2, 2)
    assert found is not None and "@@unique" in [item.label for item in found.items]
    assert schema.files["s"] is before and before.text == text
    assert schema.kind_of("Shop") is None and schema.kind_of("Item") == "model"
    assert [before.index_of(block) for block in before.blocks] == list(range(len(before.blocks)))
    # Where nothing is half-typed the very same schema is asked.
    assert mended(schema, "s", 6) is schema
