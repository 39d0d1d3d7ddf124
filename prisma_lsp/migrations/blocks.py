"""`DO` blocks that do one thing unless it is done already: they are read, all others are not.

DO $$ BEGIN
  CREATE TYPE "Role" AS ENUM ('USER');
EXCEPTION WHEN duplicate_object THEN null;
END $$;

DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'orders_user_fkey') THEN
    ALTER TABLE "orders" ADD CONSTRAINT "orders_user_fkey" FOREIGN KEY …;
  END IF;
END $$;
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp.migrations.cursor import Cursor, Unreadable, cut, string_value
from prisma_lsp.migrations.lexer import Piece, split
from prisma_lsp.migrations.statements import (
    Action,
    AddColumn,
    AddConstraint,
    AddValue,
    CreateEnum,
    CreateIndex,
    CreateTable,
    Drop,
    DropColumn,
    DropConstraint,
    Rename,
    RunFunctions,
    Unread,
)
from prisma_lsp.migrations.values import replace

_MAX_PIECES = 200
_MAX_DEPTH = 20
_BEGIN = re.compile(r"BEGIN\b\s*", re.IGNORECASE)
_END = re.compile(r"END", re.IGNORECASE)
_END_IF = re.compile(r"END\s+IF", re.IGNORECASE)
_RAISE = re.compile(
    r"(?:RAISE\s+(?:NOTICE|INFO|LOG|DEBUG|WARNING)\b.*|NULL)", re.IGNORECASE | re.DOTALL
)
_EXCEPTION = re.compile(
    r"EXCEPTION\s+WHEN\s+(?P<what>(?:duplicate|undefined)_\w+(?:\s+OR\s+(?:duplicate|undefined)_\w+)*)"
    r"\s+THEN\s+(?:NULL|RAISE\s+(?:NOTICE|INFO|LOG|DEBUG|WARNING)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"IF\s+(?P<no>NOT\s+)?EXISTS\s*(?=\()", re.IGNORECASE)
_THEN = re.compile(r"\s*THEN\s+", re.IGNORECASE)
_CATALOGS = {
    "pg_type", "pg_class", "pg_constraint", "pg_attribute", "pg_indexes", "pg_tables", "pg_enum",
    "pg_namespace", "pg_index", "pg_views",
    "columns", "tables", "table_constraints", "key_column_usage", "constraint_column_usage",
}  # fmt: skip
# Columns of the catalog that hold a name, and those that say no more than that it is the right one.
_NAME_COLUMNS = {
    "conname", "constraint_name", "typname", "table_name", "tablename", "column_name", "indexname",
    "relname", "attname", "enumlabel", "attrelid", "conrelid", "enumtypid", "indexrelid",
}  # fmt: skip
_OTHER_COLUMNS = {
    "table_schema", "schemaname", "nspname", "constraint_schema", "typtype", "contype", "relkind",
    "constraint_type", "table_catalog", "constraint_catalog",
}  # fmt: skip


class _Unknown(Exception):
    """The block is not one that is understood."""


def read_block(body: str, offset: int) -> list[Action] | None:
    """What the block does, with places ``offset`` behind those in ``body``; None where it is not
    one of those that are understood."""
    pieces = list(split(body, "postgresql"))
    if len(pieces) < 2 or len(pieces) > _MAX_PIECES or not all(piece.closed for piece in pieces):
        return None
    try:
        reader = _Block(pieces, offset)
        found = reader.block()
    except (_Unknown, Unreadable):
        return None
    return found if reader.at == len(pieces) else None


class _Block:
    def __init__(self, pieces: list[Piece], offset: int) -> None:
        self.pieces = pieces
        self.offset = offset
        self.at = 0
        self.depth = 0

    def block(self) -> list[Action]:
        """`BEGIN … [EXCEPTION WHEN … THEN NULL;] END`."""
        head = _BEGIN.match(self.piece.text)
        self.depth += 1
        if head is None or self.depth > _MAX_DEPTH:
            raise _Unknown
        self.pieces[self.at] = _after(self.piece, head.end())
        found: list[Action] = []
        count = 0
        while not _END.fullmatch(self.piece.text):
            handler = _EXCEPTION.fullmatch(self.piece.text)
            if handler is None:
                found += self.statement()
                count += 1
                continue
            self.at += 1
            if count != 1 or len(found) != 1 or not _END.fullmatch(self.piece.text):
                raise _Unknown
            made = _ensured(found[0])
            gone = _forgiven(found[0])
            words = handler.group("what").lower()
            one = made if "undefined" not in words else gone if "duplicate" not in words else None
            if one is None:
                raise _Unknown
            found = [one]
        self.at += 1
        self.depth -= 1
        return found

    @property
    def piece(self) -> Piece:
        if self.at >= len(self.pieces):
            raise _Unknown
        return self.pieces[self.at]

    def statement(self) -> list[Action]:
        piece = self.piece
        if _BEGIN.match(piece.text):
            return self.block()
        condition = _CONDITION.match(piece.text)
        if condition is None:
            self.at += 1
            return self.actions(piece)
        # The whole of `IF EXISTS (…) THEN statement; END IF`.
        cursor = Cursor(piece.text[condition.end() :], "postgresql")
        inside = cursor.group()
        then = _THEN.match(piece.text, condition.end() + cursor.end)
        if then is None:
            raise _Unknown
        asked = _asked(Cursor(inside.sql, "postgresql"))
        self.pieces[self.at] = _after(piece, then.end())
        found = self.statement()
        if not _END_IF.fullmatch(self.piece.text):
            raise _Unknown
        self.at += 1
        if not found:
            return []
        if len(found) != 1:
            raise _Unknown
        return [_guarded(found[0], asked, bool(condition.group("no")))]

    def actions(self, piece: Piece) -> list[Action]:
        from prisma_lsp.migrations.reader import read_statement

        if _RAISE.fullmatch(piece.text):
            return []
        # Blanks stand in for what comes before, so that every place comes out right.
        blank = " " * (self.offset + piece.start)
        statement = read_statement(Piece(0, blank + piece.text, True), "postgresql")
        if statement.verb in (
            "IF",
            "FOR",
            "WHILE",
            "EXECUTE",
            "DECLARE",
            "RETURN",
            "ROLLBACK",
            "COMMIT",
        ):
            raise _Unknown
        found: list[Action] = [
            action for action in statement.actions if not isinstance(action, RunFunctions)
        ]
        if any(isinstance(action, Unread) for action in found):
            raise _Unknown
        return found


def _after(piece: Piece, at: int) -> Piece:
    return Piece(piece.start + at, piece.text[at:], True)


def _asked(cursor: Cursor) -> set[str]:
    """The names that `SELECT … FROM pg_constraint WHERE conname = '…' AND …` asks for."""
    cursor.expect("select")
    cursor.skip_until("from")
    cursor.expect("from")
    first = cursor.at
    cursor.skip_until("where")
    tables = {token.value for token in cursor.tokens[first : cursor.at] if token.kind == "w"}
    if not tables & _CATALOGS:
        raise _Unknown
    cursor.expect("where")
    asked: set[str] = set()
    while True:
        asked |= _compared(cursor)
        if not cursor.take("and"):
            break
    if not cursor.done:
        raise _Unknown
    return asked


def _compared(cursor: Cursor) -> set[str]:
    """One comparison: the name in it, if any."""
    if cursor.take("not"):
        column = cursor.name().name
        if column != "attisdropped":
            raise _Unknown
        return set()
    column = cursor.name().name
    if column == "attnum" and cursor.take(">"):
        cursor.skip()
        return set()
    cursor.expect("=")
    value: str | None = None
    regclass = False
    if cursor.token.kind == "s":
        value = cursor.string()
        while cursor.take("::"):
            regclass = cursor.type().type in ("regclass", "regtype") or regclass
    elif cursor.take("to_regclass") or cursor.take("to_regtype"):
        value, regclass = string_value(cursor.group().sql), True
    elif cursor.sees("("):
        inner = _asked(Cursor(cursor.group().sql, "postgresql"))
        return inner if column in _NAME_COLUMNS else _fail()
    elif cursor.take("current_schema"):
        cursor.skip_group()
    else:
        # A join written as a comparison of two columns says nothing about names.
        cursor.name()
        return set()
    if column in _OTHER_COLUMNS:
        return set()
    if column not in _NAME_COLUMNS or value is None:
        raise _Unknown
    if regclass:
        value = Cursor(value, "postgresql").name().name
    return {cut(value)}


def _fail() -> set[str]:
    raise _Unknown


def _ensured(action: Action) -> Action | None:
    """The same, done only where it is not there yet."""
    match action:
        case (
            AddColumn()
            | AddConstraint()
            | CreateTable()
            | CreateIndex()
            | CreateEnum()
            | AddValue()
        ):
            return replace(action, if_not_exists=True)
    return None


def _forgiven(action: Action) -> Action | None:
    """The same, done only where there is something to do it to."""
    match action:
        case DropColumn() | DropConstraint() | Drop() | Rename():
            return replace(action, if_exists=True)
    return None


def _guarded(action: Action, asked: set[str], no: bool) -> Action:
    """``action`` under a condition that asks for just what it makes or drops."""
    names = set(_named(action))
    # The table of a constraint or index may be asked for, too, but need not.
    needed = {name for name, required in names if required}
    allowed = {name for name, _ in names}
    guarded = _ensured(action) if no else _forgiven(action)
    if guarded is None or not needed or not needed <= asked <= allowed:
        raise _Unknown
    return guarded


def _named(action: Action) -> Iterator[tuple[str, bool]]:
    """What ``action`` makes or drops, and whether a condition must ask for that name."""
    match action:
        case AddColumn():
            yield action.table.name, True
            yield action.column.name.name, True
        case DropColumn():
            yield action.table.name, True
            yield action.column.name, True
        case AddConstraint() if action.constraint.name is not None:
            yield action.table.name, False
            yield action.constraint.name.name, True
        case DropConstraint() if action.name is not None:
            yield action.table.name, False
            yield action.name.name, True
        case CreateTable():
            yield action.table.name, True
        case CreateIndex() if action.name is not None:
            yield action.table.name, False
            yield action.name.name, True
        case CreateEnum():
            yield action.name.name, True
        case AddValue():
            yield action.value, True
            yield action.enum.name, False
        case Rename() if action.table is not None:
            yield action.table.name, action.kind == "column"
            yield action.old.name, True
        case Rename() if action.kind in ("table", "index", "type"):
            yield action.old.name, True
        case Drop() if len(action.names) == 1 and action.kind in ("table", "index", "type"):
            yield action.names[0].name, True
