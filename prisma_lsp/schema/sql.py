"""The SQL that stands behind a schema, as Prisma Migrate writes it: names, columns, keys, indexes.

Only what a reader wants to see: one statement at a time, broken over lines where it is long.  A
function returns None where there is no such SQL: on MongoDB, for a foreign key that
``relationMode = "prisma"`` leaves out, or where the schema does not say enough yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Enum, Field, Index, Model
from prisma_lsp.schema.relations import action, join_table
from prisma_lsp.schema.schema import Questions
from prisma_lsp.syntax import nodes

# How long a name may be, in bytes.
NAME_LIMITS = {"postgresql": 63, "cockroachdb": 63, "mysql": 64, "sqlserver": 128}
# How long a line of a statement may get before it is broken.
LINE_WIDTH = 76
_SUFFIXES = {"id": "_pkey", "unique": "_key", "index": "_idx", "fulltext": "_idx"}


def provider_of(facts: Questions) -> str:
    """The provider, PostgreSQL where the schema does not name one."""
    return facts.provider() or "postgresql"


def quote(name: str, provider: str) -> str:
    match provider:
        case "mysql":
            return "`" + name.replace("`", "``") + "`"
        case "sqlserver":
            return "[" + name.replace("]", "]]") + "]"
    return '"' + name.replace('"', '""') + '"'


def table(model: Model, provider: str) -> str:
    """A table's name, quoted, with its schema where Prisma Migrate writes one."""
    schema = model.database_schema or ("dbo" if provider == "sqlserver" else None)
    name = quote(model.table, provider)
    return f"{quote(schema, provider)}.{name}" if schema is not None else name


def constraint_name(table: str, columns: Iterable[str], suffix: str, provider: str) -> str:
    """The name that Prisma Migrate gives to a constraint or index, cut to what the provider takes."""
    name = "_".join([table, *columns])
    limit = NAME_LIMITS.get(provider)
    if limit is not None and len(name.encode("utf-8", "surrogatepass")) + len(suffix) > limit:
        name = name.encode("utf-8", "surrogatepass")[: limit - len(suffix)].decode("utf-8", "ignore")
    return name + suffix


def index_name(index: Index, model: Model, provider: str) -> str:
    """The name of a key or index in the database."""
    if index.database_name is not None:
        return index.database_name
    older = index.attribute.argument("name")
    if index.kind == "index" and isinstance(older, nodes.String):
        return older.value  # `name` was the older spelling of `map` here, and nowhere else.
    columns = [] if index.kind == "id" else _columns(model, index.names)
    return constraint_name(model.table, columns, _SUFFIXES[index.kind], provider)


def foreign_key_name(field: Field, provider: str) -> str:
    """The name of the constraint of a relation; ``field`` is the side that holds the key."""
    relation = field.relation
    written = relation.argument("map") if relation is not None else None
    if isinstance(written, nodes.String):
        return written.value
    columns = _columns(field.owner, field.key or ())
    return constraint_name(field.owner.table, columns, "_fkey", provider)


def foreign_key(field: Field, facts: Questions) -> str | None:
    """The constraint of a relation; ``field`` is the side that holds the key."""
    provider = provider_of(facts)
    parent = facts.model(field.type_name)
    if not _has_foreign_keys(facts) or parent is None or not field.key or not field.references:
        return None
    if (
        not set(field.key) <= field.owner.fields.keys()
        or not set(field.references) <= parent.fields.keys()
    ):
        return None
    actions = [action(field, event, facts).name for event in ("onDelete", "onUpdate")]
    supported = catalogue.supported_actions(provider, facts.relation_mode())
    if any(name not in supported for name in actions):
        return None
    return _constraint(
        field.owner, table(field.owner, provider), foreign_key_name(field, provider),
        _columns(field.owner, field.key), parent, _columns(parent, field.references),
        actions, provider,
    )  # fmt: skip


def join_table_keys(field: Field, facts: Questions) -> str | None:
    """The two constraints of the hidden table of an implicit many-to-many relation."""
    provider = provider_of(facts)
    name = join_table(field, facts)
    if name is None or not _has_foreign_keys(facts):
        return None
    statements = []
    sides = sorted({field.owner.name, field.type_name})
    for letter, side in zip("AB", sides * (3 - len(sides)), strict=False):
        parent = facts.model(side)
        if parent is None or parent.id is None:
            return None
        # The hidden table lives beside the model whose name comes first.
        beside = facts.model(sides[0])
        schema = beside.database_schema if beside is not None else None
        schema = schema or ("dbo" if provider == "sqlserver" else None)
        quoted = quote(name, provider)
        quoted = f"{quote(schema, provider)}.{quoted}" if schema is not None else quoted
        key = constraint_name(name, [letter], "_fkey", provider)
        columns = _columns(parent, parent.id.names)
        actions = ["Cascade", "Cascade"]
        statements.append(
            _constraint(None, quoted, key, [letter], parent, columns, actions, provider)
        )
    return "\n".join(statements)


