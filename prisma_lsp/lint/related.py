"""Other places that a finding of validity is about: the first of two, the other side of a relation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from prisma_lsp.schema.constraints import USUAL_LIMIT, constraints
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Field, Model
from prisma_lsp.schema.relations import opposite
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block

if TYPE_CHECKING:
    from prisma_lsp.lint.rule import Finding
    from prisma_lsp.schema.schema import Schema


class Related(NamedTuple):
    """A stretch of a line of another declaration's block, or of the same, and what it is."""

    declaration: Declaration
    line: int
    start: int
    end: int
    message: str


class Elsewhere(NamedTuple):
    """A stretch of a line of a file that is no schema: a migration's.

    ``line`` is that of the file, from 0; ``text`` is the line, for columns in an editor's units.
    """

    path: str
    line: int
    start: int
    end: int
    text: str
    message: str


def related(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    """Where else to look, as the schema is now; ``about`` is what was checked."""
    look = _LOOK.get(finding.rule)
    if look is None:
        return
    for place in look(finding, about, schema):
        if (place.declaration is not _owner(about)) or place.line != finding.line or place.start != finding.start:
            yield place


def has_related(code: str) -> bool:
    return code in _LOOK


def _owner(about: object) -> object:
    return about.owner if isinstance(about, Field) else about


def _name(declaration: Declaration, message: str) -> Related:
    node = declaration.name_node
    return Related(declaration, declaration.block.header, node.start, node.end, message)


def _on_field(field: Field, message: str) -> Related:
    node = field.node.name
    return Related(field.owner, field.line, node.start, node.end, message)


def _field_of(finding: Finding, about: object) -> Field | None:
    if isinstance(about, Field):
        return about
    if isinstance(about, Model):
        return next((f for f in about.all_fields if f.line == finding.line), None)
    return None


def _same_name(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    first: Declaration | None
    if isinstance(about, Config):
        first = next((c for c in schema.configs if c.kind == about.kind and c.name == about.name), None)
    elif isinstance(about, Declaration):
        first = next(iter(schema.declarations(about.name)), None)
    else:
        return
    if first is not None:
        yield _name(first, f"The first `{first.name}`")


def _other_datasources(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    for config in schema.configs:
        if config.kind == "datasource":
            yield _name(config, "Another datasource")


def _same_field(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    field = _field_of(finding, about)
    first = field.owner.fields.get(field.name) if field is not None else None
    if first is not None and first is not field:
        yield _on_field(first, f"The first `{first.name}`")


def _same_column(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    field = _field_of(finding, about)
    for other in field.owner.all_fields if field is not None else ():
        if field is not None and other is not field and other.column == field.column:
            yield _on_field(other, f"`{other.column}` as well")


def _same_value(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    if not isinstance(about, Enum):
        return
    value = next((v for v in about.values if v.line == finding.line), None)
    first = next((v for v in about.values if value is not None and v.name == value.name), None)
    if first is not None:
        node = first.node.name
        yield Related(about, first.line, node.start, node.end, f"The first `{first.name}`")


def _same_property(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    if not isinstance(about, Config):
        return
    text = about.block.line(finding.line)[finding.start : finding.end]
    for line, node in about.block.entries:
        if isinstance(node, nodes.PropertyLine) and node.name.value == text:
            yield Related(about, line, node.name.start, node.name.end, f"The first `{text}`")
            return


def _not_closed(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    """The block above, whose `}` is missing."""
    for path, document in schema.files.items() if isinstance(about, Block) else ():
        if about in document.blocks:
            for other in reversed(document.blocks[: document.blocks.index(about)]):
                owner = schema.owner(path, other)
                if owner is not None:
                    yield _name(owner, f"`{owner.name}` begins here")
                    return


def _same_table(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    if not isinstance(about, Declaration):
        return
    scope = "enum" if about.kind == "enum" else "table"
    for name, *_ in schema.sharers(scope, about.database_name):
        for other in schema.declarations(name):
            if other is not about and other.database_name == about.database_name:
                yield _name(other, f"`{other.database_name}` in the database as well")


def _same_constraint(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    """The other carriers of the constraint's name, in this model and in others."""
    if not isinstance(about, Model):
        return
    mine = [c for c in constraints(about, USUAL_LIMIT) if _carries(c.key, c.field, finding)]
    for name in {c.name for c in mine}:
        owners = {about.name, *(owner for owner, *_ in schema.sharers("constraint", name))}
        for owner in sorted(owners):
            model = schema.model(owner)
            for other in constraints(model, USUAL_LIMIT) if model is not None else ():
                if model is None or other.name != name:
                    continue
                if other.key is not None:
                    at = other.key.attribute
                    yield Related(model, other.key.line, at.start, at.name_end, f"`{name}` as well")
                elif other.field is not None:
                    yield _on_field(other.field, f"`{name}` as well")


def _carries(key: object, field: Field | None, finding: Finding) -> bool:
    line = getattr(key, "line", field.line if field is not None else -1)
    attribute = getattr(key, "attribute", None)
    return line == finding.line and (attribute is None or attribute.start == finding.start)


def _opposite(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    other = opposite(about, schema) if isinstance(about, Field) else None
    if other is not None:
        yield _on_field(other, "The other side of the relation")


def _lost(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    field = _field_of(finding, about)
    for declaration in schema.declarations(field.type_name) if field is not None else ():
        yield _name(declaration, f"`{declaration.name}` is declared here")


def _target_model(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    target = schema.model(about.type_name) if isinstance(about, Field) else None
    if target is not None:
        yield _name(target, f"`{target.name}` is declared here")


def _target_fields(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    for name in (about.references or ()) if isinstance(about, Field) else ():
        target = schema.field(about.type_name, name) if isinstance(about, Field) else None
        if target is not None:
            yield _on_field(target, "What the key refers to")


def _rivals(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    if isinstance(about, Field):
        for other in about.owner.all_fields:
            if other is not about and other.type_name == about.type_name:
                yield _on_field(other, f"This field leads to `{about.type_name}` as well")


def _schemas(finding: Finding, about: object, schema: Schema) -> Iterator[Related]:
    for config in schema.configs:
        if config.kind == "datasource" and "schemas" in config.properties:
            line, node = config.properties["schemas"]
            yield Related(config, line, node.start, node.end, "The schemas of the datasource")


_Look = Callable[["Finding", object, "Schema"], Iterator[Related]]
_LOOK: dict[str, _Look] = {
    "missing-brace": _not_closed,
    "lost-type": _lost,
    "duplicate-name": _same_name,
    "duplicate-datasource": _other_datasources,
    "duplicate-field": _same_field,
    "duplicate-column": _same_column,
    "duplicate-value": _same_value,
    "duplicate-property": _same_property,
    "duplicate-table": _same_table,
    "duplicate-constraint": _same_constraint,
    "missing-opposite": _target_model,
    "ignored-model": _target_model,
    "missing-relation-argument": _opposite,
    "relation-side": _opposite,
    "required-back-relation": _opposite,
    "one-to-one-unique": _opposite,
    "many-to-many": _opposite,
    "relation-type": _target_fields,
    "relation-target": _target_fields,
    "relation-order": _target_fields,
    "ambiguous-relation": _rivals,
    "missing-schema": _schemas,
    "unknown-schema": _schemas,
}
