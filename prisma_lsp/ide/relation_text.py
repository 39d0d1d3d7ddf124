"""A relation in words: what its actions will do to these rows, its constraint, its index, its reach.

Every sentence is about the rows at hand, with the models' and fields' own names.  The facts come
from `prisma_lsp.schema`; here they are only told.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.ide.markdown import code, codes, fence, items, page
from prisma_lsp.schema import catalogue, sql
from prisma_lsp.schema.blast import Blast, Hit, Outcome, blast, columns_without_default, trouble
from prisma_lsp.schema.declarations import Field
from prisma_lsp.schema.relations import (
    action,
    join_table,
    opposite,
    requires_key,
    serving_index,
)
from prisma_lsp.schema.schema import Schema

MAX_TREE_LINES = 14

_EVENTS = ("onDelete", "onUpdate")
_OUTCOMES: dict[Outcome, str] = {
    "blocked": "blocked by rows of",
    "deleted": "deletes rows of",
    "emptied": "sets the key to `NULL` in",
    "defaulted": "sets the key to its default in",
}
_JOIN_OUTCOMES: dict[Outcome, str] = {
    "deleted": "deletes the join rows in",
    "orphaned": "leaves join rows behind in",
}


class Relation(NamedTuple):
    """A relation by the side that holds the key; ``one`` where a parent has at most one child."""

    holder: Field
    child: str
    parent: str
    key: tuple[str, ...]
    references: tuple[str, ...]
    one: bool


def relation_of(field: Field, schema: Schema) -> Relation | None:
    """The relation of either side's field; None where no side holds a key to one row."""
    holder = field if field.key else opposite(field, schema)
    if holder is None or not holder.key or holder.is_list:
        return None
    other = opposite(holder, schema)
    one = other is not None and not other.is_list
    key = tuple(holder.key)
    return Relation(holder, holder.owner.name, holder.type_name, key, holder.references or (), one)


# --- pages -------------------------------------------------------------------------------------


def relation_page(field: Field, schema: Schema, docs: str) -> str:
    """About a relation field, on either side."""
    head = f"**{code(f'{field.owner.name}.{field.name}')}** · {code(field.type_name + field.arity)}"
    if join_table(field, schema) is not None:
        return _many_to_many(field, schema, head, docs)
    if field.is_list and field.key:
        holds = f"{_and(field.key)} holds the ids of its {code(field.type_name)} documents"
        return page(head + " · many-to-many", docs, f"{holds}. Such a relation takes no actions.")
    relation = relation_of(field, schema)
    if relation is None:
        missing = (
            f"⚠ No field of {code(field.owner.name)} or {code(field.type_name)} holds the key of this "
            "relation: `@relation(fields: […], references: […])` is missing."
        )
        return page(head, docs, missing)
    if field is relation.holder:
        head += f" · key {_and(relation.key)}"
    else:
        held = f"{relation.child}.{relation.holder.name}"
        head += f" · the other side of {code(held)}"
    if absent := [name for name in relation.key if name not in relation.holder.owner.fields]:
        return page(head, docs, f"⚠ {code(relation.child)} has no field {_and(absent)}.")
    return page(
        head,
        docs,
        items(_line(relation, event, schema) for event in _EVENTS),
        _who_does_it(schema),
        _index(relation, schema),
        blast_page(relation.parent, schema, True, relation.holder),
        # Last: a small window cuts a hover short.
        _constraint(relation, schema),
    )


def action_page(field: Field, event: str, word: str | None, schema: Schema) -> str | None:
    """About ``onDelete`` or ``onUpdate``, or an action written for it."""
    if event not in _EVENTS:
        return None
    relation = relation_of(field, schema)
    if word is not None and word not in catalogue.ACTIONS:
        provider = sql.provider_of(schema)
        taken = catalogue.supported_actions(provider, schema.relation_mode())
        return f"{code(word)} is no action. {_title(schema)} takes {codes(taken)}."
    if relation is None:
        doc = catalogue.ACTIONS[word].doc if word is not None else None
        slot = next(a for a in catalogue.ATTRIBUTES["@relation"].arguments if a.name == event)
        return page(f"**{code(word or event)}**", slot.doc, doc)
    now = action(relation.holder, event, schema)
    elsewhere = None
    if field is not relation.holder:
        held = f"{relation.child}.{relation.holder.name}"
        elsewhere = f"⚠ Actions belong to the side that holds the key, {code(held)}: Prisma rejects them here."
    warning = _warning(relation, event, now.name, schema)
    return page(
        _title_of(relation, event, schema),
        elsewhere,
        warning or _sentence(relation, event, now.name, schema),
        catalogue.ACTIONS[now.name].doc if word == now.name and not warning else None,
        _who_does_it(schema),
        _index(relation, schema) if event == "onDelete" else None,
        blast_page(relation.parent, schema, True, relation.holder) if event == "onDelete" else None,
        _constraint(relation, schema),
    )