def _has_foreign_keys(facts: Questions) -> bool:
    return provider_of(facts) != "mongodb" and facts.relation_mode() == "foreignKeys"


def _constraint(
    child: Model | None,
    child_table: str,
    name: str,
    columns: list[str],
    parent: Model,
    parent_columns: list[str],
    actions: list[str],
    provider: str,
) -> str:
    def listed(names: list[str]) -> str:
        return ", ".join(quote(n, provider) for n in names)

    key = f"FOREIGN KEY ({listed(columns)})"
    references = f"REFERENCES {table(parent, provider)} ({listed(parent_columns)})"
    short = len(key) + len(references) <= LINE_WIDTH
    lines = [
        *([f"{key} {references}"] if short else [key, references]),
        " ".join(
            f"ON {event} {catalogue.ACTIONS[name].sql}"
            for event, name in zip(("DELETE", "UPDATE"), actions, strict=True)
        ),
    ]
    if provider == "sqlite":
        # SQLite cannot add a constraint later: it is part of CREATE TABLE.
        return f"CONSTRAINT {quote(name, provider)}\n  " + "\n  ".join(lines)
    head = f"ALTER TABLE {child_table}\n  ADD CONSTRAINT {quote(name, provider)}\n  "
    return head + "\n  ".join(lines) + ";"


def _columns(model: Model, names: Iterable[str]) -> list[str]:
    """The columns of fields, by the fields' own names where there is no such field."""
    return [model.fields[n].column if n in model.fields else n for n in names]


# --- indexes -----------------------------------------------------------------------------------


def index(index: Index, model: Model, facts: Questions) -> str | None:
    """The statement that makes an index or key."""
    provider = provider_of(facts)
    if provider == "mongodb" or not index.columns:
        return None
    name = quote(index_name(index, model, provider), provider)
    columns = ", ".join(_index_column(column.name, index, n, model, provider)
                        for n, column in enumerate(index.columns))  # fmt: skip
    if index.kind == "id":
        if provider == "mysql":
            return f"PRIMARY KEY ({columns})"
        return f"CONSTRAINT {name} PRIMARY KEY ({columns})"
    kind = {"unique": "UNIQUE INDEX", "fulltext": "FULLTEXT INDEX"}.get(index.kind, "INDEX")
    using = ""
    if index.type not in (None, "BTree") and provider in ("postgresql", "cockroachdb"):
        using = f" USING {str(index.type).upper()}"
    where = ""
    if isinstance(index.where, nodes.Call) and index.where.arguments:
        condition = index.where.arguments[0].value
        where = f"\n  WHERE {condition.value}" if isinstance(condition, nodes.String) else ""
    head, on = f"CREATE {kind} {name}", f"ON {table(model, provider)}{using} ({columns})"
    gap = " " if len(head) + len(on) < LINE_WIDTH else "\n  "
    return f"{head}{gap}{on}{where};"


def _index_column(name: str, index: Index, number: int, model: Model, provider: str) -> str:
    column = index.columns[number]
    text = quote(_columns(model, [name])[0], provider)
    if column.length is not None and provider == "mysql":
        text += f"({column.length})"
    if column.ops is not None:
        raw = re.fullmatch(r"raw\((.*)\)", column.ops)
        text += " " + (raw[1] if raw else re.sub(r"(?<!^)(?=[A-Z])", "_", column.ops).lower())
    if column.sort == "Desc":
        text += " DESC"
    return text


# --- columns -----------------------------------------------------------------------------------


def column_type(field: Field, facts: Questions) -> str | None:
    """The type of a field's column, without NOT NULL; None for a relation or an unknown type."""
    provider = provider_of(facts)
    base = base_type(field, provider, facts)
    if base is None:
        return None
    function = field.default_function
    if function is not None and function.name == "autoincrement" and provider == "postgresql":
        base = catalogue.SERIAL_TYPES.get(base, base)
    return base + "[]" if field.is_list else base


def column(field: Field, facts: Questions) -> str | None:
    """A column's definition: name, type, NOT NULL, default."""
    provider = provider_of(facts)
    type_ = column_type(field, facts)
    if type_ is None or provider == "mongodb":
        return None
    words = [quote(field.column, provider), type_]
    if not field.is_optional and not field.is_list:
        words.append("NOT NULL")
    words += _default(field, provider, facts)
    return " ".join(words)


