"""How a model says that a row is deleted without deleting it: shared by rules about soft delete."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from prisma_lsp.lint.fixes import Draft, Workbench
from prisma_lsp.schema import versions
from prisma_lsp.schema.declarations import Config, Field, Index, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes

# Where the database and Prisma have unique keys over some of the rows.
PARTIAL_PROVIDERS = ("postgresql", "cockroachdb", "sqlite", "sqlserver")
PARTIAL_FEATURE = "partialIndexes"

DATES = ("deletedAt", "deletedOn", "deleted_at", "deleted_on", "removedAt", "removed_at")
_FLAGS = ("isDeleted", "is_deleted", "deleted", "isRemoved", "is_removed")
# A row that is switched off is often meant to keep its name, so these say less.
_SWITCHES = ("isActive", "is_active", "active")


@dataclass(frozen=True)
class SoftDeleteOptions:
    fields: tuple[str, ...] = (*DATES, *_FLAGS, *_SWITCHES)
    """The names of the fields that say that a row is deleted: dates that are empty while it lives,
    or flags. A flag whose name holds `active` or `enabled` is true while the row lives."""


class SoftDelete(NamedTuple):
    """The field that says it, what it holds while the row lives, and whether that is certain."""

    field: Field
    living: str
    certain: bool

    @property
    def where(self) -> str:
        return f"where: {{ {self.field.name}: {self.living} }}"


def soft_delete(model: Model, names: Iterable[str]) -> SoftDelete | None:
    """How ``model`` is soft-deleted, by the first field of ``names`` that it has."""
    if model.kind != "model":
        return None
    for name in names:
        field = model.fields.get(name)
        if field is None or field.is_list or field.is_ignored:
            continue
        if field.type_name == "DateTime" and field.is_optional:
            return SoftDelete(field, "null", True)
        if field.type_name == "Boolean":
            lives = any(word in name.lower() for word in ("active", "enabled"))
            return SoftDelete(field, "true" if lives else "false", name not in _SWITCHES)
    return None


def may_be_partial(bench: Workbench) -> bool:
    """Whether this schema can have unique keys over some of the rows.

    They need Prisma 7.4.  Where the version is not known, the feature that is listed says so, and a
    datasource with a ``url`` is one of an older Prisma.
    """
    schema, version = bench.schema, bench.environment.prisma_version
    if schema.provider() not in PARTIAL_PROVIDERS:
        return False
    if version is not None:
        return version.since(versions.PARTIAL_INDEXES)
    return PARTIAL_FEATURE in schema.preview_features() or not schema.has_url()


def allow_partial(draft: Draft, bench: Workbench) -> bool:
    """Switch the preview feature on where it is not; False where there is no place for it."""
    schema: Schema = bench.schema
    if PARTIAL_FEATURE in schema.preview_features():
        return True
    client = _client(schema)
    if client is None or client.block.close < 0:
        return False
    entry = client.properties.get("previewFeatures")
    if entry is None:
        draft.add_line(client, client.block.close, f'previewFeatures = ["{PARTIAL_FEATURE}"]')
        return True
    line, node = entry
    value = node.value
    if not isinstance(value, nodes.Array):
        return False
    before = ", " if value.items else ""
    draft.insert(client, line, value.end - 1, f'{before}"{PARTIAL_FEATURE}"')
    return True


def _client(schema: Schema) -> Config | None:
    """The generator of Prisma Client, whose preview features count for the schema."""
    for config in schema.configs:
        if config.kind == "generator" and (config.string("provider") or "").startswith("prisma-client"):
            return config
    return None


def holds_for_living(model: Model, index: Index, deleted: SoftDelete) -> bool:
    """Whether a partial unique key over the living rows stands beside ``index``."""
    rest = {name for name in index.names if name != deleted.field.name}
    for other in model.indexes:
        if other is index or other.kind != "unique" or other.where is None:
            continue
        if set(other.names) <= rest:
            return True
    return False
