"""Applies the fixes of many findings until nothing is left to fix.

Each round takes as many fixes as do not touch the same place, makes their edits block by block, and
checks again only what that changed.  Fixes that together make the schema worse (two renames may want
one and the same name) are taken back and tried in halves; one that alone makes it worse is left out.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.exact import exact
from prisma_lsp.lint.fixes import Edits, Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import Finding, Safety, all_rules
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Options, RuleSetting
from prisma_lsp.syntax import document
from prisma_lsp.text import Edit, Range, apply_edits

log = logging.getLogger(__name__)

# A finding: its file's path, its declaration's name, its rule, its message.
Key = tuple[str, str, str, str]
Accept = Callable[[Schema, Mapping[str, str]], bool]

_ATTRIBUTE = re.compile(r"@@?\w+")

# Each round makes one fix at a place: a model that many others point at may need as many as those.
MAX_ROUNDS = 200
TEXT_ONLY: frozenset[Safety] = frozenset({"T"})


class Fixed(NamedTuple):
    """What came out: the schema, a linter that has checked it, and how many fixes were made."""

    schema: Schema
    linter: Linter
    made: int
    before: Schema
    labels: Mapping[str, str] = {}
    """What the fixes say of texts that become an enum's labels."""

    @property
    def texts(self) -> dict[str, str]:
        """The new text of every file that is not as it was."""
        changed: dict[str, str] = {}
        for path, file in self.schema.files.items():
            if file is not self.before.files[path]:
                text = file.text
                if text != self.before.files[path].text:
                    changed[path] = text
        return changed


class _Chosen(NamedTuple):
    """A fix to make; ``key`` knows it again in a later round."""

    key: Key
    edits: Edits
    labels: Mapping[str, str]


def fix_all(
    schema: Schema,
    environment: Environment,
    *,
    safety: Collection[Safety] = TEXT_ONLY,
    rules: Collection[str] | None = None,
    paths: Collection[str] | None = None,
    max_rounds: int = MAX_ROUNDS,
    linter: Linter | None = None,
) -> Schema:
    """``schema`` after the fixes of the classes ``safety``.

    Of a finding's fixes the preferred one is taken where its class is allowed, else the first that
    is.  ``rules`` and ``paths`` limit which findings are fixed; a fix may still edit other files of
    the schema.  ``linter`` is one that has checked ``schema`` already; it is not changed.
    """
    return fixed(
        schema, environment,
        safety=safety, rules=rules, paths=paths, max_rounds=max_rounds, linter=linter,
    ).schema  # fmt: skip


def fixed(
    schema: Schema,
    environment: Environment,
    *,
    safety: Collection[Safety] = TEXT_ONLY,
    rules: Collection[str] | None = None,
    paths: Collection[str] | None = None,
    max_rounds: int = MAX_ROUNDS,
    linter: Linter | None = None,
    accept: Accept | None = None,
    leave: Collection[Key] = (),
) -> Fixed:
    """As `fix_all`, with more about what was done.

    The findings ``leave`` stay as they are.

    ``accept`` says whether a schema is one to end with, given all the fixes' labels; fixes that lead
    to one that is not are left out.
    """
    now = linter.fork() if linter is not None else Linter(schema, environment)
    now.work()
    # Where validity is not reported, a second linter sees what Prisma would say.
    judge = None if environment.settings.reports_validity else _judge(schema, environment)
    health = _health(judge or now)
    refused: set[Key] = set(leave)
    made = 0
    labels: dict[str, str] = {}
    for _ in range(max_rounds):
        batch = list(_chosen(now, safety, rules, paths, refused))
        if not batch:
            break
        parts: list[frozenset[Key] | None] = [None]
        while parts:
            part = parts.pop()
            if part is not None:
                # What was made since then may have moved or changed these.
                batch = list(_chosen(now, safety, rules, paths, refused, part))
                if not batch:
                    continue
            after, judge_after = now.fork(), judge.fork() if judge is not None else None
            if _apply(after, judge_after, batch):
                health_after = _health(judge_after or after)
                more = {**labels, **{t: to for one in batch for t, to in one.labels.items()}}
                if health_after <= health and (accept is None or accept(after.schema, more)):
                    now, judge, health = after, judge_after, health_after
                    made += len(batch)
                    labels = more
                    continue
            # Findings that say the same of blocks of one name are told apart by nothing.
            keys = list(dict.fromkeys([chosen.key for chosen in batch]))
            if len(keys) == 1:
                refused.add(keys[0])
            else:
                middle = len(keys) // 2
                parts += [frozenset(keys[middle:]), frozenset(keys[:middle])]
    return Fixed(now.schema, now, made, schema, labels)


