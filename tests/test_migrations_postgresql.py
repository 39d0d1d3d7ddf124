"""The folded state equals the catalog of a real PostgreSQL."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import postgres
import pytest

from prisma_lsp.migrations.fold import fold
from prisma_lsp.migrations.reader import read_script
from prisma_lsp.migrations.state import Database, empty

PAGE = Path(__file__).parent / "migrations/postgresql.md"


class Case(NamedTuple):
    name: str
    scripts: list[tuple[str, str | None]]
    """SQL, and the code with which the server refuses it."""
    doubt: list[str]


def cases() -> list[Case]:
    found: list[Case] = []
    for section in re.split(r"(?m)^## ", PAGE.read_text("utf-8"))[1:]:
        name, _, rest = section.partition("\n")
        scripts: list[tuple[str, str | None]] = []
        doubt: list[str] = []
        for kind, text in re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", rest):
            match kind:
                case "sql":
                    scripts.append((text, None))
                case "refused":
                    scripts[-1] = (scripts[-1][0], text.strip())
                case "doubt":
                    doubt = text.split("\n")[:-1]
        assert scripts, name
        found.append(Case(name, scripts, doubt))
    return found


CASES = cases()


def doubtful(state: Database, expected: list[str]) -> list[str]:
    """What is in doubt; a name that nothing here has counts only where it is expected."""
    if state.tainted:
        return ["everything"]
    made = {key[1] for key in (*state.tables, *state.enums)}
    tables = {table.name for table in state.tables.values() if table.tainted}
    enums = {enum.name for enum in state.enums.values() if enum.tainted}
    return sorted(
        tables | enums | {name for name in state.doubts if name in made or name in expected}
    )


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_folded_state_is_the_catalog(case: Case, database: postgres.Connection) -> None:
    state = empty("postgresql")
    for number, (sql, refused) in enumerate(case.scripts):
        after = fold(state, read_script(sql), f"/m/{number}_x/migration.sql")
        if refused is None:
            database.execute(sql)
            state = after
        else:
            with pytest.raises(postgres.Failure) as failure:
                database.execute(sql)
            assert failure.value.code == refused
            if case.doubt:
                state = after
    assert doubtful(state, case.doubt) == case.doubt
    if not case.doubt:
        assert postgres.differences(database, state) == []
        return
    if case.doubt != ["everything"]:
        found = postgres.differences(database, state)
        assert [
            line
            for line in found
            if not any(f".{n}:" in line or f"'{n}'" in line for n in case.doubt)
        ] == []


CHAINS = json.loads((Path(__file__).parent / "migrations/chains.json").read_text("utf-8"))


@pytest.mark.parametrize("number", range(len(CHAINS)))
def test_after_every_step_of_a_chain(number: int, database: postgres.Connection) -> None:
    """Migrations that Prisma wrote for random edits of our schemas; see migrations/chains.py."""
    state = empty("postgresql")
    for step, sql in enumerate(CHAINS[number]["steps"]):
        database.execute(sql)
        state = fold(state, read_script(sql), f"/m/{step}_x/migration.sql")
        assert doubtful(state, []) == [], f"step {step}"
        assert postgres.differences(database, state) == [], f"step {step}"


def test_there_are_chains_enough() -> None:
    assert len(CHAINS) >= 20
    assert all(5 <= len(chain["steps"]) - 1 <= 20 for chain in CHAINS)
    verbs = {
        placed.statement.verb
        for chain in CHAINS
        for sql in chain["steps"]
        for placed in read_script(sql).statements
    }
    assert {"ALTER TYPE", "DROP INDEX", "DROP TABLE", "DROP TYPE", "ALTER INDEX"} <= verbs
