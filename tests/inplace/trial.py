"""One change tried out on a real server: rows in every table, the migrations, the way back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import postgres

from prisma_lsp.inplace.pairs import Pairs, Renamed, pairs
from prisma_lsp.inplace.plan import ASKS, _filler
from prisma_lsp.inplace.scripts import NO_LABELS, NO_NAMES, Script
from prisma_lsp.inplace.shapes import Column, Table, hidden_tables, table
from prisma_lsp.migrations.state import Database
from prisma_lsp.schema.declarations import Model
from prisma_lsp.schema.schema import Schema

ROWS = (1, 2)


def trial(
    one: postgres.Connection,
    other: postgres.Connection,
    old_sql: str,
    new_sql: str,
    scripts: Iterable[Script],
    before: Schema,
    after: Schema,
    *,
    there: Schema | None = None,
    renamed: Renamed = NO_NAMES,
    labels: Mapping[str, str] = NO_LABELS,
) -> list[str]:
    """What is wrong with the migrations ``scripts``; empty where rows and catalog are right.

    ``old_sql`` and ``new_sql`` make the databases of the two schemas from nothing, in the two
    connections' databases, which lose what they hold.  ``there`` is the schema of the first one
    where ``before`` is already ahead of it.
    """
    scripts = list(scripts)
    found: list[str] = []
    remake(one, old_sql)
    remake(other, new_sql)
    old = postgres.catalog(one)
    concerned = pairs(before, after, renamed)
    fill(one, there or before, concerned, renamed, labels)
    rows = contents(one, old)
    for script in scripts:
        up = script.up
        if ASKS in up:
            found += _stops(one, up)
            up = _completed(up, concerned, after)
        try:
            one.execute(up)
        except postgres.Failure as failure:
            return [*found, f"{script.slug} fails: {failure}"]
    now = postgres.catalog(one)
    found += differences(other, now)
    found += _lost(rows, contents(one, now), concerned, renamed)
    for script in reversed(scripts):
        try:
            one.execute(script.down)
        except postgres.Failure as failure:
            return [*found, f"the way back of {script.slug} fails: {failure}"]
    found += [f"after the way back: {text}" for text in differences(one, old)]
    back = contents(one, postgres.catalog(one))
    for name, lines in rows.items():
        if len(back.get(name, ())) != len(lines):
            found.append(f"after the way back {name} has other rows")
    return found


def _stops(connection: postgres.Connection, up: str) -> list[str]:
    """What is wrong with a migration that must change nothing while somebody has to complete it."""
    before = postgres.catalog(connection)
    rows = contents(connection, before)
    try:
        connection.execute(up)
    except postgres.Failure:
        connection.execute("ROLLBACK")
    else:
        return ["it does not stop where there are rows"]
    found = [f"where it stops, {text}" for text in postgres.differences(connection, before)]
    if contents(connection, before) != rows:
        found.append("where it stops, rows are others")
    return found


_OPEN = re.compile(r'^-- (UPDATE (\S+) SET "([^"]+)" = )…( WHERE .*;)$', re.M)


def _completed(up: str, concerned: Pairs, after: Schema) -> str:
    """The migration as somebody completes it: with any value of the type, or any key there is."""
    tables = {other.id: other for _, other in concerned.tables}

    def written(match: re.Match[str]) -> str:
        made = next(one for one in tables.values() if one.sql_name == match[2])
        column = next(one for one in made.columns.values() if one.name == match[3])
        value = _value(1, column, column, after, {})
        for reference in made.references:
            if reference.fields == (column.field,):
                parent = tables[reference.target]
                name = parent.columns[reference.target_fields[0]].name
                value = f'(SELECT "{name}" FROM {parent.sql_name} LIMIT 1)'
        return f"{match[1]}{value}{match[4]}"

    done, count = _OPEN.subn(written, up)
    assert count
    return done


def remake(connection: postgres.Connection, sql: str) -> None:
    """Empty the connection's database and run ``sql`` in it."""
    connection.execute("DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;")
    for extension in ("citext", "pg_trgm"):
        if extension in sql.lower() or "gin_trgm" in sql:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    connection.execute(sql)
    # Nobody else cleans up in the catalog, and questions to it would get slower and slower.
    for name in ("attribute", "class", "type", "depend", "index", "constraint", "attrdef", "enum"):
        connection.execute(f"VACUUM ANALYZE pg_{name}")


