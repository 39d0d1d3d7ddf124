"""Which tenant a row belongs to, as rules about tenants and their indexes need it."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Draft
from prisma_lsp.lint.overlap import (
    indexes_of,
    is_clustered,
    is_removable,
    method,
    predicate,
    without,
    written,
)
from prisma_lsp.schema import relations
from prisma_lsp.schema.declarations import Index, Model
from prisma_lsp.syntax import nodes

# Most models may point at a person without the person being what keeps customers apart.
_PERSONS = frozenset({
    "User", "Users", "Account", "Author", "Customer", "Person", "Member", "Profile", "Employee", "Patient",
})  # fmt: skip


def tenant_field(model: Model, context: Context) -> str | None:
    """The field that says which tenant a row of ``model`` belongs to, where it is one column."""
    setting = context.settings.tenant_key
    if setting is None and context.tenant() in _PERSONS:
        return None
    key = relations.tenant_key(model, context, setting)
    if key is None or len(key) != 1 or key[0] not in model.fields:
        return None
    return key[0]


def led_by(model: Model, index: Index, tenant: str) -> str:
    """The columns of ``index`` as text, the tenant's first."""
    value = index.attribute.argument("fields", 0)
    line = model.block.line(index.line)
    columns = list(index.names)
    if index.field is None and isinstance(value, nodes.Array):
        columns = [line[item.start : item.end] for item in value.items]
    pairs = zip(index.names, columns, strict=False)
    return ", ".join([tenant, *(text for name, text in pairs if name != tenant)])


def covers(model: Model, columns: tuple[str, ...], index: Index) -> bool:
    """Whether another index of the same kind of use begins with ``columns`` already."""
    return any(
        other is not index
        and other.names[: len(columns)] == columns
        and method(other) == method(index)
        and predicate(model, other) == predicate(model, index)
        for other in indexes_of(model)
    )


def drop_prefixes(draft: Draft, model: Model, index: Index, columns: tuple[str, ...]) -> list[str]:
    """Take away the plain indexes that an index over ``columns`` in place of ``index`` does the work of."""
    gone = []
    for other in _prefixes(model, index, columns):
        if is_removable(model, other):
            without(draft, model, other)
            gone.append(written(other))
    return gone


def _prefixes(model: Model, index: Index, columns: tuple[str, ...]) -> Iterator[Index]:
    for other in indexes_of(model):
        if other is index or other.kind != "index" or is_clustered(other):
            continue
        plain = all(c.sort in (None, "Asc") and c.length is None and c.ops is None for c in other.columns)
        if not plain or predicate(model, other) is not None or method(other) != "BTree":
            continue
        if other.names == columns[: len(other.names)]:
            yield other
