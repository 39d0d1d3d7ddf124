"""``prisma-lsp init``: settings that fit a project as it is."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from prisma_lsp import baseline, check, discovery, files, settings
from prisma_lsp.console import complain, display_path, write
from prisma_lsp.conventions import ENOUGH, Convention, Learned, learn
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.options import checked
from prisma_lsp.lint.rule import all_rules
from prisma_lsp.prismalint import Translated, translate
from prisma_lsp.project import environment_of
from prisma_lsp.report import Entry
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import FILE_NAME, RuleSetting, Settings
from prisma_lsp.syntax import document

_REASON = "found when prisma-lsp came"


def main(path: str, *, with_baseline: bool, add_ignores: bool, force: bool) -> int:
    """Write the settings, and the baseline or comments where asked to; all or nothing."""
    folder = os.path.abspath(path)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    target = os.path.join(folder, FILE_NAME)
    if os.path.lexists(target) and not force:
        complain(f"{display_path(target)}: is there already; --force replaces it")
        return 2
    failures: list[str] = []
    try:
        texts, found = _read(path, failures)
        if failures:
            for message in failures:
                complain(message)
            return 2
        learned = learn(found, Settings())
        translated = translate(folder, os.fspath(discovery.root_of(Path(target))))
        text = config(learned, translated)
        written = {target: text}
        said = [f"{display_path(target)}: {_summary(learned)}"]
        entries = _entries(found, text, target)
        if with_baseline:
            name = os.path.join(folder, baseline.FILE_NAME)
            written[name] = baseline.text(name, entries)
            shown = display_path(name)
            said.append(
                f"{shown}: {_count(len(entries), 'finding')} of today. From now on: prisma-lsp check"
                f" --baseline {shown}"
            )
        elif add_ignores:
            changed, comments = _with_ignores(texts, entries)
            written |= changed
            said.append(
                f"{_count(comments, 'comment')} in {_count(len(changed), 'file')}, each naming what"
                " is not reported there"
            )
        else:
            said.append(f"prisma-lsp check finds {_count(len(entries), 'place')} to look at.")
        if translated is not None:
            said.append(
                f"{display_path(translated.source)}: {_count(len(translated.rules), 'rule')} taken over"
            )
            said += [f"  {line}" for line in translated.left]
        files.replace(written)
    except files.Unwritable as error:
        complain(f"{display_path(error.path)}: {error.reason}; nothing was written")
        return 2
    except OSError as error:
        complain(f"{error.filename or 'system'}: {(error.strerror or str(error)).lower()}")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0 if write("\n".join(said) + "\n") else 2


def _read(
    path: str, failures: list[str]
) -> tuple[dict[str, str], list[tuple[Schema, Environment]]]:
    texts: dict[str, str] = {}
    found: list[tuple[Schema, Environment]] = []
    for work in check.find([path], failures.append):
        here = check.read(work, failures.append)
        if here is None:
            continue
        texts |= here
        schema = Schema({name: document.read(text) for name, text in here.items()})
        # The file's own settings are what is being replaced.
        environment, _ = environment_of(work.project)
        found.append((schema, environment))
    return texts, found


def _entries(
    found: Iterable[tuple[Schema, Environment]], text: str, target: str
) -> list[Entry]:
    """What is found with the settings that ``text`` states."""
    names = [rule.name for rule in all_rules()]
    layer, _ = settings.from_mapping(tomllib.loads(text), rules=names, source=target)
    layer, _ = checked(layer, target)
    merged = settings.merge(layer)
    entries: list[Entry] = []
    for schema, environment in found:
        now = Environment(
            merged, environment.migrations, environment.auth_library, environment.prisma_version
        )
        linter = Linter(schema, now)
        linter.work()
        entries += check.entries_of(linter, check.blocks_of(schema, schema.files), with_fixes=False)
        if environment.migrations.exists:
            from prisma_lsp import check_migrations

            entries += check_migrations.entries(linter, (), True, False, complain).entries
    return entries


def config(learned: Learned, translated: Translated | None) -> str:
    """The text of the settings, with the share of places that follow each convention."""
    lines = [
        f"# Made by `prisma-lsp init` from {_count(learned.models, 'model')} with"
        f" {_count(learned.fields, 'field')}.",
        "# Every rule: `prisma-lsp rules`; one of them: `prisma-lsp explain missing-fk-index`.",
        'preset = "recommended"',
    ]
    if learned.tenant_key is not None:
        lines.append(
            f'tenant-key = "{learned.tenant_key}"'
            f"  # leads to the tenant of {learned.tenant_models} of {learned.models} models"
        )
    if learned.soft_delete:
        fields = ", ".join(f"{name} ({count})" for name, count in learned.soft_delete.most_common(3))
        lines.append(f"# Soft delete: {fields}.")
    lines += ["", "[rules]"]
    taken = translated.rules if translated is not None else {}
    if translated is not None and taken:
        lines += [f"# From {os.path.basename(translated.source)}:"]
        lines += [f"{name} = {_setting(one)}" for name, one in sorted(taken.items())]
        lines += [f"# not taken over: {line}" for line in translated.left]
    own = [one for one in learned.conventions if one.rule.name not in taken]
    followed = [one for one in own if one.is_followed and one.share >= ENOUGH]
    unsure = [one for one in own if one.is_followed and one.share < ENOUGH]
    others = [one for one in own if not one.is_followed]
    lines += [*([""] if taken else []), "# Followed here; what does not follow is reported:"]
    lines += [_line(one) for one in sorted(followed, key=_order)]
    if unsure:
        lines += ["", "# Too few places to tell, so they stay on:"]
        lines += [_line(one) for one in sorted(unsure, key=_order)]
    if others:
        lines += ["", "# Not the custom here; delete a line to be told of it after all:"]
        lines += [_line(one) for one in sorted(others, key=_order)]
    return "\n".join(lines) + "\n"


def _order(one: Convention) -> tuple[str, str]:
    return one.rule.group, one.rule.name


def _line(one: Convention) -> str:
    share = f"{one.share * 100:.0f} % of {_count(one.places, 'place')}" if one.places else "nowhere to see"
    if not one.is_followed:
        return f'{one.rule.name} = "off"  # followed in {share}'
    if one.options:
        setting = _setting(RuleSetting(None, one.options))
        return f"{one.rule.name} = {setting}  # {share}"
    return f"# {one.rule.name}: {share}"


def _setting(setting: RuleSetting) -> str:
    if not setting.options:
        return _value(setting.level)
    pairs = {"level": setting.level, **setting.options} if setting.level else dict(setting.options)
    inner = ", ".join(f"{key.replace('_', '-')} = {_value(value)}" for key, value in pairs.items())
    return f"{{ {inner} }}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        import json

        # JSON's strings are TOML's but for one character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)


def _summary(learned: Learned) -> str:
    followed = sum(one.is_followed for one in learned.conventions)
    return f"{followed} of {len(learned.conventions)} conventions are followed here and stay on."


def _with_ignores(texts: dict[str, str], entries: list[Entry]) -> tuple[dict[str, str], int]:
    """The files with a comment above every line that has findings."""
    by_file: dict[str, dict[int, set[str]]] = {}
    for entry in entries:
        # A migration is left as it is: Prisma would take it for another one.
        if entry.source != "prisma" and entry.rule and os.path.abspath(entry.file) in texts:
            by_file.setdefault(os.path.abspath(entry.file), {}).setdefault(entry.line, set()).add(entry.rule)
    changed: dict[str, str] = {}
    comments = 0
    for path, by_line in by_file.items():
        lines = list(document.read(texts[path]).lines)
        for number in sorted(by_line, reverse=True):
            line = lines[number]
            text = line.rstrip("\r\n")
            end = line[len(text) :] or "\n"
            indent = text[: len(text) - len(text.lstrip())]
            rules = ", ".join(sorted(by_line[number]))
            lines.insert(number, f"{indent}// prisma-lsp-ignore {rules}: {_REASON}{end}")
            comments += 1
        changed[path] = "".join(lines)
    return changed, comments


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
