"""Real editors behind one small interface, so that each test is written once.

Neovim and Helix run in a terminal of their own (tmux), VS Code in a browser. They get keys as a user would press them
and are judged by what is on the screen, in the buffer and on the disk. Nothing of the user's own configuration is read.
"""

from __future__ import annotations

import json
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
from socket import socket
from typing import Any, TypeVar
from urllib.parse import quote
from urllib.request import urlopen

import get_vscode
from get_editors import cache_folder

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 20.0
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
        self.tmux = ["tmux", "-u", "-L", f"prisma-lsp-{os.getpid()}-{name}", "-f", os.devnull]

    def start(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        given = [f"{key}={value}" for key, value in environment.items()]
        line = shlex.join(["env", *given, *command])
        self.run("new-session", "-d", "-s", "main", *size, "-c", str(folder), line)

    def run(self, *arguments: str) -> str:
        done = subprocess.run([*self.tmux, *arguments], check=False, capture_output=True, text=True)
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
            [*self.tmux, "has-session", "-t", "main"], capture_output=True, check=False
        )
        return asked.returncode == 0

    def stop(self) -> None:
        subprocess.run([*self.tmux, "kill-server"], capture_output=True, check=False)


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
        command = tools / "prisma-lsp"
        command.write_text(
            f'#!/bin/sh\necho $$ >> "$HOME/servers"\nexec {sys.executable} -m prisma_lsp "$@"\n'
        )
        command.chmod(0o755)
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

    def servers(self) -> list[int]:
        """The process ids of every server that this editor has started and that still lives."""
        noted = self.home / "servers"
        started = [int(line) for line in noted.read_text().split()] if noted.exists() else []
        return [pid for pid in started if process_lives(pid)]

    def open(self, path: Path) -> None:
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

    def go_to(self, pattern: str) -> None:
        """Puts the cursor on the first place after the first line that matches."""
        raise NotImplementedError

    def open_fixes(self) -> list[str]:
        """Opens the menu of code actions at the cursor and reads it."""
        raise NotImplementedError

    def choose_fix(self, pattern: str) -> None:
        raise NotImplementedError

    def show_hover(self) -> None:
        raise NotImplementedError

    def insert_after_line(self, line: int, text: str) -> None:
        raise NotImplementedError

    def undo(self) -> None:
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
        if shutil.which("tmux") is None:
            return "it runs in tmux, which is not installed"
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

    def command(self, text: str) -> None:
        self.terminal.press("Escape")
        time.sleep(0.1)  # a key right after Escape would be read as Alt+key
        self.terminal.write(":" + text)
        self.terminal.press("Enter")

    def go_to(self, pattern: str) -> None:
        self.terminal.press("Escape")
        time.sleep(0.1)
        self.terminal.write("gg/" + pattern)
        self.terminal.press("Enter")

    def insert_after_line(self, line: int, text: str) -> None:
        self.command(str(line))
        self.terminal.write("o" + text)
        self.terminal.press("Escape")

    def undo(self) -> None:
        self.terminal.press("Escape", "u")

    def save(self) -> None:
        self.command("w")


