"""The class of a fix as the database has it: what no migration has made needs none to be changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from prisma_lsp.schema import sql
from prisma_lsp.schema.declarations import Enum, Model

if TYPE_CHECKING:
    from prisma_lsp.lint.fixes import Fix, Workbench
    from prisma_lsp.text import Edit

# What a title says of the database.
_EFFECT = re.compile(
    r" \([^()]*(?:\([^()]*\)[^()]*)*\)$|: Prisma Migrate .*$|: the migration .*$", re.S
)


def exact(fix: Fix, bench: Workbench) -> Fix:
    """``fix``, as text only where all that it touches is new: tables, types, dropped indexes.

    Fixing all takes such a fix only where it is the preferred one: what is right for a new table is
    as much a choice as for an old one.
    """
    environment = bench.environment
    if fix.safety == "T" or fix.files or bench.schema.provider() == "mongodb":
        return fix
    if environment.settings.database != "new" and not environment.migrations.exists:
        return fix
    if not all(_is_new(path, edit, bench) for path, edits in fix.edits.items() for edit in edits):
        return fix
    by_choice = fix.by_choice or not fix.preferred
    return fix._replace(title=bare(fix.title), safety="T", by_choice=by_choice)


def bare(title: str) -> str:
    """A fix's title without what it says of the database."""
    return _EFFECT.sub("", title)


def _is_new(path: str, edit: Edit, bench: Workbench) -> bool:
    """Whether an edit is in a block whose table or type is new, or drops an index that is."""
    file = bench.schema.files.get(path)
    if file is None or edit.range.line >= file.line_count:
        return False
    number = file.locate(edit.range.line)
    declaration = bench.schema.owner(path, file.blocks[number])
    if isinstance(declaration, Enum):
        return not bench.is_migrated_enum(declaration)
    if not isinstance(declaration, Model) or declaration.kind != "model":
        return False
    if not bench.is_migrated_table(declaration):
        return True
    if edit.text:
        return False
    whole_lines = edit.range.start == edit.range.end == 0
    lines = [file.line(line) for line in range(edit.range.line, edit.range.end_line)]
    if whole_lines and lines and not "".join(lines).strip():
        return True  # Only white space.
    return _is_new_index(declaration, edit, file.starts[number], bench)


def _is_new_index(model: Model, edit: Edit, first: int, bench: Workbench) -> bool:
    """Whether what is taken away are indexes that the database does not have."""
    start = (edit.range.line - first, edit.range.start)
    end = (edit.range.end_line - first, edit.range.end)
    gone = [
        index
        for index in model.indexes
        if start <= (index.line, index.attribute.start) and (index.line, index.attribute.end) <= end
    ]
    if not gone or bench.schema.provider() != "postgresql":
        return False
    if any(index.kind == "id" for index in gone):
        return False
    return not any(
        bench.environment.is_migrated_index(
            model.table,
            sql.index_name(index, model, "postgresql"),
            tuple(model.fields[name].column for name in index.names if name in model.fields),
            unique=index.is_unique,
            schema=model.database_schema,
        )
        for index in gone
    )
