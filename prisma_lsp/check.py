"""``prisma-lsp check``: find schemas, check them, report, and fix where asked to."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple, TypeVar

from prisma_lsp import discovery, files, parallel, report, settings
from prisma_lsp.console import complain, display_path, is_terminal, paint_for, write
from prisma_lsp.discovery import Project, UnreadableSchema
from prisma_lsp.lint import fixall
from prisma_lsp.lint.fixes import Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.options import checked
from prisma_lsp.lint.rule import Safety
from prisma_lsp.migrations import Migrations
from prisma_lsp.project import environment_of
from prisma_lsp.report import Entry
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document

STDIN = "-"
# Below this much text it is quicker not to start other processes.
_WORTH_PROCESSES = 300_000
# So much less there is to do where no rules run.
_VALIDITY_IS_QUICKER = 3
# How many pieces of a big schema each process gets: with few, one may wait for the other.
_PIECES = 6
_FIRST = 20
_POLL_SECONDS = 0.3
_WITH_FIXES = ("text", "json", "jsonl")

_Part = TypeVar("_Part")
log = logging.getLogger("prisma_lsp")


class Request(NamedTuple):
    """What was asked for; each field is an option of the command line."""

    paths: Sequence[str] = ()
    format: str = "text"
    output_file: str | None = None
    statistics: bool = False
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    validity: bool = False
    fix: bool = False
    ddl: bool = False
    unsafe_fixes: bool = False
    with_migrations: bool = False
    diff: bool = False
    fail_on: str | None = None
    max_warnings: int | None = None
    exit_zero: bool = False
    stdin_filename: str | None = None
    watch: bool = False
    baseline: str | None = None
    update_baseline: bool = False
    changed: bool = False
    base: str = "HEAD"

    @property
    def safety(self) -> frozenset[Safety]:
        """The classes of fixes to make: each asked for, and the weaker ones."""
        found: set[Safety] = {"T"}
        if self.ddl or self.unsafe_fixes:
            found.add("R")
        if self.unsafe_fixes:
            found.add("D")
        return frozenset(found)

    @property
    def layer(self) -> settings.Layer:
        """The settings that the options state."""
        # Nobody else reports here.
        values: dict[str, object] = {"step_back": "off"}
        if self.validity:
            values |= {"select": (), "extend_select": (), "validity": "on"}
        if self.select is not None:
            values |= {"select": self.select, "extend_select": ()}
        if self.extend_select:
            values["extend_select"] = self.extend_select
        if self.ignore:
            values["ignore"] = self.ignore
        return settings.Layer(settings.Options(values))


class _Run:
    """What a run, or its part for one project, has to report.

    ``failures``: why the check could not be made as asked.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.diff: list[str] = []
        self.files = 0
        self.made = 0
        self.changed = 0
        self.failures: list[str] = []
        self.notes: list[str] = []
        self.known: Counter[tuple[str, ...]] = Counter()

    def fail(self, message: str) -> None:
        if message not in self.failures:
            self.failures.append(message)

    def add(self, other: _Run) -> None:
        self.entries += other.entries
        self.diff += other.diff
        self.files += other.files
        self.made += other.made
        self.changed += other.changed
        self.notes += other.notes
        for message in other.failures:
            self.fail(message)


class Work(NamedTuple):
    """A project, and those of its files that were asked for; ``given`` is standard input's text.

    ``scripts`` are migrations that were named; ``newest``: the folder with all of them was.
    """

    project: Project
    paths: frozenset[str]
    given: tuple[str, str] | None = None
    scripts: frozenset[str] = frozenset()
    newest: bool = False


def main(request: Request) -> int:
    """Check, write the report, and return the exit code.

    The code speaks of the files as they are on disk at the end: after ``fix``, but not with
    ``diff``, which changes nothing.
    """
    # Reading schemas makes many objects and hardly any garbage.
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 100)
    gc.enable()
    _, wrong = checked(request.layer, "")
    for problem in wrong:
        complain(f"--{problem.key}: {problem.message}")
    if wrong:
        return 2
    if not request.watch:
        return _once(request).code
    return _watch(request)


