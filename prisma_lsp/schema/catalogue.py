"""What Prisma knows, per provider: scalars, native types, attributes, functions, actions, indexes, settings.

Plain data and a few questions on it. The facts were checked against Prisma's engine 7.10; the texts are ours.
It knows nothing of schemas, positions or editors. Importing it only builds dictionaries.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

# ---------------------------------------------------------------------------------------------------------------------
# Providers

PROVIDERS: tuple[str, ...] = (
    "postgresql",
    "cockroachdb",
    "mysql",
    "sqlite",
    "sqlserver",
    "mongodb",
)
SQL_PROVIDERS: tuple[str, ...] = (
    "postgresql",
    "cockroachdb",
    "mysql",
    "sqlite",
    "sqlserver",
)

PROVIDER_TITLES: Mapping[str, str] = {
    "postgresql": "PostgreSQL",
    "cockroachdb": "CockroachDB",
    "mysql": "MySQL",
    "sqlite": "SQLite",
    "sqlserver": "SQL Server",
    "mongodb": "MongoDB",
}

# What a provider can hold, where they differ.
LIST_PROVIDERS: tuple[str, ...] = ("postgresql", "cockroachdb", "mongodb")
ENUM_PROVIDERS: tuple[str, ...] = (
    "postgresql",
    "cockroachdb",
    "mysql",
    "sqlite",
    "mongodb",
)
COMPOSITE_TYPE_PROVIDERS: tuple[str, ...] = ("mongodb",)
MULTI_SCHEMA_PROVIDERS: tuple[str, ...] = ("postgresql", "cockroachdb", "sqlserver")


def canonical_provider(name: str) -> str | None:
    """The one name we use for a provider; `None` if Prisma does not know it. Letter case counts, as for Prisma."""
    if name == "postgres":
        return "postgresql"
    return name if name in PROVIDERS else None


# ---------------------------------------------------------------------------------------------------------------------
# Scalar types


class Scalar(NamedTuple):
    """A built-in field type. A provider missing from `columns` does not support it."""

    name: str
    doc: str
    columns: Mapping[str, str]


# What the client cannot call a model, view or enum: JavaScript's own words, and the client itself.
# ``type`` is not among them, and a composite type may have any of these names.
RESERVED: frozenset[str] = frozenset(
    """
    PrismaClient async await break case catch class const continue debugger default delete do else
    enum export extends false finally for function if implements import in instanceof interface let
    new null package private protected public return super switch this throw true try typeof using
    var void while with yield
    """.split()  # noqa: SIM905
)

_COLUMNS: tuple[str, ...] = PROVIDERS  # the order of the columns below


def _scalar(name: str, doc: str, *columns: str) -> tuple[str, Scalar]:
    return name, Scalar(name, doc, {p: c for p, c in zip(_COLUMNS, columns, strict=True) if c})


SCALARS: Mapping[str, Scalar] = dict(
    (
        _scalar(
            "String",
            "Text of any length, unless the provider's default column limits it: 191 characters on MySQL, 1000 on "
            "SQL Server. A native type such as `@db.VarChar(n)` or `@db.Text` chooses another column.",
            "TEXT", "STRING", "VARCHAR(191)", "TEXT", "NVARCHAR(1000)", "string",
        ),
        _scalar(
            "Boolean",
            "`true` or `false`. On MySQL the column is really a `TINYINT(1)`.",
            "BOOLEAN", "BOOL", "BOOLEAN", "BOOLEAN", "BIT", "bool",
        ),
        _scalar(
            "Int",
            "A whole number of 32 bits with a sign: up to about 2.1 billion. Use `BigInt` for ids of tables that "
            "grow without end.",
            "INTEGER", "INT4", "INTEGER", "INTEGER", "INT", "int",
        ),
        _scalar(
            "BigInt",
            "A whole number of 64 bits with a sign. In TypeScript it is a `bigint`, which `JSON.stringify` refuses.",
            "BIGINT", "INT8", "BIGINT", "BIGINT", "BIGINT", "long",
        ),
        _scalar(
            "Float",
            "A binary floating-point number of 64 bits. Fast and approximate: sums drift, so keep money in `Decimal` "
            "or in whole cents.",
            "DOUBLE PRECISION", "FLOAT8", "DOUBLE", "REAL", "FLOAT(53)", "double",
        ),
        _scalar(
            "Decimal",
            "An exact decimal number, as needed for money. The default column is wide; `@db.Decimal(precision, scale)` "
            "says what you mean. Not available on MongoDB.",
            "DECIMAL(65,30)", "DECIMAL(65,30)", "DECIMAL(65, 30)", "DECIMAL", "DECIMAL(32,16)", "",
        ),
        _scalar(
            "DateTime",
            "A moment in time, a JavaScript `Date` in the client. The default SQL columns keep no time zone: Prisma "
            "writes UTC into them, other programs may not. On PostgreSQL prefer `@db.Timestamptz(3)`.",
            "TIMESTAMP(3)", "TIMESTAMP(3)", "DATETIME(3)", "DATETIME", "DATETIME2", "date",
        ),
        _scalar(
            "Json",
            "A JSON document. The database checks that it is well formed, not what is in it. Not available on "
            "SQL Server.",
            "JSONB", "JSONB", "JSON", "JSONB", "", "object",
        ),
        _scalar(
            "Bytes",
            "Binary data, a `Uint8Array` in the client. Good for hashes and keys; large files belong in a file store.",
            "BYTEA", "BYTES", "LONGBLOB", "BLOB", "VARBINARY(max)", "binData",
        ),
    )
)  # fmt: skip

UNSUPPORTED_DOC = (
    '`Unsupported("type")` keeps a column whose database type Prisma has no name for. Prisma Migrate creates the '
    "column with exactly that type; Prisma Client leaves the field out, so only raw SQL reaches it. A model with a "
    "required one and no default has no `create`."
)

# What autoincrement() makes of an integer column on PostgreSQL.
SERIAL_TYPES: Mapping[str, str] = {
    "SMALLINT": "SMALLSERIAL",
    "INTEGER": "SERIAL",
    "BIGINT": "BIGSERIAL",
}


# ---------------------------------------------------------------------------------------------------------------------
# Native types


class NativeType(NamedTuple):
    """A `@db.` type. `sql` is the column type with `{0}`, `{1}` for the arguments; no arguments, no brackets.

    `max_args` 2 with `min_args` 0 means none or both: Prisma takes no `Decimal(10)`.
    `limits` holds the smallest and largest value of each argument, where Prisma checks them.
    """

    name: str
    scalars: tuple[str, ...]
    min_args: int
    max_args: int
    args: str
    sql: str
    doc: str
    limits: tuple[tuple[int, int], ...] = ()


_Row = tuple[str, str, str, str, str]

# How many arguments, how they are shown, their limits. The keys are used in the tables below.
_ARGS: Mapping[str, tuple[int, int, str, tuple[tuple[int, int], ...]]] = {
    "": (0, 0, "", ()),
    "length?": (0, 1, "(length)", ()),
    "bits?": (0, 1, "(length)", ((1, 2**32 - 1),)),
    "digits?": (0, 1, "(precision)", ()),
    "digits6?": (0, 1, "(precision)", ((0, 6),)),
    "decimal1000?": (0, 2, "(precision, scale)", ((1, 1000), (0, 1000))),
    "decimal65?": (0, 2, "(precision, scale)", ((0, 65), (0, 30))),
    "decimal38?": (0, 2, "(precision, scale)", ((1, 38), (0, 38))),
    "bits64": (1, 1, "(length)", ((1, 64),)),
    "length255": (1, 1, "(length)", ((0, 255),)),
    "length65535": (1, 1, "(length)", ((0, 65535),)),
    "length": (1, 1, "(length)", ()),
    "bits53?": (0, 1, "(bits)", ((1, 53),)),
    "length8000?": (0, 1, "(length)", ((0, 8000),)),
    "length4000?": (0, 1, "(length)", ((0, 4000),)),
    "max8000?": (0, 1, "(length | Max)", ((0, 8000),)),
    "max4000?": (0, 1, "(length | Max)", ((0, 4000),)),
}


def _natives(*rows: _Row) -> dict[str, NativeType]:
    types = {}
    for name, scalars, args, sql, doc in rows:
        low, high, shown, limits = _ARGS[args]
        types[name] = NativeType(name, tuple(scalars.split()), low, high, shown, sql, doc, limits)
    return types


# name, scalars, arguments, sql, doc
NATIVE_TYPES: Mapping[str, Mapping[str, NativeType]] = {
    "postgresql": _natives(
        ("SmallInt", "Int", "", "SMALLINT", "Two bytes, −32,768 to 32,767: worth it only in wide tables with many rows."),
        ("Integer", "Int", "", "INTEGER", "Four bytes, up to 2,147,483,647; the default for `Int`."),
        ("BigInt", "BigInt", "", "BIGINT", "Eight bytes: the safe choice for the key of a table that keeps growing."),
        ("Decimal", "Decimal", "decimal1000?", "DECIMAL({0},{1})", "Exact number with a fixed count of digits, such as `Decimal(12, 2)` for money; values with more decimals are rounded."),
        ("Money", "Decimal", "", "MONEY", "Avoid it: its decimals and its text depend on the server's `lc_monetary`, and it stores no currency; use `Decimal(12, 2)` and a currency column."),
        ("Inet", "String", "", "INET", "An IPv4 or IPv6 address or network; checked on write and searchable by subnet."),
        ("Oid", "Int", "", "OID", "The number of an object in PostgreSQL's own catalogue, without sign; not meant for your own ids."),
        ("Citext", "String", "", "CITEXT", "Text compared without regard to case; needs the `citext` extension before the migration runs. A unique index on `lower(column)` is the alternative."),
        ("Real", "Float", "", "REAL", "Floating point of four bytes, about six significant digits; for measurements where size matters."),
        ("DoublePrecision", "Float", "", "DOUBLE PRECISION", "Floating point of eight bytes, about fifteen significant digits; the default for `Float`."),
        ("VarChar", "String", "length?", "VARCHAR({0})", "Text with an upper limit in characters. It is no faster than `Text`: use it where the limit is a rule of the business; widening it later is cheap, narrowing it is not."),
        ("Char", "String", "length?", "CHAR({0})", "Text padded with blanks to a fixed length, 1 if left out. The padding costs space and confuses comparisons: prefer `VarChar` or `Text`, even for codes."),
        ("Text", "String", "", "TEXT", "Text without a limit; the default for `String`, and the right choice nearly always."),
        ("ByteA", "Bytes", "", "BYTEA", "Binary data up to 1 GB, read and written whole; the default for `Bytes`."),
        ("Timestamp", "DateTime", "digits6?", "TIMESTAMP({0})", "Date and time without a zone: a wall clock, not a moment. Its meaning depends on who wrote it; `Timestamptz` is the safer type. Without an argument it keeps microseconds, which a JavaScript `Date` cuts off."),
        ("Timestamptz", "DateTime", "digits6?", "TIMESTAMPTZ({0})", "A moment in time, kept as UTC and shown in the session's zone; the right type for nearly every date with a time. `Timestamptz(3)` matches JavaScript's milliseconds."),
        ("Date", "DateTime", "", "DATE", "A calendar day without time or zone, such as a birthday; in the client a `Date` at midnight UTC."),
        ("Time", "DateTime", "digits6?", "TIME({0})", "A time of day without a date; in the client a `Date` on 1970-01-01."),
        ("Timetz", "DateTime", "digits6?", "TIMETZ({0})", "A time of day with a fixed offset. Avoid it, as PostgreSQL's own manual does: without a date an offset knows no daylight saving; use `Time` and a zone name, or `Timestamptz`."),
        ("Boolean", "Boolean", "", "BOOLEAN", "True or false in one byte; the default for `Boolean`."),
        ("Bit", "String", "bits?", "BIT({0})", "A string of exactly that many bits, 1 if left out; written as text of `0` and `1`."),
        ("VarBit", "String", "bits?", "VARBIT({0})", "A string of bits up to that length, without limit if left out."),
        ("Uuid", "String", "", "UUID", "A UUID in 16 bytes instead of 36 characters, checked on write; use it for every UUID, and for each foreign key that points to one."),
        ("Xml", "String", "", "XML", "An XML document, checked to be well formed; it cannot be compared or indexed directly."),
        ("Json", "Json", "", "JSON", "JSON kept as the text that was sent, with blanks and repeated keys. It is parsed at every read, cannot be compared for equality and takes no GIN index: prefer `JsonB` unless the exact text matters."),
        ("JsonB", "Json", "", "JSONB", "JSON in parsed form: quick to query, takes a GIN index, keeps neither the order of keys nor doubles; the default for `Json`."),
    ),
    "cockroachdb": _natives(
        ("Bit", "String", "bits?", "BIT({0})", "A string of exactly that many bits, 1 if left out."),
        ("Bool", "Boolean", "", "BOOL", "True or false; the default for `Boolean`."),
        ("Bytes", "Bytes", "", "BYTES", "Binary data; the default for `Bytes`. Keep values below about 1 MB."),
        ("Char", "String", "length?", "CHAR({0})", "Text up to a length, 1 if left out; `String` is the usual choice."),
        ("Date", "DateTime", "", "DATE", "A calendar day without time or zone."),
        ("Decimal", "Decimal", "decimal1000?", "DECIMAL({0},{1})", "Exact number with a fixed count of digits, such as `Decimal(12, 2)` for money."),
        ("Float4", "Float", "", "FLOAT4", "Floating point of four bytes, about six significant digits."),
        ("Float8", "Float", "", "FLOAT8", "Floating point of eight bytes; the default for `Float`."),
        ("Inet", "String", "", "INET", "An IPv4 or IPv6 address, with an optional network mask."),
        ("Int2", "Int", "", "INT2", "Two bytes, −32,768 to 32,767."),
        ("Int4", "Int", "", "INT4", "Four bytes, up to 2,147,483,647; the default for `Int`."),
        ("Int8", "BigInt", "", "INT8", "Eight bytes; the default for `BigInt`, and what generated row ids need."),
        ("JsonB", "Json", "", "JSONB", "JSON in parsed form; the only JSON type here, and the default for `Json`."),
        ("Oid", "Int", "", "OID", "The number of an object in the system catalogue; not meant for your own ids."),
        ("CatalogSingleChar", "String", "", '"char"', "One byte of text, as the system catalogue uses it; seen after introspection, not for new columns."),
        ("String", "String", "length?", "STRING({0})", "Text, with an upper limit in characters if given; the default for `String`."),
        ("Time", "DateTime", "digits6?", "TIME({0})", "A time of day without a date."),
        ("Timestamp", "DateTime", "digits6?", "TIMESTAMP({0})", "Date and time without a zone; `Timestamptz` says which moment is meant."),
        ("Timestamptz", "DateTime", "digits6?", "TIMESTAMPTZ({0})", "A moment in time, kept as UTC; the right type for nearly every date with a time."),
        ("Timetz", "DateTime", "digits6?", "TIMETZ({0})", "A time of day with a fixed offset; rarely what is wanted, since an offset without a date knows no daylight saving."),
        ("Uuid", "String", "", "UUID", "A UUID in 16 bytes, checked on write; random ones spread inserts over the cluster."),
        ("VarBit", "String", "bits?", "VARBIT({0})", "A string of bits up to that length, without limit if left out."),
    ),
    "mysql": _natives(
        ("Int", "Int", "", "INTEGER", "Four bytes with a sign, up to 2,147,483,647; the default for `Int`."),
        ("UnsignedInt", "Int", "", "INTEGER UNSIGNED", "Four bytes without a sign, up to 4,294,967,295: more than Prisma's `Int` can return, so read with care."),
        ("SmallInt", "Int", "", "SMALLINT", "Two bytes, −32,768 to 32,767."),
        ("UnsignedSmallInt", "Int", "", "SMALLINT UNSIGNED", "Two bytes without a sign, 0 to 65,535."),
        ("TinyInt", "Boolean Int", "", "TINYINT", "One byte, −128 to 127; on a `Boolean` field the column is `BOOLEAN`."),
        ("UnsignedTinyInt", "Boolean Int", "", "TINYINT UNSIGNED", "One byte without a sign, 0 to 255."),
        ("MediumInt", "Int", "", "MEDIUMINT", "Three bytes, up to about 8.3 million in either direction."),
        ("UnsignedMediumInt", "Int", "", "MEDIUMINT UNSIGNED", "Three bytes without a sign, up to about 16.7 million."),
        ("BigInt", "BigInt", "", "BIGINT", "Eight bytes with a sign; the default for `BigInt`."),
        ("Decimal", "Decimal", "decimal65?", "DECIMAL({0}, {1})", "Exact number with a fixed count of digits, such as `Decimal(12, 2)` for money; without arguments MySQL keeps no decimals."),
        ("UnsignedBigInt", "BigInt", "", "BIGINT UNSIGNED", "Eight bytes without a sign; a foreign key must have the same sign as what it points to."),
        ("Float", "Float", "", "FLOAT", "Floating point of four bytes, about six significant digits."),
        ("Double", "Float", "", "DOUBLE", "Floating point of eight bytes; the default for `Float`."),
        ("Bit", "Boolean Bytes", "bits64", "BIT({0})", "That many bits, up to 64; a `Boolean` field takes only `Bit(1)`."),
        ("Char", "String", "length255", "CHAR({0})", "Text of a fixed length, up to 255 characters; good for codes that never change their length."),
        ("VarChar", "String", "length65535", "VARCHAR({0})", "Text with an upper limit in characters; `VARCHAR(191)` is the default for `String`. A whole row, too, may hold only 65,535 bytes."),
        ("Binary", "Bytes", "length", "BINARY({0})", "Exactly that many bytes, padded with zeros; `Binary(16)` holds a UUID."),
        ("VarBinary", "Bytes", "length", "VARBINARY({0})", "Up to that many bytes."),
        ("TinyBlob", "Bytes", "", "TINYBLOB", "Up to 255 bytes."),
        ("Blob", "Bytes", "", "BLOB", "Up to 64 KB."),
        ("MediumBlob", "Bytes", "", "MEDIUMBLOB", "Up to 16 MB."),
        ("LongBlob", "Bytes", "", "LONGBLOB", "Up to 4 GB, bounded by `max_allowed_packet`; the default for `Bytes`."),
        ("TinyText", "String", "", "TINYTEXT", "Text up to 255 bytes."),
        ("Text", "String", "", "TEXT", "Text up to 64 KB; an index on it needs `length`."),
        ("MediumText", "String", "", "MEDIUMTEXT", "Text up to 16 MB; an index on it needs `length`."),
        ("LongText", "String", "", "LONGTEXT", "Text up to 4 GB; an index on it needs `length`."),
        ("Date", "DateTime", "", "DATE", "A calendar day without time or zone."),
        ("Time", "DateTime", "digits?", "TIME({0})", "A time of day, with up to six digits of a second."),
        ("DateTime", "DateTime", "digits?", "DATETIME({0})", "Date and time without a zone, years 1000 to 9999; `DATETIME(3)` is the default, and without an argument fractions of a second are lost."),
        ("Timestamp", "DateTime", "digits?", "TIMESTAMP({0})", "A moment in time, kept as UTC and shown in the session's zone; ends in January 2038."),
        ("Year", "Int", "", "YEAR", "A year from 1901 to 2155, in one byte."),
        ("Json", "Json", "", "JSON", "A JSON document in parsed form; the default for `Json`. It cannot be indexed directly."),
    ),
    "sqlite": {},
    "sqlserver": _natives(
        ("TinyInt", "Int", "", "TINYINT", "One byte without a sign, 0 to 255."),
        ("SmallInt", "Int", "", "SMALLINT", "Two bytes, −32,768 to 32,767."),
        ("Int", "Int", "", "INT", "Four bytes, up to 2,147,483,647; the default for `Int`."),
        ("BigInt", "BigInt", "", "BIGINT", "Eight bytes; the default for `BigInt`."),
        ("Decimal", "Decimal", "decimal38?", "DECIMAL({0},{1})", "Exact number with up to 38 digits, such as `Decimal(12, 2)` for money; without arguments it keeps no decimals."),
        ("Money", "Float", "", "MONEY", "Currency amount with four decimals, but a `Float` in Prisma, so sums are inexact; prefer `Decimal`."),
        ("SmallMoney", "Float", "", "SMALLMONEY", "`Money` in four bytes, up to about 214,748; prefer `Decimal`."),
        ("Bit", "Boolean Int", "", "BIT", "0 or 1; the default for `Boolean`."),
        ("Float", "Float", "bits53?", "FLOAT({0})", "Floating point: four bytes up to 24 bits, eight bytes above; `FLOAT(53)` is the default for `Float`."),
        ("Real", "Float", "", "REAL", "Floating point of four bytes, the same as `Float(24)`."),
        ("Date", "DateTime", "", "DATE", "A calendar day without time or zone."),
        ("Time", "DateTime", "", "TIME", "A time of day, to 100 nanoseconds."),
        ("DateTime", "DateTime", "", "DATETIME", "Older type that rounds to about 3 milliseconds; use `DateTime2` for new columns."),
        ("DateTime2", "DateTime", "", "DATETIME2", "Date and time without a zone, to 100 nanoseconds; the default for `DateTime`."),
        ("DateTimeOffset", "DateTime", "", "DATETIMEOFFSET", "Date and time with its offset from UTC: the type that says which moment is meant."),
        ("SmallDateTime", "DateTime", "", "SMALLDATETIME", "Date and time rounded to the minute, years 1900 to 2079."),
        ("Char", "String", "length8000?", "CHAR({0})", "Text of a fixed length in the code page of the database, padded with blanks."),
        ("NChar", "String", "length4000?", "NCHAR({0})", "Unicode text of a fixed length, padded with blanks."),
        ("VarChar", "String", "max8000?", "VARCHAR({0})", "Text in the code page of the database, up to that many bytes, or `Max` for 2 GB; half the size of `NVarChar` for plain ASCII."),
        ("Text", "String", "", "TEXT", "Deprecated by SQL Server; use `VarChar(Max)`."),
        ("NVarChar", "String", "max4000?", "NVARCHAR({0})", "Unicode text up to that length, or `Max` for 2 GB; `NVARCHAR(1000)` is the default for `String`. `Max` cannot be the key of an index."),
        ("NText", "String", "", "NTEXT", "Deprecated by SQL Server; use `NVarChar(Max)`."),
        ("Binary", "Bytes", "length8000?", "BINARY({0})", "Exactly that many bytes, padded with zeros."),
        ("VarBinary", "Bytes", "max8000?", "VARBINARY({0})", "Up to that many bytes, or `Max` for 2 GB; `VARBINARY(max)` is the default for `Bytes`."),
        ("Image", "Bytes", "", "IMAGE", "Deprecated by SQL Server; use `VarBinary(Max)`."),
        ("Xml", "String", "", "XML", "An XML document, checked to be well formed."),
        ("UniqueIdentifier", "String", "", "UNIQUEIDENTIFIER", "A UUID in 16 bytes; random ones as the clustered key scatter the inserts over the table."),
    ),
    "mongodb": _natives(
        ("String", "String", "", "string", "Text; the default for `String`."),
        ("Double", "Float", "", "double", "Floating point of eight bytes; the default for `Float`."),
        ("BinData", "Bytes", "", "binData", "Binary data; the default for `Bytes`."),
        ("ObjectId", "String Bytes", "", "objectId", "MongoDB's own id of 12 bytes. A field that refers to one needs it too, or the join finds nothing."),
        ("Bool", "Boolean", "", "bool", "True or false; the default for `Boolean`."),
        ("Date", "DateTime", "", "date", "A moment in time, in milliseconds of UTC; the default for `DateTime`."),
        ("Int", "Int", "", "int", "Whole number of 32 bits; the default for `Int`."),
        ("Timestamp", "DateTime", "", "timestamp", "MongoDB's internal clock for replication, in seconds; use `Date` for your own data."),
        ("Long", "Int BigInt", "", "long", "Whole number of 64 bits; the default for `BigInt`."),
        ("Json", "Json", "", "object", "A document of any shape; the default for `Json`."),
    ),
}  # fmt: skip


def native_sql(provider: str, name: str, args: Sequence[str] = (), scalar: str = "") -> str:
    """The column type Prisma Migrate writes for `@db.name(args)`; "" if the provider has no such type.

    A list column is this and `[]`. `scalar` matters once: MySQL's `TinyInt` on a `Boolean` is a `BOOLEAN`.
    """
    native = NATIVE_TYPES.get(provider, {}).get(name)
    if native is None:
        return ""
    if scalar == "Boolean" and native.sql == "TINYINT":
        return "BOOLEAN"
    base, bracket, _ = native.sql.partition("(")
    if not bracket or not args:
        return base
    comma = ", " if ", " in native.sql else ","
    return f"{base}({comma.join('max' if a == 'Max' else a for a in args)})"


# ---------------------------------------------------------------------------------------------------------------------
# Attributes

Place = Literal["field", "relation", "type_field", "model", "view", "type", "enum", "value"]
"""Where an attribute stands.

