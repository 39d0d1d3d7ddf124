'''Without `createdAt` and `updatedAt` nobody can say later when a row appeared or who changed it last week.

They cost sixteen bytes a row, and cannot be made up afterwards. Left alone are views, tables of
Better Auth and Auth.js, MongoDB (an `ObjectId` holds the time; a new required field would break the
documents there are), and join tables, which hold nothing but keys and a position. Logs, histories,
events, page views, snapshots and versions are written once, so they need no `updatedAt`; neither
does a series whose key holds the time, nor a model whose comment says so (`/// Append-only`,
`/// immutable`). Counters need no `createdAt`; tokens, codes and caches that expire need neither. A
field of another usual name (`created_on`, `insertedAt`, `dateModified` …) counts, and so does any
field with `@default(now())` or `@updatedAt`.

Where only `updatedAt` is missing, this is a warning if a row has something that changes later: a
name, a status, a flag, a counter, or rows of other tables that hang on it. Of a message, a
measurement or a movement of stock, which may well be written once, it is an `info`.

```prisma
model Order {
//    ^^^^^ `Order` has no `createdAt` and no `updatedAt`
  id     String @id @default(uuid(7)) @db.Uuid
  number String @map("order_number") @db.VarChar(32)
}
```

```prisma fixed
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @default(now()) @updatedAt @map("updated_at")
  number String @map("order_number") @db.VarChar(32)
}
```

A table that exists may hold rows, so there `updatedAt` gets `@default(now())` too: without it the
migration would fail. On a new table it does without.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| both times | when a row appeared and who was last is known for good | sixteen bytes a row | none to speak of | adds columns with `now()` for the rows there are; none rewrites the table on PostgreSQL 11 or later | Prisma Client keeps `updatedAt`; other writers need a trigger |
| leave it, with a comment that says why | nothing moves | the next reader asks again | none | none | the comment |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import is_document, words_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.order import line_for
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.lint.timestamps import (
    is_said_unchanging,
    is_said_view,
    keeps_others_rows,
    says_created,
    says_updated,
    zoned,
)
from prisma_lsp.schema.declarations import Field, Model


@dataclass(frozen=True)
class TimestampOptions:
    created: str = "createdAt"
    """The name of the field for the time when a row was made."""
    updated: str = "updatedAt"
    """The name of the field for the time when a row was last changed."""


# A table named with one of these words is written once and then read, or deleted.
_WRITTEN_ONCE = frozenset({
    "log", "logs", "audit", "audits", "history", "histories", "event", "events", "snapshot",
    "snapshots", "ledger", "trail", "click", "clicks", "visit", "visits", "hit", "hits",
    "impression", "impressions", "metric", "metrics", "archive", "activity", "activities", "login",
    "logins", "redemption", "redemptions", "usage", "telemetry", "trace", "span",
    "view", "views", "pageview", "pageviews", "sent", "reaction", "reactions",
    "like", "likes", "movement", "movements", "error", "errors",
    "version", "versions", "revision", "revisions",
})  # fmt: skip
# Such a row is counted up all its life, and only the last time means something.
_COUNTED = frozenset({"metric", "metrics", "counter", "counters", "stat", "stats", "statistics", "rank"})
# Where such a row says when it expires, nobody asks when it was made.
_PASSES = frozenset(
    {"token", "tokens", "otp", "code", "codes", "nonce", "challenge", "assertion", "cache"}
)


@rule(level="warning", options=TimestampOptions)
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or not any(i.is_unique for i in model.indexes):
        return
    options: TimestampOptions = context.options
    fields = model.all_fields
    created = any(f.name == options.created or says_created(f) for f in fields)
    updated = any(f.name == options.updated or says_updated(f) for f in fields)
    if (created and updated) or model.block.problems:
        return
    words = set(words_of(model.name))
    once = not words.isdisjoint(_WRITTEN_ONCE) or keeps_others_rows(model) or is_said_unchanging(model)
    once = once or _is_series(model)
    if once and (created or any(map(_is_own_time, fields))):
        return
    is_counted = not words.isdisjoint(_COUNTED)
    if is_counted and updated:
        return
    if is_document(model, context) or _expires(model, words) or _is_join_table(model, context):
        return
    if is_said_view(model) or kept_by_library(model, context):
        return
    missing = [] if created or is_counted else [options.created]
    if not updated and (is_counted or not once):
        missing.append(options.updated)
    name = model.name_node
    yield Finding(
        model.block.header,
        name.start,
        name.end,
        f"`{model.name}` has " + " and ".join(f"no `{one}`" for one in missing),
        lambda bench: fixes(model, missing, options, bench),
        at_most="info" if created and not _may_change(model, context) else None,
    )


def _may_change(model: Model, context: Context) -> bool:
    """Whether a row has something that surely changes later.

    A message, a measurement, an error has not; the time at which something else happened to a row
    (``readAt``, ``usedAt``) is itself the time of the change.
    """
    keys = model.key_fields.union(model.id.names if model.id is not None else ())
    is_upload = not _UPLOADED.isdisjoint(words_of(model.name)[-1:])
    for field in model.all_fields:
        if field.name in keys or says_created(field):
            continue
        words = words_of(field.name)
        last = words[-1] if words else ""
        kind = context.kind_of(field.type_name)
        if kind in ("model", "view"):
            # What others hang on is an aggregate: a cart changes with its lines.
            if not field.key:
                return True
        elif field.type_name == "Boolean" or last in _CHANGING:
            return True
        elif last in _WAYS or field.default_function is not None:
            continue
        elif field.default is not None:
            if kind == "enum" or field.type_name in _COUNTING:
                return True
        elif words in _CALLED and not is_upload:
            return True
    return False


_COUNTING = ("Int", "BigInt", "Float", "Decimal", "String")
# What a row is called and is reached by, which somebody corrects one day.
_CALLED = frozenset({
    ("name",), ("title",), ("slug",), ("first", "name"), ("last", "name"), ("full", "name"),
    ("display", "name"), ("email",), ("phone",), ("password",),
})  # fmt: skip
# Rows that are called by the name of a file, which stays as it was uploaded.
_UPLOADED = frozenset({"attachment", "attachments", "file", "files", "upload", "uploads"})
_CHANGING = frozenset({
    "status", "state", "stage", "phase", "role", "tier", "permissions", "settings", "config",
    "preferences", "stock", "balance",
})  # fmt: skip
# Ends of names that say in which way something was done.
_WAYS = frozenset({"type", "kind", "reason", "source", "direction", "action", "reaction", "channel", "method", "currency"})


def _is_own_time(field: Field) -> bool:
    """A time that the row is about: when something was sent, seen or downloaded."""
    return field.type_name == "DateTime" and not field.is_list and not says_updated(field)


def _expires(model: Model, words: set[str]) -> bool:
    if not words & _PASSES:
        return False
    return any(field.name.lower().startswith(("expire", "expiry")) for field in model.all_fields)


def _is_series(model: Model) -> bool:
    """Whether the time is part of a key of several columns: a measurement, a rate of a day."""
    return model.id is not None and len(model.id.names) > 1 and any(
        name in model.fields and _is_own_time(model.fields[name]) for name in model.id.names
    )


_PLACES = frozenset({"position", "order", "sort", "rank", "sequence", "index", "sort_order", "sortOrder", "orderIndex"})


def _is_join_table(model: Model, context: Context) -> bool:
    """Whether the model holds nothing but ids, at least two foreign keys, and perhaps times.

    A key to another database has no relation, so a name that ends in `Id` counts as one, and so does
    an enum that is a part of the only key: what is joined there is a row and one of its kinds.
    """
    own = model.key_fields
    id_names = set(model.id.names) if model.id is not None else set()
    if own:
        for index in model.indexes:
            if index.is_unique and len(index.names) > 1 and not own.isdisjoint(index.names):
                own = own | {
                    name
                    for name in index.names
                    if name in model.fields and context.kind_of(model.fields[name].type_name) == "enum"
                }
    pointers = 0
    for field in model.all_fields:
        if field.name in own or field.name.endswith(("Id", "ID", "_id")):
            pointers += field.name not in id_names or len(id_names) > 1
        elif field.name in id_names or says_created(field) or says_updated(field) or field.name in _PLACES:
            continue
        elif context.kind_of(field.type_name) not in ("model", "view") and not field.key:
            return False
    return pointers > 1


def fixes(
    model: Model, missing: list[str], options: TimestampOptions, bench: Workbench
) -> Iterable[Fix]:
    is_new = not bench.is_migrated_table(model)
    style = _Style(model, bench)
    draft = bench.draft()
    after = _place(model, options.created in missing)
    after = line_for(model, options.created, "timestamps", after, bench)
    for name in missing:
        attributes = "@default(now())" if name == options.created or not is_new else ""
        if name == options.updated:
            attributes = f"{attributes} @updatedAt".strip()
        draft.add_line(model, after, style.field(name, attributes, model))
    written = " and ".join(style.name(name) for name in missing)
    if is_new:
        yield Fix(f"Add {written}", "T", draft.edits, preferred=True)
    else:
        what = "a column" if len(missing) == 1 else "two columns"
        title = f"Add {written} (adds {what}; existing rows get the time of the migration)"
        yield Fix(title, "R", draft.edits, preferred=True)


def _place(model: Model, before_updated: bool) -> int:
    """The line of the block before which the fields go: behind the id, or by the other time."""
    for field in model.all_fields:
        if before_updated and says_updated(field):
            return field.line
        if not before_updated and says_created(field):
            return field.line + 1
    index = model.id
    if index is not None and index.field is not None:
        return index.field.line + 1
    fields = model.all_fields
    return fields[-1].line + 1 if fields else model.block.header + 1


def _telling_fields(bench: Workbench) -> tuple[list[Field], list[Field]]:
    """Every field of the schema that shows how times, and how names of several words, are written."""
    fields = [
        field
        for other in bench.schema.all_declarations()
        if isinstance(other, Model) and other.kind == "model"
        for field in other.all_fields
    ]
    times = [f for f in fields if f.type_name == "DateTime" and names.camel(f.name) in _USUAL]
    return times, [f for f in fields if _is_composed(f)]


class _Style:
    """How times are written here: in the model itself, else in most of the schema."""

    def __init__(self, model: Model, bench: Workbench) -> None:
        own = [f for f in model.all_fields if says_created(f) or says_updated(f)]
        all_times, all_composed = bench.once("time fields", lambda: _telling_fields(bench))
        times = own or all_times
        composed = [f for f in model.all_fields if _is_composed(f)] or all_composed
        snake = [f for f in composed if "_" in f.name]
        mapped = [f for f in composed if "_" not in f.name and "_" in f.column]
        self.is_snake = len(snake) * 2 > len(composed)
        # Where nothing tells, the house's form: camelCase fields, snake_case columns.
        is_sql = bench.schema.provider() != "mongodb"
        self.is_mapped = not self.is_snake and is_sql and len(mapped) * 2 >= len(composed) - len(snake)
        # New fields are written as the rules that are on want them, whatever stands beside them.
        settings = bench.environment.settings
        if is_on("field-name-case", settings):
            self.is_snake = False
        if is_on("column-name-case", settings):
            self.is_mapped = is_sql
        times = [f for f in times if (f.native or "").split("(")[0] not in _NO_MOMENT]
        natives = [f"@{f.native_type.name}{_arguments(f)}" if f.native_type else "" for f in times]
        self.native = max(set(natives), key=lambda n: (natives.count(n), n)) if natives else ""
        if is_on("no-timestamp-precision-zero", settings):
            self.native = self.native.replace("(0)", "(3)")
        if self.native.split("(")[0].split(".")[-1] in ("", "Timestamp") and is_on("prefer-timestamptz", settings):
            self.native = zoned(bench.schema) or self.native

    def name(self, name: str) -> str:
        return names.snake(name) if self.is_snake else name

    def field(self, name: str, attributes: str, model: Model) -> str:
        """The field's line, its parts below those of the model's first field where there is room."""
        column = names.snake(name)
        mapped = f'@map("{column}")' if self.is_mapped and column != name else ""
        if not model.all_fields:
            return f"{self.name(name)} DateTime {attributes}"
        first = model.all_fields[0].node
        at = first.type.start - first.start if first.type is not None else 0
        line = f"{self.name(name):<{max(at - 1, 0)}} DateTime"
        if first.attributes:
            line = f"{line:<{first.attributes[0].start - first.start - 1}}"
        return " ".join(part for part in [line, attributes, mapped, self.native] if part)


_NO_MOMENT = ("Date", "Time", "Timetz")
_USUAL = ("createdAt", "updatedAt")


def _is_composed(field: Field) -> bool:
    """Whether a scalar's name has more than one word, so that it shows the style of names."""
    return field.type_name[:1].isupper() and not field.is_list and field.relation is None and (
        "_" in field.name.strip("_") or any(c.isupper() for c in field.name[1:])
    )


def _arguments(field: Field) -> str:
    native = field.native or ""
    return native[native.index("(") :] if "(" in native else ""
