"""Which Prisma a schema is for: the one that is installed, else locked, else asked for.

Read as text, from the schema's folder up to the repository's and never above it, also not through
a link; nothing is run.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from prisma_lsp.schema.versions import Version

_MAX_PACKAGE_BYTES = 1024 * 1024
# Locks of big repositories have some megabytes.
_MAX_LOCK_BYTES = 32 * 1024 * 1024
_NAMES = ("prisma", "@prisma/client")
# What a library tolerates beside it says nothing of what is installed.
_DEPENDENCIES = ("devDependencies", "dependencies", "optionalDependencies")
# Before 2 it was another product, and 0.0.0 is Prisma's own repository.
_OLDEST = 2

_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})\.\d", re.ASCII)
_RANGE = re.compile(
    r"(\^|~|=|)\s*v?(\d{1,4})(?:\.(\d{1,4}|[xX*])(?:\.(?:\d{1,6}|[xX*])(?:-[\w.-]{1,80})?)?)?",
    re.ASCII,
)

# name → text that begins with a version
Found = Iterator[tuple[str, str, str]]


def prisma_version(start: Iterable[Path], root: Path) -> Version | None:
    """The version of Prisma for what is at ``start``, looked for up to ``root``; None: not known."""
    folders = list(dict.fromkeys(f for one in start for f in _upwards(one, root)))
    reader = _Reader(root)
    for folder in folders:
        # The last is where pnpm puts what nobody asked for by name.
        for modules in ("node_modules", os.path.join("node_modules", ".pnpm", "node_modules")):
            for name in _NAMES:
                data = reader.json(folder / modules / name / "package.json")
                if found := _exact(data.get("version")):
                    return found
    for folder in folders:
        found = reader.locked(folder, [f for f in folders if f.is_relative_to(folder)])
        if found is not None:
            return found
    for folder in folders:
        asked = [
            found
            for spec in _specs(reader.json(folder / "package.json"))
            if (found := _lowest(spec))
        ]
        if asked:
            return asked[0] if len(set(asked)) == 1 else None
    return None


def _upwards(start: Path, root: Path) -> Iterator[Path]:
    for folder in (start, *start.parents):
        if not folder.is_relative_to(root):
            return
        yield folder


class _Reader:
    """Reads plain files inside one folder."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)

    def _status(self, path: Path, most: int) -> os.stat_result | None:
        try:
            # A link inside the repository, as pnpm makes them, is fine; one that leaves it is not.
            status = os.stat(path)
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                return None
            real = os.path.realpath(path)
            return status if os.path.commonpath((self._root, real)) == self._root else None
        except (OSError, ValueError):
            return None

    def json(self, path: Path) -> Mapping[str, object]:
        if self._status(path, _MAX_PACKAGE_BYTES) is None:
            return {}
        try:
            data = json.loads(_text(os.fspath(path), _MAX_PACKAGE_BYTES))
        except (ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}

    def locked(self, folder: Path, within: list[Path]) -> Version | None:
        """What the locks in ``folder`` say for the first of the folders ``within`` that they name."""
        answers = set()
        for lock in _LOCKS:
            path = folder / lock
            status = self._status(path, _MAX_LOCK_BYTES)
            if status is None:
                continue
            found = _lock(os.fspath(path), status.st_mtime_ns, status.st_size)
            places = ["." if f == folder else f.relative_to(folder).as_posix() for f in within]
            answer = _chosen(found, places)
            if answer is not None:
                answers.add(answer)
        return answers.pop() if len(answers) == 1 else None


def _text(path: str, most: int) -> str:
    try:
        with open(path, "rb") as handle:
            data = handle.read(most + 1)
    except (OSError, ValueError):
        return ""
    # Most packages and many locks do not name it, and those need not be decoded.
    if len(data) > most or (b"prisma" not in data and b"version" not in data):
        return ""
    return data.decode("utf-8", "replace").removeprefix("\ufeff")


def _exact(text: object) -> Version | None:
    match = _VERSION.match(text) if isinstance(text, str) else None
    if match is None or int(match[1]) < _OLDEST:
        return None
    return Version(int(match[1]), int(match[2]))


def _specs(package: Mapping[str, object]) -> Iterator[str]:
    """What a ``package.json`` asks for: of Prisma itself, else of its client."""
    for name in _NAMES:
        found = False
        for key in _DEPENDENCIES:
            table = package.get(key)
            spec = table.get(name) if isinstance(table, dict) else None
            if isinstance(spec, str):
                found = True
                yield spec
        if found:
            return


