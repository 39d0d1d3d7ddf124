"""Blocks whose header is still being typed: ``model User`` without its brace, ``mode User {``.

Their lines are no block yet, so nothing is known of the place of a cursor in them.  `mended` gives the
schema as it will be once the header is written; no line moves, and only the header's grows.
"""

from __future__ import annotations

import re

from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import KEYWORDS, Document, edit
from prisma_lsp.text import Range

# Stands for a name that is not written yet: nothing that speaks of it may be proposed.
UNNAMED = "Unnamed__"

_NO_BRACE = re.compile(rf"\s*(?:{'|'.join(sorted(KEYWORDS))})\s+\w+(?=\s*(?://.*)?$)")
_NO_NAME = re.compile(rf"\s*(?:{'|'.join(sorted(KEYWORDS))})(?=\s*\{{)")
_SHORT = re.compile(r"\s*([a-z]{2,})(?=\s+\w+\s*\{)")
# A header this far above is not the one that is being typed.
_FAR = 200


def mended(schema: Schema, path: str, line: int) -> Schema:
    """The schema with the header finished that ``line`` stands below, or the very same one."""
    document = schema.files.get(path)
    if document is None or not document.blocks or not 0 < line <= document.line_count:
        return schema
    header, text, added = -1, "", ""
    number = document.locate(min(line, document.line_count - 1))
    block = document.blocks[number]
    if block.kind == "gap":
        header = _above(document, document.starts[number], line)
        found = _NO_BRACE.match(document.line(header).rstrip("\r\n")) if header >= 0 else None
        text, added = (found[0], " {") if found is not None else ("", "")
    elif block.kind == "unknown":
        header = document.starts[number] + block.header
        text, added = _finished(document.line(header))
    if not text or not 0 <= header < line:
        return schema
    at = Range(header, len(text), header, len(text))
    # A document of its own, so that the true one does not come to remember these blocks.
    apart = Document(document.blocks, document.starts, document.fragile)
    return schema.with_change(path, edit(apart, at, added))[0]


def _above(document: Document, first: int, line: int) -> int:
    """The line of a header without a brace that ``line`` belongs to, or -1."""
    is_apart = False
    text = document.line(line).rstrip("\r\n") if line < document.line_count else ""
    for above in range(line - 1, max(first, line - _FAR) - 1, -1):
        written = document.line(above).rstrip("\r\n")
        if written.lstrip().startswith("}"):
            return -1
        if _NO_BRACE.match(written):
            # Below a blank line and at the margin, something new begins.
            return -1 if is_apart and not text[:1].isspace() else above
        is_apart = is_apart or not written.strip()
    return -1


def _finished(header: str) -> tuple[str, str]:
    """(the beginning of a header, what is missing behind it), or two empty texts."""
    nameless = _NO_NAME.match(header)
    if nameless is not None:
        return nameless[0], f" {UNNAMED}"
    short = _SHORT.match(header)
    whole = [k for k in sorted(KEYWORDS) if short is not None and k.startswith(short[1])]
    return (short[0], whole[0][len(short[1]) :]) if short is not None and len(whole) == 1 else ("", "")
