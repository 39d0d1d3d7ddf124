"""Runs the checks over a schema's blocks and remembers what they found.

`Linter.update` takes a new snapshot and what has changed in it.  A block is checked when it is new,
or when a question it asked would be answered differently now; everything else stands.
"""

from __future__ import annotations

import logging
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from itertools import accumulate, islice
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from prisma_lsp.lint.context import Asked, Context, Environment, Glance, NotYet, Survey
from prisma_lsp.lint.places import is_in_files, is_in_models
from prisma_lsp.lint.related import has_related, related
from prisma_lsp.lint.repair import repair
from prisma_lsp.lint.rule import (
    Endless,
    Finding,
    Level,
    Rule,
    all_rules,
    level_of,
    may_have_rules,
    options_in,
    validity_checks,
)
from prisma_lsp.lint.suppression import Suppressions, directives, file_rules
from prisma_lsp.schema.declarations import Config, Declaration, Enum, Field, Fields, Model
from prisma_lsp.schema.schema import FILE_MARK, Key, Schema, key_of
from prisma_lsp.settings import Options, Override, RuleSetting, merged_rules
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import Block
from prisma_lsp.text import common_ends

if TYPE_CHECKING:
    from prisma_lsp.lint.migration import Migration

log = logging.getLogger(__name__)

# No database has a table this wide; a generated monster must not hold up everything else.
MAX_FIELDS = 5_000
# How many blocks the typing of one thing may make or unmake.
FEW_BLOCKS = 4
# In how many other blocks errors are looked at again before what was typed is shown.
FEW_ERRORS = 8
# From how many lines on a block is checked after those that an edit of it concerns.
LONG_BLOCK = 300
# From how many blocks on a schema is so big that its first findings do not wait for the rest.
MANY_BLOCKS = 300

_SEVERITIES = ("error", "warning", "info", "hint")

# Where a check is not broken off.
_OURS_TO_FINISH = ("prisma_lsp.schema.", "prisma_lsp.syntax.")
# The checks that did not end and had to be broken off: never run again by this process.
_given_up: set[Callable[..., Any]] = set()


