"""Compare what this server and Prisma's own say at random places of schemas: hover, references,
definition, completion; on whole texts and on lines that are being typed.

    python tests/agreement/editing.py FOLDER … --other "prisma-language-server --stdio"

FOLDER holds ``.prisma`` files; a ``GROUPS.json`` in it or above says which belong together
(name → paths).  Both servers are asked the same over stdio.  Reported: how many places that the other
server answers are covered here, per question and role; how often what stood in the text is among the
first ten proposals; and, with ``--misses FILE``, every miss as a line of JSON.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import queue
import random
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from prisma_lsp.ide.cursor import Cursor, locate, typed
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.validity.connectors import CONNECTORS
from prisma_lsp.lint.validity.keys import with_class, without_class
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.relations import opposite
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.syntax.document import KEYWORDS
from prisma_lsp.syntax.line import tokenize
from prisma_lsp.text import split_lines

# Prisma 7 has these no more, and its engine says nothing else once it has seen one.
_URL = re.compile(r"^[ \t]*(url|directUrl|shadowDatabaseUrl)[ \t]*=.*$", re.M)
_CORE = re.compile(r"@{0,2}[\w.\-]+")
# Seconds.
PATIENCE = 30


class Peer:
    """A language server on stdio that is asked one thing at a time."""

    def __init__(self, command: str, folder: Path, capabilities: dict[str, Any] | None = None) -> None:
        self.process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )  # fmt: skip
        self.number = 0
        self.shown: list[str] = []
        self.applied: list[Any] = []
        self.messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.deadline = 0.0
        threading.Thread(target=self._listen, daemon=True).start()
        told = self.ask("initialize", {
            "processId": os.getpid(),
            "rootUri": folder.as_uri(),
            "workspaceFolders": [{"uri": folder.as_uri(), "name": "w"}],
            "capabilities": capabilities or {
                "textDocument": {
                    "hover": {"contentFormat": ["markdown"]},
                    "completion": {"completionItem": {"snippetSupport": True}},
                    "publishDiagnostics": {},
                }
            },
        })  # fmt: skip
        self.provides = told["capabilities"]
        self.tell("initialized", {})

    def tell(self, method: str, params: object) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: object, cancel: bool = False) -> Any:
        self.number += 1
        self.deadline = time.monotonic() + PATIENCE
        self._send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        if cancel:
            self.tell("$/cancelRequest", {"id": self.number})
        while True:
            message = self._read()
            if message.get("method") == "window/showMessage":
                self.shown.append(message["params"]["message"])
            if message.get("method") == "workspace/applyEdit":
                self.applied.append(message["params"])
            if "id" in message and "method" in message:
                self._send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            elif message.get("id") == self.number:
                if "error" in message:
                    return {"error": message["error"]["message"], "code": message["error"]["code"]}
                return message.get("result")

    def _send(self, message: object) -> None:
        body = json.dumps(message).encode()
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.process.stdin.flush()
        except OSError:
            raise TimeoutError(f"{self.process.args!r} has ended") from None

    def _read(self) -> Any:
        try:
            return self.messages.get(timeout=max(0, self.deadline - time.monotonic()))
        except queue.Empty:
            raise TimeoutError(f"no answer from {self.process.args!r}") from None

    def _listen(self) -> None:
        """Read all the time: a server that cannot write does not read, either."""
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (head := stream.readline()).strip():
                if head.lower().startswith(b"content-length:"):
                    length = int(head.partition(b":")[2])
            if not length:
                return
            self.messages.put(json.loads(stream.read(length)))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Spot(NamedTuple):
    """A place to ask about, in characters; ``files`` as they are then; ``right`` what was written there."""

    files: dict[str, str]
    name: str
    line: int
    column: int
    role: str
    half: str
    right: str
    is_valid: bool


def groups(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for known in (folder / "GROUPS.json", folder.parent / "GROUPS.json"):
        if known.is_file():
            for name, paths in json.loads(known.read_text("utf-8")).items():
                found = [next((p for p in (known.parent / one, known.parent.parent / one) if p.is_file()), None) for one in paths]  # fmt: skip
                if all(p is not None and folder in p.parents for p in found):
                    yield name, _named([p for p in found if p is not None])
            return
    for path in sorted(folder.rglob("*.prisma")):
        yield str(path.relative_to(folder)), _named([path])


def _named(paths: list[Path]) -> dict[str, str]:
    files = {}
    for number, path in enumerate(paths):
        # The bytes as they are: line ends must not be turned.
        text = path.read_bytes().decode("utf-8", "replace").replace("\0", "")
        files["schema.prisma" if len(paths) == 1 else f"f{number}.prisma"] = _URL.sub("", text)
    return files


def spots(files: dict[str, str], count: int, rnd: random.Random) -> Iterator[Spot]:
    """Places of every role in turn: whole, cut off behind the cursor, beside a line that is cut off,
    and with the word at the cursor gone."""
    schema = Schema({name: document.read(text) for name, text in files.items()})
    by_role: dict[str, list[tuple[str, int, int, int]]] = collections.defaultdict(list)
    for name, text in files.items():
        for number, line in enumerate(split_lines(text)):
            for start, end in tokenize(line.rstrip("\r\n"))[1]:
                by_role[_role(schema, name, number, min(start + 1, end))].append((name, number, start, end))
    roles = sorted(by_role)
    if not roles:
        return
    is_valid = not _errors(schema)
    rnd.shuffle(roles)
    for number in range(count):
        role = roles[number % len(roles)]
        name, line, start, end = rnd.choice(by_role[role])
        column = rnd.randint(start, end)
        half = rnd.choice(("whole", "whole", "cut", "beside", "gone"))
        lines = split_lines(files[name])
        text = lines[line]
        right = text[start:end]
        now = dict(files)
        if half == "gone":
            start, end = _with_brackets(text, start, end)
            column = start
            lines[line] = text[:start] + text[end:]
            now[name] = "".join(lines)
        elif half == "cut":
            lines[line] = text[:column] + _ending(text)
            now[name] = "".join(lines)
        elif half == "beside":
            other = max(0, line + rnd.choice((-2, -1, 1, 2)))
            if other < len(lines) and other != line and lines[other].strip():
                body = lines[other].rstrip("\r\n")
                lines[other] = body[: rnd.randint(0, len(body))] + _ending(lines[other])
                now[name] = "".join(lines)
        yield Spot(now, name, line, column, role, half, right, is_valid)


def _with_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch of a word with its at signs and its arguments."""
    while text[start - 1 : start] == "@":
        start -= 1
    if text[end : end + 1] == "(":
        depth = 0
        for kind, (_, stop) in zip(*tokenize(text), strict=True):
            depth += (kind == "(") - (kind == ")") if stop > end else 0
            if stop > end and not depth:
                return start, stop
    return start, end


