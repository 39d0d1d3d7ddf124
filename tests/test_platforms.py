"""Paths, URIs and texts of other systems, simulated."""

from __future__ import annotations

import ntpath
import os
import posixpath
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from pygls import uris
from test_faults import TEXT, Editor

from prisma_lsp.server import places


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "IS_WIN", True)
    monkeypatch.setattr(places, "os", SimpleNamespace(path=ntpath, name="nt", listdir=lambda folder: []))


@pytest.fixture
def posix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "IS_WIN", False)
    monkeypatch.setattr(places, "os", SimpleNamespace(path=posixpath, name="posix"))


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/me/schema.prisma", r"c:\Users\me\schema.prisma"),
        ("file:///C:/Users/me/schema.prisma", r"c:\Users\me\schema.prisma"),
        ("file:///c:/a/../b/schema.prisma", r"c:\b\schema.prisma"),
        ("file:///c%3A/with%20space/%C3%A9%F0%9F%98%80.prisma", "c:\\with space\\é😀.prisma"),
        ("file://server/share/schema.prisma", r"\\server\share\schema.prisma"),
        ("file://localhost/c:/a.prisma", r"c:\a.prisma"),
        ("untitled:Untitled-1", "untitled:Untitled-1"),
        ("vscode-vfs://github/a/b.prisma", "vscode-vfs://github/a/b.prisma"),
        ("file:", "file:"),
    ],
)
def test_uris_on_windows(windows: None, uri: str, path: str) -> None:
    assert places.to_path(uri) == path


@pytest.mark.parametrize(
    "path",
    [r"c:\Users\me\schema.prisma", "c:\\with space\\é😀.prisma", r"\\server\share\schema.prisma"],
)
def test_paths_on_windows_come_back(windows: None, path: str) -> None:
    assert places.to_path(places.Uris().of(path)) == path


def test_the_clients_spelling_of_a_drive_is_kept(windows: None) -> None:
    known = places.Uris()
    path = known.remember("file:///c%3A/a.prisma")
    assert known.of(path) == "file:///c%3A/a.prisma"
    # The same file as another part of the client spells it.
    assert places.to_path("file:///C:/a.prisma") == path
    known.forget(path)
    assert places.to_path(known.of(path)) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///home/me/schema.prisma", "/home/me/schema.prisma"),
        ("file:///home/me/%E2%82%AC%20%23%3F.prisma", "/home/me/€ #?.prisma"),
        ("file:///home/me/a%5Cb.prisma", "/home/me/a\\b.prisma"),
        ("FILE:///home/me/a.prisma", "/home/me/a.prisma"),
        ("file://localhost/home/a.prisma", "/home/a.prisma"),
        ("file:/home/a.prisma", "/home/a.prisma"),
        # Another machine's file is none of ours.
        ("file://evil.example/etc/passwd", "file://evil.example/etc/passwd"),
    ],
)
def test_uris_elsewhere(posix: None, uri: str, path: str) -> None:
    assert places.to_path(uri) == path


@pytest.mark.parametrize("path", ["/", "//", "//x", "/a b/é.prisma", "/a#?%.prisma"])
def test_paths_elsewhere_come_back(posix: None, path: str) -> None:
    assert places.to_path(places.Uris().of(path)) in (path, posixpath.normpath(path), "/" + path.lstrip("/"))


