"""Attributes to propose, and the names of their arguments: those that are valid here and missing."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.ide.completion_scene import Item, Scene, dollars, is_column
from prisma_lsp.ide.completion_types import actions, field_names, ordered_uuid
from prisma_lsp.lint.fixes import Draft, Edits
from prisma_lsp.lint.names import plural, snake
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.relations import is_served, opposite
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import PARTIAL_INDEXES, has_argument

# The order in which they stand in a line.
_FIELD = ("@id", "@unique", "@default", "@updatedAt", "@relation", "@shardKey", "@map", "@ignore")
_BLOCK = (
    "@@id", "@@unique", "@@index", "@@fulltext", "@@map", "@@schema", "@@ignore", "@@shardKey",
)  # fmt: skip
_ONCE = {"@@id", "@@map", "@@schema", "@@ignore", "@@shardKey"}
_KEYS = ("String", "Int", "BigInt", "Bytes", "DateTime", "Decimal", "Float", "Boolean")


def _item(name: str, plain: str = "", snippet: str = "", detail: str = "", tail: str = "") -> Item:
    """An attribute; where it is found without its at signs, they are not asked for."""
    return Item(name, "attribute", detail, plain, snippet, tail, ("attribute", name))


# --- on fields and values ----------------------------------------------------------------------


def on_field(scene: Scene) -> Iterator[Item]:
    model, field = scene.model, scene.field
    if model is None or field is None:
        return
    used = scene.attributes
    place = _place(model, scene)
    if scene.word.startswith(f"@{scene.schema.datasource_name()}."):
        yield from natives(scene)
        return
    for name in _FIELD:
        known = catalogue.ATTRIBUTES[name]
        if name in used or not scene.has(known.providers):
            continue
        if not catalogue.known_attribute(name[1:], place) or not _fits(name, field, model, scene, used):
            continue
        yield from _written(name, field, scene)
        if name == "@updatedAt":
            yield from natives(scene, likely_only=True)
    if place != "relation":
        yield from natives(scene)


def _place(model: Model, scene: Scene) -> catalogue.Place:
    if model.kind == "type":
        return "type_field"
    return "relation" if scene.is_relation else "field"


def _fits(name: str, field: Field, model: Model, scene: Scene, used: set[str]) -> bool:
    """The finer points of where an attribute makes sense."""
    kind = scene.schema.kind_of(field.type_name)
    if scene.is_relation:
        return name == "@relation" or (name == "@ignore" and not model.is_ignored)
    match name:
        case "@id":
            if model.kind == "view":
                return False
            alone = all(i.field is not None and i.field.line == field.line for i in model.indexes if i.kind == "id")
            keyed = kind == "enum" or field.type_name in _KEYS
            return alone and keyed and not field.arity and not used & {"@unique", "@ignore"}
        case "@unique":
            if "@id" in used or _is_alone_unique(field, scene):
                return False
            return kind != "type" and (field.type_name, scene.provider) != ("Json", "mysql")
        case "@updatedAt":
            return field.type_name == "DateTime" and not field.is_list
        case "@relation":
            return kind is None and field.type_name != "Unsupported"
        case "@ignore":
            return field.type_name != "Unsupported" and not model.is_ignored
        case "@shardKey":
            return "shardKeys" in scene.schema.preview_features()
    return True


def _is_alone_unique(field: Field, scene: Scene) -> bool:
    """Whether a key of the block says it already; MongoDB takes one index of a field."""
    return any(
        index.names == (field.name,) and index.line != field.line
        and (index.kind == "unique" or (index.kind == "index" and scene.provider == "mongodb"))
        for index in field.owner.indexes
    )  # fmt: skip


def _written(name: str, field: Field, scene: Scene) -> Iterator[Item]:
    match name:
        case "@default":
            likely = _default(field, scene)
            if likely:
                text = f"@default({likely})"
                if likely == "auto()" and not scene.has_native:
                    text += scene.native(mongodb="ObjectId")  # it makes nothing else
                yield Item(text, "attribute", "", topic=("attribute", "@default"))
            inner = "[$1]" if field.is_list else "$1"
            yield _item(name, "@default()", f"@default({inner})$0", tail="(…)")
        case "@relation":
            other = opposite(field, scene.schema) if not scene.attributes else None
            holds = other is not None and other.key
            if not field.is_list and not holds:
                yield from _whole(field, scene)
            yield _item(name, "@relation()", '@relation("$1")$0' if field.is_list else "@relation($1)$0", tail="(…)")
        case "@map":
            better = snake(field.name)
            guess = better if better != field.name else ""
            yield _map(guess)
        case _:
            yield _item(name)


def _whole(field: Field, scene: Scene) -> Iterator[Item]:
    """``@relation`` with the key that is there already."""
    pair = guess_key(field, scene)
    if pair is None:
        return
    key, references = pair
    required = any(not field.owner.fields[name].is_optional for name in key)
    fields = f"fields: [{', '.join(key)}], references: [{', '.join(references)}]"
    target = scene.schema.model(field.type_name) or field.owner
    plain, snippet = actions(scene, target, required=required)
    yield Item(
        f"@relation({fields})", "attribute", "",
        f"@relation({fields}, {plain})", f"@relation({dollars(fields)}, {snippet})$0",
        topic=("attribute", "@relation"), filter="@relation",
    )  # fmt: skip


def guess_key(field: Field, scene: Scene) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The fields of this model that are likely the key of a relation field, and what they point at."""
    target = scene.schema.model(field.type_name)
    if target is None or target.id is None or field.is_list:
        return None
    references = target.id.names
    key = []
    for reference in references:
        folded = (field.name + reference).replace("_", "").lower()
        found = next((n for n in field.owner.fields if n.replace("_", "").lower() == folded), None)
        if found is None:
            return None
        key.append(found)
    return tuple(key), references


