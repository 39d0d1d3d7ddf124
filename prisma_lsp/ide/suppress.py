"""Comments that silence one finding: where they go, and where their reason is to be typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from prisma_lsp.lint.rule import Finding, find_rule
from prisma_lsp.lint.suppression import Directive, Scope, directives
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import Edit, Range

# Its findings are about the comments themselves.
_NEVER = "unused-suppression"


class Ignore(NamedTuple):
    """One comment: its edit of the file, and what stands left of the cursor on ``line`` after it."""

    title: str
    edit: Edit
    line: int
    before: str


def ignores(schema: Schema, path: str, block: Block, finding: Finding) -> Iterator[Ignore]:
    """The comments that would silence ``finding``, the narrowest first; none for Prisma's own."""
    if finding.source == "prisma" or finding.rule == _NEVER:
        return
    first = schema.line_of(path, block)
    own = [one for one in directives(block) if not one.foreign]
    if finding.line > block.header:
        found = next((d for d in own if d.scope == "line" and d.target == finding.line), None)
        title = f"Ignore `{finding.rule}` on this line"
        yield _comment(title, finding.rule, "line", block, first, finding.line, found)
    if block.header >= 0:
        found = next((d for d in own if d.scope == "block"), None)
        title = f"Ignore `{finding.rule}` in this {block.kind}"
        yield _comment(title, finding.rule, "block", block, first, block.header, found)
    yield _for_file(schema, path, finding.rule)


def _for_file(schema: Schema, path: str, rule: str) -> Ignore:
    title = f"Ignore `{rule}` in this file"
    for block in schema.marked_blocks(path):
        for one in directives(block):
            if one.scope == "file" and one.names:
                return _added(title, rule, block, schema.line_of(path, block), one)
    document = schema.files[path]
    text = f"// prisma-lsp-ignore-file {rule}: "
    # A blank line keeps it apart from what the file's first comment is about.
    end = _line_end(document.blocks[0])
    blank = end if document.line(0).strip() else ""
    return Ignore(title, Edit(Range(0, 0, 0, 0), text + end + blank), 0, text)


def _comment(
    title: str, rule: str, scope: Scope, block: Block, first: int, line: int,
    found: Directive | None,
) -> Ignore:  # fmt: skip
    if found is not None and found.names:
        return _added(title, rule, block, first, found)
    written = block.lines[line]
    indent = written[: len(written) - len(written.lstrip())]
    # Above the documentation, which must stay next to what it documents.
    comments = block.comments or {}
    while line > 0 and (
        block.line(line - 1).lstrip().startswith("///") or comments.get(line - 1) == -1
    ):
        line -= 1
    row = first + line
    text = f"{indent}// prisma-lsp-ignore {rule}: "
    return Ignore(title, Edit(Range(row, 0, row, 0), text + _line_end(block)), row, text)


def _added(title: str, rule: str, block: Block, first: int, found: Directive) -> Ignore:
    """The rule's name behind those that the comment has; the cursor goes to the comment's end."""
    names = [name for name in found.names if find_rule(name) is not None] or list(found.names)[:1]
    at = max(found.names[name] + len(name) for name in names)
    text = block.lines[found.line]
    new = text[:at] + f", {rule}" + text[at : found.end]
    row = first + found.line
    if ":" in text[at : found.end]:
        return Ignore(title, Edit(Range(row, at, row, at), f", {rule}"), row, new)
    # What stands behind the names without a colon would be read as more names.
    rest = text[at : found.end]
    reason = f", {rule}: {rest.strip(' -')}"
    return Ignore(title, Edit(Range(row, at, row, found.end), reason), row, text[:at] + reason)


def _line_end(block: Block) -> str:
    return "\r\n" if block.lines and block.lines[0].endswith("\r\n") else "\n"
