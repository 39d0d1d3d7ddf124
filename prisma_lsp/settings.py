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
SECTION_NAME = "prisma-lsp"
# Files with settings of many tools, and what our part looks like in them.
_SHARED_FILES = (
    ("pyproject.toml", r"(?m)^[ \t]*\[+tool\.[\"']?prisma-lsp\b"),
    ("package.json", r'"prisma-lsp"[ \t\r\n]*:[ \t\r\n]*\{'),
)
FILE_NAMES = (FILE_NAME, *(name for name, _ in _SHARED_FILES))
MAX_FILE_BYTES = 1024 * 1024

Level = Literal["error", "warning", "info", "hint", "off"]
Validity = Literal["auto", "on", "off"]
StepBack = Literal["auto", "on", "off"]
Preset = Literal["essential", "recommended", "strict", "all"]
Database = Literal["auto", "new"]
Migrations = Literal["newest", "all"]

LEVELS: tuple[str, ...] = get_args(Level)

_MAX_DEPTH = 16
_MAX_NAMES = 1_000
_MAX_PATTERN = 500
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


class Override(NamedTuple):
    """What holds for some files or declarations only."""

    files: tuple[str, ...] = ()
    """Patterns of paths below ``base``; none: every file."""
    models: tuple[str, ...] = ()
    """Patterns of declarations' names; none: every one."""
    rules: Mapping[str, RuleSetting] = Options()
    base: str = ""
    """The folder that ``files`` count from."""
    number: int = 0
    """Which of its list's items it is, for telling of a mistake in it."""


