"""The settings: one frozen value, put together from layers of partial ones.

The client's section `prismaLsp` and the file `prisma-lsp.toml` have the same form.  Each becomes
a ``Layer``; ``merge`` lays them over each other, later over earlier.  What a user gets wrong is
a ``Problem`` to show, never an exception: the rest of the layer counts, the default stays.

``FIELDS`` describes every setting; documentation and the editors' settings are made from it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, cast, get_args

FILE_NAME = "prisma-lsp.toml"
MAX_FILE_BYTES = 1024 * 1024

Level = Literal["error", "warning", "info", "hint", "off"]
Validity = Literal["auto", "on", "off"]
Preset = Literal["essential", "recommended", "strict", "all"]
Database = Literal["auto", "new"]

LEVELS: tuple[str, ...] = get_args(Level)

_MAX_DEPTH = 16
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)\Z")


_Value = TypeVar("_Value", covariant=True)


class Options(Mapping[str, _Value]):
    """A mapping that does not change, compares by content and can be hashed."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, _Value] | None = None) -> None:
        self._items = dict(items or {})

    def __getitem__(self, key: str) -> _Value:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Options) and self._items == other._items

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return f"Options({self._items!r})"


class RuleSetting(NamedTuple):
    """What the user says about one rule."""

    level: Level | None = None
    """None: the rule's own level."""
    options: Mapping[str, object] = Options()
    """By snake_case name; lists are tuples, tables are ``Options``.  The rule checks them."""


class Settings(NamedTuple):
    """All settings.  ``FIELDS`` explains each."""

    preset: Preset = "recommended"
    validity: Validity = "auto"
    max_diagnostics: int = 1000
    tenant_key: str | None = None
    database: Database = "auto"
    rename_keeps_database_name: bool = True
    code_lens: bool = True
    inlay_referential_actions: bool = True
    inlay_table_names: bool = False
    inlay_column_names: bool = False
    inlay_constraint_names: bool = False
    inlay_relation_names: bool = False
    rules: Mapping[str, RuleSetting] = Options()

    def rule(self, name: str) -> RuleSetting:
        """What is set for the rule ``name``; an empty setting when nothing is."""
        return self.rules.get(name) or RuleSetting()


class Field(NamedTuple):
    """One setting, for documentation and editors."""

    name: str
    """As in `prisma-lsp.toml`: kebab-case."""
    type: str
    default: object
    doc: str
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    @property
    def attribute(self) -> str:
        """The name in ``Settings``."""
        return self.name.replace("-", "_")

    @property
    def client_name(self) -> str:
        """The name in an editor's section `prismaLsp`: camelCase."""
        first, *rest = self.name.split("-")
        return first + "".join(word.capitalize() for word in rest)


_DEFAULTS = Settings()

FIELDS: tuple[Field, ...] = (
    Field(
        "preset",
        '"essential" | "recommended" | "strict" | "all"',
        _DEFAULTS.preset,
        "The set of rules to start from: `essential` is what is wrong in any house, `recommended`"
        " the house conventions, `strict` what only some teams want, `all` everything. A level in"
        " `rules` switches a single rule on or off.",
        choices=get_args(Preset),
    ),
    Field(
        "validity",
        '"auto" | "on" | "off"',
        _DEFAULTS.validity,
        "Whether to report what Prisma itself rejects. `off` where Prisma's own extension runs"
        " too, so that nothing is reported twice; `auto` decides by the editor.",
        choices=get_args(Validity),
    ),
    Field(
        "max-diagnostics",
        "integer",
        _DEFAULTS.max_diagnostics,
        "The most findings to show for one file, errors first. The last one says how many more"
        " there are.",
        minimum=1,
        maximum=100_000,
    ),
    Field(
        "tenant-key",
        "string",
        _DEFAULTS.tenant_key,
        "The name of the foreign-key field that every tenant-scoped model has, for example"
        " `shopId`. Without it, it is the foreign key to one and the same model that at least"
        " 60 % of the models hold, if there is one.",
    ),
    Field(
        "database",
        '"auto" | "new"',
        _DEFAULTS.database,
        "`new`: no database exists yet, so every fix may change names freely. `auto`: a name is"
        " new when a migrations folder exists and no migration in it holds the name.",
        choices=get_args(Database),
    ),
    Field(
        "rename-keeps-database-name",
        "boolean",
        _DEFAULTS.rename_keeps_database_name,
        "Whether a rename in the editor leaves the database as it is: the old name is written into"
        " `@map` or `@@map`, and what is only a name in the database is not renamed. `false`: the"
        " database's name follows, and the next migration has to rename it there.",
    ),
    Field(
        "code-lens",
        "boolean",
        _DEFAULTS.code_lens,
        "Whether to show lines above a model: its references, relations and indexes, and foreign keys"
        " without an index with their repair.",
    ),
    Field(
        "inlay-referential-actions",
        "boolean",
        _DEFAULTS.inlay_referential_actions,
        "Whether to show the `onDelete` and `onUpdate` that Prisma adds where none is written.",
    ),
    Field(
        "inlay-table-names",
        "boolean",
        _DEFAULTS.inlay_table_names,
        "Whether to show the names that tables, views and enum types have where no `@@map` is written.",
    ),
    Field(
        "inlay-column-names",
        "boolean",
        _DEFAULTS.inlay_column_names,
        "Whether to show the names that columns have where no `@map` is written.",
    ),
    Field(
        "inlay-constraint-names",
        "boolean",
        _DEFAULTS.inlay_constraint_names,
        "Whether to show the names that keys, indexes and foreign keys have where no `map` is written.",
    ),
    Field(
        "inlay-relation-names",
        "boolean",
        _DEFAULTS.inlay_relation_names,
        "Whether to show the names that Prisma gives to relations without one.",
    ),
    Field(
        "rules",
        "table",
        _DEFAULTS.rules,
        'A level for each rule by name: `"error"`, `"warning"`, `"info"`, `"hint"` or `"off"`;'
        ' or a table with `level` and the options of the rule: `{ level = "warning", … }`.',
        choices=LEVELS,
    ),
)