def _errors(schema: Schema) -> bool:
    """Whether Prisma would reject the schema: then what stands there need not be likely."""
    linter = Linter(schema, Environment(Settings(), Migrations.none()))
    linter.work()
    return any(
        finding.source == "prisma" and finding.level == "error"
        for found in schema.files.values() for block in found.blocks for finding in linter.findings(block)
    )  # fmt: skip


def _ending(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]


def _role(schema: Schema, name: str, line: int, column: int) -> str:
    cursor = locate(schema, name, line, column)
    if cursor is None:
        return "outside"
    wants = cursor.wants if cursor.role in ("reference", "function", "string", "number") else ""
    return "/".join(part for part in (cursor.block.kind, cursor.role, wants) if part)


class Tally:
    def __init__(self) -> None:
        self.asked: collections.Counter[str] = collections.Counter()
        self.covered: collections.Counter[str] = collections.Counter()
        self.mistakes: collections.Counter[str] = collections.Counter()
        self.misses: list[dict[str, Any]] = []

    def note(self, question: str, spot: Spot, is_covered: bool, **more: Any) -> None:
        for key in (question, f"{question} {spot.half}", f"{question} {spot.role}"):
            self.asked[key] += 1
            self.covered[key] += is_covered
        if not is_covered:
            lines = split_lines(spot.files[spot.name])
            text = lines[spot.line].rstrip("\r\n") if spot.line < len(lines) else ""
            shown = text[: spot.column] + "⌶" + text[spot.column :]
            around = "".join(lines[max(0, spot.line - 12) : spot.line + 12])
            self.misses.append({"question": question, "role": spot.role, "half": spot.half, "line": shown, **more, "around": around})  # fmt: skip


