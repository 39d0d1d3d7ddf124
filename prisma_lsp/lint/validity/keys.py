"""Ids, unique keys, indexes and shard keys."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.validity.connectors import CONNECTORS, Connector
from prisma_lsp.schema import catalogue, versions
from prisma_lsp.schema.declarations import Field, Index, IndexColumn, Model
from prisma_lsp.syntax import nodes

_LISTING = frozenset(("id", "unique", "index", "fulltext", "shardKey"))


@rule(level="error")
def fields_of_keys(model: Model, context: Context) -> Iterator[Finding]:
    """What a key lists: fields that exist, hold values, and stand there once."""
    if model.kind == "type":
        return
    for line, attribute in model.attributes:
        if attribute.name not in _LISTING or not attribute.arguments:
            continue
        value = attribute.argument("fields", 0)
        items = value.items if isinstance(value, nodes.Array) else (value,)
        if isinstance(value, nodes.Array) and not items:
            yield _at(
                line, attribute, "empty-key",
                f"`@@{attribute.name}` lists no fields: name at least one, or remove it",
            )  # fmt: skip
        seen: set[str] = set()
        for item in items:
            if not isinstance(item, (nodes.Reference, nodes.Call)):
                continue
            end = item.name_end if isinstance(item, nodes.Call) else item.end
            yield from _listed(line, attribute, item.name, item.start, end, seen, model, context)
            seen.add(item.name)


def _listed(
    line: int, attribute: nodes.Attribute, path: str, start: int, end: int, seen: set[str],
    model: Model, context: Context,
) -> Iterator[Finding]:  # fmt: skip
    name, _, rest = path.partition(".")
    field = model.fields.get(name)
    if field is None:
        yield Finding(
            line, start, start + len(name),
            f"`{model.name}` has no field `{name}`: name one of its fields, or add it",
            rule="unknown-field",
        )  # fmt: skip
        return
    if path in seen:
        yield Finding(
            line, start, end, f"`{path}` is named twice: remove one of them", rule="duplicate-field"
        )
        return
    kind = context.kind_of(field.type_name)
    if kind == "model" or kind == "view":
        key = ", ".join(f"`{k}`" for k in field.key or ())
        advice = (
            f"name {key}, which {'hold' if len(field.key or ()) > 1 else 'holds'} its key"
            if key
            else "name fields that hold values"
        )
        yield Finding(
            line, start, end, f"`{name}` is a relation and has no column: {advice}",
            rule="relation-in-key",
        )  # fmt: skip
        return
    if rest:
        owner = field.type_name
        for part in rest.split("."):
            inner = context.field(owner, part) if context.kind_of(owner) == "type" else None
            if inner is None:
                yield Finding(
                    line, start, end, f"`{owner}` has no field `{part}`", rule="unknown-field"
                )
                return
            owner = inner.type_name
        return
    if field.is_optional and attribute.name in ("id", "shardKey"):
        yield Finding(
            line, start, end,
            f"`{name}` may be empty, and a field of `@@{attribute.name}` may not: remove its `?`",
            rule="optional-key",
        )  # fmt: skip


@rule(level="error")
def identity(model: Model, context: Context) -> Iterator[Finding]:
    """At most one id, required; and something that tells one row from another."""
    if model.kind == "type":
        return
    ids = [i for i in model.indexes if i.kind == "id"]
    if model.kind == "view":
        for index in model.indexes:
            if index.kind != "unique":
                what = (
                    "primary key: use `@unique`"
                    if index.kind == "id"
                    else "index: the database has none on a view"
                )
                yield _on(index, "view-key", f"A view has no {what}")
        return
    single = [i for i in ids if i.field is not None]
    for index in single:
        assert index.field is not None
        if index.field.arity and not model.is_ignored:
            yield _on(
                index, "optional-key",
                f"An id holds one value that is always there: write `{index.field.type_name}` without `{index.field.arity}`",
            )  # fmt: skip
    name = model.name_node
    header = model.block.header
    problem = ""
    if len(single) > 1:
        shown = " and ".join(f"`{i.names[0]}`" for i in single)
        problem = f"A model has one id, and here are {shown}: keep one `@id`, or write `@@id([{', '.join(i.names[0] for i in single)}])`"
    elif single and len(ids) > 1:
        problem = f"A model has one id: keep `@id` on `{single[0].names[0]}` or `@@id`"
    if problem:
        yield Finding(header, name.start, name.end, problem, rule="several-ids")
        return
    connector = context.connector()
    if connector == "mongodb" and not ids and not model.block.problems:
        yield Finding(
            header, name.start, name.end,
            f"On MongoDB `{model.name}` needs an id: add `id String @id @default(auto()) @map(\"_id\") @db.ObjectId`",
            rule="missing-id",
        )  # fmt: skip
    elif not model.is_ignored and not _has_identity(model, context):
        yield Finding(
            header, name.start, name.end,
            f"Nothing tells the rows of `{model.name}` apart: add `@id` or `@unique` to a required field, or `@@id`, or `@@ignore`",
            rule="missing-id",
        )  # fmt: skip


def _has_identity(model: Model, context: Context) -> bool:
    """Whether a key covers all rows with required fields.  A key that is itself wrong counts."""
    if model.block.problems:
        return True
    for index in model.indexes:
        if not index.is_unique or not index.names:
            if index.is_unique and index.field is None:
                return True
            continue
        found = [model.fields.get(name.split(".", 1)[0]) for name in index.names]
        if all(
            f is None
            or context.kind_of(f.type_name) in ("model", "view")
            or (not f.is_optional and not f.is_unsupported)
            for f in found
        ):
            return True
    return False


@rule(level="error")
def custom_names(model: Model, context: Context) -> Iterator[Finding]:
    """``name:`` is what the client calls a key, beside the names of the fields."""
    if not model.attributes or model.kind == "type":
        return
    seen: dict[str, Index] = {}
    twice: list[Index] = []
    for index in model.indexes:
        if index.field is not None or not index.is_unique:
            continue
        given = index.attribute.argument("name")
        if isinstance(given, nodes.String):
            if given.value in model.fields:
                yield Finding(
                    model.block.header, model.name_node.start, model.name_node.end,
                    f"`{given.value}` is a field of `{model.name}` and cannot name `@@{index.kind}` as well: choose another `name`",
                    rule="key-name",
                )  # fmt: skip
            if given.value in seen:
                twice += [seen[given.value], index]
            seen[given.value] = index
        usual = "_".join(index.names)
        if len(index.names) > 1 and usual in model.fields:
            # Prisma does not look at `name:` here.
            yield _on(
                index, "key-name",
                f"Prisma keeps the name `{usual}` for this key, and it is a field's, also where `name:` gives the key another: "
                "rename the field (its column stays with `@map`), or list the key's fields in another order",
            )  # fmt: skip
    for index in dict.fromkeys(twice):
        yield _on(index, "key-name", "Two keys of this model have the same `name`: change one")


@rule(level="error")
def provider_keys(model: Model, context: Context) -> Iterator[Finding]:
    """What the provider's ids and indexes can be."""
    if model.kind != "model":
        return
    provider = context.connector()
    if provider is None:
        return
    connector = CONNECTORS[provider]
    fulltexts = 0
    for index in model.indexes:
        attribute = index.attribute
        if index.kind == "id" and len(index.names) > 1 and not connector.compound_id:
            yield _on(
                index, "compound-id",
                f"{connector.title} has no ids of several fields: use a single `@id` and `@@unique`",
            )  # fmt: skip
        if index.kind == "fulltext":
            fulltexts += 1
            if not connector.fulltext:
                yield _on(
                    index, "unsupported-index",
                    f"{connector.title} has no `@@fulltext`: remove it"
                    + (
                        " and use a GIN index over a `tsvector`, written in a migration"
                        if provider == "postgresql"
                        else ""
                    ),
                )  # fmt: skip
        yield from _columns(index, model, connector, context)
        yield from _native_limits(index, model, provider, connector)
        if attribute.arguments:
            yield from _arguments(index, model, provider, connector, context)
    if fulltexts > 1 and connector.one_fulltext:
        for index in model.indexes:
            if index.kind == "fulltext":
                yield _on(
                    index, "unsupported-index",
                    f"{connector.title} has one `@@fulltext` per collection: join them into one",
                )  # fmt: skip
    if connector.clustering:
        yield from _clustered(model)


