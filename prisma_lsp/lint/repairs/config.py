"""Repairs of datasources, generators, schemas and preview features."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.lint.spelling import is_same_word, meant
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.declarations import Config
from prisma_lsp.syntax import nodes

# What providers are called elsewhere.
_PROVIDERS = {
    "postgres": "postgresql", "pg": "postgresql", "psql": "postgresql", "neon": "postgresql",
    "supabase": "postgresql", "mariadb": "mysql", "planetscale": "mysql", "sqlite3": "sqlite",
    "libsql": "sqlite", "turso": "sqlite", "d1": "sqlite", "mssql": "sqlserver", "mongo": "mongodb",
    "cockroach": "cockroachdb", "crdb": "cockroachdb",
}  # fmt: skip
_RENAMED = {
    "experimentalFeatures": "previewFeatures", "referentialIntegrity": "relationMode",
}  # fmt: skip
_MOVED = {
    "url": "put it into `prisma.config.ts`: `datasource: { url: … }`",
    "directUrl": "put it into `prisma.config.ts` as its `url`, which only migrations use",
    "shadowDatabaseUrl": "put it into `prisma.config.ts`: `datasource: { shadowDatabaseUrl: … }`",
}


def _property(wrong: Wrong) -> nodes.PropertyLine | None:
    return wrong.node if isinstance(wrong.node, nodes.PropertyLine) else None


@repairs("duplicate-property")
def duplicate_property(wrong: Wrong) -> Iterator[Fix]:
    node, config = _property(wrong), wrong.config
    if node is None or config is None:
        return
    first = next(
        (line, other)
        for line, other in config.block.entries
        if isinstance(other, nodes.PropertyLine) and other.name.value == node.name.value
    )
    same = False
    if first[0] != wrong.line:
        one = config.block.line(first[0])[first[1].start : first[1].end]
        same = "".join(one.split()) == "".join(wrong.line_text[node.start : node.end].split())
    yield wrong.remove_line(f"Remove this `{node.name.value}`", preferred=same)


@repairs("unknown-property")
def unknown_property(wrong: Wrong) -> Iterator[Fix]:
    node, config = _property(wrong), wrong.config
    if node is None or config is None:
        return
    name = node.name.value
    if name in _MOVED:
        yield wrong.remove_line(f"Remove `{name}` here and {_MOVED[name]}")
        return
    instead = _RENAMED.get(name)
    if instead is not None and instead not in config.properties:
        yield wrong.fix(f"Rename it to `{instead}`", instead, node.name.start, node.name.end, preferred=True)
    known = (
        [p for p in catalogue.DATASOURCE_PROPERTIES if p not in _MOVED and p not in _RENAMED]
        if config.kind == "datasource"
        else list(catalogue.GENERATOR_PROPERTIES)
    )
    found = meant(name, [p for p in known if p not in config.properties])
    for guess in found:
        sure = len(found) == 1 and is_same_word(name, guess)
        yield wrong.fix(f"Write `{guess}`", guess, node.name.start, node.name.end, preferred=sure)
    yield wrong.remove_line(f"Remove `{name}`")


@repairs("deprecated-property")
def deprecated_property(wrong: Wrong) -> Iterator[Fix]:
    node, config = _property(wrong), wrong.config
    instead = _RENAMED.get(node.name.value) if node is not None else None
    if node is None or config is None or instead is None:
        return
    if instead in config.properties:
        yield wrong.remove_line(f"Remove `{node.name.value}`: `{instead}` is there")
    else:
        yield wrong.fix(f"Rename it to `{instead}`", instead, node.name.start, node.name.end, preferred=True)


@repairs("missing-provider")
def missing_provider(wrong: Wrong) -> Iterator[Fix]:
    config = wrong.config
    if config is None or config.block.close < 0 or config.block.problems:
        return
    if config.kind == "generator":
        names = ["prisma-client"] if "output" in config.properties else ["prisma-client-js"]
    else:
        names = list(catalogue.PROVIDERS)
        url = config.properties.get("url")
        value = url[1].value if url is not None else None
        scheme = value.value.split(":", 1)[0] if isinstance(value, nodes.String) else ""
        meant_by = {"file": "sqlite", "mongodb+srv": "mongodb"}.get(scheme) or catalogue.canonical_provider(scheme)
        names = [meant_by] if meant_by else names
    for found in meant("provider", config.properties):
        line, node = config.properties[found]
        yield wrong.at(line, node.name.start, node.name.end).fix(f"Write `provider` for `{found}`", "provider")
    for name in names:
        draft = wrong.draft().add_line(config, config.block.header + 1, f'provider = "{name}"')
        yield Fix(f'Add `provider = "{name}"`', "T", draft.edits)


@repairs("missing-url")
def missing_url(wrong: Wrong) -> Iterator[Fix]:
    config = wrong.config
    if config is None or config.block.problems:
        return
    line, _ = config.properties["provider"]
    draft = wrong.draft().add_line(config, line + 1, 'url = env("DATABASE_URL")')
    yield Fix('Add `url = env("DATABASE_URL")`', "T", draft.edits, preferred=True)


@repairs("invalid-provider", "unknown-provider")
def provider(wrong: Wrong) -> Iterator[Fix]:
    config = wrong.config
    entry = config.properties.get("provider") if config is not None else None
    value = entry[1].value if entry is not None else None
    if entry is None or value is None:
        return
    here = wrong.at(entry[0], value.start, value.end)
    word = ""
    if isinstance(value, nodes.String):
        word = value.value
    elif isinstance(value, nodes.Reference):
        word = value.name
    elif isinstance(value, nodes.Array) and len(value.items) == 1 and isinstance(value.items[0], nodes.String):
        word = value.items[0].value
    plain = word.strip().lower()
    exact = catalogue.canonical_provider(plain)
    found = [plain] if exact is not None else []
    if not found:
        found = [_PROVIDERS[plain]] if plain in _PROVIDERS else meant(plain, catalogue.PROVIDERS)
    for name in found or catalogue.PROVIDERS:
        yield here.fix(f'Write `"{name}"`', f'"{name}"', preferred=len(found) == 1 and exact is not None)


@repairs("argument-value")
def config_value(wrong: Wrong) -> Iterator[Fix]:
    """Values of properties: in quotes, without them, or one of a few words."""
    node, config = _property(wrong), wrong.config
    value = wrong.value
    if node is None and config is not None:
        # What is wrong with the mode is said of the whole block.
        for mode in ("relationMode", "referentialIntegrity"):
            if mode in config.properties and config.properties[mode][1].value is not None:
                line, node = config.properties[mode]
                value = node.value
                assert value is not None
                wrong = wrong.at(line, value.start, value.end)
                break
    if node is None or config is None or value is None:
        return
    name = node.name.value
    word = ""
    match value:
        case nodes.Reference(name=word) | nodes.Number(text=word):
            pass
        case nodes.String():
            word = value.value
        case nodes.Array(items=(nodes.String() as only,)):
            word = only.value
    if name in ("relationMode", "referentialIntegrity"):
        modes = ["prisma"] if config.string("provider") == "mongodb" else ["prisma", "foreignKeys"]
        found = [m for m in modes if is_same_word(m, word)] or meant(word, modes)
        for mode in found or modes:
            yield wrong.fix(f'Write `"{mode}"`', f'"{mode}"', preferred=len(found) == 1 and is_same_word(mode, word))
        yield wrong.remove_line(f"Remove `{name}`")
    elif name == "schemas":
        if isinstance(value, nodes.String):
            yield from wrong.remove_item(preferred=True)
        elif word:
            yield wrong.fix(f'Write `"{word}"`', f'"{word}"', preferred=True)
        if isinstance(value, nodes.Array) and not value.items:
            yield wrong.remove_line("Remove `schemas`")
    elif name == "extensions":
        if isinstance(value, nodes.String) and word.replace("-", "_").isidentifier():
            text = word if word.isidentifier() else f'{word.replace("-", "_")}(map: "{word}")'
            yield wrong.fix(f"Write `{text}`", text, preferred=True)
        elif isinstance(value, nodes.Argument) and value.name is None:
            if isinstance(value.value, nodes.String):
                text = f'version: "{value.value.raw}"'
                yield wrong.fix(f"Write `{text}`", text)
        elif isinstance(value, nodes.Argument) and value.name is not None:
            known = [a.name for a in catalogue.EXTENSION_ARGUMENTS]
            for guess in meant(value.name.value, known):
                yield wrong.fix(f"Write `{guess}`", guess, value.name.start, value.name.end)
            inner = value.value
            if isinstance(inner, (nodes.Reference, nodes.Number)) and value.name.value in known:
                text = inner.name if isinstance(inner, nodes.Reference) else inner.text
                yield wrong.fix(f'Write `"{text}"`', f'"{text}"', inner.start, inner.end, preferred=True)
    elif isinstance(value, nodes.Call) and value.name == "env":
        inside = value.arguments[0].value if len(value.arguments) == 1 else None
        if isinstance(inside, nodes.Reference):
            yield wrong.fix(f'Write `env("{inside.name}")`', f'env("{inside.name}")', preferred=True)
    elif word and not isinstance(value, nodes.String):
        yield wrong.fix(f'Write `"{word}"`', f'"{word}"', preferred=True)


@repairs("unknown-preview-feature")
def unknown_feature(wrong: Wrong) -> Iterator[Fix]:
    value = wrong.value
    if isinstance(value, nodes.String):
        known = catalogue.active_preview_features(wrong.schema.provider())
        # A feature that the installed Prisma has not yet is in there under its own name.
        found = [f for f in meant(value.value, known) if f.lower() != value.value.lower()]
        for guess in found:
            sure = len(found) == 1 and is_same_word(value.value, guess)
            yield wrong.fix(f'Write `"{guess}"`', f'"{guess}"', preferred=sure)
    yield from _without_feature(wrong, False)


@repairs("graduated-preview-feature")
def graduated(wrong: Wrong) -> Iterator[Fix]:
    value = wrong.value
    feature = catalogue.preview_feature(value.value) if isinstance(value, nodes.String) else None
    renamed = feature.renamed.get(wrong.schema.provider() or "") if feature is not None else None
    if renamed:
        yield wrong.fix(f'Write `"{renamed}"`', f'"{renamed}"', preferred=True)
    yield from _without_feature(wrong, not renamed)


def _without_feature(wrong: Wrong, sure: bool) -> Iterator[Fix]:
    node = _property(wrong)
    if node is None:
        return
    if isinstance(node.value, nodes.Array) and len(node.value.items) > 1:
        yield from wrong.remove_item(preferred=sure)
    else:
        yield wrong.remove_line(f"Remove `{node.name.value}`", preferred=sure)


# --- several schemas -----------------------------------------------------------------------------


@repairs("missing-schema")
def missing_schema(wrong: Wrong) -> Iterator[Fix]:
    declaration = wrong.declaration
    if declaration is None or declaration.block.close < 0:
        return
    listed = wrong.schema.database_schemas()
    for name in listed[:6]:
        draft = wrong.draft().add_block_attribute(declaration, f'@@schema("{name}")')
        yield Fix(f'Add `@@schema("{name}")`', "T", draft.edits, len(listed) == 1)


@repairs("unknown-schema")
def unknown_schema(wrong: Wrong) -> Iterator[Fix]:
    value = wrong.value
    source = next((c for c in wrong.schema.configs if c.kind == "datasource"), None)
    multi = wrong.schema.connector() in catalogue.MULTI_SCHEMA_PROVIDERS
    if isinstance(value, nodes.Argument):
        value = value.value
    if multi and isinstance(value, nodes.String):
        listed = wrong.schema.database_schemas()
        found = meant(value.value, listed)
        for name in found:
            sure = len(found) == 1 and is_same_word(value.value, name)
            yield wrong.fix(f'Write `"{name}"`', f'"{name}"', value.start, value.end, preferred=sure)
        if source is not None and value.raw:
            yield from _listed(wrong, source, value.raw)
        for name in [n for n in listed if n not in found][:3]:
            yield wrong.fix(f'Write `"{name}"`', f'"{name}"', value.start, value.end)
    yield from wrong.remove_attribute(preferred=not multi)


def _listed(wrong: Wrong, source: Config, name: str) -> Iterator[Fix]:
    entry = source.properties.get("schemas")
    draft = wrong.draft()
    if entry is None:
        line = max((line for line, _ in source.properties.values()), default=source.block.header) + 1
        draft.add_line(source, line, f'schemas = ["{name}"]')
    elif isinstance(entry[1].value, nodes.Array):
        items = entry[1].value.items
        at = items[-1].end if items else entry[1].value.end - 1
        draft.insert(source, entry[0], at, f'{", " if items else ""}"{name}"')
    else:
        return
    yield Fix(f'Add "{name}" to `schemas` of the datasource (creates the schema)', "R", draft.edits)
