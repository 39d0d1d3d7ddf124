"""The findings in the forms that other programs read: editors, code hosts, test reports.

Each form is one function from the findings to text.  Lines and columns count from 1, in characters.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from prisma_lsp import __version__
from prisma_lsp.console import plain
from prisma_lsp.report import Entry, to_array, to_json, to_record

_SARIF_LEVELS = {"error": "error", "warning": "warning", "info": "note", "hint": "note"}
_GITHUB_COMMANDS = {"error": "error", "warning": "warning", "info": "notice", "hint": "notice"}
_GITLAB_SEVERITIES = {"error": "major", "warning": "minor", "info": "info", "hint": "info"}


def concise(entries: Iterable[Entry]) -> str:
    """One line for each finding, as compilers write it and editors read it."""
    return "".join(
        f"{plain(one.file)}:{one.line + 1}:{one.start + 1}: {one.severity}"
        f"{f'[{one.rule}]' if one.rule else ''} {plain(one.message)}\n"
        for one in entries
    )


def jsonl(entries: Iterable[Entry]) -> str:
    """One JSON object on a line for each finding: each as in `json`."""
    return "".join(json.dumps(to_record(one)) + "\n" for one in entries)


def sarif(entries: Sequence[Entry]) -> str:
    """SARIF 2.1.0, for code scanning; the rules' pages are in it as help."""
    ids = sorted({one.rule or one.source for one in entries})
    index = {name: number for number, name in enumerate(ids)}
    prints = fingerprints(entries)
    run = {
        "tool": {
            "driver": {
                "name": "prisma-lsp",
                "fullName": f"prisma-lsp {__version__}",
                "semanticVersion": __version__,
                "rules": [_sarif_rule(name) for name in ids],
            }
        },
        # What code hosts tell this tool's runs from others' by.
        "automationDetails": {"id": "prisma-lsp/"},
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": one.rule or one.source,
                "ruleIndex": index[one.rule or one.source],
                "level": _SARIF_LEVELS[one.severity],
                "message": {"text": one.message},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": _uri(one.file)},
                            "region": {
                                "startLine": one.line + 1,
                                "startColumn": one.start + 1,
                                "endLine": one.end_place[0] + 1,
                                "endColumn": one.end_place[1] + 1,
                            },
                        }
                    }
                ],
                "partialFingerprints": {"prismaLsp/v1": mark},
            }
            for one, mark in zip(entries, prints, strict=True)
        ],
    }
    head = '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": '
    return head + to_array([run]) + "}\n"


def _sarif_rule(name: str) -> dict[str, Any]:
    from prisma_lsp.lint.pages import page_path
    from prisma_lsp.lint.rule import find_rule

    rule = find_rule(name)
    if rule is None:
        text = "What Prisma itself says of the schema."
        return {"id": name, "shortDescription": {"text": text}, "help": {"text": text}}
    path = page_path(name)
    page = path.read_text("utf-8") if path is not None else rule.documentation
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.level]},
        "properties": {"tags": ["prisma", rule.group], "precision": "high"},
    }


def _uri(file: str) -> str:
    """A relative URI from the working directory; a full one for what is not below it."""
    path = file.replace(os.sep, "/")
    if os.path.isabs(file):
        return "file://" + quote(path if path.startswith("/") else "/" + path)
    return quote(path)