def _columns(
    index: Index, model: Model, connector: Connector, context: Context
) -> Iterator[Finding]:
    for column in index.columns:
        if column.length is not None:
            if not connector.index_length:
                yield _on_column(
                    index,
                    column,
                    "index-length",
                    f"{connector.title} has no `length` in keys: remove it",
                )
            elif index.kind == "fulltext":
                yield _on_column(
                    index, column, "index-length", "`@@fulltext` takes no `length`: remove it"
                )
            else:
                field = model.fields.get(column.name)
                if (
                    field is not None
                    and field.type_name not in ("String", "Bytes")
                    and not field.is_unsupported
                ):
                    yield _on_column(
                        index, column, "index-length",
                        f"`length` is for `String` and `Bytes`, and `{field.name}` is `{field.type_name}`: remove it",
                    )  # fmt: skip
        if column.sort is not None:
            if index.kind == "id" and not connector.id_sort:
                yield _on_column(
                    index, column, "index-sort",
                    f"{connector.title} has no order in the primary key: remove `sort`",
                )  # fmt: skip
            elif index.kind == "fulltext" and connector.fulltext and not connector.fulltext_sort:
                yield _on_column(
                    index, column, "index-sort", "`@@fulltext` takes no `sort` here: remove it"
                )


_LONG_MYSQL = frozenset(
    ("TinyBlob", "Blob", "MediumBlob", "LongBlob", "TinyText", "Text", "MediumText", "LongText")
)
_LONG_SQLSERVER = frozenset(("Text", "NText", "Image", "Xml"))


