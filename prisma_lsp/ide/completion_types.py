"""Types and field names to propose: the likely ones first, a relation with all that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp.ide.completion_scene import Item, Scene, dollars, is_column, native_of
from prisma_lsp.lint.fixes import Draft
from prisma_lsp.lint.names import camel, plural, singular, snake, words
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Declaration, Field, Model
from prisma_lsp.schema.relations import is_served, opposite
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import FUNCTION_ARGUMENTS

# What a field's last word, or its first of several, says of its type.
_LAST_WORDS = {
    "DateTime": "at date time on since until timestamp",
    "Int": "count number quantity position order age size length year stock",
    "Decimal": "price amount total cost tax balance fee sum",
    "Json": "metadata meta payload json config options preferences attributes",
    "Float": "score ratio rate lat lng latitude longitude",
    "Boolean": "active enabled verified public deleted archived default",
    "Bytes": "bytes blob binary",
}
_FIRST_WORDS = {"Boolean": "is has can should was allow allows enable", "Int": "num"}
_BY_LAST = {word: type_ for type_, text in _LAST_WORDS.items() for word in text.split()}
_BY_FIRST = {word: type_ for type_, text in _FIRST_WORDS.items() for word in text.split()}
_OFTEN = ("String", "Int", "Boolean", "DateTime", "Decimal", "Float", "Json", "BigInt", "Bytes")
# What Prisma has no type for.
_FOREIGN = frozenset(["location", "geometry", "geom", "geography", "coordinates", "point", "polygon", "embedding", "vector", "tsvector", "interval"])
# A row of the same model, or several.
_KIN = ("parent", "child", "children", "previous", "next", "root")
_BROOD = "children"
_STAMPS = ("createdAt", "updatedAt")


def types(scene: Scene) -> Iterator[Item]:
    """What may stand behind a field's name."""
    model = scene.model
    if model is None or not scene.tokens:
        return
    start, end = scene.tokens[0]
    name = scene.cursor.text[start:end]
    if scene.cursor.text[scene.start :] and _names_type(scene):
        yield from arities(scene.word, scene)
    told: set[str] = set()
    alone = not scene.behind or scene.behind.startswith("//")
    for item in _likely(scene, model, name, alone):
        told.add(item.label)
        yield item
    unsupported = Item(
        "Unsupported", "function", "a type of the database", 'Unsupported("")', 'Unsupported("$1")$0',
        '("…")', ("type", "Unsupported"),
    )  # fmt: skip
    is_foreign = alone and scene.provider != "mongodb" and (words(name) or [""])[-1].lower() in _FOREIGN
    alike, others = _declared(scene, model, name, told)
    waiting = list(_waiting(scene, model))
    if "@relation" in scene.behind:
        # No scalar has that behind it.
        yield from map(declared, (*waiting, *alike))
        rows = [one for one in others if isinstance(one, Model)]
        yield from map(declared, rows)
    yield from map(declared, alike)
    for number, scalar in enumerate(_OFTEN):
        if number == 1 and is_foreign:
            yield unsupported
        if number == _FEW:
            yield from map(declared, waiting)
        if scalar not in told and scene.has_scalar(scalar):
            yield _scalar(scalar, scene)
    yield from map(declared, others)
    yield unsupported


def _names_type(scene: Scene) -> bool:
    kind = scene.schema.kind_of(scene.word)
    return kind in ("scalar", "enum", "model", "view", "type")


def arities(name: str, scene: Scene) -> Iterator[Item]:
    """The type ``name`` as it is, optional, and as a list where there are lists of it."""
    schema = scene.schema
    is_row = schema.kind_of(name) in ("model", "view", "type")
    if scene.behind[:1] in ("?", "["):
        return
    yield Item(f"{name}?", "scalar", "may be empty")
    if is_row or scene.has(catalogue.LIST_PROVIDERS):
        yield Item(f"{name}[]", "scalar", "any number")


