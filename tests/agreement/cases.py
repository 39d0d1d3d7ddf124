"""Our own schemas, each of which Prisma's engine has judged once.

They come from the pages of the validity checks, from the schemas of ``whole.txt``, each below its
title, and from the lists in ``snippets/``, where every line is put into a small schema of each
provider.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

PROVIDERS = ("postgresql", "cockroachdb", "mysql", "sqlite", "sqlserver", "mongodb", "")
# Prisma 7 has these no more, and its engine says nothing else once it has seen one.
_URL = re.compile(r"^[ \t]*(url|directUrl|shadowDatabaseUrl)[ \t]*=.*$", re.M)

Files = dict[str, str]


def cases() -> Iterator[tuple[str, Files]]:
    """(name, files) of every case."""
    yield from _pages()
    for path in sorted((HERE / "snippets").glob("*.txt")):
        yield from _snippets(path)
    for text in (HERE / "whole.txt").read_text("utf-8").split("==== ")[1:]:
        title, schema = text.split("\n", 1)
        yield f"whole: {title}", {"schema.prisma": schema}
    for path in sorted((HERE.parent / "schemas").glob("**/*.prisma")):
        yield f"schemas/{path.stem}", {"schema.prisma": _without_urls(path.read_text("utf-8"))}


def _pages() -> Iterator[tuple[str, Files]]:
    import pages

    for path in sorted((HERE.parent / "pages/validity").glob("*.md")):
        for case in pages.cases(path.read_text("utf-8")):
            world = pages.world(case.text, HERE, [])
            files = world.files
            # The engine is of one version and cannot judge the others.
            if world.prisma_version is not None:
                continue
            if any(re.search(r"^\s*url\b", text, re.M) for text in files.values()):
                continue
            yield f"{path.stem}: {case.title}", files


def _snippets(path: Path) -> Iterator[tuple[str, Files]]:
    _, frame, lines = path.read_text("utf-8").split("====\n")
    own_source = "datasource" in frame
    for number, line in enumerate(lines.splitlines()):
        body = frame.replace("{case}", "\n  ".join(part.strip() for part in line.split("↵")))
        if path.stem in ("models", "relations"):
            body = re.sub(r"^ +(?=(?:[a-z]+ \w* ?\{|\}))", "", body, flags=re.M)
        if own_source:
            yield f"{path.stem} {number + 1}", {"schema.prisma": body}
            continue
        for provider in PROVIDERS:
            source = f'datasource db {{\n  provider = "{provider}"\n}}\n\n' if provider else ""
            yield f"{path.stem} {number + 1} {provider or 'none'}", {"schema.prisma": source + body}


def _without_urls(text: str) -> str:
    return _URL.sub("", text)
