"""Chains of random edits of PostgreSQL schemas, each step as the SQL that Prisma Migrate writes for it.

    python tests/migrations/chains.py --diff 'node diff.mjs' --schemas FOLDER --count 200
    python tests/migrations/chains.py --diff 'node diff.mjs' --record tests/migrations/chains.json

Every step is applied to a real PostgreSQL, and the folded state is compared with its catalog: the
first prints what differs over the schemas of any folder and ends with 1 where something does; the
second records small chains of our own schemas, which the tests replay without that program.

`--diff` is a command that reads lines of JSON, `{"from": schema, "to": schema}` without datasource,
and answers each with `{"sql": …}` or `{"error": …}`; Prisma's schema engine can be asked so.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

import postgres  # noqa: E402

from prisma_lsp.migrations.fold import fold  # noqa: E402
from prisma_lsp.migrations.reader import read_script  # noqa: E402
from prisma_lsp.migrations.state import Database, empty  # noqa: E402

ROOT = TESTS.parent
_FIELD = re.compile(r"^(\s+)(\w+)(\s+)([A-Z]\w*)(\[\]|\?)?(.*)$")
_BLOCK = re.compile(r"^(model|enum)\s+(\w+)\s*\{$")
_SCALARS = {
    "String": ["", "@db.VarChar(40)", "@db.Char(8)", "@db.Uuid", "@db.Text", "@db.Inet", "@db.Xml", "@db.Bit(4)"],
    "Int": ["", "@db.SmallInt", "@db.Oid"], "BigInt": [""], "Boolean": [""],
    "Float": ["", "@db.Real"], "Decimal": ["", "@db.Decimal(10, 2)", "@db.Money"],
    "DateTime": ["", "@db.Timestamptz(6)", "@db.Timestamp(0)", "@db.Date", "@db.Time(3)", "@db.Timetz"],
    "Json": ["", "@db.Json"], "Bytes": [""],
}  # fmt: skip
_DEFAULTS = {
    "String": ['"x"', '"it\'s; \\"--\\" /* not */"', "uuid()", '"äö€😀"', 'dbgenerated("gen_random_uuid()")', '""'],
    "Int": ["0", "-7", "autoincrement()", 'dbgenerated("1 + 1")'], "BigInt": ["9000000000", "0"],
    "Boolean": ["true", "false"], "Float": ["1.5", "0", "-2.25"], "Decimal": ["9.99", "0"],
    "DateTime": ["now()", '"2020-01-02T03:04:05.678Z"', 'dbgenerated("now() + interval \'1 day\'")'],
    "Json": ['"{\\"a\\": [1]}"', '"[]"'], "Bytes": ['"aGk="'],
}  # fmt: skip
_ACTIONS = ["Cascade", "Restrict", "NoAction", "SetNull", "SetDefault"]
_METHODS = ["", ", type: Hash", ", type: Brin", ", type: BTree"]

Edit = Callable[[list[str], random.Random], bool]


class Schema:
    """The lines of a schema, with what an edit asks for."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.blocks: dict[str, tuple[str, int, int]] = {}
        kind = name = ""
        start = 0
        for number, line in enumerate(lines):
            if found := _BLOCK.match(line):
                kind, name = found.groups()
                start = number
            elif line == "}" and name:
                self.blocks[name] = (kind, start, number)
                name = ""

    def names(self, kind: str) -> list[str]:
        return [name for name, block in self.blocks.items() if block[0] == kind]

    def fields(self, model: str) -> list[tuple[int, re.Match[str]]]:
        _, start, end = self.blocks[model]
        found = ((number, _FIELD.match(self.lines[number])) for number in range(start + 1, end))
        return [
            (number, match) for number, match in found if match and "@ignore" not in match.group(6)
        ]

    def scalars(self, model: str) -> list[tuple[int, re.Match[str]]]:
        return [
            (number, match) for number, match in self.fields(model) if match.group(4) in _SCALARS
        ]

    def attributes(self, model: str) -> list[int]:
        _, start, end = self.blocks[model]
        return [
            number
            for number in range(start + 1, end)
            if self.lines[number].lstrip().startswith("@@")
        ]


