"""Indexes that do each other's work, and the edits that take one away: shared by rules about indexes."""

from __future__ import annotations

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Draft
from prisma_lsp.lint.rule import Finding, FixMaker, Level
from prisma_lsp.schema.declarations import Index, Model
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.memory import remembered


def indexes_of(model: Model) -> list[Index]:
    """The model's complete indexes, uniques and ids; none where the model does not count."""
    if model.kind != "model" or model.is_ignored or len(model.indexes) < 2:
        return []
    return _complete(model)


def is_complete(model: Model, index: Index) -> bool:
    """Whether the index names columns, all of them known; not so while it is being typed."""
    return index in _complete(model)


# A model's rules run one after the other, so a few are enough to remember.
@remembered(32)
def _complete(model: Model) -> list[Index]:
    known = model.fields
    return [
        index
        for index in model.indexes
        if index.columns and index.kind != "fulltext" and index.attribute.trailing_comma < 0
        and all(name in known or name.split(".", 1)[0] in known for name in index.names)
    ]  # fmt: skip


def method(index: Index) -> str:
    return index.type or "BTree"


def predicate(model: Model, index: Index) -> str | None:
    """A partial index's ``where`` as it is written, without layout."""
    value = index.where
    if value is None:
        return None
    return "".join(model.block.line(index.line)[value.start : value.end].split())


def starts(short: Index, long: Index) -> bool:
    """Whether ``long`` begins with the columns of ``short``, all in its order or all in reverse."""
    if long.names[: len(short.names)] != short.names:
        return False
    pairs = list(zip(short.columns, long.columns, strict=False))
    if any((a.name, a.length, a.ops) != (b.name, b.length, b.ops) for a, b in pairs):
        return False
    return len({(a.sort or "Asc") == (b.sort or "Asc") for a, b in pairs}) == 1


def can_replace(model: Model, other: Index, index: Index) -> bool:
    """Whether ``other`` answers every query that ``index`` does."""
    return (
        starts(index, other)
        and method(index) == method(other)
        and predicate(model, index) == predicate(model, other)
    )


def is_clustered(index: Index) -> bool:
    """Whether the table's rows are kept in this index's order, which no other index can do."""
    value = index.attribute.argument("clustered")
    return isinstance(value, nodes.Reference) and value.name == "true"


def shown(index: Index) -> str:
    """An index as messages name it."""
    if index.field is not None:
        return f"`@{index.kind}` on `{index.field.name}`"
    return f"`{written(index)}`"


def written(index: Index) -> str:
    """An index in short: its kind and its columns."""
    if index.field is not None:
        return f"@{index.kind}"
    return f"@@{index.kind}([{', '.join(index.names)}])"


def on_index(
    index: Index,
    message: str,
    fixes: FixMaker | None = None,
    *,
    unused: bool = False,
    at_most: Level | None = None,
) -> Finding:
    """A finding on the attribute's name."""
    at = index.attribute
    return Finding(
        index.line, at.start, at.name_end, message, fixes, unused=unused, at_most=at_most
    )


def without(draft: Draft, model: Model, index: Index) -> Draft:
    """Take an index away: its attribute, or its line with the blank one that set it apart."""
    if index.field is not None:
        return draft.remove_attribute(index.field, index.attribute)
    block = model.block
    lines = block.lines
    is_alone = len(model.attributes) == 1 and index.line + 1 == block.close
    if is_alone and not lines[index.line - 1].strip() and index.line - 1 > block.header:
        draft.remove_line(model.path, block, index.line - 1)
    return draft.remove_line(model.path, block, index.line)


def is_removable(model: Model, index: Index) -> bool:
    """Whether `without` can be used: the line has to end before its block does."""
    return index.field is not None or model.block.close > index.line


def as_plain_index(draft: Draft, model: Model, index: Index) -> Draft:
    """Make a unique key an index that allows the same value twice; its own names go."""
    assert index.field is None
    line = model.block.line(index.line)
    value = index.attribute.argument("fields", 0)
    columns = line[value.start : value.end] if value is not None else f"[{', '.join(index.names)}]"
    text = f"@@index({columns})"
    return draft.replace(model, index.line, index.attribute.start, index.attribute.end, text)


def is_indexed_alike(model: Model, index: Index) -> bool:
    """Whether a plain index begins with the same columns in the same order."""
    length = len(index.names)
    return any(
        other.kind == "index" and other.names[:length] == index.names and other.where is None
        for other in model.indexes
        if other is not index
    )


def serves_alone(model: Model, index: Index) -> bool:
    """Whether a foreign key of the model would be without an index if ``index`` were gone."""
    for field in model.held_relations:
        key = field.key
        if not key or set(index.names[: len(key)]) != set(key):
            continue
        others = (other for other in model.indexes if other is not index and other.where is None)
        if not any(
            set(other.names[: len(key)]) == set(key) and other.type in (None, "BTree", "Hash")
            for other in others
        ):
            return True
    return False


def is_needed_unique(model: Model, index: Index, context: Context) -> bool:
    """Whether a relation rests on exactly this unique key: as its target, or as a one-to-one's key."""
    columns = set(index.names)
    if any(set(field.key or ()) == columns for field in model.held_relations):
        return True
    return any(
        set(other.references or ()) == columns
        for name in model.fields_by_type
        if context.kind_of(name) == "model"
        for other in context.fields_of_type(name, model.name)
    )
