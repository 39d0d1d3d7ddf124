"""Repairs of types: unknown ones, and those that the provider does not have."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.lint.names import upper_snake
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.lint.repairs.habits import (
    column_map,
    lower,
    native_of,
    new_enum,
    new_id,
    new_model,
    several,
)  # fmt: skip
from prisma_lsp.lint.spelling import is_same_word
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Field, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes
from prisma_lsp.text import Edit, Range

# What types are called elsewhere.
_ELSEWHERE = {
    "integer": "Int", "int4": "Int", "smallint": "Int", "number": "Int", "serial": "Int", "short": "Int",
    "int8": "BigInt", "long": "BigInt", "bool": "Boolean", "text": "String", "varchar": "String",
    "char": "String", "str": "String", "date": "DateTime", "time": "DateTime", "timestamp": "DateTime",
    "timestamptz": "DateTime", "double": "Float", "real": "Float", "numeric": "Decimal", "money": "Decimal",
    "jsonb": "Json", "object": "Json", "any": "Json", "blob": "Bytes", "buffer": "Bytes", "binary": "Bytes",
    "bytea": "Bytes", "id": "String", "email": "String", "url": "String",
}  # fmt: skip
# From how many fields on no fix gives each its other side.
_MANY = 100
_UUIDS = {"postgresql": "Uuid", "cockroachdb": "Uuid", "sqlserver": "UniqueIdentifier"}


@repairs("unknown-type")
def unknown_type(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    if field is None or field.node.type is None:
        return
    name = field.type_name
    guesses = wrong.bench.type_names().meant(name)
    sure = len(guesses) == 1 and is_same_word(name, guesses[0])
    for guess in guesses:
        yield wrong.fix(f"Write `{guess}`", guess, preferred=sure)
    plain = name.lower()
    if not guesses and plain in ("uuid", "guid"):
        native = _UUIDS.get(wrong.schema.provider() or "")
        kind = field.node.type
        tail = wrong.line_text[kind.name_end : kind.end]
        written = f" @{wrong.schema.datasource_name()}.{native}" if native and field.native_type is None else ""
        draft = wrong.draft().replace(field.owner, field.line, kind.name_start, kind.name_end, "String")
        if written:
            draft.insert(field.owner, field.line, field.node.end, written)
        yield Fix(f"Write `String{tail}{written}`", "T", draft.edits)
    elif plain in _ELSEWHERE and _ELSEWHERE[plain] not in guesses:
        yield wrong.fix(f"Write `{_ELSEWHERE[plain]}`", _ELSEWHERE[plain])
    if name.isidentifier() and name.isascii() and name not in catalogue.RESERVED and not sure and plain not in ("uuid", "guid", *_ELSEWHERE):
        yield from _created(wrong, field, name)


def _created(wrong: Wrong, field: Field, name: str) -> Iterator[Fix]:
    bench = wrong.bench
    provider = wrong.schema.connector() or "none"
    owner = field.owner
    is_held = field.name in bench.once(f"in keys of {owner.name}", lambda: _in_keys(wrong.schema, owner))
    is_in_key = is_held or any(field.name in index.names for index in owner.indexes)
    if owner.kind == "model" and not is_in_key:
        yield from _new_model(wrong, field, name)
    if provider != "sqlserver" and bench.once(f"enum {name}", lambda: _may_be_enum(wrong.schema, name)):
        default = field.default
        items = default.items if isinstance(default, nodes.Array) else (default,)
        values = [item.name for item in items if isinstance(item, nodes.Reference)]
        is_list_fine = not field.is_list or provider in catalogue.LIST_PROVIDERS
        if is_list_fine and not is_held:
            draft = _behind(wrong.draft(), field.owner, new_enum(bench, name, values or [upper_snake(name)]))
            note = "" if values else ", to be given its values"
            yield Fix(f"Create the enum `{name}`{note}", "R", draft.edits)
    if provider == "mongodb" and field.relation is None:
        draft = _behind(wrong.draft(), field.owner, f"type {name} {{\n  name String\n}}")
        yield Fix(f"Create the composite type `{name}`", "T", draft.edits)


def _in_keys(schema: Schema, owner: Model) -> set[str]:
    """The fields of a model that are part of a relation's key, or that one refers to."""
    uses = [use for model in schema.referrers(owner.name) for use in model.fields_by_type[owner.name]]
    keys = [*(field.key or () for field in owner.all_fields), *(use.references or () for use in uses)]
    return {name for key in keys for name in key}


