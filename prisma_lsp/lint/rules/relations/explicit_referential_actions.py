'''Who deletes a parent deletes, orphans or is refused because of its children: that belongs in the schema.

Without `onDelete` Prisma takes `SetNull` when all fields of the key are optional and `Restrict` as
soon as one is required (`NoAction` where the provider has no `Restrict`), whatever the `?` of the
relation; without `onUpdate` it takes `Cascade`. Making a field optional thereby changes what a
delete does, without a word in the review. On MongoDB ids never change, so only `onDelete` is wanted.
Relations between two tables of Better Auth or Auth.js are left alone.

```prisma
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id])
//              ^^^^^^^^^ `shop` leaves `onDelete` and `onUpdate` to Prisma, which takes `Restrict` and `Cascade`
  shopId String @map("shop_id") @db.Uuid

  @@index([shopId])
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}
```

```prisma fixed
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  shop   Shop   @relation(fields: [shopId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  shopId String @map("shop_id") @db.Uuid

  @@index([shopId])
}

model Shop {
  id     String  @id @default(uuid(7)) @db.Uuid
  orders Order[]
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| today's effective action | says what already happens; a later `?` on the key no longer changes it | none | none | none | none |
| `Cascade` | parts go with their whole in one statement | one delete may reach many tables; nothing asks twice | a delete reads the children through their index | drops and adds the foreign key, which checks all rows | look at each new child: should it go too? |
| `Restrict`, `NoAction` | no row disappears unnoticed | the application has to remove the children first | each delete looks whether a child is left | as above | none |
| `SetNull` | the row outlives its parent | code must cope with `null`, and what it belonged to is forgotten | each delete writes the children | as above | the key must stay optional |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.circles import circle
from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Edits, Fix, Workbench
from prisma_lsp.lint.libraries import is_library_relation
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import relations
from prisma_lsp.schema.catalogue import supported_actions
from prisma_lsp.schema.declarations import Field, KeyField
from prisma_lsp.syntax import nodes


@rule(level="warning")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model, relation, key = field.owner, field.relation, field.key
    if relation is None or not key or field.is_list or relation.trailing_comma >= 0:
        return
    missing = [event for event in ("onDelete", "onUpdate") if _argument(relation, event) is None]
    if not missing or model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    if not all(name in model.fields for name in key) or not field.references:
        return
    if context.kind_of(field.type_name) not in ("model", None) or is_library_relation(field, context):
        return
    if is_document(model, context):
        missing = [event for event in missing if event == "onDelete"]
        if not missing:
            return
    events = " and ".join(f"`{event}`" for event in missing)
    taken = ""
    if context.connector() is not None:
        taken = ", which takes " + " and ".join(
            f"`{relations.action(field, event, context).name}`" for event in missing
        )
    yield Finding(
        field.line,
        relation.start,
        relation.name_end,
        f"`{field.name}` leaves {events} to Prisma{taken}",
        lambda bench: fixes(field, missing, bench),
    )


def fixes(field: Field, missing: list[str], bench: Workbench) -> Iterable[Fix]:
    today = {event: relations.action(field, event, bench.schema).name for event in missing}
    if _takes_no_action(field, bench):
        nothing = dict.fromkeys(missing, "NoAction")
        fix = _changed(field, nothing, missing[0], bench)
        yield fix._replace(preferred=True)
        return
    yield Fix(
        f"{_written(today)}, as today: {_effect(field, missing[0], today[missing[0]], bench)}",
        "T",
        _edits(field, today, bench),
        preferred=True,
    )
    main = missing[0]
    for action in _other_actions(field, bench):
        if action != today[main]:
            yield _changed(field, {**today, main: action}, main, bench)
    if len(missing) == 2:
        restrict = _refusing(bench)
        yield _changed(field, {**today, "onUpdate": restrict}, "onUpdate", bench)


def _changed(field: Field, actions: dict[str, str], event: str, bench: Workbench) -> Fix:
    how = (
        "changes the foreign key"
        if bench.schema.relation_mode() == "foreignKeys"
        else "no migration"
    )
    title = f"{_written(actions)}: {_effect(field, event, actions[event], bench)} ({how})"
    return Fix(title, "R", _edits(field, actions, bench))


def _takes_no_action(field: Field, bench: Workbench) -> bool:
    """SQL Server and MongoDB accept no action along a relation that leads back to its own model."""
    return field.type_name == field.owner.name and bench.schema.provider() in ("sqlserver", "mongodb")


def _other_actions(field: Field, bench: Workbench) -> Iterator[str]:
    others = [other for other in field.owner.held_relations if other is not field]
    # SQL Server lets a delete reach a table by one way only.
    may = bench.schema.provider() != "sqlserver" or not others
    if may and circle(field, bench.schema) is None:
        yield "Cascade"
    yield _refusing(bench)
    columns = [field.owner.fields[name] for name in field.key or ()]
    if all(column.is_optional for column in columns):
        yield "SetNull"


def _refusing(bench: Workbench) -> str:
    provider = bench.schema.provider() or "postgresql"
    actions = supported_actions(provider, bench.schema.relation_mode())
    return "Restrict" if "Restrict" in actions else "NoAction"


def _written(actions: dict[str, str]) -> str:
    return ", ".join(f"{event}: {action}" for event, action in actions.items())


def _effect(field: Field, event: str, action: str, bench: Workbench) -> str:
    """What the action means to the rows, in few words: a menu cuts long titles off."""
    rows = f"`{field.owner.name}` rows"
    key = ", ".join(f"`{name}`" for name in field.key or ())
    target = ", ".join(f"`{name}`" for name in field.references or ())
    match action:
        case "SetNull":
            return f"sets {key} to null"
        case "SetDefault":
            return f"sets {key} to the default"
        case "NoAction" if bench.schema.relation_mode() == "prisma":
            return f"leaves {key} pointing at what is gone"
        case "Cascade":
            return f"deletes its {rows}" if event == "onDelete" else f"changes {key} with {target}"
    return f"{rows} prevent it" if event == "onDelete" else f"{rows} lock its {target}"


def _edits(field: Field, actions: dict[str, str], bench: Workbench) -> Edits:
    """Write the actions behind the other arguments, `onDelete` before `onUpdate`."""
    relation = field.relation
    assert relation is not None and relation.arguments
    draft = bench.draft()
    later = _argument(relation, "onUpdate")
    if later is not None:
        draft.insert(field.owner, field.line, later.start, f"{_written(actions)}, ")
    else:
        draft.insert(field.owner, field.line, relation.arguments[-1].end, f", {_written(actions)}")
    return draft.edits


def _argument(attribute: nodes.Attribute, name: str) -> nodes.Argument | None:
    for argument in attribute.arguments or ():
        if argument.name is not None and argument.name.value == name:
            return argument
    return None
