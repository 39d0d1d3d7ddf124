"""Real editors behind one small interface, so that each test is written once.

Neovim, Helix and Emacs run in a terminal of their own (tmux), VS Code in a browser. They get keys as a user would press
them and are judged by what is on the screen, in the buffer and on the disk. Nothing of the user's own configuration is
read.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from get_editors import cache_folder

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 180.0
# How long a program that answers at once may take, in seconds.
MOMENT = 60
WIDTH, HEIGHT = 220, 60

T = TypeVar("T")


def wait_until(what: str, question: Callable[[], T | None], screen: Callable[[], str]) -> T:
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"never came: {what}\n--- screen ---\n{screen()}")
        time.sleep(0.05)


class Terminal:
    """One program in a tmux server of its own."""

    def __init__(self, name: str) -> None:
        self.tmux = [str(tmux()), "-u", "-L", f"prisma-lsp-{os.getpid()}-{name}", "-f", os.devnull]

    def start(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        given = [f"{key}={value}" for key, value in environment.items()]
        line = shlex.join(["env", *given, *command])
        self.run("new-session", "-d", "-s", "main", *size, "-c", str(folder), line)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.tmux, *arguments], check=False, capture_output=True, text=True, timeout=MOMENT
        )
        if done.returncode != 0 and self.alive():
            raise AssertionError(f"tmux {arguments}: {done.stderr}")
        return done.stdout  # empty when the program has just ended

    def press(self, *keys: str) -> None:
        """Keys by tmux's names: `Enter`, `Escape`, `C-w`, `a`."""
        self.run("send-keys", "-t", "main", *keys)

    def write(self, text: str) -> None:
        self.run("send-keys", "-t", "main", "-l", text)

    def screen(self) -> str:
        return self.run("capture-pane", "-p", "-t", "main")

    def alive(self) -> bool:
        asked = subprocess.run(
            [*self.tmux, "has-session", "-t", "main"],
            capture_output=True,
            check=False,
            timeout=MOMENT,
        )
        return asked.returncode == 0

    def stop(self) -> None:
        command = [*self.tmux, "kill-server"]
        subprocess.run(command, capture_output=True, check=False, timeout=MOMENT)


def tmux() -> Path | None:
    """The system's own, else the one that came with the editors."""
    own = cache_folder() / "trixie" / "bin" / "tmux"
    found = shutil.which("tmux")
    return Path(found) if found else own if own.exists() else None


class Editor:
    """What the tests ask of every editor."""

    program: str

    def __init__(self, suite: str, home: Path) -> None:
        self.suite, self.home = suite, home

    def missing(self) -> str | None:
        """Why this editor cannot run here."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """A home folder of its own, and a `prisma-lsp` on the PATH that is the code under test."""
        tools = self.home / "bin"
        tools.mkdir(parents=True, exist_ok=True)
        note = 'echo $$ >> "$HOME/servers"'
        program = [sys.executable, "-m", "prisma_lsp"]
        script = f'exec {shlex.join(program)} "$@"'
        if folder := os.environ.get("PRISMA_LSP_RECORD"):
            log = Path(folder) / f"{self.program}-{self.suite}.jsonl"
            recorded = [sys.executable, str(Path(__file__).with_name("record.py")), str(log)]
            server = f'[ "$1" = serve ] && exec {shlex.join([*recorded, *program])} "$@"'
            script = f"{server}\n{script}"
        self.write_program("prisma-lsp", f"{note}\n{script}")
        return {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.environ.get("PYTHONPATH", str(REPOSITORY)),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }

    def write_program(self, name: str, script: str) -> Path:
        """A shell script among the programs of this editor's PATH."""
        program = self.home / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return program

    def servers(self) -> list[int]:
        """The process ids of every server that this editor has started and that still lives."""
        noted = self.home / "servers"
        started = [int(line) for line in noted.read_text().split()] if noted.exists() else []
        return [pid for pid in started if process_lives(pid)]

    def open(self, path: Path) -> None:
        raise NotImplementedError

    def edit(self, path: Path) -> None:
        """Goes on with another file; the present one is saved."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends it whatever its state; may be called twice."""
        raise NotImplementedError

    def quit(self) -> None:
        """Ends it as a user does."""
        raise NotImplementedError

    def screen(self) -> str:
        raise NotImplementedError

    def marked(self, line: int) -> set[str]:
        """The pieces of text that findings of this line (from 1) mark, exactly."""
        raise NotImplementedError

    def findings_say(self, pattern: str) -> bool:
        """Whether a finding of the open file says this."""
        raise NotImplementedError

    def go_to(self, line: int, column: int) -> None:
        """Puts the cursor on a character; the line counts from 1, the column in characters from 0."""
        raise NotImplementedError

    def open_fixes(self) -> list[str]:
        """Opens the menu of code actions at the cursor and reads it."""
        raise NotImplementedError

    def choose_fix(self, pattern: str) -> None:
        raise NotImplementedError

    def show_hover(self) -> None:
        raise NotImplementedError

    def close_hover(self) -> None:
        raise NotImplementedError

    def insert_after_line(self, line: int, text: str) -> None:
        raise NotImplementedError

    def write_here(self, text: str) -> None:
        """Types at the cursor, which is at the end of a line."""
        raise NotImplementedError

    def undo(self) -> None:
        raise NotImplementedError

    def format(self) -> None:
        raise NotImplementedError

    def save(self) -> None:
        raise NotImplementedError

    def wait_for(self, pattern: str) -> None:
        found = re.compile(pattern)
        wait_until(f"/{pattern}/ on the screen", lambda: found.search(self.screen()), self.screen)

    def wait_for_finding(self, pattern: str) -> None:
        wait_until(f"the finding /{pattern}/", lambda: self.findings_say(pattern), self.screen)

    def wait_until_gone(self, pattern: str) -> None:
        wait_until(f"no finding /{pattern}/", lambda: not self.findings_say(pattern), self.screen)


