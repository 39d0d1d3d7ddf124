"""Requests that make no sense, in the protocol's raw form: an empty or cancelled answer, never a pop-up.

A client shows an error to its user where a request is answered by one (but for one that was
cancelled), and where the server asks it to by ``window/showMessage``; a fault of ours would be in the
server's log.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TEXT = """datasource db {
  provider = "postgresql"
}

model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shopId String @db.Uuid
  shop   Shop   @relation("a", fields: [shopId], references: [id], onDelete: Cascade)
  /* 😀 */ kind Kind @default(NEW)

  @@index([shopId(sort: Desc)], map: "by_shop")
  @@map("orders")
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[] @relation("a")
}

enum Kind {
  NEW
  OLD @map("old")
}
"""
CANCELLED = (-32800, -32801, -32802)
FAR = 2**31 - 100


class Raw:
    """A server and the messages that come from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "prisma_lsp", "serve", "--stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.number = 0
        self.shown: list[Any] = []
        self.came: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.faults: list[bytes] = []
        threading.Thread(target=self._log, daemon=True).start()
        told = self.ask("initialize", {
            "processId": os.getpid(),
            "rootUri": folder.as_uri(),
            "capabilities": {"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}},
        })  # fmt: skip
        self.provides = told["result"]["capabilities"]
        self.tell("initialized", {})

    def uri(self, name: str = "schema.prisma") -> str:
        return (self.folder / name).as_uri()

    def tell(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def send(self, message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def begin(self, method: str, params: object) -> int:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        return self.number

    def answer(self, number: int) -> Any:
        while True:
            message = self.came.get(timeout=60)
            if message.get("method") in ("window/showMessage", "window/logMessage", "window/showMessageRequest"):
                self.shown.append(message["params"])
            elif message.get("id") == number and "method" not in message:
                return message

    def ask(self, method: str, params: object) -> Any:
        return self.answer(self.begin(method, params))

    def open(self, text: str, uri: str | None = None) -> None:
        item = {"uri": uri or self.uri(), "languageId": "prisma", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def change(self, text: str, version: int) -> None:
        at = {"uri": self.uri(), "version": version}
        self.tell("textDocument/didChange", {"textDocument": at, "contentChanges": [{"text": text}]})

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while head := stream.readline():
            length = int(head.partition(b":")[2])
            while stream.readline().strip():
                pass
            self.came.put(json.loads(stream.read(length)))

    def _log(self) -> None:
        stream = self.process.stderr
        assert stream is not None
        while line := stream.readline():
            self.faults.append(line)

    def end(self) -> None:
        """Nothing may have been shown or gone wrong."""
        told = self.ask("shutdown", None)
        self.tell("exit", None)
        try:
            self.process.wait(10)
        finally:
            self.process.kill()
        assert "error" not in told
        assert not self.shown
        assert not [line for line in self.faults if b"Traceback" in line or b"ERROR" in line], b"".join(self.faults)


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[Raw]:
    found = Raw(tmp_path)
    try:
        yield found
        found.end()
    finally:
        found.process.kill()


def place(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def requests(uri: str, line: int, character: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every request about a place, a stretch or a file."""
    document = {"textDocument": {"uri": uri}}
    at = {**document, "position": place(line, character)}
    stretch = {**document, "range": {"start": place(line, character), "end": place(line + 3, 0)}}
    for name in ("hover", "definition", "declaration", "typeDefinition", "documentHighlight", "signatureHelp",
                 "prepareTypeHierarchy", "prepareRename", "completion"):  # fmt: skip
        yield name, at
    for trigger in ".@([\":, =":
        yield "completion", {**at, "context": {"triggerKind": 2, "triggerCharacter": trigger}}
    yield "signatureHelp", {**at, "context": {"triggerKind": 2, "triggerCharacter": "(", "isRetrigger": False}}
    yield "references", {**at, "context": {"includeDeclaration": True}}
    yield "rename", {**at, "newName": "other"}
    yield "codeAction", {**stretch, "context": {"diagnostics": []}}
    yield "selectionRange", {**document, "positions": [place(line, character), place(0, 0)]}
    yield "inlayHint", stretch
    yield "semanticTokens/range", stretch
    yield "semanticTokens/full/delta", {**document, "previousResultId": "of another time"}
    yield "semanticTokens/full", document
    options = {"tabSize": 2, "insertSpaces": True}
    yield "rangeFormatting", {**stretch, "options": options}
    yield "onTypeFormatting", {**at, "ch": "}", "options": options}
    for name in ("documentSymbol", "foldingRange", "documentLink", "codeLens"):
        yield name, document
    yield "formatting", {**document, "options": options}


# A name that must not or cannot be changed is refused in words.
REFUSING = ("rename", "prepareRename")
# Asked about a file that is not there, or a place outside the text, these say nothing.
SILENT = ("hover", "definition", "declaration", "typeDefinition", "documentHighlight", "references",
          "prepareRename", "prepareTypeHierarchy", "signatureHelp", "completion", "codeAction", "rename")  # fmt: skip


@pytest.mark.parametrize(
    ("line", "character"), [(FAR, 0), (0, FAR), (7, FAR), (500, 3), (FAR, FAR), (22, 0)]
)
def test_places_outside_the_text(raw: Raw, line: int, character: int) -> None:
    raw.open(TEXT)
    for name, params in requests(raw.uri(), line, character):
        told = raw.ask(f"textDocument/{name}", params)
        assert "error" not in told, (name, told)
        if line > 100 and name in SILENT:
            assert not told["result"], (name, told)


@pytest.mark.parametrize(
    "uri", ["file:///no/such/schema.prisma", "untitled:Untitled-1", "git:/a/schema.prisma?x", "x", "", "file://", "file:///%"]
)  # fmt: skip
def test_files_that_are_not_there(raw: Raw, uri: str) -> None:
    raw.open(TEXT)
    for name, params in requests(uri, 7, 12):
        told = raw.ask(f"textDocument/{name}", params)
        assert not told.get("result") and "error" not in told, (name, told)
    raw.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
    raw.tell("textDocument/didSave", {"textDocument": {"uri": uri}})


def test_half_edited_lines(raw: Raw) -> None:
    raw.open(TEXT)
    lines = TEXT.split("\n")
    version = 1
    for number in (0, 1, 4, 5, 7, 8, 10, 16, 21):
        for column in range(0, len(lines[number]) + 1, 11):
            version += 1
            cut = [*lines[:number], lines[number][:column], *lines[number + 1 :]]
            raw.change("\n".join(cut), version)
            for name, params in requests(raw.uri(), number, column):
                told = raw.ask(f"textDocument/{name}", params)
                assert name in REFUSING or "error" not in told, (name, cut[number], told)


def test_stale_versions(raw: Raw) -> None:
    raw.open(TEXT)
    raw.change(TEXT.replace("Order", "Purchase"), 9)
    raw.change(TEXT, 3)
    at = {"textDocument": {"uri": raw.uri()}, "position": place(4, 8), "newName": "Buy"}
    told = raw.ask("textDocument/rename", at)
    assert "Buy" in json.dumps(told["result"])
    # A change that goes beyond the text that is there.
    stretch = {"start": place(40, 9), "end": place(90, 9)}
    event = {"textDocument": {"uri": raw.uri(), "version": 1}, "contentChanges": [{"range": stretch, "text": "// end\n"}]}
    raw.tell("textDocument/didChange", event)
    for name, params in requests(raw.uri(), 7, 12):
        told = raw.ask(f"textDocument/{name}", params)
        assert name in REFUSING or "error" not in told, (name, told)


def test_items_of_an_older_text(raw: Raw) -> None:
    """What was handed out before an edit is asked about after it."""
    raw.open(TEXT)
    where = {"textDocument": {"uri": raw.uri()}, "position": place(4, 8)}
    (item,) = raw.ask("textDocument/prepareTypeHierarchy", where)["result"]
    proposals = raw.ask("textDocument/completion", {**where, "position": place(8, 16)})["result"]
    lenses = raw.ask("textDocument/codeLens", {"textDocument": {"uri": raw.uri()}})["result"]
    raw.change("", 2)
    for name in ("supertypes", "subtypes"):
        told = raw.ask(f"typeHierarchy/{name}", {"item": item})
        assert "error" not in told and not told["result"]
    for proposal in proposals["items"] if isinstance(proposals, dict) else proposals or []:
        assert "error" not in raw.ask("completionItem/resolve", proposal)
    assert "error" not in raw.ask("completionItem/resolve", {"label": "x"})
    assert "error" not in raw.ask("completionItem/resolve", {"label": "x", "data": 7})
    for lens in lenses:
        if "command" in lens:
            run = {"command": lens["command"]["command"], "arguments": lens["command"].get("arguments", [])}
            if run["command"] in raw.provides["executeCommandProvider"]["commands"]:
                assert "error" not in raw.ask("workspace/executeCommand", run)
    assert "error" not in raw.ask("workspace/symbol", {"query": "Ord"})


def test_requests_that_are_cancelled(raw: Raw) -> None:
    raw.open(TEXT)
    for name, params in requests(raw.uri(), 7, 12):
        number = raw.begin(f"textDocument/{name}", params)
        raw.tell("$/cancelRequest", {"id": number})
        told = raw.answer(number)
        assert "error" not in told or told["error"]["code"] in CANCELLED or name in REFUSING, (name, told)
    raw.tell("$/cancelRequest", {"id": 99_999})
    raw.tell("$/cancelRequest", {"id": "never"})
    assert "error" not in raw.ask("workspace/symbol", {"query": ""})


def test_notifications_that_nobody_knows(raw: Raw) -> None:
    raw.open(TEXT)
    raw.tell("$/setTrace", {"value": "verbose"})
    raw.tell("$/unheardOf", {"x": 1})
    raw.tell("textDocument/willSave", {"textDocument": {"uri": raw.uri()}, "reason": 1})
    raw.tell("workspace/didChangeConfiguration", {"settings": None})
    raw.tell("workspace/didChangeConfiguration", {"settings": {"prismaLsp": []}})
    raw.tell("textDocument/didClose", {"textDocument": {"uri": raw.uri("never.prisma")}})
    assert "error" not in raw.ask("workspace/symbol", {"query": "x" * 5000})
