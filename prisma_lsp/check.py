"""``prisma-lsp check``: find schemas, check them, report, and fix where asked to."""

from __future__ import annotations

import logging
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from prisma_lsp import discovery, report
from prisma_lsp.console import complain, display_path, paint_for, write
from prisma_lsp.discovery import Project, UnreadableSchema
from prisma_lsp.lint import fixall
from prisma_lsp.lint.fixes import Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.project import environment_of
from prisma_lsp.report import Entry
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document


class _Run:
    """What one run has to report.  ``failed``: the check could not be made as asked."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.diff: list[str] = []
        self.files = 0
        self.made = 0
        self.changed = 0
        self.failed = False
        self._said: set[str] = set()

    def fail(self, message: str) -> None:
        self.failed = True
        if message not in self._said:
            self._said.add(message)
            complain(message)


class _Work(NamedTuple):
    """A project, and those of its files that were asked for."""

    project: Project
    paths: frozenset[str]


def main(
    paths: Sequence[str],
    *,
    json: bool = False,
    fix: bool = False,
    diff: bool = False,
    fail_on: str = "warning",
    exit_zero: bool = False,
) -> int:
    """Check, write the report, and return the exit code.

    The code speaks of the files as they are on disk at the end: after ``fix``, but not with
    ``diff``, which changes nothing.
    """
    run = _Run()
    handler = _Faults(run)
    logger = logging.getLogger("prisma_lsp")
    logger.addHandler(handler)
    try:
        for work in _work(paths, run):
            _check(work, run, fix=fix, diff=diff)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        run.fail(f"{error.filename or 'system'}: {(error.strerror or str(error)).lower()}")
    except Exception as error:
        # Python's own code for a fault is 1, which means findings here.
        fault = (type(error), error, error.__traceback__)
        handler.handle(logging.LogRecord("", logging.ERROR, "", 0, "the check failed", (), fault))
    finally:
        logger.removeHandler(handler)
    run.entries.sort(key=lambda entry: (entry.file, entry.line, entry.start, entry.end))
    if not _write(run, json=json, diff=diff):
        return 2
    if run.failed:
        return 2
    severe = report.SEVERITIES[: report.SEVERITIES.index(fail_on) + 1]
    found = any(entry.severity in severe for entry in run.entries)
    return 1 if found and not exit_zero else 0


def _work(paths: Sequence[str], run: _Run) -> list[_Work]:
    """The projects that ``paths`` name, each once."""
    found: dict[Project, frozenset[str]] = {}
    for path in paths or ["."]:
        name = os.path.abspath(path)
        try:
            if os.path.isfile(name) and not name.endswith(".prisma"):
                raise UnreadableSchema(Path(path), "is not a .prisma file")
            if os.path.isdir(name) and not os.access(name, os.R_OK | os.X_OK):
                raise UnreadableSchema(Path(path), "cannot be read: permission denied")
            projects = discovery.find_projects(Path(path))
        except UnreadableSchema as error:
            run.fail(f"{path}: {error.reason}")
            continue
        if not projects:
            where = "here" if path == "." else "in it"
            run.fail(f"{path}: there is no Prisma schema {where}; name a .prisma file or its folder")
        for project in projects:
            files = frozenset(map(str, project.files))
            # A config may point outside the folder that was named; then all of it is meant.
            asked = frozenset(file for file in files if _within(file, name)) or files
            found[project] = found.get(project, frozenset()) | asked
    return [_Work(project, asked) for project, asked in found.items()]


def _check(work: _Work, run: _Run, *, fix: bool, diff: bool) -> None:
    texts: dict[str, str] = {}
    for file in work.project.files:
        try:
            texts[str(file)] = discovery.read_text(file)
        except UnreadableSchema as error:
            run.fail(f"{display_path(str(file))}: {error.reason}")
    if len(texts) < len(work.project.files):
        # Without all of its files every other one would be full of unknown types.
        return
    if any(discovery.is_prisma_next(text) for text in texts.values()):
        # Another language.
        return
    environment, problems = environment_of(work.project)
    for problem in problems:
        run.fail(str(problem._replace(source=display_path(problem.source))))
    schema = Schema({path: document.read(text) for path, text in texts.items()})
    linter = Linter(schema, environment)
    linter.work()
    if fix:
        fixed = fixall.fixed(schema, environment, paths=work.paths, linter=linter)
        changed = fixed.texts
        if diff or _save(texts, changed, run):
            run.made += fixed.made
            run.changed += len(changed)
            if diff:
                run.diff += [
                    report.to_diff(
                        display_path(path), schema.files[path], fixed.schema.files[path],
                        paint_for(sys.stdout),
                    )
                    for path in changed
                ]  # fmt: skip
            else:
                linter = fixed.linter
    run.files += len(work.paths)
    run.entries += _entries(linter, work.paths)


def _entries(linter: Linter, paths: frozenset[str]) -> Iterator[Entry]:
    bench = Workbench(linter.schema, linter.environment)
    for path in sorted(paths):
        file = linter.schema.files[path]
        name = display_path(path)
        for block, first in zip(file.blocks, file.starts, strict=True):
            for finding in linter.findings(block):
                yield Entry(
                    name,
                    first + finding.line,
                    finding.start,
                    finding.end,
                    finding.level,
                    finding.source,
                    finding.rule,
                    finding.message,
                    tuple(fixall.fixes_of(finding, bench)),
                    file.line(first + finding.line),
                )


def _write(run: _Run, *, json: bool, diff: bool) -> bool:
    if json:
        return write(report.to_json(run.entries))
    paint = paint_for(sys.stdout)
    fixes = f"{run.made} fix{'es' if run.made != 1 else ''}"
    files = f"{run.changed} file{'s' if run.changed != 1 else ''}"
    if diff:
        ok = write("".join(run.diff))
        complain(f"--fix would make {fixes} in {files}")
        return ok
    made = f"Made {fixes} in {files}.\n" if run.made else ""
    if not run.files:
        return True
    return write(report.to_text(run.entries, run.files, paint) + made)


def _save(before: dict[str, str], changed: dict[str, str], run: _Run) -> bool:
    """Write the changed texts, all or none; none where somebody else has changed a file."""
    for path in changed:
        name = display_path(path)
        try:
            now = discovery.read_text(Path(path))
        except UnreadableSchema as error:
            run.fail(f"{name}: {error.reason}; nothing was fixed")
            return False
        if now != before[path]:
            run.fail(f"{name}: has changed since it was read; nothing was fixed")
            return False
        # Root may write everything, but a file that nobody may write is meant to stay.
        if not os.access(path, os.W_OK) or not os.stat(path).st_mode & 0o222:
            run.fail(f"{name}: is read-only; nothing was fixed")
            return False
    waiting: list[tuple[str, str]] = []
    try:
        for path, text in changed.items():
            # What a link points at is replaced, not the link.
            target = os.path.realpath(path)
            waiting.append((_beside(target, text), target))
        while waiting:
            temporary, target = waiting[0]
            os.replace(temporary, target)
            waiting.pop(0)
    except OSError as error:
        run.fail(f"{display_path(path)}: cannot be written: {(error.strerror or str(error)).lower()}")
        return False
    finally:
        for temporary, _ in waiting:
            os.unlink(temporary)
    return True


def _beside(target: str, text: str) -> str:
    """A new file in the folder of ``target`` with its mode and the new text."""
    mode = stat.S_IMODE(os.stat(target).st_mode)
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


class _Faults(logging.Handler):
    """Turns a fault in a rule, which the linter survives, into one line and exit code 2."""

    def __init__(self, run: _Run) -> None:
        super().__init__(logging.ERROR)
        self._run = run

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        place = ""
        if error is not None:
            last = error.__traceback__
            while last is not None and last.tb_next is not None:
                last = last.tb_next
            if last is not None:
                code = last.tb_frame.f_code
                place = f" ({os.path.basename(code.co_filename)}:{last.tb_lineno})"
        reason = f": {type(error).__name__}: {error}" if error is not None else ""
        self._run.fail(f"internal error: {record.getMessage()}{reason}{place}")


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)
