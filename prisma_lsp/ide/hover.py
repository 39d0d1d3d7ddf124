"""What a hover says: on a relation what will happen to these rows, elsewhere what a word means.

`hover` is the only door.  Each function below turns one kind of thing into a few short paragraphs
of Markdown; it asks the schema and `prisma_lsp.schema.sql`, and knows nothing of editors.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.ide import markdown
from prisma_lsp.ide.cursor import Cursor, locate, target
from prisma_lsp.ide.markdown import code, codes, escape, fence, items, page
from prisma_lsp.ide.relation_text import action_page, blast_page, relation_page
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


class Hover(NamedTuple):
    """Markdown about the columns ``start`` to ``end`` of ``line``."""

    line: int
    start: int
    end: int
    markdown: str

    def plain(self) -> str:
        """The same as plain text."""
        return markdown.plain(self.markdown)


def hover(
    schema: Schema, path: str, line: int, column: int, environment: Environment
) -> Hover | None:
    """What to say about the thing at a position; None where there is nothing to say."""
    cursor = locate(schema, path, line, column)
    text = _text(cursor, schema, environment) if cursor is not None else None
    if cursor is None or not text:
        return None
    return Hover(line, cursor.start, cursor.end, text)


def _text(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    match cursor.role:
        case "keyword":
            return KEYWORDS.get(cursor.word)
        case "declaration":
            return _declaration(cursor.declaration, schema, environment, True)
        case "type":
            return _type(cursor, schema, environment)
        case "field":
            return _field(cursor.field, schema, environment)
        case "enum value":
            return _enum_value(cursor.enum_value, schema, environment)
        case "property":
            return _property(cursor, environment)
        case "attribute":
            return _attribute(cursor, schema, environment)
        case "argument":
            return _argument(cursor, schema, environment)
        case "reference":
            return _reference(cursor, schema, environment)
        case "function":
            return _function(cursor, schema, environment)
        case "string" | "number":
            return _literal(cursor, schema, environment)
    return None


# --- declarations ------------------------------------------------------------------------------


def _declaration(
    declaration: Declaration | None, schema: Schema, environment: Environment, full: bool
) -> str | None:
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
        case "sqlite" if _is_plain_sqlite(provider, environment):
            head += f" · {_too_new(versions.SQLITE_ENUMS_AND_JSON, environment)}"
        case "sqlite" | "mongodb":
            head += " · stored as text, checked by Prisma Client only"
        case "sqlserver":
            head += " · ⚠ SQL Server has no enums: Prisma rejects it"
    values = [
        v.name if v.database_name == v.name else f"{v.name} = {v.database_name}"
        for v in enum.values
    ]
    return page(head, _comment(enum.docs, environment), codes(values, 20), _used_by(enum.name, schema))


def _is_plain_sqlite(provider: str, environment: Environment) -> bool:
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


def _enum_value(
    value: EnumValue | None, schema: Schema, environment: Environment | None = None
) -> str | None:
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


def _field(
    field: Field | None, schema: Schema, environment: Environment | None = None
) -> str | None:
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


def _type(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    scalar = catalogue.SCALARS.get(cursor.word)
    if scalar is not None:
        provider = sql.provider_of(schema)
        if cursor.word == "Json" and _is_plain_sqlite(provider, environment):
            late = _too_new(versions.SQLITE_ENUMS_AND_JSON, environment)
            return page(f"**{code(scalar.name)}**", scalar.doc, late)
        found = scalar.columns.get(provider)
        title = catalogue.PROVIDER_TITLES[provider]
        head = f"**{code(scalar.name)}** · {code(found)} on {title}" if found else (
            f"**{code(scalar.name)}** · ⚠ not available on {title}")  # fmt: skip
        return page(head, scalar.doc)
    if cursor.word == "Unsupported":
        return catalogue.UNSUPPORTED_DOC
    found_target = target(schema, cursor)
    if isinstance(found_target, Declaration):
        return _declaration(found_target, schema, environment, False)
    return None


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


# --- attributes, arguments, values -------------------------------------------------------------


def _attribute(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    if cursor.is_native:
        return _native(cursor, schema)
    known = catalogue.ATTRIBUTES.get(cursor.at + cursor.attribute)
    if known is None:
        return None
    provider = sql.provider_of(schema)
    missing = None
    if known.providers is not None and provider not in known.providers:
        missing = f"⚠ Not available on {catalogue.PROVIDER_TITLES[provider]}."
    name = known.name
    signature = ", ".join(
        a.name if a.required else f"{a.name}?"
        for a in known.arguments
        if (a.providers is None or provider in a.providers)
        and versions.has_argument(name, a.name, environment.prisma_version)
    )
    head = f"**{code(f'{name}({signature})' if signature else name)}**"
    return page(head, known.doc, missing or _stands_for(cursor, schema))


def _stands_for(cursor: Cursor, schema: Schema) -> str | None:
    """The SQL that this very attribute stands for."""
    model = cursor.model
    node = cursor.attribute_node
    if model is None or node is None or model.kind != "model":
        return None
    text = None
    match cursor.attribute:
        case "id" | "unique" | "index" | "fulltext":
            for index in model.indexes:
                if index.attribute is node and index.line == cursor.index:
                    text = sql.index(index, model, schema)
        case "relation":
            field = cursor.field
            if field is not None and field.key:
                text = sql.foreign_key(field, schema)
            elif field is not None and field.is_list:
                text = sql.join_table_keys(field, schema)
        case "default" | "map" if cursor.at == "@" and cursor.field is not None and node.arguments:
            text = sql.column(cursor.field, schema)
    return fence("sql", text) if text else None


def _native(cursor: Cursor, schema: Schema) -> str | None:
    provider = sql.provider_of(schema)
    name = cursor.attribute.partition(".")[2]
    found = catalogue.NATIVE_TYPES.get(provider, {}).get(name)
    if found is None:
        if provider == "sqlite":
            return page("⚠ SQLite has no native types.", catalogue.NATIVE_TYPE_DOC)
        return catalogue.NATIVE_TYPE_DOC
    column = sql.column_type(cursor.field, schema) if cursor.field is not None else None
    shown = column or catalogue.native_sql(provider, name)
    written = f"@{cursor.attribute}{found.args}"
    return page(
        f"**{code(written)}** · {code(shown)} on {catalogue.PROVIDER_TITLES[provider]}", found.doc
    )


def _argument(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    field = cursor.field
    if (
        cursor.attribute == "relation"
        and cursor.word in ("onDelete", "onUpdate")
        and field is not None
    ):
        return action_page(field, cursor.word, None, schema)
    named = target(schema, cursor)
    if isinstance(named, Field):
        return _field(named, schema)
    return _slot(cursor, environment)


def _slot(cursor: Cursor, environment: Environment) -> str | None:
    slot = cursor.slot
    if slot is None:
        return None
    only = ""
    if slot.providers == catalogue.SQL_PROVIDERS:
        only = " Not on MongoDB."
    elif slot.providers is not None:
        only = f" Only on {', '.join(catalogue.PROVIDER_TITLES[p] for p in slot.providers)}."
    kind = "" if slot.kind == slot.name else f" · {slot.kind}"
    owner, late = cursor.levels[-1].owner if cursor.levels else "", None
    if not versions.has_argument(owner, slot.name, environment.prisma_version):
        is_where = slot.name == "where"
        came = versions.PARTIAL_INDEXES if is_where else versions.FUNCTION_ARGUMENTS[owner]
        late = _too_new(came, environment)
    return page(f"**{code(slot.name)}**{kind}", slot.doc + only, late)


def _too_new(release: versions.Release, environment: Environment) -> str:
    return f"⚠ Only since Prisma {release[0]}.{release[1]}; here it is {environment.prisma_version}."


def _reference(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    match cursor.wants:
        case "action" if cursor.field is not None:
            return action_page(cursor.field, cursor.argument, cursor.word, schema)
        case "sort" if cursor.word in catalogue.SORT_ORDERS:
            return page(f"**{code(cursor.word)}**", catalogue.SORT_ORDERS[cursor.word])
        case "index type":
            doc = catalogue.INDEX_TYPES[sql.provider_of(schema)].get(cursor.word)
            return page(f"**{code(cursor.word)}**", doc) if doc else _slot(cursor, environment)
    match target(schema, cursor):
        case Field() as field:
            return _field(field, schema)
        case EnumValue() as value:
            return _enum_value(value, schema)
    if cursor.setting == "extensions":
        return _extension(cursor.word)
    if cursor.word == "dbgenerated":
        return _function(cursor, schema, environment)
    return _slot(cursor, environment)


def _function(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    if cursor.setting == "extensions":
        return _extension(cursor.word)
    function = catalogue.FUNCTIONS.get(cursor.word)
    if function is None:
        return _slot(cursor, environment)
    provider = sql.provider_of(schema)
    missing = None
    if function.providers is not None and provider not in function.providers:
        missing = f"⚠ Not available on {catalogue.PROVIDER_TITLES[provider]}."
    came, version = versions.FUNCTIONS.get(function.name), environment.prisma_version
    if came is not None and not versions.may_have(version, came):
        missing = _too_new(came, environment)
    signature = ", ".join(
        a.name if a.required else f"{a.name}?"
        for a in function.arguments
        if versions.has_argument(function.name, a.name, version)
    )
    maker = {
        "database": "made by the database",
        "client": "made by Prisma Client",
        "both": "made by Prisma Client, else by the database",
    }.get(function.produced_by, "")
    head = f"**{code(f'{function.name}({signature})')}**" + (f" · {maker}" if maker else "")
    return page(head, function.doc, missing)


def _extension(name: str) -> str:
    known = catalogue.EXTENSIONS.get(catalogue.EXTENSION_NAMES.get(name, name)) or catalogue.EXTENSIONS.get(name)
    return page(f"**{code(name)}** · extension of PostgreSQL", known)


def _property(cursor: Cursor, environment: Environment) -> str | None:
    return _property_doc(cursor.word, cursor.block.kind, environment)


def _property_doc(name: str, kind: str, environment: Environment) -> str | None:
    docs = (
        catalogue.DATASOURCE_PROPERTIES if kind == "datasource" else catalogue.GENERATOR_PROPERTIES
    )
    if name in docs:
        version = environment.prisma_version
        former = catalogue.FORMER_PROPERTIES.get(name)
        is_former = version is not None and version.before(versions.URL_REMOVED)
        return page(f"**{code(name)}**", f"{former}." if former and is_former else docs[name])
    if kind == "generator":
        return page(f"**{code(name)}**", "Handed to the generator as it stands.")
    return None


def _preview(
    name: str, feature: catalogue.PreviewFeature | None, environment: Environment
) -> str | None:
    """The state of a preview feature in the Prisma that is installed, and what it is."""
    known, version = versions.preview(name), environment.prisma_version
    is_over = feature is None or feature.status == "graduated"
    doc = feature.doc if feature is not None else None
    if version is not None and known.came is not None and version.before(known.came):
        state = f"not before Prisma {known.came[0]}.{known.came[1]}; here it is {version}"
    elif version is not None and known.graduated is not None and version.before(known.graduated):
        state = f"preview, and none from Prisma {known.graduated[0]}.{known.graduated[1]} on"
        # What is known of it is what has become of it.
        doc = None if is_over else doc
    elif version is not None and known.went is not None and version.before(known.went):
        state = "preview"
    elif known.went is not None:
        state = f"gone since Prisma {known.went[0]}.{known.went[1]}"
    elif feature is None:
        return None
    elif not is_over:
        state = "preview"
    elif known.graduated is not None:
        state = f"no preview since Prisma {known.graduated[0]}.{known.graduated[1]}"
    else:
        state = "no longer a preview"
    return page(f"**{code(name)}** · {state}", doc)


def _literal(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    word = cursor.word.strip('"')
    if cursor.setting == "provider" and cursor.block.kind == "datasource":
        name = catalogue.canonical_provider(word)
        return f"**{catalogue.PROVIDER_TITLES[name]}**" if name is not None else None
    if cursor.setting in ("relationMode", "referentialIntegrity"):
        doc = catalogue.RELATION_MODES.get(word)
        return page(f"**{code(word)}**", doc) if doc else None
    if cursor.setting == "previewFeatures":
        feature = catalogue.preview_feature(word)
        return _preview(feature.name if feature is not None else word, feature, environment)
    if cursor.setting:
        return _property_doc(cursor.setting, cursor.block.kind, environment)
    if cursor.is_native:
        return _native(cursor, schema)
    if cursor.levels and cursor.levels[-1].owner == "Unsupported":
        return page(f"Column type {code(word)}.", catalogue.UNSUPPORTED_DOC)
    return _slot(cursor, environment)
