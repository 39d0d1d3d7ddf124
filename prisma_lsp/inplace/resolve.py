"""What of a change the database knows of, with the names that its keys have there.

The schema may be ahead of its migrations, and older migrations gave keys other names: only what the
migrations made is changed in place, under the name it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prisma_lsp.inplace.pairs import NotInPlace, Pairs, Renamed, is_same_key
from prisma_lsp.inplace.shapes import PROVIDER, Column, EnumType, Key, Reference, Table
from prisma_lsp.migrations import state
from prisma_lsp.migrations.state import Database
from prisma_lsp.schema.sql import constraint_name


def resolve(pairs: Pairs, renamed: Renamed, database: Database) -> Pairs:
    """``pairs`` as far as ``database`` has their first sides.  Raises `NotInPlace` where that is
    not sure, or where something is in the way."""
    enums = []
    for old, new in pairs.enums:
        if old is not None:
            _sure(database, old.name, old.schema)
            known = database.enum(old.name, old.schema)
            if known is None:
                continue
            if set(known.values) != {label for _, label in old.values}:
                raise NotInPlace(f"the type `{old.name}` has other values in the migrations")
        if new is not None and (old is None or old.name != new.name):
            _free(database, new)
        enums.append((old, new))
    known_tables: dict[str, state.Table] = {}
    for one, _ in pairs.tables:
        _sure(database, one.name, one.schema)
        table = database.table(one.name, one.schema)
        if table is not None:
            if table.kind != "table" or table.parents:
                raise NotInPlace(f"`{one.name}` is a partitioned table")
            known_tables[one.id] = table
    tables = []
    for one, other in pairs.tables:
        table = known_tables.get(one.id)
        if table is None:
            continue
        if not _is_ours(one, table, known_tables):
            # It stays the other's, and this relation gets one of its own: see `owed`.
            continue
        if one.name != other.name and database.table(other.name, other.schema) is not None:
            raise NotInPlace(f"there is a table `{other.name}` already")
        tables.append(_table(one, other, table, known_tables, database, renamed))
    return Pairs(tuple(tables), tuple(enums))


def _sure(database: Database, name: str, schema: str | None) -> None:
    doubt = database.doubt(name, schema)
    if doubt is not None:
        raise NotInPlace(doubt)


def _free(database: Database, enum: EnumType) -> None:
    if database.enum(enum.name, enum.schema) is not None:
        raise NotInPlace(f"there is a type `{enum.name}` already")


def _table(
    one: Table,
    other: Table,
    table: state.Table,
    known: dict[str, state.Table],
    database: Database,
    renamed: Renamed,
) -> tuple[Table, Table]:
    columns: dict[str, Column] = {}
    left = dict(other.columns)
    for field, column in one.columns.items():
        new = renamed.field(one.id, field)
        there = table.column(column.name)
        if there is None:
            left.pop(new, None)
            continue
        if new in left:
            _compare(table, there, column, left[new])
        default = None if there.default is None else column.default
        sequence = _sequence(database, table, column)
        columns[field] = column._replace(default=default, sequence=sequence)
    missing = one.columns.keys() - columns.keys()
    gone = {renamed.field(one.id, field) for field in missing}
    _check_foreigners(one, other, columns, left, database, known, renamed)
    keys: list[Key] = []
    one, other = _as_unique(one, other, table)
    new_keys = [key for key in other.keys if not gone & set(key.fields)]
    for key in one.keys:
        if missing & set(key.fields):
            continue
        name = _key_name(key, columns, table)
        if name is not None:
            keys.append(key._replace(name=name))
            continue
        same = next((new for new in new_keys if is_same_key(renamed, one.id, key, new)), None)
        if same is not None:
            new_keys.remove(same)
    references: list[Reference] = []
    new_references = [
        reference
        for reference in other.references
        if not gone & set(reference.fields)
        and any(renamed.table(id_) == reference.target for id_ in known)
    ]
    for reference in one.references:
        name = None
        target = known.get(reference.target)
        if target is not None and not missing & set(reference.fields):
            names = tuple(columns[field].name for field in reference.fields)
            name = next(
                (
                    there.name
                    for there in table.foreign_keys
                    if there.columns == names and there.references == target.key
                ),
                None,
            )
        if name is not None:
            references.append(reference._replace(name=name))
            continue
        if any(_is_retyped(one, other, field, renamed) for field in reference.fields):
            continue  # It could not be there before the column had the type.
        new = renamed.field(one.id, reference.relation)
        new_references = [added for added in new_references if added.relation != new]
    return (
        one._replace(columns=columns, keys=tuple(keys), references=tuple(references)),
        other._replace(columns=left, keys=tuple(new_keys), references=tuple(new_references)),
    )


def _is_ours(one: Table, table: state.Table, known: Mapping[str, state.Table]) -> bool:
    """Whether a table is that of ``one``, and not the hidden one of another relation of that name."""
    if "." not in one.id:
        return True
    for reference in one.references:
        target = known.get(reference.target)
        for key in table.foreign_keys:
            if target is not None and key.columns == reference.fields and key.references != target.key:
                return False
    return True


def _is_retyped(one: Table, other: Table, field: str, renamed: Renamed) -> bool:
    old, new = one.columns.get(field), other.columns.get(renamed.field(one.id, field))
    return old is not None and new is not None and old.type != new.type


def _compare(table: state.Table, there: state.Column, old: Column, new: Column) -> None:
    """Refuses to change a column that is not what the schema takes it for."""
    if (old.type, old.array) != (new.type, new.array) and (
        there.array != old.array or there.type != database_type(old)
    ):
        raise NotInPlace(f"`{table.name}.{old.name}` is {there.type} in the migrations")
    if old.nullable != new.nullable and there.nullable != old.nullable:
        raise NotInPlace(f"`{table.name}.{old.name}` has another NOT NULL in the migrations")
    if there.generated is not None and old != new:
        raise NotInPlace(f"`{table.name}.{old.name}` is a generated column")
    if old.name != new.name and table.column(new.name) is not None:
        raise NotInPlace(f"`{table.name}` has a column `{new.name}` already")


_NAMES = {
    "VARCHAR": "character varying", "CHAR": "character", "DECIMAL": "numeric",
    "TIMESTAMP": "timestamp", "TIMESTAMPTZ": "timestamp", "TIME": "time", "TIMETZ": "time",
    "VARBIT": "bit varying",
}  # fmt: skip
_ZONES = {
    "TIMESTAMP": " without time zone", "TIMESTAMPTZ": " with time zone",
    "TIME": " without time zone", "TIMETZ": " with time zone",
}  # fmt: skip


def database_type(column: Column) -> str:
    """A column's type as `state.Column.type` has it."""
    if column.type.startswith('"'):
        return column.type.rpartition('."')[2].strip('"').replace('""', '"')
    name, bracket, rest = column.type.partition("(")
    if name in _NAMES:
        if name == "CHAR" and not bracket:
            bracket, rest = "(", "1)"
        if name == "DECIMAL" and bracket and "," not in rest:
            rest = rest.rstrip(")") + ",0)"
        return _NAMES[name] + bracket + rest.replace(" ", "") + _ZONES.get(name, "")
    return column.type.lower()


