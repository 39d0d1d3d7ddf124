"""After the tests in real editors: each editor's outcome and time."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

_NAME = re.compile(r"\[(?:\w+-)*?((?:nvim|hx|emacs|vim|vscode)-[\w.]+?)(?:-[a-z-]+)?\]$")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            found = _NAME.search(getattr(report, "nodeid", ""))
            if found:
                rows[found[1]][outcome] += 1
                rows[found[1]]["seconds"] += report.duration
    if not rows:
        return
    terminalreporter.section("editors")
    for name, row in rows.items():
        told = ", ".join(
            f"{row[one]:.0f} {one}" for one in ("passed", "failed", "error", "skipped") if row[one]
        )
        terminalreporter.write_line(f"{name:16} {told}, {row['seconds']:.0f} s")


@pytest.fixture(autouse=True)
def _nothing_of_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that runs inside tmux or an editor must not reach the editors under test."""
    for name in ("TMUX", "NVIM", "INSIDE_EMACS", "VSCODE_IPC_HOOK_CLI"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What VS Code has installed once is there for every clean profile of this run."""
    return tmp_path_factory.mktemp("shelf")