def _native_limits(
    index: Index, model: Model, provider: str, connector: Connector
) -> Iterator[Finding]:
    """Column types that cannot be part of a key."""
    if provider == "mysql":
        if index.kind == "fulltext":
            return
    elif provider not in ("sqlserver", "postgresql"):
        return
    for column in index.columns:
        field = model.fields.get(column.name)
        if field is None:
            continue
        native = field.native
        if native is None:
            if provider == "sqlserver" and index.kind == "id" and field.type_name == "Bytes":
                yield _on_column(
                    index,
                    column,
                    "key-type",
                    "On SQL Server `Bytes` cannot be an id: use another type",
                )
            continue
        name = native.split("(", 1)[0]
        if provider == "mysql":
            bad = name in _LONG_MYSQL and column.length is None
            advice = f"add `length` to it, such as `{field.name}(length: 100)`"
        elif provider == "sqlserver":
            bad = (
                name in _LONG_SQLSERVER
                or native.lower().endswith("(max)")
                or (index.kind == "id" and field.type_name == "Bytes")
            )
            advice = "use a type of limited length"
        else:
            bad = name == "Xml" and index.kind in ("index", "unique")
            advice = ""
        if bad:
            what = "an id" if index.kind == "id" else "an index"
            attribute = field.native_type
            if provider == "postgresql" and attribute is not None:
                yield _at(
                    field.line, attribute, "key-type",
                    f"PostgreSQL cannot index `{native}`: use another type, or take `{field.name}` out of the key",
                )  # fmt: skip
                continue
            yield _on_column(
                index, column, "key-type",
                f"{connector.on} `{native}` cannot be part of {what} as a whole: {advice}",
            )  # fmt: skip


