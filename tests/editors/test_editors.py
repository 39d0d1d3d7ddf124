"""Real Neovim, Helix, Emacs, Vim and VS Code, set up as our own pages say, do the main job: see, fix, understand.

`python tests/editors/run.py` fetches the editors and runs these tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from editor_drivers import REPOSITORY, Editor, running, wait_until
from emacs_driver import Emacs
from get_vscode import VERSIONS
from helix_driver import Helix
from neovim_driver import Neovim
from vim_driver import Vim
from vscode_driver import VSCode

pytestmark = pytest.mark.editors

EDITORS: list[tuple[type[Editor], str]] = [
    (Neovim, "forky"),
    (Neovim, "trixie"),
    (Helix, "forky"),
    (Helix, "trixie"),
    (Emacs, "trixie"),
    (Vim, "trixie-vim"),
    *((VSCode, version) for version in VERSIONS),
]
# ALE applies what it is given, but nothing that a server asks of it; our page gives it schemas alone.
WITH_MIGRATIONS = [one for one in EDITORS if one[0] is not Vim]
# Those two put the cursor nowhere that a server asks for.
WITH_CURSOR = [one for one in WITH_MIGRATIONS if one != (Helix, "trixie")]
# What is put before what the tests are about: two UTF-16 units, four bytes in UTF-8.
EMOJI = "/* 📦 */ "


def named(one: tuple[type[Editor], str]) -> str:
    return f"{one[0].program}-{one[1]}"


@pytest.fixture(params=EDITORS, ids=named)
def editor(request: pytest.FixtureRequest, tmp_path: Path, shelf: Path) -> Editor:
    kind, suite = request.param
    made: Editor = kind(suite, tmp_path / "home")
    if isinstance(made, VSCode):
        made.shelf = shelf
    if reason := made.missing():
        pytest.skip(reason)
    return made


def copy_of_shop(folder: Path) -> Path:
    """A copy of our example; the folder of its schema."""
    return shutil.copytree(REPOSITORY / "examples" / "shop", folder) / "prisma" / "schema"


@pytest.fixture(params=["repository", "emoji-and-no-repository"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    schema = copy_of_shop(tmp_path / "shop")
    if request.param == "repository":
        (tmp_path / "shop" / ".git").mkdir()  # Helix knows a project by it
        return schema
    for name in ("orders", "shop"):
        file = schema / f"{name}.prisma"
        about = r"(?m)^( *)(?=order +Order|model Webhook|enum payment_method)"
        file.write_text(re.sub(about, rf"\1{EMOJI}", file.read_text()))
    return schema


def place(file: Path, after: str, line: str, word: str) -> tuple[int, int]:
    """Where a word stands in the first line with ``line`` from the one with ``after`` on: (line from 1,
    column in characters from 0)."""
    lines = file.read_text().splitlines()
    start = next(n for n, text in enumerate(lines) if after in text)
    number = next(n for n in range(start, len(lines)) if re.search(line, lines[n]))
    return number + 1, re.search(word, lines[number]).start()  # type: ignore[union-attr]


def on_disk(file: Path) -> str:
    """The file's text; "" in the moment in which an editor puts another one in its place."""
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        return ""


def save(editor: Editor, file: Path, pattern: str) -> None:
    editor.save()
    wait_until(f"/{pattern}/ on the disk", lambda: re.search(pattern, on_disk(file)), editor.screen)


def test_see_fix_understand_format(editor: Editor, shop: Path) -> None:
    orders, webhooks = shop / "orders.prisma", shop / "shop.prisma"
    with running(editor, orders):
        missing = "No index starts with `orderId`"
        key = place(orders, "model Payment ", "order +Order", r"\bOrder\b")
        editor.go_to(*key)  # Helix shows what is in its window
        editor.wait_for_finding(missing)
        assert editor.marked(key[0]) == {"Order"}
        line, _ = place(orders, "enum ", "enum payment_method", "payment")
        assert editor.marked(line) == {"payment_method"}

        editor.go_to(*key)
        editor.choose_fix(r"@@index\(\[orderId\]\)")
        editor.wait_until_gone(missing)
        save(editor, orders, r"model Payment (?s:[^}]*)@@index\(\[orderId\]\)")

        editor.go_to(*place(orders, "model OrderLine ", "order +Order", r"\border\b"))
        editor.show_hover()
        editor.wait_for(r"Deleting an .?Order\W* reaches 3 models")
        editor.wait_for(r"Payment +blocked by orderId")
        editor.close_hover()

        line, _ = place(orders, "model Shipment ", "carrier", "carrier")
        editor.insert_after_line(line, "note String?")
        editor.format()
        save(editor, orders, r"\n  note {11}String\?\n")
        command = [sys.executable, "-m", "prisma_lsp", "format", "--check", str(orders)]
        assert subprocess.run(command, check=False, timeout=60).returncode == 0

        editor.edit(webhooks)
        unmapped = "Table `Webhook` should be `webhooks`"
        name = place(webhooks, "model Webhook", "model Webhook", "Webhook")
        editor.go_to(*name)
        editor.wait_for_finding(unmapped)
        assert editor.marked(name[0]) == {"Webhook"}
        editor.go_to(*name)
        editor.choose_fix(r"@@map\(.webhooks.\)")
        editor.wait_until_gone(unmapped)
        save(editor, webhooks, r'model Webhook (?s:[^}]*)@@map\("webhooks"\)')


