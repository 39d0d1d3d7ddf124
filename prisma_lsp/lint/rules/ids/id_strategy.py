'''Ids of one kind, `uuid(7)`, can be made anywhere, fit one column type everywhere, and sort by time.

Random uuids scatter new rows over the whole index; `cuid()`, `ulid()` and `nanoid()` are text that
no uuid column can hold; `autoincrement()` can be guessed, tells how many rows there are, and clashes
when data of two databases meet. The rule looks at ids of one field that are generated. Natural keys,
composite keys, keys that are foreign keys too, MongoDB, and tables of Better Auth and Auth.js are
left alone, and so is `dbgenerated()` unless it makes a random uuid.

```prisma
model Order {
  id String @id @default(uuid()) @db.Uuid
//                       ^^^^^^ `Order.id` comes from `uuid()`, not `uuid(7)`: random ids scatter new rows over the index
}
```

```prisma fixed
model Order {
  id String @id @default(uuid(7)) @db.Uuid
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `uuid()` to `uuid(7)` | new rows sit together at the end of the index, ids sort by time | the id shows when the row was made | inserts touch fewer pages | none: Prisma Client makes the ids | none |
| `cuid()`, `ulid()`, `nanoid()` to `uuid(7)` on a new table | one kind of id, in a uuid column with its foreign keys | none | 16 bytes instead of 25 or more, in every index and foreign key | none | none |
| the same on a table that exists | new ids sort by time, ready for a uuid column once the old rows are converted | old and new ids differ in form; code that checks their form must accept both, so *fix all* leaves it alone | inserts touch fewer pages; as wide as before | none | until the old rows are converted, two forms |
| `dbgenerated("gen_random_uuid()")` to `uuid(7)` | as above | rows inserted by other programs must bring an id | inserts touch fewer pages | drops the column's default | none |
| `dbgenerated("gen_random_uuid()")` to `dbgenerated("uuidv7()")` | the database keeps making the ids | needs PostgreSQL 18 | inserts touch fewer pages | changes the column's default | none |

`uuid(7)` needs Prisma 5.18. There is no automatic fix for `autoincrement()`: the column and every
foreign key that points at it change their type, and Prisma Migrate would drop and re-create them.
Add a uuid column beside the number, fill it, move the foreign keys over, then change the key.
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.lint.keys import UUID_TYPES, copies, generator, store_as_uuid
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, is_on, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes

_TEXT = "it is text that fits no uuid column"
_RANDOM = "random ids scatter new rows over the index"
_REASONS = {
    "uuid": _RANDOM,
    "dbgenerated": _RANDOM,
    "cuid": _TEXT,
    "ulid": _TEXT,
    "nanoid": _TEXT,
    "autoincrement": "numbers can be guessed and clash when data of two databases meet",
}


@rule(level="warning")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.id is None or len(model.id.columns) != 1:
        return
    field = model.fields.get(model.id.columns[0].name)
    if field is None or field.is_ignored or model.is_ignored:
        return
    reason = _REASONS.get(generator(field) or "")
    if reason is None or is_document(model, context) or kept_by_library(model, context):
        return
    if field.name in model.key_fields:
        return
    call = field.default_function
    assert call is not None
    text = model.block.line(field.line)[call.start : call.end]
    yield Finding(
        field.line,
        call.start,
        call.end,
        f"`{model.name}.{field.name}` comes from `{text}`, not `uuid(7)`: {reason}",
        lambda bench: fixes(field, call, bench),
    )


def fixes(field: Field, call: nodes.Call, bench: Workbench) -> Iterable[Fix]:
    made_by = generator(field)
    if field.type_name != "String" or made_by is None:
        return
    if any(not _holds_uuid(column) for column in [field, *copies(bench.schema, field)]):
        return
    draft = bench.draft().replace_node(field.owner, field.line, call, "uuid(7)")
    migrated = bench.is_migrated_column(field)
    if made_by == "uuid":
        title = "Generate with uuid(7): new ids sort by time (Prisma 5.18 or later)"
        yield Fix(title, "T", draft.edits, preferred=True)
    elif made_by == "dbgenerated":
        title = "Let Prisma Client generate uuid(7): rows inserted by other programs must bring an id"
        title += " (drops the column's default)" if migrated else ""
        yield Fix(title, "R" if migrated else "T", draft.edits, preferred=True)
        if bench.schema.provider() == "postgresql":
            ours = 'dbgenerated("uuidv7()")'
            edits = bench.draft().replace_node(field.owner, field.line, call, ours).edits
            title = "Let the database generate uuidv7(): needs PostgreSQL 18"
            title += " (changes the column's default)" if migrated else ""
            yield Fix(title, "R" if migrated else "T", edits)
    else:
        yield from _from_text(field, draft, bench)


def _from_text(field: Field, draft: Draft, bench: Workbench) -> Iterator[Fix]:
    """From ids that are no uuids: the column of a new table becomes one for uuids with it."""
    title = "Generate with uuid(7)"
    rest = "(Prisma 5.18 or later)"
    columns = [field, *copies(bench.schema, field)]
    # Where the column takes uuids alone, nothing else was ever in it.
    if field.native in ("Uuid", "UniqueIdentifier"):
        yield Fix(f"{title} {rest}", "T", draft.edits, preferred=True)
        return
    if any(bench.is_migrated_column(column) for column in columns):
        title += ": no migration, but old and new ids differ in form"
        if bench.schema.provider() in UUID_TYPES and is_on("uuid-native-type", bench.environment.settings):
            # A column of uuids alone cannot hold the old ids, so that rule's advice would be wrong.
            draft.add_line(field.owner, field.line, "// prisma-lsp-ignore uuid-native-type: older ids are no uuids")
        yield Fix(f"{title} {rest}", "T", draft.edits, preferred=True, by_choice=True)
        return
    if bench.schema.provider() in UUID_TYPES:
        title += " in a uuid column, its foreign keys too" if len(columns) > 1 else " in a uuid column"
        for fix in store_as_uuid(field, bench):
            for path, edits in fix.edits.items():
                draft.edits.setdefault(path, []).extend(edits)
    yield Fix(f"{title} {rest}", "T", draft.edits, preferred=True)


def _holds_uuid(column: Field) -> bool:
    """Whether a column is wide enough for the 36 characters of a uuid."""
    native = column.native_type
    if native is None or not native.arguments:
        return native is None or column.native != "Char"
    length = native.arguments[0].value
    return not isinstance(length, nodes.Number) or not length.text.isdigit() or int(length.text) >= 36
