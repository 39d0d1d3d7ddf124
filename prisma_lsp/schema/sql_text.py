"""Names that stand in the SQL inside a schema, where no rename can follow them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp.schema.declarations import Model
from prisma_lsp.syntax import nodes


def mentions(model: Model, name: str) -> bool:
    """Whether a ``dbgenerated("…")`` or ``raw("…")`` of the model holds the database name."""
    word = None
    for text in _texts(model):
        if name in text:
            word = word or re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])")
            if word.search(text):
                return True
    return False


def _texts(model: Model) -> Iterator[str]:
    for field in model.all_fields:
        call = field.default_function
        if call is not None and call.name == "dbgenerated":
            yield from _strings(call)
    for index in model.indexes:
        if isinstance(index.where, nodes.Call):
            yield from _strings(index.where)


def _strings(call: nodes.Call) -> Iterator[str]:
    for argument in call.arguments:
        if isinstance(argument.value, nodes.String):
            yield argument.value.value
