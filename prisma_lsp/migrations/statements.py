"""What a migration says, statement by statement: values with exact places.

A `Script` is the text of one `migration.sql`, cut into statements.  A `Statement` counts all its
places in characters from its own start, so it is the same value wherever it stands in a file; a
`Placed` says where that is.  Names are those the database will have (see `state`), as written only
in the text between ``start`` and ``end``.

What could not be read is an `Unread` among the actions: it says why and which names it may touch.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.migrations.values import dataclass


class Name(NamedTuple):
    """A name as the database has it: unquoted ones folded, cut at the dialect's limit."""

    schema: str | None
    """None where none is written."""
    name: str
    start: int
    """Of the last part, with its quotes."""
    end: int


class TypeName(NamedTuple):
    """A column's type. ``start`` to ``end`` covers it as written, brackets included."""

    type: str
    """See `state.Column.type`; "smallserial", "serial" and "bigserial" stay as they are."""
    schema: str | None
    """As written; None for what has no prefix."""
    array: bool
    builtin: bool
    """Whether the database has it by itself; else it may be a type that a migration made."""
    start: int
    end: int


class Text(NamedTuple):
    """A piece of SQL: an expression. ``sql`` has single spaces and no comments."""

    sql: str
    start: int
    end: int


class Part(NamedTuple):
    """A column, or an expression, of an index."""

    name: str
    expression: bool = False
    descending: bool = False
    nulls_first: bool = False
    ops: str | None = None
    collation: str | None = None
    length: int | None = None
    operator: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of a table; ``start`` to ``end`` covers its definition."""

    kind: str
    """"primary key", "unique", "foreign key", "check", "exclude", "not null"; in MySQL also "index"
    for a key in a `CREATE TABLE`."""
    name: Name | None
    columns: tuple[Part, ...] = ()
    references: Name | None = None
    referenced: tuple[str, ...] = ()
    """Empty: the primary key of the other table."""
    on_delete: str = "NO ACTION"
    on_update: str = "NO ACTION"
    deferrable: bool = False
    deferred: bool = False
    valid: bool = True
    expression: str | None = None
    """Of a check; the condition of an exclusion constraint."""
    method: str = "btree"
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    using_index: str | None = None
    """`ADD CONSTRAINT … USING INDEX`: the index that becomes the constraint's."""
    of_column: str | None = None
    """The column in whose definition it stands."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    name: Name
    type: TypeName
    not_null: bool = False
    default: Text | None = None
    identity: str | None = None
    generated: str | None = None
    collation: str | None = None
    constraints: tuple[Constraint, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateTable:
    table: Name
    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[Constraint, ...]
    if_not_exists: bool = False
    temporary: bool = False
    kind: str = "table"
    parents: tuple[Name, ...] = ()
    like: tuple[tuple[Name, frozenset[str]], ...] = ()
    """`LIKE t INCLUDING …` with what is included, in lower case."""
    unread: str | None = None
    """Why the columns are not all known: `CREATE TABLE … AS SELECT`."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Drop:
    """`DROP TABLE`, `DROP TYPE` …: ``kind`` is "table", "type", "domain", "view",
    "materialized view", "index", "schema", "sequence", "extension"; "function" with CASCADE only."""

    kind: str
    names: tuple[Name, ...]
    if_exists: bool = False
    cascade: bool = False
    table: Name | None = None
    """Of MySQL's and SQL Server's `DROP INDEX … ON t`."""
    concurrently: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Rename:
    """Of a "table", "type", "domain", "view", "materialized view", "index", "schema", "sequence"; "object"
    of SQL Server's `sp_rename`, which renames a table or a constraint, whichever has the name;
    and of a "column", "constraint" or (in MySQL) "index" of ``table``, of a "value" of an enum."""

    kind: str
    old: Name
    new: Name
    table: Name | None = None
    if_exists: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SetSchema:
    """`ALTER … SET SCHEMA`: ``kind`` as in `Rename`."""

    kind: str
    name: Name
    schema: str
    if_exists: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class AddColumn:
    table: Name
    column: ColumnDefinition
    if_not_exists: bool = False
    after: str | None = None
    """MySQL: the column it comes after, "" for the first place; None: at the end."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class DropColumn:
    table: Name
    column: Name
    if_exists: bool = False
    cascade: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SetType:
    table: Name
    column: Name
    type: TypeName
    using: Text | None = None
    collation: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SetDefault:
    table: Name
    column: Name
    default: Text | None
    """None: `DROP DEFAULT`."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SetNullable:
    """`SET NOT NULL`, `DROP NOT NULL`."""

    table: Name
    column: Name
    nullable: bool
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SetIdentity:
    """`ADD GENERATED … AS IDENTITY` ("always", "by default"), `DROP IDENTITY` (None), and
    `DROP EXPRESSION` where ``generated``."""

    table: Name
    column: Name
    identity: str | None
    generated: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class ChangeColumn:
    """MySQL's `MODIFY` and `CHANGE`, SQL Server's `ALTER COLUMN`: the column anew, in its place.

    ``whole`` is False in SQL Server, where the default stays as it was.
    """

    table: Name
    old: Name
    column: ColumnDefinition
    whole: bool = True
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class AddConstraint:
    table: Name
    constraint: Constraint
    if_not_exists: bool = False
    """In a `DO` block that makes it only where it is not there."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class DropConstraint:
    """``name`` None: the primary key (MySQL)."""

    table: Name
    name: Name | None
    if_exists: bool = False
    cascade: bool = False
    kind: str = "constraint"
    """"constraint"; in MySQL also "primary key", "foreign key", "index"."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class ChangeConstraint:
    """`VALIDATE CONSTRAINT` (``valid`` True) and `ALTER CONSTRAINT … DEFERRABLE …`."""

    table: Name
    name: Name
    valid: bool | None = None
    deferrable: bool | None = None
    deferred: bool | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Inherit:
    """`INHERIT`, `ATTACH PARTITION` (``attach``), `NO INHERIT`, `DETACH PARTITION`."""

    child: Name
    parent: Name
    attach: bool
    partition: bool
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateIndex:
    table: Name
    name: Name | None
    """None: the database names it."""
    columns: tuple[Part, ...]
    unique: bool = False
    method: str = "btree"
    where: str | None = None
    include: tuple[str, ...] = ()
    nulls_distinct: bool = True
    if_not_exists: bool = False
    concurrently: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateEnum:
    name: Name
    values: tuple[str, ...]
    if_not_exists: bool = False
    """As for `AddConstraint`."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class AddValue:
    """`ALTER TYPE … ADD VALUE`; at most one of ``before`` and ``after`` is given."""

    enum: Name
    value: str
    before: str | None = None
    after: str | None = None
    if_not_exists: bool = False
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateType:
    """A domain, a composite type, a range: ``kind`` as in `state.UserType`."""

    name: Name
    kind: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateView:
    name: Name
    materialized: bool = False
    replace: bool = False
    if_not_exists: bool = False
    uses: frozenset[str] = frozenset()
    """All names in its query."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateSequence:
    name: Name
    if_not_exists: bool = False
    owner: tuple[Name, str] | None = None
    """(table, column) of `OWNED BY`."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class OwnSequence:
    """`ALTER SEQUENCE … OWNED BY`; ``owner`` None: NONE."""

    name: Name
    owner: tuple[Name, str] | None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateSchema:
    name: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateExtension:
    name: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class CreateFunction:
    name: Name
    touches: frozenset[str] | None
    """The names that its body may create, alter or drop: none for most functions; None: anything."""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class RunFunctions:
    """Functions that are called, by bare name; only those made by migrations can matter."""

    names: frozenset[str]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class SetSearchPath:
    """``schema`` None: the default again."""

    schema: str | None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that may change the database in a way that is not known.

    ``names``: the only names that it may touch; None: anything.
    """

    reason: str
    names: frozenset[str] | None
    start: int = 0
    end: int = 0