def _model(lines: list[str], rng: random.Random) -> tuple[Schema, str] | None:
    schema = Schema(lines)
    models = schema.names("model")
    return (schema, rng.choice(models)) if models else None


def _scalar(lines: list[str], rng: random.Random) -> tuple[int, re.Match[str]] | None:
    found = _model(lines, rng)
    scalars = found[0].scalars(found[1]) if found else []
    return rng.choice(scalars) if scalars else None


def _word(rng: random.Random) -> str:
    return rng.choice(["alpha", "betaValue", "gamma_x", "Delta", "select", "order", "kilo9"]) + str(
        rng.randrange(1000)
    )


def _type(rng: random.Random) -> tuple[str, str]:
    kind = rng.choice(list(_SCALARS))
    return kind, rng.choice(_SCALARS[kind])


def add_field(lines: list[str], rng: random.Random) -> bool:
    found = _model(lines, rng)
    if not found:
        return False
    schema, model = found
    enums = schema.names("enum")
    suffix = rng.choice(["", "?", "[]", "?"])
    if enums and rng.random() < 0.3:
        kind, native = rng.choice(enums), ""
        _, start, end = schema.blocks[kind]
        values = [w for n in range(start + 1, end) for w in re.findall(r"^\s+(\w+)", lines[n])[:1]]
        default = (
            f" @default({rng.choice(values)})"
            if values and suffix != "[]" and rng.random() < 0.5
            else ""
        )
    else:
        kind, native = _type(rng)
        default = (
            f" @default({rng.choice(_DEFAULTS[kind])})"
            if suffix != "[]" and rng.random() < 0.6
            else ""
        )
    if suffix == "[]" and rng.random() < 0.4:
        default = " @default([])"
    unique = " @unique" if rng.random() < 0.15 and suffix != "[]" else ""
    mapped = f' @map("{_word(rng)} c")' if rng.random() < 0.1 else ""
    end = schema.blocks[model][2]
    lines.insert(end, f"  {_word(rng)} {kind}{suffix}{default}{unique}{mapped} {native}")
    return True


def drop_field(lines: list[str], rng: random.Random) -> bool:
    found = _scalar(lines, rng)
    if found:
        del lines[found[0]]
    return bool(found)


def toggle_optional(lines: list[str], rng: random.Random) -> bool:
    found = _scalar(lines, rng)
    if not found or found[1].group(5) == "[]":
        return False
    number, match = found
    mark = "" if match.group(5) == "?" else "?"
    lines[number] = f"{match[1]}{match[2]}{match[3]}{match[4]}{mark}{match[6]}"
    return True


def change_type(lines: list[str], rng: random.Random) -> bool:
    found = _scalar(lines, rng)
    if not found:
        return False
    number, match = found
    kind, native = _type(rng)
    if rng.random() < 0.4:
        kind = match[4]
        native = rng.choice(_SCALARS[kind])
    rest = re.sub(r"@db\.\w+(\([^)]*\))?", "", match[6])
    if kind != match[4]:
        rest = re.sub(r"@default\((?:[^()]|\([^()]*\))*\)|@updatedAt", "", rest)
    lines[number] = f"{match[1]}{match[2]}{match[3]}{kind}{match[5] or ''}{rest} {native}"
    return True


def change_default(lines: list[str], rng: random.Random) -> bool:
    found = _scalar(lines, rng)
    if not found or found[1].group(5) == "[]":
        return False
    number, match = found
    rest = re.sub(r"@default\((?:[^()]|\([^()]*\))*\)", "", match[6])
    if rest == match[6] or rng.random() < 0.6:
        rest = f" @default({rng.choice(_DEFAULTS[match[4]])}){rest}"
    lines[number] = f"{match[1]}{match[2]}{match[3]}{match[4]}{match[5] or ''}{rest}"
    return True


def toggle_unique(lines: list[str], rng: random.Random) -> bool:
    found = _scalar(lines, rng)
    if not found:
        return False
    number = found[0]
    line = lines[number]
    if "@unique" in line:
        lines[number] = re.sub(r"\s*@unique(\([^)]*\))?", "", line)
    else:
        lines[number] = f"{line} @unique" + rng.choice(
            ["", "(sort: Desc)", f'(map: "{_word(rng)}")']
        )
    return True


