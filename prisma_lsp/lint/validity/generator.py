"""Generators and the preview features that they switch on."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue, versions
from prisma_lsp.schema.declarations import Config
from prisma_lsp.syntax import nodes

# Properties that Prisma itself reads; every other one is for the generator to judge.
_TEXTS = ("provider", "output", "engineType")


@rule(level="error")
def properties(config: Config, context: Context) -> Iterator[Finding]:
    if config.kind != "generator":
        return
    for name in _TEXTS:
        entry = config.properties.get(name)
        if entry is not None and entry[1].value is not None:
            value = entry[1].value
            if not isinstance(value, nodes.String) and not _is_env(value):
                yield _finding(entry[0], value, "argument-value", f"`{name}` is a text in quotes")
    entry = config.properties.get("binaryTargets")
    if entry is not None and entry[1].value is not None:
        for item in _items(entry[1].value):
            if not isinstance(item, nodes.String) and not _is_env(item):
                yield _finding(
                    entry[0], item, "argument-value", "A binary target is a text in quotes"
                )
    for line, node in config.properties.values():
        call = node.value
        if isinstance(call, nodes.Call) and call.name == "env":
            arguments = call.arguments
            if len(arguments) != 1 or not isinstance(arguments[0].value, nodes.String):
                yield _finding(
                    line,
                    call,
                    "argument-value",
                    "`env()` takes the name of one variable, in quotes",
                )


@rule(level="error")
def unknown_features(config: Config, context: Context) -> Iterator[Finding]:
    entry = config.properties.get("previewFeatures")
    if config.kind != "generator" or entry is None or entry[1].value is None:
        return
    line, node = entry
    version = context.environment.prisma_version
    for item in _items(node.value):
        if not isinstance(item, nodes.String):
            yield _finding(line, item, "argument-value", "A preview feature is a text in quotes")
            continue
        feature = catalogue.preview_feature(item.value)
        provider = context.provider()
        history = versions.preview(item.value)
        if version is not None and history.came is not None and version.before(history.came):
            yield _finding(
                line, item, "unknown-preview-feature",
                f"{version} has no preview feature `{item.value}`, it came with "
                f"{history.came[0]}.{history.came[1]}: remove it, or take a newer Prisma",
            )  # fmt: skip
        elif feature is None:
            if history.went is not None and _is_older(history.went, context):
                continue
            active = catalogue.active_preview_features(provider)
            if version is not None:
                active = versions.active(active, version)
            known = ", ".join(f"`{name}`" for name in active)
            yield _finding(
                line, item, "unknown-preview-feature",
                f"There is no preview feature `{item.value}`: there are {known}",
            )  # fmt: skip
        elif feature.providers is not None and provider not in feature.providers:
            names = " and ".join(catalogue.PROVIDER_TITLES[p] for p in feature.providers)
            yield _finding(
                line,
                item,
                "unknown-preview-feature",
                f"`{feature.name}` is only for {names}: remove it",
            )


@rule(level="warning")
def graduated_features(config: Config, context: Context) -> Iterator[Finding]:
    entry = config.properties.get("previewFeatures")
    if config.kind != "generator" or entry is None or entry[1].value is None:
        return
    line, node = entry
    version = context.environment.prisma_version
    for item in _items(node.value):
        if not isinstance(item, nodes.String):
            continue
        feature = catalogue.preview_feature(item.value)
        if feature is None or feature.status != "graduated":
            continue
        graduated = versions.preview(item.value).graduated
        if version is not None and graduated is not None and not version.since(graduated):
            continue
        renamed = feature.renamed.get(context.provider() or "")
        text = (
            f"`{item.value}` is now called `{renamed}`: rename it"
            if renamed
            else f"`{item.value}` is no preview any more and works without being listed: remove it"
        )
        yield Finding(
            line, item.start, item.end, text, rule="graduated-preview-feature",
            unused=not renamed, deprecated=bool(renamed),
        )  # fmt: skip


def _is_older(release: versions.Release, context: Context) -> bool:
    """Whether Prisma is, or may well be, older; where nothing tells, a `url` is one of Prisma 6."""
    version = context.environment.prisma_version
    if version is None:
        return context.has_url()
    return not version.since(release)


def _items(value: nodes.Expression | None) -> Iterator[nodes.Expression]:
    if isinstance(value, nodes.Array):
        yield from value.items
    elif value is not None:
        yield value


def _is_env(value: nodes.Expression) -> bool:
    return isinstance(value, nodes.Call) and value.name == "env"


def _finding(line: int, node: nodes.Node, code: str, message: str) -> Finding:
    return Finding(line, node.start, node.end, message, rule=code)
