"""A table in lower snake_case needs no quotes in SQL, and a plural says that it holds many rows.

The rule asks for `@@map` where the table would be named after the model, and corrects one that is
there. Nouns without a plural (`metadata`, `news`) and those that stand for many by themselves
(`order_history`) are fine as they are. Views, ignored models, the tables of an authentication
library, and MongoDB are left alone.

The fix is text only while the table is new: the migrations do not leave it in the database, or the
setting `database` says `"new"`. A table that exists Prisma Migrate would not rename but drop and
create anew, so the fix is offered with that warning and never made on its own; on PostgreSQL also
with a migration that renames the table and its keys. Where another table has the name
already, or would get the same one, there is no fix.

```prisma
model OrderLine {
//    ^^^^^^^^^ Table `OrderLine` should be `order_lines`: lower snake_case, plural
  id String @id @default(uuid(7)) @db.Uuid
}
```

```prisma fixed
model OrderLine {
  id String @id @default(uuid(7)) @db.Uuid

  @@map("order_lines")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@@map`, the table is new | SQL without quotes | none | none | part of the one that creates the table | none |
| `@@map`, the table exists | SQL without quotes | the table's rows; with a migration in place: none | none | drops the table and creates another | none |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import is_document
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Declaration, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.sql_text import mentions
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.memory import remembered

Number = Literal["plural", "singular", "any"]


@dataclass(frozen=True)
class Options:
    number: Number = "plural"
    """Whether a table's name is `plural` (`orders`), `singular` (`order`), or `any` of the two."""


@rule(level="warning", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored or is_document(model, context):
        return
    table = model.table
    number: Number = context.options.number
    target = wanted(table, number)
    if target == table or kept_by_library(model, context) is not None:
        return
    spaced = _spaced(table, model.name)
    target = wanted(spaced, number)
    place = _place(model)
    if place is None or not names.is_snake(target):
        return
    reasons = [] if names.is_snake(table) and spaced == table else ["lower snake_case"]
    if target != names.snake(spaced):
        reasons.append(number)
    line, node = place
    yield Finding(
        line,
        node.start,
        node.end,
        f"Table `{table}` should be `{target}`: {', '.join(reasons)}",
        lambda bench: fixes(model, target, number, bench),
    )


def wanted(table: str, number: Number) -> str:
    """The name that a table should have instead of ``table``."""
    name = names.snake(table)
    if number == "plural":
        return names.plural(name)
    return names.singular(name) if number == "singular" else name


def _spaced(table: str, model: str) -> str:
    """The words of a table that are written in one (``auditlog``), set apart as the model's are."""
    words = names.snake(model)
    if "_" in table or "_" not in words:
        return table
    return words if table == words.replace("_", "") else table


def _place(model: Model) -> tuple[int, nodes.Node] | None:
    """What names the table: the string in `@@map`, else the model; None while it is half typed."""
    for line, attribute in model.attributes:
        if attribute.name == "map":
            value = attribute.argument("name", 0)
            return (line, value) if isinstance(value, nodes.String) and value.value else None
    return model.block.header, model.name_node


def fixes(model: Model, target: str, number: Number, bench: Workbench) -> Iterable[Fix]:
    table = model.table
    place = _place(model)
    if place is None or _is_taken(model, target, number, bench.schema) or mentions(model, table):
        return
    if model.block.close < 0:
        # Half typed: nobody knows yet where the model ends.
        return
    draft = bench.draft()
    if model.attribute("map") is None:
        title = f'Add @@map("{target}")'
        draft.add_block_attribute(model, f'@@map("{target}")')
    else:
        title = f'Change @@map to "{target}"'
        draft.replace_node(model, *place, f'"{target}"')
    if bench.is_migrated_table(model):
        title += (
            f": Prisma Migrate would drop the table `{table}` with its rows"
            f" and create an empty `{target}`"
        )
        yield Fix(title, "D", draft.edits)
    else:
        yield Fix(title, "T", draft.edits, preferred=True)


def _is_taken(model: Model, target: str, number: Number, schema: Schema) -> bool:
    """Whether another table, view or type has the name, or another table would get it too."""
    return any(
        other.name != model.name and _database_schema(other) in (None, model.database_schema)
        for other in _by_name(schema, number).get(target, ())
    )


def _database_schema(declaration: Declaration) -> str | None:
    return declaration.database_schema if isinstance(declaration, Model) else None


# All fixes of one schema ask the same; one schema at a time is fixed.
@remembered(1)
def _by_name(schema: Schema, number: Number) -> dict[str, list[Declaration]]:
    """Who has a database name, in small letters, or should have it."""
    found: dict[str, list[Declaration]] = {}
    for declaration in schema.all_declarations():
        for name in _names(declaration, number):
            found.setdefault(name, []).append(declaration)
    return found


# A declaration is the same object in one schema after the other, as long as nobody types in it.
_known: WeakKeyDictionary[Declaration, dict[Number, tuple[str, ...]]] = WeakKeyDictionary()


def _names(declaration: Declaration, number: Number) -> tuple[str, ...]:
    known = _known.setdefault(declaration, {})
    if number not in known:
        name = declaration.database_name
        match declaration.kind:
            case "model":
                known[number] = tuple({name.lower(), wanted(_spaced(name, declaration.name), number)})
            case "type":
                known[number] = ()
            case _:
                known[number] = (name.lower(),)
    return known[number]
