'''What the schema has and no migration makes is missing wherever `prisma migrate deploy` sets up the database; what only the migrations make is dropped by the next `prisma migrate dev`.

The migrations are read as Prisma would apply them, and the tables, columns, keys, indexes and enums
that come out are compared with the schema: by table, columns and uniqueness, never by the name of a
key or an index, nor by type, default or foreign key. While a schema is being edited it is normally ahead of its migrations, so in an
editor this is a hint at most, whatever its level, until `prisma migrate dev` has run. `check` says
it at the rule's level, `info`: a schema that is committed without its migration is what it is for. To
have that fail a build, make it an error:

```toml
[rules]
migration-drift = "error"
```

Nothing is said of a table, column or enum that a statement speaks of which could not be read (a `DO`
block, SQL made at run time), of views, of partitions, and of indexes that only SQL can make or that
were made by hand under a name of their own: with a condition, with an expression, GIN, `INCLUDE`.
Those count as existing indexes for the rules about indexes. Without a migrations folder, or with one
for another kind of database, the rule is silent.

```migration
CREATE TABLE "products" (
    "id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "ean" TEXT,

    CONSTRAINT "products_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "products_search_idx" ON "products" USING gin (to_tsvector('simple', "sku"));
```

```prisma
model Product {
//    ^^^^^^^ The migrations make the column `ean`, which no field of `Product` has: `prisma migrate dev` would drop it
  id     String @id @db.Uuid
  sku    String @unique
//              ^^^^^^^ No migration makes this unique key of `products`
  weight Int?
//^^^^^^ No migration makes the column `weight` of `products`

  @@map("products")
}

model Brand {
//    ^^^^^ No migration makes the table `brands`
  id String @id @db.Uuid

  @@map("brands")
}
```
'''

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.coverage import is_custom
from prisma_lsp.lint.origins import made_at
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Field, Index, Model
from prisma_lsp.schema.relations import join_table

if TYPE_CHECKING:
    from prisma_lsp.migrations.state import Database, Table
    from prisma_lsp.migrations.state import Index as DatabaseIndex

_MOST_STRAYS = 50
_OWN_TABLES = frozenset({"_prisma_migrations"})


@rule(level="info")
def check(declaration: Declaration, context: Context) -> Iterator[Finding]:
    if declaration.kind not in ("model", "enum", "datasource") or declaration.block.problems:
        return
    database = context.database()
    if database is None or database.tainted is not None:
        return
    match declaration:
        case Model():
            found = _model(declaration, database, context)
        case Enum() if database.dialect == "postgresql":
            found = _enum(declaration, database)
        case Config():
            found = _strays(declaration, database, context)
        case _:
            return
    for finding in found:
        finding.at_most = "hint" if context.environment.is_editing else None
        yield finding


def _model(model: Model, database: Database, context: Context) -> Iterator[Finding]:
    schema = model.database_schema or database.default_schema
    table = database.tables.get((schema, model.table))
    if database.doubt(model.table, schema) is not None or (schema, model.table) in database.views:
        return
    if table is None:
        # Most of what could be said of its parts would say this again.
        yield _on_name(model, f"No migration makes the table `{model.table}`")
        return
    if table.kind != "table" or table.parents:
        return
    columns: dict[str, Field] = {}
    for field in model.all_fields:
        kind = context.kind_of(field.type_name)
        if kind in ("model", "view"):
            yield from _join_table(field, database, context)
            continue
        if kind is None and not field.is_unsupported:
            # Half a name of a type: whether it is a column shows later.
            return
        columns.setdefault(field.column, field)
    yield from chain(_columns(model, columns, table, context), _indexes(model, columns, table, context))


def _columns(
    model: Model, columns: dict[str, Field], table: Table, context: Context
) -> Iterator[Finding]:
    made = {column.name: column for column in table.columns}
    for name, field in columns.items():
        column = made.get(name)
        if column is None:
            yield _on_field(field, f"No migration makes the column `{name}` of `{table.name}`")
        elif not field.is_list and column.nullable != field.is_optional:
            has = "allow NULL in" if column.nullable else "forbid NULL in"
            finding = _on_field(
                field, f"The migrations {has} `{name}`, and the field is {'optional' if field.is_optional else 'required'}"
            )
            finding.related = made_at(context, column.changed, "Here")
            yield finding
    for column in table.columns:
        if column.name not in columns:
            finding = _on_name(
                model,
                f"The migrations make the column `{column.name}`, which no field of `{model.name}`"
                " has: `prisma migrate dev` would drop it",
            )
            finding.related = made_at(context, column.made, "Made here")
            yield finding


