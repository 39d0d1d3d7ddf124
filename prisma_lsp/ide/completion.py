"""What may be typed next, at every point of the language and on lines that are not finished.

`complete` looks only at what stands before the cursor and at what the schema lacks; it never goes
through a list of all words.  The proposals come in the order in which they are likely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from prisma_lsp.ide import completion_attributes as attributes
from prisma_lsp.ide import completion_blocks as blocks
from prisma_lsp.ide import completion_values as values
from prisma_lsp.ide.completion_scene import Item, Scene, in_quotes, look
from prisma_lsp.ide.completion_types import arities, types
from prisma_lsp.ide.hover_things import KEYWORDS
from prisma_lsp.ide.markdown import code, escape, page
from prisma_lsp.ide.unfinished import UNNAMED, mended
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Enum, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import Version

__all__ = ["Completion", "Item", "complete", "documentation"]

# More than these are narrowed down by what is typed, and asked for again with the next letter.
LIMIT = 120

# A type with the beginning of a mark behind it.
_SUFFIXED = re.compile(r"^\s*[\w\-]+\s*:?\s*((\w+)(?:\[\]?|\?))$")
_IGNORE = re.compile(r".*?/{2,3}\s*prisma-lsp-ignore(?:-file)?(?:\s+(?:[\w-]+\s*,\s*)*([\w-]*))?$")
_MARK = re.compile(r".*?/{2,3}\s*(prisma-lsp[\w-]*|[\w-]{0,10})$")


class Completion(NamedTuple):
    """Proposals for ``line``: they replace ``start`` to the cursor, or to ``end`` where asked to.

    ``narrowed``: there are more, so ask again when more is typed.
    """

    line: int
    start: int
    column: int
    end: int
    items: list[Item]
    narrowed: bool = False


def complete(
    schema: Schema, path: str, line: int, column: int, *, trigger: str = "", version: Version | None = None
) -> Completion | None:
    """The proposals for a position; None where nothing can be proposed.

    ``trigger`` is the character that made the editor ask unasked, ``version`` the Prisma that is
    installed, as far as it is known.
    """
    schema = mended(schema, path, line)
    scene = look(schema, path, line, column, version)
    if scene is None or (trigger == " " and not scene.cursor.text.strip()):
        return None
    if trigger and trigger in " ,:=" and (scene.in_string or scene.in_comment):
        return None
    found = _items(scene)
    if scene.cursor.block.name == UNNAMED:
        found = (item for item in found if not _speaks_of(UNNAMED, item))
    if scene.line[scene.end : scene.end + 1] == "(" and not scene.in_string and scene.start < column:
        found = map(_without_brackets, found)
    proposals = _distinct(found)
    items = list(islice(proposals, LIMIT + 1))
    narrowed = len(items) > LIMIT
    if narrowed and scene.word:
        word = scene.word.lower()
        fitting = (item for item in chain(items, proposals) if _matches(word, item))
        items = list(islice(fitting, LIMIT))
    items = items[:LIMIT]
    if not items:
        return None
    if not scene.in_string and not scene.in_comment and scene.cursor.text[: scene.start].endswith((":", "=", ",")):
        items = list(map(_apart_from, items))
    return Completion(line, scene.start, scene.cursor.column, scene.end, items, narrowed)


def _speaks_of(name: str, item: Item) -> bool:
    texts = (item.label, item.insert, item.snippet, *(edit.text for edit in item.edits))
    return any(name in text for text in texts)


def _without_brackets(item: Item) -> Item:
    """The name alone, in front of brackets that are there already."""
    name, bracket, _ = (item.insert or item.label).partition("(")
    return item._replace(label=name, insert="", snippet="", tail="", detail="") if bracket else item


def _apart_from(item: Item) -> Item:
    """The proposal with white space in front of it, as it stands behind a colon or a comma."""
    snippet = f" {item.snippet}" if item.snippet else ""
    return item._replace(insert=" " + (item.insert or item.label), snippet=snippet)


def _distinct(items: Iterable[Item]) -> Iterator[Item]:
    seen = set()
    for item in items:
        if item.label + item.tail not in seen:
            seen.add(item.label + item.tail)
            yield item


def _matches(word: str, item: Item) -> bool:
    """Whether what is typed is a part of the proposal, or letters of it from its beginning on."""
    text = (item.filter or item.label).lower()
    if word in text:
        return True
    if text[:1] != word[:1]:
        return False
    at = 0
    for letter in word:
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True


def _items(scene: Scene) -> Iterable[Item]:
    cursor = scene.cursor
    block = cursor.block
    if scene.in_comment:
        return _comment(scene)
    if block.kind in ("gap", "unknown"):
        return blocks.outside(scene)
    if cursor.index == block.header:
        if not scene.before:
            return blocks.bare_keywords(scene)
        return blocks.header(scene) if scene.before == "w" and not scene.behind.startswith("w") else ()
    if cursor.index < block.header or 0 <= block.close <= cursor.index:
        return ()
    if not scene.in_string and scene.shape.endswith("s") and scene.tokens[-1][1] == cursor.column:
        return ()
    if block.kind in ("datasource", "generator"):
        return _setting(scene)
    if block.kind == "enum":
        return _enum(scene)
    return _member(scene)


def _setting(scene: Scene) -> Iterator[Item]:
    if scene.in_string:
        setting = scene.cursor.setting
        found = list(values.strings(scene)) if scene.cursor.levels else []
        if found or (scene.cursor.levels and scene.cursor.levels[-1].bracket == "("):
            yield from found
            return
        taken = scene.listed if scene.cursor.levels else set()
        yield from (item for item in blocks.texts(scene, setting) if item.label not in taken)
        return
    if scene.cursor.levels and scene.cursor.levels[-1].owner == "env":
        yield in_quotes(Item(blocks.variable(scene.cursor.setting), "value"))
        return
    yield from blocks.config(scene)
    if not scene.before:
        yield from _unclosed(scene)


def _enum(scene: Scene) -> Iterable[Item]:
    if scene.cursor.levels:
        return _argument(scene)
    if not scene.before:
        if scene.behind and scene.cursor.role != "attribute":
            return ()
        return chain(_filtered(attributes.on_block(scene), scene), _unclosed(scene))
    return attributes.on_value(scene) if scene.before.startswith("w") and _apart(scene) else ()


def _member(scene: Scene) -> Iterable[Item]:
    cursor = scene.cursor
    before = scene.before
    suffixed = _SUFFIXED.search(cursor.text)
    if suffixed is not None and before[:1] == "w":
        rest = scene.line[cursor.column :]
        closing = 2 if rest.startswith("[]") else rest.startswith(("]", "?"))
        scene.start, scene.end = suffixed.start(1), cursor.column + closing
        return arities(suffixed[2], scene)
    if cursor.levels:
        return _argument(scene)
    if not before:
        return chain(_filtered(attributes.at_line_start(scene), scene), _unclosed(scene))
    if before in ("w", "w:"):
        if cursor.role == "attribute":
            return _filtered(attributes.on_field(scene), scene)
        return types(scene) if cursor.text[: scene.start].endswith((" ", "\t", ":")) else ()
    if before[0] in "wp" and _apart(scene):
        return _filtered(attributes.on_field(scene), scene)
    if before in ("ww[]", "w:w[]") and not scene.word:
        # White space may stand in front of the brackets, and is wanted behind them.
        return map(_apart_from, attributes.on_field(scene))
    return ()


def _unclosed(scene: Scene) -> Iterable[Item]:
    """Keywords, where the block is not closed and the line may be meant to stand behind it."""
    is_free = not scene.behind and not scene.cursor.text[: scene.start]
    return blocks.keywords(scene) if scene.cursor.block.close < 0 and is_free else ()


def _apart(scene: Scene) -> bool:
    """Whether white space or a closing bracket stands before what is typed."""
    return scene.cursor.text[: scene.start].endswith((" ", "\t", ")"))


def _filtered(items: Iterable[Item], scene: Scene) -> Iterator[Item]:
    """Attributes that are found by their letters where the at sign is not typed yet."""
    bare = not scene.word.startswith("@")
    for item in items:
        yield item._replace(filter=(item.filter or item.label).lstrip("@")) if bare else item


def _argument(scene: Scene) -> Iterator[Item]:
    """Between the brackets of an attribute, or of a function in one."""
    cursor = scene.cursor
    level = cursor.levels[-1]
    slot = cursor.slot
    if cursor.is_native:
        yield from attributes.sizes(scene)
        return
    if not cursor.attribute:
        if level.owner == "Unsupported":
            yield from values.database_types(scene)
        return
    if scene.in_string:
        yield from values.strings(scene)
    elif level.bracket == "{":
        yield from values.filtered(scene)
    elif level.bracket == "[":
        items = slot is not None and slot.kind in ("fields", "references", "value")
        if slot is not None and items and not scene.is_behind_value:
            yield from values.values(scene, slot)
    elif level.argument and not scene.is_behind_value:
        if slot is not None:
            yield from values.values(scene, slot)
    else:
        names = list(attributes.arguments(scene))
        if scene.is_behind_value:
            yield from names
        elif slot is not None and slot.positional and not scene.given_at(len(cursor.levels) - 1):
            whole = list(attributes.whole_key(scene))
            yield from whole
            if cursor.attribute == "relation" and len(cursor.levels) == 1:
                # Its name is the last thing that is wanted, unless it is all there can be.
                yield from names
                names = []
            yield from values.values(scene, slot)
        else:
            yield from attributes.whole_key(scene)
        yield from names


def _comment(scene: Scene) -> Iterator[Item]:
    """Names of rules behind ``prisma-lsp-ignore``, and the mark itself."""
    text = scene.cursor.text[scene.tokens[-1][0] :]
    ignore = _IGNORE.fullmatch(text)
    if ignore is not None and ignore[1] is not None:
        from prisma_lsp.lint.rule import all_rules

        column = scene.cursor.column
        scene.start, scene.end = column - len(ignore[1]), column
        for rule in sorted(all_rules(), key=lambda rule: rule.name):
            yield Item(rule.name, "rule", rule.level, topic=("rule", rule.name))
        return
    mark = _MARK.fullmatch(text)
    if mark is not None and (mark[1] and "prisma-lsp-ignore".startswith(mark[1])):
        scene.start, scene.end = scene.cursor.column - len(mark[1]), scene.cursor.column
        yield Item("prisma-lsp-ignore", "keyword", "switch a rule off here")
        yield Item("prisma-lsp-ignore-file", "keyword", "switch a rule off in this file")


# --- more about one proposal -------------------------------------------------------------------


def documentation(schema: Schema, topic: Iterable[str]) -> str:
    """Markdown about a proposal's ``topic``, or ""."""
    match tuple(topic):
        case ("text", text):
            return text
        case ("keyword", name):
            return KEYWORDS.get(name, "")
        case ("type", "Unsupported"):
            return catalogue.UNSUPPORTED_DOC
        case ("type", name) if name in catalogue.SCALARS:
            return catalogue.SCALARS[name].doc
        case ("declaration", name):
            return _declaration(schema, name)
        case ("field", owner, name):
            model = schema.model(owner)
            field = model.fields.get(name) if model is not None else None
            if field is None:
                return ""
            written = field.owner.block.line(field.line).strip()
            return page(f"```prisma\n{written}\n```")
        case ("attribute", name) if name in catalogue.ATTRIBUTES:
            return catalogue.ATTRIBUTES[name].doc
        case ("native", name):
            native = catalogue.NATIVE_TYPES.get(schema.provider() or "postgresql", {}).get(name)
            return page(f"Column type {code(native.sql)}.", native.doc) if native is not None else ""
        case ("argument", _, doc):
            return doc
        case ("function", name) if name in catalogue.FUNCTIONS:
            return catalogue.FUNCTIONS[name].doc
        case ("action", name, event) if name in catalogue.ACTIONS:
            action = catalogue.ACTIONS[name]
            meaning = action.on_delete if event == "onDelete" else action.on_update
            return page(meaning, action.doc)
        case ("value", owner, name):
            enum = schema.enum(owner)
            value = next((v for v in enum.values if v.name == name), None) if enum is not None else None
            return f"Stored as {code(value.database_name)}." if value is not None else ""
        case ("rule", name):
            return _rule(name)
    return ""


def _declaration(schema: Schema, name: str) -> str:
    found = schema.declarations(name)
    if not found:
        return ""
    declaration = found[0]
    facts = ""
    match declaration:
        case Model():
            facts = ", ".join(code(f.name) for f in declaration.all_fields[:12])
        case Enum():
            facts = ", ".join(code(v.name) for v in declaration.values[:20])
    return page(f"**{code(name)}** · {declaration.kind}", escape(declaration.docs), facts)


def _rule(name: str) -> str:
    from prisma_lsp.lint.rule import all_rules

    found = next((rule for rule in all_rules() if rule.name == name), None)
    return found.summary if found is not None else ""
