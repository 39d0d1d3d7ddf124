"""Deletes that cascade from one table to the next and come back to where they began."""

from __future__ import annotations

from prisma_lsp.lint.columns import may_be
from prisma_lsp.schema.declarations import Field
from prisma_lsp.schema.schema import Questions


def cascades(field: Field) -> bool:
    """Whether a delete of what the field refers to is written to delete its rows as well."""
    if not field.key or field.is_list:
        return False
    written = field.action("onDelete")
    return written is not None and written.name == "Cascade"


def circle(field: Field, facts: Questions) -> tuple[str, ...] | None:
    """The models by which a delete that reaches the field's rows comes back to what it refers to.

    None where no way is short, and where the provider lets nothing go round.
    """
    start, target = field.owner.name, field.type_name
    if start == target or may_be(facts, "sqlserver", "mongodb"):
        return None
    further = [f.type_name for f in facts.held_relations(target) if cascades(f)]
    if start in further:
        return ()
    for name in further:
        if name in (start, target):
            continue
        if any(f.type_name == start and cascades(f) for f in facts.held_relations(name)):
            return (name,)
    return None
