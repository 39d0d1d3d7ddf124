"""Writing files: whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from prisma_lsp.discovery import root_of


class Unwritable(Exception):
    """A file that cannot be written; ``reason`` completes "`path`: …"."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def replace(texts: Mapping[str, str]) -> None:
    """Write every text to its path, all or, where one cannot be written, none.

    Each file is replaced by a finished one, so that nobody ever sees half of it.
    """
    waiting: list[tuple[str, str]] = []
    path = ""
    try:
        for path in texts:
            _check_place(path)
        for path, text in texts.items():
            # Root may write everything, but a file that nobody may write is meant to stay.
            if os.path.exists(path):
                status = os.stat(path)
                if not stat.S_ISREG(status.st_mode):
                    raise Unwritable(path, "is not a regular file")
                if not os.access(path, os.W_OK) or not status.st_mode & 0o222:
                    raise Unwritable(path, "is read-only")
            # What a link points at is replaced, not the link.
            target = os.path.realpath(path)
            waiting.append((_beside(target, text), target))
        while waiting:
            temporary, target = waiting[0]
            os.replace(temporary, target)
            waiting.pop(0)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise Unwritable(path, f"cannot be written: {reason}") from None
    finally:
        for temporary, _ in waiting:
            os.unlink(temporary)


def create(texts: Mapping[str, str]) -> None:
    """Write new files and the folders that they are in, all or none; never over one that is there."""
    made: list[str] = []
    try:
        for path in texts:
            if os.path.lexists(path):
                raise Unwritable(path, "is there already")
            _check_place(path)
            folder = os.path.dirname(path)
            try:
                for missing in _missing(folder):
                    os.mkdir(missing)
                    made.append(missing)
            except OSError as error:
                raise Unwritable(path, f"cannot be written: {(error.strerror or '').lower()}") from None
        replace(texts)
    except Unwritable:
        for folder in reversed(made):
            with suppress(OSError):
                os.rmdir(folder)
        raise


def discard(paths: Iterable[str]) -> None:
    """Take files that were just created away again, with the folders that are empty then."""
    for path in paths:
        with suppress(OSError):
            os.unlink(path)
        with suppress(OSError):
            os.rmdir(os.path.dirname(path))


def _check_place(path: str) -> None:
    """A link in a repository must not have us write what is outside of it."""
    name = os.path.abspath(path)
    root = os.path.realpath(root_of(Path(name)))
    if not Path(os.path.realpath(name)).is_relative_to(root):
        raise Unwritable(path, "leads out of the project by a link")


def _missing(folder: str) -> list[str]:
    """The folders that have to be made, the outermost first."""
    found: list[str] = []
    while folder and not os.path.isdir(folder):
        found.insert(0, folder)
        folder = os.path.dirname(folder)
    return found


def _beside(target: str, text: str) -> str:
    """A new file in the folder of ``target`` with its mode and the new text."""
    if os.path.exists(target):
        mode = stat.S_IMODE(os.stat(target).st_mode)
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    handle, name = tempfile.mkstemp(prefix=".prisma-lsp-", dir=os.path.dirname(target))
    try:
        with open(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
    except BaseException:
        os.unlink(name)
        raise
    return name
