"""Ids, unique keys and indexes."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Model


@rule(level="error")
def unknown_fields(model: Model, context: Context) -> Iterator[Finding]:
    if not model.attributes:
        return
    fields = model.fields
    for index in model.indexes:
        if index.field is not None:
            continue
        for column in index.columns:
            name = column.name.split(".", 1)[0]
            if name not in fields:
                yield Finding(
                    index.line, column.start, column.start + len(name),
                    f"`{model.name}` has no field `{name}`: name one of its fields, or add it",
                    rule="unknown-field",
                )  # fmt: skip
