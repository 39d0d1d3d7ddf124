"""Try every kind of in-place migration on real schemas, with a real server and Prisma's own diff.

    python tests/inplace/measure.py CORPUS DIFF [--each 2] [--schemas 60] [--rename 3]

CORPUS is a folder of schemas (each `.prisma` file, or each folder of `GROUPS.json` there, is one);
DIFF a Node script that reads lines of {"id", "from", "to"} and writes {"id", "sql"}: what Prisma
Migrate would do between two schemas without a datasource.  Needs PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import postgres  # noqa: E402
from trial import remake, trial  # noqa: E402

from prisma_lsp.inplace.pairs import NotInPlace, Renamed  # noqa: E402
from prisma_lsp.inplace.scripts import Script, in_place  # noqa: E402
from prisma_lsp.lint.context import Environment  # noqa: E402
from prisma_lsp.lint.fixall import edited, fixes_of  # noqa: E402
from prisma_lsp.lint.fixes import Workbench, as_edits  # noqa: E402
from prisma_lsp.lint.inplace import pair_of  # noqa: E402
from prisma_lsp.lint.linter import Linter  # noqa: E402
from prisma_lsp.migrations import MigrationFile, Migrations  # noqa: E402
from prisma_lsp.migrations.state import Database  # noqa: E402
from prisma_lsp.schema.declarations import Enum, Model  # noqa: E402
from prisma_lsp.schema.rename import NotPossible, rename_declaration, rename_field, rename_value  # noqa: E402
from prisma_lsp.schema.schema import Schema  # noqa: E402
from prisma_lsp.settings import Layer, merge  # noqa: E402
from prisma_lsp.syntax import document  # noqa: E402

DATASOURCE = 'datasource db {\n  provider = "postgresql"\n}\n\n'
_CONFIG = re.compile(r"^\s*(datasource|generator)\s+\w+\s*\{.*?^\s*\}[^\n]*$\n?", re.M | re.S)


class Known(Migrations):
    """Migrations that have made a database."""

    def __init__(self, database: Database) -> None:
        super().__init__("/migrations")
        self._database = database

    @property
    def exists(self) -> bool:
        return True

    def knows(self, name: str) -> bool:
        return True

    @property
    def files(self) -> tuple[MigrationFile, ...]:
        return (MigrationFile("20260101000000_init", "/migrations/20260101000000_init/migration.sql"),)

    def state(self) -> Database:
        return self._database


class Case(NamedTuple):
    name: str
    kind: str
    title: str
    before: Schema
    after: Schema
    scripts: tuple[Script, ...]
    renamed: Renamed
    labels: dict[str, str]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("diff", type=Path)
    parser.add_argument("--each", type=int, default=2, help="fixes of a rule tried per schema")
    parser.add_argument("--rename", type=int, default=2, help="renames of a kind tried per schema")
    parser.add_argument("--schemas", type=int, default=1000)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    ask = Diff(asked.diff)
    done: Counter[str] = Counter()
    failed: dict[str, list[str]] = defaultdict(list)
    schemas_done: list[str] = []
    refused: dict[str, Counter[str]] = defaultdict(Counter)
    with postgres.server() as server:
        for name, text in list(schemas(asked.corpus))[asked.skip : asked.skip + asked.schemas]:
            with server.database() as one, server.database() as other:
                schemas_done += measure(name, text, one, other, ask, asked, done, failed, refused)
    print(f"\n{sum(done.values())} migrations over {len(set(schemas_done))} schemas")
    for kind in sorted({*done, *refused}):
        bad = len(failed.get(kind, ()))
        print(f"  {kind:42} {done[kind] - bad}/{done[kind]}")
        for reason, count in refused[kind].most_common(6):
            print(f"      {count:4} without: {reason}")


def measure(
    name: str, text: str, one: postgres.Connection, other: postgres.Connection, ask: Diff, asked: Any,
    done: Counter[str], failed: dict[str, list[str]], refused: dict[str, Counter[str]],
) -> Iterator[str]:  # fmt: skip
    """Tries the cases of one schema; its name for each."""
    old_sql = ask(text)
    if old_sql is None:
        return
    try:
        remake(one, old_sql)
    except postgres.Failure as failure:
        print(f"- {name}: its own SQL fails: {failure}", flush=True)
        return
    catalog = postgres.catalog(one)
    found = [*fix_cases(name, text, catalog, asked), *rename_cases(name, text, catalog, asked)]
    cases = [case for case in found if isinstance(case, Case)]
    for case in found:
        if not isinstance(case, Case):
            refused[case[0]][case[1]] += 1
    print(f"  {name}: {len(cases)} migrations", flush=True)
    for case in cases:
        new_sql = ask(_bare(case.after))
        if new_sql is None:
            refused[case.kind]["the engine rejects the schema after the fix"] += 1
            continue
        try:
            wrong = trial(
                one, other, old_sql, new_sql, case.scripts, case.before, case.after,
                renamed=case.renamed, labels=case.labels,
            )  # fmt: skip
        except postgres.Failure as failure:
            wrong = [f"the trial itself fails: {failure}"]
        done[case.kind] += 1
        yield name
        if wrong:
            failed[case.kind].append(name)
            print(f"✗ {name}: {case.kind}: {case.title}", flush=True)
            for line in wrong[:4]:
                print(f"    {line}", flush=True)


def fix_cases(name: str, text: str, catalog: Database, asked: Any) -> Iterator[Case | tuple[str, str]]:
    before = Schema({"schema.prisma": document.read(DATASOURCE + text)})
    environment = Environment(merge(Layer({"preset": "all"})), Known(catalog))
    linter = Linter(before, environment)
    linter.work()
    bench = Workbench(before, environment)
    taken: Counter[str] = Counter()
    for file in before.files.values():
        for block in file.blocks:
            for finding in linter.findings(block):
                if asked.only and asked.only not in finding.rule:
                    continue
                for fix in fixes_of(finding, bench):
                    kind = f"{finding.rule} {fix.safety}"
                    if fix.safety == "T" or taken[kind] >= asked.each:
                        continue
                    pair = pair_of(fix, bench)
                    if pair is None:
                        if fix.safety == "D":
                            yield kind, _why(before, fix, catalog)
                        continue
                    taken[kind] += 1
                    after = edited(before, fix.edits)
                    yield Case(
                        name, kind, pair.title, before, after,
                        tuple(_scripts(pair.files)), Renamed(), dict(fix.labels),
                    )  # fmt: skip


def _scripts(files: Any) -> Iterator[Script]:
    for path in files:
        if path.endswith("migration.sql"):
            yield Script(path, files[path], files[path.replace("migration.sql", "down.sql")])


def _why(before: Schema, fix: Any, catalog: Database) -> str:
    try:
        in_place(before, edited(before, fix.edits), catalog, labels=fix.labels)
    except (NotInPlace, ValueError) as reason:
        return re.sub(r"`[^`]*`|\"[^\"]*\"", "…", str(reason))
    return "no reason"


def rename_cases(name: str, text: str, catalog: Database, asked: Any) -> Iterator[Case | tuple[str, str]]:
    """The editor's rename that takes the database's name along."""
    if asked.only and asked.only not in "rename":
        return
    before = Schema({"schema.prisma": document.read(DATASOURCE + text)})
    chance = random.Random(name)
    models = [d for d in before.all_declarations() if isinstance(d, Model) and d.kind == "model"]
    enums = [d for d in before.all_declarations() if isinstance(d, Enum)]
    things: list[tuple[str, Any, Any]] = []
    for _ in range(asked.rename if models else 0):
        model = chance.choice(models)
        things.append(("rename of a model", model, lambda m=model: (
            rename_declaration(before, m, f"{m.name}Renamed", keep=False), Renamed(models={m.name: f"{m.name}Renamed"}))))
        field = chance.choice(model.all_fields)
        things.append(("rename of a field", field, lambda f=field: (
            rename_field(before, f, f"{f.name}Renamed", keep=False),
            Renamed(fields={(f.owner.name, f.name): f"{f.name}Renamed"}))))
    for _ in range(asked.rename if enums else 0):
        enum = chance.choice(enums)
        things.append(("rename of an enum", enum, lambda e=enum: (
            rename_declaration(before, e, f"{e.name}Renamed", keep=False), Renamed(enums={e.name: f"{e.name}Renamed"}))))
        if enum.values:
            value = chance.choice(enum.values)
            things.append(("rename of a value", value, lambda v=value: (
                rename_value(before, v, f"{v.name}_RENAMED", keep=False),
                Renamed(values={(v.owner.name, v.name): f"{v.name}_RENAMED"}))))
    for kind, thing, make in things:
        try:
            pieces, renamed = make()
        except NotPossible as reason:
            yield kind, re.sub(r"`[^`]*`", "…", str(reason))
            continue
        after = edited(before, as_edits(Workbench(before, Environment(merge(), Known(catalog))).draft(), pieces).edits)
        try:
            made = in_place(before, after, catalog, renamed=renamed)
        except NotInPlace as reason:
            yield kind, re.sub(r"`[^`]*`", "…", str(reason))
            continue
        yield Case(name, kind, thing.name, before, after, made.scripts, renamed, {})


def schemas(corpus: Path) -> Iterator[tuple[str, str]]:
    """The PostgreSQL schemas, files joined and without their datasource."""
    groups = corpus / "GROUPS.json"
    if groups.exists():
        named = {name: [corpus.parent / path for path in paths] for name, paths in json.loads(groups.read_text("utf-8")).items()}
    else:
        named = {str(path.relative_to(corpus)): [path] for path in sorted(corpus.rglob("*.prisma"))}
    for name, paths in sorted(named.items()):
        text = "\n\n".join(path.read_text("utf-8").replace("\r\n", "\n") for path in paths)
        provider = re.search(r"^datasource.*?provider\s*=\s*\"(\w+)\"", text, re.M | re.S)
        if (provider and provider[1] not in ("postgresql", "postgres")) or "@@schema" in text:
            continue
        body = _CONFIG.sub("", text)
        if provider is None and not body.strip():
            continue
        prefix = re.search(r"^datasource\s+(\w+)", text, re.M)
        if prefix and prefix[1] != "db":
            body = body.replace(f"@{prefix[1]}.", "@db.")
        yield name, body


def _bare(schema: Schema) -> str:
    return "".join(file.text for file in schema.files.values()).replace(DATASOURCE, "")


class Diff:
    """What makes the database of a schema from nothing; None where Prisma rejects it."""

    def __init__(self, script: Path) -> None:
        self._node = subprocess.Popen(
            ["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, schema: str) -> str | None:
        assert self._node.stdin is not None and self._node.stdout is not None
        self._node.stdin.write(json.dumps({"from": "", "to": schema}) + "\n")
        self._node.stdin.flush()
        sql = json.loads(self._node.stdout.readline()).get("sql")
        return sql if isinstance(sql, str) else None


if __name__ == "__main__":
    main()
