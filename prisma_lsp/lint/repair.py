"""What a repair is, and how repairs are found.

A repair makes the fixes for one kind of what Prisma rejects.  It is a function in
``prisma_lsp/lint/repairs/<topic>.py``, marked with the codes that it repairs; nothing has to be
registered anywhere, and nothing is imported before somebody asks for a fix.  It is given the place
that is wrong (`Wrong`) and looks there for what can be done; it does not read messages.

A fix is ``preferred`` only where it is the one obvious repair: only those are made without asking.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from prisma_lsp.lint.fixes import Draft, Fix, Workbench
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Field, Model
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import Edit, Range

if TYPE_CHECKING:
    from prisma_lsp.lint.rule import Finding, FixMaker, Safety
    from prisma_lsp.schema.schema import Schema

Maker = Callable[["Wrong"], Iterable[Fix]]
_Marked = TypeVar("_Marked", bound=Maker)

_makers: dict[str, list[Maker]] | None = None


def repairs(*codes: str) -> Callable[[_Marked], _Marked]:
    """Mark a function as what repairs the findings with these codes."""

    def mark(maker: _Marked) -> _Marked:
        maker.repairs = codes  # type: ignore[attr-defined]
        return maker

    return mark


def makers() -> dict[str, list[Maker]]:
    """The repairs by code; found once."""
    global _makers
    if _makers is None:
        _makers = {}
        for path in sorted((Path(__file__).parent / "repairs").glob("*.py")):
            if path.stem == "__init__":
                continue
            module = import_module(f"prisma_lsp.lint.repairs.{path.stem}")
            for value in vars(module).values():
                if getattr(value, "__module__", "") != module.__name__:
                    continue
                for code in getattr(value, "repairs", ()):
                    _makers.setdefault(code, []).append(value)
    return _makers


def repair(
    finding: Finding, about: object, own: FixMaker | None, bench: Workbench
) -> Iterator[Fix]:
    """The fixes for a finding of validity: the check's ``own``, then those of the repairs.

    ``about`` is what was checked.
    """
    seen: set[str] = set()
    for fix in _all_fixes(finding, about, own, bench):
        # Of two ways to the same text one is enough.
        key = repr(sorted(fix.edits.items()))
        if fix.edits and key not in seen:
            seen.add(key)
            yield fix


def _all_fixes(
    finding: Finding, about: object, own: FixMaker | None, bench: Workbench
) -> Iterator[Fix]:
    if own is not None:
        yield from own(bench)
    found = makers().get(finding.rule)
    if found:
        wrong = Wrong(finding, about, bench)
        for maker in found:
            yield from maker(wrong)


class _Place(NamedTuple):
    """A finding's code and stretch."""

    rule: str
    line: int
    start: int
    end: int


