"""Open `migration.sql` files: their texts in, their findings out, on plain JSON.

Made when the first one is opened.  Other SQL is none of ours: nothing is read and nothing said of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prisma_lsp.migration_files import MigrationFiles
from prisma_lsp.migrations.text import is_migration
from prisma_lsp.server.diagnostics import NO_ITEMS, Items
from prisma_lsp.server.places import edits

if TYPE_CHECKING:
    from prisma_lsp.server.core import Core
    from prisma_lsp.server.loop import Timer

# How long after a keystroke a long file is read, in seconds.
PAUSE = 0.4


class Desk:
    """The migrations that one client has open."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._later: dict[str, Timer] = {}
        self._sent: dict[str, Items] = {}
        # Something was left unsaid because other migrations were not read yet.
        self._waits = False

    @property
    def files(self) -> MigrationFiles:
        return self._core.store.migrations

    def open(self, path: str, text: str) -> None:
        if is_migration(path):
            self._sent.pop(path, None)
            self.files.open(path, text)
            self.publish(path)

    def change(self, path: str, changes: list[dict[str, Any]]) -> None:
        for edit in edits(lambda: self.files.text(path), changes, self._core.encoding):
            self.files.edit(path, [edit])
        self._soon(path)

    def close(self, path: str) -> None:
        self.files.close(path)
        if (later := self._later.pop(path, None)) is not None:
            later.cancel()
        if self._sent.pop(path, NO_ITEMS) != NO_ITEMS:
            self._send(path, NO_ITEMS)

    def publish_all(self) -> None:
        """Something besides their texts may have changed."""
        for path in self.files.paths:
            self.publish(path)

    def all_read(self) -> bool:
        """The other migrations are read; whether more can be said now of those that are open."""
        if not self._waits:
            return False
        self._waits = False
        self.files.look_again()
        self.publish_all()
        return True

    def _soon(self, path: str) -> None:
        """A short file is read at once, a long one when the typing pauses."""
        if (later := self._later.pop(path, None)) is not None:
            later.cancel()
        if self.files.is_long(path):
            self._later[path] = self._core.loop.call_later(PAUSE, lambda: self.publish(path))
        else:
            self.publish(path)

    def publish(self, path: str) -> None:
        """Send what is found where that differs from what was sent."""
        if self._core.pulls:
            return
        items = self.items(path)
        if items != self._sent.get(path, NO_ITEMS):
            self._send(path, items)

    def _send(self, path: str, items: Items) -> None:
        self._sent[path] = items
        self._core.publish_items(path, items)

    def items(self, path: str) -> Items:
        """The diagnostics of an open file."""
        text = self.files.text(path)
        if text is None:
            return NO_ITEMS
        findings = self.files.findings(path)
        home = self.files.home(path)
        if home is not None and not home.environment.migrations.is_read:
            self._waits = True
            self._core.read_migrations_soon()
        return self._core.writer.migration(findings, text, home.schema if home is not None else None)
