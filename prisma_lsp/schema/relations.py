"""What a relation is: its two sides, its key, its actions, and what serves it.

Every function takes the questions (a schema, or a rule's context) rather than a schema, so a rule
that uses it remembers what it depended on.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Index, Model
from prisma_lsp.schema.schema import Questions


class Action(NamedTuple):
    """A referential action: its name, and whether it is written or Prisma's default."""

    name: str
    written: bool


def serving_index(model: Model, key: tuple[str, ...]) -> Index | None:
    """The index, unique or id whose first columns are the columns of ``key``, in any order.

    A partial index and one that cannot look up a value (GIN, BRIN …) serve nothing here.
    """
    wanted = set(key)
    for index in model.indexes:
        if index.where is not None or index.type not in (None, "BTree", "Hash"):
            continue
        if index.kind == "fulltext":
            continue
        if set(index.names[: len(key)]) == wanted:
            return index
    return None


def is_served(model: Model, key: tuple[str, ...]) -> bool:
    return serving_index(model, key) is not None


def tenant_key(model: Model, facts: Questions, setting: str | None) -> tuple[str, ...] | None:
    """The names of the foreign-key fields that say which tenant a row of ``model`` belongs to.

    ``setting`` is the user's ``tenant-key``; without one the tenant is the model that most others
    hold a foreign key to.
    """
    if setting is not None:
        return (setting,) if setting in model.fields else None
    tenant = facts.tenant()
    if tenant is None or tenant == model.name:
        return None
    for field in model.all_fields:
        if field.type_name == tenant and field.key:
            return field.key
    return None


def opposite(field: Field, facts: Questions) -> Field | None:
    """The field at the relation's other side, where exactly one field fits."""
    candidates = [
        other
        for other in facts.fields_of_type(field.type_name, field.owner.name)
        if other.relation_name == field.relation_name
    ]
    if field.type_name == field.owner.name:
        candidates = [other for other in candidates if other.name != field.name]
    return candidates[0] if len(candidates) == 1 else None


def is_many_to_many(field: Field, facts: Questions) -> bool:
    """Whether the field is one side of an implicit many-to-many relation."""
    if not field.is_list or field.key:
        return False
    other = opposite(field, facts)
    return other is not None and other.is_list and not other.key


def join_table(field: Field, facts: Questions) -> str | None:
    """The name of the hidden table of an implicit many-to-many relation."""
    if not is_many_to_many(field, facts):
        return None
    if field.relation_name is not None:
        return f"_{field.relation_name}"
    first, second = sorted((field.owner.name, field.type_name))
    return f"_{first}To{second}"


def requires_key(field: Field) -> bool:
    """Whether at least one column of the field's foreign key is required."""
    columns = [field.owner.fields.get(name) for name in field.key or ()]
    return any(column is not None and not column.is_optional for column in columns)


def action(field: Field, event: str, facts: Questions) -> Action:
    """What happens to the rows of ``field``'s model: the written action or Prisma's default.

    ``event`` is "onDelete" or "onUpdate"; ``field`` is the side that holds the key.
    """
    written = field.action(event)
    if written is not None and written.name in catalogue.ACTIONS:
        return Action(written.name, True)
    provider = facts.provider() or "postgresql"
    name = catalogue.default_action(event, requires_key(field), provider, facts.relation_mode())  # type: ignore[arg-type]
    return Action(name, False)
