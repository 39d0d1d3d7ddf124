"""As `measure.py`, but all fixes of a schema at once: what `check --fix --with-migrations` writes.

    python tests/inplace/whole.py CORPUS DIFF
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import postgres  # noqa: E402
from measure import DATASOURCE, Diff, Known, _bare, _scripts, schemas  # noqa: E402
from trial import remake, trial  # noqa: E402

from prisma_lsp.lint.context import Environment  # noqa: E402
from prisma_lsp.lint.inplace import fixed_in_place  # noqa: E402
from prisma_lsp.schema.schema import Schema  # noqa: E402
from prisma_lsp.settings import merge  # noqa: E402
from prisma_lsp.syntax import document  # noqa: E402


def main() -> None:
    ask = Diff(Path(sys.argv[2]))
    right = tried = 0
    with postgres.server() as server:
        for name, text in schemas(Path(sys.argv[1])):
            sql = ask(text)
            if sql is None:
                continue
            with server.database() as one, server.database() as other:
                try:
                    remake(one, sql)
                except postgres.Failure as failure:
                    print(f"- {name}: its own SQL fails: {failure}", flush=True)
                    continue
                environment = Environment(merge(), Known(postgres.catalog(one)))
                before = Schema({"schema.prisma": document.read(DATASOURCE + text)})
                done, files = fixed_in_place(before, environment, lossy=True)
                new_sql = ask(_bare(done.schema))
                if new_sql is None:
                    print(f"✗ {name}: Prisma rejects what the fixes make", flush=True)
                    continue
                wrong = trial(
                    one, other, sql, new_sql, _scripts(files), before, done.schema, labels=done.labels
                )
                tried += 1
                right += not wrong
                mark = "✗" if wrong else " "
                print(f"{mark} {name}: {done.made} fixes, {len(files) // 2} migrations", flush=True)
                for line in wrong[:4]:
                    print(f"    {line}", flush=True)
    print(f"\n{right} of {tried}")


if __name__ == "__main__":
    main()
