'''`SetDefault` needs a default in the database: without one a delete of the parent fails or sets null.

A default that Prisma Client makes (`uuid()`, `cuid()`, `nanoid()` …) is none to the database. Where
the key is required, every delete or update of a parent with rows fails; where it may be empty, the
action silently is `SetNull`, and the finding is no more than an info.

```prisma
model Ticket {
  id      String @id @default(uuid(7)) @db.Uuid
  queue   Queue  @relation(fields: [queueId], references: [id], onDelete: SetDefault, onUpdate: Cascade)
//                                                                        ^^^^^^^^^^ `queueId` has no default in the database and may not be null: every delete of a `Queue` with rows here fails
  queueId String @map("queue_id") @db.Uuid

  @@index([queueId])
  @@map("tickets")
}

model Queue {
  id      String   @id @default(uuid(7)) @db.Uuid
  tickets Ticket[]

  @@map("queues")
}
```

```prisma fixed
model Ticket {
  id      String @id @default(uuid(7)) @db.Uuid
  queue   Queue  @relation(fields: [queueId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  queueId String @map("queue_id") @db.Uuid

  @@index([queueId])
  @@map("tickets")
}

model Queue {
  id      String   @id @default(uuid(7)) @db.Uuid
  tickets Ticket[]

  @@map("queues")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `Restrict`, `NoAction` | says what happens anyway | the application moves the rows first | none | drops and adds the foreign key, which checks all rows | none |
| `SetNull` | the row outlives its parent | code must cope with `null` | none | as above | the key must stay optional |
| write a `@default(…)` by hand | rows fall back to one known parent | that parent must always exist | none | sets the column's default | one more fixed id to keep |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.relation_fixes import choose_action
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.blast import columns_without_default
from prisma_lsp.schema.catalogue import supported_actions
from prisma_lsp.schema.declarations import Field, KeyField


@rule(level="error", preset="essential")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not field.key or model.kind != "model" or model.is_ignored:
        return
    for event in ("onDelete", "onUpdate"):
        written = field.action(event)
        if written is None or written.name != "SetDefault":
            continue
        if any(name not in model.fields for name in field.key):
            return
        provider = context.provider() or "postgresql"
        if provider == "mysql" or "SetDefault" not in supported_actions(provider, context.relation_mode()):
            # Prisma says so.
            return
        missing = columns_without_default(field)
        if not missing:
            continue
        required = [column for column in missing if not column.is_optional]
        names = " and ".join(f"`{column.name}`" for column in required or missing)
        what = "delete" if event == "onDelete" else "change of the key"
        effect = (
            f"no default in the database and may not be null: every {what} of a `{field.type_name}` with rows here fails"
            if required
            else "no default in the database, so it is set to null"
        )
        yield Finding(
            field.line,
            written.start,
            written.end,
            f"{names} {'has' if len(required or missing) == 1 else 'have'} {effect}",
            lambda bench, event=event: fixes(field, event, bench),  # type: ignore[misc]
            at_most=None if required else "info",
        )


def fixes(field: Field, event: str, bench: Workbench) -> Iterable[Fix]:
    columns = [field.owner.fields[name] for name in field.key or ()]
    allowed = supported_actions(bench.schema.provider() or "postgresql", bench.schema.relation_mode())
    refusing = "Restrict" if "Restrict" in allowed else "NoAction"
    if all(column.is_optional for column in columns):
        yield from choose_action(field, event, bench, ["SetNull", refusing], "SetNull")
    else:
        yield from choose_action(field, event, bench, [refusing, "Cascade"], refusing)
