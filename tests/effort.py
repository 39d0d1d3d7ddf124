"""What a piece of work costs, whatever else the machine is doing."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import FrameType


def lines(work: Callable[[], object]) -> int:
    """How many lines of Python ``work`` runs."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> object:
        nonlocal count
        count += event == "line"
        return note

    before = sys.gettrace()
    sys.settrace(note)  # type: ignore[arg-type]
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def grows(work: Callable[[str], object], unit: str, size: int) -> float:
    """How many times as many lines of Python run where ``unit`` fills twice ``size`` characters: about
    two where that takes linear time, four where it is quadratic."""
    work(unit)  # what is imported, derived and remembered is so now
    once, twice = [lines(lambda n=n: work(unit * (n * size // len(unit)))) for n in (1, 2)]  # type: ignore[misc]
    return twice / max(once, 1)


def calls(work: Callable[[], object]) -> int:
    """How many Python functions ``work`` calls."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    # What other tests have left behind would call back when it is thrown away.
    gc.collect()
    gc.disable()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count
