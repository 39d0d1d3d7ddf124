"""Chains of random edits of SQLite schemas, each step as the SQL that Prisma Migrate writes for it.

    python tests/migrations/sqlite_chains.py --diff 'node diff.mjs' --count 200
    python tests/migrations/sqlite_chains.py --diff 'node diff.mjs' --count 12 --record tests/migrations/sqlite.json

As `chains.py`, which see; the database is the one that comes with Python.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(Path(__file__).parent)]

from chains import EDITS, Differ, body  # noqa: E402

from prisma_lsp.migrations.fold import fold  # noqa: E402
from prisma_lsp.migrations.reader import read_script  # noqa: E402
from prisma_lsp.migrations.state import Database, empty  # noqa: E402


def catalog(connection: sqlite3.Connection) -> dict[str, dict[str, object]]:
    """What the database says of each table: columns, key, indexes, foreign keys."""
    found: dict[str, dict[str, object]] = {}
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    for (table,) in names.fetchall():
        columns = connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
        keys: dict[int, list[tuple[str, str, str]]] = {}
        for number, _, target, own, other, *_ in connection.execute(
            f"PRAGMA foreign_key_list({_quoted(table)})"
        ):
            keys.setdefault(number, []).append((target, own, other))
        indexes = {}
        for _, name, unique, origin, _ in connection.execute(f"PRAGMA index_list({_quoted(table)})"):
            if origin == "c":
                parts = connection.execute(f"PRAGMA index_xinfo({_quoted(name)})").fetchall()
                indexes[name] = (
                    bool(unique),
                    [(part[2], bool(part[3])) for part in parts if part[5]],
                )
        found[table] = {
            "columns": [(name, type_.lower(), not required) for _, name, type_, required, *_ in columns],
            "key": [name for _, name in sorted((column[5], column[1]) for column in columns if column[5])],
            "indexes": indexes,
            "references": sorted(keys.values()),
        }
    return found


def folded(state: Database) -> dict[str, dict[str, object]]:
    """The same of a folded state."""
    return {
        table.name: {
            "columns": [(column.name, column.type, column.nullable) for column in table.columns],
            "key": list(table.primary_key.columns) if table.primary_key is not None else [],
            "indexes": {
                index.name: (index.unique, [(column.name, column.descending) for column in index.columns])
                for index in table.indexes
            },
            "references": sorted(
                [(key.references[1], own, other) for own, other in zip(key.columns, key.referenced, strict=True)]
                for key in table.foreign_keys
            ),
        }
        for table in state.tables.values()
    }


def differences(connection: sqlite3.Connection, state: Database) -> list[str]:
    """How a folded state differs from the database, and what of it is in doubt."""
    there, here = catalog(connection), folded(state)
    found = [f"{name}: {there.get(name)} is folded as {here.get(name)}"
             for name in sorted({*there, *here}) if there.get(name) != here.get(name)]  # fmt: skip
    found += [f"tainted: {state.tainted}"] if state.tainted else []
    found += [f"doubt: {reason}" for reason in state.doubts.values()]
    return found + [f"tainted: {table.tainted}" for table in state.tables.values() if table.tainted]


def applied(scripts: Iterator[str]) -> Iterator[tuple[int, str, list[str]]]:
    """(number, SQL, what differs after it) of each script, applied to an empty database."""
    state = empty("sqlite")
    connection = sqlite3.connect(":memory:")
    for number, sql in enumerate(scripts):
        connection.executescript(sql)
        state = fold(state, read_script(sql, "sqlite"), f"/migrations/{number:04}/migration.sql")
        yield number, sql, differences(connection, state)
    connection.close()


def chain(lines: list[str], rng: random.Random, differ: Differ, steps: int) -> Iterator[str]:
    """The SQL of each step."""
    before, after = "", list(lines)
    made = 0
    for _ in range(steps * 20):
        if made == steps:
            return
        if before:
            after = before.split("\n")
            for _ in range(rng.choice([1, 1, 2, 3])):
                rng.choice(EDITS)(after, rng)
        text = _plain("\n".join(after))
        sql = differ.sql(before, text)
        if sql is None:
            if not before:
                print(f"-- the schema as it is: {differ.error}")
                return
            continue
        before = text
        made += 1
        yield sql


def _plain(text: str) -> str:
    """Without what SQLite does not have."""
    text = re.sub(r"[ \t]*@db\.\w+(?:\([^)]*\))?", "", text)
    text = re.sub(r", (?:type: \w+|where: \{[^}]*\})|\(ops: \w+\)", "", text)
    enums = "|".join(re.findall(r"(?m)^enum (\w+)", text)) or "-"
    scalars = "String|Int|BigInt|Float|Decimal|Boolean|DateTime|Json|Bytes"
    text = re.sub(rf"\b({scalars}|{enums})\[\]", r"\1?", text)
    text = re.sub(r"((?:@relation|@id)\([^)\n]*), map: \"[^\"]*\"", r"\1", text)
    # Prisma writes what SQLite does not take for a document's default.
    text = re.sub(r"(?m)^(\s+\w+\s+Json\b.*?) @default\(\"(?:[^\"\\]|\\.)*\"\)", r"\1", text)
    return re.sub(r"[ \t]*@default\((?:\[.*?\]|dbgenerated\((?:[^()]|\([^()]*\))*\))\)", "", text)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def sources() -> list[tuple[str, list[str]]]:
    found = []
    for path in sorted((TESTS / "schemas").glob("*.prisma")):
        if path.stem in ("sqlite", "relations", "shapes", "unicode"):
            found.append((path.stem, body([path.read_text("utf-8")])))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--diff", required=True, help="the program that writes the SQL of a step")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    differ = Differ(options.diff)
    recorded: list[dict[str, object]] = []
    steps = wrong = 0
    made = sources()
    for number in range(options.count):
        name, lines = made[number % len(made)]
        rng = random.Random(options.seed * 100_000 + number)
        taken: list[str] = []
        try:
            for _, sql, found in applied(chain(lines, rng, differ, rng.randint(6, 21))):
                taken.append(sql)
                steps += 1
                if found:
                    wrong += 1
                    print(f"== {name}, chain {number}, step {len(taken)}\n{sql}", *found[:6], sep="\n")
                    break
        except sqlite3.Error as error:
            print(f"-- {name}, chain {number}, step {len(taken) + 1}: {error}")
        if len(taken) > 5:
            recorded.append({"schema": name, "steps": taken})
    differ.close()
    print(f"{len(recorded)} chains, {steps} steps, {wrong} differ")
    if options.record:
        options.record.write_text(json.dumps(recorded, ensure_ascii=False, indent=0) + "\n", "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
