'''A secret that is a plain field comes back with every query of its model, and so ends in logs and answers.

Prisma Client leaves a field out with `omit`, per query or for all of them (`new PrismaClient({ omit: … })`).
That cannot be seen from here, so `/// @sensitive` above the field says that it was thought of.
Names that tell of a hash or of encryption (`passwordHash`, `encryptedSecret`) are fine, and so are
the tables of an authentication library.

```prisma
model Customer {
  id       String @id @default(uuid(7)) @db.Uuid
  password String @db.VarChar(255)
//^^^^^^^^ `password` comes back with every query: leave it out with `omit`, and say so with `/// @sensitive`

  @@map("customers")
}
```

```prisma fixed
model Customer {
  id       String @id @default(uuid(7)) @db.Uuid
  /// @sensitive
  password String @db.VarChar(255)

  @@map("customers")
}
```

| fix | gain | cost | performance | migration | upkeep |
| --- | --- | --- | --- | --- | --- |
| `/// @sensitive` above it | reviewers and generators see what it is | says so and does nothing | none | none | leave it out of the client: `omit: { user: { password: true } }` |
'''

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_lsp.lint.columns import columns, is_ours, plain, words_of
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.rule import Finding, rule
from prisma_lsp.lint.suppression import MARK
from prisma_lsp.schema.declarations import Field, Model

_SECRETS = (
    "password", "passwd", "passphrase", "ssn", "socialsecuritynumber", "cvv", "cvc", "cardnumber",
    "creditcard", "apisecret", "clientsecret", "secretkey", "privatekey", "accesstoken",
    "refreshtoken", "apikey", "twofactorsecret", "totpsecret", "mfasecret", "otpsecret",
)  # fmt: skip
_SAFE = frozenset({
    "hash", "hashed", "encrypted", "cipher", "ciphertext", "digest", "masked", "last4", "ref", "url", "display",
    "partial", "preview", "hint", "public", "prefix",
})  # fmt: skip


@rule(level="info")
def check(model: Model, context: Context) -> Iterator[Finding]:
    for field in columns(model, "String"):
        if not plain(field.name).endswith(_SECRETS) or not _SAFE.isdisjoint(words_of(field.name)):
            continue
        if not is_ours(field, context) or _is_marked(field):
            continue
        yield Finding(
            field.line,
            field.node.name.start,
            field.node.name.end,
            f"`{field.name}` comes back with every query: leave it out with `omit`, and say so with `/// @sensitive`",
            lambda bench, field=field: fixes(field, bench),  # type: ignore[misc]
        )


def _is_marked(field: Field) -> bool:
    """Whether a comment on the field's line or right above it speaks of it being secret."""
    lines = field.owner.block.lines
    texts = [field.node.comment]
    line = field.line - 1
    while line >= 0 and lines[line].lstrip().startswith("//"):
        texts.append(lines[line])
        line -= 1
    # A comment that switches rules off may hold this rule's own name.
    text = " ".join(text for text in texts if text and MARK not in text).lower()
    return any(word in text for word in ("sensitive", "@omit", "@hidden", "hash", "encrypt", "bcrypt", "argon"))


def fixes(field: Field, bench: Workbench) -> Iterable[Fix]:
    draft = bench.draft().add_line(field.owner, field.line, "/// @sensitive")
    yield Fix("Write /// @sensitive above it, once the queries leave it out", "T", draft.edits, True, by_choice=True)
