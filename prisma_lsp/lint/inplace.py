"""The pair to a fix that would lose data: the same edit with a migration that keeps the rows."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from prisma_lsp.inplace.folder import files_of
from prisma_lsp.inplace.pairs import NotInPlace, Renamed
from prisma_lsp.inplace.scripts import InPlace, in_place
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.exact import bare
from prisma_lsp.lint.fixall import Fixed, Key, edited, fixed
from prisma_lsp.lint.fixes import Edits, Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import Safety
from prisma_lsp.schema.schema import Schema

log = logging.getLogger(__name__)

_ALL: frozenset[Safety] = frozenset(("T", "R", "D"))


def with_migrations(fixes: list[Fix], bench: Workbench) -> list[Fix]:
    """``fixes`` with the pairs of those that have one.

    Before a fix that rewrites or loses something stands its pair, which is the better one.  Where
    nothing is lost either way the plain fixes stand first and the pairs behind them all.
    """
    if not can_migrate(bench.schema, bench.environment):
        return fixes
    found: list[Fix] = []
    gentler: list[Fix] = []
    for fix in fixes:
        try:
            pair = pair_of(fix, bench)
        except Exception:  # A fault here must not take the fix itself away.
            log.exception("the migration for a fix failed: %s", fix.title)
            pair = None
        if pair is not None and fix.safety == "D":
            found.append(pair)
            fix = fix._replace(preferred=False)
        elif pair is not None:
            gentler.append(pair._replace(preferred=False))
        found.append(fix)
    return found + gentler


def pair_of(fix: Fix, bench: Workbench, now: datetime | None = None) -> Fix | None:
    """``fix`` with the migrations that make its change in place; None where there is no such way.

    ``now`` (UTC) is the time in the names of the migrations' folders.
    """
    if fix.safety == "T" or not can_migrate(bench.schema, bench.environment):
        return None
    migrations = bench.environment.migrations
    try:
        after = edited(bench.schema, fix.edits)
        made = in_place(bench.schema, after, migrations.state(), labels=fix.labels)
        if fix.safety == "R" and not made.is_gentler:
            return None
        assert migrations.folder is not None
        files = files_of(made.scripts, migrations.folder, (f.name for f in migrations.files), now)
    except (NotInPlace, ValueError, KeyError):
        return None
    return fix._replace(
        title=f"{bare(fix.title)}, with a migration that {made.does}{_risk(made)}",
        safety="R" if made.is_lossless else "D",
        files=files,
    )


def renamed_in_place(
    schema: Schema,
    environment: Environment,
    edits: Edits,
    renamed: Renamed,
    now: datetime | None = None,
) -> Fix | None:
    """A rename that takes the database's name along, as a fix with the migrations for it.

    None where the database needs none, or where there is no such way.
    """
    migrations = environment.migrations
    if not can_migrate(schema, environment) or migrations.folder is None:
        return None
    try:
        after = edited(schema, edits)
        made = in_place(schema, after, migrations.state(), renamed=renamed)
        files = files_of(made.scripts, migrations.folder, (f.name for f in migrations.files), now)
    except (NotInPlace, ValueError, KeyError):
        return None
    return Fix(
        f"Rename, with a migration that {made.does}{_risk(made)}",
        "R" if made.is_lossless else "D", edits, files=files,
    )  # fmt: skip


def fixed_in_place(
    schema: Schema,
    environment: Environment,
    *,
    lossy: bool,
    paths: Collection[str] | None = None,
    linter: Linter | None = None,
    now: datetime | None = None,
    leave: Collection[Key] = (),
) -> tuple[Fixed, dict[str, str]]:
    """Every fix that needs no migration or one that keeps the rows, and the migrations' files.

    The findings ``leave`` stay as they are.  With ``lossy`` also those that rewrite values or may
    fail on some, but none of which somebody must say what rows get.  Raises `NotInPlace` where no
    migration can follow.
    """
    if not can_migrate(schema, environment):
        raise NotInPlace("there are no migrations of a PostgreSQL database that others could follow")
    database = environment.migrations.state()

    def planned(after: Schema, labels: Mapping[str, str]) -> InPlace | None:
        try:
            return in_place(schema, after, database, labels=labels)
        except NotInPlace as reason:
            if reason.nothing:
                return None
            raise

    def accept(after: Schema, labels: Mapping[str, str]) -> bool:
        try:
            made = planned(after, labels)
        except NotInPlace:
            return False
        return made is None or made.is_lossless or (lossy and not made.asks)

    done = fixed(
        schema, environment,
        safety=_ALL, paths=paths, linter=linter, accept=accept, leave=leave,
    )  # fmt: skip
    made = planned(done.schema, done.labels)
    if made is None:
        return done, {}
    assert environment.migrations.folder is not None
    names = (file.name for file in environment.migrations.files)
    return done, files_of(made.scripts, environment.migrations.folder, names, now)


def can_migrate(schema: Schema, environment: Environment) -> bool:
    """Whether there are migrations of PostgreSQL that another can follow."""
    return (
        schema.provider() == "postgresql"
        and environment.settings.database != "new"
        and environment.migrations.exists
    )


def _risk(made: InPlace) -> str:
    return f" ({made.risk})" if made.risk else ""
