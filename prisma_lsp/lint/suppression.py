"""Comments that switch rules off in one place.

``// prisma-lsp-ignore rule, other-rule: reason`` speaks for the line it stands behind or above; above
a declaration, for the whole declaration; ``// prisma-lsp-ignore-file rule: reason``, for the file.
Without a rule's name every rule is meant.  The comments of prisma-lint are honoured as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal, NamedTuple

from prisma_lsp.syntax.document import Block
from prisma_lsp.syntax.memory import remembered

Scope = Literal["line", "block", "file"]

# Cheap to look for, and in every comment that matters.
MARK = "-ignore"

_OURS = re.compile(r"/{2,3}\s*prisma-lsp-ignore(-file)?(?![\w-])([^\r\n]*)")
_PRISMA_LINT = re.compile(r"/{2,3}\s*prisma-lint-ignore-(model|enum|field|view|type)(?![\w-])([^\r\n]*)")
_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# prisma-lint's rules and ours that say the same.
PRISMA_LINT_RULES: dict[str, tuple[str, ...]] = {
    "enum-name-pascal-case": ("enum-name-case",),
    "enum-value-case": ("enum-value-case",),
    "enum-value-snake-case": ("enum-value-case",),
    "field-name-camel-case": ("field-name-case",),
    "field-name-grammatical-number": ("list-field-number",),
    "field-name-mapping-snake-case": ("column-name-case", "redundant-map"),
    "field-order": ("field-order",),
    "forbid-field": ("forbid-field",),
    "forbid-required-ignored-field": ("required-ignored-field",),
    "model-name-grammatical-number": ("model-name-number",),
    "model-name-mapping-snake-case": ("table-name-case", "table-name-number"),
    "model-name-pascal-case": ("model-name-case",),
    "model-name-prefix": ("model-name-affix",),
    "require-default-empty-arrays": ("list-default",),
    "require-field": ("require-field", "require-timestamps"),
    "require-field-index": ("require-index-on", "missing-fk-index"),
    "require-field-type": ("require-field-type",),
    "ban-unbounded-string-type": ("unbounded-string",),
}


class Directive(NamedTuple):
    """One comment: the lines of its block that it speaks for (all, where ``scope`` says so).

    ``line``, ``start`` and ``end`` are where the comment stands; ``names`` maps each rule's name to
    the column where it is written; none means every rule.  ``foreign`` is another tool's comment.
    """

    scope: Scope
    target: int
    line: int
    start: int
    end: int
    names: dict[str, int]
    foreign: bool = False

    def covers(self, line: int, rule: str) -> bool:
        if self.scope == "line" and line != self.target:
            return False
        return not self.names or rule in self.names


class Suppressions:
    """The directives of a block, and what became of them.

    ``active`` are the rules that are on.  ``used`` holds (directive's index, rule) of every finding that was silenced; ``used_in_file`` the
    rules that a directive of this block silenced anywhere in its file, or None where that is not
    known yet.
    """

    def __init__(
        self,
        directives: list[Directive],
        path: str,
        block: Block,
        active: Collection[str],
        used_in_file: frozenset[str] | None,
    ) -> None:
        self.directives = directives
        self.path = path
        self.block = block
        self.active = active
        self.used: set[tuple[int, str]] = set()
        self.used_in_file = used_in_file

    def is_used(self, index: int, rule: str | None) -> bool:
        """Whether a directive silenced a finding of ``rule`` (of any rule, where None)."""
        if self.directives[index].scope == "file":
            if self.used_in_file is None:
                return True
            return bool(self.used_in_file) if rule is None else rule in self.used_in_file
        return any(at == index and rule in (None, name) for at, name in self.used)

    def silences(self, line: int, rule: str) -> bool:
        """Whether a finding of ``rule`` on ``line`` is not wanted; noted as used."""
        silenced = False
        for index, directive in enumerate(self.directives):
            if directive.scope != "file" and directive.covers(line, rule):
                self.used.add((index, rule))
                silenced = True
        return silenced


def directives(block: Block) -> list[Directive]:
    """The directives written in ``block``, in order."""
    found: list[Directive] = []
    if not any(MARK in line for line in block.lines):
        return found
    for number in range(len(block.lines)):
        text = block.line(number)
        if MARK not in text:
            continue
        match = _OURS.search(text)
        foreign = False
        if match is None:
            match = _PRISMA_LINT.search(text)
            foreign = True
        if match is None or _in_string(text, match.start()):
            continue
        alone = not text[: match.start()].strip()
        kind, rest = match.group(1), match.group(2)
        names = _foreign_names(rest) if foreign else _names(rest, match.start(2))
        scope: Scope = "line"
        target = number
        if foreign:
            if kind != "field":
                scope = "block"
        elif kind:
            scope = "file"
        elif alone and number < block.header:
            scope = "block"
        if scope == "line" and alone:
            target = _next_line(block, number)
        found.append(
            Directive(scope, target, number, match.start(), len(text.rstrip()), names, foreign)
        )
    return found


@remembered(1024)
def file_rules(line: str) -> frozenset[str] | None:
    """The rules that a line switches off for its file; empty means every rule, None means none."""
    match = _OURS.search(line)
    if match is None or not match.group(1) or _in_string(line, match.start()):
        return None
    return frozenset(_names(match.group(2), 0))


def _names(rest: str, start: int) -> dict[str, int]:
    """Rule name → column, from `` rule, rule: reason``."""
    listed = rest.split(":", 1)[0]
    if " -- " in listed:
        listed = listed.split(" -- ", 1)[0]
    return {m.group(): start + m.start() for m in _RULE.finditer(listed)}


def _foreign_names(rest: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for match in re.finditer(r"[a-z]+(?:-[a-z]+)+", rest):
        for name in PRISMA_LINT_RULES.get(match.group(), ()):
            names[name] = -1
        names.setdefault(match.group(), -1)
    return names


def _next_line(block: Block, number: int) -> int:
    """The first line below that is neither blank nor a comment."""
    for index in range(number + 1, len(block.lines)):
        text = block.line(index).strip()
        if text and not text.startswith("//"):
            return index
    return number


def _in_string(text: str, column: int) -> bool:
    """Whether the column is inside a string literal of the line."""
    before = text[:column]
    return (before.count('"') - before.count('\\"')) % 2 == 1
