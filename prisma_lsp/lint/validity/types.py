"""What a field's type may be."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Model

_BY_LOWER = {name.lower(): name for name in catalogue.SCALARS}


@rule(level="error")
def unknown(model: Model, context: Context) -> Iterator[Finding]:
    for field in model.all_fields:
        name = field.type_name
        if name in catalogue.SCALARS or not name:
            continue
        kind = field.node.type
        assert kind is not None
        if kind.unsupported is not None or context.kind_of(name) is not None:
            continue
        meant = _BY_LOWER.get(name.lower())
        advice = f"did you mean `{meant}`?" if meant else "no model, enum or type has this name"
        yield Finding(
            field.line, kind.name_start, kind.name_end, f"`{name}` is not a type: {advice}",
            rule="unknown-type",
        )  # fmt: skip
