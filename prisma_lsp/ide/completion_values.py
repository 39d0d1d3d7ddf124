"""Values to propose, by what the argument takes: fields, actions, functions, constants, names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.ide.completion_attributes import columns, guess_key
from prisma_lsp.ide.completion_scene import Item, Scene, in_quotes
from prisma_lsp.lint.fixes import Draft
from prisma_lsp.lint.names import plural, snake
from prisma_lsp.lint.relation_fixes import loosen
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.constraints import constraints
from prisma_lsp.schema.declarations import Field, Index, IndexColumn, Model
from prisma_lsp.schema.sql import NAME_LIMITS
from prisma_lsp.schema.versions import FUNCTION_ARGUMENTS, FUNCTIONS, has_argument
from prisma_lsp.text import Edit, Range

_IN_LIST = ",]"
_IN_CALL = ",)"


def values(scene: Scene, slot: catalogue.Argument) -> Iterator[Item]:
    cursor = scene.cursor
    if not has_argument(cursor.levels[-1].owner, slot.name, scene.version):
        return
    in_array = cursor.levels[-1].bracket == "["
    match slot.kind:
        case "fields" | "references" if not in_array:
            yield from _array(scene, slot.kind)
        case "fields":
            yield from _key(scene) if cursor.attribute == "relation" else _indexed(scene)
        case "references":
            yield from _references(scene)
        case "action":
            yield from _actions(scene, slot.name)
        case "value":
            yield from _defaults(scene, in_array)
        case "sort":
            for name, doc in catalogue.SORT_ORDERS.items():
                yield Item(name, "value", doc.partition(".")[0], commit=_IN_CALL, topic=("text", doc))
        case "index type":
            yield from _index_types(scene)
        case "operator class":
            yield from _operators(scene)
        case "boolean":
            yield from reversed(list(_booleans())) if slot.name == "clustered" else _booleans()
        case "filter":
            yield _function("raw", '("…")', 'raw("$1")$0')
            yield Item("{ … }", "snippet", "fields and values", "{ }", "{ $1 }$0", topic=("text", slot.doc))
        case "string":
            for item in strings(scene):
                yield in_quotes(item)
            if cursor.attribute == "schema" and scene.schema.database_schemas():
                return
            yield Item('""', "string", slot.name, '""', '"$1"$0', topic=("text", slot.doc))
        case "int":
            yield from _numbers(scene)


# Types of the databases that Prisma has no name for.
_DATABASE_TYPES = {
    "postgresql": (
        "tsvector", "vector(1536)", "geometry(Point, 4326)", "geography(Point, 4326)", "point", "polygon", "box",
        "circle", "line", "int4range", "int8range", "numrange", "tsrange", "tstzrange", "daterange", "interval",
        "cidr", "macaddr", "hstore", "ltree",
    ),
    "cockroachdb": ("geometry(Point, 4326)", "geography(Point, 4326)", "interval", "tsvector", "vector(1536)"),
    "mysql": ("geometry", "point", "linestring", "polygon", "multipolygon", "set('a', 'b')"),
    "sqlserver": ("geography", "geometry", "hierarchyid", "rowversion", "sql_variant"),
}  # fmt: skip


def database_types(scene: Scene) -> Iterator[Item]:
    """What ``Unsupported`` may name."""
    if not scene.is_behind_value:
        for name in _DATABASE_TYPES.get(scene.provider, ()):
            item = Item(name, "value", "a type of the database")
            yield item if scene.in_string else in_quotes(item)


def _numbers(scene: Scene) -> Iterator[Item]:
    known = {"uuid": ("4", "7"), "cuid": ("1", "2"), "nanoid": ("21",)}
    function = scene.cursor.levels[-1].owner
    for number in reversed(known.get(function, ())):
        yield Item(number, "number", function, topic=("function", function))


def _booleans() -> Iterator[Item]:
    yield Item("true", "constant", commit=_IN_CALL)
    yield Item("false", "constant", commit=_IN_CALL)


def _array(scene: Scene, kind: str) -> Iterator[Item]:
    field = scene.field
    is_relation = scene.cursor.attribute == "relation"
    guess = guess_key(field, scene) if field is not None and is_relation else None
    whole: list[tuple[str, ...]] = []
    other = scene.written_list("references" if kind == "fields" else "fields") if is_relation else ()
    if guess is not None and len(other) in (0, len(guess[0])):
        whole.append(guess[0] if kind == "fields" else guess[1])
    if kind == "references" and other:
        whole += _pointed(scene, other)
    for names in dict.fromkeys(whole):
        yield Item(f"[{', '.join(names)}]", "field")
    yield Item("[]", "snippet", "fields", "[]", "[$1]$0")
    if len(other) > 1:
        return  # one alone is too few
    one: Iterable[Item] = _references(scene)
    if kind == "fields":
        one = _key(scene) if is_relation else _indexed(scene)
    for item in one:
        yield item._replace(insert=f"[{item.label}]", commit="")


def _pointed(scene: Scene, key: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The unique keys of the other model that have the types of ``key``."""
    model, target = scene.model, scene.other
    if model is None or target is None:
        return
    types = [model.fields[name].type_name for name in key if name in model.fields]
    for index in sorted((i for i in target.indexes if i.is_unique), key=lambda i: i.kind != "id"):
        if [target.fields[name].type_name for name in index.names if name in target.fields] == types:
            yield index.names


