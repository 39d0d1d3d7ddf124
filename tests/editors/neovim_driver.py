"""Neovim, in a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from editor_drivers import MOMENT, REPOSITORY, ViEditor, blocks, wait_until


class Neovim(ViEditor):
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
        environment = os.environ | self.environment()
        done = subprocess.run(
            asked, capture_output=True, text=True, check=False, env=environment, timeout=MOMENT
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

    def open_fixes(self) -> list[str]:
        if self.suite == "trixie":
            self.command("lua vim.lsp.buf.code_action()")
        else:
            self.terminal.write("gra")
        self.wait_for("Type number")
        return re.findall(r"^\d+: (.*?)\s*$", self.screen(), re.MULTILINE)

    def show_hover(self) -> None:
        self.terminal.write("K")

    def format(self) -> None:
        self.command("lua vim.lsp.buf.format()")


def readme_blocks() -> tuple[str, str]:
    """What the Neovim page tells to paste, for 0.11 and newer and for 0.10, with the folder being this checkout."""
    found = blocks((REPOSITORY / "editors" / "neovim" / "README.md").read_text(), "lua")
    assert "~/prisma-lsp/editors/neovim" in found[0]
    new = found[0].replace("~/prisma-lsp/editors/neovim", str(REPOSITORY / "editors" / "neovim"))
    return new, found[-1] + "vim.diagnostic.config({ virtual_text = true })\n"
