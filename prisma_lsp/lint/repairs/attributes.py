"""Repairs of attributes and their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.names import plural, snake
from prisma_lsp.lint.repair import Wrong, only_child, repairs
from prisma_lsp.lint.spelling import is_same_word, meant
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes

# What attributes are called elsewhere.
_ELSEWHERE = {
    "primarykey": "id", "pk": "id", "primary": "id", "uniq": "unique", "createdat": "default(now())",
    "autoincrement": "default(autoincrement())", "uuid": "default(uuid(7))", "cuid": "default(cuid(2))",
    "now": "default(now())", "column": "map", "foreignkey": "relation", "references": "relation",
    "table": "map", "key": "index",
}  # fmt: skip


@repairs("unknown-attribute")
def unknown_attribute(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    if attribute is None:
        return
    name = attribute.name
    place = _place(wrong)
    known = [
        a.lstrip("@") for a in catalogue.ATTRIBUTES
        if catalogue.known_attribute(a.lstrip("@"), place)  # type: ignore[arg-type]
        and a.startswith("@@") == (wrong.signs == "@@")
    ]  # fmt: skip
    start = attribute.start + len(wrong.signs)
    instead = _ELSEWHERE.get(name.lower())
    found = [n for n in meant(name, known) if n != name]
    natives = _natives(wrong, name)
    for guess in found:
        sure = len(found) == 1 and is_same_word(name, guess)
        yield wrong.fix(f"Write `{wrong.signs}{guess}`", guess, start, attribute.name_end, preferred=sure)
    if instead is not None and (instead in known or (instead.startswith("default") and place == "field")):
        end = attribute.end if "(" in instead else attribute.name_end
        yield wrong.fix(f"Write `{wrong.signs}{instead}`", instead, start, end)
    for native in natives:
        yield wrong.fix(f"Write `@{native}`", native, start, attribute.name_end)
    field = wrong.field
    if wrong.signs == "@" and field is not None and field.owner.kind == "model" and name in ("index", "fulltext"):
        yield from _to_block(wrong, field, attribute)
    if wrong.signs == "@" and name in ("nullable", "optional") and field is not None:
        kind = field.node.type
        if kind is not None and not field.arity:
            draft = wrong.draft().insert(field.owner, field.line, kind.name_end, "?")
            draft.remove_attribute(field, attribute)
            yield Fix(f"Write `{field.type_name}?`", "T", draft.edits)
    yield from wrong.remove_attribute()


def _place(wrong: Wrong) -> str:
    declaration = wrong.declaration
    kind = declaration.kind if declaration is not None else "model"
    if wrong.signs == "@@":
        return kind
    if kind == "enum":
        return "value"
    if kind == "type":
        return "type_field"
    field = wrong.field
    target = wrong.schema.kind_of(field.type_name) if field is not None else None
    return "relation" if target in ("model", "view") else "field"


def _natives(wrong: Wrong, name: str) -> list[str]:
    """``db.VarChar`` for an attribute ``@VarChar``."""
    provider = wrong.schema.provider()
    if provider is None or wrong.signs == "@@" or wrong.field is None:
        return []
    return [
        f"{wrong.schema.datasource_name()}.{native}"
        for native in catalogue.NATIVE_TYPES[provider]
        if native.lower() == name.lower()
    ]


def _to_block(wrong: Wrong, field: Field, attribute: nodes.Attribute) -> Iterator[Fix]:
    if field.owner.block.close < 0:
        return
    inside = ""
    if attribute.arguments:
        written = wrong.line_text[attribute.arguments[0].start : attribute.arguments[-1].end]
        inside = f", {written}"
    text = f"@@{attribute.name}([{field.name}]{inside})"
    draft = wrong.draft().remove_attribute(field, attribute)
    draft.add_block_attribute(field.owner, text)
    yield Fix(f"Write `{text}` in a line of its own (creates an index)", "R", draft.edits)


@repairs("misplaced-attribute")
def misplaced(wrong: Wrong) -> Iterator[Fix]:
    attribute, field = wrong.attribute, wrong.field
    if attribute is None:
        return
    moved = False
    if field is not None and wrong.signs == "@" and field.key and len(field.key) == 1:
        column = field.owner.fields.get(field.key[0])
        if column is not None and column is not field and attribute.name != "default":
            has = column.attribute(attribute.name) is not None
            if not has and not ("." in attribute.name and column.native_type is not None):
                text = wrong.line_text[attribute.start : attribute.end]
                draft = wrong.draft().remove_attribute(field, attribute)
                draft.append_attribute(column, text)
                yield Fix(f"Move `{text}` to `{column.name}`", "T", draft.edits)
                moved = True
    yield from wrong.remove_attribute(preferred=not moved)


@repairs("duplicate-attribute")
def duplicate(wrong: Wrong) -> Iterator[Fix]:
    """Remove the one that is marked; unasked only where it says the same as one before it."""
    attribute = wrong.attribute
    declaration = wrong.declaration
    if attribute is None or declaration is None:
        return
    rows: list[tuple[int, nodes.Attribute]]
    if wrong.signs == "@@":
        rows = declaration.attributes
    else:
        given = getattr(wrong.node, "attributes", ())
        rows = [(wrong.line, a) for a in given]
    def text(line: int, a: nodes.Attribute) -> str:
        return "".join(wrong.block.line(line)[a.start : a.end].split())
    mine = text(wrong.line, attribute)
    before = [text(line, a) for line, a in rows if (line, a.start) < (wrong.line, attribute.start)]
    for fix in wrong.remove_attribute(preferred=mine in before):
        yield fix._replace(title=f"Remove this `{wrong.signs}{attribute.name}`")


@repairs("updated-at-type")
def updated_at(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    kind = field.node.type if field is not None else None
    if field is None or kind is None:
        return
    migrated = wrong.bench.is_migrated_column(field)
    draft = wrong.draft().replace(field.owner, field.line, kind.start, kind.end, "DateTime")
    for attribute in (field.native_type, field.attribute("default")):
        if attribute is not None:
            draft.remove_attribute(field, attribute)
    how = " (re-creates the column: its values are lost)" if migrated else ""
    yield Fix(f"Make `{field.name}` a `DateTime`{how}", "D" if migrated else "T", draft.edits)
    yield from wrong.remove_attribute()


# --- arguments -----------------------------------------------------------------------------------


@repairs("trailing-comma")
def trailing_comma(wrong: Wrong) -> Iterator[Fix]:
    start = len(wrong.line_text[: wrong.start].rstrip())
    yield wrong.fix("Remove the comma", "", start, wrong.end, preferred=True)


def _known(wrong: Wrong) -> dict[str, catalogue.Argument]:
    if wrong.attribute is None:
        return {}
    found = catalogue.ATTRIBUTES.get(wrong.signs + wrong.attribute.name)
    return {a.name: a for a in found.arguments} if found is not None else {}


@repairs("unknown-argument")
def unknown_argument(wrong: Wrong) -> Iterator[Fix]:
    attribute, argument = wrong.attribute, wrong.argument
    if attribute is None or argument is None:
        return
    known = _known(wrong)
    given = {a.name.value for a in attribute.arguments or () if a.name is not None}
    free = [name for name in known if name not in given]
    if argument.name is not None:
        found = meant(argument.name.value, free)
        instead = {"onDeleted": "onDelete", "key": "fields", "columns": "fields", "db": "map", "table": "map"}
        other = instead.get(argument.name.value)
        for guess in found or ([other] if other in free else []):
            sure = len(found) == 1 and is_same_word(argument.name.value, guess)
            yield wrong.fix(f"Write `{guess}`", guess, argument.name.start, argument.name.end, preferred=sure)
    else:
        unnamed = [a for a in attribute.arguments or () if a.name is None]
        lists = known.get("fields")
        words = all(isinstance(a.value, (nodes.Reference, nodes.Call)) for a in unnamed)
        if lists is not None and lists.positional and len(unnamed) > 1 and words:
            row = list(attribute.arguments or ())
            if row[: len(unnamed)] == unnamed:
                start, end = unnamed[0].start, unnamed[-1].end
                text = f"[{wrong.line_text[start:end]}]"
                yield wrong.fix(f"Write `{text}`", text, start, end, preferred=True)
    yield from wrong.remove_argument()


@repairs("duplicate-argument")
def duplicate_argument(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    if attribute is None:
        return
    if wrong.argument is None:
        old = next((a for a in attribute.arguments or () if a.name is not None and a.name.value == "name"), None)
        yield from wrong.remove_argument(old, preferred=True)
        return
    yield from wrong.remove_argument()


@repairs("missing-value")
def missing_value(wrong: Wrong) -> Iterator[Fix]:
    if wrong.attribute is None or wrong.argument is None:
        config = wrong.config
        broken = {p.line for p in wrong.block.problems}
        for line, node in config.properties.values() if config is not None else ():
            if node.value is None and line not in broken:
                yield wrong.remove_line(f"Remove `{node.name.value}`", line)
        return
    argument = wrong.argument
    name = argument.name.value if argument.name is not None else ""
    known = _known(wrong).get(name)
    for value in _values(known, wrong):
        text = f"{name}: {value}"
        yield wrong.fix(f"Write `{text}`", text, argument.start, argument.end)
    if known is None or not known.required:
        yield from wrong.remove_argument()


def _values(argument: catalogue.Argument | None, wrong: Wrong) -> Iterator[str]:
    match argument.kind if argument is not None else "":
        case "boolean":
            yield from ("true", "false")
        case "sort":
            yield from catalogue.SORT_ORDERS
        case "action":
            provider = wrong.schema.provider() or "postgresql"
            yield from catalogue.supported_actions(provider, wrong.schema.relation_mode())


@repairs("missing-argument")
def missing_argument(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    declaration = wrong.declaration
    if attribute is None or declaration is None:
        return
    value = ""
    field = wrong.field if wrong.signs == "@" else None
    match attribute.name:
        case "map" if wrong.signs == "@@":
            value = f'"{plural(snake(declaration.name))}"'
        case "map" if field is not None:
            value = f'"{snake(field.name)}"'
        case "map" if isinstance(wrong.node, nodes.ValueLine):
            value = f'"{snake(wrong.node.name.value)}"'
        case "default" if field is not None:
            value = _default_for(field, wrong)
        case "schema":
            for name in wrong.schema.database_schemas():
                yield _with_value(wrong, attribute, f'"{name}"')
    if value:
        yield _with_value(wrong, attribute, value)
    yield from wrong.remove_attribute()


def _with_value(wrong: Wrong, attribute: nodes.Attribute, value: str) -> Fix:
    rest = ""
    if attribute.arguments:
        rest = ", " + wrong.line_text[attribute.arguments[0].start : attribute.arguments[-1].end]
    text = f"{wrong.signs}{attribute.name}({value}{rest})"
    return wrong.fix(f"Write `{text}`", text, attribute.start, attribute.end)


def _default_for(field: Field, wrong: Wrong) -> str:
    if field.is_list:
        return "[]"
    values = wrong.schema.enum_values(field.type_name)
    if values:
        return values[0]
    is_id = field.attribute("id") is not None
    match field.type_name:
        case "String":
            return "uuid(7)" if is_id else '""'
        case "Int" | "BigInt":
            return "autoincrement()" if is_id and wrong.schema.connector() != "mongodb" else "0"
        case "Float" | "Decimal":
            return "0"
        case "Boolean":
            return "false"
        case "DateTime":
            return "now()"
        case "Json":
            return '"{}"'
    return ""


@repairs("argument-value")
def argument_value(wrong: Wrong) -> Iterator[Fix]:
    """A value of the wrong kind: with quotes, without them, in another case, or misspelt."""
    value = wrong.value
    attribute = wrong.attribute
    if isinstance(value, nodes.Argument) and value.value is not None:
        value = value.value
    if attribute is None or value is None:
        return
    argument = wrong.argument
    name = argument.name.value if argument is not None and argument.name is not None else ""
    known = _known(wrong)
    positional = next((a for a in known.values() if a.positional), None)
    wanted = known.get(name) if name else positional
    single = only_child(value)
    word = ""
    if isinstance(single, nodes.Reference):
        word = single.name
    elif isinstance(single, nodes.String):
        word = single.value
    elif isinstance(single, nodes.Number):
        word = single.text
    kind = wanted.kind if wanted is not None else ""
    inner = _inner_name(wrong)
    if inner:
        kind = {"sort": "sort", "length": "int"}.get(inner, "")
    match kind:
        case "string" if isinstance(single, nodes.String):
            plain = re.sub(r"\W+", "_", word).strip("_")
            if plain and plain != word:
                yield _to(wrong, value, f'"{plain}"', False)
        case "string" if word:
            yield _to(wrong, value, f'"{word}"', True)
        case "boolean":
            low = word.lower()
            truth = {"true": "true", "false": "false", "1": "true", "0": "false", "yes": "true", "no": "false"}.get(low)
            for text in [truth] if truth else ["true", "false"]:
                yield _to(wrong, value, text, bool(truth))
        case "int" if word.isdigit():
            yield _to(wrong, value, word, True)
        case "sort":
            guess = {"a": "Asc", "d": "Desc"}.get(word.lower()[:1])
            for text in [guess] if guess else list(catalogue.SORT_ORDERS):
                yield _to(wrong, value, text, bool(guess))
        case "index type":
            types = catalogue.INDEX_TYPES.get(wrong.schema.provider() or "", {})
            for text in meant(word, types):
                yield _to(wrong, value, text, is_same_word(word, text))
        case "action":
            allowed = catalogue.supported_actions(
                wrong.schema.provider() or "postgresql", wrong.schema.relation_mode()
            )
            plain = word.replace(" ", "")
            found = [a for a in allowed if a.lower() == plain.lower()] or meant(plain, allowed)
            for text in found or allowed:
                yield _to(wrong, value, text, len(found) == 1 and is_same_word(plain, text))
        case "fields" | "references" if isinstance(single, nodes.String) and single.value.isidentifier():
            model = wrong.model
            other = wrong.field
            if kind == "references" and other is not None:
                model = wrong.schema.model(other.type_name)
            if isinstance(model, Model) and single.value in model.fields:
                yield _to(wrong, single, single.value, True)
            elif model is not None:
                for text in meant(single.value, model.fields):
                    yield _to(wrong, single, text, False)
    if kind in ("fields", "references"):
        yield from wrong.remove_item()
    elif inner:
        return
    elif wanted is not None and not wanted.required:
        yield from wrong.remove_argument()
    elif wanted is not None and isinstance(single, nodes.String) and not single.raw:
        yield from wrong.remove_attribute()


def _inner_name(wrong: Wrong) -> str:
    """The argument's name where an argument of one field of a key is marked."""
    text = wrong.text
    head = text.split(":", 1)[0].strip() if ":" in text else ""
    outer = wrong.argument
    if head not in ("sort", "length", "ops") or outer is None or outer.start == wrong.start:
        return ""
    return head


def _to(wrong: Wrong, node: nodes.Node, text: str, sure: bool) -> Fix:
    return wrong.fix(f"Write `{text}`", text, node.start, node.end, preferred=sure)
