'''An e-mail address of ten thousand characters is a mistake or an attack; the column may say so.

Spoken of are texts of a known shape without a native type: e-mail, phone, slug, currency, country
code. A length keeps nonsense out whatever program writes, and tells the reader what is meant. Only
PostgreSQL and CockroachDB have no limit of their own. Left alone are lists and the tables of an
authentication library.

```prisma
model Customer {
  id          String  @id @default(uuid(7)) @db.Uuid
  email       String  @unique
//            ^^^^^^ `email` may be of any length: `@db.VarChar(255)` is enough
  phone       String?
//            ^^^^^^^ `phone` may be of any length: `@db.VarChar(32)` is enough
  countryCode String  @map("country_code")
//            ^^^^^^ `countryCode` may be of any length: `@db.VarChar(2)` is enough

  @@map("customers")
}
```

```prisma fixed
model Customer {
  id          String  @id @default(uuid(7)) @db.Uuid
  email       String  @unique @db.VarChar(255)
  phone       String? @db.VarChar(32)
  countryCode String  @map("country_code") @db.VarChar(2)

  @@map("customers")
}
```

On a column that exists, the migration fails where a value is longer; PostgreSQL checks every row
while it holds the table.

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@db.VarChar(n)` | nonsense is refused | to raise the limit is a migration, which is instant | none | checks every row, fails on a longer value | none |
| `@db.Text` | says that no limit is meant | nonsense is kept | none | none | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.columns import (
    columns,
    is_key,
    is_ours,
    plain,
    provider_of,
    sized,
    words_of,
)
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import retype
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.rules.types.unbounded_string import wants_text
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.syntax import nodes


@dataclass(frozen=True)
class Options:
    email: int = 255
    """How many characters an e-mail address may have; 0 to say nothing about them."""
    phone: int = 32
    """How many characters a phone number may have; 0 to say nothing about them."""
    slug: int = 255
    """How many characters a slug may have; 0 to say nothing about them."""
    currency: int = 3
    """How many characters the code of a currency may have; 0 to say nothing about them."""
    country_code: int = 2
    """How many characters the code of a country may have; 0 to say nothing about them."""


# The last words of a name → what it holds.
_ENDS = {
    ("email",): "email", ("email", "address"): "email", ("phone",): "phone",
    ("phone", "number"): "phone", ("mobile", "number"): "phone", ("mobile",): "phone",
    ("telephone",): "phone", ("cellphone",): "phone", ("fax",): "phone", ("slug",): "slug",
    ("currency",): "currency", ("currency", "code"): "currency", ("country", "code"): "country_code",
}  # fmt: skip
_LAST = ("email", "emailaddress", "phone", "phonenumber", "mobilenumber",
    "mobile", "fax", "slug", "currency", "currencycode", "countrycode")


def _shape(name: str) -> str | None:
    words = words_of(name)
    return _ENDS.get(words[-1:]) or _ENDS.get(words[-2:])


@rule(level="info", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "String"):
        name = plain(field.name)
        if not name.endswith(_LAST) or field.arity == "[]" or field.native_type is not None:
            continue
        if provider_of(context) not in ("postgresql", "cockroachdb"):
            return
        what = _shape(field.name)
        length: int = getattr(context.options, what) if what else 0
        default = field.default
        if isinstance(default, nodes.String) and len(default.value) > length:
            # A `currency` of "usdcbase" is no code of three letters.
            continue
        if not length or is_key(field) or not is_ours(field, context):
            continue
        node = field.node.type
        assert node is not None
        yield Finding(
            field.line,
            node.start,
            node.end,
            f"`{field.name}` may be of any length: `@{context.datasource_name()}.{sized(length, context)}` is enough",
            lambda bench, field=field, length=length: fixes(field, length, bench),  # type: ignore[misc]
        )


def fixes(field: Field, length: int, bench: Workbench) -> Iterable[Fix]:
    prefix = bench.schema.datasource_name()
    if not wants_text(bench.environment.settings):
        native = sized(length, bench.schema)
        draft = bench.draft()
        keys, migrated = retype(draft, field, native, bench)
        effect = " (rewrites nothing, but fails where a value is longer)" if migrated else ""
        title = f"Make it{keys} @{prefix}.{native}{effect}"
        yield Fix(title, "D" if migrated else "T", draft.edits, not migrated)
    if provider_of(bench.schema) == "postgresql":
        draft = bench.draft()
        retype(draft, field, "Text", bench)
        yield Fix(f"Write @{prefix}.Text: says that no limit is meant", "T", draft.edits, by_choice=True)
