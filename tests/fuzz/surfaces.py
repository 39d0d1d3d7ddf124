"""Five ways in for what others write, each with what must hold whatever comes.

`parser`, `edits`, `config`, `sql` and `messages` take an input and raise where something does not
hold.  `SURFACES` gives each as a function of bytes, for the files in `corpus` and for `guided.py`;
`tests/test_fuzz.py` calls them with what hypothesis makes.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TESTS = HERE.parent
sys.path.append(str(TESTS))

from test_door import Conversation  # noqa: E402
from test_incremental import clamped  # noqa: E402
from test_incremental import facts as block_facts  # noqa: E402
from test_linter import ENVIRONMENT, fresh  # noqa: E402
from test_linter import facts as linter_facts  # noqa: E402

from prisma_lsp import discovery, installed, plainyaml, prismalint, settings  # noqa: E402
from prisma_lsp.format import format_document  # noqa: E402
from prisma_lsp.lint.fixall import _health, fixed  # noqa: E402
from prisma_lsp.lint.linter import Linter  # noqa: E402
from prisma_lsp.lint.migration_linter import MigrationLinter  # noqa: E402
from prisma_lsp.lint.rule import all_rules  # noqa: E402
from prisma_lsp.migrations.fold import fold  # noqa: E402
from prisma_lsp.migrations.reader import read_script  # noqa: E402
from prisma_lsp.migrations.state import Database  # noqa: E402
from prisma_lsp.migrations.text import SqlText  # noqa: E402
from prisma_lsp.prisma_config import read_config  # noqa: E402
from prisma_lsp.schema.schema import Schema  # noqa: E402
from prisma_lsp.server import core  # noqa: E402
from prisma_lsp.syntax import document  # noqa: E402
from prisma_lsp.text import Edit, Range, apply_edits, split_lines, width  # noqa: E402

RULES = [rule.name for rule in all_rules()]
# What hypothesis and the guided fuzzer are not to make longer, in characters.
LONGEST = 4_000


class Faults(logging.Handler):
    """Collects what is logged as an error: a fault of a rule or feature is skipped, not raised."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def no_fault(allowed: Callable[[logging.LogRecord], bool] = lambda record: False) -> Iterator[None]:
    """Nothing may be logged as an error but what is ``allowed``."""
    faults = Faults()
    log = logging.getLogger("prisma_lsp")
    others = log.handlers, log.propagate
    log.handlers, log.propagate = [faults], False
    try:
        yield
    finally:
        log.handlers, log.propagate = others
    for record in faults.records:
        if not allowed(record):
            raise AssertionError(record.getMessage()) from (record.exc_info or (None, None))[1]


# --- the parser, and what stands on it ---------------------------------------------------------------


def spans(node: object) -> Iterator[tuple[int, int]]:
    """The columns of a node and of every node in it."""
    if isinstance(node, tuple):
        fields = getattr(node, "_fields", ())
        if "start" in fields and "end" in fields:
            yield node.start, node.end  # type: ignore[attr-defined]
        for item in node:
            yield from spans(item)


def parser(text: str) -> None:
    """Any text is read, checked, laid out and repaired."""
    read = document.read(text)
    assert read.text == text
    for block in read.blocks:
        for number, node in block.entries:
            length = len(block.lines[number])
            assert all(0 <= start <= end <= length for start, end in spans(node))
        for problem in block.problems:
            assert 0 <= problem.line < len(block.lines)
            assert 0 <= problem.start <= problem.end <= len(block.lines[problem.line])
    for rewrite in (True, False):
        once = apply_edits(text, format_document(read, rewrite=rewrite))
        assert format_document(document.read(once), rewrite=rewrite) == [], "formatted twice"
        if not rewrite:
            assert "".join(once.split()) == "".join(text.split()), "more than white space"
        names = [(b.kind, b.name) for b in read.blocks if b.kind != "gap"]
        assert [(b.kind, b.name) for b in document.read(once).blocks if b.kind != "gap"] == names
    with no_fault():
        linter = Linter(Schema({"a": read}), ENVIRONMENT)
        linter.work()
        for block in read.blocks:
            for finding in linter.findings(block):
                assert 0 <= finding.line < max(1, len(block.lines))
                line = block.lines[finding.line] if block.lines else ""
                assert 0 <= finding.start <= finding.end <= len(line)
        after = fixed(linter.schema, ENVIRONMENT, linter=linter)
        assert _health(after.linter) <= _health(linter), "a fix makes mistakes"


# --- incremental edits --------------------------------------------------------------------------------

Step = tuple[int, int, int, int, str]


