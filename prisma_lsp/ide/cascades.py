"""Who reaches whom by a delete: parents above a model, children below it, one step at a time.

Further steps go on only through rows that are deleted themselves: above a parent stand those whose
delete deletes the parent's rows, below a child something only where the child's rows go.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.ide.cursor import locate
from prisma_lsp.ide.symbols import model_at
from prisma_lsp.schema.blast import Outcome, outcome
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.relations import action
from prisma_lsp.schema.schema import Schema

_WORDS: dict[Outcome, str] = {
    "deleted": "rows are deleted",
    "blocked": "rows block the delete",
    "emptied": "the key becomes NULL",
    "defaulted": "the key gets its default",
    "orphaned": "rows are left behind",
}


class Step(NamedTuple):
    """A model in the tree.  ``detail`` says how the delete gets here; ``ends`` where it stops.

    Lines and columns are those of the model's file: the whole block and its name.
    """

    model: str
    detail: str
    path: str
    first: int
    last: int
    line: int
    start: int
    end: int
    ends: bool = False


def start(schema: Schema, path: str, line: int, column: int) -> Step | None:
    """The model that a position is about."""
    cursor = locate(schema, path, line, column)
    model = model_at(schema, cursor) if cursor is not None else None
    return _step(schema, model, "", False) if model is not None else None


def children(schema: Schema, name: str) -> list[Step]:
    """The models whose rows a delete in the model ``name`` reaches."""
    found: list[Step] = []
    for model in schema.referrers(name):
        fields = [f for f in model.all_fields if f.type_name == name and f.key and not f.is_list]
        if fields and model.kind == "model":
            ends = not any(_outcome(schema, field) == "deleted" for field in fields)
            found.append(_step(schema, model, _told(schema, fields), ends))
    return found


def parents(schema: Schema, name: str, *, deleting: bool = False) -> list[Step]:
    """The models whose delete reaches the rows of the model ``name``; with ``deleting`` only those
    that delete its rows."""
    model = schema.model(name)
    if model is None:
        return []
    by_parent: dict[str, list[Field]] = {}
    for field in model.all_fields:
        holds = field.key and not field.is_list and schema.kind_of(field.type_name) == "model"
        if holds and (not deleting or _outcome(schema, field) == "deleted"):
            by_parent.setdefault(field.type_name, []).append(field)
    found: list[Step] = []
    for parent, fields in sorted(by_parent.items()):
        declared = schema.model(parent)
        if declared is not None:
            found.append(_step(schema, declared, _told(schema, fields), False))
    return found


def _outcome(schema: Schema, field: Field) -> Outcome:
    return outcome(field, action(field, "onDelete", schema).name, schema)


def _told(schema: Schema, fields: list[Field]) -> str:
    """``onDelete: Cascade on Order.shop: rows are deleted``."""
    return "; ".join(
        f"{field.owner.name}.{field.name} · {action(field, 'onDelete', schema).name}"
        f" · {_WORDS[_outcome(schema, field)]}"
        for field in fields
    )


def _step(schema: Schema, model: Model, detail: str, ends: bool) -> Step:
    place = schema.place(model)
    name = model.name_node
    return Step(
        model.name, detail, model.path, place.line, place.line + len(model.block.lines),
        place.line + model.block.header, name.start, name.end, ends,
    )  # fmt: skip