def differences(connection: postgres.Connection, catalog: Database) -> list[str]:
    """How a catalog differs from the connection's, the order of columns aside."""
    there = postgres.catalog(connection)
    tables = {}
    for key, found in catalog.tables.items():
        other = there.tables.get(key)
        order = [column.name for column in other.columns] if other is not None else []
        columns = sorted(
            found.columns,
            key=lambda one: order.index(one.name) if one.name in order else len(order),
        )
        tables[key] = replace(found, columns=tuple(columns))
    return postgres.differences(connection, replace(catalog, tables=tables))


# --- rows -------------------------------------------------------------------------------------------


def fill(
    connection: postgres.Connection,
    schema: Schema,
    concerned: Pairs,
    renamed: Renamed,
    labels: Mapping[str, str],
) -> None:
    """Two rows for every table: the second has NULL wherever it may."""
    after: dict[tuple[str, str], Column] = {}
    for one, other in concerned.tables:
        for field in one.columns:
            new = other.columns.get(renamed.field(one.id, field))
            if new is not None:
                after[one.id, field] = new
    enums = {
        enum.id: {label for _, label in enum.values} for _, enum in concerned.enums if enum is not None
    }
    connection.execute("SET session_replication_role = replica")
    for made in tables_of(schema):
        for number in ROWS:
            names, values = [], []
            held = {field for reference in made.references for field in reference.fields}
            for field, column in made.columns.items():
                new = after.get((made.id, field), column)
                own = {t: label for t, label in labels.items() if label in enums.get(new.scalar, ())}
                value = _value(number, column, new, schema, own)
                is_asked = column.nullable and not new.nullable and _filler(new) is None
                if number == 2 and column.nullable and not is_asked and field not in held:
                    value = "NULL"
                names.append('"' + column.name.replace('"', '""') + '"')
                values.append(value)
            if names:
                connection.execute(
                    f"INSERT INTO {made.sql_name} ({', '.join(names)}) VALUES ({', '.join(values)})"
                )
    connection.execute("SET session_replication_role = origin")


def tables_of(schema: Schema) -> list[Table]:
    found: dict[str, Table] = {}
    for declaration in schema.all_declarations():
        if isinstance(declaration, Model) and declaration.kind == "model":
            found[declaration.name] = table(declaration, schema)
            for hidden in hidden_tables(declaration, schema):
                found[hidden.id] = hidden
    # Two relations of one name have one table.
    return list({(made.schema, made.name): made for made in found.values()}.values())


def _value(
    number: int, column: Column, new: Column, schema: Schema, labels: Mapping[str, str]
) -> str:
    if column.array:
        return f"ARRAY[{_scalar(number, column, new, schema, labels)}]::{column.sql_type}"
    return _scalar(number, column, new, schema, labels)


def _scalar(
    number: int, column: Column, new: Column, schema: Schema, labels: Mapping[str, str]
) -> str:
    enum = schema.enum(column.scalar)
    if enum is not None:
        values = [value.database_name for value in enum.values]
        return f"'{values[number % len(values)]}'"
    base = column.type.partition("(")[0]
    match base:
        case "TEXT" | "VARCHAR" | "CHAR" | "CITEXT":
            return f"'{_text(number, column, new, labels)}'"
        case "UUID":
            return f"'{number:08d}-0000-4000-8000-000000000000'"
        case "BOOLEAN":
            return "true" if number == 1 else "false"
        case "TIMESTAMP" | "TIMESTAMPTZ":
            return f"'2026-01-0{number} 10:20:30'"
        case "DATE":
            return f"'2026-01-0{number}'"
        case "TIME" | "TIMETZ":
            return f"'10:20:3{number}'"
        case "JSON" | "JSONB":
            return f"""'{{"a": {number}}}'"""
        case "BYTEA":
            return f"'\\x0{number}'"
        case "INET":
            return f"'10.0.0.{number}'"
        case "XML":
            return f"'<a>{number}</a>'"
        case "BIT" | "VARBIT":
            length = column.type.partition("(")[2].rstrip(")")
            return f"'{str(number % 2).rjust(int(length or 1) if base == 'BIT' else 1, '0')}'"
        case "SMALLINT" | "INTEGER" | "BIGINT" | "DECIMAL" | "DOUBLE PRECISION" | "REAL" | "MONEY" | "OID":
            return f"'{number}'"
    return "NULL"  # A type of an extension.


