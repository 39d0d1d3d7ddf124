"""What a configuration of prisma-lint says, in our settings.

Files that are programs are never run, and what has no counterpart is told.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from prisma_lsp import plainyaml
from prisma_lsp.lint.options import fits, options_of
from prisma_lsp.lint.rule import find_rule
from prisma_lsp.lint.suppression import PRISMA_LINT_RULES
from prisma_lsp.settings import RuleSetting

# Where prisma-lint looks: data, which is read, and programs, which are not run.
_NAMES = tuple(
    f"{folder}{name}{extension}"
    for folder, name in (("", ".prismalintrc"), (".config/", "prismalintrc"))
    for extension in ("", ".json", ".yaml", ".yml")
)
_PACKAGES = ("package.json", "package.yaml")
_PROGRAMS = tuple(
    name + extension
    for name in (".prismalintrc", ".config/prismalintrc", "prismalint.config")
    for extension in (".js", ".ts", ".cjs", ".mjs")
)
_MAX_BYTES = 1024 * 1024
# Where one of prisma-lint's rules is several of ours, or one under another name.
_OURS = {**PRISMA_LINT_RULES, "forbid-field": ("forbid-field-name",), "require-field-index": ()}


class Translated(NamedTuple):
    """The source's path, our rules, and a line for each thing that could not be taken over."""

    source: str
    rules: dict[str, RuleSetting]
    left: list[str]


def translate(folder: str, root: str | None = None) -> Translated | None:
    """The nearest configuration in ``folder`` or above it, up to ``root``; None where there is none."""
    while True:
        found = _in(folder)
        parent = os.path.dirname(folder)
        if found is not None or root is None or folder == root or parent == folder:
            return found
        folder = parent


def _in(folder: str) -> Translated | None:
    for name in (*_PACKAGES, *_NAMES):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        try:
            with open(path, "rb") as file:
                data = _read(name, file.read(_MAX_BYTES).decode("utf-8-sig"))
        except (OSError, ValueError, RecursionError) as error:
            if name in _PACKAGES:
                continue
            reason = str(error) if isinstance(error, plainyaml.NotRead) else "it cannot be read"
            return Translated(
                path, {}, [f"{name}: nothing was taken over: {reason}; as JSON it can be read"]
            )
        if name in _PACKAGES:
            data = data.get("prismalint") if isinstance(data, dict) else None
            if data is None:
                continue
        return _translated(path, data)
    for name in _PROGRAMS:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return Translated(
                path, {},
                [f"{name} is a program, which is not run: write it as .prismalintrc.json and run init again"],
            )  # fmt: skip
    return None


def _read(name: str, text: str) -> Any:
    if not name.endswith((".yaml", ".yml")):
        try:
            return json.loads(text)
        except ValueError:
            if name.endswith(".json"):
                raise
    return plainyaml.read(text)


def _translated(path: str, data: object) -> Translated:
    rules: dict[str, RuleSetting] = {}
    left: list[str] = []
    given = data.get("rules") if isinstance(data, dict) else None
    if not isinstance(given, dict):
        return Translated(path, {}, [f"{os.path.basename(path)} has no table of rules"])
    for name, value in given.items():
        level = value[0] if isinstance(value, list) and value else value
        level = "off" if level is False else level  # what YAML's first version makes of off
        options = value[1] if isinstance(value, list) and len(value) > 1 else {}
        options = {} if options is None else options
        if level not in ("error", "warn", "off") or not isinstance(options, dict):
            left.append(f"{name}: its setting is none that prisma-lint takes")
            continue
        if level == "off":
            options = {}
        elif (reason := _against(name, options)) is not None:
            # Ours would ask for the opposite.
            left.append(f"{name}: {reason}")
            rules |= {one: RuleSetting("off") for one in _OURS[name] if find_rule(one) is not None}
            continue
        wanted = _rules(name, options)
        ours = {one: given for one, given in wanted.items() if find_rule(one) is not None}
        if not ours:
            left.append(f"{name}: has no counterpart")
            continue
        said: dict[str, str] = {"warn": "warning"}
        for one, (used, set_here) in ours.items():
            setting = _known(one, set_here) if level != "off" else {}
            rules[one] = RuleSetting(said.get(level, level), setting)  # type: ignore[arg-type]
            options = {key: value for key, value in options.items() if key not in used}
        left += [f"{name}: the option {key} was not taken over" for key in sorted(options)]
    return Translated(path, rules, left)


def _against(name: str, options: dict[str, Any]) -> str | None:
    """Why our rule asks for something else than theirs with these options; None where it does not."""
    match name:
        case "enum-value-case" | "enum-value-snake-case":
            style = options.get("style", "snake")
            if style != "snake" or options.get("case") != "upper":
                return "only UPPER_CASE has a counterpart; enum-value-case is off"
        case "field-name-grammatical-number":
            if options.get("ifList") != "plural":
                return "only plural names of lists have a counterpart; list-field-number is off"
        case "field-name-mapping-snake-case":
            if options.get("requireUnderscorePrefixForIds"):
                return "a prefix for ids has no counterpart; column-name-case is off"
        case _:
            pass
    return None


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
        case "enum-value-case" | "enum-value-snake-case":
            return {"enum-value-case": ({"style", "case"}, {})}
        case "field-name-grammatical-number":
            return {"list-field-number": ({"ifList"}, {})}
        case "field-name-mapping-snake-case":
            return {"column-name-case": ({"requireUnderscorePrefixForIds"}, {})}
        case "require-field":
            names = _required(options.get("require"))
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


def _required(value: object) -> tuple[str, ...]:
    """Names, and "name if sibling"; nothing where one of them is neither."""
    found: list[str] = []
    for one in value if isinstance(value, list) else ():
        name, sibling = (one.get("name"), one.get("ifSibling")) if isinstance(one, dict) else (one, "")
        if not isinstance(name, str) or not isinstance(sibling, str):
            return ()
        found.append(f"{name} if {sibling}" if sibling else name)
    return tuple(found)


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
