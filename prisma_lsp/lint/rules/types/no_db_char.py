'''PostgreSQL fills `char(n)` up with spaces, which then cost room, come back to the client, and count in no comparison.

It is not quicker than `varchar(n)` either. Codes of a fixed length are left alone: up to three
characters, and names that say so (`currency`, `countryCode`, `hash`, `checksum`, `locale` …), and so are keys,
whose other side would have to follow.

```prisma
model Customer {
  id        String @id @default(uuid(7)) @db.Uuid
  firstName String @map("first_name") @db.Char(40)
//                                    ^^^^^^^^^^^^ `firstName` is filled up with spaces to 40 characters: `@db.VarChar(40)` is not
  country   String @db.Char(2)

  @@map("customers")
}
```

```prisma fixed
model Customer {
  id        String @id @default(uuid(7)) @db.Uuid
  firstName String @map("first_name") @db.VarChar(40)
  country   String @db.Char(2)

  @@map("customers")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `@db.VarChar(n)` | no spaces, the limit stays | none | smaller rows | changes the column's type, trailing spaces go | none |
| `@db.Text` | no spaces, no limit to raise later | nothing stops a novel | smaller rows | as above | none |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_lsp.lint.columns import (
    columns,
    is_key,
    is_ours,
    matches,
    provider_of,
    words_of,
)
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.keys import retype
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.schema.declarations import Field, Model


@dataclass(frozen=True)
class Options:
    allow: tuple[str, ...] = ()
    """Fields that may stay; `*` and `?` stand for any letters, `/…/` is a regular expression."""


_CODES = frozenset({
    "code", "currency", "country", "locale", "language", "lang", "iso", "hash", "checksum", "sha", "md5",
    "sha1", "sha256", "digest", "fingerprint", "iban", "bic", "swift", "isin", "ulid", "uuid", "guid",
    "id", "address", "signature", "ein", "ssn", "vin", "zip", "flag", "color", "colour", "hex", "cpf", "cnpj",
})  # fmt: skip


@rule(level="warning", options=Options)
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "String"):
        native = field.native_type
        if native is None or not native.name.endswith(".Char"):
            continue
        length = _length(field)
        if length <= 3 or not _CODES.isdisjoint(words_of(field.name)) or is_key(field):
            continue
        if provider_of(context) != "postgresql" or not is_ours(field, context):
            continue
        if matches(field.name, context.options.allow):
            continue
        prefix = context.datasource_name()
        yield Finding(
            field.line,
            native.start,
            native.end,
            f"`{field.name}` is filled up with spaces to {length} characters: `@{prefix}.VarChar({length})` is not",
            lambda bench, field=field, length=length: fixes(field, length, bench),  # type: ignore[misc]
        )


def _length(field: Field) -> int:
    """The length; 1 where none is written, as PostgreSQL has it."""
    digits = (field.native or "").partition("(")[2].rstrip(")")
    return int(digits) if digits.isascii() and digits.isdigit() else 1


def fixes(field: Field, length: int, bench: Workbench) -> Iterable[Fix]:
    prefix = bench.schema.datasource_name()
    for native, gain in ((f"VarChar({length})", "keeps the limit"), ("Text", "no limit")):
        draft = bench.draft()
        keys, migrated = retype(draft, field, native, bench)
        effect = " (changes the column's type)" if migrated else ""
        title = f"Make it{keys} @{prefix}.{native}: {gain}{effect}"
        yield Fix(title, "R" if migrated else "T", draft.edits, native != "Text")
