"""Rename random symbols of schemas and ask Prisma's engine whether it judges as before, and, with
``--diff``, whether the database would have to change.

    python tests/agreement/renaming.py ENGINE FOLDER … [--diff "node diff.mjs"]

ENGINE is a folder with ``node_modules/@prisma/prisma-schema-wasm``, FOLDER holds schemas as for
``editing.py``.  ``--diff`` reads lines ``{"from", "to"}`` of two PostgreSQL schemas without datasource
and answers ``{"sql"}`` or ``{"error"}``.  Every rename that changes either is shown.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import re
import shlex
import subprocess
from pathlib import Path

from editing import groups
from record import ask

from prisma_lsp.ide.cursor import locate
from prisma_lsp.ide.rename import NotPossible, rename
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document
from prisma_lsp.syntax.line import tokenize
from prisma_lsp.text import apply_edits, split_lines

Files = dict[str, str]
EMPTY = "-- This is an empty migration."
NAMES = ("Renamed", "renamed", "Zzz", "aaa", "RENAMED", "x1", "Aaa", "zzz")


def tries(files: Files, count: int, rnd: random.Random, keep: bool = True) -> list[tuple[Files, str, str]]:
    """(files after it, role, what was renamed to what) of renames that are possible, every role in turn."""
    schema = Schema({name: document.read(text) for name, text in files.items()})
    by_role: dict[str, list[tuple[str, int, int]]] = collections.defaultdict(list)
    for name, text in files.items():
        for number, line in enumerate(split_lines(text)):
            for start, end in tokenize(line.rstrip("\r\n"))[1]:
                cursor = locate(schema, name, number, (start + end) // 2)
                if cursor is not None and cursor.role not in ("nothing", "comment", "number", "keyword"):
                    wants = cursor.wants if cursor.role == "reference" else cursor.argument if cursor.role == "string" else ""  # fmt: skip
                    by_role[f"{cursor.block.kind} {cursor.role} {wants}"].append((name, number, (start + end) // 2))
    found: list[tuple[Files, str, str]] = []
    roles = sorted(by_role)
    # Names that are there already must be refused, or do no harm.
    words = sorted({w for text in files.values() for w in re.findall(r"\b[A-Za-z]\w*", text)})
    for number in range(4 * count):
        if len(found) >= count or not roles:
            break
        role = roles[number % len(roles)]
        path, line, column = rnd.choice(by_role[role])
        new = rnd.choice(words if rnd.random() < 0.3 else NAMES)
        try:
            edits = rename(schema, path, line, column, new, keep=keep)
        except NotPossible:
            continue
        if edits:
            after = {name: apply_edits(text, edits[name]) if name in edits else text for name, text in files.items()}
            text = split_lines(files[path])[line]
            found.append((after, role, f"{text[:column].lstrip()}⌶{text[column:].rstrip()} → {new}"))
    return found


def joined(files: Files) -> str:
    """All files as one text without datasource, as if the datasource were called `db`."""
    out = []
    source = next((c.name for c in Schema({n: document.read(t) for n, t in files.items()}).configs if c.kind == "datasource"), "db")  # fmt: skip
    for text in files.values():
        read = document.read(text)
        out += ["".join(b.lines) for b in read.blocks if b.kind != "datasource"]
    return "\n".join(out).replace(f"@{source}.", "@db.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", type=Path)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--diff", default="")
    parser.add_argument("--free", action="store_true", help="the database's names follow")
    parser.add_argument("--count", type=int, default=20, help="so many in each schema")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th schema")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    rnd = random.Random(told.seed)
    found = [files for f in told.folders for _, files in list(groups(f.resolve()))[:: told.every]]
    said = ask(told.engine, found)
    done = [(files, before, *one) for files, before in zip(found, said, strict=True) if before is not None for one in tries(files, told.count, rnd, not told.free)]  # fmt: skip
    after = ask(told.engine, [one[2] for one in done])
    roles = collections.Counter(role for _, _, _, role, _ in done)
    worse = better = 0
    for (_, before, _, role, what), verdict in zip(done, after, strict=True):
        if verdict is not None and _levels(verdict) == _levels(before):
            continue
        # A rename ends the trouble that two things of one name, or a name that is none, have made.
        is_better = verdict is not None and _levels(verdict).get("error", 0) < _levels(before).get("error", 0)
        better, worse = better + is_better, worse + (not is_better)
        if not is_better:
            print(f"judged differently: {role}: {what}\n    {_levels(before)} → {verdict and _levels(verdict)}")
    print(f"{len(done)} renames, {worse} judged differently, {better} with fewer errors")
    print(", ".join(f"{role.strip()} {count}" for role, count in roles.most_common()))
    if told.diff:
        compare(done, told.diff)


def _levels(said: list[str]) -> dict[str, int]:
    """How many errors and warnings there are."""
    return dict(sorted(collections.Counter(one.rsplit(":", 1)[1] for one in said).items()))


def compare(done: list[tuple[Files, list[str], Files, str, str]], command: str) -> None:
    asked, what = [], []
    for files, before, after, role, shown in done:
        whole = "\n".join(files.values())
        if not re.search(r'provider\s*=\s*"postgres(ql)?"', whole) or "@@schema" in whole:
            continue
        if any(one.endswith(":error") for one in before) or not re.search(r"^\s*(model|enum)\b", whole, re.M):
            continue
        asked.append(json.dumps({"from": joined(files), "to": joined(after)}))
        what.append(f"{role}: {shown}")
    told = subprocess.run(shlex.split(command), input="\n".join(asked), capture_output=True, text=True, check=True)
    counts: collections.Counter[str] = collections.Counter()
    for shown, line in zip(what, told.stdout.splitlines(), strict=True):
        answer = json.loads(line)
        is_empty = answer.get("sql", "x").strip() in ("", EMPTY)
        counts["failed" if "error" in answer else "empty" if is_empty else "not empty"] += 1
        if not is_empty:
            print(f"{shown}\n    {answer.get('sql') or answer.get('error')}"[:600])
    print(f"migrations: {dict(counts)}")


if __name__ == "__main__":
    main()