def _default(field: Field, scene: Scene) -> str:
    """The value that a field of this type most often begins with."""
    if field.is_list:
        return "[]"
    enum = scene.schema.enum(field.type_name)
    if enum is not None:
        return enum.values[0].name if enum.values else ""
    is_id = "@id" in scene.attributes or (field.name == "id" and field.owner.id is None)
    match field.type_name:
        case "DateTime":
            return "now()" if field.name.lower().startswith(("created", "inserted", "added")) else ""
        case "Boolean":
            return "false"
        case "String":
            return ("auto()" if scene.provider == "mongodb" else ordered_uuid(scene)) if is_id else ""
        case "Int" | "BigInt" if scene.field is not None:
            counts = catalogue.function_scalars("autoincrement", scene.provider)
            if is_id and "@id" not in scene.attributes and not scene.abilities.autoincrement_anywhere:
                return ""
            return ("autoincrement()" if field.type_name in counts else "") if is_id else "0"
    return ""


def natives(scene: Scene, likely_only: bool = False) -> Iterator[Item]:
    """The native types that this provider has for the field's type, the usual ones first."""
    field = scene.field
    if field is None or scene.has_native or scene.schema.connector() == "none":
        return
    prefix = f"@{scene.schema.datasource_name()}."
    found = [
        native
        for native in catalogue.NATIVE_TYPES[scene.provider].values()
        if field.type_name in native.scalars and not _too_long(native.name, field, scene)
    ]
    found.sort(key=lambda native: _usage(native.name, field, scene))
    likely = bool(found) and _usage(found[0].name, field, scene) < 0
    if likely_only:
        found = found[:1] if likely else []
    for native in found:
        yield _native(native, prefix)


_LONG = ("Text", "Blob", "Image", "Xml")


def _too_long(native: str, field: Field, scene: Scene) -> bool:
    """Whether the database would refuse the type, because the column is in a key or index."""
    keys = [i for i in field.owner.indexes if field.name in i.names and i.kind != "fulltext"]
    if scene.provider == "postgresql":
        return (native == "Xml" and bool(keys)) or _breaks_index(native, field)
    return scene.provider in ("mysql", "sqlserver") and native.endswith(_LONG) and bool(keys)


def _breaks_index(native: str, field: Field) -> bool:
    """Whether an index that is there cannot hold the field once it has this native type."""
    from prisma_lsp.lint.validity.keys import with_class, without_class

    for index in field.owner.indexes:
        for column in index.columns:
            if column.name != field.name:
                continue
            if column.ops is None:
                if without_class(field, index.type or "", "postgresql", native):
                    return True
            elif not column.ops.startswith("raw(") and with_class(field, column.ops, native):
                return True
    return False


