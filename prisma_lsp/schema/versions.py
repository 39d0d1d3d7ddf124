"""What differs between the versions of Prisma, as data.

The catalogue is Prisma 7.10.  Here stands what was otherwise before, from 5 on, each with the page
that says so; the checks ask only where the version is known, and of what is certain about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

Release = tuple[int, int]


class Version(NamedTuple):
    """A version of Prisma, as much of it as is known."""

    major: int
    minor: int
    # Whether it may be a later minor version: `^6.2.0` in a `package.json` is 6.2 or later.
    or_later: bool = False

    def since(self, release: Release) -> bool:
        """Whether it is certainly ``release`` or newer."""
        return (self.major, self.minor) >= release

    def before(self, release: Release) -> bool:
        """Whether it is certainly older than ``release``."""
        if self.or_later:
            return (self.major + 1, 0) <= release
        return (self.major, self.minor) < release

    def __str__(self) -> str:
        return f"Prisma {self.major}" if self.or_later else f"Prisma {self.major}.{self.minor}"


class Preview(NamedTuple):
    """The releases in which a preview feature came, needed no flag any more, and went."""

    came: Release | None = None
    graduated: Release | None = None
    went: Release | None = None


# https://www.prisma.io/docs/orm/reference/preview-features/client-preview-features and, for what
# graduated, the same page of version 6: https://www.prisma.io/docs/orm/v6/reference/preview-features/client-preview-features
PREVIEWS: Mapping[str, Preview] = {
    "driverAdapters": Preview((5, 4), (6, 16)),
    "relationJoins": Preview((5, 7)),
    "nativeDistinct": Preview((5, 7)),
    "omitApi": Preview((5, 13), (6, 2)),
    "prismaSchemaFolder": Preview((5, 15), (6, 7)),
    "typedSql": Preview((5, 19)),
    "strictUndefinedChecks": Preview((5, 20)),
    "queryCompiler": Preview((6, 7), (6, 16)),
    "shardKeys": Preview((6, 10)),
    "multiSchema": Preview((4, 3), (6, 13)),
    "tracing": Preview((4, 2), (6, 1)),
    # Listed as active by version 6 and not by 7, which says that there is none.
    "metrics": Preview((3, 15), None, (7, 0)),
    # A preview of 6.7; of when it stopped being one no page says more than that 7 has none.
    "deno": Preview((4, 5), (7, 0)),
    # https://github.com/prisma/prisma/releases/tag/6.0.0 and
    # https://www.prisma.io/docs/v6/orm/prisma-client/queries/full-text-search: on MySQL without a
    # flag since 6.0, on PostgreSQL under a new name.
    "fullTextSearch": Preview((2, 30), (6, 0)),
    "fullTextIndex": Preview((3, 6), (6, 0)),
    "fullTextSearchPostgres": Preview((6, 0)),
    # https://github.com/prisma/prisma/releases/tag/7.4.0
    "partialIndexes": Preview((7, 4)),
}
_BY_LOWER = {name.lower(): preview for name, preview in PREVIEWS.items()}

# https://github.com/prisma/prisma/releases/tag/7.0.0 and https://pris.ly/d/config-datasource:
# `url`, `directUrl` and `shadowDatabaseUrl` stand in `prisma.config.ts` alone.
URL_REMOVED: Release = (7, 0)
# https://github.com/prisma/prisma-engines/pull/5307, of April 2025: with a driver adapter the `url`
# may be missing, and always with SQLite.
URL_OPTIONAL_WITH_ADAPTER: Release = (6, 7)
# https://github.com/prisma/prisma/releases/tag/6.16.0: adapters need no flag to be told by.  That
# `prisma.config.ts` may have the address instead is of 6.18.
URL_OPTIONAL: Release = (6, 16)

# https://github.com/prisma/prisma/releases/tag/7.4.0: `where` of indexes and unique keys.
PARTIAL_INDEXES: Release = (7, 4)

# https://github.com/prisma/prisma/releases/tag/6.2.0
FUNCTIONS: Mapping[str, Release] = {"ulid": (6, 2)}
# An argument of a function that took none before.
# uuid: https://github.com/prisma/prisma/releases/tag/5.18.0
# cuid: https://github.com/prisma/prisma-engines/pull/5047, merged for the release that followed
# November 2024, which is 6.0.0 (https://github.com/prisma/prisma/issues/17102).
FUNCTION_ARGUMENTS: Mapping[str, Release] = {"uuid": (5, 18), "cuid": (6, 0)}

# https://github.com/prisma/prisma/releases/tag/6.2.0: SQLite has enums and `Json`.
SQLITE_ENUMS_AND_JSON: Release = (6, 2)


def may_have(version: Version | None, release: Release) -> bool:
    """Whether a version may be ``release`` or newer, as one that is not known may."""
    return version is None or not version.before(release)


def has_argument(owner: str, argument: str, version: Version | None) -> bool:
    """Whether a version may know an argument of an attribute or a function."""
    if argument == "where":
        return may_have(version, PARTIAL_INDEXES)
    return may_have(version, FUNCTION_ARGUMENTS.get(owner, (0, 0)))


def preview(name: str) -> Preview:
    """When the preview feature of that name came and went, in any letter case."""
    return _BY_LOWER.get(name.lower(), _UNKNOWN)


def active(names: Iterable[str], version: Version) -> tuple[str, ...]:
    """Of the preview features ``names`` those that ``version`` may have, and those it still had."""
    still = (
        name
        for name, one in PREVIEWS.items()
        if any(end is not None and version.before(end) for end in (one.graduated, one.went))
    )
    found = {*names, *still}
    return tuple(sorted(n for n in found if not version.before(preview(n).came or (0, 0))))


_UNKNOWN = Preview()