- "field": a field of a model or view that is not a relation, "relation": one that is
- "type_field": a field of a composite type
- "model", "view", "type", "enum": the block itself
- "value": a value of an enum
"""


class Argument(NamedTuple):
    """`positional`: may be given without its name, as the first argument. `providers` None: all of them."""

    name: str
    kind: str
    required: bool
    positional: bool
    doc: str
    providers: tuple[str, ...] | None = None


class Attribute(NamedTuple):
    """`places` is where Prisma recognises the name; some of those still earn an error of their own."""

    name: str
    places: tuple[Place, ...]
    arguments: tuple[Argument, ...]
    providers: tuple[str, ...] | None
    doc: str


_PARTIAL: tuple[str, ...] = ("postgresql", "cockroachdb", "sqlite", "sqlserver")
_MSSQL: tuple[str, ...] = ("sqlserver",)
_MYSQL: tuple[str, ...] = ("mysql",)

_FIELDS = Argument("fields", "fields", True, True, "The fields, in the order the index holds them.")
_MAP = Argument(
    "map",
    "string",
    False,
    False,
    "The name of the constraint or index in the database.",
)
_CLUSTERED = Argument(
    "clustered",
    "boolean",
    False,
    False,
    "Whether the rows of the table are stored in the order of this index.",
    _MSSQL,
)
_WHERE = Argument(
    "where",
    "filter",
    False,
    False,
    'Covers only the rows that match: `raw("sql")` or `{ field: value }`. Needs the `partialIndexes` preview.',
    _PARTIAL,
)
_LENGTH = Argument(
    "length",
    "int",
    False,
    False,
    "How many leading characters or bytes the index holds.",
    _MYSQL,
)
_SORT = Argument("sort", "sort", False, False, "The order of the index: `Asc` or `Desc`.")
_KEY_NAME = Argument(
    "name",
    "string",
    False,
    False,
    "What Prisma Client calls the combination in `where`.",
)
_NAME = Argument("name", "string", True, True, "The name in the database.")

# Arguments of one field inside an index: @@index([title(length: 20, sort: Desc)]).
INDEX_FIELD_ARGUMENTS: tuple[Argument, ...] = (
    _LENGTH,
    _SORT,
    Argument(
        "ops",
        "operator class",
        False,
        False,
        'The operator class, by its Prisma name or as `raw("name")`: which questions the index can answer.',
        ("postgresql", "cockroachdb"),
    ),
)

ATTRIBUTES: Mapping[str, Attribute] = {
    a.name: a
    for a in (
        Attribute(
            "@id",
            ("field", "relation"),
            (_MAP, _LENGTH, _SORT._replace(providers=_MSSQL), _CLUSTERED),
            None,
            "Makes the field the identity of the model: required, unique, one per model. In the database it is the "
            "primary key; on MongoDB it is `_id`. A key of several fields is `@@id`.",
        ),
        Attribute(
            "@@id",
            ("model", "view"),
            (_FIELDS, _KEY_NAME, _MAP, _CLUSTERED),
            SQL_PROVIDERS,
            "Makes several fields together the identity of the model; each of them must be required. In the database "
            "it is a composite primary key, and its index helps only questions that begin with its first fields.",
        ),
        Attribute(
            "@unique",
            ("field", "relation"),
            (_MAP, _LENGTH, _SORT, _CLUSTERED, _WHERE),
            None,
            "No two rows may share a value, and Prisma Client can find a row by it. In the database it is a unique "
            "index. Most databases let `NULL` repeat; SQL Server allows it once.",
        ),
        Attribute(
            "@@unique",
            ("model", "view"),
            (_FIELDS, _KEY_NAME, _MAP, _CLUSTERED, _WHERE),
            None,
            "No two rows may share this combination of values, and Prisma Client can find a row by it. In the "
            "database it is one unique index over the columns in this order; it serves as an ordinary index too.",
        ),
        Attribute(
            "@@index",
            ("model", "view"),
            (
                _FIELDS,
                _MAP,
                Argument("name", "string", False, False, "An older spelling of `map`; not both."),
                Argument(
                    "type", "index type", False, False, "The kind of index; `BTree` if left out.",
                    ("postgresql", "cockroachdb"),
                ),
                _CLUSTERED,
                _WHERE,
            ),
            None,
            "Creates an index over the columns in this order, so that searches, sorts and joins that begin with them "
            "need not read the whole table. Every index makes writes a little slower.",
        ),
        Attribute(
            "@@fulltext",
            ("model", "view"),
            (_FIELDS, _MAP),
            ("mysql", "mongodb"),
            "Creates a full-text index, which finds words inside longer texts. Only MySQL and MongoDB have it; on "
            "PostgreSQL a GIN index over a `tsvector` does the same, written by hand in a migration.",
        ),
        Attribute(
            "@relation",
            ("field", "relation"),
            (
                Argument("name", "string", False, True, "Tells two relations between the same models apart; give both sides the same."),
                Argument("fields", "fields", False, False, "The fields of this model that hold the foreign key."),
                Argument("references", "references", False, False, "The fields of the other model they point to."),
                Argument("onDelete", "action", False, False, "What happens to this row when the row it points to is deleted."),
                Argument("onUpdate", "action", False, False, "What happens to this row when the key it points to changes."),
                _MAP._replace(doc="The name of the foreign key in the database.", providers=SQL_PROVIDERS),
            ),
            None,
            "Describes a relation between two models. The side with `fields` and `references` owns it: its columns "
            "hold the foreign key. The relation field itself is no column. Prisma creates no index for the foreign "
            "key, so add `@@index` on its fields.",
        ),
        Attribute(
            "@default",
            ("field", "relation", "type_field"),
            (
                Argument("value", "value", True, True, "A constant, a list of constants, or a function such as `now()`."),
                _MAP._replace(doc="The name of the default constraint.", providers=_MSSQL),
            ),
            None,
            "The value of the field when none is given. Constants, `now()`, `autoincrement()` and `dbgenerated()` "
            "become a default of the column; `uuid()`, `cuid()`, `ulid()` and `nanoid()` are made by Prisma Client, "
            "so rows written by other programs do not get them.",
        ),
        Attribute(
            "@updatedAt",
            ("field",),
            (),
            None,
            "Prisma Client sets the field to the current time at every create and update. The database knows nothing "
            "of it: raw SQL and other programs leave the value as it was. Only for a single `DateTime`.",
        ),
        Attribute(
            "@map",
            ("field", "relation", "type_field", "value"),
            (_NAME,),
            None,
            "Gives the field or enum value another name in the database than in the schema and the client. Changing "
            "it on an existing column makes Prisma Migrate drop the column and create another, unless you edit the "
            "migration to rename it.",
        ),
        Attribute(
            "@@map",
            ("model", "view", "enum"),
            (_NAME,),
            None,
            "Gives the table, view, collection or enum another name in the database than in the schema. Changing it "
            "on an existing table makes Prisma Migrate drop the table and create another, unless you edit the "
            "migration to rename it.",
        ),
        Attribute(
            "@ignore",
            ("field", "relation"),
            (),
            None,
            "Leaves the field out of Prisma Client; the column stays in the database and in Prisma Migrate. A "
            "required field without a default must not be ignored if rows are to be created.",
        ),
        Attribute(
            "@@ignore",
            ("model", "view"),
            (),
            None,
            "Leaves the model out of Prisma Client; the table stays in the database and in Prisma Migrate. "
            "Introspection adds it to tables without a unique identity.",
        ),
        Attribute(
            "@@schema",
            ("model", "view", "enum"),
            (Argument("map", "string", True, True, "One of the names in `schemas` of the datasource."),),
            MULTI_SCHEMA_PROVIDERS,
            "Puts the table, view or enum into that schema of the database. Once the datasource lists `schemas`, "
            "every model and enum needs it. It must be one of those listed.",
        ),
        Attribute(
            "@shardKey",
            ("field",),
            (),
            _MYSQL,
            "Makes the field the shard key of the table on PlanetScale: the rows are spread over the shards by it, "
            "and Prisma Client adds it to queries. Needs the `shardKeys` preview feature.",
        ),
        Attribute(
            "@@shardKey",
            ("model", "view"),
            (_FIELDS._replace(doc="The fields of the shard key."),),
            _MYSQL,
            "Makes several fields together the shard key of the table on PlanetScale. Needs the `shardKeys` preview "
            "feature.",
        ),
    )
}  # fmt: skip

NATIVE_TYPE_DOC = (
    "`@db.…` chooses the exact column type of the provider, where the default for the scalar is not the right one. "
    "The prefix is the name of the datasource block. The type in Prisma Client stays that of the scalar."
)

_KNOWN: Mapping[str, frozenset[str]] = {
    place: frozenset(a.name.lstrip("@") for a in ATTRIBUTES.values() if place in a.places)
    for place in ("field", "relation", "type_field", "model", "view", "enum", "value")
}


def known_attribute(name: str, place: Place) -> bool:
    """Whether Prisma recognises the attribute there; `name` has no `@`. Provider and preview features do not matter.

    On a composite type's block every name is "known": Prisma rejects any attribute there, in other words.
    Native types, `db.Text`, are the caller's.
    """
    return place == "type" or name in _KNOWN[place]


# ---------------------------------------------------------------------------------------------------------------------
# Functions


class Function(NamedTuple):
    """`scalars`: what Prisma accepts it on. `suggest`: where it makes sense to offer it.

    `produced_by`: "database", "client", "both" (a column default that the client also computes), or "" for neither.
    `context`: "default", "index" (operator class or `where`), or "config" (datasource and generator).
    """

    name: str
    arguments: tuple[Argument, ...]
    scalars: tuple[str, ...]
    suggest: tuple[str, ...]
    produced_by: str
    providers: tuple[str, ...] | None
    context: str
    doc: str


_INTS: tuple[str, ...] = ("Int", "BigInt")
_TEXT: tuple[str, ...] = ("String",)
_ALL: tuple[str, ...] = tuple(SCALARS)

FUNCTIONS: Mapping[str, Function] = {
    f.name: f
    for f in (
        Function(
            "autoincrement", (), _INTS, _INTS, "database", SQL_PROVIDERS, "default",
            "The next whole number, handed out by the database: a sequence (`SERIAL`) on PostgreSQL, "
            "`AUTO_INCREMENT` on MySQL, `IDENTITY` on SQL Server, `AUTOINCREMENT` on SQLite, `unique_rowid()` on "
            "CockroachDB, which takes only `BigInt`. Numbers of failed inserts are lost, so expect gaps. MySQL wants "
            "the column indexed, SQLite wants it to be the id.",
        ),
        Function(
            "sequence",
            (
                Argument("virtual", "boolean", False, False, "A sequence that only counts in memory and needs no storage."),
                Argument("cache", "int", False, False, "How many numbers each session reserves at once."),
                Argument("increment", "int", False, False, "The step from one number to the next."),
                Argument("minValue", "int", False, False, "The smallest number."),
                Argument("maxValue", "int", False, False, "The largest number."),
                Argument("start", "int", False, False, "The first number."),
            ),
            _ALL, _INTS, "database", ("cockroachdb",), "default",
            "The next number of a sequence of the column's own, as an identity column. On CockroachDB it is the way "
            "to a counting `Int`; every insert must ask the one sequence, so `autoincrement()` on a `BigInt` scales "
            "better.",
        ),
        Function(
            "now", (), ("DateTime",), ("DateTime",), "both", None, "default",
            "The time at which the row is created. In SQL it is `CURRENT_TIMESTAMP` as the default of the column; "
            "rows written through Prisma Client get the time of the client's machine.",
        ),
        Function(
            "uuid",
            (Argument("version", "int", False, True, "4, random, if left out; 7 begins with the time."),),
            _TEXT, _TEXT, "client", None, "default",
            "A UUID made by Prisma Client; rows written by other programs get none. `uuid(7)` sorts by time of "
            "creation, which keeps new keys together in the index. Give the column the provider's UUID type; "
            '`dbgenerated("gen_random_uuid()")` lets PostgreSQL make them.',
        ),
        Function(
            "cuid",
            (Argument("version", "int", False, True, "1 if left out, or 2."),),
            _TEXT, _TEXT, "client", None, "default",
            "A short collision-resistant id made by Prisma Client. The authors of the first version advise against "
            "it, because it shows when it was made: use `cuid(2)`, or `uuid(7)` in a UUID column.",
        ),
        Function(
            "ulid", (), _TEXT, _TEXT, "client", None, "default",
            "A ULID made by Prisma Client: 26 characters that sort by time of creation.",
        ),
        Function(
            "nanoid",
            (Argument("length", "int", False, True, "How many characters, 2 to 255; 21 if left out."),),
            _TEXT, _TEXT, "client", None, "default",
            "A short random id made by Prisma Client, fit for URLs. A shorter length makes collisions likelier.",
        ),
        Function(
            "dbgenerated",
            (Argument("expression", "string", False, True, "The SQL expression; not empty."),),
            _ALL, _ALL, "database", SQL_PROVIDERS, "default",
            "An SQL expression as the default of the column, such as "
            '`dbgenerated("gen_random_uuid()")`. Prisma does not read it. Without an argument it says only that the '
            "database fills in a value, which Prisma Migrate then leaves alone.",
        ),
        Function(
            "auto", (), ("String", "Bytes"), ("String",), "database", ("mongodb",), "default",
            "An id made when the document is stored; the field must be `@db.ObjectId`. Only for MongoDB.",
        ),
        Function(
            "env",
            (Argument("variable", "string", True, True, "The name of the environment variable."),),
            (), (), "", None, "config",
            "The value of an environment variable. Since Prisma 7 the connection address is no longer in the schema "
            "but in `prisma.config.ts`; generators still accept it.",
        ),
        Function(
            "raw",
            (Argument("sql", "string", True, True, "The SQL, as the database reads it."),),
            (), (), "", ("postgresql", "cockroachdb", "sqlite", "sqlserver"), "index",
            "SQL that Prisma passes on unread: an operator class after `ops:`, or the condition of a partial index "
            "after `where:`.",
        ),
    )
}  # fmt: skip


def function_scalars(name: str, provider: str) -> tuple[str, ...]:
    """The scalars a default function is accepted on with this provider; none if it has no such function."""
    function = FUNCTIONS.get(name)
    if function is None or (function.providers is not None and provider not in function.providers):
        return ()
    if name == "autoincrement" and provider == "cockroachdb":
        return ("BigInt",)
    return function.scalars


# ---------------------------------------------------------------------------------------------------------------------
# Referential actions


class Action(NamedTuple):
    name: str
    sql: str
    on_delete: str
    on_update: str
    doc: str


ACTIONS: Mapping[str, Action] = {
    a.name: a
    for a in (
        Action(
            "Cascade", "CASCADE",
            "Deleting the parent deletes this row as well.",
            "When the parent's key changes, the foreign key here changes with it.",
            "Follows the parent. Right for parts that have no life of their own, such as the lines of an order.",
        ),
        Action(
            "Restrict", "RESTRICT",
            "The parent cannot be deleted while this row points to it.",
            "The parent's key cannot change while this row points to it.",
            "Refuses at once. SQL Server has no such action and uses `NoAction`.",
        ),
        Action(
            "NoAction", "NO ACTION",
            "Deleting the parent fails if this row still points to it when the constraint is checked.",
            "Changing the parent's key fails if this row still points to the old one when the constraint is checked.",
            "Like `Restrict`, but a deferrable constraint may wait for the end of the transaction. On MySQL, and "
            "where Prisma Client guards the relations, the two are the same.",
        ),
        Action(
            "SetNull", "SET NULL",
            "Deleting the parent sets the foreign key here to `NULL`.",
            "When the parent's key changes, the foreign key here is set to `NULL`.",
            "Forgets the parent and keeps the row; every field of the foreign key must be optional.",
        ),
        Action(
            "SetDefault", "SET DEFAULT",
            "Deleting the parent sets the foreign key here to its default.",
            "When the parent's key changes, the foreign key here is set to its default.",
            "The default must exist and must point to a row that exists. MySQL's InnoDB does not carry it out, and "
            '`relationMode = "prisma"` does not know it.',
        ),
    )
}  # fmt: skip

_ALL_ACTIONS: tuple[str, ...] = tuple(ACTIONS)
_EMULATED: tuple[str, ...] = ("Cascade", "Restrict", "NoAction", "SetNull")

RELATION_MODES: Mapping[str, str] = {
    "foreignKeys": "Relations are foreign keys: the database itself guards them, for every program that writes. The "
    "default for SQL databases; MongoDB does not have it.",
    "prisma": "Prisma Client imitates foreign keys; the database has none, and raw SQL can leave orphans. Needs an "
    "index on every foreign key by hand. The default and only mode on MongoDB.",
}


def default_relation_mode(provider: str) -> str:
    return "prisma" if provider == "mongodb" else "foreignKeys"


def supported_actions(provider: str, relation_mode: str) -> tuple[str, ...]:
    """The actions Prisma accepts. MySQL's `SetDefault` is among them: it earns a warning, not an error."""
    match provider, relation_mode:
        case (("postgresql" | "sqlite"), "prisma"):
            return ("Cascade", "Restrict", "SetNull")
        case ("mongodb", _) | (_, "prisma"):
            return _EMULATED
        case "sqlserver", _:
            return ("Cascade", "NoAction", "SetNull", "SetDefault")
        case _:
            return _ALL_ACTIONS


