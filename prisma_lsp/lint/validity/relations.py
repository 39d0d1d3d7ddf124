"""Relations: their two sides, their keys and their actions.

Every check looks at one relation field and says only what belongs on its own line; the other side
is checked with its own model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.relation_fixes import opposite_fixes, set_null_fixes, unique_key_fixes
from prisma_lsp.lint.rule import Finding, FixMaker, rule
from prisma_lsp.lint.validity.connectors import CONNECTORS, Connector
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model, RelationField
from prisma_lsp.schema.relations import action
from prisma_lsp.syntax import nodes


class Sides(NamedTuple):
    """A relation as seen from one of its fields.

    ``shape`` is "one-to-one", "one-to-many" or "many-to-many".  ``holder`` is the side whose table
    holds the key, ``back`` the other; one of them may be missing.
    """

    shape: str
    holder: Field | None
    back: Field | None


def sides(field: Field, context: Context) -> Sides | None:
    """The relation of ``field``; None where its two sides cannot be told from others."""
    model = field.owner.name
    name = field.relation_name
    mine = field.owner.fields_by_type[field.type_name]
    if len(mine) > 1:
        mine = _named_alike(field, mine)
    if field.type_name == model:
        if len(mine) > 2 or (len(mine) == 2 and name is None):
            return None
        other = next((f for f in mine if f is not field), None)
    else:
        if len(mine) > 1:
            return None
        others = [
            f for f in context.fields_of_type(field.type_name, model) if f.relation_name == name
        ]
        if len(others) > 1:
            return None
        other = others[0] if others else None
    if other is None:
        if field.is_list:
            return Sides("one-to-many", None, field)
        return Sides("one-to-many", field, None)
    if field.is_list and other.is_list:
        return Sides("many-to-many", field, other)
    if other.is_list:
        return Sides("one-to-many", field, other)
    if field.is_list:
        return Sides("one-to-many", other, field)
    return Sides("one-to-one", *_one_to_one(field, other))


def _named_alike(field: Field, candidates: list[Field]) -> list[Field]:
    """Those with the relation name of ``field``; Prisma makes one up where none is given."""
    usual = "To".join(sorted((field.owner.name, field.type_name)))
    name = field.relation_name or usual
    return [f for f in candidates if (f.relation_name or usual) == name]


def _one_to_one(field: Field, other: Field) -> tuple[Field, Field]:
    """Which of the two holds the key: the required one, else the one that says so."""
    if field.is_optional != other.is_optional:
        return (other, field) if field.is_optional else (field, other)
    if (field.key is None) != (other.key is None):
        return (field, other) if field.key is not None else (other, field)
    if (field.references is None) != (other.references is None):
        return (field, other) if field.references is not None else (other, field)
    first = (field.owner.name, field.line) <= (other.owner.name, other.line)
    return (field, other) if first else (other, field)


@rule(level="error")
def errors(field: RelationField, context: Context) -> Iterator[Finding]:
    relation = field.relation
    if relation is not None and relation.arguments:
        yield from _unknown_fields(field, context)
        yield from _actions(field, context)
    found = sides(field, context)
    if found is None:
        yield from _ambiguous(field, context)
    else:
        if field.owner.kind != "type":
            yield from _missing_sides(field, found, context)
        if field.key is not None:
            yield from _keys(field, found, context)
            yield from _cycles(field, context)
    if context.is_ignored(field.type_name):
        yield from _ignored_target(field, context)


@rule(level="warning")
def warnings(field: RelationField, context: Context) -> Iterator[Finding]:
    relation = field.relation
    if relation is not None and relation.arguments:
        yield from _doubtful_actions(field, context)
        yield from _unindexed_key(field, context)


def _unknown_fields(field: RelationField, context: Context) -> Iterator[Finding]:
    """What ``fields`` and ``references`` name must exist and be columns, each once."""
    relation = field.relation
    if relation is None or relation.arguments is None:
        return
    seen: set[str] = set()
    for item in _items(relation.argument("fields")):
        named = field.owner.fields.get(item.name)
        if named is None:
            yield _unknown(field, item, field.owner.name)
        elif context.kind_of(named.type_name) in ("model", "view"):
            yield _not_a_column(field, item, named)
        elif item.name in seen:
            yield _finding(
                field, item, "duplicate-field", f"`{item.name}` is named twice: remove one of them"
            )
        seen.add(item.name)
    for item in _items(relation.argument("references")):
        named = context.field(field.type_name, item.name)
        if named is None:
            yield _unknown(field, item, field.type_name)
        elif context.kind_of(named.type_name) in ("model", "view"):
            yield _not_a_column(field, item, named)


def _unknown(field: Field, item: nodes.Reference, model: str) -> Finding:
    return _finding(
        field, item, "unknown-field",
        f"`{model}` has no field `{item.name}`: name one of its fields, or add it",
    )  # fmt: skip


def _not_a_column(field: Field, item: nodes.Reference, named: Field) -> Finding:
    return _finding(
        field, item, "relation-key",
        f"`{item.name}` is itself a relation: name the fields that hold the values"
        + "".join(f", such as `{key}`" for key in (named.key or ())[:1]),
    )  # fmt: skip


def _ambiguous(field: RelationField, context: Context) -> Iterator[Finding]:
    """Two relations between the same models need names; at most two fields share one."""
    model = field.owner
    name = field.relation_name
    mine = _named_alike(field, model.fields_by_type.get(field.type_name, []))
    if len(mine) < 2 or mine[0] is not field:
        return
    itself = field.type_name == model.name
    if itself and len(mine) == 2 and name is not None:
        return
    shown = _listed([f.name for f in mine])
    if itself and name is None:
        text = f'{shown} all lead from `{model.name}` to itself: give the two sides of each relation a common name, `@relation("…")`'
    elif itself:
        text = f"{shown} share the relation name `{name}`, and a relation has only two sides: give the others another name"
    elif name is None:
        text = f'{shown} all lead to `{field.type_name}`: give each relation a name on both of its sides, `@relation("…")`'
    else:
        text = f"{shown} share the relation name `{name}`: give each relation a name of its own"
    yield _on_type(field, "ambiguous-relation", text)


def _missing_sides(field: RelationField, found: Sides, context: Context) -> Iterator[Finding]:
    """The other side, and the arguments that the holder of the key must have."""
    if _has_arguments_problem(field):
        return
    shape, holder, back = found
    if holder is None or back is None:
        name = field.relation_name
        same = f" of the relation `{name}`" if name else ""
        back_type = field.owner.name + ("[]" if not field.is_list else "?")
        yield _on_type(
            field, "missing-opposite",
            f"`{field.type_name}` has no field of type `{field.owner.name}`{same}: add one, such as `{_lower(field.owner.name)} {back_type}`",
            lambda bench: opposite_fixes(field, bench),
        )  # fmt: skip
        return
    if shape == "many-to-many":
        yield from _many_to_many(field, back if holder is field else holder, context)
    elif shape == "one-to-many":
        yield from _one_to_many(field, holder, back)
    else:
        yield from _one_to_one_sides(field, holder, back, context)


def _one_to_many(field: Field, holder: Field, back: Field) -> Iterator[Finding]:
    if field is holder:
        yield from _needs(field, back)
        return
    if _given(field, "fields") or _given(field, "references"):
        yield _on_attribute(
            field, "relation-side",
            f"`{field.name}` is a list and holds no key: `fields` and `references` belong on `{holder.owner.name}.{holder.name}`",
        )  # fmt: skip
    if _given(field, "onDelete") or _given(field, "onUpdate"):
        yield _on_attribute(
            field, "relation-side",
            f"`{field.name}` holds no key: `onDelete` and `onUpdate` belong on `{holder.owner.name}.{holder.name}`",
        )  # fmt: skip


def _needs(field: Field, back: Field) -> Iterator[Finding]:
    """``fields`` and ``references`` on the side that holds the key."""
    missing = [
        name
        for name, value in (("fields", field.key), ("references", field.references))
        if not value
    ]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        yield _on_type(
            field, "missing-relation-argument",
            f"`{field.name}` holds the key of the relation with `{back.owner.name}.{back.name}`: `@relation` needs {names}",
        )  # fmt: skip


def _one_to_one_sides(
    field: Field, holder: Field, back: Field, context: Context
) -> Iterator[Finding]:
    other = back if field is holder else holder
    where = f"`{other.owner.name}.{other.name}`"
    if not field.key and not other.key and not (field.references or other.references):
        yield _on_type(
            field, "missing-relation-argument",
            f"Neither `{field.name}` nor {where} says which holds the key: one needs `@relation(fields: […], references: […])`",
        )  # fmt: skip
        return
    if not (field.key or other.key) or not (field.references or other.references):
        missing = "fields" if not (field.key or other.key) else "references"
        yield _on_type(
            field, "missing-relation-argument",
            f"Neither `{field.name}` nor {where} gives `{missing}`: the side that holds the key needs both",
        )  # fmt: skip
        return
    if (field.key and other.key) or (field.references and other.references):
        yield _on_attribute(
            field, "relation-side",
            f"Both `{field.name}` and {where} give `fields` or `references`: only the side that holds the key may",
        )  # fmt: skip
        return
    if bool(field.key) != bool(field.references):
        yield _on_attribute(
            field, "relation-side",
            f"`fields` and `references` belong on one side: they are spread over `{field.name}` and {where}",
        )  # fmt: skip
        return
    acts = _given(field, "onDelete") or _given(field, "onUpdate")
    other_acts = _given(other, "onDelete") or _given(other, "onUpdate")
    if acts and (other_acts or field is back):
        keeper = holder if field is back else field
        yield _on_attribute(
            field, "relation-side",
            f"`onDelete` and `onUpdate` belong on one side, the holder of the key: `{keeper.owner.name}.{keeper.name}`",
        )  # fmt: skip
    if field is back and field.key:
        yield _on_attribute(
            field, "relation-side",
            f"The required side holds the key: move `fields` and `references` to {where}, or make it optional",
        )  # fmt: skip
        return
    # Prisma reports the one whose model comes later in the alphabet, whoever holds the key.
    if (
        not field.is_optional
        and not other.is_optional
        and (field.owner.name, field.line) > (other.owner.name, other.line)
    ):
        yield _on_type(
            field, "required-back-relation",
            f"No database can make sure that both sides exist: make the one without the key optional, `{back.name} {back.type_name}?` in `{back.owner.name}`",
        )  # fmt: skip
    if field is holder and field.key and not _is_unique(field.owner, field.key, context):
        names = ", ".join(field.key)
        advice = (
            f"add `@unique` to `{names}`" if len(field.key) == 1 else f"add `@@unique([{names}])`"
        )
        yield _on_type(
            field, "one-to-one-unique",
            f"In a one-to-one relation the key is unique: {advice}, or make {where} a list",
            lambda bench: unique_key_fixes(field, back, bench),
        )  # fmt: skip


def _many_to_many(field: Field, other: Field, context: Context) -> Iterator[Finding]:
    provider = context.connector()
    connector = CONNECTORS[provider] if provider is not None else None
    where = f"`{other.owner.name}.{other.name}`"
    embedded = field.key is not None or other.key is not None
    relation = field.relation
    if not embedded:
        if connector is not None and not connector.implicit_many_to_many:
            yield _on_type(
                field, "many-to-many",
                f"{connector.title} has no hidden join table: hold the other side's ids in a list and name it in `@relation(fields: […], references: […])`",
            )  # fmt: skip
            return
        if relation is not None:
            for event in ("onDelete", "onUpdate"):
                value = relation.argument(event)
                if value is not None:
                    yield _finding(
                        field, value, "many-to-many",
                        f"The hidden join table of `{field.name}` and {where} takes no actions: write a model for it to choose them",
                    )  # fmt: skip
        if field.references:
            yield _on_attribute(
                field, "many-to-many",
                f"The hidden join table of `{field.name}` and {where} always refers to the ids: remove `references`, or make one side single",
            )  # fmt: skip
        target = context.id_fields(field.type_name)
        if len(target) != 1:
            yield _on_type(
                field, "many-to-many",
                f"`{field.type_name}` has no id of one field, which a hidden join table needs: give it one, or write a model for the join",
            )  # fmt: skip
        return
    if connector is None:
        return
    if not connector.embedded_many_to_many:
        yield _on_type(
            field, "many-to-many",
            f"{connector.on} neither side of a many-to-many relation holds a key: remove `fields` and `references`, or write a model for the join",
        )  # fmt: skip
        return
    if relation is not None:
        for event in ("onDelete", "onUpdate"):
            value = relation.argument(event)
            if value is not None:
                yield _finding(
                    field, value, "many-to-many", "A many-to-many relation takes no actions"
                )
    if not field.key or len(field.key) != 1:
        yield _on_type(
            field, "many-to-many",
            f"`@relation` of `{field.name}` needs `fields` with the one list that holds the ids of `{field.type_name}`",
        )  # fmt: skip
        return
    if not field.references or len(field.references) != 1:
        yield _on_type(
            field, "many-to-many",
            f"`@relation` of `{field.name}` needs `references` with the id of `{field.type_name}`",
        )  # fmt: skip
        return
    if context.id_fields(field.type_name) != field.references:
        yield _on_attribute(
            field, "many-to-many", f"`references` must name the id of `{field.type_name}`"
        )
    column = field.owner.fields.get(field.key[0])
    target_column = context.field(field.type_name, field.references[0])
    if column is None or target_column is None:
        return
    if not column.is_list or column.type_name != target_column.type_name:
        yield _on_attribute(
            field, "many-to-many",
            f"`{column.name}` must be a list of `{target_column.type_name}`, as `{field.type_name}.{target_column.name}` is",
        )  # fmt: skip


def _keys(field: RelationField, found: Sides, context: Context) -> Iterator[Finding]:
    """The key: as many fields as it refers to, of the same types, pointing at something unique."""
    key = field.key
    references = field.references
    if key is None or field.is_list or field.owner.kind == "type":
        return
    columns = [field.owner.fields.get(name) for name in key]
    if not references:
        yield from _arity(field, key, columns, context)
        return
    if found.holder is not field or found.back is None or found.back.key:
        return
    if len(key) != len(references):
        yield _on_attribute(
            field, "relation-length",
            f"`fields` has {len(key)} and `references` {len(references)}: they belong together in pairs",
        )  # fmt: skip
        return
    yield from _arity(field, key, columns, context)
    if None in columns:
        return
    targets = [context.field(field.type_name, name) for name in references]
    if None in targets or any(
        not f.is_unsupported and context.kind_of(f.type_name) in ("model", "view", None)
        for f in (*columns, *targets)
        if f
    ):
        return
    yield from _unique_target(field, references, context)
    for column, target in zip(columns, targets, strict=True):
        assert column is not None and target is not None
        if _typed(column) != _typed(target):
            yield _on_type(
                field, "relation-type",
                f"`{column.name}` is `{_typed(column)}` and `{field.type_name}.{target.name}` is `{_typed(target)}`: a key has the type of what it refers to",
            )  # fmt: skip


def _arity(
    field: Field, key: tuple[str, ...], columns: list[Field | None], context: Context
) -> Iterator[Finding]:
    if field.is_optional:
        return
    optional = [f.name for f in columns if f is not None and f.is_optional]
    if optional:
        yield _on_type(
            field, "relation-optional",
            f"{_listed(optional)} may be empty, so `{field.name}` may be too: write `{field.type_name}?`",
        )  # fmt: skip


def _unique_target(
    field: Field, references: tuple[str, ...], context: Context
) -> Iterator[Finding]:
    provider = context.connector()
    wanted = set(references)
    same_fields = False
    for _, names in context.unique_keys(field.type_name):
        if names == references:
            return
        if set(names) == wanted and len(names) == len(references):
            same_fields = True
    if same_fields:
        if provider is not None and not CONNECTORS[provider].any_order:
            yield _on_attribute(
                field, "relation-order",
                f"`references` must list the fields in the order of the unique key of `{field.type_name}`",
            )  # fmt: skip
        return
    shown = ", ".join(references)
    advice = (
        f"add `@unique` to `{field.type_name}.{shown}`"
        if len(references) == 1
        else f"add `@@unique([{shown}])` to `{field.type_name}`"
    )
    yield _on_attribute(
        field, "relation-target",
        f"A relation refers to something unique, and `{shown}` is not unique in `{field.type_name}`: {advice}",
    )  # fmt: skip


def _actions(field: RelationField, context: Context) -> Iterator[Finding]:
    """Actions that the provider does not have, and ``SetNull`` where nothing can be empty."""
    relation = field.relation
    if relation is None or not relation.arguments:
        return
    provider = context.connector()
    if provider is None:
        return
    if not CONNECTORS[provider].named_foreign_key and relation.argument("map") is not None:
        yield _on_attribute(
            field, "foreign-key-name",
            f"{CONNECTORS[provider].title} keeps no names of foreign keys: remove `map`",
        )  # fmt: skip
    for event in ("onDelete", "onUpdate"):
        written = field.action(event)
        if written is None or written.name not in catalogue.ACTIONS:
            continue
        mode = context.relation_mode()
        allowed = supported_actions(provider, mode)
        if written.name not in allowed:
            names = ", ".join(f"`{name}`" for name in allowed)
            how = (
                ' with `relationMode = "prisma"`'
                if mode == "prisma" and provider != "mongodb"
                else ""
            )
            yield _finding(
                field, written, "unsupported-action",
                f"{CONNECTORS[provider].title} has no `{written.name}`{how}: choose one of {names}",
            )  # fmt: skip
        elif written.name == "SetNull" and not CONNECTORS[provider].set_null_warns:
            yield from _set_null(field, event, written, context)


def _doubtful_actions(field: RelationField, context: Context) -> Iterator[Finding]:
    relation = field.relation
    if relation is None or not relation.arguments:
        return
    provider = context.connector()
    if provider is None:
        return
    for event in ("onDelete", "onUpdate"):
        written = field.action(event)
        word = written.name if written is not None else ""
        if word not in ("SetNull", "SetDefault"):
            continue
        assert written is not None
        mode = context.relation_mode()
        if word == "SetDefault" and provider == "mysql" and mode == "foreignKeys":
            yield _finding(
                field, written, "set-default",
                "MySQL accepts `SetDefault` and then rejects the delete or update: use `Restrict`, `NoAction` or `SetNull`",
            )  # fmt: skip
        elif word == "SetNull" and CONNECTORS[provider].set_null_warns:
            yield from _set_null(field, event, written, context)


def _set_null(
    field: Field, event: str, written: nodes.Reference, context: Context
) -> Iterator[Finding]:
    columns = [field.owner.fields.get(name) for name in field.key or ()]
    required = [f.name for f in columns if f is not None and not f.is_optional]
    if required:
        yield _finding(
            field, written, "set-null-required",
            f"`{event}: SetNull` cannot empty {_listed(required)}, which is required: make it optional, or choose another action",
            lambda bench: set_null_fixes(field, event, bench),
        )  # fmt: skip


def supported_actions(provider: str, mode: str) -> tuple[str, ...]:
    if provider == "none":
        return (
            tuple(catalogue.ACTIONS)
            if mode != "prisma"
            else ("Cascade", "Restrict", "NoAction", "SetNull")
        )
    return catalogue.supported_actions(provider, mode)


def _ignored_target(field: RelationField, context: Context) -> Iterator[Finding]:
    if not field.owner.is_ignored and not field.is_ignored:
        yield _on_type(
            field, "ignored-model",
            f"The client leaves out `{field.type_name}` (`@@ignore`), so `{field.name}` needs `@ignore`",
        )  # fmt: skip


def _unindexed_key(field: RelationField, context: Context) -> Iterator[Finding]:
    """Without foreign keys the database makes no index by itself."""
    key = field.key
    if not key or field.owner.kind != "model" or field.is_list:
        return
    if context.relation_mode() != "prisma" or context.connector() in ("mongodb", "none", None):
        return
    if None in [field.owner.fields.get(name) for name in key]:
        return
    for index in field.owner.indexes:
        if index.names[: len(key)] == key and index.kind != "fulltext":
            return
    names = ", ".join(key)
    yield _on_attribute(
        field, "relation-mode-index",
        f"With `relationMode = \"prisma\"` nothing makes an index for `{names}`: add `@@index([{names}])`, or lookups of the relation read the whole table",
    )  # fmt: skip


# --- cycles --------------------------------------------------------------------------------------


def _cycles(field: RelationField, context: Context) -> Iterator[Finding]:
    """On SQL Server and MongoDB actions must not lead back to where they began."""
    if not field.key or field.is_list:
        return
    provider = context.connector()
    if provider is None:
        return
    connector = CONNECTORS[provider]
    if not connector.guards_cycles and context.relation_mode() != "prisma":
        return
    if field.type_name == field.owner.name:
        if all(
            action(field, event, context).name == "NoAction" for event in ("onDelete", "onUpdate")
        ):
            return
        yield _on_type(
            field, "relation-cycle",
            f"A change of one `{field.owner.name}` would run through others of them: {_place(connector)} write `onDelete: NoAction, onUpdate: NoAction` on `{field.name}`",
        )  # fmt: skip
        return
    path = context.cascade_circle(field.owner.name, field.name)
    if path:
        shown = " → ".join([f"`{step}`" for step in path])
        yield _on_type(
            field, "relation-cycle",
            f"Actions run in a circle, {shown}: {_place(connector)} set `onDelete` and `onUpdate` of one of these relations to `NoAction`",
        )  # fmt: skip
    elif connector.guards_paths and context.relation_mode() != "prisma":
        found = context.cascade_meeting(field.owner.name, field.name)
        if found is not None:
            other, target = found
            yield _on_type(
                field, "cascade-paths",
                f"A change of `{target}` reaches `{field.owner.name}` by `{field.name}` and by `{other}`: on {connector.title} set `onDelete` and `onUpdate` of one of them to `NoAction`",
            )  # fmt: skip


def _place(connector: Connector) -> str:
    if connector.guards_cycles:
        return f"on {connector.title}"
    return 'with `relationMode = "prisma"`'


# --- small words ---------------------------------------------------------------------------------


def _is_unique(model: Model, key: tuple[str, ...], context: Context) -> bool:
    wanted = set(key)
    return any(index.is_unique and set(index.names) == wanted for index in model.indexes)


def _given(field: Field, argument: str) -> bool:
    relation = field.relation
    return relation is not None and relation.argument(argument) is not None


def _has_arguments_problem(field: Field) -> bool:
    """A `@relation` that is still being typed says nothing about what is missing."""
    relation = field.relation
    return relation is not None and any(a.value is None for a in relation.arguments or ())


def _items(value: nodes.Expression | None) -> Iterator[nodes.Reference]:
    items = value.items if isinstance(value, nodes.Array) else (value,)
    for item in items:
        if isinstance(item, nodes.Reference):
            yield item


def _typed(field: Field) -> str:
    kind = field.node.type
    if kind is not None and kind.unsupported is not None:
        return f'Unsupported("{kind.unsupported}")'
    return field.type_name


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _listed(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _finding(
    field: Field, node: nodes.Node, code: str, message: str, fixes: FixMaker | None = None
) -> Finding:
    return Finding(field.line, node.start, node.end, message, fixes, rule=code)


def _on_type(field: Field, code: str, message: str, fixes: FixMaker | None = None) -> Finding:
    kind = field.node.type
    assert kind is not None
    return Finding(field.line, kind.name_start, kind.name_end, message, fixes, rule=code)


def _on_attribute(field: Field, code: str, message: str) -> Finding:
    relation = field.relation
    if relation is None:
        return _on_type(field, code, message)
    return Finding(field.line, relation.start, relation.name_end, message, rule=code)
