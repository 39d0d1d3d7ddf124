"""Tests that are pages of Markdown.

A heading begins a case.  Its fences are:

``prisma`` (or ``prisma name.prisma``)
    a file; ``//   ^^^ message`` with the slashes in column 0 is an expected finding on the line
    above, ``//!0-3 message`` one that starts where the slashes are; ``+2`` behind either means that
    two more lines suffer from it.  They are removed before parsing.
``settings``
    the text of a ``prisma-lsp.toml``.
``migration``
    the SQL of a migration that exists; several are applied one after the other.
``sql``
    a newer migration, which the rules look at; what is found in it is drawn with ``--   ^^^ message``.
``lock``
    the text of `migration_lock.toml`.
``installed``
    the version of Prisma that is installed; ``6.2.0 or later`` where it is only the lowest.
``fixes``
    the fixes of the first finding: ``T title``, one a line.
``prisma fixed`` (or ``prisma fixed name.prisma``)
    the files after the preferred fix of every finding, until none is left.
``prisma fix 2`` (or ``prisma fix 2 name.prisma``)
    the files after the second fix of the first finding.
``sql fixed`` and ``sql fix 2``
    the same for the newer migration.

The harness renders what really happens in the same notation; a test compares the two texts, and
``pytest --update`` writes the real one into the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.exact import exact
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.migration_linter import MigrationLinter
from prisma_lsp.lint.rule import Finding
from prisma_lsp.migrations import Migrations
from prisma_lsp.migrations.text import SqlText
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import Version
from prisma_lsp.settings import Settings, from_mapping, merge
from prisma_lsp.syntax import document
from prisma_lsp.text import apply_edits

FENCE = re.compile(r"^```([a-z]+)([^\n`]*)\n(.*?)^```$", re.M | re.S)
HEADING = re.compile(r"^#+ (.*)$", re.M)
DRAWN = re.compile(r"^//( *\^+|!\d+-\d+)(\+\d+)? ")
SQL_DRAWN = re.compile(r"^--( *\^+|!\d+-\d+)(\+\d+)? ")
NEWER = "20260201000000_change"


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
    folder: Path | None = None
    sql: str | None = None

    @property
    def sql_path(self) -> str:
        assert self.folder is not None
        return str(self.folder / NEWER / "migration.sql")

    def with_sql(self, sql: str) -> None:
        """Make ``sql`` the newest migration."""
        path = Path(self.sql_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sql.encode("utf-8"))
        self.sql = sql
        self.migrations = Migrations.read(self.folder)

    @property
    def environment(self) -> Environment:
        return Environment(self.settings, self.migrations, prisma_version=self.prisma_version)

    def lint(self) -> Linter:
        schema = Schema({path: document.read(text) for path, text in self.files.items()})
        linter = Linter(schema, self.environment)
        linter.work()
        return linter

    def lint_sql(self, linter: Linter) -> list[Finding]:
        if self.sql is None:
            return []
        text = SqlText.of(self.sql)
        return MigrationLinter(linter.environment).check(self.sql_path, text, linter.schema).findings


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
    sql: str | None = None
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
            number = len(list(folder.glob("*_*")))
            target = folder / f"202601{number + 1:02}000000_{'more' if number else 'init'}"
            target.mkdir(parents=True, exist_ok=True)
            (target / "migration.sql").write_bytes(body.encode("utf-8"))
            found.migrations = Migrations.read(folder)
        elif kind == "lock":
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "migration_lock.toml").write_text(body, "utf-8")
        elif kind == "sql" and not words:
            found.folder = folder
            sql = undrawn(body, SQL_DRAWN)
        elif kind == "installed":
            major, minor, *_ = body.split(".")
            found.prisma_version = Version(int(major), int(minor), or_later="later" in body)
    if sql is not None:
        found.with_sql(sql)
    return found


def undrawn(text: str, marks: re.Pattern[str] = DRAWN) -> str:
    return "".join(line for line in text.splitlines(True) if not marks.match(line))


def drawn(text: str, findings: list[tuple[int, Finding]], comment: str = "//") -> str:
    """The text of a file with its findings, given as (line, finding), drawn under their lines."""
    below: dict[int, list[str]] = {}
    for line, finding in findings:
        width = max(1, finding.end - finding.start)
        if finding.start >= 2:
            mark = comment + " " * (finding.start - 2) + "^" * width
        else:
            mark = f"{comment}!{finding.start}-{finding.end}"
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


def sql_placed(here: World, linter: Linter, only: str | None) -> list[tuple[int, Finding]]:
    """(line, finding) of the newer migration."""
    return [(f.line, f) for f in here.lint_sql(linter) if only in (None, f.rule, f.source)]


def apply_to(here: World, fix: Fix) -> None:
    """Make a fix's edits in the world's files and in its newer migration."""
    here.files = apply(here.files, fix)
    if here.sql is not None and here.sql_path in fix.edits:
        here.with_sql(apply_edits(here.sql, fix.edits[here.sql_path]))


def settled(start: World, only: str | None) -> World:
    """The files after the preferred fix of each finding, one after the other."""
    now = replace(start)
    for _ in range(50):
        linter = now.lint()
        for _, finding in [*all_placed(linter, only), *sql_placed(now, linter, only)]:
            found = fixes_of(linter, finding)
            if found:
                best = next((f for f in found if f.preferred), found[0])
                apply_to(now, best)
                break
        else:
            return now
    raise AssertionError("the fixes do not come to an end")


def render(case: str, only: str | None, folder: Path, rules: list[str]) -> str:
    """The case with every answer replaced by the real one."""
    here = world(case, folder, rules)
    linter = here.lint()
    memory: dict[str, World] = {}

    def findings() -> list[tuple[int, Finding]]:
        return [*all_placed(linter, only), *sql_placed(here, linter, only)]

    def after(words: list[str]) -> World:
        """The world after all fixes, or after one of those of the first finding."""
        key = " ".join(words[:2]) if words[0] == "fix" else "fixed"
        if key not in memory:
            start = replace(here)
            if key == "fixed":
                memory[key] = settled(start, only)
            else:
                fix = fixes_of(linter, findings()[0][1])[int(words[1]) - 1]
                apply_to(start, fix)
                memory[key] = start
            if here.sql is not None:
                here.with_sql(here.sql)
        return memory[key]

    def answer(match: re.Match[str]) -> str:
        kind, rest, body = match.groups()
        words = rest.split()
        if kind == "fixes":
            found = findings()
            fixes = fixes_of(linter, found[0][1]) if found else []
            real = "".join(f"{fix.safety} {fix.title}\n" for fix in fixes)
        elif kind == "prisma" and words and words[0] in ("fixed", "fix"):
            rest_of = words[1:] if words[0] == "fixed" else words[2:]
            name = rest_of[0] if rest_of else next(iter(here.files))
            real = after(words).files[name]
        elif kind == "sql" and words and words[0] in ("fixed", "fix"):
            real = after(words).sql or ""
        elif kind == "sql":
            real = drawn(here.sql or "", sql_placed(here, linter, only), "--")
        elif kind == "prisma":
            name = words[0] if words else "schema.prisma"
            real = drawn(here.files[name], placed(linter, name, only))
        else:
            real = body
        return f"```{kind}{rest}\n{real}```"

    return FENCE.sub(answer, case)
