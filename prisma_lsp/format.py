"""The layout of a schema, as Prisma's own formatter lays it out.

`format_document` gives the edits that turn a document into its formatted self, `format_range` those
of some of its lines, `format_typed` the ones to make while somebody types.  Syntax is all that is
used.  On a valid schema the result is the official one, byte by byte, but that line ends stay as
they are; the pages under ``tests/pages/format`` show every rule of it.

Prisma's formatter also rewrites: it sorts attributes, gathers a block's attributes at its end, gives
``/* … */`` another form, and drops a comment after an opening brace.  None of it is done to a
document with a syntax problem, nor where ``rewrite`` is false: then white space is all that changes.

How it works: every line between the braces becomes a row of columns, remembered by the line's text;
rows between two blank lines are aligned together; and what a block is to look like is remembered by
the block's identity.  Between blocks there is only the question of the blank line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import NamedTuple, get_args
from weakref import WeakKeyDictionary

from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import MODES, Block, Document, read
from prisma_lsp.syntax.line import Mode, parse, tokenize
from prisma_lsp.syntax.memory import Memory
from prisma_lsp.text import Edit, Range, apply_edits, common_ends, width


def format_document(
    document: Document, tab_size: int = 2, insert_spaces: bool = True, *, rewrite: bool = True
) -> list[Edit]:
    """The edits that format the document, none where it is formatted.

    Only lines that differ are touched.  ``rewrite=False`` says that the schema is known to be
    invalid for a reason that its syntax does not show.
    """
    if _has_lone_returns(document):
        # They would become part of a "\r\n" where the next line loses its spaces.
        lines = [line[:-1] + "\n" if line.endswith("\r") else line for line in document.lines]
        text = "".join(lines)
        again = format_document(read(text), tab_size, insert_spaces, rewrite=rewrite)
        whole = Range(0, 0, *_end(document.line_count, document.lines[-1]))
        return [Edit(whole, apply_edits(text, again))]
    indent = _indent(tab_size, insert_spaces)
    return list(_edits(document, _hunks(document, indent, _may_rewrite(document, indent, rewrite))))


def format_range(
    document: Document,
    at: Range,
    tab_size: int = 2,
    insert_spaces: bool = True,
    *,
    rewrite: bool = True,
) -> list[Edit]:
    """The edits that format the lines of ``at`` and no others.

    Blocks that lie in it as a whole are formatted as by `format_document`.  In one that reaches
    beyond it only white space changes: what is sorted would have to move past the edge.
    """
    if _has_lone_returns(document):
        return []
    indent = _indent(tab_size, insert_spaces)
    rewrite = _may_rewrite(document, indent, rewrite)
    last = max(at.line, at.end_line - 1 if at.end == 0 else at.end_line)
    hunks: list[_Hunk] = []
    for hunk in _hunks(document, indent, rewrite, (at.line, last)):
        if hunk.first == hunk.end:
            inside = at.line <= hunk.first <= last
        else:
            inside = hunk.first <= last and hunk.end > at.line
        if inside:
            hunks += _clipped(hunk, at.line, last)
    return list(_edits(document, hunks, last + 1 >= document.line_count))


def format_typed(
    document: Document, line: int, typed: str, tab_size: int = 2, insert_spaces: bool = True
) -> list[Edit]:
    """The edits to make after ``typed`` was typed and the cursor is on ``line``.

    After a line end, the lines around the new one are aligned as if it were not there, and the new
    line is indented.  After the ``}`` of a block, the block gets its white space.
    """
    index = document.locate(line)
    if index >= len(document.blocks) or _has_lone_returns(document):
        return []
    block, start = document.blocks[index], document.starts[index]
    own = line - start
    indent = _indent(tab_size, insert_spaces)
    if typed == "}":
        if own != block.close:
            return []
        lines = start + block.header, line
        hunks = _hunks(document, indent, False, lines)
        inside = [hunk for hunk in hunks if lines[0] <= hunk.first and hunk.end <= line + 1]
        return list(_edits(document, inside, False))
    close = block.close if block.close >= 0 else len(block.lines)
    if block.kind not in MODES or not block.header < own < close or block.comments is not None:
        return []
    first, last = own, own + 1
    while first - 1 > block.header and block.lines[first - 1].strip(_WHITE):
        first -= 1
    while last < close and block.lines[last].strip(_WHITE):
        last += 1
    make = _makers[MODES[block.kind], False]
    above = [make(text) for text in block.lines[first:own]]
    below = [make(text) for text in block.lines[own + 1 : last]]
    aligned: list[str] = []
    here = block.lines[own]
    if here.strip(_WHITE):
        _align([*above, make(here), *below], indent, "", aligned)
        aligned[own - first] = here.rstrip(_ENDS)  # it is being typed
    else:
        _align([*above, *below], indent, "", aligned)
        aligned.insert(own - first, indent)
    return list(_edits(document, _pairs(block.lines[first:last], aligned, start + first), False))


# --- one block ---------------------------------------------------------------------------------


class _Hunk(NamedTuple):
    """Lines ``first`` to before ``end``, and the lines that are to stand there, without ends."""

    first: int
    end: int
    lines: Sequence[str]


class _Layout:
    """What becomes of a block: its lines count from its first.

    ``head`` and ``tail`` are the numbers of blank lines that it begins and ends with; what becomes
    of these depends on its neighbours.  ``spaced`` says that a blank line has to follow.
    """

    __slots__ = ("broken", "head", "hunks", "size", "spaced", "tail")

    def __init__(
        self, size: int, head: int, tail: int, hunks: list[_Hunk], spaced: bool, broken: bool
    ) -> None:
        self.size = size
        self.head = head
        self.tail = tail
        self.hunks = hunks
        self.spaced = spaced
        self.broken = broken


Style = tuple[str, bool]  # the indentation; whether anything but white space may change
_layouts: dict[Style, WeakKeyDictionary[Block, _Layout]] = {}


def _indent(tab_size: int, insert_spaces: bool) -> str:
    return " " * max(0, tab_size) if insert_spaces else "\t"


def _may_rewrite(document: Document, indent: str, rewrite: bool) -> bool:
    return rewrite and not any(_layout(block, indent, True).broken for block in document.blocks)


def _layout(block: Block, indent: str, rewrite: bool) -> _Layout:
    remembered = _layouts.get((indent, rewrite))
    if remembered is None:
        if len(_layouts) >= 8:
            _layouts.clear()
        remembered = _layouts[indent, rewrite] = WeakKeyDictionary()
    layout = remembered.get(block)
    if layout is None:
        remembered[block] = layout = _lay_out(block, indent, rewrite)
    return layout


def _lay_out(block: Block, indent: str, rewrite: bool) -> _Layout:
    lines = block.lines
    size = len(lines)
    if block.kind == "gap":
        return _lay_out_gap(block, rewrite)
    mode = MODES.get(block.kind)
    if mode is None or block.close < 0 or block.node is None:
        return _Layout(size, 0, 0, [], False, True)
    eol = _line_end(lines[0])
    header, close = block.header, block.close
    make = _makers[mode, rewrite]
    if block.comments is None:
        above = [text.lstrip() for text in lines[:header]] if header else []
        if eol != "\n":
            above = [text.rstrip("\r\n") + eol for text in above]
        rows = [make(text) for text in lines[header + 1 : close]]
    else:
        above_rows = _expand(block, 0, header, _makers["top_line", rewrite], rewrite)
        above = [row.raw or row.note for row in above_rows]  # comments, every one of them
        above = [text + eol for text in above]
        rows = _expand(block, header + 1, close, make, rewrite)
    broken = any(row.kind >= _BROKEN for row in rows)
    new = above
    opening = _opening(block, rewrite)
    broken |= opening is None
    new.append((opening or lines[header].rstrip("\r\n")) + eol)
    if rewrite:
        new += _sorted_members(rows, indent, eol)
    else:
        new += _members_in_place(rows, indent, eol)
    closing, spaced = _closing(block, rewrite)
    broken |= closing is None
    new += [text + eol for text in closing or (lines[close].rstrip("\r\n"),)]
    return _Layout(size, 0, 0, _difference(lines, new, rewrite), spaced, broken)


def _lay_out_gap(block: Block, rewrite: bool) -> _Layout:
    lines = block.lines
    head = tail = 0
    size = len(lines)
    while head < size and not lines[head].strip(_WHITE):
        head += 1
    while tail < size - head and not lines[-1 - tail].strip(_WHITE):
        tail += 1
    if head == size:
        return _Layout(size, head, 0, [], False, False)
    rows = _expand(block, 0, size, _makers["top_line", rewrite], rewrite)
    if any(row.kind == _BROKEN for row in rows):
        # Perhaps the rest of a block whose header is not written yet.
        return _Layout(size, head, tail, [], False, True)
    new: list[str] = []
    blank = False
    for row in rows:
        if row.kind == _BLANK:
            blank = True
            continue
        if blank and new:
            new.append("")
        blank = False
        new.append(row.raw or row.note)
    # A blank line that Prisma finds behind the last comment is one more than there are lines.
    spaced = blank and not tail
    return _Layout(
        size, head, tail, _difference(lines[head : size - tail], new, rewrite, head), spaced, False
    )


def _opening(block: Block, rewrite: bool) -> str | None:
    """The header's line, or None where it is not to be touched."""
    node = block.node
    assert node is not None and node.name is not None
    opening = f"{node.keyword.value} {node.name.value} {{"
    text = block.line(block.header)
    rest = text[node.end :].strip(_WHITE)
    if block.comments is not None and block.header in block.comments and not rewrite:
        return block.lines[block.header].rstrip("\r\n")
    if not rest:
        return opening
    if not rest.startswith("//"):
        return None
    # Prisma's formatter drops it.
    return opening if rewrite else f"{opening} {text[node.end :].lstrip(_SPACE).rstrip(_ENDS)}"


