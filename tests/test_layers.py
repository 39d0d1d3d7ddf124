"""The imports are those of the table in docs/architecture.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "prisma_lsp"
PAGE = (ROOT / "docs/architecture.md").read_text("utf-8")
# What a room needs from outside Python's own library.
FOREIGN = {"server": {"pygls", "lsprotocol"}, "syntax": {"lark"}, "lint": {"pluralizer"}}


def table(heading: str) -> dict[str, str]:
    """First cell → second cell of the table under a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [row.strip("|").split("|") for row in section.splitlines() if row.startswith("|")]
    return {row[0].strip(): row[1].strip() for row in rows[2:]}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line, parts of the dotted name) of every import."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative"
            parts = (node.module or "").split(".")
            if len(parts) == 1 and parts[0] == "prisma_lsp":
                for alias in node.names:
                    yield node.lineno, [*parts, alias.name]
            else:
                yield node.lineno, parts


ALLOWED = {
    name.strip("`"): set(re.findall(r"`(\w+)`", cell)) if cell != "everything" else None
    for name, cell in table("Who may import whom").items()
}
FILES = sorted(PACKAGE.rglob("*.py"))


def test_imports_are_allowed() -> None:
    wrong = []
    for path in FILES:
        here = room(path)
        if here == "__init__":
            continue
        allowed = ALLOWED[here]
        for line, (first, *rest) in imports(path):
            if first != "prisma_lsp" or not rest or rest[0] in (here, "__version__"):
                continue
            if allowed is not None and rest[0] not in allowed:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {here} imports {rest[0]}")
    assert not wrong


def test_only_the_named_rooms_use_other_packages() -> None:
    import sys

    wrong = []
    for path in FILES:
        for line, (first, *_) in imports(path):
            known = {"prisma_lsp", *sys.stdlib_module_names, *FOREIGN.get(room(path), ())}
            if first not in known:
                wrong.append(f"{path.relative_to(ROOT)}:{line}: {first}")
    assert not wrong


def test_every_room_is_in_both_tables() -> None:
    rooms = {room(path) for path in FILES} - {"__init__"}
    assert set(ALLOWED) == rooms
    described = {name for cell in table("Rooms") for name in re.findall(r"`(\w+)`", cell)}
    assert described | {"__main__"} == rooms


def test_the_table_has_no_circle() -> None:
    graph = {name: set(allowed or ()) for name, allowed in ALLOWED.items()}
    while free := [name for name, needs in graph.items() if not needs & graph.keys()]:
        for name in free:
            del graph[name]
    assert not graph
