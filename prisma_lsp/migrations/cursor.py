"""A place in the tokens of one statement, and the small things read there: names, types, expressions."""

from __future__ import annotations

from collections.abc import Callable

from prisma_lsp.migrations.lexer import Token, tokens
from prisma_lsp.migrations.statements import Name, Text, TypeName

MAX_NAME_BYTES = 63
"""PostgreSQL cuts longer names, without a word."""

# Builtin types of PostgreSQL by each of their names, as `format_type` writes them.
_POSTGRES_TYPES = {
    "int": "integer", "int4": "integer", "integer": "integer", "int8": "bigint", "bigint": "bigint",
    "int2": "smallint", "smallint": "smallint", "serial": "serial", "serial4": "serial",
    "bigserial": "bigserial", "serial8": "bigserial", "smallserial": "smallserial",
    "serial2": "smallserial", "bool": "boolean", "boolean": "boolean", "real": "real",
    "float4": "real", "float8": "double precision", "double precision": "double precision",
    "decimal": "numeric", "dec": "numeric", "numeric": "numeric", "varchar": "character varying",
    "character varying": "character varying", "char varying": "character varying",
    "national character varying": "character varying", "national char varying": "character varying",
    "char": "character", "character": "character", "nchar": "character", "bpchar": "bpchar",
    "national character": "character", "national char": "character", "bit": "bit",
    "bit varying": "bit varying", "varbit": "bit varying",
    "timestamptz": "timestamp with time zone", "timetz": "time with time zone",
    "timestamp": "timestamp without time zone", "time": "time without time zone",
    "interval": "interval",
}  # fmt: skip
_SAME = """text uuid json jsonb bytea date money inet cidr macaddr macaddr8 xml oid name point line lseg
box path polygon circle tsvector tsquery int4range int8range numrange tsrange tstzrange daterange
int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange pg_lsn jsonpath
regclass regtype regproc regprocedure regoper regrole regnamespace regconfig regdictionary xid xid8
cid tid txid_snapshot pg_snapshot void record refcursor unknown""".split()  # noqa: SIM905
_POSTGRES_TYPES.update((name, name) for name in _SAME)
_SECOND = {
    "double": ("precision",), "character": ("varying",), "char": ("varying",), "bit": ("varying",),
    "national": ("character", "char"),
}  # fmt: skip
_FIELDS = {"year", "month", "day", "hour", "minute", "second", "to"}
_MYSQL_AFTER = {"unsigned", "signed", "zerofill", "binary", "ascii", "unicode", "byte"}

END = Token("", "", -1, -1)


class Unreadable(Exception):
    """The statement is not one that is understood; says what stands in the way."""