class Pair:
    """This server and the other one with the same texts open."""

    def __init__(self, ours: str, other: str, folder: Path) -> None:
        self.folder = folder
        for left in folder.iterdir():
            left.unlink()
        self.peers = (Peer(ours, folder), Peer(other, folder))
        self.open: dict[str, str] = {}
        self.version = 1

    def show(self, files: dict[str, str]) -> None:
        self.version += 1
        for name, text in files.items():
            if name not in self.open:
                (self.folder / name).write_bytes(text.encode("utf-8", "replace"))
        for name, text in files.items():
            uri = (self.folder / name).as_uri()
            for peer in self.peers:
                if name not in self.open:
                    item = {"uri": uri, "languageId": "prisma", "version": self.version, "text": text}
                    peer.tell("textDocument/didOpen", {"textDocument": item})
                elif self.open[name] != text:
                    at = {"uri": uri, "version": self.version}
                    peer.tell("textDocument/didChange", {"textDocument": at, "contentChanges": [{"text": text}]})  # fmt: skip
            self.open[name] = text

    def hide(self) -> None:
        for name in self.open:
            (self.folder / name).unlink()
        for peer in self.peers:
            for name in self.open:
                uri = (self.folder / name).as_uri()
                peer.tell("textDocument/didClose", {"textDocument": {"uri": uri}})
        self.open.clear()

    def end(self) -> None:
        for peer in self.peers:
            peer.end()

    def ask(self, question: str, spot: Spot, **more: Any) -> tuple[Any, Any]:
        lines = split_lines(spot.files[spot.name])
        line = lines[spot.line] if spot.line < len(lines) else ""
        units = len(line[: spot.column].encode("utf-16-le")) // 2
        params = {
            "textDocument": {"uri": (self.folder / spot.name).as_uri()},
            "position": {"line": spot.line, "character": units},
            **more,
        }
        one, other = (peer.ask(f"textDocument/{question}", params) for peer in self.peers)
        return one, other


def places(answer: Any) -> list[tuple[str, int, int]]:
    """(URI, line, column of the start, which may be inside a word)."""
    if not isinstance(answer, list):
        answer = [answer] if isinstance(answer, dict) and "error" not in answer else []
    found = []
    for one in answer:
        at = one.get("targetSelectionRange") or one["range"]
        found.append((one.get("targetUri") or one["uri"], at["start"]["line"], at["start"]["character"]))
    return found


def compare(pair: Pair, spot: Spot, tally: Tally) -> None:
    pair.show(spot.files)
    ours, other = pair.ask("hover", spot)
    if other and not _failed(other):
        tally.note("hover", spot, bool(ours) and not _failed(ours), other=other)
    ours, other = pair.ask("definition", spot)
    if wanted := places(other):
        mine = {(uri, line) for uri, line, _ in places(ours)}
        tally.note("definition", spot, all((u, n) in mine for u, n, _ in wanted), other=wanted, ours=places(ours))  # fmt: skip
    ours, other = pair.ask("references", spot, context={"includeDeclaration": True})
    if wanted := places(other):
        mine = {(uri, line) for uri, line, _ in places(ours)}
        left = [one for one in wanted if one[:2] not in mine]
        tally.note("references", spot, not left, left=left, ours=places(ours))
    ours, other = pair.ask("completion", spot)
    mine = _items(ours)
    known = {form for item in mine for form in _forms(item)}
    word = _typed_word(spot)
    for item in _items(other):
        label = _core(item["label"])
        if not label or not _fits(word, item):
            continue
        if why := _mistaken(spot, label, item["label"]):
            tally.mistakes[why] += 1
            continue
        is_there = label in known or label.lstrip("@") in known
        # Of a native type the other one proposes the datasource's name first.
        is_there = is_there or any(form.startswith(label + ".") for form in known)
        if not is_there and isinstance(ours, dict) and ours.get("isIncomplete"):
            is_there = _retyped(pair, spot, label)
        tally.note("completion", spot, is_there, other=item["label"], ours=[i["label"] for i in mine[:12]])  # fmt: skip
    _likely(spot, mine, tally)