class _Done(NamedTuple):
    """The exit code of a run, and what the files were that it looked at, before it read them."""

    code: int
    works: list[Work]
    state: dict[str, tuple[int, int]]


def _once(request: Request) -> _Done:
    run = _Run()
    works: list[Work] = []
    state: dict[str, tuple[int, int]] = {}
    try:
        works = find(request.paths, run.fail, stdin_filename=request.stdin_filename)
        if request.watch:
            # Before anything is read: what changes meanwhile has changed.
            state = _state(works, request)
        if not _can_narrow(run, works, request):
            # Everything that was ever found is no answer to what is new.
            for message in run.failures:
                complain(message)
            return _Done(2, works, state)
        for part in _parts(works, request):
            run.add(part)
    except KeyboardInterrupt:
        return _Done(130, works, state)
    except parallel.Died as error:
        run.fail(str(error))
    except OSError as error:
        run.fail(f"{error.filename or 'system'}: {(error.strerror or str(error)).lower()}")
    run.entries.sort(key=lambda entry: (entry.file, entry.line, entry.start, entry.end))
    _narrow(run, request)
    for message in run.failures:
        complain(message)
    if not _write(run, request):
        return _Done(2, works, state)
    return _Done(2 if run.failures else _verdict(run.entries, request), works, state)


def _can_narrow(run: _Run, works: list[Work], request: Request) -> bool:
    """Whether it can be known which findings are new."""
    if request.changed:
        from prisma_lsp import changed

        try:
            for work in works:
                # A commit that is not there is a mistake even where nothing is found.
                changed.check_ref(str(work.project.files[0].parent), request.base)
        except (changed.NoAnswer, OSError) as error:
            run.fail(str(error))
            return False
    if request.baseline is not None and not request.update_baseline:
        from prisma_lsp import baseline

        try:
            run.known = baseline.read(request.baseline)
        except baseline.Bad as error:
            run.fail(str(error))
            return False
    return True


def _narrow(run: _Run, request: Request) -> None:
    """Leave only the findings that are on changed lines, or that the baseline does not know."""
    if request.changed:
        from prisma_lsp import changed

        try:
            run.entries = changed.only(run.entries, request.base)
        except (changed.NoAnswer, OSError) as error:
            run.fail(str(error))
    if request.baseline is None:
        return
    from prisma_lsp import baseline

    if request.update_baseline:
        if run.failures:
            run.fail(f"{request.baseline}: is left as it is, because not all could be checked")
            return
        try:
            baseline.write(request.baseline, run.entries)
        except files.Unwritable as error:
            run.fail(str(error))
            return
        run.notes.append(
            f"{request.baseline} knows {_count(len(run.entries), 'finding')}; only new ones"
            " will be reported."
        )
        run.entries = []
        return
    kept = baseline.new(run.entries, request.baseline, run.known)
    run.entries = kept.entries
    if kept.known:
        run.notes.append(f"{_count(kept.known, 'finding')} of the baseline not shown.")
    chosen = request.validity or request.select is not None or request.extend_select or request.ignore
    is_whole = not (request.changed or request.paths or chosen)
    if kept.gone and is_whole:
        run.notes.append(
            f"{_count(kept.gone, 'finding')} of the baseline gone: --update-baseline forgets them."
        )


def _verdict(entries: Sequence[Entry], request: Request) -> int:
    # With a number of warnings allowed, only errors fail by themselves.
    default = "warning" if request.max_warnings is None else "error"
    fail_on = request.fail_on or default
    severe = report.SEVERITIES[: report.SEVERITIES.index(fail_on) + 1]
    found = any(entry.severity in severe for entry in entries)
    if request.max_warnings is not None:
        found |= sum(entry.severity == "warning" for entry in entries) > request.max_warnings
    return 1 if found and not request.exit_zero else 0


