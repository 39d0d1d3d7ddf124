"""For those who develop prisma-lsp: ``python -m prisma_lsp.dev generate [--check]``, and ``sbom``,
which prints what a release is made of.

Writes everything that is generated and committed; with ``--check`` it only says what is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prisma_lsp import dev_grammar, dev_pages, dev_schema, dev_vscode
from prisma_lsp.syntax import document, grammar, line

ROOT = Path(__file__).parents[1]


def outputs() -> Iterator[tuple[Path, str]]:
    """(path, content) of every generated file."""
    yield ROOT / "prisma_lsp/syntax/seed.py", _seed()
    further = {path.stem: path.read_text("utf-8") for path in ROOT.glob("tests/pages/rules/*.md")}
    for name, content in dev_pages.pages(further):
        yield ROOT / "docs" / name, content
    yield ROOT / "docs/prisma-lsp.schema.json", dev_schema.schema()
    yield ROOT / "grammar/prisma.tmLanguage.json", dev_grammar.textmate()
    vscode = ROOT / "editors/vscode/package.json"
    yield vscode, dev_vscode.manifest(vscode.read_text("utf-8"))
    yield ROOT / "prisma_lsp/server/capabilities.json", _capabilities()


def _capabilities() -> str:
    """What the handlers can do, for a client that knows everything: the answer to `initialize`."""
    from prisma_lsp.server.client import Client
    from prisma_lsp.server.core import Core
    from prisma_lsp.server.loop import Loop
    from prisma_lsp.server.server import make_server

    text = {"diagnostic": {}, "rename": {"prepareSupport": True}}
    params = {"processId": None, "rootUri": None, "capabilities": {"textDocument": text}}
    server = make_server(Core(Client(params), Loop(), lambda body: None))
    return json.dumps(server.capabilities(), indent=2) + "\n"


def _seed() -> str:
    """The lexer's table and the templates of every valid shape in our own schemas."""
    shapes: dict[tuple[str, str], grammar.Template] = {}
    schemas = [*ROOT.glob("tests/schemas/**/*.prisma"), *ROOT.glob("examples/**/*.prisma")]
    for path in sorted(schemas):
        text = path.read_bytes().decode("utf-8")
        for block in document.read(text).blocks:
            mode = document.MODES.get(block.kind, "top_line")
            inside = range(block.header + 1, block.close) if block.close >= 0 else range(0)
            wanted = [(mode, index) for index in inside]
            wanted += [("top_line", block.header)] if block.header >= 0 else []
            for rule, index in wanted:
                shape, _ = line.tokenize(block.line(index))
                if shape in ("", "c", "d"):
                    continue
                for variant in _variants(rule, shape):
                    if (rule, variant) not in shapes:
                        template = grammar.derive(rule, variant)
                        if template[0] != "error":
                            shapes[rule, variant] = template
    rows = [
        '"""Generated from grammar/prisma.lark and our own schemas; see `prisma_lsp.dev`."""',
        "# fmt: off",
        "",
        "LEXER: tuple[tuple[str, str], ...] = (",
        *(f"    ({name!r}, {regexp!r})," for name, regexp in grammar.terminals()),
        ")",
        f"KINDS: dict[str, str] = {grammar.KIND_OF_TERMINAL!r}",
        "# Start rule, shape, template as JSON: one long text is loaded far sooner than so many tuples,",
        "# and a schema needs few of them.",
        "_ROWS = r\"\"\"",
        *(
            f"{mode} {shape} {json.dumps(template, separators=(',', ':'))}"
            for (mode, shape), template in sorted(shapes.items())
        ),
        '"""',
        "TEMPLATES: dict[tuple[str, str], str] = {",
        '    (mode, shape): text for mode, shape, text in (row.split(" ") for row in _ROWS.split("\\n")[1:-1])',
        "}",
    ]
    return "\n".join(rows) + "\n"


def _variants(rule: str, shape: str) -> Iterator[str]:
    """``shape`` with and without a comment behind it and, for a field, as each arity."""
    bare = shape.rstrip("cd")
    found = [bare]
    if rule == "member_line" and bare.startswith("ww"):
        rest = bare[2:].removeprefix("?").removeprefix("[]")
        found = ["ww" + rest, "ww?" + rest, "ww[]" + rest]
    for one in found:
        yield one
        yield one + "c"


def sbom() -> dict[str, Any]:
    """The bill of materials of what is installed here, in the form of CycloneDX 1.5."""
    import re
    from importlib.metadata import distribution

    def named(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    def component(name: str, version: str, kind: str) -> dict[str, Any]:
        purl = f"pkg:pypi/{name}@{version}"
        return {"type": kind, "name": name, "version": version, "purl": purl, "bom-ref": purl}

    found: dict[str, str] = {}
    needs: dict[str, list[str]] = {}
    waiting = ["prisma-lsp"]
    while waiting:
        name = named(waiting.pop())
        if name in found:
            continue
        installed = distribution(name)
        found[name] = installed.version
        wanted = [r for r in installed.requires or () if "extra ==" not in r]
        names = [re.split(r"[^\w.\-]", one, maxsplit=1)[0] for one in wanted]
        needs[name] = []
        for one in names:
            try:
                distribution(one)
            except ModuleNotFoundError:
                continue  # for another Python or another system
            needs[name].append(named(one))
        waiting += needs[name]
    components = {name: component(name, version, "library") for name, version in found.items()}
    own = {**components.pop("prisma-lsp"), "type": "application"}
    refs = {**{n: c["bom-ref"] for n, c in components.items()}, "prisma-lsp": own["bom-ref"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": own},
        "components": [components[name] for name in sorted(components)],
        "dependencies": [
            {"ref": refs[name], "dependsOn": sorted(refs[one] for one in needs[name])}
            for name in sorted(needs)
        ],
    }


def main(arguments: list[str]) -> int:
    if arguments == ["sbom"]:
        print(json.dumps(sbom(), indent=2))
        return 0
    if arguments[:1] != ["generate"] or arguments[1:] not in ([], ["--check"]):
        print("usage: python -m prisma_lsp.dev generate [--check] | sbom", file=sys.stderr)
        return 2
    stale = 0
    wanted = dict(outputs())
    for path in sorted(set(ROOT.glob("docs/rules/*.md")) - wanted.keys()):
        # The page of a rule that is no more.
        stale += 1
        print(f"{'stale' if arguments[1:] else 'removed'}: {path.relative_to(ROOT)}")
        if not arguments[1:]:
            path.unlink()
    for path, content in wanted.items():
        if path.exists() and path.read_text("utf-8") == content:
            continue
        stale += 1
        if arguments[1:]:
            print(f"stale: {path.relative_to(ROOT)}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8", newline="\n")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if stale and arguments[1:] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