def _closing(block: Block, rewrite: bool) -> tuple[tuple[str, ...] | None, bool]:
    """The lines of the closing brace, None for as they are, and whether a blank line must follow."""
    if block.comments is not None and block.close in block.comments and not rewrite:
        return (block.lines[block.close].rstrip("\r\n"),), True
    text = block.line(block.close).lstrip(_SPACE).rstrip(_ENDS)
    rest = text[1:].lstrip(_SPACE)
    if not rest:
        return ("}",), True
    if rest.startswith("//"):
        # Prisma's formatter adds the blank line only when it sees its own result again.
        return ("}", "", rest), False
    return None, False


# --- rows --------------------------------------------------------------------------------------

_MEMBER, _COMMENT, _BLANK, _ATTRIBUTE, _RAW, _BROKEN, _WRONG_MEMBER = range(7)
_SPACE = "\t \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_ENDS = "\r\n"
_WHITE = _SPACE + _ENDS
# The order that Prisma's formatter gives to a field's and to a block's attributes.
_ORDER = {
    name: place
    for place, name in enumerate(
        ("id", "unique", "default", "updatedAt", "index", "fulltext", "map", "relation", "ignore")
    )
}


class _Row:
    """A line in columns: ``first``, ``second`` and ``third`` with their widths, and ``note``.

    The note is a comment, of its own line or behind the columns.  ``raw`` stands for the whole line,
    its indentation included.  ``place`` is where an attribute of a block is sorted to.
    """

    __slots__ = ("first", "kind", "note", "place", "raw", "second", "size", "size2", "third")

    def __init__(
        self, kind: int, first: str = "", second: str = "", third: str = "", note: str = "",
        raw: str = "", place: int = 0,
    ) -> None:  # fmt: skip
        self.kind = kind
        self.first = first
        self.second = second
        self.third = third
        self.note = note
        self.raw = raw
        self.place = place
        # Prisma pads by the number of bytes.
        self.size = len(first) if first.isascii() else len(first.encode("utf-8", "surrogatepass"))
        self.size2 = (
            len(second) if second.isascii() else len(second.encode("utf-8", "surrogatepass"))
        )


