"""A file as a row of blocks, and how an edit changes it.

A *block* is a stretch of whole lines: a declaration (``model User {`` … ``}``) with the comment
lines right above it, or a *gap*, which is whatever stands between declarations.  The blocks of a
document cover every line of it.  A block is a value: it knows its own lines and nothing outside, so
an edit replaces the blocks it touches and leaves every other block the very same object.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, Literal, NamedTuple, overload

from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.line import Line, Mode, parse, tokenize
from prisma_lsp.text import Range, common_ends, split_lines, width

Kind = Literal[
    "model", "view", "type", "enum", "datasource", "generator", "unknown", "gap"
]  # fmt: skip
KEYWORDS: frozenset[str] = frozenset(
    ("model", "view", "type", "enum", "datasource", "generator")
)  # fmt: skip

# What is read of a block, so that a file that is no schema cannot hold up everything else.
MAX_BLOCK_LINES = 20_000
MAX_GAP_PROBLEMS = 1_000

MODES: dict[str, Mode] = {
    "model": "member_line", "view": "member_line", "type": "member_line", "enum": "value_line",
    "datasource": "property_line", "generator": "property_line",
}  # fmt: skip


class Problem(NamedTuple):
    """A syntax problem in a block: a line counted from the block's first, columns in characters.

    ``code`` says what is wrong; ``subject`` is the text it is about.
    """

    line: int
    start: int
    end: int
    code: str
    subject: str = ""


class Block:
    """A declaration or a gap: its lines, and what they say once somebody asks.

    ``header`` is the index of the header's line in ``lines``, -1 for a gap.  ``close`` is the index
    of the line of the closing brace, or -1 where the block is not closed.  ``comments`` maps the
    lines that belong to a ``/* … */`` to the column where other text goes on, or to -1.
    ``unclosed`` names the declaration above where its closing brace is missing, else "".
    ``to_end`` says that the block is not closed and nothing follows that could begin another one.
    """

    __slots__ = (
        "__weakref__",
        "_entries",
        "_problems",
        "close",
        "comments",
        "header",
        "kind",
        "lines",
        "node",
        "to_end",
        "unclosed",
    )  # fmt: skip

    def __init__(
        self,
        kind: Kind,
        lines: tuple[str, ...],
        header: int = -1,
        node: nodes.Header | None = None,
        close: int = -1,
        comments: dict[int, int] | None = None,
        unclosed: str = "",
        to_end: bool = False,
    ) -> None:
        self.kind: Kind = kind
        self.lines = lines
        self.header = header
        self.node = node
        self.close = close
        self.comments = comments
        self.unclosed = unclosed
        self.to_end = to_end
        self._entries: list[tuple[int, nodes.LineNode]] | None = None
        self._problems: list[Problem] | None = None

    @property
    def name(self) -> str:
        """The declared name, or "" where there is none."""
        return self.node.name.value if self.node is not None and self.node.name is not None else ""

    @property
    def entries(self) -> list[tuple[int, nodes.LineNode]]:
        """(line, node) of every line between the braces that could be read, comments included."""
        if self._entries is None:
            self._read()
        return self._entries  # type: ignore[return-value]

    def node_at(self, line: int) -> nodes.LineNode | None:
        """What stands on a line between the braces; None where it could not be read."""
        entries = self.entries
        index = bisect_left(entries, line, key=_line_of)
        return entries[index][1] if index < len(entries) and entries[index][0] == line else None

    @property
    def problems(self) -> list[Problem]:
        """Every syntax problem of the block, in order."""
        if self._problems is None:
            self._read()
        return self._problems  # type: ignore[return-value]

    @property
    def docs(self) -> str:
        """The text of the ``///`` lines right above the header."""
        found = [line.strip()[3:].strip() for line in self.lines[: max(self.header, 0)]
                 if line.lstrip().startswith("///")]  # fmt: skip
        return "\n".join(found)

    def line(self, index: int) -> str:
        """A line as it is parsed: text inside a ``/* … */`` replaced by spaces."""
        text = self.lines[index]
        if self.comments is not None and index in self.comments:
            resume = self.comments[index]
            return " " * resume + text[resume:] if resume >= 0 else ""
        return text

    def _read(self) -> None:
        entries: list[tuple[int, nodes.LineNode]] = []
        problems: list[Problem] = []
        mode = MODES.get(self.kind)
        if mode is not None:
            last = self.close if self.close >= 0 else len(self.lines)
            lines = self.lines
            plain = self.comments is None
            if last > self.header + MAX_BLOCK_LINES and self.node is not None:
                last = self.header + MAX_BLOCK_LINES
                problems.append(
                    Problem(self.header, self.node.start, self.node.end, "long-block", self.name)
                )
            for index in range(self.header + 1, last):
                parsed = parse(mode, lines[index] if plain else self.line(index))
                if parsed.node is not None:
                    entries.append((index, parsed.node))
                if parsed.problem is not None:
                    problems.append(_line_problem(index, self.line(index), parsed))
        elif self.kind == "gap":
            for index in range(len(self.lines)):
                text = self.line(index)
                parsed = parse("top_line", text)
                if parsed.shape and not isinstance(parsed.node, nodes.CommentLine):
                    code = "type-alias" if isinstance(parsed.node, nodes.Alias) else "top-level"
                    tokens = tokenize(text)[1]
                    start, end = tokens[0][0], tokens[-1][1]
                    problems.append(Problem(index, start, end, code, text[start : tokens[0][1]]))
                    if len(problems) >= MAX_GAP_PROBLEMS:
                        break
        if self.kind == "unknown" and self.node is not None:
            keyword = self.node.keyword
            code = "block-name" if keyword.value in KEYWORDS else "block-keyword"
            problems.append(Problem(self.header, keyword.start, keyword.end, code, keyword.value))
        if self.close >= 0:
            text = self.line(self.close)
            rest = text.partition("}")[2].strip()
            if rest and not rest.startswith("//") and not _opens_block(rest):
                start = text.index(rest, text.index("}") + 1)
                problems.append(
                    Problem(self.close, start, start + len(rest), "after-brace", rest)
                )
        if self.kind != "gap" and self.close < 0 and self.node is not None:
            problems.append(
                Problem(self.header, self.node.start, self.node.end, "unclosed-block", self.name)
            )
        if self.unclosed and self.node is not None:
            problems.append(
                Problem(self.header, self.node.start, self.node.end, "missing-brace", self.unclosed)
            )
        self._entries = entries
        self._problems = problems


