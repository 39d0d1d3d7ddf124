"""Repairs of default values."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.repair import Wrong, only_child, repairs
from prisma_lsp.lint.spelling import is_same_word, meant
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field
from prisma_lsp.syntax import nodes

# What functions are called elsewhere.
_ELSEWHERE = {
    "uuidv4": "uuid()", "uuidv7": "uuid(7)", "uuid7": "uuid(7)", "uuid4": "uuid()", "current_timestamp": "now()",
    "currenttimestamp": "now()", "timestamp": "now()", "today": "now()", "serial": "autoincrement()",
    "increment": "autoincrement()", "auto_increment": "autoincrement()",
    "gen_random_uuid": 'dbgenerated("gen_random_uuid()")', "newid": 'dbgenerated("newid()")',
    "uuid_generate_v4": 'dbgenerated("uuid_generate_v4()")',
}  # fmt: skip
_TIMES = ("now", "current_timestamp", "CURRENT_TIMESTAMP", "NOW")


@repairs("newer-function")
def newer_function(wrong: Wrong) -> Iterator[Fix]:
    call = wrong.field.default_function if wrong.field is not None else None
    if call is not None:
        for name in ("uuid", "cuid") if not call.arguments else (call.name,):
            yield wrong.fix(f"Write `{name}()`", f"{name}()", call.start, call.end)


@repairs("unknown-function")
def unknown_function(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    attribute = field.attribute("default") if field is not None else None
    call = field.default_function if field is not None else None
    if field is None or attribute is None or call is None:
        return
    known = [
        f.name for f in catalogue.FUNCTIONS.values()
        if f.context == "default" and (field.type_name in f.scalars or f.name == "dbgenerated")
        and (f.providers is None or wrong.schema.provider() in f.providers)
    ]  # fmt: skip
    found = meant(call.name, known)
    for guess in found:
        sure = len(found) == 1 and is_same_word(call.name, guess)
        yield wrong.fix(f"Write `{guess}()`", guess, call.start, call.name_end, preferred=sure)
    instead = _ELSEWHERE.get(call.name.lower())
    if instead is not None and (instead.split("(")[0] in known):
        yield wrong.fix(f"Write `{instead}`", instead, call.start, call.end)
    if call.name == "sequence" and "autoincrement" in known:
        yield wrong.fix("Write `autoincrement()`", "autoincrement()", call.start, call.end)
    yield from wrong.remove_attribute(attribute)


@repairs("default-value")
def default_value(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    attribute = field.attribute("default") if field is not None else None
    if field is None or attribute is None:
        yield from _one_counter(wrong)
        return
    value = attribute.argument("value", 0)
    if value is None:
        return
    if isinstance(value, nodes.Call):
        yield from _call(wrong, field, value)
    elif field.is_list and not isinstance(value, nodes.Array):
        text = wrong.line_text[value.start : value.end]
        yield wrong.fix(f"Write `[{text}]`", f"[{text}]", value.start, value.end, preferred=True)
    elif not field.is_list and isinstance(value, nodes.Array):
        single = only_child(value)
        if single is not value:
            text = wrong.line_text[single.start : single.end]
            yield wrong.fix(f"Write `{text}`", text, value.start, value.end, preferred=True)
        if not field.arity and field.node.type is not None:
            kind = field.node.type
            migrated = wrong.bench.is_migrated_column(field)
            if field.type_name in catalogue.SCALARS and wrong.schema.connector() in catalogue.LIST_PROVIDERS:
                how = " (re-creates the column: its values are lost)" if migrated else ""
                yield wrong.fix(
                    f"Make `{field.name}` a list{how}", f"{kind.name}[]", kind.start, kind.end,
                    safety="D" if migrated else "T",
                )  # fmt: skip
    else:
        node = wrong.value
        if node is not None:
            yield from _constant(wrong, field, node)
    yield from wrong.remove_attribute(attribute)


def _constant(wrong: Wrong, field: Field, value: nodes.Node) -> Iterator[Fix]:
    """A constant of the wrong kind."""
    values = wrong.schema.enum_values(field.type_name)
    word = ""
    match value:
        case nodes.Argument(value=inner) if inner is not None:
            value = inner
    match value:
        case nodes.Reference(name=name):
            word = name
        case nodes.String():
            word = value.value
        case nodes.Number(text=text):
            word = text

    def to(text: str, sure: bool = True) -> Fix:
        return wrong.fix(f"Write `{text}`", text, value.start, value.end, preferred=sure)

    if values is not None:
        plain = word.rsplit(".", 1)[-1]
        if plain in values:
            yield to(plain)
            return
        found = meant(plain, values)
        for guess in found:
            yield to(guess, len(found) == 1 and is_same_word(plain, guess))
        if not found:
            for guess in values[:3]:
                yield to(guess, False)
        enum = wrong.schema.enum(field.type_name)
        if enum is not None and enum.block.close >= 0 and plain.isidentifier() and plain.isascii():
            rows = enum.values
            line = rows[-1].line + 1 if rows else enum.block.header + 1
            draft = wrong.draft().add_line(enum, line, plain)
            yield Fix(f"Add `{plain}` to the enum `{enum.name}`", "R", draft.edits)
        return
    match field.type_name:
        case "String" if not isinstance(value, nodes.String) and '"' not in word and word:
            yield to(f'"{word}"')
        case "Boolean":
            truth = {"true": "true", "false": "false", "1": "true", "0": "false", "yes": "true", "no": "false"}
            known = truth.get(word.lower())
            for text in [known] if known else ["true", "false"]:
                yield to(text, bool(known))
        case "Int" | "BigInt":
            number = word.strip()
            if len(number) > 18:
                return
            if number.lstrip("-").isdigit():
                yield to(number)
            elif isinstance(value, nodes.Number) and number.split(".")[-1].strip("0") == "":
                yield to(number.split(".")[0])
            elif isinstance(value, nodes.Number):
                yield to(number.split(".")[0], False)
        case "Float" | "Decimal":
            try:
                float(word)
            except ValueError:
                return
            if word.replace(".", "", 1).lstrip("-").isdigit() and word[-1:] != "." and word.lstrip("-")[:1] != ".":
                yield to(word)
        case "DateTime":
            if word in _TIMES:
                yield to("now()")
            elif len(word) == 10 and word[4:5] == word[7:8] == "-":
                yield to(f'"{word}T00:00:00Z"')
            else:
                yield to("now()", False)
        case "Json":
            if not isinstance(value, nodes.String) and (isinstance(value, nodes.Number) or word in ("true", "false", "null")):
                yield to(f'"{word}"')
            else:
                yield to('"{}"', False)


def _call(wrong: Wrong, field: Field, call: nodes.Call) -> Iterator[Fix]:
    name = call.name

    def to(text: str, sure: bool = False) -> Fix:
        return wrong.fix(f"Write `{text}`", text, call.start, call.end, preferred=sure)

    function = catalogue.FUNCTIONS.get(name)
    provider = wrong.schema.connector()
    fits = function is not None and (field.type_name in function.scalars or name == "dbgenerated")
    given = call.arguments
    if not fits or (field.owner.kind == "type" and name in ("autoincrement", "auto", "dbgenerated")):
        for other in _instead(field, provider):
            yield to(other)
        values = wrong.schema.enum_values(field.type_name)
        for value in (values or ())[:3]:
            yield to(value)
        return
    if name in ("now", "autoincrement", "ulid", "auto") and given:
        yield to(f"{name}()", True)
    elif name == "uuid" and given:
        yield to("uuid(7)")
        yield to("uuid(4)")
    elif name == "cuid" and given:
        yield to("cuid(2)")
        yield to("cuid(1)")
    elif name == "nanoid" and given:
        yield to("nanoid()")
    elif name == "dbgenerated" and given and provider != "mongodb":
        first = given[0].value
        if isinstance(first, nodes.String) and not first.raw:
            yield to("dbgenerated()")
        elif isinstance(first, (nodes.Call, nodes.Reference, nodes.Number)) and len(given) == 1:
            text = wrong.line_text[first.start : first.end]
            if '"' not in text:
                yield to(f'dbgenerated("{text}")', True)
    elif name == "sequence":
        yield from _sequence(wrong, call)
    elif name == "auto" and provider != "mongodb":
        for other in _instead(field, provider):
            yield to(other)
    elif name == "autoincrement":
        if provider == "cockroachdb":
            yield to("sequence()")
            kind = field.node.type
            if kind is not None and field.type_name == "Int":
                draft = wrong.draft().replace(field.owner, field.line, kind.name_start, kind.name_end, "BigInt")
                if field.native_type is not None:
                    draft.remove_attribute(field, field.native_type)
                migrated = wrong.bench.is_migrated_column(field)
                how = " (rewrites the column)" if migrated else ""
                yield Fix(f"Make `{field.name}` a `BigInt`{how}", "D" if migrated else "T", draft.edits)
        elif provider == "mysql":
            draft = wrong.draft().lead_attribute(field, "@unique")
            yield Fix("Add `@unique` (creates a unique index)", "R", draft.edits)
        elif provider == "sqlite" and field.owner.id is None:
            draft = wrong.draft().lead_attribute(field, "@id")
            yield Fix(f"Make `{field.name}` the id", "R", draft.edits)


def _instead(field: Field, provider: str | None) -> Iterator[str]:
    """Functions that fit the field."""
    native = field.native or ""
    match field.type_name:
        case "String":
            if provider == "mongodb":
                if native == "ObjectId" and field.attribute("id") is not None:
                    yield "auto()"
                return
            yield "uuid(7)"
            if not native.startswith(("Uuid", "UniqueIdentifier")):
                yield "cuid(2)"
        case "DateTime":
            yield "now()"
        case "Int" | "BigInt":
            if provider not in ("mongodb", "cockroachdb") and field.attribute("id") is not None:
                yield "autoincrement()"


def _sequence(wrong: Wrong, call: nodes.Call) -> Iterator[Fix]:
    known = ("virtual", "cache", "increment", "minValue", "maxValue", "start")
    for argument in call.arguments:
        if argument.start != wrong.start or argument.name is None:
            continue
        for guess in meant(argument.name.value, known):
            yield wrong.fix(f"Write `{guess}`", guess, argument.name.start, argument.name.end)
    yield wrong.fix("Write `sequence()`", "sequence()", call.start, call.end)


def _one_counter(wrong: Wrong) -> Iterator[Fix]:
    """Keep `autoincrement()` on one field of a model."""
    model = wrong.model
    if model is None:
        return
    counting = [
        f for f in model.all_fields if f.default_function is not None and f.default_function.name == "autoincrement"
    ]
    for keep in counting:
        draft = wrong.draft()
        for field in counting:
            attribute = field.attribute("default")
            if field is not keep and attribute is not None:
                draft.remove_attribute(field, attribute)
        yield Fix(f"Count only `{keep.name}`", "T", draft.edits)


@repairs("default-name")
def default_name(wrong: Wrong) -> Iterator[Fix]:
    yield from wrong.remove_argument(preferred=True)