def apply(linter: Linter, edits: Edits) -> bool:
    """Make the edits of one fix in what ``linter`` has checked, and check again; False where it cannot be."""
    return _apply(linter, None, [_Chosen(("", "", "", ""), edits, {})])


def fix_of(
    finding: Finding, bench: Workbench, safety: Collection[Safety] = TEXT_ONLY
) -> Fix | None:
    """The fix that fixing all takes for ``finding``; None where none is of an allowed class.

    Of what Prisma rejects only the one obvious repair is made unasked: half-typed code is no mistake.
    """
    allowed = [fix for fix in fixes_of(finding, bench) if fix.safety in safety and not fix.by_choice]
    unasked = allowed[0] if allowed and finding.source != "prisma" else None
    return next((fix for fix in allowed if fix.preferred), unasked)


def fixes_of(finding: Finding, bench: Workbench) -> list[Fix]:
    """Every fix of ``finding``; none, and a line in the log, where its maker fails."""
    if finding.fixes is None:
        return []
    try:
        return [exact(fix, bench) for fix in finding.fixes(bench) if _is_known(fix, bench)]
    except Exception:  # A faulty maker must not take the others with it.
        log.exception("a fix of rule %s failed", finding.rule)
        return []


def _is_known(fix: Fix, bench: Workbench) -> bool:
    """Whether native types are known, or the fix adds none."""
    if bench.knows_types:
        return True
    prefix = f"@{bench.schema.datasource_name()}."
    added = 0
    for path, edits in fix.edits.items():
        file = bench.schema.files.get(path)
        for edit in edits:
            added += edit.text.count(prefix)
            if file is not None:
                added -= _taken(file, edit.range).count(prefix)
    return added <= 0


def _taken(file: document.Document, at: Range) -> str:
    """The text that an edit of ``at`` takes away."""
    lines = [file.line(number) for number in range(at.line, min(at.end_line + 1, file.line_count))]
    if not lines:
        return ""
    if at.end_line < file.line_count:
        lines[-1] = lines[-1][: at.end]
    lines[0] = lines[0][at.start :]
    return "".join(lines)


def _chosen(
    linter: Linter,
    safety: Collection[Safety],
    rules: Collection[str] | None,
    paths: Collection[str] | None,
    refused: set[Key],
    only: frozenset[Key] | None = None,
) -> Iterator[_Chosen]:
    """Fixes that can be made together, in the order of files and lines."""
    schema = linter.schema
    bench = Workbench(schema, linter.environment)
    places = _Places(schema)
    for path, file in schema.files.items():
        if paths is not None and path not in paths:
            continue
        for block in file.blocks:
            for finding in linter.findings(block):
                if finding.fixes is None or (rules is not None and finding.rule not in rules):
                    continue
                key = (path, block.name, finding.rule, finding.message)
                if key in refused or (only is not None and key not in only):
                    continue
                fix = fix_of(finding, bench, safety)
                if fix is None or not fix.edits or not all(fix.edits.values()):
                    continue
                if not fix.edits.keys() <= schema.files.keys():
                    continue
                if places.take(fix.edits):
                    yield _Chosen(key, fix.edits, fix.labels)


class _Places:
    """What the fixes of a round have taken: stretches of text, and attributes that may stand once."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._ranges: dict[str, list[Range]] = {}
        self._attributes: set[tuple[str, int, str]] = set()

    def take(self, edits: Edits) -> bool:
        """Reserve the places of ``edits``; False, and nothing reserved, where one is not free."""
        attributes: set[tuple[str, int, str]] = set()
        for path, some in edits.items():
            ranges = self._ranges.get(path, [])
            for edit in some:
                at = bisect_left(ranges, edit.range)
                if any(_meet(edit.range, other) for other in ranges[max(0, at - 1) : at + 1]):
                    return False
                attributes.update(self._written(path, edit))
        if attributes & self._attributes:
            return False
        self._attributes |= attributes
        for path, some in edits.items():
            for edit in some:
                insort(self._ranges.setdefault(path, []), edit.range)
        return True

    def _written(self, path: str, edit: Edit) -> Iterator[tuple[str, int, str]]:
        """Each attribute in the new text, with the block or the line that it is written into."""
        if "@" in edit.text:
            for name in _ATTRIBUTE.findall(edit.text):
                file = self._schema.files[path]
                line = edit.range.line
                # Lines and blocks are numbered apart by the sign.
                yield path, -1 - file.locate(line) if name.startswith("@@") else line, name


def _meet(one: Range, other: Range) -> bool:
    """Whether two stretches overlap, or one is a place at the other's edge."""
    start, end = one[:2], one[2:]
    other_start, other_end = other[:2], other[2:]
    if start == end or other_start == other_end:
        return start <= other_end and other_start <= end
    return start < other_end and other_start < end


