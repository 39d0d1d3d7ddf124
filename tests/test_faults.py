"""What is broken somewhere else, or in ourselves: the next request is answered all the same."""

from __future__ import annotations

import builtins
import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_door import Conversation

from prisma_lsp.lint import linter as linters
from prisma_lsp.lint.rule import Rule
from prisma_lsp.server import core, limits
from prisma_lsp.server.limits import FaultReports, TooLong, time_limit

TEXT = """datasource db {
  provider = "postgresql"
}

model Secret_table {
  id    Int    @id
  other Nothing
}
"""


class Editor(Conversation):
    """A client with one file open."""

    def __init__(self, root: Path) -> None:
        super().__init__(greeted=False)
        self.path = root / "schema.prisma"
        self.path.write_text(TEXT, "utf-8")
        self.uri = self.path.as_uri()
        self.number = 100
        folder = {"uri": root.as_uri(), "name": "root"}
        self.ask("initialize", capabilities={}, workspaceFolders=[folder])
        self.send(method="initialized", params={})
        self.open(self.path, TEXT)

    def open(self, path: Path, text: str) -> None:
        item = {"uri": path.as_uri(), "languageId": "prisma", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": item})

    def ask(self, request: str, **params: Any) -> dict[str, Any]:
        """The answer to a request: the message, with its result or its error."""
        self.said()
        self.number += 1
        self.send(id=self.number, method=request, params=params)
        return next(m for m in self.said() if m.get("id") == self.number)

    def about(self, request: str, line: int = 4, character: int = 8, **more: Any) -> dict[str, Any]:
        position = {"line": line, "character": character}
        document = {"uri": self.uri}
        return self.ask(request, textDocument=document, position=position, **more)

    def change(self, text: str, at: tuple[int, int, int, int] | None, version: Any = 2) -> None:
        one: dict[str, Any] = {"text": text}
        if at is not None:
            one["range"] = {
                "start": {"line": at[0], "character": at[1]},
                "end": {"line": at[2], "character": at[3]},
            }
        document = {"uri": self.uri, "version": version}
        self.send(
            method="textDocument/didChange",
            params={"textDocument": document, "contentChanges": [one]},
        )

    def later(self) -> None:
        """Do what was put off."""
        while self.loop._soon:
            self.loop._soon.popleft()()

    def shown(self) -> list[dict[str, Any]]:
        """The diagnostics of the last publication, asked for by an edit that changes nothing else."""
        self.later()
        found = [m for m in self.said() if m.get("method") == "textDocument/publishDiagnostics"]
        return found[-1]["params"]["diagnostics"] if found else []

    def is_well(self) -> None:
        """A hover and an error that appears and goes, each where it belongs."""
        assert "Secret_table" in str(self.about("textDocument/hover")["result"])
        self.said()
        self.change("Mistyped", (5, 8, 5, 11), 50)
        assert "Mistyped" in str(self.shown())
        self.change("Int", (5, 8, 5, 16), 51)
        assert "Mistyped" not in str(self.shown())


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def test_all_is_well(editor: Editor) -> None:
    editor.is_well()


# --- faults of our own ------------------------------------------------------------------------------


def test_a_rule_that_fails_takes_nothing_with_it(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(node: Any, context: Any) -> Iterator[Any]:
        raise RuntimeError("no")

    plan = editor.door.core.store.sessions[0].linter._plan
    for checks in plan._by_node.values():
        rule = checks[0][0]
        assert isinstance(rule, Rule)
        checks.insert(0, (rule._replace(check=broken, name="broken"), "error", None))
    editor.is_well()
    assert "rule broken failed" in caplog.text


@pytest.mark.parametrize(
    ("module", "function", "request_"),
    [
        ("prisma_lsp.ide.hover", "hover", "textDocument/hover"),
        ("prisma_lsp.ide.completion", "complete", "textDocument/completion"),
        ("prisma_lsp.ide.definition", "definition", "textDocument/definition"),
        ("prisma_lsp.ide.signature", "signature", "textDocument/signatureHelp"),
        ("prisma_lsp.format", "format_document", "textDocument/formatting"),
        ("prisma_lsp.ide.lenses", "lenses", "textDocument/codeLens"),
        ("prisma_lsp.ide.folding", "folds", "textDocument/foldingRange"),
    ],
)
def test_a_feature_that_fails_answers_nothing(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, module: str, function: str, request_: str
) -> None:
    import importlib

    def broken(*arguments: Any, **named: Any) -> Any:
        raise RuntimeError("no")

    place = importlib.import_module(module)
    if not hasattr(place, function):
        pytest.fail(f"{module} has no {function}")
    monkeypatch.setattr(place, function, broken)
    options = {"tabSize": 2, "insertSpaces": True}
    answer = editor.about(request_, options=options)
    assert not answer.get("result") and "error" not in answer
    monkeypatch.undo()
    editor.is_well()


def test_checking_that_fails_in_the_middle_goes_on(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: Any) -> bool:
        raise RuntimeError("no")

    monkeypatch.setattr(core.Core, "_work", broken)
    editor.change(" ", (6, 0, 6, 0))
    editor.later()
    monkeypatch.undo()
    editor.change("", (6, 0, 6, 1))
    editor.is_well()


def test_a_request_that_takes_too_long_is_broken_off(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def endless(*arguments: Any, **named: Any) -> Any:
        while True:
            time.sleep(0.01)

    monkeypatch.setattr(limits, "REQUEST_SECONDS", 0.2)
    monkeypatch.setattr("prisma_lsp.ide.hover.hover", endless)
    answer = editor.about("textDocument/hover")
    assert answer["error"]["code"] == -32802
    assert "took longer" in caplog.text
    monkeypatch.undo()
    editor.is_well()


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rules are watched, with very little patience."""
    monkeypatch.setattr(limits, "RULE_SECONDS", 0.1)
    monkeypatch.setattr(linters, "_given_up", set())
    before = signal.getsignal(signal.SIGPROF)
    limits.watch_rules(lambda: 1)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def insert(editor: Editor, check: Any) -> None:
    """Have another rule run before all others."""
    plan = editor.door.core.store.sessions[0].linter._plan
    for checks in plan._by_node.values():
        checks.insert(0, (checks[0][0]._replace(check=check, name="broken"), "error", None))


@pytest.mark.skipif(not hasattr(signal, "ITIMER_PROF"), reason="needs a timer of processor time")
def test_a_rule_that_does_not_end_is_switched_off(
    watched: None, editor: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    """What a key, an opened file or a change on disk starts has no request to be refused."""
    begun = []

    def endless(node: Any, context: Any) -> Iterator[Any]:
        begun.append(node)
        while True:
            yield from ()

    insert(editor, endless)
    editor.change(" ", (6, 0, 6, 0))
    editor.later()
    assert len(begun) == 1
    assert "rule broken failed" in caplog.text and "took longer than 0.1 s" in caplog.text
    editor.change("", (6, 0, 6, 1))
    editor.send(method="workspace/didChangeWatchedFiles", params={"changes": [{"uri": editor.uri, "type": 2}]})
    editor.is_well()
    assert len(begun) == 1


@pytest.mark.skipif(not hasattr(signal, "ITIMER_PROF"), reason="needs a timer of processor time")
def test_what_a_rule_asks_of_a_big_schema_is_not_broken_off(
    watched: None, editor: Editor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def slow(self: Any) -> str:
        end = time.process_time() + 0.5
        while time.process_time() < end:
            pass
        return "asked"

    exec(compile("def ask(): return slow(None)", "schema", "exec"), place := {"__name__": "prisma_lsp.schema.x", "slow": slow})
    answers = []

    def asking(node: Any, context: Any) -> Iterator[Any]:
        if not answers:
            answers.append(place["ask"]())
        yield from ()

    insert(editor, asking)
    editor.change(" ", (6, 0, 6, 0))
    editor.later()
    editor.change("", (6, 0, 6, 1))
    assert answers == ["asked"] and "failed" not in caplog.text
    editor.is_well()


def test_a_check_that_is_broken_off_is_made_again(
    editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    linter = editor.door.core.store.sessions[0].linter
    whole = [f.message for block in linter._findings for f in linter.findings(block)]

    def too_long(*arguments: Any, **named: Any) -> Any:
        raise TooLong

    linter.restart(linter.schema, linter.environment)
    monkeypatch.setattr(linters.Plan, "run", too_long)
    with pytest.raises(TooLong):
        linter.work()
    monkeypatch.undo()
    linter.work()
    assert [f.message for block in linter._findings for f in linter.findings(block)] == whole


def test_no_limit_outlives_its_request() -> None:
    with time_limit(0.05):
        pass
    time.sleep(0.1)
    with pytest.raises(TooLong), time_limit(0.05):
        time.sleep(5)


# --- the report of a fault --------------------------------------------------------------------------


def test_a_fault_is_reported_without_the_schemas_text(tmp_path: Path) -> None:
    log = logging.getLogger("test-faults")
    log.propagate = False
    log.addHandler(FaultReports(tmp_path / "faults"))

    def fail(secret: str) -> None:
        raise KeyError(secret)

    for number in range(3):
        try:
            fail("Secret_table")
        except KeyError:
            log.exception("it failed with %s", f"Secret_column{number}")
    (report,) = (tmp_path / "faults").iterdir()
    text = report.read_text("utf-8")
    assert "KeyError" in text and "in fail" in text and "test_faults.py" in text
    assert "Secret" not in text and str(tmp_path) not in text and os.path.expanduser("~") not in text


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    log = logging.getLogger("test-faults-blocked")
    log.propagate = False
    log.addHandler(FaultReports(blocked / "faults"))
    try:
        raise ValueError
    except ValueError:
        log.exception("again")
    log.error("no exception")


def test_reports_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_REPORTS", 3)
    monkeypatch.setattr(limits, "MAX_FILES", 4)
    for name in range(10):
        (tmp_path / f"fault-2020010{name}-000000-1-1.txt").write_text("old", "utf-8")
    handler = FaultReports(tmp_path)
    kinds = [KeyError, ValueError, TypeError, RuntimeError, OSError]
    for kind in kinds:
        try:
            raise kind
        except Exception as error:
            record = logging.LogRecord("x", logging.ERROR, "", 1, "m", None, (kind, error, error.__traceback__))
            handler.emit(record)
    assert len(list(tmp_path.iterdir())) <= 4
    new = [p for p in tmp_path.iterdir() if p.read_text("utf-8") != "old"]
    assert len(new) == 3


# --- the disk ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["gone", "folder", "binary", "latin", "utf-16", "denied", "broken disk", "huge", "link", "pipe"])
def test_a_file_of_the_schema_changes_into_something_else(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "prisma"
    root.mkdir()
    editor = Editor(root)
    other = root / "other.prisma"
    other.write_text("model Other {\n  id Int @id\n}\n", "utf-8")
    change = [{"uri": other.as_uri(), "type": 1}]
    editor.send(method="workspace/didChangeWatchedFiles", params={"changes": change})
    other.unlink()
    match kind:
        case "folder":
            other.mkdir()
        case "binary":
            other.write_bytes(bytes(range(256)) * 10)
        case "latin":
            other.write_bytes("// caf\u00e9\n".encode("latin-1"))
        case "utf-16":
            other.write_text("model A {\n", "utf-16")
        case "denied" | "broken disk":
            # Nothing is denied to the one who may do all, whom tests may be run as.
            other.write_text("model A {\n", "utf-8")
            fault = PermissionError(13, "denied") if kind == "denied" else OSError(5, "broken")
            opens = builtins.open

            def refuses(file: Any, *arguments: Any, **named: Any) -> Any:
                if file == other or file == str(other):
                    raise fault
                return opens(file, *arguments, **named)

            monkeypatch.setattr(builtins, "open", refuses)
        case "pipe":
            os.mkfifo(other)
        case "huge":
            with other.open("wb") as handle:
                handle.truncate(1 << 31)
        case "link":
            other.symlink_to(other)
    editor.send(method="workspace/didChangeWatchedFiles", params={"changes": [{**change[0], "type": 2}]})
    editor.later()
    session = editor.door.core.store.session(str(editor.path))
    # What cannot be read just now stays as it was; what is no file any more goes.
    left = None if kind in ("gone", "folder", "link", "pipe") else "model"
    assert session is not None and session.schema.kind_of("Other") == left
    editor.is_well()
    monkeypatch.undo()
    if other.is_dir():
        other.rmdir()
    else:
        other.unlink(missing_ok=True)
    other.write_text("model Other {\n  id Int @id\n}\n", "utf-8")
    editor.send(method="workspace/didChangeWatchedFiles", params={"changes": change})
    session = editor.door.core.store.session(str(editor.path))
    assert session is not None and session.schema.kind_of("Other") == "model"


def test_the_folder_of_the_schema_goes(tmp_path: Path) -> None:
    root = tmp_path / "prisma"
    root.mkdir()
    editor = Editor(root)
    editor.path.unlink()
    root.rmdir()
    changes = [{"uri": editor.uri, "type": 3}]
    editor.send(method="workspace/didChangeWatchedFiles", params={"changes": changes})
    editor.send(method="textDocument/didSave", params={"textDocument": {"uri": editor.uri}})
    editor.is_well()


# --- what a client does wrong -----------------------------------------------------------------------


@pytest.mark.parametrize("version", [None, -1, 0, 1, "two", 2**70, 2.5, [1]])
def test_wrong_versions(editor: Editor, version: Any) -> None:
    editor.change("// ", (6, 0, 6, 0), version)
    editor.change("", (6, 0, 6, 3), version)
    editor.is_well()


@pytest.mark.parametrize(
    "at",
    [(-5, -5, -5, -5), (99, 0, 99, 0), (0, 999, 0, 999), (6, 5, 2, 0), (2**40, 2**40, 2**40, 2**40)],
)
def test_edits_out_of_range(editor: Editor, at: tuple[int, int, int, int]) -> None:
    editor.change("\n", at)
    editor.change(TEXT, None, 3)
    editor.is_well()


@pytest.mark.parametrize("text", ["", "\n", " ", "//", "}"])
def test_next_to_nothing(editor: Editor, text: str, caplog: pytest.LogCaptureFixture) -> None:
    """A file with no line, or hardly one, and every question about it."""
    editor.change(text, None, 2)
    editor.later()
    at = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
    more = {
        "range": at,
        "context": {"diagnostics": [], "includeDeclaration": True, "triggerKind": 1, "isRetrigger": False},
        "options": {"tabSize": 2, "insertSpaces": True},
        "positions": [at["start"]],
        "newName": "New",
        "ch": "}",
    }
    for name in (
        "hover", "completion", "signatureHelp", "definition", "declaration", "typeDefinition",
        "references", "documentHighlight", "documentSymbol", "codeAction", "codeLens", "inlayHint",
        "foldingRange", "selectionRange", "documentLink", "formatting", "rangeFormatting",
        "onTypeFormatting", "prepareRename", "semanticTokens/full", "semanticTokens/range",
        "prepareTypeHierarchy",
    ):  # fmt: skip
        assert "error" not in editor.about(f"textDocument/{name}", 0, 0, **more), name
    assert "Traceback" not in caplog.text and "failed" not in caplog.text
    editor.change(TEXT, None, 3)
    editor.is_well()


def test_half_a_pair_of_surrogates(editor: Editor) -> None:
    editor.change("// \ud83d", (6, 0, 6, 0))
    assert "error" not in editor.about("textDocument/hover")
    editor.change(TEXT, None, 3)
    editor.is_well()


def test_closing_and_changing_what_was_never_opened(editor: Editor) -> None:
    nowhere = {"uri": "file:///nowhere/at/all.prisma", "version": 7}
    editor.send(method="textDocument/didClose", params={"textDocument": nowhere})
    editor.send(
        method="textDocument/didChange",
        params={"textDocument": nowhere, "contentChanges": [{"text": "x"}]},
    )
    editor.is_well()


def test_opening_twice_and_closing_twice(editor: Editor) -> None:
    editor.open(editor.path, TEXT)
    editor.is_well()
    for _ in range(2):
        editor.send(method="textDocument/didClose", params={"textDocument": {"uri": editor.uri}})
    editor.open(editor.path, TEXT)
    editor.is_well()


def test_random_messages(editor: Editor) -> None:
    """Methods, numbers and parameters in any combination; then all is well."""
    rnd = random.Random(7)
    methods = [
        "textDocument/hover", "textDocument/completion", "textDocument/rename", "textDocument/didOpen",
        "textDocument/codeAction", "completionItem/resolve", "workspace/executeCommand", "$/setTrace",
        "$/cancelRequest", "textDocument/semanticTokens/full/delta", "workspace/symbol", "x", "",
        "textDocument/diagnostic", "textDocument/didSave", "initialize", "typeHierarchy/supertypes",
    ]  # fmt: skip
    document = {"uri": editor.uri}
    values: list[Any] = [
        None, 0, -1, "", "x", [], {}, [[]], True, 1e300, document, {"textDocument": document},
        {"textDocument": document, "position": {"line": 4, "character": 8}},
        {"textDocument": document, "position": {"line": "a", "character": None}},
        {"textDocument": document, "range": {}, "context": {"diagnostics": [{}]}},
        {"command": "prisma-lsp.ignore", "arguments": [1, 2, 3, 4, 5, 6]},
    ]  # fmt: skip
    for number in range(400):
        message: dict[str, Any] = {"method": rnd.choice(methods)}
        if rnd.random() < 0.7:
            message["id"] = rnd.choice([number, str(number), None, -number])
        if rnd.random() < 0.9:
            message["params"] = rnd.choice(values)
        editor.send(**message)
    editor.change(TEXT, None, 3)
    editor.is_well()


# --- the process ------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_a_signal_during_fixes_leaves_whole_files(tmp_path: Path) -> None:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "main.prisma").write_text('datasource db {\n  provider = "postgresql"\n}\n', "utf-8")
    before: dict[str, str] = {}
    for number in range(60):
        name = f"m{number}.prisma"
        before[name] = f"model m{number} {{\n  id Int @id @map(\"id\")\n}}\n" * 1
        (folder / name).write_text(before[name], "utf-8")
    command = [sys.executable, "-m", "prisma_lsp", "check", str(folder), "--fix", "--unsafe-fixes"]
    for delay in (0.3, 0.5, 0.7, 0.9):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        for name in before:
            text = (folder / name).read_text("utf-8")
            # As it was or as the fixes make it, never half of it.
            assert text.startswith("model ") and text.endswith("}\n"), text
        strangers = [p.name for p in folder.iterdir() if p.suffix == ".prisma" and p.name not in before]
        assert strangers == ["main.prisma"]


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "prisma_lsp", "serve", "--stdio"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(0.5)
    process.terminate()
    assert process.wait(30) != 0


def converse(stream: Any, talk: list[bytes]) -> bytes:
    for body in talk:
        stream.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    found = b""
    while b'"id":2' not in found.replace(b" ", b""):
        part = stream.recv(1 << 16)
        if not part:
            break
        found += part
    return found


def test_over_a_connection_of_this_machine(tmp_path: Path) -> None:
    import re
    import socket

    process = subprocess.Popen(
        [sys.executable, "-m", "prisma_lsp", "serve", "--tcp", "0"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        said = process.stderr.readline().decode()
        place = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", said)
        assert place, said
        with socket.create_connection(("127.0.0.1", int(place[1])), timeout=60) as stream:
            answer = converse(
                stream,
                [
                    b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}',
                    b'{"jsonrpc":"2.0","id":2,"method":"shutdown"}',
                    b'{"jsonrpc":"2.0","method":"exit"}',
                ],
            )
            assert b"hoverProvider" in answer
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("address", ["x", "127.0.0.1:x", "1.2.3.4.5:1", "127.0.0.1:99999", ""])
def test_an_address_that_cannot_be_listened_on(address: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "prisma_lsp", "serve", "--tcp", address],
        capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2
    assert "cannot listen" in done.stderr


def test_an_address_beyond_this_machine_is_warned_of(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    import socket

    from prisma_lsp.server import door

    def refuse(*arguments: Any, **named: Any) -> Any:
        raise OSError("not in a test")

    monkeypatch.setattr(socket, "create_server", refuse)
    assert door._connection("0.0.0.0:7000") is None
    assert "neither encrypted nor protected" in capsys.readouterr().err
    assert door._connection("localhost:7000") is None
    assert "neither encrypted" not in capsys.readouterr().err


# --- nothing waits for something else ---------------------------------------------------------------


def test_code_actions_right_after_opening_know_the_migrations(tmp_path: Path) -> None:
    """What is said in the light of the migrations is published when they are read, in a pause; who asks
    for it before that is not told less."""
    folder = tmp_path / "migrations" / "20260101000000_init"
    folder.mkdir(parents=True)
    (tmp_path / "package.json").write_text("{}", "utf-8")
    (tmp_path / "migrations/migration_lock.toml").write_text('provider = "postgresql"\n', "utf-8")
    (folder / "migration.sql").write_text('CREATE TABLE "orders" ("id" UUID NOT NULL PRIMARY KEY);\n', "utf-8")
    editor = Editor(tmp_path)
    text = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Order {\n  id String @id @db.Uuid\n  n  Int\n\n  @@map("orders")\n}\n'
    editor.change(text, None, 2)

    def offered() -> list[str]:
        titles = []
        for line in range(4, 9):
            at = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 20}}
            answer = editor.about("textDocument/codeAction", line, 0, range=at, context={"diagnostics": []})
            titles += [action["title"] for action in answer["result"] or []]
        return titles

    at_once = offered()
    assert any("migration-drift" in title for title in at_once)
    editor.loop.finish()
    assert offered() == at_once
    # What was found on the way is told as well.
    sent = editor.door.core._published[str(editor.path)][0]
    assert b"migration-drift" in b"".join(map(bytes, sent.json()))


@pytest.mark.parametrize("request_", ["hover", "completion", "codeAction", "documentSymbol"])
def test_a_check_under_way_changes_no_answer(tmp_path: Path, request_: str) -> None:
    editor = Editor(tmp_path)
    editor.loop.finish()
    parts = "".join(f"\nmodel Part{n} {{\n  id      Int @id\n  otherId Int\n  other   Part{(n * 7) % 900} @relation(fields: [otherId], references: [id], name: \"a{n}\")\n}}\n" for n in range(900))
    editor.change(TEXT + parts, None, 2)
    core = editor.door.core
    assert core.is_checking
    line = (TEXT + parts).split("\n").index("model Part600 {") + 3
    more = {"range": {"start": {"line": line, "character": 3}, "end": {"line": line, "character": 3}}, "context": {"diagnostics": []}}
    if request_ == "completion":
        more["context"] = {"triggerKind": 1}  # type: ignore[dict-item]
    busy = editor.about(f"textDocument/{request_}", line, 12, **more)
    assert core.is_checking
    editor.later()
    assert not core.is_checking
    quiet = editor.about(f"textDocument/{request_}", line, 12, **more)
    assert busy["result"] and busy["result"] == quiet["result"]
