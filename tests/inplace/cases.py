"""The cases of `cases.md`: a schema, the migrations that come with its fixes, and what they are.

Under a heading stand, as fences: ``rule`` (whose fixes) or ``rename`` (what the editor is asked to
rename together with the database: a kind, a name, the new name), ``prisma`` (the schema),
``prisma database`` where the database is not yet as the schema says, ``settings``, ``library``; then
the answers: ``fix`` with the title of each fix that comes with migrations, and their files as ``sql``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from prisma_lsp.ide.rename import names_of, rename
from prisma_lsp.inplace.pairs import Renamed
from prisma_lsp.inplace.scripts import NO_NAMES
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.fixall import edited, fixes_of
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.inplace import pair_of, renamed_in_place
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import all_rules
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import from_mapping, merge
from prisma_lsp.syntax import document

HERE = Path(__file__).resolve().parent
PAGE = HERE / "cases.md"
DATASOURCE = 'datasource db {\n  provider = "postgresql"\n}\n\n'
NOW = datetime(2026, 1, 2, 9, 0, 0, tzinfo=UTC)
_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)
_ANSWERS = ("fix", "sql")


class Case(NamedTuple):
    """``schema`` and ``database`` are without a datasource; ``question`` is the case's text."""

    name: str
    question: str
    rule: str
    rename: str
    schema: str
    database: str
    settings: str
    library: str | None


def cases() -> list[Case]:
    found = []
    for part in re.split(r"^(?=# )", PAGE.read_text("utf-8"), flags=re.M):
        if not part.strip():
            continue
        name = part.splitlines()[0].removeprefix("# ")
        fences = [(kind, rest.strip(), body) for kind, rest, body in _FENCE.findall(part)]
        bodies = {f"{kind} {rest}".strip(): body for kind, rest, body in fences if kind not in _ANSWERS}
        question = part
        for match in reversed(list(_FENCE.finditer(part))):
            if match[1] in _ANSWERS:
                question = question[: match.start()].rstrip("\n") + "\n" + question[match.end() :].lstrip("\n")
        schema = bodies["prisma"]
        found.append(
            Case(
                name, question.strip() + "\n", bodies.get("rule", "").strip(),
                bodies.get("rename", "").strip(), schema,
                bodies.get("prisma database", schema), bodies.get("settings", ""),
                bodies["library"].strip() if "library" in bodies else None,
            )
        )  # fmt: skip
    return found


def schema_of(text: str) -> Schema:
    return Schema({"schema.prisma": document.read(DATASOURCE + text)})


def text_of(schema: Schema) -> str:
    return schema.files["schema.prisma"].text.removeprefix(DATASOURCE)


class Answer(NamedTuple):
    fix: Fix
    after: Schema
    renamed: Renamed


def answers(case: Case, migrations: Migrations) -> Iterator[Answer]:
    """The fixes of a case that come with migrations."""
    schema = schema_of(case.schema)
    text = case.settings if "preset" in case.settings else 'preset = "all"\n' + case.settings
    layer, problems = from_mapping(
        tomllib.loads(text), rules=[rule.name for rule in all_rules()], source="page"
    )
    assert not problems, problems
    environment = Environment(merge(layer), migrations, case.library)
    bench = Workbench(schema, environment)
    if case.rename:
        yield _renamed(case, bench)
        return
    linter = Linter(schema, environment)
    linter.work()
    for block in schema.files["schema.prisma"].blocks:
        for finding in linter.findings(block):
            if case.rule != finding.rule:
                continue
            for fix in fixes_of(finding, bench):
                pair = pair_of(fix, bench, NOW)
                if pair is not None:
                    yield Answer(pair, edited(schema, fix.edits), NO_NAMES)


def _renamed(case: Case, bench: Workbench) -> Answer:
    kind, thing, new = case.rename.split()
    name, _, part = thing.partition(".")
    line = next(
        number
        for number, text in enumerate(bench.schema.files["schema.prisma"].lines)
        if re.match(rf"(?:model|enum) {name} ", text)
    )
    lines = bench.schema.files["schema.prisma"].lines
    word = part or name
    while part and not re.match(rf" *{part}\b", lines[line]):
        line += 1
    if kind == "relation":
        word = re.search(r'@relation\("(\w+)"', lines[line])[1]  # type: ignore[index]
    column = lines[line].index(word)
    done = rename(bench.schema, "schema.prisma", line, column, new, keep=False)
    renamed = names_of(bench.schema, "schema.prisma", line, column, new)
    pair = renamed_in_place(bench.schema, bench.environment, done, renamed, NOW)
    assert pair is not None
    return Answer(pair, edited(bench.schema, done), renamed)


def schemas(case: Case, migrations: Migrations) -> Iterator[str]:
    """Every schema of a case whose database is made from nothing."""
    yield case.database
    for answer in answers(case, migrations):
        yield text_of(answer.after)