def _lowest(spec: str) -> Version | None:
    """The lowest version of a range that stays inside one major version; others say nothing."""
    match = _RANGE.fullmatch(spec.strip()[:100])
    if match is None or int(match[2]) < _OLDEST:
        return None
    minor = match[3]
    if minor is None or not minor.isdecimal():
        return Version(int(match[2]), 0, or_later=True)
    return Version(int(match[2]), int(minor), or_later=match[1] == "^")


# --- locks ---------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _lock(path: str, _changed: int, _size: int) -> tuple[tuple[str, str, Version], ...]:
    """(folder in the repository, package, version) of a lock; the folder "" where it names none."""
    text = _text(path, _MAX_LOCK_BYTES)
    found = _LOCKS[os.path.basename(path)](text) if text else ()
    return tuple(
        (where, name, version)
        for where, name, spec in found
        if name in _NAMES and (version := _exact(spec)) is not None
    )


def _chosen(found: Iterable[tuple[str, str, Version]], places: list[str]) -> Version | None:
    found = list(found)
    for name in _NAMES:
        for place in places:
            here = {version for where, what, version in found if what == name and where == place}
            if here:
                return here.pop() if len(here) == 1 else None
    for name in _NAMES:
        anywhere = {version for _, what, version in found if what == name}
        if anywhere:
            return anywhere.pop() if len(anywhere) == 1 else None
    return None


_NPM = re.compile(
    r'"((?:[^"\n]{0,400}/)?)node_modules/((?:@prisma/client)|prisma)"\s{0,9}:\s{0,9}\{\s{0,40}"version"\s{0,9}:\s{0,9}"([^"\n]{1,80})"'
)
_NPM_OLD = re.compile(
    r'"(@prisma/client|prisma)"\s{0,9}:\s{0,9}\{\s{0,40}"version"\s{0,9}:\s{0,9}"([^"\n]{1,80})"'
)


def _npm(text: str) -> Found:
    places = [(m[1].rstrip("/") or ".", m[2], m[3]) for m in _NPM.finditer(text)]
    if places:
        # Below another package's modules it is that package's own.
        yield from (p for p in places if "node_modules" not in p[0])
        return
    for match in _NPM_OLD.finditer(text):
        yield "", match[1], match[2]


_PNPM_IMPORTER = re.compile(r"^  ['\"]?([^\s'\":][^\n'\":]{0,400})['\"]?:[ \t]*\r?$", re.M)
_PNPM = re.compile(
    r"^ {2,8}['\"]?(@prisma/client|prisma)['\"]?:"
    r"(?:[ \t]*\r?\n[ \t]{4,12}specifier:[^\n]{0,200}\n[ \t]{4,12}version:)?[ \t]*['\"]?(\d[^\n'\"]{0,80})",
    re.M,
)


def _pnpm(text: str) -> Found:
    ends = [at for key in ("\npackages:", "\nsnapshots:") if (at := text.find(key)) >= 0]
    head = text[: min(ends, default=len(text))]
    begin = head.find("\nimporters:")
    head = head[begin + 1 :] if begin >= 0 else head
    importers = [(m.start(), m[1]) for m in _PNPM_IMPORTER.finditer(head)] if begin >= 0 else []
    number, where = 0, "."
    for match in _PNPM.finditer(head):
        while number < len(importers) and importers[number][0] < match.start():
            where = importers[number][1]
            number += 1
        yield where, match[1], match[2]


_YARN = re.compile(
    r'^"?(@prisma/client|prisma)@[^\n]{0,2000}:\r?\n  version:? "?([^"\s]{1,80})', re.M
)


def _yarn(text: str) -> Found:
    for match in _YARN.finditer(text):
        yield "", match[1], match[2]


_BUN = re.compile(r'\[\s{0,9}"(@prisma/client|prisma)@(\d[^"\n]{0,80})"')


def _bun(text: str) -> Found:
    for match in _BUN.finditer(text):
        yield "", match[1], match[2]


_LOCKS = {
    "package-lock.json": _npm,
    "npm-shrinkwrap.json": _npm,
    "pnpm-lock.yaml": _pnpm,
    "yarn.lock": _yarn,
    "bun.lock": _bun,
}
