"""The texts of in-place migrations: `migration.sql` with its reasons, `down.sql` with the way back."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import NamedTuple

from prisma_lsp.inplace.owed import create, owed
from prisma_lsp.inplace.pairs import NotInPlace, Renamed, pairs
from prisma_lsp.inplace.plan import Changes, changes
from prisma_lsp.inplace.resolve import resolve, views
from prisma_lsp.inplace.shapes import PROVIDER, Column, Table
from prisma_lsp.migrations.state import Database
from prisma_lsp.schema import sql
from prisma_lsp.schema.schema import Schema

NO_LABELS: Mapping[str, str] = {}
NO_NAMES = Renamed()
_LONGEST_SLUG = 80
_WIDTH = 94


class Script(NamedTuple):
    """One migration: ``slug`` completes its folder's name, ``down`` undoes it."""

    slug: str
    up: str
    down: str


class InPlace(NamedTuple):
    """The migrations of one change, in order.

    ``does`` completes "with a migration that …"; ``risk`` says when it fails or what it loses, ""
    where neither can be.  ``is_gentler`` tells one that does what Prisma Migrate would do, but
    without locking the table for long.  ``asks`` tells one that a person has to complete.
    """

    scripts: tuple[Script, ...]
    does: str
    risk: str
    is_gentler: bool
    asks: bool = False

    @property
    def is_lossless(self) -> bool:
        return not self.risk


def in_place(
    before: Schema,
    after: Schema,
    database: Database,
    *,
    renamed: Renamed = NO_NAMES,
    labels: Mapping[str, str] = NO_LABELS,
) -> InPlace:
    """The migrations that bring ``database`` from the one schema to the other.

    ``labels`` maps texts to labels of an enum that a text column becomes.  Raises `NotInPlace`.
    """
    change = pairs(before, after, renamed)
    concerned = resolve(change, renamed, database)
    up = changes(concerned, renamed, labels)
    made = owed(after, change, concerned, database)
    for one in made:
        up.last += create(one, after)
        up.words.append(("create", (one.name,)))
    if up.is_empty:
        raise NotInPlace("there is nothing to do in the database", nothing=True)
    try:
        down: Changes | None = changes(concerned.turned(), renamed.turned(), labels, undo=True)
        assert down is not None
        for one in made:
            down.first.append(f"DROP TABLE {one.sql_name};")
            down.risks.append(f"{one.name}: what has been put in it since is lost")
        why = ""
    except NotInPlace as reason:
        down, why = None, str(reason)
    retyped = any(kind == "cast" for kind, _ in up.words)
    scripts = []
    # What rewrites a table locks it anyway; then nothing is gained by building indexes apart.
    apart = not up.statements
    if up.statements or retyped:
        together = list(up.statements)
        if not apart:
            together += [_index(key.create) for _, key in up.made]
            together += [text for _, _, text in up.references]
        notes = list(_notes(up, retyped, list(views(database))))
        scripts.append(Script(_slug(up), _text(notes, together, up.in_utc), _undo(down, why)))
    if apart:
        for table, key in up.made:
            scripts.append(_concurrently(table, key.name, key.create or "", key.kind))
        for table, reference, text in up.references:
            scripts += _validated(table, reference.name, text)
    for table, column, filler in up.required:
        scripts += _required(table, column, filler)
    risks = list(dict.fromkeys(risk.partition(": ")[2] for risk in up.risks))
    is_gentler = apart and bool(up.made or up.references)
    return InPlace(tuple(scripts), _does(up), "; ".join(risks), is_gentler, up.asks)


def _index(create: str | None) -> str:
    return re.sub(r"\n\s+", " ", create or "")


# --- the parts of a migration ---------------------------------------------------------------------


def _text(notes: list[str], statements: list[str], in_utc: bool = False) -> str:
    """A file: comments, then the statements, as one transaction where there are several.

    Newer versions of Prisma send a file's statements one by one, so the transaction is written out.
    """
    lines = [line for note in notes for line in (textwrap.wrap(note, _WIDTH) or [""])]
    head = "".join(f"-- {line}".rstrip() + "\n" for line in lines)
    if in_utc:
        statements = ["SET LOCAL TIME ZONE 'UTC';", *statements]
    if len(statements) == 1:
        return f"{head}\n{statements[0]}\n"
    body = "\n\n".join(statements)
    return f"{head}\nBEGIN;\n\n{body}\n\nCOMMIT;\n"