class Folding:
    """A file system that takes names for one that differ in case only, as those of Windows and macOS."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.listed: list[str] = []
        monkeypatch.setattr(places, "_folds_case", lambda: True)
        monkeypatch.setattr(places, "_names", self.names)
        places._as_on_disk.cache_clear()  # type: ignore[attr-defined]

    def names(self, folder: str) -> list[str]:
        self.listed.append(folder)
        try:
            return os.listdir(folder)
        except OSError:
            return []


@pytest.fixture
def folding(monkeypatch: pytest.MonkeyPatch) -> Iterator[Folding]:
    yield Folding(monkeypatch)
    places._as_on_disk.cache_clear()  # type: ignore[attr-defined]


def test_names_that_differ_in_case_are_one_file(tmp_path: Path, folding: Folding) -> None:
    folder = tmp_path / "Prisma" / "Schema"
    folder.mkdir(parents=True)
    (folder / "Schemá.prisma").write_text(TEXT, "utf-8")
    real = str(folder / "Schemá.prisma")
    assert places.to_path((folder / "Schemá.prisma").as_uri()) == real
    for spelled in ("prisma/schema/schemá.prisma", "PRISMA/Schema/SCHEMÁ.PRISMA", "Prisma/schema/Schema\u0301.prisma"):
        assert places.to_path((tmp_path / spelled).as_uri()) == real
    # A file that is not there yet, in a folder that is.
    assert places.to_path((tmp_path / "prisma/SCHEMA/New.prisma").as_uri()) == str(folder / "New.prisma")
    # Where both exist, as Linux has them, each is itself.
    (folder / "schemá.prisma").write_text(TEXT, "utf-8")
    places._as_on_disk.cache_clear()  # type: ignore[attr-defined]
    assert places.to_path((folder / "schemá.prisma").as_uri()) == str(folder / "schemá.prisma")
    assert places.to_path((folder / "SCHEMÁ.prisma").as_uri()) == str(folder / "SCHEMÁ.prisma")


def test_a_file_that_is_opened_in_another_spelling_is_there_once(tmp_path: Path, folding: Folding) -> None:
    root = tmp_path / "Root"
    root.mkdir()
    (root / "other.prisma").write_text("model Other {\n  id Int @id\n}\n", "utf-8")
    editor = Editor(root)
    store = editor.door.core.store
    spelled = (tmp_path / "root" / "OTHER.prisma").as_uri()
    text = "model Other {\n  id Int @id\n  x  Nowhere\n}\n"
    item = {"uri": spelled, "languageId": "prisma", "version": 1, "text": text}
    editor.said()
    editor.send(method="textDocument/didOpen", params={"textDocument": item})
    editor.later()
    session = store.session(str(editor.path))
    assert session is not None and sorted(session.schema.files) == [str(root / "other.prisma"), str(editor.path)]
    shown = [m["params"] for m in editor.said() if m.get("method") == "textDocument/publishDiagnostics"]
    # Told in the client's own spelling, and no model is there twice.
    (last,) = [one["diagnostics"] for one in shown if one["uri"] == spelled][-1:]
    assert "Nowhere" in str(last) and "duplicate" not in str(shown)
    assert not [one for one in shown if one["uri"].endswith("other.prisma")]
    at = {"textDocument": {"uri": (root / "Other.prisma").as_uri()}, "position": {"line": 0, "character": 7}}
    assert "Other" in str(editor.ask("textDocument/hover", **at)["result"])
    editor.is_well()
    editor.send(method="textDocument/didClose", params={"textDocument": {"uri": spelled}})
    editor.later()
    assert "Nowhere" not in str(store.session(str(editor.path)).schema.files[str(root / "other.prisma")].text)  # type: ignore[union-attr]


def test_keys_list_no_folder(tmp_path: Path, folding: Folding) -> None:
    editor = Editor(tmp_path)
    editor.is_well()
    folding.listed.clear()
    editor.is_well()
    assert folding.listed == []


def test_a_drive_in_another_case_is_the_same_file(windows: None) -> None:
    known = places.Uris()
    path = known.remember("file:///c%3A/Work/schema.prisma")
    assert known.remember("file:///C:/Work/schema.prisma") == path == r"c:\Work\schema.prisma"
    known.forget(path)
    assert not known._paths and not known._spelled


def test_line_ends_of_windows(tmp_path) -> None:  # type: ignore[no-untyped-def]
    editor = Editor(tmp_path)
    editor.change(TEXT.replace("\n", "\r\n"), None, 2)
    editor.is_well()
    options = {"tabSize": 2, "insertSpaces": True}
    edits = editor.about("textDocument/formatting", options=options)["result"] or []
    assert all("\n" not in edit["newText"].replace("\r\n", "") for edit in edits)


def test_a_mark_of_the_byte_order(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "other.prisma").write_bytes(b"\xef\xbb\xbfmodel Other {\r\n  id Int @id\r\n}\r\n")
    editor = Editor(tmp_path)
    editor.is_well()
    core = editor.door.core
    session = core.store.session(str(editor.path))
    assert session is not None
    # Prisma takes it for a mistake, and so do we, on the first line of that file.
    path = str(tmp_path / "other.prisma")
    first = session.schema.files[path].blocks[0]
    assert any(f.level == "error" and f.line == 0 for f in session.linter.findings(first))
