"""The datasource, and the blocks of settings in general."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue, versions
from prisma_lsp.schema.declarations import Config
from prisma_lsp.syntax import nodes

_URLS = frozenset(catalogue.REMOVED_DATASOURCE_PROPERTIES)


@rule(level="error")
def blocks(config: Config, context: Context) -> Iterator[Finding]:
    """One datasource, and no two generators of one name."""
    name = config.name_node
    firsts = context.first_configs()
    if config.kind == "datasource" and firsts["another datasource"] is not None:
        yield Finding(
            config.block.header, name.start, name.end,
            "A schema has one datasource: remove the others", rule="duplicate-datasource",
        )  # fmt: skip
        return
    if firsts.get(f"{config.kind} {config.name}") is not config:
        yield Finding(
            config.block.header, name.start, name.end,
            f"There is already a {config.kind} `{config.name}`: give this one another name",
            rule="duplicate-name",
        )  # fmt: skip


@rule(level="error")
def properties(config: Config, context: Context) -> Iterator[Finding]:
    """Properties given twice or without a value, and those that a datasource does not have."""
    is_source = config.kind == "datasource"
    provider = context.provider()
    given: set[str] = set()
    for line, node in config.block.entries:
        if not isinstance(node, nodes.PropertyLine):
            continue
        name = node.name
        twice = name.value in given
        given.add(name.value)
        if twice:
            yield _finding(
                line,
                name,
                "duplicate-property",
                f"`{name.value}` is given twice: remove one of them",
            )
        elif is_source and name.value in _URLS:
            version = context.environment.prisma_version
            if version is not None and version.since(versions.URL_REMOVED):
                yield _finding(
                    line, name, "unknown-property",
                    f"{version} has no `{name.value}` in the schema: move it to `prisma.config.ts`",
                )  # fmt: skip
        elif is_source and not _known(name.value, provider):
            known = ", ".join(
                f"`{p}`" for p in ("provider", "relationMode", "schemas", "extensions")
            )
            advice = (
                f"{catalogue.PROVIDER_TITLES.get(provider or '', 'this provider')} has none: remove it"
                if name.value == "extensions"
                else f"it knows {known}"
            )
            yield _finding(
                line, name, "unknown-property",
                f"A datasource has no property `{name.value}`: {advice}",
            )  # fmt: skip
    name = config.name_node
    header = config.block.header
    empty = [
        n.name.value
        for _, n in config.properties.values()
        if n.value is None and n.name.value not in _URLS
    ]
    if empty:
        shown = ", ".join(f"`{e}`" for e in empty)
        yield _finding(
            header, name, "missing-value", f"{shown} has no value here: write one after the `=`"
        )
    elif "provider" not in config.properties:
        yield _finding(
            header, name, "missing-provider",
            f"The {config.kind} has no `provider`: add `provider = \"…\"`",
        )  # fmt: skip
    elif any(problem.line == config.properties["provider"][0] for problem in config.block.problems):
        yield _finding(
            header, name, "missing-provider",
            f"The {config.kind} has no `provider` as long as the line with it cannot be read",
        )  # fmt: skip


def _known(name: str, provider: str | None) -> bool:
    if name == "extensions":
        return provider in ("postgresql", None)
    return name in catalogue.DATASOURCE_PROPERTIES


@rule(level="error")
def provider(config: Config, context: Context) -> Iterator[Finding]:
    entry = config.properties.get("provider")
    if config.kind != "datasource" or entry is None or entry[1].value is None:
        return
    line, node = entry
    value = node.value
    assert value is not None
    known = ", ".join(f"`{name}`" for name in catalogue.PROVIDERS)
    if isinstance(value, nodes.Call) and value.name == "env":
        yield _finding(
            config.block.header, config.name_node, "invalid-provider",
            f"The provider cannot come from the environment: write one of {known}",
        )  # fmt: skip
    elif not isinstance(value, nodes.String):
        yield _finding(
            line, value, "invalid-provider", f"The provider is a text in quotes, one of {known}"
        )
    elif catalogue.canonical_provider(value.value) is None:
        yield _finding(
            line, value, "unknown-provider", f"`{value.value}` is no provider: write one of {known}"
        )


@rule(level="error")
def settings(config: Config, context: Context) -> Iterator[Finding]:
    """The values of a datasource's other properties."""
    if config.kind != "datasource":
        return
    given = config.properties
    source = context.provider()
    if "relationMode" in given and "referentialIntegrity" in given:
        line, node = given["referentialIntegrity"]
        yield _finding(
            line, node.name, "duplicate-property",
            "`referentialIntegrity` is the old name of `relationMode`: keep `relationMode` alone",
        )  # fmt: skip
    for name in ("relationMode", "referentialIntegrity"):
        if name not in given or given[name][1].value is None:
            continue
        line, node = given[name]
        value = node.value
        assert value is not None
        modes = ("prisma",) if source == "mongodb" else ("prisma", "foreignKeys")
        if not isinstance(value, nodes.String) or value.value not in modes:
            names = " or ".join(f'`"{mode}"`' for mode in modes)
            node_at: nodes.Node = value
            if isinstance(value, nodes.String) and value.value != "foreignKeys":
                # Prisma puts this one on the header.
                line, node_at = config.block.header, config.name_node
            yield _finding(line, node_at, "argument-value", f"`{name}` is {names}")
    if "schemas" in given and given["schemas"][1].value is not None:
        line, node = given["schemas"]
        version = context.environment.prisma_version
        graduated = versions.PREVIEWS["multiSchema"].graduated
        if (
            version is not None
            and graduated is not None
            and version.before(graduated)
            and source in catalogue.MULTI_SCHEMA_PROVIDERS
            and not _has_preview(context, "multiSchema")
        ):
            yield _finding(
                line, node.name, "preview-feature",
                f'In {version} `schemas` is a preview: add `previewFeatures = ["multiSchema"]` to the generator',
            )  # fmt: skip
        yield from _schemas(line, node.value, source)  # type: ignore[arg-type]
    if (
        "extensions" in given
        and given["extensions"][1].value is not None
        and source == "postgresql"
    ):
        line, node = given["extensions"]
        if "postgresqlextensions" not in {f.lower() for f in context.preview_features()}:
            yield _finding(
                line, node.name, "preview-feature",
                'Extensions are a preview: add `previewFeatures = ["postgresqlExtensions"]` to the generator',
            )  # fmt: skip
        yield from _extensions(line, node.value)  # type: ignore[arg-type]


