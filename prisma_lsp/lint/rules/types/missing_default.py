'''A status or a flag without a default makes every writer choose where a row begins, and adding one later fails on a full table.

New rows nearly always begin in one state, and a flag is nearly always off. Said in the schema, it is
the same for every writer, and the column can be added while the table holds rows. The rule looks at
required `status` and `state` fields of an enum or of texts that the comment behind them lists, at flags (`isPaid`, `hasAccess`, `enabled` …) and, as
an info, at every other required `Boolean`. Histories and logs, whose rows tell what was, and copies
of rows made elsewhere are left alone.

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id     String      @id @default(uuid(7)) @db.Uuid
  status OrderStatus
//^^^^^^ `status` has no default: every writer has to know that an `Order` begins as `PENDING`
  isPaid Boolean     @map("is_paid")
//^^^^^^ `isPaid` has no default: every writer has to say whether it is on

  @@map("orders")
}

enum OrderStatus {
  PENDING
  PAID
  SHIPPED
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id     String      @id @default(uuid(7)) @db.Uuid
  status OrderStatus @default(PENDING)
  isPaid Boolean     @default(false) @map("is_paid")

  @@map("orders")
}

enum OrderStatus {
  PENDING
  PAID
  SHIPPED
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the state that rows begin in | writers need not say it; the column can be added to a full table | a writer who forgets a state gets that one | none | sets the column's default; no row changes | when rows begin elsewhere, change it here |
| `false` | as above | as above | none | as above | none |
| `true` | for what is on unless somebody switches it off (`isActive`) | as above | none | as above | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import listed
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.timestamps import is_copy, is_said_view
from prisma_lsp.schema.declarations import Field, Model

# In small letters without underscores, the likeliest first.
_FIRST = (
    "pending", "draft", "new", "created", "open", "todo", "queued", "waiting", "unpaid", "submitted",
    "requested", "invited", "scheduled", "initial", "idle", "notstarted", "inactive", "active",
    "enabled", "none", "unknown", "unverified",
)  # fmt: skip
_RECORDS = frozenset({
    "log", "logs", "history", "histories", "event", "events", "snapshot", "snapshots", "audit",
    "audits", "change", "changes", "transition", "transitions", "version", "versions", "revision",
    "result", "results", "archive", "attempt", "attempts", "run", "runs", "report", "trace",
})  # fmt: skip
_THEN = frozenset({"from", "to", "old", "new", "previous", "prev", "next", "last", "before", "after", "http"})
_ON = frozenset({"active", "enabled", "visible", "public", "published", "available"})
_FLAG = frozenset({"is", "has", "can", "should", "was", "allow", "allows", "show", "hide", "enable", "disable", "require", "requires", "use", "uses"})
_FLAGS = _ON | frozenset({"disabled", "archived", "deleted", "verified", "confirmed", "locked", "hidden", "featured", "read", "seen", "completed", "done", "paid", "approved", "blocked", "banned"})


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored:
        return
    for field in model.all_fields:
        is_flag = field.type_name == "Boolean"
        if field.arity or not (is_flag or field.name.lower().endswith(("status", "state"))):
            continue
        if field.attribute("default") is None and not field.is_ignored:
            yield from _undecided(field, is_flag, context)


def _undecided(field: Field, is_flag: bool, context: Context) -> Iterator[Finding]:
    parts = [part.lower() for part in names.words(field.name)]
    if not parts or not (is_flag or parts[-1] in ("status", "state")) or _THEN & set(parts):
        return
    model = field.owner
    if _RECORDS & {word.lower() for word in names.words(model.name)}:
        return
    if model.id is not None and field.name in model.id.names:
        return
    values = None if is_flag else _values(field, context)
    if not is_flag and not values:
        return
    if is_copy(model) or is_said_view(model) or kept_by_library(model, context):
        return
    if values:
        begins, known = _beginning(values)
        message = (
            f"`{field.name}` has no default: every writer has to know that "
            f"{_article(model.name)} `{model.name}` begins as `{begins}`"
            if known
            else f"`{field.name}` has no default: every writer has to know where {_article(model.name)} `{model.name}` begins"
        )
    else:
        known = parts[0] in _FLAG or parts[-1] in _FLAGS
        message = f"`{field.name}` has no default: every writer has to say whether it is on"
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        message,
        lambda bench: fixes(field, values, _is_on(parts), bench),
        at_most=None if known else "info",
    )


def _values(field: Field, context: Context) -> tuple[str, ...] | None:
    """What the state may be: an enum's values, or those that the comment behind a text lists."""
    return tuple(listed(field)) if field.type_name == "String" else context.enum_values(field.type_name)


def _article(name: str) -> str:
    return "an" if name[:1] in "AEIOaeio" else "a"


def _is_on(parts: list[str]) -> bool:
    return parts[-1] in _ON


def _beginning(values: tuple[str, ...]) -> tuple[str, bool]:
    """The value that rows begin with, and whether its name says so."""
    plain = {value.replace("_", "").lower(): value for value in values}
    for name in _FIRST:
        if name in plain:
            return plain[name], True
    return values[0], False


def fixes(field: Field, values: tuple[str, ...] | None, is_on: bool, bench: Workbench) -> Iterable[Fix]:
    migrated = bench.is_migrated_column(field) and bench.schema.provider() != "mongodb"
    how = " (sets the column's default)" if migrated else ""
    if values is None:
        choices = ["true", "false"] if is_on else ["false", "true"]
    else:
        first, known = _beginning(values)
        choices = [first] if known else []
        choices += [value for value in values[:3] if value not in choices]
        choices = choices[:3]
    for number, value in enumerate(choices):
        text = f'"{value}"' if field.type_name == "String" else value
        edits = bench.draft().lead_attribute(field, f"@default({text})").edits
        yield Fix(f"Begin with {value}{how}", "R" if migrated else "T", edits, preferred=number == 0)