class Linter:
    """The findings of one schema.  Call `update` or `start`, then `work` until nothing is left."""

    def __init__(self, schema: Schema, environment: Environment) -> None:
        self.schema = schema
        self.environment = environment
        self._plan = Plan(environment)
        self._validity: Plan | None = None
        # What was edited last, until it is shown.
        self._preview: _Preview | None = None
        self._doubts = False
        # The blocks that are gone, until all that is remembered of their questions is as well.
        self._left: list[Block] = []
        self._findings: dict[Block, list[Finding]] = {}
        self._places: dict[Block, str] = {}
        # By path: the blocks with findings and with errors, and how many there are of each.
        self._found: dict[str, set[Block]] = {}
        self._failing: dict[str, set[Block]] = {}
        self._totals: dict[str, list[int]] = {}
        # By path: the blocks whose findings are others than when somebody asked last.
        self._changed: dict[str, set[Block]] = {}
        self._gone: dict[str, set[Block]] = {}
        # What each block asked, by what the answer depends on, and who asked.
        self._asked: dict[Block, dict[Key, Asked]] = {}
        self._askers: dict[Key, set[Block]] = {}
        # By path and rule: how many findings a comment for the whole file silenced; and the files
        # where the answer to "any?" has changed since those comments were checked.
        self._silenced: dict[Block, list[str]] = {}
        self._silences: dict[str, dict[str, int]] = {}
        self._unsettled: set[str] = set()
        # Blocks that would be found more in once the migrations are read: block → path.
        # Ordered, as the first of a plain dictionary is found the slower the more were taken before it.
        self._waiting: OrderedDict[Block, str] = OrderedDict()
        # What is still to be done: block → path, oldest first; and the declarations of a big schema
        # that nobody has read yet, last first.
        self._open: OrderedDict[Block, str] = OrderedDict()
        # What the schema has answered, where nothing will be checked again.
        self._known: dict[tuple[str, ...], Any] | None = None
        self._unread: list[Declaration] = []
        self.restart(schema, environment)

    def restart(self, schema: Schema, environment: Environment) -> None:
        """Forget everything and plan to check every block."""
        self.schema = schema
        self.environment = environment
        self._plan = Plan(environment)
        self._validity = None
        self._preview = None
        self._doubts = False
        for path, blocks in self._found.items():
            self._changed.setdefault(path, set()).update(blocks)
        self._findings.clear()
        self._places.clear()
        self._found.clear()
        self._failing.clear()
        self._totals.clear()
        self._silenced.clear()
        self._silences.clear()
        self._known = None
        self._unsettled = {path for path in schema.files if schema.marked_blocks(path)}
        self._left.clear()
        self._asked.clear()
        self._askers.clear()
        self._waiting.clear()
        self._open = OrderedDict(
            (block, path) for path, document in schema.files.items() for block in document.blocks
        )
        self._unread = list(schema.all_declarations()) if len(self._open) > MANY_BLOCKS else []

    def fork(self) -> Linter:
        """Another linter that knows the same and goes its own way from here."""
        other = Linter.__new__(Linter)
        other.schema = self.schema
        other.environment = self.environment
        other._plan = self._plan
        other._validity = self._validity
        other._preview = None
        other._doubts = False
        other._left = list(self._left)
        other._known = None
        other._findings = dict(self._findings)
        other._places = dict(self._places)
        other._found = {path: set(blocks) for path, blocks in self._found.items()}
        other._failing = {path: set(blocks) for path, blocks in self._failing.items()}
        other._changed = {}
        other._gone = {}
        other._totals = {path: list(totals) for path, totals in self._totals.items()}
        other._silenced = dict(self._silenced)
        other._silences = {path: dict(counts) for path, counts in self._silences.items()}
        other._unsettled = set(self._unsettled)
        other._asked = dict(self._asked)
        other._askers = {key: set(askers) for key, askers in self._askers.items()}
        other._waiting = self._waiting.copy()
        other._open = self._open.copy()
        other._unread = []
        return other

    def update(
        self,
        schema: Schema,
        path: str,
        removed: Iterable[Block],
        added: Iterable[Block],
        keys: Iterable[Key],
    ) -> set[str]:
        """Take a new snapshot; returns the paths where findings may change by the next `work`."""
        self.begin(schema, path, removed, added)
        return {path} | self.complete(keys)

    def begin(
        self, schema: Schema, path: str, removed: Iterable[Block], added: Iterable[Block]
    ) -> None:
        """The first half of `update`: plan the check of what was edited."""
        self.schema = schema
        removed, added = list(removed), list(added)
        self._preview = None
        if 0 < len(added) <= FEW_BLOCKS and len(removed) <= FEW_BLOCKS:
            self._preview = _preview(path, removed, added, self._findings)
        gone = set(removed)
        for block in gone:
            self._forget_findings(block)
            self._open.pop(block, None)
        self._left += removed
        changed_here = self._changed.setdefault(path, set())
        changed_here.update(added)
        changed_here -= gone
        self._gone.setdefault(path, set()).update(gone)
        # What the user is typing in comes before the rest of a big file.
        for block in reversed(added):
            self._open[block] = path
            self._open.move_to_end(block, last=False)

    def complete(self, keys: Iterable[Key]) -> set[str]:
        """The second half: plan the checks of other blocks; the paths where findings may change."""
        left, self._left = self._left, []
        for block in left:
            self._forget_questions(block)
        touched: set[str] = set()
        changed = set(keys)
        candidates: set[Block] = set()
        for key in changed:
            candidates |= self._askers.get(key, set())
        for block in candidates:
            if block not in self._open and self._is_stale(block, changed):
                self._open[block] = self._places[block]
                touched.add(self._places[block])
        if touched:
            # What all others refer to may be so long that something can be shown of them before it.
            for block in list(islice(self._open, FEW_BLOCKS)):
                if len(block.lines) > LONG_BLOCK:
                    self._open.move_to_end(block)
        return touched

    @property
    def is_waiting(self) -> bool:
        """Whether reading the migrations would let rules say more."""
        return bool(self._waiting)

    def waits_in(self, blocks: Iterable[Block]) -> bool:
        """Whether reading the migrations would let rules say more about one of ``blocks``."""
        return any(block in self._waiting for block in blocks)

    def use_migrations(self, seconds: float, first: Iterable[Block] = ()) -> set[str]:
        """The migrations are read now: check again what waits for them, for about ``seconds``, in any
        case those of the blocks ``first``; returns the paths of what was checked."""
        self.environment.is_pending = False
        for plan in self._plan.variants:
            plan.environment.is_pending = False
        end = time.thread_time() + seconds
        touched: set[str] = set()
        for block in first:
            if block in self._waiting:
                touched.add(self._use(block, self._waiting[block]))
        while self._waiting:
            if touched and time.thread_time() > end:
                return touched
            touched.add(self._use(*next(iter(self._waiting.items()))))
        if not self._open and self._unsettled:
            touched |= self._unsettled
            self._settle()
        return touched

    def _use(self, block: Block, path: str) -> str:
        self._check(path, block)
        self._waiting.pop(block, None)
        return path

    @property
    def is_done(self) -> bool:
        return not self._open

    @property
    def left(self) -> int:
        """How many blocks are still to be checked."""
        return len(self._open)

    def work(self, limit: int | None = None) -> int:
        """Check up to ``limit`` blocks (all, where None); returns how many were checked.

        Where a question about a big schema would take long, reading comes first, in such pieces.
        """
        done = 0
        if self._unread:
            count = len(self._unread) if limit is None else 4 * limit
            for declaration in self._unread[-count:]:
                self.schema.read(declaration)
            del self._unread[-count:]
            if limit is not None:
                return 0
        while self._open and (limit is None or done < limit):
            block, path = next(iter(self._open.items()))
            self._check(path, block)
            # Not before it is done: a check that is broken off is made again.
            self._open.pop(block, None)
            done += 1
        if not self._open and self._unsettled:
            self._settle()
        return done

    def survey(self, paths: Collection[str]) -> None:
        """Check only the files ``paths``, and only once: `update` must not follow."""
        self._known = {}
        self._open = OrderedDict(item for item in self._open.items() if item[1] in paths)
        self._unsettled.intersection_update(paths)

    def work_on(self, blocks: Iterable[Block]) -> None:
        """Check those of ``blocks`` that are still to be checked, and leave the rest for later."""
        for block in blocks:
            path = self._open.pop(block, None)
            if path is not None:
                self._check(path, block)

    @property
    def is_long(self) -> bool:
        """Whether the whole schema has to be read before anything can be said for good."""
        return bool(self._unread)

    def glance(self, seconds: float) -> None:
        """Check the first blocks for about ``seconds``, as far as that goes without the others.

        Only for showing: they are checked again by `work`.
        """
        end = time.thread_time() + seconds
        for block, path in list(self._open.items()):
            owner = self.schema.owner(path, block)
            plan = self._plan.at(path, owner.name if owner is not None else "")
            context = Glance(self.schema, plan.environment, hasty=True)
            found, _ = plan.run(context, owner, block, path)
            self._forget(block)
            self._keep(path, block, found)
            if time.thread_time() > end:
                return

    def preview(self) -> bool:
        """Say at once what Prisma would of the line that is typed in, or of the block where it is
        no field's; all else comes with `work`.

        Until then the findings of its other lines stand as they were.  Only for showing: their fixes
        belong to the block as it was.  False where the last change was of more than a few blocks.
        """
        if self._preview is None:
            return False
        path, line, carried, same, names = self._preview
        self._preview = None
        self._doubts = names and any(
            blocks - carried.keys() for blocks in self._failing.values()
        )
        if self._validity is None:
            self._validity = Plan(self.environment, rules=False)
        for block, standing in carried.items():
            if block not in self._open:
                continue
            owner = self.schema.owner(path, block) if block not in same else None
            context = Glance(self.schema, self.environment)
            if line is not None and isinstance(owner, Model):
                found = self._validity.run_line(context, owner, line)
            else:
                found, _ = self._validity.run(context, owner, block, path)
            self._keep(path, block, _in_order(found + standing))
        return True

    @property
    def has_doubts(self) -> bool:
        """Whether errors in other blocks may be gone with what `preview` has shown."""
        return self._doubts

    def preview_errors(self) -> None:
        """Once `complete` is called: look again at the errors of a few other blocks, only for showing."""
        self._doubts = False
        assert self._validity is not None
        failing = [
            (block, path) for block, path in self._open.items()
            if block in self._failing.get(path, ()) and self._places.get(block) == path
        ]  # fmt: skip
        for block, path in failing[:FEW_ERRORS]:
            found, _ = self._validity.run(
                Glance(self.schema, self.environment), self.schema.owner(path, block), block, path
            )
            found += [f for f in self._findings[block] if f.source != "prisma"]
            self._forget_findings(block)
            self._keep(path, block, _in_order(found))

    def _settle(self) -> None:
        """Everything is checked: now it is known which comments for a whole file are of use."""
        for path in list(self._unsettled):
            for block in self.schema.marked_blocks(path):
                self._check(path, block, settled=True)
        self._unsettled.clear()

    def findings(self, block: Block) -> list[Finding]:
        """What was found in ``block``, in the order of its lines."""
        return self._findings.get(block, _NONE)

    @property
    def by_block(self) -> Mapping[Block, list[Finding]]:
        """What was found in each block that is checked."""
        return self._findings

    def take_changed(self, path: str) -> tuple[set[Block], set[Block]]:
        """The blocks of a file whose findings are not what they were when this was asked last, and
        those that are gone since then."""
        return self._changed.pop(path, set()), self._gone.pop(path, set())

    def totals(self, path: str) -> tuple[int, int]:
        """How many findings a file has, and how many of them are errors."""
        found = self._totals.get(path)
        return (found[0], found[1]) if found is not None else (0, 0)

    def blocks_with_findings(self, path: str) -> set[Block]:
        return self._found.get(path, set())

    def blocks_with_errors(self, path: str) -> set[Block]:
        return self._failing.get(path, set())

    def _is_stale(self, block: Block, changed: set[Key]) -> bool:
        """Whether a question of ``block`` that depends on what has changed is answered anew."""
        asked = self._asked.get(block, {})
        for key in changed & asked.keys():
            for (question, *arguments), answer in asked[key].items():
                if self.schema.answer(question, tuple(arguments))[1] != answer:
                    return True
        return False

    def _forget(self, block: Block) -> None:
        self._forget_findings(block)
        self._forget_questions(block)

    def _forget_findings(self, block: Block) -> None:
        found = self._findings.pop(block, None)
        path = self._places.pop(block, "")
        self._waiting.pop(block, None)
        for rule in self._silenced.pop(block, ()):
            self._count(path, rule, -1)
        if found:
            self._found[path].discard(block)
            self._failing.get(path, set()).discard(block)
            totals = self._totals[path]
            totals[0] -= len(found)
            totals[1] -= sum([f.level == "error" for f in found])

    def _forget_questions(self, block: Block) -> None:
        for key in self._asked.pop(block, {}):
            askers = self._askers.get(key)
            if askers is not None:
                askers.discard(block)
                if not askers:
                    del self._askers[key]

    def _count(self, path: str, rule: str, step: int) -> None:
        counts = self._silences.setdefault(path, {})
        before = counts.get(rule, 0)
        counts[rule] = before + step
        if not before or not counts[rule]:
            self._unsettled.add(path)

    def _check(self, path: str, block: Block, *, settled: bool = False) -> None:
        self._forget(block)
        owner = self.schema.owner(path, block)
        plan = self._plan.at(path, owner.name if owner is not None else "")
        if self._known is None:
            context = Context(self.schema, plan.environment)
        else:
            context = Survey(self.schema, plan.environment, self._known)
        used: frozenset[str] | None = None
        if any(FILE_MARK in line for line in block.lines):
            self._unsettled.add(path)
            if settled:
                counts = self._silences.get(path, {})
                used = frozenset(rule for rule, count in counts.items() if count)
        found, silenced = plan.run(context, owner, block, path, used)
        if silenced:
            self._silenced[block] = silenced
            for rule in silenced:
                self._count(path, rule, 1)
        self._keep(path, block, found)
        if context.is_waiting:
            self._waiting[block] = path
        if self._known is not None:
            return
        asked: dict[Key, Asked] = {}
        for question, answer in context.asked.items():
            key = key_of(question[0], question[1:])
            asked.setdefault(key, {})[question] = answer
        self._asked[block] = asked
        for key in asked:
            self._askers.setdefault(key, set()).add(block)

    def _keep(self, path: str, block: Block, found: list[Finding]) -> None:
        self._findings[block] = found
        self._places[block] = path
        self._changed.setdefault(path, set()).add(block)
        if found:
            self._found.setdefault(path, set()).add(block)
            totals = self._totals.setdefault(path, [0, 0])
            errors = sum([f.level == "error" for f in found])
            totals[0] += len(found)
            totals[1] += errors
            if errors:
                self._failing.setdefault(path, set()).add(block)


