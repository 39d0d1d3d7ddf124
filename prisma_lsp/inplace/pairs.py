"""Which tables and enum types of two schemas are the same, whatever they are called in each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from prisma_lsp.inplace.shapes import (
    PROVIDER,
    EnumType,
    Key,
    Table,
    enum_type,
    hidden_tables,
    table,
)
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Model
from prisma_lsp.schema.schema import Schema


class NotInPlace(Exception):
    """Why a change cannot be made in place; the message is for the user.

    ``nothing`` says that it needs no migration at all.
    """

    def __init__(self, message: str, *, nothing: bool = False) -> None:
        super().__init__(message)
        self.nothing = nothing


class Renamed(NamedTuple):
    """What has another Prisma name afterwards; by old names."""

    models: Mapping[str, str] = {}
    fields: Mapping[tuple[str, str], str] = {}
    enums: Mapping[str, str] = {}
    values: Mapping[tuple[str, str], str] = {}

    def model(self, name: str) -> str:
        return self.models.get(name, name)

    def field(self, table: str, name: str) -> str:
        return self.fields.get((table, name), name)

    def enum(self, name: str) -> str:
        return self.enums.get(name, name)

    def value(self, enum: str, name: str) -> str:
        return self.values.get((enum, name), name)

    def table(self, id_: str) -> str:
        """The id of a model's table or of a hidden one."""
        model, dot, field = id_.partition(".")
        return self.model(model) + dot + (self.field(model, field) if dot else "")

    def turned(self) -> Renamed:
        """The way back."""
        return Renamed(
            {new: old for old, new in self.models.items()},
            {(self.model(model), new): old for (model, old), new in self.fields.items()},
            {new: old for old, new in self.enums.items()},
            {(self.enum(enum), new): old for (enum, old), new in self.values.items()},
        )


def is_same_key(renamed: Renamed, table: str, before: Key, after: Key) -> bool:
    """Whether two keys of a table (by its first id) differ in their names at most."""
    fields = tuple(renamed.field(table, name) for name in before.fields)
    if (before.kind, fields) != (after.kind, after.fields):
        return False
    old, new = before.details, after.details
    if old[:-1] != new[:-1]:
        return False
    where = old[-1] if old else None
    if where is not None:
        where = re.sub(r"\w+", lambda word: renamed.field(table, word[0]), where)
    return where == (new[-1] if new else None)


class Pairs(NamedTuple):
    """(before, after) of every table that a change concerns, and of every enum type.

    An enum type that only one side has stands beside None.
    """

    tables: tuple[tuple[Table, Table], ...]
    enums: tuple[tuple[EnumType | None, EnumType | None], ...]

    def turned(self) -> Pairs:
        return Pairs(
            tuple((after, before) for before, after in self.tables),
            tuple((after, before) for before, after in self.enums),
        )


def pairs(before: Schema, after: Schema, renamed: Renamed) -> Pairs:
    """What the change from one schema to the other concerns.  Raises `NotInPlace`."""
    for schema in (before, after):
        if (schema.provider() or PROVIDER) != PROVIDER:
            raise NotInPlace("only PostgreSQL is changed in place")
    if before.relation_mode() != after.relation_mode():
        raise NotInPlace("the relation mode changes")
    gone, come = _changed(before, after)
    models = {one.name for one in gone if isinstance(one, Model) and one.kind == "model"}
    enums = {one.name for one in gone if isinstance(one, Enum)}
    added = {one.name for one in come if isinstance(one, Model) and one.kind == "model"}
    if added - {renamed.model(name) for name in models}:
        raise NotInPlace("a model is added")
    # Hidden tables and keys of others hold what these have, and columns are of these types.
    concerned = set(models)
    for name in sorted(models | enums):
        concerned |= {other.name for other in before.referrers(name) if other.kind == "model"}
    tables: dict[str, tuple[Table, Table]] = {}
    for name in sorted(concerned):
        one = before.model(name)
        other = after.model(renamed.model(name))
        if one is None or other is None or other.kind != "model":
            raise NotInPlace(f"the model `{name}` is removed")
        tables[name] = (table(one, before), table(other, after))
        hidden = {made.id: made for made in hidden_tables(other, after)}
        for made in hidden_tables(one, before):
            same = hidden.get(renamed.table(made.id))
            if same is None:
                raise NotInPlace(f"the hidden table `{made.name}` changes sides")
            tables[made.id] = (made, same)
    return Pairs(tuple(tables.values()), tuple(_enums(before, after, enums, come, renamed)))


def _enums(
    before: Schema, after: Schema, names: set[str], come: list[Declaration], renamed: Renamed
) -> list[tuple[EnumType | None, EnumType | None]]:
    found: list[tuple[EnumType | None, EnumType | None]] = []
    met = set()
    for name in sorted(names):
        one, other = before.enum(name), after.enum(renamed.enum(name))
        assert one is not None
        met.add(renamed.enum(name))
        found.append((enum_type(one), enum_type(other) if other is not None else None))
    for declaration in come:
        if isinstance(declaration, Enum) and declaration.name not in met:
            found.append((None, enum_type(declaration)))
    return found


def _changed(before: Schema, after: Schema) -> tuple[list[Declaration], list[Declaration]]:
    """The declarations that only the one schema has, and those that only the other has."""
    gone: list[Declaration] = []
    come: list[Declaration] = []
    for path in {**before.files, **after.files}:
        old, new = before.files.get(path), after.files.get(path)
        if old is new:
            continue
        blocks = set(old.blocks) if old is not None else set()
        others = set(new.blocks) if new is not None else set()
        for schema, found, own, rest in (
            (before, gone, blocks, others),
            (after, come, others, blocks),
        ):
            for block in own - rest:
                declaration = schema.owner(path, block)
                if declaration is not None and not isinstance(declaration, Config):
                    found.append(declaration)
    return sorted(gone, key=lambda one: one.name), sorted(come, key=lambda one: one.name)