_BLANK_ROW = _Row(_BLANK)


def _make(text: str, mode: Mode, rewrite: bool, memory: Memory[str, _Row]) -> _Row:
    row = memory.recent.get(text) or memory.recall(text)
    if row is None:
        row = _row(text, mode, rewrite)
        memory.keep(text, row)
    return row


_makers: dict[tuple[Mode, bool], partial[_Row]] = {
    (mode, rewrite): partial(_make, mode=mode, rewrite=rewrite, memory=Memory())
    for mode in get_args(Mode)
    for rewrite in (True, False)
}


def _row(text: str, mode: Mode, rewrite: bool) -> _Row:
    line = parse(mode, text)
    if not line.shape:
        return _BLANK_ROW
    if line.problem is not None or ",}" in line.shape:
        return _broken(text, mode)
    match line.node:
        case nodes.CommentLine() as node:
            return _Row(_COMMENT, note=text[node.start :].rstrip(_ENDS))
        case nodes.FieldLine() as node:
            kind = _MEMBER
            first = node.name.value
            second = ""
            if node.colon >= 0:
                kind = _WRONG_MEMBER
                first += ":"
            if node.type is None or node.type.legacy:
                kind = _WRONG_MEMBER
            if node.type is not None:
                second = _type(text, node.type)
            attributes = node.attributes
            if rewrite and len(attributes) > 1:
                attributes = tuple(sorted(attributes, key=_place))
            third = " ".join([_tidy(text[a.start : a.end], rewrite) for a in attributes])
            return _Row(kind, first, second, third, node.comment)
        case nodes.ValueLine() as node:
            values = [_tidy(text[a.start : a.end], rewrite) for a in node.attributes]
            # No space between them, as Prisma has it; two are never valid.
            return _Row(_MEMBER, node.name.value, "".join(values), note=node.comment)
        case nodes.PropertyLine() as node:
            if node.value is None:
                return _Row(_WRONG_MEMBER, node.name.value, "=", note=node.comment)
            value = _tidy(text[node.value.start : node.value.end], rewrite)
            return _Row(_MEMBER, node.name.value, "= " + value, note=node.comment)
        case nodes.BlockAttributeLine() as node:
            attribute = node.attribute
            said = _tidy(text[attribute.start : attribute.end], rewrite)
            return _Row(_ATTRIBUTE, said, note=node.comment, place=_place(attribute))
    return _broken(text, mode)