def default_action(
    event: Literal["onDelete", "onUpdate"],
    required_key: bool,
    provider: str,
    relation_mode: str,
) -> str:
    """What happens when `@relation` does not say. `required_key`: at least one field of the foreign key is required.

    It depends on the fields of the key, not on the `?` of the relation field. `onUpdate` is `Cascade` everywhere.
    """
    if event == "onUpdate":
        return "Cascade"
    if not required_key:
        return "SetNull"
    return "Restrict" if "Restrict" in supported_actions(provider, relation_mode) else "NoAction"


# ---------------------------------------------------------------------------------------------------------------------
# Indexes

_BTREE = "Sorted tree: equality, ranges, sorting and prefixes of text. The default, and nearly always the right one."

INDEX_TYPES: Mapping[str, Mapping[str, str]] = {
    "postgresql": {
        "BTree": _BTREE,
        "Hash": "Equality only, for one column; small for long values. It cannot be sorted or unique.",
        "Gist": "Tree for shapes, ranges and nearest neighbours, and for `Inet`; each type needs an operator class.",
        "Gin": "Finds rows by what is inside a value: elements of lists, keys of `JsonB`, words of a `tsvector`. "
        "Quick to read, slower to write.",
        "SpGist": "Tree that splits space unevenly: prefixes of text, points, networks.",
        "Brin": "Smallest and largest value of each stretch of the table: tiny, and good for huge tables whose rows arrive "
        "in the order of the column, such as a log by time.",
    },
    "cockroachdb": {
        "BTree": _BTREE,
        "Gin": "Inverted index: finds rows by elements of lists or keys of `JsonB`.",
    },
    "mysql": {"BTree": _BTREE},
    "sqlite": {"BTree": _BTREE},
    "sqlserver": {"BTree": _BTREE},
    "mongodb": {"BTree": _BTREE},
}

