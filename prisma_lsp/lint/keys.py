"""Keys that are generated and the columns that hold copies of them: shared by rules about ids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp.lint.columns import set_native
from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.schema.declarations import Field
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import nodes

# The native type for a uuid, per provider; the others have none worth asking for.
UUID_TYPES = {
    "postgresql": "Uuid",
    "cockroachdb": "Uuid",
    "sqlserver": "UniqueIdentifier",
    "mysql": "Char(36)",
}

_RANDOM_UUID = re.compile(r"\b(gen_random_uuid|uuid_generate_v[14]|uuid|newid)\s*\(\s*\)", re.I)


def generator(field: Field) -> str | None:
    """The function that makes the field's values: ``uuid``, ``uuid(7)``, ``cuid``, ``autoincrement`` …

    ``dbgenerated`` stands for a random uuid made by the database; any other expression, which may
    be anything, is None.
    """
    call = field.default_function
    if call is None:
        return None
    if call.name == "uuid":
        version = call.arguments[0].value if call.arguments else None
        seven = isinstance(version, nodes.Number) and version.text == "7"
        return "uuid(7)" if seven else "uuid"
    if call.name == "dbgenerated":
        value = call.arguments[0].value if call.arguments else None
        random = isinstance(value, nodes.String) and _RANDOM_UUID.search(value.value)
        return "dbgenerated" if random else None
    if call.name in ("cuid", "ulid", "nanoid", "autoincrement"):
        return call.name
    return None


def generates_uuid(field: Field) -> bool:
    return field.type_name == "String" and generator(field) in ("uuid", "uuid(7)", "dbgenerated")


def copies(schema: Schema, field: Field) -> list[Field]:
    """The foreign-key columns that hold values of ``field``, directly or through another key."""
    found = [field]
    for source in found:
        for copy in schema.key_copies(source.owner.name).get(source.name, ()):
            if not _has(found, copy):
                found.append(copy)
    return found[1:]


def retype(draft: Draft, field: Field, native: str, bench: Workbench) -> tuple[str, bool]:
    """Give a column and the foreign keys that hold its values another native type.

    Returns what a title says of the foreign keys, and whether any of the columns may be in a database.
    """
    columns = [field, *(c for c in copies(bench.schema, field) if c.type_name == field.type_name)]
    for column in columns:
        set_native(draft, column, native, bench.schema.datasource_name())
    count = len(columns) - 1
    return held(count), any(bench.is_migrated_column(column) for column in columns)


def held(count: int) -> str:
    """`` and 2 foreign keys that hold it``; "" for none."""
    one = count == 1
    return f" and {count} foreign key{'' if one else 's'} that hold{'s' if one else ''} it" if count else ""


def _has(found: list[Field], field: Field) -> bool:
    return any(f.name == field.name and f.owner is field.owner for f in found)


def store_as_uuid(field: Field, bench: Workbench) -> Iterator[Fix]:
    """The fix that gives a uuid key and every copy of it the provider's uuid type."""
    provider = bench.schema.provider() or "postgresql"
    wanted = UUID_TYPES.get(provider)
    if wanted is None:
        return
    columns = [field, *(c for c in copies(bench.schema, field) if c.type_name == "String")]
    prefix = bench.schema.datasource_name()
    draft = bench.draft()
    migrated = False
    for column in columns:
        native = column.native_type
        if column.native == wanted:
            continue
        migrated = migrated or bench.is_migrated_column(column)
        if native is None:
            draft.append_attribute(column, f"@{prefix}.{wanted}")
        else:
            draft.replace_node(column.owner, column.line, native, f"@{prefix}.{wanted}")
    title = f"Store `{field.owner.name}.{field.name}`{held(len(columns) - 1)} as @{prefix}.{wanted}"
    if migrated and provider == "mysql":
        title += " (rewrites the columns; values that are longer are cut or refused)"
    elif migrated:
        title += " (Prisma Migrate drops and re-creates the columns: their values are lost unless you edit it to cast them)"
    yield Fix(title, "D" if migrated else "T", draft.edits, preferred=True)