class Wrong:
    """The place that is wrong: a stretch of a line, and what stands there."""

    def __init__(self, finding: Finding | _Place, about: object, bench: Workbench) -> None:
        self.code = finding.rule
        self.line = finding.line
        self.start = finding.start
        self.end = finding.end
        self.about = about
        self.bench = bench

    def at(self, line: int, start: int, end: int) -> Wrong:
        """Another place of the same block, with the same code."""
        return Wrong(_Place(self.code, line, start, end), self.about, self.bench)

    @property
    def schema(self) -> Schema:
        return self.bench.schema

    @cached_property
    def declaration(self) -> Declaration | None:
        match self.about:
            case Declaration():
                return self.about
            case Field():
                return self.about.owner
            case Block():
                return self.schema.owner(self.path, self.about)
        return None

    @property
    def model(self) -> Model | None:
        return self.declaration if isinstance(self.declaration, Model) else None

    @property
    def enum(self) -> Enum | None:
        return self.declaration if isinstance(self.declaration, Enum) else None

    @property
    def config(self) -> Config | None:
        return self.declaration if isinstance(self.declaration, Config) else None

    @cached_property
    def block(self) -> Block:
        if isinstance(self.about, Block):
            return self.about
        assert self.declaration is not None
        return self.declaration.block

    @cached_property
    def path(self) -> str:
        if not isinstance(self.about, Block):
            assert self.declaration is not None
            return self.declaration.path
        return self.bench.path_of(self.about)

    @property
    def line_text(self) -> str:
        return self.block.line(self.line).rstrip("\r\n")

    @property
    def text(self) -> str:
        """What the finding marks."""
        return self.line_text[self.start : self.end]

    @cached_property
    def node(self) -> nodes.LineNode:
        entries = self.block.entries
        at = bisect_left(entries, self.line, key=lambda entry: entry[0])
        return entries[at][1] if at < len(entries) and entries[at][0] == self.line else None

    @cached_property
    def field(self) -> Field | None:
        if isinstance(self.about, Field):
            return self.about
        if self.model is None:
            return None
        fields = self.model.all_fields
        at = bisect_left(fields, self.line, key=lambda field: field.line)
        return fields[at] if at < len(fields) and fields[at].line == self.line else None

    @cached_property
    def attribute(self) -> nodes.Attribute | None:
        """The attribute in which the finding stands."""
        match self.node:
            case nodes.BlockAttributeLine(attribute=attribute):
                return attribute
            case nodes.FieldLine(attributes=attributes) | nodes.ValueLine(attributes=attributes):
                return next((a for a in attributes if a.start <= self.start < a.end), None)
        return None

    @property
    def signs(self) -> str:
        """What the attribute begins with."""
        return "@@" if isinstance(self.node, nodes.BlockAttributeLine) else "@"

    @cached_property
    def argument(self) -> nodes.Argument | None:
        """The attribute's argument in which the finding stands."""
        if self.attribute is None:
            return None
        given = self.attribute.arguments or ()
        return next((a for a in given if a.start <= self.start < max(a.end, a.start + 1)), None)

    @cached_property
    def value(self) -> nodes.Node | None:
        """The innermost node that covers exactly what the finding marks."""
        roots: list[nodes.Node] = []
        if self.attribute is not None:
            roots = list(self.attribute.arguments or ())
        elif isinstance(self.node, nodes.PropertyLine) and self.node.value is not None:
            roots = [self.node.value]
        return next((n for n in _inside(roots) if (n.start, n.end) == (self.start, self.end)), None)

    # --- fixes -------------------------------------------------------------------------------

    def draft(self) -> Draft:
        return self.bench.draft()

    def fix(
        self,
        title: str,
        text: str,
        start: int | None = None,
        end: int | None = None,
        *,
        safety: Safety = "T",
        preferred: bool = False,
    ) -> Fix:
        """The fix that replaces a stretch of the line; without columns, what the finding marks."""
        start = self.start if start is None else start
        end = self.end if end is None else end
        draft = self.draft().replace_in_block(self.path, self.block, self.line, start, end, text)
        return Fix(title, safety, draft.edits, preferred)

    def remove_line(self, title: str, line: int | None = None, *, preferred: bool = False) -> Fix:
        draft = self.draft().remove_line(self.path, self.block, self.line if line is None else line)
        return Fix(title, "T", draft.edits, preferred)

    def insert_line(self, draft: Draft, line: int, text: str) -> Draft:
        """Put ``text`` before a line of the block; ``text`` brings its indent and not its end."""
        lines = self.block.lines
        end = "\r\n" if lines[0].endswith("\r\n") else "\n"
        row = self.bench.line_of(self.path, self.block)
        edits = draft.edits.setdefault(self.path, [])
        if line > 0 and not lines[line - 1].endswith(("\n", "\r")):
            at = Range(row + line - 1, len(lines[line - 1]), row + line - 1, len(lines[line - 1]))
            edits.append(Edit(at, end + text))
        else:
            edits.append(Edit(Range(row + line, 0, row + line, 0), text + end))
        return draft

    def remove_attribute(
        self, attribute: nodes.Attribute | None = None, *, preferred: bool = False
    ) -> Iterator[Fix]:
        attribute = attribute or self.attribute
        if attribute is None:
            return
        title = f"Remove `{self.signs}{attribute.name}`"
        if self.signs == "@@":
            yield self.remove_line(title, preferred=preferred)
        else:
            before = len(self.line_text[: attribute.start].rstrip())
            yield self.fix(title, "", before, attribute.end, preferred=preferred)

    def remove_argument(
        self, argument: nodes.Argument | None = None, *, preferred: bool = False
    ) -> Iterator[Fix]:
        """The fix that takes an argument away, with its comma, or with the empty brackets."""
        argument = argument or self.argument
        attribute = self.attribute
        if argument is None or attribute is None or not attribute.arguments:
            return
        if argument not in attribute.arguments:
            return
        start, end = _without(attribute.arguments, argument)
        if len(attribute.arguments) == 1:
            start, end = attribute.name_end, attribute.end
        name = argument.name.value if argument.name is not None else self._shown(argument)
        yield self.fix(f"Remove `{name}`", "", start, end, preferred=preferred)

    def remove_item(self, preferred: bool = False) -> Iterator[Fix]:
        """The fix that takes the marked element out of its list, unless it is the only one."""
        if self.attribute is None and not isinstance(self.node, nodes.PropertyLine):
            return
        roots: list[nodes.Node] = (
            list(self.attribute.arguments or ())
            if self.attribute is not None
            else [v for v in (getattr(self.node, "value", None),) if v is not None]
        )
        for node in _inside(roots):
            if not isinstance(node, nodes.Array):
                continue
            for item in node.items:
                if item.start == self.start and len(node.items) > 1:
                    start, end = _without(node.items, item)
                    yield self.fix(f"Remove `{self._shown(item)}`", "", start, end, preferred=preferred)

    def _shown(self, node: nodes.Node) -> str:
        text = self.line_text[node.start : node.end]
        return text if len(text) <= 40 else text[:39] + "…"


def _inside(roots: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """Every node in ``roots``, the inner ones first."""
    for node in roots:
        match node:
            case nodes.Argument(value=value):
                if value is not None:
                    yield from _inside([value])
            case nodes.Call(arguments=arguments):
                yield from _inside(arguments)
            case nodes.Array(items=items):
                yield from _inside(items)
            case nodes.Object(entries=entries):
                yield from _inside([value for _, value in entries])
        yield node


def _without(row: tuple[nodes.Node, ...], node: nodes.Node) -> tuple[int, int]:
    """The columns to delete, so that ``node`` is gone from a row with commas."""
    at = next(i for i, other in enumerate(row) if other is node)
    if at:
        return row[at - 1].end, node.end
    return node.start, row[1].start if len(row) > 1 else node.end


def only_child(node: nodes.Node) -> nodes.Node:
    """An array's only element, or the node itself."""
    if isinstance(node, nodes.Array) and len(node.items) == 1:
        return node.items[0]
    return node
