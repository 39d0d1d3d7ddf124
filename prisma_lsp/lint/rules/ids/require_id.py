'''A table without a primary key cannot be replicated row by row, and nothing else can point at its rows for good.

Prisma is content with a unique key, but the database then has no primary key: logical replication,
change capture and many admin tools skip or refuse such a table. Views, ignored models and tables
that a library keeps by fixed names are left alone, and so is a model without any unique key at all,
which Prisma itself rejects.

```prisma
datasource db {
  provider = "postgresql"
}

model Country {
//    ^^^^^^^ `Country` has a unique key but no `@id`: its table gets no primary key
  code String @unique @db.Char(2)
  name String @db.VarChar(100)
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Country {
  code String @id @db.Char(2)
  name String @db.VarChar(100)
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| the unique key becomes the primary key | no new column, every query stays | the key must never change: others will point at it | the same one index | adds a primary key, drops the unique index | none |
| another unique key, where there is one | the one that is shown and referred to may be the better name | as above | as above | as above | none |
| an `id` of its own | points at the row even when the key's values change | one column more | one index more to write | adds a required column: fails while the table holds rows | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import UUID_TYPES
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.order import first_line, move_up
from prisma_lsp.lint.overlap import is_complete
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.schema.declarations import Field, Index, Model


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.id is not None or model.is_ignored:
        return
    uniques = [i for i in model.indexes if i.kind == "unique" and i.where is None]
    if not any(_may_be_key(model, index) for index in uniques):
        return
    # MongoDB's documents always have an id, and Prisma says so.
    if is_document(model, context) or kept_by_library(model, context):
        return
    if model.block.problems:
        # The key may be on the line that cannot be read.
        return
    name = model.name_node
    yield Finding(
        model.block.header,
        name.start,
        name.end,
        f"`{model.name}` has {_counted(len(uniques))} but no `@id`: its table gets no primary key",
        lambda bench: fixes(model, uniques, bench),
    )


def _counted(count: int) -> str:
    return "a unique key" if count == 1 else "unique keys"


def _may_be_key(model: Model, index: Index) -> bool:
    """Whether every row has the key's values."""
    fields = [model.fields.get(name) for name in index.names]
    return is_complete(model, index) and all(f is not None and not f.arity for f in fields)


def _is_chosen(model: Model, index: Index) -> bool:
    """Whether the key's values are given rather than generated, as a token's are."""
    fields = [model.fields[name] for name in index.names if name in model.fields]
    return _may_be_key(model, index) and all(f.default_function is None for f in fields)


def fixes(model: Model, uniques: list[Index], bench: Workbench) -> Iterable[Fix]:
    migrated = bench.is_migrated_table(model)
    how = " (adds a primary key, drops the unique index)" if migrated else ""
    # A name written for the unique key would become the primary key's.
    fitting = [i for i in uniques if _is_chosen(model, i) and i.database_name is None]
    for index in fitting[:2]:
        attribute = index.attribute
        sign = "@" if index.field is not None else "@@"
        start = attribute.start
        end = start + len(sign) + len("unique")
        draft = bench.draft()
        if index.field is not None and _goes_first(model, index.field, bench):
            line = model.block.lines[index.line]
            move_up(draft, model, index.field, f"{line[:start]}{sign}id{line[end:]}")
        else:
            draft.replace(model, index.line, start, end, f"{sign}id")
        names = " and ".join(f"`{name}`" for name in index.names)
        yield Fix(
            f"Make {names} the primary key{how}",
            "R" if migrated else "T",
            draft.edits,
            preferred=index is fitting[0],
        )
    if "id" not in model.fields and model.all_fields:
        native = UUID_TYPES.get(bench.schema.provider() or "")
        typed = f" @{bench.schema.datasource_name()}.{native}" if native else ""
        text = f"id String @id @default(uuid(7)){typed}"
        edits = bench.draft().add_line(model, first_line(model, model.all_fields[0]), text).edits
        how = " (adds a required column: fails while the table holds rows)" if migrated else ""
        yield Fix(f"Add `id` with uuid(7){how}", "D" if migrated else "T", edits)


def _goes_first(model: Model, field: Field, bench: Workbench) -> bool:
    """Whether a rule would have the key stand at the top, where it does not."""
    if field is model.all_fields[0] or not model.block.lines[field.line].endswith("\n"):
        return False
    return is_on("id-field-first", bench.environment.settings)