def _broken(text: str, mode: Mode) -> _Row:
    """A line that is kept as it is, but for its indentation in a block."""
    if mode == "top_line":
        return _Row(_BROKEN, raw=text.rstrip(_ENDS))
    return _Row(_BROKEN, text.lstrip(_SPACE).rstrip(_ENDS))


def _place(attribute: nodes.Attribute) -> int:
    return _ORDER.get(attribute.name, len(_ORDER))


def _type(text: str, node: nodes.Type) -> str:
    raw = text[node.start : node.end]
    if not node.arity or node.legacy:
        return raw
    # What stands between the parentheses of Unsupported stays as it is.
    return raw[: raw.rindex(node.arity[0])].rstrip(_SPACE) + node.arity


# An attribute or a value with the spaces that it ought to have: one after every comma and colon.
_TIDY = re.compile(
    r'[^\s,:"{}]*+(?:(?:, (?![\s)])|: (?!\s)|"(?:[^"\\]|\\.)*+")[^\s,:"{}]*+)*+', re.DOTALL
)
_AROUND = {",": ", ", ":": ": ", "{": "{ ", "}": " }"}


def _tidy(text: str, rewrite: bool) -> str:
    if _TIDY.fullmatch(text):
        return text
    shape, tokens = tokenize(text)
    pieces = []
    for index, (kind, (start, end)) in enumerate(zip(shape, tokens, strict=True)):
        if kind == "," and shape[index + 1 : index + 2] == ")":
            if not rewrite:
                pieces.append(",")
            continue
        pieces.append(_AROUND.get(kind) or text[start:end])
    return "".join(pieces)