def _sequence(database: Database, table: state.Table, column: Column) -> str | None:
    """The name that the sequence of a serial column has."""
    if column.sequence is None:
        return None
    for sequence in database.sequences.values():
        if sequence.owner == (*table.key, column.name):
            return sequence.name
    there = table.column(column.name)
    found = re.search(r'"((?:[^"]|"")+)"\'::regclass', (there and there.default) or "")
    return found[1].replace('""', '"') if found is not None else column.sequence


def _as_unique(one: Table, other: Table, table: state.Table) -> tuple[Table, Table]:
    """Both with a unique index for a primary key where a hidden table has that, as older versions of
    Prisma made it."""
    if "." not in one.id or table.primary_key is not None:
        return one, other

    def older(made: Table) -> Table:
        name = constraint_name(made.name, ["AB"], "_unique", PROVIDER)
        return made._replace(
            keys=tuple(
                key._replace(kind="unique", name=name) if key.kind == "id" else key
                for key in made.keys
            )
        )

    return older(one), older(other)


def _key_name(key: Key, columns: dict[str, Column], table: state.Table) -> str | None:
    """What the key is called in the database; None where it is not there."""
    names = tuple(columns[field].name for field in key.fields)
    if key.kind == "id":
        primary = table.primary_key
        return primary.name if primary is not None and primary.columns == names else None
    partial = bool(key.details) and key.details[-1] is not None
    fitting = [
        index
        for index in table.indexes
        if index.column_names == names
        and index.unique == (key.kind == "unique")
        and (index.where is not None) == partial
        and not any(column.expression for column in index.columns)
    ]
    named = [index.name for index in fitting if index.name == key.name]
    if named:
        return named[0]
    return fitting[0].name if len(fitting) == 1 else None


def _check_foreigners(
    one: Table,
    other: Table,
    columns: dict[str, Column],
    left: dict[str, Column],
    database: Database,
    known: dict[str, state.Table],
    renamed: Renamed,
) -> None:
    """A table that is not in the schema must not point at a column that gets another type."""
    retyped = {
        column.name
        for field, column in columns.items()
        if (new := left.get(renamed.field(one.id, field))) is not None and new.type != column.type
    }
    if not retyped:
        return
    own = known[one.id]
    ours = {table.key for table in known.values()}
    for table in database.tables.values():
        for key in table.foreign_keys:
            if key.references != own.key or not retyped & set(key.referenced):
                continue
            if table.key not in ours:
                raise NotInPlace(f"`{table.name}` points at `{one.name}` and is not in the schema")


def views(database: Database) -> Iterator[str]:
    """The views, each of which may stand in the way of a new type."""
    for view in database.views.values():
        yield view.name
