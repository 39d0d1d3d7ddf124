"""Default values: a constant of the field's type, or a function that fits it."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes

_NUMBERS = ("Int", "BigInt", "Float", "Decimal")
_SHOWN = {
    "Int": "a whole number", "BigInt": "a whole number", "Float": "a number",
    "Decimal": "a number", "String": 'a text in quotes, such as `"x"`', "Boolean": "`true` or `false`",
    "DateTime": '`now()` or a time in quotes, such as `"2030-01-31T00:00:00Z"`',
    "Json": 'a JSON document in quotes, such as `"{}"`', "Bytes": "base64 in quotes",
}  # fmt: skip


@rule(level="error")
def value(model: Model, context: Context) -> Iterator[Finding]:
    for field in model.all_fields:
        for attribute in field.node.attributes:
            if attribute.name == "default":
                given = attribute.argument("value", 0)
                if given is not None:
                    yield from _check(field, given, context)
                break


def _check(field: Field, given: nodes.Expression, context: Context) -> Iterator[Finding]:
    type_name = field.type_name
    if type_name in catalogue.SCALARS:
        values = None
    else:
        found = context.enum_values(type_name)
        if found is None:
            return
        values = found
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


def _function(
    field: Field, call: nodes.Call, values: tuple[str, ...] | None, context: Context
) -> Iterator[Finding]:
    function = catalogue.FUNCTIONS.get(call.name)
    if function is None or function.context != "default":
        yield Finding(
            field.line, call.start, call.name_end,
            f"Prisma has no function `{call.name}()`: use a constant, or "
            + ", ".join(f"`{f}()`" for f in _fitting(field)),
            rule="unknown-function",
        )  # fmt: skip
    elif call.name != "dbgenerated" and (
        values is not None or field.type_name not in function.scalars
    ):
        wanted = (
            "one of the enum's values" if values is not None else _SHOWN[field.type_name]
        )
        yield _wrong(
            field, call,
            f"`{call.name}()` gives no `{field.type_name}`: the default of `{field.name}` is {wanted}",
        )  # fmt: skip


def _fitting(field: Field) -> list[str]:
    found = [
        f.name
        for f in catalogue.FUNCTIONS.values()
        if f.context == "default" and field.type_name in f.suggest and f.providers is None
    ]
    return [*found, "dbgenerated"]


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
            fits = type_name in _NUMBERS and (type_name not in ("Int", "BigInt") or "." not in text)
        case nodes.String():
            fits = type_name in ("String", "DateTime", "Json", "Bytes", "Decimal")
        case nodes.Reference(name=name):
            fits = type_name == "Boolean" and name in ("true", "false")
        case _:
            fits = False
    if fits:
        return None
    return _wrong(
        field, given, f"The default of `{field.name}` must be a `{type_name}`: {_SHOWN[type_name]}",
    )  # fmt: skip


def _wrong(field: Field, given: nodes.Expression, message: str) -> Finding:
    return Finding(field.line, given.start, given.end, message, rule="default-value")
