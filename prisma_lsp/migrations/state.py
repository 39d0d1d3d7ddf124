"""The database as the migrations leave it: tables, columns, types, keys, indexes, constraints.

Every value here is frozen, and equal to another where the database is the same: where a thing was
made (`Origin`), and whether something could not be read (`tainted`), are not compared.

Names are those that the database has: unquoted ones in lower case (PostgreSQL), cut at 63 bytes.
A key of the mappings is `(schema, name)`; what is written without a schema is in
`Database.default_schema`: "public" for PostgreSQL, "dbo" for SQL Server, "" for MySQL and SQLite.

`tainted` holds a sentence where something was done that could not be read, and None where the
value is what the database has.  **A tainted value may be wrong, and what is missing from a tainted
database may be there.**  Ask `Database.doubt` before claiming anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import NamedTuple

from prisma_lsp.migrations.values import dataclass

Key = tuple[str, str]
"""(schema, name)."""


class Origin(NamedTuple):
    """The statement that made or last changed something.

    ``file`` is the path of the `migration.sql`, ``line`` counts from 0, ``start`` and ``end`` are
    characters from the beginning of the file: those of the name or definition where the statement
    has one for the object itself (a column in a `CREATE TABLE`), else of the whole statement.
    """

    file: str
    line: int
    start: int
    end: int


NOWHERE = Origin("", 0, 0, 0)
"""The origin of what no file made, such as what was read from a live database."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    """As PostgreSQL's `format_type` writes it, without brackets: "integer", "text",
    "character varying(255)", "timestamp(3) without time zone", "numeric(65,30)"; the bare name for
    an enum, a domain, a composite type or a type of an extension.  Other dialects: the type as
    written, in lower case and without spaces: "varchar(191)", "datetime(3)", "int unsigned"."""
    type_schema: str | None = None
    """The schema of a type that migrations made (enum, domain, composite); None for all others."""
    array: bool = False
    nullable: bool = True
    default: str | None = None
    """SQL text, None for no default. PostgreSQL: without the redundant cast of a literal to the
    column's own type; a serial has ``nextval('"public"."T_id_seq"'::regclass)``."""
    identity: str | None = None
    """"always" or "by default" for an identity column ("always" also for MySQL's AUTO_INCREMENT and
    SQL Server's IDENTITY); None for all others."""
    generated: str | None = None
    """The expression of a generated column; it has no ``default`` then."""
    collation: str | None = None
    made: Origin = field(default=NOWHERE, compare=False)
    changed: Origin = field(default=NOWHERE, compare=False)
    """The last statement that changed it; equals ``made`` when none did."""


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    name: str
    columns: tuple[str, ...]
    made: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class IndexColumn:
    name: str
    """The column's name; the SQL text when ``expression``."""
    expression: bool = False
    descending: bool = False
    nulls_first: bool = False
    """PostgreSQL's default is True for a descending column and False for an ascending one."""
    ops: str | None = None
    """The operator class where it is not the default one of PostgreSQL, with its parameters."""
    collation: str | None = None
    length: int | None = None
    """MySQL's prefix length."""
    operator: str | None = None
    """The operator of an exclusion constraint."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index, or the one behind a UNIQUE or EXCLUDE constraint; never that of a primary key."""

    name: str
    columns: tuple[IndexColumn, ...]
    unique: bool = False
    method: str = "btree"
    """"btree", "hash", "gin", "gist", "spgist", "brin" or that of an extension; "fulltext" and
    "spatial" in MySQL."""
    where: str | None = None
    """The condition of a partial index: SQL text without outer parentheses."""
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    constraint: str | None = None
    """"unique" or "exclude" when it stands behind a constraint of the same name, else None."""
    made: Origin = field(default=NOWHERE, compare=False)

    @property
    def plain(self) -> bool:
        """Whether it covers every row by columns alone: no condition, no expression."""
        return self.where is None and not any(column.expression for column in self.columns)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the indexed columns; expressions are left out."""
        return tuple(column.name for column in self.columns if not column.expression)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    name: str
    columns: tuple[str, ...]
    references: Key
    referenced: tuple[str, ...]
    """The columns of the other table."""
    on_delete: str = "NO ACTION"
    """NO ACTION, RESTRICT, CASCADE, SET NULL or SET DEFAULT."""
    on_update: str = "NO ACTION"
    deferrable: bool = False
    deferred: bool = False
    valid: bool = True
    """False after NOT VALID, until VALIDATE CONSTRAINT."""
    made: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    expression: str
    """SQL text as written, without the outer parentheses."""
    valid: bool = True
    made: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    schema: str
    name: str
    columns: tuple[Column, ...] = ()
    """In the database's order."""
    primary_key: PrimaryKey | None = None
    indexes: tuple[Index, ...] = ()
    """In the order of their making, as all that follow."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    kind: str = "table"
    """"table", "partitioned" (its parent) or "partition"."""
    parents: tuple[Key, ...] = ()
    """The tables that it inherits from or is a partition of."""
    made: Origin = field(default=NOWHERE, compare=False)
    changed: Origin = field(default=NOWHERE, compare=False)
    tainted: str | None = field(default=None, compare=False)
    """Why this value may be wrong: a sentence for the user; None when it is right."""

    @property
    def key(self) -> Key:
        return self.schema, self.name

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def index(self, name: str) -> Index | None:
        return next((index for index in self.indexes if index.name == name), None)

    def foreign_key(self, name: str) -> ForeignKey | None:
        return next((key for key in self.foreign_keys if key.name == name), None)

    def check(self, name: str) -> Check | None:
        return next((check for check in self.checks if check.name == name), None)

    def uniques(self) -> Iterator[tuple[str, ...]]:
        """The column lists that no two rows share: the primary key, plain unique indexes."""
        if self.primary_key is not None:
            yield self.primary_key.columns
        for index in self.indexes:
            if index.unique and index.plain:
                yield index.column_names


@dataclass(frozen=True, slots=True)
class Enum:
    schema: str
    name: str
    values: tuple[str, ...]
    """In the database's order."""
    made: Origin = field(default=NOWHERE, compare=False)
    changed: Origin = field(default=NOWHERE, compare=False)
    tainted: str | None = field(default=None, compare=False)

    @property
    def key(self) -> Key:
        return self.schema, self.name


