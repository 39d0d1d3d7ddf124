"""Real migration histories: each file applied to a PostgreSQL, the folded state compared after it.

    python tests/migrations/histories.py FOLDER …

A folder is one with `*/migration.sql`.  What is tainted may differ; anything else that differs is
printed, and then the exit code is 1.  A file that the server does not take (an extension that is
not installed) ends the history there, unless `--go-on` is given.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

import postgres  # noqa: E402

from prisma_lsp.migrations import Migrations  # noqa: E402
from prisma_lsp.migrations.state import Database  # noqa: E402


def sure(found: list[str], folded: Database) -> list[str]:
    """The differences of what is not in doubt."""
    if folded.tainted:
        return []
    doubtful = {f"{t.schema}.{t.name}" for t in folded.tables.values() if t.tainted}
    doubtful |= {str(e.key) for e in folded.enums.values() if e.tainted}
    names = {repr(name) for name in folded.doubts}
    return [
        line
        for line in found
        if not any(f"table {name}:" in line or name in line for name in doubtful)
        and not any(name in line for name in names)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--go-on", action="store_true")
    parser.add_argument(
        "--all", action="store_true", help="show differences of doubtful tables, too"
    )
    options = parser.parse_args()
    wrong = 0
    with postgres.server() as server:
        for folder in options.folders:
            migrations = Migrations.read(folder)
            files = migrations.files
            applied = differing = 0
            began = time.process_time()
            with server.database() as connection:
                for file in files:
                    text = Path(file.path).read_text("utf-8-sig")
                    try:
                        connection.execute(text)
                    except postgres.Failure as failure:
                        print(f"-- {folder.name}/{file.name}: {failure}")
                        if options.go_on:
                            continue
                        break
                    applied += 1
                    folded = migrations.state_after(file.path)
                    found = postgres.differences(connection, folded)
                    if not options.all:
                        found = sure(found, folded)
                    if found:
                        differing += 1
                        print(f"== {folder}/{file.name}", *found[:8], sep="\n   ")
            state = migrations.state()
            tainted = [table for table in state.tables.values() if table.tainted]
            print(
                f"{folder}: {applied} of {len(files)} applied, {differing} differ; {len(state.tables)} tables,"
                f" {len(tainted)} tainted, {len(state.doubts)} doubts, all: {state.tainted};"
                f" {sum(os.path.getsize(f.path) for f in files) // 1024} kB, {time.process_time() - began:.1f} s"
            )
            for table in tainted[:20]:
                print(f"   {table.name}: {table.tainted}")
            wrong += differing
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
