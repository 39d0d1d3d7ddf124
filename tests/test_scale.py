"""Much beside the schema, and many schemas: neither is read for nothing."""

from __future__ import annotations

import builtins
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_faults import Editor

from prisma_lsp import discovery

SHOP = 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Shop {\n  id Int @id\n}\n'


class Disk:
    """Counts what is listed, looked at and read, by path."""

    def __init__(self) -> None:
        self.listed: list[str] = []
        self.looked: list[str] = []
        self.read: list[str] = []

    def clear(self) -> None:
        for one in (self.listed, self.looked, self.read):
            one.clear()

    def calls(self, root: Path) -> list[str]:
        """Every call, in its order within a kind, by the path below ``root``."""
        kinds = {"list": self.listed, "look": self.looked, "read": self.read}
        return [f"{kind} {os.path.relpath(path, root)}" for kind, paths in kinds.items() for path in paths]


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    seen = Disk()
    scandir, listdir, read = os.scandir, os.listdir, discovery.read_text
    stat, lstat, opened = os.stat, os.lstat, builtins.open

    def scanned(path: Any = ".") -> Any:
        if not isinstance(path, int):
            seen.listed.append(os.fspath(path))
        return scandir(path)

    def named(path: Any = ".") -> Any:
        seen.listed.append(os.fspath(path))
        return listdir(path)

    def text(path: Path, *more: Any) -> str:
        seen.read.append(os.fspath(path))
        return read(path, *more)

    def looked(path: Any, *more: Any, **named: Any) -> Any:
        if not isinstance(path, int):
            seen.looked.append(os.fspath(path))
        return stat(path, *more, **named)

    def looked_itself(path: Any, *more: Any, **named: Any) -> Any:
        seen.looked.append(os.fspath(path))
        return lstat(path, *more, **named)

    def opens(path: Any, *more: Any, **named: Any) -> Any:
        if not isinstance(path, int):
            seen.read.append(os.fspath(path))
        return opened(path, *more, **named)

    monkeypatch.setattr(os, "stat", looked)
    monkeypatch.setattr(os, "lstat", looked_itself)
    monkeypatch.setattr(builtins, "open", opens)
    monkeypatch.setattr(os, "scandir", scanned)
    monkeypatch.setattr(os, "listdir", named)
    monkeypatch.setattr(discovery, "read_text", text)
    return seen


def packages(root: Path, count: int) -> Iterator[Path]:
    """Installed packages, some of which bring a copy of the schema."""
    for number in range(count):
        folder = root / "node_modules" / f"package{number}" / "dist"
        folder.mkdir(parents=True)
        (folder / "index.js").write_text("", "utf-8")
        if number % 10 == 0:
            (folder / "schema.prisma").write_text(SHOP, "utf-8")
        yield folder


def test_installed_packages_beside_a_schema_are_not_looked_at(tmp_path: Path, disk: Disk) -> None:
    assert len(list(packages(tmp_path, 300))) == 300
    (tmp_path / "package.json").write_text("{}", "utf-8")
    disk.listed.clear()
    editor = Editor(tmp_path)
    editor.is_well()
    inside = [p for p in (*disk.listed, *disk.read) if "node_modules" in p]
    assert [p for p in inside if "package" in os.path.relpath(p, tmp_path / "node_modules")] == []
    session = editor.door.core.store.session(str(editor.path))
    assert session is not None and list(session.schema.files) == [str(editor.path)]


def installed(root: Path, packages: int, files: int) -> None:
    """A `node_modules` as npm leaves it; every tenth package brings a schema."""
    for number in range(packages):
        folder = root / "node_modules" / f"@scope{number % 7}" / f"package{number}" / "dist"
        os.makedirs(folder)
        for name in range(files - 1):
            os.close(os.open(f"{folder}/file{name}.js", os.O_CREAT | os.O_WRONLY))
        last = folder / ("schema.prisma" if number % 10 == 0 else "package.json")
        last.write_text(SHOP if number % 10 == 0 else "{}", "utf-8")