class Settings(NamedTuple):
    """All settings.  ``FIELDS`` explains each."""

    preset: Preset = "recommended"
    validity: Validity = "auto"
    step_back: StepBack = "auto"
    max_diagnostics: int = 1000
    tenant_key: str | None = None
    database: Database = "auto"
    migrations: Migrations = "newest"
    rename_keeps_database_name: bool = True
    code_lens: bool = True
    inlay_referential_actions: bool = True
    inlay_table_names: bool = False
    inlay_column_names: bool = False
    inlay_constraint_names: bool = False
    inlay_relation_names: bool = False
    rules: Mapping[str, RuleSetting] = Options()
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()

    def rule(self, name: str) -> RuleSetting:
        """What is set for the rule ``name``; an empty setting when nothing is."""
        return self.rules.get(name) or RuleSetting()

    @property
    def steps_back(self) -> bool:
        """Whether Prisma's own language server answers the same client."""
        return self.step_back == "on"

    @property
    def reports_validity(self) -> bool:
        return self.validity == "on" or (self.validity == "auto" and not self.steps_back)


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
        "Whether to report what Prisma itself rejects, and to repair it. `auto`: unless `step-back`"
        " leaves it to Prisma's own extension.",
        choices=get_args(Validity),
    ),
    Field(
        "step-back",
        '"auto" | "on" | "off"',
        _DEFAULTS.step_back,
        "Whether an editor leaves to Prisma's own extension what that one does as well, so that"
        " nothing shows twice: what Prisma rejects, with its fixes; formatting, completion,"
        " definitions, references, renames, the outline; and comments on hover. `auto`: where the"
        " editor's extension of ours finds it running. The command line never steps back.",
        choices=get_args(StepBack),
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
        "migrations",
        '"newest" | "all"',
        _DEFAULTS.migrations,
        "Which `migration.sql` files the rules about migrations look at. `newest`: the last one, those"
        " that are named to `check` or changed since `--base`, and in an editor those that have been"
        " edited. Older ones have been applied: what they lost is lost, and Prisma refuses to go on"
        " when their text changes.",
        choices=get_args(Migrations),
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
    Field(
        "select",
        "list of names",
        _DEFAULTS.select,
        "Run these rules and no others, instead of those of the preset: names of rules, of groups"
        " (`indexes`) or of presets (`essential`).",
    ),
    Field(
        "extend-select",
        "list of names",
        _DEFAULTS.extend_select,
        "Run these rules, groups or presets as well.",
    ),
    Field(
        "ignore",
        "list of names",
        _DEFAULTS.ignore,
        "Do not run these rules or groups. A single rule that is selected, or that has a level of"
        " its own, runs although its group is ignored.",
    ),
    Field(
        "overrides",
        "list of tables",
        _DEFAULTS.overrides,
        "Other levels and options for some places, each with `files` (patterns of paths from the"
        " folder of the settings: `legacy/**`, `*.gen.prisma`), `models` (patterns of names of"
        " models, enums, views and types: `Legacy*`), or both, and `rules` as above. Later ones"
        " count before earlier ones.",
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
    item: int | None = None
    """The number of the list's item that it is about, where it is about one."""

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
    overrides: list[Override] = []
    for layer in layers:
        selected = {
            name
            for key in ("select", "extend_select")
            for name in cast("tuple[str, ...]", layer.values.get(key) or ())
        }
        for name in selected & rules.keys():
            # Named in a later layer: an earlier "off" is overruled.
            if rules[name].level == "off":
                rules[name] = RuleSetting(None, rules[name].options)
        wanted = selected | {name for name, one in layer.rules.items() if one.level not in (None, "off")}
        if wanted and "ignore" in values:
            ignored = cast("tuple[str, ...]", values["ignore"])
            values["ignore"] = tuple(name for name in ignored if name not in wanted)
        before_ignored = cast("tuple[str, ...]", values.get("ignore", ()))
        values.update(layer.values)
        if "ignore" in layer.values:
            values["ignore"] = before_ignored + cast("tuple[str, ...]", layer.values["ignore"])
        overrides += cast("tuple[Override, ...]", layer.values.get("overrides", ()))
        rules = merged_rules(rules, layer.rules)
    if overrides:
        values["overrides"] = tuple(overrides)
    # The values were checked when the layer was made.
    checked = cast("dict[str, object]", {**_DEFAULTS._asdict(), **values})
    return _DEFAULTS._replace(**{**checked, "rules": Options(rules)})  # type: ignore[arg-type]


def merged_rules(
    under: Mapping[str, RuleSetting], over: Mapping[str, RuleSetting]
) -> dict[str, RuleSetting]:
    """The rules of two layers: levels and options of ``over`` before those of ``under``."""
    rules = dict(under)
    for name, setting in over.items():
        before = rules.get(name, RuleSetting())
        rules[name] = RuleSetting(
            setting.level or before.level, Options({**before.options, **setting.options})
        )
    return rules


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
    """The layer of a file with settings, and what is wrong in it, with lines where known.

    An unreadable or ill-formed file gives an empty layer and one problem.  Never raises.
    """
    source = os.fspath(path)
    text, reason, line = _text_of(path)
    if text is None:
        return Layer(), [Problem(source, "", reason, line)]
    table, problem = _table(path, text)
    if problem is not None:
        return Layer(), [problem]
    layer, problems = from_mapping(table, rules=rules, source=source)
    return with_base(layer, os.path.dirname(source)), [placed(one, path, text) for one in problems]


def with_base(layer: Layer, base: str) -> Layer:
    """``layer`` with the folder that the paths in it count from."""
    if "overrides" not in layer.values:
        return layer
    overrides = cast("tuple[Override, ...]", layer.values["overrides"])
    based = tuple(one._replace(base=base) for one in overrides)
    return layer._replace(values=Options({**layer.values, "overrides": based}))


def located(problems: Iterable[Problem], path: Path) -> list[Problem]:
    """``problems`` of the file ``path`` with their lines."""
    problems = list(problems)
    text = _text_of(path)[0] if problems else None
    return [placed(one, path, text) for one in problems] if text is not None else problems


def _text_of(path: Path) -> tuple[str | None, str, int | None]:
    """The text of a file; or None, why there is none, and the line where that is so."""
    try:
        if not os.path.isfile(path):
            return None, "is not a file" if os.path.lexists(path) else "does not exist", None
        with open(path, "rb") as handle:
            data = handle.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            return None, f"is larger than {MAX_FILE_BYTES >> 10} KiB", None
        return data.decode("utf-8-sig"), "", None
    except UnicodeDecodeError as error:
        return None, "is not UTF-8", data.count(b"\n", 0, error.start) + 1
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        return None, f"cannot be read: {reason}", None


def _table(path: Path, text: str) -> tuple[object, Problem | None]:
    """Our part of the file; None where it has none."""
    source = os.fspath(path)
    try:
        if path.name == "package.json":
            import json

            data = json.loads(text)
            return data.get(SECTION_NAME) if isinstance(data, dict) else None, None
        # Most projects have no such file: they need not wait for the parser.
        import tomllib

        table: object = tomllib.loads(text)
        if path.name == "pyproject.toml":
            tool = table.get("tool") if isinstance(table, dict) else None
            return tool.get(SECTION_NAME) if isinstance(tool, dict) else None, None
        return table, None
    except RecursionError:
        return None, Problem(source, "", "is nested too deeply")
    except ValueError as error:
        if path.name == "package.json":
            line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
            message = getattr(error, "msg", str(error))
            return None, Problem(source, "", message[:1].lower() + message[1:], line, column)
        return None, _toml_problem(source, text, str(error))


def find_file(start: Path, root: Path | None) -> Path | None:
    """The nearest file with settings in or above ``start`` (a file or a folder): `prisma-lsp.toml`,
    else a `pyproject.toml` with `[tool.prisma-lsp]`, else a `package.json` with `"prisma-lsp"`.

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
        if os.path.lexists(path):
            # A folder or a device is a mistake to tell of, not to pass by.
            return Path(path)
        for other, mark in _SHARED_FILES:
            path = os.path.join(folder, other)
            if os.path.isfile(path) and _has_section(Path(path), mark):
                return Path(path)
    return None


def _has_section(path: Path, mark: str) -> bool:
    text = _text_of(path)[0]
    if text is None or SECTION_NAME not in text:
        return False
    table, problem = _table(path, text)
    # One that cannot be read has our part where it looks like it.
    return table is not None if problem is None else re.search(mark, text) is not None


class _Reader:
    """Checks one source's values; what is wrong goes to ``problems``."""

    __slots__ = ("names", "problems", "source")

    def __init__(self, source: str, names: frozenset[str], problems: list[Problem]) -> None:
        self.source = source
        self.names = names
        self.problems = problems

    def problem(self, key: str, message: str, item: int | None = None) -> None:
        self.problems.append(Problem(self.source, key, message, item=item))

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
                hint = suggestion(_normal(key), by_normal)
                self.problem(path, f"unknown {noun}{hint}")
            elif name in seen:
                self.problem(path, f"is the same {noun} as `{seen[name]}`; the first one counts")
            elif value is not None:
                seen[name] = path
                yield path, name, value

    def value(self, field: Field, key: str, value: object) -> object:
        """``value`` when it is right for ``field``, else None and a problem."""
        if field.type == "list of names":
            # Editors send a list that nobody has filled; to select nothing is another thing.
            return (self.strings(key, value) or None) if field.default == () else self.strings(key, value)
        if field.type == "list of tables":
            return self.overrides(key, value) or None
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

    def strings(self, key: str, value: object) -> tuple[str, ...] | None:
        if isinstance(value, (list, tuple)):
            if len(value) > _MAX_NAMES:
                self.problem(key, f"must not have more than {_MAX_NAMES} entries")
                return None
            wrong = next((n for n, item in enumerate(value) if not isinstance(item, str)), None)
            if wrong is None:
                return tuple(value)
            kind = _kind(value[wrong])
            self.problem(key, f"must be a list of strings, and one of them is {kind}", wrong)
        else:
            self.problem(key, f"must be a list of strings, not {_kind(value)}")
        return None

    def overrides(self, key: str, value: object) -> tuple[Override, ...] | None:
        if not isinstance(value, (list, tuple)):
            self.problem(key, f"must be a list of tables, not {_kind(value)}")
            return None
        if len(value) > _MAX_NAMES:
            self.problem(key, f"must not have more than {_MAX_NAMES} entries")
            return None
        found = (self.override(f"{key}[{index}]", one, index) for index, one in enumerate(value))
        return tuple(one for one in found if one is not None)

    def override(self, key: str, data: object, number: int) -> Override | None:
        if not isinstance(data, Mapping):
            self.problem(key, f"must be a table, not {_kind(data)}")
            return None
        values: dict[str, object] = {}
        for path, name, value in self.pairs(data, f"{key}.", Override._fields[:3], "key"):
            if name == "rules":
                values[name] = Options(self.rules(value, path))
                continue
            patterns = self.strings(path, value)
            if patterns is None:
                return None
            for item, pattern in enumerate(patterns):
                if reason := _wrong_pattern(pattern, is_path=name == "files"):
                    self.problem(path, f"{_short(pattern)} {reason}", item)
                    return None
            values[name] = patterns
        if not values.get("files") and not values.get("models"):
            self.problem(key, "needs `files` or `models`: without both it would hold everywhere")
            return None
        if not values.get("rules"):
            self.problem(key, "has no `rules`, so it changes nothing")
            return None
        return Override(**values, number=number)  # type: ignore[arg-type]

    def choice(self, key: str, value: object, choices: tuple[str, ...]) -> str | None:
        if isinstance(value, str) and value in choices:
            return value
        expected = ", ".join(f'"{choice}"' for choice in choices)
        hint = suggestion(value, choices) if isinstance(value, str) else ""
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


def _wrong_pattern(pattern: str, *, is_path: bool) -> str:
    """Why a pattern cannot be meant; "" where it can."""
    if not pattern or len(pattern) > _MAX_PATTERN:
        return f"must have from 1 to {_MAX_PATTERN} characters"
    if is_path and (pattern.startswith(("/", "\\")) or pattern[1:2] == ":"):
        return "must be a path from the folder of the settings"
    if is_path and ".." in pattern.replace("\\", "/").split("/"):
        return "must not leave the folder of the settings"
    return ""


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


def suggestion(name: str, known: Iterable[str]) -> str:
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


def placed(problem: Problem, path: Path, text: str) -> Problem:
    """``problem`` with its place in the file ``path``: that of its key, or of the nearest one above."""
    if not problem.key or problem.line is not None:
        return problem
    from prisma_lsp.locate import places

    shared = {"pyproject.toml": ("tool", SECTION_NAME), "package.json": (SECTION_NAME,)}
    root = shared.get(path.name, ())
    found = {
        tuple(one if isinstance(one, int) else _normal(one) for one in where[len(root) :]): place
        for where, place in reversed(places(text, is_json=path.name.endswith(".json")).items())
        if where[: len(root)] == root
    }
    parts: list[str | int] = []
    for name in problem.key.split("."):
        parts.append(_normal(name.partition("[")[0]))
        parts += map(int, re.findall(r"\[(\d+)\]", name))
    if problem.item is not None:
        parts.append(problem.item)
    while tuple(parts) not in found and parts:
        parts.pop()
    line, column = found.get(tuple(parts), (None, None))
    return problem._replace(line=line, column=column)
