"""Tests that are pages of Markdown.

A heading begins a case.  Its fences are:

``prisma`` (or ``prisma name.prisma``)
    a file; ``//   ^^^ message`` with the slashes in column 0 is an expected finding on the line
    above, ``//!0-3 message`` one that starts where the slashes are; ``+2`` behind either means that
    two more lines suffer from it.  They are removed before parsing.
``settings``
    the text of a ``prisma-lsp.toml``.
``migration``
    the SQL of a migration that exists.
``installed``
    the version of Prisma that is installed; ``6.2.0 or later`` where it is only the lowest.
``fixes``
    the fixes of the first finding: ``T title``, one a line.
``prisma fixed`` (or ``prisma fixed name.prisma``)
    the files after the preferred fix of every finding, until none is left.
``prisma fix 2`` (or ``prisma fix 2 name.prisma``)
    the files after the second fix of the first finding.

The harness renders what really happens in the same notation; a test compares the two texts, and
``pytest --update`` writes the real one into the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.exact import exact
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import Finding
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import Version
from prisma_lsp.settings import Settings, from_mapping, merge
from prisma_lsp.syntax import document
from prisma_lsp.text import apply_edits

FENCE = re.compile(r"^```([a-z]+)([^\n`]*)\n(.*?)^```$", re.M | re.S)
HEADING = re.compile(r"^#+ (.*)$", re.M)
DRAWN = re.compile(r"^//( *\^+|!\d+-\d+)(\+\d+)? ")


@dataclass
class Case:
    """One heading's text, and where it starts in its page."""

    title: str
    text: str
    start: int


@dataclass
class World:
    """The files and conditions of a case."""

    files: dict[str, str]
    settings: Settings = field(default_factory=Settings)
    migrations: Migrations = field(default_factory=Migrations.none)
    prisma_version: Version | None = None

    @property
    def environment(self) -> Environment:
        return Environment(self.settings, self.migrations, prisma_version=self.prisma_version)

    def lint(self) -> Linter:
        schema = Schema({path: document.read(text) for path, text in self.files.items()})
        linter = Linter(schema, self.environment)
        linter.work()
        return linter


def cases(page: str) -> Iterator[Case]:
    """The cases of a page; a page without a heading is one case."""
    heads = [(m.start(), m.group(1)) for m in HEADING.finditer(_without_fences(page))]
    if not heads:
        yield Case("page", page, 0)
        return
    for number, (start, title) in enumerate(heads):
        end = heads[number + 1][0] if number + 1 < len(heads) else len(page)
        text = page[start:end]
        if "```" in text:
            yield Case(title, text, start)


def _without_fences(page: str) -> str:
    return FENCE.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), page)


def world(case: str, folder: Path, rules: list[str]) -> World:
    """The world that the fences of a case describe; ``folder`` is an empty one to put SQL in."""
    found = World({})
    for kind, rest, body in FENCE.findall(case):
        words = rest.split()
        if kind == "prisma" and not (words and words[0] in ("fixed", "fix")):
            found.files[words[0] if words else "schema.prisma"] = undrawn(body)
        elif kind == "settings":
            import tomllib

            layer, problems = from_mapping(tomllib.loads(body), rules=rules, source="page")
            assert not problems, problems
            found.settings = merge(layer)
        elif kind == "migration":
            target = folder / "20260101000000_init"
            target.mkdir(parents=True, exist_ok=True)
            (target / "migration.sql").write_text(body, "utf-8")
            found.migrations = Migrations.read(folder)
        elif kind == "installed":
            major, minor, *_ = body.split(".")
            found.prisma_version = Version(int(major), int(minor), or_later="later" in body)
    return found


def undrawn(text: str) -> str:
    return "".join(line for line in text.splitlines(True) if not DRAWN.match(line))


def drawn(text: str, findings: list[tuple[int, Finding]]) -> str:
    """The text of a file with its findings, given as (line, finding), drawn under their lines."""
    below: dict[int, list[str]] = {}
    for line, finding in findings:
        width = max(1, finding.end - finding.start)
        if finding.start >= 2:
            mark = "//" + " " * (finding.start - 2) + "^" * width
        else:
            mark = f"//!{finding.start}-{finding.end}"
        if finding.through > finding.line:
            mark += f"+{finding.through - finding.line}"
        below.setdefault(line, []).append(f"{mark} {finding.message}\n")
    out = []
    for number, line in enumerate(text.splitlines(True)):
        out += [line, *below.get(number, [])]
    return "".join(out)


def placed(linter: Linter, path: str, only: str | None) -> list[tuple[int, Finding]]:
    """(line of the file, finding) of one file, those of one rule or group."""
    found = linter.schema.files[path]
    return [
        (start + finding.line, finding)
        for block, start in zip(found.blocks, found.starts, strict=True)
        for finding in linter.findings(block)
        if only is None or only in (finding.rule, finding.source)
    ]


def all_placed(linter: Linter, only: str | None) -> list[tuple[int, Finding]]:
    return [item for path in linter.schema.files for item in placed(linter, path, only)]


def fixes_of(linter: Linter, finding: Finding) -> list[Fix]:
    bench = Workbench(linter.schema, linter.environment)
    return [exact(fix, bench) for fix in finding.fixes(bench)] if finding.fixes is not None else []


def apply(files: dict[str, str], fix: Fix) -> dict[str, str]:
    return {p: apply_edits(t, fix.edits[p]) if p in fix.edits else t for p, t in files.items()}


def settled(start: World, only: str | None) -> dict[str, str]:
    """The files after the preferred fix of each finding, one after the other."""
    now = World(start.files, start.settings, start.migrations, start.prisma_version)
    for _ in range(50):
        linter = now.lint()
        for _, finding in all_placed(linter, only):
            found = fixes_of(linter, finding)
            if found:
                best = next((f for f in found if f.preferred), found[0])
                now.files = apply(now.files, best)
                break
        else:
            return now.files
    raise AssertionError("the fixes do not come to an end")


def render(case: str, only: str | None, folder: Path, rules: list[str]) -> str:
    """The case with every answer replaced by the real one."""
    here = world(case, folder, rules)
    linter = here.lint()
    memory: dict[str, dict[str, str]] = {}

    def answer(match: re.Match[str]) -> str:
        kind, rest, body = match.groups()
        words = rest.split()
        if kind == "fixes":
            findings = all_placed(linter, only)
            fixes = fixes_of(linter, findings[0][1]) if findings else []
            real = "".join(f"{fix.safety} {fix.title}\n" for fix in fixes)
        elif kind == "prisma" and words and words[0] == "fixed":
            name = words[1] if len(words) > 1 else next(iter(here.files))
            if "fixed" not in memory:
                memory["fixed"] = settled(here, only)
            real = memory["fixed"][name]
        elif kind == "prisma" and words and words[0] == "fix":
            number = int(words[1])
            name = words[2] if len(words) > 2 else next(iter(here.files))
            fix = fixes_of(linter, all_placed(linter, only)[0][1])[number - 1]
            real = apply(here.files, fix)[name]
        elif kind == "prisma":
            name = words[0] if words else "schema.prisma"
            real = drawn(here.files[name], placed(linter, name, only))
        else:
            real = body
        return f"```{kind}{rest}\n{real}```"

    return FENCE.sub(answer, case)
