from __future__ import annotations

import os
from collections.abc import Iterator

import postgres
import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write real answers into the pages")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for each process that runs tests."""
    try:
        with postgres.server() as server:
            yield server
    except postgres.Missing as missing:
        if os.environ.get("PRISMA_LSP_POSTGRES") == "required":
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def _connection(postgres_server: postgres.Server) -> Iterator[postgres.Connection]:
    with postgres_server.database() as connection:
        yield connection


@pytest.fixture
def database(_connection: postgres.Connection) -> postgres.Connection:
    """A connection to an empty PostgreSQL database."""
    _connection.clear()
    return _connection
