"""Repairs of relations."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.fixes import Draft, Fix
from prisma_lsp.lint.relation_fixes import choose_action, free_name
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.lint.repairs.habits import column_map, lower, native_of, several
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.relations import is_served, opposite
from prisma_lsp.syntax import nodes


def _target(wrong: Wrong) -> tuple[Field, Model] | None:
    field = wrong.field
    target = wrong.schema.model(field.type_name) if field is not None else None
    return (field, target) if field is not None and target is not None else None


@repairs("missing-relation-argument")
def missing_arguments(wrong: Wrong) -> Iterator[Fix]:
    """Write `fields` and `references`, with the columns of the key where there are none."""
    pair = _target(wrong)
    if pair is None:
        return
    field, target = pair
    back = opposite(field, wrong.schema)
    given = field.relation.arguments if field.relation is not None else None
    if any("." not in a.name and f"@{a.name}" not in catalogue.ATTRIBUTES for a in field.attributes):
        # What is misspelt here may be the `@relation`.
        return
    if field.is_list or any(a.name is not None and a.name.value not in _KNOWN for a in given or ()):
        return
    one_to_one = back is not None and not back.is_list
    if (
        one_to_one
        and back is not None
        and ((field.is_optional and not back.is_optional) or ((back.key or back.references) and not field.key and not field.references))
    ):
        # The required side holds the key, or that which has a part of it already.
        yield from _key(wrong, back, field.owner, field)
        return
    yield from _key(wrong, field, target, back if one_to_one else None)
    mongo = wrong.schema.connector() == "mongodb"
    if not mongo and not one_to_one and field.relation is None and not field.is_optional and back is not None:
        kind = field.node.type
        if kind is not None and target.id is not None and len(target.id.names) == 1:
            yield wrong.fix(
                f"Make `{field.name}` a list: many-to-many (adds a join table)", f"{kind.name}[]",
                kind.start, kind.end, safety="R",
            )  # fmt: skip


def _key(wrong: Wrong, field: Field, target: Model, back: Field | None) -> Iterator[Fix]:
    model = field.owner
    if model.block.close < 0:
        return
    mongo = wrong.schema.connector() == "mongodb"
    references = list(field.references or ())
    if not references and field.key and len(field.key) == 1 and field.key[0] in target.fields:
        same = [i for i in target.indexes if i.is_unique and i.names == (field.key[0],)]
        references = [field.key[0]] if same else []
    if not references:
        keys = [i for i in target.indexes if i.is_unique and i.where is None and i.names]
        keys.sort(key=lambda i: i.kind != "id")
        if field.key:
            keys = [i for i in keys if len(i.names) == len(field.key)]
        references = list(keys[0].names) if keys else []
    sources = [target.fields.get(name) for name in references]
    if not references or any(s is None or s.is_list for s in sources):
        return
    draft = wrong.draft()
    columns: list[str] = list(field.key or ())
    added: list[str] = []
    if not columns:
        for source in sources:
            assert source is not None
            name = field.name + source.name[:1].upper() + source.name[1:]
            there = model.fields.get(name)
            if there is not None and there.type_name != source.type_name:
                return
            if there is None:
                mark = "?" if field.is_optional else ""
                native = native_of(source)
                unique = " @unique" if back is not None and len(sources) == 1 else ""
                draft.add_line(
                    model, field.line,
                    f"{name} {source.type_name}{mark}{unique}{column_map(wrong.bench, name)}{native}",
                )  # fmt: skip
                added.append(name)
            elif there.is_optional and not field.is_optional and field.node.type is not None:
                draft.insert(model, field.line, field.node.type.name_end, "?")
            columns.append(name)
    given = [("fields", columns, field.key), ("references", references, field.references)]
    missing = [f"{name}: [{', '.join(names)}]" for name, names, has in given if not has]
    relation = field.relation
    if relation is None:
        draft.append_attribute(field, f"@relation({', '.join(missing)})")
    else:
        _set_lists(draft, field, relation, given)
    is_unique = any(i.is_unique and set(i.names) == set(columns) for i in model.indexes)
    is_unique = is_unique or len(columns) == len(added) == 1
    if back is not None and not is_unique:
        text = f"@@unique([{', '.join(columns)}])"
        draft.add_block_attribute(model, text)
    elif back is None and not mongo and not is_served(model, tuple(columns)):
        draft.add_block_attribute(model, f"@@index([{', '.join(columns)}])")
    if back is not None and not back.is_optional and not back.is_list and back.node.type is not None:
        draft.insert(back.owner, back.line, back.node.type.name_end, "?")
    shown = f"@relation({', '.join(missing)})"
    if field is not wrong.field:
        shown += f"` on `{model.name}.{field.name}"
    names = " and ".join(f"`{name}`" for name in added)
    if added:
        fails = "; fails where rows exist" if not field.is_optional and wrong.bench.is_migrated_table(model) else ""
        how = f" and add {names} (adds {'columns' if len(added) > 1 else 'a column'}{fails})"
    else:
        how = " (adds a foreign key)" if not mongo else ""
    preferred = back is None
    yield Fix(f"Write `{shown}`{how}", "R", draft.edits, preferred)


def _set_lists(
    draft: Draft,
    field: Field,
    relation: nodes.Attribute,
    given: list[tuple[str, list[str], tuple[str, ...] | None]],
) -> None:
    """Write the lists that are missing or empty into a `@relation` that is there."""
    new = []
    for name, names, has in given:
        text = f"{name}: [{', '.join(names)}]"
        argument = next((a for a in relation.arguments or () if a.name is not None and a.name.value == name), None)
        if has:
            continue
        if argument is not None:
            draft.replace_node(field.owner, field.line, argument, text)
        else:
            new.append(text)
    if not new:
        return
    joined = ", ".join(new)
    if relation.arguments:
        draft.insert(field.owner, field.line, relation.arguments[-1].end, f", {joined}")
    elif relation.arguments is not None:
        draft.insert(field.owner, field.line, relation.end - 1, joined)
    else:
        draft.insert(field.owner, field.line, relation.name_end, f"({joined})")


def _without_arguments(
    wrong: Wrong, field: Field, names: tuple[str, ...], draft: Draft | None = None
) -> Draft | None:
    """Take arguments out of a field's `@relation`; the attribute as a whole where nothing is left."""
    relation = field.relation
    if relation is None or not relation.arguments:
        return None
    left = [a for a in relation.arguments if a.name is None or a.name.value not in names]
    if len(left) == len(relation.arguments):
        return None
    draft = draft or wrong.draft()
    if not left:
        return draft.remove_attribute(field, relation)
    text = field.owner.block.line(field.line)
    inside = ", ".join(text[a.start : a.end] for a in left)
    return draft.replace(field.owner, field.line, relation.name_end, relation.end, f"({inside})")