def _may_be_enum(schema: Schema, name: str) -> bool:
    """Whether no field of the type has an attribute that no enum's field has."""
    uses = [use for model in schema.referrers(name) for use in model.fields_by_type[name]]
    return all(
        attribute.name in ("default", "map", "unique", "ignore", "id")
        for use in uses
        for attribute in use.attributes
    ) and all(isinstance(use.default, (nodes.Reference, nodes.Array, type(None))) for use in uses)


def _new_model(wrong: Wrong, field: Field, name: str) -> Iterator[Fix]:
    """A model for a field of an unknown type, with both sides of the relation."""
    bench = wrong.bench
    owner = field.owner
    identity = owner.id
    draft = wrong.draft()
    mongo = wrong.schema.connector() == "mongodb"
    taken = field.default is not None or any(a.name in ("id", "unique", "map", "updatedAt") for a in field.attributes)
    if taken or (field.relation is None and field.native_type is not None):
        return
    if field.relation is not None:
        # The relation is written already: only its other side is missing.
        if len(field.key or ()) > 1 or len(field.references or ()) > 1:
            # Its id has several columns: that needs more thought than the model.
            return
        fields = _other_sides(bench, field)
        identity_line = ""
        held = owner.fields.get(field.key[0]) if field.key and len(field.key) == 1 else None
        if held is not None and held.type_name in catalogue.SCALARS:
            target = (field.references or ("id",))[0]
            identity_line = _id_like(bench, target, held)
        _behind(draft, owner, new_model(bench, name, fields, identity=identity_line))
    elif field.is_list:
        single = identity is not None and len(identity.columns) == 1 and not mongo
        key = owner.fields.get(identity.names[0]) if identity is not None and single else None
        if key is None or key.type_name not in catalogue.SCALARS:
            # The other side of the relation needs more thought than the model.
            _behind(draft, owner, new_model(bench, name, []))
        else:
            relation = lower(owner.name)
            column = relation + key.name[:1].upper() + key.name[1:]
            fields = [
                f"{column} {key.type_name}{column_map(bench, column)}{native_of(key)}",
                f"{relation} {owner.name} @relation(fields: [{column}], references: [{key.name}])",
            ]
            _behind(draft, owner, new_model(bench, name, fields, [f"@@index([{column}])"]))
    else:
        ignored = " @ignore" if owner.is_ignored else ""
        text = new_model(bench, name, [f"{several(owner.name)} {owner.name}[]{ignored}"])
        id_line = text.splitlines()[1].split()
        column = field.name + id_line[0][:1].upper() + id_line[0][1:]
        if column in owner.fields:
            return
        native = next((f" {word}" for word in id_line if "." in word and word.startswith("@")), "")
        mark = "?" if field.is_optional else ""
        draft.add_line(owner, field.line, f"{column} {id_line[1]}{mark}{column_map(bench, column)}{native}")
        draft.append_attribute(field, f"@relation(fields: [{column}], references: [{id_line[0]}])")
        if not mongo:
            draft.add_block_attribute(owner, f"@@index([{column}])")
        _behind(draft, owner, text)
    what = "collection" if mongo else "table"
    yield Fix(f"Create the model `{name}` (adds a {what})", "R", draft.edits)


def _keys_to(schema: Schema, name: str) -> list[Field]:
    """The fields that hold a key to a model that is not there; none where they are very many."""
    uses = [use for model in schema.referrers(name) for use in model.fields_by_type[name]]
    held = [use for use in uses if use.key and use.references and not use.is_list]
    return held if len(held) <= _MANY else []


def _other_sides(bench: Workbench, field: Field) -> list[str]:
    """The fields of a model that is not there yet, for ``field`` and all others that hold a key to it."""
    name = field.type_name
    held = [f for f in bench.once(f"keys to {name}", lambda: _keys_to(bench.schema, name)) if f is not field]
    names: set[str] = set()
    told: set[tuple[str, str | None]] = set()
    lines = []
    for use in [field, *held] if field.key else held:
        relation = (use.owner.name, use.relation_name)
        name = several(use.owner.name)
        if name in names:
            name += "As" + use.name[:1].upper() + use.name[1:]
        if relation in told or name in names:
            # Two relations to one model need names first.
            continue
        told.add(relation)
        names.add(name)
        named = f' @relation("{use.relation_name}")' if use.relation_name else ""
        ignored = " @ignore" if use.owner.is_ignored else ""
        lines.append(f"{name} {use.owner.name}[]{named}{ignored}")
    return lines


