"""The datasource and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Config
from prisma_lsp.syntax import nodes


@rule(level="error")
def blocks(config: Config, context: Context) -> Iterator[Finding]:
    """One datasource, and no two generators of one name."""
    same = [c for c in context.config_blocks() if c.kind == config.kind]
    name = config.name_node
    if config.kind == "datasource" and len(same) > 1:
        yield Finding(
            config.block.header, name.start, name.end,
            "A schema has one datasource: remove the others", rule="duplicate-datasource",
        )  # fmt: skip
    earlier = same[: next((i for i, c in enumerate(same) if c is config), 0)]
    if any(c.name == config.name for c in earlier):
        yield Finding(
            config.block.header, name.start, name.end,
            f"There is already a {config.kind} `{config.name}`: give this one another name",
            rule="duplicate-name",
        )  # fmt: skip


@rule(level="error")
def properties(config: Config, context: Context) -> Iterator[Finding]:
    """Properties given twice, and those that a datasource does not have."""
    for line, node in config.block.entries:
        if not isinstance(node, nodes.PropertyLine):
            continue
        name = node.name
        if config.properties[name.value][1] is not node:
            yield Finding(
                line, name.start, name.end,
                f"`{name.value}` is given twice: remove one of them", rule="duplicate-property",
            )  # fmt: skip
        elif config.kind == "datasource" and name.value not in catalogue.DATASOURCE_PROPERTIES:
            known = ", ".join(f"`{p}`" for p in ("provider", "relationMode", "schemas", "extensions"))
            yield Finding(
                line, name.start, name.end,
                f"A datasource has no property `{name.value}`: it knows {known}",
                rule="unknown-property",
            )  # fmt: skip
    if "provider" not in config.properties and not config.block.problems:
        name = config.name_node
        yield Finding(
            config.block.header, name.start, name.end,
            f"The {config.kind} has no `provider`: add `provider = \"…\"`", rule="missing-provider",
        )  # fmt: skip


@rule(level="error")
def provider(config: Config, context: Context) -> Iterator[Finding]:
    entry = config.properties.get("provider")
    if config.kind != "datasource" or entry is None or entry[1].value is None:
        return
    line, node = entry
    value = node.value
    known = ", ".join(f"`{name}`" for name in catalogue.PROVIDERS)
    if isinstance(value, nodes.Call) and value.name == "env":
        line = config.block.header
        node = config.name_node  # type: ignore[assignment]
        yield Finding(
            line, node.start, node.end,
            f"The provider cannot come from the environment: write one of {known}",
            rule="invalid-provider",
        )  # fmt: skip
    elif not isinstance(value, nodes.String):
        yield Finding(
            line, value.start, value.end,  # type: ignore[union-attr]
            f"The provider is a string: one of {known}", rule="invalid-provider",
        )  # fmt: skip
    elif catalogue.canonical_provider(value.value) is None:
        yield Finding(
            line, value.start, value.end,
            f"`{value.value}` is no provider: write one of {known}", rule="unknown-provider",
        )  # fmt: skip