Action = (
    CreateTable | Drop | Rename | SetSchema | AddColumn | DropColumn | SetType | SetDefault
    | SetNullable | SetIdentity | ChangeColumn | AddConstraint | DropConstraint | ChangeConstraint
    | Inherit | CreateIndex | CreateEnum | AddValue | CreateType | CreateView | CreateSequence
    | OwnSequence | CreateSchema | CreateExtension | CreateFunction | RunFunctions | SetSearchPath
    | Unread
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    """From its first word to its last, without the semicolon and the comments before it."""
    verb: str
    """Its first words in upper case: "CREATE TABLE", "ALTER TABLE", "INSERT", "DO"; "" for none."""
    actions: tuple[Action, ...]
    """In order. Empty for what changes no structure, such as INSERT, BEGIN or GRANT."""


class Placed(NamedTuple):
    """A statement in a file."""

    start: int
    """Characters from the beginning of the file."""
    line: int
    """Of its first character, from 0."""
    statement: Statement

    @property
    def end(self) -> int:
        return self.start + len(self.statement.text)


@dataclass(frozen=True, slots=True)
class Script:
    """One `migration.sql`."""

    text: str
    dialect: str
    statements: tuple[Placed, ...]

    def at(self, offset: int) -> Placed | None:
        """The statement that holds the character ``offset`` or ends there."""
        import bisect

        index = bisect.bisect_right(self.statements, offset, key=lambda placed: placed.start) - 1
        if index >= 0 and offset <= self.statements[index].end:
            return self.statements[index]
        return None
