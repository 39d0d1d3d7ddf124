"""Spellings of names: words, cases, plurals.  No rule decides anything here.

Each ``is_x`` accepts what a careful reader accepts, and ``x`` leaves such a name as it is.  A name
with letters beyond ASCII is taken as it is: which case it has is not for us to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from prisma_lsp.syntax.memory import remembered

if TYPE_CHECKING:
    from pluralizer import Pluralizer

# Names whose capitals do not begin words.
_BRANDS = (
    "[Oo]Auth[0-9]*|[Gg]it(?:Hub|Lab)|[Yy]ouTube|[Ll]inkedIn|[Pp]ayPal|[Ww]hatsApp|[Tt]ikTok|[Dd]evOps|"
    "[Oo]penA(?:I|i|PI)|[Gg]raphQL|[Jj]avaScript|[Tt]ypeScript|[Pp]ostgreSQL|[Mm]ySQL|[Nn]oSQL|"
    "[Mm]ongoDB|[Ww]i[Ff]i|[Ii]Pv[46]|[Ii]oT|[SPI]aaS|[Ii]OS|iCal|iPhone|iPad|macOS|eBay|eSIM|"
    "[kMG]Wh?|mAh|pH|mL"
)

# In the order in which they are tried: a brand; the plural of an acronym (IDs); an acronym with
# digits in it or behind it (B2B, S3, SHA256, MD5sum), unless small letters follow its last capital;
# digits with capitals behind them (2FA); an ordinary word.
_WORDS = re.compile(
    rf"(?:{_BRANDS})(?![a-z])"
    r"|[A-Z]{2,}s(?![a-z])"
    r"|[A-Z]+(?:[0-9]+[A-Z]+)*(?:[0-9]+[a-z]*|(?![a-z0-9]))"
    r"|[0-9]+[A-Z]+(?![a-z0-9])"
    r"|[A-Z]?[a-z0-9]+"
    r"|[A-Z]"
)
_DIGIT_FIRST = re.compile(r"(?<=[a-z])(?=(?:2FA|3DS?|2D)(?![a-z]))")
_SEGMENTS = re.compile(r"[A-Za-z0-9]+")

_SNAKE = re.compile(r"_?[a-z0-9]+(?:_+[a-z0-9]+)*_?")
_UPPER_SNAKE = re.compile(r"_?[A-Z0-9]+(?:_+[A-Z0-9]+)*_?")
# An underscore between digits is what keeps `v1_2` from reading `v12`.
_PASCAL = re.compile(r"[A-Z](?:[A-Za-z0-9]|(?<=[0-9])_(?=[0-9]))*")
_CAMEL = re.compile(r"[a-z](?:[A-Za-z0-9]|(?<=[0-9])_(?=[0-9]))*_?")
# Longer than acronyms are: PRODUCT is a word that is shouted.
_SHOUTED = re.compile(r"[A-Z]{6,}")


def words(name: str) -> list[str]:
    """The words of a name in any case: ``orderLineIDs`` → order, Line, IDs."""
    return list(_words(name))


# Schemas use the same few names over and over, and most rules look at every one.
@remembered(8192)
def _words(name: str) -> tuple[str, ...]:
    if not name.isascii():
        return tuple(re.findall(r"[^\W_]+", name))
    return tuple(_WORDS.findall(_DIGIT_FIRST.sub("_", name)))


@remembered(8192)
def snake(name: str) -> str:
    return name if is_snake(name) else _framed(name, "_".join(words(name)).lower())


def upper_snake(name: str) -> str:
    return name if is_upper_snake(name) else _framed(name, "_".join(words(name)).upper())


def pascal(name: str) -> str:
    if is_pascal(name):
        return name
    joined = _joined(_segments(name))
    return joined.capitalize() if _SHOUTED.fullmatch(joined) else joined


@remembered(8192)
def camel(name: str) -> str:
    if is_camel(name):
        return name
    first, *rest = _segments(name) or [""]
    head = next(iter(words(first)), "")
    return _joined([head.lower() + first[len(head) :], *rest])


@remembered(8192)
def is_snake(name: str) -> bool:
    """Whether a name is in lower snake_case; one underscore may stand before or behind it."""
    return _SNAKE.fullmatch(name) is not None or not name.isascii()


def is_upper_snake(name: str) -> bool:
    return _UPPER_SNAKE.fullmatch(name) is not None or not name.isascii()


def is_pascal(name: str) -> bool:
    if _PASCAL.fullmatch(name) is None:
        return not name.isascii()
    return _SHOUTED.fullmatch(name) is None


@remembered(8192)
def is_camel(name: str) -> bool:
    """Whether a name is in camelCase; one underscore may stand behind it (``class_``)."""
    return _CAMEL.fullmatch(name) is not None or not name.isascii()


def plural(name: str) -> str:
    """A snake_case name with its noun in the plural: ``order_line``, ``unit_of_measure``."""
    return name if is_plural(name) else _turned(name, _plural)


def singular(name: str) -> str:
    """A snake_case name with its noun in the singular."""
    return name if is_singular(name) else _turned(name, _singular)


def is_plural(name: str) -> bool:
    """Whether the noun of a snake_case name may stand for many."""
    head, noun, _ = _noun(name)
    owner = _OWNER.search(head)
    return _is_plural(noun) or (owner is not None and _is_plural(owner[1]))


def is_singular(name: str) -> bool:
    """Whether the noun of a snake_case name may stand for one."""
    head, noun, _ = _noun(name)
    owner = _OWNER.search(head)
    return _is_singular(owner[1] if owner is not None and owner[2] in _GENITIVES else noun)


def _framed(name: str, text: str) -> str:
    """``text`` with the single underscores that ``name`` begins and ends with."""
    if not text:
        return name
    before = "_" if name.startswith("_") else ""
    behind = "_" if name.endswith("_") else ""
    return before + text + behind


def _segments(name: str) -> list[str]:
    """The parts of a name between its underscores, each with a capital first.

    Acronyms and inner capitals stay, unless the whole name is in capitals.
    """
    parts = _SEGMENTS.findall(name)
    shouted = not any(c.islower() for c in name)
    return [
        part.capitalize()
        if part.isupper() and (shouted or len(part) > 4)
        else part[:1].upper() + part[1:]
        for part in parts
    ]


def _joined(parts: list[str]) -> str:
    out = ""
    for part in parts:
        between = "_" if out[-1:].isdigit() and part[:1].isdigit() else ""
        out += between + part
    return out


# --- plurals -----------------------------------------------------------------------------------

# Nouns without a plural, or whose singular stands for many as well.
_ANY_NUMBER = frozenset(
    """
    access accounting attendance auth authentication authorization availability billing cash cms
    compliance content crm data equipment evidence faq feedback finance gdpr gps hardware health
    history i18n inbox info information intelligence inventory knowledge kyc mail maintenance marketing
    media merchandise messaging meta metadata money monitoring music news oauth onboarding outbox payroll
    personnel pos pricing progress rbac research revenue rss scheduling security seo shipping sms
    software spam species staff stock storage support telemetry traffic training usage weather
    """.split()  # noqa: SIM905
)
# Plurals that one row may be called.
_SETS = frozenset(
    """
    analytics credentials criteria details goods logistics metrics options params preferences
    properties sales settings specs statistics stats terms totals
    """.split()  # noqa: SIM905
)
# What may stand behind the noun of a table's name.
_QUALIFIERS = frozenset(
    """
    2d 3d archived automated bak cached daily deleted deprecated failed hourly imported legacy monthly
    new old partitioned pending raw recurring saved scheduled staging temp tmp weekly yearly
    """.split()  # noqa: SIM905
)
_VERSION = re.compile(r"v?[0-9]*")
# In `users_on_team` and `units_of_measure` the number may stand, or stands, before the preposition.
_OWNER = re.compile(r"([a-z]+)_(of|by|per|in|on|to|for|from|with|at)_$")
_GENITIVES = frozenset(("of", "by", "per"))

_pluralizer: Pluralizer | None = None


def _noun(name: str) -> tuple[str, str, str]:
    """(what stands before, the last noun, what stands behind it): ``order_v2`` → "", order, _v2."""
    behind = ""
    while True:
        head, underscore, last = name.rpartition("_")
        if not head or (last not in _QUALIFIERS and _VERSION.fullmatch(last) is None):
            return head + underscore, last, behind
        name, behind = head, underscore + last + behind


def _turned(name: str, how: Callable[[str], str]) -> str:
    head, noun, behind = _noun(name)
    owner = _OWNER.search(head)
    if owner is not None and owner[2] in _GENITIVES:
        return head[: owner.start()] + how(owner[1]) + head[owner.end(1) :] + noun + behind
    return head + how(noun) + behind


@remembered(4096)
def _is_plural(noun: str) -> bool:
    if not _is_countable(noun) or noun in _OTHER_PLURALS:
        return True
    many = _plural(noun)
    # What has no plural that stays one (it, its, their) is nothing to correct.
    return many == noun or _plural(many) != many


@remembered(4096)
def _is_singular(noun: str) -> bool:
    if not _is_countable(noun) or noun in _SETS:
        return True
    one = _singular(noun)
    return one == noun or _singular(one) != one


def _is_countable(noun: str) -> bool:
    """Whether to ask for a noun's number at all: not of a letter, not of `oauth2`."""
    return (
        len(noun) > 1 and noun.isascii() and noun.isalpha()
        and noun not in _ANY_NUMBER and not noun.endswith("data")
    )  # fmt: skip


def _plural(noun: str) -> str:
    return str(_load().plural(noun))


def _singular(noun: str) -> str:
    return str(_load().singular(noun))


def _load() -> Pluralizer:
    global _pluralizer
    if _pluralizer is None:
        from pluralizer import Pluralizer

        _pluralizer = Pluralizer()  # type: ignore[no-untyped-call]
        for one, many in _IRREGULAR:
            _pluralizer.add_irregular_rule(one, many)
    return _pluralizer


_IRREGULAR = (
    ("index", "indexes"), ("schema", "schemas"), ("virus", "viruses"), ("axis", "axes"),
    ("basis", "bases"), ("lens", "lenses"), ("uri", "uris"), ("appendix", "appendixes"), ("formula", "formulas"),
)  # fmt: skip
_OTHER_PLURALS = ("indices", "schemata", "appendices", "formulae", "media")
