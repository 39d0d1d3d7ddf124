"""Vim with ALE, in a terminal.

It is asked about its buffer through a file that a timer of it looks at: Debian's Vim has no server of its own.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from editor_drivers import REPOSITORY, ViEditor, blocks, wait_until
from get_editors import cache_folder

LISTEN = """
set nocompatible noswapfile shortmess+=I previewheight=30
set runtimepath^={ale}
filetype plugin on
let g:ale_floating_preview = 0
function! s:Listen(timer)
  if filereadable('{question}')
    let form = join(readfile('{question}'), "\\n")
    call delete('{question}')
    call writefile([json_encode(eval(form))], '{answer}.part')
    call rename('{answer}.part', '{answer}')
  endif
endfunction
call timer_start(100, function('s:Listen'), {{'repeat': -1}})
"""
# ALE counts columns as the protocol does, in UTF-16 units.
FINDINGS = """
map(copy(ale#engine#GetLoclist(bufnr(''))), {_, one -> {
  'line': one.lnum, 'start': one.col - 1, 'end': one.end_col, 'text': getline(one.lnum), 'message': one.text}})
"""


class Vim(ViEditor):
    program = "vim"

    def open(self, path: Path) -> None:
        self.question, self.answer = self.home / "question.vim", self.home / "answer.json"
        pasted = blocks((REPOSITORY / "docs" / "editors.md").read_text(), "vim")[0]
        ale = cache_folder() / self.suite / "root" / "usr" / "share" / "vim-ale"
        listen = LISTEN.format(ale=ale, question=self.question, answer=self.answer)
        self.home.mkdir(exist_ok=True)
        (self.home / ".vimrc").write_text(listen + pasted)
        self.terminal.start([str(self.executable), str(path)], self.environment(), path.parent)
        wait_until("Vim", lambda: self.alive(path), self.screen)

    def alive(self, path: Path) -> bool:
        return bool(self.ask("expand('%:t')") == path.name)

    def ask(self, form: str) -> Any:
        """Evaluates it; the answer comes back as data."""
        self.answer.unlink(missing_ok=True)
        part = self.question.with_suffix(".part")
        part.write_text(" ".join(form.split("\n")))
        part.rename(self.question)
        wait_until("Vim's answer", self.answer.exists, self.screen)
        return json.loads(self.answer.read_text())

    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(FINDINGS)
        return found

    def marked(self, line: int) -> set[str]:
        def text(found: dict[str, Any]) -> str:
            units = found["text"].encode("utf-16-le")
            return str(units[2 * found["start"] : 2 * found["end"]].decode("utf-16-le"))

        return {text(found) for found in self.findings() if found["line"] == line}

    def open_fixes(self) -> list[str]:
        self.command("ALECodeAction")
        self.wait_for(r"(?m)^1\) ")
        return re.findall(r"^\d+\) (.*?)\s*$", self.screen(), re.MULTILINE)

    def show_hover(self) -> None:
        self.command("ALEHover")

    def close_hover(self) -> None:
        self.command("pclose")

    def format(self) -> None:
        before = self.ask("b:changedtick")
        self.command("ALEFix")
        wait_until("the layout", lambda: self.ask("b:changedtick") != before, self.screen)

    def edit(self, path: Path) -> None:
        self.command(f"e {path}")
        wait_until("the file", lambda: self.alive(path), self.screen)
