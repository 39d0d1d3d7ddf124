"""Whether two names of columns or tables may be one and the same thing under an old and a new name."""

from __future__ import annotations

from prisma_lsp.lint import names

# Words that say what kind of value it is: two dates share `At`, two keys `Id`.
_NO_MATTER = frozenset({"id", "ids", "at", "on", "is", "has", "the", "of", "date", "new", "old"})

# Last words of which none is another's new name.
_KINDS = frozenset({"id", "name", "email", "count", "status", "type", "url", "hash"})


def is_same_name(old: str, new: str) -> bool:
    """Whether two names differ in spelling alone: `createdAt`, `created_at`; `User`, `users`."""
    return _plain(old) == _plain(new)


def is_likely_rename(old: str, new: str) -> bool:
    """Whether somebody who reads both names would think of a rename: they share most of their words,
    one abbreviates the other, or they differ in a letter or two."""
    if is_same_name(old, new):
        return True
    mine, others = _words(old), _words(new)
    if not mine or not others:
        return False
    if mine == others:
        return True
    if _digits(old) != _digits(new):
        # `line1` and `line2` are two things.
        return False
    if _is_other_kind(old, new):
        return False
    shared = len(mine & others)
    if shared and (mine <= others or others <= mine or shared * 2 > len(mine | others)):
        return True
    one, other = _plain(old), _plain(new)
    if min(len(one), len(other)) < 4:
        return len(one) > 1 and len(other) > 1 and _abbreviates(*sorted((one, other), key=len))
    return _is_typo(one, other) or _abbreviates(*sorted((one, other), key=len))


def may_be_meant(written: str, name: str) -> bool:
    """Whether ``written`` may be ``name`` with a slip, or not typed to its end: a letter is missing,
    is one too many, is another one, or two are in each other's place.

    ``Tag`` is a name of its own beside ``TagSource``.
    """
    if name.startswith(written) and name[len(written) : len(written) + 1].islower():
        return True
    short, long = sorted((written, name), key=len)
    if len(long) - len(short) > 1 or len(short) < 2:
        return False
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if short[at:] == long[at + 1 :] or short[at + 1 :] == long[at + 1 :]:
        return True
    swapped = short[at : at + 2] == long[at : at + 2][::-1]
    return swapped and short[at + 2 :] == long[at + 2 :]


def _words(name: str) -> frozenset[str]:
    found = [names.singular(word.lower()) for word in names.words(name) if not word.isdigit()]
    return frozenset(word for word in found if word not in _NO_MATTER)


def _is_other_kind(old: str, new: str) -> bool:
    """`modelIds` and `modelNames` hold two kinds of values, whatever else they share."""
    kinds = [names.singular(names.words(name)[-1].lower()) for name in (old, new)]
    return kinds[0] != kinds[1] and _KINDS.issuperset(kinds)


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())


def _plain(name: str) -> str:
    return names.singular("_".join(names.words(name)).lower()).replace("_", "")


def _abbreviates(short: str, long: str) -> bool:
    """`desc` and `description`, `qty` and `quantity`: the same first letter, the rest in order."""
    if len(short) < 3 or len(short) * 4 > len(long) * 3 or short[0] != long[0]:
        return False
    if long.startswith(short):
        return True
    rest = iter(long)
    consonants = not set(short[1:]) & set("aeiou")
    return consonants and all(letter in rest for letter in short)


def _is_typo(one: str, other: str) -> bool:
    from difflib import SequenceMatcher

    if abs(len(one) - len(other)) > 2 or one[0] != other[0]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.88
