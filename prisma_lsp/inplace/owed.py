"""Hidden tables that a change has to make: two relations were one table, and now each has its own."""

from __future__ import annotations

from prisma_lsp.inplace.pairs import Pairs
from prisma_lsp.inplace.shapes import PROVIDER, Table, hidden_tables, table
from prisma_lsp.migrations.state import Database
from prisma_lsp.schema import sql
from prisma_lsp.schema.catalogue import ACTIONS
from prisma_lsp.schema.declarations import Model
from prisma_lsp.schema.schema import Schema


def owed(after: Schema, concerned: Pairs, resolved: Pairs, database: Database) -> list[Table]:
    """The hidden tables of ``after`` that another relation's table was taken for, or whose name the
    change sets free.  What else the migrations do not make yet is left to Prisma."""
    renamed = {
        (one.schema, one.name): other.id
        for one, other in resolved.tables
        if "." in one.id and one.name != other.name
    }
    kept = {one.id for one, _ in resolved.tables}
    theirs = {
        other.id
        for one, other in concerned.tables
        if "." in one.id and one.id not in kept and database.table(one.name, one.schema) is not None
    }
    if not renamed and not theirs:
        return []
    found = []
    for one in _hidden(after):
        is_free = (one.schema, one.name) in renamed or database.table(one.name, one.schema) is None
        if is_free and one.id not in renamed.values() and (one.id in theirs or (one.schema, one.name) in renamed):
            found.append(one)
    return found


def create(one: Table, schema: Schema) -> list[str]:
    """The statements that make a hidden table, each with its semicolon."""
    columns = ",\n".join(f"  {_q(c.name)} {c.sql_type} NOT NULL" for c in one.columns.values())
    statements = []
    for key in one.keys:
        if key.kind == "id":
            columns += f",\n\n  CONSTRAINT {_q(key.name)} PRIMARY KEY (" + ", ".join(map(_q, key.fields)) + ")"
        else:
            listed = ", ".join(map(_q, key.fields))
            statements.append(f"CREATE INDEX {_q(key.name)} ON {one.sql_name} ({listed});")
    for reference in one.references:
        target = schema.model(reference.target)
        if target is None:
            continue
        parent = table(target, schema)
        other = ", ".join(_q(parent.columns[name].name) for name in reference.target_fields)
        statements.append(
            f"ALTER TABLE {one.sql_name} ADD CONSTRAINT {_q(reference.name)}\n"
            f"  FOREIGN KEY ({', '.join(map(_q, reference.fields))}) REFERENCES {parent.sql_name} ({other})"
            f" ON DELETE {ACTIONS[reference.on_delete].sql} ON UPDATE {ACTIONS[reference.on_update].sql};"
        )
    return [f"CREATE TABLE {one.sql_name} (\n{columns}\n);", *statements]


def _hidden(schema: Schema) -> list[Table]:
    models = [one for one in schema.all_declarations() if isinstance(one, Model) and one.kind == "model"]
    return list({one.id: one for model in models for one in hidden_tables(model, schema)}.values())


def _q(name: str) -> str:
    return sql.quote(name, PROVIDER)