# --- fields ------------------------------------------------------------------------------------


def _field(field: Field, path: str = "") -> Item:
    type_ = field.type_name + field.arity + (f" @{field.native_type.name}" if field.native_type else "")
    name = path + field.name
    return Item(name, "field", type_, topic=("field", field.owner.name, field.name), commit=_IN_LIST)


def _key(scene: Scene) -> Iterator[Item]:
    """The fields that may hold the key of the relation, the likely ones first."""
    model, relation = scene.model, scene.field
    if model is None or relation is None:
        return
    taken = scene.listed_here
    target = scene.other
    references = relation.references or scene.written_list("references")
    wanted = references or (target.id.names if target is not None and target.id is not None else ())
    place = _place(scene)
    pointed = target.fields.get(wanted[place]) if target is not None and place < len(wanted) else None
    others = {n for f in model.all_fields if f is not relation and f.line != relation.line for n in f.key or ()}
    exact = {relation.name.lower() + name.replace("_", "").lower() for name in wanted}
    stems = (relation.name.lower(), relation.type_name.lower())
    endings = tuple(name.replace("_", "").lower() for name in wanted) or ("id",)

    def rank(field: Field) -> tuple[bool, ...]:
        folded = field.name.replace("_", "").lower()
        return (
            folded not in exact,
            pointed is not None and field.type_name != pointed.type_name,
            pointed is not None and field.native != pointed.native,
            not folded.startswith(stems),
            not folded.endswith(endings) or field.name in wanted,
            field.name in others,
        )

    left = [f for f in columns(model, scene) if f.name not in taken and not f.is_list]
    if references and pointed is not None:
        # What is pointed at is written: no other type will do.
        left = [f for f in left if f.type_name == pointed.type_name] or left
    for field in sorted(left, key=rank):
        yield _field(field)


def _place(scene: Scene) -> int:
    """Which item of the list it is that is typed; the first where its bracket is not there yet."""
    level = scene.cursor.levels[-1]
    return level.position if level.bracket == "[" else 0


def _references(scene: Scene) -> Iterator[Item]:
    """The fields of the other model that the key may point at: its id, what is unique, the rest."""
    target, relation = scene.other, scene.field
    if target is None or relation is None:
        return
    taken = scene.listed_here
    place = _place(scene)
    key = relation.key or scene.written_list("fields")
    source = relation.owner.fields.get(key[place]) if place < len(key) else None
    unique: list[str] = []
    for index in sorted((i for i in target.indexes if i.is_unique), key=lambda i: i.kind != "id"):
        if taken <= set(index.names) and (not key or len(index.names) == len(key)):
            unique += index.names

    def rank(field: Field) -> tuple[int | bool, ...]:
        return (
            source is not None and field.type_name != source.type_name,
            unique.index(field.name) if field.name in unique else len(unique),
        )

    left = [f for f in columns(target, scene) if f.name not in taken and not f.is_list]
    if source is not None:
        # The key is written: what cannot be what it points at is left out.
        fitting = [f for f in left if f.type_name == source.type_name]
        left = [f for f in fitting if f.name in unique] or fitting or left
    for field in sorted(left, key=rank):
        yield _field(field)