SORT_ORDERS: Mapping[str, str] = {
    "Asc": "Smallest first; the default.",
    "Desc": "Largest first. Matters only for indexes of several columns sorted in different directions: one column "
    "can be read backwards.",
}

_BRIN_CLASSES = """
BitMinMaxOps VarBitMinMaxOps BpcharBloomOps BpcharMinMaxOps ByteaBloomOps ByteaMinMaxOps
DateBloomOps DateMinMaxOps DateMinMaxMultiOps Float4BloomOps Float4MinMaxOps Float4MinMaxMultiOps
Float8BloomOps Float8MinMaxOps Float8MinMaxMultiOps InetInclusionOps InetBloomOps InetMinMaxOps
InetMinMaxMultiOps Int2BloomOps Int2MinMaxOps Int2MinMaxMultiOps Int4BloomOps Int4MinMaxOps
Int4MinMaxMultiOps Int8BloomOps Int8MinMaxOps Int8MinMaxMultiOps NumericBloomOps NumericMinMaxOps
NumericMinMaxMultiOps OidBloomOps OidMinMaxOps OidMinMaxMultiOps TextBloomOps TextMinMaxOps
TimestampBloomOps TimestampMinMaxOps TimestampMinMaxMultiOps TimestampTzBloomOps TimestampTzMinMaxOps
TimestampTzMinMaxMultiOps TimeBloomOps TimeMinMaxOps TimeMinMaxMultiOps TimeTzBloomOps TimeTzMinMaxOps
TimeTzMinMaxMultiOps UuidBloomOps UuidMinMaxOps UuidMinMaxMultiOps
"""

