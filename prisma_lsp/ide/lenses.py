"""Facts above a declaration: how much depends on it, what it is made of, and what it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.lint.fixes import Edits, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import Finding
from prisma_lsp.schema.declarations import Enum, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block

# The finding that the lens offers to repair.
UNSERVED = "missing-fk-index"


# So many blocks that an edit has left to be checked are checked before their findings are counted.
FEW = 50


class Lens(NamedTuple):
    """Words above the name at columns ``start`` to ``end``.

    ``action`` is "references" (show them), "fix" (make the edits of `repair`) or "" for words only.
    """

    line: int
    start: int
    end: int
    title: str
    action: str = ""


def lenses(linter: Linter, path: str) -> Iterator[Lens]:
    schema = linter.schema
    document = schema.files.get(path)
    if document is None:
        return
    if linter.left <= FEW:
        linter.work_on(document.blocks)
    kinds: dict[str, bool] = {}
    uses = _uses(schema)
    for first, block in zip(document.starts, document.blocks, strict=True):
        declaration = schema.owner(path, block) if block.header >= 0 else None
        if isinstance(declaration, (Model, Enum)):
            row, name = first + block.header, declaration.name_node
            count = uses[declaration.name]
            words = _count(count, "reference")
            if isinstance(declaration, Model) and declaration.kind != "type":
                words += _parts(schema, declaration, kinds)
            yield Lens(row, name.start, name.end, words, "references" if count else "")
            missing = len(_unserved(linter, block))
            if missing:
                words = _count(missing, "foreign key")
                title = f"{words} without an index: add {'it' if missing == 1 else 'them'}"
                yield Lens(row, name.start, name.end, title, "fix")


def repair(linter: Linter, name: str) -> Edits:
    """The edits that serve every unserved foreign key of the model ``name``: its preferred fixes."""
    schema = linter.schema
    model = schema.model(name)
    edits: Edits = {}
    if model is None:
        return edits
    bench = Workbench(schema, linter.environment)
    for finding in _unserved(linter, model.block):
        fixes = list(finding.fixes(bench)) if finding.fixes is not None else []
        chosen = next((fix for fix in fixes if fix.preferred), None)
        for path, found in chosen.edits.items() if chosen is not None else ():
            mine = edits.setdefault(path, [])
            # Two fixes may both want the blank line before the block attributes.
            mine += [edit for edit in found if edit not in mine]
    return edits


def _unserved(linter: Linter, block: Block) -> list[Finding]:
    return [finding for finding in linter.findings(block) if finding.rule == UNSERVED]


def _uses(schema: Schema) -> Counter[str]:
    """How many fields are of each type: once for all, as one model may refer to every other."""
    return Counter(
        field.type_name
        for declaration in schema.all_declarations()
        if isinstance(declaration, Model)
        for field in declaration.all_fields
    )


def _parts(schema: Schema, model: Model, kinds: dict[str, bool]) -> str:
    """How many relations and indexes; ``kinds`` remembers which names are models."""
    relations = 0
    for field in model.all_fields:
        name = field.type_name
        if name not in kinds:
            kinds[name] = schema.kind_of(name) in ("model", "view")
        relations += kinds[name]
    indexes = sum(index.kind != "id" for index in model.indexes)
    return f" · {_count(relations, 'relation')} · {_count(indexes, 'index', 'indexes')}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
