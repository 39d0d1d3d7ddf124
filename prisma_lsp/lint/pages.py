"""Where a rule's page is: shipped in the package, or in the checkout's ``docs/rules``."""

from __future__ import annotations

from pathlib import Path

from prisma_lsp.syntax.memory import remembered

PACKAGE = Path(__file__).parents[1]


@remembered(512)
def page_path(rule: str) -> Path | None:
    """The page of the rule called ``rule``; None where there is none, as for validity."""
    if not rule.replace("-", "").isalnum():
        return None
    for folder in (PACKAGE / "docs" / "rules", PACKAGE.parent / "docs" / "rules"):
        path = folder / f"{rule}.md"
        if path.is_file():
            return path
    return None


@remembered(512)
def page_uri(rule: str) -> str | None:
    """The page's URI, for an editor to open."""
    path = page_path(rule)
    return path.as_uri() if path is not None else None