# Prisma's names of PostgreSQL's operator classes, by the index type that takes them.
OPERATOR_CLASSES: Mapping[str, tuple[str, ...]] = {
    "Gin": ("ArrayOps", "JsonbOps", "JsonbPathOps"),
    "Gist": ("InetOps",),
    "SpGist": ("InetOps", "TextOps"),
    "Brin": tuple(_BRIN_CLASSES.split()),
}


# ---------------------------------------------------------------------------------------------------------------------
# Preview features


class PreviewFeature(NamedTuple):
    """`status`: "active", "hidden" (accepted, not offered) or "graduated" (needs no flag any more; a warning).

    `providers` None: all of them. `renamed`: the new name per provider, where Prisma points to one.
    """

    name: str
    status: str
    doc: str
    providers: tuple[str, ...] | None = None
    renamed: Mapping[str, str] = {}


_GRADUATED = "No longer a preview: it works without being listed. Remove it from `previewFeatures`."

_GRADUATED_NAMES = """
aggregateApi atomicNumberOperations clientExtensions cockroachdb connectOrCreate createMany dataProxy deno
distinct driverAdapters extendedIndexes extendedWhereUnique fieldReference filterJson filteredRelationCount
fullTextIndex groupBy improvedQueryRaw interactiveTransactions jsonProtocol microsoftSqlServer middlewares
mongoDb multiSchema nApi namedConstraints nativeTypes omitApi orderByAggregateGroup orderByNulls
orderByRelation prismaSchemaFolder queryCompiler referentialActions referentialIntegrity
selectRelationCount tracing transactionApi uncheckedScalarInputs
"""

