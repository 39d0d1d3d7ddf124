"""The folded state equals the catalog of a real SQLite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from migrations.sqlite_chains import applied

CHAINS = json.loads((Path(__file__).parent / "migrations/sqlite.json").read_text("utf-8"))


@pytest.mark.parametrize("number", range(len(CHAINS)))
def test_after_every_step_of_a_chain(number: int) -> None:
    """Migrations that Prisma wrote for random edits of our schemas; see migrations/sqlite_chains.py."""
    steps = CHAINS[number]["steps"]
    assert len(steps) > 5
    for step, _, found in applied(iter(steps)):
        assert found == [], f"step {step}"


def test_two_foreign_keys_may_have_one_name() -> None:
    script = """CREATE TABLE a (id INTEGER PRIMARY KEY);
    CREATE TABLE b (x INT, y INT, CONSTRAINT k FOREIGN KEY (x) REFERENCES a (id), CONSTRAINT k FOREIGN KEY (y) REFERENCES a (id));"""
    (found,) = applied(iter([script]))
    assert found[2] == []