# So many scalars stand in front of models that wait for their other side.
_FEW = 4


def _waiting(scene: Scene, model: Model) -> Iterator[Model]:
    """The models with a relation to this one that has no other side yet, or had it in this line."""
    schema, field = scene.schema, scene.field
    for other in schema.referrers(model.name)[:200]:
        if other.kind == "model" and other is not model:
            for one in other.fields_by_type.get(model.name, ()):
                back = opposite(one, schema)
                if back is None or back is field:
                    yield other
                    break


# So many names that sound like the field's stand in front of the scalars.
_ALIKE = 8


def _declared(
    scene: Scene, model: Model, name: str, told: set[str]
) -> tuple[list[Declaration], list[Declaration]]:
    """What is declared and may be a type here: what sounds like the field, and the rest."""
    allowed = ["enum"] if scene.has_enums else []
    if model.kind in ("model", "view"):
        allowed += ["model", "view"]
    if scene.has(catalogue.COMPOSITE_TYPE_PROVIDERS):
        allowed.append("type")
    rank = {kind: number for number, kind in enumerate(allowed)}
    sound = _sound(name)
    alike, others = [], []
    for declaration in scene.schema.all_declarations():
        if declaration.kind not in rank or declaration.name in told:
            continue
        spelled = declaration.name.lower()
        if sound and sound in spelled:
            alike.append((not spelled.endswith(sound), len(spelled), declaration.name, declaration))
        else:
            others.append((rank[declaration.kind], 0, declaration.name, declaration))
    alike.sort(key=lambda one: one[:3])
    others.sort(key=lambda one: one[:3])
    found = [one[3] for one in alike]
    return found[:_ALIKE], [*found[_ALIKE:], *(one[3] for one in others)]


def declared(declaration: Declaration) -> Item:
    first = declaration.docs.partition("\n")[0]
    detail = f"{declaration.kind} · {first}" if first else declaration.kind
    return Item(declaration.name, declaration.kind, detail, topic=("declaration", declaration.name))


def _scalar(name: str, scene: Scene) -> Item:
    column = catalogue.SCALARS[name].columns.get(scene.provider, "")
    return Item(name, "scalar", column, topic=("type", name))


def _sound(name: str) -> str:
    return singular(snake(name)).replace("_", "").lower() if name.isascii() else name.lower()


def _likely(scene: Scene, model: Model, name: str, alone: bool) -> Iterator[Item]:
    schema = scene.schema
    usual = schema.usual_type(name) or _usual(name)
    if name in ("id", "uuid"):
        usual = schema.usual_type("id") or "String"
    if usual is not None and not scene.has_scalar(usual):
        usual = None
    targets = _targets(schema, model, name)
    if usual is not None and targets and targets[0].name.lower() != name.lower():
        # `totalPrice` is more likely a number than a row of `Price`.
        yield _scalar(usual, scene)
    for target in targets:
        if name == _BROOD and target is model:
            yield from _brood(scene, model, name) if alone else ()
            yield Item(f"{model.name}[]", "model", f"many {model.name}", topic=("declaration", model.name))
            yield declared(target)
            continue
        is_list = target.name.lower() != name.lower() and _sound(target.name) == _sound(name)
        is_list = is_list and snake(name) == plural(snake(name))
        if is_list:
            yield Item(f"{target.name}[]", "model", f"many {target.name}", topic=("declaration", target.name))
        elif alone and target.kind == "model" and model.kind == "model":
            whole = _relation(scene, model, name, target)
            if whole is not None:
                yield whole
        yield declared(target)
    key = _key_type(schema, model, name)
    if key is not None:
        column, native = key
        owner = f"as {column.owner.name}.{column.name}"
        typed = column.type_name + _map_of(model, name, scene) + native
        if typed != column.type_name and alone:
            yield Item(typed, "scalar", owner, filter=column.type_name, topic=("type", column.type_name))
        yield Item(column.type_name, "scalar", owner, topic=("type", column.type_name))
        return
    yield from _enums(schema, model, name)
    if usual is not None:
        yield _scalar(usual, scene)


