'''A status kept as text takes any typing mistake; an enum lets the database and the compiler refuse it.

Spoken of are texts called `status`, `role`, `type`, `kind`, `state`, `level`, `priority` … that have one word as
their default, or whose comment lists the values. SQLite is left alone (it had no enums for long),
and so are the tables of an authentication library.

```prisma
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  status String @default("pending") // pending, paid, shipped
//       ^^^^^^ `status` takes any text: an enum takes only its values

  @@map("orders")
}
```

```prisma fixed
model Order {
  id     String @id @default(uuid(7)) @db.Uuid
  status OrderStatus @default(PENDING) // pending, paid, shipped

  @@map("orders")
}

enum OrderStatus {
  PENDING
  PAID
  SHIPPED
}
```

Prisma Migrate would drop the column and add an empty one. On PostgreSQL the fix comes with a migration
that makes the type and casts the column, each word to its label; it stops at a text that is none of them.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| an enum | no wrong value, typed in the client | a new value is a migration | smaller rows and indexes | drops and adds the column; with a migration in place: casts it | values are listed in the schema |
| a check constraint, by hand | no wrong value | Prisma does not know it | none | adds a constraint | values are listed in SQL |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.columns import (
    WORD,
    columns,
    is_key,
    is_ours,
    listed,
    provider_of,
    set_native,
    set_type,
    words_of,
)
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, find_rule, is_on, options_in, rule
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes

_KINDS = frozenset({
    "status", "role", "type", "kind", "state", "level", "priority", "severity", "visibility",
    "gender", "mode", "phase", "stage", "tier", "frequency",
})  # fmt: skip
# Where an enum is a type of its own.
_TYPED = ("postgresql", "cockroachdb")


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "String"):
        if field.arity == "[]":
            continue
        words = words_of(field.name)
        if not words or words[-1] not in _KINDS:
            continue
        default = field.default
        word = default.value if isinstance(default, nodes.String) else None
        if word is not None and WORD.fullmatch(word) is None:
            continue
        if word is None and len(listed(field)) < 2:
            continue
        if provider_of(context) in ("sqlite", "sqlserver", None) or is_key(field) or not is_ours(field, context):
            continue
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` takes any text: an enum takes only its values",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    model = field.owner
    default = field.default
    values = listed(field)
    word = default.value if isinstance(default, nodes.String) else None
    if model.block.close < 0 or len(values) < 2 or (word is not None and word not in values):
        return
    labels = [names.upper_snake(value.replace("-", "_")) for value in values]
    name = names.pascal(model.name) + names.pascal(field.name)
    if len(set(labels)) != len(labels) or bench.schema.kind_of(name) is not None:
        return
    draft = bench.draft()
    set_type(draft, field, name)
    set_native(draft, field, "", bench.schema.datasource_name())
    if default is not None and word is not None:
        draft.replace_node(model, field.line, default, labels[values.index(word)])
    lines = "".join(f"  {label}\n" for label in dict.fromkeys(labels))
    close = model.block.close
    end = len(model.block.lines[close].rstrip("\r\n"))
    lines += _attributes(name, model, bench)
    draft.insert(model, close, end, f"\n\n{_documentation(field, bench)}enum {name} {{\n{lines}}}")
    title = f"Make it the enum `{name}`"
    if bench.is_migrated_column(field) and bench.schema.provider() != "mongodb":
        title += " (Prisma Migrate drops the column with its data, unless you edit it to a cast)"
        texts = dict(zip(values, labels, strict=True))
        yield Fix(title, "D", draft.edits, preferred=True, labels=texts)
    else:
        yield Fix(title, "T", draft.edits, True, by_choice=True)


def _documentation(field: Field, bench: Workbench) -> str:
    """The line above the new enum, where a rule asks for one."""
    rule = find_rule("require-docs")
    settings = bench.environment.settings
    if rule is None or not is_on(rule.name, settings) or "enums" not in options_in(rule, settings).of:
        return ""
    return f"/// What `{field.owner.name}.{field.name}` may be.\n"


def _attributes(name: str, model: Model, bench: Workbench) -> str:
    """The new type's name in the database, where a rule asks for small letters, and its schema there."""
    lines = ""
    if is_on("enum-db-name-case", bench.environment.settings) and provider_of(bench.schema) in _TYPED:
        lines += f'  @@map("{names.snake(name)}")\n'
    if model.database_schema is not None:
        lines += f'  @@schema("{model.database_schema}")\n'
    return f"\n{lines}" if lines else ""