def _id_like(bench: Workbench, name: str, column: Field) -> str:
    """The id that a key's column refers to: of the same type."""
    usual = new_id(bench)
    words = usual.split()
    if words[:2] == [name, column.type_name] and (native_of(column).strip() or None) == next(
        (w for w in words if w.startswith("@") and "." in w), None
    ):
        return usual
    made = {"String": "uuid(7)", "Int": "autoincrement()", "BigInt": "autoincrement()"}.get(column.type_name)
    default = f" @default({made})" if made and bench.schema.connector() not in ("mongodb", "cockroachdb") else ""
    mapped = ' @map("_id")' if bench.schema.connector() == "mongodb" and name != "_id" else ""
    return f"{name} {column.type_name} @id{default}{mapped}{native_of(column)}"


def _behind(draft: Draft, declaration: Declaration, text: str) -> Draft:
    """Put a new block behind a declaration's; before it where that one is not closed."""
    block = declaration.block
    first = draft.line_of(declaration)
    end = "\r\n" if block.lines[0].endswith("\r\n") else "\n"
    row = first + len(block.lines)
    text = text.replace("\n", end)
    last = block.lines[-1]
    edits = draft.edits.setdefault(declaration.path, [])
    if block.close < 0:
        edits.append(Edit(Range(first, 0, first, 0), text + end + end))
    elif last.endswith(("\n", "\r")):
        edits.append(Edit(Range(row, 0, row, 0), end + text + end))
    else:
        edits.append(Edit(Range(row - 1, len(last), row - 1, len(last)), end + end + text + end))
    return draft


