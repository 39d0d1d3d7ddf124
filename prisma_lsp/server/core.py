"""Texts in, findings out: what a keystroke goes through, on plain JSON.

The protocol's classes are not needed here, so the first findings need not wait for their import and
a keystroke need not go through them.  Every other request is answered by `prisma_lsp.server.server`.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prisma_lsp import settings
from prisma_lsp.lint.pages import page_uri
from prisma_lsp.lint.rule import all_rules, validity_checks
from prisma_lsp.server.client import Client, folder_uris
from prisma_lsp.server.diagnostics import NO_ITEMS, Items, Writer
from prisma_lsp.server.loop import Loop, Timer
from prisma_lsp.server.places import Uris, edits, of_problem, to_path
from prisma_lsp.syntax import memory
from prisma_lsp.syntax.document import Block, Document
from prisma_lsp.text import from_units
from prisma_lsp.workspace import Session, Workspace

if TYPE_CHECKING:
    from prisma_lsp.server.desk import Desk
    from prisma_lsp.server.progress import Progress

log = logging.getLogger("prisma_lsp")

SECTION = "prismaLsp"
WATCHED = (
    "**/*.prisma",
    "**/prisma.config.{ts,js,mjs,cjs,mts,cts}",
    "**/.config/prisma.{ts,js,mjs,cjs,mts,cts}",
    "**/package.json",
    "**/{package-lock.json,npm-shrinkwrap.json,pnpm-lock.yaml,yarn.lock,bun.lock}",
    "**/prisma-lsp.toml",
    "**/pyproject.toml",
    "**/migrations/*/migration.sql",
    "**/migrations/migration_lock.toml",
)

# How long checking may keep the loop before other messages get their turn, and how long a first
# answer waits for the rest of a big file, in seconds.
SLICE = 0.010
FIRST_SLICE = 0.020

# How soon after a publication a change may have crossed it on its way, and how long a pause in
# typing is, in seconds.
RACE = 5.0
PAUSE = 0.4

# How long a question may wait for the migrations to be read, in seconds.
MOMENT = 0.1

# How many edits of a burst may wait for those behind them.
MOST_BEHIND = 200

# How long nothing has to be opened, closed or checked before it is time to tidy up, in seconds.
QUIET = 3.0

# Of how many objects, in migrations that are read, a look at each takes longer than a key may wait.
MUCH = 400_000

# How often to look whether the process that started us is still there, in seconds.
WATCH = 5.0

REQUEST_CANCELLED = -32800
WARNING = 2

Answer = TypeVar("Answer")
Write = Callable[["str | Sequence[bytes | memoryview]"], None]


class Core:
    """One client's texts and findings.  Everything happens on the loop's thread.

    ``write`` sends a message, given as JSON text or as pieces of it in UTF-8.
    """

    def __init__(self, client: Client, loop: Loop, write: Write) -> None:
        self.client = client
        self.loop = loop
        self.write = write
        self.store = Workspace()
        self.uris = Uris()
        self.encoding = client.encoding
        self.pulls = client.pulls
        self.versions: dict[str, int] = {}
        # Told the path of a text that is closed.
        self.on_close: list[Callable[[str], None]] = []
        describes = self.pulls or bool(
            client.has("textDocument", "publishDiagnostics", "codeDescriptionSupport")
        )
        relates = bool(client.has("textDocument", "publishDiagnostics", "relatedInformation"))
        self.writer = Writer(
            self.encoding, page_uri if describes else _no_page, self.uris.of if relates else None
        )
        self._published: dict[str, tuple[Items, int | None, float]] = {}
        # The rules of the last keystroke wait for their turn.
        self._rest = False
        # How many edits of a burst only the text has followed.
        self._behind = 0
        # A check of many blocks is under way, in slices.
        self.is_checking = False
        self._progress: Progress | None = None
        self._pulls: dict[object, dict[str, Any]] = {}
        self._others: set[str] = set()
        self._echo: Timer | None = None
        self._tidying: Timer | None = None
        # A text was closed since it was tidied up last.
        self._has_closed = False
        self._layers: dict[str, settings.Layer] = {}
        self._dirty: set[str] = set()
        self._settings_problems: dict[str, list[settings.Problem]] = {}
        self._said: set[str] = set()
        self._asked: dict[str, Callable[[Any], None] | None] = {}
        self._desk: Desk | None = None
        # Migrations are being read, and what was found in the light of them and not told yet.
        self._is_reading = False
        self._pause: Timer | None = None
        self._read: set[str] = set()
        # About how many objects have come of it.
        self._made = 0
        # When a key was typed last.
        self._typed = float("-inf")
        self._numbers = 0
        self.store.set_folders(_folders(client.folders))
        self._take_settings(client.params.get("initializationOptions"), "initializationOptions")
        if client.process is not None:
            self._watch_parent(client.process)

    # --- speaking to the client ------------------------------------------------------------------

    def notify(self, method: str, params: object) -> None:
        self.write(_message({"method": method, "params": params}))

    def request(
        self, method: str, params: object = None, then: Callable[[Any], None] | None = None
    ) -> None:
        """Ask the client; ``then`` is given the result, not an error."""
        self._numbers += 1
        name = f"prisma-lsp-{self._numbers}"
        self._asked[name] = then
        message: dict[str, object] = {"id": name, "method": method}
        if params is not None:
            message["params"] = params
        self.write(_message(message))

    def answered(self, message: dict[str, Any]) -> bool:
        """Take the client's answer to one of our requests; False where it is to none of them."""
        number = message.get("id")
        if not isinstance(number, str) or number not in self._asked:
            return False
        then = self._asked.pop(number)
        if then is not None and "error" not in message:
            then(message.get("result"))
        return True

    # --- what the client announced ---------------------------------------------------------------

    def initialized(self) -> None:
        has = self.client.has
        if has("workspace", "didChangeWatchedFiles", "dynamicRegistration"):
            watchers = [{"globPattern": glob} for glob in WATCHED]
            self._register("workspace/didChangeWatchedFiles", {"watchers": watchers})
        if has("workspace", "didChangeConfiguration", "dynamicRegistration"):
            self._register("workspace/didChangeConfiguration", {"section": SECTION})
        self.ask_settings()

    def _register(self, method: str, options: object) -> None:
        one = {"id": f"prisma-lsp:{method}", "method": method, "registerOptions": options}
        self.request("client/registerCapability", {"registrations": [one]})

    def _watch_parent(self, process: int) -> None:
        """End when the process that started us does, without looking where the system tells it."""
        try:
            if self.loop.end_with(os.pidfd_open(process)):
                return
        except (AttributeError, OSError):
            pass  # not Linux, or too old, or no such process: that is seen at the first look

        self._look_for_parent(process)

    def _look_for_parent(self, process: int) -> None:
        def look() -> None:
            if not _is_alive(process):
                log.info("the client's process %s has ended", process)
                os._exit(1)
            self._look_for_parent(process)

        self.loop.call_later(WATCH, look)

    # --- settings --------------------------------------------------------------------------------

    def ask_settings(self) -> None:
        """Ask the client for our section, where it can be asked."""
        if not self.client.has("workspace", "configuration"):
            return

        def answered(answer: Any) -> None:
            # Some clients answer null, some an empty object, some not at all.
            if isinstance(answer, list) and answer:
                self._take_settings(answer[0], "the editor's settings")

        self.request("workspace/configuration", {"items": [{"section": SECTION}]}, answered)

    def _take_settings(self, data: object, source: str) -> None:
        if data is None:
            return
        names = [rule.name for rule in all_rules()]
        layer, problems = settings.from_mapping(data, rules=names, source=source)
        for problem in problems:
            self._log(str(problem))
        # What the editor says later lies over what it said at the start.
        self._layers[source] = layer
        changed = self.store.configure(settings.combine(*self._layers.values()))
        self.touched(changed)
        if changed:
            self.refresh_views()
        self._look_at_migrations()

    def did_change_configuration(self, params: dict[str, Any]) -> None:
        data = params.get("settings")
        if isinstance(data, dict) and isinstance(data.get(SECTION), dict):
            self._take_settings(data[SECTION], "the editor's settings")
        else:
            self.ask_settings()

    def _log(self, message: str) -> None:
        """Tell the client's log, once."""
        if message not in self._said:
            self._said.add(message)
            self.notify("window/logMessage", {"type": WARNING, "message": message})

    # --- texts -----------------------------------------------------------------------------------

    def did_open(self, params: dict[str, Any]) -> None:
        item = params["textDocument"]
        uri, text, version = item["uri"], item["text"], item.get("version")
        if not isinstance(uri, str) or not isinstance(text, str):
            raise TypeError("a text and its URI are strings")
        path = self.uris.remember(uri)
        self._note_version(path, version)
        if is_sql(path):
            self.desk.open(path, text)
            return
        self._published.pop(path, None)
        gc.disable()  # a big file makes many objects, and none of them is garbage
        try:
            self.touched(self.store.open(path, text), FIRST_SLICE)
        finally:
            gc.enable()

    def did_change(self, params: dict[str, Any]) -> None:
        item = params["textDocument"]
        path = self.uris.remember(item["uri"])
        self._typed = time.monotonic()
        self._note_version(path, item.get("version"))
        if is_sql(path):
            self.settle()
            self.desk.change(path, params["contentChanges"])
            return
        changed: set[str] = set()
        # One of a burst: only the text follows, until the last of them.
        waits = self.loop.has_more and self._behind < MOST_BEHIND
        if waits:
            if not self._behind:
                # What is behind need not be another key: it may be an answer, or nothing readable.
                self.loop.call_soon(self.settle)
            self._behind += 1
        try:
            changes = params["contentChanges"]
            for where, text in edits(lambda: self.store.document(path), changes, self.encoding):
                if waits:
                    self.store.type(path, where, text)
                else:
                    changed |= self.store.begin(path, [(where, text)])
        finally:
            # Where one change cannot be read, those before it were made.
            if not waits:
                self.touched(changed | self.catch_up(), edited=path)

    def catch_up(self) -> set[str]:
        """Everything else follows the text; the paths whose findings may have changed."""
        self._behind = 0
        return self.store.catch_up()

    def _note_version(self, path: str, version: object) -> None:
        if isinstance(version, int):
            self.versions[path] = version
        else:
            self.versions.pop(path, None)

    def did_close(self, params: dict[str, Any]) -> None:
        path = to_path(params["textDocument"]["uri"])
        self.versions.pop(path, None)
        if is_sql(path):
            self.desk.close(path)
            return
        for told in self.on_close:
            told(path)
        self.touched(self.store.close(path) | {path})
        self._has_closed = True
        self._tidy_later()

    def did_change_watched_files(self, params: dict[str, Any]) -> None:
        self.touched(self.store.disk_changed([to_path(c["uri"]) for c in params["changes"]]))
        self._look_at_migrations()

    def did_save(self, params: dict[str, Any]) -> None:
        """Look at the disk again: not every client watches files for us."""
        self.touched(self.store.refresh())
        self._look_at_migrations()

    def did_change_workspace_folders(self, params: dict[str, Any]) -> None:
        event = params["event"]
        gone = {to_path(uri) for uri in folder_uris(event.get("removed"))}
        kept = [f for f in self.store.folders if os.fspath(f) not in gone]
        added = _folders(folder_uris(event.get("added")))
        self.touched(self.store.set_folders([*kept, *added]))
        self._look_at_migrations()

    @property
    def desk(self) -> Desk:
        """What is for open migrations; made when there is one."""
        if self._desk is None:
            from prisma_lsp.server.desk import Desk

            self._desk = Desk(self)
        return self._desk

    def _look_at_migrations(self) -> None:
        if self._desk is not None:
            self._desk.publish_all()

    # --- findings --------------------------------------------------------------------------------

    def touched(
        self, paths: set[str], patience: float = SLICE, *, edited: str | None = None
    ) -> None:
        """Check what needs checking and publish, at once or, where it takes long, in slices.

        ``edited`` is the file that the client changed itself and will ask about unasked.
        """
        self._dirty |= paths
        if self.is_checking and patience <= SLICE and edited is None:
            return
        if edited is not None and not self.pulls and self._previews(edited):
            # First what is wrong for Prisma; the rules follow when no message waits.
            self._others |= paths - {edited}
            self.publish(False)
            if not self._rest:
                self._rest = True
                self.loop.call_soon(self.settle)
            return
        paths = paths | self.store.complete()
        self._dirty |= paths
        for session in self.store.sessions:
            if session.linter.is_long:
                session.linter.glance(patience)
                patience = 0
        done = self._work(patience)
        others = paths - {edited}
        self.publish(done)
        if not done and not self.is_checking:
            from prisma_lsp.server.progress import Progress

            self.is_checking = True
            self._progress = Progress(self)
            self.loop.call_soon(self._work_on)
        elif others and not self.is_checking:
            self._refresh_pulls()

    def _previews(self, path: str) -> bool:
        session = self.store.session(path)
        if session is None or not session.linter.preview():
            return False
        if session.linter.has_doubts:
            # An error that is no longer one must not be shown with what was typed.
            others = self.store.complete()
            self._dirty |= others
            self._others |= others - {path}
            session.linter.preview_errors()
        return True

    def settle(self) -> None:
        """Make up for what a keystroke has put off; every request sees it done."""
        if self._behind:
            self.touched(self.catch_up())
        others = self.store.complete()
        if not self._rest and not others:
            return
        self._rest = False
        others |= self._others
        self._others = set()
        # A fault here must not take away the answer to the request that waits for it.
        guard(lambda: self.touched(others), None)

    def _work(self, patience: float) -> bool:
        """Check blocks for about ``patience`` seconds; whether all are done."""
        self._dirty |= self.store.complete()
        # Our own time: on a busy machine no answer comes sooner for a smaller piece of work.
        end = time.thread_time() + patience
        for session in self.store.sessions:
            while not session.linter.is_done:
                session.linter.work(8)
                if time.thread_time() > end:
                    return False
        return True

    def _work_on(self) -> None:
        gc.disable()
        try:
            done = self._work(SLICE)
        except BaseException:
            self.is_checking = False
            self._end_progress()
            raise
        finally:
            gc.enable()
        if not done:
            assert self._progress is not None
            self._progress.tell(sum(session.linter.left for session in self.store.sessions))
            self.loop.call_soon(self._work_on)
            return
        self._end_progress()
        self._tidy_later()
        self.is_checking = False
        self.publish(True)
        self._answer_pulls()
        self._refresh_pulls()
        self.refresh_views()  # a lens may offer to repair what has only now been found

    def _tidy_later(self) -> None:
        """Once nobody types: throw away what is left of closed files, and never look again at what
        is open, which makes up most of what there is."""

        def tidy() -> None:
            self._tidying = None
            if self._has_closed:
                self._has_closed = False
                memory.tidy()
            if self._made < MUCH:
                gc.unfreeze()
            gc.collect()
            gc.freeze()

        if self._tidying is not None:
            self._tidying.cancel()
        self._tidying = self.loop.call_idle(QUIET, tidy)

    def _answer_pulls(self) -> None:
        waiting, self._pulls = self._pulls, {}
        for number, params in waiting.items():
            self.pull(number, params)

    def _end_progress(self) -> None:
        if self._progress is not None:
            self._progress.end()
            self._progress = None

    def publish(self, complete: bool) -> None:
        """Send the findings of touched files that differ from what was sent.

        Where checking is not ``complete`` the files stay on the list.
        """
        paths = self._dirty
        if complete:
            self._dirty = set()
            self.read_migrations_soon()
        self._publish_settings()
        for path in paths:
            if self.store.session(path) is None:
                self.writer.forget(path)
        if self.pulls:
            return
        for path in paths:
            session = self.store.session(path)
            items = self._items(session, path) if session is not None else NO_ITEMS
            sent = self._published.get(path)
            unknown = None if self.store.is_open(path) else NO_ITEMS
            if (sent[0] if sent is not None else unknown) == items:
                if sent is not None and sent[1] != self.versions.get(path):
                    self._repeat_later(sent[2])
                continue
            self._send(path, items)
            if session is None and not self.store.is_open(path):
                self._published.pop(path, None)
                self.uris.forget(path)

    def read_migrations_soon(self) -> None:
        """Once everything else is checked, read the migrations for the rules that ask for them."""
        if not self._is_reading and self.store.is_waiting:
            self._is_reading = True
            self._pause = self.loop.call_later(PAUSE / 4, self._read_migrations)

    def _read_migrations(self) -> None:
        """Read for a while, then check for a while what waits for it, until all is done.

        Never between two keys: that has to wait for a pause, unless a client waits for its findings.
        """
        self._pause = None
        left = 0.0 if self._pulls else self._typed + PAUSE - time.monotonic()
        if left > 0:
            self._pause = self.loop.call_later(left, self._read_migrations)
            return
        gc.disable()
        try:
            done = guard(self._has_read, True)
        finally:
            self._made += gc.get_count()[0]
            gc.freeze()  # what is read is kept, and to look at all of it would take long
            gc.enable()
        if not done:
            self.loop.call_soon(self._read_migrations)
            return
        self._is_reading = False
        touched, self._read = self._read, set()
        self.touched(touched)
        self._tidy_later()
        if self._desk is not None and self._desk.all_read():
            self._refresh_pulls()
        if not self.is_checking:
            self._answer_pulls()

    def read_for(self, session: Session, blocks: Iterable[Block]) -> None:
        """Somebody asks about ``blocks``: where their rules wait for the migrations, these are read now,
        if a moment is enough for it."""
        linter = session.linter
        if linter.waits_in(blocks) and self.store.read_migrations(MOMENT):
            touched = linter.use_migrations(0.0, blocks)
            self.loop.call_soon(lambda: self.touched(touched))

    def _has_read(self) -> bool:
        """Go on reading or checking for a while; whether nothing is left."""
        if not self.store.read_migrations(SLICE):
            return False
        waiting = [s.linter for s in self.store.sessions if s.linter.is_waiting]
        if waiting:
            self._read |= waiting[0].use_migrations(SLICE)
        return not any(linter.is_waiting for linter in waiting)

    def _send(self, path: str, items: Items) -> None:
        self._published[path] = (items, self.versions.get(path), time.monotonic())
        self.publish_items(path, items)

    def publish_items(self, path: str, items: Items) -> None:
        """Send the findings of a file with the version of its text."""
        version = self.versions.get(path)
        numbered = f'"version":{version},' if version is not None else ""
        head = (
            '{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":'
            f'{json.dumps(self.uris.of(path))},{numbered}"diagnostics":'
        )
        self.write([head.encode(), *items.json(), b"}}"])

    def _publish_settings(self) -> None:
        """Send what is wrong in files with settings, where that has changed.

        No editor asks for it: those files are not ours to be opened with.
        """
        found: dict[str, list[settings.Problem]] = {}
        for session in self.store.sessions:
            for problem in session.problems:
                if os.path.isabs(problem.source) and problem not in found.get(problem.source, ()):
                    found.setdefault(problem.source, []).append(problem)
        for path in found.keys() | self._settings_problems.keys():
            problems = found.get(path, [])
            if problems != self._settings_problems.get(path, []):
                items = [of_problem(problem) for problem in problems]
                said = {"uri": self.uris.of(path), "diagnostics": items}
                self.notify("textDocument/publishDiagnostics", said)
        self._settings_problems = found

    def _repeat_later(self, sent: float) -> None:
        """Equal findings are not sent again, but a client that was already further on when the last
        ones arrived has thrown them away: repeat them once the typing pauses."""
        if time.monotonic() - sent > RACE:
            return
        if self._echo is not None:
            self._echo.cancel()
        self._echo = self.loop.call_later(PAUSE, self._repeat)

    def _repeat(self) -> None:
        self._echo = None
        for path, (items, version, _) in list(self._published.items()):
            if self.store.is_open(path) and version != self.versions.get(path):
                self._send(path, items)

    def _items(self, session: Session, path: str) -> Items:
        limit = session.linter.environment.settings.max_diagnostics
        return self.writer.file(session.linter, path, limit)

    def _refresh_pulls(self) -> None:
        """Ask a client that pulls to pull again."""
        if self.pulls and self._refreshes():
            self.request("workspace/diagnostic/refresh")

    def _refreshes(self) -> bool:
        """Whether the client can be told to pull again."""
        return bool(self.client.has("workspace", "diagnostics", "refreshSupport"))

    def refresh_views(self) -> None:
        """Have the client ask again for what the settings switch on and off."""
        if self.client.has("workspace", "inlayHint", "refreshSupport"):
            self.request("workspace/inlayHint/refresh")
        if self.client.has("workspace", "codeLens", "refreshSupport"):
            self.request("workspace/codeLens/refresh")

    def pull(self, number: object, params: dict[str, Any]) -> None:
        """Answer the request ``number`` for a file's findings once all of it is checked."""
        path = to_path(params["textDocument"]["uri"])
        if is_sql(path):
            items = self.desk.items(path)
        elif self.is_checking or (self._is_reading and not self._refreshes()):
            # Who cannot be told to ask again must be told all at once.
            self._pulls[number] = params
            if self._pause is not None:
                self._pause.cancel()
                self._pause = self.loop.call_later(0.0, self._read_migrations)
            return
        else:
            session = self.store.session(path)
            items = self._items(session, path) if session is not None else NO_ITEMS
        digest = f"{items.size}-{hash(items) & 0xFFFFFFFFFFFF:x}"
        head = f'{{"jsonrpc":"2.0","id":{json.dumps(number)},"result":{{"resultId":"{digest}",'
        if params.get("previousResultId") == digest:
            self.write(head + '"kind":"unchanged"}}')
        else:
            self.write([head.encode(), b'"kind":"full","items":', *items.json(), b"}}"])

    def cancel(self, number: object) -> bool:
        """Give up a request that waits; False where it does not wait here."""
        if not isinstance(number, (str, int)) or self._pulls.pop(number, None) is None:
            return False
        error = {"code": REQUEST_CANCELLED, "message": "cancelled"}
        self.write(_message({"id": number, "error": error}))
        return True

    # --- questions about a place -----------------------------------------------------------------

    def at(
        self, uri: str, line: int, character: int
    ) -> tuple[Session, str, Document, int, int] | None:
        """The session, path, text, line and column that a position is about; None below the text."""
        path = to_path(uri)
        session = self.store.session(path)
        document = session.schema.files.get(path) if session is not None else None
        if session is None or document is None or not 0 <= line <= document.line_count:
            return None
        column = from_units(document.line(line), character, self.encoding)
        return session, path, document, line, column


def is_sql(path: str) -> bool:
    """Whether a text is no schema: a migration, or other SQL, of which nothing is said."""
    return path.endswith(".sql")


def guard(ask: Callable[[], Answer], otherwise: Answer) -> Answer:
    """The answer, or ``otherwise`` where something of ours is broken; the fault is logged."""
    try:
        return ask()
    except Exception:
        log.exception("a request failed")
        return otherwise


def prepare() -> None:
    """Import all that a first check needs."""
    all_rules()
    validity_checks()


def _message(content: dict[str, object]) -> str:
    return json.dumps({"jsonrpc": "2.0", **content}, ensure_ascii=False, separators=(",", ":"))


def _folders(uris: Iterable[str]) -> list[Path]:
    paths = [to_path(uri) for uri in uris]
    return [Path(path) for path in paths if os.path.isabs(path)]


def _no_page(rule: str) -> None:
    return None


def _is_alive(process_id: int) -> bool:
    if os.name == "nt":
        import ctypes

        kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined]
        handle = kernel.OpenProcess(0x00100000, False, process_id)
        if not handle:
            return False
        running = kernel.WaitForSingleObject(handle, 0) == 0x102
        kernel.CloseHandle(handle)
        return bool(running)
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
