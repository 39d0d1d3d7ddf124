"""SQL text → `Script`: statements, what they do and where they say it.

A statement that changes no structure gives no actions.  One that is not understood gives an `Unread`
with every name in it: that is all it can touch, unless it makes SQL at run time from what it finds
in the catalog, and then it may touch anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping

from prisma_lsp.migrations.cursor import Cursor, Unreadable, string_value
from prisma_lsp.migrations.effects import (
    KNOWN_FUNCTIONS,
    STRUCTURAL,
    calls,
    code_effect,
    names_in,
    names_of_text,
)
from prisma_lsp.migrations.lexer import Piece, Token, split, tokens, unquoted
from prisma_lsp.migrations.read_table import alter_table, create_index, create_table
from prisma_lsp.migrations.slices import STATEMENTS, finished
from prisma_lsp.migrations.statements import (
    Action,
    AddValue,
    CreateEnum,
    CreateExtension,
    CreateFunction,
    CreateSchema,
    CreateSequence,
    CreateType,
    CreateView,
    Drop,
    Name,
    OwnSequence,
    Placed,
    Rename,
    RunFunctions,
    Script,
    SetSchema,
    SetSearchPath,
    Statement,
    Unread,
)

# Statements that change data, rights or the session, and no table.
_HARMLESS = {
    "insert", "update", "delete", "merge", "replace", "truncate", "copy", "grant", "revoke", "comment",
    "begin", "start", "commit", "savepoint", "release", "vacuum", "analyze", "reindex", "cluster",
    "lock", "unlock", "notify", "listen", "unlisten", "reset", "show", "explain", "checkpoint", "security",
    "refresh", "reassign", "discard", "deallocate", "declare", "fetch", "move", "close", "load", "pragma",
    "analyse", "use", "print", "throw", "optimize", "flush", "describe", "values",
}  # fmt: skip
# What CREATE, ALTER and DROP may be followed by that is no table, type, index …
_OTHER_OBJECTS = {
    "trigger", "policy", "rule", "aggregate", "cast", "collation", "conversion", "event", "language",
    "operator", "publication", "subscription", "role", "user", "group", "server", "statistics", "text",
    "tablespace", "access", "transform", "trusted", "procedural", "constraint", "large", "system",
    "login", "fulltext", "synonym", "queue", "message", "partition", "resource", "certificate",
}  # fmt: skip
# Nothing of a table hangs on these.
_ALONE = {
    "trigger", "policy", "rule", "event", "publication", "subscription", "role", "user", "group",
    "statistics", "server",
}  # fmt: skip
_DROPS = {"table", "type", "domain", "view", "index", "schema", "sequence", "extension"}

_NONE_KNOWN: Mapping[str, Statement] = {}
_FIRST = re.compile(r"[\s(]*([^\W\d][\w$]*)")


# A longer statement than this that is no data is not read.
_MAX_STATEMENT = 2 * 1024 * 1024


# A new line that begins another statement: the semicolon before it is not written yet.
_SECOND = re.compile(
    r"\n[ \t]*(?:CREATE|ALTER|DROP)\s+(?:UNIQUE\s+)?"
    r"(?:TABLE|INDEX|TYPE|SCHEMA|VIEW|SEQUENCE|DOMAIN|EXTENSION|MATERIALIZED)\b",
    re.IGNORECASE,
)


def read_script(text: str, dialect: str = "postgresql", previous: Script | None = None) -> Script:
    """The statements of ``text``; never fails.

    ``previous`` is what an earlier version of the same text gave: statements that are in it are
    not read again.
    """
    return finished(reading(text, dialect, previous))


def reading(
    text: str, dialect: str = "postgresql", previous: Script | None = None
) -> Generator[None, None, Script]:
    """As `read_script`, with pauses between statements for whoever has other things to do."""
    known: dict[str, Statement] = {}
    if previous is not None and previous.dialect == dialect:
        if previous.text == text:
            return previous
        known = {one.statement.text: one.statement for one in previous.statements}
        # The last one may have been open to the end of the file, which its text does not say.
        last = previous.statements[-1].statement if previous.statements else None
        if last is not None and any(isinstance(action, Unread) for action in last.actions):
            del known[last.text]
    statements: list[Placed] = []
    for placed in placing(text, dialect, known):
        if len(statements) % STATEMENTS == STATEMENTS - 1:
            yield
        statements.append(placed)
    return Script(text, dialect, tuple(statements))


def placing(
    text: str, dialect: str = "postgresql", known: Mapping[str, Statement] = _NONE_KNOWN
) -> Iterator[Placed]:
    """The statements of ``text`` one by one, for who needs each but once.

    ``known`` are those that need not be read again, by their text.
    """
    line = at = 0
    for piece in split(text, dialect):
        statement = known.get(piece.text) if piece.closed else None
        if statement is None:
            statement = read_statement(piece, dialect)
        line += text.count("\n", at, piece.start)
        at = piece.start
        yield Placed(piece.start, line, statement)


def read_statement(piece: Piece, dialect: str) -> Statement:
    text = piece.text
    head = _FIRST.match(text)
    verb = head.group(1).lower() if head else ""
    second = _SECOND.search(text) if verb != "alter" else None
    if second is not None and len(text) <= _MAX_STATEMENT and not _bare(text, second, dialect):
        second = None
    if (
        piece.closed
        and second is None
        and verb in _HARMLESS
        and (verb != "begin" or dialect != "sqlserver")
    ):
        # The data of a dump is not looked at.
        return Statement(text, verb.upper(), ())
    if len(text) > _MAX_STATEMENT:
        return Statement(
            text, verb.upper(), (Unread("a statement is too long", None, 0, len(text)),)
        )
    try:
        cursor = Cursor(text, dialect)
        actions: list[Action] = []
        if not piece.closed:
            actions.append(_unread(cursor, "a quote, a comment or a block is not closed", 0))
            return Statement(text, verb.upper(), tuple(actions))
        words = _read(cursor, actions, verb)
        if second is not None and not any(isinstance(action, Unread) for action in actions):
            actions.append(_unread(cursor, "a semicolon is missing", 0))
        return Statement(text, words, tuple(actions))
    except RecursionError:
        return Statement(
            text, verb.upper(), (Unread("it is nested too deeply", None, 0, len(text)),)
        )


def _bare(text: str, found: re.Match[str], dialect: str) -> bool:
    """Whether what was found stands outside of strings and bodies."""
    start = found.start() + len(found.group()) - len(found.group().lstrip())
    return any(token.start == start for token in tokens(text, dialect))


def _read(cursor: Cursor, actions: list[Action], verb: str) -> str:
    """Adds what the statement does to ``actions``; its first words in upper case."""
    words = verb.upper()
    try:
        if verb in ("create", "alter", "drop"):
            cursor.skip()
            words = f"{words} {_READERS[verb](cursor, actions)}"
        elif verb == "rename" and cursor.dialect == "mysql":
            cursor.skip()
            words = "RENAME TABLE"
            _rename_tables(cursor, actions)
        elif verb == "do":
            actions.extend(_block(cursor))
        elif verb in ("select", "with", "call", "values", "perform", "if", "while"):
            actions.extend(_query(cursor))
        elif verb == "set":
            cursor.skip()
            _set(cursor, actions)
        elif verb in ("exec", "execute") and cursor.dialect == "sqlserver":
            cursor.skip()
            _execute(cursor, actions)
        elif verb in ("end", "rollback", "abort"):
            _end(cursor, actions, verb)
        elif verb == "begin":
            _begin(cursor, actions)
        elif verb in _HARMLESS:
            cursor.at = len(cursor.tokens) - 1
        else:
            raise cursor.wrong("no statement that is known here")
        if not cursor.done:
            raise cursor.wrong("more was found than was expected")
    except Unreadable as unreadable:
        actions.append(_unread(cursor, str(unreadable), cursor.at))
    return words


# --- what a text may touch ---


def _unread(cursor: Cursor, reason: str, first: int) -> Unread:
    """Everything in the statement, since it is not known what the part before meant either."""
    found = cursor.tokens[first] if first < len(cursor.tokens) else cursor.tokens[-1]
    return Unread(
        reason, names_in(cursor.tokens), min(found.start, len(cursor.text)), len(cursor.text)
    )


def _block(cursor: Cursor) -> list[Action]:
    """`DO $$ … $$`."""
    from prisma_lsp.migrations.blocks import read_block

    first = cursor.start
    bodies = [token for token in cursor.tokens if token.kind == "s"]
    cursor.at = len(cursor.tokens) - 1
    if len(bodies) != 1:
        return [Unread("a `DO` block without a body", names_in(cursor.tokens), first, cursor.end)]
    token = bodies[0]
    plain = token.value.startswith("$")
    body = string_value(token.value)
    offset = token.start + token.value.index("$", 1) + 1 if plain else None
    read = read_block(body, offset) if offset is not None else None
    if read is not None:
        return [*read, RunFunctions(calls(tokens(body, "postgresql")), first, cursor.end)]
    found: list[Action] = []
    effect = code_effect(body)
    if effect is None or effect:
        found.append(Unread("a `DO` block runs code", effect, first, cursor.end))
    called = calls(tokens(body, "postgresql"))
    if called:
        found.append(RunFunctions(called, first, cursor.end))
    return found


def _query(cursor: Cursor) -> list[Action]:
    """A query changes a table only through a function, or by `SELECT … INTO`."""
    first = cursor.start
    found: list[Action] = []
    text = cursor.text
    at = {token.value for token in cursor.tokens if token.kind == "w"}
    if cursor.sees("select") and (path := _set_config(cursor)) is not None:
        cursor.at = len(cursor.tokens) - 1
        return [SetSearchPath(path or None, first, cursor.end)]
    verb = cursor.token.value
    if verb in ("select", "with") and "into" in at and not at & {"insert", "merge"}:
        found.append(Unread("a query makes a table", names_in(cursor.tokens), first, len(text)))
    if verb in ("if", "while") and at & {"create", "alter", "drop", "exec", "execute"}:
        found.append(
            Unread("a statement under a condition", names_in(cursor.tokens), first, len(text))
        )
    called = calls(cursor.tokens)
    if called:
        found.append(RunFunctions(called, first, len(text)))
        strings: set[str] = set()
        for token in cursor.tokens:
            if token.kind == "s":
                names_of_text(token.value, strings)
        unknown = called - KNOWN_FUNCTIONS
        if unknown and strings and cursor.dialect == "postgresql":
            reason = f"what `{min(unknown)}()` does is not known"
            found.append(Unread(reason, frozenset(strings), first, len(text)))
    cursor.at = len(cursor.tokens) - 1
    return found


# --- CREATE ---


def _create(cursor: Cursor, actions: list[Action]) -> str:
    start = cursor.tokens[0].start
    replace_ = cursor.take("or", "replace") or cursor.take("or", "alter")
    cursor.one_of("global", "local")
    temporary = cursor.one_of("temp", "temporary") is not None
    cursor.one_of("unlogged", "trusted")
    dialect = cursor.dialect
    if cursor.take("table") or cursor.take("foreign", "table"):
        actions.append(create_table(cursor, temporary=temporary))
        return "TABLE"
    if cursor.take("virtual", "table"):
        raise cursor.wrong("virtual tables are not read")
    unique = cursor.take("unique")
    method = "btree"
    if dialect == "mysql" and (word := cursor.one_of("fulltext", "spatial")):
        method = word
    elif dialect == "sqlserver":
        cursor.one_of("clustered", "nonclustered")
    if cursor.take("index"):
        actions.append(create_index(cursor, unique=unique, start=start, method=method))
        return "INDEX"
    if cursor.take("type"):
        actions.append(_create_type(cursor, start))
        return "TYPE"
    if cursor.take("domain"):
        name = cursor.name()
        _to_end(cursor)
        actions.append(CreateType(name, "domain", start, cursor.end))
        return "DOMAIN"
    if cursor.take("schema"):
        cursor.take("if", "not", "exists")
        name_ = "" if cursor.sees("authorization") else cursor.word()
        if cursor.take("authorization"):
            owner = cursor.word()
            name_ = name_ or owner
        if dialect == "mysql":
            _to_end(cursor)
        actions.append(CreateSchema(name_, start, cursor.end))
        return "SCHEMA"
    if cursor.take("extension"):
        cursor.take("if", "not", "exists")
        extension = cursor.word()
        _to_end(cursor)
        actions.append(CreateExtension(extension, start, cursor.end))
        return "EXTENSION"
    if cursor.take("sequence"):
        actions.append(_create_sequence(cursor, start))
        return "SEQUENCE"
    materialized = cursor.take("materialized")
    cursor.take("recursive")
    if dialect == "mysql":
        while cursor.one_of("algorithm", "definer", "sql"):
            cursor.skip_until(
                "algorithm", "definer", "sql", "view", "trigger", "procedure", "function", "event"
            )
            if cursor.sees("security"):
                cursor.skip()
                cursor.skip()
    if cursor.take("view"):
        if_not_exists = cursor.take("if", "not", "exists")
        view = cursor.name()
        _to_end(cursor)
        uses = names_in(cursor.tokens)
        actions.append(
            CreateView(view, materialized, replace_, if_not_exists, uses, start, cursor.end)
        )
        return "MATERIALIZED VIEW" if materialized else "VIEW"
    if cursor.one_of("function", "procedure"):
        kind = cursor.tokens[cursor.at - 1].value.upper()
        cursor.take("if", "not", "exists")
        actions.append(_create_function(cursor, start))
        return kind
    if cursor.token.kind == "w" and cursor.token.value in (*_OTHER_OBJECTS, "database", "foreign"):
        word = cursor.token.value.upper()
        _to_end(cursor)
        return word
    raise cursor.wrong("something to create was expected")


def _create_function(cursor: Cursor, start: int) -> CreateFunction:
    name = cursor.name()
    touches: frozenset[str] | None = frozenset()
    if cursor.dialect == "postgresql":
        for token in cursor.tokens[cursor.at :]:
            if token.kind == "s" and len(token.value) > 2:
                effect = code_effect(string_value(token.value), arguments=True)
                touches = None if touches is None or effect is None else touches | effect
    elif STRUCTURAL.search(cursor.text, cursor.end):
        touches = names_in(cursor.tokens)
    _to_end(cursor)
    return CreateFunction(name, touches, start, cursor.end)


def _to_end(cursor: Cursor) -> None:
    cursor.at = len(cursor.tokens) - 1


def _create_type(cursor: Cursor, start: int) -> Action:
    name = cursor.name()
    if cursor.dialect == "sqlserver":
        _to_end(cursor)
        return CreateType(name, "domain", start, cursor.end)
    if cursor.done:
        return CreateType(name, "base", start, cursor.end)
    if cursor.sees("("):
        cursor.skip_group()
        return CreateType(name, "base", start, cursor.end)
    cursor.expect("as")
    if cursor.take("enum"):
        cursor.expect("(")
        values: list[str] = []
        while not cursor.sees(")"):
            values.append(cursor.string())
            if not cursor.take(","):
                break
        cursor.expect(")")
        return CreateEnum(name, tuple(values), False, start, cursor.end)
    kind = "range" if cursor.take("range") else "composite"
    cursor.skip_group()
    return CreateType(name, kind, start, cursor.end)


def _create_sequence(cursor: Cursor, start: int) -> CreateSequence:
    if_not_exists = cursor.take("if", "not", "exists")
    name = cursor.name()
    cursor.skip_until("owned")
    owner = _owner(cursor) if cursor.take("owned", "by") else None
    _to_end(cursor)
    return CreateSequence(name, if_not_exists, owner, start, cursor.end)


def _owner(cursor: Cursor) -> tuple[Name, str] | None:
    """`table.column` or `NONE`."""
    if cursor.take("none"):
        return None
    parts = [cursor.part()]
    while cursor.take("."):
        parts.append(cursor.part())
    if len(parts) < 2:
        raise cursor.wrong("a column was expected")
    table, start, end = parts[-2]
    schema = parts[-3][0] if len(parts) > 2 else None
    return Name(schema, table, start, end), parts[-1][0]


# --- ALTER ---


def _alter(cursor: Cursor, actions: list[Action]) -> str:
    start = cursor.tokens[0].start
    if cursor.take("table") or cursor.take("foreign", "table"):
        at = cursor.at
        try:
            alter_table(cursor, actions)
        except Unreadable as unreadable:
            cursor_at = cursor.at
            cursor.at = at
            raise _located(cursor, unreadable, cursor_at) from None
        return "TABLE"
    if cursor.take("type"):
        _alter_type(cursor, actions, start)
        return "TYPE"
    materialized = cursor.take("materialized")
    for kind in ("index", "view", "sequence", "domain", "schema"):
        if cursor.take(kind):
            _alter_named(cursor, actions, "materialized view" if materialized else kind, start)
            return kind.upper()
    if cursor.one_of("function", "procedure", "routine"):
        _to_end(cursor)
        return "FUNCTION"
    if cursor.take("extension"):
        _to_end(cursor)
        return "EXTENSION"
    if cursor.take("default", "privileges"):
        _to_end(cursor)
        return "DEFAULT PRIVILEGES"
    if cursor.take("database"):
        if any(token.value == "search_path" for token in cursor.tokens):
            raise cursor.wrong("the search path is changed for later sessions")
        _to_end(cursor)
        return "DATABASE"
    if cursor.token.kind == "w" and cursor.token.value in _OTHER_OBJECTS:
        word = cursor.token.value.upper()
        if any(token.value == "search_path" for token in cursor.tokens):
            raise cursor.wrong("the search path is changed for later sessions")
        _to_end(cursor)
        return word
    raise cursor.wrong("something to alter was expected")


def _located(cursor: Cursor, unreadable: Unreadable, at: int) -> Unreadable:
    cursor.at = at
    return unreadable


def _alter_type(cursor: Cursor, actions: list[Action], start: int) -> None:
    name = cursor.name()
    if cursor.take("add", "value"):
        if_not_exists = cursor.take("if", "not", "exists")
        value = cursor.string()
        before = cursor.string() if cursor.take("before") else None
        after = cursor.string() if before is None and cursor.take("after") else None
        actions.append(AddValue(name, value, before, after, if_not_exists, start, cursor.end))
    elif cursor.take("rename", "value"):
        token = cursor.token
        old = Name(None, cursor.string(), token.start, token.end)
        cursor.expect("to")
        token = cursor.token
        new = Name(None, cursor.string(), token.start, token.end)
        actions.append(Rename("value", old, new, name, False, start, cursor.end))
    elif cursor.take("rename", "to"):
        actions.append(Rename("type", name, cursor.name(), None, False, start, cursor.end))
    elif cursor.take("set", "schema"):
        actions.append(SetSchema("type", name, cursor.word(), False, start, cursor.end))
    elif cursor.take("owner", "to"):
        _to_end(cursor)
    elif cursor.sees("rename", "attribute") or cursor.one_of("add", "drop", "alter", "set"):
        # The attributes of a composite type are not looked at.
        _to_end(cursor)
    else:
        raise cursor.wrong("an action of `ALTER TYPE` was expected")


def _alter_named(cursor: Cursor, actions: list[Action], kind: str, start: int) -> None:
    if kind == "index" and cursor.dialect == "sqlserver":
        _to_end(cursor)
        return
    if_exists = cursor.take("if", "exists")
    name = cursor.name()
    if cursor.take("rename", "to"):
        actions.append(Rename(kind, name, cursor.name(), None, if_exists, start, cursor.end))
    elif cursor.take("set", "schema"):
        actions.append(SetSchema(kind, name, cursor.word(), if_exists, start, cursor.end))
    elif kind == "sequence":
        cursor.skip_until("owned")
        if cursor.take("owned", "by"):
            actions.append(OwnSequence(name, _owner(cursor), start, cursor.end))
        _to_end(cursor)
    else:
        _to_end(cursor)


# --- DROP ---


def _drop(cursor: Cursor, actions: list[Action]) -> str:
    start = cursor.tokens[0].start
    cursor.one_of("temporary")
    foreign = cursor.sees("foreign", "table")
    if foreign:
        cursor.skip()
    materialized = cursor.take("materialized")
    kind = cursor.token.value if cursor.token.kind == "w" else ""
    if kind in _DROPS:
        cursor.skip()
        concurrently = kind == "index" and cursor.take("concurrently")
        if_exists = cursor.take("if", "exists")
        names = cursor.names()
        table: Name | None = None
        if kind == "index":
            if cursor.take("on"):
                table = cursor.name()
            elif cursor.dialect == "sqlserver" and names[0].schema is not None:
                # The old way: DROP INDEX [table].[index]
                table = Name(None, names[0].schema, names[0].start, names[0].end)
            if cursor.dialect in ("mysql", "sqlserver"):
                cursor.skip_until()
        cascade = cursor.one_of("cascade", "restrict") == "cascade"
        full = "materialized view" if materialized else kind
        actions.append(
            Drop(full, names, if_exists, cascade, table, concurrently, start, cursor.end)
        )
        return full.upper()
    if cursor.one_of("function", "procedure", "routine", "aggregate"):
        words = cursor.token
        cascade = any(token.value == "cascade" and token.kind == "w" for token in cursor.tokens)
        if cascade:
            cursor.take("if", "exists")
            names = (cursor.name(),)
            actions.append(
                Drop("function", names, True, True, None, False, start, len(cursor.text))
            )
        _to_end(cursor)
        return "FUNCTION" if words else ""
    if cursor.take("owned"):
        raise cursor.wrong("all that a role owns is dropped")
    if cursor.take("database"):
        raise cursor.wrong("a database is dropped")
    if kind in _OTHER_OBJECTS or kind == "foreign":
        if any(token.value == "cascade" for token in cursor.tokens) and kind not in _ALONE:
            raise cursor.wrong(f"all that uses a {kind} is dropped")
        _to_end(cursor)
        return kind.upper()
    raise cursor.wrong("something to drop was expected")


_READERS: dict[str, Callable[[Cursor, list[Action]], str]] = {
    "create": _create,
    "alter": _alter,
    "drop": _drop,
}


# --- others ---


def _rename_tables(cursor: Cursor, actions: list[Action]) -> None:
    """MySQL's `RENAME TABLE a TO b, c TO d`."""
    cursor.expect("table")
    while True:
        start = cursor.start
        old = cursor.name()
        cursor.expect("to")
        actions.append(Rename("table", old, cursor.name(), None, False, start, cursor.end))
        if not cursor.take(","):
            break


