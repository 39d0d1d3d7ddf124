"""The files of one migrations folder, folded one after the other, with a snapshot after each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from prisma_lsp.migrations.state import Database, empty
from prisma_lsp.migrations.statements import Script


class Stamp(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def modified(self) -> int: ...
    @property
    def size(self) -> int: ...


class History:
    __slots__ = ("dialect", "stamps")

    def __init__(self, dialect: str, stamps: Sequence[Stamp]) -> None:
        self.dialect = dialect
        self.stamps = stamps

    @classmethod
    def of(cls, folder: str | None, stamps: Sequence[Stamp], earlier: History | None) -> History:
        return cls("postgresql", stamps)

    def state(self) -> Database:
        return self._unread() if self.stamps else empty(self.dialect)

    def before(self, path: str) -> Database:
        return self._unread()

    def after(self, path: str, text: str | None = None) -> Database:
        return self._unread()

    def script(self, path: str) -> Script | None:
        return None

    def _unread(self) -> Database:
        return replace(empty(self.dialect), tainted="the migrations are not read yet")


def locked_provider(folder: str) -> str | None:
    return None
