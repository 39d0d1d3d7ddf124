"""What a hover says: on a relation what will happen to these rows, elsewhere what a word means.

`hover` is the only door.  Each function below turns one kind of thing into a few short paragraphs
of Markdown; it asks the schema and `prisma_lsp.schema.sql`, and knows nothing of editors.
"""

from __future__ import annotations

from typing import NamedTuple

from prisma_lsp.ide import markdown
from prisma_lsp.ide.cursor import Cursor, locate, target
from prisma_lsp.ide.hover_things import (
    KEYWORDS,
    declaration_page,
    field_page,
    is_plain_sqlite,
    too_new,
    value_page,
)
from prisma_lsp.ide.markdown import code, fence, page
from prisma_lsp.ide.relation_text import action_page
from prisma_lsp.lint.context import Environment
from prisma_lsp.schema import catalogue, sql, versions
from prisma_lsp.schema.declarations import (
    Declaration,
    EnumValue,
    Field,
)
from prisma_lsp.schema.schema import Schema


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
            return declaration_page(cursor.declaration, schema, environment, True)
        case "type":
            return _type(cursor, schema, environment)
        case "field":
            return field_page(cursor.field, schema, environment)
        case "enum value":
            return value_page(cursor.enum_value, schema, environment)
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


# --- words ---------------------------------------------------------------------------------------


def _type(cursor: Cursor, schema: Schema, environment: Environment) -> str | None:
    scalar = catalogue.SCALARS.get(cursor.word)
    if scalar is not None:
        provider = sql.provider_of(schema)
        if cursor.word == "Json" and is_plain_sqlite(provider, environment):
            late = too_new(versions.SQLITE_ENUMS_AND_JSON, environment)
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
        return declaration_page(found_target, schema, environment, False)
    return None


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
        return field_page(named, schema)
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
        late = too_new(came, environment)
    return page(f"**{code(slot.name)}**{kind}", slot.doc + only, late)


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
            return field_page(field, schema)
        case EnumValue() as value:
            return value_page(value, schema)
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
        missing = too_new(came, environment)
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
