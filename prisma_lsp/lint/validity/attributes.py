"""Attributes: whether Prisma knows them, where they may stand, what they take."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Enum, Model
from prisma_lsp.syntax import nodes

_FIELD = frozenset(
    name[1:] for name in catalogue.ATTRIBUTES if name[0] == "@" and name[1] != "@"
)


@rule(level="error")
def unknown(model: Model, context: Context) -> Iterator[Finding]:
    """Attributes of fields and of the block that nothing in Prisma is called."""
    if model.kind == "type":
        place: catalogue.Place = "type_field"
    else:
        place = "field"
    for field in model.all_fields:
        for attribute in field.node.attributes:
            name = attribute.name
            if "." in name or (place == "field" and name in _FIELD):
                continue
            here: catalogue.Place = place
            if place == "field" and context.kind_of(field.type_name) in ("model", "view"):
                here = "relation"
            if not catalogue.known_attribute(name, here):
                yield _unknown(field.line, attribute, "@", "a field")
    for line, attribute in model.attributes:
        if not catalogue.known_attribute(attribute.name, model.kind):  # type: ignore[arg-type]
            yield _unknown(line, attribute, "@@", f"a {model.kind}")


@rule(level="error")
def unknown_on_enum(enum: Enum, context: Context) -> Iterator[Finding]:
    for value in enum.values:
        for attribute in value.node.attributes:
            if not catalogue.known_attribute(attribute.name, "value"):
                yield _unknown(value.line, attribute, "@", "an enum's value")
    for line, attribute in enum.attributes:
        if not catalogue.known_attribute(attribute.name, "enum"):
            yield _unknown(line, attribute, "@@", "an enum")


def _unknown(line: int, attribute: nodes.Attribute, signs: str, where: str) -> Finding:
    name = attribute.name
    other = signs[1:] or "@@"
    if f"{other}{name}" in catalogue.ATTRIBUTES and f"{signs}{name}" not in catalogue.ATTRIBUTES:
        advice = f"only `{other}{name}` exists"
    else:
        advice = f"Prisma knows no such attribute of {where}"
    return Finding(
        line, attribute.start, attribute.name_end, f"`{signs}{name}`: {advice}",
        rule="unknown-attribute",
    )  # fmt: skip
