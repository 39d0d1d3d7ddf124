"""What code that is not read as statements may touch: bodies, blocks, SQL made at run time."""

from __future__ import annotations

import re
from itertools import pairwise

from prisma_lsp.migrations.cursor import Cursor, Unreadable, cut, string_value
from prisma_lsp.migrations.lexer import Token, split, tokens

_WORD = re.compile(r"[^\W\d][\w$]*")
_LITERAL_NAME = re.compile(r'"([^"]*(?:""[^"]*)*)"?|([^\W\d][\w$]*)')
STRUCTURAL = re.compile(r"\b(?:CREATE|ALTER|DROP|EXECUTE|RENAME|IMPORT)\b", re.IGNORECASE)
_EXECUTE = re.compile(
    r"\bEXECUTE\b(?!\s+(?:FUNCTION|PROCEDURE|ON)\b)\s*(?P<what>[^;]*)", re.IGNORECASE
)
# SQL made at run time that changes rights, triggers or rows: `%` stands for what is filled in.
_HARMLESS_TEXT = re.compile(
    r"\s*(?:(?:GRANT|REVOKE|COMMENT|INSERT|UPDATE|DELETE|TRUNCATE|ANALYZE|NOTIFY|REFRESH|LOCK)\b[^;]*"
    r"|(?:CREATE|DROP|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:POLICY|TRIGGER|PUBLICATION|ROLE|USER)\b[^;]*"
    r"|ALTER\s+TABLE\s+\S+\s+(?:(?:ENABLE|DISABLE|FORCE|NO\s+FORCE)\s+(?:ROW\s+LEVEL\s+SECURITY|TRIGGER\s+\S+)"
    r"|OWNER\s+TO\s+\S+|REPLICA\s+IDENTITY\s+\w+))\s*;?\s*",
    re.IGNORECASE,
)
_STATIC_TABLE = re.compile(
    r"\s*ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?[\w.\"]+\s", re.IGNORECASE
)
_FREE = re.compile(r"%(?:\d+\$)?-?\d*s")
_FORMAT = re.compile(r"(?:format\s*\(\s*)?(?P<text>'(?:[^']|'')*')", re.IGNORECASE)
_LITERAL = re.compile(r"""'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$""", re.DOTALL)
_USING = re.compile(r"\bUSING\b.*", re.IGNORECASE | re.DOTALL)
_QUERY = re.compile(r"\b(?:SELECT|FROM|RETURNING|pg_[a-z_]+|information_schema)\b", re.IGNORECASE)
_CALL = re.compile(r"\b([^\W\d][\w$]*)\s*\(")
# A longer body that runs SQL of its own making is not looked into.
_MAX_BODY = 200_000

# No table can bear such a name without quotes.
_KEYWORDS = frozenset(
    """all analyse analyze and any array as asc asymmetric both case cast check collate column
    constraint create current_catalog current_date current_role current_time current_timestamp
    current_user default deferrable desc distinct do else end except false fetch for foreign from
    grant group having in initially intersect into is isnull join lateral leading left like ilike
    limit localtime localtimestamp natural not notnull null offset on only or order outer placing
    primary references returning right select session_user some symmetric table tablesample then to
    trailing true union unique user using variadic when where window with""".split()  # noqa: SIM905
)
# Functions that a migration calls by itself and that change no table.
KNOWN_FUNCTIONS = frozenset(
    """setval nextval currval set_config current_setting count max min sum avg coalesce lower upper length
    now gen_random_uuid uuid_generate_v4 to_char to_date to_timestamp to_json to_jsonb row_number
    array_agg json_agg jsonb_agg string_agg jsonb_build_object json_build_object jsonb_set
    jsonb_array_elements jsonb_array_elements_text unnest generate_series concat concat_ws replace
    regexp_replace split_part substring substr trim btrim ltrim rtrim left right position round floor
    ceil ceiling abs random greatest least nullif date_trunc extract date_part age version
    pg_get_serial_sequence pg_advisory_lock pg_advisory_unlock pg_advisory_xact_lock pg_sleep exists
    cast md5 encode decode digest to_regclass to_regtype quote_ident quote_literal format in values
    over partition row any all array some pg_notify rank dense_rank lag lead first_value last_value
    to_tsvector setweight plainto_tsquery jsonb_object_agg json_object_agg bool_or bool_and every
    char_length octet_length ascii chr repeat reverse lpad rpad initcap translate strpos overlay
    array_length array_to_string string_to_array cardinality array_append array_remove array_cat
    clock_timestamp statement_timestamp transaction_timestamp make_interval make_date jsonb_typeof
    json_typeof jsonb_array_length jsonb_each jsonb_object_keys jsonb_strip_nulls percentile_cont
    filter within interval row_to_json obj_description col_description pg_column_size current_schema current_database""".split()  # noqa: SIM905
)