def add_index(lines: list[str], rng: random.Random) -> bool:
    found = _model(lines, rng)
    if not found:
        return False
    schema, model = found
    scalars = schema.scalars(model)
    if not scalars:
        return False
    chosen = rng.sample(scalars, min(len(scalars), rng.randint(1, 3)))
    kind = rng.choice(["@@index", "@@index", "@@unique"])
    method = rng.choice(_METHODS) if kind == "@@index" else ""
    parts = []
    for _, match in chosen:
        sort = rng.choice(["", "(sort: Desc)", ""]) if method in ("", ", type: BTree") else ""
        parts.append(match[2] + sort)
    if kind == "@@index" and chosen[0][1][4] == "Json" and rng.random() < 0.8:
        parts, method = [f"{chosen[0][1][2]}(ops: JsonbPathOps)"], ", type: Gin"
    elif kind == "@@index" and chosen[0][1][5] == "[]":
        parts, method = [chosen[0][1][2]], ", type: Gin"
    mapped = f', map: "{_word(rng)}"' if rng.random() < 0.2 else ""
    if rng.random() < 0.2 and scalars[-1][1][4] in ("Int", "Boolean", "DateTime"):
        name, kind = scalars[-1][1][2], scalars[-1][1][4]
        value = {"Int": "7", "Boolean": "true", "DateTime": "null"}[kind]
        mapped += f", where: {{ {name}: {value} }}"
    lines.insert(schema.blocks[model][2], f"  {kind}([{', '.join(parts)}]{method}{mapped})")
    return True


def drop_attribute(lines: list[str], rng: random.Random) -> bool:
    found = _model(lines, rng)
    attributes = found[0].attributes(found[1]) if found else []
    if attributes:
        del lines[rng.choice(attributes)]
    return bool(attributes)


def map_field(lines: list[str], rng: random.Random) -> bool:
    found = _scalar(lines, rng)
    if not found:
        return False
    number = found[0]
    line = lines[number]
    if "@map(" in line:
        lines[number] = re.sub(r'\s*@map\("[^"]*"\)', "", line)
    else:
        lines[number] = f'{line} @map("{_word(rng)}")'
    return True


def map_block(lines: list[str], rng: random.Random) -> bool:
    schema = Schema(lines)
    if not schema.blocks:
        return False
    name = rng.choice(list(schema.blocks))
    _, start, end = schema.blocks[name]
    for number in range(start, end):
        if "@@map(" in lines[number]:
            del lines[number]
            return True
    lines.insert(end, f'  @@map("{_word(rng)}")')
    return True


def rename_model_constraints(lines: list[str], rng: random.Random) -> bool:
    """A name for the primary key, or for a foreign key."""
    found = _model(lines, rng)
    if not found:
        return False
    for number, match in found[0].fields(found[1]):
        if "@relation(" in match[6] and "fields:" in match[6]:
            if "map:" in match[6]:
                lines[number] = re.sub(r',\s*map:\s*"[^"]*"', "", lines[number])
            else:
                lines[number] = lines[number].replace(
                    "@relation(", f'@relation(map: "{_word(rng)}", ', 1
                )
            return True
        if re.search(r"@id\b(?!\()", match[6]) and rng.random() < 0.5:
            lines[number] = re.sub(r"@id\b", f'@id(map: "{_word(rng)}")', lines[number])
            return True
    return False


def rename_index(lines: list[str], rng: random.Random) -> bool:
    found = [n for n, line in enumerate(lines) if re.match(r"^\s+@@(index|unique)\(", line)]
    if not found:
        return False
    number = rng.choice(found)
    if "map:" in lines[number]:
        lines[number] = re.sub(r',\s*map:\s*"[^"]*"', "", lines[number])
    else:
        lines[number] = re.sub(r"\)\s*$", f', map: "{_word(rng)}")', lines[number])
    return True


