"""What a field's type may be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.validity.connectors import CONNECTORS
from prisma_lsp.schema import catalogue, versions
from prisma_lsp.schema.declarations import Declaration, Enum, Field, Fields

# How many types a circle is searched through; a schema of more than a few is rare.
_MOST_TYPES = 200
# Where more of the schema than this needs a declaration that a missing `}` hides, the cause is said
# and not what follows from it.
_MOST_REFERRERS = 10
_BY_LOWER = {name.lower(): name for name in catalogue.SCALARS}
_UNSUPPORTED = re.compile(r"(\w+)(?:\(\s*(\d+(?:\s*,\s*\d+)*)\s*\))?")


@rule(level="error")
def unknown(some: Fields, context: Context) -> Iterator[Finding]:
    for field in some.fields:
        name = field.type_name
        if name in catalogue.SCALARS or not name:
            continue
        kind = field.node.type
        assert kind is not None
        if kind.unsupported is not None:
            yield from _has_a_name(field, kind.unsupported, context)
        elif context.is_lost(name):
            if not field.owner.is_lost and context.referrer_count(name) <= _MOST_REFERRERS:
                yield _on_type(
                    field, "lost-type",
                    f"Prisma does not see `{name}`: its block, or the one above it, is not closed",
                )  # fmt: skip
        elif context.kind_of(name) is None:
            meant = _BY_LOWER.get(name.lower())
            advice = f"did you mean `{meant}`?" if meant else "no model, enum or type has this name"
            yield _on_type(field, "unknown-type", f"`{name}` is not a type: {advice}")


@rule(level="error")
def provider_types(some: Fields, context: Context) -> Iterator[Finding]:
    """Lists, decimals and JSON where the provider has none."""
    provider = context.connector()
    if provider is None or provider == "postgresql" or some.model.kind == "type":
        return
    connector = CONNECTORS[provider]
    version = context.environment.prisma_version
    before_json = (
        provider == "sqlite"
        and version is not None
        and version.before(versions.SQLITE_ENUMS_AND_JSON)
    )
    for field in some.fields:
        name = field.type_name
        if before_json and name == "Json":
            yield _on_type(
                field, "unsupported-type",
                f"{version} has no `Json` on SQLite, it came with 6.2: use `String`",
            )  # fmt: skip
            continue
        if not field.is_list:
            if (name == "Decimal" and not connector.decimal) or (
                name == "Json" and not connector.json
            ):
                yield _on_type(
                    field,
                    "unsupported-type",
                    f"{connector.title} has no `{name}`: use another type",
                )
            continue
        kind = field.node.type
        assert kind is not None
        if kind.legacy:
            continue
        if (
            name not in catalogue.SCALARS
            and not field.is_unsupported
            and context.kind_of(name) not in ("enum", "type")
        ):
            continue
        if not connector.scalar_lists:
            yield _on_type(
                field, "unsupported-list",
                f"{connector.title} has no lists of values: use a model of its own for `{field.name}`"
                + (", or `Json`" if connector.json else ""),
            )  # fmt: skip
        elif name == "Json" and not connector.json_lists:
            yield _on_type(
                field, "unsupported-list",
                f"{connector.title} has no lists of `Json`: put the list into one `Json`",
            )  # fmt: skip
        elif name == "Decimal" and not connector.decimal:
            yield _on_type(
                field, "unsupported-type", f"{connector.title} has no `{name}`: use another type"
            )


@rule(level="error")
def composite_fields(some: Fields, context: Context) -> Iterator[Finding]:
    if some.model.kind != "type":
        return
    for field in some.fields:
        if context.kind_of(field.type_name) in ("model", "view"):
            yield _on_type(
                field, "composite-relation",
                f"`{field.type_name}` is a model, and a composite type cannot hold relations: hold its id, or make `{field.type_name}` a `type`",
            )  # fmt: skip


@rule(level="error")
def composite_cycles(some: Fields, context: Context) -> Iterator[Finding]:
    """A composite type that holds itself, required, would never end."""
    if some.model.kind != "type":
        return
    for field in some.fields:
        if field.arity or context.kind_of(field.type_name) != "type":
            continue
        path = _cycle(field, context)
        if path:
            yield _on_type(
                field, "composite-cycle",
                f"This type would never end: {' → '.join(path)}; make one of these fields optional or a list",
            )  # fmt: skip


def _cycle(field: Field, context: Context) -> list[str]:
    start = field.owner.name
    stack = [(field.type_name, [f"`{start}`"])]
    seen: set[str] = set()
    while stack and len(seen) < _MOST_TYPES:
        name, path = stack.pop()
        path = [*path, f"`{name}`"]
        if name == start:
            return path
        if name in seen:
            continue
        seen.add(name)
        for other in context.required_composites(name):
            stack.append((other, path))
    return []


@rule(level="error")
def kinds(declaration: Declaration, context: Context) -> Iterator[Finding]:
    """Enums, composite types and views where there are none."""
    kind = declaration.kind
    if kind == "model":
        return
    name = declaration.name_node
    message = ""
    if kind == "view":
        if "views" not in {f.lower() for f in context.preview_features()}:
            message = 'Views are a preview: add `previewFeatures = ["views"]` to the generator'
        code = "preview-feature"
    elif kind == "enum" or kind == "type":
        provider = context.connector()
        code = "unsupported-block"
        if provider is None:
            return
        connector = CONNECTORS[provider]
        if kind == "enum" and not connector.enums:
            message = f"{connector.title} has no enums: use `String` for `{declaration.name}`"
        elif kind == "enum" and provider == "sqlite":
            version = context.environment.prisma_version
            if version is not None and version.before(versions.SQLITE_ENUMS_AND_JSON):
                message = (
                    f"{version} has no enums on SQLite, they came with 6.2: "
                    f"use `String` for `{declaration.name}`"
                )
        elif kind == "type" and not connector.composite_types:
            message = f"{connector.title} has no composite types, only MongoDB has them: use a model for `{declaration.name}`"
    if message:
        yield Finding(declaration.block.header, name.start, name.end, message, rule=code)


@rule(level="error")
def empty(enum: Enum, context: Context) -> Iterator[Finding]:
    if not enum.values and not enum.block.problems:
        name = enum.name_node
        yield Finding(
            enum.block.header, name.start, name.end,
            f"`{enum.name}` has no values: add at least one", rule="empty-enum",
        )  # fmt: skip


def _has_a_name(field: Field, text: str, context: Context) -> Iterator[Finding]:
    """`Unsupported` around a type that Prisma knows."""
    match = _UNSUPPORTED.fullmatch(text)
    provider = context.provider()
    if match is None or provider is None:
        return
    native = catalogue.NATIVE_TYPES[provider].get(match.group(1))
    if native is None:
        return
    count = len(match.group(2).split(",")) if match.group(2) else 0
    if not native.min_args <= count <= native.max_args:
        return
    yield _on_type(
        field, "supported-type",
        f"Prisma knows this type: write `{native.scalars[0]} @{context.datasource_name()}.{text}`",
    )  # fmt: skip


def _on_type(field: Field, code: str, message: str) -> Finding:
    kind = field.node.type
    assert kind is not None
    return Finding(field.line, kind.name_start, kind.name_end, message, rule=code)
