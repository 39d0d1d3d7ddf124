"""Where an override of the settings holds: patterns of paths and of names.

`*` is any number of characters of one part of a path, `?` one of them, `**` any number of parts.  A
pattern without a slash is about the file's name in any folder; one that ends in a slash is about all
that is in the folder.  Upper and lower case differ.  The time is the product of the two lengths at
worst, whatever the pattern: settings come from strangers' repositories as well.
"""

from __future__ import annotations

import os

from prisma_lsp.settings import Override
from prisma_lsp.syntax.memory import remembered


def is_in_files(override: Override, path: str) -> bool:
    """Whether the file ``path`` is one that ``override`` is about."""
    if not override.files:
        return True
    if override.base:
        relative = os.path.relpath(path, override.base) if os.path.isabs(path) else path
    else:
        relative = path.lstrip("/\\")
    parts = tuple(relative.replace(os.sep, "/").split("/"))
    if parts[0] == "..":
        return False
    return any(_path_fits(pattern, parts) for pattern in override.files)


def is_in_models(override: Override, name: str) -> bool:
    """Whether the declaration ``name`` is one that ``override`` is about."""
    return not override.models or (bool(name) and any(fits(one, name) for one in override.models))


@remembered(4096)
def _path_fits(pattern: str, parts: tuple[str, ...]) -> bool:
    wanted = [part for part in pattern.replace("\\", "/").split("/") if part != "."]
    if wanted and not wanted[-1]:
        wanted[-1] = "**"
    if len(wanted) == 1 and wanted[0] != "**":
        wanted.insert(0, "**")
    # Which of the wanted parts may come next; "**" stays and also lets the one behind it come.
    now = _with_rests({0}, wanted)
    for part in parts:
        then: set[int] = set()
        for index in now:
            if index < len(wanted):
                if wanted[index] == "**":
                    then.add(index)
                elif fits(wanted[index], part):
                    then.add(index + 1)
        now = _with_rests(then, wanted)
        if not now:
            return False
    return len(wanted) in now


def _with_rests(places: set[int], wanted: list[str]) -> set[int]:
    for index in sorted(places):
        while index < len(wanted) and wanted[index] == "**":
            index += 1
            places.add(index)
    return places


def fits(pattern: str, text: str) -> bool:
    """Whether all of ``text`` is what ``pattern`` describes, with `*` and `?`."""
    at = place = 0
    star = -1
    mark = 0
    while at < len(text):
        if place < len(pattern) and pattern[place] == "*":
            star, mark = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", text[at]):
            place += 1
            at += 1
        elif star >= 0:
            # The last star takes one more; the ones before it never need to.
            mark += 1
            place, at = star + 1, mark
        else:
            return False
    return all(character == "*" for character in pattern[place:])
