"""Every fix of every rule on real schemas: what is left afterwards, and what a database would do.

    python tests/agreement/fixes.py FOLDER [--engine FOLDER] [--rule NAME] [--sample N] [--preset NAME] [--jobs N]

FOLDER holds schemas: each ``schema.prisma`` (or other ``.prisma`` file) by itself, or as its
``GROUPS.json`` puts them together.  Each fix is made alone, on at most N findings of a rule in a
schema (all with ``--sample 0``), and then all of a class together.  It fails where a fix leaves text
that cannot be read, leaves its own finding, brings another one (of rules that are on), gives Prisma
more to reject, or is not the end (a second round finds more to do).

With ``--engine``, a folder with ``node_modules/@prisma/prisma-schema-wasm`` and
``@prisma/schema-engine-wasm``, Prisma's own engine judges each fixed schema too, and a fix that
says that it needs no migration must give an empty one (PostgreSQL schemas that the engine accepts).
It is asked about fixes of different blocks at once, and about each alone where it finds something.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

from cases import HERE, Files
from record import ENGINE, placed

from prisma_lsp.lint import fixall
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import Finding
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import Edit

Facts = Counter[tuple[str, str, str, str]]
_URL = re.compile(r"^[ \t]*(url|directUrl|shadowDatabaseUrl)[ \t]*=.*$", re.M)
# Characters of a schema for which one job makes the fixes.
_PART = 40_000
# How many fixes of different blocks the engine judges at once.
_BATCH = 40


class Task(NamedTuple):
    """The fixes of every ``parts``-th finding of a schema, from number ``part`` on."""

    name: str
    files: Files
    part: int
    parts: int
    rule: str | None
    sample: int
    preset: str
    engine: Path | None


class Told(NamedTuple):
    """What came of a task: how many fixes of each rule, what is wrong, what was compared."""

    made: Counter[str]
    wrong: list[tuple[str, str]]
    compared: int


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", type=Path)
    parser.add_argument("--rule")
    parser.add_argument("--sample", type=int, default=3)
    parser.add_argument("--preset", default="all")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    tasks = []
    for name, files in schemas(given.folder):
        parts = 1 + sum(map(len, files.values())) // _PART
        tasks += [
            Task(name, files, part, parts, given.rule, given.sample, given.preset, given.engine)
            for part in range(parts)
        ]
    made: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    compared = 0
    with Pool(given.jobs) as pool:
        for task, told in zip(tasks, pool.imap(done, tasks), strict=True):
            made.update(told.made)
            wrong.update(rule for rule, _ in told.wrong)
            compared += told.compared
            for rule, fault in told.wrong:
                print(f"{task.name}: {rule}: {fault}", flush=True)
    print(f"{compared} fixes of class T compared by Prisma Migrate")
    print(
        f"{sum(made.values())} fixes of {len(made)} rules, {sum(wrong.values())} wrong: {dict(wrong)}"
    )
    sys.exit(1 if wrong else 0)


def done(task: Task) -> Told:
    environment = Environment(Settings(preset=task.preset), Migrations.none())
    judges = _judges(task.engine) if task.engine is not None else None
    told = Told(Counter(), [], 0)
    linter = checked(task.files, environment)
    made: list[Made] = []
    for rule, fix, faults in alone(linter, environment, task):
        told.made[rule] += 1
        told.wrong.extend((rule, fault) for fault in faults)
        made.append(Made(rule, fix, _blocks(linter, fix)))
    if judges is not None:
        for batch in batches(made):
            told.wrong.extend(judged(judges, linter, task.files, batch))
    if task.part == 0:
        rules = {task.rule} if task.rule else None
        for safety in ("T", "TR", "TRD"):
            texts, faults = together(linter, environment, set(safety), rules)
            if judges is not None:
                faults += judges.faults(task.files, texts, safety == "T")
            told.wrong.extend(("all together", f"all of {safety}: {fault}") for fault in faults)
    return told._replace(compared=judges.take_compared() if judges is not None else 0)


class Made(NamedTuple):
    """A fix that was made: its rule, and (path, number) of the blocks that it changes."""

    rule: str
    fix: Fix
    blocks: frozenset[tuple[str, int]]


def _blocks(linter: Linter, fix: Fix) -> frozenset[tuple[str, int]]:
    files = linter.schema.files
    return frozenset(
        (path, number)
        for path, edits in fix.edits.items()
        if path in files
        for edit in edits
        for number in range(
            files[path].locate(edit.range.line), files[path].locate(edit.range.end_line) + 1
        )
    )


def batches(made: list[Made]) -> Iterator[list[Made]]:
    """Fixes that change different blocks, those without a migration apart: one answer is good for all."""
    for is_text in (True, False):
        open_: list[tuple[list[Made], set[tuple[str, int]]]] = []
        for one in made:
            if (one.fix.safety == "T") is not is_text:
                continue
            for batch, taken in open_:
                if not taken & one.blocks:
                    batch.append(one)
                    taken |= one.blocks
                    break
            else:
                open_.append(([one], set(one.blocks)))
        yield from (
            batch[i : i + _BATCH] for batch, _ in open_ for i in range(0, len(batch), _BATCH)
        )


def judged(
    judges: Judges, linter: Linter, files: Files, batch: list[Made]
) -> Iterator[tuple[str, str]]:
    """What the engine has against some fixes made at once; where it has, against each alone."""
    edits: dict[str, list[Edit]] = {}
    for one in batch:
        for path, some in one.fix.edits.items():
            edits.setdefault(path, []).extend(some)
    now = linter.fork()
    if fixall.apply(now, edits):
        after = {p: f.text for p, f in now.schema.files.items()}
        faults = judges.faults(files, after, batch[0].fix.safety == "T", len(batch))
        if not faults:
            return
        if len(batch) == 1:
            yield from ((batch[0].rule, f"{batch[0].fix.title}: {fault}") for fault in faults)
    elif len(batch) == 1:
        return
    if len(batch) > 1:
        middle = len(batch) // 2
        yield from judged(judges, linter, files, batch[:middle])
        yield from judged(judges, linter, files, batch[middle:])


def schemas(folder: Path) -> Iterator[tuple[str, Files]]:
    """(name, files) of every schema; addresses of databases are taken out."""
    listed = folder / "GROUPS.json"
    if listed.exists():
        groups = json.loads(listed.read_text("utf-8"))
        for name, paths in groups.items():
            base = folder if all((folder / path).exists() for path in paths) else folder.parent
            yield name, {path: _text(base / path) for path in paths}
        return
    for path in sorted(folder.rglob("*.prisma")):
        yield str(path.relative_to(folder)), {"schema.prisma": _text(path)}


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")


def checked(files: Files, environment: Environment) -> Linter:
    linter = Linter(Schema({p: document.read(t) for p, t in files.items()}), environment)
    linter.work()
    return linter


def findings(linter: Linter) -> Iterator[tuple[Block, Finding]]:
    for file in linter.schema.files.values():
        for block in file.blocks:
            for finding in linter.findings(block):
                yield block, finding


def facts(linter: Linter) -> Facts:
    return Counter((f.rule, f.level, block.name, f.message) for block, f in findings(linter))


def changed(before: Linter, after: Linter) -> tuple[Counter[str], Counter[str]]:
    """By rule, the findings that are gone or that are new: what stands in blocks that were checked again."""
    was = [
        before.findings(b)
        for b, found in before.by_block.items()
        if after.by_block.get(b) is not found
    ]
    now = [found for b, found in after.by_block.items() if before.by_block.get(b) is not found]
    old, new = (Counter(f.rule for found in some for f in found) for some in (was, now))
    return old - new, new - old


def alone(
    linter: Linter, environment: Environment, task: Task
) -> Iterator[tuple[str, Fix, list[str]]]:
    """Each fix of each rule's findings, made by itself: its rule, and what is wrong with the result."""
    bench = Workbench(linter.schema, environment)
    by_rule: dict[str, list[tuple[Block, Finding]]] = {}
    for block, finding in findings(linter):
        if finding.source != "prisma" and finding.fixes and task.rule in (None, finding.rule):
            by_rule.setdefault(finding.rule, []).append((block, finding))
    rnd = random.Random(0)
    for rule, found in by_rule.items():
        some = rnd.sample(found, min(task.sample, len(found))) if task.sample else found
        for block, finding in some[task.part :: task.parts]:
            for fix in fixall.fixes_of(finding, bench):
                now = linter.fork()
                where = f"{block.name}: {finding.message}: {fix.title}: "
                if not fix.edits.keys() <= task.files.keys() or not fixall.apply(now, fix.edits):
                    yield rule, fix, [where + "its edits cannot be made"]
                    continue
                yield rule, fix, [where + fault for fault in _faults(rule, linter, now)]


