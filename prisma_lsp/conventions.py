"""Which conventions a schema follows already, and in what share of its places.

The rules themselves are the measure: each is run with every choice its options have, and the choice
with the fewest findings is what the schema means.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple, get_args

from prisma_lsp.lint.context import Context, Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.names import words
from prisma_lsp.lint.options import options_of
from prisma_lsp.lint.rule import Rule, all_rules, level_of
from prisma_lsp.lint.tenancy import tenant_field
from prisma_lsp.schema.declarations import Enum, Field, Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Options, RuleSetting, Settings

# Followed in at least this share of its places, a convention is one.
ENOUGH = 0.8
_GROUPS = ("naming", "ids", "timestamps", "tenancy", "deletion")
# Outside of these groups, but a matter of taste as well.
_OTHERS = ("explicit-referential-actions", "string-without-length", "three-state-boolean")
# Of fewer places nothing can be learned.
_FEW = 3


class Convention(NamedTuple):
    """What a rule says of the schema with the options that fit it best."""

    rule: Rule
    options: dict[str, object]
    places: int
    breaches: int

    @property
    def share(self) -> float:
        return 1 - self.breaches / self.places if self.places else 1.0

    @property
    def is_followed(self) -> bool:
        return self.places < _FEW or self.share >= ENOUGH


class Learned(NamedTuple):
    """What the schemas have in common."""

    conventions: list[Convention]
    tenant_key: str | None
    tenant_models: int
    models: int
    fields: int
    soft_delete: Counter[str]


def learn(found: Iterable[tuple[Schema, Environment]], settings: Settings) -> Learned:
    """Look at every schema with ``settings``; those of the environments do not count."""
    rules = [
        rule
        for rule in all_rules()
        if (rule.group in _GROUPS or rule.name in _OTHERS)
        and rule.level != "error"
        and level_of(rule, settings) != "off"
    ]
    schemas = list(found)
    breaches: dict[str, list[tuple[dict[str, object], int]]] = {rule.name: [] for rule in rules}
    places: Counter[str] = Counter()
    tenants: Counter[str] = Counter()
    deleted: Counter[str] = Counter()
    models = fields = 0
    for schema, environment in schemas:
        for rule in rules:
            places[rule.name] += _places(rule, schema)
        context = Context(schema, _with(environment, settings))
        for model in _models(schema):
            models += 1
            fields += len(model.fields)
            if (key := tenant_field(model, context)) is not None:
                tenants[key] += 1
            deleted.update(name for name in model.fields if _DELETED.fullmatch(name))
    tenant: str | None = None
    number = 0
    for name, count in tenants.most_common(1):
        if count > 1:
            tenant, number = name, count
    # With the key written down the rules see more than by guessing it.
    settings = settings._replace(tenant_key=tenant)
    choices = {rule.name: list(_choices(rule, [schema for schema, _ in schemas])) for rule in rules}
    for number in range(max(map(len, choices.values()), default=0)):
        asked = {name: given[number] for name, given in choices.items() if number < len(given)}
        chosen = {name: RuleSetting(None, Options(given)) for name, given in asked.items()}
        counts: Counter[str] = Counter()
        for schema, environment in schemas:
            now = settings._replace(
                select=tuple(asked), extend_select=(), ignore=(), validity="off",
                rules=Options(chosen),
            )  # fmt: skip
            counts += _counts(schema, _with(environment, now))
        for name, given in asked.items():
            breaches[name].append((given, counts[name]))
    conventions = []
    for rule in rules:
        # The first of equals is the rule's own default.
        options, count = min(breaches[rule.name], key=lambda one: one[1])
        conventions.append(Convention(rule, options, max(places[rule.name], count), count))
    return Learned(conventions, tenant, number, models, fields, deleted)


_DELETED = re.compile(r"(deleted|removed|archived)_?(at|on)|is_?(deleted|removed|archived)", re.I)


def _with(environment: Environment, settings: Settings) -> Environment:
    return Environment(
        settings, environment.migrations, environment.auth_library, environment.prisma_version
    )


def _counts(schema: Schema, environment: Environment) -> Counter[str]:
    linter = Linter(schema, environment)
    linter.work()
    return Counter(
        finding.rule
        for file in schema.files.values()
        for block in file.blocks
        for finding in linter.findings(block)
        if finding.source != "prisma"
    )


def _models(schema: Schema) -> Iterator[Model]:
    for declaration in schema.all_declarations():
        if isinstance(declaration, Model) and declaration.kind == "model":
            yield declaration


def _fields(schema: Schema) -> Iterator[Field]:
    for model in _models(schema):
        yield from model.fields.values()


def _places(rule: Rule, schema: Schema) -> int:
    """Where the rule could have found something."""
    names = {declaration.name for declaration in _models(schema)}
    if rule.name == "explicit-referential-actions":
        return sum(field.key is not None for field in _fields(schema))
    if rule.group == "timestamps" and rule.node != "Model":
        return sum(field.type_name == "DateTime" for field in _fields(schema))
    match rule.node:
        case "Model" | "Declaration":
            return len(names)
        case "Enum":
            return sum(isinstance(one, Enum) for one in schema.all_declarations())
        case "EnumValue":
            values = (v for one in schema.all_declarations() if isinstance(one, Enum) for v in one.values)
            return sum(1 for _ in values)
        case "RelationField":
            return sum(field.type_name in names for field in _fields(schema))
        case _:
            # A name of one word is written in the same way in most conventions.
            named = rule.group == "naming"
            return sum(
                field.type_name not in names and (not named or len(words(field.name)) > 1)
                for field in _fields(schema)
            )


def _choices(rule: Rule, schemas: list[Schema]) -> Iterator[dict[str, object]]:
    """The options to try, the rule's own defaults first."""
    yield {}
    if rule.name == "require-timestamps":
        created = _most(schemas, re.compile(r"(?i)(date_?|time_?)?(created|inserted|added)(_?(at|on|date|time))?"))
        updated = _most(schemas, re.compile(r"(?i)(date_?|time_?)?(updated|modified|changed)(_?(at|on|date|time))?"))
        if created and updated:
            yield {"created": created, "updated": updated}
        return
    for option in options_of(rule):
        for value in get_args(option.type):
            if isinstance(value, str) and value not in (option.default, "any"):
                yield {option.attribute: value}


def _most(schemas: list[Schema], pattern: re.Pattern[str]) -> str | None:
    counts = Counter(
        field.name
        for schema in schemas
        for field in _fields(schema)
        if field.type_name == "DateTime" and pattern.fullmatch(field.name)
    )
    return counts.most_common(1)[0][0] if counts else None
