"""Helix, in a terminal."""

from __future__ import annotations

import re
import time
from pathlib import Path

from editor_drivers import REPOSITORY, TerminalEditor, blocks, wait_until


class Helix(TerminalEditor):
    program = "hx"

    def configure(self) -> None:
        """As our page says, with what it proposes for migrations."""
        config = self.home / "config" / "helix"
        queries = config / "runtime" / "queries" / "prisma-migration"
        queries.mkdir(parents=True)
        (queries / "highlights.scm").write_text("; inherits: sql\n")
        languages = (REPOSITORY / "editors" / "helix" / "languages.toml").read_text()
        before, optional, migrations = languages.partition("# [[language]]\n")
        assert 'name = "prisma-migration"' in migrations
        uncommented = re.sub("(?m)^# ", "", optional + migrations)
        (config / "languages.toml").write_text(before + uncommented)
        readme = (REPOSITORY / "editors" / "helix" / "README.md").read_text()
        (config / "config.toml").write_text("".join(blocks(readme, "toml")))

    def open(self, path: Path) -> None:
        self.configure()
        self.terminal.start([str(self.executable), str(path)], self.environment(), path.parent)
        self.wait_for(rf"NOR .*{re.escape(path.name)}")

    def go_to(self, line: int, column: int) -> None:
        self.command(str(line))
        # At the top of the window, so that there is room for what pops up below.
        self.terminal.write("ztgh" + (f"{column}l" if column else ""))

    def marked(self, line: int) -> set[str]:
        """Walks over the findings of the line with `]d`; Helix selects what each one marks."""
        self.settled()  # it asks twice at the start, and has no findings in between
        self.go_to(line, 0)
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
        self.go_to(line, 0)
        # Keys that come all at once make Helix 25.01 send its changes in another order than it made them.
        for key in "o" + text:
            self.terminal.write(key)
            time.sleep(0.02)
        self.terminal.press("Escape")

    def show_hover(self) -> None:
        self.terminal.write(" k")

    def format(self) -> None:
        self.command("format")

    def edit(self, path: Path) -> None:
        self.command(f"open {path}")
        self.wait_for(rf"NOR .*{re.escape(path.name)}")
