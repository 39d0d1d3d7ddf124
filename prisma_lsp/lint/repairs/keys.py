"""Repairs of ids, unique keys and indexes."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.lint.repairs.habits import column_map, native_of, new_id
from prisma_lsp.lint.spelling import is_same_word, meant
from prisma_lsp.lint.validity.keys import without_class
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Index, Model
from prisma_lsp.syntax import nodes

_LISTS = ("id", "unique", "index", "fulltext", "shardKey")


def _index(wrong: Wrong) -> Index | None:
    model = wrong.model
    if model is None or wrong.attribute is None:
        return None
    return next((i for i in model.indexes if i.attribute is wrong.attribute), None)


@repairs("empty-key")
def empty_key(wrong: Wrong) -> Iterator[Fix]:
    yield from wrong.remove_attribute()


@repairs("unknown-field")
def unknown_field(wrong: Wrong) -> Iterator[Fix]:
    """A name in a key or relation that no field has."""
    model = wrong.model
    if model is None or wrong.attribute is None:
        return
    name = wrong.text.split(".")[0] if wrong.code == "unknown-field" else wrong.text
    field = wrong.field if wrong.attribute.name == "relation" else None
    target: Model | None = model
    if field is not None and _is_reference(wrong, field):
        target = wrong.schema.model(field.type_name)
    if target is None:
        return
    if "." in wrong.text:
        yield from _inner_path(wrong, model)
        return
    there = _beside(wrong)
    columns = [
        f.name
        for f in target.all_fields
        if wrong.schema.kind_of(f.type_name) not in ("model", "view", None) and f.name not in there
    ]
    if field is not None and target is not model and len(field.references or ()) == 1:
        # A relation can refer to nothing that repeats.
        unique = {i.names[0] for i in target.indexes if i.is_unique and len(i.names) == 1}
        columns = [name for name in columns if name in unique] or columns
    found = meant(name, columns)
    for guess in found:
        sure = len(found) == 1 and is_same_word(name, guess)
        yield wrong.fix(f"Write `{guess}`", guess, wrong.start, wrong.start + len(name), preferred=sure)
    if field is not None and target is model:
        yield from _missing_column(wrong, field, name)
    if field is None or _is_longer(wrong, field):
        yield from wrong.remove_item()
    if field is None and wrong.attribute.name in _LISTS:
        value = wrong.attribute.argument("fields", 0)
        if not isinstance(value, nodes.Array) or len(value.items) < 2:
            yield from wrong.remove_attribute()


def _inner_path(wrong: Wrong, model: Model) -> Iterator[Fix]:
    *outer, last = wrong.text.split(".")
    field = model.fields.get(outer[0])
    for part in outer[1:]:
        field = wrong.schema.field(field.type_name, part) if field is not None else None
    inside = wrong.schema.model(field.type_name) if field is not None else None
    for guess in meant(last, inside.fields) if inside is not None else ():
        text = ".".join([*outer, guess])
        yield wrong.fix(f"Write `{text}`", text)


def _beside(wrong: Wrong) -> set[str]:
    """The names that stand in the same list."""
    for argument in (wrong.attribute.arguments if wrong.attribute is not None else None) or ():
        value = argument.value
        if isinstance(value, nodes.Array) and value.start <= wrong.start < value.end:
            return {item.name for item in value.items if isinstance(item, (nodes.Reference, nodes.Call))}
    return set()


def _is_longer(wrong: Wrong, field: Field) -> bool:
    """Whether the list of the relation in which the name stands is longer than the other one."""
    key, references = len(field.key or ()), len(field.references or ())
    return references > key if _is_reference(wrong, field) else key > references


def _is_reference(wrong: Wrong, field: Field) -> bool:
    relation = field.relation
    value = relation.argument("references") if relation is not None else None
    return value is not None and value.start <= wrong.start < value.end


def _missing_column(wrong: Wrong, field: Field, name: str) -> Iterator[Fix]:
    """Add the field that a relation names as its key, like the one it refers to."""
    references = field.references or ()
    at = (field.key or ()).index(name) if name in (field.key or ()) else 0
    target = wrong.schema.field(field.type_name, references[at]) if at < len(references) else None
    if target is None or not name.isidentifier() or target.type_name not in catalogue.SCALARS:
        return
    mark = "?" if field.is_optional else ""
    text = f"{name} {target.type_name}{mark}{column_map(wrong.bench, name)}{native_of(target)}"
    draft = wrong.draft().add_line(field.owner, field.line, text)
    yield Fix(f"Add the field `{text}` (adds a column)", "R", draft.edits)


@repairs("relation-in-key", "relation-key")
def relation_in_key(wrong: Wrong) -> Iterator[Fix]:
    """Name the fields of a relation's key, not the relation."""
    model = wrong.model
    field = wrong.field
    if field is not None and _is_reference(wrong, field):
        model = wrong.schema.model(field.type_name)
    named = model.fields.get(wrong.text) if model is not None else None
    if named is not None and named.key:
        text = ", ".join(named.key)
        yield wrong.fix(f"Write `{text}`", text, preferred=True)
    yield from wrong.remove_item()


