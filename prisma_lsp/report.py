"""The findings as text for people, as JSON for programs, and fixes as a diff."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from prisma_lsp.console import Paint, cells, plain
from prisma_lsp.syntax.document import Document

SEVERITIES = ("error", "warning", "info", "hint")
# A longer line is shown in part, around what it is about.
_LONGEST = 160
_BEFORE = 60


# A fix as a report names it: its title, and its class T, R or D.
Offer = tuple[str, str]


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
    fixes: tuple[Offer, ...]
    """Empty where nobody asked for them."""
    text: str
    """The line that it is about."""
    block: str = ""
    """The name of the declaration that it is in."""
    last: int = -1
    """The last line that it covers, where there are several; -1 where it is ``line``."""
    last_end: int = 0
    """The length of that line."""

    @property
    def end_place(self) -> tuple[int, int]:
        """The line and the column where what it covers ends."""
        return (self.last, self.last_end) if self.last > self.line else (self.line, self.end)


def to_json(entries: Iterable[Entry]) -> str:
    """The report for programs: lines and columns from 1, in characters, the end exclusive."""
    return '{"version": 1, "findings": ' + to_array(map(to_record, entries)) + "}\n"


def to_array(records: Iterable[Any]) -> str:
    """A JSON array with a record on a line: quick to write, and to read with `grep`."""
    lines = [json.dumps(record) for record in records]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"


def to_record(entry: Entry) -> dict[str, Any]:
    """One finding as programs get it."""
    last, end = entry.end_place
    return {
        "file": entry.file,
        "line": entry.line + 1,
        "column": entry.start + 1,
        "endLine": last + 1,
        "endColumn": end + 1,
        "severity": entry.severity,
        "source": entry.source,
        "rule": entry.rule,
        "message": entry.message,
        "fixes": [{"title": title, "class": safety} for title, safety in entry.fixes],
    }


def to_text(entries: Sequence[Entry], files: int, paint: Paint) -> str:
    """The report for people: every finding under its line, then a summary."""
    parts = [_drawn(entry, paint) for entry in entries]
    return "\n".join([*parts, _summary(entries, files, paint) + "\n"])


def _drawn(entry: Entry, paint: Paint) -> str:
    number = str(entry.line + 1)
    margin = " " * len(number)
    text, before, width = _marked(entry.text.rstrip("\r\n"), entry.start, entry.end)
    rule = f"[{entry.rule}]" if entry.rule else ""
    head, message, file = plain(entry.severity + rule), plain(entry.message), plain(entry.file)
    bar, arrow, mark = "|", "-->", "^" * width
    if paint.on:
        head, message = paint(entry.severity, head), paint("bold", message)
        bar, arrow, mark = paint("dim", bar), paint("dim", arrow), paint(entry.severity, mark)
    shown = f"{paint('dim', number)} {bar} {text}".rstrip()
    lines = [
        f"{head}: {message}\n{margin}{arrow} {file}:{number}:{entry.start + 1}\n{margin} {bar}\n"
        f"{shown}\n{margin} {bar} {' ' * before}{mark}\n"
    ]
    for title, safety in entry.fixes:
        lines.append(f"{margin} {paint('dim', '=')} fix {paint('code', safety)}: {plain(title)}\n")
    return "".join(lines)


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
    # Tuples by their numbers: there may be tens of thousands.
    fixable = sum(["T" in [fix[1] for fix in entry.fixes] for entry in entries if entry.fixes])
    classes = {fix[1] for entry in entries for fix in entry.fixes}
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


def to_diff(name: str, before: Document, after: Document, paint: Paint) -> str:
    """A unified diff that `patch -p1` and `git apply` take; coloured and escaped for a terminal."""
    from difflib import SequenceMatcher

    old, new = before.lines, after.lines
    matcher = SequenceMatcher(None, "", "")
    matcher.opcodes = list(_changes(before, after))  # type: ignore[attr-defined]
    lines: list[tuple[str, str]] = []
    for group in matcher.get_grouped_opcodes(3):
        hunk = f"@@ -{_span(group[0][1], group[-1][2])} +{_span(group[0][3], group[-1][4])} @@\n"
        lines.append(("code", hunk))
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                lines += [("", " " + line) for line in old[start:end]]
            else:
                lines += [("removed", "-" + line) for line in old[start:end]]
                lines += [("added", "+" + line) for line in new[new_start:new_end]]
    if not lines:
        return ""
    path = name.lstrip("/")
    lines[:0] = [("bold", f"--- a/{path}\n"), ("bold", f"+++ b/{path}\n")]
    out: list[str] = []
    for style, line in lines:
        if not paint.on:
            out.append(line)
        else:
            text = plain(line.rstrip("\r\n"))
            out.append((paint(style, text) if style else text) + line[len(line.rstrip("\r\n")) :])
        if not line.endswith(("\n", "\r")):
            out.append("\n\\ No newline at end of file\n")
    return "".join(out)


def to_new_file(name: str, text: str, paint: Paint) -> str:
    """The diff of a file that is new."""
    lines = text.splitlines()
    head = [("bold", "--- /dev/null"), ("bold", f"+++ b/{name.lstrip('/')}")]
    head.append(("code", f"@@ -0,0 +1,{len(lines)} @@" if len(lines) != 1 else "@@ -0,0 +1 @@"))
    written = head + [("added", f"+{line}") for line in lines]
    if not paint.on:
        return "".join(f"{line}\n" for _, line in written)
    return "".join(f"{paint(style, plain(line))}\n" for style, line in written)


_Change = tuple[str, int, int, int, int]


def _changes(before: Document, after: Document) -> Iterator[_Change]:
    """What `difflib` calls opcodes.  Blocks keep their places, so each is compared with its own
    successor: over a whole big file that would take minutes."""
    from difflib import SequenceMatcher

    pairs: list[tuple[Sequence[str], Sequence[str]]] = [(before.lines, after.lines)]
    if len(before.blocks) == len(after.blocks):
        pairs = [(a.lines, b.lines) for a, b in zip(before.blocks, after.blocks, strict=True)]
    row = new_row = 0
    pending: _Change | None = None
    for old, new in pairs:
        if old is new:
            found: list[Any] = [("equal", 0, len(old), 0, len(new))]
        else:
            found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        for kind, start, end, new_start, new_end in found:
            here = (kind, row + start, row + end, new_row + new_start, new_row + new_end)
            if pending is not None and pending[0] == kind:
                pending = (kind, pending[1], here[2], pending[3], here[4])
                continue
            if pending is not None:
                yield pending
            pending = here
        row += len(old)
        new_row += len(new)
    if pending is not None:
        yield pending


def _span(start: int, end: int) -> str:
    """A range of lines as a hunk's head has it."""
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
