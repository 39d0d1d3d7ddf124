"""Markdown for hovers and completions: small pieces that are safe whatever stands in a schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_SPECIAL = re.compile(r"([\\`*\[\]<>|~&])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LEADING = re.compile(r"^(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|={3,}|-{3,})")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])(?=\s)")
_SPAN = re.compile(r"(`+) ?(.*?) ?\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def escape(text: str) -> str:
    """The user's own text, shown as it is."""
    out = []
    for line in text.split("\n"):
        line = _SPECIAL.sub(r"\\\1", line.strip())
        line = _UNDERSCORE.sub(r"\\_", line)
        line = _LEADING.sub(r"\1\\\2", line)
        out.append(_NUMBERED.sub(r"\1\\\2", line))
    return "  \n".join(out).strip()


def code(text: str) -> str:
    """A code span, whatever stands in ``text``."""
    text = " ".join(text.split()) or " "
    if "`" not in text:
        return f"`{text}`"
    ticks = "`" * (max(len(run) for run in re.findall("`+", text)) + 1)
    return f"{ticks} {text} {ticks}"


def codes(names: Iterable[str], limit: int = 6) -> str:
    """Code spans with commas; the count of the rest where there are more than ``limit``."""
    found = [code(name) for name in names]
    if len(found) > limit + 1:
        return f"{', '.join(found[:limit])} and {len(found) - limit:,} more"
    return ", ".join(found)


def fence(language: str, text: str) -> str:
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return f"{ticks}{language}\n{text}\n{ticks}"


def items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def page(*parts: str | None) -> str:
    """Paragraphs; those that are empty left out."""
    return "\n\n".join(part for part in parts if part)


def plain(markdown: str) -> str:
    """The same as plain text, for editors that show no Markdown."""
    return "\n".join(_plain_lines(markdown))


def _plain_lines(markdown: str) -> Iterator[str]:
    ticks = ""
    for line in markdown.split("\n"):
        opened = re.match(r"`{3,}", line)
        if opened and (not ticks or line == ticks):
            ticks = "" if ticks else opened[0]
        elif ticks:
            yield "    " + line
        else:
            yield "".join(_plain_text(line.rstrip()))


def _plain_text(line: str) -> Iterator[str]:
    done = 0
    for span in _SPAN.finditer(line):
        if span.start() and line[span.start() - 1] == "\\":
            continue
        yield _bare(line[done : span.start()])
        yield span[2]
        done = span.end()
    yield _bare(line[done:])


def _bare(text: str) -> str:
    return _ESCAPED.sub(r"\1", re.sub(r"(?<!\\)\*\*", "", text))
