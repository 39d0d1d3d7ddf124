"""What a rule may ask, with every question and answer written down.

A block is checked again only when it is new or when one of its answers has changed, so a rule must
reach other blocks through its context and never otherwise.  Ask for the least: `field` rather than
`model`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Questions, Schema
from prisma_lsp.schema.versions import Version
from prisma_lsp.settings import Settings

if TYPE_CHECKING:
    from prisma_lsp.migrations.state import Database

Asked = dict[tuple[str, ...], Any]


class Environment:
    """What rules depend on besides the schema; a new one makes every block be checked again."""

    __slots__ = (
        "_known", "auth_library", "is_editing", "is_pending", "migrations", "prisma_version",
        "settings",
    )  # fmt: skip

    def __init__(
        self,
        settings: Settings,
        migrations: Migrations,
        auth_library: str | None = None,
        prisma_version: Version | None = None,
    ) -> None:
        self.settings = settings
        self.migrations = migrations
        # "better-auth" or "next-auth" where package.json names one.
        self.auth_library = auth_library
        # Of the Prisma that is installed, locked or asked for, where it can be found.
        self.prisma_version = prisma_version
        # Whether somebody is typing: then a schema is normally ahead of its migrations.
        self.is_editing = False
        # Whether the migrations are read at another time, so that nothing has to wait for them.
        self.is_pending = False
        # What `database` has answered: every rule that asks, asks for every block.
        self._known: tuple[Migrations, str | None, Database | None] | None = None

    def is_migrated(self, database_name: str) -> bool:
        """Whether a table, column or type of this name may already be in a database.

        It counts as new only if the settings say so, or if there are migrations and none of them
        holds the name.  Reads the migrations' names and nothing of what their statements do.
        """
        if self.settings.database == "new":
            return False
        return not self.migrations.exists or self.migrations.knows(database_name)

    def database(self, provider: str | None) -> Database | None:
        """The database as the migrations leave it.

        None where there are none, where they are for another kind of database than ``provider``, and
        where the settings say that there is no database yet.  Ask its ``doubt`` before any claim.
        """
        known = self._known
        if known is not None and known[0] is self.migrations and known[1] == provider:
            return known[2]
        database = self._database(provider)
        if self.migrations.is_read:
            self._known = (self.migrations, provider, database)
        return database

    def _database(self, provider: str | None) -> Database | None:
        if self.settings.database == "new" or not self.migrations.exists:
            return None
        if self.migrations.is_unfinished:
            return None
        dialect = {"cockroachdb": "postgresql"}.get(provider or "postgresql", provider)
        if self.migrations.dialect != (dialect or "postgresql"):
            return None
        return self.migrations.state()

    def is_migrated_table(self, name: str, schema: str | None = None) -> bool:
        """Whether a table may already be in the database, by what the migrations leave there.

        ``schema`` is the database's, None for the default one.
        """
        return self.is_migrated(name) and self._may_have(
            name, schema, lambda database: database.table(_cut(name), schema) is not None
        )

    def is_migrated_column(self, table: str, column: str, schema: str | None = None) -> bool:
        """Whether a column may already be in the database."""
        if not self.migrations.exists:
            # Fixes ask this of every column that they touch.
            return self.settings.database != "new"

        def has(database: Database) -> bool:
            found = database.table(_cut(table), schema)
            return found is not None and found.column(_cut(column)) is not None

        return (
            self.is_migrated(table)
            and self.is_migrated(column)
            and self._may_have(table, schema, has)
        )

    def is_migrated_enum(self, name: str, schema: str | None = None) -> bool:
        """Whether an enum type may already be in the database."""
        return self.is_migrated(name) and self._may_have(
            name, schema, lambda database: database.enum(_cut(name), schema) is not None
        )

    def is_migrated_index(
        self,
        table: str,
        name: str,
        columns: tuple[str, ...],
        *,
        unique: bool,
        schema: str | None = None,
    ) -> bool:
        """Whether an index may already be in the database, under its name or another."""

        def has(database: Database) -> bool:
            found = database.table(_cut(table), schema)
            return found is not None and any(
                index.name == name or (index.column_names == columns and index.unique == unique)
                for index in found.indexes
            )

        return self.is_migrated(table) and self._may_have(table, schema, has)

    def _may_have(self, name: str, schema: str | None, has: Callable[[Database], bool]) -> bool:
        """``has``, or True where nobody can be sure."""
        migrations = self.migrations
        if not migrations.exists or migrations.is_unfinished:
            return True
        if migrations.dialect != "postgresql":
            return True
        database = migrations.state()
        return database.doubt(_cut(name), schema) is not None or has(database)


def _cut(name: str) -> str:
    """A name as PostgreSQL keeps it: its first 63 bytes."""
    return name.encode("utf-8", "surrogatepass")[:63].decode("utf-8", "ignore")


class Context(Questions):
    """The questions of one block's check.  ``asked`` maps each to its answer's fingerprint."""

    def __init__(self, schema: Schema, environment: Environment) -> None:
        self._schema = schema
        self._answers: dict[tuple[str, ...], Any] = {}
        self.asked: Asked = {}
        self.environment = environment
        self.settings = environment.settings
        self.options: Any = None
        # Whether a check would say more once the migrations are read.
        self.is_waiting = False

    def database(self) -> Database | None:
        """`Environment.database` for this schema; None also while the migrations are not read yet:
        then the block is checked again when they are."""
        if self.environment.is_pending:
            self.is_waiting = self.is_waiting or self.environment.migrations.exists
            return None
        return self.environment.database(self.provider())

    def _answer(self, question: str, *arguments: str) -> Any:
        key = (question, *arguments)
        try:
            return self._answers[key]
        except KeyError:
            answer, self.asked[key] = self._schema.answer(question, arguments)
            self._answers[key] = answer
            return answer


class Survey(Context):
    """A context for checking a whole schema once: nothing is written down, so nothing can be
    checked again.  ``known`` holds what was answered to all blocks before."""

    def __init__(
        self, schema: Schema, environment: Environment, known: dict[tuple[str, ...], Any]
    ) -> None:
        super().__init__(schema, environment)
        self._answers = known

    def _answer(self, question: str, *arguments: str) -> Any:
        key = (question, *arguments)
        try:
            return self._answers[key]
        except KeyError:
            answer = self._answers[key] = self._find(question, *arguments)
            return answer

    def _find(self, question: str, *arguments: str) -> Any:
        return self._schema.find(question, *arguments)


class NotYet(Exception):
    """The answer needs the whole schema to be read."""


class Glance(Survey):
    """The questions of a check of one block that is for showing only.

    In a ``hasty`` one, a question about all declarations raises `NotYet` until somebody else had it
    answered.
    """

    def __init__(self, schema: Schema, environment: Environment, *, hasty: bool = False) -> None:
        super().__init__(schema, environment, {})
        self._hasty = hasty

    def _find(self, question: str, *arguments: str) -> Any:
        if self._hasty and not self._schema.is_prompt(question):
            raise NotYet from None
        return super()._find(question, *arguments)
