"""Every fix of every rule on real schemas: what is left afterwards, and what a database would do.

    python tests/agreement/fixes.py FOLDER [--engine FOLDER] [--rule NAME] [--sample N] [--preset NAME]

FOLDER holds schemas: each ``schema.prisma`` (or other ``.prisma`` file) by itself, or as its
``GROUPS.json`` puts them together.  Each fix is made alone, on at most N findings of a rule in a
schema, and then all of a class together.  It fails where a fix leaves text that cannot be read,
leaves its own finding, brings another one (of rules that are on), gives Prisma more to reject, or is not the end (a second
round finds more to do).  Left out are schemas that Prisma rejects as they are, and those without a
datasource.

With ``--engine``, a folder with ``node_modules/@prisma/prisma-schema-wasm`` and
``@prisma/schema-engine-wasm``, Prisma's own engine judges each fixed schema too, and a fix that
says that it needs no migration must give an empty one (PostgreSQL schemas that the engine accepts).
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
from pathlib import Path
from typing import NamedTuple

from cases import HERE, Files

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

Facts = Counter[tuple[str, str, str, str]]
_URL = re.compile(r"^[ \t]*(url|directUrl|shadowDatabaseUrl)[ \t]*=.*$", re.M)


class Made(NamedTuple):
    """A fix that was made: of which finding, and what the files are now."""

    rule: str
    fix: Fix
    before: Files
    after: Files


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", type=Path)
    parser.add_argument("--rule")
    parser.add_argument("--sample", type=int, default=3)
    parser.add_argument("--preset", default="all")
    given = parser.parse_args()
    environment = Environment(Settings(preset=given.preset), Migrations.none())
    wrong: Counter[str] = Counter()
    made: list[Made] = []
    count: Counter[str] = Counter()
    for name, files in schemas(given.folder):
        linter = checked(files, environment)
        if not linter.schema.configs or any(f.level == "error" for _, f in findings(linter) if f.source == "prisma"):
            continue
        for rule, fixed, faults in alone(linter, files, environment, given.rule, given.sample):
            count[rule] += 1
            for fault in faults:
                wrong[rule] += 1
                print(f"{name}: {rule}: {fixed.fix.title}: {fault}")
            made.append(fixed)
        for safety in ("T", "TR", "TRD"):
            rules = {given.rule} if given.rule else None
            for fault in together(linter, environment, set(safety), rules):
                wrong["all together"] += 1
                print(f"{name}: all of {safety}: {fault}")
    if given.engine is not None:
        wrong.update(asked(given.engine, made))
    print(f"{sum(count.values())} fixes of {len(count)} rules, {sum(wrong.values())} wrong: {dict(wrong)}")
    sys.exit(1 if wrong else 0)


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


def alone(
    linter: Linter, files: Files, environment: Environment, only: str | None, sample: int
) -> Iterator[tuple[str, Made, list[str]]]:
    """Each fix of a sample of each rule's findings, made by itself; what is wrong with the result."""
    bench = Workbench(linter.schema, environment)
    by_rule: dict[str, list[tuple[Block, Finding]]] = {}
    for block, finding in findings(linter):
        if finding.source != "prisma" and finding.fixes and (only is None or finding.rule == only):
            by_rule.setdefault(finding.rule, []).append((block, finding))
    before = facts(linter)
    rnd = random.Random(0)
    for rule, found in by_rule.items():
        for block, finding in rnd.sample(found, min(sample, len(found))):
            for fix in fixall.fixes_of(finding, bench):
                now = linter.fork()
                if not fix.edits.keys() <= files.keys() or not fixall.apply(now, fix.edits):
                    yield rule, Made(rule, fix, files, files), ["its edits cannot be made"]
                    continue
                made = Made(rule, fix, files, {p: f.text for p, f in now.schema.files.items()})
                fixed = (rule, finding.level, block.name, finding.message)
                yield rule, made, list(faults(before, facts(now), fixed, now))


