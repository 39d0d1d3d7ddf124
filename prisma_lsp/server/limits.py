"""What keeps the server answering when something of ours goes wrong: a time limit for each request and
for each rule, and a report of every fault that the user can attach to a bug report.
"""

from __future__ import annotations

import logging
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from prisma_lsp import __version__

log = logging.getLogger("prisma_lsp")

# How long a request may take, in seconds: an answer later than this helps nobody who types.
REQUEST_SECONDS = 10.0

# How long one rule may be busy with one node, wherever it runs, in seconds of processor time; it is
# found out at the latest when it has taken twice of that.
RULE_SECONDS = 5.0

# Reports of one run, and files in the folder: more of them say nothing new.
MAX_REPORTS = 20
MAX_FILES = 50


class TooLong(BaseException):
    """A request has used up its time.  No handler of faults may take it for one."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises `TooLong` in the main thread after ``seconds``; no limit where the system has no timer
    signals (Windows)."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        # None: it is not Python's own.
        signal.signal(signal.SIGALRM, signal.SIG_DFL if before is None else before)


def watch_rules(turn: Callable[[], int]) -> None:
    """From now on a rule that does not end is broken off with `Endless`, and the rest goes on.

    ``turn`` says which piece of work of the loop is under way.  The clock runs only while the process
    does something, so nothing is woken for it; systems without such a clock (Windows) do without.
    """
    if not hasattr(signal, "ITIMER_PROF"):
        return
    before: tuple[object, ...] | None = None

    def look(number: int, frame: FrameType | None) -> None:
        nonlocal before
        from prisma_lsp.lint.linter import running
        from prisma_lsp.lint.rule import Endless

        found = running(frame)
        now = (turn(), found) if found is not None else None
        if now is not None and now == before:
            before = None
            raise Endless(f"it took longer than {RULE_SECONDS:g} s")
        before = now

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, RULE_SECONDS, RULE_SECONDS)


def report_folder() -> Path:
    """The folder of the user's own cache that reports are written to."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "prisma-lsp" / "faults"


class FaultReports(logging.Handler):
    """Writes a file for every new kind of fault that is logged.

    It names the places in our code and in Python's, never a message, a value or a path of the
    workspace: a fault's message may quote the schema.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self._folder = folder
        self._known: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        fault = record.exc_info[1] if record.exc_info else None
        if fault is None:
            return
        text = _described(fault)
        if text in self._known or len(self._known) >= MAX_REPORTS:
            return
        self._known.add(text)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for old in sorted(self._folder.glob("fault-*.txt"))[: 1 - MAX_FILES]:
                old.unlink()
            name = f"fault-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{len(self._known)}.txt"
            (self._folder / name).write_text(_header() + text, "utf-8")
        except OSError:
            return  # a full disk must not make a fault of its own


def _header() -> str:
    return (
        f"prisma-lsp {__version__}\n"
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}\n"
        f"{time.strftime('%Y-%m-%d %H:%M:%S')}\n"
        "This file holds no text of a schema and may be attached to a bug report.\n\n"
    )


def _described(fault: BaseException) -> str:
    """The kind of a fault and the calls that led to it, innermost last, with what caused it."""
    lines: list[str] = []
    one: BaseException | None = fault
    for _ in range(5):
        if one is None:
            break
        lines.append(type(one).__qualname__)
        place = one.__traceback__
        while place is not None:
            code = place.tb_frame.f_code
            lines.append(f"  {_module(code.co_filename)}:{place.tb_lineno} in {code.co_name}")
            place = place.tb_next
        one = one.__cause__ or one.__context__
    return "\n".join(lines) + "\n"


def _module(path: str) -> str:
    """A file of code by its last folders: where it is installed is nobody's business."""
    return "/".join(Path(path).parts[-3:])