# Which native type of a scalar people want, best first.
_WANTED = {
    "DateTime": ("Timestamptz", "DateTimeOffset", "DateTime", "DateTime2", "Timestamp", "Date"),
    "String": ("Text", "VarChar", "NVarChar", "Uuid", "Char", "ObjectId"),
    "Decimal": ("Decimal",),
    "Json": ("JsonB", "Json"),
    "Int": ("Integer", "Int", "SmallInt"),
}  # fmt: skip


def _usage(name: str, field: Field, scene: Scene) -> int:
    wanted = _WANTED.get(field.type_name, ())
    if field.type_name == "String":
        keyish = field.name == "id" or field.name.lower().endswith(("id", "uuid")) or "@id" in scene.attributes
        if keyish and name in ("Uuid", "UniqueIdentifier", "ObjectId"):
            return -2
    if name == "Timestamptz" and not field.name.lower().endswith("date"):
        return -1
    return wanted.index(name) if name in wanted else len(wanted)


_SIZES = {
    "(length)": "255", "(length | Max)": "255", "(precision)": "3", "(precision, scale)": "12, ${2:2}", "(bits)": "53",
}  # fmt: skip


def _native(native: catalogue.NativeType, prefix: str) -> Item:
    name = prefix + native.name
    topic = ("native", native.name)
    if not native.max_args:
        return Item(name, "native", native.sql, topic=topic)
    size = _SIZES.get(native.args, "1") if native.name != "Bit" else "1"
    sql = native.sql.partition("(")[0]
    opening = "${1:"
    first, _, rest = size.partition(",")
    inner = f"{opening}{first}}}" + (f",{rest}" if rest else "")
    plain = f"{name}()" if native.min_args else name
    return Item(name, "native", sql, plain, f"{name}({inner})$0", native.args, topic)


def sizes(scene: Scene) -> Iterator[Item]:
    """The arguments of a native type: what this model's other columns have, and what is usual."""
    cursor, model = scene.cursor, scene.model
    name = cursor.attribute.partition(".")[2]
    native = catalogue.NATIVE_TYPES.get(scene.provider, {}).get(name)
    if native is None or not native.max_args or scene.is_behind_value or scene.in_string:
        return
    place = cursor.levels[-1].position
    found: list[str] = []
    for field in model.all_fields if model is not None else ():
        attribute = field.native_type
        if attribute is not None and attribute.arguments and field.native and field.line != cursor.index:
            written, _, rest = field.native.partition("(")
            if written == name and rest:
                found.append(rest.rstrip(")"))
    usual = _SIZES.get(native.args, "1") if name != "Bit" else "1"
    found.append(usual.replace("${2:2}", "2"))
    if "Max" in native.args:
        found.append("Max")
    for text in dict.fromkeys(found):
        parts = [part.strip() for part in text.split(",")]
        written = ", ".join(parts[place:])
        if place < native.max_args and written:
            names = [name.strip() for name in native.args.strip("()").replace(" | Max", "").split(",")]
            detail = "2 GB" if text == "Max" else ", ".join(names[place : place + len(parts[place:])])
            yield Item(written, "constant" if text == "Max" else "number", detail)


def on_value(scene: Scene) -> Iterator[Item]:
    value = scene.cursor.enum_value
    if "@map" not in scene.attributes:
        guess = snake(value.name) if value is not None else ""
        yield _map(guess if value is not None and guess != value.name else "")


def _map(guess: str) -> Item:
    hole = f"${{1:{guess}}}" if guess else "$1"
    return _item("@map", f'@map("{guess}")', f'@map("{hole}")$0', tail=f'("{guess or "…"}")')


# --- on blocks ---------------------------------------------------------------------------------