def _indexed(scene: Scene) -> Iterator[Item]:
    model = scene.model
    if model is None:
        return
    head, dot, _ = scene.word.rpartition(".")
    if dot:
        yield from _inside(model, head, scene)
        return
    taken = scene.listed_here
    kind = scene.cursor.attribute
    served = {index.names[0] for index in model.indexes if index.names and index.line != scene.cursor.index}
    keys = [n for f in model.all_fields for n in f.key or ()]
    # What is unique by itself needs it no more.
    alone = {i.names[0] for i in model.indexes if i.is_unique and len(i.names) == 1}

    def rank(field: Field) -> tuple[bool, ...]:
        """The keys of relations first where an index of them is missing; what fits least last."""
        return (
            kind == "fulltext" and field.type_name != "String",
            not (kind == "index" and not taken and field.name in keys and field.name not in served),
            kind == "id" and bool(field.arity),
            kind == "unique" and not taken and field.name in alone,
            kind == "unique" and field.is_optional,
        )

    left = [f for f in columns(model, scene) if f.name not in taken and _indexable(f, kind, scene)]
    if kind == "unique" and not taken and scene.provider == "mongodb" and model.id is not None:
        # MongoDB refuses a key of the id alone.
        left = [f for f in left if (f.name,) != model.id.names]
    for field in sorted(left, key=rank):
        yield _field(field)


def _indexable(field: Field, kind: str, scene: Scene) -> bool:
    if field.type_name == "Unsupported":
        return kind != "id"
    if scene.schema.kind_of(field.type_name) == "type":
        return kind in ("index", "unique", "fulltext")
    if kind == "id":
        return not field.is_list
    return True


def _inside(model: Model, path: str, scene: Scene) -> Iterator[Item]:
    """The fields of a composite type behind ``address.``."""
    found: Model | None = model
    for part in path.split("."):
        field = found.fields.get(part) if found is not None else None
        found = scene.schema.model(field.type_name) if field is not None else None
    if found is not None and found.kind == "type":
        for field in found.fields.values():
            yield _field(field, path + ".")


def filtered(scene: Scene) -> Iterator[Item]:
    """Names and values in the braces of ``where: { … }``."""
    model, level = scene.model, scene.cursor.levels[-1]
    if model is None:
        return
    if not level.argument:
        given = scene.given
        for field in columns(model, scene):
            if field.name not in given:
                name = field.name
                yield _field(field)._replace(insert=f"{name}: ", snippet=f"{name}: $0", tail=":", commit="")
        return
    column = model.fields.get(level.argument)
    if column is None:
        return
    if column.type_name == "Boolean":
        yield from _booleans()
    for name in scene.schema.enum_values(column.type_name) or ():
        yield Item(name, "enum value", column.type_name)
    yield Item("null", "constant")
    yield Item("{ not: … }", "snippet", "anything else", "{ not: null }", "{ not: ${1:null} }$0")


# --- actions, defaults, operators --------------------------------------------------------------


def _actions(scene: Scene, event: str) -> Iterator[Item]:
    field, schema = scene.field, scene.schema
    if field is None or field.is_list:
        return
    mode = schema.relation_mode()
    required = [not f.is_optional for n in field.key or () if (f := field.owner.fields.get(n))]
    default = catalogue.default_action(event, any(required) or not required, scene.provider, mode)  # type: ignore[arg-type]
    supported = catalogue.supported_actions(scene.provider, mode)
    order = sorted(supported, key=lambda name: (name != default, name == "SetNull" and any(required)))
    for name in order:
        action = catalogue.ACTIONS[name]
        meaning = action.on_delete if event == "onDelete" else action.on_update
        edits: tuple[Edit, ...] = ()
        if name == "SetNull" and any(required):
            loosened = loosen(field, Draft(schema))
            if loosened is None:
                continue
            edits = tuple(loosened.edits.get(scene.cursor.path, ()))
            meaning = f"Makes {', '.join(field.key or ())} optional. {meaning}"
        yield Item(name, "action", meaning, topic=("action", name, event), commit="" if edits else _IN_CALL, edits=edits)


def _defaults(scene: Scene, in_array: bool) -> Iterator[Item]:
    field, schema = scene.field, scene.schema
    if field is None:
        return
    if field.is_list and not in_array:
        yield Item("[]", "snippet", "an empty list", "[]", "[$1]$0")
        yield _function("dbgenerated", '("…")', 'dbgenerated("$1")$0')
        return
    named = schema.enum(field.type_name)
    if named is not None:
        for value in named.values:
            stored = value.database_name if value.database_name != value.name else named.name
            yield Item(value.name, "enum value", stored, topic=("value", named.name, value.name), commit=_IN_CALL)
    if field.type_name == "Boolean":
        yield from _booleans()
    is_number = field.type_name in ("Int", "BigInt", "Float", "Decimal")
    counts = field.attribute("id") is not None or field.name == "id"
    if is_number and not counts:
        yield Item("0", "number")
    if not in_array:
        yield from _functions(scene, field)
    if field.type_name == "String":
        yield Item('""', "string", "text", '""', '"$1"$0')
    elif is_number and counts:
        yield Item("0", "number")
    elif field.type_name == "Json":
        yield Item('"{}"', "string", "an empty object", '"{}"')
        yield Item('"[]"', "string", "an empty list", '"[]"')


