"""Default values: a constant of the field's type, or a function that fits it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from datetime import datetime

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.validity.connectors import CONNECTORS
from prisma_lsp.schema import catalogue, versions
from prisma_lsp.schema.declarations import Field, Fields, Model
from prisma_lsp.syntax import nodes

_NUMBERS = ("Int", "BigInt", "Float", "Decimal")
_SHOWN = {
    "Int": "a whole number", "BigInt": "a whole number", "Float": "a number",
    "Decimal": "a number", "String": 'a text in quotes, such as `"x"`', "Boolean": "`true` or `false`",
    "DateTime": '`now()` or a time in quotes, such as `"2030-01-31T00:00:00Z"`',
    "Json": 'a JSON document in quotes, such as `"{}"`', "Bytes": "base64 in quotes",
}  # fmt: skip
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))")
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LARGEST = 2**63 - 1
# What a function's one number may be.
_VERSIONS = {"uuid": (4, 7), "cuid": (1, 2)}


@rule(level="error")
def value(some: Fields, context: Context) -> Iterator[Finding]:
    for field in some.fields:
        for attribute in field.node.attributes:
            if attribute.name == "default":
                given = attribute.argument("value", 0)
                if given is not None and field.type_name:
                    yield from _check(field, given, context)
                break


def _check(field: Field, given: nodes.Expression, context: Context) -> Iterator[Finding]:
    type_name = field.type_name
    kind = field.node.type
    assert kind is not None
    if kind.unsupported is not None:
        if context.connector() == "mongodb":
            yield _wrong(field, given, "MongoDB computes no defaults: remove it")
        elif not (isinstance(given, nodes.Call) and given.name == "dbgenerated"):
            yield _wrong(
                field, given, '`Unsupported` fields take only `@default(dbgenerated("…"))`'
            )
        return
    values = None
    if type_name not in catalogue.SCALARS:
        values = context.enum_values(type_name)
        if values is None:
            if context.kind_of(type_name) == "type":
                yield _wrong(
                    field,
                    given,
                    f"`{type_name}` is a composite type and takes no default: remove it",
                )
            return
    if isinstance(given, nodes.Array):
        if not field.is_list:
            yield _wrong(field, given, f"`{field.name}` is not a list: give it a single value")
            return
        for item in given.items:
            problem = _constant(field, item, values)
            if problem is not None:
                yield problem
        return
    if isinstance(given, nodes.Call):
        yield from _function(field, given, values, context)
    elif field.is_list:
        yield _wrong(field, given, f"`{field.name}` is a list: put its default into `[ ]`")
    else:
        problem = _constant(field, given, values)
        if problem is not None:
            yield problem


# --- functions -----------------------------------------------------------------------------------


def _function(
    field: Field, call: nodes.Call, values: tuple[str, ...] | None, context: Context
) -> Iterator[Finding]:
    name = call.name
    function = catalogue.FUNCTIONS.get(name)
    provider = context.connector()
    if (
        function is None
        or function.context != "default"
        or (name == "sequence" and provider not in ("cockroachdb", None))
    ):
        yield Finding(
            field.line, call.start, call.name_end,
            f"Prisma has no function `{name}()`{_here(name, provider)}: use a constant, or "
            + ", ".join(f"`{f}()`" for f in _fitting(field)),
            rule="unknown-function",
        )  # fmt: skip
        return
    if field.owner.kind == "type" and name in ("autoincrement", "auto", "dbgenerated"):
        yield _wrong(
            field,
            call,
            f"A field of a composite type cannot have the default `{name}()`: remove it",
        )
        return
    if name != "dbgenerated" and (values is not None or field.type_name not in function.scalars):
        wanted = "one of the enum's values" if values is not None else _SHOWN[field.type_name]
        yield _wrong(
            field, call,
            f"`{name}()` gives no `{field.type_name}`: the default of `{field.name}` is {wanted}",
        )  # fmt: skip
        return
    too_new = _too_new(field, call, context)
    if too_new is not None:
        yield too_new
        return
    yield from _call_arguments(field, call)
    if provider is None:
        return
    title = CONNECTORS[provider].title
    if name == "auto" and provider != "mongodb":
        yield _wrong(
            field, call, f"{title} has no `auto()`, only MongoDB has it: use {_instead(field)}"
        )
    elif name == "dbgenerated" and provider == "mongodb":
        yield _wrong(
            field, call, "MongoDB computes no defaults: use `auto()` for ids, or a constant"
        )
    elif name == "autoincrement":
        yield from _autoincrement(field, call, provider, context)


def _too_new(field: Field, call: nodes.Call, context: Context) -> Finding | None:
    """Functions, and arguments of them, that the installed Prisma has not yet."""
    version = context.environment.prisma_version
    if version is None:
        return None
    came = versions.FUNCTIONS.get(call.name)
    if came is not None and version.before(came):
        message = f"{version} has no `{call.name}()`, it came with {came[0]}.{came[1]}: use `uuid()` or `cuid()`"
    else:
        came = versions.FUNCTION_ARGUMENTS.get(call.name)
        if came is None or not call.arguments or not version.before(came):
            return None
        message = f"`{call.name}()` takes no argument in {version}, only since {came[0]}.{came[1]}: remove it"
    return Finding(field.line, call.start, call.end, message, rule="newer-function")


def _here(name: str, provider: str | None) -> str:
    if name == "sequence" and provider not in (None, "none"):
        assert provider is not None
        return f" on {CONNECTORS[provider].title}"
    return ""


def _instead(field: Field) -> str:
    return "`uuid(7)` or `cuid(2)`" if field.type_name == "String" else "`dbgenerated()`"


def _call_arguments(field: Field, call: nodes.Call) -> Iterator[Finding]:
    name = call.name
    given = call.arguments
    if name in ("now", "autoincrement", "ulid", "auto"):
        if given:
            yield _wrong(field, call, f"`{name}()` takes no argument: remove it")
        return
    if name == "sequence":
        yield from _sequence(field, call)
        return
    if not given:
        return
    first = given[0].value
    if name == "dbgenerated":
        if len(given) > 1 or not isinstance(first, nodes.String):
            yield _wrong(field, call, "`dbgenerated()` takes one text: the SQL of the default")
        elif not first.raw:
            yield _wrong(
                field, call, "The SQL of `dbgenerated()` is empty: write it, or remove the quotes"
            )
        return
    number = int(first.text) if isinstance(first, nodes.Number) and _is_int(first.text) else None
    if name in _VERSIONS:
        low, high = _VERSIONS[name]
        if len(given) > 1 or number not in (low, high):
            yield _wrong(field, call, f"`{name}()` takes the version, {low} or {high}")
    elif name == "nanoid" and (len(given) > 1 or number is None or not 2 <= number <= 255):
        yield _wrong(field, call, "`nanoid()` takes the length, a number from 2 to 255")


_SEQUENCE = {
    "virtual": "bool",
    "cache": "int",
    "increment": "int",
    "minValue": "int",
    "maxValue": "int",
    "start": "int",
}


def _sequence(field: Field, call: nodes.Call) -> Iterator[Finding]:
    for argument in call.arguments:
        name = argument.name.value if argument.name is not None else ""
        value = argument.value
        kind = _SEQUENCE.get(name)
        if kind is None:
            yield _wrong(
                field,
                argument,
                f"`sequence()` has no argument `{name}`: it knows "
                + ", ".join(f"`{n}`" for n in _SEQUENCE),
            )
        elif kind == "int" and not (isinstance(value, nodes.Number) and _is_int(value.text)):
            yield _wrong(field, argument, f"`{name}` is a whole number")
        elif kind == "bool" and not (
            isinstance(value, nodes.Reference) and value.name in ("true", "false")
        ):
            yield _wrong(field, argument, f"`{name}` is `true` or `false`")


def _autoincrement(
    field: Field, call: nodes.Call, provider: str, context: Context
) -> Iterator[Finding]:
    connector = CONNECTORS[provider]
    model = field.owner
    if not connector.autoincrement:
        yield _wrong(
            field,
            call,
            f"{connector.title} has no counters: use `auto()` with `@db.ObjectId`, or `uuid(7)`",
        )
        return
    if provider == "cockroachdb":
        if field.type_name != "BigInt" and _native_name(field) != "Int4":
            yield _wrong(
                field, call,
                "On CockroachDB `autoincrement()` needs a `BigInt`: change the type, or use `sequence()`",
            )  # fmt: skip
        return
    if not connector.autoincrement_anywhere and model.kind == "model":
        identity = model.id
        if identity is None or identity.names != (field.name,):
            yield _wrong(
                field, call,
                f"{connector.on} only an id of one field counts by itself: make `{field.name}` the `@id`, or set it yourself",
            )  # fmt: skip
            return
    if connector.autoincrement_unindexed or model.kind != "model":
        return
    if not any(index.names[:1] == (field.name,) for index in model.indexes):
        yield _wrong(
            field, call,
            f"{connector.on} a counter needs an index that begins with it: add `@unique` or `@@index([{field.name}])`",
        )  # fmt: skip


@rule(level="error")
def counters(model: Model, context: Context) -> Iterator[Finding]:
    """Several counters in one model, where the provider has one."""
    found = [
        f for f in model.all_fields
        if f.node.attributes and f.default_function is not None and f.default_function.name == "autoincrement"
    ]  # fmt: skip
    if len(found) < 2 or model.kind != "model":
        return
    provider = context.connector()
    if provider is None or CONNECTORS[provider].autoincrement_many or provider == "mongodb":
        return
    name = model.name_node
    yield Finding(
        model.block.header, name.start, name.end,
        f"{CONNECTORS[provider].on} a table has one counter, and "
        + " and ".join(f"`{f.name}`" for f in found)
        + " use `autoincrement()`: keep it on one of them",
        rule="default-value",
    )  # fmt: skip


@rule(level="error")
def constraint_names(some: Fields, context: Context) -> Iterator[Finding]:
    """``@default(…, map: "…")`` names a constraint, which only SQL Server has."""
    for field in some.fields:
        for attribute in field.node.attributes:
            if (
                attribute.name != "default"
                or not attribute.arguments
                or len(attribute.arguments) < 2
            ):
                continue
            given = next(
                (a for a in attribute.arguments if a.name is not None and a.name.value == "map"),
                None,
            )
            if given is None:
                continue
            call = field.default_function
            provider = context.connector()
            if call is not None and call.name == "autoincrement":
                message = "A counter has no default constraint to name: remove `map`"
            elif some.model.kind == "type":
                message = "A field of a composite type has no constraint to name: remove `map`"
            elif provider is not None and not CONNECTORS[provider].named_default:
                message = f"{CONNECTORS[provider].title} keeps no names of defaults: remove `map`"
            else:
                continue
            yield Finding(field.line, given.start, given.end, message, rule="default-name")


def _native_name(field: Field) -> str | None:
    native = field.native_type
    return native.name.split(".", 1)[1] if native is not None else None


def _fitting(field: Field) -> list[str]:
    found = [
        f.name
        for f in catalogue.FUNCTIONS.values()
        if f.context == "default" and field.type_name in f.suggest and f.providers is None
    ]
    return [*found, "dbgenerated"]


# --- constants -----------------------------------------------------------------------------------


def _constant(
    field: Field, given: nodes.Expression, values: tuple[str, ...] | None
) -> Finding | None:
    type_name = field.type_name
    if values is not None:
        if isinstance(given, nodes.Reference) and given.name in values:
            return None
        shown = ", ".join(f"`{v}`" for v in values[:6]) + (" …" if len(values) > 6 else "")
        what = f"`{given.name}`" if isinstance(given, nodes.Reference) else "This"
        return _wrong(field, given, f"{what} is no value of `{type_name}`: write one of {shown}")
    match given:
        case nodes.Number(text=text):
            if type_name in ("Int", "BigInt"):
                fits = _is_int(text) and -_LARGEST - 1 <= int(text) <= _LARGEST
            else:
                fits = type_name in _NUMBERS
        case nodes.String():
            fits = _is_text(given.value, type_name)
        case nodes.Reference(name=name):
            fits = type_name == "Boolean" and name in ("true", "false")
        case _:
            fits = False
    if fits:
        return None
    return _wrong(
        field, given, f"The default of `{field.name}` must be a `{type_name}`: {_SHOWN[type_name]}"
    )


def _is_int(text: str) -> bool:
    return "." not in text and len(text) < 25


def _is_text(text: str, type_name: str) -> bool:
    """Whether a text in quotes can be a value of the type."""
    match type_name:
        case "String":
            return True
        case "Decimal":
            return _DECIMAL.fullmatch(text) is not None
        case "DateTime":
            return _is_time(text)
        case "Json":
            try:
                json.loads(text, parse_constant=_reject)
            except (ValueError, RecursionError):
                return False
            return True
        case "Bytes":
            try:
                base64.b64decode(text, validate=True)
            except (ValueError, binascii.Error):
                return False
            return True
    return False


def _reject(word: str) -> None:
    raise ValueError(word)


def _is_time(text: str) -> bool:
    match = _TIME.fullmatch(text)
    if match is None:
        return False
    day, time, hours, minutes = match.groups()
    if time.endswith(":60"):
        time = time[:-2] + "59"
    try:
        datetime.fromisoformat(f"{day} {time}")
    except ValueError:
        return False
    return hours is None or (int(hours) < 24 and int(minutes) < 60)


def _wrong(field: Field, given: nodes.Node, message: str) -> Finding:
    return Finding(field.line, given.start, given.end, message, rule="default-value")