def _enums(schema: Schema, model: Model, name: str) -> Iterator[Item]:
    """The enum that is called like the field, or like the field of this model."""
    base = name[:1].upper() + name[1:]
    for spelled in (model.name + base, base, singular_of(base), f"{model.name}{singular_of(base)}"):
        found = schema.enum(spelled)
        if found is not None:
            yield declared(found)
            return


def singular_of(name: str) -> str:
    turned = singular(snake(name))
    return "".join(part.capitalize() for part in turned.split("_"))


def _usual(name: str) -> str | None:
    parts = [part.lower() for part in words(name)]
    if not parts:
        return None
    return _BY_FIRST.get(parts[0]) if len(parts) > 1 and parts[0] in _BY_FIRST else _BY_LAST.get(parts[-1])


def _targets(schema: Schema, model: Model, name: str) -> list[Model]:
    """The models that a field's name speaks of: ``shop``, ``shops``, ``billingAddress``; a parent."""
    parts = words(name)
    spelled = [name[:1].upper() + name[1:]]
    for first in range(len(parts)):
        rest = "".join(part[:1].upper() + part[1:] for part in parts[first:])
        spelled += [rest, singular_of(rest)]
    found: list[Model] = []
    for one in dict.fromkeys(spelled):
        declared_as = schema.model(one)
        if declared_as is not None and declared_as.kind != "type" and declared_as not in found:
            found.append(declared_as)
    if name.lower() in _KIN and model not in found and model.kind == "model":
        found.append(model)
    return found[:2]


def _key_type(schema: Schema, model: Model, name: str) -> tuple[Field, str] | None:
    """The field that a foreign key called ``name`` points at, and its native type."""
    for relation in model.all_fields:
        if relation.key and name in relation.key:
            target = schema.model(relation.type_name)
            place = relation.key.index(name)
            references = relation.references or (target.id.names if target and target.id else ())
            if target is not None and place < len(references) and references[place] in target.fields:
                column = target.fields[references[place]]
                return column, native_of(column)
    matched = re.fullmatch(r"(.+?)_?(Id|ID|_id|Uuid|Key|Code|Slug)", name)
    if matched is None:
        return None
    stem = matched[1]
    holder = model.fields.get(stem)
    targets = _targets(schema, model, stem)
    if holder is not None and schema.model(holder.type_name) is not None:
        targets = [schema.model(holder.type_name) or model, *targets]
    for target in targets:
        wanted = camel(snake(matched[2].lstrip("_")))
        identity_names = target.id.names if target.id is not None else ()
        if wanted in target.fields:
            column_name = wanted
        elif len(identity_names) == 1:
            column_name = identity_names[0]
        else:
            continue
        if column_name in target.fields and is_column(target.fields[column_name], schema):
            column = target.fields[column_name]
            return column, native_of(column)
    return None


# --- a whole relation --------------------------------------------------------------------------


