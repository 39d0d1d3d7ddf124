"""Take proposals at random places of valid schemas and ask Prisma's engine whether they still are.

    python tests/agreement/taking.py ENGINE FOLDER …

ENGINE is a folder with ``node_modules/@prisma/prisma-schema-wasm``, FOLDER holds schemas as for
``editing.py``.  Where a proposal leaves something to be typed, what is proposed first there is taken as
well, and any word between quotes; where nothing is proposed it is not counted.
Every one after which the engine finds an error is shown.
"""

from __future__ import annotations

import argparse
import collections
import random
import re
from collections.abc import Iterator
from pathlib import Path

from editing import groups
from record import ask

from prisma_lsp.ide.completion import complete
from prisma_lsp.ide.completion_scene import Item
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document, nodes
from prisma_lsp.text import Edit, Range, apply_edits, split_lines

Files = dict[str, str]
# Something is still to be typed.
_HOLE = re.compile(r"\$\d|\$\{\d\}")
_CHOICE = re.compile(r"\$\{\d(?::|\|)([^,|}]*)[^}]*\}")


def schema_of(files: Files) -> Schema:
    return Schema({name: document.read(text) for name, text in files.items()})


def starts(files: Files, rnd: random.Random, count: int) -> Iterator[tuple[Files, str, int, int]]:
    """(files, name, line, column): behind a member's line, on a new line, instead of a value."""
    schema = schema_of(files)
    places = []
    for name, found in schema.files.items():
        for block, start in zip(found.blocks, found.starts, strict=True):
            if block.kind == "gap" or block.close <= block.header:
                continue
            for line, node in block.entries:
                if isinstance(node, (nodes.FieldLine, nodes.ValueLine, nodes.BlockAttributeLine)):
                    places.append((name, block, start, line, node))
    for _ in range(min(count, len(places))):
        name, block, start, line, node = rnd.choice(places)
        lines = split_lines(files[name])
        row = start + line
        text = lines[row].rstrip("\r\n")
        ending = lines[row][len(text) :]
        attributes = (node.attribute,) if isinstance(node, nodes.BlockAttributeLine) else node.attributes
        match rnd.randrange(4):
            case 0 if not isinstance(node, nodes.BlockAttributeLine):
                new, column = text[: node.end] + " " + text[node.end :], node.end + 1
                lines[row] = new + ending
            case 1:
                lines.insert(row + 1, "  " + (ending or "\n"))
                row, column = row + 1, 2
            case 2 if attributes:
                one = rnd.choice(attributes)
                if one.arguments is None or text[one.end - 1] != ")":
                    continue
                column = one.end - 1
                if one.arguments:
                    lines[row] = text[:column] + ", " + text[column:] + ending
                    column += 2
            case 3 if attributes:
                one = rnd.choice(attributes)
                named = [a for a in one.arguments or () if a.name]
                if not named:
                    continue
                value = rnd.choice(named).value
                lines[row] = text[: value.start] + text[value.end :] + ending
                column = value.start
            case _:
                continue
        yield {**files, name: "".join(lines)}, name, row, column


def whole(item: Item) -> str:
    """What is written when every place of the snippet keeps its text; those that have none stay."""
    text = item.snippet
    if not text:
        return item.insert or item.label
    return re.sub(r"\\(.)", r"\1", _CHOICE.sub(lambda m: m[1], text.replace("$0", "")))


def filled(files: Files, name: str, depth: int = 0) -> Files | None:
    """The files with every hole filled with what is proposed there; None where nothing is."""
    text = files[name]
    hole = _HOLE.search(text)
    if hole is None:
        return files
    if depth > 4:
        return None
    before, after = text[: hole.start()], text[hole.end() :]
    line = len(split_lines(before + "x")) - 1
    column = len(split_lines(before + "x")[line]) - 1
    now = {**files, name: _HOLE.sub("", before + after)}
    answer = complete(schema_of(now), name, line, column)
    if answer is None:
        in_quotes = before.endswith('"') and after.startswith('"')
        word = {**files, name: f"{before}word_{depth}{after}"}
        return filled(word, name, depth + 1) if in_quotes else None
    item = answer.items[0]
    if item.elsewhere:
        return None
    # The other holes of the snippet stay where they are.
    here = Edit(Range(line, answer.start, line, answer.end), whole(item))
    return filled({**files, name: apply_edits(before + after, [*item.edits, here])}, name, depth + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--places", type=int, default=6, help="so many in each schema")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th schema")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="the files that became invalid")
    told = parser.parse_args()
    rnd = random.Random(told.seed)
    found = [files for f in told.folders for _, files in list(groups(f.resolve()))[:: told.every]]
    valid = [files for files, said in zip(found, ask(told.engine, found), strict=True) if said is not None and not _errors(said)]  # fmt: skip
    taken: list[tuple[Files, str]] = []
    holes = 0
    for files in valid:
        for now, name, line, column in starts(files, rnd, told.places):
            schema = schema_of(now)
            answer = complete(schema, name, line, column)
            if answer is None:
                continue
            for item in answer.items[:12]:
                if item.elsewhere or _HOLE.search(now[name]):
                    continue
                here = Edit(Range(line, answer.start, line, answer.end), whole(item))
                after = filled({**now, name: apply_edits(now[name], [*item.edits, here])}, name)
                if after is None:
                    holes += 1
                    continue
                shown = split_lines(now[name])[line]
                taken.append((after, f"{shown[:column].strip()}⌶{shown[column:].strip()}  →  {item.label}{item.tail}"))  # fmt: skip
    said = ask(told.engine, [files for files, _ in taken])
    if told.show:
        for (files, what), verdict in zip(taken, said, strict=True):
            if verdict is None or _errors(verdict):
                print("=====", what, verdict and _errors(verdict), *files.values(), sep="\n")
    bad = [what for (_, what), verdict in zip(taken, said, strict=True) if verdict is None or _errors(verdict)]
    print(f"{len(valid)} valid schemas, {len(taken)} proposals taken, {len(bad)} make the schema invalid; {holes} wait for something")
    for what, count in collections.Counter(bad).most_common():
        print(f"{count:4} {what}")


def _errors(said: list[str]) -> list[str]:
    return [one for one in said if one.endswith(":error")]


if __name__ == "__main__":
    main()
