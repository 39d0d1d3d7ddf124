"""The VS Code extension as its users get it: the .vsix on a clean profile, its settings, its commands, its bad days."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pictures
import pytest
from editor_drivers import running, wait_until
from get_vscode import VERSIONS
from test_editors import copy_of_shop, place, save
from vscode_driver import VSCode

pytestmark = pytest.mark.editors

EXTENSIONS = Path(__file__).parent / "extensions"
MISSING = "No index starts with `orderId`"
PYTHONS = ["python3", "python", *(f"python3.{minor}" for minor in range(11, 16))]
# How long to watch that something does not come, in seconds.
WATCH = 3


@pytest.fixture(params=VERSIONS, ids=lambda one: f"vscode-{one}")
def editor(
    request: pytest.FixtureRequest, tmp_path: Path, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> VSCode:
    made = VSCode(request.param, tmp_path / "home")
    made.shelf = shelf
    if reason := made.missing():
        pytest.skip(reason)
    monkeypatch.setenv("PRISMA_LSP_ANSWER", str(tmp_path / "answer.json"))
    made.others = [EXTENSIONS / "helper"]
    return made


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return copy_of_shop(tmp_path / "shop") / "orders.prisma"


def the_one_toast(editor: VSCode, pattern: str) -> str:
    """The only notification there is, and stays."""
    wait_until(
        f"/{pattern}/ in a message",
        lambda: any(re.search(pattern, one) for one in editor.toasts()),
        editor.screen,
    )
    time.sleep(WATCH)
    (said,) = editor.toasts()
    return said


def ask_all(editor: VSCode) -> dict[str, Any]:
    file = Path(os.environ["PRISMA_LSP_ANSWER"])
    file.unlink(missing_ok=True)
    editor.run("helper: Ask every provider")
    wait_until("the helper's answer", lambda: file.exists() and file.read_text(), editor.screen)
    answer: dict[str, Any] = json.loads(file.read_text())
    return answer


def counted(schema: Path) -> str:
    """How many findings the command line counts, as the status bar says it."""
    command = [
        sys.executable,
        "-m",
        "prisma_lsp",
        "check",
        str(schema),
        "--exit-zero",
        "--format",
        "json",
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    found = json.loads(done.stdout)["findings"]
    # In an editor this is a hint: whoever edits a schema makes the migration afterwards.
    levels = ["hint" if one["rule"] == "migration-drift" else one["severity"] for one in found]
    told = []
    for level, plural in (("error", "s"), ("warning", "s"), ("info", ""), ("hint", "s")):
        if number := levels.count(level):
            told.append(f"{number} {level}{plural if number > 1 else ''}")
    return ", ".join(told)


def test_settings_count_at_once_and_the_status_follows(editor: VSCode, orders: Path) -> None:
    all_of_it = counted(orders.parent)
    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        wait_until("the schema's findings", lambda: all_of_it in editor.status(), editor.screen)
        (server,) = editor.servers()
        editor.write_settings(prismaLsp__rules={"missing-fk-index": "off"})
        editor.wait_until_gone(MISSING)
        wait_until("fewer findings", lambda: all_of_it not in editor.status(), editor.screen)
        editor.write_settings(prismaLsp__rules={})
        editor.wait_for_finding(MISSING)
        wait_until("the schema's findings", lambda: all_of_it in editor.status(), editor.screen)
        assert editor.servers() == [server]

        editor.run("prisma-lsp: Show the Server's Status")
        editor.wait_for(r"From the extension \(no other is installed\)")
        editor.wait_for(f"Findings: {all_of_it}")
        editor.press("Escape")


def test_a_server_that_is_killed_comes_back_and_one_that_always_ends_does_not(
    editor: VSCode, orders: Path
) -> None:
    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        before = editor.servers()
        os.kill(before[0], signal.SIGKILL)
        (now,) = wait_until(
            "another server", lambda: set(editor.servers()) - set(before), editor.screen
        )
        line, _ = place(orders, "model Payment ", "@@index", "@@index")
        editor.insert_after_line(line, "@@index([orderId])")
        editor.wait_until_gone(MISSING)
        assert editor.toasts() == []
        for _ in range(3):
            os.kill(now, signal.SIGKILL)
            after = wait_until(
                "another server or a message",
                lambda gone=now: set(editor.servers()) - {gone} or editor.toasts(),  # type: ignore[misc]
                editor.screen,
            )
            now = next(iter(after)) if isinstance(after, set) else 0
            if not now:
                break
        assert "has ended 4 times" in the_one_toast(editor, "has ended")
        assert editor.servers() == []
        assert "does not run" in editor.status()
        editor.run("prisma-lsp: Restart the Server")
        wait_until("a server", editor.servers, editor.screen)


def test_commands(editor: VSCode, orders: Path) -> None:
    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        editor.run("prisma-lsp: Fix All That Needs No Migration")
        wait_until(
            "fewer findings", lambda: not editor.findings_say("payment_method"), editor.screen
        )
        editor.save()
        wait_until(
            "the fixes on the disk",
            lambda: "enum PaymentMethod {" in orders.read_text(),
            editor.screen,
        )

        editor.go_to(*place(orders, "model Payment ", "order +Order", r"\bOrder\b"))
        editor.run("prisma-lsp: Show the Options for the Problem")
        wait_until(
            "the rule's page",
            lambda: "missing-fk-index" in editor.tab(),
            editor.screen,
        )
        # The page takes the keys.
        editor.ask("click", selector=".tab", text="orders.prisma")
        editor.run("prisma-lsp: Explain a Rule")
        editor.ask("fill", selector=".quick-input-box input", text="table-name-case")
        editor.press("Enter")
        wait_until(
            "the rule's page",
            lambda: "table-name-case" in editor.tab(),
            editor.screen,
        )
        editor.ask("click", selector=".tab", text="orders.prisma")
        editor.run("prisma-lsp: Show the Output")
        editor.wait_for(r"(?s)starting .*serve\.py")

        (before,) = editor.servers()
        editor.run("prisma-lsp: Restart the Server")
        wait_until(
            "another server, and only that",
            lambda: len(now := editor.servers()) == 1 and now != [before],
            editor.screen,
        )


def test_a_big_workspace_is_read_with_its_progress_shown(editor: VSCode, tmp_path: Path) -> None:
    model = "model Thing%d {\n  id Int @id\n  name String\n  when DateTime\n}\n"
    big = tmp_path / "big" / "schema.prisma"
    big.parent.mkdir()
    progress = "Checking schemas"
    source = 'datasource db {\n  provider = "postgresql"\n}\n'
    big.write_text(source + "".join(model % number for number in range(6000)))
    with running(editor, big):
        # The browser may show the code only when that is over.
        wait_until(
            "the progress", lambda: any(progress in said for said in editor.said()), editor.screen
        )
        wait_until("the end", lambda: progress not in editor.screen(), editor.screen)
        told = counted(big.parent)
        wait_until("the schema's findings", lambda: told in editor.status(), editor.screen)


def test_snippets_and_colours(editor: VSCode, orders: Path) -> None:
    page = orders.with_name("page.md")
    page.write_text("plain words\n\n```prisma\nmodel Cart {\n  id Int @id\n}\n```\n")
    new = orders.with_name("new.prisma")
    new.write_text("")

    def colours() -> dict[str, str]:
        asked = editor.ask("pieces", selector=".monaco-editor .view-line > span > span")
        return {text.strip(): classes for text, classes in asked}

    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        editor.edit(new)
        editor.go_to_place(":1:1")
        editor.ask("write", text="model-id")
        editor.wait_for("(?m)^model-id$")
        editor.press("Control+Space")
        editor.wait_for("Model with id and timestamps")
        editor.press("Enter")
        editor.wait_for(r"model Product \{")
        editor.ask("write", text="PriceTag")
        editor.press("Tab", "Escape")  # what follows from the name is written when it is left
        save(editor, new, r'model PriceTag (?s:.*)@@map\("price_tags"\)')
        seen = colours()
        assert len({seen["model"], seen["PriceTag"], seen["createdAt"], seen["DateTime"]}) > 2, seen

        editor.edit(page)
        wait_until("colours", lambda: "model" in colours(), editor.screen)
        fenced = colours()
        assert len({fenced["plain words"], fenced["model"], fenced["Cart"]}) == 3, fenced


def test_enter_in_a_comment_of_documentation_goes_on_with_it(editor: VSCode, orders: Path) -> None:
    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        editor.go_to_place(":1:1")
        for number, text in enumerate(("/// What fills up", "and is paid for"), start=2):
            editor.ask("write", text=text)
            editor.wait_for(text)
            editor.press("Enter")
            editor.wait_for(f"Ln {number}, Col 5")
        editor.press("Enter")  # nothing is said on this line: back to code
        save(editor, orders, r"\A/// What fills up\n/// and is paid for\n/// ?\n *model Cart")


def test_the_pictures_of_the_docs_show_what_is_said(editor: VSCode, tmp_path: Path) -> None:
    editor.settings |= pictures.LOOKS
    with running(editor, pictures.without_comments(tmp_path / "shop")):
        assert pictures.shown(editor) == json.loads(pictures.TEXTS.read_text("utf-8"))


def test_beside_prismas_own_extension_nothing_shows_twice(editor: VSCode, orders: Path) -> None:
    editor.others.append(EXTENSIONS / "official")
    orders.write_text(
        orders.read_text().replace(
            "model Cart {", "/// What fills up.\nmodel Cart {\n  nope Nope", 1
        )
    )
    with running(editor, orders):
        editor.wait_for_finding("official finding")
        editor.wait_for_finding(MISSING)
        editor.go_to(*place(orders, "model CartLine", "cart +Cart", r"\bCart\b"))
        answer = ask_all(editor)
        assert set(answer["findings"]) == {"official finding", "prisma-lsp"}
        assert answer["layout"] == ["// official layout\n"]
        assert answer["proposals"] == ["official proposal"]
        assert answer["definitions"] == answer["references"] == [0]
        assert answer["rename"] == ["// official rename\n"]
        assert answer["symbols"] == ["official symbol"]
        ours = [text for text in answer["hovers"] if "official" not in text]
        assert len(ours) == 1 and "Cart" in ours[0] and "What fills up" not in ours[0]
        assert any("@@index([orderId])" in title for title in answer["fixes"]), answer["fixes"]

        # To have it all from us as well is a setting away.
        editor.write_settings(prismaLsp__stepBack="off")
        editor.wait_for_finding("Nope")
        answer = ask_all(editor)
        assert "prisma" in answer["findings"]
        assert len(answer["symbols"]) > 1 and len(answer["definitions"]) > 1
        assert any("What fills up" in text for text in answer["hovers"])


def test_alone_it_does_all_of_it(editor: VSCode, orders: Path) -> None:
    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        editor.go_to(*place(orders, "model CartLine", "cart +Cart", r"\bCart\b"))
        answer = ask_all(editor)
        assert "CartLine" in answer["symbols"]
        assert len(answer["definitions"]) == 1 and len(answer["references"]) > 1
        assert "renamed" in " ".join(answer["rename"])
        assert "Cart" in answer["proposals"]


def test_a_python_that_is_too_old(editor: VSCode, orders: Path) -> None:
    for name in PYTHONS:
        editor.write_program(name, "echo 3.9.2 0")
    with running(editor, orders):
        said = the_one_toast(editor, "Python 3.11 or later is needed")
        assert "python3 is 3.9.2" in said
        assert "Choose a Python" in said and "Try Again" in said
        assert "does not run" in editor.status()
        assert editor.servers() == []


def test_no_python_at_all(editor: VSCode, orders: Path) -> None:
    for name in PYTHONS:
        editor.write_program(name, "exit 1")
    with running(editor, orders):
        assert "No Python that runs was found" in the_one_toast(editor, "Python 3.11 or later")


def test_a_broken_environment(editor: VSCode, orders: Path, tmp_path: Path) -> None:
    gone = tmp_path / "venv" / "bin" / "python"
    gone.parent.mkdir(parents=True)
    gone.symlink_to(tmp_path / "no-such-python")
    editor.settings["prismaLsp.interpreter"] = str(gone)
    with running(editor, orders):
        said = the_one_toast(editor, "does not run")
        assert str(gone) in said and "used instead" in said
        editor.wait_for_finding(MISSING)


def test_a_path_that_is_not_executable(editor: VSCode, orders: Path, tmp_path: Path) -> None:
    program = tmp_path / "prisma-lsp"
    program.write_text("#!/bin/sh\n")
    editor.machine["prismaLsp.path"] = str(program)
    with running(editor, orders):
        said = the_one_toast(editor, "is not a program that can be run")
        assert str(program) in said
        editor.ask("click", selector=".notification-toast .monaco-button", text="Own Server")
        editor.wait_for_finding(MISSING)


def test_a_program_that_is_no_server(editor: VSCode, orders: Path, tmp_path: Path) -> None:
    editor.settings["prismaLsp.path"] = str(editor.write_program("other", "echo hello; exit 3"))
    with running(editor, orders):
        said = the_one_toast(editor, "did not start as a language server")
        assert "Show the Output" in said


def test_a_workspace_without_trust_chooses_no_program(
    editor: VSCode, orders: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    evil = editor.write_program("evil", f"touch {ran}; exit 1")
    folder = tmp_path / "shop" / ".vscode"
    folder.mkdir()
    chosen = {"prismaLsp.path": str(evil), "prismaLsp.interpreter": str(evil)}
    (folder / "settings.json").write_text(json.dumps(chosen))
    editor.is_trusted = False
    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        editor.run("prisma-lsp: Show the Server's Status")
        editor.wait_for(r"From the extension \(the workspace is not trusted\)")
        assert not ran.exists()


def test_what_has_no_file(editor: VSCode, orders: Path) -> None:
    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        editor.run("helper: Open an untitled schema")
        wait_until("its findings", lambda: "1 error, 2 warnings" in editor.status(), editor.screen)
        editor.run("helper: Open a virtual schema")
        wait_until("the status", lambda: "not checked" in editor.status(), editor.screen)
        assert "(helper:)" in editor.status()
        assert editor.toasts() == []
        assert len(editor.servers()) == 1


def test_which_server_is_taken(
    editor: VSCode, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRISMA_LSP_PYTHON", sys.executable)  # it has the server installed
    editor.others.append(EXTENSIONS / "python")
    editor.has_installed = True

    def taken(origin: str) -> None:
        def said() -> bool:
            editor.run("prisma-lsp: Show the Server's Status")
            wait_until(
                "the status",
                lambda: "From " in editor.screen() or "server is" in editor.screen(),
                str,
            )
            screen = editor.screen()
            editor.press("Escape")
            return f"From {origin}" in screen

        wait_until(f"a server from {origin}", said, editor.screen)

    with running(editor, orders):
        editor.wait_for_finding(MISSING)
        taken("the workspace's Python")
        editor.write_settings(prismaLsp__importStrategy="useBundled")
        taken("the extension (the setting prismaLsp.importStrategy)")
        editor.write_settings(prismaLsp__path=str(editor.home / "bin" / "prisma-lsp"))
        taken("the setting prismaLsp.path")
        without = editor.write_program("bare-python", "echo 3.12.0 0")
        editor.write_settings(
            prismaLsp__path="",
            prismaLsp__importStrategy="fromEnvironment",
            prismaLsp__interpreter=str(without),
        )
        taken("the PATH")
        editor.wait_for_finding(MISSING)
