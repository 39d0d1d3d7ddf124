"""The fixes of traps in migrations, against a real PostgreSQL: the rows stay, the catalog is right.

The cases are those of the rules' own pages.  Each is applied twice: as it is written, to a database
without rows, and as the fix leaves it, to one with a row in every table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pages
import postgres
import pytest

from prisma_lsp.lint.rule import all_rules
from prisma_lsp.lint.sql_renames import is_same
from prisma_lsp.migrations.state import Column, Database

RULES = {rule.name: rule for rule in all_rules() if rule.node == "Migration"}
RULES_BY_NAME = {rule.name: rule for rule in all_rules()}
UUID = "00000000-0000-4000-8000-000000000007"


def cases() -> list[tuple[str, str, str]]:
    """(rule, title, text) of every case with a fix, for PostgreSQL."""
    found = []
    for name, rule in RULES.items():
        page = Path(__file__).parent / f"pages/rules/{name}.md"
        texts = [("page", rule.documentation), *((c.title, c.text) for c in pages.cases(page.read_text("utf-8")))]
        found += [
            (name, title, text)
            for title, text in texts
            if "```sql fixed" in text and "mysql" not in text and "```migration" in text
        ]
    return found


def value(column: Column, database: Database) -> str:
    """SQL for a value that every type of the cases can be made of."""
    enum = database.enums.get((column.type_schema or "", column.type))
    if enum is not None:
        text = "'" + enum.values[0] + "'"
    elif column.name == "kind":
        text = "'OPEN'"
    elif column.type == "uuid" or column.type == "text":
        text = f"'{UUID}'"
    elif column.type.startswith("timestamp"):
        text = "'2026-01-02 03:04:05'"
    else:
        text = "7"
    if not column.array:
        return text
    return "'{OPEN,DONE}'" if column.type == "text" else f"ARRAY[{text}]"


def fill(connection: postgres.Connection, database: Database) -> None:
    connection.execute("SET session_replication_role = replica")
    for (schema, name), table in database.tables.items():
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(value(column, database) for column in table.columns)
        connection.execute(f'INSERT INTO "{schema}"."{name}" ({columns}) VALUES ({values})')
    connection.execute("SET session_replication_role = origin")


def rows(connection: postgres.Connection, database: Database) -> list[Counter[str]]:
    """The values of the one row of each table, as texts; those of lists without their brackets."""
    found = []
    for schema, name in database.tables:
        (row,) = connection.execute(f'SELECT to_jsonb(t) FROM "{schema}"."{name}" t')
        (texts,) = connection.execute(
            "SELECT string_agg(trim(value, '{}[]\"'), '|') FROM jsonb_each_text"
            f"('{row[0]}'::jsonb) WHERE value IS NOT NULL"
        )
        found.append(Counter((texts[0] or "").split("|")))
    return found


@pytest.mark.parametrize(("rule", "title", "text"), cases(), ids=lambda value: value[:40])
def test_the_rows_stay(
    rule: str, title: str, text: str, tmp_path: Path, postgres_server: postgres.Server
) -> None:
    world = pages.world(text, tmp_path, [one.name for one in all_rules()])
    before = [Path(file.path).read_text("utf-8") for file in world.migrations.files[:-1]]
    start = replace(world)
    fixed = pages.settled(start, rule).sql
    assert fixed is not None and world.sql is not None and fixed != world.sql
    with postgres_server.database() as as_written:
        for script in before:
            as_written.execute(script)
        if rule == "migration-invalid-serial-cast":
            with pytest.raises(postgres.Failure, match="serial"):
                as_written.execute(world.sql)
            wanted = None
        else:
            as_written.execute(world.sql)
            wanted = postgres.catalog(as_written)
    with postgres_server.database() as kept:
        for script in before:
            kept.execute(script)
        database = postgres.catalog(kept)
        fill(kept, database)
        held = rows(kept, database)
        if rule == "migration-client-default-required":
            with pytest.raises(postgres.Failure, match="null values"):
                kept.execute(world.sql)
        kept.execute(fixed)
        now = postgres.catalog(kept)
        if wanted is not None:
            assert is_same(now, wanted)
        left = rows(kept, now)
        for values in held:
            assert any(values <= others for others in left), values


def test_there_are_cases_of_every_trap() -> None:
    assert {rule for rule, _, _ in cases()} == RULES.keys()


def test_a_constraint_comes_as_a_migration(
    tmp_path: Path, postgres_server: postgres.Server
) -> None:
    text = RULES_BY_NAME["unguarded-quantity"].documentation
    world = pages.world(text, tmp_path, list(RULES_BY_NAME))
    linter = world.lint()
    [(_, finding)] = pages.all_placed(linter, "unguarded-quantity")
    [fix] = pages.fixes_of(linter, finding)
    assert (fix.safety, fix.edits, fix.by_choice) == ("R", {}, True)
    up, down = (next(t for p, t in fix.files.items() if p.endswith(end)) for end in ("migration.sql", "down.sql"))
    with postgres_server.database() as connection:
        for file in world.migrations.files:
            connection.execute(Path(file.path).read_text("utf-8"))
        before = postgres.catalog(connection)
        connection.execute(up)
        with pytest.raises(postgres.Failure, match="variants_stock_check"):
            connection.execute(f"INSERT INTO variants VALUES ('{UUID}', -1, 1)")
        connection.execute(down)
        assert postgres.catalog(connection) == before
    # Once it is there, nothing is found any more.
    for path, content in fix.files.items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(content, "utf-8")
    world.migrations = world.migrations.refreshed()
    assert not pages.all_placed(world.lint(), "unguarded-quantity")
