"""What the migrations folder knows: the names that the database may have, and its last known state.

A fix that renames a table is harmless on a new model and drops a table on a migrated one.  Two
questions answer which it is.  *Is this name in any migration?* (`Migrations.knows`) is cheap, needs
no understanding of SQL and is answered with yes whenever in doubt: an unreadable or enormous file
knows every name.  *What is in the database?* (`Migrations.state`) folds the statements of all files;
what it could not read taints what it touches (`state.Database.doubt`).

Nothing is read before the first question, and a file once for as long as it stays as it is.
"""

from __future__ import annotations

import os
import re
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from prisma_lsp.migrations.slices import finished

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from prisma_lsp.migrations.history import History
    from prisma_lsp.migrations.state import Database
    from prisma_lsp.migrations.statements import Script
    from prisma_lsp.migrations.text import SqlText

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_FOLDER_BYTES = 200 * 1024 * 1024
_MAX_MIGRATIONS = 20_000
# Above this, comments are not told from code: their words then count as names, which is safe.
_MAX_TOKENISED = 2 * 1024 * 1024
_LONGEST_NAME = 256
# What is read at once where it is asked for; more waits until somebody has time for it.
_PROMPT_BYTES = 1024 * 1024
# A piece that is searched for names without a pause.
_CHUNK = 128 * 1024

# Each alternative starts with a different character and takes each character once: linear.
# `--x` without a space is arithmetic to MySQL, so it is read as code: in doubt, a name is known.
_TOKEN = re.compile(
    r"""--(?!\S)[^\r\n]*
    |/\*
    |'[^']*(?:''[^']*)*'?
    |"[^"]*(?:""[^"]*)*"?
    |`[^`]*(?:``[^`]*)*`?
    |\[[^\[\]'"`\r\n]+\]
    |\$(?:[^\W\d]\w*)?\$
    |\w[\w$#@]*""",
    re.VERBOSE,
)
_WORD = re.compile(r"\w[\w$#@]*")
_BRACKETS = re.compile(r"\[([^\[\]\r\n]+)\]")
_CLOSERS = {'"': '""', "`": "``"}

_Names = set[str] | None
"""The identifiers of one file; None: it may hold any name."""


class _Stamp(NamedTuple):
    path: str
    modified: int
    size: int


class MigrationFile(NamedTuple):
    name: str
    """Of its folder: "20260105090000_init"."""
    path: str
    """The absolute path of its `migration.sql`."""