class Cursor:
    __slots__ = ("at", "dialect", "text", "tokens")

    def __init__(self, text: str, dialect: str) -> None:
        self.text = text
        self.dialect = dialect
        self.tokens = tokens(text, dialect)
        end = len(text)
        self.tokens.append(Token("", "", end, end))
        self.at = 0

    # --- looking ---

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def done(self) -> bool:
        return self.at >= len(self.tokens) - 1

    @property
    def start(self) -> int:
        return self.tokens[self.at].start

    @property
    def end(self) -> int:
        """Where the last token that was taken ends."""
        return self.tokens[self.at - 1].end if self.at else 0

    def ahead(self, count: int) -> Token:
        index = self.at + count
        return self.tokens[index] if index < len(self.tokens) else self.tokens[-1]

    def sees(self, *words: str) -> bool:
        """Whether these bare words, or signs, come next."""
        at = self.at
        tokens = self.tokens
        for word in words:
            token = tokens[at]
            if token[1] != word or token[0] not in "wo" or token[0] == "":
                return False
            at += 1
        return True

    # --- taking ---

    def take(self, *words: str) -> bool:
        """Takes these words if they come next."""
        # Nearly always they do not.
        if self.tokens[self.at][1] == words[0] and self.sees(*words):
            self.at += len(words)
            return True
        return False

    def one_of(self, *words: str) -> str | None:
        token = self.tokens[self.at]
        if token[0] == "w" and token[1] in words:
            self.at += 1
            return token[1]
        return None

    def expect(self, *words: str) -> None:
        if not self.take(*words):
            raise self.wrong(f"`{' '.join(words).upper()}` was expected")

    def wrong(self, reason: str) -> Unreadable:
        found = self.token
        return Unreadable(
            f"{reason} at `{found.value[:40]}`" if found.kind else f"{reason} at the end"
        )

    def skip(self) -> None:
        if not self.done:
            self.at += 1

    def skip_group(self) -> None:
        """Over a group in parentheses or brackets, if one comes next."""
        if not (self.sees("(") or self.sees("[")):
            return
        depth = 0
        while not self.done:
            token = self.token
            self.at += 1
            if token.kind == "o":
                if token.value in "([":
                    depth += 1
                elif token.value in ")]":
                    depth -= 1
                    if not depth:
                        return
        raise self.wrong("a parenthesis is not closed")

    def skip_until(self, *stops: str) -> None:
        """To the first of these words or signs outside of parentheses and brackets, or the end."""
        while not self.done:
            token = self.token
            if token.kind in "wo" and token.value in stops:
                return
            if token.kind == "o" and token.value in "([":
                self.skip_group()
            else:
                self.at += 1

    # --- names ---

    def part(self) -> tuple[str, int, int]:
        """One name as the database has it, with its place."""
        token = self.tokens[self.at]
        kind, value, start, end = token
        if kind == "w":
            if self.dialect != "postgresql":
                value = self.text[start:end]
        elif kind != "q":
            raise self.wrong("a name was expected")
        self.at += 1
        if self.dialect == "postgresql":
            value = cut(value)
        return value, start, end

    def word(self) -> str:
        return self.part()[0]

    def name(self) -> Name:
        """A name with or without its schema. A third part before it, the database, is left out."""
        name, start, end = self.part()
        schema: str | None = None
        while self.sees("."):
            self.at += 1
            schema = name
            name, start, end = self.part()
        return Name(schema, name, start, end)

    def names(self) -> tuple[Name, ...]:
        found = [self.name()]
        while self.take(","):
            found.append(self.name())
        return tuple(found)

    def column(self) -> Name:
        """A name of a column or constraint, which has no schema."""
        name, start, end = self.part()
        return Name(None, name, start, end)

    def columns(self) -> tuple[str, ...]:
        """`(a, b)`."""
        self.expect("(")
        found = [self.word()]
        while self.take(","):
            found.append(self.word())
        self.expect(")")
        return tuple(found)

    def string(self) -> str:
        """The value of a string literal."""
        token = self.token
        if token.kind != "s":
            raise self.wrong("a string was expected")
        self.at += 1
        return string_value(token.value)

    # --- expressions ---

    def group(self) -> Text:
        """`( … )`: what is inside."""
        opening = self.at
        if not self.sees("("):
            raise self.wrong("`(` was expected")
        self.skip_group()
        return self.piece(opening + 1, self.at - 1)

    def until(self, *stops: str) -> Text:
        """An expression: at least one token, then to the first stop outside of parentheses."""
        first = self.at
        if self.done:
            raise self.wrong("an expression was expected")
        if self.sees("(") or self.sees("["):
            self.skip_group()
        else:
            self.at += 1
        self.skip_until(*stops)
        return self.piece(first, self.at)

    def piece(self, first: int, after: int) -> Text:
        """The tokens from ``first`` to before ``after`` as text with single spaces."""
        chosen = self.tokens[first:after]
        if not chosen:
            return Text("", self.token.start, self.token.start)
        start, end = chosen[0].start, chosen[-1].end
        source = self.text
        raw = source[start:end]
        if "\n" not in raw and "  " not in raw and "\t" not in raw:
            return Text(raw, start, end)
        parts: list[str] = []
        last = start
        for token in chosen:
            if token.start > last:
                parts.append(" ")
            parts.append(source[token.start : token.end])
            last = token.end
        return Text("".join(parts), start, end)

    # --- types ---

    def type(self) -> TypeName:
        return self._postgres_type() if self.dialect == "postgresql" else self._other_type()

    def _postgres_type(self) -> TypeName:
        start = self.start
        self.take("setof")
        schema: str | None = None
        quoted = self.token.kind == "q"
        name = self.word()
        while self.take("."):
            schema, quoted, name = name, self.token.kind == "q", self.word()
        internal = schema == "pg_catalog"
        builtin = schema in (None, "pg_catalog") and (
            not quoted or internal or name in _POSTGRES_TYPES
        )
        if (
            builtin
            and not quoted
            and not internal
            and (second := self.one_of(*_SECOND.get(name, ())))
        ):
            name = f"{name} {second}"
            if second in ("character", "char") and self.one_of("varying"):
                name += " varying"
        if quoted and name == "char":
            kind = '"char"'
        elif builtin and name in _POSTGRES_TYPES:
            kind = self._with_arguments(name, _POSTGRES_TYPES[name])
        elif builtin and name == "float":
            arguments = self._arguments()
            kind = (
                "real"
                if arguments and arguments.isdigit() and int(arguments) <= 24
                else "double precision"
            )
        else:
            builtin = False
            arguments = self._arguments()
            kind = f"{name}({arguments})" if arguments else name
        array = False
        while self.sees("["):
            self.at += 1
            if self.token.kind == "n":
                self.at += 1
            self.expect("]")
            array = True
        if self.take("array"):
            array = True
            if self.take("["):
                self.skip()
                self.expect("]")
        return TypeName(kind, None if builtin else schema, array, builtin, start, self.end)

    def _arguments(self) -> str:
        return self.group().sql.replace(" ", "") if self.sees("(") else ""

    def _with_arguments(self, name: str, kind: str) -> str:
        arguments = self._arguments()
        if kind == "numeric":
            if arguments:
                return f"numeric({arguments})" if "," in arguments else f"numeric({arguments},0)"
            return kind
        if kind in ("character", "bit"):
            return f"{kind}({arguments or 1})"
        if kind == "bpchar":
            return f"character({arguments})" if arguments else kind
        if kind.startswith("time"):
            base, zone = kind.split(" ", 1)
            if name == base:
                if self.take("with", "time", "zone"):
                    zone = "with time zone"
                else:
                    self.take("without", "time", "zone")
            return f"{base}({arguments}) {zone}" if arguments else f"{base} {zone}"
        if kind == "interval":
            fields: list[str] = []
            while field := self.one_of(*_FIELDS):
                fields.append(field)
            arguments = arguments or self._arguments()
            kind = " ".join([kind, *fields])
            return f"{kind}({arguments})" if arguments else kind
        return f"{kind}({arguments})" if arguments else kind

    def _other_type(self) -> TypeName:
        """The words as written; a type is no type that migrations made."""
        start = self.start
        words: list[str] = []
        if self.dialect == "sqlite" and (self.done or self.token.kind not in "wq"):
            # SQLite takes a column without a type.
            return TypeName("", None, False, True, start, start)
        if self.dialect == "sqlite" and self.token.value in _SQLITE_CONSTRAINTS:
            return TypeName("", None, False, True, start, start)
        word = self.part()[0].lower()
        while self.take("."):
            word = self.part()[0].lower()
        words.append(word)
        if self.dialect == "mysql" and word == "double":
            self.take("precision")
        elif second := self.one_of(*_SECOND.get(word, ())):
            words.append(second)
        arguments = self._arguments()
        if arguments:
            words[-1] += f"({arguments})"
        if self.dialect == "mysql":
            while word := self.one_of(*_MYSQL_AFTER) or "":
                words.append(word)
        elif self.dialect == "sqlite":
            while self.token.kind == "w" and self.token.value not in _SQLITE_CONSTRAINTS:
                words.append(self.word().lower())
                if self.sees("("):
                    words[-1] += f"({self._arguments()})"
        return TypeName(" ".join(words), None, False, True, start, self.end)


