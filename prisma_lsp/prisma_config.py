"""What `prisma.config.ts` says about the schema, read from its text and never executed.

Prisma runs this file; an editor must not run a stranger's code, and need not: nearly every such
file states its paths as plain strings or as `path.join(...)` of plain strings.  What cannot be
read that way is reported as *stated but unknown*, never guessed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\r\n]*|/\*(?:[\s\S]*?\*/|[\s\S]*))
    |(?P<string>"(?:\\[\s\S]|[^"\\\r\n])*"|'(?:\\[\s\S]|[^'\\\r\n])*')
    |(?P<word>[^\W\d][\w$]*|\$[\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<punctuation>\?\?|\?\.|\|\||&&|=>|\.\.\.|[\s\S])""",
    re.VERBOSE,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\r\n])*\]|[^/\\\[\r\n])+/")
_ESCAPE = re.compile(r"\\(\r\n|[\s\S])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\n": "", "\r\n": "", "\r": ""}
_OPEN = {"(", "[", "{"}
_CLOSE = {")", "]", "}"}
_DEEPEST = 40


class PrismaConfig(NamedTuple):
    """The paths of one config file, as written: relative ones count from the config's folder.

    ``schema`` and ``migrations`` are None when absent or not readable as text; the ``_stated``
    flags tell the two apart.
    """

    schema: str | None = None
    schema_stated: bool = False
    migrations: str | None = None
    migrations_stated: bool = False


class _Token(NamedTuple):
    kind: str
    """``string`` (value decoded), ``template`` (has a ``${}``), ``word``, ``number``, ``p``."""
    value: str


def read_config(text: str, folder: str) -> PrismaConfig:
    """The schema and migrations paths that ``text`` states.

    ``folder`` is the absolute folder of the config, what `__dirname` stands for.  Never raises.
    """
    reader = _Reader(list(_tokens(text)), folder)
    entries = reader.config_entries()
    schema = entries.get("schema")
    migrations: int | None = None
    if "migrations" in entries:
        migrations = reader.entries(reader.object_at(entries["migrations"])).get("path")
    return PrismaConfig(
        reader.value(schema),
        schema is not None,
        reader.value(migrations),
        migrations is not None,
    )