# What a person gives a name to: nothing that stands there could have been proposed.
_FREE = (
    "declaration", "/field", "enum value", "comment", "string", "string/string", "string/value", "number",
    "number/value", "number/int", "nothing", "outside",
)  # fmt: skip


def _likely(spot: Spot, mine: list[dict[str, Any]], tally: Tally) -> None:
    """Whether what was written, in a valid schema, is among the first ten that fit what is typed."""
    if not spot.is_valid:
        return
    schema = Schema({name: document.read(text) for name, text in spot.files.items()})
    cursor = typed(schema, spot.name, spot.line, spot.column)
    if spot.half == "beside" and _role(schema, spot.name, spot.line, spot.column) != spot.role:
        return  # its block has lost its beginning
    if spot.half == "beside" and len(re.findall(rf"\b{re.escape(spot.right)}\b", "".join(spot.files.values()))) == 1:
        return  # what it speaks of is gone
    if cursor is None or any(spot.role.endswith(one) for one in _FREE):
        return
    if spot.half == "gone" and spot.role.endswith(("/keyword", "/property")) and not _is_free(spot):
        return  # its block is none any more
    is_old = spot.right == "name" and re.match(r"\s*@@(index|fulltext)\b", split_lines(spot.files[spot.name])[spot.line])
    if is_old or spot.right in catalogue.DEPRECATED_DATASOURCE_PROPERTIES:
        return  # nobody is to write that any more
    right = _core(spot.right).lower().lstrip("@")
    start = cursor.start if cursor.word else spot.column
    text = cursor.block.line(cursor.index) if cursor.index < len(cursor.block.lines) else ""
    if start == spot.column and text[start : start + 1].isalnum():
        return  # in front of a word, which nobody is typing
    word = text[start : spot.column].lstrip("@").lower()
    if not right or (word and not right.startswith(word)):
        return
    fitting = [i for i in mine if word in (i.get("filterText") or i["label"]).lower()][:10]
    forms = {form.lower().lstrip("@") for item in fitting for form in _forms(item)}
    firsts = {f.partition("(")[0] for f in forms}
    tally.note("first ten", spot, right in forms or right in firsts, right=spot.right, ours=[i["label"] for i in fitting])  # fmt: skip


_TYPED = re.compile(r"@{0,2}[\w.\-]*$")


def _typed_word(spot: Spot) -> str:
    """What stands before the cursor of the word that the cursor is in."""
    lines = split_lines(spot.files[spot.name])
    return _TYPED.search(lines[spot.line][: spot.column])[0] if spot.line < len(lines) else ""  # type: ignore[index]


def _fits(word: str, item: dict[str, Any]) -> bool:
    """Whether an editor shows the proposal when ``word`` is typed: its letters in their order."""
    text = (item.get("filterText") or item["label"]).lower()
    at = 0
    for letter in word.lower().strip("@"):
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True


_TYPE_NAMES = {*catalogue.SCALARS, "Unsupported"}
_ARGUMENTS = {a.name for known in catalogue.ATTRIBUTES.values() for a in known.arguments}
_NATURES = ("@id", "@unique", "@default", "@updatedAt", "@map")


def _is_free(spot: Spot) -> bool:
    """Whether nothing else stands in the line."""
    return not split_lines(spot.files[spot.name])[spot.line].strip()


# No line has these outside of a string.
_STRANGE = re.compile(r"[<>|\\#]")


