"""What deleting a row does to the rows that point to it, and to those that point to them.

`blast` goes breadth first over the models that hold a key to a model.  Where the rows are deleted
too, it goes on from there; a refusal or an emptied key ends that path.  `outcome` says what one
relation does, `trouble` why an action cannot work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Literal, NamedTuple

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field
from prisma_lsp.schema.relations import action, join_table, requires_key
from prisma_lsp.schema.schema import Questions, Schema
from prisma_lsp.syntax import nodes

# What happens to the rows that hold the key.
Outcome = Literal["deleted", "blocked", "emptied", "defaulted", "orphaned"]

# Why an action cannot work: the provider does not take it; a key column is required but should
# become NULL; a key column has no default; MySQL parses SET DEFAULT but never carries it out; a
# self-relation may not change its own rows where SQL Server or Prisma Client guards the relations.
Trouble = Literal["unsupported", "required", "no-default", "mysql-default", "self-relation"]

# Models whose fields are looked at for one answer; a schema may be one large web of cascades.
MAX_MODELS = 100


class Hit(NamedTuple):
    """Rows that point, with ``field``, at rows of ``parent`` that are being deleted.

    ``model`` holds the key, or ``join_table`` does for an implicit many-to-many relation.  ``again``
    is set where the rows are deleted but the model's own followers stand elsewhere in the list.
    """

    depth: int
    parent: str
    field: Field
    model: str
    join_table: str | None
    action: str
    outcome: Outcome
    again: bool


class Blast(NamedTuple):
    """Every hit of deleting a row of ``root``, breadth first; ``complete`` unless cut short."""

    root: str
    hits: tuple[Hit, ...]
    complete: bool

    @property
    def depth(self) -> int:
        return self.hits[-1].depth if self.hits else 0

    def models(self, outcome: Outcome) -> list[str]:
        """The models that meet ``outcome``, in the order in which they are reached."""
        return list(
            dict.fromkeys(h.model for h in self.hits if h.outcome == outcome and not h.join_table)
        )

    @property
    def reached(self) -> list[str]:
        return list(dict.fromkeys(h.model for h in self.hits if not h.join_table))


def trouble(field: Field, name: str, facts: Questions) -> Trouble | None:
    """Why the action ``name`` of the relation of ``field``, which holds the key, cannot work."""
    provider = facts.provider() or "postgresql"
    if name not in catalogue.supported_actions(provider, facts.relation_mode()):
        return "unsupported"
    if name == "SetNull" and requires_key(field):
        return "required"
    if name == "SetDefault":
        if provider == "mysql":
            return "mysql-default"
        if columns_without_default(field):
            return "no-default"
    guarded = provider == "sqlserver" or facts.relation_mode() == "prisma"
    if guarded and field.type_name == field.owner.name and name not in ("NoAction", "Restrict"):
        return "self-relation"
    return None


def columns_without_default(field: Field) -> list[Field]:
    """The key's columns that have no default in the database."""
    found = [field.owner.fields.get(name) for name in field.key or ()]
    return [column for column in found if column is not None and not _has_database_default(column)]


def _has_database_default(field: Field) -> bool:
    match field.default:
        case None:
            return False
        case nodes.Call(name=name):
            function = catalogue.FUNCTIONS.get(name)
            return function is None or function.produced_by != "client"
    return True


def outcome(field: Field, name: str, facts: Questions) -> Outcome:
    """What a delete does to the rows that hold the key, given the action ``name``."""
    match name:
        case "Cascade":
            return "deleted"
        case "SetNull":
            return "blocked" if requires_key(field) else "emptied"
        case "SetDefault":
            if trouble(field, name, facts) == "mysql-default":
                return "blocked"
            missing = columns_without_default(field)
            if any(not column.is_optional for column in missing):
                return "blocked"
            return "emptied" if missing else "defaulted"
    return "blocked"


def blast(name: str, schema: Schema) -> Blast:
    """What deleting a row of the model ``name`` reaches."""
    hits: list[Hit] = []
    seen = {name}
    queue = deque([(name, 0)])
    budget = [MAX_MODELS]
    while queue and budget[0] > 0:
        parent, depth = queue.popleft()
        for hit in _hits(parent, depth + 1, schema, budget):
            if hit.outcome == "deleted" and hit.join_table is None:
                if hit.model in seen:
                    hits.append(hit._replace(again=True))
                    continue
                seen.add(hit.model)
                queue.append((hit.model, hit.depth))
            hits.append(hit)
    return Blast(name, tuple(hits), budget[0] > 0)


def _hits(parent: str, depth: int, schema: Schema, budget: list[int]) -> Iterator[Hit]:
    tables = set()
    for model in schema.referrers(parent):
        if model.kind != "model":
            continue
        budget[0] -= 1
        if budget[0] < 0:
            return
        for field in model.all_fields:
            if field.type_name != parent:
                continue
            if field.key and not field.is_list:
                name = action(field, "onDelete", schema).name
                yield Hit(
                    depth,
                    parent,
                    field,
                    model.name,
                    None,
                    name,
                    outcome(field, name, schema),
                    False,
                )
            elif field.is_list and schema.provider() != "mongodb":
                table = join_table(field, schema)
                if table is not None and table not in tables:
                    tables.add(table)
                    # Prisma Client empties no join table itself, and without keys nobody does.
                    end: Outcome = (
                        "deleted" if schema.relation_mode() == "foreignKeys" else "orphaned"
                    )
                    yield Hit(depth, parent, field, model.name, table, "Cascade", end, False)