def _expand(block: Block, first: int, last: int, make: partial[_Row], rewrite: bool) -> list[_Row]:
    """The rows of the lines from ``first`` to before ``last``, and of what stands in front of the
    text of line ``last``; ``/* … */`` in the form that Prisma's formatter gives it."""
    rows: list[_Row] = []
    lines = block.lines
    comments = block.comments or {}
    index = first
    while index < last or (index == last and index in comments):
        if index not in comments:
            rows.append(make(lines[index]))
            index += 1
            continue
        end = index
        found = lines[index].find("*/", lines[index].index("/*") + 2)
        while found < 0:
            end += 1
            found = lines[end].find("*/")
        tail = lines[end][found + 2 :]
        if rewrite:
            content = "".join(lines[index:end]) + lines[end][:found]
            rows += [_Row(_COMMENT, note=said) for said in _starred(content)]
            if end < last:
                if tail.strip(_WHITE):
                    rows.append(make(tail))
                elif tail.rstrip(_ENDS):
                    # Prisma takes the rest of the line for a blank one.
                    rows.append(_BLANK_ROW)
        else:
            # The line that goes on behind the comment is the caller's if it is the last one.
            stop = end + 1 if end < last else end
            rows += [_Row(_RAW, raw=lines[at].rstrip(_WHITE)) for at in range(index, stop)]
        index = end + 1
    return rows


def _starred(content: str) -> Iterator[str]:
    """The lines of a ``/* …`` comment, given without its end, with a star each."""
    yield "/**"
    for text in content[content.index("/*") + 2 :].split("\n"):
        text = text.strip()
        if text.startswith("*"):
            text = text[1:].lstrip()
        if text:
            yield " * " + text
    yield " */"


# --- the inside of a block -----------------------------------------------------------------------


def _sorted_members(rows: list[_Row], indent: str, eol: str) -> list[str]:
    """The lines between the braces: members first, then the block's attributes, sorted.

    A comment right above an attribute of the block goes with it.
    """
    out: list[str] = []
    table: list[_Row] = []
    attributes: list[list[_Row]] = []
    blank = False
    index = 0
    count = len(rows)
    while index < count:
        row = rows[index]
        kind = row.kind
        if kind == _BLANK:
            blank = index > 0
            index += 1
            while index < count and rows[index].kind == _BLANK:
                index += 1
            continue
        end = index + 1
        if kind == _COMMENT:
            while end < count and rows[end].kind == _COMMENT:
                end += 1
            if end < count and rows[end].kind == _ATTRIBUTE:
                attributes.append(rows[index : end + 1])
                index = end + 1
                blank = False
                continue
        elif kind == _ATTRIBUTE:
            attributes.append([row])
            index = end
            blank = False
            continue
        if blank:
            _align(table, indent, eol, out)
            table = []
            out.append(eol)
            blank = False
        if end == index + 1:
            table.append(row)
        else:
            table += rows[index:end]
        index = end
    _align(table, indent, eol, out)
    if attributes:
        out.append(eol)
        attributes.sort(key=lambda group: group[-1].place)
        _align([row for group in attributes for row in group], indent, eol, out)
    return out


def _members_in_place(rows: list[_Row], indent: str, eol: str) -> list[str]:
    """The lines between the braces in the order that they have.

    Where the order is the one of `_sorted_members`, so is the result.
    """
    out: list[str] = []
    table: list[_Row] = []
    blank = in_attributes = False
    index = 0
    count = len(rows)
    while index < count:
        row = rows[index]
        if row.kind == _BLANK:
            blank = index > 0
            index += 1
            while index < count and rows[index].kind == _BLANK:
                index += 1
            continue
        end = index + 1
        if row.kind in (_COMMENT, _RAW):
            while end < count and rows[end].kind in (_COMMENT, _RAW):
                end += 1
            if end < count and rows[end].kind == _ATTRIBUTE:
                end += 1
        is_attribute = rows[end - 1].kind == _ATTRIBUTE
        if not in_attributes if is_attribute else blank:
            _align(table, indent, eol, out)
            table = []
            out.append(eol)
        table += rows[index:end]
        blank = False
        in_attributes = is_attribute
        index = end
    _align(table, indent, eol, out)
    return out