def _arguments(
    index: Index, model: Model, provider: str, connector: Connector, context: Context
) -> Iterator[Finding]:
    version = context.environment.prisma_version
    for argument in index.attribute.arguments or ():
        name = argument.name.value if argument.name is not None else ""
        if name == "map":
            if index.kind == "id" and not connector.named_id:
                node = model.name_node
                yield Finding(
                    model.block.header, node.start, node.end,
                    f"{connector.title} keeps no name of the primary key: remove `map` from `@id`",
                    rule="id-name",
                )  # fmt: skip
        elif name == "clustered":
            if not connector.clustering:
                yield _on_argument(
                    index,
                    argument,
                    "clustering",
                    f"Only SQL Server has `clustered`, {connector.title} does not: remove it",
                )
        elif name == "where":
            if not connector.partial_indexes:
                yield _on_argument(
                    index,
                    argument,
                    "partial-index",
                    f"{connector.title} has no partial indexes: remove `where`",
                )
            elif version is not None and version.before(versions.PARTIAL_INDEXES):
                yield _on_argument(
                    index, argument, "partial-index",
                    f"{version} has no partial indexes, they came with 7.4: remove `where`",
                )  # fmt: skip
            elif "partialindexes" not in {f.lower() for f in context.preview_features()}:
                yield _on_argument(
                    index, argument, "preview-feature",
                    'Partial indexes are a preview: add `previewFeatures = ["partialIndexes"]` to the generator',
                )  # fmt: skip
            yield from _where(index, argument, model, context)
        elif name == "type" and index.kind == "index":
            value = argument.value
            if (
                isinstance(value, nodes.Reference)
                and value.name in catalogue.INDEX_TYPES["postgresql"]
                and value.name not in catalogue.INDEX_TYPES.get(provider, {"BTree": ""})
            ):
                yield _on_argument(
                    index, argument, "unsupported-index",
                    f"{connector.title} has no `{value.name}` index: remove `type`",
                )  # fmt: skip
    if (
        provider in ("postgresql", "cockroachdb")
        and index.field is None
        and index.kind != "fulltext"
    ):
        yield from _operators(index, model, provider, context)


def _where(
    index: Index, argument: nodes.Argument, model: Model, context: Context
) -> Iterator[Finding]:
    """``where: raw("…")`` or ``where: { field: value }``."""
    value = argument.value
    if value is None:
        return
    if isinstance(value, nodes.Call) and value.name == "raw":
        first = value.arguments[0].value if value.arguments else None
        if not isinstance(first, nodes.String) or not first.raw:
            yield _on_argument(
                index, argument, "where", '`raw()` takes the condition as SQL: `raw("…")`'
            )
        return
    if not isinstance(value, nodes.Object):
        yield _on_argument(
            index, argument, "where", '`where` is `raw("…")` with SQL, or `{ field: value }`'
        )
        return
    if not value.entries:
        yield _on_argument(
            index, argument, "where", "The condition is empty: name a field and its value"
        )
    for name, given in value.entries:
        field = model.fields.get(name.value)
        problem = ""
        if field is None:
            problem = f"`{model.name}` has no field `{name.value}`"
        elif context.kind_of(field.type_name) in ("model", "view"):
            problem = f"`{name.value}` is a relation: name a field that holds a value"
        else:
            problem = _condition(field, given)
        if problem:
            yield Finding(index.line, name.start, name.end, problem, rule="where")


def _condition(field: Field, given: nodes.Expression, nested: bool = False) -> str:
    if isinstance(given, nodes.Object):
        if nested:
            return "Write a value, or `{ not: value }`"
        keys = [name.value for name, _ in given.entries]
        if keys != ["not"]:
            return "Only `{ not: value }` can stand here"
        return _condition(field, given.entries[0][1], True)
    kind = field.type_name
    match given:
        case nodes.Reference(name="null"):
            return ""
        case nodes.Reference(name="true" | "false"):
            fits = kind == "Boolean"
        case nodes.String():
            fits = kind in ("String", "DateTime") or kind not in catalogue.SCALARS
        case nodes.Number():
            fits = kind in ("Int", "BigInt", "Float", "Decimal")
        case _:
            return "Write `true`, `false`, `null`, a number, a text in quotes, or `{ not: value }`"
    return "" if fits else f"`{field.name}` is `{kind}`: the value is of another kind"


