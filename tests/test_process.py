"""The process and what is around it: its client, its pipes, the disk, the clock."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from test_door import Conversation, Script, frame
from test_faults import TEXT, Editor

from prisma_lsp import files
from prisma_lsp.server import core

SERVE = [sys.executable, "-m", "prisma_lsp", "serve", "--stdio"]
needs_posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX processes")


def start(**more: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def tell(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(data)
    process.stdin.flush()


def heard(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    stream = process.stdout
    assert stream is not None
    length = int(stream.readline().split(b":")[1])
    assert stream.readline() == b"\r\n"
    found: dict[str, Any] = json.loads(stream.read(length))
    return found


# --- the client vanishes -----------------------------------------------------------------------------


@needs_posix
def test_a_client_that_is_killed_takes_the_server_along() -> None:
    """Its end of the pipe is held open by somebody else, as by a shell that started both."""
    client = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    server = start()
    try:
        tell(server, frame(id=1, method="initialize", params={"processId": client.pid, "capabilities": {}}))
        assert heard(server)["id"] == 1
        assert server.poll() is None
        client.kill()
        client.wait()
        server.wait(60)
        assert server.stderr is not None and b"Traceback" not in server.stderr.read()
    finally:
        client.kill()
        server.kill()
        server.communicate()


def test_where_the_system_does_not_tell_the_client_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    alive = iter([True, True, False])
    monkeypatch.setattr(core, "_is_alive", lambda process: next(alive))
    monkeypatch.setattr(os, "_exit", lambda code: ended.append(code))
    talk = Conversation(greeted=False)
    talk.send(id=1, method="initialize", params={"processId": 7, "capabilities": {}})
    for looks in range(3):
        assert ended == [], looks
        (timer,) = talk.loop._timers
        talk.loop._timers.clear()
        timer.do[0]()
    assert ended == [1]


@needs_posix
def test_a_client_that_is_gone_already_is_looked_for() -> None:
    """No process has this number any more: nothing can tell of its end."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    talk = Conversation(greeted=False)
    talk.send(id=1, method="initialize", params={"processId": gone.pid, "capabilities": {}})
    assert talk.loop._timers


@needs_posix
@pytest.mark.parametrize("part", [0, 1, 9, 21, 40])
def test_a_stream_that_is_cut_off_is_the_end(part: int) -> None:
    """Within a header, behind it and within a message."""
    server = start()
    message = frame(id=1, method="initialize", params={"processId": None, "capabilities": {}})
    tell(server, message)
    assert heard(server)["id"] == 1
    _, err = server.communicate(frame(method="initialized", params={})[:part], timeout=60)
    assert server.returncode == 0
    assert b"Traceback" not in err