def _mistaken(spot: Spot, label: str, shown: str) -> str:
    """Why the other server is wrong to propose this here; "" where it may be right."""
    lines = split_lines(spot.files[spot.name])
    text = lines[spot.line].rstrip("\r\n")
    before, behind = text[: spot.column], text[spot.column :]
    schema = Schema({name: document.read(text) for name, text in spot.files.items()})
    cursor = typed(schema, spot.name, spot.line, spot.column)
    if cursor is None or cursor.role == "comment":
        return "inside a comment"
    if re.search(r"(^|\s)/{1,3}\s*$", before) and (behind.startswith("/") or not before.strip(" /\t")):
        return "a comment begins"
    if _STRANGE.search(re.sub(r'"[^"]*"|//.*', "", text)) or _STRANGE.search(shown):
        return "the line is no Prisma"
    if cursor.block.kind == "gap" and label.startswith("@"):
        return "the header above cannot be read"
    if label in KEYWORDS and not re.fullmatch(r"\s*\w*", before):
        return "a block begins with its line"
    if label == "datasource" and any(c.kind == "datasource" for c in schema.configs):
        return "there is a datasource already"
    if label in catalogue.DATASOURCE_PROPERTIES and cursor.block.kind not in ("datasource", "gap"):
        return "the block above is not closed, and goes on for the other server"
    if cursor.block.kind == "gap" and before.rstrip().endswith("="):
        return "a value is wanted"
    connector = CONNECTORS[schema.connector() or "postgresql"]
    if (label == "Json" and not connector.json) or (label == "enum" and not connector.enums):
        return "the provider has no such thing"
    head = cursor.block.header == cursor.index or cursor.block.kind in ("gap", "unknown")
    if head and (why := _mistaken_in_header(before, behind)):
        return why
    if re.fullmatch(r"\s*\}?\s*", before) and re.fullmatch(r"\s*\}?\s*", behind) and "}" in text:
        return "on the line of a closing brace"
    if cursor.block.kind in ("datasource", "generator"):
        if any(re.match(rf"\s*{re.escape(label)}\s*=", line) for line in cursor.block.lines):
            return "the property stands here already"
        return _mistaken_in_config(cursor, before, behind, label)
    if label.startswith("@@"):
        if behind.strip() and not before.strip():
            return "something stands here"
        if label in ("@@id", "@@index", "@@fulltext") and cursor.block.kind == "view":
            return "a view has no id and no index"
        identity = cursor.model.id if cursor.model is not None else None
        if label == "@@id" and not connector.compound_id:
            return "the provider has no such thing"
        if label == "@@id" and identity is not None and identity.line != cursor.index:
            return "the model has an id"
        if label == "@@schema" and not schema.database_schemas():
            return "the datasource names no schemas"
    is_type = label in _TYPE_NAMES or bool(schema.declarations(label))
    if cursor.block.kind == "type" and schema.kind_of(label) in ("model", "view"):
        return "a composite type holds no relation"
    if is_type and (re.match(r"\s*\w+\s+\w+\s*(\[|\[\]|\?)$", before) or before.rstrip().endswith(")")):
        return "a type stands here already"
    if cursor.levels:
        return _mistaken_in_brackets(cursor, schema, text, before, label)
    if cursor.role in ("field", "enum value") and behind.strip():
        return "a field has its name"
    if label.startswith("@") and not label.startswith("@@") and before.lstrip().startswith("@@"):
        return "a field's attribute belongs to a field"
    if cursor.role == "attribute" and label in _ARGUMENTS:
        return "an attribute is wanted"
    word = re.escape(label.lstrip("@"))
    if re.search(rf"(?<![\w@])@{word}\b", text):
        return "the attribute stands here already"
    field = cursor.field
    if not label.startswith("@") and before.rstrip().endswith(")"):
        return "a value stands here already"
    if field is None or not label.startswith("@"):
        return ""
    is_row = schema.kind_of(field.type_name) in ("model", "view")
    if field.owner.kind == "type" and label in ("@id", "@unique", "@ignore", "@relation", "@updatedAt"):
        return "a field of a composite type has no such attribute"
    if label == "@relation" and not is_row:
        return "the field is no relation"
    is_native = label == f"@{schema.datasource_name()}"
    if field.type_name == "Unsupported" and label == "@ignore":
        return "the field is ignored anyway"
    if is_row and (label in _NATURES or is_native):
        return "the field is a relation and no column"
    if (label == "@unique" and re.search(r"@id\b", text)) or (label == "@id" and re.search(r"@unique\b", text)):
        return "an id is unique"
    if label == "@unique" and any(i.names == (field.name,) and i.kind == "unique" for i in field.owner.indexes):
        return "the field is unique by its block"
    if label == "@id" and field.owner.kind == "view":
        return "a view has no id"
    if is_native:
        natives = catalogue.NATIVE_TYPES.get(schema.provider() or "postgresql", {}).values()
        if not any(field.type_name in native.scalars for native in natives) or re.search(r"@\w+\.", text):
            return "there is no native type for the field, or it has one"
    return ""


