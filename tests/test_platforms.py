"""Paths, URIs and texts of other systems, simulated."""

from __future__ import annotations

import ntpath
import posixpath
from types import SimpleNamespace

import pytest
from pygls import uris
from test_faults import TEXT, Editor

from prisma_lsp.server import places


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uris, "IS_WIN", True)
    monkeypatch.setattr(places, "os", SimpleNamespace(path=ntpath, name="nt"))


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
