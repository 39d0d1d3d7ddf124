"""Names that somebody may have meant."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from prisma_lsp.syntax.memory import remembered


def meant(name: str, candidates: Iterable[str], limit: int = 3) -> list[str]:
    """The candidates that ``name`` may be a slip of, the likeliest first.

    One edit is allowed for every third letter: a letter more, less, other, or swapped with its
    neighbour.  Letter case and the separators ``_`` and ``-`` count for nothing.
    """
    return list(_meant(name, tuple(dict.fromkeys(candidates)), limit))


# With more names than this, only those are compared that begin or end much as the word does.
_MANY = 2_000
_NEIGHBOURS = 16


class Words:
    """Names that may be meant, for who asks again and again."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._known: dict[str, list[str]] = {}
        # Each name under how it begins and how it ends, in order.
        self._orders: list[list[tuple[str, str]]] = []
        if len(self._names) > _MANY:
            plain = [(_plain(name), name) for name in self._names]
            self._orders = [sorted(plain), sorted((word[::-1], name) for word, name in plain)]

    def meant(self, name: str) -> list[str]:
        """As the function of that name."""
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = meant(name, self._near(name))
        return found

    def _near(self, name: str) -> Iterable[str]:
        if not self._orders:
            return self._names
        plain = _plain(name)
        found: list[str] = []
        for order, word in zip(self._orders, (plain, plain[::-1]), strict=True):
            at = bisect_left(order, (word,))
            found += [other for _, other in order[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]]
        return found


# The same mistake is often made many times.
@remembered(64)
def _meant(name: str, candidates: tuple[str, ...], limit: int) -> tuple[str, ...]:
    plain, letters = _known(name)
    length = len(plain)
    found: list[tuple[int, bool, str]] = []
    for candidate in candidates:
        if candidate == name:
            continue
        other, others = _known(candidate)
        allowed = max(length, len(other)) // 3
        # An edit brings one letter and takes one away at most: this is told without comparing.
        if abs(length - len(other)) > allowed or (letters ^ others).bit_count() > 2 * allowed:
            continue
        far = 0 if plain == other else _distance(plain, other, allowed)
        if far <= allowed:
            found.append((far, sorted(plain) != sorted(other), candidate))
    found.sort()
    if found and found[0][0] == 0:
        found = [item for item in found if item[0] == 0]
    return tuple(candidate for *_, candidate in found[:limit])


@remembered(20_000)
def _known(name: str) -> tuple[str, int]:
    """A name without case and separators, and the set of its letters as bits."""
    plain = _plain(name)
    letters = 0
    for char in plain:
        letters |= 1 << (ord(char) & 63)
    return plain, letters


def is_same_word(name: str, candidate: str) -> bool:
    """Whether two names differ only in letter case and separators."""
    return _plain(name) == _plain(candidate)


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _distance(one: str, other: str, limit: int) -> int:
    """The number of edits between two words, or something above ``limit``."""
    # What both begin and end with costs nothing; a letter is left, as it may be swapped.
    while len(one) > 1 and len(other) > 1 and one[-1] == other[-1] and one[-2] == other[-2]:
        one, other = one[:-1], other[:-1]
    while len(one) > 1 and len(other) > 1 and one[0] == other[0] and one[1] == other[1]:
        one, other = one[1:], other[1:]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, above, row = row[:] if i == 1 else before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = above
    return row[-1]