@repairs("unsupported-type")
def unsupported_type(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    if field is None:
        return
    native = field.native_type
    for name, note in {
        "Decimal": (("Float", ": inexact"), ("String", ": exact, as text")),
        "Json": (("String", ": as text"),),
    }.get(field.type_name, ()):
        draft = wrong.draft().replace(field.owner, wrong.line, wrong.start, wrong.end, name)
        if native is not None:
            draft.remove_attribute(field, native)
        default = field.default
        if isinstance(default, nodes.String) and name == "Float" and not default.raw.isalpha():
            draft.replace_node(field.owner, field.line, default, default.raw)
        elif isinstance(default, nodes.Number) and name == "String":
            draft.replace_node(field.owner, field.line, default, f'"{default.text}"')
        yield Fix(f"Write `{name}`{note}", "T", draft.edits)


@repairs("unsupported-list")
def unsupported_list(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    kind = field.node.type if field is not None else None
    if field is None or kind is None or wrong.schema.connector() == "sqlserver":
        return
    draft = wrong.draft().replace(field.owner, field.line, kind.start, kind.end, "Json")
    if field.native_type is not None:
        draft.remove_attribute(field, field.native_type)
    default = field.attribute("default")
    if default is not None:
        draft.remove_attribute(field, default)
    yield Fix("Hold the list in one `Json`", "T", draft.edits)


@repairs("composite-relation")
def composite_relation(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    target = wrong.schema.model(field.type_name) if field is not None else None
    if field is None or target is None or target.id is None or len(target.id.names) != 1:
        return
    key = target.fields.get(target.id.names[0])
    if key is None or field.node.type is None or field.attributes:
        return
    name = field.name + key.name[:1].upper() + key.name[1:]
    if name in field.owner.fields:
        return
    text = f"{name} {key.type_name}{field.arity}{native_of(key)}"
    yield wrong.fix(f"Hold its id: `{text}`", text, field.node.start, field.node.end)


@repairs("composite-cycle")
def composite_cycle(wrong: Wrong) -> Iterator[Fix]:
    for mark, title in (("?", "one or none"), ("[]", "any number")):
        yield wrong.fix(f"Write `{wrong.text}{mark}`: {title}", wrong.text + mark)


@repairs("supported-type")
def supported_type(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    kind = field.node.type if field is not None else None
    provider = wrong.schema.provider()
    if field is None or kind is None or kind.unsupported is None or provider is None:
        return
    native = catalogue.NATIVE_TYPES[provider].get(kind.unsupported.split("(")[0].strip())
    if native is None:
        return
    attribute = f"@{wrong.schema.datasource_name()}.{kind.unsupported}"
    draft = wrong.draft()
    draft.replace(field.owner, field.line, kind.start, kind.end, native.scalars[0] + field.arity)
    draft.insert(field.owner, field.line, field.node.end, f" {attribute}")
    yield Fix(f"Write `{native.scalars[0]} {attribute}`", "T", draft.edits, True)


@repairs("preview-feature")
def preview_feature(wrong: Wrong) -> Iterator[Fix]:
    """Switch on the feature that what is marked needs."""
    match wrong.node:
        case nodes.PropertyLine(name=name):
            feature = "multiSchema" if name.value == "schemas" else "postgresqlExtensions"
        case _ if wrong.attribute is not None:
            feature = "shardKeys" if wrong.attribute.name == "shardKey" else "partialIndexes"
        case _:
            feature = "views"
    client = next((c for c in wrong.schema.configs if _is_client(c)), None)
    if client is None:
        return
    draft = wrong.draft()
    entry = client.properties.get("previewFeatures")
    if entry is None:
        line = max((line for line, _ in client.properties.values()), default=client.block.header) + 1
        draft.add_line(client, line, f'previewFeatures = ["{feature}"]')
    else:
        line, node = entry
        if isinstance(node.value, nodes.Array):
            items = node.value.items
            at = items[-1].end if items else node.value.end - 1
            draft.insert(client, line, at, f'{", " if items else ""}"{feature}"')
        elif isinstance(node.value, nodes.String):
            draft.replace_node(client, line, node.value, f'["{node.value.raw}", "{feature}"]')
        else:
            return
    yield Fix(f'Add the preview feature "{feature}" to the generator `{client.name}`', "T", draft.edits, True)


def _is_client(config: Config) -> bool:
    return config.kind == "generator" and (config.string("provider") or "").startswith("prisma-client")


@repairs("unsupported-block")
def unsupported_block(wrong: Wrong) -> Iterator[Fix]:
    """Enums and composite types where there are none: what holds them instead."""
    declaration = wrong.declaration
    if not isinstance(declaration, (Enum, Model)) or declaration.kind not in ("enum", "type"):
        return
    name = declaration.name
    instead = "String" if declaration.kind == "enum" else "Json"
    if instead == "Json" and wrong.schema.connector() == "sqlserver":
        instead = "String"
    draft = wrong.draft()
    fields = 0
    for model in wrong.schema.referrers(name):
        for field in model.fields_by_type[name]:
            kind = field.node.type
            if kind is None or model is declaration:
                continue
            fields += 1
            is_json = instead == "Json"
            draft.replace(
                model, field.line, kind.name_start, kind.end if is_json and field.is_list else kind.name_end, instead
            )
            default = field.default
            if isinstance(default, nodes.Reference):
                draft.replace_node(model, field.line, default, f'"{default.name}"')
    block = wrong.block
    row = wrong.bench.line_of(wrong.path, block)
    draft.edits.setdefault(wrong.path, []).append(Edit(Range(row, 0, row + len(block.lines), 0), ""))
    where = f" in {fields} field{'s' if fields != 1 else ''}" if fields else ""
    use = f"Write `{instead}`{where} and remove `{name}`" if fields else f"Remove `{name}`"
    yield Fix(use, "T", draft.edits)


@repairs("empty-enum", "empty-type")
def empty(wrong: Wrong) -> Iterator[Fix]:
    declaration = wrong.declaration
    if declaration is None or declaration.block.close < 0:
        return
    if declaration.kind == "enum":
        values = {
            field.default.name
            for model in wrong.schema.referrers(declaration.name)
            for field in model.fields_by_type[declaration.name]
            if isinstance(field.default, nodes.Reference)
        }
        names = sorted(values) or [upper_snake(declaration.name)]
        draft = wrong.draft()
        for name in names:
            draft.add_line(declaration, declaration.block.header + 1, name)
        shown = ", ".join(f"`{name}`" for name in names)
        yield Fix(f"Add the value{'s' if len(names) > 1 else ''} {shown}", "T", draft.edits)
    else:
        draft = wrong.draft().add_line(declaration, declaration.block.header + 1, "name String")
        yield Fix("Add a field: `name String`", "T", draft.edits)
    if not wrong.schema.is_referenced(declaration.name):
        row = wrong.bench.line_of(wrong.path, wrong.block)
        gone = Edit(Range(row, 0, row + len(wrong.block.lines), 0), "")
        yield Fix(f"Remove `{declaration.name}`: nothing uses it", "T", {wrong.path: [gone]})