def _notes(up: Changes, retyped: bool, views: list[str]) -> list[str]:
    notes = [f"{_sentence(up)}."]
    notes.append("The rows stay: nothing is dropped and made anew. `down.sql` beside this file goes back.")
    if up.asks:
        notes += ["", "Complete it before it runs: in the UPDATE below, say what the rows that are there get."]
    if retyped:
        notes += [
            "",
            "The tables whose columns get another type are rewritten and locked meanwhile.",
        ]
    notes += [f"Mind {risk}." for risk in up.risks]
    if retyped and views:
        named = ", ".join(f'"{name}"' for name in sorted(views)[:5])
        notes.append(f"PostgreSQL refuses where a view uses such a column; there are views: {named}.")
    return notes


def _undo(down: Changes | None, why: str) -> str:
    if down is None:
        return f"-- There is no way back: {why}.\n"
    statements = [
        *down.statements,
        *(_index(key.create) for _, key in down.made),
        *(text for _, _, text in down.references),
    ]
    for table, column, filler in down.required:
        if filler is not None:
            statements.append(_fill(table, column, filler))
        name = sql.quote(column.name, PROVIDER)
        statements.append(f"ALTER TABLE {table.sql_name} ALTER COLUMN {name} SET NOT NULL;")
    notes = [
        "Undoes `migration.sql`. Prisma does not run this file: run it by hand, put the schema"
        ' back, and take this folder and its row in "_prisma_migrations" away.'
    ]
    notes += [f"Mind {risk}." for risk in down.risks]
    return _text(notes, statements, down.in_utc)


def _concurrently(table: Table, name: str, create: str, kind: str) -> Script:
    made = re.sub(r"^(CREATE (?:UNIQUE )?INDEX)", r"\1 CONCURRENTLY", _index(create))
    unique = kind == "unique"
    notes = [
        f'Builds the {"unique index" if unique else "index"} "{name}" while "{table.name}" is read and written.',
        "It must stay the only statement of this file: PostgreSQL refuses it within a transaction.",
        f'Where it fails, drop the invalid index first: DROP INDEX CONCURRENTLY "{name}";',
    ]
    if unique:
        notes.append("It fails where two rows hold the same values.")
    quoted = sql.quote(name, PROVIDER)
    if table.schema is not None:
        quoted = f"{sql.quote(table.schema, PROVIDER)}.{quoted}"
    down = _text(["Undoes `migration.sql`."], [f"DROP INDEX CONCURRENTLY {quoted};"])
    return Script(_words("index", name), _text(notes, [made]), down)


def _validated(table: Table, name: str, constraint: str) -> list[Script]:
    quoted = sql.quote(name, PROVIDER)
    first = _text(
        [
            f'Adds the foreign key "{name}" for new rows; the next migration checks the old ones.',
            "Apart from each other, neither blocks writes for longer than a moment.",
        ],
        [constraint.removesuffix(";") + " NOT VALID;"],
    )
    second = _text(
        [f'Checks the rows that were there before "{name}". It fails where one points at nothing.'],
        [f"ALTER TABLE {table.sql_name} VALIDATE CONSTRAINT {quoted};"],
    )
    back = [f"ALTER TABLE {table.sql_name} DROP CONSTRAINT IF EXISTS {quoted};"]
    down = _text(["Undoes `migration.sql`."], back)
    nothing = "-- A checked constraint need not be unchecked.\n"
    return [
        Script(_words("add", name), first, down),
        Script(_words("validate", name), second, nothing),
    ]


