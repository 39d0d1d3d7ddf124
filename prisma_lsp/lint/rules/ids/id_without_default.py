'''An id that nothing generates has to be brought by every insert, so each writer makes its own kind.

The rule speaks of an `id` that looks generated: a uuid column, or a text in a new table that fills
in its own `createdAt` (in a table that exists, the ids there are already have a form of their own).
Natural keys (`code`, `slug`), ids that are foreign keys, tables of copies made
elsewhere and the tables of Better Auth and Auth.js, whose ids the library makes, are left alone.

```prisma
datasource db {
  provider = "postgresql"
}

model Order {
  id        String   @id @db.Uuid
//^^ `Order.id` has no default: every insert has to bring an id
  createdAt DateTime @default(now()) @map("created_at")
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Order {
  id        String   @id @default(uuid(7)) @db.Uuid
  createdAt DateTime @default(now()) @map("created_at")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@default(uuid(7))` | one kind of id, made in one place; code that brings its own still may | needs Prisma 5.18; rows inserted by other programs must bring an id | none | none: Prisma Client makes the ids | none |
| `dbgenerated("uuidv7()")` | other programs need not bring one | needs PostgreSQL 18 | none | sets the column's default | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Edits, Fix, Workbench
from prisma_lsp.lint.keys import UUID_TYPES, copies, store_as_uuid
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.timestamps import must_be_created
from prisma_lsp.schema.declarations import Field, Model

_UUID_COLUMNS = ("Uuid", "UniqueIdentifier")


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    field = model.fields.get("id")
    if field is None or field.type_name != "String" or field.attribute("default") is not None:
        return
    if model.kind != "model" or model.is_ignored or model.id is None or model.id.names != ("id",):
        return
    if "id" in model.key_fields:
        return
    native = field.native
    if native not in _UUID_COLUMNS and not (native in (None, "Text") and _makes_rows(model)):
        return
    if native not in _UUID_COLUMNS and context.environment.is_migrated(model.table):
        return
    if is_document(model, context) or kept_by_library(model, context):
        return
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        f"`{model.name}.id` has no default: every insert has to bring an id",
        lambda bench: fixes(field, bench),
    )


def _makes_rows(model: Model) -> bool:
    """Whether the table's rows begin here: then it fills in when."""
    return any(must_be_created(f) and f.attribute("default") is not None for f in model.all_fields)


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    edits = _with_default(field, "uuid(7)", bench)
    title = "Generate with uuid(7): new ids sort by time (Prisma 5.18 or later)"
    if field.native in _UUID_COLUMNS:
        yield Fix(title, "T", edits, preferred=True)
        if bench.schema.provider() == "postgresql":
            migrated = bench.is_migrated_column(field)
            edits = _with_default(field, 'dbgenerated("uuidv7()")', bench)
            how = " (sets the column's default)" if migrated else ""
            title = f"Let the database generate uuidv7(): needs PostgreSQL 18{how}"
            yield Fix(title, "R" if migrated else "T", edits)
        return
    columns = [field, *copies(bench.schema, field)]
    if any(bench.is_migrated_column(column) for column in columns):
        return
    if bench.schema.provider() in UUID_TYPES:
        title += ", in a uuid column"
        for fix in store_as_uuid(field, bench):
            for path, some in fix.edits.items():
                edits.setdefault(path, []).extend(some)
    yield Fix(title, "T", edits, preferred=True)


def _with_default(field: Field, value: str, bench: Workbench) -> Edits:
    draft = bench.draft()
    key = field.attribute("id")
    if key is None:
        return draft.lead_attribute(field, f"@default({value})").edits
    return draft.insert(field.owner, field.line, key.end, f" @default({value})").edits
