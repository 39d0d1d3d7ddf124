"""What the brackets around the cursor take: the arguments of attributes, functions and native types."""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.ide.completion_scene import Scene, look
from prisma_lsp.ide.markdown import code
from prisma_lsp.ide.unfinished import mended
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.relations import opposite
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import Version, has_argument


class Parameter(NamedTuple):
    """An argument: where it stands in the signature's label, and what it means (Markdown)."""

    start: int
    end: int
    doc: str


class Signature(NamedTuple):
    """``active`` is the number of the argument at the cursor, or -1 where it is none of them."""

    label: str
    doc: str
    parameters: tuple[Parameter, ...]
    active: int


# How an argument of each kind is written.
_SHOWN = {
    "fields": "[…]", "references": "[…]", "string": '"…"', "boolean": "true | false", "int": "number",
    "sort": "Asc | Desc", "filter": "{ … } | raw(…)", "operator class": "class", "value": "value",
}  # fmt: skip

MAX_ALTERNATIVES = 6


def signature(
    schema: Schema, path: str, line: int, column: int, version: Version | None = None
) -> Signature | None:
    """The signature for a position; None outside all brackets of an attribute or function.

    ``version`` is the Prisma that is installed, as far as it is known.
    """
    scene = look(mended(schema, path, line), path, line, column, version)
    if scene is None or scene.in_comment:
        return None
    cursor = scene.cursor
    if not 0 <= cursor.block.header < cursor.index or 0 <= cursor.block.close <= cursor.index:
        return None
    for depth in range(len(cursor.levels) - 1, -1, -1):
        level = cursor.levels[depth]
        if level.bracket == "(" and level.owner:
            return _of(scene, depth)
    return None


def _of(scene: Scene, depth: int) -> Signature | None:
    cursor, version = scene.cursor, scene.version
    level = cursor.levels[depth]
    if depth == 0 and cursor.is_native:
        return _native(scene)
    name = level.owner
    if depth == 0 and cursor.attribute:
        known = catalogue.ATTRIBUTES.get(cursor.at + cursor.attribute)
        if known is None:
            return None
        name, doc = known.name, known.doc
    elif name in catalogue.FUNCTIONS:
        doc = catalogue.FUNCTIONS[name].doc
    else:
        doc = ""
    arguments = [
        argument
        for argument in cursor.at_depth(depth)
        if scene.has(argument.providers) and not _is_old(name, argument) and _belongs(name, argument, scene)
        and has_argument(name, argument.name, version)
    ]
    if not arguments:
        return Signature(f"{name}()", doc, (), -1) if doc else None
    return _signature(name, doc, arguments, scene, depth)


def _is_old(name: str, argument: catalogue.Argument) -> bool:
    return name == "@@index" and argument.name == "name"


def _belongs(name: str, argument: catalogue.Argument, scene: Scene) -> bool:
    """Whether an argument has a meaning on this side of a relation, or with this schema's previews."""
    if argument.name == "where":
        return "partialIndexes" in scene.schema.preview_features() or "where" in scene.given
    if name != "@relation" or argument.name == "name" or scene.field is None:
        return True
    if scene.field.is_list:
        return scene.provider == "mongodb" and argument.name in ("fields", "references")
    other = opposite(scene.field, scene.schema)
    return other is None or not other.key


def _signature(
    name: str, doc: str, arguments: list[catalogue.Argument], scene: Scene, depth: int
) -> Signature:
    label = f"{name}("
    parameters = []
    for number, argument in enumerate(arguments):
        label += ", " if number else ""
        shown = _shown(argument, scene)
        mark = "" if argument.required else "?"
        text = f"{argument.name}{mark}: {shown}"
        parameters.append(Parameter(len(label), len(label) + len(text), argument.doc))
        label += text
    return Signature(label + ")", doc, tuple(parameters), _active(arguments, scene, depth))


def _shown(argument: catalogue.Argument, scene: Scene) -> str:
    if argument.kind == "action":
        mode = scene.schema.relation_mode()
        return " | ".join(catalogue.supported_actions(scene.provider, mode))
    if argument.kind == "index type":
        return " | ".join(list(catalogue.INDEX_TYPES.get(scene.provider, {}))[:MAX_ALTERNATIVES])
    return _SHOWN.get(argument.kind, argument.kind)


def _active(arguments: list[catalogue.Argument], scene: Scene, depth: int) -> int:
    level = scene.cursor.levels[depth]
    name = level.argument
    if not name:
        # A name that is being typed, or what goes by its place: only the first may.
        word = scene.word if depth == len(scene.cursor.levels) - 1 and not scene.in_string else ""
        named = [n for n, a in enumerate(arguments) if word and a.name.startswith(word)]
        if named:
            return named[0]
        if level.position == 0 and not scene.given_at(depth):
            return next((n for n, a in enumerate(arguments) if a.positional), -1)
        return -1
    return next((n for n, a in enumerate(arguments) if a.name == name), -1)


def _native(scene: Scene) -> Signature | None:
    cursor = scene.cursor
    prefix, _, name = cursor.attribute.partition(".")
    native = catalogue.NATIVE_TYPES[scene.provider].get(name)
    if native is None or not native.max_args:
        return None
    label = f"@{prefix}.{name}("
    parameters = []
    for number, argument in enumerate(native.args.strip("()").split(", ")):
        label += ", " if number else ""
        limit = ""
        if number < len(native.limits):
            low, high = native.limits[number]
            limit = f"From {low:,} to {high:,}."
        parameters.append(Parameter(len(label), len(label) + len(argument), limit))
        label += argument
    position = cursor.levels[0].position
    doc = f"Column type {code(native.sql)}. {native.doc}"
    return Signature(label + ")", doc, tuple(parameters), position if position < len(parameters) else -1)