class Neovim(TerminalEditor):
    program = "nvim"

    def open(self, path: Path) -> None:
        new, old = readme_blocks()
        config = self.home / "config" / "nvim"
        config.mkdir(parents=True)
        (config / "init.lua").write_text(old if self.suite == "trixie" else new)
        self.socket = self.home / "nvim.sock"
        arguments = ["--listen", str(self.socket), "-n", str(path)]
        self.terminal.start([str(self.executable), *arguments], self.environment(), path.parent)
        wait_until("Neovim's socket", self.socket.exists, self.screen)

    def lua(self, body: str) -> Any:
        """Runs a Lua function body inside the editor; its answer comes back as data."""
        code = f"vim.json.encode((function() {body} end)())".replace("'", "''")
        asked = [
            str(self.executable),
            "--server",
            str(self.socket),
            "--remote-expr",
            f"luaeval('{code}')",
        ]
        done = subprocess.run(
            asked, capture_output=True, text=True, check=False, env=os.environ | self.environment()
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.lua("""
            return vim.tbl_map(function(found)
              local line = vim.api.nvim_buf_get_lines(0, found.lnum, found.lnum + 1, false)[1] or ''
              return {
                line = found.lnum + 1,
                marked = found.end_lnum == found.lnum and line:sub(found.col + 1, found.end_col) or '(many lines)',
                message = found.message,
                source = found.source,
                code = found.code,
              }
            end, vim.diagnostic.get(0))
        """)
        return found

    def marked(self, line: int) -> set[str]:
        return {found["marked"] for found in self.findings() if found["line"] == line}

    def findings_say(self, pattern: str) -> bool:
        return any(re.search(pattern, found["message"]) for found in self.findings())

    def open_fixes(self) -> list[str]:
        if self.suite == "trixie":
            self.command("lua vim.lsp.buf.code_action()")
        else:
            self.terminal.write("gra")
        self.wait_for("Type number")
        return re.findall(r"^\d+: (.*?)\s*$", self.screen(), re.MULTILINE)

    def choose_fix(self, pattern: str) -> None:
        offered = self.open_fixes()
        chosen = next((n for n, title in enumerate(offered, 1) if re.search(pattern, title)), None)
        assert chosen, f"no /{pattern}/ among {offered}"
        self.terminal.write(str(chosen))
        self.terminal.press("Enter")

    def show_hover(self) -> None:
        self.terminal.write("K")


class Helix(TerminalEditor):
    program = "hx"

    def open(self, path: Path) -> None:
        config = self.home / "config" / "helix"
        config.mkdir(parents=True)
        shutil.copy(REPOSITORY / "editors" / "helix" / "languages.toml", config)
        readme = (REPOSITORY / "editors" / "helix" / "README.md").read_text()
        (config / "config.toml").write_text("".join(blocks(readme, "toml")))
        self.terminal.start([str(self.executable), str(path)], self.environment(), path.parent)
        self.wait_for(r"NOR .*\.prisma")

    def go_to(self, pattern: str) -> None:
        super().go_to("(?-i)" + pattern)
        self.terminal.press("M-\\;", "\\;")  # from the whole match to its first character

    def marked(self, line: int) -> set[str]:
        """Walks over the findings of the line with `]d`; Helix selects what each one marks."""
        self.settled()  # it asks twice at the start, and has no findings in between
        self.command(str(line))
        wait_until(f"the cursor at {line}:1", lambda: self.position() == (line, 1), self.screen)
        marked: set[str] = set()
        patience = 3
        while patience:
            if not self.step_to_next_finding():
                patience = patience - 1 if not marked else 0
            elif self.position()[0] == line:
                marked.add(self.selection())
            else:
                break
        return marked

    def step_to_next_finding(self) -> bool:
        before = self.position()
        self.terminal.write("]d")
        deadline = time.monotonic() + 1
        while self.position() == before and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.position() != before

    def position(self) -> tuple[int, int]:
        found = re.findall(r" (\d+):(\d+) *$", self.screen(), re.MULTILINE)
        return (int(found[-1][0]), int(found[-1][1])) if found else (0, 0)

    def selection(self) -> str:
        out = self.home / "selection"
        out.unlink(missing_ok=True)
        self.command(f"pipe-to cat > {out}.part; mv {out}.part {out}")
        wait_until("the selection", out.exists, self.screen)
        return out.read_text()

    def findings_say(self, pattern: str) -> bool:
        # A long message goes on below its line, and the frame of code may stand between; words are what counts.
        return re.search(pattern, self.screen()) is not None

    def open_fixes(self) -> list[str]:
        before = self.settled().splitlines()
        self.terminal.write(" a")

        def menu() -> list[str]:
            after = self.screen().splitlines()
            changed = [
                new
                for old, new in zip(before, after, strict=True)
                if old != new and "NOR" not in new
            ]
            return changed if len(changed) > 0 and "space" not in " ".join(changed) else []

        wait_until("the menu of fixes", menu, self.screen)
        self.settled()
        return menu()

    def settled(self) -> str:
        """The screen once it stays the same: messages appear a moment after the cursor has moved."""
        while True:
            before = self.screen()
            time.sleep(0.8)
            if self.screen() == before:
                return before

    def choose_fix(self, pattern: str) -> None:
        offered = self.open_fixes()
        chosen = next((n for n, title in enumerate(offered) if re.search(pattern, title)), None)
        assert chosen is not None, f"no /{pattern}/ among {offered}"
        self.terminal.press(*["Down"] * chosen, "Enter")

    def insert_after_line(self, line: int, text: str) -> None:
        self.command(str(line))
        # Keys that come all at once make Helix 25.01 send its changes in another order than it made them.
        for key in "o" + text:
            self.terminal.write(key)
            time.sleep(0.02)
        self.terminal.press("Escape")

    def show_hover(self) -> None:
        self.terminal.write(" k")


class VSCode(Editor):
    """The built extension (`npm run package`) in VS Code's own workbench, served by code-server to a browser."""

    program = "vscode"

    def __init__(self, suite: str, home: Path) -> None:
        super().__init__(suite, home)
        self.processes: list[subprocess.Popen[str]] = []

    def missing(self) -> str | None:
        if not get_vscode.entry().exists():
            return "no VS Code: run `python3 tests/editors/get_vscode.py`"
        if not self.extension():
            return (
                "the extension is not built: run `npm install && npm run package` in editors/vscode"
            )
        return None

    def extension(self) -> Path | None:
        return max((REPOSITORY / "editors" / "vscode").glob("*.vsix"), default=None)

    def open(self, path: Path) -> None:
        self.path = path
        environment = os.environ | self.environment()
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        user = self.home / "user"
        settings = VSCODE_SETTINGS | {"prismaLsp.path": str(self.home / "bin" / "prisma-lsp")}
        for folder in ("User", "Machine"):
            (user / folder).mkdir(parents=True)
            (user / folder / "settings.json").write_text(json.dumps(settings))
        (self.home / "config.yaml").write_text(f"bind-addr: {address}\nauth: none\ncert: false\n")
        server = ["node", str(get_vscode.entry()), "--config", str(self.home / "config.yaml")]
        server += ["--user-data-dir", str(user), "--extensions-dir", str(self.home / "extensions")]
        install = [*server, "--install-extension", str(self.extension())]
        subprocess.run(install, check=True, env=environment, capture_output=True)
        quiet = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"]
        log = (self.home / "server.log").open("w")
        serving = subprocess.Popen(
            [*server, *quiet], env=environment, stdout=log, stderr=log, text=True
        )
        self.processes.append(serving)
        wait_until("code-server", lambda: answers(address), (self.home / "server.log").read_text)
        projects = (folder for folder in path.parents if (folder / "prisma.config.ts").exists())
        opened_folder = next(projects, path.parent)
        opened = quote(json.dumps([["openFile", f"vscode-remote://{address}{path}"]]))
        url = f"http://{address}/?folder={quote(str(opened_folder))}&payload={opened}"
        home = get_vscode.home()
        arguments = [str(home), str(home / "chromium"), str(self.home / "profile"), url]
        self.browser = subprocess.Popen(
            ["node", str(Path(__file__).with_name("drive_vscode.mjs")), *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(self.browser)
        assert self.browser.stdout and self.browser.stdout.readline() == "ready\n"
        self.press("Control+Shift+M", "Control+1")

    def close(self) -> None:
        for process in reversed(self.processes):
            if process.stdin:
                process.stdin.close()  # the browser ends when nobody asks any more
            else:
                process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.processes.clear()

    def quit(self) -> None:
        self.close()

    def ask(self, what: str, **details: object) -> Any:
        assert self.browser.stdin and self.browser.stdout
        self.browser.stdin.write(json.dumps({"do": what, **details}) + "\n")
        self.browser.stdin.flush()
        answer = json.loads(self.browser.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["answer"]

    def press(self, *keys: str) -> None:
        self.ask("press", keys=keys)

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.ask("texts", selector=selector)
        return found

    def screen(self) -> str:
        return "\n".join(self.texts(".monaco-workbench") + self.texts(".monaco-hover"))

    def findings_say(self, pattern: str) -> bool:
        return any(re.search(pattern, row) for row in self.texts(PROBLEM))

    def marked(self, line: int) -> set[str]:
        """Opens the line's findings from the Problems panel; VS Code selects what each one marks."""
        text = self.path.read_text().splitlines()[line - 1]
        marked: set[str] = set()
        for row in self.texts(PROBLEM):
            if not (place := re.search(rf"\[Ln {line}, Col \d+\]", row)):
                continue
            self.ask("open", selector=PROBLEM, text=place[0])
            end, length = wait_until("a selection", self.selection, self.screen)
            marked.add(text[end - length : end])
        return marked

    def selection(self) -> tuple[int, int] | None:
        """Where it ends in its line, and its length, as the status bar says: in characters."""
        found = re.search(r"Ln \d+, Col (\d+) \((\d+) selected\)", self.screen())
        return (int(found[1]) - 1, int(found[2])) if found else None

    def go_to(self, pattern: str) -> None:
        for number, line in enumerate(self.path.read_text().splitlines(), 1):
            if number > 1 and (found := re.search(pattern, line)):
                column = len(line[: found.start()].encode("utf-16-le")) // 2 + 1
                self.go_to_place(f":{number}:{column}")
                return
        raise AssertionError(f"no /{pattern}/ in {self.path}")

    def go_to_place(self, place: str) -> None:
        self.press("Control+1", "Control+g")
        self.ask("fill", selector=".quick-input-box input", text=place)
        self.press("Enter")

    def open_fixes(self) -> list[str]:
        self.press("Control+.")
        rows = ".action-widget .monaco-list-row.action"
        wait_until("the menu of fixes", lambda: self.texts(rows), self.screen)
        return self.texts(rows)

    def choose_fix(self, pattern: str) -> None:
        offered = self.open_fixes()
        chosen = next((n for n, title in enumerate(offered) if re.search(pattern, title)), None)
        assert chosen is not None, f"no /{pattern}/ among {offered}"
        self.press(*["ArrowDown"] * chosen, "Enter")

    def show_hover(self) -> None:
        self.press("Control+k", "Control+i")

    def insert_after_line(self, line: int, text: str) -> None:
        self.go_to_place(f":{line}")
        self.press("End", "Enter")
        self.ask("write", text=text)

    def undo(self) -> None:
        self.press(*["Control+z"] * 3)

    def save(self) -> None:
        self.press("Control+s")


PROBLEM = ".markers-panel .monaco-list-row"
VSCODE_SETTINGS = {
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "update.mode": "none",
    "editor.wordBasedSuggestions": "off",
    "editor.minimap.enabled": False,
    "editor.fontFamily": "DejaVu Sans Mono",
}


def answers(address: str) -> bool:
    try:
        with urlopen(f"http://{address}/healthz", timeout=1) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def readme_blocks() -> tuple[str, str]:
    """What the Neovim page tells to paste, for 0.11 and newer and for 0.10, with the folder being this checkout."""
    found = blocks((REPOSITORY / "editors" / "neovim" / "README.md").read_text(), "lua")
    assert "~/prisma-lsp/editors/neovim" in found[0]
    new = found[0].replace("~/prisma-lsp/editors/neovim", str(REPOSITORY / "editors" / "neovim"))
    return new, found[-1] + "vim.diagnostic.config({ virtual_text = true })\n"


def blocks(markdown: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)


def process_lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def running(editor: Editor, path: Path) -> Iterator[Editor]:
    try:
        editor.open(path)
        yield editor
    finally:
        editor.close()
