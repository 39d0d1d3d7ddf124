'''A time of day with an offset but without a date cannot be compared: which offset holds depends on the day.

`timetz` exists because the SQL standard has it; PostgreSQL's own documentation advises against it.
For opening hours and the like keep the local `time` and, where it matters, the zone's name in a
column of its own; for a moment keep a `timestamptz`.

```prisma
datasource db {
  provider = "postgresql"
}

model Shop {
  id     String   @id @default(uuid(7)) @db.Uuid
  opens  DateTime @db.Timetz(6)
//                ^^^^^^^^^^^^^ `opens` has an offset but no date: it cannot be compared across a change of clocks
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Shop {
  id     String   @id @default(uuid(7)) @db.Uuid
  opens  DateTime @db.Time(6)
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `time` | compares and sorts as the clock on the wall | the offset is gone | 8 bytes instead of 12 | rewrites the column and drops the offsets | the zone, where it matters, in its own column |
| `timestamptz` | one moment, zone and all | needs a date | 8 bytes instead of 12; an index on it serves ranges of time | Prisma Migrate drops and re-creates the column: its values are lost | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, TimeField


@rule(level="warning")
def check(field: TimeField, context: Context) -> Iterator[Finding]:
    native = field.native_type
    if native is None or (field.native or "").split("(")[0] != "Timetz":
        return
    model = field.owner
    if model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    yield Finding(
        field.line,
        native.start,
        native.end,
        f"`{field.name}` has an offset but no date: it cannot be compared across a change of clocks",
        lambda bench: fixes(field, bench),
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    native = field.native_type
    assert native is not None
    prefix, rest = native.name.split(".", 1)[0], (field.native or "")[len("Timetz") :]
    migrated = bench.is_migrated_column(field)
    for kind, title, loss in (
        ("Time", "Keep the time of day alone", "rewrites the column; the offsets are lost"),
        ("Timestamptz", "Keep a moment with its date", "Prisma Migrate drops and re-creates the column: its values are lost"),
    ):
        edits = bench.draft().replace_node(field.owner, field.line, native, f"@{prefix}.{kind}{rest}").edits
        how = f" ({loss})" if migrated else ""
        yield Fix(f"{title}: @{prefix}.{kind}{rest}{how}", "D" if migrated else "T", edits, preferred=kind == "Time")
