"""A folder with one migration."""

from __future__ import annotations

from pathlib import Path

from prisma_lsp.migrations import Migrations


def folder_with(folder: Path, sql: str) -> Migrations:
    target = folder / "20260101000000_init"
    target.mkdir(parents=True, exist_ok=True)
    (target / "migration.sql").write_text(sql, "utf-8")
    (folder / "migration_lock.toml").write_text('provider = "postgresql"\n', "utf-8")
    return Migrations.read(folder)
