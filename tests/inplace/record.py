"""Ask Prisma Migrate what makes the database of every schema of the cases: ``recorded.json``.

    python tests/inplace/record.py DIFF

DIFF is a Node script that reads lines of {"from", "to"}, two schemas without a datasource, and writes
{"sql"}: what Prisma Migrate would do between the two.  The tests read only what is written.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from inplace.cases import HERE, cases, schemas  # noqa: E402
from inplace.known import folder_with  # noqa: E402


class Diff:
    """What makes the database of a schema from nothing; None where Prisma rejects it."""

    def __init__(self, script: str) -> None:
        self._node = subprocess.Popen(
            ["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, schema: str) -> str | None:
        assert self._node.stdin is not None and self._node.stdout is not None
        self._node.stdin.write(json.dumps({"from": "", "to": schema}) + "\n")
        self._node.stdin.flush()
        sql = json.loads(self._node.stdout.readline()).get("sql")
        return sql if isinstance(sql, str) else None


def main() -> None:
    ask = Diff(sys.argv[1])
    found: dict[str, str] = {}
    for case in cases():
        sql = ask(case.database)
        assert sql is not None, f"{case.name}: Prisma rejects the schema"
        with tempfile.TemporaryDirectory() as folder:
            for schema in schemas(case, folder_with(Path(folder), sql)):
                answer = ask(schema)
                if answer is None:
                    print(f"{case.name}: Prisma rejects what a fix makes")
                    continue
                found[schema] = answer
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    (HERE / "recorded.json").write_text(text + "\n", "utf-8")
    print(f"{len(found)} schemas")


if __name__ == "__main__":
    main()