_FIELDS = {field.attribute: field for field in FIELDS}


class Layer(NamedTuple):
    """Some of the settings, checked: what one source says."""

    values: Mapping[str, object] = Options()
    """By attribute of ``Settings``, without ``rules``."""
    rules: Mapping[str, RuleSetting] = Options()


class Problem(NamedTuple):
    """Something wrong in the settings of ``source`` (a file's path, or the client's name)."""

    source: str
    key: str
    """The dotted path of the key, as the user wrote it; empty when it is about the whole."""
    message: str
    line: int | None = None
    """From 1; None when unknown."""
    column: int | None = None
    """From 1, in characters; None when unknown."""

    def __str__(self) -> str:
        place = "".join(f":{part}" for part in (self.line, self.column) if part is not None)
        key = f"`{self.key}`: " if self.key else ""
        return f"{self.source}{place}: {key}{self.message}"


def merge(*layers: Layer) -> Settings:
    """The defaults under all ``layers``, later over earlier.

    Rules merge by name: a later level replaces the level, later options replace those of the
    same name.
    """
    values: dict[str, object] = {}
    rules: dict[str, RuleSetting] = {}
    for layer in layers:
        values.update(layer.values)
        for name, setting in layer.rules.items():
            before = rules.get(name, RuleSetting())
            rules[name] = RuleSetting(
                setting.level or before.level, Options({**before.options, **setting.options})
            )
    # The values were checked when the layer was made.
    checked = cast("dict[str, object]", {**_DEFAULTS._asdict(), **values})
    return _DEFAULTS._replace(**{**checked, "rules": Options(rules)})  # type: ignore[arg-type]


def combine(*layers: Layer) -> Layer:
    """One layer of several, later over earlier."""
    values: dict[str, object] = {}
    rules: dict[str, RuleSetting] = {}
    for layer in layers:
        values.update(layer.values)
        rules.update(layer.rules)
    return Layer(Options(values), Options(rules))


def from_mapping(
    data: object, *, rules: Collection[str], source: str
) -> tuple[Layer, list[Problem]]:
    """The layer that ``data`` (decoded JSON or TOML) states, and what is wrong in it.

    ``rules`` are the names of the existing rules, ``source`` is for the problems.  Keys may be
    in kebab-case, camelCase or snake_case; None counts as not given.  Never raises.
    """
    problems: list[Problem] = []
    if data is None:
        return Layer(), problems
    if not isinstance(data, Mapping):
        message = f"settings must be a table, not {_kind(data)}"
        return Layer(), [Problem(source, "", message)]
    if len(data) == 1 and _normal(next(iter(data))) == "prisma_lsp":
        # Many clients send the section under its name.
        return from_mapping(next(iter(data.values())), rules=rules, source=source)
    reader = _Reader(source, frozenset(rules), problems)
    values: dict[str, object] = {}
    found: Mapping[str, RuleSetting] = {}
    for key, name, value in reader.pairs(data, "", _FIELDS, "setting"):
        if name == "rules":
            found = reader.rules(value, key)
        elif (checked := reader.value(_FIELDS[name], key, value)) is not None:
            values[name] = checked
    return Layer(Options(values), Options(found)), problems


