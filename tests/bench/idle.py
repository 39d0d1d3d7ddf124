"""What the server costs while nobody does anything, over stdio; Linux.

    python tests/bench/idle.py [--seconds N] [--models N] [--migrations N]

Opens a schema as an editor does, waits until everything that was put off is done, and counts for
``--seconds`` how often the server was woken and how much processor time it took.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from speed import CAPABILITIES, OURS, Server, schema

# As VS Code announces it: it watches files, asks for settings and is told of progress.
VSCODE = {
    **CAPABILITIES,
    "workspace": {
        "configuration": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "inlayHint": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
        "diagnostics": {"refreshSupport": True},
    },
    "window": {"workDoneProgress": True},
}
# Longer than anything is put off, in seconds.
SETTLES = 6.0


def counters(process: int) -> tuple[int, float]:
    """(how often it was woken, processor seconds) of all threads so far."""
    woken = spent = 0
    for task in Path(f"/proc/{process}/task").iterdir():
        fields = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
        woken += int(fields["voluntary_ctxt_switches"])
        spent += int((task / "schedstat").read_text().split()[0])
    return woken, spent / 1e9


def measure(models: int, migrations: int, capabilities: dict, seconds: float) -> tuple[int, float]:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        text = schema(models)
        (root / "schema.prisma").write_text(text, "utf-8")
        for number in range(migrations):
            place = root / "migrations" / f"2026010100{number:04}_step"
            place.mkdir(parents=True)
            (place / "migration.sql").write_text(f'CREATE TABLE "t{number}" ("id" INTEGER PRIMARY KEY);\n', "utf-8")
        server = Server(OURS, root)
        try:
            uri = (root / "schema.prisma").as_uri()
            params = {
                "processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": capabilities,
                "workspaceFolders": [{"uri": root.as_uri(), "name": "idle"}],
            }  # fmt: skip
            server.number += 1
            server.send(id=1, method="initialize", params=params)
            server.wait(lambda m: m.get("id") == 1)
            server.send(method="initialized", params={})
            item = {"uri": uri, "languageId": "prisma", "version": 1, "text": text}
            server.send(method="textDocument/didOpen", params={"textDocument": item})
            line = next(n for n, row in enumerate(text.split("\n")) if "quantity" in row)
            server.edit(uri, line, 15, 15, "x", error=True, mark="Intx")
            server.edit(uri, line, 15, 16, "", error=False, mark="Intx")
            server.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": line, "character": 14}})
            # Nothing may be left of what was put off.
            busy = counters(server.process.pid)
            end = time.monotonic() + 120
            while time.monotonic() < end:
                time.sleep(SETTLES)
                now = counters(server.process.pid)
                if now == busy:
                    break
                busy = now
            time.sleep(seconds)
            after = counters(server.process.pid)
            return after[0] - busy[0], after[1] - busy[1]
        finally:
            server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--migrations", type=int, default=60)
    options = parser.parse_args()
    print(f"{'':44}{'woken':>8}{'CPU ms':>10}   in {options.seconds:g} s")
    for label, capabilities in (("a client with few capabilities", CAPABILITIES), ("as VS Code", VSCODE)):
        for migrations in (0, options.migrations):
            woken, spent = measure(options.models, migrations, capabilities, options.seconds)
            print(f"{label + f', {migrations} migrations':44}{woken:8}{spent * 1e3:10.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
