"""The options of rules: the class of a rule's options checks what a user gives."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from prisma_lsp.lint.rule import PRESETS, Rule, all_rules
from prisma_lsp.settings import Layer, Options, Problem, RuleSetting, suggestion


class Option(NamedTuple):
    """One option of a rule.  ``name`` is as in `prisma-lsp.toml`: kebab-case."""

    name: str
    type: Any
    default: Any
    doc: str

    @property
    def attribute(self) -> str:
        """The name in the class of options."""
        return self.name.replace("-", "_")

    @property
    def type_text(self) -> str:
        """The type as a reader of the settings knows it."""
        return _type_text(self.type)


def options_of(rule: Rule) -> tuple[Option, ...]:
    """The options of ``rule``: the fields of its frozen dataclass, each documented by the string
    below it."""
    if rule.options is None:
        return ()
    import dataclasses

    docs = _docs(rule.options)
    types = typing.get_type_hints(rule.options)
    return tuple(
        Option(field.name.replace("_", "-"), types[field.name], field.default, docs[field.name])
        for field in dataclasses.fields(rule.options)
    )


def checked(layer: Layer, source: str) -> tuple[Layer, list[Problem]]:
    """``layer`` without the options that its rules do not have or cannot take, and what is wrong."""
    problems: list[Problem] = []
    values: dict[str, Any] = dict(layer.values)
    for key in ("select", "extend_select", "ignore"):
        if key in values:
            values[key] = tuple(_known_names(values[key], key, source, problems))
    rules = _checked_rules(layer.rules, "rules", source, problems)
    if "overrides" in values:
        values["overrides"] = tuple(
            one._replace(
                rules=Options(
                    _checked_rules(one.rules, f"overrides[{one.number}].rules", source, problems)
                )
            )
            for one in values["overrides"]
        )
    problems += _contradictions(values, rules, source)
    return Layer(Options(values), Options(rules)), problems


def _checked_rules(
    given: Mapping[str, RuleSetting], prefix: str, source: str, problems: list[Problem]
) -> dict[str, RuleSetting]:
    rules = dict(given)
    if not any(setting.options for setting in given.values()):
        return rules
    by_name = {rule.name: rule for rule in all_rules()}
    for name, setting in given.items():
        known = {option.attribute: option for option in options_of(by_name[name])}
        kept: dict[str, object] = {}
        for key, value in setting.options.items():
            path = f"{prefix}.{name}.{key.replace('_', '-')}"
            option = known.get(key)
            if option is None:
                names = [one.name for one in known.values()]
                rest = suggestion(key.replace("_", "-"), names)
                if not rest:
                    listed = ", ".join(f"`{name}`" for name in names)
                    rest = f"; it has {listed}" if names else "; it has none"
                problems.append(Problem(source, path, f"is not an option of this rule{rest}"))
            elif not fits(value, option.type):
                problems.append(Problem(source, path, f"must be {option.type_text}"))
            else:
                kept[key] = value
        rules[name] = RuleSetting(setting.level, Options(kept))
    return rules


def _known_names(
    names: Iterable[str], key: str, source: str, problems: list[Problem]
) -> Iterator[str]:
    """Those of ``names`` that name a rule, a group or a preset."""
    names = list(names)
    if not names:
        return  # so that the rules need not be loaded
    rules = all_rules()
    known = {*(rule.name for rule in rules), *(rule.group for rule in rules), *PRESETS}
    for number, given in enumerate(names):
        name = given.strip().replace("_", "-")
        if name in known:
            yield name
            continue
        hint = suggestion(name, sorted(known)) or "; `prisma-lsp rules` lists them"
        message = f"`{given[:80]}` is no rule, group or preset{hint}"
        problems.append(Problem(source, key.replace("_", "-"), message, item=number))


# Rules that ask for opposite things of one and the same place.
_OPPOSITES = (("unbounded-string", "prefer-text-over-varchar"),)


def _contradictions(
    values: Mapping[str, Any], rules: Mapping[str, RuleSetting], source: str
) -> Iterator[Problem]:
    """What one source says both ways."""
    selected = {*(values.get("select") or ()), *values.get("extend_select", ())}
    ignored = {*values.get("ignore", ())}
    for name in sorted(selected & ignored):
        number = list(values.get("ignore", ())).index(name)
        message = f"`{name}` is selected and ignored; it is ignored"
        yield Problem(source, "ignore", message, item=number)
    on = {name for name, one in rules.items() if one.level not in (None, "off")}
    for name in sorted(selected & rules.keys() - on):
        if rules[name].level == "off":
            yield Problem(source, f"rules.{name}", 'is "off" here and selected; it is off')
    for name in sorted(on & ignored):
        yield Problem(source, f"rules.{name}", "has a level here and is ignored; it is ignored")
    wanted = (on | {name for name in selected if name not in PRESETS}) - ignored
    for one, other in _OPPOSITES:
        if one in wanted and other in wanted:
            message = f"contradicts `{other}`: what satisfies one is reported by the other"
            yield Problem(source, f"rules.{one}", message)


def fits(value: object, wanted: Any) -> bool:
    """Whether ``value``, as settings hold it, is of the type that an option is annotated with."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin is typing.Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and all(fits(item, arguments[0]) for item in value)
    if arguments:
        # A union; any other generic is no type that a setting can have.
        return any(fits(value, one) for one in arguments)
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, wanted)


def _type_text(wanted: Any) -> str:
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin is typing.Literal:
        return " or ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in arguments)
    if origin is tuple:
        return f"a list, each item {_type_text(arguments[0])}"
    if arguments:
        return " or ".join(_type_text(one) for one in arguments if one is not type(None))
    names = {bool: "true or false", str: "a string", int: "a whole number", float: "a number"}
    return names.get(wanted, "a table")


def _docs(options: type) -> dict[str, str]:
    """The string literal below each field of ``options``; "" where there is none."""
    import ast
    import inspect
    import textwrap

    body = ast.parse(textwrap.dedent(inspect.getsource(options))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    name = ""
    for statement in body.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = ""
            case ast.Expr(value=ast.Constant(value=str(text))) if name in found:
                found[name] = inspect.cleandoc(text).replace("\n", " ")
    return found