def _text(number: int, column: Column, new: Column, labels: Mapping[str, str]) -> str:
    """A text that the column's new type takes too."""
    if labels and new.type.startswith('"'):
        return list(labels)[number % len(labels)]
    base = new.type.partition("(")[0]
    if base in ("TIMESTAMP", "TIMESTAMPTZ"):
        return f"2026-01-0{number}T10:20:30Z"
    if base == "DATE":
        return f"2026-01-0{number}"
    if base in ("SMALLINT", "INTEGER", "BIGINT", "DECIMAL", "DOUBLE PRECISION"):
        return str(number)
    limits = [
        int(digits)
        for one in (column, new)
        if (digits := one.type.partition("(")[2].rstrip(")")).isdigit()
    ]
    if "CHAR" in (column.type, new.type):
        limits.append(1)
    text = f"{number:08d}-0000-4000-8000-000000000000"
    return text if min([*limits, 36]) >= 36 else str(number)


def contents(
    connection: postgres.Connection, catalog: Database
) -> dict[tuple[str, str], list[dict[str, str | None]]]:
    """The rows of every table as texts by column."""
    found = {}
    for key, made in catalog.tables.items():
        names = [column.name for column in made.columns]
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names) or "1"
        rows = connection.execute(f'SELECT {columns} FROM "{key[0]}"."{made.name}"')
        found[key] = [dict(zip(names, row, strict=False)) for row in rows]
    return found


def _has_twin(
    one: Table,
    rows: list[dict[str, str | None]],
    after: Mapping[tuple[str, str], list[dict[str, str | None]]],
    concerned: Pairs,
) -> bool:
    places = {(one.schema or "public", one.name)}
    places |= {(b.schema or "public", b.name) for a, b in concerned.tables if a.name == one.name and a.id != one.id}
    return any(after.get(place) == rows for place in places)


def _lost(
    before: Mapping[tuple[str, str], list[dict[str, str | None]]],
    after: Mapping[tuple[str, str], list[dict[str, str | None]]],
    concerned: Pairs,
    renamed: Renamed,
) -> list[str]:
    """Which rows are gone, and which values that kept their type are not what they were."""
    found = []
    met = set()
    for one, other in concerned.tables:
        old = before.get((one.schema or "public", one.name), [])
        new = after.get((other.schema or "public", other.name), [])
        met.add((one.schema or "public", one.name))
        if "." in one.id and not new and old and _has_twin(one, old, after, concerned):
            # It was the table of another relation of the same name, which holds its rows still.
            continue
        if len(old) != len(new):
            found.append(f"{one.name} had {len(old)} rows, {other.name} has {len(new)}")
            continue
        for field, column in one.columns.items():
            same = other.columns.get(renamed.field(one.id, field))
            if same is None or (column.nullable and not same.nullable):
                continue
            if column.type != same.type and same.type != "UUID":
                continue
            values = sorted(str(row.get(column.name)) for row in old)
            others = sorted(str(row.get(same.name)) for row in new)
            # The labels of an enum may be renamed.
            is_enum = column.type.startswith('"')
            if column.array == same.array and not is_enum and values != others:
                found.append(f"{one.name}.{column.name} has other values")
    for name, rows in before.items():
        if name not in met and rows != after.get(name):
            found.append(f"{name} has other rows")
    return found