def add_model(lines: list[str], rng: random.Random) -> bool:
    found = _model(lines, rng)
    name = "Made" + _word(rng).capitalize()
    if rng.random() < 0.3:
        name += "WithAVeryLongNameThatIsLongerThanDatabasesLike"
    body = [
        f"model {name} {{",
        rng.choice(["  id Int @id @default(autoincrement())", "  id String @id @default(uuid()) @db.Uuid", "  id BigInt @id"]),
        "  note String?",
    ]  # fmt: skip
    if found:
        schema, model = found
        ids = [m for _, m in schema.scalars(model) if re.search(r"@id\b", m[6])]
        if len(ids) == 1:
            native = " ".join(re.findall(r"@db\.\w+(?:\([^)]*\))?", ids[0][6]))
            mark = rng.choice(["", "?"])
            body += [
                f"  parentId {ids[0][4]}{mark} {native}",
                f"  parent {model}{mark} @relation(fields: [parentId], references: [{ids[0][2]}]"
                f"{_events(rng, mark)})",
            ]
            lines.insert(schema.blocks[model][2], f"  back{name} {name}[]")
    lines += ["", *body, "}"]
    return True


def _events(rng: random.Random, mark: str) -> str:
    choice = rng.random()
    actions = _ACTIONS if mark else _ACTIONS[:3]
    if choice < 0.4:
        return f", onDelete: {rng.choice(actions)}"
    return (
        f", onDelete: {rng.choice(actions)}, onUpdate: {rng.choice(actions)}"
        if choice < 0.7
        else ""
    )


def drop_model(lines: list[str], rng: random.Random) -> bool:
    """With every field whose type it is, and the keys of those."""
    found = _model(lines, rng)
    if not found:
        return False
    schema, model = found
    _, start, end = schema.blocks[model]
    del lines[start : end + 1]
    lines[:] = [line for line in lines if not re.match(rf"^\s+\w+\s+{model}(\[\]|\?)?(\s|$)", line)]
    return True


def change_actions(lines: list[str], rng: random.Random) -> bool:
    relations = [n for n, line in enumerate(lines) if "@relation(" in line and "fields:" in line]
    if not relations:
        return False
    number = rng.choice(relations)
    line = re.sub(r",\s*on(?:Delete|Update):\s*\w+", "", lines[number])
    mark = "?" if re.match(r"^\s+\w+\s+\w+\?", line) else ""
    lines[number] = re.sub(r"(fields:\s*\[[^\]]*\])", lambda m: m[1] + _events(rng, mark), line)
    return True


def add_many_to_many(lines: list[str], rng: random.Random) -> bool:
    schema = Schema(lines)
    models = [
        name for name in schema.names("model") if any(re.search(r"@id\b", m[6]) for _, m in schema.scalars(name))
    ]  # fmt: skip
    if len(models) < 2:
        return False
    one, two = rng.sample(models, 2)
    label = _word(rng)
    for model, other in sorted(
        ((one, two), (two, one)), key=lambda pair: -schema.blocks[pair[0]][2]
    ):
        lines.insert(schema.blocks[model][2], f'  m2m{label} {other}[] @relation("{label}")')
    return True


def drop_relation(lines: list[str], rng: random.Random) -> bool:
    labels = re.findall(r"m2m(\w+)", "\n".join(lines))
    if not labels:
        return False
    label = rng.choice(labels)
    lines[:] = [line for line in lines if f"m2m{label} " not in line]
    return True


def add_enum(lines: list[str], rng: random.Random) -> bool:
    name = "Kind" + _word(rng).capitalize()
    mapped = ' @map("the value; one")' if rng.random() < 0.3 else ""
    lines += ["", f"enum {name} {{", f"  ONE{mapped}", "  TWO", "  THREE", "}"]
    found = _model(lines, rng)
    if found:
        schema, model = found
        lines.insert(
            schema.blocks[model][2],
            f"  {name.lower()} {name}{rng.choice(['?', ' @default(TWO)', '[]'])}",
        )
    return True