@dataclass(frozen=True, slots=True)
class UserType:
    """A type that is no enum."""

    schema: str
    name: str
    kind: str
    """"domain", "composite", "range" or "base"."""
    made: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class View:
    schema: str
    name: str
    materialized: bool = False
    made: Origin = field(default=NOWHERE, compare=False)
    uses: frozenset[str] = field(default=frozenset(), compare=False)
    """All names in its query, tables and others."""


@dataclass(frozen=True, slots=True)
class Sequence:
    schema: str
    name: str
    owner: tuple[str, str, str] | None = None
    """(schema, table, column) of the serial or identity column that it belongs to and goes with."""
    made: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Database:
    dialect: str = "postgresql"
    """"postgresql", "mysql", "sqlite" or "sqlserver"."""
    tables: Mapping[Key, Table] = field(default_factory=dict)
    enums: Mapping[Key, Enum] = field(default_factory=dict)
    types: Mapping[Key, UserType] = field(default_factory=dict)
    views: Mapping[Key, View] = field(default_factory=dict)
    sequences: Mapping[Key, Sequence] = field(default_factory=dict)
    schemas: frozenset[str] = frozenset()
    """Those that migrations made, and the default one."""
    extensions: frozenset[str] = frozenset()
    tainted: str | None = field(default=None, compare=False)
    """Why anything at all may be different: a file that could not be read, SQL made at run time.
    None when every statement was read or is known to touch only tainted tables."""
    doubts: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Names that a statement which could not be read speaks of, each with the reason: tables that
    may have been made, changed or dropped there.  By name alone, whatever the schema."""
    functions: Mapping[str, frozenset[str] | None] = field(default_factory=dict, compare=False)
    """Functions whose body makes, alters or drops something: which names; None: anything."""

    @property
    def default_schema(self) -> str:
        return {"postgresql": "public", "sqlserver": "dbo"}.get(self.dialect, "")

    def table(self, name: str, schema: str | None = None) -> Table | None:
        """The table of that name; ``schema`` None: the default one."""
        return self.tables.get((self.default_schema if schema is None else schema, name))

    def enum(self, name: str, schema: str | None = None) -> Enum | None:
        return self.enums.get((self.default_schema if schema is None else schema, name))

    def index(self, name: str, schema: str | None = None) -> tuple[Table, Index] | None:
        """The index of that name and its table. Its schema is that of its table."""
        schema = self.default_schema if schema is None else schema
        for table in self.tables.values():
            if table.schema == schema and (found := table.index(name)) is not None:
                return table, found
        return None

    def doubt(self, name: str, schema: str | None = None) -> str | None:
        """Why nothing sure can be said of the table or enum of that name, whether it is in this
        value or not; None when it is as this value says, and absent when it is absent here."""
        if self.tainted is not None:
            return self.tainted
        key = (self.default_schema if schema is None else schema, name)
        table, enum = self.tables.get(key), self.enums.get(key)
        if table is not None and table.tainted is not None:
            return table.tainted
        if enum is not None and enum.tainted is not None:
            return enum.tainted
        return self.doubts.get(name)


def empty(dialect: str) -> Database:
    """A database before the first migration."""
    database = Database(dialect)
    schema = database.default_schema
    return Database(dialect, schemas=frozenset((schema,) if schema else ()))
