'''A name that ends in `At` says "a moment" wherever it is read; `expires` could be a date, a flag or a number.

The other way round, a `paidAt` that is no `DateTime` misleads whoever reads only the name. Names
that already say a day, a time or a bound (`birthDate`, `startTime`, `validFrom`, `dueOn` …) are
left alone, and so is a column of type `@db.Date` or `@db.Time`. The fix renames the field on
Prisma's side only; code that uses it has to follow.

```settings
preset = "strict"
```

```prisma
model Order {
  id      String    @id @default(uuid(7)) @db.Uuid
  expires DateTime? @map("expires_at")
//^^^^^^^ `expires` is a time, but its name does not say so: `expiresAt` does
  paidAt  Boolean   @default(false) @map("paid_at")
//^^^^^^ `paidAt` sounds like a time, but it is a `Boolean`
}
```

```prisma fixed
model Order {
  id      String    @id @default(uuid(7)) @db.Uuid
  expiresAt DateTime? @map("expires_at")
  paidAt  Boolean   @default(false) @map("paid_at")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| rename in the schema, keep the column by `@map` | a name that says "a moment" wherever it is read | code that names the field has to follow | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench, rename_fix
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.timestamps import promises_more
from prisma_lsp.schema.declarations import Field, ScalarField
from prisma_lsp.schema.rename import rename_field

# As the last word of a name these already say what kind of time it is.
_TIMELY = frozenset({
    "at", "on", "date", "dates", "time", "times", "datetime", "timestamp", "ts", "day", "month",
    "year", "until", "till", "since", "from", "to", "start", "end", "begin", "finish", "birthday",
    "dob", "deadline", "expiry", "expiration", "utc", "moment", "hour", "week", "before", "after",
    "period", "when", "for", "anchor",
})  # fmt: skip
# Not Float and Decimal: `compareAt` is a price.
_NUMBERS = ("Int", "BigInt", "Boolean")
_NO_MOMENT = ("Date", "Time", "Timetz")


@dataclass(frozen=True)
class Options:
    suffixes: tuple[str, ...] = ()
    """More last words of a name that say a time, in small letters, for example `["due"]`."""


@rule(level="info", preset="strict", options=Options)
def check(field: ScalarField, context: Context) -> Iterator[Finding]:
    is_time = field.type_name == "DateTime"
    if not is_time and not (field.type_name in _NUMBERS and field.name.endswith(("At", "_at"))):
        return
    model = field.owner
    if model.kind != "model" or model.is_ignored or field.is_ignored or field.is_list:
        return
    if is_time:
        parts = names.words(field.name)
        if not parts or _is_timely(parts, context.options.suffixes):
            return
        if (field.native or "").split("(")[0] in _NO_MOMENT:
            return
        better = field.name + ("_at" if names.is_snake(field.name) and "_" in field.name else "At")
        problem = f"`{field.name}` is a time, but its name does not say so: `{better}` does"
    else:
        better = None
        article = "an" if field.type_name == "Int" else "a"
        problem = f"`{field.name}` sounds like a time, but it is {article} `{field.type_name}`"
    if kept_by_library(model, context):
        return
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        problem,
        (lambda bench: fixes(field, better, bench)) if better is not None else None,
    )


def _is_timely(parts: list[str], more: tuple[str, ...]) -> bool:
    return any(part.lower() in _TIMELY or part.lower() in more for part in (parts[0], parts[-1]))


def fixes(field: Field, better: str, bench: Workbench) -> Iterable[Fix]:
    if promises_more(field, better):
        return ()
    title = f"Rename to `{better}`; the column keeps its name"
    return rename_fix(bench, title, lambda schema: rename_field(schema, field, better))