PREVIEW_FEATURES: Mapping[str, PreviewFeature] = {
    f.name: f
    for f in (
        PreviewFeature(
            "fullTextSearchPostgres", "active",
            "`search` in `where` and ordering by relevance, on PostgreSQL's full-text search.", ("postgresql",),
        ),
        PreviewFeature("nativeDistinct", "active", "Lets the database do `distinct` where it can, not the client."),
        PreviewFeature("partialIndexes", "active", "`where` on indexes and unique constraints: only some rows count."),
        PreviewFeature(
            "postgresqlExtensions", "active", "`extensions` in the datasource: Prisma Migrate creates them.",
        ),
        PreviewFeature("relationJoins", "active", "Loads relations with one joined query instead of several."),
        PreviewFeature("schemaEngineDriverAdapters", "active", "Migrations go through the driver adapter of the config."),
        PreviewFeature("shardKeys", "active", "`@shardKey` and `@@shardKey`, for sharded MySQL on PlanetScale."),
        PreviewFeature("strictUndefinedChecks", "active", "An explicit `undefined` in a query is an error, not a gap."),
        PreviewFeature("typedSql", "active", "SQL files become typed functions of Prisma Client."),
        PreviewFeature("views", "active", "`view` blocks. Prisma Migrate does not create the views themselves."),
        PreviewFeature("reactNative", "hidden", "Prisma Client inside React Native."),
        PreviewFeature("fullTextSearch", "graduated", _GRADUATED, None, {"postgresql": "fullTextSearchPostgres"}),
        *(
            PreviewFeature(name, "graduated", _GRADUATED)
            for name in _GRADUATED_NAMES.split()
        ),
    )
}  # fmt: skip