_KNOWN = frozenset(("name", "fields", "references", "onDelete", "onUpdate", "map"))
_SIDE = ("fields", "references", "onDelete", "onUpdate", "map")


@repairs("relation-side")
def relation_side(wrong: Wrong) -> Iterator[Fix]:
    """Arguments on the side that does not hold the key, or on both sides."""
    field = wrong.field
    if field is None:
        return
    other = opposite(field, wrong.schema)
    both = other is not None and bool(other.key) and bool(other.references)
    half = other is not None and not other.is_list and bool(field.key) != bool(field.references)
    if not half and not (other is not None and not other.key and field.key and not field.is_list):
        draft = _without_arguments(wrong, field, _SIDE)
        if draft is not None:
            if both and other is not None and other.key and not field.is_list:
                _held(draft, other, field, other.key)
            yield Fix(
                f"Remove the key's arguments from `{field.name}`", "T" if field.is_list or not both else "R", draft.edits, field.is_list and both
            )
    if half and other is not None and wrong.schema.model(other.type_name) is not None:
        draft = _without_arguments(wrong, other, _SIDE)
        target = wrong.schema.model(field.type_name)
        if draft is not None and target is not None and field.key and other.references:
            relation = field.relation
            assert relation is not None
            _set_lists(draft, field, relation, [("fields", list(field.key), field.key), ("references", list(other.references), None)])
            _held(draft, field, other, field.key)
            yield Fix(f"Hold the key in `{field.owner.name}.{field.name}` alone", "R", draft.edits)
        own = _without_arguments(wrong, field, _SIDE)
        if own is not None and field.references and other.key and other.relation is not None:
            lists = [("fields", list(other.key), other.key), ("references", list(field.references), None)]
            _set_lists(own, other, other.relation, lists)
            _held(own, other, field, other.key)
            yield Fix(f"Hold the key in `{other.owner.name}.{other.name}` alone", "R", own.edits)
    elif other is not None and field.key and field.is_optional and not other.is_optional and not other.is_list:
        kind = other.node.type
        if kind is not None:
            draft = wrong.draft()
            unique = _held(draft, field, other, field.key)
            how = f" and `{field.key[0]}` unique (creates a unique index; fails where values repeat)" if unique else ""
            yield Fix(f"Make `{other.owner.name}.{other.name}` optional{how}", "R" if unique else "T", draft.edits, not unique)
    if other is not None and both and field.key and not field.is_list:
        draft = _without_arguments(wrong, other, _SIDE)
        if draft is not None:
            _held(draft, field, other, field.key)
            yield Fix(f"Hold the key here, not in `{other.owner.name}.{other.name}`", "R", draft.edits)
    if not field.key and other is not None and other.key:
        moved = {e: field.action(e) for e in ("onDelete", "onUpdate")}
        wanted = {e: a.name for e, a in moved.items() if a is not None and other.action(e) is None}
        draft = _without_arguments(wrong, field, ("onDelete", "onUpdate")) if wanted else None
        if draft is not None and other.relation is not None:
            for event, action in wanted.items():
                draft.set_argument(other.owner, other.line, other.relation, event, action)
            yield Fix(f"Move the actions to `{other.owner.name}.{other.name}`", "R", draft.edits)