class _Preview(NamedTuple):
    """The file, the line of the only block if it is a field's, by block what still stands, and the
    blocks of which all stands but what is said of their first and last lines; whether it declares
    other names, or the same ones whole or not whole."""

    path: str
    line: int | None
    standing: dict[Block, list[Finding]]
    same: Collection[Block] = ()
    names: bool = False


def _preview(
    path: str,
    removed: Sequence[Block],
    added: Sequence[Block],
    findings: Mapping[Block, list[Finding]],
) -> _Preview:
    line = _typed_line(removed, added)
    if line is None:
        carried = _carried(removed, added, findings)
        same = {old: new for old in removed for new in added if old in findings and _is_same(old, new)}
        for old, new in same.items():
            codes = {problem.code for problem in old.problems}
            # The one may have blank lines, or lines that cannot be read, that the other has not.
            last = len(new.lines) - 1
            carried[new] = [f for f in findings[old] if f.rule not in codes and f.through <= last]
        return _Preview(path, None, carried, set(same.values()), _names(removed) != _names(added))
    standing = [f for f in findings.get(removed[0], _NONE) if f.line != line]
    return _Preview(path, line, {added[0]: standing})


def _names(blocks: Sequence[Block]) -> list[tuple[str, str, bool, str]]:
    return [
        (block.kind, block.name, block.close >= 0, block.unclosed)
        for block in blocks
        if block.kind != "gap"
    ]