def _relation(scene: Scene, model: Model, name: str, target: Model) -> Item | None:
    """``Shop @relation(…)`` with the key's fields, its index and the other side."""
    schema = scene.schema
    references = target.id.names if target.id is not None else ()
    if not references or not all(n in target.fields for n in references):
        return None
    back, relation_name, back_name = _back(scene, model, name, target)
    if back is not None and back.key:
        # The key is at the other side already: this side is only its name.
        rest = f' @relation("{relation_name}")' if relation_name else ""
        return Item(
            f"{target.name}?", "model", f"the other side of {target.name}.{back.name}",
            target.name + "?" + rest, topic=("declaration", target.name), filter=target.name,
        ) if not back.is_list else None  # fmt: skip
    draft = Draft(schema)
    key = tuple(_key_name(model, name, reference) for reference in references)
    # A row that needs another row of its own model could never be the first.
    mark = "?" if target is model or _may_be_empty(model, key) else ""
    row = scene.cursor.index + 1
    missing = [column for column in key if column not in model.fields]
    for column_name, reference in zip(key, references, strict=True):
        if column_name in missing:
            column = target.fields[reference]
            map_ = _map_of(model, column_name, scene)
            draft.add_line(model, row, f"{column_name} {column.type_name}{mark}{map_}{native_of(column)}")
    elsewhere: tuple[str, ...] = ()
    line = _opposite_line(model, target, key, relation_name, back_name)
    if back is None and line is not None:
        if target.path == model.path:
            draft.add_line(target, _after_fields(target), line)
        else:
            elsewhere = ("opposite", model.name, name)
    needs_index = scene.provider != "mysql" or schema.relation_mode() != "foreignKeys"
    if needs_index and not is_served(model, key):
        draft.add_block_attribute(model, f"@@index([{', '.join(key)}])")
    told = f'"{relation_name}", ' if relation_name else ""
    before = f"{target.name}{mark} @relation({told}fields: [{', '.join(key)}], references: [{', '.join(references)}]"
    ignored = " @ignore" if target.is_ignored and not model.is_ignored else ""
    plain, snippet = actions(scene, target, required=not mark)
    detail = [*(f"adds {column_name}" for column_name in missing)]
    if back is None and line is not None:
        detail.append(f"{target.name}.{line.split()[0]}")
    return Item(
        f"{target.name}{mark} @relation",
        "relation",
        ", ".join(detail),
        f"{before}, {plain}){ignored}",
        f"{dollars(before)}, {snippet}){ignored}$0",
        "(…)",
        ("declaration", target.name),
        target.name,
        edits=tuple(draft.edits.get(model.path, ())),
        elsewhere=elsewhere,
    )


def _brood(scene: Scene, model: Model, name: str) -> Iterator[Item]:
    """``Order[] @relation(…)`` with the row's parent and its key."""
    waiting = [f for f in model.held_relations if f.type_name == model.name and opposite(f, scene.schema) is None]
    if waiting and waiting[0].relation_name:
        text = f'{model.name}[] @relation("{waiting[0].relation_name}")'
        yield Item(text, "relation", f"the other side of {waiting[0].name}", topic=("declaration", model.name), filter=model.name)  # fmt: skip
        return
    references = model.id.names if model.id is not None else ()
    if waiting or len(references) != 1 or references[0] not in model.fields or "parent" in model.fields:
        return
    reference = model.fields[references[0]]
    key = _key_name(model, "parent", reference.name)
    draft, row, told = Draft(scene.schema), scene.cursor.index, f"{model.name}Parent"
    plain, _ = actions(scene, model, required=False)
    draft.add_line(
        model, row, f'parent {model.name}? @relation("{told}", fields: [{key}], references: [{reference.name}], {plain})'
    )  # fmt: skip
    if key not in model.fields:
        draft.add_line(model, row, f"{key} {reference.type_name}?{_map_of(model, key, scene)}{native_of(reference)}")
    if not is_served(model, (key,)):
        draft.add_block_attribute(model, f"@@index([{key}])")
    yield Item(
        f"{model.name}[] @relation", "relation", f"adds parent, {key}", f'{model.name}[] @relation("{told}")',
        tail="(…)", topic=("declaration", model.name), filter=model.name, edits=tuple(draft.edits.get(model.path, ())),
    )  # fmt: skip


def _map_of(model: Model, name: str, scene: Scene) -> str:
    """`` @map("shop_id")`` where this model names its columns so, or ""."""
    stored = snake(name)
    taken = (f.column for f in model.all_fields if f.line != scene.cursor.index)
    fits = _maps(model) and stored != name and stored not in taken
    return f' @map("{stored}")' if fits else ""


