'''A foreign key must have the column type of what it points to, or the database refuses the constraint.

Prisma compares only `String` with `String`; the database compares `text` with `uuid`. Where the
constraint would be refused the finding is an error; where only the size differs, so that a key may
not fit or is kept in more space than it needs, it is a warning. A column without `@db.…` has the
provider's default type. The rule speaks only of pairs of types whose outcome is certain.

```prisma
datasource db {
  provider = "postgresql"
}

model Payment {
  id      String   @id @default(uuid(7)) @db.Uuid
  refunds Refund[]
}

model Refund {
  id        String  @id @default(uuid(7)) @db.Uuid
  payment   Payment @relation(fields: [paymentId], references: [id])
  paymentId String  @map("payment_id")
//          ^^^^^^ `paymentId` is `TEXT`, `Payment.id` is `UUID`: PostgreSQL refuses the foreign key
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Payment {
  id      String   @id @default(uuid(7)) @db.Uuid
  refunds Refund[]
}

model Refund {
  id        String  @id @default(uuid(7)) @db.Uuid
  payment   Payment @relation(fields: [paymentId], references: [id])
  paymentId String  @map("payment_id") @db.Uuid
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| give the key the type of what it points to | the constraint can exist, and joins need no cast | values that do not fit are lost or refused | an index on the key can be used in a join | changes the type of the column; Prisma Migrate drops and creates it where it cannot cast | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import UUID_TYPES, generates_uuid, store_as_uuid
from prisma_lsp.lint.rule import Finding, FixMaker, rule
from prisma_lsp.schema.catalogue import PROVIDER_TITLES, SCALARS, native_sql
from prisma_lsp.schema.declarations import Field, KeyField

# Types of one family can be compared, so a foreign key may join them.
_FAMILIES = {
    "postgresql": (("TEXT", "VARCHAR", "CHAR"), ("SMALLINT", "INTEGER", "BIGINT"), ("UUID",), ("INET",)),
    "cockroachdb": (("STRING", "CHAR"), ("INT2", "INT4", "INT8"), ("UUID",), ("INET",)),
    "mysql": (
        ("VARCHAR", "CHAR"),
        *((f"{name}{sign}",) for sign in ("", " UNSIGNED") for name in
          ("TINYINT", "SMALLINT", "MEDIUMINT", "INTEGER", "BIGINT")),
    ),
    "sqlserver": tuple(
        (name,) for name in
        ("NVARCHAR", "VARCHAR", "NCHAR", "CHAR", "UNIQUEIDENTIFIER", "TINYINT", "SMALLINT", "INT", "BIGINT")
    ),
}  # fmt: skip


class Column(NamedTuple):
    """A column's type in SQL, and the number of its family."""

    sql: str
    family: int


@rule(level="error", preset="essential")
def check(relation: KeyField, context: Context) -> Iterator[Finding]:
    model = relation.owner
    key, references = relation.key, relation.references
    if not key or not references or len(key) != len(references) or model.kind != "model":
        return
    if relation.is_ignored or model.is_ignored or context.kind_of(relation.type_name) != "model":
        return
    provider = context.provider()
    if provider is None or provider not in _FAMILIES:
        return
    for name, reference in zip(key, references, strict=True):
        column = model.fields.get(name)
        target = context.field(relation.type_name, reference)
        if column is None or target is None or column.type_name != target.type_name:
            continue
        if target.is_broken:
            continue
        here, there = _column(column, provider), _column(target, provider)
        if here is None or there is None or here.sql == there.sql:
            continue
        assert column.node.type is not None
        # SQL Server wants the length to be the same, too.
        refused = here.family != there.family or provider == "sqlserver"
        has_constraint = context.relation_mode() == "foreignKeys"
        if refused and has_constraint:
            effect = f"{PROVIDER_TITLES[provider]} refuses the foreign key"
        elif refused:
            effect = "joins have to convert every row"
        else:
            effect = "give both the same type"
        yield Finding(
            column.line,
            column.node.type.name_start,
            column.node.type.name_end,
            f"`{name}` is `{here.sql}`, `{relation.type_name}.{reference}` is `{there.sql}`: {effect}",
            _fixes(column, target, relation),
            at_most=None if refused and has_constraint else "warning",
        )


def _column(field: Field, provider: str) -> Column | None:
    """The column's type, where it is one whose behaviour in a foreign key is certain."""
    if field.is_list or field.type_name not in SCALARS:
        return None
    native = field.native_type
    if native is None:
        sql = SCALARS[field.type_name].columns.get(provider, "")
    else:
        name, _, rest = (field.native or "").partition("(")
        arguments = [a.strip() for a in rest.rstrip(")").split(",")] if rest else []
        sql = native_sql(provider, name, arguments, field.type_name)
    base = sql.split("(")[0]
    for number, family in enumerate(_FAMILIES[provider]):
        if base in family:
            return Column(sql, number)
    return None


def _fixes(column: Field, target: Field, relation: Field) -> FixMaker:
    def fixes(bench: Workbench) -> Iterable[Fix]:
        wanted = UUID_TYPES.get(bench.schema.provider() or "postgresql")
        if target.native_type is None and column.native == wanted and generates_uuid(target):
            yield from store_as_uuid(target, bench)
            return
        others = [f for f in column.owner.all_fields if column.name in (f.key or ())]
        if len(others) > 1:
            # What suits this relation may break another that shares the column.
            return
        yield _copy_type(column, target, relation, bench)

    return fixes


def _copy_type(column: Field, target: Field, relation: Field, bench: Workbench) -> Fix:
    provider = bench.schema.provider() or "postgresql"
    draft = bench.draft()
    native = column.native_type
    if target.native is None:
        assert native is not None
        draft.remove_attribute(column, native)
        change = f"Remove @{native.name} from `{column.name}`"
    else:
        text = f"@{bench.schema.datasource_name()}.{target.native}"
        change = f"Give `{column.name}` {text}"
        if native is None:
            draft.append_attribute(column, text)
        else:
            draft.replace_node(column.owner, column.line, native, text)
    has = "has none" if target.native is None else "has"
    title = f"{change}, as `{relation.type_name}.{target.name}` {has}"
    if not bench.is_migrated_column(column):
        return Fix(title, "T", draft.edits, preferred=True)
    here, there = _column(column, provider), _column(target, provider)
    assert here is not None and there is not None
    if here.family == there.family and _size(here.sql) <= _size(there.sql):
        return Fix(f"{title} (widens the column)", "R", draft.edits, preferred=True)
    if here.family == there.family:
        cost = "rewrites the column; values that do not fit are lost or refused"
    else:
        cost = "Prisma Migrate drops and re-creates the column: its values are lost unless you edit it to cast them"
    return Fix(f"{title} ({cost})", "D", draft.edits, preferred=True)


_SIZES = {"SMALLINT": 2, "INT2": 2, "INTEGER": 4, "INT4": 4, "BIGINT": 8, "INT8": 8, "TEXT": 10**9, "STRING": 10**9}


def _size(sql: str) -> int:
    base, _, length = sql.rstrip(")").partition("(")
    if length.isdigit():
        return int(length)
    return _SIZES.get(base, 1 if base == "CHAR" else 10**9)
