'''A date kept as text sorts by its letters, accepts the 31st of February, and knows no time zone.

Spoken of are texts called `…At` behind a verb (`createdAt`, `expiresAt`), `…Date`, `dob`,
`birthday`, `dateOf…`, `startsOn`, `dueOn` and the like, on SQLite too, where Prisma keeps a `DateTime`
all the same. Keys, ignored fields, views and the tables of an authentication library are left alone.

```prisma
model Customer {
  id        String @id @default(uuid(7)) @db.Uuid
  birthDate String @map("birth_date")
//          ^^^^^^ `birthDate` is a date kept as text, which sorts by letters and takes any nonsense

  @@map("customers")
}
```

```prisma fixed
model Customer {
  id        String @id @default(uuid(7)) @db.Uuid
  birthDate DateTime @map("birth_date") @db.Date

  @@map("customers")
}
```

Prisma Migrate would drop the column and add an empty one; edit the migration to cast it instead:
`ALTER TABLE "customers" ALTER COLUMN "birth_date" TYPE date USING "birth_date"::date`.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `DateTime @db.Date` | a day, checked and sorted | the client gets a `Date` at midnight UTC | four bytes | drops and adds the column; with a migration in place: casts it | none |
| `DateTime` | a moment | a day alone becomes a moment | eight bytes | as above | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import (
    columns,
    is_key,
    is_ours,
    plain,
    provider_of,
    set_native,
    set_type,
    words_of,
)
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.lint.timestamps import zoned
from prisma_lsp.schema.declarations import Field, Model

_ENDS = ("at", "on", "date", "dob", "birthday")
# `startsOn` is a day, `basedOn` and `dependsOn` are not.
_ON = frozenset({
    "created", "updated", "expires", "starts", "ends", "due", "issued", "published", "hired", "born",
    "deleted", "paid", "signed", "started", "ended", "expired",
})  # fmt: skip
_VERBS = ("ed", "es", "ts", "ds", "ns")
_HAVE_DATE = ("postgresql", "mysql", "sqlserver", "cockroachdb")


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "String"):
        name = plain(field.name)
        if not (name.endswith(_ENDS) or name.startswith("dateof")) or field.arity == "[]":
            continue
        day = is_day(field.name)
        if day is None or is_key(field) or not is_ours(field, context):
            continue
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` is a {'date' if day else 'time'} kept as text, which sorts by letters and takes any nonsense",
            lambda bench, field=field, day=day: fixes(field, day, bench),  # type: ignore[misc]
        )


def is_day(name: str) -> bool | None:
    """Whether the name is that of a day (True) or a moment (False); None of neither."""
    words = words_of(name)
    last = words[-1] if words else ""
    if last in ("dob", "birthday") or words[:2] == ("date", "of") or (last == "date" and len(words) > 1):
        return True
    if last == "birthdate" or (last == "on" and len(words) > 1 and words[-2] in _ON):
        return True
    return False if last == "at" and len(words) > 1 and words[-2].endswith(_VERBS) else None


def fixes(field: Field, day: bool, bench: Workbench) -> Iterable[Fix]:
    if field.attribute("default") is not None:
        return
    prefix = bench.schema.datasource_name()
    is_new = not bench.is_migrated_column(field)
    effect = "" if is_new else " (Prisma Migrate drops the column with its data, unless you edit it to a cast)"
    zone = zoned(bench.schema) if is_on("prefer-timestamptz", bench.environment.settings) else ""
    choices = [(zone.partition(".")[2], f"DateTime {zone}".rstrip())]
    if day and provider_of(bench.schema) in _HAVE_DATE:
        choices.insert(0, ("Date", f"DateTime @{prefix}.Date"))
    for number, (native, text) in enumerate(choices):
        draft = set_type(bench.draft(), field, "DateTime")
        set_native(draft, field, native, prefix)
        yield Fix(f"Make it {text}{effect}", "T" if is_new else "D", draft.edits, number == 0, by_choice=True)