@repairs("optional-key")
def optional_key(wrong: Wrong) -> Iterator[Fix]:
    """Make what an id or a shard key consists of required."""
    model = wrong.model
    if model is None:
        return
    field = wrong.field if wrong.signs == "@" and wrong.field is not None else model.fields.get(wrong.text)
    kind = field.node.type if field is not None else None
    if field is None or kind is None or not field.arity:
        return
    migrated = wrong.bench.is_migrated_column(field)
    draft = wrong.draft().replace(model, field.line, kind.name_start, kind.end, field.type_name)
    how = " (sets NOT NULL)" if migrated and field.is_optional else ""
    yield Fix(f"Make `{field.name}` required{how}", "R" if how else "T", draft.edits, not how)


@repairs("view-key")
def view_key(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    if attribute is None:
        return
    if attribute.name == "id":
        text = wrong.signs + "unique"
        yield wrong.fix(f"Write `{text}`", text, attribute.start, attribute.name_end, preferred=True)
    yield from wrong.remove_attribute(preferred=attribute.name != "id")


@repairs("several-ids")
def several_ids(wrong: Wrong) -> Iterator[Fix]:
    model = wrong.model
    if model is None or model.block.close < 0:
        return
    single = [i for i in model.indexes if i.kind == "id" and i.field is not None]
    blocks = [i for i in model.indexes if i.kind == "id" and i.field is None]
    names = list(dict.fromkeys(i.names[0] for i in single))
    for keep in single:
        if any(other.field is keep.field for other in single[: single.index(keep)]):
            continue
        draft = wrong.draft()
        for other in single:
            if other is not keep and other.field is not None:
                draft.remove_attribute(other.field, other.attribute)
        for index in blocks:
            draft.remove_line(wrong.path, wrong.block, index.line)
        sure = len(names) == 1 and not blocks
        yield Fix(f"Keep the id `{keep.names[0]}`", "T", draft.edits, sure)
    draft = wrong.draft()
    for index in single:
        if index.field is not None:
            draft.remove_attribute(index.field, index.attribute)
    if blocks:
        yield Fix(f"Keep `@@id([{', '.join(blocks[0].names)}])`", "T", draft.edits)
    elif len(names) > 1 and wrong.schema.connector() != "mongodb":
        draft.add_block_attribute(model, f"@@id([{', '.join(names)}])")
        yield Fix(f"Write one id of both: `@@id([{', '.join(names)}])`", "T", draft.edits)


def _suits(wrong: Wrong, model: Model, name: str, type_name: str) -> bool:
    """Whether every key that refers to the field ``name``, which is not there, is of the type."""
    for other in wrong.schema.referrers(model.name):
        for use in other.fields_by_type[model.name]:
            column = other.fields.get(use.key[0]) if use.key and use.references == (name,) else None
            if column is not None and column.type_name != type_name:
                return False
    return True


@repairs("missing-id")
def missing_id(wrong: Wrong) -> Iterator[Fix]:
    model = wrong.model
    if model is None or model.block.close < 0:
        return
    mongo = wrong.schema.connector() == "mongodb"
    if model.id is not None and model.id.field is not None and model.id.field.is_optional:
        at = model.id.attribute
        yield from optional_key(wrong.at(model.id.line, at.start, at.name_end))
    for field in _likely_ids(model):
        kind = field.node.type
        assert kind is not None
        draft = wrong.draft()
        if field.arity:
            draft.replace(model, field.line, kind.name_start, kind.end, field.type_name)
        text = "@id"
        if mongo and field.mapped_name is None and field.name != "_id":
            text = '@id @map("_id")'
        draft.lead_attribute(field, text)
        migrated = wrong.bench.is_migrated_table(model)
        how = " (adds the primary key)" if migrated else ""
        yield Fix(f"Make `{field.name}` the id{how}", "R" if migrated else "T", draft.edits)
    if "id" not in model.fields and model.id is None:
        line = new_id(wrong.bench)
        name = line.split()[0]
        if name not in model.fields and _suits(wrong, model, name, line.split()[1]):
            draft = wrong.draft().add_line(model, model.block.header + 1, line)
            fails = " (adds a column; fails where rows exist)" if wrong.bench.is_migrated_table(model) else ""
            if mongo:
                # Every document has its `_id` already.
                yield Fix(f"Add `{line}`", "T", draft.edits, True)
            else:
                yield Fix(f"Add `{line}`{fails}", "R", draft.edits)
    keys = [f.name for f in model.all_fields if not f.arity for r in model.all_fields if f.name in (r.key or ())]
    keys = list(dict.fromkeys(keys))
    if len(keys) == 2 and not mongo:
        text = f"@@id([{', '.join(keys)}])"
        draft = wrong.draft().add_block_attribute(model, text)
        yield Fix(f"Add `{text}`: one row for each pair", "R", draft.edits)
    if not mongo and not wrong.schema.is_referenced(model.name):
        draft = wrong.draft().add_block_attribute(model, "@@ignore")
        yield Fix("Add `@@ignore`: the client leaves the model out", "T", draft.edits)


def _likely_ids(model: Model) -> list[Field]:
    """Fields that may be meant as the id: ``id``, a unique one, or what is called like one."""
    if model.id is not None:
        return []
    names = ("id", "_id", "uuid", "guid", "code", "key", model.name[:1].lower() + model.name[1:] + "Id")
    found = []
    for name in names:
        field = model.fields.get(name)
        if field is None or field.is_list or field.type_name not in ("String", "Int", "BigInt", "Bytes"):
            continue
        if field.type_name in catalogue.SCALARS and field.attribute("id") is None:
            found.append(field)
    return found[:1]


@repairs("compound-id")
def compound_id(wrong: Wrong) -> Iterator[Fix]:
    model, attribute = wrong.model, wrong.attribute
    if model is None or attribute is None or "id" in model.fields:
        return
    line = new_id(wrong.bench)
    draft = wrong.draft().replace(model, wrong.line, attribute.start, attribute.name_end, "@@unique")
    draft.add_line(model, model.block.header + 1, line)
    yield Fix(f"Write `@@unique` and add `{line}`", "R", draft.edits)


@repairs("unsupported-index")
def unsupported_index(wrong: Wrong) -> Iterator[Fix]:
    """Take away the index, or only its type where that is what is marked."""
    if wrong.argument is not None:
        yield from wrong.remove_argument(preferred=True)
    else:
        yield from wrong.remove_attribute()


@repairs("partial-index", "clustering")
def unsupported_argument(wrong: Wrong) -> Iterator[Fix]:
    index = _index(wrong)
    if wrong.argument is not None:
        yield from wrong.remove_argument(preferred=wrong.code == "clustering")
    elif index is not None and wrong.model is not None:
        # Only one key can be clustered: this one need not be.
        draft = wrong.draft().set_argument(wrong.model, index.line, index.attribute, "clustered", "false")
        yield Fix("Write `clustered: false`", "R", draft.edits)


@repairs("where")
def where(wrong: Wrong) -> Iterator[Fix]:
    model = wrong.model
    if model is not None and wrong.text not in model.fields:
        for guess in meant(wrong.text, model.fields):
            yield wrong.fix(f"Write `{guess}`", guess)
    attribute = wrong.attribute
    for argument in (attribute.arguments if attribute is not None else None) or ():
        if argument.name is not None and argument.name.value == "where":
            yield from wrong.remove_argument(argument)


def _without_inner(wrong: Wrong, name: str) -> Iterator[Fix]:
    """Take an argument of a field in a key away; of a field's own attribute, too."""
    index = _index(wrong)
    if index is None:
        return
    if index.field is not None:
        found = next((a for a in index.attribute.arguments or () if a.name is not None and a.name.value == name), None)
        yield from wrong.remove_argument(found, preferred=True)
        return
    value = index.attribute.argument("fields", 0)
    draft = wrong.draft()
    for item in value.items if isinstance(value, nodes.Array) else (value,):
        if not isinstance(item, nodes.Call):
            continue
        left = [a for a in item.arguments if a.name is None or a.name.value != name]
        if len(left) == len(item.arguments):
            continue
        given = ", ".join(wrong.line_text[a.start : a.end] for a in left)
        text = f"{item.name}({given})" if given else item.name
        draft.replace_in_block(wrong.path, wrong.block, wrong.line, item.start, item.end, text)
    if draft.edits:
        yield Fix(f"Remove `{name}`", "T", draft.edits, True)


@repairs("index-length")
def index_length(wrong: Wrong) -> Iterator[Fix]:
    yield from _without_inner(wrong, "length")


@repairs("index-sort")
def index_sort(wrong: Wrong) -> Iterator[Fix]:
    yield from _without_inner(wrong, "sort")


@repairs("operator-class")
def operator_class(wrong: Wrong) -> Iterator[Fix]:
    index = _index(wrong)
    model = wrong.model
    if index is None or model is None:
        return
    column = next((c for c in index.columns if c.start == wrong.start), None)
    field = model.fields.get(column.name) if column is not None else None
    if column is None or field is None:
        return
    if column.ops is None and (field.native or "") == "Inet" and index.type == "Gist":
        yield from _with_ops(wrong, index, column.start, "InetOps", True)
    if column.ops is not None:
        names = catalogue.OPERATOR_CLASSES.get(index.type or "BTree", ())
        for guess in meant(column.ops, names) if column.ops not in names else ():
            yield from _with_ops(wrong, index, column.start, guess, False)
        if not without_class(field, index.type or "BTree", wrong.schema.provider() or ""):
            for fix in _without_inner(wrong, "ops"):
                yield fix._replace(preferred=False)
    if index.type is not None:
        for argument in index.attribute.arguments or ():
            if argument.name is not None and argument.name.value == "type" and column.ops is None:
                yield from wrong.remove_argument(argument)


def _with_ops(wrong: Wrong, index: Index, start: int, ops: str, sure: bool) -> Iterator[Fix]:
    value = index.attribute.argument("fields", 0)
    for item in value.items if isinstance(value, nodes.Array) else (value,):
        if item is None or item.start != start:
            continue
        if isinstance(item, nodes.Reference):
            text = f"{item.name}(ops: {ops})"
        elif isinstance(item, nodes.Call):
            given = [
                wrong.line_text[a.start : a.end] if a.name is None or a.name.value != "ops" else f"ops: {ops}"
                for a in item.arguments
            ]
            text = f"{item.name}({', '.join(given)})"
        else:
            return
        yield wrong.fix(f"Write `{text}`", text, item.start, item.end, preferred=sure)


@repairs("key-type")
def key_type(wrong: Wrong) -> Iterator[Fix]:
    index = _index(wrong)
    if index is None:
        return
    if wrong.schema.provider() != "mysql":
        yield from wrong.remove_item()
        return
    if index.field is not None:
        draft = wrong.draft().set_argument(index.field.owner, index.line, index.attribute, "length", "191")
        yield Fix("Add `length: 191`: only the beginning counts", "T", draft.edits)
        return
    draft = wrong.draft()
    model = wrong.model
    for column in index.columns:
        field = model.fields.get(column.name) if model is not None else None
        native = field.native or "" if field is not None else ""
        if not native.endswith(("Blob", "Text")) or column.length is not None:
            continue
        value = index.attribute.argument("fields", 0)
        for item in value.items if isinstance(value, nodes.Array) else (value,):
            if item is None or item.start != column.start:
                continue
            if isinstance(item, nodes.Call):
                comma = ", " if item.arguments else ""
                draft.replace_in_block(
                    wrong.path, wrong.block, wrong.line, item.end - 1, item.end, f"{comma}length: 191)"
                )
            else:
                draft.replace_in_block(
                    wrong.path, wrong.block, wrong.line, item.end, item.end, "(length: 191)"
                )
    if draft.edits:
        yield Fix("Write `length: 191`: only the beginning counts", "T", draft.edits)


@repairs("id-name")
def id_name(wrong: Wrong) -> Iterator[Fix]:
    model = wrong.model
    index = model.id if model is not None else None
    if model is None or index is None:
        return
    inner = wrong.at(index.line, index.attribute.start, index.attribute.name_end)
    for argument in index.attribute.arguments or ():
        if argument.name is not None and argument.name.value == "map":
            yield from inner.remove_argument(argument, preferred=True)


@repairs("shard-key")
def shard_key(wrong: Wrong) -> Iterator[Fix]:
    if wrong.attribute is not None:
        yield from wrong.remove_attribute(preferred=True)
        return
    model = wrong.model
    if model is None or model.block.close < 0:
        return
    fields = [f for f in model.all_fields if f.attribute("shardKey") is not None]
    if len(fields) > 1 and model.attribute("shardKey") is None:
        draft = wrong.draft()
        for field in fields:
            attribute = field.attribute("shardKey")
            assert attribute is not None
            draft.remove_attribute(field, attribute)
        text = f"@@shardKey([{', '.join(f.name for f in fields)}])"
        draft.add_block_attribute(model, text)
        yield Fix(f"Write `{text}`", "T", draft.edits)


@repairs("mongodb-key")
def mongodb_key(wrong: Wrong) -> Iterator[Fix]:
    if wrong.attribute is not None and wrong.text.startswith("@"):
        yield from wrong.remove_attribute()
    else:
        yield from wrong.remove_item()