def edits(text: str, steps: list[Step]) -> None:
    """After any edits (line, column, how many lines on, column there, new text) everything equals
    what a fresh reader finds."""
    read = document.read(text)
    linter = Linter(Schema({"a": read}), ENVIRONMENT)
    linter.work()
    with no_fault():
        for line, column, more, there, new in steps:
            at = Range(line, column, line + more, there if more else max(column, there))
            lines = split_lines(text)
            old = {id(block) for block in read.blocks}
            change = document.edit(read, at, new)
            text = apply_edits(text, [Edit(clamped(at, lines), new)])
            again = document.read(text)
            assert change.document.text == text
            assert block_facts(change.document) == block_facts(again)
            now = {id(block) for block in change.document.blocks}
            assert {id(block) for block in change.added} == now - old
            assert {id(block) for block in change.removed} == old - now
            schema, keys = linter.schema.with_change("a", change)
            linter.update(schema, "a", change.removed, change.added, keys)
            linter.preview()
            linter.work()
            assert linter_facts(linter) == linter_facts(fresh(Schema({"a": again})))
            read = change.document


def _edits(data: bytes) -> None:
    """The text up to a zero byte, then steps up to the next one: four numbers (a space is 0, ``!`` is
    1 …) and the new text."""
    text, *rest = data.split(b"\0")
    steps: list[Step] = []
    for one in rest[:12]:
        line, column, more, there = (max(0, byte - 32) for byte in one[:4].ljust(4))
        steps.append((line, column, more % 5, there, _text(one[4:])))
    edits(_text(text), steps)


# --- configuration ---------------------------------------------------------------------------------------

CONFIGS = (
    "prisma-lsp.toml", "pyproject.toml", "package.json", "prisma.config.ts", ".prismalintrc.json",
    ".prismalintrc.yaml", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock",
)  # fmt: skip
_FOLDER: list[str] = []


def folder() -> Path:
    """A folder of this process, emptied."""
    if not _FOLDER:
        _FOLDER.append(tempfile.mkdtemp(prefix="prisma-lsp-fuzz-"))
        import atexit

        atexit.register(shutil.rmtree, _FOLDER[0], ignore_errors=True)
    root = Path(_FOLDER[0]) / "root"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    return root


def config(name: str, data: bytes) -> None:
    """A file beside a schema says anything at all: it is read or refused, and never left."""
    root = folder()
    (root / name).write_bytes(data)
    schema = root / "schema.prisma"
    schema.write_text('datasource db {\n  provider = "postgresql"\n}\n', "utf-8")
    text = _text(data)
    with no_fault():
        layer, problems = settings.load_file(root / name, rules=RULES)
        settings.merge(layer)
        for problem in problems:
            assert str(problem)
            assert problem.line is None or 1 <= problem.line <= data.count(b"\n") + data.count(b"\r") + 1
        project = discovery.project_of(schema, root)
        assert schema in project.files
        assert all(file.is_relative_to(root) for file in project.files)
        assert project.migrations is None or project.migrations.is_relative_to(root)
        for found in discovery.find_projects(root):
            assert all(file.is_relative_to(root) for file in found.files)
        installed.prisma_version([root], root)
        prismalint.translate(os.fspath(root))
        read_config(text, os.fspath(root))
        with suppress(plainyaml.NotRead):
            plainyaml.read(text)


def _config(data: bytes) -> None:
    """The first line is the file's name."""
    name, _, text = data.partition(b"\n")
    known = [one for one in CONFIGS if one.encode() == name.strip()]
    config(known[0] if known else CONFIGS[sum(name) % len(CONFIGS)], text)


# --- SQL ------------------------------------------------------------------------------------------------------

DIALECTS = ("postgresql", "mysql", "sqlite", "sqlserver")
_MIGRATION = "/nowhere/prisma/migrations/20200101000000_a/migration.sql"