def load_file(path: Path, *, rules: Collection[str]) -> tuple[Layer, list[Problem]]:
    """The layer of a `prisma-lsp.toml`, and what is wrong in it, with lines where known.

    An unreadable or ill-formed file gives an empty layer and one problem.  Never raises.
    """
    source = os.fspath(path)
    try:
        if not os.path.isfile(path):
            reason = "is not a file" if os.path.lexists(path) else "does not exist"
            return Layer(), [Problem(source, "", reason)]
        with open(path, "rb") as handle:
            data = handle.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            return Layer(), [Problem(source, "", f"is larger than {MAX_FILE_BYTES >> 10} KiB")]
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Layer(), [Problem(source, "", "is not UTF-8", line)]
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        return Layer(), [Problem(source, "", f"cannot be read: {reason}")]

    # Most projects have no such file: they need not wait for the parser.
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Layer(), [_toml_problem(source, text, str(error))]
    except RecursionError:
        return Layer(), [Problem(source, "", "is nested too deeply")]
    layer, problems = from_mapping(table, rules=rules, source=source)
    return layer, [_placed(problem, text) for problem in problems]


def find_file(start: Path, root: Path | None) -> Path | None:
    """The nearest `prisma-lsp.toml` in or above ``start`` (a file or a folder).

    Looks no higher than ``root`` and the repository (the folder with `.git`); outside both,
    only in the folder itself.
    """
    name = os.path.abspath(start)
    folder = name if os.path.isdir(name) else os.path.dirname(name)
    stop = None if root is None else os.path.abspath(root)
    folders: list[str] = []
    while True:
        folders.append(folder)
        parent = os.path.dirname(folder)
        if folder == stop or os.path.lexists(os.path.join(folder, ".git")):
            break
        if parent == folder:
            # Neither was met: a file in a stranger's folder far above is not meant for this.
            del folders[1:]
            break
        folder = parent
    for folder in folders:
        path = os.path.join(folder, FILE_NAME)
        if os.path.isfile(path):
            return Path(path)
    return None


class _Reader:
    """Checks one source's values; what is wrong goes to ``problems``."""

    __slots__ = ("names", "problems", "source")

    def __init__(self, source: str, names: frozenset[str], problems: list[Problem]) -> None:
        self.source = source
        self.names = names
        self.problems = problems

    def problem(self, key: str, message: str) -> None:
        self.problems.append(Problem(self.source, key, message))

    def pairs(
        self, data: Mapping[object, object], prefix: str, known: Collection[str], noun: str
    ) -> Iterator[tuple[str, str, object]]:
        """(key path as written, known name, value) of the entries that count."""
        by_normal = {_normal(name): name for name in known}
        seen: dict[str, str] = {}
        for key, value in data.items():
            path = f"{prefix}{_text(key)}"
            name = by_normal.get(_normal(key))
            if name is None:
                hint = _suggestion(_normal(key), by_normal)
                self.problem(path, f"unknown {noun}{hint}")
            elif name in seen:
                self.problem(path, f"is the same {noun} as `{seen[name]}`; the first one counts")
            elif value is not None:
                seen[name] = path
                yield path, name, value

    def value(self, field: Field, key: str, value: object) -> object:
        """``value`` when it is right for ``field``, else None and a problem."""
        if field.choices:
            return self.choice(key, value, field.choices)
        if isinstance(field.default, bool):
            if isinstance(value, bool):
                return value
            self.problem(key, f"must be true or false, not {_kind(value)}")
            return None
        if field.minimum is not None and field.maximum is not None:
            if isinstance(value, float) and value.is_integer():
                # Some clients know no integers.
                value = int(value)
            if isinstance(value, bool) or not isinstance(value, int):
                self.problem(key, f"must be a whole number, not {_kind(value)}")
            elif not field.minimum <= value <= field.maximum:
                self.problem(
                    key, f"must be from {field.minimum} to {field.maximum}, not {_short(value)}"
                )
            else:
                return value
            return None
        if value == "":
            # What an editor's settings page holds when nothing was typed.
            return None
        if not isinstance(value, str):
            self.problem(key, f"must be a string, not {_kind(value)}")
        elif not _IDENTIFIER.match(value):
            self.problem(key, f"must be the name of a field, not {_short(value)}")
        else:
            return value
        return None

    def choice(self, key: str, value: object, choices: tuple[str, ...]) -> str | None:
        if isinstance(value, str) and value in choices:
            return value
        expected = ", ".join(f'"{choice}"' for choice in choices)
        hint = _suggestion(value, choices) if isinstance(value, str) else ""
        self.problem(key, f"must be one of {expected}, not {_short(value)}{hint}")
        return None

    def rules(self, data: object, key: str) -> dict[str, RuleSetting]:
        found: dict[str, RuleSetting] = {}
        if not isinstance(data, Mapping):
            self.problem(key, f"must be a table of rules, not {_kind(data)}")
            return found
        for path, name, value in self.pairs(data, f"{key}.", sorted(self.names), "rule"):
            if isinstance(value, Mapping):
                found[name] = self.rule(path, value)
            elif isinstance(value, str):
                found[name] = RuleSetting(self.level(path, value))
            else:
                self.problem(path, f"must be a level or a table, not {_kind(value)}")
        return {name: setting for name, setting in found.items() if any(setting)}

    def rule(self, key: str, data: Mapping[object, object]) -> RuleSetting:
        level: Level | None = None
        options: dict[str, object] = {}
        for name, value in data.items():
            path = f"{key}.{_text(name)}"
            if value is None:
                continue
            if _normal(name) == "level":
                level = self.level(path, value)
                continue
            try:
                options[_normal(name)] = _frozen(value, _MAX_DEPTH)
            except ValueError as error:
                self.problem(path, str(error))
        return RuleSetting(level, Options(options))

    def level(self, key: str, value: object) -> Level | None:
        return cast("Level | None", self.choice(key, value, LEVELS))


