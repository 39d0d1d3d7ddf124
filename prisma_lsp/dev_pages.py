"""The generated pages: `docs/rules/*.md` from the rules' docstrings, `docs/settings.md` from the
settings and the rules' options."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp import settings
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.fixall import fixes_of
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.options import Option, options_of
from prisma_lsp.lint.rule import Rule, Safety, all_rules
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import Version
from prisma_lsp.syntax import document

_FENCE = re.compile(r"^```([a-z]+)([^\n`]*)\n(.*?)^```$", re.M | re.S)
_DRAWN = re.compile(r"^//(?: *\^+ |!\d+-\d+ ).*\n", re.M)
_SQL_DRAWN = re.compile(r"^--(?: *\^+ |!\d+-\d+ ).*\n", re.M)
_OFFERED = re.compile(r"^```fixes\n(.*?)^```$", re.M | re.S)
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")
_MEANING = {
    "T": "changes only the schema's text: Prisma Migrate has nothing to do",
    "R": "needs a migration that can be undone",
    "D": "needs a migration that rewrites or loses data",
}
_NEW_ONLY = "In a new database (`database = \"new\"`, or a name that no migration holds)"


def rule_page(rule: Rule, further: str) -> str:
    """The page of ``rule``; ``further`` is its page of test cases, for the fixes that it shows."""
    auto = _example_fixes(rule, "auto")
    # Whether there is a database makes no difference to what a migration says.
    new = [] if rule.node == "Migration" else _example_fixes(rule, "new")
    classes = _classes(rule, further)
    parts = [
        f"# {rule.name}",
        rule.summary,
        f"Group `{rule.group}`, preset `{rule.preset}`, level `{rule.level}`, "
        + (f"fixes of class {', '.join(f'`{one}`' for one in classes)}." if classes else "no fixes."),
    ]
    rest = rule.documentation.partition("\n")[2].strip()
    if rest:
        parts.append(_FENCE.sub(_labelled, rest))
    if auto or new:
        parts.append("## Fixes")
        parts.append("What is offered for the example:")
        parts.append(_fix_list(auto or new))
        if auto and new and new != auto:
            parts.append(f"{_NEW_ONLY}:")
            parts.append(_fix_list(new))
        used = [one for one in classes if any(fix.safety == one for fix in [*auto, *new])]
        parts.append("; ".join(f"`{one}` {_MEANING[one]}" for one in used) + ".")
    options = options_of(rule)
    if options:
        parts.append("## Options")
        parts.append(_option_table(options))
    parts.append("## Settings")
    parts.append(f'```toml\n[rules]\n{rule.name} = "off"\n```')
    parts.append("See [settings](../settings.md) for the levels and for where to write this. In one place only:")
    comment = f"prisma-lsp-ignore {rule.name}: the reason"
    if rule.node == "Migration":
        parts.append(f"```sql\n-- {comment}\n```")
    else:
        parts.append(f"```prisma\n// {comment}\n```")
    return "\n\n".join(parts) + "\n"


def index_page(further: dict[str, str]) -> str:
    """The list of all rules, by group."""
    parts = [
        "# Rules",
        "The preset is the smallest one that has the rule; `recommended` is what runs where nothing is"
        " set. Every fix says what Prisma Migrate would do with it:",
        "\n".join(f"- `{one}` {meaning}" for one, meaning in _MEANING.items()),
        "`prisma-lsp check --fix` and the editor's *fix all* take only `T`.",
    ]
    group = ""
    for rule in all_rules():
        if rule.group != group:
            group = rule.group
            parts.append(f"## {group.capitalize()}")
            parts.append("| rule | preset | level | fixes | why |\n| --- | --- | --- | --- | --- |")
        classes = " ".join(f"`{one}`" for one in _classes(rule, further.get(rule.name, "")))
        row = (
            f"| [{rule.name}]({rule.name}.md) | {rule.preset} | {rule.level} | {classes} "
            f"| {_cell(rule.summary)} |"
        )
        parts[-1] += "\n" + row
    return "\n\n".join(parts) + "\n"


def settings_page() -> str:
    """Every setting and every rule's options."""
    parts = [
        "# Settings",
        f"Write them into `{settings.FILE_NAME}` beside the schema or in a folder above it, up to the"
        " repository's top; or into `[tool.prisma-lsp]` of a `pyproject.toml`, or under"
        ' `"prisma-lsp"` in a `package.json`. The nearest folder that has one of them counts, and in it'
        " the first of them. An editor has the same settings in its section `prismaLsp`, in camelCase;"
        " they lie over those of the file, and the options of the command line over both. A setting"
        " that cannot be right is reported with its line.",
        "[prisma-lsp.schema.json](prisma-lsp.schema.json) describes them for editors of TOML and JSON:"
        " with `#:schema ./path/to/prisma-lsp.schema.json` as its first line, a `prisma-lsp.toml` is"
        " completed and checked by Taplo and by Even Better TOML in VS Code.",
        '```toml\ntenant-key = "shopId"\n\n[rules]\nid-strategy = "off"\n'
        'missing-fk-index = { level = "error" }\n\n[[overrides]]\nfiles = ["legacy/**"]\n'
        'models = ["Old*"]\nrules = { table-name-case = "off" }\n```',
        "```json\n{\n"
        '  "prismaLsp": {\n    "tenantKey": "shopId",\n'
        '    "rules": { "id-strategy": "off", "missing-fk-index": { "level": "error" } }\n  }\n}\n```',
    ]
    for field in settings.FIELDS:
        default = _value(field.default) if field.name != "rules" else ""
        facts = f"Type: {field.type}."
        if default:
            facts += f" Default: {default}."
        if field.minimum is not None:
            facts += f" From {field.minimum} to {field.maximum}."
        if field.client_name != field.name:
            facts += f" In an editor: `{field.client_name}`."
        parts += [f"## `{field.name}`", field.doc, facts]
    parts.append("## The rules' levels and options")
    rows = ["| rule | preset | level | options |", "| --- | --- | --- | --- |"]
    for rule in all_rules():
        options = ", ".join(f"`{option.name}`" for option in options_of(rule))
        rows.append(
            f"| [{rule.name}](rules/{rule.name}.md) | {rule.preset} | {rule.level} | {options} |"
        )
    parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _example_fixes(rule: Rule, database: settings.Database) -> list[Fix]:
    """What the rule offers for the example in its docstring."""
    files: dict[str, str] = {}
    scripts: list[str] = []
    newer: str | None = None
    chosen = settings.Layer()
    version: Version | None = None
    for kind, rest, body in _FENCE.findall(rule.documentation):
        words = rest.split()
        if kind == "prisma" and words[:1] not in (["fixed"], ["fix"]):
            files.setdefault(words[0] if words else "schema.prisma", _DRAWN.sub("", body))
        elif kind == "migration":
            scripts.append(body)
        elif kind == "sql" and not words and newer is None:
            newer = _SQL_DRAWN.sub("", body)
        elif kind == "settings":
            import tomllib

            names = [one.name for one in all_rules()]
            try:
                table = tomllib.loads(body)
            except tomllib.TOMLDecodeError as error:
                raise SystemExit(f"the settings in the docstring of {rule.name}: {error}") from None
            chosen, _ = settings.from_mapping(table, rules=names, source="page")
        elif kind == "installed":
            major, minor, *_ = body.split(".")
            version = Version(int(major), int(minor))
    merged = settings.merge(chosen)
    merged = merged._replace(database=database, extend_select=(*merged.extend_select, rule.name))
    if not any("datasource " in text for text in files.values()):
        # The examples are for PostgreSQL; where a schema has no datasource, Prisma knows no native types.
        files["datasource.prisma"] = 'datasource db {\n  provider = "postgresql"\n}\n'
    schema = Schema({path: document.read(text) for path, text in files.items()})
    found: dict[tuple[str, str], Fix] = {}
    if rule.node == "Migration":
        for fix in _migration_fixes(rule, schema, merged, scripts, newer or ""):
            found.setdefault((fix.safety, fix.title), fix)
        return list(found.values())
    environment = Environment(merged, Migrations.none(), prisma_version=version)
    linter = Linter(schema, environment)
    linter.work()
    bench = Workbench(linter.schema, environment)
    for file in linter.schema.files.values():
        for block in file.blocks:
            for finding in linter.findings(block):
                if finding.rule == rule.name and finding.source == rule.source:
                    for fix in fixes_of(finding, bench):
                        found.setdefault((fix.safety, fix.title), fix)
    return list(found.values())