def change_enum(lines: list[str], rng: random.Random) -> bool:
    schema = Schema(lines)
    enums = schema.names("enum")
    if not enums:
        return False
    _, start, end = schema.blocks[rng.choice(enums)]
    values = [n for n in range(start + 1, end) if re.match(r"^\s+\w", lines[n])]
    if not values:
        return False
    choice = rng.random()
    if choice < 0.5:
        lines.insert(rng.choice([*values, end]), f"  V{_word(rng).upper()}")
    elif choice < 0.8 and len(values) > 1:
        del lines[rng.choice(values)]
    else:
        number = rng.choice(values)
        lines[number] = re.sub(r'\s*@map\("[^"]*"\)', "", lines[number]) + f' @map("{_word(rng)}")'
    return True


def drop_enum(lines: list[str], rng: random.Random) -> bool:
    schema = Schema(lines)
    enums = schema.names("enum")
    if not enums:
        return False
    name = rng.choice(enums)
    _, start, end = schema.blocks[name]
    del lines[start : end + 1]
    lines[:] = [line for line in lines if not re.match(rf"^\s+\w+\s+{name}(\[\]|\?)?(\s|$)", line)]
    return True


def compound_id(lines: list[str], rng: random.Random) -> bool:
    found = _model(lines, rng)
    if not found:
        return False
    schema, model = found
    required = [(n, m) for n, m in schema.scalars(model) if not m[5]]
    if len(required) < 2:
        return False
    for number, _ in required:
        lines[number] = re.sub(r"\s*@id\b(\([^)]*\))?", "", lines[number])
    chosen = rng.sample(required, 2)
    lines.insert(schema.blocks[model][2], f"  @@id([{chosen[0][1][2]}, {chosen[1][1][2]}])")
    return True


EDITS: list[Edit] = [
    add_field, add_field, drop_field, toggle_optional, change_type, change_type, change_default,
    change_default, toggle_unique, add_index, add_index, drop_attribute, map_field, map_block,
    rename_model_constraints, rename_index, add_model, drop_model, change_actions, add_many_to_many, drop_relation,
    add_enum, change_enum, change_enum, drop_enum, compound_id,
]  # fmt: skip