_OF_A_LINE = ("incomplete-line", "unexpected-token")


def _line_problem(index: int, text: str, parsed: Line) -> Problem:
    start, end, incomplete = parsed.problem  # type: ignore[misc]
    code = "incomplete-line" if incomplete else "unexpected-token"
    return Problem(index, start, end, code, text[start:end])


class Row(Sequence[Block]):
    """Blocks in order, in pieces: putting another block in the place of one copies only its piece."""

    __slots__ = ("_pieces", "_size")

    PIECE = 64

    def __init__(self, blocks: Sequence[Block]) -> None:
        step = self.PIECE
        self._pieces = [tuple(blocks[at : at + step]) for at in range(0, len(blocks), step)]
        self._size = len(blocks)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Block]:
        return chain.from_iterable(self._pieces)

    @overload
    def __getitem__(self, at: int) -> Block: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Block, ...]: ...
    def __getitem__(self, at: int | slice) -> Block | tuple[Block, ...]:
        if isinstance(at, slice):
            first, last, step = at.indices(self._size)
            if last - first <= self.PIECE and step == 1:
                return tuple([self[index] for index in range(first, last)])
            return tuple(self)[at]
        if at < 0:
            at += self._size
        if not 0 <= at < self._size:
            raise IndexError(at)
        return self._pieces[at // self.PIECE][at % self.PIECE]

    def index(self, block: Any, start: int = 0, stop: int | None = None) -> int:
        """The place of a block; raises ValueError where it is not in the row."""
        for number, piece in enumerate(self._pieces):
            if block in piece:
                return number * self.PIECE + piece.index(block)
        raise ValueError(block)

    def __contains__(self, block: object) -> bool:
        return any(block in piece for piece in self._pieces)

    def replaced(self, at: int, block: Block) -> Row:
        """The row with another block in the place ``at``."""
        new = Row.__new__(Row)
        new._pieces = self._pieces.copy()
        new._size = self._size
        number, place = divmod(at, self.PIECE)
        piece = self._pieces[number]
        new._pieces[number] = (*piece[:place], block, *piece[place + 1 :])
        return new


class Document:
    """The blocks of one file.  ``starts[i]`` is the number of the first line of ``blocks[i]``."""

    __slots__ = ("_guesses", "blocks", "fragile", "starts")

    def __init__(
        self,
        blocks: Row,
        starts: list[int],
        fragile: bool,
        guesses: dict[Block, int] | None = None,
    ) -> None:
        self.blocks = blocks
        self.starts = starts
        # Where blocks were seen last, in this document or one before it.
        self._guesses: dict[Block, int] = guesses if guesses is not None else {}
        # Whether a "/*" stands somewhere that no "*/" ends, or a line ends in a lone "\r".  Only
        # then can an edit change what lines far from it mean, and the whole text is read again.
        self.fragile = fragile

    @property
    def lines(self) -> list[str]:
        """Every line of the file; as long as the file, so not for the hot path."""
        return [line for block in self.blocks for line in block.lines]

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def line_count(self) -> int:
        return self.starts[-1] + len(self.blocks[-1].lines) if self.blocks else 0

    def index_of(self, block: Block) -> int:
        """The index of ``block``; raises ValueError where it is none of this document's.

        An edit moves a block by a few places at most, so it is looked for where it was last.
        """
        blocks, guesses = self.blocks, self._guesses
        guess = guesses.get(block)
        if guess is not None:
            for index in range(max(0, guess - 4), min(len(blocks), guess + 5)):
                if blocks[index] is block:
                    guesses[block] = index
                    return index
        index = blocks.index(block)
        guesses[block] = index
        return index

    def start_of(self, block: Block) -> int:
        """The number of the first line of ``block``; raises ValueError as `index_of` does."""
        return self.starts[self.index_of(block)]

    def locate(self, line: int) -> int:
        """The index of the block that holds line ``line``; the last block for a line past the end."""
        return max(0, bisect_right(self.starts, line) - 1)

    def line(self, number: int) -> str:
        """The text of one line, or "" past the end."""
        if not self.blocks or number < 0:
            return ""
        index = self.locate(number)
        lines = self.blocks[index].lines
        offset = number - self.starts[index]
        return lines[offset] if offset < len(lines) else ""


class Change(NamedTuple):
    """What an edit did: blocks ``first`` … of the old row were replaced."""

    document: Document
    first: int
    removed: tuple[Block, ...]
    added: tuple[Block, ...]


def read(text: str) -> Document:
    """The document of a whole text."""
    lines = split_lines(text)
    scanner = _Scanner(lines)
    blocks = tuple(scanner.blocks())
    lone_return = "\r" in text and any(line.endswith("\r") for line in lines)
    return Document(Row(blocks), _starts(blocks), scanner.loose_comment or lone_return)


def edit(document: Document, at: Range, text: str) -> Change:
    """The document after the stretch ``at`` is replaced by ``text``.

    Lines and columns past the end mean the end.  Blocks whose lines stay the same stay the same
    objects; the result equals a fresh `read` of the new text in everything else.
    """
    old = document.blocks
    if not old or document.fragile or "\r" in text.replace("\r\n", ""):
        return _replace(document, 0, len(old), read(_spliced(document.lines, at, text)))
    change = _in_line(document, at, text)
    if change is not None:
        return change
    first = document.locate(at.line)
    following = document.locate(at.end_line) + 1
    # A block that is not closed, and a gap, may end differently now.
    while first > 0 and old[first - 1].close < 0:
        first -= 1
    # What follows a block that is not closed says so.
    while following < len(old) and old[following - 1].close < 0:
        following += 1
    base = document.starts[first]
    lines = [line for block in old[first:following] for line in block.lines]
    stretch = Range(at.line - base, at.start, at.end_line - base, at.end)
    new = _spliced(lines, stretch, text)
    # Read on until a closed block ends where an old block ended: from there all is as it was.
    while True:
        changed = read(new)
        if following == len(old) or changed.fragile:
            break
        if changed.blocks and changed.blocks[-1].close >= 0 and new.endswith("\n"):
            break
        if not new and (first == 0 or old[first - 1].close >= 0):
            break
        new += "".join(old[following].lines)
        following += 1
    if changed.fragile and following < len(old):
        return _replace(document, 0, len(old), read(_spliced(document.lines, at, text)))
    return _replace(document, first, following, changed)


def _in_line(document: Document, at: Range, text: str) -> Change | None:
    """The change of an edit that stays in one line and cannot move where blocks begin and end."""
    if at.line != at.end_line or "\n" in text:
        return None
    first = document.locate(at.line)
    old = document.blocks[first]
    index = at.line - document.starts[first]
    if not old.header < index < old.close or old.comments is not None:
        return None
    before = old.lines[index]
    limit = width(before)
    start = min(at.start, limit)
    after = before[:start] + text + before[max(start, min(at.end, limit)) :]
    for line in (before, after):
        stripped = line.lstrip()
        if stripped.startswith(("}", "/*")) or ("{" in stripped and _opens_block(line)):
            return None
    if after == before:
        return Change(document, first, (), ())
    lines = (*old.lines[:index], after, *old.lines[index + 1 :])
    new = Block(old.kind, lines, old.header, old.node, old.close, None, old.unclosed)
    mode = MODES.get(old.kind)
    if (
        old._entries is not None
        and old._problems is not None
        and mode is not None
        and old.close <= old.header + MAX_BLOCK_LINES
    ):
        # What the other lines say stands.
        parsed = parse(mode, after)
        new._entries = [entry for entry in old._entries if entry[0] != index]
        new._problems = [problem for problem in old._problems if problem.line != index]
        if parsed.node is not None:
            insort(new._entries, (index, parsed.node), key=_line_of)
        if parsed.problem is not None:
            # Those of the whole block come last.
            above = sum(p.code in _OF_A_LINE and p.line < index for p in new._problems)
            new._problems.insert(above, _line_problem(index, after, parsed))
    blocks = document.blocks.replaced(first, new)
    guesses = document._guesses
    guesses.pop(old, None)
    guesses[new] = first
    changed = Document(blocks, document.starts, document.fragile, guesses)
    return Change(changed, first, (old,), (new,))


def _line_of(item: tuple[Any, ...]) -> int:
    line: int = item[0]
    return line


def difference(old: Document, new: Document) -> Change:
    """The change from one document to a later one, in which what no edit has touched is the same."""
    before, after = tuple(old.blocks), tuple(new.blocks)
    head, tail = common_ends(before, after)
    return Change(new, head, before[head : len(before) - tail], after[head : len(after) - tail])


def replaced(
    document: Document,
    blocks: tuple[Block, ...],
    removed: tuple[Block, ...],
    added: tuple[Block, ...],
) -> Change:
    """The change from ``document`` to the row ``blocks``, in which ``added`` stand in the places of
    ``removed``; all of them closed, so that no block's end depends on another."""
    return Change(Document(Row(blocks), _starts(blocks), document.fragile), 0, removed, added)


def _spliced(lines: list[str], at: Range, text: str) -> str:
    """The text of ``lines`` with the stretch ``at``, which counts from their first, replaced."""

    def offset(line: int, column: int) -> int:
        if line >= len(lines):
            return sum(map(len, lines))
        return sum(map(len, lines[:line])) + min(column, width(lines[line]))

    old = "".join(lines)
    start = offset(at.line, at.start)
    return old[:start] + text + old[max(start, offset(at.end_line, at.end)) :]


def _replace(document: Document, first: int, following: int, part: Document) -> Change:
    """``document`` with its blocks from ``first`` to before ``following`` replaced by ``part``'s."""
    old = document.blocks
    removed = old[first:following]
    added = tuple(part.blocks)
    head, tail = common_ends(removed, added, _same)
    gone = removed[head : len(removed) - tail]
    new = added[head : len(added) - tail]
    blocks = old[: first + head] + new + old[following - tail :]
    if [len(block.lines) for block in gone] == [len(block.lines) for block in new]:
        starts = document.starts
    else:
        starts = _moved_starts(document, first + head, gone, new)
    guesses = document._guesses
    for block in gone:
        guesses.pop(block, None)
    for number, block in enumerate(new, first + head):
        guesses[block] = number
    return Change(Document(Row(blocks), starts, part.fragile, guesses), first + head, gone, new)


def _same(old: Block, new: Block) -> bool:
    return (
        old.lines == new.lines
        and old.kind == new.kind
        and old.close == new.close
        and old.header == new.header
        and old.comments == new.comments
        and old.unclosed == new.unclosed
        and old.to_end == new.to_end
    )


def _starts(blocks: tuple[Block, ...]) -> list[int]:
    starts = list(accumulate((len(block.lines) for block in blocks), initial=0))
    starts.pop()
    return starts


def _moved_starts(
    document: Document, at: int, gone: Sequence[Block], new: Sequence[Block]
) -> list[int]:
    """The first lines of the blocks once ``new`` stand in the places of ``gone``, from ``at`` on."""
    starts = document.starts
    base = starts[at] if at < len(starts) else document.line_count
    made = list(accumulate((len(block.lines) for block in new), initial=base))
    end = made.pop()
    after = starts[at + len(gone) :]
    shift = end - after[0] if after else 0
    return [*starts[:at], *made, *([start + shift for start in after] if shift else after)]


class _Scanner:
    """Cuts lines into blocks."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.loose_comment = False
        self.unclosed = ""

    def blocks(self) -> Iterator[Block]:
        lines = self.lines
        gap_start = 0
        comment_start = -1  # first of the comment lines that may belong to a declaration
        comments: dict[int, int] = {}
        index = 0
        count = len(lines)
        while index < count:
            text = lines[index]
            stripped = text.lstrip()
            if stripped.startswith("/*"):
                end = self._comment(index, len(text) - len(stripped), comments)
                if end >= 0:
                    if comments[end] < 0:
                        comment_start = index if comment_start < 0 else comment_start
                        index = end + 1
                        continue
                    text = " " * comments[end] + lines[end][comments[end] :]
                    if comment_start < 0:
                        comment_start = index
                    index = end
                    stripped = text.lstrip()
            if not stripped:
                comment_start = -1
                index += 1
                continue
            if stripped.startswith("//"):
                if comment_start < 0:
                    comment_start = index
                index += 1
                continue
            node = parse("top_line", text).node
            if not isinstance(node, nodes.Header):
                comment_start = -1
                index += 1
                continue
            start = comment_start if comment_start >= 0 else index
            if start > gap_start:
                yield self._gap(gap_start, start, comments)
            block = self._declaration(start, index, node, comments)
            yield block
            index = gap_start = start + len(block.lines)
            comment_start = -1
            comments = {}
        if gap_start < count:
            yield self._gap(gap_start, count, comments)

    def _gap(self, start: int, end: int, comments: dict[int, int]) -> Block:
        own = {k - start: v for k, v in comments.items() if start <= k < end}
        return Block("gap", tuple(self.lines[start:end]), comments=own or None)

    def _declaration(
        self, start: int, header: int, node: nodes.Header, comments: dict[int, int]
    ) -> Block:
        lines = self.lines
        keyword = node.keyword.value
        kind: Kind = keyword if keyword in KEYWORDS and node.name else "unknown"  # type: ignore[assignment]
        comments = {k: v for k, v in comments.items() if start <= k}
        unclosed, self.unclosed = self.unclosed, ""
        close = -1
        index = header + 1
        count = len(lines)
        while index < count:
            text = lines[index]
            stripped = text.lstrip()
            if stripped.startswith("}"):
                close = index
                index += 1
                break
            if stripped.startswith("/*"):
                end = self._comment(index, len(text) - len(stripped), comments)
                if end >= 0:
                    if comments[end] < 0:
                        index = end + 1
                    else:
                        index = end
                        rest = lines[end][comments[end] :]
                        if rest.lstrip().startswith("}"):
                            close = end
                            index = end + 1
                            break
                        index += 1
                    continue
            elif "{" in stripped and _opens_block(text):
                # The closing brace is missing, and here begins the next declaration.
                self.unclosed = f"{keyword} {node.name.value}" if node.name else keyword
                break
            index += 1
        to_end = close < 0 and index >= count
        if close < 0:
            # Comments and blank lines before whatever follows are not part of an unclosed block.
            while index > header + 1 and index - 1 not in comments:
                above = lines[index - 1].strip()
                if index < count and (not above or above.startswith("//")):
                    index -= 1
                else:
                    break
        own = {k - start: v for k, v in comments.items() if k < index}
        return Block(
            kind, tuple(lines[start:index]), header - start, node,
            close - start if close >= 0 else -1, own or None, unclosed, to_end,
        )  # fmt: skip

    def _comment(self, index: int, column: int, comments: dict[int, int]) -> int:
        """Note a ``/*`` at (index, column): the line where it ends, or -1 where it never does."""
        if self.loose_comment:
            return -1  # there was no end above, so there is none below
        at = index
        search = column + 2
        lines = self.lines
        while at < len(lines):
            found = lines[at].find("*/", search)
            if found >= 0:
                rest = lines[at][found + 2 :]
                for line in range(index, at):
                    comments[line] = -1
                comments[at] = found + 2 if rest.strip() else -1
                return at
            at += 1
            search = 0
        self.loose_comment = True
        return -1


def _opens_block(text: str) -> bool:
    node = parse("top_line", text).node
    return (
        isinstance(node, nodes.Header) and node.name is not None and node.keyword.value in KEYWORDS
    )