def _faults(rule: str, before: Linter, now: Linter) -> Iterator[str]:
    # A rename changes names in messages: such findings are the old ones.
    gone, new = changed(before, now)
    if _unread(now) > _unread(before):
        yield "text that cannot be read"
    if not gone[rule]:
        yield "its finding is still there"
    if new:
        yield f"brings {dict(new)}"


def _unread(linter: Linter) -> int:
    return sum(
        len(block.problems) for file in linter.schema.files.values() for block in file.blocks
    )


def together(
    linter: Linter, environment: Environment, safety: set[str], rules: set[str] | None
) -> tuple[Files, list[str]]:
    faults = []
    done = fixall.fixed(linter.schema, environment, safety=safety, rules=rules, linter=linter)  # type: ignore[arg-type]
    texts = {p: f.text for p, f in done.schema.files.items()}
    fresh = checked(texts, environment)
    if facts(fresh) != facts(done.linter):
        faults.append("remembered findings are not those of a fresh check")
    again = fixall.fixed(fresh.schema, environment, safety=safety, rules=rules)  # type: ignore[arg-type]
    if again.made:
        faults.append(f"a second round makes {again.made} more")
    if _unread(fresh) > _unread(linter):
        faults.append("text that cannot be read")
    _, new = changed(linter, fresh)
    if new:
        faults.append(f"brings {dict(new)}")
    return texts, faults


