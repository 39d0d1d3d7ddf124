"""What Prisma adds where nothing is written: actions, names of tables, columns, keys and relations."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Literal, NamedTuple

from prisma_lsp.schema import sql
from prisma_lsp.schema.declarations import Enum, Field, Index, Model
from prisma_lsp.schema.relations import action, opposite
from prisma_lsp.schema.schema import Schema

Kind = Literal["actions", "tables", "columns", "constraints", "relations"]


class Hint(NamedTuple):
    """Text shown at a place as if it were written there.

    ``tooltip`` says why it holds.  ``insert`` is what would be written for it, or "".
    """

    line: int
    column: int
    text: str
    tooltip: str
    insert: str = ""


def hints(schema: Schema, path: str, first: int, last: int, kinds: Set[str]) -> list[Hint]:
    """The hints of the lines ``first`` up to and with ``last``."""
    document = schema.files.get(path)
    if document is None or not document.blocks or not kinds:
        return []
    found: list[Hint] = []
    for number in range(document.locate(max(first, 0)), document.locate(max(last, 0)) + 1):
        block, start = document.blocks[number], document.starts[number]
        declaration = schema.owner(path, block)
        if not isinstance(declaration, (Model, Enum)) or declaration.kind == "type":
            continue
        for hint in _of(schema, declaration, kinds):
            if first <= start + hint.line <= last:
                found.append(hint._replace(line=start + hint.line))
    return sorted(found)


def _of(schema: Schema, declaration: Model | Enum, kinds: Set[str]) -> Iterator[Hint]:
    provider = sql.provider_of(schema)
    if "tables" in kinds and declaration.attribute("map") is None:
        noun = "collection" if provider == "mongodb" else "table"
        noun = declaration.kind if declaration.kind != "model" else noun
        text = f"{noun} {declaration.name}"
        yield Hint(
            declaration.block.header, declaration.name_node.end, text,
            f"Without `@@map` the {noun} in the database is called as the {declaration.kind}.",
        )  # fmt: skip
    if not isinstance(declaration, Model):
        return
    noun = "field" if provider == "mongodb" else "column"
    for field in declaration.all_fields:
        kind = "scalar" if field.type_name == "Unsupported" else schema.kind_of(field.type_name)
        if kind in ("model", "view"):
            if "actions" in kinds:
                yield from _actions(schema, field)
            if "relations" in kinds:
                yield from _relation(schema, field)
        elif (
            kind is not None
            and "columns" in kinds
            and field.attribute("map") is None
            and field.node.type is not None
        ):
            attribute = f'@map("{field.name}")'
            yield Hint(
                field.line, field.node.type.end, f"{noun} {field.name}",
                f"Without `@map` the {noun} in the database is called as the field.",
                f" {attribute}",
            )  # fmt: skip
    if "constraints" in kinds and provider != "mongodb" and declaration.kind == "model":
        yield from _constraints(schema, declaration, provider)


def _actions(schema: Schema, field: Field) -> Iterator[Hint]:
    relation = field.relation
    if relation is None or not field.key or field.is_list or not relation.arguments:
        return
    missing = [
        f"{event}: {action(field, event, schema).name}"
        for event in ("onDelete", "onUpdate")
        if relation.argument(event) is None
    ]
    if missing:
        text = ", " + ", ".join(missing)
        yield Hint(
            field.line, relation.end - 1, text, "Prisma's default: nothing is written.", text
        )


def _relation(schema: Schema, field: Field) -> Iterator[Hint]:
    if field.relation_name is not None or field.node.type is None:
        return
    if opposite(field, schema) is None:
        return
    name = "To".join(sorted((field.owner.name, field.type_name)))
    relation = field.relation
    if relation is None:
        written = f'@relation("{name}")'
        where, insert = field.node.end, f" {written}"
    elif relation.arguments is None:
        where, written = relation.name_end, f'("{name}")'
        insert = written
    else:
        text = field.owner.block.line(field.line)
        where = text.find("(", relation.name_end) + 1
        written = f'"{name}"' + (", " if relation.arguments else "")
        insert = written
    yield Hint(field.line, where, written, "The name that Prisma gives to this relation.", insert)


def _constraints(schema: Schema, model: Model, provider: str) -> Iterator[Hint]:
    for index in model.indexes:
        if index.kind == "id" and provider in ("mysql", "sqlite"):
            continue
        if index.database_name is None and index.columns and not _has_old_name(index):
            yield _named(
                index.attribute.end, index.attribute.arguments, index.line,
                index.attribute.name_end, sql.index_name(index, model, provider),
            )  # fmt: skip
    if provider == "sqlite" or schema.relation_mode() != "foreignKeys":
        return
    for field in model.all_fields:
        relation = field.relation
        if relation is None or not field.key or field.is_list or relation.argument("map"):
            continue
        name = sql.foreign_key_name(field, provider)
        yield _named(relation.end, relation.arguments, field.line, relation.name_end, name)


def _named(
    end: int, arguments: tuple[object, ...] | None, line: int, name_end: int, name: str
) -> Hint:
    text = f'map: "{name}"'
    why = "The name that Prisma gives to it in the database."
    if arguments is None:
        return Hint(line, name_end, f"({text})", why, f"({text})")
    text = f", {text}" if arguments else text
    return Hint(line, end - 1, text, why, text)


def _has_old_name(index: Index) -> bool:
    return index.kind in ("index", "fulltext") and index.attribute.argument("name") is not None


KINDS: tuple[Kind, ...] = ("actions", "tables", "columns", "constraints", "relations")