_FUNCTIONS = ("now", "autoincrement", "auto", "uuid", "cuid", "ulid", "nanoid", "sequence", "dbgenerated")


def _functions(scene: Scene, field: Field) -> Iterator[Item]:
    on_mongo_id = scene.provider == "mongodb" and field.attribute("id") is not None
    is_id = field.attribute("id") is not None or (field.name == "id" and field.owner.id is None)
    counts = is_id or scene.abilities.autoincrement_anywhere
    makes_ids = on_mongo_id or (field.name == "id" and field.owner.kind == "model")
    for name in sorted(_FUNCTIONS, key=lambda n: not (on_mongo_id and n == "auto")):
        function = catalogue.FUNCTIONS[name]
        if not scene.has(function.providers) or not scene.since(FUNCTIONS.get(name, (0, 0))):
            continue
        if name == "auto" and not makes_ids:
            continue
        if name == "autoincrement" and not counts:
            continue
        numbered = scene.since(FUNCTION_ARGUMENTS.get(name, (0, 0)))
        scalars = catalogue.function_scalars(name, scene.provider)
        if name == "dbgenerated":
            if scene.provider == "mongodb":
                continue
            yield _function(name, '("…")', 'dbgenerated("$1")$0')
            yield _function(name, "()", "")
        elif field.type_name in scalars and (field.type_name in function.suggest):
            if name == "uuid" and numbered:
                yield Item("uuid(7)", "function", "sorts by time", topic=("function", name))
            yield _function(name, "()", "")
            if name == "uuid" and numbered:
                yield Item("uuid(4)", "function", "random", topic=("function", name))
            elif name == "cuid" and numbered:
                yield Item("cuid(2)", "function", "the newer form", topic=("function", name))
            elif name == "nanoid":
                yield _function(name, "(length)", "nanoid(${1:21})$0")


_MADE_BY = {
    "database": "made by the database", "client": "made by Prisma Client",
    "both": "made by Prisma Client or the database", "": "",
}  # fmt: skip


def _function(name: str, tail: str, snippet: str) -> Item:
    function = catalogue.FUNCTIONS[name]
    detail = _MADE_BY.get(function.produced_by, "")
    plain = f"{name}()" if '"' not in tail else f'{name}("")'
    label = f"{name}()" if tail == "()" else name + tail
    return Item(label, "function", detail, plain, snippet, "", ("function", name), name)


def _index_types(scene: Scene) -> Iterator[Item]:
    """The index types that can hold the columns; a text needs an operator class in some, which is
    then written as well."""
    from prisma_lsp.lint.validity.keys import without_class

    model, provider = scene.model, scene.provider
    index = _index_here(scene)
    columns = list(index.columns) if index is not None and model is not None else []
    held = [(c, model.fields[c.name]) for c in columns if model is not None and c.name in model.fields]
    # What a BTree cannot look into.
    inside = any(field.is_list or field.type_name == "Json" for _, field in held)
    known = catalogue.INDEX_TYPES.get(provider, {})
    late: list[Item] = []
    for name in sorted(known, key=lambda name: not (inside and name == "Gin")):
        doc = known[name]
        item = Item(name, "value", doc.partition(".")[0], commit=_IN_CALL, topic=("text", doc))
        classes = catalogue.OPERATOR_CLASSES.get(name, ())
        if any(c.ops is not None and not c.ops.startswith("raw(") and c.ops not in classes for c, _ in held):
            continue
        if name == "Hash" and any(column.sort for column in columns):
            continue
        # Prisma lets a text into a GiST index as it is, PostgreSQL does not.
        bare = [(c, f) for c, f in held if c.ops is None and (without_class(f, name, provider) or (name == "Gist" and _is_text(f)))]  # fmt: skip
        if not bare:
            yield item
        elif provider == "postgresql" and (class_ := _class_for(name, [f for _, f in bare])):
            is_raw = class_.startswith("raw")
            told = f"with {_TRIGRAMS[name]}, to search inside texts" if is_raw else f"with {class_}"
            late.append(item._replace(detail=told, commit="", edits=_with_ops(scene, bare, class_)))
    yield from late


