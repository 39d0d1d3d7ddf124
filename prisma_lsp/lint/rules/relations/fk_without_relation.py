'''A column that holds another table's ids without a foreign key may hold ids that do not exist.

`userId` beside a model `User` with an id of the same type reads like a foreign key; without
`@relation` neither Prisma nor the database knows of it: nothing refuses a wrong id, nothing happens
when the user goes, and `include` does not work. The rule leaves alone a pair such as `targetId` and
`targetType`, what belongs to an authentication library, and tables that keep a record on purpose
(a log, an audit trail, a history, an archive).

```prisma
model Order {
  id         String @id @default(uuid(7)) @db.Uuid
  customerId String @map("customer_id") @db.Uuid
//^^^^^^^^^^ `customerId` looks like a foreign key to `Customer`, but there is no relation

  @@map("orders")
}

model Customer {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("customers")
}
```

```prisma fixed
model Order {
  id         String @id @default(uuid(7)) @db.Uuid
  customer Customer @relation(fields: [customerId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  customerId String @map("customer_id") @db.Uuid

  @@index([customerId])

  @@map("orders")
}

model Customer {
  id String @id @default(uuid(7)) @db.Uuid
  orders Order[]

  @@map("customers")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| add the relation | the database keeps the ids true; `include` works | each insert checks the parent | joins get an index | creates an index and a foreign key; fails while ids point at nothing | choose what a delete does |
| rename the field | says that the id is another system's | code changes | none | none, with `@map` | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.order import first_line, line_for
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.relations import is_served
from prisma_lsp.schema.schema import Questions

_TYPES = ("String", "Int", "BigInt")
# Words of tables that outlive what they speak of.
_RECORDS = (
    "log", "audit", "history", "archive", "snapshot", "event", "analytic", "metric", "backup",
    "journal", "trace", "webhook", "queue", "job", "outbox", "statistic", "import", "sync", "cache",
)  # fmt: skip


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored:
        return
    for field in model.all_fields:
        if field.name.endswith(("Id", "_id")) and field.type_name in _TYPES and not field.is_list:
            yield from _unrelated(field, context)


def _unrelated(field: Field, context: Context) -> Iterator[Finding]:
    name, model = field.name, field.owner
    stem = name[:-2].rstrip("_")
    if not stem or field.is_ignored:
        return
    if model.block.problems:
        # The relation may be on the line that cannot be read.
        return
    if name in model.key_fields or stem in model.fields:
        return
    if field.attribute("id") is not None or field.default_function is not None:
        return
    if any(sibling in model.fields for sibling in (stem + "Type", stem + "_type")):
        return
    title = f"{model.name} {model.table}".lower()
    if any(word in title for word in _RECORDS):
        return
    target = _target(field, stem, context)
    if target is None or kept_by_library(model, context) is not None:
        return
    if any(f.type_name == target.owner.name and not f.key and not f.is_list for f in model.all_fields):
        # A relation that is not finished, or the other side of one.
        return
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        f"`{name}` looks like a foreign key to `{target.owner.name}`, but there is no relation",
        lambda bench: fixes(field, stem, target, bench),
    )


def _target(field: Field, stem: str, context: Questions) -> Field | None:
    """The id that the column holds: of a model called like its stem, and of its very type."""
    pascal = "".join(part[:1].upper() + part[1:] for part in stem.split("_"))
    for name in dict.fromkeys((pascal, stem, pascal + "s", stem + "s")):
        if context.kind_of(name) != "model":
            continue
        identity = context.id_fields(name)
        target = context.field(name, identity[0]) if len(identity) == 1 else None
        if target is None or name == field.owner.name or context.is_ignored(name):
            return None
        same = target.type_name == field.type_name and target.native == field.native
        return target if same and not target.is_list else None
    return None


def fixes(field: Field, stem: str, target: Field, bench: Workbench) -> Iterable[Fix]:
    schema, model = bench.schema, field.owner
    other = schema.model(target.owner.name)
    if other is None or other.block.close < 0 or model.block.close < 0 or _would_lock(field, other, schema):
        return
    is_one = any(index.is_unique and index.names == (field.name,) for index in model.indexes)
    back = _back_name(model, is_one)
    if back in other.fields:
        back = f"{stem}{back[:1].upper()}{back[1:]}"
    if back in other.fields or stem in model.fields:
        return
    if field.is_optional and any(i.is_unique and field.name in i.names[1:] + i.names[:-1] for i in model.indexes):
        # The key would have to say what a missing parent means.
        return
    provider = schema.provider() or "postgresql"
    arguments = [f"fields: [{field.name}]", f"references: [{target.name}]"]
    name = ""
    if any(f.type_name == other.name for f in model.all_fields) or any(
        f.type_name == model.name for f in other.all_fields
    ):
        name = f'"{model.name}{stem[:1].upper()}{stem[1:]}"'
        arguments.insert(0, name)
    for event in ("onDelete", "onUpdate"):
        action = catalogue.default_action(event, not field.is_optional, provider, schema.relation_mode())
        if provider == "sqlserver":
            # It refuses a second way along which changes could run.
            action = "NoAction"
        if provider != "mongodb" or event == "onDelete":
            arguments.append(f"{event}: {action}")
    draft = bench.draft()
    kind = other.name + ("?" if field.is_optional else "")
    # The column is a key now, so where fields have an order it may have to go with the relation.
    line = line_for(model, stem, "relations", field.line, bench)
    text = model.block.lines[field.line]
    moves = line != field.line and text.endswith("\n")
    draft.add_line(model, line, f"{stem} {kind} @relation({', '.join(arguments)})")
    if moves:
        start = first_line(model, field)
        draft.replace_in_block(model.path, model.block, line, 0, 0, "".join(model.block.lines[start : field.line + 1]))
        for number in range(start, field.line + 1):
            draft.remove_line(model.path, model.block, number)
    needs_index = provider != "mysql" or schema.relation_mode() == "prisma"
    if needs_index and not is_served(model, (field.name,)):
        draft.add_block_attribute(model, f"@@index([{field.name}])")
    last = line_for(other, back, "lists", other.all_fields[-1].line + 1, bench)
    relation = f" @relation({name})" if name else ""
    draft.add_line(other, last, f"{back} {model.name}{'?' if is_one else '[]'}{relation}")
    title = f"Add the relations `{model.name}.{stem}` and `{other.name}.{back}`"
    if schema.relation_mode() == "foreignKeys" and provider != "mongodb":
        title += " (creates a foreign key; fails while ids point at nothing)"
    yield Fix(title, "R", draft.edits, preferred=True)


def _would_lock(field: Field, other: Model, schema: Questions) -> bool:
    """Whether the two models would require each other, so that neither could get a first row."""
    if field.is_optional:
        return False
    return any(
        f.type_name == field.owner.name and not f.is_optional for f in schema.held_relations(other.name)
    )


def _back_name(model: Model, is_one: bool) -> str:
    from prisma_lsp.lint.names import camel, plural, snake

    return camel(snake(model.name) if is_one else plural(snake(model.name)))
