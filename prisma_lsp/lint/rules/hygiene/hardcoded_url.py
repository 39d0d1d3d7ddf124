'''A password in the schema is in every clone, every fork and every copy of the repository, for good.

Only addresses with a password in them are spoken of; on the own machine (`localhost`) that is a
warning. The fix reads the address from the environment; the password that was written here needs
changing all the same.

```prisma
datasource db {
  provider = "postgresql"
  url      = "postgresql://shop:s3cret@db.example.com:5432/shop"
//           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ A password stands in `url`: everybody with the repository has it
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `env("…")` | no secret in the repository from now on | each machine has to set the variable | none | none | change the password too: history keeps the old one |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Config
from prisma_lsp.syntax import nodes

_VARIABLES = {"url": "DATABASE_URL", "directUrl": "DIRECT_URL", "shadowDatabaseUrl": "SHADOW_DATABASE_URL"}
_LOCAL = ("localhost", "127.0.0.1", "[::1]", "host.docker.internal")


@rule(level="error", preset="essential")
def check(config: Config, context: Context) -> Iterator[Finding]:
    if config.kind != "datasource":
        return
    for name, variable in _VARIABLES.items():
        line, node = config.properties.get(name, (0, None))
        value = node.value if node is not None else None
        if not isinstance(value, nodes.String):
            continue
        host = _host_behind_password(value.value)
        if host is None:
            continue
        local = host.startswith(_LOCAL)
        yield Finding(
            line,
            value.start,
            value.end,
            f"A password stands in `{name}`: everybody with the repository has it",
            lambda bench, line=line, value=value, v=variable: fixes(config, line, value, v, bench),  # type: ignore[misc]
            at_most="warning" if local else None,
        )


def _host_behind_password(url: str) -> str | None:
    """What stands behind `user:password@`; None for an address without a password.

    SQL Server's addresses say `password=…;` instead.
    """
    if url.lower().startswith("sqlserver:"):
        given = [part.partition("=") for part in url.split(";")]
        words = [value.strip() for key, _, value in given if key.strip().lower() in ("password", "pwd")]
        return url.split(";")[0].partition("//")[2] if words and _is_real(words[0]) else None
    scheme, _, rest = url.partition("://")
    login, at, host = rest.split("/")[0].rpartition("@")
    _, colon, password = login.partition(":")
    return host if scheme and at and colon and _is_real(password) else None


def _is_real(password: str) -> bool:
    """Whether it is a password, and no place for one (`<password>`, `${PASSWORD}`, `xxxx`)."""
    text = password.strip("<>[]{}*$").lower()
    return bool(text) and password[0] not in "<[{*$" and text != "password" and set(text) != {"x"}


def fixes(
    config: Config, line: int, value: nodes.String, variable: str, bench: Workbench
) -> Iterable[Fix]:
    draft = bench.draft().replace_node(config, line, value, f'env("{variable}")')
    # By choice: nothing works until the variable is set.
    yield Fix(f'Read it from env("{variable}")', "T", draft.edits, True, by_choice=True)
