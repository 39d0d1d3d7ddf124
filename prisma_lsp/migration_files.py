"""Migrations that an editor has open: their texts, the project of each, what is found in them.

They are apart from the schemas' buffers: a `migration.sql` is no part of a schema, and opening one
checks no schema.  What is found is looked for when somebody asks, and kept until the text, the
schema or a file on disk changes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from prisma_lsp import discovery, settings
from prisma_lsp.discovery import Project
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.migration_linter import MAX_CHARACTERS, MigrationLinter
from prisma_lsp.lint.rule import Finding
from prisma_lsp.migrations import Migrations
from prisma_lsp.migrations.reader import read_script
from prisma_lsp.migrations.statements import Script
from prisma_lsp.migrations.text import SqlText
from prisma_lsp.project import environment_of
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document
from prisma_lsp.syntax.document import Document
from prisma_lsp.text import Range

log = logging.getLogger(__name__)

# How many characters of SQL are folded within a few milliseconds.
_QUICK = 12_000

ContentChange = tuple[Range | None, str]
# The schema and environment of a project that is open anyway.
Served = Callable[[Project], tuple[Schema, Environment] | None]


class Home:
    """The project of a migrations folder."""

    def __init__(self, project: Project, schema: Schema, environment: Environment) -> None:
        self.project = project
        self.schema = schema
        self.environment = environment
        self.linter = MigrationLinter(environment)


class _Open:
    """One open file.  ``findings`` is None where they have to be looked for."""

    def __init__(self, text: SqlText) -> None:
        self.text = text
        self.is_edited = False
        self.script: Script | None = None
        self.findings: list[Finding] | None = None
        self.schema: Schema | None = None


class MigrationFiles:
    """Paths are absolute.  ``served`` gives what is open of a project; ``root`` is the folder that
    the schema of a path may reach over."""

    def __init__(self, served: Served, root: Callable[[str], Path | None]) -> None:
        self.client_settings = settings.Layer()
        self._served = served
        self._root = root
        self._open: dict[str, _Open] = {}
        self._homes: dict[str, Home | None] = {}
        # What was read of a folder, for the next look at it.
        self._kept: dict[str, Migrations] = {}

    @property
    def paths(self) -> list[str]:
        return list(self._open)

    def text(self, path: str) -> SqlText | None:
        opened = self._open.get(path)
        return opened.text if opened is not None else None

    def any_text(self, path: str) -> SqlText | Document | None:
        """The text of an open migration, or of a schema's file that one belongs to."""
        opened = self._open.get(path)
        if opened is not None:
            return opened.text
        for home in self._homes.values():
            if home is not None and path in home.schema.files:
                return home.schema.files[path]
        return None

    def statement_line(self, path: str, line: int) -> tuple[int, str, str]:
        """(first line, its indentation, what ends lines) of the statement that the line of an open file is in."""
        opened = self._open[path]
        if opened.script is not None:
            start = opened.text.offset(line, 0)
            end = opened.text.offset(line + 1, 0)
            for placed in opened.script.statements:
                if placed.start < end and placed.end >= start:
                    line = placed.line
                    break
        text = opened.text.line(line)
        return line, text[: len(text) - len(text.lstrip())], opened.text.line_end

    def open(self, path: str, text: str) -> None:
        self._open[path] = _Open(SqlText.of(text))

    def edit(self, path: str, changes: Sequence[ContentChange]) -> None:
        """Apply the changes one after the other."""
        opened = self._open.get(path)
        if opened is None:
            log.warning("change of %s, which is not open", path)
            return
        for at, text in changes:
            opened.text = SqlText.of(text) if at is None else opened.text.edited(at, text)
        opened.is_edited = True
        opened.findings = None

    def close(self, path: str) -> None:
        self._open.pop(path, None)

    def configure(self, client_settings: settings.Layer) -> None:
        """Take the editor's settings."""
        self.client_settings = client_settings
        self.refresh()

    def refresh(self) -> None:
        """Something on disk or in the settings may be different: look again when asked."""
        for home in self._homes.values():
            if home is not None:
                migrations = home.environment.migrations
                if migrations.folder is not None:
                    self._kept[migrations.folder] = migrations
        self._homes.clear()
        for opened in self._open.values():
            opened.findings = None

    def unread(self) -> list[Migrations]:
        """The migrations that stand beside an open one and are too long to be read at once."""
        homes = [home for home in self._homes.values() if home is not None]
        found = [home.environment.migrations for home in homes]
        return [migrations for migrations in found if not migrations.is_read]

    def look_again(self) -> None:
        """What was not read is read now."""
        for opened in self._open.values():
            opened.findings = None

    def is_large(self, path: str) -> bool:
        """Whether a file is too long to be read at every keystroke."""
        return self._length(path) > MAX_CHARACTERS // 4

    def is_long(self, path: str) -> bool:
        """Whether what a file does takes longer to find out than there is time between two keys."""
        return self._length(path) > _QUICK

    def _length(self, path: str) -> int:
        opened = self._open.get(path)
        return sum(map(len, opened.text.lines)) if opened is not None else 0

    def findings(self, path: str) -> list[Finding]:
        """What is found in an open file, in the order of its lines."""
        opened = self._open.get(path)
        home = self.home(path) if opened is not None else None
        if opened is None or home is None:
            return []
        if opened.findings is None or opened.schema is not home.schema:
            opened.schema = home.schema
            opened.findings, opened.script = home.linter.check(
                path, opened.text, home.schema, opened.script, wanted=opened.is_edited
            )
        return opened.findings

    def script(self, path: str) -> Script | None:
        """The statements of an open file; None for one that is too long."""
        opened, home = self._open.get(path), self.home(path)
        if opened is None or home is None or self.is_large(path):
            return None
        if opened.script is None or opened.script.text != opened.text.text:
            dialect = home.environment.migrations.dialect
            opened.script = read_script(opened.text.text, dialect, opened.script)
        return opened.script

    def home(self, path: str) -> Home | None:
        """The project whose migration the file is, with its schema as it is now."""
        folder = os.path.dirname(os.path.dirname(path))
        if folder not in self._homes:
            self._homes[folder] = self._find(folder)
        home = self._homes[folder]
        if home is None:
            return None
        served = self._served(home.project)
        if served is not None:
            home.schema, environment = served
            if environment is not home.environment:
                home.environment = environment
                home.linter = MigrationLinter(environment)
        return home

    def _find(self, folder: str) -> Home | None:
        project = discovery.project_of_migrations(Path(folder), self._root(folder))
        if project is None:
            return None
        served = self._served(project)
        if served is not None:
            return Home(project, *served)
        files = {}
        for file in project.files:
            try:
                files[os.fspath(file)] = document.read(discovery.read_text(file))
            except discovery.UnreadableSchema as error:
                log.warning("%s", error)
        environment, _ = environment_of(project, self.client_settings)
        known = self._kept.pop(folder, None)
        if known is not None:
            environment.migrations = known.refreshed()
        environment.migrations.is_patient = True
        return Home(project, Schema(files), environment)