class Migrations:
    """The `migration.sql` files of one folder, read at the first question.

    Does not change once it has been asked; ``refreshed`` gives the present state.  Where `is_patient`
    is set and there is much to read, it is read by `work` alone: until then every name is known, and
    the database is tainted, so that nothing is claimed of it.
    """

    __slots__ = ("_files", "_folder", "_history", "_is_read", "_lock", "_names", "_work", "is_patient")

    def __init__(
        self,
        folder: str | None,
        names: dict[_Stamp, _Names] | None = None,
        history: History | None = None,
    ) -> None:
        self._folder = folder
        self._files: tuple[_Stamp, ...] | None = None
        self._names: dict[_Stamp, _Names] = names or {}
        self._history = history
        self._lock: _Stamp | None = None
        self._work: Iterator[None] | None = None
        self._is_read = False
        self.is_patient = False

    @classmethod
    def read(cls, folder: Path | None) -> Migrations:
        """The migrations in the direct sub-folders of ``folder``; None gives ``none()``."""
        return cls(None if folder is None else os.path.abspath(folder))

    @classmethod
    def none(cls) -> Migrations:
        """No migrations folder: ``exists`` is False and nothing is known."""
        return cls(None)

    @property
    def exists(self) -> bool:
        """Whether there is at least one `migration.sql`."""
        return bool(self._stamps())

    def knows(self, name: str) -> bool:
        """Whether some migration holds the database name ``name`` as an identifier, or may.

        Quoted identifiers count as written, bare words also in lower case, as PostgreSQL folds
        them.  Words in comments do not count, words inside string literals do (`EXECUTE '…'`).
        """
        stamps = self._stamps()
        if not stamps:
            return False
        if len(name) > _LONGEST_NAME or not name.isprintable() or self.is_unfinished:
            return True
        budget = MAX_FOLDER_BYTES
        for stamp in stamps:
            budget -= stamp.size
            if budget < 0:
                return True
            if stamp not in self._names:
                if self.is_patient and stamp.size > _PROMPT_BYTES:
                    return True
                self._names[stamp] = finished(_read_names(stamp))
            names = self._names[stamp]
            if names is None or name in names:
                return True
        return False

    @property
    def is_unfinished(self) -> bool:
        """Whether a `migration.sql` is empty: an editor has made it and not saved its text yet."""
        return any(stamp.size == 0 for stamp in self._stamps())

    @property
    def folder(self) -> str | None:
        """The absolute path of the migrations folder, whether it exists or not."""
        return self._folder

    @property
    def files(self) -> tuple[MigrationFile, ...]:
        """The migrations in the order in which they are applied: by the names of their folders."""
        return tuple(
            MigrationFile(os.path.basename(os.path.dirname(stamp.path)), stamp.path)
            for stamp in self._stamps()
        )

    @property
    def dialect(self) -> str:
        """ "postgresql", "mysql", "sqlite" or "sqlserver": what `migration_lock.toml` says; where it
        says nothing, what the SQL of the files looks like."""
        return self._folded().dialect

    @property
    def locked_provider(self) -> str | None:
        """The provider in `migration_lock.toml` as written; None without a readable lock file."""
        from prisma_lsp.migrations.history import locked_provider

        return None if self._folder is None else locked_provider(self._folder)

    def state(self) -> Database:
        """The database after all migrations; empty, and untainted, where there are none.

        Ask ``exists`` first: without migrations (`db push`) the database may hold anything.
        """
        return self._folded().state() if self.is_read else self._unknown()

    def state_before(self, path: str) -> Database:
        """The database before the migration whose `migration.sql` is at ``path`` (absolute).

        A file that is not in the folder yet counts by the name of its folder.
        """
        return self._folded().before(path) if self.is_read else self._unknown()

    def state_after(self, path: str, text: str | None = None) -> Database:
        """The database after the migration at ``path``; ``text`` stands in for what is on disk, as
        in an editor's buffer."""
        return self._folded().after(path, text) if self.is_read else self._unknown()

    def script(self, path: str) -> Script | None:
        """The statements of the `migration.sql` at ``path`` as it is on disk; None where it cannot
        be read.  For an editor's buffer see `reader.read_script`."""
        return self._folded().script(path)

    def text(self, path: str) -> SqlText | None:
        """The text of the `migration.sql` at ``path`` as it is on disk; None where it cannot be read."""
        return self._folded().text(path)

    def is_new(self, name: str) -> bool:
        """Whether the database cannot have ``name`` yet: migrations exist, and none holds it."""
        return self.exists and not self.knows(name)

    @property
    def is_read(self) -> bool:
        """Whether all is read that a question may need, or so little left that it can be at once."""
        if not self.is_patient or self._is_read:
            return True
        return self._folded().unread <= _PROMPT_BYTES

    def work(self, seconds: float) -> bool:
        """Read for about ``seconds`` of this thread's time; whether all is read."""
        end = time.thread_time() + seconds
        if self._work is None:
            self._work = self._read_on()
        while not self._is_read:
            try:
                self._is_read = next(self._work, self) is self
            except Exception:
                # Questions will meet the same fault, each for itself.
                self._is_read = True
                raise
            if time.thread_time() > end:
                break
        return self._is_read

    def _read_on(self) -> Iterator[None]:
        for stamp in self._stamps():
            if stamp.size > _PROMPT_BYTES and stamp not in self._names:
                self._names[stamp] = yield from _read_names(stamp)
                yield
        history = self._folded()
        while history.work():
            yield

    def _unknown(self) -> Database:
        from dataclasses import replace

        from prisma_lsp.migrations.state import empty

        return replace(empty(self.dialect), tainted="the migrations are not read yet")

    def refreshed(self) -> Migrations:
        """The same object when the files are as they were, else a new one that reads only what
        changed (by modification time and size)."""
        if self._files is None or self._folder is None:
            return self
        now, lock = _list(self._folder), _lock(self._folder)
        if now == self._files and lock == self._lock:
            return self
        fresh = Migrations(
            self._folder,
            {stamp: self._names[stamp] for stamp in now if stamp in self._names},
            self._history,
        )
        fresh._files, fresh._lock = now, lock
        fresh.is_patient = self.is_patient
        return fresh

    def _folded(self) -> History:
        """The history of just these files; what an earlier one has folded is taken over."""
        from prisma_lsp.migrations.history import History

        stamps = self._stamps()
        history = self._history
        if history is None or history.stamps != stamps or history.lock != self._lock:
            self._history = History.of(self._folder, stamps, self._lock, history)
        assert self._history is not None
        return self._history

    def _stamps(self) -> tuple[_Stamp, ...]:
        if self._files is None:
            self._files = () if self._folder is None else _list(self._folder)
            self._lock = None if self._folder is None else _lock(self._folder)
        return self._files