def on_block(scene: Scene) -> Iterator[Item]:
    declaration = scene.cursor.declaration
    if declaration is None or declaration.kind not in ("model", "view", "enum"):
        return
    place: catalogue.Place = declaration.kind
    used = {"@@" + a.name for line, a in declaration.attributes if line != scene.cursor.index}
    schemas = scene.schema.database_schemas()
    if schemas and "@@schema" not in used and scene.has(catalogue.MULTI_SCHEMA_PROVIDERS):
        for name in schemas:
            yield Item(f'@@schema("{name}")', "attribute", topic=("attribute", "@@schema"))
    if isinstance(declaration, Model) and declaration.kind == "model":
        yield from _unserved(declaration, scene)
    for name in _BLOCK:
        known = catalogue.ATTRIBUTES[name]
        is_once = name in _ONCE or (name == "@@fulltext" and scene.abilities.one_fulltext)
        if (is_once and name in used) or not scene.has(known.providers):
            continue
        if not catalogue.known_attribute(name[2:], place):
            continue
        if declaration.kind == "view" and name in ("@@id", "@@index", "@@fulltext"):
            continue
        if name == "@@id" and isinstance(declaration, Model):
            identity = declaration.id
            if identity is not None and identity.line != scene.cursor.index:
                continue
        if name == "@@schema":
            continue
        if name == "@@shardKey" and "shardKeys" not in scene.schema.preview_features():
            continue
        if name == "@@map":
            guess = snake(declaration.name)
            if declaration.kind != "enum":
                guess = plural(guess)
            yield _item(name, f'@@map("{guess}")', f'@@map("${{1:{guess}}}")$0', tail=f'("{guess}")')
        elif any(argument.kind == "fields" for argument in known.arguments):
            yield _item(name, f"{name}([])", f"{name}([$1])$0", tail="([…])")
        elif known.arguments:
            yield _item(name, f'{name}("")', f'{name}("$1")$0', tail='("…")')
        elif name == "@@ignore" and isinstance(declaration, Model):
            yield _ignore(declaration, scene)
        else:
            yield _item(name)


def _ignore(model: Model, scene: Scene) -> Item:
    """``@@ignore`` with what it asks of the relation fields that lead to the model."""
    edits = ignoring(model, scene.schema)
    path = scene.cursor.path
    count = sum(len(found) for found in edits.values())
    fields = "a relation field" if count == 1 else f"{count} relation fields"
    return Item(
        "@@ignore", "attribute", f"also ignores {fields}" if count else "", topic=("attribute", "@@ignore"),
        edits=tuple(edits.get(path, ())), elsewhere=("ignored", model.name) if edits.keys() - {path} else (),
    )  # fmt: skip


def ignoring(model: Model, schema: Schema) -> Edits:
    """The edits without which Prisma refuses to ignore a model: the relation fields that lead to it
    are ignored, and its own fields are no more, as they are anyway."""
    draft = Draft(schema)
    for field in model.all_fields:
        attribute = field.attribute("ignore")
        if attribute is not None:
            draft.remove_attribute(field, attribute)
    for other in schema.referrers(model.name):
        if other.kind == "model" and other is not model and not other.is_ignored:
            for field in other.fields_by_type.get(model.name, ()):
                if not field.is_ignored:
                    draft.append_attribute(field, "@ignore")
    return draft.edits


def _unserved(model: Model, scene: Scene) -> Iterator[Item]:
    """An index for each foreign key that has none."""
    if scene.provider == "mysql" and scene.schema.relation_mode() == "foreignKeys":
        return
    for field in model.all_fields:
        key = field.key
        if key and all(n in model.fields for n in key) and not is_served(model, key):
            text = f"@@index([{', '.join(key)}])"
            yield Item(text, "attribute", f"the key of {field.name}", topic=("attribute", "@@index"), filter="@@index")


def at_line_start(scene: Scene) -> Iterator[Item]:
    """What may begin a line of a model: fields are named freely, so only those that are missing."""
    if scene.cursor.role != "attribute":
        if scene.behind:
            return
        yield from field_names(scene)
    yield from on_block(scene)


# --- names of arguments ------------------------------------------------------------------------