def _mistaken_in_header(before: str, behind: str) -> str:
    if re.fullmatch(r"\s*(model|view|type|enum|datasource|generator)\s+\w*\s*", before):
        return "a name is being declared"
    if "{" in before:
        return "behind an opening brace nothing may stand"
    return "a keyword stands here already" if behind.lstrip()[:1].isalpha() else ""


def _mistaken_in_config(cursor: Cursor, before: str, behind: str, label: str) -> str:
    if cursor.setting and label in (*catalogue.DATASOURCE_PROPERTIES, *catalogue.GENERATOR_PROPERTIES):
        return "a value is wanted"
    if re.fullmatch(r"\s*\w+\s+", before):
        return "only a sign of equality may follow"
    return "the property stands here already" if re.match(r"\w*\s*=", behind) else ""


def _mistaken_in_brackets(cursor: Cursor, schema: Schema, text: str, before: str, label: str) -> str:
    level = cursor.levels[-1]
    known = catalogue.ATTRIBUTES.get(cursor.at + cursor.attribute)
    if cursor.attribute == "map" and cursor.field is not None and schema.kind_of(cursor.field.type_name) in ("model", "view"):
        return "the field is a relation and no column"
    if cursor.is_native and label in _ARGUMENTS:
        return "a native type takes no names"
    if label == "map" and cursor.attribute == "relation" and not CONNECTORS[schema.connector() or "postgresql"].named_foreign_key:
        return "the provider has no such thing"
    if label == "map" and re.search(r"\bname\s*:", text):
        return "the argument is given already"
    if level.owner == "raw" and label in _ARGUMENTS:
        return "a text is wanted"
    if label in _ARGUMENTS and known is not None and len(cursor.levels) == 1 and all(a.name != label for a in known.arguments):
        return "the attribute has no such argument"
    if level.argument and label in ("sort", "length", "ops"):
        return "a value is wanted"
    if label.rstrip("()") == "autoincrement" and schema.provider() == "mongodb":
        return "the provider has no such function"
    after = text[cursor.column :].lstrip()
    if re.match(r"\w*\s*:", after) and label.rstrip('()"') in catalogue.FUNCTIONS:
        return "the name of an argument is wanted"
    if re.match(r":\s*\[", after) and label in _ARGUMENTS and label not in ("fields", "references"):
        return "a list stands behind it"
    if re.match(r":\s*[A-Z]", after) and label in ("map", "name", "fields", "references"):
        return "an action stands behind it"
    if label in catalogue.INDEX_TYPES.get(schema.provider() or "", ()) and _cannot_hold(cursor, label, schema):
        return "an index of this type cannot hold the column"
    if label == "SetNull" and _is_never_empty(cursor):
        return "the key cannot be empty"
    if label in _ARGUMENTS and len(cursor.levels) > 1 and cursor.at == "@@" and label not in ("sort", "length", "ops"):
        return "a column has no such argument"
    if level.argument == "ops" and cursor.model is not None and level.owner in cursor.model.fields and with_class(cursor.model.fields[level.owner], label):
        return "the operator class is for other columns"
    if label in _ARGUMENTS and level.bracket == "[":
        return "a list holds no arguments"
    if any(label in names for names in catalogue.OPERATOR_CLASSES.values()) and level.argument != "ops":
        return "the name of an argument is wanted"
    if re.search(rf"\b{re.escape(label)}\s*:", text):
        return "the argument is given already"
    field = cursor.field
    if (label in catalogue.ACTIONS or (label in _ARGUMENTS and label != "name")) and field is not None and cursor.attribute == "relation":
        if field.is_list:
            return "a list holds no key"
        other = opposite(field, schema)
        if other is not None and other.key:
            return "the other side holds the key"
    if before.count('"') % 2 and label.rstrip('()"') in catalogue.FUNCTIONS:
        return "a string is no function"
    if re.search(r"[\])\w\"]\s*$", before) and label.rstrip('()"') in catalogue.FUNCTIONS and not re.search(r"\(\w*$", before):
        return "a value stands here already"
    if label in catalogue.ACTIONS and not level.argument:
        return "the name of an argument is wanted"
    if label.startswith("autoincrement") and schema.provider() == "sqlite" and "@id" not in text:
        return "SQLite counts only on an id"
    if level.argument and level.owner in catalogue.FUNCTIONS:
        return "a value is wanted"
    if level.owner in catalogue.FUNCTIONS and label.rstrip("()") in catalogue.FUNCTIONS:
        return "a function takes no function"
    if label.rstrip("()") in catalogue.FUNCTIONS and cursor.attribute != "default":
        return "functions are for defaults"
    if label in _ARGUMENTS and level.owner == cursor.attribute:
        if level.argument and not before.rstrip().endswith(","):
            return "a value is wanted"
        if re.search(r"[\])\w\"]\s*$", before) and not re.search(r"[(,]\s*\w+$", before):
            return "no comma stands before it"
        if label == "fields" and re.search(r"@@?\w+\(\s*\[", text):
            return "the argument is given already"
        if label == "name" and re.search(r"@relation\(\s*\"", text):
            return "the argument is given already"
    if level.bracket == "[" and re.search(rf"\b{re.escape(label)}\b", text[before.rfind("[") + 1 :].partition("]")[0]):
        return "the field is listed already"
    if cursor.wants in ("fields", "references"):
        model = cursor.model
        if cursor.wants == "references" and cursor.field is not None:
            model = schema.model(cursor.field.type_name)
        field = model.fields.get(label) if model is not None else None
        if field is not None and (field.relation or schema.kind_of(field.type_name) in ("model", "view")):
            return "a relation field is no column"
        if field is not None and field.type_name == "Unsupported" and cursor.attribute == "id":
            return "an id is of no unknown type"
        if field is not None and schema.kind_of(field.type_name) is None and field.type_name != "Unsupported":
            return "the type of the field is declared nowhere"
        if field is not None and cursor.attribute == "relation":
            if field.is_list:
                return "a list is no key"
            if _differ(cursor, schema, text, field.type_name):
                return "the types of key and target differ"
            if cursor.wants == "references" and model is not None and not any(label in i.names and len(i.names) == _length(text, "fields") for i in model.indexes if i.is_unique):
                return "a key points at what is unique"
    if label.rstrip("()") == "auto" and schema.provider() != "mongodb":
        return "the provider has no such function"
    if label.rstrip("()") == "auto" and cursor.field is not None and cursor.field.attribute("id") is None:
        return "auto() is for ids"
    return ""