def find(
    paths: Sequence[str], fail: Callable[[str], None], *, stdin_filename: str | None = None
) -> list[Work]:
    """The projects that ``paths`` name, each once."""
    found: dict[Project, Work] = {}
    works: list[Work] = []
    for path in paths or ["."]:
        if path == STDIN:
            work = _from_stdin(stdin_filename, fail)
            works += [work] if work is not None else []
            continue
        name = os.path.abspath(path)
        try:
            if os.path.basename(name) == "migration.sql" and os.path.isfile(name):
                _add(found, _of_migration(path, name))
                continue
            if os.path.isfile(name) and not name.endswith(".prisma"):
                raise UnreadableSchema(Path(path), "is not a .prisma file or a migration.sql")
            if os.path.isdir(name) and not os.access(name, os.R_OK | os.X_OK):
                raise UnreadableSchema(Path(path), "cannot be read: permission denied")
            projects = discovery.find_projects(Path(path))
        except UnreadableSchema as error:
            fail(f"{path}: {error.reason}")
            continue
        if not projects:
            where = "here" if path == "." else "in it"
            fail(f"{path}: there is no Prisma schema {where}; name a .prisma file or its folder")
        for project in projects:
            own = frozenset(map(str, project.files))
            # A config may point outside the folder that was named; then all of it is meant.
            asked = frozenset(file for file in own if _within(file, name))
            folder = project.migrations
            newest = folder is not None and (_within(str(folder), name) or not asked)
            _add(found, Work(project, asked or own, newest=newest))
    return works + list(found.values())


def _add(found: dict[Project, Work], work: Work) -> None:
    """Put what is asked of a project to what was asked before."""
    before = found.get(work.project)
    if before is not None:
        work = before._replace(
            paths=before.paths | work.paths,
            scripts=before.scripts | work.scripts,
            newest=before.newest or work.newest,
        )
    found[work.project] = work


def _of_migration(path: str, name: str) -> Work:
    """The migration ``name``, for the project whose it is."""
    folder = Path(name).parents[1]
    project = discovery.project_of_migrations(folder, discovery.root_of(folder))
    if project is None:
        raise UnreadableSchema(Path(path), "is a migration of no Prisma schema that was found")
    return Work(project, frozenset(), scripts=frozenset({name}))


def _from_stdin(filename: str | None, fail: Callable[[str], None]) -> Work | None:
    """Standard input as the file ``filename`` of its project, or alone where it has no name."""
    name = os.path.abspath(filename or "stdin.prisma")
    stream = sys.stdin.buffer if sys.stdin is not None else None
    data = stream.read(discovery.MAX_SCHEMA_BYTES + 1) if stream is not None else b""
    if len(data) > discovery.MAX_SCHEMA_BYTES:
        fail(f"standard input: is larger than {discovery.MAX_SCHEMA_BYTES >> 20} MiB")
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fail(f"standard input: is not UTF-8 (first wrong byte on line {line})")
        return None
    root = discovery.root_of(Path(name)) if filename is not None else None
    project = discovery.project_of(Path(name), root, overlay={Path(name): text})
    return Work(project, frozenset({name}), (name, text))


def read(work: Work, fail: Callable[[str], None]) -> dict[str, str] | None:
    """The texts of all of a project's files by path; None where one cannot be read."""
    texts: dict[str, str] = {}
    for file in work.project.files:
        if work.given is not None and str(file) == work.given[0]:
            texts[str(file)] = work.given[1]
            continue
        try:
            texts[str(file)] = discovery.read_text(file)
        except UnreadableSchema as error:
            fail(f"{display_path(str(file))}: {error.reason}")
    if len(texts) < len(work.project.files):
        # Without all of its files every other one would be full of unknown types.
        return None
    if any(discovery.is_prisma_next(text) for text in texts.values()):
        # Another language.
        return None
    return texts


