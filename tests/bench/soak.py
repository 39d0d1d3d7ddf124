"""A typist who does not stop: random edits and requests, beside a reader who starts anew.

    python tests/bench/soak.py [--edits N] [--every N] [--seed N] FOLDER…

Takes every `.prisma` file below the folders (default: the example), opens them one after the other in
one server, edits as a person does and compares what the server shows with a fresh check of the same
text.  After each twentieth, with the smallest file open, it says how many objects are alive and how much
memory the process has taken from the system, the reader's included: that is what was needed at most.
Ends with 1 where anything differs, a request fails, the log holds an error, or more is alive than after
the first tenth.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(HERE.parent)]

from test_linter import typed, words  # noqa: E402

from prisma_lsp.lint.linter import Linter  # noqa: E402
from prisma_lsp.schema.schema import Schema  # noqa: E402
from prisma_lsp.server.diagnostics import Writer  # noqa: E402
from prisma_lsp.server.door import Door  # noqa: E402
from prisma_lsp.server.loop import Frames, Loop  # noqa: E402
from prisma_lsp.syntax import document  # noqa: E402
from prisma_lsp.text import Range  # noqa: E402

REQUESTS = (
    "textDocument/hover", "textDocument/completion", "textDocument/definition",
    "textDocument/references", "textDocument/documentSymbol", "textDocument/codeAction",
    "textDocument/formatting", "textDocument/semanticTokens/full", "textDocument/codeLens",
    "textDocument/inlayHint", "textDocument/foldingRange", "textDocument/documentHighlight",
    "textDocument/signatureHelp", "textDocument/prepareRename",
)  # fmt: skip
# How many edits one file gets before the next one is opened.
SITTING = 400
# How many of the edits are about braces.
BRACES = 0.1
# How many more objects at the end than after a tenth are none: what is remembered of lines is never
# the same.
SLACK = 1.1
MANY = 10_000


class Sink:
    """The client's end: keeps the last diagnostics and counts errors."""

    def __init__(self) -> None:
        self.shown: dict[str, list[Any]] = {}
        self.errors: list[str] = []
        self._frames = Frames()

    def write(self, data: bytes) -> None:
        """What is written comes in any pieces."""
        for body in self._frames.feed(data):
            try:
                self._take(json.loads(body))
            except ValueError as error:
                # The door takes it for the end of the stream and ends the process.
                self.errors.append(f"no JSON: {error}")

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self.shown[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "error" in message and message["error"]["code"] not in (-32800, -32803):
            self.errors.append(str(message["error"]))

    def flush(self) -> None:
        pass


class Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(self.format(record))


class Typist:
    """One server with one file open at a time."""

    def __init__(self, seed: int) -> None:
        self.rnd = random.Random(seed)
        self.sink = Sink()
        self.loop = Loop()
        self.door = Door(self.loop, self.sink)
        self.number = 0
        self.version = 0
        everything = {"textDocument": {"publishDiagnostics": {"relatedInformation": False}}}
        self.ask("initialize", {"capabilities": everything})
        self.tell("initialized", {})
        self.uri = ""
        self.text = ""
        self.vocabulary: list[str] = []

    def tell(self, method: str, params: object) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.door.receive(json.dumps(message).encode())

    def ask(self, method: str, params: object) -> None:
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.door.receive(json.dumps(message).encode())

    def rest(self) -> None:
        """Let the server do what it has put off."""
        while self.loop._soon:
            self.loop._soon.popleft()()

    def sit_down(self, name: str, text: str) -> None:
        if self.uri:
            self.tell("textDocument/didClose", {"textDocument": {"uri": self.uri}})
            self.loop.finish()
        # A text that is no file: the server serves it alone, as the reader beside it does.
        self.uri, self.text, self.version = f"untitled:{name}", text, 1
        self.vocabulary = words(text)
        item = {"uri": self.uri, "languageId": "prisma", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})
        self.rest()

    def type(self) -> None:
        self.make(*typed(self.rnd, self.text, self.vocabulary))

    def brace(self) -> None:
        """Something comes or goes around a brace, which may make one block of two."""
        lines, rnd = self.text.split("\n"), self.rnd
        places = [n for n, line in enumerate(lines) if line.lstrip().startswith("}") or line.rstrip().endswith("{")]
        if not places:
            self.type()
            return
        line = min(max(0, rnd.choice(places) + rnd.choice((-2, -1, 0, 0, 1))), len(lines) - 1)
        end = min(line + rnd.choice((0, 0, 0, 1, 1, 2, 3)), len(lines) - 1)
        first, last = rnd.randrange(len(lines[line]) + 1), rnd.randrange(len(lines[end]) + 1)
        if end == line and rnd.random() < 0.5:
            last = first
        new = rnd.choice(("", "}", "{", "\n", "}\n", "\n}\n", "\n\n", "x", "// }\n"))
        self.make(Range(line, min(first, last) if end == line else first, end, max(first, last) if end == line else last), new)

    def make(self, at: Range, new: str) -> None:
        self.version += 1
        change = {
            "range": {
                "start": {"line": at.line, "character": self.units(at.line, at.start)},
                "end": {"line": at.end_line, "character": self.units(at.end_line, at.end)},
            },
            "text": new,
        }
        named = {"uri": self.uri, "version": self.version}
        self.tell("textDocument/didChange", {"textDocument": named, "contentChanges": [change]})
        self.text = document.edit(document.read(self.text), at, new).document.text

    def units(self, line: int, column: int) -> int:
        text = document.read(self.text).line(line)
        return column + sum(char > "\uffff" for char in text[:column])

    def wonder(self) -> None:
        """A request about a random place."""
        lines = self.text.split("\n")
        line = self.rnd.randrange(len(lines))
        place = {"line": line, "character": self.rnd.randrange(len(lines[line]) + 2)}
        self.ask(
            self.rnd.choice(REQUESTS),
            {
                "textDocument": {"uri": self.uri},
                "position": place,
                "range": {"start": place, "end": place},
                "context": {
                    "diagnostics": [], "includeDeclaration": True, "triggerKind": 1,
                    "isRetrigger": False,
                },
                "options": {"tabSize": 2, "insertSpaces": True},
            },
        )

    def differs(self) -> str:
        """What the server shows against a fresh check; "" where they are the same."""
        self.rest()
        path = self.uri
        session = self.door.core.store.session(path)
        if session is None:
            return ""
        held = session.schema.files[path].text
        if held != self.text:
            return "the text itself"
        schema = Schema({path: document.read(self.text)})
        linter = Linter(schema, session.linter.environment)
        linter.work()
        limit = session.linter.environment.settings.max_diagnostics
        wanted = json.loads(bytes(Writer("utf-16", _no_page).file(linter, path, limit)))
        shown = self.sink.shown.get(self.uri, [])
        for one in shown:
            one.pop("codeDescription", None)
        if shown == wanted:
            return ""
        only = [one for one in shown if one not in wanted][:3]
        missing = [one for one in wanted if one not in shown][:3]
        return f"shown and wrong: {only}; missing: {missing}"


