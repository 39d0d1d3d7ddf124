"""Repairs of what MongoDB alone demands."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.schema.declarations import Field
from prisma_lsp.syntax import nodes


@repairs("mongodb-id")
def mapped_id(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    if field is None:
        return
    attribute = field.attribute("map")
    if attribute is None:
        draft = wrong.draft()
        native = field.native_type
        if native is not None:
            draft.insert(field.owner, field.line, native.start, '@map("_id") ')
        else:
            draft.append_attribute(field, '@map("_id")')
    else:
        draft = wrong.draft().replace(field.owner, field.line, attribute.start, attribute.end, '@map("_id")')
    yield Fix('Write `@map("_id")`', "T", draft.edits, True)


@repairs("mongodb-auto")
def object_id(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    if field is None:
        return
    text = f"@{wrong.schema.datasource_name()}.ObjectId"
    if (field.native or "") != "ObjectId" and field.type_name == "String":
        yield _native(wrong, field, text, True)
    default = field.attribute("default")
    if default is not None:
        yield from wrong.remove_attribute(default)


@repairs("mongodb-native-type")
def same_native(wrong: Wrong) -> Iterator[Fix]:
    """Give both sides of a relation the same native type."""
    column = wrong.field
    if column is None:
        return
    for relation in column.owner.all_fields:
        pairs = zip(relation.key or (), relation.references or (), strict=False)
        for name, reference in pairs:
            target = wrong.schema.field(relation.type_name, reference) if name == column.name else None
            if target is None or target.native == column.native:
                continue
            if target.native is not None:
                yield _native(wrong, column, f"@{wrong.schema.datasource_name()}.{target.native}", True)
            elif column.native_type is not None:
                text = f"@{column.native_type.name.split('.')[0]}.{column.native}"
                yield _native(wrong, target, text, False)
                yield from wrong.remove_attribute(column.native_type)


def _native(wrong: Wrong, field: Field, text: str, preferred: bool) -> Fix:
    native = field.native_type
    draft = wrong.draft()
    if native is None:
        draft.append_attribute(field, text)
    else:
        draft.replace(field.owner, field.line, native.start, native.end, text)
    where = "" if field is wrong.field else f" to `{field.owner.name}.{field.name}`"
    return Fix(f"{'Add' if native is None else 'Write'} `{text}`{where}", "T", draft.edits, preferred)


@repairs("mongodb-name")
def name(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    value = attribute.argument("name", 0) if attribute is not None else None
    if isinstance(value, nodes.String):
        text = value.raw.lstrip("$").replace(".", "_")
        if text:
            yield wrong.fix(f'Write `"{text}"`', f'"{text}"', value.start, value.end)
    yield from wrong.remove_attribute()