def _parts(works: list[Work], request: Request) -> Iterator[_Run]:
    """What each project gives, several at a time where that is quicker."""
    parts: Iterable[_Run]
    if len(works) > 1 and parallel.processors() > 1 and sum(map(_size, works)) > _WORTH_PROCESSES:
        parts = parallel.spread(len(works), lambda number: _guarded(works[number], request))
    else:
        parts = (_guarded(work, request) for work in works)
    yield from _shown(parts, len(works), "schemas")


def _size(work: Work) -> int:
    total = 0
    for file in work.project.files:
        with suppress(OSError):
            total += file.stat().st_size
    return total


def _shown(parts: Iterable[_Part], total: int, noun: str) -> Iterator[_Part]:
    """``parts``, with a line of progress on a terminal once it takes long."""
    start = monotonic()
    shown = False
    for number, part in enumerate(parts, 1):
        if total > 1 and monotonic() - start > 0.5 and is_terminal(sys.stderr):
            shown = True
            sys.stderr.write(f"\r{number} of {total} {noun}")
            sys.stderr.flush()
        yield part
    if shown:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()


def _guarded(work: Work, request: Request) -> _Run:
    """`_check`, with every fault as a failure of the run."""
    run = _Run()
    handler = _Faults(run)
    log.addHandler(handler)
    try:
        _check(work, run, request)
    except parallel.Died as error:
        run.fail(str(error))
    except OSError as error:
        run.fail(f"{error.filename or 'system'}: {(error.strerror or str(error)).lower()}")
    except Exception as error:
        # Python's own code for a fault is 1, which means findings here.
        fault = (type(error), error, error.__traceback__)
        handler.handle(logging.LogRecord("", logging.ERROR, "", 0, "the check failed", (), fault))
    finally:
        log.removeHandler(handler)
    return run


def _check(work: Work, run: _Run, request: Request) -> None:
    texts = read(work, run.fail)
    if texts is None:
        return
    environment, problems = environment_of(work.project, request.layer)
    for problem in problems:
        run.fail(str(problem._replace(source=display_path(problem.source))))
    schema = Schema({path: document.read(text) for path, text in texts.items()})
    linter = Linter(schema, environment)
    if request.fix:
        linter.work()
        fixed, made = _fixed(work, linter, request, run)
        changed = fixed.texts
        if request.diff or _save(texts, changed, run, made):
            run.made += fixed.made
            run.changed += len(changed)
            if request.diff:
                run.diff += [
                    report.to_diff(
                        display_path(path), schema.files[path], fixed.schema.files[path],
                        paint_for(sys.stdout if request.output_file is None else None),
                    )
                    for path in changed
                ]  # fmt: skip
                run.diff += [
                    report.to_new_file(display_path(path), text, paint_for(sys.stdout if request.output_file is None else None))
                    for path, text in made.items()
                ]
            else:
                run.notes += [f"Wrote {display_path(path)}: read it before you apply it." for path in made if path.endswith("migration.sql")]
                linter = fixed.linter
                if made:
                    # They make more now than when the schema was looked at.
                    environment.migrations = environment.migrations.refreshed()
                    linter.restart(linter.schema, environment)
    else:
        linter.survey(work.paths)
    run.files += len(work.paths)
    with_fixes = request.statistics or request.format in _WITH_FIXES
    blocks = blocks_of(schema, work.paths)
    size = sum(len(text) for path, text in texts.items() if path in work.paths)
    if (
        not request.fix
        and size > _WORTH_PROCESSES * (_VALIDITY_IS_QUICKER if request.validity else 1)
        and parallel.processors() > 1
        # What comments for a whole file silence is counted over all of its blocks.
        and not any(schema.marked_blocks(path) for path in work.paths)
    ):
        _in_pieces(linter, blocks, run, with_fixes=with_fixes)
    else:
        linter.work()
        run.entries += entries_of(linter, blocks, with_fixes=with_fixes)
    if work.scripts or work.newest or request.changed:
        from prisma_lsp import check_migrations

        found = check_migrations.entries(linter, work.scripts, work.newest, request.changed, run.fail)
        run.files += found.files
        run.entries += found.entries


