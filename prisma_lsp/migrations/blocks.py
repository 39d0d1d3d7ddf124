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
from dataclasses import replace

from prisma_lsp.migrations.cursor import cut
from prisma_lsp.migrations.lexer import Piece, split
from prisma_lsp.migrations.statements import (
    Action,
    AddColumn,
    AddConstraint,
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

_MAX_PIECES = 200
_BEGIN = re.compile(r"BEGIN\b\s*", re.IGNORECASE)
_END = re.compile(r"END", re.IGNORECASE)
_END_IF = re.compile(r"END\s+IF", re.IGNORECASE)
_EXCEPTION = re.compile(
    r"EXCEPTION\s+WHEN\s+(?P<what>duplicate_\w+(?:\s+OR\s+duplicate_\w+)*)\s+THEN\s+"
    r"(?:NULL|RAISE\s+NOTICE\b[^;]*)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"IF\s+(?P<no>NOT\s+)?EXISTS\s*\(\s*SELECT\s+(?:1|\*|true|\w+)\s+FROM\s+"
    r"(?:pg_catalog\.|information_schema\.)?(?P<table>\w+)\s+(?:AS\s+)?(?:\w+\s+)?WHERE\s+(?P<where>[^()]*?)\s*\)\s*THEN\s*",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"(?:\w+\.)?(?P<column>\w+)\s*=\s*'(?P<value>(?:[^']|'')*)'", re.IGNORECASE)
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)
_SCHEMA_COLUMNS = {"table_schema", "schemaname", "nspname", "constraint_schema"}
_NAME_COLUMNS = {
    "conname", "constraint_name", "typname", "table_name", "tablename", "column_name", "indexname",
    "relname",
}  # fmt: skip


def read_block(body: str, offset: int) -> list[Action] | None:
    """What the block does, with places ``offset`` behind those in ``body``; None where it is not
    one of those that are understood."""
    pieces = list(split(body, "postgresql"))
    if not 2 <= len(pieces) <= _MAX_PIECES or not all(piece.closed for piece in pieces):
        return None
    head = _BEGIN.match(pieces[0].text)
    if head is None or not _END.fullmatch(pieces[-1].text):
        return None
    pieces[0] = _after(pieces[0], head.end())
    found: list[Action] = []
    index = 0
    while index < len(pieces) - 1:
        piece = pieces[index]
        index += 1
        if _EXCEPTION.fullmatch(piece.text):
            if index != len(pieces) - 1 or len(found) != 1 or (made := _ensured(found[0])) is None:
                return None
            return [made]
        condition = _CONDITION.match(piece.text)
        one = _one(_after(piece, condition.end()) if condition else piece, offset)
        if one is None:
            return None
        if condition:
            if index >= len(pieces) or not _END_IF.fullmatch(pieces[index].text):
                return None
            index += 1
            guarded = _guarded(one, condition)
            if guarded is None:
                return None
            one = guarded
        found.append(one)
    return found


def _after(piece: Piece, at: int) -> Piece:
    return Piece(piece.start + at, piece.text[at:], True)


def _one(piece: Piece, offset: int) -> Action | None:
    """The only action of a statement."""
    from prisma_lsp.migrations.reader import read_statement

    # Blanks stand in for what comes before, so that every place comes out right.
    blank = " " * (offset + piece.start)
    actions = [
        action
        for action in read_statement(Piece(0, blank + piece.text, True), "postgresql").actions
        if not isinstance(action, RunFunctions)
    ]
    if len(actions) != 1 or isinstance(actions[0], Unread):
        return None
    return actions[0]


def _ensured(action: Action) -> Action | None:
    """The same, done only where it is not there yet."""
    match action:
        case AddColumn() | AddConstraint() | CreateTable() | CreateIndex() | CreateEnum():
            return replace(action, if_not_exists=True)
    return None


def _guarded(action: Action, condition: re.Match[str]) -> Action | None:
    """``action`` under a condition that asks for just what it makes or drops; else None."""
    asked: set[str] = set()
    for part in _AND.split(condition.group("where").strip()):
        compared = _COMPARED.fullmatch(part.strip())
        if compared is None:
            return None
        column = compared.group("column").lower()
        value = compared.group("value").replace("''", "'")
        if column in _NAME_COLUMNS:
            asked.add(value)
        elif column not in _SCHEMA_COLUMNS:
            return None
    made: set[str]
    if condition.group("no"):
        match action:
            case AddColumn():
                made = {action.table.name, action.column.name.name}
            case AddConstraint() if action.constraint.name is not None:
                made = {action.constraint.name.name}
                asked.discard(action.table.name)
            case CreateEnum():
                made = {action.name.name}
            case CreateTable():
                made = {action.table.name}
            case CreateIndex() if action.name is not None:
                made = {action.name.name}
                asked.discard(action.table.name)
            case _:
                return None
        return _ensured(action) if {cut(name) for name in asked} == made else None
    match action:
        case DropColumn():
            made = {action.table.name, action.column.name}
        case DropConstraint() if action.name is not None:
            made = {action.name.name}
            asked.discard(action.table.name)
        case Rename() if action.kind == "column" and action.table is not None:
            made = {action.table.name, action.old.name}
        case Rename() if action.kind == "constraint" and action.table is not None:
            made = {action.old.name}
            asked.discard(action.table.name)
        case Rename() if action.kind in ("table", "index", "type"):
            made = {action.old.name}
        case Drop() if len(action.names) == 1 and action.kind in ("table", "index", "type"):
            made = {action.names[0].name}
        case _:
            return None
    return replace(action, if_exists=True) if asked == made else None