_PREVIEW_BY_LOWER: Mapping[str, PreviewFeature] = {name.lower(): f for name, f in PREVIEW_FEATURES.items()}


def preview_feature(name: str) -> PreviewFeature | None:
    """The feature of that name, in any letter case, as Prisma reads it."""
    return _PREVIEW_BY_LOWER.get(name.lower())


def active_preview_features(provider: str | None) -> tuple[str, ...]:
    """The names to offer, in alphabetical order."""
    return tuple(
        f.name
        for f in PREVIEW_FEATURES.values()
        if f.status == "active" and (f.providers is None or provider in f.providers)
    )


# ---------------------------------------------------------------------------------------------------------------------
# Datasource and generator

DATASOURCE_PROPERTIES: Mapping[str, str] = {
    "provider": "The kind of database: `postgresql`, `cockroachdb`, `mysql`, `sqlite`, `sqlserver` or `mongodb`. "
    "`postgres` is another name of the first; MariaDB goes by `mysql`.",
    "relationMode": "Who guards relations: `foreignKeys`, the database, or `prisma`, the client. Changing it makes "
    "the next migration drop or create every foreign key.",
    "schemas": "The schemas of the database that this Prisma schema covers; each model and enum then names one with "
    "`@@schema`. PostgreSQL, CockroachDB and SQL Server.",
    "extensions": "The PostgreSQL extensions that Prisma Migrate creates, such as `[citext, pgcrypto(schema: "
    '"public")]`. Needs the `postgresqlExtensions` preview feature.',
    "referentialIntegrity": "The former name of `relationMode`; use that.",
    "url": "Since Prisma 7 the address of the database is not in the schema: Prisma Migrate reads it from "
    "`prisma.config.ts`, Prisma Client gets a driver adapter.",
    "directUrl": "Since Prisma 7 not in the schema: put the address into `prisma.config.ts`.",
    "shadowDatabaseUrl": "Since Prisma 7 not in the schema: put the address into `prisma.config.ts`.",
}
# What these meant as long as they stood in the schema.
FORMER_PROPERTIES: Mapping[str, str] = {
    "url": "The address of the database",
    "directUrl": "The address for migrations, where `url` leads through a pool of connections",
    "shadowDatabaseUrl": "The address of a database that Migrate may empty while it makes a migration",
}
REMOVED_DATASOURCE_PROPERTIES: tuple[str, ...] = (
    "url",
    "directUrl",
    "shadowDatabaseUrl",
)
DEPRECATED_DATASOURCE_PROPERTIES: Mapping[str, str] = {"referentialIntegrity": "relationMode"}
# A property not listed here belongs to every provider.
DATASOURCE_PROPERTY_PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "schemas": MULTI_SCHEMA_PROVIDERS,
    "extensions": ("postgresql",),
}
EXTENSION_ARGUMENTS: tuple[Argument, ...] = (
    Argument("map", "string", False, False, "The name of the extension in the database, where Prisma's cannot spell it."),
    Argument("schema", "string", False, False, "The schema the extension is installed into."),
    Argument("version", "string", False, False, "The version to install."),
)  # fmt: skip