def _fixed(
    work: Work, linter: Linter, request: Request, run: _Run
) -> tuple[fixall.Fixed, dict[str, str]]:
    """The fixes that are wanted, and the new files that come with them."""
    leave = _known(work, linter, request)
    if request.with_migrations:
        from prisma_lsp.inplace.pairs import NotInPlace
        from prisma_lsp.lint.inplace import fixed_in_place

        try:
            return fixed_in_place(
                linter.schema, linter.environment,
                lossy=request.unsafe_fixes, paths=work.paths, linter=linter, leave=leave,
            )  # fmt: skip
        except NotInPlace as reason:
            run.fail(f"{display_path(str(work.project.schema))}: {reason}; nothing was fixed")
            return fixall.Fixed(linter.schema, linter, 0, linter.schema), {}
    return fixall.fixed(
        linter.schema, linter.environment,
        safety=request.safety, paths=work.paths, linter=linter, leave=leave,
    ), {}  # fmt: skip


def _known(work: Work, linter: Linter, request: Request) -> set[fixall.Key]:
    """The findings that the baseline knows: who is not told of them does not want them fixed."""
    if request.baseline is None or request.update_baseline:
        return set()
    from prisma_lsp import baseline

    found: list[tuple[fixall.Key, Entry]] = []
    for path, number in blocks_of(linter.schema, work.paths):
        block = linter.schema.files[path].blocks[number]
        keys = [(path, block.name, one.rule, one.message) for one in linter.findings(block)]
        found += zip(keys, entries_of(linter, [(path, number)], with_fixes=False), strict=True)
    known = baseline.read(request.baseline)
    new = {id(one) for one in baseline.new([e for _, e in found], request.baseline, known).entries}
    return {key for key, entry in found if id(entry) not in new}


def _in_pieces(
    linter: Linter, blocks: list[tuple[str, int]], run: _Run, *, with_fixes: bool
) -> None:
    """Check one big schema with several processes."""
    files = linter.schema.files
    # The first piece finds out what all the others need to know of the whole schema.
    size = len(blocks) // (parallel.processors() * _PIECES) + 1
    # And what fixes ask of it again and again.
    bench = Workbench(linter.schema, linter.environment)
    pieces = [blocks[:_FIRST], *(blocks[i : i + size] for i in range(_FIRST, len(blocks), size))]

    def check(number: int) -> tuple[list[tuple[object, ...]], list[str]]:
        piece = pieces[number]
        part = _Run()
        handler = _Faults(part)
        log.addHandler(handler)
        linter.work_on(files[path].blocks[index] for path, index in piece)
        found = entries_of(linter, piece, with_fixes=with_fixes, bench=bench)
        # Plain tuples are pickled many times quicker than named ones.
        rows = [tuple(entry) for entry in found]
        log.removeHandler(handler)
        return rows, part.failures

    results = itertools.chain([check(0)], parallel.spread(len(pieces) - 1, lambda n: check(n + 1)))
    for rows, failures in _shown(results, len(pieces), "parts of the schema"):
        run.entries += map(Entry._make, rows)
        for failure in failures:
            run.fail(failure)


