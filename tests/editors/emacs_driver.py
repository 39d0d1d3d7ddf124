"""Emacs, in a terminal, with eglot.

It is asked about its buffer through a file that a timer of it looks at: its own server would need another program.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from editor_drivers import REPOSITORY, TerminalEditor, blocks, wait_until

LISTEN = """
(setq inhibit-startup-screen t make-backup-files nil create-lockfiles nil)
(run-with-timer 0.1 0.1
  (lambda ()
    (when (file-exists-p "{question}")
      (let ((form (with-temp-buffer (insert-file-contents "{question}") (read (current-buffer)))))
        (delete-file "{question}")
        (let ((answer (condition-case problem
                          (with-current-buffer (window-buffer (selected-window)) (eval form t))
                        (error (list :error (format "%S" problem))))))
          (let ((coding-system-for-write 'no-conversion))  ; it is UTF-8 already
            (with-temp-file "{answer}.part" (set-buffer-multibyte nil) (insert (json-serialize answer))))
          (rename-file "{answer}.part" "{answer}" t))))))
"""
FINDINGS = """
(vconcat (mapcar
  (lambda (found)
    (list :line (line-number-at-pos (flymake-diagnostic-beg found))
          :marked (buffer-substring-no-properties (flymake-diagnostic-beg found) (flymake-diagnostic-end found))
          :message (flymake-diagnostic-text found)))
  (flymake-diagnostics)))
"""


class Emacs(TerminalEditor):
    program = "emacs"

    def open(self, path: Path) -> None:
        self.question, self.answer = self.home / "question.el", self.home / "answer.json"
        readme = (REPOSITORY / "editors" / "emacs" / "README.md").read_text()
        first, _, migrations = blocks(readme, "elisp")
        assert "~/prisma-lsp/editors/emacs" in first and "sql-mode" in migrations
        pasted = first + migrations
        pasted = pasted.replace("~/prisma-lsp/editors/emacs", str(REPOSITORY / "editors" / "emacs"))
        init = self.home / ".emacs.d" / "init.el"
        init.parent.mkdir(parents=True)
        listen = LISTEN.format(question=self.question, answer=self.answer)
        init.write_text(";; -*- lexical-binding: t -*-\n" + pasted + listen)
        self.terminal.start(
            [str(self.executable), "-nw", str(path)], self.environment(), path.parent
        )
        self.wait_for(rf"{re.escape(path.name)}.*\((Prisma|SQL)")

    def ask(self, form: str) -> Any:
        """Evaluates it in the selected window's buffer; the answer comes back as data."""
        self.answer.unlink(missing_ok=True)
        part = self.question.with_suffix(".part")
        part.write_text(form)
        part.rename(self.question)
        wait_until("Emacs's answer", self.answer.exists, self.screen)
        answer = json.loads(self.answer.read_text())
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer

    def command(self, text: str) -> None:
        self.terminal.press("M-x")
        self.terminal.write(text)
        self.terminal.press("Enter")

    def edit(self, path: Path) -> None:
        self.terminal.press("C-x", "C-f")
        self.terminal.write(str(path))
        self.terminal.press("Enter")
        self.wait_for(rf"{re.escape(path.name)}.*\((Prisma|SQL)")

    def quit(self) -> None:
        self.command("kill-emacs")
        wait_until("the editor ends", lambda: not self.terminal.alive(), str)

    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(FINDINGS)
        return found

    def marked(self, line: int) -> set[str]:
        return {found["marked"] for found in self.findings() if found["line"] == line}

    def findings_say(self, pattern: str) -> bool:
        return any(re.search(pattern, found["message"]) for found in self.findings())

    def go_to(self, line: int, column: int) -> None:
        place = f"(goto-char (point-min)) (forward-line {line - 1}) (forward-char {column})"
        self.ask(f"(progn {place} (set-window-point (selected-window) (point)) t)")

    def open_fixes(self) -> list[str]:
        self.command("eglot-code-actions")
        self.wait_for("Pick an action")
        offered = (
            "(with-current-buffer (window-buffer (active-minibuffer-window))"
            ' (vconcat (all-completions "" minibuffer-completion-table)))'
        )
        titles: list[str] = self.ask(offered)
        return titles

    def choose_fix(self, pattern: str) -> None:
        offered = self.open_fixes()
        chosen = next((title for title in offered if re.search(pattern, title)), None)
        assert chosen, f"no /{pattern}/ among {offered}"
        window = "(active-minibuffer-window)"
        self.ask(
            f"(with-selected-window {window} (delete-minibuffer-contents) (insert {json.dumps(chosen)}) t)"
        )
        self.terminal.press("Enter")

    def show_hover(self) -> None:
        # What it shows is asked for once Emacs has been idle for a moment.
        self.command("eldoc")
        wait_until(
            "something to show",
            lambda: self.ask("(if eldoc--doc-buffer t :null)") is True,
            self.screen,
        )
        self.command("eldoc-doc-buffer")

    def close_hover(self) -> None:
        self.terminal.press("C-x", "1")

    def insert_after_line(self, line: int, text: str) -> None:
        self.go_to(line, 0)
        self.terminal.press("C-e", "Enter")
        self.terminal.write(text)

    def write_here(self, text: str) -> None:
        self.terminal.write(text)

    def undo(self) -> None:
        for _ in range(3):
            self.terminal.press("C-_")

    def format(self) -> None:
        self.command("eglot-format-buffer")

    def save(self) -> None:
        self.terminal.press("C-x", "C-s")
