"""Pieces of PostgreSQL's SQL as text: what they mention, and the same with another name in it."""

from __future__ import annotations

import re
from functools import lru_cache

from prisma_lsp.migrations import lexer
from prisma_lsp.migrations.cursor import _POSTGRES_TYPES, Cursor, Unreadable
from prisma_lsp.migrations.state import Column, Key

_STRING = re.compile(r"'(?:[^']|'')*'")
_CAST = re.compile(
    r"(?P<value>'(?:[^']|'')*'|-?\d+(?:\.\d+)?|true|false)\s*::\s*(?P<type>.+)", re.DOTALL
)
_NEXTVAL = re.compile(
    r"(?:pg_catalog\.)?nextval\(\s*\(?\s*'(?P<name>(?:[^']|'')+)'\s*(?:::\s*(?:pg_catalog\.)?(?:regclass|text)\s*\)?\s*)*\)",
    re.IGNORECASE,
)
_BUILTIN = frozenset(_POSTGRES_TYPES.values()) | {'"char"', "bpchar"}


def is_builtin(type_: str) -> bool:
    """Whether PostgreSQL has this type by itself."""
    base = type_.partition("(")[0].strip()
    return base in _BUILTIN or base in ("timestamp", "time") or base.startswith("interval")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def nextval(sequence: Key) -> str:
    """The default of a serial column."""
    name = ".".join(quoted(part) for part in sequence).replace("'", "''")
    return f"nextval('{name}'::regclass)"


def sequence_named(sql: str, path: str) -> Key | None:
    """The sequence that ``sql`` takes the next value of, if that is all that it does."""
    if sql[:1] not in "nNpP(":
        return None
    found = _NEXTVAL.fullmatch(sql)
    if found is None:
        return None
    try:
        name = Cursor(found.group("name").replace("''", "'"), "postgresql").name()
    except Unreadable:
        return None
    return name.schema or path, name.name


@lru_cache(1024)
def _type(sql: str) -> tuple[str, str | None, bool] | None:
    cursor = Cursor(sql, "postgresql")
    try:
        found = cursor.type()
    except Unreadable:
        return None
    return (found.type, found.schema, found.array) if cursor.done else None


def without_cast(sql: str, type_: str, schema: str | None) -> str:
    """A literal without its cast to the column's own type."""
    if "::" not in sql:
        return sql
    found = _CAST.fullmatch(sql)
    if found is None:
        return sql
    cast = _type(found.group("type"))
    if cast is None or cast[2]:
        return sql
    same = cast[0] == type_ and (cast[1] is None or schema is None or cast[1] == schema)
    return found.group("value") if same else sql


def retyped(default: str, column: Column, type_: str, schema: str | None, array: bool) -> str:
    """The default of ``column`` after a change of its type: a string stays one of the old type."""
    before = (_bare(column.type), column.type_schema, column.array)
    if before == (_bare(type_), schema, array) or not _STRING.fullmatch(default):
        return default
    if column.type_schema is not None:
        name = f"{quoted(column.type_schema)}.{quoted(column.type)}"
    else:
        name = _bare(column.type)
        name = "bpchar" if name == "character" else name
    return f"{default}::{name}{'[]' if column.array else ''}"


def _bare(type_: str) -> str:
    """Without its length: the words behind it belong to the name, as in `timestamp(3) with time zone`."""
    return re.sub(r"\(.*?\)", "", type_)


def relabelled(default: str, old: str, new: str) -> str:
    """With another label of an enum."""
    before, after = ("'" + label.replace("'", "''") + "'" for label in (old, new))
    return _STRING.sub(lambda found: after if found.group() == before else found.group(), default)


def mentions(sql: str, name: str) -> bool:
    """Whether ``name`` is an identifier in ``sql``."""
    if name.lower() not in sql.lower():
        return False
    return any(
        token.kind in ("q", "w") and token.value == name
        for token in lexer.tokens(sql, "postgresql")
    )


def renamed(sql: str, old: str, new: str) -> str:
    """``sql`` with the column ``old`` called ``new``."""
    return _replaced(sql, old, new, types=False)


def retyped_text(sql: str, old: str, new: str) -> str:
    """``sql`` with the type ``old`` called ``new``."""
    return _replaced(sql, old, new, types=True)


def _replaced(sql: str, old: str, new: str, *, types: bool) -> str:
    if old == new or old.lower() not in sql.lower():
        return sql
    tokens = lexer.tokens(sql, "postgresql")
    parts: list[str] = []
    at = 0
    for index, token in enumerate(tokens):
        if token.kind not in ("q", "w") or token.value != old:
            continue
        after = tokens[index + 1].value if index + 1 < len(tokens) else ""
        # Back over the schema of a type: `::"public"."Role"`.
        first = index
        while first >= 2 and tokens[first - 1].value == ".":
            first -= 2
        before = tokens[first - 1].value if first else ""
        cast = before in ("::", "as")
        if types != cast or (not types and after == "("):
            continue
        parts += [sql[at : token.start], quoted(new)]
        at = token.end
    return "".join([*parts, sql[at:]])


_DEFAULT_CLASSES = {
    "gin": {"array_ops", "jsonb_ops", "tsvector_ops", "gin_hstore_ops"},
    "gist": {
        "box_ops", "circle_ops", "multirange_ops", "point_ops", "poly_ops", "range_ops", "tsquery_ops",
        "tsvector_ops", "gist_ltree_ops", "gist_hstore_ops",
    },
    "spgist": {"box_ops", "inet_ops", "poly_ops", "quad_point_ops", "range_ops", "text_ops"},
}  # fmt: skip
_NOT_DEFAULT = {
    "text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops", "varchar_ops", "cidr_ops",
    "inet_minmax_ops", "record_image_ops",
}  # fmt: skip


def operator_class(name: str | None, method: str) -> str | None:
    """``name`` where it is not the one that PostgreSQL would take anyway."""
    if name is None or "(" in name:
        return name
    if method in _DEFAULT_CLASSES:
        return None if name in _DEFAULT_CLASSES[method] else name
    if method in ("btree", "hash"):
        return None if name.endswith("_ops") and name not in _NOT_DEFAULT else name
    if method == "brin":
        plain = name.endswith(("_minmax_ops", "_inclusion_ops")) and name not in _NOT_DEFAULT
        return None if plain else name
    return name
