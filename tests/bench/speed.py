"""How fast the server is, over stdio, as an editor sees it.

    python tests/bench/speed.py [--models 10,100,1000,3000] [--edits 20] [--beside COMMAND]

Prints a table for each size: start, opening, a keystroke until its diagnostics are there, a burst of
keys, every request, memory. With ``--beside`` another server (``"node server.js --stdio"``) is measured
in turn with ours, and the ratio is printed. Times are in milliseconds, medians; the time that the
server's main thread stood ready without a processor is taken off where the system tells it (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import random
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

OURS = [sys.executable, "-m", "prisma_lsp", "serve", "--stdio"]
WORDS = ["Shop", "Order", "Line", "Item", "Stock", "Price", "Customer", "Invoice", "Payment", "Parcel", "Return", "Coupon", "Store", "Audit"]


def schema(models: int) -> str:
    """A shop that has grown: every model refers to the one before it and to one further up."""
    rnd = random.Random(11)
    names = [f"{WORDS[i % len(WORDS)]}{WORDS[i // len(WORDS) % len(WORDS)]}{i}" for i in range(models)]
    parts = ['datasource db {\n  provider = "postgresql"\n}\n']
    for i, name in enumerate(names):
        rows = [
            "  id        String   @id @default(uuid(7)) @db.Uuid",
            "  name      String   @db.VarChar(200)",
            "  note      String?",
            "  quantity  Int      @default(0)",
            '  price     Decimal  @db.Decimal(12, 2)',
            '  createdAt DateTime @default(now()) @map("created_at")',
            '  updatedAt DateTime @updatedAt @map("updated_at")',
        ]
        for step in (1, rnd.randrange(2, 9)):
            if i >= step:
                other = names[i - step]
                key = f"{other[0].lower()}{other[1:]}"
                rows.append(f"  {key}Id String @db.Uuid")
                rows.append(f'  {key} {other} @relation("{name}{step}", fields: [{key}Id], references: [id])')
        parts.append(f"model {name} {{\n" + "\n".join(rows) + f'\n\n  @@map("{name.lower()}")\n}}\n')
    return "\n".join(parts)


class Server:
    """One server process."""

    def __init__(self, command: list[str], root: Path) -> None:
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        # When a message came, and what the main thread had spent by then.
        self.incoming: queue.Queue[tuple[float, float, dict[str, Any]]] = queue.Queue()
        self.spent = 0.0
        self.number = 0
        self.version = 1
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while line := stream.readline():
            length = 0
            while line.strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                line = stream.readline()
            body = stream.read(length)
            # Before it is read: the server goes on working meanwhile.
            now, spent = time.perf_counter(), self.processor()
            self.incoming.put((now, spent, json.loads(body)))

    def send(self, **message: Any) -> float:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        now = time.perf_counter()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()
        return now

    def wait(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = 120) -> float:
        """When the first wanted message had come; answers what the server asks meanwhile."""
        end = time.monotonic() + seconds
        while True:
            at, self.spent, message = self.incoming.get(timeout=max(0.01, end - time.monotonic()))
            if "method" in message and "id" in message:
                items = (message.get("params") or {}).get("items", [])
                self.send(id=message["id"], result=[None for _ in items] or None)
            if wanted(message):
                return at

    def ask(self, method: str, params: dict[str, Any]) -> float:
        """How long an answer takes, in milliseconds."""
        self.number += 1
        number = self.number
        queued = self.queued()
        sent = self.send(id=number, method=method, params=params)
        return (self.wait(lambda m: m.get("id") == number and "method" not in m) - sent) * 1e3 - (self.queued() - queued)

    def edit(self, uri: str, line: int, start: int, end: int, text: str, *, error: bool, mark: str) -> float:
        self.version += 1
        change = {
            "range": {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}},
            "text": text,
        }
        queued = self.queued()
        sent = self.send(
            method="textDocument/didChange",
            params={"textDocument": {"uri": uri, "version": self.version}, "contentChanges": [change]},
        )

        def there(message: dict[str, Any]) -> bool:
            if message.get("method") != "textDocument/publishDiagnostics":
                return False
            found = message["params"]
            if found.get("version", self.version) < self.version:
                return False
            return error == any(mark in d["message"] for d in found["diagnostics"])

        return (self.wait(there) - sent) * 1e3 - (self.queued() - queued)

    def queued(self) -> float:
        """How long the main thread stood ready without a processor, in milliseconds."""
        try:
            with open(f"/proc/{self.process.pid}/schedstat") as handle:
                return int(handle.read().split()[1]) / 1e6
        except OSError:
            return 0.0

    def processor(self) -> float:
        """Processor time of the main thread so far, in milliseconds."""
        try:
            return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e6
        except OSError:
            return 0.0

    def memory(self) -> float:
        """The most that was resident, in MB."""
        try:
            with open(f"/proc/{self.process.pid}/status") as handle:
                return next(int(line.split()[1]) / 1024 for line in handle if line.startswith("VmHWM"))
        except OSError:
            return 0.0

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


REQUESTS: dict[str, dict[str, Any]] = {
    "hover": {}, "completion": {}, "definition": {}, "references": {"context": {"includeDeclaration": True}},
    "documentSymbol": {}, "codeAction": {"context": {"diagnostics": []}},
    "formatting": {"options": {"tabSize": 2, "insertSpaces": True}},
}  # fmt: skip
CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
    },
    "workspace": {"configuration": True},
}


def measure(command: list[str], text: str, edits: int, root: Path) -> dict[str, float]:
    path = root / "schema.prisma"
    path.write_text(text, "utf-8")
    uri = path.as_uri()
    lines = text.split("\n")
    found: dict[str, list[float]] = {}
    server = Server(command, root)
    try:
        folder = [{"uri": root.as_uri(), "name": "bench"}]
        params = {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": CAPABILITIES, "workspaceFolders": folder}
        server.number += 1
        server.send(id=1, method="initialize", params=params)
        at = server.wait(lambda m: m.get("id") == 1)
        found["start to initialize"] = [(at - server.began) * 1e3 - server.queued()]
        server.send(method="initialized", params={})
        item = {"uri": uri, "languageId": "prisma", "version": 1, "text": text}
        queued = server.queued()
        sent = server.send(method="textDocument/didOpen", params={"textDocument": item})
        at = server.wait(lambda m: m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri)
        found["open to first diagnostics"] = [(at - sent) * 1e3 - (server.queued() - queued)]
        found["start to first diagnostics"] = [(at - server.began) * 1e3 - server.queued()]
        # Until all is checked: the answer to a request that comes after it.
        time.sleep(len(lines) / 3000)
        places = [n for n, line in enumerate(lines) if "  quantity  Int" in line]
        step = max(1, len(places) // edits)
        for line in places[::step][:edits]:
            for start, end, new, error in ((15, 15, "x", True), (15, 16, "", False)):
                took = server.edit(uri, line, start, end, new, error=error, mark="Intx")
                found.setdefault("keystroke", []).append(took)
        line = places[len(places) // 2]
        for _ in range(3):
            queued, sent = server.queued(), time.perf_counter()
            for number, letter in enumerate("abcdefghijklmnopqrst"):
                server.version += 1
                at_ = {"line": line, "character": 15 + number}
                change = {"range": {"start": at_, "end": at_}, "text": letter}
                sent = server.send(
                    method="textDocument/didChange",
                    params={"textDocument": {"uri": uri, "version": server.version}, "contentChanges": [change]},
                )
            last = server.version
            at = server.wait(
                lambda m: m.get("method") == "textDocument/publishDiagnostics"
                and any("Intabcdefghijklmnopqrst" in d["message"] for d in m["params"]["diagnostics"])
            )
            found.setdefault("burst of 20 keys, the last", []).append((at - sent) * 1e3 - (server.queued() - queued))
            assert server.version == last
            server.edit(uri, line, 15, 35, "", error=False, mark="Intabc")
        for name, more in REQUESTS.items():
            place = {"line": line, "character": 14}
            params = {"textDocument": {"uri": uri}, "position": place, "range": {"start": place, "end": place}, **more}
            for _ in range(5):
                found.setdefault(name, []).append(server.ask(f"textDocument/{name}", params))
        found["memory at most, MB"] = [server.memory()]
    finally:
        server.stop()
    return {name: statistics.median(values) for name, values in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--models", default="10,100,1000,3000")
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--beside", help="another server's command, measured in the same run")
    options = parser.parse_args()
    commands = {"ours": OURS}
    if options.beside:
        commands["other"] = shlex.split(options.beside)
    for models in map(int, options.models.split(",")):
        text = schema(models)
        results = {}
        for label, command in commands.items():
            with tempfile.TemporaryDirectory() as folder:
                results[label] = measure(command, text, options.edits, Path(folder))
        print(f"\n{models} models, {len(text) // 1024} kB")
        print(f"{'':32}" + "".join(f"{label:>12}" for label in results) + ("   other/ours" if len(results) > 1 else ""))
        for name in results["ours"]:
            values = [one.get(name, float("nan")) for one in results.values()]
            ratio = f"{values[1] / values[0]:12.1f}" if len(values) > 1 and values[0] else ""
            print(f"{name:32}" + "".join(f"{value:12.2f}" for value in values) + ratio, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