def _no_page(rule: str) -> None:
    return None


def resident_mb() -> float:
    try:
        with open("/proc/self/statm") as handle:
            return int(handle.read().split()[1]) * 4096 / 1e6
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def schemas(folders: list[Path]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.prisma")):
            try:
                yield str(path.relative_to(folder)), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


def soak(texts: list[tuple[str, str]], edits: int, every: int, seed: int, *, says: bool) -> list[str]:
    """What went wrong; at most a few of each kind."""
    errors = Errors()
    logging.getLogger().addHandler(errors)
    try:
        typist = Typist(seed)
        wrong: list[str] = []
        alive: list[int] = []
        smallest = min(texts, key=lambda one: len(one[1]))
        began = time.perf_counter()
        for number in range(edits):
            if number % SITTING == 0:
                typist.sit_down(*texts[typist.rnd.randrange(len(texts))])
            if typist.rnd.random() < BRACES:
                typist.brace()
            else:
                typist.type()
            if typist.rnd.random() < 0.1:
                typist.wonder()
            if number % every == every - 1:
                difference = typist.differs()
                if difference:
                    wrong.append(f"edit {number} in {typist.uri}: {difference}")
                    if len(wrong) > 5:
                        break
                    # The next differences are not to be this one again.
                    typist.sit_down(*texts[typist.rnd.randrange(len(texts))])
            if says and number % max(1, edits // 20) == edits // 20 - 1:
                typist.sit_down(*smallest)
                gc.unfreeze()
                gc.collect()
                alive.append(sys.getallocatedblocks())
                spent = time.perf_counter() - began
                print(f"{number + 1:8} edits {spent:7.0f} s {alive[-1]:9} objects {resident_mb():7.1f} MB", flush=True)
        if len(alive) > 2 and alive[-1] > SLACK * alive[1]:
            wrong.append(f"{alive[1]} objects after a tenth, {alive[-1]} at the end")
        return wrong + typist.sink.errors[:5] + errors.records[:5]
    finally:
        logging.getLogger().removeHandler(errors)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[ROOT / "examples"])
    parser.add_argument("--edits", type=int, default=MANY)
    parser.add_argument("--every", type=int, default=50, help="compare after so many edits")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    wrong = soak(list(schemas(options.folders)), options.edits, options.every, options.seed, says=True)
    print("\n".join(wrong) or "no difference, no failed request, no error in the log")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
