"""VS Code, in a browser: the packaged extension on a profile of its own, served by code-server."""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import get_vscode
from editor_drivers import REPOSITORY, Editor, wait_until

PROBLEM = ".markers-panel .monaco-list-row"
TOAST = ".notifications-toasts .notification-list-item"
QUICK_INPUT = ".quick-input-box input"
QUICK_ROWS = ".quick-input-list .monaco-list-row"
# How long the browser may take for one thing, in seconds; VS Code's start is the longest.
LONG = 240
# When to press a key once more whose answer has not come, in seconds.
AGAIN = 10
SETTINGS: dict[str, object] = {
    "workbench.startupEditor": "none",
    "telemetry.telemetryLevel": "off",
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "update.mode": "none",
    "editor.wordBasedSuggestions": "off",
    "editor.minimap.enabled": False,
    "editor.fontFamily": "DejaVu Sans Mono",
    "chat.disableAIFeatures": True,
    "chat.commandCenter.enabled": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.tips.enabled": False,
}


class VSCode(Editor):
    program = "vscode"

    def __init__(self, suite: str, home: Path) -> None:
        super().__init__(suite, home)
        self.settings: dict[str, object] = dict(SETTINGS)
        # For the machine alone: VS Code takes a setting out of there when a button of ours says so.
        self.machine: dict[str, object] = {}
        # Folders with a package.json, installed beside ours.
        self.others: list[Path] = []
        # Where installed extensions are kept for those who have the same; nowhere: installed for this home alone.
        self.shelf: Path | None = None
        self.is_trusted = True
        # Whether a `prisma-lsp` is on the PATH; else the extension has only its own.
        self.has_installed = "PRISMA_LSP_RECORD" in os.environ
        # What was shown before the last fix was made; "" where it was made at once.
        self.previewed = ""
        self.processes: list[subprocess.Popen[str]] = []

    def missing(self) -> str | None:
        if not (get_vscode.home() / self.suite / "done").exists():
            return f"no VS Code: run `python3 tests/editors/get_vscode.py {self.suite}`"
        if not self.extension():
            return (
                "the extension is not built: run `npm install && npm run package` in editors/vscode"
            )
        return None

    def extension(self) -> Path | None:
        return max((REPOSITORY / "editors" / "vscode").glob("*.vsix"), default=None)

    def environment(self) -> dict[str, str]:
        found = super().environment()
        # VS Code asks a login shell for the PATH, which starts from the system's.
        (self.home / ".profile").write_text(f"export PATH='{found['PATH']}'\n")
        if not self.has_installed:
            (self.home / "bin" / "prisma-lsp").unlink()
            if not (self.home / "bin" / "python3").exists():
                # Notes what is started as a server.
                note = 'case "$*" in *serve*) echo $$ >> "$HOME/servers";; esac'
                self.write_program("python3", f'{note}\nexec {sys.executable} "$@"')
        return found

    def write_settings(self, **changes: object) -> None:
        """User settings, and the same for the machine: some are read there only in a remote window."""
        self.settings |= {name.replace("__", "."): value for name, value in changes.items()}
        for folder, more in (("User", {}), ("Machine", self.machine)):
            file = self.home / "user" / folder / "settings.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(self.settings | more))

    def open(self, path: Path) -> None:
        self.path = path
        environment = os.environ | self.environment()
        with socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        self.write_settings()
        (self.home / "config.yaml").write_text(f"bind-addr: {address}\nauth: none\ncert: false\n")
        entry = str(get_vscode.entry(self.suite))
        server = [
            str(get_vscode.node(self.suite)),
            entry,
            "--config",
            str(self.home / "config.yaml"),
        ]
        server += ["--user-data-dir", str(self.home / "user")]
        server += ["--extensions-dir", str(self.installed(server, environment))]
        quiet = ["--disable-telemetry", "--disable-update-check"]
        if self.is_trusted:
            quiet.append("--disable-workspace-trust")
        log = (self.home / "server.log").open("w")
        serving = subprocess.Popen(
            [*server, *quiet],
            env=environment,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        self.processes.append(serving)
        wait_until("code-server", lambda: answers(address), (self.home / "server.log").read_text)
        marks = ("prisma.config.ts", "package.json")
        projects = (one for one in path.parents if any((one / mark).exists() for mark in marks))
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
            start_new_session=True,
        )
        self.processes.append(self.browser)
        self.lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self.listen, args=(self.browser,), daemon=True).start()
        assert self.next_line() == "ready\n"
        if not self.is_trusted:
            # Some versions ask, some start without trust.
            dialog = ".monaco-dialog-box .monaco-button"
            known = "Restricted Mode is intended"
            wait_until(
                "the question of trust",
                lambda: self.ask("count", selector=dialog) or known in self.screen(),
                self.screen,
            )
            if self.ask("count", selector=dialog):
                self.ask("click", selector=dialog, text="No,")
        self.press("Control+Shift+M", "Control+1")

    def installed(self, server: list[str], environment: dict[str, str]) -> Path:
        """The folder of the extensions, which are installed as by a user."""
        names = "-".join([self.suite, *(folder.name for folder in self.others)])
        folder = (self.shelf or self.home) / f"extensions-{names}"
        if not folder.exists():
            making = [*server, "--extensions-dir", str(folder)]
            for extension in (self.extension(), *map(self.packed, self.others)):
                making += ["--install-extension", str(extension)]
            try:
                subprocess.run(
                    making, check=True, env=environment, capture_output=True, timeout=LONG
                )
            except subprocess.SubprocessError:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return folder

    def packed(self, folder: Path) -> Path:
        """Another extension as something to install."""
        file = self.home / f"{folder.name}.vsix"
        with zipfile.ZipFile(file, "w") as packing:
            for path in folder.iterdir():
                packing.write(path, f"extension/{path.name}")
        return file

    def listen(self, browser: subprocess.Popen[str]) -> None:
        assert browser.stdout
        for line in browser.stdout:
            self.lines.put(line)
        self.lines.put("")

    def next_line(self) -> str:
        return self.lines.get(timeout=LONG)

    def close(self) -> None:
        for process in reversed(self.processes):
            if process.stdin:
                process.stdin.close()  # the browser ends when nobody asks any more
            else:
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):
                # What they have started, too.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        self.processes.clear()

    def quit(self) -> None:
        self.close()

    def ask(self, what: str, **details: object) -> Any:
        assert self.browser.stdin
        self.browser.stdin.write(json.dumps({"do": what, **details}) + "\n")
        self.browser.stdin.flush()
        answer = json.loads(self.next_line())
        assert "error" not in answer, f"{answer['error']}\n--- screen ---\n{self.screen()}"
        return answer["answer"]

    def press(self, *keys: str) -> None:
        self.ask("press", keys=keys)

    def texts(self, selector: str) -> list[str]:
        found: list[str] = self.ask("texts", selector=selector)
        return found

    def screen(self) -> str:
        return "\n".join(self.texts(".monaco-workbench") + self.texts(".monaco-hover"))

    def toasts(self) -> list[str]:
        """What the notifications say, buttons included."""
        return [re.sub(r"\s+", " ", text).strip() for text in self.texts(TOAST)]

    def status(self) -> str:
        """Our item in the status bar, its tooltip and all."""
        return "\n".join(self.ask("labels", selector='.statusbar-item[id^="prisma-lsp."]'))

    def said(self) -> list[str]:
        """All that the status bar has shown since the start."""
        found: list[str] = self.ask("said")
        return found

    def run(self, command: str) -> None:
        """A command by its title, through the palette."""
        self.pick("F1", f">{command}", command)

    def edit(self, path: Path) -> None:
        self.path = path
        self.pick("Control+p", str(path), path.name)
        wait_until("its tab", lambda: path.name in self.tab(), self.screen)

    def pick(self, key: str, text: str, row: str) -> None:
        """Opens the box above the code, writes into it, and takes the row that comes for it.

        The box closes when something else takes the keys, as a file does that has only now been opened: then again.
        """

        def offered() -> bool:
            if not self.ask("count", selector=QUICK_INPUT):
                self.press("Control+1", key)
            if not self.ask("filled", selector=QUICK_INPUT, text=text):
                return False
            return any(row in one for one in self.texts(QUICK_ROWS))

        def taken() -> bool:
            # What is taken may open such a box of its own.
            if text in self.ask("values", selector=QUICK_INPUT):
                self.press("Enter")
                time.sleep(0.2)
            return text not in self.ask("values", selector=QUICK_INPUT)

        wait_until(f"{text} in the box", offered, self.screen)
        wait_until(f"{text} taken", taken, self.screen)

    def tab(self) -> str:
        """The name on the tab in front; some versions break it into lines."""
        return "".join("".join(self.texts(".tab.active")).split())

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
            end, length = wait_until("a selection", lambda: self.selection(line), self.screen)
            marked.add(text[end - length : end])
        return marked

    def selection(self, line: int) -> tuple[int, int] | None:
        """Where it ends in this line, and its length, as the status bar says: in characters."""
        found = re.search(rf"Ln {line}, Col (\d+) \((\d+) selected\)", self.screen())
        return (int(found[1]) - 1, int(found[2])) if found else None

    def go_to(self, line: int, column: int) -> None:
        text = self.path.read_text().splitlines()[line - 1]
        self.go_to_place(f":{line}:{len(text[:column].encode('utf-16-le')) // 2 + 1}")

    def go_to_place(self, place: str) -> None:
        number = place.split(":")[1]
        self.pick("Control+g", place, f"line {number}")
        line = f"Ln {number},"
        where = "#status\\.editor\\.selection"
        wait_until(line, lambda: any(line in text for text in self.texts(where)), self.screen)

    def open_fixes(self) -> list[str]:
        """By the lightbulb, which has to be there."""
        # Where the line has no room for it, it stands in the margin.
        margin = '.monaco-editor [class*="codicon-gutter-lightbulb"]'
        bulb = f".monaco-editor .lightBulbWidget, {margin}"
        wait_until("the lightbulb", lambda: self.ask("count", selector=bulb), self.screen)
        rows = ".action-widget .monaco-list-row.action"
        self.press_until("the menu of fixes", ["Control+1", "Control+."], lambda: self.texts(rows))
        offered: list[str] = self.ask("rows", selector=rows)
        return offered

    def choose_fix(self, pattern: str) -> None:
        offered = self.open_fixes()
        chosen = next((n for n, title in enumerate(offered) if re.search(pattern, title)), None)
        assert chosen is not None, f"no /{pattern}/ among {offered}"
        self.press(*["ArrowDown"] * chosen, "Enter")
        self.previewed = ""
        if "with a migration" in offered[chosen]:
            self.confirm()

    def confirm(self) -> None:
        """Takes a fix that comes with a migration: VS Code shows it before it is made, with every part of it chosen."""
        panel = ".bulk-edit-panel"
        apply = f"{panel} .monaco-button"
        wait_until("the preview", lambda: self.ask("count", selector=apply), self.screen)
        boxes = f"{panel} .edit-checkbox"
        wait_until("its parts", lambda: self.ask("ticked", selector=boxes), self.screen)
        self.previewed = "\n".join(self.texts(panel))
        assert all(self.ask("ticked", selector=boxes)), self.screen()
        self.ask("click", selector=apply, text="Apply")
        wait_until("the preview gone", lambda: not self.ask("count", selector=apply), self.screen)
        self.run("View: Toggle Problems")
        self.press("Control+1")

    def press_until(self, what: str, keys: list[str], question: Callable[[], object]) -> None:
        """Presses keys, and once more where the answer does not come: something else may have taken them."""
        pressed = 0.0

        def came() -> object:
            nonlocal pressed
            answer = question()
            if not answer and time.monotonic() - pressed > AGAIN:
                self.press(*keys)
                pressed = time.monotonic()
            return answer

        wait_until(what, came, self.screen)

    def show_hover(self) -> None:
        hover = ".monaco-hover"
        keys = ["Control+k", "Control+i"]
        self.press_until("a hover", keys, lambda: self.ask("count", selector=hover))

    def close_hover(self) -> None:
        self.press("Escape")

    def insert_after_line(self, line: int, text: str) -> None:
        self.go_to_place(f":{line}")
        self.press("End", "Enter")
        self.ask("write", text=text)

    def write_here(self, text: str) -> None:
        self.ask("write", text=text)

    def undo(self) -> None:
        self.press(*["Control+z"] * 3)

    def format(self) -> None:
        self.press("Control+Shift+i")

    def save(self) -> None:
        self.press("Control+s")


def answers(address: str) -> bool:
    try:
        with urlopen(f"http://{address}/healthz", timeout=1) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False
