"""Open buffers and files on disk, as one schema for each project.

The only mutable thing in prisma-lsp, and it changes only where its owner calls it: from one thread.
A *session* is one project that has an open file: its present schema and the linter over it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import thread_time
from typing import TYPE_CHECKING

from prisma_lsp import discovery, settings
from prisma_lsp.discovery import Project
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.project import environment_of
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document
from prisma_lsp.syntax.document import Change, Document
from prisma_lsp.syntax.memory import make_room
from prisma_lsp.text import Range

if TYPE_CHECKING:
    from prisma_lsp.migration_files import MigrationFiles
    from prisma_lsp.migrations import Migrations
    from prisma_lsp.migrations.text import SqlText

log = logging.getLogger(__name__)

# What an editor sends: the stretch to replace (None: the whole text) and the new text.
ContentChange = tuple[Range | None, str]


class Session:
    """One project with an open file."""

    __slots__ = ("linter", "problems", "project", "schema")

    def __init__(
        self,
        project: Project,
        schema: Schema,
        linter: Linter,
        problems: list[settings.Problem],
    ) -> None:
        self.project = project
        self.schema = schema
        self.linter = linter
        # What is wrong in the settings.
        self.problems = problems

    @property
    def paths(self) -> Iterable[str]:
        return self.schema.files.keys()


class Workspace:
    """All that is open.  Paths are absolute, or a URI for a text that is not a file.

    Methods return the paths whose findings may have changed, those that are gone included.
    """

    def __init__(self) -> None:
        self.folders: list[Path] = []
        self.client_settings = settings.Layer()
        self._buffers: dict[str, Document] = {}
        self._silent: set[str] = set()
        self._sessions: dict[str, Session] = {}
        # Texts that are further on than their schemas.
        self._behind: set[str] = set()
        self._late: set[str] = set()
        # A session of which the last edit has not been followed up in all other blocks.
        self._begun: Session | None = None
        self._migrations: MigrationFiles | None = None

    # --- questions -------------------------------------------------------------------------------

    @property
    def sessions(self) -> list[Session]:
        return list(dict.fromkeys(self._sessions.values()))

    def session(self, path: str) -> Session | None:
        """The session that ``path`` is a file of."""
        return self._sessions.get(path)

    def is_open(self, path: str) -> bool:
        return path in self._buffers

    def document(self, path: str) -> Document | None:
        """The text of an open buffer, or of a file of an open project."""
        found = self._buffers.get(path)
        if found is None and (session := self._sessions.get(path)) is not None:
            found = session.schema.files.get(path)
        return found

    def text(self, path: str) -> Document | SqlText | None:
        """As `document`, and the text of an open migration or of a schema that one belongs to."""
        found = self.document(path)
        if found is None and self._migrations is not None:
            return self._migrations.any_text(path)
        return found

    @property
    def migrations(self) -> MigrationFiles:
        """The open migrations; what is for them is made when it is asked for."""
        if self._migrations is None:
            from prisma_lsp.migration_files import MigrationFiles

            self._migrations = MigrationFiles(self._served, self._root)
            self._migrations.configure(self.client_settings)
        return self._migrations

    @property
    def is_waiting(self) -> bool:
        """Whether more could be said once migrations are read."""
        return any(session.linter.is_waiting for session in self.sessions) or bool(self._unread())

    def read_migrations(self, seconds: float) -> bool:
        """Read what is waited for, for about ``seconds`` of this thread's time; whether all is read."""
        wanted = [s.linter.environment.migrations for s in self.sessions if s.linter.is_waiting]
        end = thread_time() + seconds
        for migrations in [*wanted, *self._unread()]:
            if not migrations.work(end - thread_time()):
                return False
        return True

    def _unread(self) -> list[Migrations]:
        """What open migrations wait for."""
        return self._migrations.unread() if self._migrations is not None else []

    def _refresh_migrations(self) -> None:
        if self._migrations is not None:
            self._migrations.refresh()

    def _served(self, project: Project) -> tuple[Schema, Environment] | None:
        for session in self.sessions:
            if session.project == project:
                return session.schema, session.linter.environment
        return None

    # --- what editors do -------------------------------------------------------------------------

    def open(self, path: str, text: str) -> set[str]:
        opened = document.read(text)
        self._buffers[path] = opened
        session = self._sessions.get(path)
        known = session.schema.files.get(path) if session is not None else None
        if session is not None and known is not None:
            if known.text == text:
                self._buffers[path] = known
                return {path}
            return self._put(session, path, opened)
        return self._regroup()

    def type(self, path: str, at: Range | None, text: str) -> None:
        """Apply an edit to the text alone; `catch_up` or the next `edit` does the rest."""
        old = self._buffers.get(path)
        session = self._sessions.get(path)
        if at is None or old is None or session is None or path not in session.schema.files:
            self._late |= self.edit(path, [(at, text)])
            return
        self._behind.add(path)
        self._buffers[path] = document.edit(old, at, text).document

    def catch_up(self) -> set[str]:
        """Have schemas and linters follow the texts that were typed in, as `begin` does."""
        touched, self._late = self._late, set()
        behind, self._behind = self._behind, set()
        for path in behind:
            new, session = self._buffers.get(path), self._sessions.get(path)
            old = session.schema.files.get(path) if session is not None else None
            if new is not None and session is not None and old is not None and old is not new:
                touched |= self._follow(session, path, document.difference(old, new))
        return touched

    def _follow(self, session: Session, path: str, change: Change) -> set[str]:
        touched = self.complete()
        session.schema = session.schema.begin(path, change)
        session.linter.begin(session.schema, path, change.removed, change.added)
        self._begun = session
        touched.add(path)
        if _sources(change.removed) != _sources(change.added):
            touched |= self.complete()
            touched |= self._regroup()
        return touched

    def complete(self) -> set[str]:
        """Follow up in all other blocks what `begin` did."""
        session, self._begun = self._begun, None
        if session is None:
            return set()
        return session.linter.complete(session.schema.complete())

    def edit(self, path: str, changes: Sequence[ContentChange]) -> set[str]:
        """Apply the changes one after the other."""
        return self.begin(path, changes) | self.complete()

    def begin(self, path: str, changes: Sequence[ContentChange]) -> set[str]:
        """The first half of `edit`: the edited block may be looked at, all else not before
        `complete`."""
        touched: set[str] = set()
        for at, text in changes:
            old = self._buffers.get(path)
            if old is None:
                log.warning("change of %s, which is not open", path)
                return touched
            session = self._sessions.get(path)
            if at is None:
                new = document.read(text)
                self._buffers[path] = new
                touched |= self._put(session, path, new) if session is not None else set()
                touched |= self._regroup()
            elif session is None:
                self._buffers[path] = document.edit(old, at, text).document
                touched |= self._regroup()
            elif path in self._behind:
                self.type(path, at, text)
                touched |= self.catch_up()
            else:
                change = document.edit(old, at, text)
                self._buffers[path] = change.document
                touched |= self._follow(session, path, change)
        return touched

    def close(self, path: str) -> set[str]:
        """The buffer is gone: the disk counts again."""
        self._buffers.pop(path, None)
        return self._regroup()

    def disk_changed(self, paths: Iterable[str]) -> set[str]:
        """Files were created, changed or deleted: schemas, configs, settings or migrations."""
        touched: set[str] = set()
        structure = False
        self._refresh_migrations()
        for path in paths:
            if path in self._buffers:
                continue
            session = self._sessions.get(path)
            if session is None or not path.endswith(".prisma"):
                structure = True
                continue
            read = _read(path)
            if read is None:
                structure = True
                continue
            old = session.schema.files.get(path)
            if old is not None and old.text == read.text:
                continue
            structure |= old is not None and _sources(old.blocks) != _sources(read.blocks)
            touched |= self._put(session, path, read)
        if structure:
            touched |= self._regroup()
            touched |= self.reconfigure()
        return touched

    def refresh(self) -> set[str]:
        """Look at the disk again: schemas that are not open, settings and migrations."""
        self._refresh_migrations()
        return self._regroup() | self.reconfigure()

    def set_folders(self, folders: Iterable[Path]) -> set[str]:
        self.folders = list(folders)
        self._refresh_migrations()
        return self._regroup()

    def configure(self, client_settings: settings.Layer) -> set[str]:
        """Take the editor's settings."""
        if client_settings == self.client_settings:
            return set()
        self.client_settings = client_settings
        if self._migrations is not None:
            self._migrations.configure(client_settings)
        return self.reconfigure()

    def reconfigure(self) -> set[str]:
        """Read settings and migrations again; returns every path whose rules run anew."""
        touched: set[str] = set()
        for session in self.sessions:
            environment, problems = self._environment(session.project)
            session.problems = problems
            old = session.linter.environment
            migrations = old.migrations.refreshed()
            if migrations.folder == environment.migrations.folder:
                # What has been read of files that are as they were is not read again.
                environment.migrations = migrations
            if (
                environment.settings != old.settings
                or environment.auth_library != old.auth_library
                or environment.prisma_version != old.prisma_version
                or migrations is not old.migrations
                or (session.project.migrations is None and old.migrations.exists)
            ):
                session.linter.restart(session.schema, environment)
                touched |= set(session.paths)
        return touched

    # --- how projects come and go ----------------------------------------------------------------

    def _put(self, session: Session, path: str, new: Document) -> set[str]:
        touched = self.complete()
        old = session.schema.files.get(path)
        session.schema, keys = session.schema.with_file(path, new)
        removed = old.blocks if old is not None else ()
        return touched | session.linter.update(session.schema, path, removed, new.blocks, keys)

    def _regroup(self) -> set[str]:
        """Find again which open files make which projects."""
        overlay = {Path(p): b.text for p, b in self._buffers.items() if os.path.isabs(p)}
        before = self._sessions
        known = {session.project: session for session in self.sessions}
        self._sessions = {}
        self._silent = set()
        touched: set[str] = set()
        for path, buffer in self._buffers.items():
            if path in self._sessions:
                continue
            if self._is_silent(path, buffer):
                self._silent.add(path)
                continue
            project = self._project(path, overlay)
            session = known.get(project)
            if session is None:
                session = self._start(project, path, before)
                touched |= set(session.paths)
            else:
                touched |= self._catch_up(session)
            for member in session.paths:
                self._sessions[member] = session
        # What typing is quick by is remembered for what is open.
        files = (file for session in self.sessions for file in session.schema.files.values())
        make_room(sum(file.line_count for file in files))
        gone = before.keys() - self._sessions.keys()
        return touched | gone | {p for p in self._silent if p in before}

    def _is_silent(self, path: str, buffer: Document) -> bool:
        """Whether the text is not ours to judge: another language, or somebody's generated copy."""
        head = "".join(line for block in buffer.blocks[:2] for line in block.lines[:20])
        if discovery.is_prisma_next(head):
            return True
        return os.path.isabs(path) and discovery.is_copy(Path(path), self._root(path))

    def _root(self, path: str) -> Path | None:
        """The folder that the schema of ``path`` may reach over.

        It is the workspace folder or the repository that holds it, whichever is higher.  Where the
        editor named no folder at all, it is the repository or package that holds the file.
        """
        holders = [f for f in self.folders if Path(path).is_relative_to(f)]
        if self.folders and not holders:
            return None
        if holders:
            folder = max(holders, key=lambda f: len(f.parts))
            repository = discovery.repository_of(folder)
            return repository if repository is not None else folder
        return discovery.package_of(Path(path))

    def _project(self, path: str, overlay: dict[Path, str]) -> Project:
        if not os.path.isabs(path):
            alone = Path(path)
            return Project(alone, alone, (alone,))
        return discovery.project_of(Path(path), self._root(path), overlay=overlay)

    def _start(self, project: Project, opened: str, before: dict[str, Session]) -> Session:
        files: dict[str, Document] = {}
        members = [os.fspath(file) for file in project.files] if os.path.isabs(opened) else [opened]
        for path in members:
            found = self._member(path, before)
            if found is not None:
                files[path] = found
        schema = Schema(files)
        environment, problems = self._environment(project)
        return Session(project, schema, Linter(schema, environment), problems)

    def _environment(self, project: Project) -> tuple[Environment, list[settings.Problem]]:
        """As `environment_of`, for somebody who is typing: migrations are read when there is time."""
        environment, problems = environment_of(project, self.client_settings)
        environment.is_editing = environment.is_pending = environment.migrations.is_patient = True
        return environment, problems

    def _member(self, path: str, before: dict[str, Session]) -> Document | None:
        found = self._buffers.get(path)
        if found is None and (session := before.get(path)) is not None:
            found = session.schema.files.get(path)
        return found if found is not None else _read(path)

    def _catch_up(self, session: Session) -> set[str]:
        """Put buffers and, for closed files, the disk's texts into a session that goes on."""
        touched: set[str] = set()
        for path in list(session.paths):
            now = self._buffers.get(path)
            if now is None and os.path.isabs(path):
                now = _read(path)
            old = session.schema.files[path]
            if now is None or now is old or now.text == old.text:
                continue
            touched |= self._put(session, path, now)
        return touched


def _read(path: str) -> Document | None:
    try:
        return document.read(discovery.read_text(Path(path)))
    except discovery.UnreadableSchema as error:
        log.warning("%s", error)
        return None


def _sources(blocks: Iterable[document.Block]) -> list[tuple[str, tuple[str, ...]]]:
    """What decides which files belong together: datasources, and where clients are generated."""
    return [(b.kind, b.lines) for b in blocks if b.kind in ("datasource", "generator")]
