'''Cascades that run in a circle make one delete reach rows that nobody thought of.

Deleting a row deletes those that point at it, and from there back into the first table: how far it
goes depends on the data. A tree (`onDelete: Cascade` from a model to itself) is meant that way and
left alone. SQL Server and MongoDB refuse circles; there Prisma says so. The rule looks at circles
of up to three models.

```prisma
model Team {
  id      String   @id @default(uuid(7)) @db.Uuid
  lead    Person?  @relation("lead", fields: [leadId], references: [id], onDelete: Cascade, onUpdate: Cascade)
//                                                                                 ^^^^^^^ Deletes run in a circle: `Person` → `Team` → `Person`
  leadId  String?  @map("lead_id") @db.Uuid
  members Person[] @relation("member")

  @@index([leadId])
  @@map("teams")
}

model Person {
  id     String  @id @default(uuid(7)) @db.Uuid
  team   Team?   @relation("member", fields: [teamId], references: [id], onDelete: Cascade, onUpdate: Cascade)
//                                                                                 ^^^^^^^ Deletes run in a circle: `Team` → `Person` → `Team`
  teamId String? @map("team_id") @db.Uuid
  leads  Team[]  @relation("lead")

  @@index([teamId])
  @@map("people")
}
```

```prisma fixed
model Team {
  id      String   @id @default(uuid(7)) @db.Uuid
  lead    Person?  @relation("lead", fields: [leadId], references: [id], onDelete: SetNull, onUpdate: Cascade)
  leadId  String?  @map("lead_id") @db.Uuid
  members Person[] @relation("member")

  @@index([leadId])
  @@map("teams")
}

model Person {
  id     String  @id @default(uuid(7)) @db.Uuid
  team   Team?   @relation("member", fields: [teamId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  teamId String? @map("team_id") @db.Uuid
  leads  Team[]  @relation("lead")

  @@index([teamId])
  @@map("people")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `SetNull`, where the key may be empty | the circle ends here and the rows stay | code must cope with `null` | fewer rows per delete | drops and adds the foreign key, which checks all rows | none |
| `Restrict` | a delete that would go round fails | the application clears the key first | as above | as above | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.circles import cascades, circle
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.relation_fixes import choose_action
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, KeyField


@rule(level="info")
def check(field: KeyField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not cascades(field) or model.kind != "model" or model.is_ignored:
        return
    others = circle(field, context)
    if others is None:
        return
    written = field.action("onDelete")
    assert written is not None
    path = " → ".join(f"`{name}`" for name in (field.type_name, model.name, *others, field.type_name))
    yield Finding(
        field.line,
        written.start,
        written.end,
        f"Deletes run in a circle: {path}",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    columns = [field.owner.fields.get(name) for name in field.key or ()]
    if all(column is not None and column.is_optional for column in columns):
        yield from choose_action(field, "onDelete", bench, ["SetNull", "Restrict"], "SetNull")
    else:
        yield from choose_action(field, "onDelete", bench, ["Restrict"], "Restrict")
