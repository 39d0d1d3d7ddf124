"""What other servers for schemas are known to stumble over, one after the other."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from test_door import Conversation
from test_faults import TEXT, Editor

SHOP = "".join(f"\nmodel Shop{n} {{\n  id   Int    @id\n  name String\n}}\n" for n in range(400))


@pytest.fixture(autouse=True)
def no_fault(caplog: pytest.LogCaptureFixture) -> Any:
    """Whatever is asked here, nothing of ours fails at it."""
    yield
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR], caplog.text


def publications(editor: Conversation) -> list[dict[str, Any]]:
    return [m["params"] for m in editor.said() if m.get("method") == "textDocument/publishDiagnostics"]


SETTINGS: list[Any] = [
    None, [], [None], [{}], [[]], [1], ["x"], [True], {}, 0, "x",
    [{"rules": None}], [{"rules": []}], [{"rules": {"missing-fk-index": 7}}], [{"rules": {"missing-fk-index": {"level": []}}}],
    [{"max_diagnostics": "many"}], [{"max_diagnostics": -1}], [{"max_diagnostics": None}], [{"preset": {}}], [{"overrides": "x"}],
    [{"no such setting": 1}], [{"a": {"b": {"c": [None]}}}],
]  # fmt: skip


@pytest.mark.parametrize("answer", SETTINGS)
def test_null_missing_or_ill_typed_configuration(tmp_path: Path, answer: Any) -> None:
    """As the answer to `workspace/configuration`, told unasked, and in what the client starts with."""
    editor = Editor.__new__(Editor)
    Conversation.__init__(editor, greeted=False)
    editor.number = 100
    editor.path = tmp_path / "schema.prisma"
    editor.path.write_text(TEXT, "utf-8")
    editor.uri = editor.path.as_uri()
    capabilities = {"workspace": {"configuration": True}}
    given = answer[0] if isinstance(answer, list) and answer else answer
    folders = [{"uri": tmp_path.as_uri(), "name": "root"}]
    editor.send(
        id=1, method="initialize",
        params={"capabilities": capabilities, "workspaceFolders": folders, "initializationOptions": given},
    )  # fmt: skip
    editor.send(method="initialized", params={})
    asked = [m["id"] for m in editor.said() if m.get("method") == "workspace/configuration"]
    assert asked
    editor.send(id=asked[0], result=answer)
    editor.open(editor.path, TEXT)
    for params in (None, {}, {"settings": answer}, {"settings": {"prismaLsp": given}}):
        editor.send(method="workspace/didChangeConfiguration", params=params)
    for number in [m["id"] for m in editor.said() if m.get("method") == "workspace/configuration"]:
        editor.send(id=number, error={"code": -32601, "message": "never heard of it"})
    editor.later()
    editor.is_well()


@pytest.mark.parametrize("shape", ["to its folder", "to itself", "two in a circle", "a folder of circles"])
def test_a_circle_of_links_beside_the_schema(tmp_path: Path, shape: str) -> None:
    match shape:
        case "to its folder":
            (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
        case "to itself":
            (tmp_path / "loop.prisma").symlink_to("loop.prisma")
        case "two in a circle":
            (tmp_path / "a").symlink_to("b", target_is_directory=True)
            (tmp_path / "b").symlink_to("a", target_is_directory=True)
        case _:
            for number in range(12):
                (tmp_path / f"d{number}").mkdir()
                for other in range(12):
                    (tmp_path / f"d{number}" / f"l{other}").symlink_to(tmp_path, target_is_directory=True)
    editor = Editor(tmp_path)
    editor.is_well()
    session = editor.door.core.store.session(str(editor.path))
    assert session is not None and list(session.schema.files) == [str(editor.path)]


def test_a_schema_at_the_root_of_the_workspace(tmp_path: Path) -> None:
    """Neither packages nor sources beside it are taken for parts of it."""
    for place in ("node_modules/pkg", "src", "dist", "prisma"):
        (tmp_path / place).mkdir(parents=True)
    (tmp_path / "node_modules/pkg/schema.prisma").write_text(TEXT, "utf-8")
    (tmp_path / "dist/schema.prisma").write_text(TEXT, "utf-8")
    (tmp_path / "package.json").write_text("{}", "utf-8")
    editor = Editor(tmp_path)
    editor.is_well()
    editor.later()
    assert "duplicate" not in str(publications(editor))
    session = editor.door.core.store.session(str(editor.path))
    assert session is not None and list(session.schema.files) == [str(editor.path)]


def test_a_schema_at_the_root_of_the_disk(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    editor.said()
    item = {"uri": "file:///no-such-schema.prisma", "languageId": "prisma", "version": 1, "text": TEXT}
    editor.send(method="textDocument/didOpen", params={"textDocument": item})
    editor.later()
    shown = {one["uri"]: one["diagnostics"] for one in publications(editor)}
    assert "Nothing" in str(shown["file:///no-such-schema.prisma"])
    editor.is_well()


def test_every_model_ignored(tmp_path: Path) -> None:
    editor = Editor(tmp_path)
    model = "model {0} {{\n  id Int @id\n\n  @@ignore\n}}\n\n"
    text = 'datasource db {\n  provider = "postgresql"\n}\n\n' + model.format("A") + model.format("B")
    editor.change(text, None, 5)
    assert not [d for d in editor.shown() if d["severity"] == 1]
    at = {"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 9}}
    for name, more in {
        "documentSymbol": {}, "completion": {}, "definition": {}, "codeLens": {}, "foldingRange": {},
        "references": {"context": {"includeDeclaration": True}}, "prepareRename": {}, "semanticTokens/full": {},
        "codeAction": {"range": at, "context": {"diagnostics": []}},
        "formatting": {"options": {"tabSize": 2, "insertSpaces": True}},
        "rename": {"newName": "C"},
    }.items():  # fmt: skip
        assert "error" not in editor.about(f"textDocument/{name}", 4, 6, **more), name
    assert "A" in str(editor.about("textDocument/hover", 4, 6)["result"])
    names = {symbol["name"] for symbol in editor.about("textDocument/documentSymbol")["result"]}
    assert {"db", "A", "B"} <= names
    editor.change(TEXT, None, 6)
    editor.is_well()


def test_code_actions_with_a_thousand_diagnostics_in_the_context(tmp_path: Path) -> None:
    """Of others and our own, for a place and for the whole file."""
    editor = Editor(tmp_path)
    at = {"start": {"line": 6, "character": 9}, "end": {"line": 6, "character": 9}}
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 8, "character": 0}}
    other = {"range": at, "message": "x", "code": 7, "source": "somebody else", "data": {"a": [1]}}
    odd = {"range": whole, "message": "x"}
    (own,) = [d for d in Editor(tmp_path).shown() if "Nothing" in d["message"]] or [other]
    for where in (at, whole):
        context = {"diagnostics": [other, own, odd] * 334}
        answer = editor.about("textDocument/codeAction", range=where, context=context)
        assert any("Nothing" in action["title"] for action in answer["result"])
    editor.is_well()


SCALARS = ("Int", "String", "Boolean", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes", 'Unsupported("x")')


@pytest.mark.parametrize("scalar", SCALARS)
@pytest.mark.parametrize("arity", ["", "?", "[]"])
def test_references_on_a_scalar_type(tmp_path: Path, scalar: str, arity: str) -> None:
    editor = Editor(tmp_path)
    text = f'datasource db {{\n  provider = "postgresql"\n}}\n\nmodel A {{\n  id Int @id\n  x  {scalar}{arity}\n}}\n'
    editor.change(text, None, 5)
    for character in (5, 6, len(f"  x  {scalar}"), len(f"  x  {scalar}{arity}")):
        for name in ("references", "definition", "typeDefinition", "documentHighlight", "prepareRename"):
            answer = editor.about(f"textDocument/{name}", 6, character, context={"includeDeclaration": True})
            if name == "prepareRename":
                # Refused with the reason, which the client shows.
                assert answer.get("error", {"code": -32803})["code"] == -32803 and not answer.get("result")
            else:
                assert "error" not in answer, (name, character)
            # No declaration is invented for it.
            assert name != "definition" or not answer["result"]
    editor.change(TEXT, None, 6)
    editor.is_well()


def test_nothing_is_published_for_files_that_did_not_change(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"part{number}.prisma").write_text(f"model Part{number} {{\n  id Int @id\n  x Nothing{number}\n}}\n", "utf-8")
    editor = Editor(tmp_path)
    editor.later()
    first = publications(editor)
    # Each that has something to say, once and for all.
    assert len({one["uri"] for one in first}) == 21
    for turn in range(10):
        editor.change("x", (5, 2, 5, 2), 2 * turn + 2)
        editor.later()
        editor.change("", (5, 2, 5, 3), 2 * turn + 3)
        editor.later()
    assert {one["uri"] for one in publications(editor)} <= {editor.uri}
    # Saving, looking at the disk and opening what is there already tell nothing new.
    everything = [{"uri": path.as_uri(), "type": 2} for path in tmp_path.glob("*.prisma")]
    editor.send(method="textDocument/didSave", params={"textDocument": {"uri": editor.uri}})
    editor.send(method="workspace/didChangeWatchedFiles", params={"changes": everything})
    editor.later()
    editor.about("textDocument/hover")
    assert publications(editor) == []
    # What another file makes of it does change it.
    editor.change("model Nothing3 {\n  id Int @id\n}\n", (8, 0, 8, 0), 50)
    editor.later()
    told = {one["uri"] for one in publications(editor)}
    assert told == {editor.uri, (tmp_path / "part3.prisma").as_uri()}


@pytest.mark.parametrize("patience", [0, 1, 3])
def test_diagnostics_are_never_of_another_version(tmp_path: Path, patience: int) -> None:
    """What names a version is about the text of that version, also while a long check is under way."""
    editor = Editor(tmp_path)
    last = "Nothing"

    def look(version: int) -> None:
        for one in publications(editor):
            named = set(re.findall(r"`(Nothing|Missing\d+)`", str(one["diagnostics"])))
            assert one["version"] == version and named <= {last}

    editor.said()
    editor.change(TEXT + SHOP, None, 2)
    look(2)
    assert editor.loop._soon
    for version in range(3, 40):
        new = f"Missing{version}"
        editor.change(new, (6, 8, 6, 8 + len(last)), version)
        last = new
        look(version)
        for _ in range(patience):
            if editor.loop._soon:
                editor.loop._soon.popleft()()
                look(version)
    editor.change("id2 Int\n", (6, 0, 6, 0), 40)
    editor.later()
    # The last word is about the last text.
    final = publications(editor)[-1]
    assert final["version"] == 40 and f"`{last}`" in str(final["diagnostics"])