def _cannot_hold(cursor: Cursor, label: str, schema: Schema) -> bool:
    """Whether an index of the type could not hold a column of the key in the cursor's line."""
    model = cursor.model
    here = [i for i in model.indexes if i.line == cursor.index] if model is not None else []
    fitting = catalogue.OPERATOR_CLASSES.get(label, ())
    if any(c.ops and not c.ops.startswith("raw(") and c.ops not in fitting for i in here for c in i.columns):
        return True
    return any(
        column.ops is None and without_class(model.fields[column.name], label, schema.provider() or "")
        for index in here for column in index.columns if model is not None and column.name in model.fields
    )  # fmt: skip


def _is_never_empty(cursor: Cursor) -> bool:
    """Whether a column of the relation's key is required, and must be."""
    relation, model = cursor.field, cursor.model
    if relation is None or model is None:
        return False
    key = relation.key or ()
    identity = model.id.names if model.id is not None else ()
    others = [n for f in model.all_fields if f is not relation and not f.is_optional for n in f.key or ()]
    return any(n in identity or n in others for n in key)


def _length(text: str, name: str) -> int:
    """How many fields a written list has, 1 where there is none."""
    found = re.search(rf"{name}\s*:\s*\[([^\]]*)\]", text)
    return found[1].count(",") + 1 if found is not None else 1


