"""Ask a server that went through random edits everything there is, and a server that sees the text for
the first time the same: both must say the same, in places that exist, and never an error.

    python tests/agreement/answers.py FOLDER …

FOLDER holds schemas as for ``editing.py``.  In each of the three encodings the files of a schema are
opened, given wide characters and edited: letters, half lines, lines gone, twice or pasted from elsewhere.
After every edit each request is made at a random place, now and then outside the text, stale or
cancelled.  Tokens that come as a difference are put together and compared with the full answer.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from editing import Peer, groups

from prisma_lsp.text import Encoding, split_lines, to_units

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
CANCELLED = (-32800, -32801, -32802)
REFUSING = ("rename", "prepareRename")
WIDE = ("😀", "é", "漢字", "\u2028", "e\u0301", "𝒳")
# Half-typed things that people write.
BITS = ("@", "@@", "@relation(", "[", "(", '"', "{", "}", "/*", "*/", "//", "///", " ", "?", "model X", "\n", "  ", "enum", "@db.", ":", ",", "// #region a\n", "// #endregion\n")


class Client:
    """A server with the files of one schema, in one encoding."""

    def __init__(self, command: str, folder: Path, encoding: Encoding) -> None:
        self.encoding = encoding
        self.folder = folder
        text = {
            "hover": {"contentFormat": ["markdown"]},
            "definition": {"linkSupport": True},
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
            "completion": {"completionItem": {"snippetSupport": True, "insertReplaceSupport": True}},
        }
        experimental = {"commands": ["prismaLsp.showReferences"]}
        self.peer = Peer(command, folder, {
            "general": {"positionEncodings": [encoding]}, "textDocument": text,
            "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
            "experimental": experimental,
        })  # fmt: skip
        assert self.peer.provides["positionEncoding"] == encoding

    def open(self, files: dict[str, str]) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for name, text in files.items():
            (self.folder / name).write_bytes(text.encode())
        for name, text in files.items():
            item = {"uri": self.uri(name), "languageId": "prisma", "version": 1, "text": text}
            self.peer.tell("textDocument/didOpen", {"textDocument": item})

    def close(self, files: dict[str, str]) -> None:
        for name in files:
            self.peer.tell("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def position(self, lines: list[str], line: int, column: int) -> dict[str, int]:
        text = lines[line] if line < len(lines) else ""
        return {"line": line, "character": to_units(text, min(column, len(text)), self.encoding)}

    def ask(self, method: str, params: object) -> Any:
        answer = self.peer.ask(method, params)
        told = json.dumps(answer, ensure_ascii=False).replace(self.folder.as_uri(), "file:")
        return json.loads(told)


def edit(lines: list[str], rnd: random.Random) -> tuple[int, int, int, int, str]:
    """(line, column, end line, end column, text) of an edit."""
    line = rnd.randrange(len(lines)) if lines else 0
    text = lines[line].rstrip("\r\n") if lines else ""
    column = rnd.randint(0, len(text))
    match rnd.randrange(7):
        case 0:
            return line, column, line, column, rnd.choice(BITS)
        case 1:
            return line, column, line, column, rnd.choice(WIDE)
        case 2:
            return line, column, line, len(text), ""
        case 3:
            return line, 0, line + 1, 0, ""
        case 4 if lines:
            return line, 0, line, 0, lines[rnd.randrange(len(lines))]
        case 5:
            end = min(len(text), column + rnd.randint(1, 4))
            return line, column, line, end, ""
        case _:
            return line, column, line, column, rnd.choice("abcXYZ_09 ")


def changed(text: str, at: tuple[int, int, int, int, str]) -> str:
    line, column, end_line, end, new = at
    lines = split_lines(text)

    def offset(row: int, place: int) -> int:
        return sum(map(len, lines[:row])) + (place if row < len(lines) else 0)

    return text[: offset(line, column)] + new + text[offset(end_line, end) :]


def requests(uri: str, at: dict[str, int], end: dict[str, int]) -> Iterator[tuple[str, Any]]:
    document = {"textDocument": {"uri": uri}}
    here = {**document, "position": at}
    stretch = {**document, "range": {"start": at, "end": end}}
    whole = {**document, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 10**6, "character": 0}}}
    for name in ("hover", "definition", "declaration", "typeDefinition", "documentHighlight", "signatureHelp",
                 "prepareTypeHierarchy", "prepareRename", "completion"):  # fmt: skip
        yield name, here
    yield "references", {**here, "context": {"includeDeclaration": True}}
    yield "rename", {**here, "newName": "Renamed"}
    yield "selectionRange", {**document, "positions": [at, end]}
    yield "semanticTokens/range", stretch
    yield "inlayHint", stretch
    yield "inlayHint", whole
    for name in ("documentSymbol", "foldingRange", "documentLink", "codeLens"):
        yield name, document
    yield "codeAction", {**stretch, "context": {"diagnostics": []}}


def outside(answer: Any, uri: str, lines: list[str], encoding: Encoding) -> str:
    """What of an answer lies in no place of the file, or ""."""
    widths = [to_units(line, len(line.rstrip("\r\n")), encoding) for line in lines] or [0]
    problem = ""

    def look(value: Any, about: str) -> None:
        nonlocal problem
        if isinstance(value, dict):
            about = value.get("uri", value.get("targetUri", about))
            if set(value) == {"start", "end"} and isinstance(value["start"], dict) and about == uri:
                places = [(value[n]["line"], value[n]["character"]) for n in ("start", "end")]
                if places[0] > places[1]:
                    problem = f"{value} ends before it begins"
                for line, column in places:
                    # The end of the last line may be told as the beginning of the next.
                    if line > len(widths) or (line < len(widths) and column > widths[line]):
                        problem = f"{value} is outside"
                    elif line < len(widths) and not is_whole(lines[line] if lines else "", column, encoding):
                        problem = f"{value} is inside a character"
            for name, one in value.items():
                # What a completion is to replace is in its file, its command's arguments anywhere.
                look(one, about if name != "arguments" else "")
        elif isinstance(value, list):
            for one in value:
                look(one, about)

    look(answer, uri)
    return problem


def is_whole(text: str, column: int, encoding: Encoding) -> bool:
    if encoding == "utf-32" or text.isascii():
        return True
    known = set()
    passed = 0
    for letter in text:
        known.add(passed)
        passed += to_units(letter, 1, encoding)
    return column in known or column >= passed


def tokens_outside(data: list[int], lines: list[str], encoding: Encoding) -> str:
    line = column = 0
    for at in range(0, len(data), 5):
        down, right, length = data[at : at + 3]
        line, column = line + down, right if down else column + right
        text = lines[line] if line < len(lines) else ""
        if not length or column + length > to_units(text, len(text.rstrip("\r\n")), encoding):
            return f"token in line {line}, {column} + {length}: {text!r}"
        if not (is_whole(text, column, encoding) and is_whole(text, column + length, encoding)):
            return f"token inside a character in line {line}: {text!r}"
    return ""


class Run:
    def __init__(self, ours: str, folder: Path, rnd: random.Random) -> None:
        self.rnd = rnd
        self.asked: collections.Counter[str] = collections.Counter()
        self.wrong: list[str] = []
        self.long = {e: Client(ours, folder / f"long-{e}", e) for e in ENCODINGS}
        self.fresh = {e: Client(ours, folder / f"fresh-{e}", e) for e in ENCODINGS}

    def note(self, name: str, what: str, encoding: Encoding, line: str, text: str = "") -> None:
        self.wrong.append(f"{name} [{encoding}] {line!r}: {what}")
        print(f"\n{self.wrong[-1]}", file=sys.stderr)

    def schema(self, files: dict[str, str], encoding: Encoding, edits: int) -> None:
        rnd, long, fresh = self.rnd, self.long[encoding], self.fresh[encoding]
        files = dict(files)
        for name in files:
            for _ in range(3):
                lines = split_lines(files[name])
                line = rnd.randrange(len(lines)) if lines else 0
                files[name] = changed(files[name], (line, 0, line, 0, rnd.choice(("// 😀 region\n", "/* 漢字 */ ", "/// 𝒳 é\n"))))
        long.open(files)
        told: dict[str, tuple[str, list[int]]] = {}
        version = 1
        for number in range(edits):
            name = rnd.choice(list(files))
            uri = long.uri(name)
            lines = split_lines(files[name])
            for _ in range(rnd.choice((1, 1, 1, 3))):
                at = edit(lines, rnd)
                version += 1
                start, end = long.position(lines, at[0], at[1]), long.position(lines, at[2], at[3])
                event = {"range": {"start": start, "end": end}, "text": at[4]}
                to = {"uri": uri, "version": version if rnd.random() < 0.9 else version - 5}
                long.peer.tell("textDocument/didChange", {"textDocument": to, "contentChanges": [event]})
                files[name] = changed(files[name], at)
                lines = split_lines(files[name])
            row = rnd.choice((at[0], rnd.randrange(len(lines) + 1)))
            column = rnd.randint(0, len(lines[row].rstrip("\r\n"))) if row < len(lines) else 0
            place = long.position(lines, row, column)
            end = long.position(lines, min(len(lines), row + rnd.randint(0, 30)), 0)
            if (end["line"], end["character"]) < (place["line"], place["character"]):
                end = place
            shown = lines[row] if row < len(lines) else ""
            if number % 2 == 0:
                fresh.open(files)
            said: list[tuple[str, Any]] = []
            for method, params in requests(uri, place, end):
                said.append((method, long.ask(f"textDocument/{method}", params)))
            for (method, answer), (_, params) in zip(said, requests(fresh.uri(name), place, end), strict=True):
                self.asked[method] += 1
                if isinstance(answer, dict) and "error" in answer:
                    if method not in REFUSING:
                        self.note(method, str(answer), encoding, shown)
                    continue
                if problem := outside(answer, f"file:/{name}", lines, encoding):
                    self.note(method, problem, encoding, shown)
                if number % 2 == 0:
                    other = fresh.ask(f"textDocument/{method}", params)
                    if bare(other) != bare(answer):
                        self.note(method, apart(answer, other), encoding, shown)
            self.further(long, fresh if number % 2 == 0 else None, said, shown)
            self.tokens(long, fresh if number % 2 == 0 else None, name, lines, told, encoding)
            self.badly(long, name, place)
            if number % 2 == 0:
                fresh.close(files)
        long.close(files)

    def further(self, long: Client, fresh: Client | None, said: list[tuple[str, Any]], shown: str) -> None:
        """What is asked about an answer, and about the whole schema."""
        questions: list[tuple[str, Any]] = [("workspace/symbol", {"query": self.rnd.choice(("", "o", "user", "Us.id", "é"))})]
        for method, answer in said:
            if method == "prepareTypeHierarchy" and answer:
                questions += [(f"typeHierarchy/{name}", {"item": answer[0]}) for name in ("supertypes", "subtypes")]
            elif method == "completion" and answer and answer.get("items"):
                questions.append(("completionItem/resolve", self.rnd.choice(answer["items"])))
        for method, params in questions:
            self.asked[method] += 1
            text = json.dumps(params, ensure_ascii=False)
            answer = long.ask(method, json.loads(text.replace("file:/", long.folder.as_uri() + "/")))
            if isinstance(answer, dict) and "error" in answer:
                self.note(method, str(answer), long.encoding, shown)
            elif fresh is not None:
                other = fresh.ask(method, json.loads(text.replace("file:/", fresh.folder.as_uri() + "/")))
                # The search looks through everything that is open or on disk.
                if method != "workspace/symbol" and bare(other) != bare(answer):
                    self.note(method, apart(answer, other), long.encoding, shown)
        for lens in next((answer for method, answer in said if method == "codeLens"), None) or []:
            if lens["command"]["command"].startswith("prisma-lsp."):
                self.asked["lens"] += 1
                arguments = [text.replace("file:/", long.folder.as_uri() + "/") for text in lens["command"]["arguments"]]
                run = {"command": lens["command"]["command"], "arguments": arguments}
                applied = len(long.peer.applied)
                answer = long.ask("workspace/executeCommand", run)
                if answer is not None or len(long.peer.applied) != applied + 1:
                    self.note("lens", f"{answer}, {long.peer.applied[applied:]}", long.encoding, shown)
                break

    def tokens(self, long: Client, fresh: Client | None, name: str, lines: list[str], told: dict[str, tuple[str, list[int]]], encoding: Encoding) -> None:
        document = {"textDocument": {"uri": long.uri(name)}}
        self.asked["tokens"] += 1
        if name in told:
            number, data = told[name]
            answer = long.ask("textDocument/semanticTokens/full/delta", {**document, "previousResultId": number})
            if "edits" in answer:
                data = list(data)
                for one in sorted(answer["edits"], key=lambda one: -one["start"]):
                    data[one["start"] : one["start"] + one["deleteCount"]] = one.get("data", [])
            else:
                data = answer["data"]
        else:
            answer = long.ask("textDocument/semanticTokens/full", document)
            data = answer["data"]
        told[name] = (answer["resultId"], data)
        if problem := tokens_outside(data, lines, encoding):
            self.note("tokens", problem, encoding, "")
        if fresh is not None:
            full = fresh.ask("textDocument/semanticTokens/full", {"textDocument": {"uri": fresh.uri(name)}})["data"]
            if full != data:
                at = next((n for n, (a, b) in enumerate(zip(full, data, strict=False)) if a != b), min(len(full), len(data)))
                self.note("delta", f"{data[at : at + 10]} … first seen {full[at : at + 10]} at {at}", encoding, "")

    def badly(self, client: Client, name: str, place: dict[str, int]) -> None:
        """Places that are not there, and requests that nobody waits for any more."""
        rnd, uri = self.rnd, client.uri(name)
        far = rnd.choice((10**5, 2**31 - 1))
        spot = rnd.choice(({"line": far, "character": 0}, {**place, "character": far}, {"line": far, "character": far}))
        for method, params in rnd.sample(list(requests(uri, spot, spot)), 3):
            self.asked["outside the text"] += 1
            answer = client.ask(f"textDocument/{method}", params)
            if isinstance(answer, dict) and "error" in answer and method not in REFUSING:
                self.note(method, f"outside: {answer}", client.encoding, "")
        for method, params in rnd.sample(list(requests(uri, place, place)), 2):
            self.asked["cancelled"] += 1
            answer = client.peer.ask(f"textDocument/{method}", params, cancel=True)
            code = answer.get("code") if isinstance(answer, dict) else None
            if isinstance(answer, dict) and "error" in answer and code not in CANCELLED and method not in REFUSING:
                self.note(method, f"cancelled: {answer}", client.encoding, "")

    def end(self) -> None:
        for client in (*self.long.values(), *self.fresh.values()):
            client.peer.ask("shutdown", None)
            if client.peer.shown:
                self.wrong.append(f"shown: {client.peer.shown[:3]}")
            client.peer.end()


def apart(one: Any, other: Any) -> str:
    """Where two answers begin to differ."""
    texts = [json.dumps(bare(answer), ensure_ascii=False) for answer in (one, other)]
    at = next((n for n, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    return f"…{texts[0][max(0, at - 300) : at + 100]}\n  first seen: {texts[1][max(0, at - 60) : at + 100]}"


def bare(answer: Any) -> Any:
    """Without what counts the text's versions."""
    return json.loads(json.dumps(answer), object_hook=lambda d: {k: v for k, v in d.items() if k not in ("version", "resultId")})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--ours", default=f"{sys.executable} -m prisma_lsp serve --stdio")
    parser.add_argument("--edits", type=int, default=10, help="so many in each schema and encoding")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th schema")
    parser.add_argument("--longest", type=int, default=60_000, help="no schemas of more characters")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    rnd = random.Random(told.seed)
    with tempfile.TemporaryDirectory() as name:
        run = Run(shlex.join(shlex.split(told.ours)), Path(name), rnd)
        count = 0
        for folder in told.folders:
            for title, files in list(groups(folder.resolve()))[:: told.every]:
                if sum(map(len, files.values())) > told.longest:
                    continue
                count += 1
                for encoding in ENCODINGS:
                    try:
                        run.schema(files, encoding, told.edits)
                    except TimeoutError as fault:
                        run.wrong.append(f"{title}: {fault}")
        run.end()
    print(f"{count} schemas, {sum(run.asked.values())} questions, {len(run.wrong)} answered wrongly")
    print(", ".join(f"{key} {n}" for key, n in sorted(run.asked.items())))
    for one in run.wrong[:20]:
        print(one[:600])


if __name__ == "__main__":
    main()
