"""SQL text → `Script`: statements, what they do and where they say it."""

from __future__ import annotations

from prisma_lsp.migrations.statements import Script


def read_script(text: str, dialect: str = "postgresql", previous: Script | None = None) -> Script:
    """The statements of ``text``; never fails.

    ``previous`` is what an earlier version of the same text gave: statements that are in it are
    not read again.
    """
    return Script(text, dialect, ())
