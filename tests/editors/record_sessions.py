"""Record short sessions of the real editors with our server, for `tests/test_recorded.py` to replay.

    python tests/editors/record_sessions.py              all editors (those that `run.py` has fetched)
    python tests/editors/record_sessions.py nvim-forky   one of them

Each with the schema of `tests/recorded/project`, and each that is given migrations with the one of
`tests/recorded/project-migrations`.

Needed where a new version of an editor is to be known. What the server answers is brought up to date by
`pytest tests/test_recorded.py --update`, without any editor.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from editor_drivers import REPOSITORY, Editor, running
from test_editors import EDITORS, WITH_MIGRATIONS, place, save

RECORDED = REPOSITORY / "tests" / "recorded"
RULES = (REPOSITORY / "docs" / "rules").as_uri()


def main(wanted: list[str]) -> int:
    for kind, suite in EDITORS:
        name = f"{kind.program}-{suite}"
        if wanted and name not in wanted:
            continue
        if reason := kind(suite, Path("nowhere")).missing():
            print(f"{name}: {reason}", file=sys.stderr)
            return 1
        record(kind, suite, "project", with_a_schema)
        if (kind, suite) in WITH_MIGRATIONS:
            record(kind, suite, "project-migrations", with_migrations)
    return 0


def record(
    kind: type[Editor], suite: str, project: str, session: Callable[[Editor, Path], None]
) -> None:
    program = f"{kind.program}-{suite}"
    name = program + project.removeprefix("project")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PRISMA_LSP_RECORD"] = folder
        home = Path(folder) / "home"
        root = shutil.copytree(RECORDED / project, Path(folder) / "project")
        session(kind(suite, home), root)
        log = (Path(folder) / f"{program}.jsonl").read_text("utf-8")
        messages = [json.loads(line) for line in log.splitlines()]
        names = {str(root): "ROOT", str(home): "HOME", RULES: "RULES"}
        lines = list(condensed(messages, names))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (RECORDED / f"{name}.jsonl").write_text(text, "utf-8")
    print(f"{name}: {len(lines)} messages")


def with_migrations(editor: Editor, root: Path) -> None:
    """See what a migration would lose, repair it, save; look at its schema."""
    migration = root / "migrations" / "20260201000000_next" / "migration.sql"
    with running(editor, migration):
        editor.go_to(*place(migration, "ALTER", "DROP", "DROP"))
        editor.wait_for_finding("(?i)rename")
        editor.choose_fix("(?i)rename")
        save(editor, migration, r'RENAME COLUMN "qty" TO "quantity"')
        editor.edit(root / "schema.prisma")
        editor.go_to(*place(root / "schema.prisma", "model Order", "model Order", "Order"))
        editor.show_hover()
        editor.wait_for("What a customer buys")
        editor.close_hover()
        editor.quit()


def with_a_schema(editor: Editor, root: Path) -> None:
    """See, repair, understand, type, lay out, save."""
    schema = root / "schema.prisma"
    with running(editor, schema):
        key = place(schema, "model Order", "customer ", r"\bCustomer\b")
        editor.go_to(*key)
        editor.wait_for_finding("No index starts with `customerId`")
        editor.choose_fix(r"@@index\(\[customerId\]\)")
        editor.wait_until_gone("No index starts with `customerId`")
        save(editor, schema, r"@@index\(\[customerId\]\)")
        editor.go_to(*place(schema, "model Order", "customer ", r"\bcustomer\b"))
        editor.show_hover()
        editor.wait_for("cannot be deleted while an")
        editor.close_hover()
        line, _ = place(schema, "model Order", "customerId ", "customerId")
        editor.insert_after_line(line, "note String?")
        editor.format()
        save(editor, schema, r"\n  note +String\?\n")
        editor.quit()


def condensed(messages: list[dict[str, Any]], names: dict[str, str]) -> Any:
    """What the client said, in order: its messages, each request with whether it waited for the answer, and its
    answers to our requests by their method."""
    asked = {
        one["message"]["id"]: one["message"]["method"]
        for one in messages
        if one["from"] == "server" and "id" in one["message"] and "method" in one["message"]
    }
    for number, one in enumerate(messages):
        message = one["message"]
        if one["from"] != "client":
            continue
        text = json.dumps(message)
        for real, short in names.items():
            text = text.replace(real, short)
        message = json.loads(text)
        message.pop("jsonrpc", None)
        if "method" not in message:
            reply = {key: message[key] for key in ("result", "error") if key in message}
            yield {"replyTo": asked[message["id"]], **reply}
            continue
        if message["method"] == "initialize":
            message["params"]["processId"] = None
        line: dict[str, Any] = {"send": message}
        if "id" in message:
            later = messages[number + 1 :]
            following = next(
                (n for n, other in enumerate(later) if other["from"] == "client"), len(later)
            )
            line["waits"] = any(
                other["from"] == "server"
                and other["message"].get("id") == message["id"]
                and "method" not in other["message"]
                for other in later[:following]
            )
        yield line


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