# --- operator classes ----------------------------------------------------------------------------

# What each of PostgreSQL's operator classes takes: a scalar, native types, and whether the scalar's
# own column will do.  The longest matching beginning of the class's name counts.
_CLASSES: dict[str, tuple[str, tuple[str, ...], bool]] = {
    "Jsonb": ("Json", ("JsonB",), True),
    "Inet": ("String", ("Inet",), False),
    "Text": ("String", ("Text", "VarChar"), True),
    "BitMinMax": ("String", ("Bit",), False),
    "VarBit": ("String", ("VarBit",), False),
    "Bpchar": ("String", ("Char",), False),
    "Bytea": ("Bytes", ("ByteA",), True),
    "Date": ("DateTime", ("Date",), False),
    "Float4": ("Float", ("Real",), False),
    "Float8": ("Float", ("DoublePrecision",), True),
    "Int2": ("Int", ("SmallInt",), False),
    "Int4": ("Int", ("Integer",), True),
    "Int8": ("BigInt", ("BigInt",), True),
    "Numeric": ("Decimal", ("Decimal",), True),
    "Oid": ("Int", ("Oid",), False),
    "Timestamp": ("DateTime", ("Timestamp",), True),
    "TimestampTz": ("DateTime", ("Timestamptz",), False),
    "Time": ("DateTime", ("Time",), False),
    "TimeTz": ("DateTime", ("Timetz",), False),
    "Uuid": ("String", ("Uuid",), False),
}
# Native types that an index type takes without an operator class; "" is a scalar's own column.
_SPGIST = frozenset(("", "Inet", "VarChar", "Char", "Text"))
_NO_BRIN = frozenset(("Boolean", "Json"))
_NO_BRIN_NATIVE = frozenset(("Money", "Citext", "Xml"))


def _operators(index: Index, model: Model, provider: str, context: Context) -> Iterator[Finding]:
    """Whether index type, operator class and field go together."""
    method = index.type or "BTree"
    if index.kind == "index" and method == "Hash" and any(c.sort for c in index.columns):
        yield _on(index, "index-sort", "A hash index has no order: remove `sort`")
    if method not in catalogue.INDEX_TYPES.get(provider, {}):
        return
    for column in index.columns:
        field = model.fields.get(column.name)
        if field is None or field.is_unsupported:
            continue
        kind = context.kind_of(field.type_name)
        if kind != "scalar" and kind != "enum":
            continue
        problem = ""
        ops = column.ops
        if ops is None:
            problem = without_class(field, method, provider)
        elif provider == "cockroachdb":
            if method == "Gin":
                problem = "CockroachDB takes no operator classes: remove `ops`"
        elif ops.startswith("raw("):
            continue
        elif not any(ops in names for names in catalogue.OPERATOR_CLASSES.values()):
            problem = (
                f'There is no operator class `{ops}`: use one that Prisma knows, or `raw("…")`'
            )
        elif ops not in catalogue.OPERATOR_CLASSES.get(method, ()):
            problem = f"`{ops}` is no operator class of a `{method}` index"
        else:
            problem = with_class(field, ops)
        if problem:
            yield _on_column(index, column, "operator-class", problem)


