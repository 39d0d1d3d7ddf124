"""Where a new migration goes: the name of its folder, after every one that is there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from prisma_lsp.inplace.pairs import NotInPlace
from prisma_lsp.inplace.scripts import Script

_STAMP = re.compile(r"\d{14}(?=_|$)")
_FORMAT = "%Y%m%d%H%M%S"


def files_of(
    scripts: Sequence[Script], folder: str, names: Iterable[str], now: datetime | None = None
) -> dict[str, str]:
    """The new files by absolute path: `migration.sql` and `down.sql` of each script.

    ``names`` are the migrations in ``folder``; Prisma applies them in the order of their names, so
    the new ones come after the last.  ``now`` is UTC.  Raises `NotInPlace` where no such name is.
    """
    there = sorted(names)
    moment = now or datetime.now(UTC)
    stamps = [found[0] for name in there if (found := _STAMP.match(name)) is not None]
    if stamps:
        try:
            newest = datetime.strptime(stamps[-1], _FORMAT).replace(tzinfo=UTC)
        except ValueError:
            raise NotInPlace(f"the migration `{there[-1]}` has no date in its name") from None
        moment = max(moment, newest + timedelta(seconds=1))
    files: dict[str, str] = {}
    for number, script in enumerate(scripts):
        name = f"{(moment + timedelta(seconds=number)).strftime(_FORMAT)}_{script.slug}"
        if there and name <= there[-1]:
            raise NotInPlace(f"the migration `{there[-1]}` is sorted behind every date")
        path = os.path.join(folder, name)
        files[os.path.join(path, "migration.sql")] = script.up
        files[os.path.join(path, "down.sql")] = script.down
    return files
