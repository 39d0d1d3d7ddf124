"""What a rule is, and how rules are found.

A rule is one file in ``prisma_lsp/lint/rules/<group>/``.  Its name comes from the file's, its group
from the folder's, its documentation from the docstring; what it looks at comes from the annotation
of its check's first parameter.  Nothing has to be registered anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from prisma_lsp.lint.fixes import Fix, Workbench
    from prisma_lsp.lint.related import Elsewhere, Related
    from prisma_lsp.schema.schema import Schema
    from prisma_lsp.settings import Settings

Level = Literal["error", "warning", "info", "hint"]
# T: text only, no migration.  R: reversible DDL.  D: rewrites or loses data.
Safety = Literal["T", "R", "D"]
FixMaker = Callable[["Workbench"], Iterable["Fix"]]
RelatedFinder = Callable[["Schema"], Iterable["Related | Elsewhere"]]

# Each holds the ones before it: what is wrong in any house, the house conventions, what only some
# want, and everything.
Preset = Literal["essential", "recommended", "strict", "all"]
PRESETS: tuple[Preset, ...] = ("essential", "recommended", "strict", "all")
# What the first parameter of a check may be annotated with.
NODE_TYPES = (
    "Model", "Enum", "EnumValue", "Config", "Declaration", "Fields", "Field", "RelationField", "ScalarField",
    "KeyField", "TimeField",
    "Block", "Suppressions", "Migration",
)  # fmt: skip


class Endless(Exception):
    """Raised in a check that somebody has waited for long enough: it is not run again."""


class Finding:
    """Something to say about one stretch of one line, or of whole lines from there on.

    ``line`` counts from the first line of the block that was checked, ``start`` and ``end`` count
    characters.  ``through`` is the last line, counted the same way, that cannot be read because of
    it; it is ``line`` where no other line suffers.  ``fixes`` is asked for fixes only when somebody wants them.  ``unused`` and
    ``deprecated`` say how an editor may draw the stretch.  ``related`` says which other
    places it is about, in the schema as it is when somebody asks.
    ``at_most`` makes this finding weaker than its rule's level.
    """

    __slots__ = ("at_most", "deprecated", "end", "fixes", "level", "line", "message", "related", "rule", "source", "start", "through", "unused")

    def __init__(
        self,
        line: int,
        start: int,
        end: int,
        message: str,
        fixes: FixMaker | None = None,
        *,
        rule: str = "",
        unused: bool = False,
        deprecated: bool = False,
        at_most: Level | None = None,
        through: int | None = None,
    ) -> None:
        self.rule = rule
        self.level: Level = "warning"
        self.source = "prisma-lsp"
        self.line = line
        self.start = start
        self.end = end
        self.through = line if through is None else through
        self.message = message
        self.fixes = fixes
        self.related: RelatedFinder | None = None
        self.unused = unused
        self.deprecated = deprecated
        self.at_most = at_most

    def __repr__(self) -> str:
        return f"Finding({self.rule}, {self.line}:{self.start}-{self.end}, {self.message!r})"


class Rule(NamedTuple):
    """A check with all that is known about it.

    ``node`` is one of `NODE_TYPES`; ``options`` is the class of the rule's options or None;
    ``source`` is what findings carry: ``prisma-lsp``, or ``prisma`` for validity.  ``preset`` is the
    smallest preset that has the rule.
    """

    name: str
    group: str
    level: Level
    preset: Preset
    node: str
    check: Callable[..., Iterator[Finding]]
    options: type[Any] | None
    source: str

    @property
    def module(self) -> Any:
        return import_module(self.check.__module__)

    @property
    def documentation(self) -> str:
        """The rule's page as Markdown, without its title."""
        return (self.module.__doc__ or "").strip()

    @property
    def summary(self) -> str:
        """The first line of the documentation: why it matters."""
        return self.documentation.split("\n", 1)[0]


def rule(
    *, level: Level, preset: Preset = "recommended", options: type[Any] | None = None
) -> Callable[[Any], Any]:
    """Mark the check of a rule: a generator of findings over (node, context).

    ``preset`` is the smallest preset in which the rule is on; ``options`` is a frozen dataclass whose fields, defaults and field docs become settings.
    """

    def mark(check: Any) -> Any:
        module = check.__module__
        *_, group, name = module.split(".")
        annotations = check.__annotations__
        node = annotations[check.__code__.co_varnames[0]]
        node = node if isinstance(node, str) else node.__name__
        assert node in NODE_TYPES, f"{module}: {node} is not something a check can be about"
        source = "prisma" if group == "validity" else "prisma-lsp"
        check.rule = Rule(name.replace("_", "-"), group, level, preset, node, check, options, source)
        return check

    return mark


