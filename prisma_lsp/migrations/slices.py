"""Work that may take long as generators, so that who has other things to do can pause it anywhere."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

# After how many statements there is a pause: about five milliseconds.
STATEMENTS = 64

Result = TypeVar("Result")


def finished(work: Generator[None, None, Result]) -> Result:
    """Do all of it without a pause."""
    try:
        while True:
            next(work)
    except StopIteration as stop:
        result: Result = stop.value
        return result
