'''Two indexes with the same columns cost twice on every write and answer nothing more.

It happens when an index gets a name of its own, or when it is added by hand and again by Prisma.
Two indexes are the same where columns, order, operator classes, method and `where` agree; one that
runs in the opposite direction throughout is the same, too, since an index can be read backwards.
Where the two would also get the same name, Prisma says so itself.

Prisma Migrate tells indexes apart by what is in them and not by their names, so it takes one of two
equal ones for the other and makes an empty migration: the index has to be dropped by hand.

```prisma
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  email     String   @db.VarChar(254)
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")

  @@index([email])
  @@index([email], map: "orders_by_email")
//^^^^^^^ The same columns as `@@index([email])`: every write to `orders` keeps both up to date
  @@map("orders")
}
```

```prisma fixed
model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  email     String   @db.VarChar(254)
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")

  @@index([email])
  @@map("orders")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| remove this one | one index less to write and to store | its name: what names it in SQL must change | writes get faster, reads stay | an empty one: write the `DROP INDEX` into it | none |
| remove the other, keep this one's name | the same, and the name that was chosen stays | the other's name | the same | the same | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import (
    can_replace,
    indexes_of,
    is_clustered,
    is_removable,
    on_index,
    shown,
    without,
    written,
)
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.constraints import USUAL_LIMIT, constraints
from prisma_lsp.schema.declarations import Index, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    indexes = [index for index in indexes_of(model) if index.kind != "id"]
    if len(indexes) < 2:
        return
    for number, index in enumerate(indexes):
        for other in indexes[:number]:
            same = index.kind == other.kind and len(index.columns) == len(other.columns)
            if index.field is not None and index.field is other.field:
                continue
            if same and can_replace(model, other, index) and not is_clustered(index):
                if _is_said_by_prisma(model, index, other, context):
                    break
                yield on_index(
                    index,
                    f"The same columns as {shown(other)}: every write to `{model.table}` keeps both up to date",
                    lambda bench, index=index, other=other: fixes(model, index, other, bench),  # type: ignore[misc]
                    unused=True,
                )
                break


def _is_said_by_prisma(model: Model, index: Index, other: Index, context: Context) -> bool:
    if context.settings.validity == "off" or context.provider() == "cockroachdb":
        return False
    if context.provider() == "mongodb":
        return True
    names = {c.name for c in constraints(model, USUAL_LIMIT) if c.key is index or c.key is other}
    return len(names) == 1


def fixes(model: Model, index: Index, other: Index, bench: Workbench) -> Iterable[Fix]:
    if is_removable(model, index):
        title = f"Remove this {written(index)}: {shown(other)} does its work ({_effect(model, index, other)})"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
    if is_removable(model, other) and not is_clustered(other) and other.database_name is None:
        name = f", with its name {index.database_name}" if index.database_name else ""
        title = f"Remove the other and keep this one{name} ({_effect(model, other, index)})"
        yield Fix(title, "R", without(bench.draft(), model, other).edits)


def _effect(model: Model, gone: Index, kept: Index) -> str:
    """Of two that are equal but for the name, Prisma Migrate takes one for the other and drops none."""
    if [column.sort or "Asc" for column in gone.columns] != [column.sort or "Asc" for column in kept.columns]:
        return "drops an index"
    name = next((c.name for c in constraints(model, USUAL_LIMIT) if c.key is gone), "")
    return f"Prisma Migrate does not notice: put DROP INDEX {name} into a migration"
