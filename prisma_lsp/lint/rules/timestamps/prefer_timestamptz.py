'''A timestamp without a time zone means another moment to every program that reads it in another zone.

Prisma writes `DateTime` as `timestamp(3)` in UTC and reads it so; `psql`, reports and other services
read it in their session's zone. `timestamptz` takes the same 8 bytes and means one moment. The rule
looks at PostgreSQL and CockroachDB; `@db.Date` and `@db.Time` hold no moment and are left alone.

```settings
preset = "strict"
```

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
//          ^^^^^^^^ `createdAt` is kept without a time zone: `@db.Timestamptz(3)` means one moment everywhere
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at") @db.Timestamptz(3)
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| this field | one meaning for this column | columns of both kinds side by side until all are changed | same size, same speed | new table: none. Else it rewrites the table and reads the old values in the session's time zone | the rest is still to do |
| every field of the model | one rewrite for all of them | a longer lock at once | same | as above, once | none |

Prisma Migrate casts without a zone. Create the migration without applying it and write
`ALTER TABLE "orders" ALTER COLUMN "created_at" TYPE timestamptz(3) USING "created_at" AT TIME ZONE 'UTC';`
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.lint.keys import copies
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.timestamps import ZONED_PROVIDERS
from prisma_lsp.schema.declarations import Field, TimeField


@rule(level="info", preset="strict")
def check(field: TimeField, context: Context) -> Iterator[Finding]:
    model = field.owner
    if not _has_no_zone(field) or model.kind != "model" or model.is_ignored or field.is_ignored:
        return
    if context.provider() not in ZONED_PROVIDERS or kept_by_library(model, context):
        return
    assert field.node.type is not None
    wanted = f"@{context.datasource_name()}.Timestamptz({_precision(field)})"
    yield Finding(
        field.line,
        field.node.type.name_start,
        field.node.type.name_end,
        f"`{field.name}` is kept without a time zone: `{wanted}` means one moment everywhere",
        lambda bench: fixes(field, bench),
    )


def _has_no_zone(field: Field) -> bool:
    if field.type_name != "DateTime":
        return False
    native = field.native
    return native is None or native.split("(")[0] == "Timestamp"


def _precision(field: Field) -> str:
    native = field.native or ""
    return native[native.index("(") + 1 : -1] if "(" in native else "3"


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    model = field.owner
    if field.name in model.key_fields:
        # A copy of another key: its type follows that one's.
        return
    yield _fix(f"Store `{field.name}` with a time zone", [field], bench, preferred=True)
    own = (f for f in model.all_fields if f.name not in model.key_fields and not f.is_ignored)
    every = list(filter(_has_no_zone, own))
    if len(every) > 1:
        yield _fix(f"Store all {len(every)} times of `{model.name}` with a time zone", every, bench)


def _fix(title: str, fields: list[Field], bench: Workbench, preferred: bool = False) -> Fix:
    draft = bench.draft()
    migrated = False
    for field in fields:
        for column in [field, *copies(bench.schema, field)]:
            _retype(draft, column, _precision(field), bench)
            migrated = migrated or bench.is_migrated_column(column)
    how = " (rewrites the table; old values are read in the session's time zone)" if migrated else ""
    return Fix(title + how, "D" if migrated else "T", draft.edits, preferred)


def _retype(draft: Draft, column: Field, precision: str, bench: Workbench) -> None:
    text = f"@{bench.schema.datasource_name()}.Timestamptz({precision})"
    if column.native_type is None:
        draft.append_attribute(column, text)
    else:
        draft.replace_node(column.owner, column.line, column.native_type, text)