@needs_posix
def test_a_client_that_no_longer_listens_is_the_end(tmp_path: Path) -> None:
    server = start()
    tell(server, frame(id=1, method="initialize", params={"processId": None, "capabilities": {}}))
    assert heard(server)["id"] == 1
    assert server.stdout is not None and server.stderr is not None
    server.stdout.close()
    item = {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": TEXT}
    try:
        for number in range(200):
            item["uri"] = f"untitled:{number}"
            tell(server, frame(method="textDocument/didOpen", params={"textDocument": item}))
    except BrokenPipeError:
        pass
    server.wait(60)
    assert b"Traceback" not in server.stderr.read()
    server.kill()


# --- messages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_interleaved_messages_are_answered_for_their_moment(seed: int) -> None:
    """Edits, requests, answers and cancels in one stream that comes in pieces of any size: every
    request is answered once, about the text as it was when it was sent."""
    rnd = random.Random(seed)
    talk = Conversation(greeted=False)
    talk.send(id=0, method="initialize", params={"capabilities": {"workspace": {"configuration": True}}})
    talk.said()
    item = {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": "model A0 {\n  id Int @id\n}\n"}
    stream = frame(method="initialized", params={})
    stream += frame(method="textDocument/didOpen", params={"textDocument": item})
    wanted: dict[int, str] = {}
    name, version = "A0", 1
    for number in range(1, 60):
        kind = rnd.randrange(5)
        if kind < 2:
            version += 1
            new = f"A{number}"
            at = {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 6 + len(name)}}
            params = {
                "textDocument": {"uri": "untitled:a", "version": version},
                "contentChanges": [{"range": at, "text": new}],
            }
            stream += frame(method="textDocument/didChange", params=params)
            name = new
        elif kind < 4:
            place = {"textDocument": {"uri": "untitled:a"}, "position": {"line": 0, "character": 6}}
            stream += frame(id=number, method="textDocument/hover", params=place)
            wanted[number] = name
            if rnd.random() < 0.3:
                stream += frame(method="$/cancelRequest", params={"id": number})
        else:
            stream += frame(id=f"prisma-lsp-{number}", result=[None])
    pieces: list[bytes | None] = []
    while stream:
        size = rnd.choice((1, 7, 50, 400))
        pieces += [stream[:size], *([None] if rnd.random() < 0.3 else [])]
        stream = stream[size:]
    talk.loop.run(Script(*pieces, *[None] * 20), talk.door.receive)
    answers = [m for m in talk.said() if isinstance(m.get("id"), int)]
    assert sorted(m["id"] for m in answers) == sorted(wanted)
    for answer in answers:
        if "error" not in answer:
            assert f"**`{wanted[answer['id']]}`**" in str(answer["result"]), answer


def test_a_message_of_many_megabytes_is_read(tmp_path: Path) -> None:
    talk = Conversation()
    text = "// " + "x" * 20_000_000
    item = {"uri": "untitled:a", "languageId": "prisma", "version": 1, "text": text}
    large = frame(method="textDocument/didOpen", params={"textDocument": item})
    ask = frame(id=1, method="textDocument/hover", params={"textDocument": {"uri": "untitled:a"}, "position": {"line": 0, "character": 1}})
    pieces = [large[at : at + (1 << 20)] for at in range(0, len(large), 1 << 20)]
    talk.loop.run(Script(*pieces, ask, *[None] * 20), talk.door.receive)
    assert any(m.get("id") == 1 and "result" in m for m in talk.said())


# --- the disk and the clock ----------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["write", "flush", "fsync", "replace"])
def test_a_full_disk_leaves_every_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    paths = [tmp_path / f"{number}.prisma" for number in range(3)]
    for path in paths:
        path.write_text("old", "utf-8")

    def full(*arguments: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class Full(io.FileIO):
        write = full if when == "write" else io.FileIO.write
        flush = full if when == "flush" else io.FileIO.flush

    if when in ("write", "flush"):
        monkeypatch.setattr(files, "open", lambda handle, mode: Full(handle, "w"), raising=False)
    elif when == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(os, "replace", full)
    with pytest.raises(files.Unwritable, match="no space left"):
        files.replace({str(path): "new" for path in paths})
    monkeypatch.undo()
    assert [path.read_text("utf-8") for path in paths] == ["old"] * 3
    assert sorted(tmp_path.iterdir()) == paths


@pytest.mark.parametrize("moment", [0, 1, 2**31 + 5, 4_000_000_000])
def test_a_clock_that_jumps_hides_no_change(tmp_path: Path, moment: int) -> None:
    """A file that others changed is noticed, whenever its time says that was."""
    editor = Editor(tmp_path)
    other = tmp_path / "other.prisma"
    for number, when in enumerate((time.time(), moment, 10**9)):
        other.write_text(f"model Other{number} {{\n  id Int @id\n}}\n", "utf-8")
        os.utime(other, (when, when))
        change = {"uri": other.as_uri(), "type": 2 if number else 1}
        editor.send(method="workspace/didChangeWatchedFiles", params={"changes": [change]})
        editor.later()
        session = editor.door.core.store.session(str(editor.path))
        assert session is not None
        assert session.schema.kind_of(f"Other{number}") == "model"
        editor.is_well()


def test_the_servers_timers_ask_no_clock_that_can_jump(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The time of day may be anything, and go backwards."""
    days = iter(range(10**9, 0, -86_400))
    monkeypatch.setattr(time, "time", lambda: float(next(days)))
    editor = Editor(tmp_path)
    editor.is_well()
    for number in range(30):
        editor.change("Mistyped" if number % 2 else "Int", (5, 8, 5, 11 if number % 2 else 16 if number else 11), 60 + number)
        editor.later()
    editor.change(TEXT, None, 200)
    editor.is_well()