def _required(table: Table, column: Column, filler: str | None) -> list[Script]:
    """NOT NULL without a long lock: a check that is not looked at yet, then the look at it."""
    name = sql.quote(column.name, PROVIDER)
    check = sql.quote(sql.constraint_name(table.name, [column.name], "_filled", PROVIDER), PROVIDER)
    first = _text(
        [
            f'From here on no row of "{table.name}" is written without "{column.name}";',
            "the next migration looks at the rows that are there, which locks nobody out.",
        ],
        [f"ALTER TABLE {table.sql_name} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID;"],
    )
    notes = [f'Makes "{table.name}"."{column.name}" required.']
    statements = []
    if filler is None:
        notes += [
            "It stops, and changes nothing, while a row has no value. Give those rows one first:",
            f"UPDATE {table.sql_name} SET {name} = … WHERE {name} IS NULL;",
        ]
    else:
        notes.append("Rows without a value get the one below; on a large table fill them in parts before.")
        statements.append(_fill(table, column, filler))
    statements += [
        f"ALTER TABLE {table.sql_name} VALIDATE CONSTRAINT {check};",
        f"ALTER TABLE {table.sql_name} ALTER COLUMN {name} SET NOT NULL;",
        f"ALTER TABLE {table.sql_name} DROP CONSTRAINT {check};",
    ]
    undo_first = f"ALTER TABLE {table.sql_name} DROP CONSTRAINT IF EXISTS {check};"
    undo_second = f"ALTER TABLE {table.sql_name} ALTER COLUMN {name} DROP NOT NULL;"
    undo = ["Undoes `migration.sql`; rows that were filled stay filled."]
    return [
        Script(_words("check", table.name, column.name), first, _text(undo[:1], [undo_first])),
        Script(_words("require", table.name, column.name), _text(notes, statements), _text(undo, [undo_second])),
    ]  # fmt: skip


def _fill(table: Table, column: Column, filler: str) -> str:
    name = sql.quote(column.name, PROVIDER)
    return f"UPDATE {table.sql_name} SET {name} = {filler} WHERE {name} IS NULL;"


# --- words ------------------------------------------------------------------------------------------


def _does(up: Changes) -> str:
    kinds = {kind for kind, _ in up.words}
    parts = []
    if "rename" in kinds:
        parts.append("renames")
    if "cast" in kinds:
        parts.append("casts the values")
    if parts:
        text = " and ".join(parts) + " in place"
    elif "require" in kinds:
        text = "fills and checks the rows first"
    elif "create" in kinds:
        text = "gives each relation its own table"
    elif up.asks:
        text = "waits until you write what the rows that are there get"
    elif "add" in kinds:
        text = "fills the rows that are there"
    elif up.made:
        text = "builds the index while the table is in use"
    elif up.references:
        text = "checks the rows afterwards"
    else:
        text = "changes it in place"
    if parts and "require" in kinds:
        text += ", and fills and checks the rows"
    return text


_VERBS = {
    "rename": "Renames", "cast": "Changes the type of", "default": "Changes the default of",
    "optional": "Lets be empty", "require": "Makes required", "add": "Adds", "unindex": "Drops an index of",
    "create": "Creates", "index": "Indexes", "key": "Adds the primary key of", "reference": "Adds a foreign key to",
}  # fmt: skip


def _sentence(up: Changes) -> str:
    """What was done, in one line."""
    met: dict[str, list[str]] = {}
    for kind, what in up.words:
        if kind == "rename":
            old, new = what[-2:]
            place = "".join(f'"{name}".' for name in what[:-2])
            met.setdefault(kind, []).append(f'{place}"{old}" to "{new}"')
        else:
            part = what[:-1] if kind == "cast" else what
            met.setdefault(kind, []).append(".".join(f'"{name}"' for name in part))
    parts = []
    for kind, names in met.items():
        shown = list(dict.fromkeys(names))
        more = f" and {len(shown) - 4} more" if len(shown) > 4 else ""
        parts.append(f"{_VERBS[kind]} {', '.join(shown[:4])}{more}")
    return "; ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])])


def _slug(up: Changes) -> str:
    """The name of the migration, from what it does first."""
    kind, what = up.words[0] if up.words else ("change", ("constraints",))
    if kind == "rename":
        *owner, old, new = what
        same = [other for other, w in up.words if other == "rename" and w[:-2] == what[:-2]]
        if len(same) > 1:
            return _words("rename", "columns_of" if owner else "tables", *owner)
        return _words("rename", *owner, old, "to", new)
    if kind == "cast":
        return _words("change", *what[:-1], "to", what[-1])
    verbs = {"create": "create", "require": "require", "add": "add", "default": "default_of", "optional": "let_be_empty",
             "unindex": "reindex", "index": "index", "key": "primary_key_of", "reference": "reference"}  # fmt: skip
    return _words(verbs.get(kind, "change"), *what)


def _words(*parts: str) -> str:
    joined = "_".join(parts)
    # A name in camel case is taken apart.
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", joined).lower()
    return re.sub(r"[^a-z0-9]+", "_", apart).strip("_")[:_LONGEST_SLUG].rstrip("_")