def arguments(scene: Scene) -> Iterator[Item]:
    """The arguments that may stand here and are not given yet, by name."""
    cursor = scene.cursor
    given = scene.given
    level = cursor.levels[-1]
    takes_name = not scene.behind.startswith(":")
    comma = ", " if scene.is_behind_value else ""
    # The name of a relation is the last that is wanted.
    ordered = sorted(cursor.parameters, key=lambda a: a.positional and not a.required)
    for argument in ordered:
        if argument.name in given or not scene.has(argument.providers):
            continue
        if not has_argument(level.owner, argument.name, scene.version):
            continue
        if (level.position or comma) and argument.positional:
            continue
        if not _needed(argument, scene, given):
            continue
        item = _argument(argument, scene, takes_name)
        if comma:
            item = item._replace(insert=comma + item.insert, snippet=comma + item.snippet)
        yield item


def _needed(argument: catalogue.Argument, scene: Scene, given: set[str]) -> bool:
    cursor, field = scene.cursor, scene.field
    features = scene.schema.preview_features()
    match cursor.at + cursor.attribute, argument.name:
        case "@relation", name if field is not None and name != "name":
            if field.is_list and not (scene.provider == "mongodb" and name in ("fields", "references")):
                return False
            other = opposite(field, scene.schema)
            if other is not None and other.key and not given & {"fields", "references"}:
                return False
            return name != "map" or scene.abilities.named_foreign_key
        case "@id" | "@@id", "map":
            return scene.abilities.named_id
        case "@default", "map":
            return "autoincrement(" not in scene.line
        case "@@index", "name":
            return False
        case "@@index", "map":
            return "name" not in given
        case _, "where":
            return "partialIndexes" in features and scene.since(PARTIAL_INDEXES)
        case ("@default", "value") | ("@map" | "@@map" | "@@schema", _):
            # Nobody writes these names, unless they have begun to.
            return bool(scene.word) and argument.name.startswith(scene.word)
        case _, ("length" | "sort" | "ops") if field is None and len(cursor.levels) > 1:
            return _column_takes(argument.name, scene)
        case "", _ if cursor.setting != "extensions":
            return True
    return not (argument.positional and argument.required and len(cursor.levels) > 1)


def _column_takes(name: str, scene: Scene) -> bool:
    """Whether a column of an index takes this argument."""
    column = scene.model.fields.get(scene.cursor.levels[-1].owner) if scene.model is not None else None
    kind = scene.cursor.attribute
    if name == "ops":
        return kind == "index"
    if name == "length":
        return column is None or column.type_name in ("String", "Bytes")
    return kind != "fulltext" or scene.provider == "mongodb"


def _argument(argument: catalogue.Argument, scene: Scene, takes_name: bool) -> Item:
    name = argument.name
    topic = ("argument", name, argument.doc)
    if not takes_name:
        return Item(name, "argument", argument.kind, topic=topic)
    match argument.kind:
        case "fields" | "references":
            plain, snippet = f"{name}: []", f"{name}: [$1]"
            guess = guess_key(scene.field, scene) if scene.field is not None else None
            if guess is not None and scene.cursor.attribute == "relation":
                names = ", ".join(guess[0] if argument.kind == "fields" else guess[1])
                plain, snippet = f"{name}: [{names}]", f"{name}: [${{1:{names}}}]"
        case "string":
            plain, snippet = f'{name}: ""', f'{name}: "$1"'
        case _:
            plain, snippet = f"{name}: ", f"{name}: $1"
    detail = argument.kind if argument.kind != "action" else argument.doc
    return Item(name, "argument", detail, plain, snippet, ":", topic)


def whole_key(scene: Scene) -> Iterator[Item]:
    """``fields: […], references: […]`` at once, in a `@relation` that has neither."""
    field = scene.field
    if scene.cursor.attribute != "relation" or field is None or scene.behind.startswith(":"):
        return
    guess = guess_key(field, scene)
    if guess is None or scene.given & {"fields", "references"}:
        return
    other = opposite(field, scene.schema)
    if other is not None and other.key:
        return
    text = f"fields: [{', '.join(guess[0])}], references: [{', '.join(guess[1])}]"
    yield Item(text, "argument", topic=("attribute", "@relation"), filter="fields")


def columns(model: Model, scene: Scene) -> list[Field]:
    return [f for f in model.fields.values() if is_column(f, scene.schema)]
