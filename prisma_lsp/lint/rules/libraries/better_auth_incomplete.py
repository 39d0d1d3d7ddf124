'''Better Auth writes fields by fixed names: one that the schema lacks fails at somebody's first sign-in, not in the build.

The rule knows the four core tables (user, session, account, verification): their fields, the unique
`email` and `token`, and the index that each verification is looked up by. The names of models,
tables and columns may be any; a field renamed through Better Auth's `fields` option needs a comment
that says so. Where an account has no verification beside it, that is an info: they may be kept in
a second storage. Everything else about these tables is the library's, so the house's rules are silent
there. Foreign keys are a matter for `missing-fk-index`.

```prisma
datasource db {
  provider = "postgresql"
}

model Session {
//    ^^^^^^^ Better Auth's session lacks `ipAddress` and `userAgent` here: writing one fails
  id        String   @id
  token     String
//^^^^^ Better Auth looks a session up by its `token`, which is not unique here
  expiresAt DateTime @map("expires_at")
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
  userId    String   @map("user_id")
  user      User     @relation(fields: [userId], references: [id], onDelete: Cascade)

  @@index([userId])
  @@map("session")
}

model User {
  id            String    @id
  name          String
  email         String    @unique
  emailVerified Boolean   @default(false) @map("email_verified")
  image         String?
  createdAt     DateTime  @default(now()) @map("created_at")
  updatedAt     DateTime  @updatedAt @map("updated_at")
  sessions      Session[]

  @@map("user")
}
```

```prisma fixed
datasource db {
  provider = "postgresql"
}

model Session {
  id        String   @id
  token     String @unique
  expiresAt DateTime @map("expires_at")
  createdAt DateTime @default(now()) @map("created_at")
  updatedAt DateTime @updatedAt @map("updated_at")
  userId    String   @map("user_id")
  user      User     @relation(fields: [userId], references: [id], onDelete: Cascade)
  ipAddress String? @map("ip_address")
  userAgent String? @map("user_agent")

  @@index([userId])
  @@map("session")
}

model User {
  id            String    @id
  name          String
  email         String    @unique
  emailVerified Boolean   @default(false) @map("email_verified")
  image         String?
  createdAt     DateTime  @default(now()) @map("created_at")
  updatedAt     DateTime  @updatedAt @map("updated_at")
  sessions      Session[]

  @@map("user")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| add what the library needs, as it needs it | sign-in works in every flow, not only in the tried ones | columns under the library's names, not the house's | an index where it looks rows up | adds columns, a unique key or an index; a required column fails while the table holds rows | follow the library when it asks for more |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.libraries import BETTER_AUTH, kept_by_library
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model

_TIMES = {"createdAt": "DateTime @default(now())", "updatedAt": "DateTime @default(now()) @updatedAt"}
# Table → its fields, as Better Auth calls them, with what they are in Prisma.
_FIELDS: dict[str, dict[str, str]] = {
    "user": {
        "name": "String", "email": "String", "emailVerified": "Boolean @default(false)",
        "image": "String?", **_TIMES,
    },
    "session": {
        "token": "String", "expiresAt": "DateTime", **_TIMES, "ipAddress": "String?",
        "userAgent": "String?", "userId": "String",
    },
    "account": {
        "accountId": "String", "providerId": "String", "userId": "String", "accessToken": "String?",
        "refreshToken": "String?", "idToken": "String?", "accessTokenExpiresAt": "DateTime?",
        "refreshTokenExpiresAt": "DateTime?", "scope": "String?", "password": "String?", **_TIMES,
    },
    "verification": {"identifier": "String", "value": "String", "expiresAt": "DateTime", **_TIMES},
}  # fmt: skip
_UNIQUE = {"user": "email", "session": "token"}
_LOOKED_UP = {"verification": "identifier"}
# Longer than the 191 characters that MySQL gives a `String`.
_LONG = ("accessToken", "refreshToken", "idToken", "value", "scope", "password", "image", "userAgent")


@rule(level="warning", preset="essential")
def check(model: Model, context: Context) -> Iterator[Finding]:
    if model.kind != "model" or model.is_ignored:
        return
    title = f"{model.name} {model.database_name}".lower()
    table = next((t for t in ("session", "account", "verif", "user") if t in title), None)
    if table is None or kept_by_library(model, context) != BETTER_AUTH:
        return
    table = "verification" if table == "verif" else table
    here = {name for f in model.all_fields for name in (_plain(f.name), _plain(f.column))}
    wanted = _FIELDS[table]
    missing = [name for name in wanted if _plain(name) not in here]
    # A table of a plugin or of the house that merely has such a name.
    if len(missing) * 2 > len(wanted):
        return
    yield from _missing_fields(model, table, missing)
    if table == "account":
        yield from _missing_table(model, context)
    unique, looked_up = _UNIQUE.get(table), _LOOKED_UP.get(table)
    if unique is not None:
        yield from _missing_key(model, table, unique, "@unique")
    if looked_up is not None:
        yield from _missing_key(model, table, looked_up, "@@index")


def _missing_fields(model: Model, table: str, missing: list[str]) -> Iterator[Finding]:
    if not missing:
        return
    at = model.name_node
    listed = _listed(missing)
    yield Finding(
        model.block.header,
        at.start,
        at.end,
        f"Better Auth's {table} lacks {listed} here: writing one fails",
        lambda bench: _add_fields(model, table, missing, bench),
    )


def _listed(missing: list[str]) -> str:
    shown = [f"`{name}`" for name in missing]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _missing_table(model: Model, context: Context) -> Iterator[Finding]:
    """Sign-in by e-mail and by provider both keep what is to be verified, unless elsewhere than here."""
    name = _beside(model)
    candidates = (name, "Verification", "verification", "Verifications", "verifications", "VerificationToken")
    if name == model.name or any(context.kind_of(candidate) is not None for candidate in candidates):
        return
    at = model.name_node
    yield Finding(
        model.block.header,
        at.start,
        at.end,
        f"Better Auth keeps verifications in a table beside `{model.name}`, and there is none",
        lambda bench: _add_table(model, name, bench),
        at_most="info",
    )


def _beside(model: Model) -> str:
    return model.name.replace("Account", "Verification").replace("account", "verification")


def _missing_key(model: Model, table: str, name: str, what: str) -> Iterator[Finding]:
    field = next((f for f in model.all_fields if _plain(name) in (_plain(f.name), _plain(f.column))), None)
    if field is None or field.type_name != "String":
        return
    serving = [i for i in model.indexes if i.where is None and i.names[:1] == (field.name,)]
    if any(what == "@@index" or (i.is_unique and len(i.names) == 1) for i in serving):
        return
    state = "not unique" if what == "@unique" else "no index"
    which = "which is" if what == "@unique" else "which has"
    yield Finding(
        field.line,
        field.node.name.start,
        field.node.name.end,
        f"Better Auth looks a {table} up by its `{field.name}`, {which} {state} here",
        lambda bench: _add_key(field, what, bench),
    )


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _add_key(field: Field, what: str, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft()
    migrated = bench.is_migrated_column(field)
    if what == "@unique":
        draft.lead_attribute(field, what)
        how = " (creates a unique index; fails where values repeat)" if migrated else ""
        yield Fix(f"Add @unique to `{field.name}`{how}", "R" if migrated else "T", draft.edits, preferred=True)
        return
    text = f"@@index([{field.name}])"
    draft.add_block_attribute(field.owner, text)
    yield Fix(f"Add {text} (creates an index)", "R" if migrated else "T", draft.edits, preferred=True)


def _add_fields(model: Model, table: str, missing: list[str], bench: Workbench) -> Iterable[Fix]:
    if "userId" in missing:
        # A foreign key is more than a field.
        return
    draft = bench.draft()
    line = model.all_fields[-1].line + 1
    for name in missing:
        draft.add_line(model, line, _field(model, table, name, bench))
    written = ", ".join(f"`{name}`" for name in missing)
    migrated = bench.is_migrated_table(model)
    bare = any("?" not in _FIELDS[table][n] and "@default" not in _FIELDS[table][n] for n in missing)
    if not migrated:
        yield Fix(f"Add {written}", "T", draft.edits, preferred=True)
    elif bare and bench.schema.provider() != "mongodb":
        how = "adds required columns: fails while the table holds rows"
        yield Fix(f"Add {written} ({how})", "D", draft.edits, preferred=True)
    else:
        yield Fix(f"Add {written} (adds columns)", "R", draft.edits, preferred=True)


def _field(model: Model, table: str, name: str, bench: Workbench) -> str:
    """A field's line, spelt as the others of the model are."""
    snake = sum("_" in f.name for f in model.all_fields) > 1
    mapped = any(f.mapped_name is not None and "_" in f.column for f in model.all_fields)
    column = names.snake(name)
    renamed = f' @map("{column}")' if mapped and not snake and column != name else ""
    is_long = bench.schema.provider() == "mysql" and name in _LONG
    long = f" @{bench.schema.datasource_name()}.Text" if is_long else ""
    return f"{column if snake else name} {_FIELDS[table][name]}{renamed}{long}"


def _add_table(model: Model, name: str, bench: Workbench) -> Iterable[Fix]:
    block = model.block
    key = model.id
    if block.close < 0 or key is None or key.field is None:
        return
    identity = key.field
    text = block.line(identity.line)[identity.node.start : identity.node.end]
    lines = [text, *(_field(model, "verification", field, bench) for field in _FIELDS["verification"])]
    identifier = next(line.split()[0] for line in lines if line.startswith("identifier"))
    lines += ["", f"@@index([{identifier}])"]
    if model.mapped_name is not None:
        table = model.mapped_name.replace("Account", "Verification").replace("account", "verification")
        lines.append(f'@@map("{table}")')
    body = "".join(f"  {line}\n" if line else "\n" for line in lines)
    end = len(block.lines[block.close].rstrip("\r\n"))
    written = f"\n\nmodel {name} {{\n{body}}}"
    draft = bench.draft().replace_in_block(model.path, block, block.close, end, end, written)
    migrated = bench.is_migrated_table(model)
    how = " (creates a table)" if migrated else ""
    yield Fix(f"Add the model `{name}`{how}", "R" if migrated else "T", draft.edits, preferred=True)
