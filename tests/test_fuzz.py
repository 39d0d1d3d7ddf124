"""Whatever others write, it is read, checked and answered; see `tests/fuzz/surfaces.py` for what holds.

Inputs are made by hypothesis, the same ones each time; `PRISMA_LSP_EXAMPLES=5000` makes so many of each
kind and new ones.  Those in `tests/fuzz/corpus` once broke a promise, or reach what few others reach.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.append(str(Path(__file__).parent / "fuzz"))

import surfaces

from prisma_lsp import discovery
from prisma_lsp.text import Edit, Range

CORPUS = sorted((surfaces.HERE / "corpus").rglob("*.*"))
MANY = int(os.environ.get("PRISMA_LSP_EXAMPLES", "0"))


def words(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(text.split())


def examples(count: int) -> settings:
    return settings(
        max_examples=MANY or count, derandomize=not MANY, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_before(path: Path) -> None:
    surfaces.SURFACES[path.parent.name](path.read_bytes())


def test_every_surface_has_a_corpus() -> None:
    assert {path.parent.name for path in CORPUS} == surfaces.SURFACES.keys()
    assert sum(path.stat().st_size for path in CORPUS) < 200_000


def _broken(*arguments: Any, **named: Any) -> Any:
    raise RuntimeError("no")


@pytest.mark.parametrize(
    ("name", "what", "instead"),
    [
        ("parser", "surfaces.format_document", lambda read, **_: [Edit(Range(0, 0, 0, 0), " ")]),
        ("parser", "prisma_lsp.lint.linter.Plan.run", _broken),
        ("edits", "prisma_lsp.schema.schema.Schema.with_change", lambda schema, path, change: (schema, ())),
        ("config", "prisma_lsp.settings.load_file", _broken),
        ("config", "prisma_lsp.discovery.project_of", lambda *_: discovery.project_of(Path("/a.prisma"), None)),
        ("sql", "prisma_lsp.migrations.reader.read_statement", _broken),
        ("messages", "prisma_lsp.ide.hover.hover", lambda *_, **__: None),
        ("messages", "prisma_lsp.lint.linter.Plan.run", _broken),
        ("messages", "prisma_lsp.server.door.Door._send", lambda *_: None),
    ],
)
def test_a_broken_promise_is_seen(name: str, what: str, instead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what, instead)
    with pytest.raises(Exception):  # noqa: B017
        for path in CORPUS:
            if path.parent.name == name:
                surfaces.SURFACES[name](path.read_bytes())


# --- schemas -----------------------------------------------------------------------------------------

ANY = st.text(max_size=30) | st.text(st.characters(), max_size=30)  # lone surrogates as well
NAMES = words("A B User id a b userId Role é x1 _x Int String DateTime Json now")
TYPES = st.builds("{}{}".format, NAMES, st.sampled_from(["", "", "?", "[]", "[]?", "??"]))
VALUES = st.recursive(
    NAMES | st.sampled_from(["1", "-1.5", '"x"', '"', "true", "now()", "uuid(7)", "[", "a.b"]),
    lambda inner: st.builds("[{}]".format, st.lists(inner, max_size=3).map(", ".join))
    | st.builds("{}({})".format, NAMES, inner)
    | st.builds("{}: {}".format, st.sampled_from(["fields", "references", "map", "sort", "onDelete"]), inner),
    max_leaves=6,
)
ATTRIBUTES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["@", "@@", "@db."]),
    words("id unique default relation map index updatedAt ignore Uuid VarChar schema x"),
    st.builds("({})".format, st.lists(VALUES, max_size=3).map(", ".join)) | st.just("") | st.just("("),
)
LINES = (
    st.builds("  {} {} {}".format, NAMES, TYPES, st.lists(ATTRIBUTES, max_size=3).map(" ".join))
    | st.builds("  {}".format, ATTRIBUTES)
    | st.builds("{} {} {{".format, words("model enum view type datasource generator modelX"), NAMES)
    | st.builds("  {} = {}".format, words("provider url previewFeatures schemas output"), VALUES)
    | st.sampled_from(["}", "}", "}", "", "// x", "/// x", "/*", "*/", "  /* x */ y", "\r", "\f", "\u2028"])
    | ANY
)
SCHEMAS = st.builds(lambda rows, end: end.join(rows), st.lists(LINES, max_size=24), st.sampled_from(["\n", "\n", "\r\n"]))


@examples(250)
@given(SCHEMAS)
def test_any_text_is_a_schema(text: str) -> None:
    surfaces.parser(text)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 25), st.integers(0, 30), st.sampled_from([0, 0, 0, 1, 3]), st.integers(0, 30),
        LINES | st.sampled_from(["\n", "}", "{", "x", "", "@", '"', " ", "}\n"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@examples(120)
@given(SCHEMAS, STEPS)
def test_any_edits_end_where_a_fresh_reader_does(text: str, steps: list[surfaces.Step]) -> None:
    surfaces.edits(text, steps)


# --- configuration -------------------------------------------------------------------------------------

KEYS = ANY | st.sampled_from(
    ["rules", "overrides", "preset", "prisma-lsp", "prismaLsp", "tool", "prisma", "schema", "files", "level",
     "dependencies", "packages", "version", "name", "node_modules/prisma", *surfaces.RULES[:20]]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
PATHS = st.sampled_from(["../x", "/etc", "schema.prisma", "./a/../..", "\0", "", "prisma", "C:\\x", "//h/s", "~"])


def toml(data: dict[str, Any]) -> str:
    """Near enough to TOML."""
    lines = []
    for key, value in data.items():
        if isinstance(value, dict):
            lines += [f"[{json.dumps(key)}]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())]
        else:
            lines.insert(0, f"{json.dumps(key)} = {json.dumps(value)}")
    return "\n".join(lines)


OBJECTS = st.dictionaries(KEYS, JSON | PATHS, max_size=5)
CONFIG_TEXTS = (
    OBJECTS.map(json.dumps)
    | OBJECTS.map(toml)
    | st.builds("export default {{ schema: {}, {} }}".format, PATHS.map(json.dumps), ANY)
    | st.lists(st.builds("{}{}: {}".format, st.sampled_from(["", "  ", "- ", "    "]), KEYS, ANY | PATHS), max_size=8).map("\n".join)
    | ANY
)


@examples(250)
@given(st.sampled_from(surfaces.CONFIGS), CONFIG_TEXTS)
def test_any_configuration_is_taken_or_refused(name: str, text: str) -> None:
    surfaces.config(name, text.encode("utf-8", "surrogatepass"))


# --- SQL --------------------------------------------------------------------------------------------------

SQL_NAMES = st.sampled_from(['"a"', "b", "public.a", '"A b"', "[x]", "`y`", '"', "U&\"x\"", "é"])
SQL_WORDS = words(
    """CREATE TABLE ALTER ADD DROP COLUMN CONSTRAINT INDEX UNIQUE PRIMARY KEY FOREIGN REFERENCES ON DELETE CASCADE
    RENAME TO TYPE USING SET DEFAULT NOT NULL ENUM AS BEGIN COMMIT DO EXECUTE SCHEMA VIEW FUNCTION RETURNS LANGUAGE
    IF EXISTS ( ) , ; ; ' '' $$ $a$ -- /* */ :: = 1 'x' E'\\' INT TEXT VARCHAR(3) GO END CASE WHEN SELECT INSERT INTO"""
)
STATEMENTS = (
    st.builds("CREATE TABLE {} ({} INT, {} TEXT DEFAULT {});".format, SQL_NAMES, SQL_NAMES, SQL_NAMES, SQL_WORDS)
    | st.builds("ALTER TABLE {} {} {} {};".format, SQL_NAMES, SQL_WORDS, SQL_WORDS, SQL_NAMES)
    | st.lists(SQL_WORDS | SQL_NAMES, max_size=14).map(" ".join)
    | ANY
)


