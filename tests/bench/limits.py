"""What a client waits for in the worst places of a big schema, over stdio.

    python tests/bench/limits.py [--models 3000]

The edit of an id that every model refers to, and the request to rename it; a burst of twenty keys
beside single ones; and what a person asks for while the first check of everything is under way, beside
the same when nothing else is done.  Figures are milliseconds of processor time that the server's main
thread took from the message to the answer, what it was in the middle of included: that is what one
waits on an idle machine, and another program does not change it.  Linux.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent))

from speed import CAPABILITIES, OURS, Server

ASKED: dict[str, dict[str, Any]] = {
    "hover": {}, "completion": {}, "documentSymbol": {}, "codeAction": {"context": {"diagnostics": []}},
}  # fmt: skip


def star(models: int) -> str:
    """Every model refers to the first one."""
    parts = ['datasource db {\n  provider = "postgresql"\n}\n\nmodel Hub {\n  id   Int    @id\n  name String\n']
    parts += [f"  a{n} Spoke{n}[]\n" for n in range(1, models)]
    parts.append("}\n")
    for n in range(1, models):
        parts.append(
            f"\nmodel Spoke{n} {{\n  id       Int     @id @default(autoincrement())\n  name     String?\n"
            f"  quantity Int     @default(0)\n  hubId    Int\n"
            f"  hub      Hub     @relation(fields: [hubId], references: [id])\n\n  @@map(\"spoke_{n}\")\n}}\n"
        )
    return "".join(parts)


class Open:
    """A server with one file open."""

    def __init__(self, text: str, root: Path) -> None:
        path = root / "schema.prisma"
        path.write_text(text, "utf-8")
        self.uri = path.as_uri()
        self.server = Server(OURS, root)
        params = {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": CAPABILITIES}
        self.server.number += 1
        self.server.send(id=1, method="initialize", params=params)
        self.server.wait(lambda m: m.get("id") == 1)
        self.server.send(method="initialized", params={})
        item = {"uri": self.uri, "languageId": "prisma", "version": 1, "text": text}
        self.server.send(method="textDocument/didOpen", params={"textDocument": item})
        self.server.wait(lambda m: m.get("method") == "textDocument/publishDiagnostics")

    def ask(self, name: str, line: int, **more: Any) -> float:
        place = {"line": line, "character": 12}
        params = {"textDocument": {"uri": self.uri}, "position": place, "range": {"start": place, "end": place}}
        began = self.server.processor()
        self.server.ask(f"textDocument/{name}", {**params, **ASKED.get(name, {}), **more})
        return self.server.spent - began

    def edit(self, line: int, start: int, end: int, text: str, error: bool, mark: str) -> float:
        began = self.server.processor()
        self.server.edit(self.uri, line, start, end, text, error=error, mark=mark)
        return self.server.spent - began

    def until_done(self) -> float:
        """The processor time so far, once all that a key concerns is checked."""
        time.sleep(0.3)
        return self.server.processor()

    def rest(self) -> None:
        """Until nothing more is done."""
        before = -1.0
        while (now := self.server.processor()) != before:
            before = now
            time.sleep(2)


def row(label: str, values: list[float], note: str = "") -> None:
    print(f"{label:58}{statistics.median(values):10.2f}{max(values):10.2f}  {note}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--models", type=int, default=3000)
    options = parser.parse_args()
    text = star(options.models)
    lines = text.split("\n")
    print(f"{options.models} models, {len(text) // 1024} kB{'':36}{'median':>10}{'most':>10}")
    busy: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        opened = Open(text, Path(folder))
        try:
            middle = next(n for n, line in enumerate(lines) if f"model Spoke{options.models // 2} " in line) + 3
            # The classes of the protocol are made at the first request, which is no part of this.
            opened.ask("hover", middle)
            for turn in range(6):
                for name in ASKED:
                    busy.setdefault(name, []).append(opened.ask(name, middle))
                if turn == 0:
                    del busy["documentSymbol"][:]
            opened.rest()
            for name in ASKED:
                quiet = [opened.ask(name, middle) for _ in range(6)][1:]
                row(f"{name}, nothing else to do", quiet)
                row(f"{name}, while everything is checked", busy[name][1:])
            single: list[float] = []
            wholly: list[float] = []
            for _ in range(8):
                for start, end, new, error in ((14, 14, "x", True), (14, 15, "", False)):
                    began = opened.server.processor()
                    single.append(opened.edit(middle, start, end, new, error, "Intx"))
                    wholly.append(opened.until_done() - began)
            row("a key, until it is shown", single)
            row("a key, with all that follows", wholly)
            bursts: list[float] = []
            all_bursts: list[float] = []
            for _ in range(5):
                opened.rest()
                began = opened.server.processor()
                for number, letter in enumerate("abcdefghijklmnopqrst"):
                    opened.server.version += 1
                    at = {"line": middle, "character": 14 + number}
                    named = {"uri": opened.uri, "version": opened.server.version}
                    change = {"range": {"start": at, "end": at}, "text": letter}
                    opened.server.send(method="textDocument/didChange", params={"textDocument": named, "contentChanges": [change]})
                opened.server.wait(lambda m: "Intabcdefghijklmnopqrst" in str(m.get("params")))
                bursts.append(opened.server.spent - began)
                all_bursts.append(opened.until_done() - began)
                opened.server.edit(opened.uri, middle, 14, 34, "", error=False, mark="Intabc")
            row("twenty keys at once, until the last is shown", bursts)
            keys = statistics.median(all_bursts) / statistics.median(wholly)
            row("twenty keys at once, with all that follows", all_bursts, f"{keys:.1f} keys")
            row("the request to rename the id of all", [opened.ask("rename", 5, newName=f"key{n}", position={"line": 5, "character": 3}) for n in range(5)])
            spoilt: list[float] = []
            for _ in range(5):
                for start, end, new, error in ((4, 4, "x", True), (4, 5, "", False)):
                    spoilt.append(opened.edit(5, start, end, new, error, "`id`"))
                    opened.rest()
            row("a key in the id of all, until the first mistake is shown", spoilt[::2])
            row("a key that takes it back, until none is shown", spoilt[1::2])
        finally:
            opened.server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
