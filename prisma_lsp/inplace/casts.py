"""How a column's values get from one PostgreSQL type to another, where a cast exists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from prisma_lsp.inplace.shapes import Column
from prisma_lsp.schema.sql import quote


class Cast(NamedTuple):
    """``using`` is the expression of the new value, or None where PostgreSQL's own will do.

    ``risk`` says when it fails or what it loses, or is "" where neither can be; ``same_family``
    whether both types can be compared, so that a foreign key between them holds.
    """

    using: str | None
    risk: str
    same_family: bool
    in_utc: bool = False


_FAMILIES = {
    "TEXT": "text", "VARCHAR": "text", "CHAR": "text", "CITEXT": "text",
    "SMALLINT": "integer", "INTEGER": "integer", "BIGINT": "integer", "OID": "oid",
    "DECIMAL": "number", "REAL": "float", "DOUBLE PRECISION": "float", "MONEY": "money",
    "TIMESTAMP": "timestamp", "TIMESTAMPTZ": "timestamptz", "DATE": "date",
    "TIME": "time", "TIMETZ": "timetz", "UUID": "uuid", "JSON": "json", "JSONB": "jsonb",
    "BOOLEAN": "boolean", "XML": "xml", "INET": "inet", "BYTEA": "bytes",
    "BIT": "bit", "VARBIT": "bit",
}  # fmt: skip
_SIZES = {"SMALLINT": 2, "INTEGER": 4, "BIGINT": 8, "REAL": 4, "DOUBLE PRECISION": 8}
_TYPE = re.compile(r"([A-Z]+(?: PRECISION)?)(?:\((\d+)(?:,\s*(\d+))?\))?")

# What PostgreSQL casts by itself, and what it costs.
_PLAIN = {
    ("float", "number"): "rounds the values; fails where one does not fit",
    ("number", "float"): "keeps about 15 digits",
    ("integer", "number"): "fails where a value does not fit",
    ("number", "integer"): "rounds the values; fails where one does not fit",
    ("integer", "float"): "keeps about 15 digits",
    ("float", "integer"): "rounds the values; fails where one does not fit",
    ("money", "number"): "reads the amounts in the session's currency format",
    ("number", "money"): "rounds the values",
    ("json", "jsonb"): "drops spacing, the order of keys and repeated keys",
    ("jsonb", "json"): "",
    ("timetz", "time"): "drops the offsets",
    ("timestamp", "date"): "drops the time of day",
    ("date", "timestamp"): "",
    ("timestamp", "time"): "drops the day",
}


def cast(before: Column, after: Column, labels: Mapping[str, str]) -> Cast | None:
    """How the values of a column get their new type; None where there is no way.

    ``labels`` maps texts to labels of an enum, for a text that becomes one.
    """
    column = quote(after.name, "postgresql")
    if before.array != after.array:
        if before.array or before.type != after.type:
            if after.array or before.type != after.type:
                return None
            return Cast(f"{column}[1]", "keeps the first value of each list", False)
        wrapped = f"CASE WHEN {column} IS NULL THEN NULL ELSE ARRAY[{column}] END"
        return Cast(wrapped, "", False)
    old, new = _parts(before), _parts(after)
    if before.scalar in _SCALARS and after.scalar not in _SCALARS:
        return _to_enum(column, before, after, labels, old)
    if old is None or new is None:
        return _by_text(column, after, labels if old is None else {}, old, new)
    if old.family == new.family:
        return Cast(None, _narrowing(old, new), True)
    if (old.family, new.family) in _PLAIN:
        return Cast(None, _PLAIN[old.family, new.family], False)
    return _expression(column, before, after, old, new)


_SCALARS = frozenset(
    ("String", "Int", "BigInt", "Float", "Decimal", "Boolean", "DateTime", "Json", "Bytes")
)


class _Parts(NamedTuple):
    name: str
    family: str
    first: int | None
    second: int | None


def _parts(column: Column) -> _Parts | None:
    found = _TYPE.fullmatch(column.type)
    family = _FAMILIES.get(found[1]) if found is not None else None
    if found is None or family is None:
        return None
    first, second = (int(digits) if digits else None for digits in found.group(2, 3))
    return _Parts(found[1], family, first, second)


def _narrowing(old: _Parts, new: _Parts) -> str:
    """What a change within one family may cost; "" where the new type holds every old value."""
    match old.family:
        case "text" if old.name == "CHAR" and new.name != "CHAR":
            return "drops the spaces at the end" + _shorter(old, new, "; ")
        case "text":
            return _shorter(old, new, "")
        case "integer":
            return "fails where a value is too large" if _SIZES[new.name] < _SIZES[old.name] else ""
        case "float":
            return "rounds the values" if _SIZES[new.name] < _SIZES[old.name] else ""
        case "number":
            if new.first is None:
                return ""
            if old.first is None:
                return "rounds the values; fails where one does not fit"
            scale, before = new.second or 0, old.second or 0
            parts = []
            if scale < before:
                parts.append("rounds the values")
            if new.first - scale < old.first - before:
                parts.append("fails where one does not fit")
            return "; ".join(parts)
        case "timestamp" | "timestamptz" | "time" | "timetz":
            fewer = (new.first if new.first is not None else 6) < (
                old.first if old.first is not None else 6
            )
            return "rounds the values" if fewer else ""
    return ""


def _shorter(old: _Parts, new: _Parts, join: str) -> str:
    length = {"CHAR": 1}.get(new.name) if new.first is None else new.first
    before = {"CHAR": 1}.get(old.name) if old.first is None else old.first
    if length is None or (before is not None and before <= length):
        return ""
    return f"{join}fails where a value is longer than {length}"


def _expression(
    column: str, before: Column, after: Column, old: _Parts, new: _Parts
) -> Cast | None:
    """A cast that has to be written out."""
    target = after.sql_type
    invalid = f"fails where a value is no {new.family if new.family != 'number' else 'number'}"
    array = after.array
    match old.family, new.family:
        case ("timestamp", "timestamptz") | ("timestamptz", "timestamp") if not array:
            return Cast(f"{column} AT TIME ZONE 'UTC'", "reads the moments as UTC", False)
        case ("timestamp", "timestamptz") | ("timestamptz", "timestamp"):
            return Cast(f"{column}::{target}", "reads the moments as UTC", False, in_utc=True)
        case "timestamptz", "date" if not array:
            return Cast(f"({column} AT TIME ZONE 'UTC')::date", "drops the time of day", False)
        case "date", "timestamptz" if not array:
            return Cast(f"{column}::timestamp AT TIME ZONE 'UTC'", "", False)
        case "timetz", "timestamptz" if not array:
            return Cast(f"DATE '1970-01-01' + {column}", "puts every time on 1970-01-01", False)
        case "timestamptz", "timetz" if not array:
            return Cast(f"{column}::{target}", "drops the day", False, in_utc=True)
        case "time", "timetz":
            return Cast(f"{column}::{target}", "", False, in_utc=True)
        case "timetz", "timestamp" if not array:
            return Cast(
                f"(DATE '1970-01-01' + {column}) AT TIME ZONE 'UTC'",
                "puts every time on 1970-01-01", False,
            )  # fmt: skip
        case "text", "timestamp" if not array:
            # An offset in the text counts; a text without one is taken as UTC.
            return Cast(
                f"{column}::timestamptz AT TIME ZONE 'UTC'",
                "fails where a value is no moment", False, in_utc=True,
            )  # fmt: skip
        case "text", "timestamptz":
            return Cast(f"{column}::{target}", "fails where a value is no moment", False, in_utc=True)
        case "text", "timetz":
            return Cast(f"{column}::{target}", invalid, False, in_utc=True)
        case "text", "date":
            return Cast(f"{column}::{target}", "fails where a value is no date", False)
        case "text", _:
            return Cast(f"{column}::{target}", invalid, False)
        case "timestamptz", "text":
            return Cast(f"{column}::{target}", "", False, in_utc=True)
        case _, "text" if new.first is None and new.name != "CHAR":
            return Cast(f"{column}::{target}", "", False)
        case ("integer", "boolean") if old.name == "INTEGER":
            return Cast(f"{column}::{target}", "keeps only whether a number is 0", False)
        case ("boolean", "integer") if new.name == "INTEGER":
            return Cast(f"{column}::{target}", "", False)
    return None


def _to_enum(
    column: str, before: Column, after: Column, labels: Mapping[str, str], old: _Parts | None
) -> Cast | None:
    if old is None or old.family != "text":
        return None
    value = column
    if after.array:
        labels = {}
    changed = {text: label for text, label in labels.items() if text != label}
    if changed:
        value = _case(column, changed)
    return Cast(f"{value}::{after.sql_type}", "fails where a value is none of the enum's", False)


def _by_text(
    column: str, after: Column, labels: Mapping[str, str], old: _Parts | None, new: _Parts | None
) -> Cast | None:
    """An enum that becomes a text or another enum."""
    if old is not None or after.array:
        return None
    value = f"{column}::text"
    if new is None:
        return Cast(f"{value}::{after.sql_type}", "fails where a value is none of the enum's", False)
    if new.family != "text":
        return None
    changed = {label: text for text, label in labels.items() if text != label}
    if changed:
        value = _case(value, changed)
    if new.name == "TEXT":
        return Cast(value, "", False)
    return Cast(f"{value}::{after.sql_type}", "", False)


def _case(value: str, changed: Mapping[str, str]) -> str:
    def literal(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    whens = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in changed.items())
    return f"(CASE {value} {whens} ELSE {value} END)"
