"""How the server is, for a client that shows it: by the command `prisma-lsp.status`."""

from __future__ import annotations

import os
import platform
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from prisma_lsp import __version__, discovery, settings
from prisma_lsp.server.places import to_path

if TYPE_CHECKING:
    from prisma_lsp.server.server import Server
    from prisma_lsp.workspace import Session


def status(server: Server, uri: str) -> dict[str, Any]:
    """What runs, and the schema that the document ``uri`` is a file of; ``schema`` is None for
    another document.  ``findings`` counts by level, over all files of the schema."""
    session = server.store.session(to_path(uri))
    return {
        "version": __version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        "schemas": len(server.store.sessions),
        "schema": _schema(session) if session is not None else None,
    }


def _schema(session: Session) -> dict[str, Any]:
    environment = session.linter.environment
    chosen = environment.settings
    counts: Counter[str] = Counter()
    for file in session.schema.files.values():
        for block in file.blocks:
            counts.update(finding.level for finding in session.linter.findings(block))
    chosen_in = settings.find_file(session.project.schema, discovery.root_of(session.project.schema))
    version = environment.prisma_version
    return {
        "folder": os.fspath(session.project.schema),
        "files": len(session.schema.files),
        "findings": dict(counts),
        "checked": session.linter.is_done and not session.linter.is_waiting,
        "preset": chosen.preset,
        "settings": os.fspath(chosen_in) if chosen_in is not None else None,
        "prisma": str(version) if version is not None else None,
        "validity": chosen.reports_validity,
        "stepsBack": chosen.steps_back,
        "migrations": environment.migrations.exists,
    }
