"""Attributes: whether Prisma knows them, where they may stand, what they take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Declaration, Enum, Field, Fields
from prisma_lsp.syntax import nodes

_FIELD = frozenset(
    ("id", "unique", "default", "updatedAt", "map", "ignore", "shardKey")
)  # what a field that is not a relation may carry
_RELATION = frozenset(("relation", "ignore"))
_COMPOSITE = frozenset(("default", "map"))
# Of the attributes of a block, those that may be there more than once.
_MANY = frozenset(("unique", "index", "fulltext"))
_NAME_CHARACTERS = re.compile(r"[A-Za-z0-9_]+")
# What PostgreSQL and its kin have, and no other index type.
INDEX_TYPES = frozenset(("BTree", "Hash", "Gin", "Gist", "SpGist", "Brin"))
_EMPTY_ALLOWED = frozenset(("@map", "@@map"))

_Arguments = dict[str, catalogue.Argument]
_ARGUMENTS: dict[str, _Arguments] = {
    name: {argument.name: argument for argument in attribute.arguments}
    for name, attribute in catalogue.ATTRIBUTES.items()
}
_POSITIONAL: dict[str, str] = {
    name: next((a.name for a in attribute.arguments if a.positional), "")
    for name, attribute in catalogue.ATTRIBUTES.items()
}


@rule(level="error")
def on_fields(some: Fields, context: Context) -> Iterator[Finding]:
    """Attributes of fields: known here, only once, and with the arguments they take."""
    model = some.model
    for field in some.fields:
        attributes = field.node.attributes
        if not attributes:
            continue
        names = [a.name for a in attributes]
        if len(names) > 1 and len(set(names)) < len(names):
            yield from _doubled(field, names)
        kind = context.kind_of(field.type_name)
        if model.kind == "type":
            allowed, place = _COMPOSITE, "a field of a composite type"
        elif kind == "model" or kind == "view":
            allowed, place = _RELATION, "a relation field"
        else:
            allowed, place = _FIELD, "a field"
        for attribute in attributes:
            name = attribute.name
            if name == "ignore" and (
                field.is_unsupported or (model.is_ignored and allowed is not _RELATION)
            ):
                yield _finding(
                    field.line, attribute, "misplaced-attribute",
                    "The client leaves this field out already: remove `@ignore`",
                )  # fmt: skip
            if name in allowed:
                if attribute.arguments or name in ("default", "map"):
                    yield from _arguments(field.line, attribute, "@" + name)
            elif "." in name:
                if allowed is _RELATION:
                    yield _finding(
                        field.line, attribute, "misplaced-attribute",
                        f"`{field.name}` is a relation and has no column: put `@{name}` on the fields of its key",
                    )  # fmt: skip
            elif name != "relation" or kind is not None or field.is_unsupported:
                yield _not_here(field, attribute, place)


@rule(level="error")
def on_blocks(declaration: Declaration, context: Context) -> Iterator[Finding]:
    """Attributes of a model, view, type or enum."""
    if not declaration.attributes:
        return
    kind = declaration.kind
    seen: dict[str, int] = {}
    for line, attribute in declaration.attributes:
        name = attribute.name
        if kind == "type":
            yield _finding(
                line, attribute, "misplaced-attribute",
                f"A composite type has no attributes of its own: remove `@@{name}`",
            )  # fmt: skip
        elif not catalogue.known_attribute(name, kind):  # type: ignore[arg-type]
            yield _unknown(line, attribute, "@@", f"a {kind}" if kind != "enum" else "an enum")
        else:
            seen[name] = seen.get(name, 0) + 1
            yield from _arguments(line, attribute, "@@" + name)
    for line, attribute in declaration.attributes:
        if seen.get(attribute.name, 0) > 1 and attribute.name not in _MANY:
            yield _finding(
                line, attribute, "duplicate-attribute",
                f"`@@{attribute.name}` may be given once: remove the others",
            )  # fmt: skip


@rule(level="error")
def on_values(enum: Enum, context: Context) -> Iterator[Finding]:
    for value in enum.values:
        seen: set[str] = set()
        for attribute in value.node.attributes:
            if attribute.name != "map":
                yield _unknown(value.line, attribute, "@", "an enum's value")
                continue
            if attribute.name in seen:
                yield _finding(
                    value.line, attribute, "duplicate-attribute",
                    "`@map` may be given once: remove the others",
                )  # fmt: skip
            seen.add(attribute.name)
            yield from _arguments(value.line, attribute, "@map")


@rule(level="error")
def updated_at(some: Fields, context: Context) -> Iterator[Finding]:
    for field in some.fields:
        attributes = field.node.attributes
        if not attributes or (field.type_name == "DateTime" and not field.is_list):
            continue
        for attribute in attributes:
            if attribute.name == "updatedAt" and (
                field.is_unsupported
                or context.kind_of(field.type_name) not in (None, "model", "view")
            ):
                what = "is a list" if field.is_list else f"is of type `{field.type_name}`"
                yield _finding(
                    field.line, attribute, "updated-at-type",
                    f"`@updatedAt` writes one time, and `{field.name}` {what}: make it a `DateTime`",
                )  # fmt: skip


def _doubled(field: Field, names: list[str]) -> Iterator[Finding]:
    for attribute in field.node.attributes:
        name = attribute.name
        if names.count(name) > 1 and "." not in name:
            yield _finding(
                field.line, attribute, "duplicate-attribute",
                f"`@{name}` may be given once: remove the others",
            )  # fmt: skip


def _not_here(field: Field, attribute: nodes.Attribute, place: str) -> Finding:
    name = attribute.name
    if "@" + name not in catalogue.ATTRIBUTES:
        return _unknown(field.line, attribute, "@", place)
    if name == "relation" and place == "a field":
        message = (
            f"`{field.type_name}` is no model, so `{field.name}` is no relation: remove `@relation`"
        )
    elif place == "a relation field":
        key = ", ".join(f"`{k}`" for k in field.key or ())
        target = f" or put it on {key}" if key and name in ("id", "unique", "map") else ""
        message = (
            f"`{field.name}` is a relation and has no column of its own: remove `@{name}`{target}"
        )
    else:
        message = f"`@{name}` has no meaning on {place}: remove it"
    return _finding(field.line, attribute, "misplaced-attribute", message)


def _unknown(line: int, attribute: nodes.Attribute, signs: str, where: str) -> Finding:
    name = attribute.name
    other = signs[1:] or "@@"
    if f"{other}{name}" in catalogue.ATTRIBUTES and f"{signs}{name}" not in catalogue.ATTRIBUTES:
        advice = f"only `{other}{name}` exists"
    else:
        advice = f"Prisma knows no such attribute of {where}"
    return _finding(line, attribute, "unknown-attribute", f"`{signs}{name}`: {advice}")


def _finding(line: int, attribute: nodes.Attribute, code: str, message: str) -> Finding:
    return Finding(line, attribute.start, attribute.name_end, message, rule=code)


# --- arguments -----------------------------------------------------------------------------------


def _arguments(line: int, attribute: nodes.Attribute, name: str) -> Iterator[Finding]:
    """Arguments that are missing, unknown, given twice, empty or of the wrong kind."""
    written = attribute.arguments
    if written is not None and len(written) == 1 and written[0].name is None:
        # The usual forms, at once.
        value = written[0].value
        if attribute.trailing_comma < 0 and (
            (name == "@default" and value is not None)
            or (isinstance(value, nodes.String) and (name == "@map" or name == "@@map"))
        ):
            return
    known = _ARGUMENTS[name]
    positional = _POSITIONAL[name]
    given: set[str] = set()
    if attribute.trailing_comma >= 0:
        yield Finding(
            line, attribute.trailing_comma, attribute.trailing_comma + 1,
            "No comma stands after the last argument: remove it", rule="trailing-comma",
        )  # fmt: skip
    for argument in attribute.arguments or ():
        if argument.name is None:
            key = positional
            if not key or "" in given:
                text = (
                    f"`{name}` takes one argument without a name: put several values into `[ ]`"
                    if key
                    else f"`{name}` takes no argument without a name{_expected(known)}"
                )
                yield Finding(line, argument.start, argument.end, text, rule="unknown-argument")
                continue
            given.add("")
        else:
            key = argument.name.value
            if key not in known:
                yield Finding(
                    line, argument.name.start, argument.name.end,
                    f"`{name}` has no argument `{key}`{_expected(known)}", rule="unknown-argument",
                )  # fmt: skip
                continue
        if key in given:
            yield Finding(
                line, argument.start, argument.end,
                f"`{key}` is given twice: remove one of them", rule="duplicate-argument",
            )  # fmt: skip
            continue
        given.add(key)
        if argument.value is None:
            yield Finding(
                line, argument.start, argument.end,
                f"`{key}` has no value: write one after the colon", rule="missing-value",
            )  # fmt: skip
        else:
            yield from _value(line, argument.value, known[key], name)
    for key, wanted in known.items():
        if wanted.required and key not in given:
            yield _finding(
                line, attribute, "missing-argument", f"`{name}` needs its argument `{key}`"
            )
    if name == "@@index" and "map" in given and "name" in given:
        yield _finding(
            line, attribute, "duplicate-argument",
            "`name` is the old spelling of `map` here: keep `map` alone",
        )  # fmt: skip


def _expected(known: Iterable[str]) -> str:
    names = ", ".join(f"`{key}`" for key in known)
    return f": it knows {names}" if names else ": remove it"


def _value(
    line: int, value: nodes.Expression, argument: catalogue.Argument, name: str
) -> Iterator[Finding]:
    """Whether a value is of the kind its argument takes."""
    problem = ""
    match argument.kind:
        case "string":
            if not isinstance(value, nodes.String):
                problem = "is a text in quotes"
            elif not value.raw and name not in _EMPTY_ALLOWED:
                problem = "cannot be empty"
            elif (
                name in ("@@id", "@@unique")
                and argument.name == "name"
                and not _NAME_CHARACTERS.fullmatch(value.value)
            ):
                problem = "is a name of letters, digits and `_`"
        case "boolean":
            if not (isinstance(value, nodes.Reference) and value.name in ("true", "false")):
                problem = "is `true` or `false`"
        case "int":
            if not isinstance(value, nodes.Number) or "." in value.text:
                problem = "is a whole number"
        case "sort":
            if not (isinstance(value, nodes.Reference) and value.name in catalogue.SORT_ORDERS):
                problem = "is `Asc` or `Desc`"
        case "index type":
            if not (isinstance(value, nodes.Reference) and value.name in INDEX_TYPES):
                problem = "is one of " + ", ".join(f"`{t}`" for t in sorted(INDEX_TYPES))
        case "action":
            if not (isinstance(value, nodes.Reference) and value.name in catalogue.ACTIONS):
                problem = "is one of " + ", ".join(f"`{a}`" for a in catalogue.ACTIONS)
        case "fields" | "references":
            yield from _field_names(line, value, argument.kind)
    if problem:
        yield Finding(
            line, value.start, value.end, f"`{argument.name}` {problem}", rule="argument-value"
        )


def _field_names(line: int, value: nodes.Expression, kind: str) -> Iterator[Finding]:
    items = value.items if isinstance(value, nodes.Array) else (value,)
    for item in items:
        if isinstance(item, nodes.Reference) or (isinstance(item, nodes.Call) and kind == "fields"):
            if isinstance(item, nodes.Call):
                yield from _index_field(line, item)
            continue
        what = (
            f"write `{item.value}` without quotes"
            if isinstance(item, nodes.String)
            else "write the names of fields"
        )
        yield Finding(
            line, item.start, item.end, f"This is no field: {what}", rule="argument-value"
        )


def _index_field(line: int, call: nodes.Call) -> Iterator[Finding]:
    """``name(sort: Desc, length: 10)``."""
    for argument in call.arguments:
        name = argument.name.value if argument.name is not None else ""
        value = argument.value
        if name == "sort" and not (
            isinstance(value, nodes.Reference) and value.name in catalogue.SORT_ORDERS
        ):
            problem = "`sort` is `Asc` or `Desc`"
        elif name == "length" and not (isinstance(value, nodes.Number) and "." not in value.text):
            problem = "`length` is a whole number"
        else:
            continue
        yield Finding(line, argument.start, argument.end, problem, rule="argument-value")
