"""Names that are taken already."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Model

KIND_NAMES = {"type": "composite type"}


@rule(level="error")
def declarations(declaration: Declaration, context: Context) -> Iterator[Finding]:
    """Models, views, types and enums share one namespace; datasources and generators have theirs."""
    if isinstance(declaration, Config):
        return
    if len(context.kinds_named(declaration.name)) < 2:
        return
    first, *rest = context.declarations(declaration.name)
    if any(other is declaration for other in rest):
        name = declaration.name_node
        kind = KIND_NAMES.get(first.kind, first.kind)
        yield Finding(
            declaration.block.header, name.start, name.end,
            f"`{name.value}` is already the name of {_a(kind)}: give one of the two another name",
            rule="duplicate-name",
        )  # fmt: skip


@rule(level="error")
def fields(model: Model, context: Context) -> Iterator[Finding]:
    if len(model.fields) == len(model.all_fields):
        return
    for field in model.all_fields:
        if model.fields[field.name] is not field:
            name = field.node.name
            yield Finding(
                field.line, name.start, name.end,
                f"`{model.name}` already has a field `{name.value}`: rename or remove one of them",
                rule="duplicate-field",
            )  # fmt: skip


@rule(level="error")
def values(enum: Enum, context: Context) -> Iterator[Finding]:
    seen: set[str] = set()
    for value in enum.values:
        if value.name in seen:
            name = value.node.name
            yield Finding(
                value.line, name.start, name.end,
                f"`{enum.name}` already has a value `{name.value}`: rename or remove one of them",
                rule="duplicate-value",
            )  # fmt: skip
        seen.add(value.name)


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