def _in_order(found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda f: (f.line, f.start, f.end)) if len(found) > 1 else found


def _is_same(old: Block, new: Block) -> bool:
    """Whether both declare the same in the same lines: another brace has come or gone."""
    return (
        old.node is not None
        and (old.kind, old.header, old.node) == (new.kind, new.header, new.node)
        and old.comments == new.comments
        and old.entries == new.entries
    )


def _typed_line(removed: Sequence[Block], added: Sequence[Block]) -> int | None:
    """The line of a model in which both differ, where it is and was a field's or cannot be read."""
    if len(removed) != 1 or len(added) != 1:
        return None
    old, new = removed[0], added[0]
    if new.kind not in ("model", "view", "type") or (old.kind, old.header, old.close) != (
        new.kind, new.header, new.close
    ):  # fmt: skip
        return None
    if old.comments or new.comments or len(old.lines) != len(new.lines):
        return None
    lines = [i for i, (a, b) in enumerate(zip(old.lines, new.lines, strict=True)) if a != b]
    if len(lines) != 1 or not new.header < lines[0] < new.close:
        return None
    for block in (old, new):
        node = block.node_at(lines[0])
        if node is not None and not isinstance(node, nodes.FieldLine):
            return None
    return lines[0]


def _carried(
    removed: Sequence[Block], added: Sequence[Block], findings: Mapping[Block, list[Finding]]
) -> dict[Block, list[Finding]]:
    """By each added block, the rules' findings of lines that an edit left alone, on their new lines."""
    before = [line for block in removed for line in block.lines]
    after = [line for block in added for line in block.lines]
    head, tail = common_ends(before, after)
    shift = len(after) - len(before)
    end = len(before) - tail
    carried: dict[Block, list[Finding]] = {block: [] for block in added}
    starts = list(accumulate([len(block.lines) for block in added], initial=0))
    start = 0
    for block in removed:
        for finding in findings.get(block, _NONE):
            line = start + finding.line
            if finding.source == "prisma" or head <= line < end:
                continue
            line += shift if line >= head else 0
            number = bisect_right(starts, line) - 1
            if line - starts[number] != finding.line:
                finding = copy(finding)
                finding.through += line - starts[number] - finding.line
                finding.line = line - starts[number]
            carried[added[number]].append(finding)
        start += len(block.lines)
    return carried


