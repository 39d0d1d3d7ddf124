"""How long texts take that were made to be read again and again, in processor time.

    python tests/bench/hostile.py

Each of the pieces that the tests repeat, repeated to the sizes that are read at most, and to half of
them: the worst pieces of each kind, with the seconds and the ratio, which is about two where the time
is linear.  What the tests count are lines of Python; this is what the expressions take as well.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

import test_installed
import test_migrations
import test_migrations_state as state

SHOWN = 4


def seconds(work: Callable[[str], object], unit: str, size: int) -> float:
    text = unit * (size // len(unit))
    before = time.process_time()
    work(text)
    return time.process_time() - before


def table(label: str, work: Callable[[str], object], units: list[str], size: int) -> None:
    work(units[0])
    found = []
    for unit in units:
        half, whole = (seconds(work, unit, part) for part in (size // 2, size))
        found.append((whole, whole / max(half, 1e-3), unit))
    for whole, ratio, unit in sorted(found, reverse=True)[:SHOWN]:
        print(f"| {label} | {size // 1000} kB | `{unit!r}` | {whole:.2f} | {ratio:.1f} |", flush=True)


def main() -> int:
    print("| read as | size | piece | s | to half of it |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        table("names in SQL", lambda text: test_migrations.knows(folder, text, "x"), test_migrations.HOSTILE, 1_000_000)
        table("lock files", lambda text: test_installed.hostile(folder, text), test_installed.HOSTILE, 2_000_000)
    for dialect in state.DIALECTS:
        table(dialect, lambda text, d=dialect: state.hostile(text, d), state.HOSTILE, 60_000)  # type: ignore[misc]
    return 0


if __name__ == "__main__":
    sys.exit(main())
