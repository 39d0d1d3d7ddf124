"""The findings as text for people, as JSON for programs, and fixes as a diff."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from prisma_lsp.console import Paint, cells, plain
from prisma_lsp.lint.fixes import Fix

SEVERITIES = ("error", "warning", "info", "hint")
# A longer line is shown in part, around what it is about.
_LONGEST = 160
_BEFORE = 60


class Entry(NamedTuple):
    """A finding in its file.  The line counts from 0, columns count characters from 0."""

    file: str
    line: int
    start: int
    end: int
    severity: str
    source: str
    rule: str
    message: str
    fixes: tuple[Fix, ...]
    text: str
    """The line that it is about."""


def to_json(entries: Iterable[Entry]) -> str:
    """The report for programs: lines and columns from 1, in characters, the end exclusive."""
    findings = [
        {
            "file": entry.file,
            "line": entry.line + 1,
            "column": entry.start + 1,
            "endLine": entry.line + 1,
            "endColumn": entry.end + 1,
            "severity": entry.severity,
            "source": entry.source,
            "rule": entry.rule,
            "message": entry.message,
            "fixes": [{"title": fix.title, "class": fix.safety} for fix in entry.fixes],
        }
        for entry in entries
    ]
    return json.dumps({"version": 1, "findings": findings}, indent=2) + "\n"


def to_text(entries: Sequence[Entry], files: int, paint: Paint) -> str:
    """The report for people: every finding under its line, then a summary."""
    parts = [_drawn(entry, paint) for entry in entries]
    return "\n".join([*parts, _summary(entries, files, paint) + "\n"])


def _drawn(entry: Entry, paint: Paint) -> str:
    number = str(entry.line + 1)
    margin = " " * len(number)
    bar = paint("dim", "|")
    rule = f"[{entry.rule}]" if entry.rule else ""
    text, before, width = _marked(entry.text.rstrip("\r\n"), entry.start, entry.end)
    mark = paint(entry.severity, "^" * width)
    lines = [
        f"{paint(entry.severity, plain(entry.severity + rule))}: {paint('bold', plain(entry.message))}",
        f"{margin}{paint('dim', '-->')} {plain(entry.file)}:{number}:{entry.start + 1}",
        f"{margin} {bar}",
        f"{paint('dim', number)} {bar} {text}",
        f"{margin} {bar} {' ' * before}{mark}",
        *(
            f"{margin} {paint('dim', '=')} fix {paint('code', fix.safety)}: {plain(fix.title)}"
            for fix in entry.fixes
        ),
    ]
    return "".join(line.rstrip() + "\n" for line in lines)


def _marked(line: str, start: int, end: int) -> tuple[str, int, int]:
    """The line as a terminal shows it, and in its columns: where the mark starts, how wide it is."""
    first, last = 0, len(line)
    if last > _LONGEST:
        first = max(0, min(start - _BEFORE, last - _LONGEST))
        last = first + _LONGEST
    end = max(start, min(end, last))
    head = ("…" if first else "") + plain(line[first:start])
    marked = plain(line[start:end])
    tail = plain(line[end:last]) + ("…" if last < len(line) else "")
    # A place at the end of the line has nothing to be drawn under.
    return head + marked + tail, cells(head) + max(0, start - len(line)), max(1, cells(marked))


def _summary(entries: Sequence[Entry], files: int, paint: Paint) -> str:
    checked = _count(files, "file")
    if not entries:
        return f"No findings in {checked}."
    counts = Counter(entry.severity for entry in entries)
    parts = [
        paint(severity, _count(counts[severity], severity))
        for severity in SEVERITIES
        if counts[severity]
    ]
    found = " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
    fixable = sum(any(fix.safety == "T" for fix in entry.fixes) for entry in entries)
    classes = {fix.safety for entry in entries for fix in entry.fixes}
    text = f"Found {found} in {checked}"
    text += f"; --fix would fix {fixable} of them.\n" if fixable else ".\n"
    if classes:
        legend = {
            "T": "T changes only the schema's text",
            "R": "R needs a migration that can be undone",
            "D": "D needs one that rewrites or loses data",
        }
        text += "Fixes: " + ", ".join(legend[one] for one in "TRD" if one in classes) + ".\n"
    rule = next((entry.rule for entry in entries if entry.source == "prisma-lsp"), None)
    if rule:
        text += f"Why a rule exists: prisma-lsp explain {rule}\n"
    return text.rstrip("\n")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def to_diff(name: str, before: str, after: str, paint: Paint) -> str:
    """A unified diff that `patch -p1` and `git apply` take; coloured and escaped for a terminal."""
    from difflib import unified_diff

    lines = unified_diff(
        _lines(before), _lines(after), "a/" + name.lstrip("/"), "b/" + name.lstrip("/"), n=3
    )
    if not paint.on:
        return "".join(_ended(lines))
    styles = {"+": "added", "-": "removed", "@": "code"}
    out = []
    for line in _ended(lines):
        text = plain(line.rstrip("\r\n"))
        style = "bold" if line.startswith(("+++ ", "--- ")) else styles.get(line[0])
        out.append(paint(style, text) if style else text)
    return "\n".join(out) + "\n" if out else ""


def _lines(text: str) -> list[str]:
    """The lines as `diff` sees them: only a line feed ends one."""
    return [line for line in text.replace("\n", "\n\0").split("\0") if line]


def _ended(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