def faults(before: Facts, after: Facts, fixed: tuple[str, str, str, str], now: Linter) -> Iterator[str]:
    # A rename changes names in messages: such findings are the old ones.
    new = Counter(rule for rule, *_ in after.elements()) - Counter(rule for rule, *_ in before.elements())
    if any(block.problems for file in now.schema.files.values() for block in file.blocks):
        yield "text that cannot be read"
    if after[fixed] >= before[fixed]:
        yield "its finding is still there"
    if new:
        yield f"brings {dict(new)}"


def together(
    linter: Linter, environment: Environment, safety: set[str], rules: set[str] | None
) -> Iterator[str]:
    done = fixall.fixed(linter.schema, environment, safety=safety, rules=rules, linter=linter)  # type: ignore[arg-type]
    texts = {p: f.text for p, f in done.schema.files.items()}
    fresh = checked(texts, environment)
    if facts(fresh) != facts(done.linter):
        yield "remembered findings are not those of a fresh check"
    again = fixall.fixed(fresh.schema, environment, safety=safety, rules=rules)  # type: ignore[arg-type]
    if again.made:
        yield f"a second round makes {again.made} more"
    if any(block.problems for file in fresh.schema.files.values() for block in file.blocks):
        yield "text that cannot be read"
    new = Counter(rule for rule, *_ in facts(fresh).elements()) - Counter(
        rule for rule, *_ in facts(linter).elements()
    )
    if new:
        yield f"brings {dict(new)}"


# --- what Prisma's engine says ------------------------------------------------------------------


def asked(engine: Path, made: list[Made]) -> Counter[str]:
    from record import ask

    wrong: Counter[str] = Counter()
    asked_before: dict[str, int] = {}
    texts: list[Files] = []

    def place(files: Files) -> int:
        blank = {p: _URL.sub("", t) for p, t in files.items()}
        key = json.dumps(blank, sort_keys=True)
        if key not in asked_before:
            asked_before[key] = len(texts)
            texts.append(blank)
        return asked_before[key]

    places = [(place(one.before), place(one.after)) for one in made]
    answers = [answer or [] for answer in ask(engine, texts)]
    errors = [sum(line.endswith(":error") for line in answer) for answer in answers]
    compared: list[tuple[Made, str, str]] = []
    for one, (was, now) in zip(made, places, strict=True):
        if errors[now] > errors[was]:
            wrong[one.rule] += 1
            print(f"{one.rule}: {one.fix.title}: Prisma rejects more: {set(answers[now]) - set(answers[was])}")
        elif one.fix.safety == "T" and not errors[was] and _is_comparable(one.before):
            compared.append((one, _models(one.before), _models(one.after)))
    for (one, _, _), sql in zip(compared, migrations(engine, [(a, b) for _, a, b in compared]), strict=True):
        if sql is not None and "This is an empty migration" not in sql:
            wrong[one.rule] += 1
            print(f"{one.rule}: {one.fix.title}: says T, but\n{sql}")
    print(f"{len(compared)} fixes of class T compared by Prisma Migrate")
    return wrong


def _is_comparable(files: Files) -> bool:
    text = "\n".join(files.values())
    return re.search(r'provider\s*=\s*"postgres(ql)?"', text) is not None and "@@schema" not in text


def _models(files: Files) -> str:
    text = "\n".join(files.values())
    name = re.search(r"^datasource\s+(\w+)", text, re.M)
    text = re.sub(r"^(datasource|generator)\s+\w+\s*\{.*?^\}", "", text, flags=re.M | re.S)
    return text if name is None else text.replace(f"@{name[1]}.", "@db.")


def migrations(engine: Path, pairs: list[tuple[str, str]]) -> list[str | None]:
    """The SQL of Prisma Migrate between two PostgreSQL schemas; None where it gives none."""
    asked = "\n".join(json.dumps({"from": a, "to": b}) for a, b in pairs)
    told = subprocess.run(
        ["node", str(HERE / "migrate.mjs"), str(engine.resolve())],
        input=asked, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [json.loads(line).get("sql") for line in told.stdout.splitlines()]


if __name__ == "__main__":
    main()