def test_fifty_thousand_installed_files_are_not_noticed(tmp_path: Path, disk: Disk) -> None:
    """Start, keys, saving and a change on disk make the same calls of the system beside one package
    as beside a thousand."""
    seen = []
    for packages, files in ((1, 2), (1_000, 50)):
        root = tmp_path / str(packages)
        root.mkdir()
        installed(root, packages, files)
        (root / "package.json").write_text("{}", "utf-8")
        try:
            disk.clear()
            editor = Editor(root)
            editor.later()
            start = disk.calls(root)
            disk.clear()
            editor.is_well()
            typing = disk.calls(root)
            disk.clear()
            editor.send(method="textDocument/didSave", params={"textDocument": {"uri": editor.uri}})
            change = {"uri": (root / "package.json").as_uri(), "type": 2}
            editor.send(method="workspace/didChangeWatchedFiles", params={"changes": [change]})
            editor.later()
            seen.append((start, typing, disk.calls(root)))
        finally:
            shutil.rmtree(root)
    # The first one imports what the second finds imported.
    few, many = ([[c for c in calls if ".." not in c] for calls in one] for one in seen)
    assert many == few
    assert many[0] and not many[1]


def test_a_keystroke_asks_nothing_of_the_disk(tmp_path: Path, disk: Disk) -> None:
    editor = Editor(tmp_path)
    editor.is_well()
    disk.listed.clear()
    disk.read.clear()
    editor.change("Mistyped", (5, 8, 5, 11), 60)
    editor.later()
    editor.change("Int", (5, 8, 5, 16), 61)
    editor.later()
    assert disk.listed == [] and disk.read == []


@pytest.mark.parametrize("place", ["generated", "node_modules/.prisma/client", "src/generated/client"])
def test_generated_copies_are_no_part(tmp_path: Path, place: str) -> None:
    (tmp_path / "package.json").write_text("{}", "utf-8")
    root = tmp_path / "prisma"
    root.mkdir()
    for folder in (tmp_path / place, root / place):
        folder.mkdir(parents=True)
        (folder / "schema.prisma").write_text(SHOP.replace("Shop", "Secret_table"), "utf-8")
    editor = Editor(root)
    editor.is_well()
    session = editor.door.core.store.session(str(editor.path))
    assert session is not None and list(session.schema.files) == [str(editor.path)]
    assert not [d for d in editor.shown() if "duplicate" in str(d.get("code"))]


def test_two_hundred_files_are_one_schema(tmp_path: Path) -> None:
    for number in range(200):
        text = f"model Part{number} {{\n  id Int @id\n  next Part{(number + 1) % 200}?\n}}\n"
        (tmp_path / f"part{number:03}.prisma").write_text(text, "utf-8")
    editor = Editor(tmp_path)
    editor.later()
    session = editor.door.core.store.session(str(editor.path))
    assert session is not None and len(session.schema.files) == 201
    touched = editor.door.core.store.edit(str(editor.path), [(None, editor.path.read_text("utf-8"))])
    assert touched == {str(editor.path)}
    editor.is_well()


def test_fifty_schemas_stay_apart_and_only_the_open_ones_are_read(tmp_path: Path, disk: Disk) -> None:
    for number in range(50):
        folder = tmp_path / "apps" / f"app{number:02}" / "prisma"
        folder.mkdir(parents=True)
        (folder.parent / "package.json").write_text("{}", "utf-8")
        (folder / "schema.prisma").write_text(SHOP, "utf-8")
        (folder / "more.prisma").write_text(f"model Only{number} {{\n  id Int @id\n}}\n", "utf-8")
    editor = Editor(tmp_path)
    for number in (3, 17):
        path = tmp_path / "apps" / f"app{number:02}" / "prisma" / "schema.prisma"
        editor.open(path, SHOP)
    editor.is_well()
    store = editor.door.core.store
    assert len(store.sessions) == 3
    others = {p for p in disk.read if p.endswith(".prisma") and "app03" not in p and "app17" not in p}
    # Which schema a folder's files belong to is asked where the opened file stands, nowhere else.
    assert not [p for p in others if os.sep + "apps" + os.sep in p]
    for number in (3, 17):
        session = store.session(str(tmp_path / "apps" / f"app{number:02}" / "prisma" / "more.prisma"))
        assert session is not None and session.schema.kind_of(f"Only{number}") == "model"
        assert session.schema.kind_of("Only4") is None


def test_a_link_out_of_the_workspace_is_not_followed(tmp_path: Path, disk: Disk) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "other.prisma").write_text("model Other {\n  id Int @id\n}\n", "utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "linked").symlink_to(outside, target_is_directory=True)
    (root / "linked.prisma").symlink_to(outside / "other.prisma")
    editor = Editor(root)
    editor.is_well()
    session = editor.door.core.store.session(str(editor.path))
    assert session is not None and session.schema.kind_of("Other") is None
    assert not [p for p in disk.read if "outside" in p or "linked" in p]