def _class_for(type_: str, fields: list[Field]) -> str:
    """The operator class that lets an index of this type hold the fields, or ""."""
    if type_ == "Gist" and all((field.native or "") == "Inet" for field in fields):
        return "InetOps"
    class_ = _TRIGRAMS.get(type_)
    return f'raw("{class_}")' if class_ and all(map(_is_text, fields)) else ""


# The operator classes of the extension pg_trgm, which search inside texts, by index type.
_TRIGRAMS = {"Gin": "gin_trgm_ops", "Gist": "gist_trgm_ops"}


def _is_text(field: Field) -> bool:
    native = (field.native or "").partition("(")[0]
    return field.type_name == "String" and not field.is_list and native in ("", "Text", "VarChar")


def _with_ops(scene: Scene, columns: list[tuple[IndexColumn, Field]], class_: str) -> tuple[Edit, ...]:
    """The edits that give columns of this line's index an operator class."""
    line, edits = scene.cursor.line, []
    for column, _ in columns:
        at, text = column.end, f"(ops: {class_})"
        if scene.line[at : at + 1] == "(":
            at, text = at + 1, f"ops: {class_}, "
        edits.append(Edit(Range(line, at, line, at), text))
    return tuple(edits)


def _index_here(scene: Scene) -> Index | None:
    """The index that this line declares."""
    for index in scene.model.indexes if scene.model is not None else ():
        if index.line == scene.cursor.index and index.field is None:
            return index
    return None


def _operators(scene: Scene) -> Iterator[Item]:
    """The operator classes of the index type that is written in this line, for this column."""
    model, index = scene.model, _index_here(scene)
    kind = index.type or "" if index is not None else ""
    column = model.fields.get(scene.cursor.levels[-1].owner) if model is not None else None
    for name in catalogue.OPERATOR_CLASSES.get(kind, ()):
        if column is None or _suits(column, name):
            yield Item(name, "value", kind, commit=_IN_CALL)
    yield _function("raw", '("…")', 'raw("$1")$0')
    if not kind and column is not None and scene.provider == "postgresql":
        # The type of the index comes behind its columns.
        for type_, names in catalogue.OPERATOR_CLASSES.items():
            for name in names:
                if _suits(column, name):
                    yield Item(name, "value", f"of type: {type_}", commit=_IN_CALL)


def _suits(column: Field, name: str) -> bool:
    """Whether an operator class is for the column."""
    from prisma_lsp.lint.validity.keys import with_class

    return column.is_list == name.startswith("Array") and not with_class(column, name)


# --- what stands between quotes ----------------------------------------------------------------


def strings(scene: Scene) -> Iterator[Item]:
    """Texts for the string that the cursor is in, without the quotes."""
    cursor = scene.cursor
    level = cursor.levels[-1] if cursor.levels else None
    slot = cursor.slot
    name = slot.name if slot is not None else ""
    if level is not None and level.owner == "env":
        yield Item("DATABASE_URL", "value")
    elif level is not None and level.owner == "dbgenerated":
        yield from _sql(scene)
    elif cursor.setting == "extensions" and name == "schema":
        yield from _plain(scene.schema.database_schemas(), "schema")
    elif cursor.attribute == "relation" and name == "name":
        yield from _relation_names(scene)
    elif cursor.attribute == "schema":
        yield from _plain(scene.schema.database_schemas(), "schema")
    elif cursor.attribute == "map":
        yield from _mapped(scene)
    elif cursor.attribute in ("id", "unique") and name == "name" and cursor.at == "@@":
        index = _index_here(scene)
        if index is not None and len(index.names) > 1:
            name_ = "_".join(index.names).replace(".", "_")
            yield Item(name_, "value", "Prisma Client's own name")
    elif name == "map" and cursor.at:
        yield from _constraint(scene)
    elif cursor.attribute == "default" and name == "value" and scene.type_name == "Json":
        yield from _plain(("{}", "[]"), "")


def _plain(texts: Iterable[str], detail: str) -> Iterator[Item]:
    for text in texts:
        yield Item(text, "value", detail)