def _normal(key: object) -> str:
    """``key`` in snake_case, whatever case it is written in."""
    return _CAPITAL.sub("_", _text(key)).replace("-", "_").lower()


def _text(key: object) -> str:
    # JSON and TOML have string keys only; anything else must merely not raise.
    return key if isinstance(key, str) else type(key).__name__


def _frozen(value: object, depth: int) -> object:
    """``value`` with tuples for lists and ``Options`` for tables; ValueError when too deep or
    nothing that JSON or TOML can state."""
    if not depth:
        raise ValueError("is nested too deeply")
    if isinstance(value, Mapping):
        return Options({_text(key): _frozen(item, depth - 1) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(_frozen(item, depth - 1) for item in value)
    try:
        hash(value)
    except TypeError:
        raise ValueError(f"cannot be {_kind(value)}") from None
    return value


def _suggestion(name: str, known: Iterable[str]) -> str:
    # Only a mistake needs it, and start-up should not pay for it.
    import difflib

    # A key may be as long as its sender likes; difflib's time is the product of the lengths.
    near = difflib.get_close_matches(name[:80].lower(), list(known), 1)
    return f"; did you mean `{_shown(near[0], known)}`?" if near else ""


def _shown(near: str, known: Iterable[str]) -> str:
    if isinstance(known, Mapping):
        return str(known[near]).replace("_", "-")
    return near


def _kind(value: object) -> str:
    match value:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "a table"
        case list() | tuple():
            return "a list"
        case None:
            return "null"
        case _:
            return f"a {type(value).__name__}"


def _short(value: object) -> str:
    if isinstance(value, str):
        return f'"{value[:40]}…"' if len(value) > 40 else f'"{value}"'
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 64:
        return str(value)
    return _kind(value)


def _toml_problem(source: str, text: str, message: str) -> Problem:
    place = _TOML_PLACE.search(message)
    if place:
        return Problem(source, "", message[: place.start()].lower(), int(place[1]), int(place[2]))
    lines = text.split("\n")
    message = message.removesuffix(" (at end of document)").lower()
    return Problem(source, "", message, len(lines), len(lines[-1]) + 1)


def _placed(problem: Problem, text: str) -> Problem:
    """``problem`` with its line, when one line alone can be meant."""
    name = problem.key.rpartition(".")[2]
    if not name or problem.line is not None:
        return problem
    # As a key first; else anywhere: an inline table holds its keys in mid-line.
    for pattern in (
        rf"""(?m)^[ \t]*["']?{re.escape(name)}["']?[ \t]*=""",
        rf"(?<![\w-]){re.escape(name)}(?![\w-])",
    ):
        places = list(re.finditer(pattern, text))
        if len(places) == 1:
            return problem._replace(line=text.count("\n", 0, places[0].end()) + 1)
    return problem
