"""What a schema makes of its models in PostgreSQL: tables, columns, keys and references as values.

A shape knows the Prisma names of its parts, so that two schemas can be compared part by part
whatever the parts are called in the database.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.schema import sql
from prisma_lsp.schema.declarations import Enum, Field, Index, Model
from prisma_lsp.schema.relations import action, join_table, opposite
from prisma_lsp.schema.schema import Schema

PROVIDER = "postgresql"
NAME_BYTES = 63


class Column(NamedTuple):
    """``type`` is the SQL of one value, as Prisma Migrate writes it; ``scalar`` the Prisma type.

    ``default`` is SQL; ``client`` the function by which Prisma Client alone fills the column
    ("uuid", "updatedAt" …), or "".  ``sequence`` names what a serial column counts with.
    """

    field: str
    name: str
    scalar: str
    type: str
    array: bool
    nullable: bool
    default: str | None
    client: str
    sequence: str | None

    @property
    def sql_type(self) -> str:
        return self.type + ("[]" if self.array else "")


class Key(NamedTuple):
    """A primary key ("id"), unique index or index.

    ``details`` are what tells two indexes over the same ``fields`` apart: order, operator classes,
    method, condition.  ``create`` is the statement that makes it, None where it cannot be written.
    """

    kind: str
    name: str
    fields: tuple[str, ...]
    details: tuple[str | None, ...]
    create: str | None


class Reference(NamedTuple):
    """A foreign key of ``fields`` to ``target_fields`` of the table ``target``."""

    relation: str
    name: str
    fields: tuple[str, ...]
    target: str
    target_fields: tuple[str, ...]
    on_delete: str
    on_update: str


class Table(NamedTuple):
    """``id`` is the model's name, or for the hidden table of a relation "A.field" of its first side.

    ``tail`` is what Prisma Migrate's names for the keys of a hidden table begin with: its own name.
    """

    id: str
    schema: str | None
    name: str
    columns: dict[str, Column]
    keys: tuple[Key, ...]
    references: tuple[Reference, ...]

    @property
    def sql_name(self) -> str:
        name = sql.quote(self.name, PROVIDER)
        return name if self.schema is None else f"{sql.quote(self.schema, PROVIDER)}.{name}"


class EnumType(NamedTuple):
    id: str
    schema: str | None
    name: str
    values: tuple[tuple[str, str], ...]
    """(Prisma name, label), in order."""

    @property
    def sql_name(self) -> str:
        name = sql.quote(self.name, PROVIDER)
        return name if self.schema is None else f"{sql.quote(self.schema, PROVIDER)}.{name}"


def table(model: Model, schema: Schema) -> Table:
    """The table of a model of a PostgreSQL schema."""
    columns = {
        field.name: column
        for field in model.fields.values()
        if (column := _column(field, model, schema)) is not None
    }
    keys = tuple(
        _key(index, model, schema) for index in model.indexes if set(index.names) <= columns.keys()
    )
    references: tuple[Reference, ...] = ()
    if schema.relation_mode() == "foreignKeys":
        references = tuple(
            reference
            for field in model.held_relations
            if (reference := _reference(field, schema)) is not None
        )
    return Table(model.name, model.database_schema, model.table, columns, keys, references)


def enum_type(enum: Enum) -> EnumType:
    values = tuple((value.name, value.database_name) for value in enum.values)
    return EnumType(enum.name, enum.database_schema, enum.database_name, values)


def _column(field: Field, model: Model, schema: Schema) -> Column | None:
    if schema.kind_of(field.type_name) not in ("scalar", "enum") and not field.is_unsupported:
        return None
    base = sql.base_type(field, PROVIDER, schema)
    if base is None:
        return None
    function = field.default_function
    client = function.name if function is not None else ""
    if client in ("autoincrement", "now", "dbgenerated"):
        client = ""
    if not client and field.attribute("updatedAt") is not None:
        client = "updatedAt"
    is_serial = function is not None and function.name == "autoincrement"
    return Column(
        field.name,
        field.column,
        field.type_name,
        base,
        field.is_list,
        field.is_optional or field.is_list,
        None if is_serial else sql.default_value(field, PROVIDER, schema),
        client,
        sequence_name(model.table, field.column) if is_serial else None,
    )


def _key(index: Index, model: Model, schema: Schema) -> Key:
    where = None
    if index.where is not None:
        where = model.block.line(index.line)[index.where.start : index.where.end]
    details = tuple(f"{column.sort or 'Asc'} {column.ops}" for column in index.columns)
    create = sql.index(index, model, schema)
    if where is not None and (create is None or "\n  WHERE" not in create):
        create = None
    return Key(
        "index" if index.kind == "fulltext" else index.kind,
        sql.index_name(index, model, PROVIDER),
        index.names,
        (*details, index.type, where),
        create,
    )


def _reference(field: Field, schema: Schema) -> Reference | None:
    parent = schema.model(field.type_name)
    key, references = field.key, field.references
    if parent is None or parent.kind != "model" or not key or not references:
        return None
    if not set(key) <= field.owner.fields.keys() or not set(references) <= parent.fields.keys():
        return None
    return Reference(
        field.name,
        sql.foreign_key_name(field, PROVIDER),
        key,
        parent.name,
        references,
        action(field, "onDelete", schema).name,
        action(field, "onUpdate", schema).name,
    )


# --- the hidden tables of many-to-many relations ----------------------------------------------------


def hidden_tables(model: Model, schema: Schema) -> list[Table]:
    """The hidden tables of the relations that lead from ``model``."""
    found: dict[str, Table] = {}
    for field in model.all_fields:
        if field.is_list and (made := hidden_table(field, schema)) is not None:
            found[made.id] = made
    return list(found.values())


def hidden_table(field: Field, schema: Schema) -> Table | None:
    """The hidden table that ``field`` is a side of."""
    name = join_table(field, schema)
    other = opposite(field, schema) if name is not None else None
    if name is None or other is None:
        return None
    sides = sorted((field, other), key=lambda side: (side.owner.name, side.name))
    columns: dict[str, Column] = {}
    references = []
    for letter, side in zip("AB", sides, strict=True):
        target = side.owner
        if target.id is None or len(target.id.names) != 1:
            return None
        key = target.fields[target.id.names[0]]
        base = sql.base_type(key, PROVIDER, schema)
        if base is None:
            return None
        columns[letter] = Column(letter, letter, key.type_name, base, False, False, None, "", None)
        references.append(
            Reference(
                letter,
                sql.constraint_name(name, [letter], "_fkey", PROVIDER),
                (letter,),
                target.name,
                (key.name,),
                "Cascade",
                "Cascade",
            )
        )
    # Both have had other names in older versions; those that the database has are looked up.
    keys = (
        Key("id", sql.constraint_name(name, ["AB"], "_pkey", PROVIDER), ("A", "B"), (), None),
        Key("index", sql.constraint_name(name, ["B"], "_index", PROVIDER), ("B",), (), None),
    )
    # Whose two sides are of one model has them by their fields' names.
    first = sides[0]
    kept = tuple(references) if schema.relation_mode() == "foreignKeys" else ()
    identity = f"{first.owner.name}.{first.name}"
    return Table(identity, first.owner.database_schema, name, columns, keys, kept)


def sequence_name(table: str, column: str) -> str:
    """The sequence of a serial column, as PostgreSQL calls it: the longer name is cut first."""
    first, second = table.encode("utf-8", "surrogatepass"), column.encode("utf-8", "surrogatepass")
    room = NAME_BYTES - len("__seq")
    while len(first) + len(second) > room:
        if len(first) > len(second):
            first = first[:-1]
        else:
            second = second[:-1]
    return f"{first.decode('utf-8', 'ignore')}_{second.decode('utf-8', 'ignore')}_seq"
