"""What each provider can do, where Prisma's checks ask.  Data only; measured on Prisma's engine 7.10."""

from __future__ import annotations

from typing import NamedTuple


class Connector(NamedTuple):
    """One provider's abilities; the defaults are what most of them share."""

    title: str
    scalar_lists: bool = False
    json: bool = True
    json_lists: bool = False
    decimal: bool = True
    enums: bool = True
    composite_types: bool = False
    # autoincrement(): at all, elsewhere than on the id, more than once, without an index.
    autoincrement: bool = True
    autoincrement_anywhere: bool = False
    autoincrement_many: bool = False
    autoincrement_unindexed: bool = False
    named_id: bool = False
    named_foreign_key: bool = True
    named_default: bool = False
    compound_id: bool = True
    clustering: bool = False
    index_length: bool = False
    id_sort: bool = False
    fulltext: bool = False
    fulltext_sort: bool = False
    one_fulltext: bool = False
    partial_indexes: bool = True
    multi_schema: bool = False
    shard_keys: bool = False
    implicit_many_to_many: bool = True
    embedded_many_to_many: bool = False
    # Whether `references` may list the fields of a unique key in another order than the key does.
    any_order: bool = True
    # SetNull on a required key: an error, or on PostgreSQL only a warning.
    set_null_warns: bool = False
    guards_cycles: bool = False
    guards_paths: bool = False
    max_identifier: int = 0
    # Which constraints share one namespace: over the whole schema, and inside one model.
    global_names: frozenset[str] = frozenset()
    model_names: frozenset[str] = frozenset()
    # Of those inside one model, where a clash is reported.
    model_names_reported: frozenset[str] = frozenset()

    @property
    def on(self) -> str:
        """The beginning of a sentence."""
        return "Without a datasource" if self.title[:2] == "A " else f"On {self.title}"


_INDEXES = frozenset(("index", "unique"))
_KEYS = _INDEXES | {"id"}

CONNECTORS: dict[str, Connector] = {
    "postgresql": Connector(
        "PostgreSQL", scalar_lists=True, json_lists=True, autoincrement_anywhere=True,
        autoincrement_many=True, autoincrement_unindexed=True, named_id=True, multi_schema=True,
        set_null_warns=True, max_identifier=63, global_names=_KEYS,
        model_names=_KEYS | {"foreign key"}, model_names_reported=frozenset(("id", "foreign key")),
    ),
    "cockroachdb": Connector(
        "CockroachDB", scalar_lists=True, autoincrement_anywhere=True, autoincrement_many=True,
        autoincrement_unindexed=True, named_id=True, multi_schema=True, max_identifier=63,
        model_names=_KEYS | {"foreign key"}, model_names_reported=frozenset(("id", "foreign key")),
    ),
    "mysql": Connector(
        "MySQL", autoincrement_anywhere=True, index_length=True, fulltext=True,
        partial_indexes=False, shard_keys=True, max_identifier=64,
        global_names=frozenset(("foreign key",)), model_names=_INDEXES,
        model_names_reported=_INDEXES,
    ),
    "sqlite": Connector("SQLite", named_foreign_key=False, global_names=_INDEXES),
    "sqlserver": Connector(
        "SQL Server", json=False, enums=False, autoincrement_anywhere=True,
        autoincrement_many=True, autoincrement_unindexed=True, named_id=True, named_default=True,
        clustering=True, id_sort=True, multi_schema=True, any_order=False, guards_cycles=True,
        guards_paths=True, max_identifier=128,
        global_names=frozenset(("id", "foreign key", "default")), model_names=_KEYS,
        model_names_reported=_KEYS,
    ),
    "mongodb": Connector(
        "MongoDB", scalar_lists=True, json_lists=True, decimal=False, composite_types=True,
        autoincrement=False, named_foreign_key=False, compound_id=False, fulltext=True,
        fulltext_sort=True, one_fulltext=True, partial_indexes=False,
        implicit_many_to_many=False, embedded_many_to_many=True, guards_cycles=True,
        max_identifier=127, model_names=_INDEXES, model_names_reported=_INDEXES,
    ),
    # A schema without a datasource.
    "none": Connector(
        "A schema without a datasource", decimal=False, named_foreign_key=False,
        partial_indexes=False, any_order=False,
    ),
}  # fmt: skip