def actions(scene: Scene, target: Model, *, required: bool) -> tuple[str, str]:
    """``onDelete: …, onUpdate: …`` for a new relation, as text and as a snippet."""
    mode = scene.schema.relation_mode()
    supported = catalogue.supported_actions(scene.provider, mode)
    if _would_circle(scene, target):
        still = "NoAction" if "NoAction" in supported else "Restrict"
        return (f"onDelete: {still}, onUpdate: {still}",) * 2
    first = catalogue.default_action("onDelete", required, scene.provider, mode)
    left_out = {first, "SetDefault", "SetNull" if required else ""}
    choices = [first, *(action for action in supported if action not in left_out)]
    return (
        f"onDelete: {first}, onUpdate: Cascade",
        f"onDelete: ${{1|{','.join(choices)}|}}, onUpdate: Cascade",
    )


def _would_circle(scene: Scene, target: Model) -> bool:
    """Whether a relation from here to ``target`` would let actions run in a circle, or on two paths
    to the same rows, where that is forbidden."""
    schema, model = scene.schema, scene.model
    guarded = scene.provider in ("sqlserver", "mongodb") or schema.relation_mode() == "prisma"
    if model is None or not guarded:
        return False
    reached = _reached(schema, target)
    if model.name in reached:
        return True
    if scene.provider != "sqlserver":
        return False
    others = [f for f in model.held_relations if f.line != scene.cursor.index]
    return any(
        reached & _reached(schema, other)
        for field in others
        if (other := schema.model(field.type_name)) is not None and not _is_still(field)
    )


def _reached(schema: Schema, start: Model) -> set[str]:
    """The models that ``start`` leads to by relations that pass something on, itself included."""
    reached = {start.name}
    waiting = [start]
    while waiting and len(reached) < _FAR:
        for field in waiting.pop().held_relations:
            target = schema.model(field.type_name)
            if target is not None and target.name not in reached and not _is_still(field):
                reached.add(target.name)
                waiting.append(target)
    return reached


# How many models are looked at for a circle.
_FAR = 300


def _is_still(field: Field) -> bool:
    """Whether a relation's actions pass nothing on."""
    written = [field.action(event) for event in ("onDelete", "onUpdate")]
    return all(one is not None and one.name in ("NoAction", "Restrict") for one in written)


def _may_be_empty(model: Model, key: tuple[str, ...]) -> bool:
    return any(name in model.fields and model.fields[name].is_optional for name in key)


def _back(scene: Scene, model: Model, name: str, target: Model) -> tuple[Field | None, str, str]:
    """(the other side that waits for this one, the relation's name, the same for a new other side)."""
    mine = [f for f in model.all_fields if f.type_name == target.name and f.line != scene.cursor.index]
    taken = {f.relation_name for f in mine}
    if target is not model:
        for other in target.all_fields:
            if other.type_name == model.name and other.relation_name not in taken:
                return other, other.relation_name or "", ""
    if mine or target is model:
        new = f"{model.name}{name[:1].upper()}{name[1:]}"
        return None, new, new
    return None, "", ""


def _opposite_line(
    model: Model, target: Model, key: tuple[str, ...], relation_name: str, back_name: str
) -> str | None:
    """The field that the other side needs."""
    unique = any(i.is_unique and set(i.names) == set(key) for i in model.indexes)
    one = model.name[:1].lower() + model.name[1:]
    many = camel(plural(snake(one)))
    rest = f' @relation("{relation_name}")' if relation_name else ""
    name = one if unique else many
    if target is model:
        name = "child" if unique else "children"
    if name in target.fields and back_name:
        name = back_name[:1].lower() + back_name[1:]
    if name in target.fields or target.block.close < 0:
        return None
    if model.is_ignored and not target.is_ignored:
        rest += " @ignore"
    return f"{name} {model.name}{'?' if unique else '[]'}{rest}"