def test_findings_come_and_go_while_typing(editor: Editor, tmp_path: Path) -> None:
    orders = copy_of_shop(tmp_path / "shop") / "orders.prisma"
    missing = "No index starts with `orderId`"
    with running(editor, orders):
        line, _ = place(orders, "model Payment ", "order +Order", "order")
        editor.go_to(line, 0)
        editor.wait_for_finding(missing)
        editor.insert_after_line(line, "@@index([orderId])")
        editor.wait_until_gone(missing)
        editor.undo()
        editor.wait_for_finding(missing)


@pytest.mark.parametrize("editor", WITH_CURSOR, indirect=True, ids=named)
def test_a_comment_that_ignores_a_finding_waits_for_its_reason(
    editor: Editor, tmp_path: Path
) -> None:
    orders = copy_of_shop(tmp_path / "shop") / "orders.prisma"
    with running(editor, orders):
        key = place(orders, "model Payment ", "order +Order", r"\bOrder\b")
        editor.go_to(*key)  # Helix shows what is in its window
        editor.wait_for_finding("No index starts with `orderId`")
        editor.go_to(*key)
        editor.choose_fix(r"Ignore .?missing-fk-index.? on this line")
        editor.wait_for("prisma-lsp-ignore missing-fk-index")
        time.sleep(2)  # the cursor comes after the text
        editor.write_here("few rows")
        save(editor, orders, r"// prisma-lsp-ignore missing-fk-index: few rows\n +order +Order")


def test_the_server_ends_with_its_editor(editor: Editor, tmp_path: Path) -> None:
    with running(editor, copy_of_shop(tmp_path / "shop") / "orders.prisma"):
        editor.wait_for_finding("has no `createdAt`")
        assert len(editor.servers()) == 1
        editor.quit()
        wait_until("the server ends", lambda: not editor.servers(), str)


@pytest.mark.parametrize("editor", WITH_MIGRATIONS, indirect=True, ids=named)
def test_a_fix_that_brings_its_migration(editor: Editor, tmp_path: Path) -> None:
    schema = copy_of_shop(tmp_path / "shop")
    catalog, migrations = schema / "catalog.prisma", schema.parent / "migrations"
    before = set(migrations.iterdir())
    unmapped = "Table `price_list` should be `price_lists`"
    with running(editor, catalog):
        editor.go_to(*place(catalog, "model PriceList", "@@map", "price_list"))
        editor.wait_for_finding(unmapped)
        editor.choose_fix("with a migration that renames")
        if isinstance(editor, VSCode):
            assert all(
                name in editor.previewed for name in ("migration.sql", "down.sql", "catalog")
            )
        editor.wait_until_gone(unmapped)
        save(editor, catalog, r'@@map\("price_lists"\)')
        (made,) = wait_until("it", lambda: set(migrations.iterdir()) - before, editor.screen)
        up, down = made / "migration.sql", made / "down.sql"
        wait_until("its SQL", lambda: on_disk(up) and on_disk(down), editor.screen)
        assert 'ALTER TABLE "price_list" RENAME TO "price_lists"' in up.read_text()
        assert 'ALTER TABLE "price_lists" RENAME TO "price_list"' in down.read_text()


@pytest.mark.parametrize("editor", WITH_MIGRATIONS, indirect=True, ids=named)
def test_a_migration_that_would_lose_data(editor: Editor, tmp_path: Path) -> None:
    made = 'CREATE TABLE "orders" (\n    "id" UUID NOT NULL,\n    "qty" INTEGER NOT NULL,\n\n'
    made += '    CONSTRAINT "orders_pkey" PRIMARY KEY ("id")\n);\n'
    changed = 'ALTER TABLE "orders" /* 📦 */ DROP COLUMN "qty",\nADD COLUMN "quantity" INTEGER NOT NULL;\n'
    files = {
        "package.json": "{}",
        "schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\n\nmodel Order {\n'
        '  id       String @id @db.Uuid\n  quantity Int\n\n  @@map("orders")\n}\n',
        "migrations/migration_lock.toml": 'provider = "postgresql"\n',
        "migrations/20260101000000_init/migration.sql": made,
        "migrations/20260201000000_next/migration.sql": changed,
    }
    for name, text in files.items():
        file = tmp_path / "shop" / "prisma" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    migration = (
        tmp_path / "shop" / "prisma" / "migrations" / "20260201000000_next" / "migration.sql"
    )
    with running(editor, migration):
        dropped = place(migration, "ALTER", "DROP", "DROP")
        editor.go_to(*dropped)
        editor.wait_for_finding("(?i)rename")
        assert editor.marked(dropped[0]) == {'"qty"'}
        editor.choose_fix("(?i)rename")
        save(editor, migration, r'RENAME COLUMN "qty" TO "quantity"')


def test_other_sql_is_left_alone(editor: Editor, tmp_path: Path) -> None:
    schema = copy_of_shop(tmp_path / "shop")
    other = schema.parent / "migrations" / "seed.sql"
    other.write_text('ALTER TABLE "orders" DROP COLUMN "total";\n')
    with running(editor, other):
        time.sleep(3)
        assert not editor.servers()
        editor.edit(schema / "orders.prisma")
        editor.wait_for_finding("has no `createdAt`")
        assert len(editor.servers()) == 1


@pytest.mark.parametrize(
    "editor", [one for one in EDITORS if one[0] is Helix], indirect=True, ids=named
)
def test_helix_finds_the_server(editor: Helix) -> None:
    editor.configure()
    command = [str(editor.executable), "--health", "prisma"]
    environment = os.environ | editor.environment() | {"COLUMNS": "200"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    plain = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
    assert f"✓ prisma-lsp: {editor.home / 'bin' / 'prisma-lsp'}" in plain
    assert "prisma-language-server" not in plain