# --- what Prisma's engine says ------------------------------------------------------------------


class Judges:
    """Prisma's engine in two processes: one says what it rejects, one what it would migrate."""

    def __init__(self, folder: Path) -> None:
        folder = folder.resolve()
        self._lint = _node("ask.cjs", folder / "node_modules" / ENGINE)
        self._migrate = _node("migrate.mjs", folder)
        self._errors: dict[str, list[str]] = {}
        self._compared = 0

    def faults(self, before: Files, after: Files, is_text: bool, count: int = 1) -> list[str]:
        """What is wrong with ``after``; ``is_text`` where no migration may be needed."""
        was, now = self._rejected(before, keep=True), self._rejected(after)
        if len(now) > len(was):
            return [f"Prisma rejects more: {now}"]
        if not is_text or was or not _is_comparable(before):
            return []
        told = _answer(self._migrate, {"from": _models(before), "to": _models(after)})
        if "sql" not in told:
            return [f"Prisma Migrate fails: {told}"]
        if "This is an empty migration" not in told["sql"]:
            return [f"says T, but\n{told['sql']}"]
        self._compared += count
        return []

    def _rejected(self, files: Files, *, keep: bool = False) -> list[str]:
        blank = {p: _URL.sub("", t) for p, t in files.items()}
        key = json.dumps(blank) if keep else ""
        if key not in self._errors or not keep:
            told = placed(blank, _answer(self._lint, list(blank.items()))) or []
            self._errors[key] = [line for line in told if line.endswith(":error")]
        return self._errors[key]

    def take_compared(self) -> int:
        """How many fixes were compared by Prisma Migrate since this was asked last."""
        compared, self._compared = self._compared, 0
        self._errors.clear()
        return compared


@cache
def _judges(folder: Path) -> Judges:
    """Those of this process: they take a while to start, and end with it."""
    return Judges(folder)


def _node(script: str, engine: Path) -> subprocess.Popen[str]:
    command = ["node", str(HERE / script), str(engine)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _answer(node: subprocess.Popen[str], question: object) -> Any:
    assert node.stdin is not None and node.stdout is not None
    node.stdin.write(json.dumps(question) + "\n")
    node.stdin.flush()
    return json.loads(node.stdout.readline())


def _is_comparable(files: Files) -> bool:
    text = "\n".join(files.values())
    return re.search(r'provider\s*=\s*"postgres(ql)?"', text) is not None and "@@schema" not in text


def _models(files: Files) -> str:
    """The files as one, without datasource and generators; of these only the preview of views stays."""
    text = "\n".join(files.values())
    name = re.search(r"^datasource\s+(\w+)", text, re.M)
    text = re.sub(r"^(datasource|generator)\s+\w+\s*\{.*?^\}", "", text, flags=re.M | re.S)
    if re.search(r"^view\s", text, re.M):
        text = f'generator client {{\n  provider = "prisma-client"\n  previewFeatures = ["views"]\n}}\n{text}'
    return text if name is None else text.replace(f"@{name[1]}.", "@db.")


if __name__ == "__main__":
    main()