def _list(folder: str) -> tuple[_Stamp, ...]:
    """The `migration.sql` files, sorted; size -1 for one that is there but cannot be looked at."""
    stamps: list[_Stamp] = []
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries)
    except (OSError, ValueError):
        return ()
    for name in names:
        path = os.path.join(folder, name, "migration.sql")
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            stamps.append(_Stamp(path, 0, -1))
            continue
        if stat.S_ISREG(status.st_mode):
            stamps.append(_Stamp(path, status.st_mtime_ns, status.st_size))
    if len(stamps) > _MAX_MIGRATIONS:
        return (_Stamp(folder, 0, -1),)
    return tuple(stamps)


def _lock(folder: str) -> _Stamp | None:
    path = os.path.join(folder, "migration_lock.toml")
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return _Stamp(path, status.st_mtime_ns, status.st_size)


def _read_names(stamp: _Stamp) -> Generator[None, None, _Names]:
    """What names a file holds, with pauses."""
    if not 0 <= stamp.size <= MAX_FILE_BYTES:
        return None
    try:
        with open(stamp.path, "rb") as handle:
            data = handle.read(MAX_FILE_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    if len(data) > MAX_FILE_BYTES or "\0" in text:
        return None
    names: set[str] = set()
    if len(text) > _MAX_TOKENISED:
        start = 0
        while start < len(text):
            # No name that is asked for has a line end in it.
            end = text.find("\n", start + _CHUNK)
            end = len(text) if end < 0 else end
            _everything(text[start:end], names)
            start = end
            yield
    elif not _tokenised(text, names):
        _everything(text, names)
    return names


def _tokenised(text: str, names: set[str]) -> bool:
    """Adds the identifiers of ``text``; False when it is not SQL as this reads it.

    Then a comment may have been taken for code or code for a comment, and the caller falls back
    to ``_everything``.
    """
    if "\\'" in text:
        # MySQL's escaped quote, or PostgreSQL's backslash before a closing one: dialects differ.
        return False
    position = 0
    while found := _TOKEN.search(text, position):
        token = found.group()
        position = found.end()
        first = token[0]
        if token == "/*":
            position = text.find("*/", position) + 2
            if position == 1:
                return False
        elif first == "'":
            if len(token) < 2 or token[-1] != "'":
                return False
            _everything(token[1:-1], names)
        elif first in _CLOSERS:
            if len(token) < 2 or token[-1] != first:
                return False
            names.add(token[1:-1].replace(_CLOSERS[first], first))
        elif first == "[":
            names.add(token[1:-1])
            _words(token, names)
        elif first == "$":
            end = text.find(token, position)
            if end < 0:
                return False
            _everything(text[position:end], names)
            position = end + len(token)
        elif first != "-":
            names.add(token)
            names.add(token.lower())
    return True


def _everything(text: str, names: set[str]) -> None:
    """Adds whatever could be an identifier in ``text``, wherever quotes and comments begin."""
    for quote in '"`':
        if quote in text:
            # Between any two quotes: right whichever of the two opens.
            names.update(part for part in text.split(quote) if 0 < len(part) <= _LONGEST_NAME)
    if "[" in text:
        names.update(_BRACKETS.findall(text))
    _words(text, names)


def _words(text: str, names: set[str]) -> None:
    words = set(_WORD.findall(text))
    names.update(words)
    names.update(word.lower() for word in words)
