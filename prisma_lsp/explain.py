"""``prisma-lsp explain`` and ``prisma-lsp rules``: the rules' pages and their list, in a terminal."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator

from prisma_lsp.console import Paint, cells, complain, paint_for, plain, write
from prisma_lsp.lint.pages import page_path
from prisma_lsp.lint.rule import PRESETS, Rule, all_rules, find_rule
from prisma_lsp.settings import Settings

_FENCE = re.compile(r"^(`{3,})")
_ITEM = re.compile(r"^([-*]|\d+\.) ")
_RULER = re.compile(r"^\|[ :|-]+\|$")
_INLINE = re.compile(r"(?P<code>`[^`]+`)|\*\*(?P<bold>[^*]+)\*\*|\[(?P<link>[^\]]+)\]\((?P<url>[^)]+)\)")
_WIDEST = 100


def explain(name: str) -> int:
    """Show the page of the rule ``name``."""
    wanted = name.strip().replace("_", "-").lower()
    rule = find_rule(wanted)
    if rule is None:
        from difflib import get_close_matches

        near = get_close_matches(wanted[:80], [rule.name for rule in all_rules()], 1)
        hint = f"; did you mean `{near[0]}`?" if near else "; `prisma-lsp rules` lists them"
        complain(f"there is no rule `{name}`{hint}")
        return 2
    return 0 if write(render(page(rule), _width(), paint_for(sys.stdout))) else 2


def rules() -> int:
    """List every rule with its default level, by group."""
    paint = paint_for(sys.stdout)
    found = all_rules()
    longest = max((len(rule.name) for rule in found), default=0)
    lines: list[str] = []
    group = ""
    for rule in found:
        if rule.group != group:
            lines += ["", paint("bold", rule.group)] if group else [paint("bold", rule.group)]
            group = rule.group
        is_on = PRESETS.index(rule.preset) <= PRESETS.index(Settings().preset)
        level = rule.level if is_on else "off"
        head = f"  {rule.name.ljust(longest)}  {level.ljust(7)}  "
        rest = textwrap.wrap(rule.summary, max(30, _width() - len(head))) or [""]
        lines.append(
            f"  {rule.name.ljust(longest)}  {paint(level if is_on else 'dim', level)}"
            f"{' ' * (7 - len(level))}  {_inline(rest[0], paint)}".rstrip()
        )
        lines += [" " * len(head) + _inline(line, paint) for line in rest[1:]]
    return 0 if write("\n".join(lines) + "\n") else 2


def page(rule: Rule) -> str:
    """The rule's page as Markdown; without generated pages, what its module says."""
    path = page_path(rule.name)
    if path is not None:
        return path.read_text("utf-8")
    return f"# {rule.name}\n\n{rule.documentation}\n"


def render(markdown: str, width: int, paint: Paint) -> str:
    """The little of Markdown that our pages use, for a terminal ``width`` columns wide."""
    out: list[str] = []
    lines = markdown.strip().split("\n")
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if fence := _FENCE.match(line):
            start = index
            while index < len(lines) and not lines[index].startswith(fence[1]):
                index += 1
            out += [_code(text, paint) for text in lines[start:index]]
            index += 1
        elif line.startswith("#"):
            out.append(paint("bold", plain(line.lstrip("# ").replace("`", ""))))
        elif line.startswith("|"):
            start = index - 1
            while index < len(lines) and lines[index].startswith("|"):
                index += 1
            out += _table([_cells_of(row) for row in lines[start:index] if not _RULER.match(row)],
                          width, paint)  # fmt: skip
        elif not line.strip():
            out.append("")
        else:
            start = index - 1
            while index < len(lines) and lines[index].strip() and not _starts(lines[index]):
                index += 1
            out += _paragraph(" ".join(lines[start:index]), width, paint)
    return "\n".join(out) + "\n"


def _starts(line: str) -> bool:
    return bool(line.startswith(("#", "|")) or _FENCE.match(line) or _ITEM.match(line))


def _code(line: str, paint: Paint) -> str:
    text = plain(line)
    if re.match(r"//( *\^|!\d)", line):
        text = paint("warning", text)
    return ("    " + text).rstrip()


def _paragraph(text: str, width: int, paint: Paint) -> Iterator[str]:
    item = _ITEM.match(text)
    indent = " " * len(item[0]) if item else ""
    # Colours would count as columns, so they come after the lines are made.
    wrapped = textwrap.wrap(
        plain(text), width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    yield from _inline("\n".join(wrapped), paint).split("\n")


def _inline(text: str, paint: Paint) -> str:
    def styled(match: re.Match[str]) -> str:
        if code := match["code"]:
            # A span may be broken over two lines, and colour must not reach over the margin.
            return code if not paint.on or "\n" in code else paint("code", code[1:-1])
        if bold := match["bold"]:
            return paint("bold", bold)
        # A relative path means nothing to somebody who sits at a terminal.
        return f"{match['link']} ({match['url']})" if "://" in match["url"] else match["link"]

    return _INLINE.sub(styled, text)


def _cells_of(row: str) -> list[str]:
    inner = row.strip().strip("|").replace("\\|", "\0")
    return [cell.strip().replace("\0", "|") for cell in inner.split("|")]


def _table(rows: list[list[str]], width: int, paint: Paint) -> Iterator[str]:
    """In columns where they fit, else one paragraph for each row."""
    columns = max(map(len, rows))
    rows = [[plain(cell) for cell in row] + [""] * (columns - len(row)) for row in rows]
    widths = [max(cells(row[column]) for row in rows) for column in range(columns)]
    if sum(widths) + 2 * (columns - 1) <= width:
        for number, row in enumerate(rows):
            line = "  ".join(
                cell + " " * (space - cells(cell)) for cell, space in zip(row, widths, strict=True)
            ).rstrip()
            yield paint("bold", line) if number == 0 else line
        return
    names, *rest = rows
    for row in rest:
        yield from _paragraph(f"- **{row[0]}**" if row[0] else "-", width, paint)
        for name, cell in zip(names[1:], row[1:], strict=True):
            for line in textwrap.wrap(f"{name}: {cell}", width - 2, subsequent_indent="  "):
                yield "  " + _inline(line, paint)


def _width() -> int:
    return max(40, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))