# PostgreSQL's extensions that schemas ask for most, and their names in the database where Prisma's
# cannot spell those.
EXTENSIONS: Mapping[str, str] = {
    "citext": "Text without regard to capitals, `@db.Citext`.",
    "pg_trgm": "Similarity of texts by groups of three letters: lets a GIN or GiST index serve `contains` and `LIKE`.",
    "pgcrypto": "Hashes, encryption and random bytes in SQL; `gen_random_uuid()` needs it only before PostgreSQL 13.",
    "postgis": "Points, lines and areas on the globe, with indexes for what is near or inside.",
    "vector": "Vectors and their nearest neighbours, for embeddings (pgvector).",
    "hstore": "Keys with values in one column; `Json` does the same and more.",
    "ltree": "Labels in a tree, such as `shop.shoes.boots`, with indexes for what is above and below.",
    "unaccent": "Takes accents away, for searching.",
    "btree_gin": "Lets plain columns share a GIN index with those that need it.",
    "btree_gist": "Lets plain columns share a GiST index, for exclusion constraints with `=`.",
    "uuid_ossp": "Older functions that make UUIDs; `gen_random_uuid()` needs no extension.",
}
EXTENSION_NAMES: Mapping[str, str] = {"uuid_ossp": "uuid-ossp", "pgvector": "vector"}

# A generator may have any further property: it is handed to the generator as it stands.
GENERATOR_PROPERTIES: Mapping[str, str] = {
    "provider": "The generator to run: `prisma-client`, the older `prisma-client-js`, or the command of another one.",
    "output": "The folder the code goes to, relative to this file. `prisma-client` requires it.",
    "previewFeatures": "The preview features to switch on.",
    "runtime": "Where the client will run: `nodejs`, `deno`, `bun`, `workerd` (or `cloudflare`), `vercel-edge` (or "
    "`edge-light`) or `react-native`.",
    "moduleFormat": "The module system of the generated code: `esm` or `cjs`.",
    "generatedFileExtension": "The ending of the generated files: `ts`, `mts` or `cts`.",
    "importFileExtension": "The ending written in their imports: `ts`, `mts`, `cts`, `js`, `mjs`, `cjs`, or empty.",
    "compilerBuild": "Which build of the query compiler to ship: `fast`, or `small` where size counts.",
    "engineType": "How queries are run. Since Prisma 7 it is `client`: no native engine.",
    "binaryTargets": "The systems to fetch native engines for. Without effect where the client needs none.",
}
