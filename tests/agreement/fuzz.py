"""Single edits as a person makes them, judged by Prisma's engine and by us.

    python tests/agreement/fuzz.py [FOLDER] [--edits N] [--seed N]

needs Node; FOLDER is one with ``node_modules/@prisma/prisma-schema-wasm``.  Without FOLDER the
package is looked for beside the project, and where there is none nothing is compared.  It fails
where the two do not agree on whether a schema is valid, or where we say something of a schema that
the engine finds clean; what it prints belongs into ``snippets/``.  It fails as well where too few of
the lines that the engine marks are marked by us.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from pathlib import Path

from cases import HERE, Files, cases
from record import ENGINE, ask
from test_agreement import fails, ours

ROOT = HERE.parent.parent
MATCHED = 0.98
_WORD = re.compile(r"[A-Za-z_]\w*")
_SIGNS = 'abx1 "@?[](){},:.=!_-/'
_TYPES = ("Int", "String", "Boolean", "DateTime", "Float", "BigInt", "Decimal", "Json", "Bytes")
_ATTRIBUTES = (
    "@id", "@unique", "@default(1)", '@default("x")', "@default(now())", "@updatedAt", '@map("x")',
    "@ignore", "@db.Text", "@db.VarChar(10)", "@relation(fields: [id], references: [id])",
    "@default(autoincrement())", "@default(uuid())",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = given.folder or next(
        (f for f in (ROOT, HERE) if (f / "node_modules" / ENGINE).exists()), None
    )
    if folder is None:
        print("Prisma's engine is not there: nothing compared")
        return
    found = list(edited(given.edits, random.Random(given.seed)))
    wrong = marked = missed = 0
    for files, theirs in zip(found, ask(folder, found), strict=True):
        if theirs is None:
            continue
        mine = ours(files)
        marked += len(theirs)
        missed += len(set(theirs) - set(mine))
        extra = mine if not theirs else []
        if extra or fails(theirs) != fails(mine):
            wrong += 1
            print(f"--- Prisma: {theirs or 'clean'}; we: {mine or 'clean'}")
            print("\n".join(files.values()))
    print(f"{len(found)} edits, {wrong} of them judged differently; {missed} of {marked} lines not marked")
    sys.exit(1 if wrong or missed > marked * (1 - MATCHED) else 0)


def edited(count: int, rnd: random.Random) -> list[Files]:
    """Schemas with one edit each."""
    start = [files for _, files in cases()]
    found: list[Files] = []
    while len(found) < count:
        files = dict(rnd.choice(start))
        name = rnd.choice(list(files))
        text = edit(files[name], rnd)
        if text is not None and not re.search(r"\burl\b|directUrl|shadowDatabaseUrl", text):
            files[name] = text
            found.append(files)
    return found


def edit(text: str, rnd: random.Random) -> str | None:
    """The text with one edit, or None where the chosen one changes nothing."""
    lines = text.split("\n")
    written = [i for i, line in enumerate(lines) if line.strip()]
    if not written:
        return None
    at = rnd.choice(written)
    line = lines[at]
    words = list(_WORD.finditer(line))
    signs = [m.start() for m in re.finditer(r'[{}()\[\]"@,:?]', line)]
    typed = re.match(r"(\s*\w+\s+)(\w+)(\[\]|\?)?", line)
    column = rnd.randrange(len(line))
    match rnd.randrange(12):
        case 0:
            lines[at] = line[:column] + line[column + 1 :]
        case 1:
            lines.insert(at, line)
        case 2:
            del lines[at]
        case 3 if words:
            word = rnd.choice(words)
            lines[at] = line[: word.end()] + "x" + line[word.end() :]
        case 4 if words:
            word = rnd.choice(words)
            lines[at] = line[: word.start()] + rnd.choice(_WORD.findall(text)) + line[word.end() :]
        case 5 if signs:
            sign = rnd.choice(signs)
            lines[at] = line[:sign] + line[sign + 1 :]
        case 6:
            lines[at] = line[:column]
        case 7:
            lines[at] = line[:column] + rnd.choice(_SIGNS) + line[column:]
        case 8 if typed:
            lines[at] = typed[1] + rnd.choice(_TYPES) + line[typed.end(2) :]
        case 9 if typed:
            lines[at] = line[: typed.end(2)] + rnd.choice(("", "?", "[]")) + line[typed.end() :]
        case 10:
            lines[at] = f"{line} {rnd.choice(_ATTRIBUTES)}"
        case 11:
            other = rnd.choice(written)
            lines[at], lines[other] = lines[other], lines[at]
    changed = "\n".join(lines)
    return changed if changed != text else None


if __name__ == "__main__":
    main()
