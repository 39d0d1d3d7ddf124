'''PostgreSQL refuses some indexes that Prisma accepts: the migration fails when it is run.

A `Hash` index holds one column only. The type `json`, unlike `jsonb`, cannot be compared, so neither
`BTree` nor `Hash` nor a unique key can hold a `@db.Json` column.

```prisma
datasource db {
  provider = "postgresql"
}

model Event {
  id     String @id @default(uuid(7)) @db.Uuid
  kind   String @db.VarChar(50)
  source String @db.VarChar(50)

  @@index([kind, source], type: Hash)
//                        ^^^^^^^^^^ A Hash index holds one column: PostgreSQL refuses this one of 2
  @@map("events")
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Event {
  id     String @id @default(uuid(7)) @db.Uuid
  kind   String @db.VarChar(50)
  source String @db.VarChar(50)

  @@index([kind, source])
  @@map("events")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| leave out `type: Hash` | an index that exists, for equality, ranges and sorting | none | a little larger than a hash | creates the index | none |
| `JsonB` with `type: Gin` | finds documents by their keys | key order and white space of the document are not kept | writes get slower | rewrites the column | none |
| remove the index | the migration runs | lookups by the column read the table | writes get quicker | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.overlap import is_complete, is_removable, method, without, written
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Index, Model
from prisma_lsp.syntax import nodes


@rule(level="error", preset="essential")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or not model.indexes:
        return
    for index in model.indexes:
        typed = _argument(index, "type")
        if typed is not None and _is_wide_hash(model, index, context):
            yield Finding(
                index.line,
                typed.start,
                typed.end,
                f"A Hash index holds one column: PostgreSQL refuses this one of {len(index.columns)}",
                lambda bench, index=index: _untyped(model, index, bench),  # type: ignore[misc]
            )
        if method(index) not in ("BTree", "Hash"):
            continue
        for column in index.columns:
            field = model.fields.get(column.name)
            if field is None or field.native != "Json" or context.provider() != "postgresql":
                continue
            if column.ops is not None:
                continue
            yield Finding(
                index.line,
                column.start,
                column.end,
                f"`{field.name}` is `json`, which cannot be compared: PostgreSQL refuses this index",
                lambda bench, index=index, field=field: _as_jsonb(model, index, field, bench),  # type: ignore[misc]
            )


def _is_wide_hash(model: Model, index: Index, context: Context) -> bool:
    if index.type != "Hash" or len(index.columns) < 2 or not is_complete(model, index):
        return False
    return context.provider() == "postgresql"


def _argument(index: Index, name: str) -> nodes.Argument | None:
    for argument in index.attribute.arguments or ():
        if argument.name is not None and argument.name.value == name:
            return argument
    return None


def _untyped(model: Model, index: Index, bench: Workbench) -> Iterable[Fix]:
    typed = _argument(index, "type")
    assert typed is not None
    text = model.block.line(index.line)
    start, end = typed.start, typed.end
    before = text[:start].rstrip()
    if before.endswith(","):
        start = len(before) - 1
    elif text[end:].lstrip().startswith(","):
        rest = text[end:]
        end += len(rest) - len(rest.lstrip()[1:].lstrip())
    edits = bench.draft().replace(model, index.line, start, end, "").edits
    yield Fix("Leave out `type: Hash` (creates a BTree index)", "R", edits, preferred=True)


def _as_jsonb(model: Model, index: Index, field: Field, bench: Workbench) -> Iterable[Fix]:
    if is_removable(model, index) and index.kind == "index":
        title = f"Remove {written(index)}: the database has no such index"
        yield Fix(title, "R", without(bench.draft(), model, index).edits, preferred=True)
    native = field.native_type
    if native is not None and index.kind == "index" and index.names == (field.name,):
        draft = bench.draft().remove_attribute(field, native)
        draft.set_argument(model, index.line, index.attribute, "type", "Gin")
        migrated = bench.is_migrated_column(field)
        title = f"Store `{field.name}` as JSONB and index it with Gin"
        title += " (rewrites the column; the documents' key order and spacing are lost)" if migrated else ""
        yield Fix(title, "D" if migrated else "R", draft.edits)