def _align(table: list[_Row], indent: str, eol: str, out: list[str]) -> None:
    """Add the lines of rows that are aligned together."""
    first = second = 0
    for row in table:
        if row.kind == _MEMBER or row.kind == _WRONG_MEMBER:
            if row.size > first:
                first = row.size
            if row.size2 > second:
                second = row.size2
    first += 1
    second += 1
    for row in table:
        kind = row.kind
        if row.third:
            text = (
                f"{indent}{row.first}{' ' * (first - row.size)}{row.second}"
                f"{' ' * (second - row.size2)}{row.third}"
            )
        elif row.second:
            text = f"{indent}{row.first}{' ' * (first - row.size)}{row.second}"
        elif kind == _COMMENT:
            out.append(f"{indent}{row.note}{eol}")
            continue
        elif kind == _RAW:
            out.append(row.raw + eol)
            continue
        else:
            text = indent + row.first
        out.append(f"{text} {row.note}{eol}" if row.note else text + eol)


# --- what differs ------------------------------------------------------------------------------


def _has_lone_returns(document: Document) -> bool:
    return document.fragile and any(line.endswith("\r") for line in document.lines)


def _line_end(text: str) -> str:
    return text[width(text) :] or "\n"


def _difference(old: Sequence[str], new: list[str], rewrite: bool, base: int = 0) -> list[_Hunk]:
    """The stretches of whole lines that differ, line ends aside."""
    if tuple(new) == old:
        return []
    if not rewrite or len(old) == len(new) or _filled(old) == _filled(new):
        return list(_pairs(old, new, base))
    before = [text.rstrip(_ENDS) for text in old]
    after = [text.rstrip(_ENDS) for text in new]
    start, tail = common_ends(before, after)
    before = before[start : len(before) - tail]
    after = after[start : len(after) - tail]
    base += start
    if len(before) + len(after) > 2000:
        # Too long to be compared with care.
        return [_Hunk(base, base + len(before), after)]
    hunks: list[_Hunk] = []
    match = SequenceMatcher(
        None, ["".join(text.split()) for text in before], ["".join(text.split()) for text in after],
        autojunk=False,
    )  # fmt: skip
    for tag, i, j, k, m in match.get_opcodes():
        if tag == "equal":
            hunks += _pairs(before[i:j], after[k:m], base + i)
        else:
            hunks.append(_Hunk(base + i, base + j, after[k:m]))
    return hunks


def _filled(lines: Sequence[str]) -> int:
    return sum([not text.isspace() for text in lines])


def _pairs(old: Sequence[str], new: Sequence[str], base: int) -> Iterator[_Hunk]:
    """What differs if every line with text in ``old`` becomes the next one with text in ``new``.

    Lines of ``new`` that are left at the end go with the last one of ``old``.
    """
    run: list[str] = []  # what becomes of the lines right before `i`
    i = j = 0
    while i < len(old) and j < len(new):
        before, after = old[i], new[j]
        if before != after:
            empty = not before.strip(_WHITE)
            if empty == (not after.strip(_WHITE)):
                text = after.rstrip(_ENDS)
                if text != before.rstrip(_ENDS):
                    run.append(text)
                    i += 1
                    j += 1
                    continue
        if run:
            yield _Hunk(base + i - len(run), base + i, run)
            run = []
        if before == after or empty == (not after.strip(_WHITE)):
            i += 1
            j += 1
        elif empty:
            yield _Hunk(base + i, base + i + 1, ())
            i += 1
        else:
            yield _Hunk(base + i, base + i, ("",))
            j += 1
    if run or j < len(new):
        rest = [text.rstrip(_ENDS) for text in new[j:]]
        yield _Hunk(base + i - len(run), base + i, run + rest)
    if i < len(old):
        yield _Hunk(base + i, base + len(old), ())


