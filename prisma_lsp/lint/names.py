"""Spellings of names: words, cases, plurals.  No rule decides anything here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pluralizer import Pluralizer

# A run of capitals is one word unless a small letter follows its last one: "HTTPServer" is two.
_WORDS = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+|[^\W\d_A-Za-z]+[0-9]*")

_pluralizer: Pluralizer | None = None


def words(name: str) -> list[str]:
    """The words of a name in any case: ``orderLineID`` → order, Line, ID."""
    return _WORDS.findall(name)


def snake(name: str) -> str:
    return "_".join(words(name)).lower()


def upper_snake(name: str) -> str:
    return "_".join(words(name)).upper()


def pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] if _mixed(word) else word.capitalize() for word in words(name))


def camel(name: str) -> str:
    first, *rest = words(name) or [""]
    return first.lower() + "".join(word.capitalize() for word in rest)


def _mixed(word: str) -> bool:
    return word != word.upper()


def is_snake(name: str) -> bool:
    return re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", name) is not None


def is_upper_snake(name: str) -> bool:
    return re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*", name) is not None


def is_pascal(name: str) -> bool:
    return re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) is not None


def is_camel(name: str) -> bool:
    return re.fullmatch(r"[a-z][A-Za-z0-9]*", name) is not None


def with_article(name: str) -> str:
    """``a `Shop` ``, ``an `Order` ``."""
    return f"an `{name}`" if name[:1] in "AEIOaeio" else f"a `{name}`"


def plural(name: str) -> str:
    """A snake_case name with its last word in the plural."""
    return _last_word(name, "plural")


def singular(name: str) -> str:
    """A snake_case name with its last word in the singular."""
    return _last_word(name, "singular")


def is_plural(name: str) -> bool:
    """Whether the last word of a snake_case name may stand for many."""
    return bool(_load().is_plural(name.rsplit("_", 1)[-1]))


def is_singular(name: str) -> bool:
    """Whether the last word of a snake_case name may stand for one."""
    return bool(_load().is_singular(name.rsplit("_", 1)[-1]))


def _last_word(name: str, how: str) -> str:
    head, underscore, last = name.rpartition("_")
    return head + underscore + str(getattr(_load(), how)(last))


def _load() -> Pluralizer:
    global _pluralizer
    if _pluralizer is None:
        from pluralizer import Pluralizer

        _pluralizer = Pluralizer()  # type: ignore[no-untyped-call]
    return _pluralizer
