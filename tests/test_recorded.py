"""Sessions of real editors, recorded once, are replayed: what the server answers to each message is what it was.

`tests/editors/record_sessions.py` has recorded them with the project in `recorded/project`, those that are called
`…-migrations` with the one in `recorded/project-migrations`. A line of a recording is what the client sent; `answer`
under it is ours, and `pytest --update` writes it anew. The last line is what the findings of each file were in the
end, where the client was pushed to.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

RECORDED = Path(__file__).parent / "recorded"
RULES = (Path(__file__).parents[1] / "docs" / "rules").as_uri()
SESSIONS = sorted(path.stem for path in RECORDED.glob("*.jsonl"))
# So long nothing comes once all has come, in seconds.
SILENCE = 1.5
PATIENCE = 60


@pytest.mark.parametrize("name", SESSIONS)
def test_a_real_client_is_answered_as_it_was(name: str, tmp_path: Path, update: bool) -> None:
    file = RECORDED / f"{name}.jsonl"
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    source = "project-migrations" if name.endswith("-migrations") else "project"
    project = shutil.copytree(RECORDED / source, tmp_path / "project")
    found = Replay(project, tmp_path / "home").run(lines)
    if update:
        file.write_text(
            "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found), "utf-8"
        )
    assert found == lines


def test_there_are_sessions_of_every_kind_of_editor() -> None:
    with_migrations = {name for name in SESSIONS if name.endswith("-migrations")}
    kinds = {"nvim", "hx", "emacs", "vscode"}
    assert {name.partition("-")[0] for name in with_migrations} == kinds
    assert {name.partition("-")[0] for name in {*SESSIONS} - with_migrations} == kinds | {"vim"}


class Replay:
    """One server, and one client that says what it said."""

    def __init__(self, project: Path, home: Path) -> None:
        self.names = {str(project): "ROOT", str(home): "HOME", RULES: "RULES"}
        self.real = {short: long for long, short in self.names.items()}
        environment = os.environ | {"PYTHONPATH": str(RECORDED.parents[1])}
        self.server = subprocess.Popen(
            [sys.executable, "-m", "prisma_lsp", "serve", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=project,
            env=environment,
        )
        self.came: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.answers: dict[Any, Any] = {}
        self.published: dict[str, Any] = {}
        self.replies: dict[str, list[dict[str, Any]]] = {}
        # The number of a result differs from run to run: ours → the recorded, and back.
        self.results: dict[str, str] = {}

    def run(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The recording with the answers that came now."""
        for line in lines:
            if "replyTo" in line:
                self.replies.setdefault(line["replyTo"], []).append(line)
        found: list[dict[str, Any]] = []
        waiting: dict[Any, dict[str, Any]] = {}
        published: dict[str, Any] | None = None
        try:
            for line in lines:
                if "send" not in line:
                    found += [line] if "replyTo" in line else []
                    continue
                message = line["send"]
                if message["method"] == "shutdown":
                    self._wait_until_checked()
                    published = dict(sorted(self.published.items()))
                if message["method"] in ("textDocument/codeAction", "workspace/executeCommand"):
                    # What the migrations add comes when they are read, sooner or later.
                    self._wait_until_checked()
                self._send(message)
                kept = {key: line[key] for key in ("send", "waits") if key in line}
                found.append(kept)
                if "id" in message:
                    waiting[message["id"]] = kept
                    if line["waits"]:
                        self._wait_for(message["id"])
            for number in waiting:
                self._wait_for(number)
            if published is None:  # not every client says good-bye
                self._wait_until_checked()
                published = dict(sorted(self.published.items()))
        finally:
            self.server.kill()
            self.server.wait()
        for number, kept in waiting.items():
            # What crossed later messages on its way may come before or after them.
            kept["answer"] = self._steady(self.answers[number]) if kept["waits"] else "came"
        found.append({"published": published})
        return found

    def _steady(self, answer: Any) -> Any:
        """``answer`` without what differs from run to run."""
        result = answer.get("result") if isinstance(answer, dict) else None
        if isinstance(result, dict) and "resultId" in result:
            self.results.setdefault(result["resultId"], f"RESULT-{len(self.results)}")
            return {"result": {**result, "resultId": self.results[result["resultId"]]}}
        if isinstance(result, dict) and "python" in result:  # the server's status
            return {"result": {**result, "python": "PYTHON", "version": "VERSION"}}
        return answer

    def _wait_for(self, number: Any) -> None:
        while number not in self.answers:
            message = self.came.get(timeout=PATIENCE)
            assert message is not None, "the server has ended"
            self._take(message)

    def _wait_until_checked(self) -> None:
        """Until all that is to be published has been."""
        for turn in itertools.count():
            number = f"checked-{turn}"
            asked = {"command": "prisma-lsp.status", "arguments": ["file://ROOT/schema.prisma"]}
            self._send({"id": number, "method": "workspace/executeCommand", "params": asked})
            self._wait_for(number)
            schema = self.answers[number]["result"]["schema"]
            if schema is None:
                # Nobody has asked about the schema: nothing tells when its migrations are read.
                self._wait_for_silence()
                return
            if schema["checked"]:
                return

    def _wait_for_silence(self) -> None:
        with contextlib.suppress(queue.Empty):
            while (message := self.came.get(timeout=SILENCE)) is not None:
                self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        if method is None:
            self.answers[message["id"]] = {
                key: message[key] for key in ("result", "error") if key in message
            }
        elif "id" in message:
            known = self.replies.get(method)
            reply = known.pop(0) if known else {"result": None}
            told = {key: reply[key] for key in ("result", "error") if key in reply}
            self._send({"id": message["id"], **told})
        elif method == "textDocument/publishDiagnostics":
            self.published[message["params"]["uri"]] = message["params"]["diagnostics"]

    def _send(self, message: dict[str, Any]) -> None:
        assert self.server.stdin
        text = json.dumps({"jsonrpc": "2.0", **message})
        for short, long in self.real.items():
            text = text.replace(short, long)
        body = text.encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.server.stdin.flush()

    def _listen(self) -> None:
        assert self.server.stdout
        while header := self.server.stdout.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                header = self.server.stdout.readline()
            text = self.server.stdout.read(length).decode()
            for long, short in self.names.items():
                text = text.replace(long, short)
            self.came.put(json.loads(text))
        self.came.put(None)