def _indexes(
    model: Model, columns: dict[str, Field], table: Table, context: Context
) -> Iterator[Finding]:
    wanted: set[tuple[tuple[str, ...], bool]] = set()
    for index in model.indexes:
        names = tuple(_column(model, name) for name in index.names)
        if not names or None in names or index.kind == "fulltext" or index.attribute.trailing_comma >= 0:
            continue
        key = tuple(name for name in names if name is not None)
        wanted.add((key, index.is_unique))
        if not set(key) <= {column.name for column in table.columns}:
            # The missing column is said already.
            continue
        if index.kind == "id":
            if table.primary_key is None or table.primary_key.columns != key:
                yield _on_index(index, f"No migration makes this primary key of `{table.name}`")
        elif not any(_fits(index, key, one) for one in table.indexes):
            what = "unique key" if index.is_unique else "index"
            yield _on_index(index, f"No migration makes this {what} of `{table.name}`")
    for one in table.indexes:
        if not is_custom(one, table) and (one.column_names, one.unique) not in wanted:
            if not set(one.column_names) <= columns.keys():
                continue
            what = "unique key" if one.unique else "index"
            listed = ", ".join(one.column_names)
            finding = _on_name(
                model,
                f"The migrations make the {what} `{one.name}` on ({listed}), which `{model.name}`"
                " does not have: `prisma migrate dev` would drop it",
            )
            finding.related = made_at(context, one.made, "Made here")
            yield finding


def _fits(index: Index, columns: tuple[str, ...], other: DatabaseIndex) -> bool:
    if other.unique != index.is_unique or other.constraint == "exclude":
        return False
    if (other.where is None) != (index.where is None):
        return False
    # An index with operator classes or an expression may stand for what Prisma cannot write.
    return tuple(column.name for column in other.columns) == columns


def _join_table(field: Field, database: Database, context: Context) -> Iterator[Finding]:
    """The hidden table of an implicit many-to-many relation, said of its first side."""
    if not field.is_list:
        return
    name = join_table(field, context)
    if name is None or field.owner.name > field.type_name:
        return
    schema = field.owner.database_schema or database.default_schema
    if database.table(name, schema) is None and database.doubt(name, schema) is None:
        yield _on_field(field, f"No migration makes the table `{name}` of this relation")


def _enum(enum: Enum, database: Database) -> Iterator[Finding]:
    schema = _schema(enum) or database.default_schema
    if database.doubt(enum.database_name, schema) is not None:
        return
    found = database.enum(enum.database_name, schema)
    if found is None:
        if (schema, enum.database_name) not in database.types:
            yield _on_name(enum, f"No migration makes the enum `{enum.database_name}`")
        return
    written = {value.database_name for value in enum.values}
    for value in enum.values:
        if value.database_name not in found.values:
            node = value.node.name
            message = f"No migration adds the value `{value.database_name}` to `{found.name}`"
            yield Finding(value.line, node.start, node.end, message)
    for name in found.values:
        if name not in written:
            yield _on_name(enum, f"The migrations give the enum a value `{name}`, which the schema does not have")


def _strays(config: Config, database: Database, context: Context) -> Iterator[Finding]:
    """Tables that no model has, said where the database is named; of very many only the first."""
    found = 0
    node = config.block.node
    if node is None or node.name is None:
        return
    schemas = context.database_schemas() or (database.default_schema,)
    for (schema, name), table in database.tables.items():
        if name in _OWN_TABLES or schema not in schemas or table.kind != "table" or table.parents:
            continue
        if database.doubt(name, schema) is not None or context.sharers("table", name):
            continue
        if name[:1] == "_" and _is_of_relation(name[1:], table, context):
            continue
        found += 1
        if found > _MOST_STRAYS:
            # To ask about the rest would take as long as there are tables.
            message = f"The migrations make more tables that no model has than these {_MOST_STRAYS}"
            yield Finding(config.block.header, node.name.start, node.name.end, message)
            return
        finding = Finding(
            config.block.header,
            node.name.start,
            node.name.end,
            f"The migrations make the table `{name}`, which no model has: `prisma migrate dev` would drop it",
        )
        finding.related = made_at(context, table.made, "Made here")
        yield finding


def _is_of_relation(name: str, table: Table, context: Context) -> bool:
    """Whether a table is the hidden one of a many-to-many relation that is there."""
    if tuple(column.name for column in table.columns) != ("A", "B"):
        return False
    if context.sharers("relation", name):
        return True
    at = name.find("To")
    while at > 0:
        one, other = name[:at], name[at + 2 :]
        if any(field.is_list for field in context.fields_of_type(one, other)):
            return True
        at = name.find("To", at + 1)
    return False


def _schema(enum: Enum) -> str | None:
    attribute = enum.attribute("schema")
    value = attribute.argument("name", 0) if attribute is not None else None
    return getattr(value, "value", None)


def _column(model: Model, name: str) -> str | None:
    field = model.fields.get(name)
    return field.column if field is not None else None


def _on_name(declaration: Declaration, message: str) -> Finding:
    node = declaration.name_node
    return Finding(declaration.block.header, node.start, node.end, message)


def _on_field(field: Field, message: str) -> Finding:
    node = field.node.name
    return Finding(field.line, node.start, node.end, message)


def _on_index(index: Index, message: str) -> Finding:
    return Finding(index.line, index.attribute.start, index.attribute.name_end, message)
