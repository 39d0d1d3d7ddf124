'''A default that its column cannot hold makes every insert fail that relies on it.

`cuid()`, `nanoid()` and `ulid()` are no uuids, so a uuid column refuses them; a `uuid()` has 36
characters, a `ulid()` 26, a `cuid()` 25, a `nanoid()` 21 unless it says otherwise, and a shorter
text column refuses or cuts them. Prisma accepts such a schema, and the first insert fails.

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id    String @id @default(cuid()) @db.Uuid
//                          ^^^^^^ `Order.id`: what `cuid()` makes is no uuid, and `@db.Uuid` takes nothing else
  token String @unique @default(uuid(7)) @db.VarChar(32)
//                              ^^^^^^^ `Order.token`: what `uuid(7)` makes has 36 characters, `@db.VarChar(32)` holds 32
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id    String @id @default(uuid(7)) @db.Uuid
  token String @unique @default(uuid(7)) @db.VarChar(36)
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `uuid(7)` for a uuid column | inserts work, ids sort by time | needs Prisma 5.18 | 16 bytes a row, and as much in each foreign key | none: Prisma Client makes the ids | none |
| a longer text column | inserts work | none | none | changes the column's type | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import copies, generator
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes

_UUID_COLUMNS = ("Uuid", "UniqueIdentifier")
_TEXT_COLUMNS = ("VarChar", "Char", "NVarChar", "NChar", "String")
_LENGTHS = {"uuid": 36, "uuid(7)": 36, "dbgenerated": 36, "ulid": 26, "cuid": 25}
_NANOID = 21


@rule(level="error", preset="essential")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "String"):
        call = field.default_function
        if call is not None and not field.is_list and field.native_type is not None:
            yield from _conflict(field, call, context)


def _conflict(field: Field, call: nodes.Call, context: Context) -> Iterator[Finding]:
    assert field.native is not None
    made_by = generator(field)
    if made_by is None or field.is_ignored:
        return
    prefix = context.datasource_name()
    text = field.owner.block.line(field.line)[call.start : call.end]
    kind = field.native.split("(")[0]
    if kind in _UUID_COLUMNS:
        if made_by not in ("cuid", "ulid", "nanoid"):
            return
        problem = f"what `{text}` makes is no uuid, and `@{prefix}.{field.native}` takes nothing else"
    else:
        length, room = _length(made_by, call), _room(field)
        if room is None or length is None or room >= length:
            return
        problem = f"what `{text}` makes has {length} characters, `@{prefix}.{field.native}` holds {room}"
    yield Finding(
        field.line,
        call.start,
        call.end,
        f"`{field.owner.name}.{field.name}`: {problem}",
        lambda bench: fixes(field, call, bench),
    )


def _length(made_by: str, call: nodes.Call) -> int | None:
    """How many characters the function makes."""
    value = call.arguments[0].value if call.arguments else None
    number = int(value.text) if isinstance(value, nodes.Number) and value.text.isdigit() else None
    if made_by == "nanoid":
        return number or (_NANOID if value is None else None)
    if made_by == "cuid":
        return 24 if number == 2 else 25
    return _LENGTHS.get(made_by)


def _room(column: Field) -> int | None:
    """How many characters a text column holds; None where that is no number."""
    native = column.native_type
    if native is None or (column.native or "").split("(")[0] not in _TEXT_COLUMNS:
        return None
    value = native.arguments[0].value if native.arguments else None
    if isinstance(value, nodes.Number) and value.text.isdigit():
        return int(value.text)
    return None


def fixes(field: Field, call: nodes.Call, bench: Workbench) -> Iterable[Fix]:
    kind = (field.native or "").split("(")[0]
    if kind in _UUID_COLUMNS:
        edits = bench.draft().replace_node(field.owner, field.line, call, "uuid(7)").edits
        # The column has never held anything but uuids, so nothing old looks different.
        yield Fix("Generate with uuid(7), which the column takes (Prisma 5.18 or later)", "T", edits, preferred=True)
        return
    length = _length(generator(field) or "", call)
    draft = bench.draft()
    migrated = False
    columns = [field, *copies(bench.schema, field)]
    for column in columns:
        native, room = column.native_type, _room(column)
        if native is None or not native.arguments or room is None or length is None or room >= length:
            continue
        migrated = migrated or bench.is_migrated_column(column)
        draft.replace_node(column.owner, column.line, native.arguments[0], str(length))
    others = len(columns) - 1
    keys = f", in {others} foreign key{'' if others == 1 else 's'}, too" if others else ""
    how = " (changes the type of the column)" if migrated else ""
    yield Fix(f"Make room for {length} characters{keys}{how}", "R" if migrated else "T", draft.edits, preferred=True)