_rules: list[Rule] | None = None
_validity: list[Rule] | None = None


def all_rules() -> list[Rule]:
    """Every rule, by group and name; found once."""
    global _rules
    if _rules is None:
        folder = Path(__file__).parent / "rules"
        _rules = [
            found
            for group in sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] != "_")
            for found in _rules_in(group, f"prisma_lsp.lint.rules.{group.name}")
        ]
    return _rules


def add_rules(group: str, modules: Iterable[str]) -> None:
    """Take the rules of a plugin's modules in, as those of ``group``."""
    rules = all_rules()
    if any(rule.group == group for rule in rules):
        raise ValueError(f"there is a group `{group}` already")
    found = [rule._replace(group=group) for name in modules for rule in _rules_of(import_module(name))]
    if not found:
        raise ValueError("it has no rule")
    for rule in found:
        if any(rule.name == other.name for other in rules):
            raise ValueError(f"there is a rule `{rule.name}` already")
        rules.append(rule)


def validity_checks() -> list[Rule]:
    """The checks of what Prisma itself rejects; a module may hold several."""
    global _validity
    if _validity is None:
        _validity = list(_rules_in(Path(__file__).parent / "validity", "prisma_lsp.lint.validity"))
    return _validity


def _rules_in(folder: Path, package: str) -> Iterator[Rule]:
    for path in sorted(folder.glob("*.py")):
        if path.stem == "__init__":
            continue
        yield from _rules_of(import_module(f"{package}.{path.stem}"))


def _rules_of(module: ModuleType) -> Iterator[Rule]:
    for value in vars(module).values():
        found = getattr(value, "rule", None)
        if isinstance(found, Rule) and value.__module__ == module.__name__:
            yield found


def level_of(rule: Rule, settings: Settings) -> str:
    """The level that a rule has by the settings: their own word, else the preset's; or "off".

    With `select` only what it names runs; a name of its own counts before a group's or a preset's.
    """
    chosen = settings.rules.get(rule.name)
    level = chosen.level if chosen is not None else None
    if level == "off" or rule.name in settings.ignore:
        return "off"
    named = (*(settings.select or ()), *settings.extend_select)
    if rule.name in named:
        return level or rule.level
    if settings.select is None:
        if level is not None:
            return level
        if _covers(settings.preset, rule):
            named = (settings.preset,)
    if not any(_covers(name, rule) for name in named):
        return "off"
    if any(_covers(name, rule) for name in settings.ignore):
        return "off"
    return level or rule.level


def may_have_rules(settings: Settings) -> bool:
    """Whether any rule may be on; where none can, they need not be loaded."""
    return settings.select is None or bool(settings.select or settings.extend_select)


def _covers(name: str, rule: Rule) -> bool:
    """Whether ``name`` is the rule's group, or a preset that has it."""
    if name == rule.group:
        return True
    return name in PRESETS and PRESETS.index(rule.preset) <= PRESETS.index(name)


def is_on(name: str, settings: Settings) -> bool:
    """Whether another rule speaks, for a rule that leaves something to it."""
    global _on
    if _on[0] is not settings:
        _on = (settings, {})
    known = _on[1]
    if name not in known:
        rule = find_rule(name)
        known[name] = rule is not None and level_of(rule, settings) != "off"
    return known[name]


# The settings that were asked for last, and what was answered.
_on: tuple[Settings | None, dict[str, bool]] = (None, {})


def options_in(rule: Rule, settings: Settings) -> Any:
    """The rule's options with the values that the settings give, by names in any of the usual
    spellings; None for a rule without."""
    if rule.options is None:
        return None
    fields = {name.replace("_", "-"): name for name in rule.options.__dataclass_fields__}
    given = {name.replace("_", "-"): value for name, value in settings.rule(rule.name).options.items()}
    return rule.options(**{fields[name]: value for name, value in given.items() if name in fields})


def find_rule(name: str) -> Rule | None:
    return next((rule for rule in all_rules() if rule.name == name), None)
