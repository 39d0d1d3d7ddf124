"""Relations: their two sides, their keys and their actions."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import RelationField
from prisma_lsp.syntax import nodes


@rule(level="error")
def unknown_fields(field: RelationField, context: Context) -> Iterator[Finding]:
    """What ``fields`` and ``references`` name must exist."""
    relation = field.relation
    if relation is None:
        return
    for item in _items(relation.argument("fields")):
        if item.name not in field.owner.fields:
            yield _unknown(field, item, field.owner.name)
    for item in _items(relation.argument("references")):
        if context.field(field.type_name, item.name) is None:
            yield _unknown(field, item, field.type_name)


def _unknown(field: RelationField, item: nodes.Reference, model: str) -> Finding:
    return Finding(
        field.line, item.start, item.end,
        f"`{model}` has no field `{item.name}`: name one of its fields, or add it",
        rule="unknown-field",
    )  # fmt: skip


def _items(value: nodes.Expression | None) -> Iterator[nodes.Reference]:
    items = value.items if isinstance(value, nodes.Array) else (value,)
    for item in items:
        if isinstance(item, nodes.Reference):
            yield item
