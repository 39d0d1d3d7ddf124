'''What every table has to have (who made the row, whose it is, when it was deleted) is missed only when it is needed.

Which fields those are, the rule cannot know: `fields` lists them, each as a name or as the line that
the fix is to write. `if` and a pattern behind it ask for the field only where another field fits.
Without `fields` nothing is said. Views, ignored models and the tables of an authentication library
are left alone; `except-models` lists more models.

```settings
[rules.require-field]
level = "warning"
fields = ['deletedAt DateTime? @map("deleted_at")', "currency String @db.VarChar(3) if *Amount"]
except-models = ["*Log"]
```

```prisma
model Refund {
//    ^^^^^^ `Refund` has no `deletedAt`, which the settings ask for
//    ^^^^^^ `Refund` has no `currency`, which a model with `totalAmount` has to have
  id          String @id @default(uuid(7)) @db.Uuid
  totalAmount Int    @map("total_amount")

  @@map("refunds")
}

model AuditLog {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("audit_logs")
}
```

```prisma fixed
model Refund {
  id          String @id @default(uuid(7)) @db.Uuid
  totalAmount Int    @map("total_amount")
  deletedAt DateTime? @map("deleted_at")
  currency String @db.VarChar(3)

  @@map("refunds")
}

model AuditLog {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("audit_logs")
}
```

A table that exists may hold rows. There a column that is required and has no default makes the
migration fail, and the fix says so.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the field, as the settings write it | every table has it | one column more | none to speak of | adds a column; a required one without a default fails while the table holds rows | whoever inserts has to fill it in |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.columns import matches
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.order import line_for
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Model


@dataclass(frozen=True)
class Options:
    fields: tuple[str, ...] = ()
    """`name`, or the field's whole line; `… if pattern` asks for it only where a field fits."""
    except_models: tuple[str, ...] = ()
    """Models that need none; `*` and `?` stand for any letters, `/…/` is a regular expression."""


@rule(level="warning", preset="all", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    wanted = context.options.fields
    if not wanted or model.kind != "model" or model.is_ignored or not model.all_fields:
        return
    if matches(model.name, context.options.except_models) or kept_by_library(model, context):
        return
    for entry in wanted:
        line, _, condition = entry.partition(" if ")
        name, _, rest = line.strip().partition(" ")
        if not name or name in model.fields:
            continue
        sibling = next((f for f in model.all_fields if matches(f.name, (condition.strip(),))), None)
        if condition and sibling is None:
            continue
        because = f", which a model with `{sibling.name}` has to have" if condition and sibling else ", which the settings ask for"
        text = line.strip() if rest.strip() else ""
        yield Finding(
            model.block.header,
            model.name_node.start,
            model.name_node.end,
            f"`{model.name}` has no `{name}`{because}",
            (lambda bench, text=text: fixes(model, text, bench)) if text else None,  # type: ignore[misc]
        )


def fixes(model: Model, text: str, bench: Workbench) -> Iterable[Fix]:
    name = text.split()[0]
    line = line_for(model, name, "scalars", model.all_fields[-1].line + 1, bench)
    edits = bench.draft().add_line(model, line, text).edits
    if not bench.is_migrated_table(model) or bench.schema.provider() == "mongodb":
        yield Fix(f"Add `{name}`", "T", edits, preferred=True)
    elif "?" in text.split()[1] or "@default(" in text:
        yield Fix(f"Add `{name}` (adds a column)", "R", edits, preferred=True)
    else:
        title = f"Add `{name}` (adds a required column without a default: the migration fails where the table has rows)"
        yield Fix(title, "D", edits, preferred=True)
