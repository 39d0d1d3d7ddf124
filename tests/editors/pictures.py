"""Take the pictures in `docs/pictures/`: our extension and server in VS Code, on a copy of `examples/shop`.

    python tests/editors/pictures.py     (needs what get_vscode.py fetches, and the built extension)

Run it after a change to what they show: messages, titles of fixes, the hover. What they show is written to
`pictures.json`, and a test asks whether it is still what an editor shows.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from editor_drivers import REPOSITORY, running, wait_until
from get_vscode import VERSIONS
from vscode_driver import VSCode

PICTURES = REPOSITORY / "docs" / "pictures"
TEXTS = Path(__file__).with_name("pictures.json")
Take = Callable[[VSCode, str, str, int], None]
MOST = 150_000
LINE = 19
LOOKS = {
    "workbench.colorTheme": "Default Light Modern",
    "editor.fontSize": 14,
    "editor.lineHeight": LINE,
    "editor.renderWhitespace": "none",
    "editor.guides.indentation": False,
    "editor.occurrencesHighlight": "off",
    "editor.selectionHighlight": False,
    "editor.codeLens": False,
    "editor.inlayHints.enabled": "off",
    "editor.lineNumbers": "off",
    "editor.glyphMargin": False,
    "editor.folding": False,
    "editor.matchBrackets": "never",
    "editor.bracketPairColorization.enabled": False,
    "editor.hover.above": False,
    "editor.stickyScroll.enabled": False,
    "editor.hover.delay": 100_000,
    "breadcrumbs.enabled": False,
    "workbench.editor.showTabs": "none",
}


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        editor = VSCode(max(VERSIONS), Path(folder) / "home")
        editor.settings |= LOOKS
        if reason := editor.missing():
            print(reason, file=sys.stderr)
            return 2
        with running(editor, without_comments(Path(folder) / "shop")):
            text = json.dumps(shown(editor, take), indent=2, ensure_ascii=False)
            TEXTS.write_text(text + "\n", "utf-8")
    for picture in PICTURES.glob("*.png"):
        size = picture.stat().st_size
        print(f"{picture.relative_to(REPOSITORY)}: {size} bytes")
        if size > MOST:
            print("too big", file=sys.stderr)
            return 1
    return 0


def without_comments(folder: Path) -> Path:
    """A copy of our example without the remarks about its mistakes; the schema that is shown."""
    shop = shutil.copytree(REPOSITORY / "examples" / "shop", folder)
    for file in shop.rglob("*.prisma"):
        lines = file.read_text().splitlines(True)
        file.write_text("".join(line for line in lines if "// deliberate" not in line))
    return shop / "prisma" / "schema" / "orders.prisma"


def shown(editor: VSCode, take: Take = lambda *_: None) -> dict[str, list[str]]:
    """What the pictures show, line by line; each is taken while it is on the screen."""
    editor.wait_for_finding("No index starts with `shopId`")
    editor.press("Control+j", "Control+b")  # only the code
    editor.ask("resize", width=1200, height=1900)  # a hover takes a quarter of the height
    # A foreign key without an index, and the ways to repair it.
    at(editor, "Shipment", "shop  ", "Shop ")
    fixes = editor.open_fixes()
    take(editor, "fixes", ".action-widget", 5)
    editor.press("Escape")
    # What a delete of an order does.
    at(editor, "OrderLine", "order  ", "order")
    editor.show_hover()
    hover = ".monaco-hover"
    wait_until("all of the hover", lambda: "CONSTRAINT" in str(editor.texts(hover)), editor.screen)
    take(editor, "hover", hover, 2)
    (text,) = filter(None, editor.texts(hover))
    return {"fixes": fixes, "hover": [line.strip() for line in text.splitlines() if line.strip()]}


def at(editor: VSCode, model: str, field: str, word: str) -> None:
    lines = editor.path.read_text().splitlines()
    start = lines.index(f"model {model} {{")
    number = next(n for n in range(start, len(lines)) if lines[n].lstrip().startswith(field))
    editor.go_to_place(f":{start + 1}")
    editor.go_to_place(f":{number + 1}:{lines[number].index(word) + 1}")


def take(editor: VSCode, name: str, around: str, lines_above: int) -> None:
    time.sleep(1)  # what fades in has done so
    file = str(PICTURES / f"{name}.png")
    editor.ask("picture", file=file, around=around, above=LINE * lines_above, width=900)


if __name__ == "__main__":
    sys.exit(main())