def _schemas(line: int, value: nodes.Expression, provider: str | None) -> Iterator[Finding]:
    if provider is not None and provider not in catalogue.MULTI_SCHEMA_PROVIDERS:
        title = catalogue.PROVIDER_TITLES[provider]
        yield _finding(
            line, value, "unknown-property", f"{title} has no `schemas`: remove the property"
        )
        return
    if isinstance(value, nodes.Array) and not value.items:
        yield _finding(
            line,
            value,
            "argument-value",
            "The list is empty: name a schema, or remove the property",
        )
    seen: set[str] = set()
    for item in value.items if isinstance(value, nodes.Array) else (value,):
        if not isinstance(item, nodes.String):
            yield _finding(line, item, "argument-value", "The name of a schema is a text in quotes")
        elif item.value in seen:
            yield _finding(
                line, item, "argument-value", f"`{item.value}` is listed twice: remove one"
            )
        else:
            seen.add(item.value)


def _extensions(line: int, value: nodes.Expression) -> Iterator[Finding]:
    known = {argument.name for argument in catalogue.EXTENSION_ARGUMENTS}
    for item in value.items if isinstance(value, nodes.Array) else (value,):
        if not isinstance(item, (nodes.Reference, nodes.Call)):
            yield _finding(
                line, item, "argument-value", "An extension is written by its name, without quotes"
            )
            continue
        if "-" in item.name:
            yield _finding(
                line, item, "name-spelling",
                f"No `-` can stand here: write `{item.name.replace('-', '_')}(map: \"{item.name}\")`",
            )  # fmt: skip
        if isinstance(item, nodes.Reference):
            continue
        seen: set[str] = set()
        for argument in item.arguments:
            name = argument.name.value if argument.name is not None else ""
            if not name:
                problem = "Arguments of an extension have names: " + ", ".join(
                    f"`{k}`" for k in sorted(known)
                )
            elif name not in known:
                problem = f"An extension has no `{name}`: it knows " + ", ".join(
                    f"`{k}`" for k in sorted(known)
                )
            elif name in seen:
                problem = f"`{name}` is given twice: remove one of them"
            elif not isinstance(argument.value, nodes.String):
                problem = f"`{name}` is a text in quotes"
            else:
                problem = ""
            seen.add(name)
            if problem:
                yield _finding(line, argument, "argument-value", problem)


@rule(level="error")
def missing_url(config: Config, context: Context) -> Iterator[Finding]:
    version = context.environment.prisma_version
    if config.kind != "datasource" or version is None or not version.before(versions.URL_OPTIONAL):
        return
    if config.block.close < 0 or "url" in config.properties or "provider" not in config.properties:
        return
    if not version.before(versions.URL_OPTIONAL_WITH_ADAPTER) and (
        context.provider() == "sqlite" or _has_preview(context, "driverAdapters")
    ):
        return
    yield _finding(
        config.block.header, config.name_node, "missing-url",
        f'{version} reads the address from the schema: add `url = env("DATABASE_URL")`',
    )  # fmt: skip


def _has_preview(context: Context, name: str) -> bool:
    return name.lower() in {feature.lower() for feature in context.preview_features()}


@rule(level="warning")
def old_names(config: Config, context: Context) -> Iterator[Finding]:
    if config.kind != "datasource":
        return
    for old, new in catalogue.DEPRECATED_DATASOURCE_PROPERTIES.items():
        if old in config.properties:
            line, node = config.properties[old]
            yield Finding(
                line, node.name.start, node.name.end,
                f"`{old}` is now called `{new}`: rename it", rule="deprecated-property",
                deprecated=True,
            )  # fmt: skip


def _finding(line: int, node: nodes.Node, code: str, message: str) -> Finding:
    return Finding(line, node.start, node.end, message, rule=code)
