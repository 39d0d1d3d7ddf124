"""Repairs of relations, shared by the checks of what Prisma rejects and the rules that stand in for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.circles import circle
from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.lint.overlap import is_removable, without
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model


def choose_action(
    field: Field, event: str, bench: Workbench, wanted: Iterable[str], preferred: str
) -> Iterator[Fix]:
    """Fixes that write another action for ``event``, of those that the provider has."""
    allowed = catalogue.supported_actions(
        bench.schema.provider() or "postgresql", bench.schema.relation_mode()
    )
    written = field.action(event)
    if written is None:
        return
    how = (
        "changes the foreign key"
        if bench.schema.relation_mode() == "foreignKeys"
        else "no migration: Prisma Client carries it out"
    )
    for action in wanted:
        if (event, action) == ("onDelete", "Cascade") and circle(field, bench.schema) is not None:
            continue
        if action == "SetNull" and any(
            (column := field.owner.fields.get(name)) is not None and not column.is_optional
            for name in field.key or ()
        ):
            continue
        if action in allowed and action != written.name:
            edits = bench.draft().replace_node(field.owner, field.line, written, action).edits
            title = f"Write {event}: {action}, {_MEANING[event, action]} ({how})"
            yield Fix(title, "R", edits, preferred=action == preferred)


_MEANING = {
    ("onDelete", "Restrict"): "so that the delete fails while there are such rows",
    ("onDelete", "NoAction"): "so that the delete fails while there are such rows",
    ("onDelete", "SetNull"): "so that the rows stay and lose their parent",
    ("onDelete", "Cascade"): "so that the rows are deleted, too",
    ("onUpdate", "Restrict"): "so that the change fails while there are such rows",
    ("onUpdate", "NoAction"): "so that the change fails while there are such rows",
    ("onUpdate", "SetNull"): "so that the rows lose their parent",
    ("onUpdate", "Cascade"): "so that the rows change with it",
}


def make_key_optional(field: Field, bench: Workbench) -> Iterator[Fix]:
    """The fix that lets the relation and every column of its key be empty."""
    draft = loosen(field, bench.draft())
    if draft is None:
        return
    names = " and ".join(f"`{name}`" for name in field.key or ())
    then = "" if field.action("onDelete") is not None else "; deleting the parent then sets it to null"
    yield Fix(f"Let {names} be empty (drops NOT NULL{then})", "R", draft.edits)


def loosen(field: Field, draft: Draft) -> Draft | None:
    """The draft with a relation and every column of its key made optional; None where one of them
    must not be empty."""
    model = field.owner
    kind = field.node.type
    if kind is None or field.is_list:
        return None
    columns = [model.fields.get(name) for name in field.key or ()]
    identity = set(model.id.names) if model.id is not None else set()
    for column in columns:
        if column is None or column.node.type is None or column.name in identity:
            # The columns of a primary key cannot be empty.
            return None
        others = [f for f in model.all_fields if f is not field and column.name in (f.key or ())]
        if any(not other.is_optional for other in others):
            return None
        if not column.is_optional:
            draft.insert(model, column.line, column.node.type.name_end, "?")
    if not field.is_optional:
        draft.insert(model, field.line, kind.name_end, "?")
    return draft


def set_null_fixes(field: Field, event: str, bench: Workbench) -> Iterator[Fix]:
    """What to do about ``SetNull`` on a key that cannot be empty."""
    refusing = "Restrict"
    if "Restrict" not in catalogue.supported_actions(
        bench.schema.provider() or "postgresql", bench.schema.relation_mode()
    ):
        refusing = "NoAction"
    yield from choose_action(field, event, bench, [refusing, "Cascade"], refusing)
    yield from make_key_optional(field, bench)


def unique_key_fixes(field: Field, back: Field, bench: Workbench) -> Iterator[Fix]:
    """What to do about a one-to-one relation whose key may repeat."""
    model = field.owner
    key = field.key or ()
    if not key or any(name not in model.fields for name in key):
        return
    draft = bench.draft()
    if len(key) == 1:
        column = model.fields[key[0]]
        native = column.native_type
        if native is not None:
            draft.insert(model, column.line, native.start, "@unique ")
        else:
            draft.append_attribute(column, "@unique")
        text = f"@unique to `{column.name}`"
    else:
        text = f"@@unique([{', '.join(key)}])"
        draft.add_block_attribute(model, text)
    for index in model.indexes:
        if index.kind == "index" and index.names == key and len(key) == 1 and is_removable(model, index):
            without(draft, model, index)
            break
    title = f"Add {text} (creates a unique index; fails where values repeat)"
    yield Fix(title, "R", draft.edits, preferred=True)
    kind = back.node.type
    if kind is not None and not back.is_list:
        draft = bench.draft().replace(back.owner, back.line, kind.name_end, kind.end, "[]")
        # No column changes, but it is a choice: not one for fixing all.
        title = f"Make `{back.owner.name}.{back.name}` a list: any number of `{model.name}` (the key may repeat)"
        yield Fix(title, "R", draft.edits)


def opposite_fixes(field: Field, bench: Workbench) -> Iterator[Fix]:
    """What to do about a relation field without one at the other side."""
    target = bench.schema.model(field.type_name)
    if target is None or target.kind != "model" or target.block.close < 0:
        return
    if field.key:
        if field.is_list or not field.references:
            return
        yield from _back_field(field, target, bench)
    elif field.is_list and field.relation_name is None:
        yield from _holder(field, target, bench)


def _back_field(field: Field, target: Model, bench: Workbench) -> Iterator[Fix]:
    model = field.owner
    name = field.relation_name
    new_name = None
    if name is None and target is model:
        # The two sides of a relation with itself are told apart by their common name only.
        new_name = name = f"{model.name}{field.name[:1].upper()}{field.name[1:]}"
    rest = f' @relation("{name}")' if name else ""
    if model.is_ignored:
        rest += " @ignore"
    unique = any(
        index.is_unique and set(index.names) == set(field.key or ()) for index in model.indexes
    )
    is_tree = target is model and field.name.startswith("parent")
    one = _lower(model.name)
    many = free_name("children" if is_tree else _plural(one), field, target)
    one = free_name(one, field, target)
    choices = [(many, f"{many} {model.name}[]{rest}", ": any number" if unique else "", not unique)]
    if unique:
        choices.insert(0, (one, f"{one} {model.name}?{rest}", ": at most one", True))
    for taken, text, gain, preferred in choices:
        if taken in target.fields:
            continue
        draft = bench.draft()
        relation = field.relation
        if new_name is not None and relation is not None and relation.arguments:
            draft.insert(model, field.line, relation.arguments[0].start, f'"{new_name}", ')
        draft.add_line(target, _line_for(target, taken, "lists", bench), text)
        yield Fix(f"Add `{text}` to `{target.name}`{gain}", "T", draft.edits, preferred=preferred)


def free_name(name: str, field: Field, target: Model) -> str:
    """``name`` for the other side of ``field``, or where it is taken there: ``authorPosts``."""
    return f"{field.name}{name[:1].upper()}{name[1:]}" if name in target.fields else name


def _holder(field: Field, target: Model, bench: Workbench) -> Iterator[Fix]:
    """The other side of a list: a key that may be empty, so that rows that exist can stay."""
    model = field.owner
    identity = model.id
    if identity is None or len(identity.columns) != 1 or bench.schema.provider() == "mongodb":
        return
    source = model.fields.get(identity.columns[0].name)
    if source is None or source.is_list:
        return
    relation = _lower(model.name)
    column = f"{relation}{source.name[:1].upper()}{source.name[1:]}"
    if relation in target.fields or column in target.fields:
        return
    native = source.native_type
    typed = f" @{native.name.split('.')[0]}.{source.native}" if native is not None else ""
    draft = bench.draft()
    from prisma_lsp.lint.repairs.habits import column_map

    line = _line_for(target, relation, "relations", bench)
    draft.add_line(
        target, line, f"{relation} {model.name}? @relation(fields: [{column}], references: [{source.name}])"
    )
    draft.add_line(target, line, f"{column} {source.type_name}?{column_map(bench, column)}{typed}")
    draft.add_block_attribute(target, f"@@index([{column}])")
    title = f"Add `{relation} {model.name}?` with its key `{column}` to `{target.name}` (adds a column, an index and a foreign key)"
    yield Fix(title, "R", draft.edits, preferred=True)


def _line_for(target: Model, name: str, group: str, bench: Workbench) -> int:
    """The line before which a new field goes: behind the others, but for a rule that orders them."""
    from prisma_lsp.lint.order import line_for

    fields = target.all_fields
    last = fields[-1].line + 1 if fields else target.block.header + 1
    return line_for(target, name, group, last, bench)


def _plural(name: str) -> str:
    from prisma_lsp.lint.names import camel, plural, snake

    return camel(plural(snake(name)))


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