def enum_type(enum: Enum, provider: str) -> str | None:
    """The type of a column that holds a value of ``enum``."""
    match provider:
        case "postgresql" | "cockroachdb":
            name = quote(enum.database_name, provider)
            schema = enum.database_schema
            return name if schema is None else f"{quote(schema, provider)}.{name}"
        case "mysql":
            return f"ENUM({', '.join(_literal(v.database_name) for v in enum.values)})"
        case "sqlite":
            return "TEXT"
        case "mongodb":
            return "string"
    return None


def base_type(field: Field, provider: str, facts: Questions) -> str | None:
    """The type of a field's value: a serial is its integer, and a list what is in it."""
    type_ = field.node.type
    if type_ is None:
        return None
    if type_.unsupported is not None:
        return type_.unsupported
    native = field.native_type
    if native is not None:
        prefix, _, name = native.name.partition(".")
        arguments = [_text(a.value) for a in native.arguments or ()]
        found = catalogue.native_sql(provider, name, arguments, field.type_name)
        if found and prefix == facts.datasource_name():
            return found
    scalar = catalogue.SCALARS.get(field.type_name)
    if scalar is not None:
        return scalar.columns.get(provider)
    enum = facts.enum(field.type_name)
    return enum_type(enum, provider) if enum is not None else None


def _text(value: nodes.Expression | None) -> str:
    match value:
        case nodes.Number(text=text):
            return text
        case nodes.Reference(name=name):
            return name
        case nodes.String():
            return value.value
    return ""


def default_value(field: Field, provider: str, facts: Questions) -> str | None:
    """The expression of a column's default; None where only Prisma Client fills the column."""
    value = field.default
    if isinstance(value, nodes.Call):
        return _generated(field, value, provider)
    return _constant(field, value, provider, facts)


def _default(field: Field, provider: str, facts: Questions) -> list[str]:
    """The words of a column's default or identity, as far as the database has one."""
    words = _identity(field, provider)
    if words:
        return words
    text = default_value(field, provider, facts)
    if text is None:
        return []
    if provider == "sqlserver":
        attribute = field.attribute("default")
        written = attribute.argument("map") if attribute is not None else None
        name = constraint_name(field.owner.table, [field.column], "_df", provider)
        name = written.value if isinstance(written, nodes.String) else name
        return [f"CONSTRAINT {quote(name, provider)}", "DEFAULT", text]
    return ["DEFAULT", text]


def _identity(field: Field, provider: str) -> list[str]:
    """How the database counts, and SQLite's primary key, which is part of its column."""
    function = field.default_function
    name = function.name if function is not None else ""
    if provider == "sqlite":
        key = field.owner.id
        if key is None or key.names != (field.name,):
            return []
        # SQLite counts for every primary key that is an INTEGER.
        return ["PRIMARY KEY AUTOINCREMENT" if field.type_name == "Int" else "PRIMARY KEY"]
    if name == "autoincrement":
        words = {
            "mysql": "AUTO_INCREMENT",
            "sqlserver": "IDENTITY(1,1)",
            "cockroachdb": "DEFAULT unique_rowid()",
        }
        return [words[provider]] if provider in words else []
    return ["GENERATED BY DEFAULT AS IDENTITY"] if name == "sequence" else []


def _generated(field: Field, value: nodes.Call, provider: str) -> str | None:
    """The default that a function makes in the database."""
    match value.name:
        case "now" if provider == "mysql":
            native = field.native_type
            digits = _text(native.arguments[0].value) if native and native.arguments else ""
            digits = digits if native is not None else "3"
            return f"CURRENT_TIMESTAMP({digits})" if digits else "CURRENT_TIMESTAMP"
        case "now":
            return "CURRENT_TIMESTAMP"
        case "dbgenerated":
            inner = value.arguments[0].value if value.arguments else None
            if isinstance(inner, nodes.String) and inner.value:
                return f"({inner.value})" if provider == "mysql" else inner.value
    return None


def _constant(
    field: Field, value: nodes.Expression | None, provider: str, facts: Questions
) -> str | None:
    match value:
        case nodes.Number(text=text):
            return text
        case nodes.String():
            text = value.value
            if field.type_name == "DateTime":
                text = _moment(text)
            if provider == "mysql":
                text = text.replace("\\", "\\\\")
            return _literal(text) if field.type_name != "Bytes" else None
        case nodes.Reference(name="true" | "false" as word):
            return str(int(word == "true")) if provider == "sqlserver" else word
        case nodes.Reference(name=name):
            enum = facts.enum(field.type_name)
            found = next((v for v in enum.values if v.name == name), None) if enum else None
            return _literal(found.database_name) if found is not None else None
        case nodes.Array(items=items) if provider in ("postgresql", "cockroachdb"):
            parts = [_constant(field, item, provider, facts) for item in items]
            if any(part is None for part in parts):
                return None
            inner = ", ".join(str(part) for part in parts)
            return f"ARRAY[{inner}]::{column_type(field, facts)}"
    return None


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%S +00:00")
    except ValueError:
        return text


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