def _sql(scene: Scene) -> Iterator[Item]:
    native = (scene.field.native or "") if scene.field is not None else ""
    known: tuple[str, ...] = ()
    match scene.provider, scene.type_name:
        case ("postgresql" | "cockroachdb"), "String":
            known = ("gen_random_uuid()",) if native in ("Uuid", "") else ()
        case "mysql", "String":
            known = ("(uuid())",)
        case "sqlserver", "String":
            known = ("newid()", "newsequentialid()") if native == "UniqueIdentifier" else ()
        case ("postgresql" | "cockroachdb"), "DateTime":
            known = ("now()", "clock_timestamp()")
        case "postgresql", "Json":
            known = ("'{}'::jsonb",)
    yield from _plain(known, "SQL")


def _relation_names(scene: Scene) -> Iterator[Item]:
    """The names that the other side has written, and one of our own for a new relation."""
    model, field, target = scene.model, scene.field, scene.other
    if model is None or field is None or target is None:
        return
    waiting: list[str] = []
    mine = [f.relation_name for f in model.all_fields if f is not field and f.type_name == target.name]
    for other in target.fields_by_type.get(model.name, ()):
        name = other.relation_name
        if name and other is not field and (target is model or name not in mine) and name not in waiting:
            waiting.append(name)
    for name in waiting:
        yield Item(name, "value", f"as in {target.name}")
    mine_now = f"{model.name}{field.name[:1].upper()}{field.name[1:]}"
    unnamed = [f for f in target.fields_by_type.get(model.name, ()) if f is not field and not f.relation_name]
    back = unnamed[0] if len(unnamed) == 1 and not field.relation_name else None
    for fresh in (f"{model.name}To{target.name}", mine_now) if not waiting else ():
        edits = _named_there(back, fresh, scene) if back is not None else ()
        told = f"also at {target.name}.{back.name}" if edits and back is not None else "a new relation"
        yield Item(fresh, "value", told, edits=edits)


def _named_there(other: Field, name: str, scene: Scene) -> tuple[Edit, ...]:
    """The edit that gives a relation's other side in the same file the same name."""
    draft = Draft(scene.schema)
    relation = other.relation
    if relation is None:
        draft.append_attribute(other, f'@relation("{name}")')
    elif relation.arguments is None:
        draft.insert(other.owner, other.line, relation.name_end, f'("{name}")')
    elif relation.arguments:
        draft.insert(other.owner, other.line, relation.arguments[0].start, f'"{name}", ')
    else:
        draft.insert(other.owner, other.line, relation.end - 1, f'"{name}"')
    return tuple(draft.edits.get(scene.cursor.path, ()))


def _mapped(scene: Scene) -> Iterator[Item]:
    """A name for the database."""
    cursor = scene.cursor
    if cursor.at == "@@" and cursor.declaration is not None:
        base = snake(cursor.declaration.name)
        found = [base] if cursor.declaration.kind == "enum" else [plural(base), base]
    elif scene.field is not None:
        found = ["_id"] if scene.provider == "mongodb" and "@id" in scene.attributes else []
        found.append(snake(scene.field.name))
    elif cursor.enum_value is not None:
        name = cursor.enum_value.name
        found = [snake(name)]
    else:
        found = []
    thing = cursor.declaration if cursor.at == "@@" else scene.field or cursor.enum_value
    for name in dict.fromkeys(found):
        if thing is None or name != thing.name:  # it is called that anyway
            yield Item(name, "value", "in the database")


def _constraint(scene: Scene) -> Iterator[Item]:
    """The name that Prisma would give the constraint itself."""
    model = scene.model
    if model is None or model.kind != "model":
        return
    limit = NAME_LIMITS.get(scene.provider, 0)
    known = list(constraints(model, limit))
    for one in known:
        at = one.key.line if one.key is not None else one.field.line if one.field is not None else -1
        kinds = {"relation": "foreign key", "fulltext": "index"}
        if at != scene.cursor.index or one.kind != kinds.get(scene.cursor.attribute, scene.cursor.attribute):
            continue
        if not one.written:
            if all(other is one or other.name != one.name for other in known):
                yield Item(one.name, "value", "Prisma's own name")
        elif one.key is not None and one.key.names:
            suffix = {"id": "pkey", "unique": "key"}.get(one.key.kind, "idx")
            names = [] if one.key.kind == "id" else [model.fields[n].column for n in one.key.names if n in model.fields]
            yield Item("_".join([model.table, *names, suffix]), "value", "Prisma's own name")
        elif one.field is not None and one.kind == "foreign key":
            names = [model.fields[n].column for n in one.field.key or () if n in model.fields]
            yield Item("_".join([model.table, *names, "fkey"]), "value", "Prisma's own name")
