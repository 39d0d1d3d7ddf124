'''Prisma 7 takes the database's address from `prisma.config.ts`; earlier versions want it in the schema.

Spoken of is only what a version that is known refuses (`node_modules`, a lock file, `package.json`): a
`url` from 7 on, a missing one before 6.16. In between the address may stand in either place. Prisma
says so itself; with `validity = "off"` this rule does. The fixes are the same.

```settings
validity = "off"
```

```installed
7.2.0
```

```prisma
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
//^^^ Prisma 7.2, which is installed here, refuses `url` in the schema: it belongs in `prisma.config.ts`
}
```

In `prisma.config.ts` the same reads `datasource: { url: env("DATABASE_URL") }`. Where that file says
it already, take the line away here.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| move the address to `prisma.config.ts`, or back | Prisma of this version reads the schema at all | one more file to know | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema import versions
from prisma_lsp.schema.declarations import Config

_URLS = ("url", "directUrl", "shadowDatabaseUrl")


@rule(level="error", preset="essential")
def check(config: Config, context: Context) -> Iterator[Finding]:
    if context.settings.validity != "off":
        return
    version = context.environment.prisma_version
    if config.kind != "datasource" or version is None or config.block.close < 0:
        return
    installed = f"{version}, which is installed here,"
    if version.since(versions.URL_REMOVED):
        for name in _URLS:
            if name in config.properties:
                line, node = config.properties[name]
                yield Finding(
                    line, node.name.start, node.name.end,
                    f"{installed} refuses `{name}` in the schema: it belongs in `prisma.config.ts`",
                    lambda bench, line=line: _remove(config, line, bench),  # type: ignore[misc]
                )  # fmt: skip
    elif version.before(versions.URL_OPTIONAL) and "url" not in config.properties and "provider" in config.properties:
        yield Finding(
            config.block.header, config.name_node.start, config.name_node.end,
            f"{installed} needs a `url` here",
            lambda bench: _add(config, bench),
        )  # fmt: skip


def _remove(config: Config, line: int, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft().remove_line(config.path, config.block, line)
    yield Fix("Remove it here, once `prisma.config.ts` has it", "T", draft.edits, by_choice=True)


def _add(config: Config, bench: Workbench) -> Iterable[Fix]:
    line, _ = config.properties["provider"]
    draft = bench.draft().add_line(config, line + 1, 'url = env("DATABASE_URL")')
    yield Fix('Add url = env("DATABASE_URL")', "T", draft.edits, preferred=True)
