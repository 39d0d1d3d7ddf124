"""Several schemas of one database: ``schemas`` in the datasource and ``@@schema``."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.validity.connectors import CONNECTORS
from prisma_lsp.schema.declarations import Declaration
from prisma_lsp.syntax import nodes


@rule(level="error")
def check(declaration: Declaration, context: Context) -> Iterator[Finding]:
    if declaration.kind not in ("model", "view", "enum"):
        return
    provider = context.connector()
    if provider is None:
        return
    found = next(((line, a) for line, a in declaration.attributes if a.name == "schema"), None)
    listed = context.database_schemas()
    if found is None:
        if listed and CONNECTORS[provider].multi_schema:
            name = declaration.name_node
            yield Finding(
                declaration.block.header, name.start, name.end,
                f"The datasource lists `schemas`, so `{name.value}` must say which it is in: add `@@schema(\"{listed[0]}\")`",
                rule="missing-schema",
            )  # fmt: skip
        return
    line, attribute = found
    value = attribute.argument("map", 0)
    if not CONNECTORS[provider].multi_schema:
        node: nodes.Node = value if value is not None else attribute
        yield Finding(
            line, node.start, node.end,
            f"{CONNECTORS[provider].title} has no schemas: remove `@@schema`", rule="unknown-schema",
        )  # fmt: skip
    elif isinstance(value, nodes.String) and value.value not in listed:
        shown = ", ".join(f"`{name}`" for name in listed)
        advice = (
            f"use one of {shown}, or add it there"
            if listed
            else f'add `schemas = ["{value.value}"]` there'
        )
        yield Finding(
            line, value.start, value.end,
            f"The datasource does not list the schema `{value.value}`: {advice}", rule="unknown-schema",
        )  # fmt: skip