class Differ:
    """Asks the program of `--diff`."""

    def __init__(self, command: str) -> None:
        self._process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def sql(self, before: str, after: str) -> str | None:
        """None where the schema is not valid or nothing changes."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"from": before, "to": after}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        self.error = answer.get("error", "")
        sql = answer.get("sql")
        return None if sql is None or "-- This is an empty migration" in sql else sql

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(20)


# Types and operator classes that schemas use, from extensions that come with PostgreSQL.
EXTENSIONS = """CREATE EXTENSION IF NOT EXISTS "citext";
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA "public";
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
"""
# So that an index may have a condition.
HEAD = """generator client {
  provider        = "prisma-client"
  output          = "generated"
  previewFeatures = ["partialIndexes"]
}"""


def body(texts: list[str]) -> list[str]:
    """Models and enums, without comments, the datasource, views and schemas of the database."""
    lines: list[str] = HEAD.split("\n")
    views: set[str] = set()
    skipping = False
    for line in "\n".join(texts).splitlines():
        line = re.sub(r"(?:^|\s)//.*$", "", line).rstrip()
        if found := re.match(r"^(datasource|generator|view|type)\s+(\w+)\s*\{", line):
            skipping = True
            views.add(found[2])
        if not skipping and "@@schema" not in line and line.strip():
            lines.append("}" if line.strip() == "}" else re.sub(r"\s*\{$", " {", line))
        if line.strip() == "}":
            skipping = False
    gone = re.compile(rf"^\s+\w+\s+(?:{'|'.join(views) or '-'})\b|Unsupported\(")
    return [line for line in lines if not gone.search(line)]


def schemas(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """(name, lines) of each schema for PostgreSQL under ``folder``: by `GROUPS.json` where there
    is one, else each file and each folder called `schema`."""
    groups: dict[str, list[str]]
    if (folder / "GROUPS.json").exists():
        groups = json.loads((folder / "GROUPS.json").read_text("utf-8"))
        base = folder.parent
    else:
        base = folder
        groups = {}
        for path in sorted(folder.rglob("*.prisma")):
            key = path.parent if path.parent.name == "schema" else path
            groups.setdefault(str(key.relative_to(folder)), []).append(
                str(path.relative_to(folder))
            )
    for name, files in groups.items():
        texts = [(base / file).read_text("utf-8", "replace") for file in files]
        if re.search(r'provider\s*=\s*"postgres', "\n".join(texts)):
            yield name, body(texts)


def chain(
    lines: list[str],
    rng: random.Random,
    differ: Differ,
    connection: postgres.Connection,
    steps: int,
) -> Iterator[str]:
    """The SQL of each step; it has been applied when it is given."""
    before = ""
    after = list(lines)
    tries = made = 0
    while made < steps and tries < steps * 15:
        tries += 1
        if before:
            after = before.split("\n")
            for _ in range(rng.choice([1, 1, 1, 2, 3])):
                rng.choice(EDITS)(after, rng)
        sql = differ.sql(before, "\n".join(after))
        if sql is not None and not before:
            sql = EXTENSIONS + sql
        if sql is not None:
            try:
                connection.execute(sql)
            except postgres.Failure as failure:
                if not before and failure.code == "42804" and any("@db." in line for line in after):
                    # A key whose type is not that of what it refers to.
                    after = [
                        re.sub(r"@db\.(?!Decimal|Time|Date)\w+(\([^)]*\))?", "", line)
                        for line in after
                    ]
                    continue
                if not before:
                    print(f"-- the schema as it is: {failure}")
                if not before or "BEGIN;" in sql or failure.code == "57014":
                    return
                continue
            before = "\n".join(after)
            made += 1
            yield sql
        elif not before:
            print(f"-- the schema as it is: {differ.error}")
            return


def compared(
    connection: postgres.Connection, steps: Iterator[str]
) -> Iterator[tuple[str, Database, list[str]]]:
    """Each step, the state folded so far, and how it differs from the catalog."""
    folded = empty("postgresql")
    for number, sql in enumerate(steps):
        folded = fold(folded, read_script(sql), f"/migrations/{number:04}/migration.sql")
        found = postgres.differences(connection, folded)
        found += [f"tainted: {folded.tainted}"] if folded.tainted else []
        found += [f"doubt: {reason}" for reason in folded.doubts.values()]
        found += [f"tainted: {table.tainted}" for table in folded.tables.values() if table.tainted]
        yield sql, folded, found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--diff", required=True, help="the program that writes the SQL of a step")
    parser.add_argument("--schemas", type=Path, help="a folder of schemas")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, help="write chains of our own schemas to this file")
    options = parser.parse_args()
    if options.schemas:
        sources = list(schemas(options.schemas))
    else:
        sources = [*schemas(ROOT / "examples/shop/prisma"), *schemas(ROOT / "tests/schemas")]
    differ = Differ(options.diff)
    recorded: list[dict[str, object]] = []
    steps = wrong = chains = 0
    lengths: Counter[int] = Counter()
    began = time.monotonic()
    with postgres.server() as server:
        number = 0
        while chains < options.count and number < options.count * 3:
            name, lines = sources[number % len(sources)]
            rng = random.Random(options.seed * 100_000 + number)
            number += 1
            taken: list[str] = []
            found: list[str] = []
            with server.database() as connection:
                wanted = rng.randint(5, 20)
                made = chain(lines, rng, differ, connection, wanted + 1)
                for sql, _, found in compared(connection, made):
                    taken.append(sql)
                    if found:
                        wrong += 1
                        print(
                            f"== {name}, chain {number}, step {len(taken)}\n{sql}",
                            *found[:6],
                            sep="\n",
                        )
                        break
            if len(taken) < 6 and not found:
                print(f"-- {name}, chain {number}: {len(taken)} steps, not counted")
                continue
            chains += 1
            steps += len(taken)
            lengths[len(taken) - 1] += 1
            recorded.append({"schema": name, "seed": number, "steps": taken})
    differ.close()
    print(
        f"{chains} chains of {len(sources)} schemas, {steps} steps, {wrong} differ;"
        f" {time.monotonic() - began:.0f} s; lengths {sorted(lengths.items())}"
    )
    if options.record:
        options.record.write_text(
            json.dumps(recorded, ensure_ascii=False, indent=0) + "\n", "utf-8"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
