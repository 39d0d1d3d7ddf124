"""What a hover says of the things of a schema: declarations, fields and values."""

from __future__ import annotations

from prisma_lsp.ide.markdown import code, codes, escape, fence, items, page
from prisma_lsp.ide.relation_text import blast_page, relation_page
from prisma_lsp.lint.context import Environment
from prisma_lsp.schema import catalogue, sql, versions
from prisma_lsp.schema.declarations import (
    Config,
    Declaration,
    Enum,
    EnumValue,
    Field,
    Index,
    Model,
)
from prisma_lsp.schema.relations import action, join_table
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes

# Fields that use an enum or a composite type, looked for in as many models.
MAX_USERS = 50

KEYWORDS = {
    "model": "A table (on MongoDB a collection) and the type that Prisma Client gives its rows.",
    "view": "A view of the database, to be read like a model. Prisma Migrate does not create it: write its "
    "SQL into a migration.",
    "type": "A composite type: a part of a document, stored inside its owner. Only MongoDB has them.",
    "enum": "A fixed set of values. PostgreSQL and CockroachDB make a type of it, MySQL a column type; "
    "elsewhere only Prisma Client checks it.",
    "datasource": "The database that the schema describes: its kind, and who guards the relations.",
    "generator": "A program that `prisma generate` runs over the schema, such as Prisma Client.",
}  # fmt: skip


# --- declarations ------------------------------------------------------------------------------


def declaration_page(
    declaration: Declaration | None, schema: Schema, environment: Environment, full: bool
) -> str | None:
    """A declaration\'s page, or None; ``full``: with everything that a delete of its rows reaches."""
    match declaration:
        case Model(kind="type"):
            return _composite(declaration, schema, environment)
        case Model():
            return _model(declaration, schema, environment, full)
        case Enum():
            return _enum(declaration, schema, environment)
        case Config():
            return _config(declaration)
    return None


def _model(model: Model, schema: Schema, environment: Environment, full: bool) -> str:
    provider = sql.provider_of(schema)
    noun = "view" if model.kind == "view" else "collection" if provider == "mongodb" else "table"
    name = model.table if provider == "mongodb" else sql.table(model, provider)
    head = f"**{code(model.name)}** · {noun} {code(name)}"
    if model.is_ignored:
        head += " · left out of Prisma Client"
    if (
        noun == "table"
        and environment.migrations.exists
        and not environment.is_migrated(model.table)
    ):
        head += " · not in a migration yet"
    facts = [*_keys(model), *_relations(model, schema)]
    return page(
        head,
        _comment(model.docs, environment),
        items(facts),
        blast_page(model.name, schema, tree=full) if model.kind == "model" else None,
    )


def _keys(model: Model) -> list[str]:
    lines = []
    by_kind: dict[str, list[Index]] = {}
    for index in model.indexes:
        by_kind.setdefault("index" if index.kind == "fulltext" else index.kind, []).append(index)
    for kind, title in (("id", "Primary key"), ("unique", "Unique"), ("index", "Indexes")):
        found = [", ".join(_index_words(index)) for index in by_kind.get(kind, ())]
        if found:
            lines.append(f"{title}: {_groups(found)}")
    return lines


def _groups(texts: list[str]) -> str:
    single = [text if "," not in text else f"({text})" for text in texts]
    return codes(single)


def _index_words(index: Index) -> list[str]:
    return [c.name + (" ↓" if c.sort == "Desc" else "") for c in index.columns]


