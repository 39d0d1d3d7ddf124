'''An integer id runs out: after 32,767 rows with 16 bits, after 2,147,483,647 with 32.

Rolled-back inserts use numbers up too, and the day it happens every insert fails. Changing the type
later rewrites the table and every table that points at it. `uuid(7)` never runs out; where numbers
have to stay, `BigInt` does not run out either. SQLite counts with 64 bits in any case.

```settings
preset = "strict"
```

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id    Int    @id @default(autoincrement())
//      ^^^ `Order.id` counts with 32 bits: inserts fail after 2,147,483,647 numbers
  lines Line[]
}

model Line {
  id      String @id @default(uuid(7)) @db.Uuid
  order   Order  @relation(fields: [orderId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  orderId Int    @map("order_id")
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id    BigInt    @id @default(autoincrement())
  lines Line[]
}

model Line {
  id      String @id @default(uuid(7)) @db.Uuid
  order   Order  @relation(fields: [orderId], references: [id], onDelete: Cascade, onUpdate: Cascade)
  orderId BigInt    @map("order_id")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `BigInt` for the id, its foreign keys and columns called alike | room for good | TypeScript's `bigint`, which `JSON.stringify` refuses | 8 bytes for 4 | new table: none. Else it rewrites all the tables under a lock | none |
| `uuid(7)` (see `id-strategy`) | made anywhere, cannot be guessed | longer to read aloud | 16 bytes for 4 | the key and all that point at it change | none |

On PostgreSQL, Prisma Migrate writes `SET DATA TYPE BIGSERIAL`, which is no type. The fix with a
migration writes `BIGINT`, and widens the sequence as well.
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_key, may_be, plain
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import copies, held
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model

# What the narrower native types hold; the others count with 32 bits.
_LAST = {
    "SmallInt": (16, "32,767"),
    "Int2": (16, "32,767"),
    "TinyInt": (8, "127"),
    "UnsignedSmallInt": (16, "65,535"),
    "UnsignedTinyInt": (8, "255"),
    "MediumInt": (24, "8,388,607"),
    "UnsignedMediumInt": (24, "16,777,215"),
    "UnsignedInt": (32, "4,294,967,295"),
}
_USUAL = (32, "2,147,483,647")


@rule(level="warning", preset="strict")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.id is None or len(model.id.names) != 1 or model.is_ignored:
        return
    field = model.fields.get(model.id.names[0])
    if field is None or field.type_name != "Int" or field.default_function is None:
        return
    if field.default_function.name not in ("autoincrement", "sequence"):
        return
    if may_be(context, "sqlite", "mongodb") or kept_by_library(model, context):
        return
    assert field.node.type is not None
    bits, last = _LAST.get(field.native or "", _USUAL)
    yield Finding(
        field.line,
        field.node.type.name_start,
        field.node.type.name_end,
        f"`{model.name}.{field.name}` counts with {bits} bits: inserts fail after {last} numbers",
        lambda bench: fixes(field, bench),
        at_most="info" if bits == _USUAL[0] else None,
    )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft()
    keys = copies(bench.schema, field)
    alike = _called_alike(keys, bench)
    columns = [field, *keys, *alike]
    migrated = False
    for column in columns:
        kind = column.node.type
        if kind is None or column.type_name != "Int":
            return
        draft.replace(column.owner, column.line, kind.name_start, kind.name_end, "BigInt")
        native = column.native_type
        if native is not None:
            unsigned = (column.native or "").startswith("Unsigned")
            if unsigned:
                draft.replace_node(column.owner, column.line, native, f"@{_prefix(native.name)}.UnsignedBigInt")
            else:
                draft.remove_attribute(column, native)
        migrated = migrated or bench.is_migrated_column(column)
    title = f"Count with 64 bits: BigInt for `{field.owner.name}.{field.name}`{held(len(keys))}"
    if alike:
        title += f", and {len(alike)} column{'' if len(alike) == 1 else 's'} called alike"
    if migrated:
        title += " (rewrites the tables under a lock"
        if bench.schema.provider() == "postgresql":
            title += "; write BIGINT for BIGSERIAL in the migration"
        title += ")"
    yield Fix(title, "D" if migrated else "T", draft.edits, preferred=True)


def _called_alike(keys: list[Field], bench: Workbench) -> list[Field]:
    """Columns that by their name hold the same ids, without a relation."""
    names = {plain(key.name) for key in keys if key.name.endswith(("Id", "ID", "_id"))}
    if not names:
        return []
    known = bench.once("whole numbers by name", lambda: _numbers(bench))
    return [field for name in sorted(names) for field in known.get(name, ())]


def _numbers(bench: Workbench) -> dict[str, list[Field]]:
    """The columns that hold a whole number and are no keys, by their plain names."""
    found: dict[str, list[Field]] = {}
    for model in bench.schema.all_declarations():
        if isinstance(model, Model) and model.kind == "model" and not model.is_ignored:
            for field in model.fields_by_type.get("Int", ()):
                if not is_key(field) and not field.is_ignored and field.default_function is None:
                    found.setdefault(plain(field.name), []).append(field)
    return found


def _prefix(name: str) -> str:
    return name.split(".", 1)[0]