def names_in(found: list[Token]) -> frozenset[str]:
    """Whatever may be the name of a table or type: bare words, quoted names, words in strings."""
    names: set[str] = set()
    for token in found:
        if token.kind == "q":
            names.add(cut(token.value))
        elif token.kind == "w":
            if token.value not in _KEYWORDS:
                names.add(cut(token.value))
        elif token.kind == "s":
            names_of_text(token.value, names)
    return frozenset(names)


def names_of_text(text: str, names: set[str]) -> None:
    for quoted, bare in _LITERAL_NAME.findall(text):
        if quoted:
            names.add(cut(quoted.replace('""', '"')))
            # Quotes of an outer string may stand where those of a name seem to.
            names.update(cut(word) for word in _WORD.findall(quoted))
        elif bare.lower() not in _KEYWORDS:
            names.add(cut(bare))
            names.add(cut(bare.lower()))


def code_effect(body: str, *, arguments: bool = False) -> frozenset[str] | None:
    """The names of what a body of PL/pgSQL or SQL may make, alter or drop; None: anything.

    ``arguments``: it is that of a function, which may be given names.
    """
    code = ";\n".join(piece.text for piece in split(body, "postgresql"))
    if not STRUCTURAL.search(code):
        return frozenset()
    if len(code) > _MAX_BODY and _EXECUTE.search(code):
        return None
    queries = arguments or _QUERY.search(code) is not None
    rest: list[str] = []
    at = 0
    for found in _EXECUTE.finditer(code):
        what = found.group("what")
        made = _FORMAT.match(what)
        text = string_value(made.group("text")) if made is not None else ""
        dynamic = _LITERAL.sub("", _USING.sub("", what)).strip()
        if made is not None and _HARMLESS_TEXT.fullmatch(text) and _joins_nothing(what, text):
            rest.append(code[at : found.start()])
            at = found.end()
        elif dynamic and not _STATIC_TABLE.match(text) and queries:
            # Built from what is found in a table or in the catalog.
            return None
    code = "".join([*rest, code[at:]])
    if not STRUCTURAL.search(code):
        return frozenset()
    return names_in(tokens(code, "postgresql"))


def _joins_nothing(what: str, text: str) -> bool:
    """Whether ``text`` is all that is run, with no more than names and literals filled in."""
    cursor = Cursor(what, "postgresql")
    try:
        if not cursor.take("format"):
            cursor.string()
        elif "||" in what and _FREE.search(text):
            return False
        else:
            cursor.skip_group()
    except Unreadable:
        return False
    return cursor.done or cursor.sees("using")


def calls(found: list[Token]) -> frozenset[str]:
    """The functions that are called, by bare name, those in strings included."""
    called = {
        token.value
        for token, after in pairwise(found)
        if after.value == "("
        and (token.kind == "q" or (token.kind == "w" and token.value not in _KEYWORDS))
    }
    for token in found:
        if token.kind == "s":
            called.update(name.lower() for name in _CALL.findall(token.value))
    return frozenset(called)