def _hunks(
    document: Document, indent: str, rewrite: bool, inside: tuple[int, int] | None = None
) -> Iterator[_Hunk]:
    """What differs in the document, or in the blocks at lines ``inside`` and their neighbours.

    Blocks that are not wholly inside are not rewritten.
    """
    blocks: Sequence[Block] = document.blocks
    starts = document.starts
    if inside is not None:
        # Two back, because there may be a gap of blank lines in between.
        skipped = max(0, document.locate(inside[0]) - 2)
        following = document.locate(inside[1]) + 3
        blocks, starts = blocks[skipped:following], starts[skipped:following]
    else:
        skipped = 0
    after = -1  # the line after the last one that is not blank
    blanks = 0  # blank lines since
    blank_text = ""  # the first of them
    spaced = False
    for block, start in zip(blocks, starts, strict=True):
        whole = inside is None or (inside[0] <= start and start + len(block.lines) <= inside[1] + 1)
        layout = _layout(block, indent, rewrite and whole)
        size = layout.size
        head = layout.head
        if head and not blanks:
            blank_text = block.lines[0]
        blanks += head
        if head == size:
            continue
        if after < 0:
            if blanks and not skipped:
                yield _Hunk(0, blanks, ())
        elif blanks != 1:
            wanted = 1 if blanks or spaced else 0
            if blanks != wanted:
                yield _Hunk(after, after + blanks, ("",) * wanted)
        elif blank_text.rstrip(_ENDS):
            yield _Hunk(after, after + 1, ("",))
        for first, end, lines in layout.hunks:
            yield _Hunk(start + first, start + end, lines)
        tail = layout.tail
        after = start + size - tail
        blanks = tail
        if tail:
            blank_text = block.lines[size - tail]
        spaced = layout.spaced
    if skipped + len(blocks) < len(document.blocks):
        return
    if after < 0:
        # Prisma wants one line end where there is nothing.
        if not skipped and (blanks != 1 or blank_text.strip(_ENDS)):
            yield _Hunk(0, blanks, ("",))
    elif blanks:
        yield _Hunk(after, after + blanks, ())


def _clipped(hunk: _Hunk, first: int, last: int) -> Iterator[_Hunk]:
    """The part of a hunk in lines ``first`` to ``last``, if it can be told apart from the rest."""
    if first <= hunk.first and hunk.end <= last + 1:
        yield hunk
    elif len(hunk.lines) == hunk.end - hunk.first:
        start, end = max(first, hunk.first), min(last + 1, hunk.end)
        yield _Hunk(start, end, hunk.lines[start - hunk.first : end - hunk.first])


def _edits(document: Document, hunks: Iterable[_Hunk], ended: bool = True) -> Iterator[Edit]:
    """The edits that make the hunks true, and if ``ended`` the line end that the last line lacks."""
    lines: list[str] | None = None
    count = document.line_count
    eol = "\n"
    last = document.line(count - 1)
    unended = bool(count) and width(last) == len(last)
    final = count  # lines before this one stay
    for first, end, new in hunks:
        if lines is None:
            lines = document.lines
            eol = _line_end(lines[0]) if lines else "\n"
        if end == count and first < end and not new:
            final = first
            yield Edit(Range(first, 0, *_end(count, last)), "")
        elif len(new) == end - first:
            old = lines[first : end - 1]
            if any("\r" in text for text in old):
                ends = [text[width(text) :] for text in old]
                text = "".join([a + b for a, b in zip(new, ends, strict=False)]) + new[-1]
            else:
                text = "\n".join(new)
            yield Edit(Range(first, 0, end - 1, width(lines[end - 1])), text)
        elif first == end and first == count and unended:
            yield Edit(
                Range(*_end(count, last), *_end(count, last)), "".join([eol + t for t in new])
            )
        elif end == count and unended:
            yield Edit(Range(first, 0, *_end(count, last)), eol.join(new))
        else:
            yield Edit(Range(first, 0, end, 0), "".join([text + eol for text in new]))
    if ended and unended and final == count:
        yield Edit(Range(*_end(count, last), *_end(count, last)), _line_end(document.line(0)))


def _end(count: int, last: str) -> tuple[int, int]:
    """Where the document ends."""
    return (count - 1, len(last)) if last and width(last) == len(last) else (count, 0)