class _Reader:
    """Token positions in, strings out.  Positions past the end read as an empty token."""

    __slots__ = ("folder", "tokens")

    def __init__(self, tokens: list[_Token], folder: str) -> None:
        self.tokens = tokens
        self.folder = folder

    def at(self, index: int) -> _Token:
        return self.tokens[index] if 0 <= index < len(self.tokens) else _Token("end", "")

    def config_entries(self) -> dict[str, int]:
        """The keys of the exported object, each with the position of its value."""
        starts: list[int] = []
        for index, token in enumerate(self.tokens):
            if token.kind != "word":
                continue
            if token.value == "defineConfig" and self.at(index + 1).value in ("(", "<"):
                while self.at(index + 1).value not in ("(", ""):
                    index += 1
                starts.append(index + 2)
            elif token.value == "default" and self.at(index - 1).value == "export":
                starts.append(index + 1)
            elif token.value in ("exports", "default") and self.at(index + 1).value == "=":
                starts.append(index + 2)
        for start in starts:
            entries = self.entries(self.object_at(start))
            if entries:
                return entries
        return {}

    def object_at(self, index: int, depth: int = 0) -> int | None:
        """The position of the `{` that the expression at ``index`` is, through variables."""
        token = self.at(index)
        if token.value == "{" and token.kind == "p":
            return index
        if token.value == "(" and token.kind == "p" and depth < _DEEPEST:
            return self.object_at(index + 1, depth + 1)
        if token.kind == "word" and depth < _DEEPEST:
            target = self.variable(token.value)
            return None if target is None else self.object_at(target, depth + 1)
        return None

    def entries(self, brace: int | None) -> dict[str, int]:
        """The keys of the object whose `{` is at ``brace``; the last of two equal keys wins."""
        found: dict[str, int] = {}
        if brace is None:
            return found
        index = brace + 1
        while index < len(self.tokens):
            token, after = self.at(index), self.at(index + 1)
            if token.kind == "p" and token.value in _CLOSE:
                break  # by its own brace, or by another one where the text is wrong
            if token.kind in ("word", "string"):
                if after == ("p", ":"):
                    found[token.value] = index + 2
                elif token.kind == "word" and after in (("p", ","), ("p", "}")):
                    found[token.value] = index
            index = self.skip_value(index)
        return found

    def skip_value(self, index: int) -> int:
        """The position after the next `,` on this level, or of the closing bracket."""
        depth = 0
        while index < len(self.tokens):
            kind, value = self.tokens[index]
            if kind == "p":
                if value in _OPEN:
                    depth += 1
                elif value in _CLOSE:
                    if not depth:
                        return index
                    depth -= 1
                elif value == "," and not depth:
                    return index + 1
            index += 1
        return index

    def variable(self, name: str) -> int | None:
        """The position of the value that `const name = …` gives, None when there is none."""
        for index, token in enumerate(self.tokens):
            if token.value == name and self.at(index - 1).value in ("const", "let", "var"):
                # A type annotation may stand between the name and the `=`.
                for offset in range(1, 60):
                    here = self.at(index + offset)
                    if here == ("p", "="):
                        return index + offset + 1
                    if here.value in (";", ""):
                        break
        return None

    def value(self, index: int | None) -> str | None:
        return None if index is None else self.expression(index, 0)[0]

    def expression(self, index: int, depth: int) -> tuple[str | None, int]:
        """The string at ``index`` (None: unknown) and the position after it."""
        value, index = self.term(index, depth)
        while True:
            token = self.at(index)
            if token.kind == "word" and token.value in ("as", "satisfies"):
                index += 2
            elif token == ("p", "!"):
                index += 1
            elif token == ("p", "+"):
                right, index = self.term(index + 1, depth)
                value = None if value is None or right is None else value + right
            elif token.kind == "p" and token.value in ("??", "||"):
                # The left side is usually an environment variable: then the right one is what
                # a fresh checkout gets.
                right, index = self.term(index + 1, depth)
                value = right if value is None else value
            elif token.kind == "p" and token.value in ("?", "&&", "?.", ".", "["):
                return None, index
            else:
                return value, index

    def term(self, index: int, depth: int) -> tuple[str | None, int]:
        token = self.at(index)
        if depth > _DEEPEST or token.kind == "end":
            return None, index
        if token.kind == "string":
            return token.value, index + 1
        if token == ("p", "("):
            value, index = self.expression(index + 1, depth + 1)
            return value, index + 1
        if token.kind != "word":
            return None, index + 1
        if token.value in ("await", "new"):
            return self.term(index + 1, depth + 1)
        name = token.value
        index += 1
        while self.at(index) == ("p", ".") and self.at(index + 1).kind == "word":
            name += "." + self.at(index + 1).value
            index += 2
        if self.at(index) != ("p", "("):
            return self.name(name, depth), index
        arguments: list[str | None] = []
        index += 1
        while self.at(index).kind != "end" and self.at(index) != ("p", ")"):
            argument, after = self.expression(index, depth + 1)
            arguments.append(argument)
            index = after + 1 if self.at(after) == ("p", ",") else self.skip_value(after)
            if self.at(index).value in ("]", "}"):
                break
        return self.call(name, arguments), index + 1

    def name(self, name: str, depth: int) -> str | None:
        if name in ("__dirname", "import.meta.dirname", "import.meta.dir"):
            return self.folder
        if name in ("__filename", "import.meta.filename", "import.meta.url"):
            return self.folder + "/prisma.config.ts"
        target = None if "." in name else self.variable(name)
        return None if target is None else self.expression(target, depth + 1)[0]

    def call(self, name: str, arguments: list[str | None]) -> str | None:
        function = name.rpartition(".")[2]
        if name == "process.cwd":
            # Prisma is started where its config is.
            return self.folder
        parts = [part for part in arguments if part is not None]
        if not parts or len(parts) != len(arguments):
            return None
        if function == "join":
            return os.path.normpath("/".join(parts))
        if function == "resolve":
            return os.path.normpath(os.path.join(self.folder, *parts))
        if function == "dirname" and len(parts) == 1:
            return os.path.dirname(parts[0])
        if function in ("normalize", "fileURLToPath", "String") and len(parts) == 1:
            return parts[0]
        return None


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    before = _Token("p", ";")
    while position < len(text):
        character = text[position]
        if character == "`":
            position, token = _template(text, position)
        elif (
            character == "/"
            and text[position + 1 : position + 2] not in ("/", "*")
            and before.kind == "p"
            and before.value not in _CLOSE
            and (match := _REGEX.match(text, position))
        ):
            position, token = match.end(), _Token("regex", "")
        else:
            found = _TOKEN.match(text, position)
            assert found is not None  # the last alternative takes any character
            position = found.end()
            kind, value = found.lastgroup, found.group()
            if kind == "skip":
                continue
            if kind == "string":
                token = _Token("string", _unescape(value[1:-1]))
            else:
                token = _Token("p" if kind == "punctuation" else str(kind), value)
        before = token
        yield token


def _template(text: str, start: int) -> tuple[int, _Token]:
    """The end and the token of the template literal that opens at ``start``."""
    # One entry per open template; its number is how many braces are open in its `${`.
    open_templates = [0]
    substituted = False
    position = start + 1
    while position < len(text):
        character = text[position]
        inside = open_templates[-1]
        if character == "\\":
            position += 1
        elif character == "`":
            if inside:
                open_templates.append(0)
            else:
                open_templates.pop()
                if not open_templates:
                    body = text[start + 1 : position]
                    kind = "template" if substituted else "string"
                    return position + 1, _Token(kind, _unescape(body))
        elif inside and character in "{}":
            open_templates[-1] += 1 if character == "{" else -1
        elif not inside and text.startswith("${", position):
            substituted = True
            open_templates[-1] = 1
            position += 1
        position += 1
    return len(text), _Token("template", "")


def _unescape(body: str) -> str:
    if "\\" not in body:
        return body
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match.group(1), match.group(1)), body)