_NONE: list[Finding] = []
# Problems of a header that is itself in order.
_ABOUT_BRACES = ("unclosed-block", "missing-brace")


class Plan:
    """Which checks run on what, by the settings; made once per environment.

    Where the settings have overrides, `at` gives the plan of a place: one for each combination of
    overrides that occurs.
    """

    def __init__(self, environment: Environment, *, rules: bool = True) -> None:
        self.environment = environment
        settings = environment.settings
        self._by_path: dict[str, list[tuple[int, Override]]] = {}
        self._variants: dict[tuple[int, ...], Plan] = {(): self}
        self._by_node: dict[str, list[tuple[Rule, str, object]]] = {}
        self.names: set[str] = set()
        checks = validity_checks() if settings.reports_validity else []
        for check in checks:
            self._by_node.setdefault(check.node, []).append((check, check.level, None))
        for rule in all_rules() if rules and may_have_rules(settings) else ():
            level = level_of(rule, settings)
            if level not in _SEVERITIES:
                continue
            self.names.add(rule.name)
            self._by_node.setdefault(rule.node, []).append((rule, level, options_in(rule, settings)))

    @property
    def variants(self) -> Iterable[Plan]:
        """This plan, and those of places with overrides that have been met."""
        return self._variants.values()

    def at(self, path: str, name: str) -> Plan:
        """The plan for the declaration ``name`` ("" where a block is none) in the file ``path``."""
        overrides = self.environment.settings.overrides
        if not overrides:
            return self
        in_file = self._by_path.get(path)
        if in_file is None:
            in_file = self._by_path[path] = [
                (index, one) for index, one in enumerate(overrides) if is_in_files(one, path)
            ]
        if not in_file:
            return self
        key = tuple([index for index, one in in_file if is_in_models(one, name)])
        plan = self._variants.get(key)
        if plan is None:
            plan = self._variants[key] = Plan(_overridden(self.environment, [overrides[i] for i in key]))
        return plan

    def run(
        self,
        context: Context,
        declaration: Declaration | None,
        block: Block,
        path: str,
        used_in_file: frozenset[str] | None = None,
    ) -> tuple[list[Finding], list[str]]:
        """Every finding of one block, in the order of its lines, and what its file silences.

        The latter is the rule of each finding that a comment for the whole file takes away.
        ``used_in_file`` are the rules with such findings anywhere in the file, where it is known.
        """
        found: list[Finding] = []
        self._run(found, "Block", block, context)
        if declaration is not None:
            for node_type, node in _nodes(declaration, context):
                if node_type in self._by_node:
                    self._run(found, node_type, node, context)
        if len(found) > 1 and block.problems:
            # Of a line that cannot be read only that is said.
            broken = {p.line for p in block.problems if p.code not in _ABOUT_BRACES}
            codes = {p.code for p in block.problems}
            found = [f for f in found if f.line not in broken or f.rule in codes]
        suppressions = Suppressions(directives(block), path, block, self.names, used_in_file)
        silenced: list[str] = []
        marks = context.file_marks(path)
        if suppressions.directives or marks:
            off = [names for names in map(file_rules, marks) if names is not None]
            kept = []
            for finding in found:
                if finding.source != "prisma":
                    if suppressions.silences(finding.line, finding.rule):
                        continue
                    if any(not names or finding.rule in names for names in off):
                        silenced.append(finding.rule)
                        continue
                kept.append(finding)
            found = kept
        if suppressions.directives and not block.problems:
            self._run(found, "Suppressions", suppressions, context)
        if len(found) > 1:
            found.sort(key=lambda f: (f.line, f.start, f.end))
        return found, silenced

    def run_line(self, context: Context, model: Model, line: int) -> list[Finding]:
        """What there is to say about one line of a model, and about nothing but its field."""
        block = model.block
        found: list[Finding] = []
        self._run(found, "Block", block, context)
        if block.node_at(line) is not None:
            field = next(f for f in model.all_fields if f.line == line)
            self._run(found, "Fields", Fields(model, (field,)), context)
            for node_type, node in _nodes_of(field, context):
                if node_type in self._by_node:
                    self._run(found, node_type, node, context)
        found = [f for f in found if f.line == line]
        if len(found) > 1 and block.problems:
            codes = {p.code for p in block.problems if p.line == line}
            if codes.difference(_ABOUT_BRACES):
                found = [f for f in found if f.rule in codes]
        return found

    def has(self, node_type: str) -> bool:
        """Whether a check about such nodes is on."""
        return node_type in self._by_node

    def run_migration(self, context: Context, migration: Migration) -> list[Finding]:
        """Every finding of one migration, in the order of its lines."""
        found: list[Finding] = []
        self._run(found, "Migration", migration, context)
        found.sort(key=lambda f: (f.line, f.start, f.end))
        return found

    def _run(
        self, found: list[Finding], node_type: str, node: object, context: Context
    ) -> None:
        """Run every check that is about ``node``.  The hot path: keep it flat."""
        for rule, level, options in self._by_node.get(node_type, ()):
            if _given_up and rule.check in _given_up:
                continue
            context.options = options
            try:
                for finding in rule.check(node, context):
                    finding.rule = finding.rule or rule.name
                    finding.level = _weaker(level, finding.at_most)
                    finding.source = rule.source
                    if rule.source == "prisma":
                        about = node.model if isinstance(node, Fields) else node
                        finding.fixes = partial(repair, finding, about, finding.fixes)
                        if has_related(finding.rule):
                            finding.related = partial(related, finding, about)
                    found.append(finding)
            except NotYet:
                continue
            except Exception as fault:  # A faulty rule must not take the others with it.
                log.exception("rule %s failed", rule.name)
                if isinstance(fault, Endless):
                    _given_up.add(rule.check)