def entries_of(
    linter: Linter,
    blocks: Iterable[tuple[str, int]],
    *,
    with_fixes: bool = True,
    bench: Workbench | None = None,
) -> Iterator[Entry]:
    """The findings in ``blocks``: each the path of a file and the number of a block in it."""
    bench = bench or Workbench(linter.schema, linter.environment)
    name = shown = ""
    for path, number in blocks:
        if path != name:
            name, shown = path, display_path(path)
        file = linter.schema.files[path]
        block = file.blocks[number]
        first = file.starts[number]
        for finding in linter.findings(block):
            last = finding.through
            fixes = fixall.fixes_of(finding, bench) if with_fixes else ()
            yield Entry(
                shown,
                first + finding.line,
                finding.start,
                finding.end,
                finding.level,
                finding.source,
                finding.rule,
                finding.message,
                tuple([(fix.title, fix.safety) for fix in fixes]),
                file.line(first + finding.line),
                block.name,
                first + last if last > finding.line else -1,
                len(block.lines[last].rstrip("\r\n")) if last > finding.line else 0,
            )


def blocks_of(schema: Schema, paths: Iterable[str]) -> list[tuple[str, int]]:
    """Every block of the files ``paths``."""
    return [(p, number) for p in sorted(paths) for number in range(len(schema.files[p].blocks))]


def _write(run: _Run, request: Request) -> bool:
    if request.diff:
        ok = _put("".join(run.diff), request)
        fixes, changed = _count(run.made, "fix", "es"), _count(run.changed, "file")
        complain(f"--fix would make {fixes} in {changed}")
        return ok
    if request.statistics or request.format != "text":
        from prisma_lsp import outputs

        if request.statistics:
            as_json = request.format == "json"
            make = outputs.statistics_json if as_json else outputs.statistics_text
            return _put(make(run.entries), request)
        return _put(outputs.FORMATS[request.format](run.entries), request)
    made = ""
    if run.made:
        made = f"Made {_count(run.made, 'fix', 'es')} in {_count(run.changed, 'file')}.\n"
    if not run.files:
        return True
    made += "".join(note + "\n" for note in run.notes)
    paint = paint_for(sys.stdout if request.output_file is None else None)
    return _put(report.to_text(run.entries, run.files, paint) + made, request)


def _put(text: str, request: Request) -> bool:
    """Write the report where it is wanted."""
    if request.output_file is None:
        return write(text)
    try:
        files.replace({request.output_file: text})
    except files.Unwritable as error:
        complain(str(error))
        return False
    return True


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number} {noun}{'' if number == 1 else plural}"


def _save(
    before: dict[str, str], changed: dict[str, str], run: _Run, new: Mapping[str, str]
) -> bool:
    """Write the changed texts and the new files, all or none; none where somebody else has changed
    a file."""
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
    try:
        files.create(new)
        try:
            files.replace(changed)
        except files.Unwritable:
            files.discard(new)
            raise
    except files.Unwritable as error:
        run.fail(f"{display_path(error.path)}: {error.reason}; nothing was fixed")
        return False
    return True


def _watch(request: Request) -> int:
    """Check again whenever a file of the projects changes, until the user ends it."""
    try:
        while True:
            if is_terminal(sys.stdout):
                write("\x1b[2J\x1b[H")
            done = _once(request)
            if done.code == 130:
                return 0
            while _state(done.works, request) == done.state:
                sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        return 0


def _state(works: list[Work], request: Request) -> dict[str, tuple[int, int]]:
    """What changes when a file that matters changes, comes or goes."""
    paths = {os.path.abspath(path) for path in request.paths or ["."]}
    if request.baseline is not None:
        paths.add(os.path.abspath(request.baseline))
    for work in works:
        for file in work.project.files:
            paths |= {str(file), str(file.parent)}
        root = discovery.root_of(work.project.schema)
        for folder in (work.project.schema, *work.project.schema.parents):
            paths |= {str(folder / name) for name in settings.FILE_NAMES}
            if folder == root:
                break
        if work.project.config is not None:
            paths.add(str(work.project.config))
        if work.project.migrations is not None:
            paths |= {str(work.project.migrations), *work.scripts}
            paths |= {file.path for file in Migrations.read(work.project.migrations).files}
    found: dict[str, tuple[int, int]] = {}
    for path in paths:
        with suppress(OSError):
            status = os.stat(path)
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


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
