"""The JSON Schema of the settings, from which TOML and JSON editors complete and check them."""

from __future__ import annotations

import json
import types
import typing
from typing import Any

from prisma_lsp import settings
from prisma_lsp.lint.options import options_of
from prisma_lsp.lint.rule import PRESETS, Rule, all_rules

_LEVEL = {"$ref": "#/$defs/level"}


def schema() -> str:
    """The schema as it is committed."""
    rules = all_rules()
    names = sorted({rule.group for rule in rules} | set(PRESETS)) + sorted(one.name for one in rules)
    data: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "prisma-lsp",
        "description": "The settings of prisma-lsp: a `prisma-lsp.toml`, `[tool.prisma-lsp]` in a"
        ' `pyproject.toml`, `"prisma-lsp"` in a `package.json`.',
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _field(field) for field in settings.FIELDS},
        "$defs": {
            "level": {"enum": list(settings.LEVELS)},
            "names": {"type": "array", "items": {"enum": names}},
            "rules": {
                "type": "object",
                "additionalProperties": False,
                "properties": {rule.name: _rule(rule) for rule in rules},
            },
        },
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _field(field: settings.Field) -> dict[str, Any]:
    found: dict[str, Any] = {"description": field.doc}
    if field.name == "rules":
        return {**found, "$ref": "#/$defs/rules"}
    if field.type == "list of names":
        return {**found, "$ref": "#/$defs/names"}
    if field.type == "list of tables":
        patterns = {"type": "array", "items": {"type": "string"}}
        item = {
            "type": "object",
            "additionalProperties": False,
            "properties": {"files": patterns, "models": patterns, "rules": {"$ref": "#/$defs/rules"}},
            "required": ["rules"],
            "anyOf": [{"required": ["files"]}, {"required": ["models"]}],
        }
        return {**found, "type": "array", "items": item}
    if field.choices:
        found["enum"] = list(field.choices)
    elif isinstance(field.default, bool):
        found["type"] = "boolean"
    elif field.minimum is not None:
        found |= {"type": "integer", "minimum": field.minimum, "maximum": field.maximum}
    else:
        found["type"] = "string"
    if field.default is not None:
        found["default"] = field.default
    return found


def _rule(rule: Rule) -> dict[str, Any]:
    options: dict[str, Any] = {"level": _LEVEL}
    for option in options_of(rule):
        made = {"description": option.doc, **_type(option.type)}
        if option.default is not None:
            made["default"] = option.default
        options[option.name] = made
    table = {"type": "object", "additionalProperties": False, "properties": options}
    return {"description": rule.summary, "anyOf": [_LEVEL, table]}


def _type(wanted: Any) -> dict[str, Any]:
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin is typing.Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        return {"type": "array", "items": _type(arguments[0])}
    if origin in (typing.Union, types.UnionType):
        given = [one for one in arguments if one is not type(None)]
        return _type(given[0]) if len(given) == 1 else {"anyOf": [_type(one) for one in given]}
    names = {bool: "boolean", str: "string", int: "integer", float: "number"}
    return {"type": names.get(wanted, "object")}
