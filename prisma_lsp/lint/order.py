"""In which order a model's fields stand, and where a fix puts a new one."""

from __future__ import annotations

from collections.abc import Sequence

from prisma_lsp.lint.fixes import Draft, Workbench
from prisma_lsp.lint.rule import find_rule, is_on, options_in
from prisma_lsp.lint.timestamps import is_usual
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Questions
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import nodes


def rank(name: str, group: str, order: Sequence[str]) -> int:
    """The place in ``order``, a list of names and groups, of a field: the smaller the higher."""
    for one in (name, group, "..."):
        if one in order:
            return order.index(one)
    return len(order)


def ranks_of(model: Model, order: Sequence[str], facts: Questions) -> list[int]:
    """The rank of each field.

    Where all is in order once a key of several columns counts as the id, its relations with it, it does.
    """
    ranks = [rank(field.name, group_of(field, facts), order) for field in model.all_fields]
    own = set(model.id.names) if model.id is not None else set()
    if len(own) < 2 or "id" not in order or ranks == sorted(ranks):
        return ranks
    led = [
        order.index("id") if field.name in own or (field.key and own.issuperset(field.key)) else one
        for field, one in zip(model.all_fields, ranks, strict=True)
    ]
    return led if led == sorted(led) else ranks


def group_of(field: Field, facts: Questions) -> str:
    """``id``, ``timestamps``, ``relations`` (keys too), ``lists`` (other sides of relations) or ``scalars``.

    A type that cannot be read is a model's where the field is a list or has a ``@relation``.
    """
    model = field.owner
    if field.key:
        return "relations"
    if field.type_name not in catalogue.SCALARS:
        kind = facts.kind_of(field.type_name)
        if kind in ("model", "view") or (
            kind is None and (field.is_list or field.relation is not None)
        ):
            return "lists"
    # The parts of a key of several columns may be anything.
    key = model.id
    if key is not None and len(key.columns) == 1 and key.columns[0].name == field.name:
        return "id"
    if field.name in model.key_fields:
        return "relations"
    if is_usual(field):
        return "timestamps"
    return "scalars"


def line_for(model: Model, name: str, group: str, usual: int, bench: Workbench) -> int:
    """The line of the block before which a new field goes.

    It is ``usual``, unless the fields are in the order that a rule asks for and would not be then.
    """
    settings = bench.environment.settings
    if not is_on("field-order", settings) or not model.all_fields:
        return usual
    rule = find_rule("field-order")
    assert rule is not None
    order = options_in(rule, settings).order
    new = rank(name, group, order)
    every = zip(model.all_fields, ranks_of(model, order, bench.schema), strict=True)
    ranked = [(field, one) for field, one in every if not _is_elsewhere(field, settings)]
    fields, ranks = [field for field, _ in ranked], [one for _, one in ranked]
    if ranks != sorted(ranks):
        return usual
    above = [field.line for field, one in zip(fields, ranks, strict=True) if one <= new]
    below = [field.line for field, one in zip(fields, ranks, strict=True) if one > new]
    if above:
        highest = above[-1] + 1
    elif fields and fields[0] is not model.all_fields[0]:
        highest = model.all_fields[0].line + 1
    else:
        highest = first_line(model, model.all_fields[0])
    lowest = below[0] if below else usual
    return usual if highest <= usual <= lowest else highest


def _is_elsewhere(field: Field, settings: Settings) -> bool:
    """Whether another rule says where the field goes."""
    key = field.owner.id
    return key is not None and key.field is field and is_on("id-field-first", settings)


def first_line(model: Model, field: Field) -> int:
    """The line where the comments right above the field begin, else the field's own."""
    comments = {line for line, node in model.block.entries if isinstance(node, nodes.CommentLine)}
    line = field.line
    while line - 1 in comments:
        line -= 1
    return line


def move_up(draft: Draft, model: Model, field: Field, text: str) -> None:
    """Move a field's line, as ``text``, and the comments above it to the top of its model."""
    block = model.block
    start = first_line(model, field)
    moved = "".join(block.lines[start : field.line]) + text
    draft.replace_in_block(model.path, block, first_line(model, model.all_fields[0]), 0, 0, moved)
    for line in range(start, field.line + 1):
        draft.remove_line(model.path, block, line)