class TerminalEditor(Editor):
    def __init__(self, suite: str, home: Path) -> None:
        super().__init__(suite, home)
        self.executable = cache_folder() / suite / "bin" / self.program
        self.terminal = Terminal(f"{self.program}-{suite}-{home.parent.name}")

    def missing(self) -> str | None:
        if tmux() is None:
            return "it runs in tmux: run `python3 tests/editors/get_editors.py`"
        if not self.executable.exists():
            return f"no {self.program}: run `python3 tests/editors/get_editors.py {self.suite}`"
        return None

    def screen(self) -> str:
        return self.terminal.screen()

    def close(self) -> None:
        self.terminal.stop()

    def quit(self) -> None:
        self.command("q!")
        wait_until("the editor ends", lambda: not self.terminal.alive(), str)

    def edit(self, path: Path) -> None:
        self.command(f"e {path}")

    def command(self, text: str) -> None:
        self.terminal.press("Escape")
        # A key right after Escape would be read as Alt+key, and a busy program reads late.
        time.sleep(0.5)
        self.terminal.write(":" + text)
        self.terminal.press("Enter")

    def insert_after_line(self, line: int, text: str) -> None:
        self.go_to(line, 0)
        self.terminal.write("o" + text)
        self.terminal.press("Escape")

    def write_here(self, text: str) -> None:
        self.terminal.write("A" + text)
        self.terminal.press("Escape")

    def close_hover(self) -> None:
        self.terminal.press("Escape")

    def undo(self) -> None:
        self.terminal.press("Escape", "u")

    def save(self) -> None:
        self.command("w")


def blocks(markdown: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)


def process_lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def running(editor: Editor, path: Path) -> Iterator[Editor]:
    try:
        editor.open(path)
        yield editor
    finally:
        editor.close()


class ViEditor(TerminalEditor):
    """What Vim and Neovim have in common."""

    def findings(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def findings_say(self, pattern: str) -> bool:
        return any(re.search(pattern, found["message"]) for found in self.findings())

    def go_to(self, line: int, column: int) -> None:
        self.command(f"call setcursorcharpos({line}, {column + 1})")

    def choose_fix(self, pattern: str) -> None:
        offered = self.open_fixes()
        chosen = next((n for n, title in enumerate(offered, 1) if re.search(pattern, title)), None)
        assert chosen, f"no /{pattern}/ among {offered}"
        self.terminal.write(str(chosen))
        self.terminal.press("Enter")