def blast_page(name: str, schema: Schema, tree: bool, told: Field | None = None) -> str | None:
    """What deleting a row of a model reaches; ``told`` is a relation that the page is about."""
    found = blast(name, schema)
    a = _a(name)
    if not found.hits:
        return f"**Deleting {a}** touches nothing else: no model points to it."
    if told is not None and len(found.hits) == 1:
        return f"**Nothing else** points to {code(name)}."
    drawn = tree and len(found.hits) > 1
    head = f"**Deleting {a}** reaches {_reach(found)}"
    if not drawn or len(found.hits) > MAX_TREE_LINES:
        head += f": {_summary(found, 3 if drawn else 6)}"
    elif blockers := found.models("blocked"):
        head += f", and is blocked by rows of {codes(blockers)}"
    return page(head + ".", fence("text", _tree(found)) if drawn else None)


# --- parts of a page ---------------------------------------------------------------------------


def _line(relation: Relation, event: str, schema: Schema) -> str:
    name = action(relation.holder, event, schema).name
    told = _warning(relation, event, name, schema) or _sentence(relation, event, name, schema)
    return f"{_title_of(relation, event, schema)} {told}"


def _title_of(relation: Relation, event: str, schema: Schema) -> str:
    """The action, and whether it is written or Prisma's default."""
    now = action(relation.holder, event, schema)
    origin = "as written" if now.written else f"Prisma's default{_reason(relation, event, schema)}"
    return f"**{code(f'{event}: {now.name}')}**, {origin}."


def _reason(relation: Relation, event: str, schema: Schema) -> str:
    """Why Prisma's default is what it is."""
    if event == "onUpdate":
        return ""
    if not requires_key(relation.holder):
        return f" as {_and(relation.key)} {'are' if len(relation.key) > 1 else 'is'} optional"
    why = f" as {_required(relation)}"
    if action(relation.holder, event, schema).name == "NoAction":
        why += f" and {_title(schema)} has no `Restrict`"
    return why


def _sentence(relation: Relation, event: str, name: str, schema: Schema) -> str:
    text = _told(relation, event, name, schema)
    return text[:1].upper() + text[1:]


def _told(relation: Relation, event: str, name: str, schema: Schema) -> str:
    """What will happen to these rows."""
    key = _and(relation.key)
    its = f"its {code(relation.child)}" + ("" if relation.one else " rows")
    points = f"{_a(relation.child)} points to it"
    if event == "onDelete":
        a = _a(relation.parent)
        match name:
            case "Cascade":
                down = ", level by level down" if relation.parent == relation.child else ""
                return f"deleting {a} deletes {its} too{down}."
            case "SetNull":
                return f"deleting {a} keeps {its} and sets {key} to `NULL`."
            case "SetDefault":
                return f"deleting {a} keeps {its} and sets {key} to {_default(relation)}."
            case "NoAction":
                return f"deleting {a} fails if {points} {_checked(schema)}."
        return f"{_a(relation.parent)} cannot be deleted while {points}."
    target = _and(relation.references) if relation.references else "the key"
    many = "" if len(relation.key) > 1 else "s"
    changes = f"when {target} of {_a(relation.parent)} change{many}"
    match name:
        case "Cascade":
            return f"{changes}, {key} of {its} follow{many}."
        case "SetNull":
            return f"{changes}, {key} of {its} become{many} `NULL`."
        case "SetDefault":
            return f"{changes}, {key} of {its} become{many} {_default(relation)}."
        case "NoAction":
            return (
                f"changing {target} of {_a(relation.parent)} fails if {points} {_checked(schema)}."
            )
    return f"{target} of {_a(relation.parent)} cannot change while {points}."


def _checked(schema: Schema) -> str:
    """When NoAction looks."""
    if schema.relation_mode() == "prisma":
        return "(Prisma Client treats it as `Restrict`)"
    match sql.provider_of(schema):
        case "mysql":
            return "(on MySQL the same as `Restrict`)"
    return "when the statement ends"


