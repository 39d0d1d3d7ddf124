"""The names that keys and indexes get in the database, written or made by Prisma."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.schema.declarations import Declaration, Enum, Field, Index, Model

_SUFFIX = {"id": "_pkey", "unique": "_key", "index": "_idx", "fulltext": "_idx"}
# How long a name may be on PostgreSQL; names across models are compared in this form.
USUAL_LIMIT = 63


class Constraint(NamedTuple):
    """A name and what carries it: an index, or the field of a foreign key."""

    kind: str  # "id", "unique", "index", "foreign key" or "default"
    name: str
    written: bool
    key: Index | None
    field: Field | None


def constraints(model: Model, limit: int) -> tuple[Constraint, ...]:
    """Every named constraint of a model; ``limit`` is the provider's longest name, 0 for none."""
    if model.kind != "model":
        return ()
    known: tuple[int, tuple[Constraint, ...]] | None = model.__dict__.get("_constraints")
    if known is None or known[0] != limit:
        known = model.__dict__["_constraints"] = (limit, tuple(_constraints(model, limit)))
    return known[1]


def _constraints(model: Model, limit: int) -> Iterator[Constraint]:
    table = model.database_name
    for index in model.indexes:
        if not index.columns:
            continue
        written = index.database_name
        if written is None and index.kind == "index" and index.attribute.arguments:
            written = _old_name(index)
        kind = "index" if index.kind == "fulltext" else index.kind
        if written is None:
            if index.kind == "id":
                name = _cut(table, "_pkey", limit)
            else:
                columns = [_column(model, name) for name in index.names]
                name = _cut("_".join([table, *columns]), _SUFFIX[index.kind], limit)
        else:
            name = written
        yield Constraint(kind, name, written is not None, index, index.field)
    for field in model.all_fields:
        attribute = field.attribute("default") if field.node.attributes else None
        if attribute is not None and attribute.arguments and len(attribute.arguments) > 1:
            text = getattr(attribute.argument("map"), "value", None)
            if text:
                yield Constraint("default", text, True, None, field)
        relation = field.relation
        if relation is None or not relation.arguments or field.is_list:
            continue
        key = field.key
        if not key:
            continue
        given = relation.argument("map")
        written = getattr(given, "value", None) if given is not None else None
        columns = [_column(model, name) for name in key]
        name = written or _cut("_".join([table, *columns]), "_fkey", limit)
        yield Constraint("foreign key", name, bool(written), None, field)


def _old_name(index: Index) -> str | None:
    """``@@index(…, name: "…")`` means ``map``."""
    value = index.attribute.argument("name")
    return getattr(value, "value", None) if value is not None else None


def _cut(stem: str, suffix: str, limit: int) -> str:
    if limit and len(stem) > limit - len(suffix):
        stem = stem[: limit - len(suffix)]
    return stem + suffix


def _column(model: Model, path: str) -> str:
    name, _, rest = path.partition(".")
    field = model.fields.get(name)
    column = field.column if field is not None else name
    return f"{column}_{rest.replace('.', '_')}" if rest else column


def stored_names(declaration: Declaration) -> tuple[tuple[str, str, str], ...]:
    """(scope, name, kind) of every name that the declaration takes in the database."""
    found: tuple[tuple[str, str, str], ...] | None = declaration.__dict__.get("_stored_names")
    if found is None:
        found = declaration.__dict__["_stored_names"] = tuple(_stored_names(declaration))
    return found


def _stored_names(declaration: Declaration) -> Iterator[tuple[str, str, str]]:
    # Not a name of the database: whoever differs from another by letter case alone.
    yield "folded", declaration.name.lower(), declaration.kind
    match declaration:
        case Enum():
            yield "enum", declaration.database_name, "enum"
        case Model() if declaration.kind in ("model", "view"):
            yield "table", declaration.database_name, declaration.kind
            for constraint in constraints(declaration, USUAL_LIMIT):
                yield "constraint", constraint.name, constraint.kind
            # Where both sides are lists, the name is that of a hidden table.
            for field in declaration.all_fields:
                if field.is_list and field.relation is not None and not field.key:
                    name = field.relation_name
                    if name is not None:
                        yield "relation", name, field.type_name
