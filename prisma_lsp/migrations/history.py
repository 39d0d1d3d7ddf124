"""The files of one migrations folder, folded one after the other, with a snapshot after each."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Protocol

from prisma_lsp.migrations.fold import fold, folding
from prisma_lsp.migrations.reader import placing, read_script, reading
from prisma_lsp.migrations.slices import finished
from prisma_lsp.migrations.state import Database, empty
from prisma_lsp.migrations.statements import Placed, Script
from prisma_lsp.migrations.text import SqlText
from prisma_lsp.migrations.values import replace

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FOLDER_BYTES = 200 * 1024 * 1024
_MAX_LOCK_BYTES = 64 * 1024
# Scripts that are kept once they are folded: those that an editor asks for again and again.
_KEPT = 8
_MAX_KEPT = 1024 * 1024

_PROVIDER = re.compile(r"""^\s*provider\s*=\s*["']([\w-]+)["']""", re.MULTILINE)
_DIALECTS = {
    "postgresql": "postgresql", "postgres": "postgresql", "cockroachdb": "postgresql",
    "mysql": "mysql", "sqlite": "sqlite", "sqlserver": "sqlserver",
}  # fmt: skip


class Stamp(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def modified(self) -> int: ...
    @property
    def size(self) -> int: ...


class History:
    """Folds no further than it is asked for, and nothing twice."""

    __slots__ = ("_names", "_scripts", "_snapshots", "_text", "_work", "dialect", "lock", "stamps")

    def __init__(
        self, dialect: str, stamps: Sequence[Stamp], lock: Stamp | None = None
    ) -> None:
        self.dialect = dialect
        self.stamps = tuple(stamps)
        self.lock = lock
        """Of `migration_lock.toml`, which says the dialect."""
        self._names = [_name(stamp.path) for stamp in self.stamps]
        self._snapshots: list[Database] = [empty(dialect)]
        """Before the first file, and after each that is folded."""
        self._scripts: OrderedDict[Stamp | str, Script] = OrderedDict()
        self._work: Iterator[None] = iter(())
        # The one that was asked for last: who asks for one place in it asks for others.
        self._text: tuple[Stamp, SqlText | None] | None = None

    @classmethod
    def of(
        cls,
        folder: str | None,
        stamps: Sequence[Stamp],
        lock: Stamp | None,
        earlier: History | None,
    ) -> History:
        """The history of these files. What ``earlier`` folded of the same files is taken over."""
        provider = None if folder is None else locked_provider(folder)
        dialect = _DIALECTS.get(provider or "") or _guessed(stamps)
        history = cls(dialect, stamps, lock)
        if earlier is not None and earlier.dialect == dialect:
            same = 0
            for one, other in zip(earlier.stamps, history.stamps, strict=False):
                if one != other:
                    break
                same += 1
            history._snapshots = earlier._snapshots[: same + 1]
            history._scripts = earlier._scripts
        return history

    def state(self) -> Database:
        """After all files."""
        return self._after(len(self.stamps))

    def before(self, path: str) -> Database:
        """Before the file at ``path``, or where it would be."""
        return self._after(self._place(path))

    def after(self, path: str, text: str | None = None) -> Database:
        """After the file at ``path``; ``text`` is what it holds, if not what is on disk."""
        place = self._place(path)
        if text is None:
            known = place < len(self.stamps) and self.stamps[place].path == path
            return self._after(place + 1 if known else place)
        return fold(self._after(place), self.buffer(path, text), path)

    def buffer(self, path: str, text: str) -> Script:
        """The statements of an editor's buffer: only those that changed are read again."""
        script = read_script(text, self.dialect, self._scripts.get(path))
        self._keep(path, script)
        return script

    def script(self, path: str) -> Script | None:
        """The statements of the file at ``path``; None where it is not there or cannot be read."""
        place = self._place(path)
        if place < len(self.stamps) and self.stamps[place].path == path:
            found = self._script(self.stamps[place])
            return found if isinstance(found, Script) else None
        return None

    def text(self, path: str) -> SqlText | None:
        """The text of the file at ``path``; None where it is not there or cannot be read."""
        place = self._place(path)
        if place == len(self.stamps) or self.stamps[place].path != path:
            return None
        stamp = self.stamps[place]
        if self._text is None or self._text[0] is not stamp:
            script = self._scripts.get(stamp)
            text = _read(stamp)[0] if script is None else script.text
            self._text = stamp, None if text is None else SqlText.of(text)
        return self._text[1]

    def _place(self, path: str) -> int:
        """The number of files that are applied before the one at ``path``."""
        import bisect

        return bisect.bisect_left(self._names, _name(path))

    @property
    def unread(self) -> int:
        """How many bytes are not folded yet."""
        return sum(max(stamp.size, 0) for stamp in self.stamps[len(self._snapshots) - 1 :])

    def work(self) -> bool:
        """Go on to the next pause; False where all is folded."""
        if len(self._snapshots) > len(self.stamps):
            return False
        if next(self._work, self) is self:
            # Nothing was begun, or it was broken off by a fault.
            self._work = self._fold_on()
        return True

    def _after(self, count: int) -> Database:
        while len(self._snapshots) <= count:
            self.work()
        return self._snapshots[count]

    def _fold_on(self) -> Iterator[None]:
        snapshots = self._snapshots
        budget = MAX_FOLDER_BYTES - sum(stamp.size for stamp in self.stamps[: len(snapshots) - 1])
        while len(snapshots) <= len(self.stamps):
            stamp = self.stamps[len(snapshots) - 1]
            before = snapshots[-1]
            budget -= stamp.size
            statements: Iterable[Placed] | str = "all migrations together are too long"
            if budget >= 0:
                statements = yield from self._statements(stamp)
            if isinstance(statements, str):
                folder = _name(stamp.path)
                reason = before.tainted or f"migration `{folder}` is not read: {statements}"
                snapshots.append(replace(before, tainted=reason))
            else:
                snapshots.append((yield from folding(before, statements, stamp.path)))
            yield

    def _statements(self, stamp: Stamp) -> Generator[None, None, Iterable[Placed] | str]:
        """The statements of a file to be folded, or why it cannot be read."""
        if stamp.size <= _MAX_KEPT:
            script = yield from self._reading(stamp)
            return script if isinstance(script, str) else script.statements
        # Read as they are folded, so that no more than one is there at a time.
        text, why = _read(stamp)
        return why if text is None else placing(text, self.dialect)

    def _script(self, stamp: Stamp) -> Script | str:
        """The statements of a file, or why it cannot be read."""
        return finished(self._reading(stamp))

    def _reading(self, stamp: Stamp) -> Generator[None, None, Script | str]:
        known = self._scripts.get(stamp)
        if known is not None:
            return known
        text, why = _read(stamp)
        if text is None:
            return why
        script = yield from reading(text, self.dialect)
        self._keep(stamp, script)
        return script

    def _keep(self, key: Stamp | str, script: Script) -> None:
        if len(script.text) > _MAX_KEPT:
            return
        self._scripts[key] = script
        self._scripts.move_to_end(key)
        while len(self._scripts) > _KEPT:
            self._scripts.popitem(last=False)


def _name(path: str) -> str:
    """Of the migration: that of its folder."""
    return os.path.basename(os.path.dirname(path))


def _read(stamp: Stamp) -> tuple[str | None, str]:
    if stamp.size < 0:
        return None, "it cannot be opened"
    if stamp.size > MAX_FILE_BYTES:
        return None, "it is too long"
    try:
        with open(stamp.path, "rb") as handle:
            data = handle.read(MAX_FILE_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError:
        return None, "it cannot be opened"
    except UnicodeDecodeError:
        return None, "it is no UTF-8 text"
    if len(data) > MAX_FILE_BYTES:
        return None, "it is too long"
    if "\0" in text:
        return None, "it is no text"
    return text, ""


def locked_provider(folder: str) -> str | None:
    """The provider in the folder's `migration_lock.toml`; None without a readable one."""
    try:
        with open(os.path.join(folder, "migration_lock.toml"), "rb") as handle:
            text = handle.read(_MAX_LOCK_BYTES).decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return None
    found = _PROVIDER.search(text)
    return found.group(1) if found else None


def _guessed(stamps: Sequence[Stamp]) -> str:
    """From the way names are quoted in the first file that is SQL."""
    for stamp in stamps[:3]:
        text, _ = _read(stamp) if stamp.size < 1024 * 1024 else (None, "")
        if not text:
            continue
        if text.count("`") > text.count('"'):
            return "mysql"
        if re.search(r"\bCREATE TABLE \[", text):
            return "sqlserver"
        if re.search(r"\b(?:CREATE TYPE|JSONB|SERIAL|BIGSERIAL|TIMESTAMP\(\d\))(?!\w)", text):
            return "postgresql"
        if re.search(r"\b(?:AUTOINCREMENT|PRAGMA|DATETIME)\b", text) and '"' in text:
            return "sqlite"
        if '"' in text:
            return "postgresql"
    return "postgresql"