def _key_name(model: Model, name: str, reference: str) -> str:
    """The foreign key's field: the one there is, else ``shopId``."""
    wanted = f"{name}{reference[:1].upper()}{reference[1:]}"
    folded = wanted.replace("_", "").lower()
    for field in model.fields:
        if field.replace("_", "").lower() == folded:
            return field
    return wanted


def _maps(model: Model) -> bool:
    """Whether this model gives its columns names of their own."""
    long = [f for f in model.all_fields if f.name != f.name.lower() and f.type_name in catalogue.SCALARS]
    if long:
        return sum(f.mapped_name is not None for f in long) * 2 >= len(long)
    return False


def _after_fields(target: Model) -> int:
    fields = target.all_fields
    return fields[-1].line + 1 if fields else target.block.header + 1


# --- field names -------------------------------------------------------------------------------


def field_names(scene: Scene) -> Iterator[Item]:
    """The fields that this model still lacks: id, other sides, keys of relations, time stamps."""
    model, schema = scene.model, scene.schema
    if model is None or scene.behind:
        return
    if model.kind == "model" and model.id is None and "id" not in model.fields:
        yield identity(scene)
    yield from _other_sides(scene, model)
    for relation in model.all_fields:
        target = schema.model(relation.type_name) if relation.key else None
        for column_name, reference in zip(relation.key or (), relation.references or (), strict=False):
            if column_name not in model.fields and target is not None and reference in target.fields:
                column = target.fields[reference]
                mark = "?" if relation.is_optional else ""
                map_ = _map_of(model, column_name, scene)
                text = f"{column_name} {column.type_name}{mark}{map_}{native_of(column)}"
                yield Item(text, "field", f"the key of {relation.name}", filter=column_name)
    if model.kind == "model":
        native = scene.native("Timestamptz(3)", cockroachdb="Timestamptz(3)")
        for name, attribute in zip(_STAMPS, ("@default(now())", "@updatedAt"), strict=True):
            if name not in model.fields and snake(name) not in model.fields:
                map_ = f' @map("{snake(name)}")' if _maps(model) else ""
                yield Item(f"{name} DateTime {attribute}{map_}{native}", "field", filter=name)


def identity(scene: Scene) -> Item:
    return Item(id_line(scene), "field", "the identity", filter="id")


def id_line(scene: Scene) -> str:
    """An id as the schema's other models have it, or as we would."""
    usual = scene.schema.usual_type("id")
    if scene.provider == "mongodb":
        return f'id String @id @default(auto()) @map("_id"){scene.native(mongodb="ObjectId")}'
    if usual in catalogue.function_scalars("autoincrement", scene.provider):
        return f"id {usual} @id @default(autoincrement())"
    native = scene.native("Uuid", cockroachdb="Uuid", mysql="Char(36)", sqlserver="UniqueIdentifier")
    return f"id String @id @default({ordered_uuid(scene)}){native}"


def ordered_uuid(scene: Scene) -> str:
    """The function for an id: the version 7 where this Prisma has it."""
    return "uuid(7)" if scene.since(FUNCTION_ARGUMENTS["uuid"]) else "uuid()"


def _other_sides(scene: Scene, model: Model) -> Iterator[Item]:
    """A field for each relation that leads here and has no other side yet."""
    schema = scene.schema
    for other in schema.referrers(model.name)[:200]:
        if other.kind != "model":
            continue
        for field in other.fields_by_type.get(model.name, ()):
            if not field.key or (other is model and not field.relation_name):
                continue
            if opposite(field, schema) is not None:
                continue
            line = _opposite_line(other, model, field.key, field.relation_name or "", "")
            if line is None and field.relation_name:
                line = _opposite_line(other, model, field.key, field.relation_name, f"{other.name}{field.name.capitalize()}")  # fmt: skip
            if line is not None:
                yield Item(line, "relation", f"the other side of {other.name}.{field.name}", filter=line.split()[0])