_SQLITE_CONSTRAINTS = {
    "constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references",
    "generated", "as", "autoincrement",
}  # fmt: skip


def cut(name: str) -> str:
    """As PostgreSQL keeps it: at most 63 bytes, no half character."""
    if len(name) <= 15 or len(data := name.encode("utf-8", "surrogatepass")) <= MAX_NAME_BYTES:
        return name
    return data[:MAX_NAME_BYTES].decode("utf-8", "ignore")


def string_value(literal: str) -> str:
    """The value of a string as written; escapes other than of quotes and backslashes stay."""
    if literal[0] == "$":
        tag = literal[: literal.index("$", 1) + 1]
        return (
            literal[len(tag) : len(literal) - len(tag)]
            if literal.endswith(tag)
            else literal[len(tag) :]
        )
    escaped = literal[0] in "eE"
    body = literal[2 if escaped else 1 :]
    quote = literal[1 if escaped else 0]
    body = body[:-1] if body.endswith(quote) else body
    body = body.replace(quote + quote, quote)
    return body.replace("\\'", "'").replace("\\\\", "\\") if escaped else body


def speculate(cursor: Cursor, read: Callable[[], Name]) -> Name | None:
    """What ``read`` gives, or None with the cursor where it was."""
    at = cursor.at
    try:
        return read()
    except Unreadable:
        cursor.at = at
        return None
