'''Two names that differ only in capitals are one and the same to the client, to a file system, or to the database.

The client calls `User` and `user` both `prisma.user`, so one of them cannot be reached. SQLite,
MySQL and SQL Server take the columns `email` and `Email` for the same one and refuse the table.
Where the two only read alike (`USER` beside `User`), that is a warning.

```prisma
model User {
  id    String @id @default(uuid(7)) @db.Uuid
  email String @unique @db.VarChar(255)
}

model user {
//    ^^^^ `user` and `User` are both `prisma.user` in the client: one of them cannot be reached
  id String @id @default(uuid(7)) @db.Uuid
}
```

Which of the two should have another name, only you know; *rename* keeps the table with `@@map`.
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.columns import provider_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Declaration, Model

# Columns whose names differ in case only are one to these.
_FOLDING = ("mysql", "sqlite", "sqlserver")
_TABLES = ("model", "view")


@rule(level="error", preset="essential")
def check(declaration: Declaration, context: Context) -> Iterator[Finding]:
    if declaration.kind in ("datasource", "generator"):
        return
    name = declaration.name
    others_of_name = context.lookalikes(name)
    if others_of_name:
        is_table = declaration.kind in _TABLES
        others = sorted(
            {n for n, kind in others_of_name if n != name and (kind in _TABLES if is_table else kind == declaration.kind)}
        )
        if others and min(name, *others) != name:
            other = next((one for one in others if one[1:] == name[1:]), others[0])
            same = is_table and other[1:] == name[1:]
            property_ = name[:1].lower() + name[1:]
            yield Finding(
                declaration.block.header,
                declaration.name_node.start,
                declaration.name_node.end,
                f"`{name}` and `{other}` are both `prisma.{property_}` in the client: one of them cannot be reached"
                if same
                else f"`{name}` and `{other}` differ only in capitals",
                at_most=None if same else "warning",
            )
    if isinstance(declaration, Model):
        yield from _fields(declaration, context)


def _fields(model: Model, context: Context) -> Iterator[Finding]:
    fields = model.fields
    if len(set(map(str.lower, fields))) == len(fields):
        return
    seen: dict[str, str] = {}
    for field in fields.values():
        other = seen.setdefault(field.name.lower(), field.name)
        if other == field.name or model.kind == "type" or not (field.type_name and fields[other].type_name):
            continue
        columns = {field.column.lower(), fields[other].column.lower()}
        kinds = {context.kind_of(field.type_name), context.kind_of(fields[other].type_name)}
        clash = len(columns) == 1 and kinds <= {"scalar", "enum"} and provider_of(context) in _FOLDING
        yield Finding(
            field.line,
            field.node.name.start,
            field.node.name.end,
            f"`{field.name}` and `{other}` are one column to the database"
            if clash
            else f"`{field.name}` and `{other}` differ only in capitals",
            at_most=None if clash else "warning",
        )
