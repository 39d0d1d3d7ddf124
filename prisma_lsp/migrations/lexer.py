"""SQL text → pieces between semicolons → tokens.  Never fails, and takes each character once.

Two passes: the first finds only what can hide a semicolon (quotes, comments, bodies), so the data of
a dump costs little; the second cuts a single statement into tokens when somebody wants to read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_QUOTES = {
    "postgresql": "'\"",
    "mysql": "'\"`",
    "sqlite": "'\"`[",
    "sqlserver": "'\"[",
}
_PLAIN = {
    "'": r"'[^']*(?:''[^']*)*'?",
    '"': r'"[^"]*(?:""[^"]*)*"?',
    "`": r"`[^`]*(?:``[^`]*)*`?",
    "[": r"\[[^\]]*(?:\]\][^\]]*)*\]?",
}
_ESCAPED = {
    "'": r"'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'?",
    '"': r'"[^"\\]*(?:(?:\\.|"")[^"\\]*)*"?',
}
_DOLLAR = r"\$(?:[^\W\d]\w*)?\$"


def _quoted(dialect: str) -> list[str]:
    return [
        _ESCAPED.get(quote, _PLAIN[quote]) if dialect == "mysql" else _PLAIN[quote]
        for quote in _QUOTES[dialect]
    ]


def _splitter(dialect: str) -> re.Pattern[str]:
    parts = [r";", r"--[^\r\n]*", r"/\*", *_quoted(dialect)]
    if dialect == "postgresql":
        parts.append(_DOLLAR)
    if dialect == "mysql":
        parts[1] = r"--(?!\S)[^\r\n]*"
        parts.append(r"#[^\r\n]*")
    if dialect == "sqlserver":
        parts.append(r"(?<![^\r\n])[ \t]*[gG][oO][ \t]*(?![^\r\n])")
    return re.compile("|".join(parts), re.DOTALL)


def _runner(dialect: str) -> re.Pattern[str] | None:
    """All up to the next semicolon, comment, body or string with escapes, in one step."""
    if dialect == "sqlserver":
        return None  # a line with GO ends a statement
    quotes = _QUOTES[dialect].replace("[", "\\[")
    parts = [
        rf"[^;$/\-#eE{quotes}]++",
        r"-(?!-)",
        r"/(?!\*)",
        r"[eE](?!')" if dialect == "postgresql" else "[eE]",
    ]
    if dialect != "postgresql":
        parts.append(r"\$")
    if dialect != "mysql":
        parts.append("#")
    for quote in _QUOTES[dialect]:
        pattern = _ESCAPED.get(quote, _PLAIN[quote]) if dialect == "mysql" else _PLAIN[quote]
        parts.append(pattern[:-1])  # closed
    return re.compile(f"(?:{'|'.join(parts)})++", re.DOTALL)


def _tokeniser(dialect: str) -> re.Pattern[str]:
    strings: list[str] = []
    names: list[str] = []
    for quote, pattern in zip(_QUOTES[dialect], _quoted(dialect), strict=True):
        (strings if quote == "'" or (quote == '"' and dialect == "mysql") else names).append(
            pattern
        )
    if dialect == "postgresql":
        strings.insert(0, "[eE]" + _ESCAPED["'"])
        strings.append(rf"(?P<tag>{_DOLLAR}).*?(?:(?P=tag)|\Z)")
    word = r"[^\W\d][\w$#]*" if dialect == "postgresql" else r"[@#]{0,2}[^\W\d][\w$#@]*"
    return re.compile(
        rf"(?P<s>{'|'.join(strings)})|(?P<q>{'|'.join(names)})|(?P<w>{word})|(?P<n>\d[\w.]*)|(?P<o>::|\S)",
        re.DOTALL,
    )


_SPLITTERS = {dialect: _splitter(dialect) for dialect in _QUOTES}
_RUNNERS = {dialect: _runner(dialect) for dialect in _QUOTES}
_TOKENISERS = {dialect: _tokeniser(dialect) for dialect in _QUOTES}
_E_STRING = re.compile(_ESCAPED["'"], re.DOTALL)
_COMMENT = re.compile(r"/\*|\*/")
_BLACK = re.compile(r"\S")
_BLANKED = re.compile(r"[^\r\n]")
_COMPOUND = re.compile(
    r"\s*(?:CREATE|ALTER)\s+(?:OR\s+REPLACE\s+|OR\s+ALTER\s+|DEFINER\s*=\s*\S+\s+|TEMP\s+|TEMPORARY\s+)*"
    r"(?P<what>FUNCTION|PROCEDURE|TRIGGER|EVENT)\b",
    re.IGNORECASE,
)
_COPY = re.compile(r"COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
_ROWS_END = re.compile(r"(?<=[\r\n])\\\.(?=[\r\n]|\Z)")
_BLOCK = re.compile(r"\b(?:BEGIN|CASE|END(?:\s+(?:IF|LOOP|WHILE|REPEAT|CASE))?)\b", re.IGNORECASE)
_ATOMIC = re.compile(r"\bBEGIN\s+ATOMIC\b", re.IGNORECASE)


class Piece(NamedTuple):
    """What stands between two semicolons, from its first to its last character that is no space
    and no comment."""

    start: int
    text: str
    """With comments made blank, so that places stay."""
    closed: bool
    """False where a quote, a comment or a body is open to the end of the file."""


class Token(NamedTuple):
    kind: str
    """"w" a bare word, "q" a quoted name, "s" a string, "n" a number, "o" anything else."""
    value: str
    """A bare word in lower case, a quoted name without its quotes, else as written."""
    start: int
    end: int


def split(text: str, dialect: str) -> Iterator[Piece]:
    """The statements of ``text``. Empty ones are left out."""
    search = _SPLITTERS[dialect].search
    runner = _RUNNERS[dialect]
    position = last = 0  # where to search next; the end of the last black thing
    begin = -1
    comments: list[tuple[int, int]] = []
    depth: int | None = None  # of BEGIN … END in a function's body, None before its first semicolon
    counted = 0
    closed = True
    while True:
        run = runner.match(text, position) if runner is not None else None
        found = search(text, position if run is None else run.end())
        upto = found.start() if found else len(text)
        if upto > position:
            if begin < 0 and (black := _BLACK.search(text, position, upto)):
                if text[black.start()] == "\\" and dialect == "postgresql":
                    # A line for `psql`, as in a dump.
                    position = _line_end(text, black.start())
                    continue
                begin = counted = black.start()
            if begin >= 0:
                end = position + len(text[position:upto].rstrip())
                last = end if end > position else last
        if found is None:
            break
        token = found.group()
        start, position = found.span()
        first = token[0]
        if first == ";" or first in "gG \t":
            if begin < 0:
                continue
            if first == ";" and dialect != "sqlserver":
                depth = _depth(text, begin, counted, start, dialect, depth)
                counted = start
                if depth:
                    last = position
                    continue
            yield _piece(text, begin, last, comments, True)
            if dialect == "postgresql" and _COPY.match(text, begin, last):
                # Rows follow, to a line of their own that says so.
                rows_end = _ROWS_END.search(text, position)
                position = rows_end.end() if rows_end else len(text)
            begin, depth, comments = -1, None, []
            continue
        if first in "-#" or token == "/*":
            if token == "/*":
                position, closed = _comment_end(text, position, dialect == "postgresql")
            if begin >= 0:
                comments.append((start, position))
            continue
        if first == "$":
            end = text.find(token, position)
            closed = end >= 0
            position = end + len(token) if closed else len(text)
        elif first == "'" and dialect == "postgresql" and start and text[start - 1] in "eE":
            if start < 2 or not (text[start - 2].isalnum() or text[start - 2] in "_$"):
                found = _E_STRING.match(text, start)
                assert found is not None
                position = found.end()
                closed = position - start > 1 and text[position - 1] == first
        else:
            closed = _is_closed(token, first, dialect)
        if begin < 0:
            begin = counted = start
        last = position
        if not closed:
            position = last = len(text)
    if begin >= 0:
        if depth is None:
            depth = _depth(text, begin, counted, len(text), dialect, depth)
        yield _piece(text, begin, last, comments, closed and not depth)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _is_closed(token: str, first: str, dialect: str) -> bool:
    """The patterns let a quote stay open only at the end of the text."""
    last = "]" if first == "[" else first
    if len(token) < 2 or token[-1] != last:
        return False
    if dialect == "mysql" and first != "`":
        body = token[1:-1]
        escapes = len(body) - len(body.rstrip("\\"))
        return escapes % 2 == 0
    return True


def _comment_end(text: str, position: int, nests: bool) -> tuple[int, bool]:
    depth = 1
    while depth:
        found = _COMMENT.search(text, position)
        if found is None:
            return len(text), False
        position = found.end()
        if found.group() == "*/":
            depth -= 1
        elif nests:
            depth += 1
    return position, True


def _depth(
    text: str, begin: int, counted: int, end: int, dialect: str, depth: int | None
) -> int | None:
    """How many blocks are open at ``end`` in a statement that may have semicolons inside; 0 where
    the semicolon there ends it."""
    if depth is None:
        head = _COMPOUND.match(text, begin)
        if head is None or head.end() > end:
            return 0
        if dialect == "postgresql" and not _ATOMIC.search(text, begin, end):
            return 0
        depth = 0
    for word in _BLOCK.finditer(text, counted, end):
        first = word.group()[:1].lower()
        if first in "bc":
            depth += 1
        elif len(word.group()) == 3 or word.group().lower().endswith("case"):
            depth -= 1
    return max(depth, 0)


def _piece(text: str, begin: int, end: int, comments: list[tuple[int, int]], closed: bool) -> Piece:
    inside = [(start, stop) for start, stop in comments if start < end]
    if not inside:
        return Piece(begin, text[begin:end], closed)
    parts: list[str] = []
    at = begin
    for start, stop in inside:
        parts.append(text[at:start])
        parts.append(_BLANKED.sub(" ", text[start:stop]))
        at = stop
    parts.append(text[at:end])
    return Piece(begin, "".join(parts), closed)


def tokens(text: str, dialect: str) -> list[Token]:
    """The tokens of a piece's text."""
    found: list[Token] = []
    append = found.append
    make = tuple.__new__
    for match in _TOKENISERS[dialect].finditer(text):
        kind = match.lastgroup
        start, end = match.span()
        value = text[start:end]
        if kind == "w":
            value = value.lower()
        elif kind == "q":
            value = unquoted(value)
        elif kind == "tag":
            kind = "s"
        append(make(Token, (kind, value, start, end)))
    return found


def unquoted(name: str) -> str:
    """A quoted name without its quotes."""
    quote = "]" if name[0] == "[" else name[0]
    body = name[1:-1] if len(name) > 1 and name[-1] == quote else name[1:]
    return body.replace(quote + quote, quote) if quote in body else body