def _apply(linter: Linter, judge: Linter | None, batch: Iterable[_Chosen]) -> bool:
    """Make the edits and check again; False where a fix has edits that cannot be made."""
    linters = (linter,) if judge is None else (linter, judge)
    edits: dict[str, list[Edit]] = {}
    for chosen in batch:
        for path, some in chosen.edits.items():
            edits.setdefault(path, []).extend(some)
    try:
        for path, change in _all_changes(linter.schema, edits):
            schema, keys = linter.schema.with_change(path, change)
            for one in linters:
                one.update(schema, path, change.removed, change.added, keys)
    except ValueError:
        return False
    for one in linters:
        one.work()
    return True


def edited(schema: Schema, edits: Edits) -> Schema:
    """``schema`` after ``edits``; blocks that they leave alone keep their objects.

    Raises ValueError where edits meet.
    """
    for path, change in _all_changes(schema, edits):
        schema, _ = schema.with_change(path, change)
    return schema


def _all_changes(schema: Schema, edits: Edits) -> Iterator[tuple[str, document.Change]]:
    """The changes that make ``edits``, each to be made before the next is asked for."""
    texts = {path: list(_by_block(schema.files[path], edits[path])) for path in edits}
    for path, stretches in texts.items():
        for change in _changes(schema.files[path], stretches):
            yield path, change


def _changes(
    file: document.Document, stretches: list[tuple[Range, str]]
) -> Iterator[document.Change]:
    """The changes that put the new texts of whole blocks into ``file``.

    Nearly always each text is one closed block again, and then one change does it all.
    """
    blocks = list(file.blocks)
    removed: list[document.Block] = []
    added: list[document.Block] = []
    for at, text in stretches:
        index = file.locate(at.line)
        part = document.read(text)
        old = blocks[index]
        if (
            file.fragile
            or part.fragile
            or old.close < 0
            or len(part.blocks) != 1
            or part.blocks[0].close < 0
            or len(old.lines) != at.end_line - at.line
        ):
            break
        removed.append(old)
        added.append(part.blocks[0])
        blocks[index] = part.blocks[0]
    else:
        yield document.replaced(file, tuple(blocks), tuple(removed), tuple(added))
        return
    # The last one first, so that the lines above keep their numbers.
    for at, text in reversed(stretches):
        change = document.edit(file, at, text)
        file = change.document
        yield change


def _by_block(file: document.Document, edits: list[Edit]) -> Iterator[tuple[Range, str]]:
    """(lines, their new text) for every run of blocks that edits touch, from top to bottom."""
    runs: list[tuple[int, int, list[Edit]]] = []
    # Stable: edits of one place keep the order in which the fix gave them.
    for edit in sorted(edits, key=lambda edit: edit.range):
        first, last = file.locate(edit.range.line), file.locate(edit.range.end_line)
        if runs and first <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(last, runs[-1][1]), [*runs[-1][2], edit])
        else:
            runs.append((first, last, [edit]))
    for first, last, some in runs:
        start = file.starts[first]
        lines = [line for block in file.blocks[first : last + 1] for line in block.lines]
        moved = [
            Edit(Range(at.line - start, at.start, at.end_line - start, at.end), text)
            for at, text in some
        ]
        yield Range(start, 0, start + len(lines), 0), apply_edits("".join(lines), moved)


def _judge(schema: Schema, environment: Environment) -> Linter:
    """A linter of validity alone, for where the settings turn validity off."""
    silent = Options({rule.name: RuleSetting("off") for rule in all_rules()})
    settings = environment.settings._replace(validity="on", rules=silent)
    judge = Linter(
        schema,
        Environment(
            settings, environment.migrations, environment.auth_library, environment.prisma_version
        ),
    )
    judge.work()
    return judge


def _health(judge: Linter) -> int:
    """How many errors Prisma would see: the fewer the better."""
    errors = 0
    for file in judge.schema.files.values():
        for block in file.blocks:
            errors += len(block.problems)
            for finding in judge.findings(block):
                errors += finding.source == "prisma" and finding.level == "error"
    return errors
