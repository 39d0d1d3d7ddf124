"""What a configuration of prisma-lint says, in our settings.

Files that are programs are never run, and what has no counterpart is told.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from prisma_lsp.lint.options import fits, options_of
from prisma_lsp.lint.rule import find_rule
from prisma_lsp.lint.suppression import PRISMA_LINT_RULES
from prisma_lsp.settings import RuleSetting

_DATA = (".prismalintrc", ".prismalintrc.json")
_OTHERS = tuple(
    f".prismalintrc.{extension}" for extension in ("yaml", "yml", "js", "cjs", "mjs", "ts")
) + tuple(f"prismalint.config.{extension}" for extension in ("js", "cjs", "mjs", "ts"))
_MAX_BYTES = 1024 * 1024
# Where one of prisma-lint's rules is several of ours, or one under another name.
_OURS = {**PRISMA_LINT_RULES, "forbid-field": ("forbid-field-name",), "require-field-index": ()}


class Translated(NamedTuple):
    """The source's path, our rules, and a line for each thing that could not be taken over."""

    source: str
    rules: dict[str, RuleSetting]
    left: list[str]


def translate(folder: str) -> Translated | None:
    """The configuration in ``folder``; None where there is none."""
    for name in (*_DATA, "package.json"):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        try:
            with open(path, "rb") as file:
                data = json.loads(file.read(_MAX_BYTES).decode("utf-8-sig"))
        except (OSError, ValueError, RecursionError):
            if name == "package.json":
                continue
            return Translated(path, {}, [f"{name} is no JSON, so nothing of it was taken over"])
        if name == "package.json":
            data = data.get("prismalint") if isinstance(data, dict) else None
            if data is None:
                continue
        return _translated(path, data)
    for name in _OTHERS:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            kind = "YAML" if name.endswith((".yaml", ".yml")) else "a program, which is not run"
            return Translated(
                path, {}, [f"{name} is {kind}: write it as .prismalintrc.json and run init again"]
            )
    return None


def _translated(path: str, data: object) -> Translated:
    rules: dict[str, RuleSetting] = {}
    left: list[str] = []
    given = data.get("rules") if isinstance(data, dict) else None
    if not isinstance(given, dict):
        return Translated(path, {}, [f"{os.path.basename(path)} has no table of rules"])
    for name, value in given.items():
        level = value[0] if isinstance(value, list) and value else value
        options = value[1] if isinstance(value, list) and len(value) > 1 else {}
        if level not in ("error", "warn", "off") or not isinstance(options, dict):
            left.append(f"{name}: its setting is none that prisma-lint takes")
            continue
        wanted = _rules(name, options)
        ours = {one: given for one, given in wanted.items() if find_rule(one) is not None}
        if not ours:
            left.append(f"{name}: has no counterpart")
            continue
        said: dict[str, str] = {"warn": "warning"}
        for one, (used, set_here) in ours.items():
            rules[one] = RuleSetting(said.get(level, level), _known(one, set_here))  # type: ignore[arg-type]
            options = {key: value for key, value in options.items() if key not in used}
        left += [f"{name}: the option {key} was not taken over" for key in sorted(options)]
    return Translated(path, rules, left)


def _known(name: str, options: dict[str, Any]) -> Mapping[str, object]:
    rule = find_rule(name)
    known = {one.attribute: one for one in options_of(rule)} if rule is not None else {}
    return {k: v for k, v in options.items() if k in known and fits(v, known[k].type)}


def _rules(name: str, options: dict[str, Any]) -> dict[str, tuple[set[str], dict[str, Any]]]:
    """Our rule → (the options that it takes over, what they are with us)."""
    match name:
        case "model-name-grammatical-number":
            taken = {"style"} | ({"allowlist"} if _texts(options.get("allowlist")) else set())
            return {
                "model-name-number": (
                    taken,
                    {"number": options.get("style"), "allow": _texts(options.get("allowlist"))},
                )
            }
        case "model-name-mapping-snake-case":
            number = "plural" if options.get("pluralize") else "singular"
            return {"table-name-case": ({"pluralize"}, {"number": number})}
        case "field-order":
            return {"field-order": ({"order"}, {"order": _texts(options.get("order"))})}
        case "forbid-field":
            names = _texts(options.get("forbid"))
            return {"forbid-field-name": ({"forbid"} if names else set(), {"names": names})}
        case "require-field":
            names = _texts(options.get("require"))
            return {"require-field": ({"require"} if names else set(), {"fields": names})}
        case "require-field-index":
            found: dict[str, tuple[set[str], dict[str, Any]]] = {}
            if options.get("forAllRelations"):
                found["missing-fk-index"] = ({"forAllRelations"}, {})
            given = options.get("forNames")
            names = _texts([given] if isinstance(given, str) else given)
            if names:
                found["require-index-on"] = ({"forNames"}, {"fields": names})
            return found
        case "require-field-type":
            types = _types(options.get("require"))
            return {"require-field-type": ({"require"} if types else set(), {"types": types})}
        case "ban-unbounded-string-type":
            text = "allowed" if options.get("allowNativeTextType") else "forbidden"
            return {"unbounded-string": ({"allowNativeTextType"}, {"text": text})}
        case _:
            return {one: (set(), {}) for one in _OURS.get(name, ())}


def _texts(value: object) -> tuple[str, ...]:
    """A list of strings; nothing where it holds anything else."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    return ()


def _types(value: object) -> tuple[str, ...]:
    found: list[str] = []
    for one in value if isinstance(value, list) else ():
        name, kind = (one.get("ifName"), one.get("type")) if isinstance(one, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(kind, str):
            return ()
        native = one.get("nativeType")
        found.append(f"{name} {kind}" + (f" @db.{native}" if isinstance(native, str) else ""))
    return tuple(found)
