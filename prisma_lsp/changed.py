"""Which lines of a file have changed since a commit.

Git is asked only for what it has stored, its index included: its own comparison with the files on
disk could run programs that a repository's configuration names (file system monitors, filters, external
diffs, text conversions).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from prisma_lsp.report import Entry

_SAFE = ("-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "diff.external=")
_SECONDS = 60


class NoAnswer(Exception):
    """Git cannot say it; the text says why."""


def only(entries: Iterable[Entry], ref: str) -> list[Entry]:
    """Those of ``entries`` that are on lines changed since ``ref`` and this branch parted."""
    _base.cache_clear()  # with --watch the branch may have moved
    kept: list[Entry] = []
    bases: dict[str, _Base] = {}
    lines: dict[str, set[int] | None] = {}
    for entry in entries:
        path = os.path.realpath(entry.file)
        if path not in lines:
            folder = os.path.dirname(path)
            if folder not in bases:
                bases[folder] = _base(folder, ref)
            lines[path] = _changed(path, bases[folder])
        changed = lines[path]
        last = max(entry.line, entry.last)
        if changed is None or any(line in changed for line in range(entry.line, last + 1)):
            kept.append(entry)
    return kept


def check_ref(folder: str, ref: str) -> None:
    """Raise ``NoAnswer`` where nothing could be compared with ``ref``."""
    _base(folder, ref)


class _Base(NamedTuple):
    """The repository's folder, the commit to compare with, and new path → old one since then."""

    top: str
    commit: str
    renamed: dict[str, str]


@cache
def _base(folder: str, ref: str) -> _Base:
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        raise NoAnswer(f"--changed: {folder} is in no git repository")
    name = os.fsdecode(top).rstrip("\n")
    if _git(name, "rev-parse", "--verify", "--quiet", "HEAD^{commit}") is None:
        raise NoAnswer(f"--changed: the repository {name} has no commit yet")
    commit = _git(name, "rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}")
    if commit is None:
        raise NoAnswer(f"--base: git knows no commit `{ref}` here; fetch it first")
    found = os.fsdecode(commit).strip()
    base = _git(name, "merge-base", found, "HEAD")
    if base is None:
        hint = ""
        if _git(name, "rev-parse", "--is-shallow-repository") == b"true\n":
            hint = "; the clone is shallow: `git fetch --unshallow` gets the rest"
        raise NoAnswer(f"--base: `{ref}` and HEAD have no commit in common{hint}")
    common = os.fsdecode(base).split()[0]
    return _Base(name, common, _renamed(name, common))


def _renamed(top: str, commit: str) -> dict[str, str]:
    """New path → old one of every file that was renamed since ``commit``, as the index has it."""
    told = _git(
        top, "diff-index", "--cached", "-M", "--diff-filter=R", "--name-status", "-z", "--no-color",
        "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", commit, "--",
    )  # fmt: skip
    parts = os.fsdecode(told or b"").split("\0")
    return {new: old for _, old, new in zip(parts[::3], parts[1::3], parts[2::3], strict=False)}


def _changed(path: str, base: _Base) -> set[int] | None:
    """The changed or new lines, counted from 0; None where the file is new as a whole."""
    from difflib import SequenceMatcher

    relative = os.path.relpath(path, os.path.realpath(base.top)).replace(os.sep, "/")
    before = base.renamed.get(relative, relative)
    stored = _git(base.top, "cat-file", "blob", f"{base.commit}:{before}")
    if stored is None:
        return None
    with open(path, "rb") as file:
        new = _lines(file.read())
    old = _lines(stored)
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    end, new_end = len(old), len(new)
    while end > first and new_end > first and old[end - 1] == new[new_end - 1]:
        end -= 1
        new_end -= 1
    matcher = SequenceMatcher(None, old[first:end], new[first:new_end], autojunk=False)
    found: set[int] = set()
    for kind, _, _, start, stop in matcher.get_opcodes():
        if kind != "equal":
            found.update(range(first + start, first + stop))
    return found


def _lines(data: bytes) -> list[bytes]:
    # Line ends may differ between what git stores and what it puts on disk.
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _git(folder: str, *arguments: str) -> bytes | None:
    """What git says; None where it refuses."""
    environment = {
        **os.environ,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }
    try:
        done = subprocess.run(
            ["git", *_SAFE, "-C", folder, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            env=environment,
        )
    except FileNotFoundError:
        raise NoAnswer("--changed: git is not installed") from None
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        raise NoAnswer(f"--changed: git gives no answer: {str(error)[:100]}") from None
    if done.returncode and b"dubious ownership" in done.stderr:
        raise NoAnswer(f"--changed: git refuses {folder}: the repository is owned by somebody else")
    return done.stdout if done.returncode == 0 else None