def _differ(cursor: Cursor, schema: Schema, text: str, type_name: str) -> bool:
    """Whether the other list of the relation is written and has no field of this type at the place."""
    other = "fields" if cursor.wants == "references" else "references"
    found = re.search(rf"{other}\s*:\s*\[([^\]]*)\]", text)
    model = cursor.model
    if other == "references" and cursor.field is not None:
        model = schema.model(cursor.field.type_name)
    if found is None or model is None:
        return False
    names = [name.strip() for name in found[1].split(",")]
    place = cursor.levels[-1].position
    field = model.fields.get(names[place]) if place < len(names) else None
    return field is not None and field.type_name != type_name


def _retyped(pair: Pair, spot: Spot, label: str) -> bool:
    """Whether the proposal comes when it is typed."""
    lines = split_lines(spot.files[spot.name])
    schema = Schema({name: document.read(text) for name, text in spot.files.items()})
    cursor = typed(schema, spot.name, spot.line, spot.column)
    start = cursor.start if cursor is not None and cursor.word else spot.column
    text = lines[spot.line]
    lines[spot.line] = text[:start] + label + text[spot.column :]
    again = spot._replace(files={**spot.files, spot.name: "".join(lines)}, column=start + len(label))
    pair.show(again.files)
    ours, _ = pair.ask("completion", again)
    pair.show(spot.files)
    return label in {form for item in _items(ours) for form in _forms(item)}


def _failed(answer: Any) -> bool:
    return isinstance(answer, dict) and "error" in answer


def _items(answer: Any) -> list[dict[str, Any]]:
    if isinstance(answer, dict):
        answer = answer.get("items", [])
    return answer or []


def _core(text: str) -> str:
    found = _CORE.search(text.strip('"').strip())
    return found[0] if found else ""


def _forms(item: dict[str, Any]) -> set[str]:
    edit = item.get("textEdit", {}).get("newText", "")
    texts = (item["label"], item.get("filterText", ""), edit, item.get("insertText", ""))
    return {form for text in texts if (form := _core(text))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--other", required=True)
    parser.add_argument("--ours", default=f"{sys.executable} -m prisma_lsp serve --stdio")
    parser.add_argument("--places", type=int, default=8, help="so many in each schema")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th schema")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", type=Path)
    told = parser.parse_args()
    rnd = random.Random(told.seed)
    tally = Tally()
    asked = 0
    with tempfile.TemporaryDirectory() as name:
        pair = Pair(told.ours, told.other, Path(name))
        try:
            for folder in told.folders:
                for title, files in list(groups(folder.resolve()))[:: told.every]:
                    print(f"\r{asked} {title}"[:100], end="\033[K", file=sys.stderr, flush=True)
                    # The other server needs seconds for an answer about a big schema.
                    big = sum(map(len, files.values())) > 60_000
                    for spot in spots(files, max(2, told.places // 8) if big else told.places, rnd):
                        try:
                            compare(pair, spot, tally)
                        except TimeoutError as fault:
                            print(f"\n{fault}: {title}", file=sys.stderr)
                            pair.end()
                            pair = Pair(told.ours, told.other, Path(name))
                        asked += 1
                    pair.hide()
        finally:
            pair.end()
    print(f"{asked} places; messages shown by this server: {pair.peers[0].shown[:3]}")
    for key in sorted(tally.asked):
        count, good = tally.asked[key], tally.covered[key]
        print(f"{key:44} {good:6} of {count:6}  {100 * good / count:6.2f} %")
    print("mistakes of the other server in completion:")
    for why, count in tally.mistakes.most_common():
        print(f"  {count:6} {why}")
    if told.misses:
        told.misses.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in tally.misses), "utf-8")  # fmt: skip


if __name__ == "__main__":
    main()