def _set(cursor: Cursor, actions: list[Action]) -> None:
    start = cursor.tokens[0].start
    cursor.one_of("session", "local")
    if cursor.take("search_path") and cursor.dialect == "postgresql":
        if not cursor.take("to"):
            cursor.expect("=")
        schema: str | None = None
        if cursor.token.kind == "s":
            schema = cursor.string() or None
        elif not cursor.take("default"):
            schema = cursor.word()
        actions.append(SetSearchPath(schema, start, len(cursor.text)))
    elif cursor.take("schema"):
        actions.append(SetSearchPath(cursor.string(), start, len(cursor.text)))
    _to_end(cursor)


def _set_config(cursor: Cursor) -> str | None:
    """The first schema in `SELECT set_config('search_path', …)`; None for another query."""
    strings = [token for token in cursor.tokens if token.kind == "s"]
    if strings and string_value(strings[0].value) == "search_path" and len(strings) > 1:
        path = string_value(strings[1].value).split(",")[0].strip()
        return unquoted(path) if path.startswith('"') else path
    return None


def _execute(cursor: Cursor, actions: list[Action]) -> None:
    """SQL Server's `EXEC sp_rename 'a', 'b', 'COLUMN'`; any other procedure may do anything."""
    start = cursor.tokens[0].start
    procedure = cursor.name().name.lower() if cursor.token.kind in ("w", "q") else ""
    if procedure != "sp_rename":
        actions.append(
            Unread("a procedure is run", names_in(cursor.tokens), start, len(cursor.text))
        )
        _to_end(cursor)
        return
    strings: list[tuple[str, Token]] = []
    while not cursor.done:
        token = cursor.token
        if token.kind == "s":
            strings.append((string_value(token.value), token))
        elif token.value not in (",", "=", "n", "N") and not token.value.startswith("@"):
            raise cursor.wrong("names in strings were expected")
        cursor.skip()
    if len(strings) < 2:
        raise cursor.wrong("two names were expected")
    path = [unquoted(part) if part[:1] in '["' else part for part in strings[0][0].split(".")]
    kind = strings[2][0].lower() if len(strings) > 2 else "object"
    old_token, new_token = strings[0][1], strings[1][1]
    new = Name(None, strings[1][0], new_token.start, new_token.end)
    old = Name(None, path[-1], old_token.start, old_token.end)
    if kind in ("column", "index"):
        if len(path) < 2:
            raise cursor.wrong("a table was expected")
        schema = path[-3] if len(path) > 2 else None
        table = Name(schema, path[-2], old_token.start, old_token.end)
        actions.append(Rename(kind, old, new, table, False, start, len(cursor.text)))
    elif kind == "object":
        schema = path[-2] if len(path) > 1 else None
        # A constraint or a table: whichever has the name.
        old = Name(schema, path[-1], old_token.start, old_token.end)
        actions.append(Rename("object", old, new, None, False, start, len(cursor.text)))
    else:
        raise cursor.wrong(f"`{kind}` is not renamed here")


def _end(cursor: Cursor, actions: list[Action], verb: str) -> None:
    words = [token.value for token in cursor.tokens if token.kind == "w"]
    if cursor.dialect == "sqlserver":
        # The frame that Prisma writes: END TRY BEGIN CATCH IF … ROLLBACK … END CATCH.
        if {"create", "alter", "drop", "exec"} & set(words):
            raise cursor.wrong("a statement under a condition")
        _to_end(cursor)
        return
    if verb in ("rollback", "abort") and not ("to" in words or "prepared" in words):
        actions.append(Unread("a transaction is rolled back", None, 0, len(cursor.text)))
    _to_end(cursor)


def _begin(cursor: Cursor, actions: list[Action]) -> None:
    """SQL Server needs no semicolon after BEGIN TRY and BEGIN TRAN: what follows is read too."""
    while cursor.take("begin"):
        cursor.one_of("try", "catch", "tran", "transaction", "distributed")
    if cursor.done or cursor.token.kind == "q":
        _to_end(cursor)
        return
    _read(cursor, actions, cursor.token.value)