def _relations(model: Model, schema: Schema) -> list[str]:
    out: list[str] = []
    many: list[str] = []
    lists = 0
    for field in model.all_fields:
        lists += field.is_list
        if lists > MAX_USERS or schema.kind_of(field.type_name) not in ("model", "view"):
            continue
        if field.key:
            out.append(f"{field.name}: {field.type_name}")
        elif field.is_list and (table := join_table(field, schema)):
            many.append(f"{code(field.type_name)} through {code(table)}")
    held = [m for m in schema.referrers(model.name) if m.kind == "model"]
    by = [
        f"{other.name}.{field.name}"
        for other in held[:MAX_USERS]
        for field in other.all_fields
        if field.type_name == model.name and field.key
    ]
    lines = []
    if out:
        lines.append(f"Points to {codes(out, 8)}")
    if len(held) > MAX_USERS:
        lines.append(f"Pointed to by {codes(by[:6])}, … ({len(held):,} models)")
    elif by:
        lines.append(f"Pointed to by {codes(by)}")
    if many:
        lines.append(f"Many-to-many with {', '.join(many[:6])}")
    return lines


def _composite(model: Model, schema: Schema, environment: Environment) -> str:
    return page(
        f"**{code(model.name)}** · composite type, stored inside its owner",
        _comment(model.docs, environment),
        items([f"{code(f.name)} {code(_written_type(f))}" for f in model.all_fields[:12]]),
        _used_by(model.name, schema),
    )


def _enum(enum: Enum, schema: Schema, environment: Environment) -> str:
    provider = sql.provider_of(schema)
    head = f"**{code(enum.name)}** · enum"
    match provider:
        case "postgresql" | "cockroachdb":
            head += f" · type {code(sql.enum_type(enum, provider) or '')}"
        case "mysql":
            head += " · a column type of its own in each table"
        case "sqlite" if is_plain_sqlite(provider, environment):
            head += f" · {too_new(versions.SQLITE_ENUMS_AND_JSON, environment)}"
        case "sqlite" | "mongodb":
            head += " · stored as text, checked by Prisma Client only"
        case "sqlserver":
            head += " · ⚠ SQL Server has no enums: Prisma rejects it"
    values = [
        v.name if v.database_name == v.name else f"{v.name} = {v.database_name}"
        for v in enum.values
    ]
    return page(head, _comment(enum.docs, environment), codes(values, 20), _used_by(enum.name, schema))


def is_plain_sqlite(provider: str, environment: Environment) -> bool:
    """Whether it is SQLite without enums and `Json`, as older versions of Prisma had it."""
    is_new = versions.may_have(environment.prisma_version, versions.SQLITE_ENUMS_AND_JSON)
    return provider == "sqlite" and not is_new


def _used_by(name: str, schema: Schema) -> str | None:
    owners = schema.referrers(name)
    users = [
        f"{model.name}.{field.name}"
        for model in owners[:MAX_USERS]
        for field in model.all_fields
        if field.type_name == name
    ]
    more = f" in {len(owners):,} models" if len(owners) > MAX_USERS else ""
    return f"Used by {codes(users)}{more}" if users else None


def value_page(
    value: EnumValue | None, schema: Schema, environment: Environment | None = None
) -> str | None:
    """How an enum\'s value is stored; or None."""
    if value is None:
        return None
    stored = f" · stored as {code(value.database_name)}"
    return page(
        f"**{code(f'{value.owner.name}.{value.name}')}**{stored}",
        _comment(_docs(value.owner, value.line, value.node.comment), environment),
    )


def _config(config: Config) -> str:
    lines = [
        f"{code(name)}: {code(config.block.line(line)[node.value.start : node.value.end])}"
        for name, (line, node) in config.properties.items()
        if node.value is not None
        and name in ("provider", "relationMode", "output", "previewFeatures")
    ]
    return page(f"**{code(config.name)}** · {config.kind}", KEYWORDS[config.kind], items(lines))


# --- fields and types --------------------------------------------------------------------------


def field_page(
    field: Field | None, schema: Schema, environment: Environment | None = None
) -> str | None:
    """What becomes of a field in the database, and what a relation does to the rows; or None."""
    if field is None:
        return None
    docs = _comment(_docs(field.owner, field.line, field.node.comment), environment)
    match schema.kind_of(field.type_name):
        case "model" | "view":
            return relation_page(field, schema, docs)
        case None if not field.type_name:
            return None
    return _column(field, schema, docs)


