'''With `relationMode = "prisma"` no foreign key guards the rows: whatever bypasses the client leaves orphans.

Prisma Client then emulates what happens on delete and update, with more queries, and only for
queries made through it: raw SQL, another program or two clients at the same moment leave rows that
point at nothing. All SQL databases that Prisma knows have foreign keys; a sharded MySQL without them
is the reason to keep the setting. MongoDB has none.

```prisma
datasource db {
  provider     = "postgresql"
  relationMode = "prisma"
//               ^^^^^^^^ PostgreSQL has foreign keys; without them only Prisma Client keeps rows from pointing at nothing
}
```

What to do depends on why it is set:

| answer | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `relationMode = "foreignKeys"` | the database keeps every relation true | deletes that would orphan rows fail | deletes take one statement instead of several | creates a foreign key per relation; fails while rows point at nothing | none |
| keep it, with a comment that says why | works where the database cannot do it | orphans are possible | as today | none | look for orphans from time to time |
'''

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.catalogue import PROVIDER_TITLES
from prisma_lsp.schema.declarations import Config
from prisma_lsp.syntax import nodes


@rule(level="info")
def check(config: Config, context: Context) -> Iterator[Finding]:
    if config.kind != "datasource" or config.string("relationMode") != "prisma":
        return
    provider = context.provider()
    if provider is None or provider == "mongodb":
        return
    line, node = config.properties["relationMode"]
    value = node.value
    assert isinstance(value, nodes.String)
    yield Finding(
        line,
        value.start,
        value.end,
        f"{PROVIDER_TITLES[provider]} has foreign keys; without them only Prisma Client keeps rows from pointing at nothing",
    )
