"""How this schema writes things, so that what a repair adds looks like the rest."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from prisma_lsp.lint.fixes import Workbench
from prisma_lsp.lint.names import camel, plural, snake
from prisma_lsp.lint.rule import is_on
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Schema

# A habit shows in a few models; a schema may have thousands.
_ENOUGH = 200
_IDS = {
    "postgresql": "id String @id @default(uuid(7)) @db.Uuid",
    "cockroachdb": "id String @id @default(uuid(7)) @db.Uuid",
    "mysql": "id String @id @default(uuid(7)) @db.Char(36)",
    "sqlserver": "id String @id @default(uuid(7)) @db.UniqueIdentifier",
    "mongodb": 'id String @id @default(auto()) @map("_id") @db.ObjectId',
}


def new_id(bench: Workbench) -> str:
    """The line of an id: as most models of this schema have it, else as the house wants it."""
    return bench.once("usual id", lambda: _usual_id(bench.schema))


def _usual_id(schema: Schema) -> str:
    written: Counter[str] = Counter()
    for model in _models(schema):
        field = model.fields.get("id")
        if field is None or field.arity or field.default_function is None:
            continue
        if model.id is not None and model.id.field is field:
            written[field.signature] += 1
    if written:
        return written.most_common(1)[0][0]
    text = _IDS.get(schema.connector() or "", "id String @id @default(uuid(7))")
    return text.replace("@db.", f"@{schema.datasource_name()}.")


def column_map(bench: Workbench, name: str) -> str:
    """``@map("…")`` with a space before it, where columns are mapped to snake_case; else ""."""
    wanted = snake(name)
    if is_on("column-name-case", bench.environment.settings) and bench.schema.provider() != "mongodb":
        return f' @map("{wanted}")' if wanted != name else ""
    is_usual = bench.once("columns are mapped", lambda: _maps_columns(bench.schema))
    return f' @map("{wanted}")' if is_usual and wanted != name else ""


def _maps_columns(schema: Schema) -> bool:
    for_it = against = 0
    for model in _models(schema):
        for field in model.all_fields[:_ENOUGH]:
            if snake(field.name) == field.name or schema.kind_of(field.type_name) in ("model", "view", None):
                continue
            for_it += field.mapped_name == snake(field.name)
            against += field.mapped_name is None
    return for_it > against


def table_map(bench: Workbench, name: str) -> str:
    """The line ``@@map("…")`` of a new model, where tables are mapped; else ""."""
    of_many, is_usual = bench.once("tables are mapped", lambda: _maps_tables(bench.schema))
    return f'@@map("{plural(snake(name)) if of_many else snake(name)}")' if is_usual else ""


def _maps_tables(schema: Schema) -> tuple[bool, bool]:
    """Whether to names of many and not of one, and whether at all."""
    many = one = neither = 0
    for model in _models(schema):
        given = model.mapped_name
        many += given is not None and given == plural(snake(model.name))
        one += given is not None and given == snake(model.name)
        neither += given is None
    return many >= one, max(many, one) > neither


def new_model(
    bench: Workbench, name: str, fields: list[str], attributes: list[str] | None = None, identity: str = ""
) -> str:
    """The text of a model with an id (the usual one, or ``identity``) and further fields."""
    ends = [*(attributes or []), *filter(None, [table_map(bench, name), _schema_line(bench)])]
    lines = [f"model {name} {{", *(f"  {line}" for line in [identity or new_id(bench), *fields])]
    if ends:
        lines += ["", *(f"  {line}" for line in ends)]
    return "\n".join([*lines, "}"])


def new_enum(bench: Workbench, name: str, values: list[str]) -> str:
    line = _schema_line(bench)
    lines = [f"enum {name} {{", *(f"  {value}" for value in values)]
    if line:
        lines += ["", f"  {line}"]
    return "\n".join([*lines, "}"])


def _schema_line(bench: Workbench) -> str:
    listed = bench.schema.database_schemas()
    return f'@@schema("{listed[0]}")' if listed else ""


def lower(name: str) -> str:
    """A model's name as a field is called."""
    return camel(name)


def several(name: str) -> str:
    """A field's name for many of a model: ``orderLines``."""
    return camel(plural(snake(lower(name))))


def native_of(field: Field) -> str:
    """``@db.Uuid`` with a space before it, as ``field`` has it; else ""."""
    native = field.native_type
    return f" @{native.name.split('.')[0]}.{field.native}" if native is not None else ""


def _models(schema: Schema) -> list[Model]:
    found = (d for d in schema.all_declarations() if isinstance(d, Model) and d.kind == "model")
    return list(islice(found, _ENOUGH))
