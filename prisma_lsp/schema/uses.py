"""Every place that means a thing: its own name first, then whatever refers to it.

A `Use` is a stretch of a line of a declaration's block.  Renames, references and highlights are all
made from these, so a place that one of them knows the others know too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Config, Declaration, EnumValue, Field, Index, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes


class Use(NamedTuple):
    """Columns ``start`` to ``end`` of a line, which counts from the block's first."""

    declaration: Declaration
    line: int
    start: int
    end: int


def name_of(thing: Declaration | Field | EnumValue) -> Use:
    """Where a thing's own name stands."""
    if isinstance(thing, Declaration):
        return _at(thing, thing.block.header, thing.name_node)
    return _at(thing.owner, thing.line, thing.node.name)


def uses_of_declaration(schema: Schema, name: str) -> Iterator[Use]:
    """The fields of the type ``name``: a model, view, composite type, enum or scalar."""
    owners: Iterable[Declaration] = schema.referrers(name)
    if name in catalogue.SCALARS:
        owners = schema.all_declarations()
    for model in owners:
        if isinstance(model, Model):
            for field in model.all_fields:
                if field.type_name == name and field.node.type is not None:
                    type_ = field.node.type
                    yield Use(model, field.line, type_.name_start, type_.name_end)


def uses_of_field(schema: Schema, field: Field) -> Iterator[Use]:
    """Keys, indexes and relations that name the field."""
    model = field.owner
    if model.fields.get(field.name) is not field:
        return  # The name is taken twice, and whoever uses it means the first.
    yield from uses_of_field_name(schema, model, field.name)
    for owner in [model, *(_holders(schema, model.name) if model.kind == "type" else ())]:
        for index in owner.indexes:
            for column in index.columns:
                if "." in column.name:
                    yield from _in_path(schema, owner, index, column.name, column.start, field)


def uses_of_field_name(schema: Schema, model: Model, name: str) -> Iterator[Use]:
    """The same for a bare name, whether ``model`` has such a field or not."""
    yield from _in_attributes(model, name)
    for relation in model.all_fields:
        yield from _in_relation(relation, "fields", name)
    if schema.model(model.name) is not model:
        return
    for owner in schema.referrers(model.name):
        for relation in owner.all_fields:
            if relation.type_name == model.name and relation.node.attributes:
                yield from _in_relation(relation, "references", name)


def uses_of_value(schema: Schema, value: EnumValue) -> Iterator[Use]:
    """The defaults that name a value of an enum."""
    enum = value.owner
    if schema.enum(enum.name) is not enum:
        return
    for model in schema.referrers(enum.name):
        for field in model.all_fields:
            if field.type_name == enum.name and (default := field.default) is not None:
                for node in references(default):
                    if node.name == value.name:
                        yield _at(model, field.line, node)


def uses_of_relation_name(schema: Schema, first: str, second: str, name: str) -> Iterator[Use]:
    """Both sides of the relations between two models that are called ``name``."""
    for owner, other in dict.fromkeys([(first, second), (second, first)]):
        for field in schema.fields_of_type(owner, other):
            if field.relation_name == name and field.relation is not None:
                value = field.relation.argument("name", 0)
                if isinstance(value, nodes.String):
                    yield inside(field.owner, field.line, value)


def uses_of_datasource(schema: Schema, config: Config) -> Iterator[Use]:
    """The prefix of every native type."""
    mark = f"{config.name}."
    for model in schema.all_declarations():
        if isinstance(model, Model):
            for field in model.all_fields:
                for attribute in field.node.attributes:
                    if attribute.name.startswith(mark):
                        end = attribute.name_end - len(attribute.name) + len(mark) - 1
                        yield Use(model, field.line, end - len(mark) + 1, end)


def uses_of_database_schema(schema: Schema, name: str) -> Iterator[Use]:
    """A schema of the database: where the datasource lists it, and what is in it."""
    for config in schema.configs:
        entry = config.properties.get("schemas")
        value = entry[1].value if entry is not None else None
        items = value.items if isinstance(value, nodes.Array) else (value,)
        for item in items:
            if entry is not None and isinstance(item, nodes.String) and item.value == name:
                yield inside(config, entry[0], item)
    for declaration in schema.all_declarations():
        for line, attribute in declaration.attributes:
            if attribute.name == "schema" and attribute.arguments:
                node = attribute.arguments[0].value
                if isinstance(node, nodes.String) and node.value == name:
                    yield inside(declaration, line, node)


def inside(declaration: Declaration, line: int, string: nodes.String) -> Use:
    """What stands between the quotes."""
    return Use(declaration, line, string.start + 1, max(string.start + 1, string.end - 1))


def references(value: nodes.Expression) -> Iterator[nodes.Reference]:
    """The bare words of a value or a list of values."""
    if isinstance(value, nodes.Reference):
        yield value
    elif isinstance(value, nodes.Array):
        for item in value.items:
            yield from references(item)


def _at(declaration: Declaration, line: int, node: nodes.Node) -> Use:
    return Use(declaration, line, node.start, node.end)


def _in_attributes(model: Model, name: str) -> Iterator[Use]:
    """The block attributes of ``model`` that list a field of that name."""
    for index in model.indexes:
        if index.field is not None:
            continue
        for column in index.columns:
            if column.name == name:
                yield Use(model, index.line, column.start, column.end)
        # `@@unique(a, b)` without its brackets is wrong, and still means the fields.
        for argument in (index.attribute.arguments or ())[1:]:
            value = argument.value if argument.name is None else None
            if isinstance(value, nodes.Reference) and value.name == name:
                yield _at(model, index.line, value)
        # Raw SQL and strings name columns and values of the database, and those stay.
        if isinstance(index.where, nodes.Object):
            for key, _ in index.where.entries:
                if key.value == name:
                    yield _at(model, index.line, key)
    for line, attribute in model.attributes:
        if attribute.name == "shardKey":
            value = attribute.argument("fields", 0)
            for node in references(value) if value is not None else ():
                if node.name == name:
                    yield _at(model, line, node)


def _in_path(
    schema: Schema, model: Model, index: Index, path: str, start: int, field: Field
) -> Iterator[Use]:
    """The part of ``address.street`` that names ``field``."""
    holder: Model | None = model
    for part in path.split("."):
        found = holder.fields.get(part) if holder is not None else None
        if found is field:
            yield Use(model, index.line, start, start + len(part))
        if found is None:
            return
        start += len(part) + 1
        holder = schema.model(found.type_name)


def _in_relation(relation: Field, argument: str, name: str) -> Iterator[Use]:
    attribute = relation.relation
    value = attribute.argument(argument) if attribute is not None else None
    for node in references(value) if value is not None else ():
        if node.name == name:
            yield _at(relation.owner, relation.line, node)


def _holders(schema: Schema, name: str) -> list[Model]:
    """Whatever has a composite type in it, at any depth."""
    seen: dict[str, Model] = {}
    open_ = [name]
    while open_:
        for model in schema.referrers(open_.pop()):
            if model.name not in seen:
                seen[model.name] = model
                if model.kind == "type":
                    open_.append(model.name)
    return list(seen.values())