@examples(300)
@given(st.sampled_from(surfaces.DIALECTS), st.lists(STATEMENTS, max_size=8).map("\n".join))
def test_any_text_is_sql(dialect: str, text: str) -> None:
    surfaces.sql(dialect, text)


# --- messages ----------------------------------------------------------------------------------------------

METHODS = st.sampled_from(
    ["initialize", "initialized", "shutdown", "exit", "textDocument/didOpen", "textDocument/didChange",
     "textDocument/didClose", "textDocument/didSave", "textDocument/hover", "textDocument/completion",
     "textDocument/codeAction", "textDocument/rename", "textDocument/formatting", "textDocument/diagnostic",
     "textDocument/semanticTokens/full/delta", "workspace/executeCommand", "workspace/didChangeConfiguration",
     "workspace/didChangeWatchedFiles", "workspace/didChangeWorkspaceFolders", "workspace/symbol",
     "$/cancelRequest", "$/setTrace", "completionItem/resolve", "no/such", "typeHierarchy/supertypes"]
) | ANY  # fmt: skip
POSITIONS = st.fixed_dictionaries({"line": st.integers(-1, 9), "character": st.integers(-1, 40)}) | JSON
RANGES = st.fixed_dictionaries({"start": POSITIONS, "end": POSITIONS}) | JSON
DOCUMENTS = st.fixed_dictionaries(
    {"uri": st.sampled_from(["$uri", "untitled:a", "file:///b.prisma", "", "file:///%00"])},
    optional={"version": st.integers() | st.none(), "text": SCHEMAS, "languageId": st.just("prisma")},
)
CHANGES = st.lists(st.fixed_dictionaries({"text": SCHEMAS | JSON}, optional={"range": RANGES}), max_size=3)
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "textDocument": DOCUMENTS | JSON, "position": POSITIONS, "range": RANGES, "contentChanges": CHANGES | JSON,
        "context": JSON, "options": JSON, "newName": ANY, "id": st.integers(0, 5), "settings": JSON, "changes": JSON,
        "query": ANY, "command": ANY, "arguments": JSON, "capabilities": JSON, "event": JSON, "value": JSON,
    },
)  # fmt: skip
BODIES = (
    st.fixed_dictionaries(
        {"jsonrpc": st.just("2.0")},
        optional={"id": st.integers(0, 5) | JSON, "method": METHODS | JSON, "params": PARAMS | JSON, "result": JSON},
    )
    | JSON
)


@examples(100)
@given(st.lists(BODIES.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=40), max_size=8))
def test_after_any_messages_the_next_request_is_answered(bodies: list[bytes]) -> None:
    surfaces.messages(bodies)