def _migration_fixes(
    rule: Rule, schema: Schema, chosen: settings.Settings, scripts: list[str], newer: str
) -> Iterator[Fix]:
    """What a rule about migrations offers for ``newer``, applied after ``scripts``."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from prisma_lsp.lint.migration_linter import MigrationLinter
    from prisma_lsp.migrations.text import SqlText

    with TemporaryDirectory() as folder:
        for number, script in enumerate([*scripts, newer]):
            path = Path(folder) / f"{number:04}_change" / "migration.sql"
            path.parent.mkdir()
            path.write_bytes(script.encode("utf-8"))
        environment = Environment(chosen, Migrations.read(Path(folder)))
        bench = Workbench(schema, environment)
        checked = MigrationLinter(environment).check(str(path), SqlText.of(newer), schema)
        for finding in checked.findings:
            if finding.rule == rule.name:
                yield from fixes_of(finding, bench)


def _classes(rule: Rule, further: str) -> list[Safety]:
    """The classes of fixes that the rule's example and its cases show."""
    found = {fix.safety for fix in [*_example_fixes(rule, "auto"), *_example_fixes(rule, "new")]}
    shown = {line[0] for body in _OFFERED.findall(further) for line in body.splitlines() if line}
    return [one for one in ("T", "R", "D") if one in found or one in shown]


