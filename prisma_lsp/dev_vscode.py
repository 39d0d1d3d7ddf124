"""The settings in the manifest of the VS Code extension, made from ours.

What only the extension knows (which program to start) stands in the manifest by hand, before them.
"""

from __future__ import annotations

import json
from typing import Any

from prisma_lsp import dev_schema, settings

SECTION = "prismaLsp"


def manifest(now: str) -> str:
    """The manifest ``now`` (JSON) with our settings as they are."""
    data: dict[str, Any] = json.loads(now)
    configuration = data["contributes"]["configuration"]
    by_hand: dict[str, Any] = {
        name: one
        for name, one in configuration["properties"].items()
        if one.get("scope") != "resource"
    }
    full: dict[str, Any] = json.loads(dev_schema.schema())
    ours = {f"{SECTION}.{field.client_name}": _setting(field, full) for field in settings.FIELDS}
    configuration["properties"] = {**by_hand, **ours}
    short: list[str] = []
    for one in ours.values():
        for key in one.keys() & {"items", "enum", "additionalProperties"}:
            one[key] = _mark(one[key], short)
        for name, rule in one.get("properties", {}).items():
            one["properties"][name] = _mark(rule, short)
    text = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    for number, written in enumerate(short):
        text = text.replace(f'"<{number}>"', written)
    return text


def _mark(value: object, short: list[str]) -> str:
    """A mark in place of ``value``, which is written on one line: there are many rules."""
    short.append(json.dumps(value, ensure_ascii=False))
    return f"<{len(short) - 1}>"


def _setting(field: settings.Field, full: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _inlined(full["properties"][field.name], full["$defs"])
    del found["description"]
    if "enum" in found:
        found = {"type": "string", **found}
    # VS Code's list of settings shows an empty one where there is no default.
    empty: dict[str, object] = {"object": {}, "array": [], "string": ""}
    if field.default is None and found.get("type") == "array":
        found["type"] = ["array", "null"]
        found["default"] = None
    elif "default" not in found:
        found["default"] = empty[found["type"]]
    return {**found, "scope": "resource", "markdownDescription": field.doc}


def _inlined(value: Any, known: dict[str, Any]) -> Any:
    """``value`` with what it refers to written out: VS Code follows no references here."""
    match value:
        case {"$ref": str() as name, **rest}:
            return {**rest, **_inlined(known[name.rpartition("/")[2]], known)}
        case dict():
            return {key: _inlined(one, known) for key, one in value.items()}
        case list():
            return [_inlined(one, known) for one in value]
    return value