def sql(dialect: str, text: str) -> None:
    """Any text is read as SQL, in pieces that are where they say, and folded."""
    script = read_script(text, dialect)
    end = 0
    for placed in script.statements:
        assert placed.start >= end
        end = placed.start + len(placed.statement.text)
        # Comments are blank in it.
        assert len(text) >= end
        assert all(a in (b, " ") for a, b in zip(placed.statement.text, text[placed.start : end], strict=True))
        assert placed.line == text.count("\n", 0, placed.start)
        for action in placed.statement.actions:
            assert 0 <= action.start <= action.end <= len(placed.statement.text)
    half = read_script(text[: len(text) // 2], dialect)
    assert read_script(text, dialect, half) == script
    once = fold(Database(dialect), script, _MIGRATION)
    fold(once, script, _MIGRATION)  # every name is there already
    with no_fault():
        written = SqlText.of(text)
        found, _ = MigrationLinter(ENVIRONMENT).check(_MIGRATION, written, Schema({}), wanted=True)
        for finding in found:
            assert 0 <= finding.line < max(1, written.line_count)
            assert 0 <= finding.start <= finding.end <= width(written.line(finding.line))


def _sql(data: bytes) -> None:
    """A first line may name the dialect."""
    first, _, rest = _text(data).partition("\n")
    named = first.removeprefix("-- ").strip()
    sql(named, rest) if named in DIALECTS else sql(DIALECTS[0], _text(data))


# --- messages -----------------------------------------------------------------------------------------------------

TEXT = """datasource db {
  provider = "postgresql"
}

model Secret_table {
  id    Int    @id
  other Nothing
}
"""
GREETING: dict[str, Any] = {"jsonrpc": "2.0", "id": 0, "method": "initialize"}
# Where a message leads is for the handlers to say; what is deeper must not fail because of it.
_DOOR = ("server", "pygls", "lsprotocol", "cattrs", "attr", "json")


def messages(bodies: list[bytes]) -> None:
    """After any messages the next request is answered rightly, and each request once."""
    root = folder()
    talk = Conversation(greeted=False)
    uri = (root / "schema.prisma").as_uri()
    place = root.as_uri().encode() + b"/"
    with no_fault(lambda record: _is_refusal(record)):
        if not (bodies and b'"initialize"' in bodies[0]):
            ours = {"capabilities": {}, "workspaceFolders": [{"uri": root.as_uri(), "name": "a"}]}
            talk.send(**GREETING, params=ours)
            item = {"uri": uri, "languageId": "prisma", "version": 1, "text": TEXT}
            talk.send(method="textDocument/didOpen", params={"textDocument": item})
            talk.said()
        asked: Counter[str] = Counter()
        for body in bodies:
            # No file but those of this folder is opened.
            body = body.replace(b"file:///", place).replace(b"$uri", uri.encode())
            number = _number(body)
            if number is not None:
                asked[number] += 1
            talk.raw(body)
        _rest(talk)
        said = talk.said()
        answers = Counter(_key(m["id"]) for m in said if "id" in m and "method" not in m and m["id"] is not None)
        asked.pop(_key(None), None)
        assert answers == asked, (answers - asked, asked - answers)
        _is_well(talk)


def _is_well(talk: Conversation) -> None:
    door = talk.door
    if door._client is None:
        talk.send(**GREETING, params={"capabilities": {}})
        assert "result" in _answer(talk, 0)
    if door._is_down:
        talk.send(id="last", method="textDocument/hover", params={})
        assert _answer(talk, "last")["error"]["code"] == -32600
        return
    item = {"uri": "untitled:last", "languageId": "prisma", "version": 1, "text": TEXT}
    talk.send(method="textDocument/didOpen", params={"textDocument": item})
    named = {"uri": "untitled:last", "version": 2}
    at = {"start": {"line": 6, "character": 8}, "end": {"line": 6, "character": 15}}
    changes = [{"range": at, "text": "Mistyped"}]
    talk.send(method="textDocument/didChange", params={"textDocument": named, "contentChanges": changes})
    _rest(talk)
    steps_back = door.core.store.client_settings.values.get("step_back")
    if door.core.pulls:
        talk.send(id="pull", method="textDocument/diagnostic", params={"textDocument": named})
        _rest(talk)
        shown = str(_answer(talk, "pull")["result"]["items"])
    else:
        shown = str([m for m in talk.said() if m.get("method") == "textDocument/publishDiagnostics"][-1:])
    if steps_back is None and "validity" not in door.core.store.client_settings.values:
        assert "Mistyped" in shown, shown
    position = {"line": 4, "character": 8}
    talk.send(id="last", method="textDocument/hover", params={"textDocument": named, "position": position})
    assert "Secret_table" in str(_answer(talk, "last")["result"])


def _answer(talk: Conversation, number: object) -> dict[str, Any]:
    return next(m for m in talk.said() if m.get("id") == number and "method" not in m)


def _rest(talk: Conversation) -> None:
    """What was put off is done, timers as well, but for those that begin anew each time."""
    for _ in range(3):
        while talk.loop._soon:
            talk.loop._soon.popleft()()
        timers, talk.loop._timers = talk.loop._timers, []
        for timer in timers:
            if timer.do:
                timer.do[0]()
    if talk.door._maker is not None:
        talk.door._maker.join()


def _number(body: bytes) -> str | None:
    """The number of a request as a key; None where the body is none."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return None
    return _key(message["id"]) if "id" in message and "method" in message else None


def _key(number: object) -> str:
    return json.dumps(number, sort_keys=True)


def _is_refusal(record: logging.LogRecord) -> bool:
    """Whether a logged error says only that a message is not what it should be."""
    fault = record.exc_info[1] if record.exc_info else None
    if fault is None:
        return "took longer" not in record.getMessage()
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    parts = Path(trace.tb_frame.f_code.co_filename).parts[-3:] if trace is not None else ()
    return any(part.removesuffix(".py") in _DOOR for part in parts)


def _messages(data: bytes) -> None:
    """One body a line."""
    messages(data.split(b"\n")[:40])


def _text(data: bytes) -> str:
    """Bytes that are no UTF-8 are lone surrogates, which JSON can bring as well."""
    return data.decode("utf-8", "surrogateescape")


core._is_alive = lambda process: True  # whichever process a message names

SURFACES: dict[str, Callable[[bytes], None]] = {
    "parser": lambda data: parser(_text(data)),
    "edits": _edits,
    "config": _config,
    "sql": _sql,
    "messages": _messages,
}