def _fix_list(fixes: list[Fix]) -> str:
    return "\n".join(f"- `{fix.safety}` {fix.title}" for fix in fixes)


def _labelled(match: re.Match[str]) -> str:
    """A fence of a docstring as a reader without our harness understands it."""
    kind, rest, body = match.groups()
    words = rest.split()
    file = f", `{words[-1]}`" if words and words[-1].endswith(".prisma") else ""
    label = ""
    if kind == "prisma" and words[:1] == ["fixed"]:
        label = f"Fixed{file}:\n\n"
    elif kind == "sql" and words[:1] == ["fixed"]:
        label = "Fixed:\n\n"
    elif kind == "sql" and words[:1] == ["fix"]:
        label = f"With the {_ORDINALS[int(words[1])]} fix:\n\n"
    elif kind == "sql":
        label = "The newest migration:\n\n"
    elif kind == "migration":
        label = "An earlier migration:\n\n"
    elif kind == "prisma" and words[:1] == ["fix"]:
        label = f"With the {_ORDINALS[int(words[1])]} fix{file}:\n\n"
    elif kind == "prisma" and words:
        label = f"`{words[0]}`:\n\n"
    elif kind == "installed":
        label = "With this version of Prisma installed:\n\n"
    languages = {"settings": "toml", "migration": "sql", "fixes": "text", "installed": "text"}
    language = languages.get(kind, kind)
    return f"{label}```{language}\n{body}```"


def _option_table(options: tuple[Option, ...]) -> str:
    rows = ["| option | type | default | what it does |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{option.name}` | {_cell(option.type_text)} | {_value(option.default)} | {_cell(option.doc)} |"
        for option in options
    ]
    return "\n".join(rows)


def _value(value: object) -> str:
    match value:
        case None:
            return "not set"
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return f'`"{value}"`'
        case tuple() | list():
            return "`[" + ", ".join(f'"{one}"' for one in value) + "]`"
        case _:
            return f"`{value}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def pages(further: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(path in `docs/`, content) of every page; ``further`` maps rules to their test pages."""
    for rule in all_rules():
        yield f"rules/{rule.name}.md", rule_page(rule, further.get(rule.name, ""))
    yield "rules/README.md", index_page(further)
    yield "settings.md", settings_page()
