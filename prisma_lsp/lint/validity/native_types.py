"""Native types, ``@db.VarChar(20)``: the prefix, the name, the field's type, the arguments."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.validity.connectors import CONNECTORS
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Fields
from prisma_lsp.syntax import nodes


@rule(level="error")
def check(some: Fields, context: Context) -> Iterator[Finding]:
    for field in some.fields:
        seen = False
        for attribute in field.node.attributes:
            if "." in attribute.name:
                if seen:
                    yield _finding(
                        field, attribute, "duplicate-attribute",
                        "A field has one native type: remove the others",
                    )  # fmt: skip
                else:
                    yield from _native(field, attribute, context)
                seen = True


def _native(field: Field, attribute: nodes.Attribute, context: Context) -> Iterator[Finding]:
    prefix, name = attribute.name.split(".", 1)
    provider = context.connector()
    if provider is None:
        return
    kind = field.node.type
    if kind is None:
        return
    if field.type_name not in catalogue.SCALARS:
        if kind.unsupported is None and context.kind_of(field.type_name) not in ("enum", "type"):
            return
        yield _finding(
            field, attribute, "misplaced-attribute",
            f"`{field.type_name}` is no scalar type and takes no native type: remove `@{attribute.name}`",
        )  # fmt: skip
        return
    if provider == "none":
        yield _finding(
            field, attribute, "unknown-native-type",
            f"Without a datasource no native type is known: add a `datasource` block, or remove `@{attribute.name}`",
        )  # fmt: skip
        return
    wanted = context.datasource_name()
    if prefix != wanted:
        yield _finding(
            field, attribute, "native-type-prefix",
            f"Native types carry the name of the datasource: write `@{wanted}.{name}`",
        )  # fmt: skip
        return
    native = catalogue.NATIVE_TYPES[provider].get(name)
    title = CONNECTORS[provider].title
    if native is None:
        fitting = [
            n for n, t in catalogue.NATIVE_TYPES[provider].items() if field.type_name in t.scalars
        ]
        meant = next(
            (n for n in catalogue.NATIVE_TYPES[provider] if n.lower() == name.lower()), None
        )
        advice = (
            f"did you mean `@{prefix}.{meant}`?" if meant
            else f"for `{field.type_name}` it has " + ", ".join(f"`{n}`" for n in fitting) if fitting
            else f"`{field.type_name}` takes none" if catalogue.NATIVE_TYPES[provider]
            else "it has none at all, remove this one"
        )  # fmt: skip
        yield _finding(
            field, attribute, "unknown-native-type",
            f"{title} has no native type `{name}`: {advice}",
        )  # fmt: skip
        return
    arguments = attribute.arguments or ()
    count = len(arguments)
    shown = f"`{name}{native.args}`"
    if (native.max_args == 0 and count) or not native.min_args <= count <= native.max_args:
        yield _finding(
            field, attribute, "native-type-arguments",
            f"`{name}` takes no arguments" if native.max_args == 0
            else f"{shown} takes {_count(native)}, here are {count}",
        )  # fmt: skip
        return
    if field.type_name not in native.scalars:
        scalars = " or ".join(f"`{s}`" for s in native.scalars)
        yield _finding(
            field, attribute, "native-type-mismatch",
            f"`{name}` holds a {scalars}, and `{field.name}` is `{field.type_name}`: change one of the two",
        )  # fmt: skip
        return
    if native.max_args == 2 and count == 1:
        yield _finding(
            field, attribute, "native-type-arguments",
            f"{shown} takes both of its numbers or none",
        )  # fmt: skip
        return
    if (
        native.name == "Bit"
        and field.type_name == "Boolean"
        and count
        and _number(arguments[0]) not in (1, None)
    ):
        yield Finding(
            field.line, arguments[0].start, arguments[0].end,
            "A `Boolean` fits only `Bit(1)`", rule="native-type-range",
        )  # fmt: skip
        return
    numbers = []
    for argument in arguments:
        value = argument.value
        if (
            "Max" in native.args
            and isinstance(value, nodes.Reference)
            and value.name in ("Max", "max")
        ):
            return
        number = _number(argument)
        if number is None and value is not None:
            yield Finding(
                field.line, argument.start, argument.end,
                f"{shown} takes a whole number that is not negative", rule="native-type-arguments",
            )  # fmt: skip
            return
        numbers.append(number if number is not None else 0)
    for argument, number, (low, high) in zip(arguments, numbers, native.limits, strict=False):
        if argument.value is not None and not low <= number <= high:
            yield Finding(
                field.line, argument.start, argument.end,
                f"`{name}` takes a number from {low} to {high} here", rule="native-type-range",
            )  # fmt: skip
            return
    if len(numbers) == 2 and numbers[1] > numbers[0]:
        yield Finding(
            field.line, arguments[1].start, arguments[1].end,
            f"Of {numbers[0]} digits in all no {numbers[1]} can stand after the point",
            rule="native-type-range",
        )  # fmt: skip


def _number(argument: nodes.Argument) -> int | None:
    value = argument.value
    if isinstance(value, nodes.Number) and value.text.isdigit():
        return int(value.text[:18])
    return None


def _count(native: catalogue.NativeType) -> str:
    if native.min_args == native.max_args:
        return "one number" if native.max_args == 1 else f"{native.max_args} numbers"
    return "at most one number" if native.max_args == 1 else "both of its numbers or none"


def _finding(field: Field, attribute: nodes.Attribute, code: str, message: str) -> Finding:
    return Finding(field.line, attribute.start, attribute.name_end, message, rule=code)
