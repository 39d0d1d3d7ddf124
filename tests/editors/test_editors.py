"""Real Neovim, Helix and VS Code, set up as our own pages say, do the main job: see, fix, understand.

`python3 tests/editors/get_editors.py` and `get_vscode.py` fetch the editors once; `pytest -m editors` runs these tests.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from editor_drivers import Editor, Helix, Neovim, VSCode, running, wait_until
from get_editors import SUITES

pytestmark = pytest.mark.editors

SHOP = Path(__file__).parent / "shop"
MISSING_INDEX = "No index starts with `customerId`"


EDITORS = [
    *((kind, suite) for kind in (Neovim, Helix) for suite in SUITES),
    (VSCode, "code-server"),
]


@pytest.fixture(params=EDITORS, ids=lambda one: f"{one[0].program}-{one[1]}")
def editor(request: pytest.FixtureRequest, tmp_path: Path) -> Editor:
    kind, suite = request.param
    made: Editor = kind(suite, tmp_path / "home")
    if reason := made.missing():
        pytest.skip(reason)
    return made


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = shutil.copytree(SHOP, tmp_path / "shop")
    (folder / ".git").mkdir()  # Helix knows a project by it
    return folder


def test_a_finding_is_on_its_characters_and_its_fix_removes_it(editor: Editor, shop: Path) -> None:
    order = shop / "prisma" / "order.prisma"
    with running(editor, order):
        editor.wait_for_finding(MISSING_INDEX)
        assert editor.marked(6) == {"Customer"}
        editor.go_to("Customer @")
        editor.choose_fix(r"@@index\(\[customerId\]\)")
        editor.wait_until_gone(MISSING_INDEX)
        editor.save()
        wait_until(
            "the fix on the disk",
            lambda: "@@index([customerId])" in order.read_text(),
            editor.screen,
        )


def test_hover_on_a_relation_says_what_a_delete_does(editor: Editor, shop: Path) -> None:
    with running(editor, shop / "prisma" / "order.prisma"):
        editor.wait_for_finding(MISSING_INDEX)
        editor.go_to("customer  ")
        editor.show_hover()
        editor.wait_for("(?i)delet")
        editor.wait_for("ALTER TABLE|CONSTRAINT|FOREIGN KEY")


def test_an_emoji_before_it_on_the_line_moves_nothing(editor: Editor, shop: Path) -> None:
    parcel = shop / "prisma" / "parcel.prisma"
    with running(editor, parcel):
        editor.wait_for_finding("@nope")
        assert editor.marked(6) == {"@nope"}
        editor.go_to("@relation")
        editor.choose_fix("onUpdate|onDelete")
        editor.save()
        line = '  sender    Customer @relation("📦 sent", fields: [senderId], references: [id], onDelete: '
        wait_until("the fix on the disk", lambda: line in parcel.read_text(), editor.screen)


def test_a_file_outside_any_project_is_served_alone(editor: Editor, tmp_path: Path) -> None:
    alone = tmp_path / "elsewhere" / "schema.prisma"
    alone.parent.mkdir()
    alone.write_text(
        "\n".join(
            (SHOP / "prisma" / f"{name}.prisma").read_text()
            for name in ("schema", "customer", "order")
        )
    )
    with running(editor, alone):
        editor.wait_for_finding(MISSING_INDEX)
        editor.go_to("Customer @")
        editor.choose_fix(r"@@index\(\[customerId\]\)")
        editor.wait_until_gone(MISSING_INDEX)


def test_findings_come_and_go_while_typing(editor: Editor, shop: Path) -> None:
    with running(editor, shop / "prisma" / "order.prisma"):
        editor.wait_for_finding(MISSING_INDEX)
        editor.insert_after_line(7, "@@index([customerId])")
        editor.wait_until_gone(MISSING_INDEX)
        editor.undo()
        editor.wait_for_finding(MISSING_INDEX)


def test_the_server_ends_with_its_editor(editor: Editor, shop: Path) -> None:
    with running(editor, shop / "prisma" / "order.prisma"):
        editor.wait_for_finding(MISSING_INDEX)
        assert len(editor.servers()) == 1
        editor.quit()
        wait_until("the server ends", lambda: not editor.servers(), str)