def _column(field: Field, schema: Schema, docs: str) -> str:
    provider = sql.provider_of(schema)
    head = f"**{code(f'{field.owner.name}.{field.name}')}** · {code(_written_type(field))}"
    definition = sql.column(field, schema) if field.owner.kind != "type" else None
    type_ = sql.column_type(field, schema)
    if definition is not None:
        shown = fence("sql", definition)
    elif provider == "mongodb":
        kind = f", {code(type_)}" if type_ else ""
        if schema.kind_of(field.type_name) == "type":
            kind = ", a part of the document"
        shown = f"Stored as {code(field.column)}{kind}."
    elif schema.kind_of(field.type_name) is None and type_ is None:
        shown = f"Nothing is called {code(field.type_name)}."
    elif type_ is None:
        title = catalogue.PROVIDER_TITLES[provider]
        shown = f"⚠ {title} has no column for {code(field.type_name)}: Prisma rejects it."
    else:
        shown = ""
    return page(head, docs, shown, items([*_fills(field), *_roles(field, schema)]))


def _fills(field: Field) -> list[str]:
    """Who gives the field a value where the database does not."""
    lines = []
    function = field.default_function
    known = catalogue.FUNCTIONS.get(function.name) if function is not None else None
    if function is not None and known is not None and known.produced_by == "client":
        text = field.owner.block.line(field.line)[function.start : function.end]
        lines.append(f"Prisma Client fills it in with {code(text)}; the column has no default")
    if field.attribute("updatedAt") is not None:
        lines.append(
            "Prisma Client sets it to the current time at every write; the database does not"
        )
    if field.is_ignored:
        lines.append("Left out of Prisma Client by `@ignore`")
    return lines


def _roles(field: Field, schema: Schema) -> list[str]:
    """The keys, indexes and relations that the field is part of."""
    model = field.owner
    lines = []
    for index in model.indexes:
        if field.name not in index.names:
            continue
        words = code(f"({', '.join(_index_words(index))})")
        alone = len(index.columns) == 1
        match index.kind:
            case "id":
                lines.append("Primary key" if alone else f"Part of the primary key {words}")
            case "unique":
                lines.append("Unique" if alone else f"Unique together: {words}")
            case _:
                lines.append("Indexed" if alone else f"Indexed in {words}")
    for other in model.all_fields:
        if other.key and field.name in other.key:
            references = other.references or ()
            place = other.key.index(field.name)
            name = (
                f"{other.type_name}.{references[place]}"
                if place < len(references)
                else other.type_name
            )
            ends = action(other, "onDelete", schema).name
            lines.append(
                f"Foreign key to {code(name)} for {code(other.name)}, on delete {code(ends)}"
            )
    return lines


def _written_type(field: Field) -> str:
    type_ = field.node.type
    if type_ is None:
        return "?"
    return field.owner.block.line(field.line)[type_.start : type_.end]


def _comment(text: str, environment: Environment | None) -> str:
    """What the schema itself says of a thing; "" where Prisma's own hover shows it already."""
    return "" if environment is not None and environment.settings.steps_back else escape(text)


def _docs(owner: Declaration, line: int, trailing: str) -> str:
    """The ``///`` lines right above a line, and the one at its end."""
    above = {
        number: node.text.strip()
        for number, node in owner.block.entries
        if isinstance(node, nodes.CommentLine) and node.doc and number < line
    }
    found: list[str] = []
    while (line := line - 1) in above:
        found.insert(0, above[line])
    if trailing.startswith("///"):
        found.append(trailing[3:].strip())
    return "\n".join(found)


def too_new(release: versions.Release, environment: Environment) -> str:
    """A warning that something came with a later release than the one that is installed."""
    return f"⚠ Only since Prisma {release[0]}.{release[1]}; here it is {environment.prisma_version}."
