"""One job on all processors: forked processes take its pieces as they get free.

What the pieces need is there by forking, so only results travel between processes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Result = TypeVar("Result")

_do: Callable[[int], Any] | None = None
_is_helper = False


class Died(Exception):
    """A process was ended from outside, so its results are missing."""


def processors() -> int:
    """How many processes are of use here: 1 where there is no forking, and in a helper process."""
    if _is_helper or not hasattr(os, "fork"):
        return 1
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def spread(pieces: int, do: Callable[[int], Result]) -> Iterator[Result]:
    """What ``do`` gives for 0, 1, … up to ``pieces``, in this order.  The results are pickled.

    Raises `Died`.
    """
    if not pieces:
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    global _do
    _do = do
    count = min(pieces, processors())
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("fork"))
    try:
        yield from pool.map(_call, range(pieces))
    except BrokenProcessPool:
        raise Died("a process of the check was ended from outside (too little memory?)") from None
    finally:
        pool.shutdown(cancel_futures=True)
        _do = None


def _call(piece: int) -> Any:
    global _is_helper
    _is_helper = True
    assert _do is not None
    return _do(piece)
