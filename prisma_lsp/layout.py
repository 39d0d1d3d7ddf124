"""``prisma-lsp format``: lay schemas out as Prisma's own formatter does."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from prisma_lsp import check, discovery, files, report
from prisma_lsp.console import complain, display_path, paint_for, write
from prisma_lsp.format import format_document
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Settings
from prisma_lsp.syntax import document
from prisma_lsp.text import apply_edits


def main(
    paths: Sequence[str], *, check_only: bool, diff: bool, stdin_filename: str | None = None
) -> int:
    """Format the schemas that ``paths`` name.

    The exit code is 1 where ``check_only`` or ``diff`` found a file that is not formatted, and 2
    where something could not be read or written.
    """
    failures: list[str] = []
    before: dict[str, document.Document] = {}
    after: dict[str, str] = {}
    count = 0
    try:
        works = check.find(paths, failures.append, stdin_filename=stdin_filename)
        for work in works:
            texts = check.read(work, failures.append)
            if texts is None:
                continue
            schema = Schema({path: document.read(text) for path, text in texts.items()})
            broken = _invalid(schema)
            for path in sorted(work.paths):
                count += 1
                edits = format_document(schema.files[path], rewrite=path not in broken)
                if work.given is not None and path == work.given[0] and not (check_only or diff):
                    return 0 if write(apply_edits(texts[path], edits)) else 2
                if edits:
                    text = apply_edits(texts[path], edits)
                    if text != texts[path]:
                        before[path], after[path] = schema.files[path], text
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        failures.append(f"{error.filename or 'system'}: {(error.strerror or str(error)).lower()}")
    for message in dict.fromkeys(failures):
        complain(message)
    ok = True
    if diff:
        paint = paint_for(sys.stdout)
        ok = write(
            "".join(
                report.to_diff(display_path(path), before[path], document.read(text), paint)
                for path, text in after.items()
            )
        )
    elif check_only:
        ok = write("".join(f"{display_path(path)} is not formatted\n" for path in after))
    elif not failures:
        ok = _save(before, after)
        if ok and count:
            ok = write(_summary(len(after), count))
    if failures or not ok:
        return 2
    return 1 if after and (check_only or diff) else 0


def _invalid(schema: Schema) -> set[str]:
    """The files that Prisma rejects something in: its formatter would not touch their schema, ours
    changes nothing but white space there."""
    settings = Settings(validity="on", select=())
    linter = Linter(schema, Environment(settings, Migrations.none()))
    linter.work()
    found = {path for path in schema.files if linter.totals(path)[1]}
    return set(schema.files) if found else found


def _save(before: dict[str, document.Document], after: dict[str, str]) -> bool:
    try:
        for path in after:
            if discovery.read_text(Path(path)) != before[path].text:
                complain(f"{display_path(path)}: has changed since it was read; nothing was formatted")
                return False
        files.replace(after)
    except discovery.UnreadableSchema as error:
        complain(f"{display_path(os.fspath(error.path))}: {error.reason}; nothing was formatted")
        return False
    except files.Unwritable as error:
        complain(f"{display_path(error.path)}: {error.reason}; nothing was formatted")
        return False
    return True


def _summary(changed: int, count: int) -> str:
    noun = "file" if count == 1 else "files"
    return f"Formatted {changed} of {count} {noun}.\n"
