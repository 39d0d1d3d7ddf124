"""Names: taken already, reserved, or not to be spelled like that."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.validity.connectors import CONNECTORS
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.constraints import Constraint, constraints
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Field, Model
from prisma_lsp.syntax import nodes

KIND_NAMES = {"type": "composite type"}


@rule(level="error")
def declarations(declaration: Declaration, context: Context) -> Iterator[Finding]:
    """Models, views, types and enums share one namespace; datasources and generators have theirs."""
    name = declaration.name_node
    line = declaration.block.header
    if name.value in catalogue.SCALARS:
        yield _finding(
            line, name, "reserved-name", f"`{name.value}` is a built-in type: choose another name"
        )
    if isinstance(declaration, Config):
        return
    yield from _spelling(line, name, declaration.kind)
    if name.value in catalogue.RESERVED and declaration.kind != "type":
        yield _finding(
            line, name, "reserved-name",
            f"The generated client cannot call anything `{name.value}`: choose another name and keep the table with `@@map`",
        )  # fmt: skip
    if len(context.kinds_named(declaration.name)) < 2:
        return
    first = context.declarations(declaration.name)[0]
    if first is not declaration:
        kind = KIND_NAMES.get(first.kind, first.kind)
        yield _finding(
            line, name, "duplicate-name",
            f"`{name.value}` is already the name of {_a(kind)}: give one of the two another name",
        )  # fmt: skip


@rule(level="error")
def fields(model: Model, context: Context) -> Iterator[Finding]:
    everything = model.all_fields
    known = model.fields
    doubled = len(known) != len(everything)
    mapped: set[str] = set()
    for field in everything:
        name = field.node.name
        if not name.value.isidentifier():
            yield from _spelling(field.line, name, "field")
        if doubled and known[name.value] is not field:
            yield _finding(
                field.line, name, "duplicate-field",
                f"`{model.name}` already has a field `{name.value}`: rename or remove one of them",
            )  # fmt: skip
        elif field.node.attributes and (column := field.mapped_name) is not None:
            other = known.get(column)
            taken = column in mapped
            if other is not None and other is not field and not taken and model.kind != "type":
                taken = context.kind_of(other.type_name) not in ("model", "view")
            if model.kind == "type" and not taken:
                taken = other is not None and other is not field and other.column == column
            mapped.add(column)
            if taken:
                yield _finding(
                    field.line, name, "duplicate-column",
                    f"Another field of `{model.name}` is already called `{column}` in the database: choose another `@map`",
                )  # fmt: skip


@rule(level="error")
def values(enum: Enum, context: Context) -> Iterator[Finding]:
    seen: set[str] = set()
    for value in enum.values:
        name = value.node.name
        if not name.value.isidentifier():
            yield from _spelling(value.line, name, "value")
        if value.name in seen:
            yield _finding(
                value.line, name, "duplicate-value",
                f"`{enum.name}` already has a value `{name.value}`: rename or remove one of them",
            )  # fmt: skip
        seen.add(value.name)


@rule(level="error")
def tables(declaration: Declaration, context: Context) -> Iterator[Finding]:
    """Two models of one table, two enums of one type."""
    kind = declaration.kind
    if kind not in ("model", "view", "enum"):
        return
    scope = "enum" if kind == "enum" else "table"
    stored = declaration.database_name
    sharers = context.sharers(scope, stored)
    if len(sharers) < 2:
        return
    attribute = declaration.attribute("map")
    if attribute is None and kind != "enum":
        return
    own = declaration.attribute("schema")
    given = own.argument("map", 0) if own is not None else None
    schema = str(getattr(given, "value", "")) if given is not None else ""
    other = next((n for n, _, where in sharers if n != declaration.name and where == schema), None)
    if other is None:
        return
    line = declaration.block.header
    node: nodes.Node = declaration.name_node
    if attribute is not None and kind != "enum":
        line = next(at for at, a in declaration.attributes if a is attribute)
        node = attribute
    what = "enum type" if kind == "enum" else "table"
    yield _finding(
        line, node, "duplicate-table",
        f"`{other}` is already the {what} `{stored}` in the database: choose another name for one of them",
    )  # fmt: skip


@rule(level="error")
def constraint_names(model: Model, context: Context) -> Iterator[Finding]:
    """Keys, indexes and foreign keys whose names clash or are too long for the provider."""
    provider = context.connector()
    if provider is None or model.kind != "model":
        return
    connector = CONNECTORS[provider]
    emulated = context.relation_mode() == "prisma"
    if not connector.global_names and not connector.model_names:
        return
    mine: dict[str, list[Constraint]] = {}
    for constraint in constraints(model, connector.max_identifier):
        if constraint.kind == "foreign key" and emulated:
            continue
        mine.setdefault(constraint.name, []).append(constraint)
    schema = model.database_schema or ""
    for name, found in mine.items():
        for constraint in found:
            if (
                constraint.written
                and not (constraint.kind == "default" and not connector.named_default)
                and 0 < connector.max_identifier < len(name.encode("utf-8", "surrogatepass"))
            ):
                yield _on_constraint(
                    constraint, "name-length",
                    f"{connector.title} cuts names after {connector.max_identifier} characters: shorten this one of {len(name)}",
                )  # fmt: skip
        if provider == "mysql" or provider == "sqlite":
            found = [c for c in found if c.kind != "id"]
        here = [c for c in found if c.kind in connector.model_names]
        clash: list[Constraint] = []
        if len(here) > 1:
            clash = [c for c in here if c.kind in connector.model_names_reported]
            everywhere = len([c for c in found if c.kind in connector.global_names]) > 1
            if everywhere:
                clash = here
            for constraint in clash:
                other = next((c for c in here if c is not constraint), constraint)
                yield _on_constraint(
                    constraint, "duplicate-constraint",
                    f"The database name `{name}` is taken by another {_called(other)} of `{model.name}`: "
                    + ("remove one of them" if _same(constraint, other) else "give one of them another `map`"),
                )  # fmt: skip
        for constraint in found:
            if constraint.kind not in connector.global_names or constraint in clash:
                continue
            if not constraint.written and len(context.sharers("table", model.database_name)) > 1:
                continue  # Two models of one table: that is said already.
            sharer = next(
                (
                    other
                    for other, what, where in context.sharers("constraint", name)
                    if what in connector.global_names and where == schema and other != model.name
                ),
                None,
            )
            local = [c for c in found if c.kind in connector.global_names and c is not constraint]
            if sharer is not None or local:
                where = sharer or model.name
                yield _on_constraint(
                    constraint, "duplicate-constraint",
                    f"The database name `{name}` is already taken in `{where}`: give one of them another `map`",
                )  # fmt: skip


def _called(constraint: Constraint) -> str:
    return {"id": "primary key", "unique": "unique key"}.get(constraint.kind, constraint.kind)


def _same(one: Constraint, other: Constraint) -> bool:
    return (
        one.key is not None
        and other.key is not None
        and one.kind == other.kind
        and one.key.names == other.key.names
    )


def _on_constraint(constraint: Constraint, code: str, message: str) -> Finding:
    if constraint.key is not None:
        attribute = constraint.key.attribute
        line = constraint.key.line
    else:
        field = constraint.field
        assert isinstance(field, Field)
        found = field.attribute("default" if constraint.kind == "default" else "relation")
        assert found is not None
        attribute = found
        line = field.line
    return Finding(line, attribute.start, attribute.name_end, message, rule=code)


def _spelling(line: int, name: nodes.Name, kind: str) -> Iterator[Finding]:
    text = name.value
    if text[0].isdigit():
        yield _finding(line, name, "name-spelling", f"The name of {_a(kind)} begins with a letter")
    elif "-" in text:
        yield _finding(
            line, name, "name-spelling",
            f"The name of {_a(kind)} has no `-`: write `{text.replace('-', '_')}`"
            + (f' and keep the old one with `@map("{text}")`' if kind in ("field", "value") else ""),
        )  # fmt: skip


def _finding(line: int, node: nodes.Node, code: str, message: str) -> Finding:
    return Finding(line, node.start, node.end, message, rule=code)


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
