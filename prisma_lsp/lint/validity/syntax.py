"""Lines and blocks that are not the schema language, and forms it no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Declaration
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import KEYWORDS, Block, Problem

_KEYWORD_LIST = "`model`, `enum`, `type`, `view`, `datasource` or `generator`"
_INSIDE = {
    "model": "a field (`name Type`) or a block attribute (`@@…`)",
    "view": "a field (`name Type`) or a block attribute (`@@…`)",
    "type": "a field (`name Type`)",
    "enum": "one value a line",
    "datasource": "`name = value`",
    "generator": "`name = value`",
}


@rule(level="error")
def problems(block: Block, context: Context) -> Iterator[Finding]:
    """Whatever the parser could not read: once a line, but a block that is lost as one thing."""
    read = -1
    for problem in block.problems:
        if problem.line <= read and problem.code == "top-level":
            continue
        through = _through(block, problem)
        if problem.code == "top-level":
            read = through
        yield Finding(
            problem.line, problem.start, problem.end, _say(block, problem), rule=problem.code,
            through=through,
        )  # fmt: skip


def _through(block: Block, problem: Problem) -> int:
    """The last line that Prisma cannot read, or reads into another block, because of the problem."""
    match problem.code:
        case "block-keyword" | "block-name" | "missing-brace":
            return block.close if block.close >= 0 else _last_written(block)
        case "unclosed-block" if block.to_end:
            return _last_written(block)
        case "top-level":
            return lost_block(block, problem)
    return problem.line


def _last_written(block: Block) -> int:
    last = len(block.lines) - 1
    while last > block.header and not block.lines[last].strip():
        last -= 1
    return last


def lost_block(gap: Block, problem: Problem) -> int:
    """The last line of what looks like a block whose first line cannot be read: its `}`.

    It looks like one where the first line begins with a keyword, or where it and the `}` stand
    further left than all between them.
    """
    named = problem.subject in KEYWORDS
    inner = problem.line
    for other in gap.problems:
        if other.line <= problem.line:
            continue
        if other.code != "top-level" or other.subject in KEYWORDS:
            break
        if other.subject == "}":
            framed = inner > problem.line and other.start == problem.start
            return other.line if named or framed else problem.line
        if other.start > problem.start:
            inner = other.line
        elif not named:
            break
    return inner if named else problem.line


def _say(block: Block, problem: Problem) -> str:
    match problem.code:
        case "unclosed-block":
            return f"`{block.kind} {problem.subject}` is not closed: put a `}}` on a line of its own after its last line"
        case "long-block":
            return f"`{problem.subject}` is longer than any table: only its beginning is checked"
        case "missing-brace":
            return f"The `}}` that closes `{problem.subject}` is missing above this line"
        case "block-keyword":
            return f"`{problem.subject}` begins no block: write {_KEYWORD_LIST}"
        case "block-name":
            return f"This `{problem.subject}` has no name: write `{problem.subject} Name {{`"
        case "type-alias":
            return "Types cannot be given another name this way: write the type out in each field"
        case "top-level":
            return _outside(problem.subject)
        case "incomplete-line":
            return f"The line is not complete: expected is {_INSIDE.get(block.kind, 'more')}"
    if problem.code == "after-brace":
        return "Only a comment can follow the `}`: put the rest on a line of its own"
    if problem.subject == "@@":
        return "A block attribute needs a line of its own: move this one to the next line"
    shown = f"`{problem.subject}`" if problem.subject.strip() else "This"
    return f"{shown} does not fit here: expected is {_INSIDE.get(block.kind, 'a block')}"


def _outside(word: str) -> str:
    if word == "}":
        return "This `}` closes nothing: remove it"
    if word in KEYWORDS:
        return f"This `{word}` opens no block: the line must be `{word} Name {{` and nothing else"
    return f"Outside a block only {_KEYWORD_LIST} can begin a line"


@rule(level="error")
def old_forms(declaration: Declaration, context: Context) -> Iterator[Finding]:
    """Lines that are read, but in a form that is not complete or no longer allowed."""
    for line, node in declaration.block.entries:
        match node:
            case nodes.FieldLine():
                yield from _field(line, node)


def _field(line: int, node: nodes.FieldLine) -> Iterator[Finding]:
    if node.colon >= 0:
        yield Finding(
            line, node.colon, node.colon + 1,
            "No `:` stands between a field and its type: remove it", rule="field-colon",
        )  # fmt: skip
    kind = node.type
    if kind is None:
        yield Finding(
            line, node.name.start, node.name.end,
            f"`{node.name.value}` has no type: write one after the name, such as `{node.name.value} String`",
            rule="missing-type",
        )  # fmt: skip
    elif kind.unsupported is not None and kind.name != "Unsupported":
        yield Finding(
            line, kind.start, kind.end,
            f"Only `Unsupported` takes a text in brackets: write `{kind.name}` alone",
            rule="unexpected-token",
        )  # fmt: skip
    elif kind.legacy == "!":
        yield Finding(
            line, kind.start, kind.end,
            f"A field is required unless it has a `?`: write `{kind.name}`", rule="required-mark",
        )  # fmt: skip
    elif kind.legacy == "[]?":
        yield Finding(
            line, kind.start, kind.end,
            f"A list cannot be optional: write `{kind.name}[]`, which may be empty, or `{kind.name}?`",
            rule="optional-list",
        )  # fmt: skip
    elif kind.legacy:
        yield Finding(
            line, kind.start, kind.end,
            f"A list is written `{kind.name}[]`", rule="list-brackets",
        )  # fmt: skip
