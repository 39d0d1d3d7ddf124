"""Hold the class of every fix against what Prisma Migrate would do, on real schemas.

    python tests/inplace/classes.py CORPUS DIFF [--each 3]

As `measure.py`, which see.  Everything counts as migrated.  Says for each rule which classes it gives
its fixes and which Prisma Migrate's own migration deserves: T where it is empty, D where it drops,
rewrites, or fails on rows, R else.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from measure import DATASOURCE, schemas  # noqa: E402

from prisma_lsp.lint.context import Environment  # noqa: E402
from prisma_lsp.lint.fixall import edited, fixes_of  # noqa: E402
from prisma_lsp.lint.fixes import Workbench  # noqa: E402
from prisma_lsp.lint.linter import Linter  # noqa: E402
from prisma_lsp.migrations import Migrations  # noqa: E402
from prisma_lsp.schema.schema import Schema  # noqa: E402
from prisma_lsp.settings import Layer, merge  # noqa: E402
from prisma_lsp.syntax import document  # noqa: E402

_LOSS = re.compile(
    r"DROP TABLE|DROP COLUMN|_old\"|SET NOT NULL|SET DATA TYPE"
    r"|ADD COLUMN +\"[^\"]+\" (?!(?:SMALL|BIG)?SERIAL)[^,;\n]*NOT NULL(?![^,;\n]*DEFAULT)"
)
# Types that hold every value of every narrower one, and of which PostgreSQL rewrites nothing.
_WIDER = re.compile(r"SET DATA TYPE TEXT\b")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("diff")
    parser.add_argument("--each", type=int, default=3)
    asked = parser.parse_args()
    node = subprocess.Popen(
        ["node", asked.diff], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert node.stdin is not None and node.stdout is not None
    seen: Counter[tuple[str, str, str]] = Counter()
    shown: Counter[tuple[str, str, str]] = Counter()
    for name, text in schemas(asked.corpus):
        before = Schema({"schema.prisma": document.read(DATASOURCE + text)})
        environment = Environment(merge(Layer({"preset": "all"})), Migrations.none())
        linter = Linter(before, environment)
        linter.work()
        bench = Workbench(before, environment)
        taken: Counter[str] = Counter()
        for block in before.files["schema.prisma"].blocks:
            for finding in linter.findings(block):
                for number, fix in enumerate(fixes_of(finding, bench)):
                    kind = f"{finding.rule} {fix.safety} {number}"
                    if taken[kind] >= asked.each:
                        continue
                    taken[kind] += 1
                    after = edited(before, fix.edits).files["schema.prisma"].text
                    question = {"from": text, "to": after.replace(DATASOURCE, "")}
                    node.stdin.write(json.dumps(question) + "\n")
                    node.stdin.flush()
                    sql = json.loads(node.stdout.readline()).get("sql")
                    if not isinstance(sql, str):
                        continue
                    real = class_of(sql)
                    key = (finding.rule, fix.safety, real)
                    seen[key] += 1
                    if fix.safety != real and shown[key] < 2:
                        shown[key] += 1
                        print(f"{name}: {finding.rule} says {fix.safety}, is {real}: {fix.title}")
                        print("    " + " ".join(line for line in sql.splitlines() if line and not line.startswith("--"))[:300], flush=True)
    same = sum(count for (_, said, real), count in seen.items() if said == real)
    print(f"\n{same} of {sum(seen.values())} fixes have the class of Prisma Migrate's migration")
    for one in "TRD":
        count = sum(count for (_, said, _), count in seen.items() if said == one)
        print(f"  {one}: {count}")
    for (rule, said, real), count in sorted(seen.items()):
        if said != real:
            print(f"  {rule}: {said} instead of {real}: {count}")


def class_of(sql: str) -> str:
    lines = [line for line in sql.splitlines() if line.strip() and not line.startswith("--")]
    body = re.sub(r"/\*.*?\*/", "", "\n".join(lines), flags=re.S)
    if not body.strip():
        return "T"
    return "D" if _LOSS.search(_WIDER.sub("", body)) else "R"


if __name__ == "__main__":
    main()
