'''Prisma 7 still has `prisma-client-js`, but calls it deprecated; `prisma-client` writes into your own sources.

Spoken of is the old generator where Prisma 7 or later is known to be used (`node_modules`, a lock file,
`package.json`), and the new one without `output`, which it needs. What the preview features of a generator have
become, Prisma says itself.

```installed
7.2.0
```

```prisma
generator client {
  provider = "prisma-client-js"
//           ^^^^^^^^^^^^^^^^^^ `prisma-client-js` is deprecated in Prisma 7: `prisma-client` takes its place
}
```

The new generator's client is imported from its `output` instead of `@prisma/client`, so the change
is one of the whole application and has no fix here.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `prisma-client` with an `output` | the client that Prisma goes on with; its code is yours to see | every import of `@prisma/client` has to name the new folder | starts quicker, bundles smaller | none | the folder belongs into `.gitignore` |
| stay with `prisma-client-js` for now | no import changes | the move is still to do | none | none | switch the rule off until then |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Config
from prisma_lsp.syntax import nodes


@rule(level="info")
def check(config: Config, context: Context) -> Iterator[Finding]:
    entry = config.properties.get("provider")
    if config.kind != "generator" or entry is None or not isinstance(entry[1].value, nodes.String):
        return
    line, value = entry[0], entry[1].value
    provider = value.value
    version = context.environment.prisma_version
    if provider == "prisma-client-js" and version is not None and version.since((7, 0)):
        yield Finding(
            line, value.start, value.end,
            "`prisma-client-js` is deprecated in Prisma 7: `prisma-client` takes its place",
            deprecated=True,
        )  # fmt: skip
    elif provider == "prisma-client" and "output" not in config.properties:
        yield Finding(
            line, value.start, value.end,
            "`prisma-client` needs an `output`: the folder that the client is written to",
            lambda bench: fixes(config, line, bench),
        )  # fmt: skip


def fixes(config: Config, line: int, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft().add_line(config, line + 1, 'output = "../src/generated/prisma"')
    # By choice: only the reader knows the folder.
    yield Fix('Add output = "../src/generated/prisma"', "T", draft.edits, True, by_choice=True)