def github(entries: Iterable[Entry]) -> str:
    """Workflow commands: GitHub draws them into the changed files of a pull request."""
    lines = []
    for one in entries:
        properties = {
            "file": one.file.replace(os.sep, "/"),
            "line": one.line + 1,
            "endLine": one.end_place[0] + 1,
            "col": one.start + 1,
            "endColumn": one.end_place[1] + 1,
            "title": f"prisma-lsp: {one.rule or one.source}",
        }
        if one.last > one.line:
            # Columns are for one line only.
            del properties["col"], properties["endColumn"]
        told = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
        lines.append(f"::{_GITHUB_COMMANDS[one.severity]} {told}::{_data(one.message)}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(entries: Sequence[Entry]) -> str:
    """A Code Quality report: GitLab shows it in the merge request."""
    data = [
        {
            "description": f"{one.message} ({one.rule})" if one.rule else one.message,
            "check_name": one.rule or one.source,
            "fingerprint": mark,
            "severity": _GITLAB_SEVERITIES[one.severity],
            "location": {
                "path": one.file.replace(os.sep, "/"),
                "lines": {"begin": one.line + 1, "end": one.end_place[0] + 1},
            },
        }
        for one, mark in zip(entries, fingerprints(entries), strict=True)
    ]
    return to_array(data) + "\n"


def junit(entries: Sequence[Entry]) -> str:
    """A JUnit report: a suite for each file, a failed case for each finding."""
    by_file: dict[str, list[Entry]] = {}
    for one in entries:
        by_file.setdefault(one.file, []).append(one)
    total = len(entries)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="prisma-lsp" tests="{max(1, total)}" failures="{total}" errors="0">')
    if not entries:
        lines.append('  <testsuite name="prisma-lsp" tests="1" failures="0" errors="0">')
        lines.append('    <testcase name="no findings" classname="prisma-lsp"/>')
        lines.append("  </testsuite>")
    for file, found in by_file.items():
        # No attributes beyond those of the schema that Jenkins checks reports against.
        lines.append(
            f"  <testsuite name={_xml(file)} file={_xml(file)}"
            f' tests="{len(found)}" failures="{len(found)}" errors="0">'
        )
        for one in found:
            name = f"{one.rule or one.source}:{one.line + 1}:{one.start + 1}"
            lines.append(f"    <testcase name={_xml(name)} classname={_xml(file)}>")
            lines.append(
                f"      <failure type={_xml(one.severity)} message={_xml(one.message)}>"
                f"{_xml(f'{file}:{one.line + 1}:{one.start + 1}: {one.message}')[1:-1]}</failure>"
            )
            lines.append("    </testcase>")
        lines.append("  </testsuite>")
    lines.append("</testsuites>")
    return "\n".join(lines) + "\n"


def _xml(text: str) -> str:
    """``text`` in quotes, without what XML 1.0 cannot hold."""
    escaped = "".join(
        one if one in "\t" or (" " <= one < "\ufffe" and not "\ud800" <= one <= "\udfff") or one > "\uffff" else "\ufffd"
        for one in text
    )  # fmt: skip
    for one, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\t", "&#9;")):
        escaped = escaped.replace(one, entity)
    return f'"{escaped}"'


def statistics(entries: Iterable[Entry]) -> list[tuple[int, str, str, str]]:
    """(how many, severity, rule, classes of their fixes), the most first."""
    counts = Counter((one.severity, one.rule or one.source) for one in entries)
    classes: dict[str, set[str]] = {}
    for one in entries:
        classes.setdefault(one.rule or one.source, set()).update(safety for _, safety in one.fixes)
    return [
        (count, severity, rule, "".join(one for one in "TRD" if one in classes[rule]))
        for (severity, rule), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def statistics_text(entries: Sequence[Entry]) -> str:
    """A line for each rule with findings."""
    rows = statistics(entries)
    widest = max((len(str(row[0])) for row in rows), default=0)
    lines = [
        f"{str(count).rjust(widest)}  {severity.ljust(7)}  {classes.ljust(3)}  {rule}"
        for count, severity, rule, classes in rows
    ]
    return "".join(line.rstrip() + "\n" for line in lines) or "No findings.\n"


def statistics_json(entries: Sequence[Entry]) -> str:
    rows = [
        {"count": count, "severity": severity, "rule": rule, "fixes": list(classes)}
        for count, severity, rule, classes in statistics(entries)
    ]
    return json.dumps({"version": 1, "statistics": rows}, indent=2) + "\n"


def fingerprints(entries: Iterable[Entry]) -> list[str]:
    """What knows each finding again after lines above it have come or gone.

    It is made of the file, the rule, the block, the member and how many equal ones come before.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for one in entries:
        key = identity(one)
        seen[key] += 1
        text = "\0".join([*key, str(seen[key])])
        found.append(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32])
    return found


def identity(entry: Entry) -> tuple[str, str, str, str]:
    """What a finding is about: file, rule, block and member, whatever line it is on now."""
    words = entry.text.split("//", 1)[0].split()
    member = words[0] if words and words[0].isidentifier() else " ".join(words)
    return entry.file.replace(os.sep, "/"), entry.rule or entry.source, entry.block, member


FORMATS: dict[str, Callable[[list[Entry]], str]] = {
    "concise": concise,
    "json": to_json,
    "jsonl": jsonl,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "junit": junit,
}


def names() -> Iterator[str]:
    """Every form, that for people first."""
    yield "text"
    yield from FORMATS