def _default(relation: Relation) -> str:
    fields = relation.holder.owner.fields
    texts = []
    for name in relation.key:
        field = fields.get(name)
        value = field.default if field is not None else None
        if field is None or value is None:
            return "its default" if len(relation.key) == 1 else "their defaults"
        texts.append(code(field.owner.block.line(field.line)[value.start : value.end]))
    return f"{'its default' if len(texts) == 1 else 'their defaults'} {', '.join(texts)}, which must exist"


def _warning(relation: Relation, event: str, name: str, schema: Schema) -> str | None:
    """Why the action cannot work, and what will happen instead."""
    title = _title(schema)
    what = f"deleting {_a(relation.parent)}"
    if event == "onUpdate":
        what = f"changing {_and(relation.references)} of {_a(relation.parent)}"
    fails = f"{what} fails while {_a(relation.child)} points to it"
    taken = catalogue.supported_actions(sql.provider_of(schema), schema.relation_mode())
    match trouble(relation.holder, name, schema):
        case "unsupported":
            instead = {"Restrict": "Use `NoAction`.", "NoAction": "Use `Restrict`."}
            rest = instead.get(name, f"It takes {codes(taken)}.")
            return f"⚠ Prisma rejects it: {title} has no {code(name)}. {rest}"
        case "required":
            rejects = "Prisma only warns." if _accepts_set_null(schema) else "Prisma rejects it."
            return f"⚠ It can never work: {_required(relation)}, so {fails}. {rejects}"
        case "no-default":
            missing = columns_without_default(relation.holder)
            lack = f"{_and([f.name for f in missing])} {'has' if len(missing) == 1 else 'have'} no default"
            if any(not f.is_optional for f in missing):
                return f"⚠ It can never work: {lack} in the database and must not be `NULL`, so {fails}."
            null = _told(relation, event, "SetNull", schema)
            return f"⚠ {lack} in the database, so {null}"
        case "mysql-default":
            return f"⚠ MySQL never carries it out: since version 8 {fails}, older versions refuse the table."
        case "self-relation":
            harmless = code("NoAction" if "NoAction" in taken else "Restrict")
            return (
                f"⚠ Prisma rejects it: on {title} a relation of a model to itself needs {harmless} "
                "for both actions."
            )
    return None


def _required(relation: Relation) -> str:
    """Which columns of the key are required, as a clause."""
    fields = relation.holder.owner.fields
    required = [n for n in relation.key if n in fields and not fields[n].is_optional]
    return f"{_and(required)} {'are' if len(required) > 1 else 'is'} required"


def _accepts_set_null(schema: Schema) -> bool:
    """PostgreSQL alone takes SET NULL on a column that must not be NULL, and so does Prisma there."""
    return sql.provider_of(schema) == "postgresql" and schema.relation_mode() == "foreignKeys"


def _who_does_it(schema: Schema) -> str | None:
    """Who carries the actions out, where it is not the database."""
    if sql.provider_of(schema) == "mongodb":
        return "MongoDB has no foreign keys: Prisma Client carries this out, other programs do not."
    if schema.relation_mode() == "prisma":
        return (
            'With `relationMode = "prisma"` there is no foreign key: Prisma Client carries this out, '
            "raw SQL and other programs do not."
        )
    return None


def _constraint(relation: Relation, schema: Schema) -> str | None:
    if _who_does_it(schema) is not None:
        return None
    text = sql.foreign_key(relation.holder, schema)
    return fence("sql", text) if text else None


def _index(relation: Relation, schema: Schema) -> str | None:
    """Which index finds the rows by their key."""
    model = relation.holder.owner
    if model.kind != "model" or any(name not in model.fields for name in relation.key):
        return None
    provider = sql.provider_of(schema)
    index = serving_index(model, relation.key)
    if index is not None:
        name = (
            "the primary key"
            if index.kind == "id"
            else code(sql.index_name(index, model, provider))
        )
        columns = f"({', '.join(index.names)})"
        return f"**Index:** {name} on {code(columns)} serves this key."
    if provider == "mysql" and schema.relation_mode() == "foreignKeys":
        name = sql.foreign_key_name(relation.holder, provider)
        return f"**Index:** MySQL makes one for the key by itself, {code(name)}."
    return (
        f"**No index** starts with {_and(relation.key)}: each delete of {_a(relation.parent)} "
        f"reads all of {code(model.table)}."
    )