def _held(draft: Draft, holder: Field, back: Field, key: tuple[str, ...]) -> bool:
    """Let ``back`` be what the other side of a relation whose key ``holder`` has can be; whether the key
    became unique for it."""
    if back.is_list:
        return False
    if not back.is_optional and back.node.type is not None:
        draft.insert(back.owner, back.line, back.node.type.name_end, "?")
    model = holder.owner
    if any(i.is_unique and set(i.names) <= set(key) for i in model.indexes):
        return False
    if len(key) == 1 and key[0] in model.fields:
        draft.lead_attribute(model.fields[key[0]], "@unique")
    else:
        draft.add_block_attribute(model, f"@@unique([{', '.join(key)}])")
    return True


@repairs("required-back-relation", "relation-optional")
def make_optional(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    kind = field.node.type if field is not None else None
    if field is None or kind is None or field.arity:
        return
    draft = wrong.draft().insert(field.owner, field.line, kind.name_end, "?")
    yield Fix(f"Write `{field.type_name}?`", "T", draft.edits, True)
    if wrong.code == "required-back-relation":
        yield Fix(
            f"Write `{field.type_name}[]`: one-to-many", "T",
            wrong.draft().insert(field.owner, field.line, kind.name_end, "[]").edits,
        )  # fmt: skip
        return
    columns = [field.owner.fields.get(name) for name in field.key or ()]
    draft = wrong.draft()
    migrated = False
    for column in columns:
        if column is not None and column.is_optional and column.node.type is not None:
            node = column.node.type
            draft.replace(column.owner, column.line, node.name_start, node.end, column.type_name)
            migrated = migrated or wrong.bench.is_migrated_column(column)
    how = " (sets NOT NULL; fails where rows have no value)" if migrated else ""
    yield Fix(f"Make the key required{how}", "R" if migrated else "T", draft.edits)


@repairs("relation-target")
def unique_target(wrong: Wrong) -> Iterator[Fix]:
    """Make what the relation refers to unique, or refer to the id."""
    pair = _target(wrong)
    if pair is None or not pair[0].references:
        return
    field, target = pair
    references = field.references or ()
    named = [target.fields.get(name) for name in references]
    if any(f is None or f.is_list for f in named) or target.block.close < 0:
        return
    if len(references) == 1 and named[0] is not None:
        draft = wrong.draft().lead_attribute(named[0], "@unique")
        text = f"@unique to `{target.name}.{references[0]}`"
        yield Fix(f"Add {text} (creates a unique index; fails where values repeat)", "R", draft.edits)
        if target.id is None:
            draft = wrong.draft().lead_attribute(named[0], "@id")
            yield Fix(f"Make `{target.name}.{references[0]}` the id (adds the primary key)", "R", draft.edits)
    else:
        text = f"@@unique([{', '.join(references)}])"
        draft = wrong.draft().add_block_attribute(target, text)
        yield Fix(f"Add `{text}` to `{target.name}` (creates a unique index; fails where values repeat)", "R", draft.edits)
    identity = target.id
    if identity is not None and len(identity.names) == len(field.key or ()) and field.relation is not None:
        types = [getattr(target.fields.get(n), "type_name", "") for n in identity.names]
        mine = [getattr(field.owner.fields.get(n), "type_name", "") for n in field.key or ()]
        if types == mine:
            text = ", ".join(identity.names)
            draft = wrong.draft().set_argument(field.owner, field.line, field.relation, "references", f"[{text}]")
            yield Fix(f"Refer to the id `{text}`", "T", draft.edits)


@repairs("missing-opposite")
def missing_opposite(wrong: Wrong) -> Iterator[Fix]:
    """Both sides of a relation of which only one field is there; see `opposite_fixes` for the rest."""
    pair = _target(wrong)
    if pair is None or pair[1].block.close < 0 or pair[1].kind != "model":
        return
    field, target = pair
    name = field.relation_name
    named = f' @relation("{name}")' if name else ""
    yield from _same_name(wrong, field, target)
    if not field.is_list and not field.key and not field.references and target is not field.owner:
        back = free_name(several(field.owner.name), field, target)
        if back in target.fields:
            return
        line = max((f.line for f in target.all_fields), default=target.block.header) + 1
        for fix in _key(wrong, field, target, None):
            more = wrong.draft().add_line(target, line, f"{back} {field.owner.name}[]{named}").edits
            edits = {**fix.edits}
            for path, some in more.items():
                edits[path] = [*edits.get(path, []), *some]
            yield fix._replace(
                title=f"{fix.title}, and `{back}` to `{target.name}`", edits=edits, preferred=False
            )
    elif field.is_list and not field.key and target is not field.owner:
        yield from _holder_of(wrong, field, target, name)


def _same_name(wrong: Wrong, field: Field, target: Model) -> Iterator[Fix]:
    """The other side is there, but the two have different names."""
    model = field.owner
    names = {f.relation_name for f in model.fields_by_type.get(target.name, ())}
    lonely = [f for f in target.fields_by_type.get(model.name, ()) if f.relation_name not in names]
    if target is model or len(lonely) != 1 or not _fits(field, lonely[0]):
        return
    other = lonely[0]
    if other.relation_name is not None:
        draft = wrong.draft()
        _name(draft, field, other.relation_name)
        yield Fix(f'Name it "{other.relation_name}", as `{target.name}.{other.name}` is', "T", draft.edits)
    if field.relation_name is not None:
        draft = wrong.draft()
        _name(draft, other, field.relation_name)
        yield Fix(f'Name `{target.name}.{other.name}` "{field.relation_name}" as well', "T", draft.edits)


def _holder_of(wrong: Wrong, field: Field, target: Model, name: str | None) -> Iterator[Fix]:
    """The side with the key, for a named list."""
    identity = field.owner.id
    source = field.owner.fields.get(identity.names[0]) if identity is not None and len(identity.names) == 1 else None
    relation = lower(field.owner.name)
    if source is None or wrong.schema.connector() == "mongodb":
        return
    column = relation + source.name[:1].upper() + source.name[1:]
    there = target.fields.get(column)
    if relation in target.fields or (there is not None and there.type_name != source.type_name):
        return
    if there is None and name is None:
        return
    draft = wrong.draft()
    line = max((f.line for f in target.all_fields), default=target.block.header) + 1
    mark = "?"
    if there is None:
        native = native_of(source)
        draft.add_line(target, line, f"{column} {source.type_name}?{column_map(wrong.bench, column)}{native}")
    else:
        mark = there.arity
    named = f'"{name}", ' if name else ""
    arguments = f"{named}fields: [{column}], references: [{source.name}]"
    draft.add_line(target, line, f"{relation} {field.owner.name}{mark} @relation({arguments})")
    if not is_served(target, (column,)):
        draft.add_block_attribute(target, f"@@index([{column}])")
    adds = "a column and a foreign key" if there is None else "a foreign key"
    yield Fix(
        f"Add `{relation}` with its key `{column}` to `{target.name}` (adds {adds})", "R", draft.edits
    )


@repairs("relation-order")
def reorder(wrong: Wrong) -> Iterator[Fix]:
    pair = _target(wrong)
    if pair is None or pair[0].relation is None:
        return
    field, target = pair
    key, references = field.key or (), field.references or ()
    index = next((i for i in target.indexes if i.is_unique and set(i.names) == set(references)), None)
    if index is None or len(key) != len(references) or len(index.names) != len(references):
        return
    of = dict(zip(references, key, strict=True))
    draft = wrong.draft()
    relation = pair[0].relation
    assert relation is not None
    draft.set_argument(field.owner, field.line, relation, "fields", f"[{', '.join(of[n] for n in index.names)}]")
    draft.set_argument(field.owner, field.line, relation, "references", f"[{', '.join(index.names)}]")
    yield Fix("Put both lists into the order of the unique key", "T", draft.edits, True)


@repairs("relation-length")
def pair_up(wrong: Wrong) -> Iterator[Fix]:
    """Refer to as much as the key has."""
    pair = _target(wrong)
    if pair is None or pair[0].relation is None:
        return
    field, target = pair
    relation = pair[0].relation
    assert relation is not None
    key = field.key or ()
    for index in target.indexes:
        if index.is_unique and len(index.names) == len(key) and index.names:
            text = ", ".join(index.names)
            mine = [getattr(field.owner.fields.get(n), "type_name", "") for n in key]
            theirs = [getattr(target.fields.get(n), "type_name", "") for n in index.names]
            if mine == theirs:
                draft = wrong.draft().set_argument(field.owner, field.line, relation, "references", f"[{text}]")
                yield Fix(f"Write `references: [{text}]`", "T", draft.edits)
    references = field.references or ()
    is_unique = any(i.is_unique and i.names == references for i in target.indexes)
    if len(references) < len(key) and references and is_unique:
        kept = ", ".join(key[: len(references)])
        draft = wrong.draft().set_argument(field.owner, field.line, relation, "fields", f"[{kept}]")
        yield Fix(f"Write `fields: [{kept}]`", "T", draft.edits)


@repairs("relation-type")
def same_type(wrong: Wrong) -> Iterator[Fix]:
    """Give the key the type of what it refers to."""
    field = wrong.field
    if field is None:
        return
    for name, reference in zip(field.key or (), field.references or (), strict=False):
        column = field.owner.fields.get(name)
        target = wrong.schema.field(field.type_name, reference)
        if column is None or target is None or column.node.type is None or target.node.type is None:
            continue
        if column.type_name == target.type_name and target.node.type.unsupported == column.node.type.unsupported:
            continue
        migrated = wrong.bench.is_migrated_column(column)
        draft = wrong.draft()
        kind = target.node.type
        written = target.owner.block.line(target.line)[kind.start : kind.end].rstrip("?[]")
        draft.replace(column.owner, column.line, column.node.type.start, column.node.type.end, written + column.arity)
        for attribute in (column.native_type, column.attribute("default")):
            if attribute is not None:
                draft.remove_attribute(column, attribute)
        native = native_of(target)
        if native:
            draft.insert(column.owner, column.line, column.node.end, native)
        how = " (re-creates the column: its values are lost)" if migrated else ""
        title = f"Make `{name}` `{written}{native}`, as `{field.type_name}.{reference}` is{how}"
        yield Fix(title, "D" if migrated else "T", draft.edits)


@repairs("many-to-many")
def many_to_many(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    relation = field.relation if field is not None else None
    if field is None:
        return
    connector = wrong.schema.connector()
    if connector == "mongodb":
        yield from _embedded(wrong, field)
        return
    if relation is None or not relation.arguments:
        return
    names = ("onDelete", "onUpdate") if wrong.text in catalogue.ACTIONS else _SIDE
    draft = _without_arguments(wrong, field, names)
    other = opposite(field, wrong.schema)
    if other is not None and wrong.text not in catalogue.ACTIONS:
        draft = _without_arguments(wrong, other, names, draft) or draft
    if draft is not None:
        yield Fix("Remove from `@relation` what a hidden join table does not take", "T", draft.edits, True)


def _embedded(wrong: Wrong, field: Field) -> Iterator[Fix]:
    """Hold the ids of the other side in a list."""
    target = wrong.schema.model(field.type_name)
    if target is None or target.id is None or len(target.id.names) != 1 or field.node.type is None:
        return
    if wrong.text in catalogue.ACTIONS:
        draft = _without_arguments(wrong, field, ("onDelete", "onUpdate"))
        if draft is not None:
            yield Fix("Remove the actions", "T", draft.edits, True)
        return
    source = target.fields.get(target.id.names[0])
    if source is None:
        return
    draft = wrong.draft()
    name = field.key[0] if field.key else lower(target.name) + source.name[:1].upper() + source.name[1:] + "s"
    text = f"{name} {source.type_name}[]{native_of(source)}"
    column = field.owner.fields.get(name)
    if column is None:
        draft.add_line(field.owner, field.line, text)
    elif column.node.type is not None and (not column.is_list or column.type_name != source.type_name):
        draft.replace(field.owner, column.line, column.node.type.start, column.node.type.end, f"{source.type_name}[]")
    lists = f"fields: [{name}], references: [{source.name}]"
    kept = [a for a in (field.relation.arguments if field.relation else None) or () if a.name is None or a.name.value not in _SIDE]
    line = field.owner.block.line(field.line)
    inside = "".join(line[a.start : a.end] + ", " for a in kept)
    if field.relation is None:
        draft.append_attribute(field, f"@relation({lists})")
    else:
        draft.replace(field.owner, field.line, field.relation.name_end, field.relation.end, f"({inside}{lists})")
    yield Fix(f"Hold the ids in `{text}`", "T", draft.edits)


@repairs("unsupported-action")
def other_action(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    near = {"Restrict": "NoAction", "NoAction": "Restrict"}.get(wrong.text, "")
    for event in ("onDelete", "onUpdate"):
        written = field.action(event) if field is not None else None
        if field is not None and written is not None and written.start == wrong.start:
            wanted = [near] if near else []
            wanted += [a for a in ("NoAction", "Restrict", "SetNull", "Cascade") if a != near]
            yield from choose_action(field, event, wrong.bench, wanted, near)
    for fix in wrong.remove_argument():
        yield fix._replace(title=f"{fix.title}: Prisma's default holds", safety="R")


@repairs("set-default")
def no_set_default(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    for event in ("onDelete", "onUpdate"):
        action = field.action(event) if field is not None else None
        if field is not None and action is not None and action.start == wrong.start:
            yield from choose_action(field, event, wrong.bench, ["Restrict", "NoAction", "SetNull"], "Restrict")


@repairs("foreign-key-name")
def without_name(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    for argument in (attribute.arguments if attribute is not None else None) or ():
        if argument.name is not None and argument.name.value == "map":
            yield from wrong.remove_argument(argument, preferred=True)


@repairs("ignored-model")
def ignore_field(wrong: Wrong) -> Iterator[Fix]:
    if wrong.field is not None:
        draft = wrong.draft().append_attribute(wrong.field, "@ignore")
        yield Fix("Add `@ignore`", "T", draft.edits, True)


@repairs("relation-mode-index")
def index_key(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    if field is None or not field.key or field.owner.block.close < 0:
        return
    text = f"@@index([{', '.join(field.key)}])"
    draft = wrong.draft().add_block_attribute(field.owner, text)
    yield Fix(f"Add `{text}` (creates an index)", "R", draft.edits, True)


@repairs("relation-cycle", "cascade-paths")
def no_action(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    if field is None or field.relation is None or not field.key:
        return
    relation = field.relation
    draft = wrong.draft()
    for event in ("onDelete", "onUpdate"):
        action = field.action(event)
        if action is None or action.name != "NoAction":
            draft.set_argument(field.owner, field.line, relation, event, "NoAction")
    title = "Write `onDelete: NoAction, onUpdate: NoAction`: such a delete or update then fails"
    emulated = wrong.schema.relation_mode() == "prisma"
    yield Fix(title, "T" if emulated else "R", draft.edits)


@repairs("ambiguous-relation")
def name_relations(wrong: Wrong) -> Iterator[Fix]:
    """Give every relation between two models a name of its own, on both sides."""
    pair = _target(wrong)
    if pair is None:
        return
    field, target = pair
    model = field.owner
    name = field.relation_name
    usual = "To".join(sorted((model.name, target.name)))
    mine = [f for f in model.fields_by_type.get(target.name, ()) if (f.relation_name or usual) == (name or usual)]
    if model is target:
        theirs = [f for f in mine if not f.key]
        mine = [f for f in mine if f.key]
    else:
        theirs = [
            f for f in target.all_fields
            if f.type_name == model.name and (f.relation_name or usual) == (name or usual)
        ]  # fmt: skip
    if not mine and len(theirs) > 1 and model is target:
        mine, theirs = theirs[: (len(theirs) + 1) // 2], theirs[(len(theirs) + 1) // 2 :]
    if not mine or len(theirs) > len(mine) or target.block.close < 0:
        return
    if len({f.name for f in mine}) < len(mine):
        # One was copied: it needs another name first.
        return
    draft = wrong.draft()
    taken = {f.name for f in target.all_fields}
    spare = list(theirs)
    names = []
    added = 0
    for holder in mine:
        title = model.name + holder.name[:1].upper() + holder.name[1:]
        names.append(title)
        _name(draft, holder, title)
        back = next((f for f in spare if _fits(holder, f)), None)
        if back is not None:
            spare.remove(back)
            _name(draft, back, title)
            continue
        if not holder.key:
            return
        new = f"{several(holder.name)}Of{model.name}" if model is target else lower(several(model.name)) + "As" + holder.name[:1].upper() + holder.name[1:]
        if new in taken:
            return
        taken.add(new)
        added += 1
        line = max((f.line for f in target.all_fields), default=target.block.header) + 1
        draft.add_line(target, line, f'{new} {model.name}[] @relation("{title}")')
    if spare:
        return
    shown = " and ".join(f"`{n}`" for n in names)
    how = f", and add {added} missing field{'s' if added > 1 else ''}" if added else ""
    yield Fix(f"Name the relations {shown} on both sides, in their order{how}", "T", draft.edits)


def _fits(holder: Field, back: Field) -> bool:
    """Whether the two can be one relation: not both with a key, not both required."""
    return not (holder.key and back.key) and (bool(holder.key or back.key) or (holder.is_list and back.is_list))


def _name(draft: Draft, field: Field, name: str) -> None:
    relation = field.relation
    if relation is None:
        draft.append_attribute(field, f'@relation("{name}")')
        return
    written = relation.argument("name", 0)
    if isinstance(written, nodes.String):
        draft.replace_node(field.owner, field.line, written, f'"{name}"')
    elif relation.arguments:
        draft.insert(field.owner, field.line, relation.arguments[0].start, f'"{name}", ')
    elif relation.arguments is not None:
        draft.insert(field.owner, field.line, relation.end - 1, f'"{name}"')
    else:
        draft.insert(field.owner, field.line, relation.name_end, f'("{name}")')
