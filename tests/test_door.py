"""Messages at the door, right and wrong, without a process."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import pytest

from prisma_lsp.server import loop as loops
from prisma_lsp.server.client import Client
from prisma_lsp.server.core import Core
from prisma_lsp.server.door import Door, initialize_result
from prisma_lsp.server.loop import Broken, Frames, Loop
from prisma_lsp.server.server import make_server

OPENED = {"textDocument": {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": "model A {\n"}}


class Conversation:
    """A door and what it has said."""

    def __init__(self, *, greeted: bool = True) -> None:
        self.out = io.BytesIO()
        self.loop = Loop()
        self.door = Door(self.loop, self.out)
        if greeted:
            self.send(id=0, method="initialize", params={"capabilities": {}})
            self.said()

    def send(self, **message: Any) -> None:
        self.raw(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def raw(self, body: bytes) -> None:
        self.door.receive(body)

    def said(self) -> list[dict[str, Any]]:
        """The messages since the last time."""
        bodies = Frames().feed(self.out.getvalue())
        self.out.seek(0)
        self.out.truncate()
        return [json.loads(body) for body in bodies]

    def codes(self) -> list[Any]:
        return [(m.get("id"), m["error"]["code"]) for m in self.said() if "error" in m]


CLIENTS: list[dict[str, Any]] = [
    {},
    {"textDocument": {"rename": {"prepareSupport": True}, "diagnostic": {}}},
    {"general": {"positionEncodings": ["utf-8", "utf-16"]}, "textDocument": {"rename": {}}},
    {"general": {"positionEncodings": ["utf-32"]}},
    {"general": {"positionEncodings": ["nonsense", "utf-16"]}},
]


@pytest.mark.parametrize("capabilities", CLIENTS)
def test_the_door_announces_what_the_handlers_do(capabilities: dict[str, Any]) -> None:
    client = Client({"processId": None, "rootUri": None, "capabilities": capabilities})
    handlers = make_server(Core(client, Loop(), lambda body: None)).capabilities()
    if not client.pulls:
        del handlers["diagnosticProvider"]
    assert initialize_result(client)["capabilities"] == handlers


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"jsonrpc":"2.0",}', b"nonsense"]
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    talk = Conversation()
    talk.raw(body)
    assert talk.codes() == [(None, -32700)]
    talk.send(id=1, method="shutdown")
    assert talk.said() == [{"jsonrpc": "2.0", "id": 1, "result": None}]


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b"{}", b'{"jsonrpc":"1.0","id":1,"method":"x"}'])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    talk = Conversation()
    talk.raw(body)
    assert talk.codes() == [(None, -32600)]


def test_nothing_before_initialize_and_after_shutdown() -> None:
    talk = Conversation(greeted=False)
    talk.send(id=1, method="textDocument/hover", params={})
    talk.send(method="textDocument/didOpen", params=OPENED)
    assert talk.codes() == [(1, -32002)]
    talk.send(id=2, method="initialize", params=None)
    talk.send(id=3, method="initialize", params={"capabilities": {}})
    assert talk.codes() == [(3, -32600)]
    talk.send(id=4, method="shutdown")
    talk.send(id=5, method="textDocument/hover", params={})
    talk.send(method="textDocument/didOpen", params=OPENED)
    assert talk.codes() == [(5, -32600)]
    talk.send(method="exit")
    assert talk.door.exit_code == 0
    assert Conversation().door.exit_code == 0


def test_exit_without_shutdown_is_a_failure() -> None:
    talk = Conversation()
    talk.send(method="exit")
    assert talk.door.exit_code == 1


@pytest.mark.parametrize(
    "params", [None, [], {}, 1, {"textDocument": None}, {"textDocument": {"uri": 1, "text": None}}]
)
@pytest.mark.parametrize(
    "method",
    [
        "textDocument/didOpen",
        "textDocument/didChange",
        "textDocument/didClose",
        "textDocument/didSave",
        "workspace/didChangeWatchedFiles",
        "workspace/didChangeConfiguration",
        "workspace/didChangeWorkspaceFolders",
        "$/cancelRequest",
        "initialized",
        "no/such",
    ],
)
def test_ill_typed_parameters_do_no_harm(method: str, params: Any) -> None:
    talk = Conversation()
    talk.send(method=method, params=params)
    talk.said()
    talk.send(method="textDocument/didOpen", params=OPENED)
    assert any(m.get("method") == "textDocument/publishDiagnostics" for m in talk.said())


@pytest.mark.parametrize("params", [None, [], {}, 1, {"textDocument": None, "position": "x"}])
def test_ill_typed_requests_are_answered(params: Any) -> None:
    talk = Conversation()
    talk.send(id=1, method="textDocument/hover", params=params)
    talk.send(id=2, method="no/such", params=params)
    answers = {m["id"]: m["error"]["code"] for m in talk.said()}
    assert answers == {1: -32602, 2: -32601}


def test_answers_to_nothing_are_survived() -> None:
    talk = Conversation()
    talk.send(id="prisma-lsp-99", result=None)
    talk.send(id=[1], error={"code": 1, "message": "no"})
    talk.send(id=None, result={})
    assert talk.said() == []


def test_frames_come_in_pieces() -> None:
    frames = Frames()
    data = b"Content-Length: 2\r\n\r\n{}content-length:3\r\nContent-Type: x\r\n\r\n[1]"
    found = [body for at in range(len(data)) for body in frames.feed(data[at : at + 1])]
    assert found == [b"{}", b"[1]"]


def test_a_header_without_a_length_is_passed_over() -> None:
    frames = Frames()
    assert frames.feed(b"Nonsense: 1\r\n\r\nContent-Length: 2\r\n\r\n{}") == [b"{}"]


def test_a_stream_that_is_no_protocol_ends() -> None:
    with pytest.raises(Broken):
        Frames().feed(b"x" * (loops.MAX_HEADER_BYTES + 1))
    with pytest.raises(Broken):
        Frames().feed(b"Content-Length: 999999999999\r\n\r\n")


class Script:
    """A source that gives what it is told, then the end."""

    def __init__(self, *parts: bytes | None) -> None:
        self.parts = list(parts)

    def read(self, seconds: float | None) -> bytes | None:
        return self.parts.pop(0) if self.parts else b""


def test_messages_come_before_what_is_put_off() -> None:
    loop = Loop()
    order: list[str] = []
    loop.call_soon(lambda: order.append("soon"))
    loop.call_later(0, lambda: order.append("timer"))
    loop.call_later(0, lambda: order.append("cancelled")).cancel()
    frame = b"Content-Length: 1\r\n\r\n1"
    loop.run(Script(frame, frame, None, None, None), lambda body: order.append("message"))
    assert order == ["message", "message", "soon", "timer"]


def test_a_fault_in_what_is_put_off_is_not_the_end(caplog: pytest.LogCaptureFixture) -> None:
    loop = Loop()
    loop.call_soon(lambda: 1 // 0)  # type: ignore[arg-type,return-value]
    seen: list[bytes] = []
    loop.run(Script(None, b"Content-Length: 1\r\n\r\n1"), seen.append)
    assert seen == [b"1"]
    assert "ZeroDivisionError" in caplog.text


def frame(**message: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def test_of_a_burst_only_the_last_state_is_published() -> None:
    talk = Conversation()
    text = "".join(f"model M{n} {{\n  id Int @id\n}}\n\n" for n in range(30))
    item = {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": text}
    talk.send(method="textDocument/didOpen", params={"textDocument": item})
    talk.said()
    burst = b""
    for number, letter in enumerate("abcdefghijklmnopqrst"):
        at = {"line": 41, "character": 8 + number}
        change = {"range": {"start": at, "end": at}, "text": letter}
        named = {"uri": "untitled:a", "version": 2 + number}
        burst += frame(method="textDocument/didChange", params={"textDocument": named, "contentChanges": [change]})
    at = {"line": 40, "character": 7}
    ask = frame(id=7, method="textDocument/hover", params={"textDocument": {"uri": "untitled:a"}, "position": at})
    half = len(burst) // 2 + 7  # in the middle of a message
    talk.loop.run(Script(burst[:half], burst[half:] + ask, None, None), talk.door.receive)
    said = talk.said()
    shown = [m["params"] for m in said if m.get("method") == "textDocument/publishDiagnostics"]
    assert 1 <= len(shown) <= 3
    assert shown[-1]["version"] == 21
    assert any("Intabcdefghijklmnopqrst" in d["message"] for d in shown[-1]["diagnostics"])
    # The request that came behind the last key is answered after them.
    assert "M10" in next(m for m in said if m.get("id") == 7)["result"]["contents"]["value"]


@pytest.mark.parametrize(
    "behind",
    [
        frame(id="prisma-lsp-1", result=[None]),
        b"Content-Length: 1\r\n\r\n{",
        frame(method="$/setTrace", params={"value": "off"}),
        frame(method="textDocument/didChange", params=None),
        frame(method="textDocument/didChange", params={"textDocument": {"uri": "untitled:b"}, "contentChanges": []}),
    ],
)
def test_a_key_with_anything_behind_it_is_followed(behind: bytes) -> None:
    talk = Conversation(greeted=False)
    talk.send(id=0, method="initialize", params={"capabilities": {"workspace": {"configuration": True}}})
    talk.send(method="initialized", params={})
    talk.said()
    text = "model A {\n  id Int @id\n}\n"
    item = {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": text}
    talk.send(method="textDocument/didOpen", params={"textDocument": item})
    at = {"line": 1, "character": 8}
    changes = [{"range": {"start": at, "end": at}, "text": "x"}]
    named = {"uri": "untitled:a", "version": 2}
    key = frame(method="textDocument/didChange", params={"textDocument": named, "contentChanges": changes})
    talk.loop.run(Script(key + behind, *[None] * 9), talk.door.receive)
    shown = [m["params"] for m in talk.said() if m.get("method") == "textDocument/publishDiagnostics"]
    assert shown[-1]["version"] == 2
    assert any("Intx" in d["message"] for d in shown[-1]["diagnostics"])


def test_of_changes_that_cannot_be_read_those_before_are_made() -> None:
    talk = Conversation()
    item = {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": "model A {\n  id Int @id\n}\n"}
    talk.send(method="textDocument/didOpen", params={"textDocument": item})
    talk.said()
    at = {"line": 1, "character": 8}
    changes: list[Any] = [{"range": {"start": at, "end": at}, "text": "x"}, {"text": 7}]
    named = {"uri": "untitled:a", "version": 2}
    talk.send(method="textDocument/didChange", params={"textDocument": named, "contentChanges": changes})
    shown = [m["params"] for m in talk.said() if m.get("method") == "textDocument/publishDiagnostics"]
    assert any("Intx" in d["message"] for d in shown[-1]["diagnostics"])


@pytest.mark.parametrize("seed", range(6))
def test_bursts_end_where_single_keys_do(seed: int) -> None:
    rnd = random.Random(seed)
    text = "".join(f"model M{n} {{\n  id Int @id\n  x String?\n}}\n\n" for n in range(12))
    shown = []
    for several in (False, True):
        talk = Conversation()
        item = {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": text}
        talk.send(method="textDocument/didOpen", params={"textDocument": item})
        rnd.seed(seed)
        frames = []
        for version in range(2, 60):
            at = {"line": rnd.randrange(40), "character": rnd.randrange(6)}
            change: dict[str, Any] = {"range": {"start": at, "end": at}, "text": rnd.choice(["x", "\n", "}", "{", " "])}
            changes = [change, change] if rnd.random() < 0.3 else [change]
            if rnd.random() < 0.05:
                changes.append({"text": text})
            named = {"uri": "untitled:a", "version": version}
            params = {"textDocument": named, "contentChanges": changes}
            frames.append(frame(method="textDocument/didChange", params=params))
        parts: list[bytes | None] = [b"".join(frames)] if several else [p for f in frames for p in (f, None)]
        talk.loop.run(Script(*parts, None, None), talk.door.receive)
        talk.loop.finish()
        found = [m["params"] for m in talk.said() if m.get("method") == "textDocument/publishDiagnostics"]
        shown.append(found[-1]["diagnostics"])
    assert shown[0] == shown[1]