def running(frame: FrameType | None) -> tuple[int, str, int] | None:
    """Which check of which node runs in a stack of calls; None where none does, or where it waits for
    an answer of the schema, whose indexes are not to be left half made."""
    while frame is not None:
        if frame.f_code is Plan._run.__code__:
            here = frame.f_locals
            rule = here.get("rule")
            return (id(frame), rule.name, id(here["node"])) if rule is not None else None
        if frame.f_globals.get("__name__", "").startswith(_OURS_TO_FINISH):
            return None
        frame = frame.f_back
    return None


def _overridden(environment: Environment, overrides: Iterable[Override]) -> Environment:
    settings = environment.settings
    rules: Mapping[str, RuleSetting] = settings.rules
    for one in overrides:
        rules = merged_rules(rules, one.rules)
    changed = copy(environment)
    changed.settings = settings._replace(rules=Options(rules), overrides=())
    return changed


def _weaker(level: str, at_most: Level | None) -> Level:
    """The rule's level, or the finding's own where that is less."""
    if at_most is None or _SEVERITIES.index(level) >= _SEVERITIES.index(at_most):
        return level  # type: ignore[return-value]
    return at_most


def _nodes(declaration: Declaration, context: Context) -> Iterator[tuple[str, object]]:
    """(node type, node) for everything in a declaration that a check may be about."""
    yield "Declaration", declaration
    match declaration:
        case Model():
            yield "Fields", Fields(declaration, declaration.all_fields)
            yield "Model", declaration
            for field in declaration.all_fields[:MAX_FIELDS]:
                yield from _nodes_of(field, context)
        case Enum():
            yield "Enum", declaration
            for value in declaration.values:
                yield "EnumValue", value
        case Config():
            yield "Config", declaration


def _nodes_of(field: Field, context: Context) -> Iterator[tuple[str, object]]:
    yield "Field", field
    kind = context.kind_of(field.type_name)
    if kind == "model" or kind == "view":
        yield "RelationField", field
    elif kind is not None or (field.default is not None and field.relation is None):
        # What has a default is a column, while the header of its enum is typed too.
        yield "ScalarField", field
        if field.type_name == "DateTime":
            yield "TimeField", field
        return
    if field.key:
        # While the header of its model is typed, nothing has that type.
        yield "KeyField", field


def is_relation(field: Field, context: Context) -> bool:
    return context.kind_of(field.type_name) in ("model", "view")
