"""What holds on MongoDB alone."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Fields, Index, Model
from prisma_lsp.syntax import nodes


@rule(level="error")
def fields(some: Fields, context: Context) -> Iterator[Finding]:
    """Ids are called ``_id``; ``auto()`` makes ObjectIds for ids."""
    model = some.model
    if context.connector() != "mongodb" or model.kind != "model":
        return
    identity = model.id
    names = identity.names if identity is not None else ()
    for field in some.fields:
        attributes = field.node.attributes
        mapped = field.mapped_name if attributes else None
        if names == (field.name,) and mapped != "_id":
            yield _on_name(
                field, "mongodb-id",
                f"MongoDB calls every id `_id`: give `{field.name}` `@map(\"_id\")`"
                + (f" instead of `@map(\"{mapped}\")`" if mapped else ""),
            )  # fmt: skip
        if not attributes:
            continue
        call = field.default_function
        if call is not None and call.name == "auto":
            if (field.native or "") != "ObjectId":
                yield Finding(
                    field.line, call.start, call.end,
                    f"`auto()` makes an ObjectId: give `{field.name}` `@{context.datasource_name()}.ObjectId`",
                    rule="mongodb-auto",
                )  # fmt: skip
            elif names != (field.name,):
                yield Finding(
                    field.line, call.start, call.end,
                    f"`auto()` makes only ids: make `{field.name}` the `@id`, or remove the default",
                    rule="mongodb-auto",
                )  # fmt: skip
        if mapped is not None and (mapped.startswith("$") or "." in mapped):
            sign = "$" if mapped.startswith("$") else "."
            attribute = field.attribute("map")
            assert attribute is not None
            where = "begin with" if sign == "$" else "hold"
            yield Finding(
                field.line, attribute.start, attribute.end,
                f"The name of a field on MongoDB cannot {where} `{sign}`", rule="mongodb-name",
            )  # fmt: skip


@rule(level="error")
def keys(model: Model, context: Context) -> Iterator[Finding]:
    if context.connector() != "mongodb" or model.kind != "model":
        return
    identity = model.id
    seen: dict[object, Index] = {}
    twice: dict[Index, None] = {}
    for index in model.indexes:
        if index.kind == "id":
            continue
        if index.kind == "unique" and identity is not None and index.names == identity.names:
            yield _on(
                index, f"`{'`, `'.join(index.names)}` is the id and unique already: remove this key"
            )
        key = (index.kind == "fulltext", tuple((c.name, c.sort or "Asc") for c in index.columns))
        if key in seen:
            twice[seen[key]] = twice[index] = None
        seen.setdefault(key, index)
        if index.kind == "unique" and len(index.columns) > 1:
            for column in index.columns:
                field = model.fields.get(column.name)
                if field is not None and context.kind_of(field.type_name) == "type":
                    yield Finding(
                        index.line, column.start, column.end,
                        f"A whole `{field.type_name}` cannot be part of a unique key of several fields: name one of its fields, or remove `{column.name}`",
                        rule="mongodb-key",
                    )  # fmt: skip
    for index in twice:
        yield _on(
            index, "Another index covers the same fields in the same order: remove one of them"
        )


@rule(level="error")
def composite_types(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind == "type" and not model.all_fields and not model.block.problems:
        name = model.name_node
        yield Finding(
            model.block.header, name.start, name.end,
            f"`{model.name}` has no fields: add at least one", rule="empty-type",
        )  # fmt: skip


@rule(level="warning")
def native_types(model: Model, context: Context) -> Iterator[Finding]:
    """A join finds nothing where one side is an ObjectId and the other a text."""
    if model.kind != "model" or context.connector() != "mongodb":
        return
    for field in model.all_fields:
        key = field.key
        references = field.references
        if not key or not references:
            continue
        for name, target_name in zip(key, references, strict=False):
            column = model.fields.get(name)
            target = context.field(field.type_name, target_name)
            if column is None or target is None or column.type_name != target.type_name:
                continue
            mine, other = column.native, target.native
            if mine == other:
                continue
            advice = (
                f"give `{name}` `@{context.datasource_name()}.{other}`" if other is not None
                else f"give `{field.type_name}.{target_name}` the same, or remove this one"
            )  # fmt: skip
            yield _on_name(
                column, "mongodb-native-type",
                f"`{name}` and `{field.type_name}.{target_name}` have different native types, so MongoDB joins no rows: {advice}",
            )  # fmt: skip


def _on(index: Index, message: str) -> Finding:
    attribute: nodes.Attribute = index.attribute
    return Finding(index.line, attribute.start, attribute.name_end, message, rule="mongodb-key")


def _on_name(field: Field, code: str, message: str) -> Finding:
    name = field.node.name
    return Finding(field.line, name.start, name.end, message, rule=code)
