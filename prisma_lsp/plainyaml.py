"""YAML as people write it into small configuration files: mappings, lists, and what is on one line.

It says where it meets anything else (anchors, tags, texts of several lines) and reads nothing then.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MAX_DEPTH = 32
_MAX_LINE = 1_000
MAX_CHARACTERS = 64 * 1024
_KEY = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^\s\[\]{},"'#&*!|>%@`?:-][^:]*?|-[^\s:][^:]*?)\s*:(?=\s|$)""")
# In a plain word `:` is a letter where nothing white follows.
_PLAIN = r"(?:[^\s\[\]{},:]|:(?=[^\s,\[\]{}]))"
_FLOW = re.compile(
    r"""\s*(?:(?P<mark>[\[\]{},]|:(?=[\s,\[\]{}]|$))"""
    r"""|(?P<string>"(?:\\.|[^"\\])*"|'(?:''|[^'])*')"""
    rf"""|(?P<plain>(?!["'#&*!|>%@`?]){_PLAIN}+(?:[ \t]+(?!\#){_PLAIN}+)*))"""
)
_NUMBER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


class NotRead(ValueError):
    """``line``, from 1, is the first one that is not understood."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is YAML that is not understood")
        self.line = line


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


def read(text: str) -> object:
    """What the text states; raises `NotRead`."""
    lines = list(_lines(text))
    if not lines:
        return None
    value, rest = _block(lines, 0, 0)
    if rest < len(lines):
        raise NotRead(lines[rest].number)
    return value


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    depth = 0  # of open brackets
    for number, whole in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if len(whole) > _MAX_LINE or len(text) > MAX_CHARACTERS:
            raise NotRead(number)
        end, brackets = _scan(whole)
        line = whole[:end].rstrip()
        if not line.strip() or (line == "---" and not found):
            continue
        body = line.lstrip(" ")
        if body.startswith("\t"):
            raise NotRead(number)
        if depth > 0:
            found[-1] = found[-1]._replace(text=f"{found[-1].text} {body}")
        else:
            found.append(_Line(number, len(line) - len(body), body))
        depth += brackets
    return found


def _scan(line: str) -> tuple[int, int]:
    """Where the line's comment starts (its end without one), and how many brackets stay open."""
    quote = before = ""
    depth = skip = 0
    for index, character in enumerate(line):
        if skip:
            skip = 0
        elif quote:
            skip = character == "\\" and quote == '"'
            quote = "" if character == quote else quote
        elif character in "\"'" and (not before or before in " \t[{,:"):
            quote = character
        elif character == "#" and (not before or before in " \t"):
            return index, depth
        else:
            depth += (character in "[{") - (character in "]}")
        before = character
    return len(line), depth


def _block(lines: list[_Line], at: int, depth: int) -> tuple[object, int]:
    """The value whose first line is ``lines[at]``, and the number of the line behind it."""
    first = lines[at]
    if depth > _MAX_DEPTH:
        raise NotRead(first.number)
    if first.text == "-" or first.text.startswith("- "):
        return _list(lines, at, depth)
    if _KEY.match(first.text):
        return _mapping(lines, at, depth)
    return _flow(first), at + 1


def _list(lines: list[_Line], at: int, depth: int) -> tuple[list[object], int]:
    indent = lines[at].indent
    items: list[object] = []
    while at < len(lines) and lines[at].indent == indent and re.match(r"-(\s|$)", lines[at].text):
        line = lines[at]
        rest = line.text[1:].lstrip()
        if not rest:
            value, at = _below(lines, at, indent + 1, depth)
        else:
            # The rest of the line is the first line of a block that is indented as it stands there.
            lines[at] = line._replace(indent=indent + len(line.text) - len(rest), text=rest)
            value, at = _block(lines, at, depth + 1)
        items.append(value)
    _check_end(lines, at, indent)
    return items, at


def _mapping(lines: list[_Line], at: int, depth: int) -> tuple[dict[str, object], int]:
    indent = lines[at].indent
    found: dict[str, object] = {}
    while at < len(lines) and lines[at].indent == indent:
        line = lines[at]
        match = _KEY.match(line.text)
        if match is None:
            break
        key = str(_scalar(match[1], line.number))
        rest = line.text[match.end() :].strip()
        if key in found:
            raise NotRead(line.number)
        if rest:
            found[key] = _flow(line._replace(text=rest))
            at += 1
        else:
            # A list may stand as far left as its key.
            is_list = at + 1 < len(lines) and re.match(r"-(\s|$)", lines[at + 1].text)
            found[key], at = _below(lines, at, indent if is_list else indent + 1, depth)
    _check_end(lines, at, indent)
    return found, at


def _below(lines: list[_Line], at: int, least: int, depth: int) -> tuple[object, int]:
    if at + 1 < len(lines) and lines[at + 1].indent >= least:
        return _block(lines, at + 1, depth + 1)
    return None, at + 1


def _check_end(lines: list[_Line], at: int, indent: int) -> None:
    if at < len(lines) and lines[at].indent > indent:
        raise NotRead(lines[at].number)


def _flow(line: _Line) -> object:
    """The value of a whole line."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(line.text):
        match = _FLOW.match(line.text, at)
        if match is None or not match.lastgroup:
            raise NotRead(line.number)
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    try:
        value, rest = _value(tokens, 0, line.number, 0)
    except IndexError:
        raise NotRead(line.number) from None
    if rest != len(tokens):
        raise NotRead(line.number)
    return value


def _value(
    tokens: list[tuple[str, str]], at: int, line: int, depth: int
) -> tuple[object, int]:
    kind, text = tokens[at]
    if kind != "mark":
        return _scalar(text, line), at + 1
    if text not in "[{" or depth > _MAX_DEPTH:
        raise NotRead(line)
    end = "]" if text == "[" else "}"
    items: list[object] = []
    found: dict[str, object] = {}
    at += 1
    while tokens[at] != ("mark", end):
        value, at = _value(tokens, at, line, depth + 1)
        if end == "}":
            if tokens[at] != ("mark", ":"):
                raise NotRead(line)
            found[str(value)], at = _value(tokens, at + 1, line, depth + 1)
        else:
            items.append(value)
        if tokens[at] == ("mark", ","):
            at += 1
        elif tokens[at] != ("mark", end):
            raise NotRead(line)
    return (items if end == "]" else found), at + 1


def _scalar(text: str, line: int) -> object:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text.startswith('"'):
        import json

        try:
            return json.loads(text)
        except ValueError:
            raise NotRead(line) from None
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _NUMBER.match(text):
        return float(text) if "." in text else int(text)
    return text