def _many_to_many(field: Field, schema: Schema, head: str, docs: str) -> str:
    name = join_table(field, schema) or ""
    a, other = _a(field.owner.name), code(field.type_name)
    if sql.provider_of(schema) == "mongodb":
        return page(head, docs)
    head += f" · many-to-many through the hidden table {code(name)}"
    if schema.relation_mode() == "prisma":
        sentence = (
            f"Deleting {a} leaves its rows in {code(name)} behind: "
            'with `relationMode = "prisma"` no foreign key clears them, and neither does Prisma Client.'
        )
    else:
        sentence = f"Deleting {a} deletes its rows in {code(name)}; the {other} rows stay."
    keys = sql.join_table_keys(field, schema)
    return page(
        head,
        docs,
        sentence + " The actions of an implicit many-to-many relation cannot be changed.",
        fence("sql", keys) if keys else None,
        blast_page(field.owner.name, schema, True, field),
    )


# --- the blast radius --------------------------------------------------------------------------


def _reach(found: Blast) -> str:
    count = len(found.reached)
    models = "1 model" if count == 1 else f"{count:,} models" if count else "no other model"
    deep = f", {found.depth} levels deep" if found.depth > 1 else ""
    return f"{'' if found.complete else 'at least '}{models}{deep}"


def _summary(found: Blast, limit: int) -> str:
    """All outcomes in one line."""
    parts = []
    for outcome, words in _OUTCOMES.items():
        models = found.models(outcome)
        if models:
            parts.append(f"{words} {codes(models, limit)}")
    for outcome, words in _JOIN_OUTCOMES.items():
        tables = [h.join_table or "" for h in found.hits if h.join_table and h.outcome == outcome]
        if tables:
            parts.append(f"{words} {codes(dict.fromkeys(tables), limit)}")
    return "; ".join(parts)


def _tree(found: Blast) -> str:
    """The hits as a tree; of a large one its first hits, breadth first."""
    shown = found.hits[:MAX_TREE_LINES]
    children: dict[str, list[Hit]] = {}
    for hit in shown:
        children.setdefault(hit.parent, []).append(hit)
    rows: list[tuple[str, str]] = []

    def grow(parent: str, indent: str) -> None:
        own = children.get(parent, [])
        for number, hit in enumerate(own):
            last = number == len(own) - 1
            name = hit.join_table or hit.model
            if not hit.join_table and sum(h.model == hit.model for h in own) > 1:
                name += f".{hit.field.name}"
            rows.append((indent + ("└─ " if last else "├─ ") + name, _fate(hit)))
            if hit.outcome == "deleted" and not hit.again and not hit.join_table:
                grow(hit.model, indent + ("   " if last else "│  "))

    grow(found.root, "")
    width = max(len(label) for label, _ in rows)
    lines = [found.root, *(f"{label:<{width}}  {fate}" for label, fate in rows)]
    if len(found.hits) > len(shown):
        lines.append(f"… and {len(found.hits) - len(shown):,} more")
    return "\n".join(lines)


def _fate(hit: Hit) -> str:
    key = ", ".join(hit.field.key or ())
    match hit.outcome:
        case "deleted" if hit.join_table:
            return "join rows deleted"
        case "deleted" if hit.again:
            return "deleted, level by level" if hit.model == hit.parent else "deleted, see above"
        case "deleted":
            return "deleted"
        case "blocked":
            return f"blocked by {key} ({hit.action})"
        case "emptied":
            return f"kept, {key} = NULL"
        case "defaulted":
            return f"kept, {key} = default"
    return "join rows stay behind"


# --- words -------------------------------------------------------------------------------------


def _title(schema: Schema) -> str:
    title = catalogue.PROVIDER_TITLES[sql.provider_of(schema)]
    if schema.relation_mode() == "prisma" and title != "MongoDB":
        title += ' with `relationMode = "prisma"`'
    return title


def _a(name: str) -> str:
    """A model's name with its article."""
    vowel = name[:1] in "AEIOUaeiou" and not name.lower().startswith(
        ("us", "uni", "eu", "one", "uu")
    )
    return f"{'an' if vowel else 'a'} {code(name)}"


def _and(names: tuple[str, ...] | list[str]) -> str:
    shown = [code(name) for name in names]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
