"""Blocks to propose, their names, and the settings of datasources and generators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from prisma_lsp.ide.completion_scene import Item, Scene, dollars, in_quotes
from prisma_lsp.ide.completion_types import id_line
from prisma_lsp.schema import catalogue, versions
from prisma_lsp.schema.declarations import Config
from prisma_lsp.schema.versions import URL_REMOVED

_HEADER = re.compile(r"\s*(model|view|type|enum|datasource|generator)\s+[\w\-]*")
_START = re.compile(r"\s*\w*")
_NAMED = re.compile(r"[\w\-]*\s*\{?\s*(?:\}|//.*)?")
_KINDS = ("model", "enum", "view", "type", "datasource", "generator")

# Settings that take one of a few texts.
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "runtime": ("nodejs", "deno", "bun", "workerd", "vercel-edge", "react-native"),
    "moduleFormat": ("esm", "cjs"),
    "generatedFileExtension": ("ts", "mts", "cts"),
    "importFileExtension": ("ts", "mts", "cts", "js", "mjs", "cjs", ""),
    "compilerBuild": ("fast", "small"),
    "engineType": ("client",),
    "output": ("../generated/prisma", "./generated/prisma"),
    "binaryTargets": ("native",),
}
_LISTS = ("previewFeatures", "schemas", "binaryTargets", "extensions")
_GENERATORS = {
    "prisma-client": "Prisma Client as TypeScript, in a folder of yours.",
    "prisma-client-js": "Prisma Client in `node_modules`; the older generator.",
}
# Settings that hold an address, and the variable of the environment that usually has it.
_VARIABLES = {
    "url": "DATABASE_URL", "directUrl": "DIRECT_URL", "shadowDatabaseUrl": "SHADOW_DATABASE_URL",
}  # fmt: skip
# https://github.com/prisma/prisma/releases/tag/6.16.0: the newer generator is no preview any more.
_NEW_GENERATOR = (6, 16)
_NEW_ONLY = (
    "runtime", "moduleFormat", "generatedFileExtension", "importFileExtension",
)  # fmt: skip
_OLD = ("binaryTargets",)


def outside(scene: Scene) -> Iterator[Item]:
    """Between the blocks: keywords, and behind a keyword the names that are missing."""
    text = scene.cursor.text
    if _HEADER.fullmatch(text):
        yield from header(scene)
    elif _START.fullmatch(text):
        yield from keywords(scene) if not scene.behind else bare_keywords(scene)


def bare_keywords(scene: Scene) -> Iterator[Item]:
    """Keywords alone, in front of a name and a brace that are there already."""
    if _NAMED.fullmatch(scene.behind):
        for kind in _KINDS:
            for item in _block(kind, scene, again=True):
                yield item._replace(insert=kind, snippet="")


def variable(setting: str) -> str:
    """The variable of the environment that a setting usually asks for."""
    return _VARIABLES.get(setting, "DATABASE_URL")


def _has_urls(scene: Scene) -> bool:
    """Whether a datasource holds addresses: in Prisma 7 they stand in `prisma.config.ts`."""
    return scene.version is not None and scene.version.before(URL_REMOVED)


def keywords(scene: Scene) -> Iterator[Item]:
    # A schema begins with these two.
    first = ("datasource", "generator") if not scene.schema.configs else ()
    for kind in (*first, *(kind for kind in _KINDS if kind not in first)):
        yield from _block(kind, scene)


def _block(kind: str, scene: Scene, again: bool = False) -> Iterator[Item]:
    """A block that makes sense here; ``again``: also where it may be this very one."""
    schema = scene.schema
    kinds = {config.kind for config in schema.configs} if not again else set()
    match kind:
        case "datasource" if kind in kinds:
            return
        case "type" if scene.provider != "mongodb":
            return
        case "enum" if not scene.has_enums:
            return
        case "view" if "views" not in schema.preview_features():
            return
    choice = 'provider = "${2|postgresql,mysql,sqlite,sqlserver,mongodb,cockroachdb|}"'
    generator = 'provider = "prisma-client"\n  output   = "${2:../generated/prisma}"'
    address = ""
    if _has_urls(scene):
        address = '\n  url      = env("DATABASE_URL")'
    if not scene.since(_NEW_GENERATOR):
        generator = 'provider = "prisma-client-js"'
    bodies = {
        "datasource": ("db", choice + address, 'provider = ""' + address),
        "generator": ("client", generator, generator.replace("${2:", "").replace("}", "")),
        "enum": ("Name", "$2", ""),
        "type": ("Name", "$2", ""),
        "view": ("Name", "$2", ""),
        "model": ("Name", dollars(id_line(scene)) + "\n  $0", id_line(scene)),
    }  # fmt: skip
    name, snippet, plain = bodies[kind]
    name = next(iter(schema.undeclared()), name) if kind == "model" else name
    yield Item(
        kind, "keyword", "", f"{kind} {name} {{\n  {plain}\n}}", f"{kind} ${{1:{name}}} {{\n  {snippet}\n}}",
        topic=("keyword", kind),
    )  # fmt: skip


def header(scene: Scene) -> Iterator[Item]:
    found = _HEADER.match(scene.cursor.text)
    kind = found[1] if found is not None else ""
    if kind in ("model", "enum", "type", "view"):
        for name in scene.schema.undeclared():
            yield Item(name, "model" if kind != "enum" else "enum", "used and not declared")
    elif kind == "datasource":
        yield Item("db", "keyword", "the usual name")
    elif kind == "generator":
        yield Item("client", "keyword", "the usual name")


# --- datasources and generators ----------------------------------------------------------------


def config(scene: Scene) -> Iterator[Item]:
    block = scene.cursor.block
    if not scene.before:
        yield from _properties(scene, block.kind)
    elif scene.before == "w" and not scene.word and not scene.behind.startswith("="):
        yield Item("=", "keyword", "", "= ")
    elif scene.before.startswith("w="):
        setting = scene.cursor.text[slice(*scene.tokens[0])]
        rest = scene.before[2:]
        if not rest:
            yield from _value(scene, setting)
        elif rest.startswith("[") and "]" not in rest and not (
            scene.is_behind_value and rest[-1] != "("
        ):
            if scene.cursor.levels and scene.cursor.levels[-1].bracket == "(":
                if scene.cursor.levels[-1].argument:
                    if scene.cursor.levels[-1].argument == "schema":
                        for name in scene.schema.database_schemas():
                            yield in_quotes(Item(name, "value"))
                    return
                given = scene.given
                for argument in catalogue.EXTENSION_ARGUMENTS:
                    if argument.name not in given:
                        name = argument.name
                        yield Item(name, "argument", "", f'{name}: ""', f'{name}: "$1"', ":", ("argument", name, argument.doc))  # fmt: skip
                return
            taken = scene.listed
            for item in texts(scene, setting):
                if item.label not in taken:
                    if setting == "extensions":
                        yield item
                    else:
                        yield in_quotes(item)


def _written(scene: Scene) -> Config | None:
    found = scene.cursor.declaration
    return found if isinstance(found, Config) else None


def _properties(scene: Scene, kind: str) -> Iterator[Item]:
    block = _written(scene)
    given = set(block.properties) if block is not None else set()
    word = scene.word
    given.discard(word) if block is None or scene.behind.startswith("=") else None
    docs = catalogue.DATASOURCE_PROPERTIES if kind == "datasource" else catalogue.GENERATOR_PROPERTIES
    provider = block.string("provider") if block is not None else None
    names = [name for name in docs if name not in _VARIABLES]
    if kind == "datasource" and _has_urls(scene):
        names[1:1] = _VARIABLES
    for name in names:
        doc = catalogue.FORMER_PROPERTIES.get(name, docs[name])
        if name in given and not (block is not None and block.properties[name][0] == scene.cursor.index):
            continue
        if kind == "datasource":
            if name in catalogue.DEPRECATED_DATASOURCE_PROPERTIES:
                continue
            if not scene.has(catalogue.DATASOURCE_PROPERTY_PROVIDERS.get(name)):
                continue
            if name == "extensions" and "postgresqlExtensions" not in scene.schema.preview_features():
                continue
        elif (name in _NEW_ONLY and provider == "prisma-client-js") or (name in _OLD and provider == "prisma-client"):
            continue
        first = doc.partition(". ")[0].partition(":")[0].replace("`", "")
        if scene.behind.startswith("="):
            yield Item(name, "property", first, topic=("text", doc))
            continue
        if name in _VARIABLES:
            yield Item(name, "property", first, f'{name} = env("{_VARIABLES[name]}")', f'{name} = env("${{1:{_VARIABLES[name]}}}")$0', topic=("text", doc))  # fmt: skip
            continue
        plain, snippet = f'{name} = ""', f'{name} = "$1"$0'
        if name == "extensions":
            plain, snippet = f"{name} = []", f"{name} = [$1]$0"
        elif name in _LISTS:
            plain, snippet = f"{name} = []", f'{name} = ["$1"]$0'
        yield Item(name, "property", first, plain, snippet, topic=("text", doc))


def _value(scene: Scene, setting: str) -> Iterator[Item]:
    if setting in _LISTS:
        inner = "[$1]$0" if setting == "extensions" else '["$1"]$0'
        yield Item("[]", "snippet", "a list", "[]", inner)
        return
    for item in texts(scene, setting):
        yield in_quotes(item)
    if setting in _VARIABLES:
        text = f'env("{_VARIABLES[setting]}")'
        yield Item(text, "function", "", text, f'env("${{1:{_VARIABLES[setting]}}}")$0', topic=("function", "env"), filter="env")  # fmt: skip
    elif setting == "output" or (setting == "provider" and scene.cursor.block.kind == "generator"):
        yield Item('env("…")', "function", "", 'env("")', 'env("$1")$0', topic=("function", "env"), filter="env")


def texts(scene: Scene, setting: str) -> Iterator[Item]:
    """What a setting may say, without quotes."""
    kind = scene.cursor.block.kind
    match setting:
        case "provider" if kind == "datasource":
            for name in catalogue.PROVIDERS:
                yield Item(name, "value", catalogue.PROVIDER_TITLES[name])
        case "provider":
            for name in sorted(_GENERATORS, key=lambda name: not scene.since(_NEW_GENERATOR) and name == "prisma-client"):
                yield Item(name, "value", _GENERATORS[name].replace("`", ""))
        case "relationMode" | "referentialIntegrity":
            for name, doc in catalogue.RELATION_MODES.items():
                if name != "foreignKeys" or scene.provider != "mongodb":
                    yield Item(name, "value", doc.partition(":")[0].partition(",")[0], topic=("text", doc))
        case "previewFeatures":
            yield from _features(scene)
        case "schemas":
            yield from _simple(_schemas(scene), "schema")
        case "extensions":
            for name, doc in catalogue.EXTENSIONS.items():
                stored = catalogue.EXTENSION_NAMES.get(name)
                text = f'{name}(map: "{stored}")' if stored is not None else name
                first = doc.partition(":")[0].partition(";")[0].replace("`", "").rstrip(".")
                yield Item(text, "value", first, topic=("text", doc))
        case _:
            yield from _simple(_CHOICES.get(setting, ()), "")


def _features(scene: Scene) -> Iterator[Item]:
    taken = scene.listed if scene.cursor.levels else set()
    source = scene.schema.provider()
    names: Iterable[str] = catalogue.active_preview_features(source)
    if scene.version is not None:
        names = versions.active(names, scene.version)
    for name in names:
        if name in taken:
            continue
        known = catalogue.PREVIEW_FEATURES.get(name)
        state = "preview"
        if (graduated := versions.preview(name).graduated) is not None:
            state = f"preview until Prisma {graduated[0]}.{graduated[1]}"
        doc = known.doc if known is not None and known.status == "active" else ""
        yield Item(name, "value", state, topic=("text", doc) if doc else ())


def _schemas(scene: Scene) -> list[str]:
    """The schemas that models name already, and the provider's own."""
    taken = scene.listed if scene.cursor.levels else set()
    found = {"dbo"} if scene.provider == "sqlserver" else {"public"}
    for declaration in scene.schema.all_declarations():
        attribute = declaration.attribute("schema")
        value = attribute.argument("map", 0) if attribute is not None else None
        text = getattr(value, "value", None)
        if isinstance(text, str):
            found.add(text)
    return sorted(found - taken)


def _simple(names: Iterable[str], detail: str) -> Iterator[Item]:
    for name in names:
        yield Item(name, "value", detail)