def without_class(field: Field, method: str, provider: str, native: str | None = None) -> str:
    """Why an index of this type cannot hold the field without an operator class, or ""; ``native`` as
    in `with_class`."""
    native = native or (field.native or "").split("(", 1)[0]
    if method == "Gin":
        fits = field.is_list or (field.type_name == "Json" and native in ("", "JsonB"))
    elif method == "Gist":
        if native == "Inet":
            return f"A GiST index over `{field.name}` needs an operator class: write `{field.name}(ops: InetOps)`"
        fits = field.type_name == "String" and not native and not field.is_list
    elif method == "SpGist":
        fits = field.type_name == "String" and native in _SPGIST
    elif method == "Brin":
        fits = field.type_name not in _NO_BRIN and native not in _NO_BRIN_NATIVE
    else:
        return ""
    if fits:
        return ""
    shown = f"@db.{native}" if native else field.type_name
    return f"A `{method}` index cannot hold `{field.name}`, which is `{shown}`: choose another `type`, or an operator class"


def with_class(field: Field, ops: str, native: str | None = None) -> str:
    """Why the operator class is not for the field, or ""; ``native`` is a native type that it might
    get."""
    if ops == "ArrayOps":
        return "" if field.is_list else f"`ArrayOps` is for lists, and `{field.name}` is none"
    best = max((name for name in _CLASSES if ops.startswith(name)), key=len, default="")
    if not best:
        return ""
    scalar, natives, plain = _CLASSES[best]
    native = native or (field.native or "").split("(", 1)[0]
    if ops == "TextOps" and native == "Char":
        return ""
    if field.type_name == scalar and (native in natives or (not native and plain)):
        return ""
    wanted = " or ".join([f"`@db.{n}`" for n in natives])
    return f"`{ops}` is for `{scalar}` with {wanted}, and `{field.name}` is something else"


def _clustered(model: Model) -> Iterator[Finding]:
    """SQL Server sorts a table's rows by one key: the id, unless something says otherwise."""
    found: list[Index] = []
    for index in model.indexes:
        given = index.attribute.argument("clustered")
        word = given.name if isinstance(given, nodes.Reference) else None
        if word == "true" or (word is None and index.kind == "id"):
            found.append(index)
    if len(found) > 1:
        for index in found:
            yield _on(
                index, "clustering",
                "Only one key can be clustered, and the id is unless it says `clustered: false`",
            )  # fmt: skip


# --- shard keys ----------------------------------------------------------------------------------


@rule(level="error")
def shard_keys(model: Model, context: Context) -> Iterator[Finding]:
    found: list[tuple[int, nodes.Attribute, Field | None]] = [
        (f.line, a, f) for f in model.all_fields for a in f.node.attributes if a.name == "shardKey"
    ]
    found += [(line, a, None) for line, a in model.attributes if a.name == "shardKey"]
    if not found or model.kind == "type":
        return
    provider = context.connector()
    name = model.name_node
    if len(found) > 1:
        yield Finding(
            model.block.header, name.start, name.end,
            "A model has one shard key: keep one of them, or list all fields in `@@shardKey`",
            rule="shard-key",
        )  # fmt: skip
    for line, attribute, field in found:
        if field is not None and field.arity:
            yield _at(
                line,
                attribute,
                "optional-key",
                "A shard key is always there: make the field required",
            )
        elif provider is not None and not CONNECTORS[provider].shard_keys:
            yield _at(
                line,
                attribute,
                "shard-key",
                f"{CONNECTORS[provider].title} has no shard keys: remove it",
            )
        elif "shardkeys" not in {f.lower() for f in context.preview_features()}:
            yield _at(
                line, attribute, "preview-feature",
                'Shard keys are a preview: add `previewFeatures = ["shardKeys"]` to the generator',
            )  # fmt: skip


def _at(line: int, attribute: nodes.Attribute, code: str, message: str) -> Finding:
    return Finding(line, attribute.start, attribute.name_end, message, rule=code)


def _on(index: Index, code: str, message: str) -> Finding:
    return _at(index.line, index.attribute, code, message)


def _on_column(index: Index, column: IndexColumn, code: str, message: str) -> Finding:
    if index.field is not None:
        return _on(index, code, message)
    return Finding(index.line, column.start, column.end, message, rule=code)


def _on_argument(index: Index, argument: nodes.Argument, code: str, message: str) -> Finding:
    return Finding(index.line, argument.start, argument.end, message, rule=code)
