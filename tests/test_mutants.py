"""One edit, as somebody types it, changes findings elsewhere only where what they are about changed."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from test_incremental_lint import CASES, edit, edited, facts, fresh

from prisma_lsp.lint.linter import Linter
from prisma_lsp.schema.declarations import Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax.document import Block

# These go by what is usual in the whole schema.
WHOLE = {"inconsistent-column-type", "inconsistent-mapping", "unused-suppression", "cascade-cycle"}
MUTANTS = 12


def names(schema: Schema, path: str, block: Block) -> set[str]:
    """What a declaration is called, and the types that its fields have."""
    found = schema.owner(path, block)
    types = {field.type_name for field in found.all_fields} if isinstance(found, Model) else set()
    return types | {found.name} if found is not None else set()


def ours(linter: Linter, block: Block) -> Counter[tuple[str, str, int]]:
    return Counter((f.rule, f.message, f.line) for f in linter.findings(block) if f.source != "prisma")


@pytest.mark.parametrize("seed", range(25))
def test_one_edit(seed: int) -> None:
    rnd = random.Random(seed)
    path, texts = "", {}
    while not any(kind in texts.get(path, "") for kind in ("model ", "enum ")):
        texts = {p: t.replace("\r\n", "\n").replace("\r", "\n") for p, t in rnd.choice(CASES)[1].items()}
        path = rnd.choice(list(texts))
    before = fresh(texts)
    for _ in range(MUTANTS):
        new = edit(texts[path], rnd)
        if new is None:
            continue
        change, after = edited(before, path, texts[path], new)
        schema = after.schema
        assert facts(after) == facts(fresh({**texts, path: new}))
        touched: set[str] = set()
        for old, blocks in ((before.schema, change.removed), (schema, change.added)):
            for block in blocks:
                touched |= names(old, path, block)
        if any(b.kind in ("datasource", "generator", "unknown") for b in (*change.removed, *change.added)):  # fmt: skip
            continue
        for file, found in schema.files.items():
            for block in found.blocks:
                if block in change.added or names(schema, file, block) & touched:
                    continue
                was, now = ours(before, block), ours(after, block)
                assert {rule for rule, *_ in (was - now) + (now - was)} <= WHOLE, (new, was, now)


PROVIDED = """generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "mongodb"
  url      = env("DATABASE_URL")
}

model User {
  id        String    @id @map("_id") @db.ObjectId
  createdAt DateTime  @default(now())
  updatedAt DateTime  @updatedAt
  Posts     Post[]
}

model Post {
  id       String @id @map("_id") @db.ObjectId
  authorId String @db.ObjectId
  author   User   @relation(fields: [authorId], references: [id], onDelete: Cascade, onUpdate: Cascade)

  @@index([authorId])
}
"""


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("datasource db {", "datasource db "),
        ("datasource db {", "datasourc db {"),
        ("datasource db {", "datasource {"),
        ('"mongodb"', 'mongodb"'),
        ('provider = "mongodb"', 'provid = "mongodb'),
        ("url      = env", "ur      = env"),
        ("url      = env", "url      env"),
        ('env("DATABASE_URL")', 'env("DATABASE_URL'),
        ('"mongodb"', '"ongodb"'),
        ('"mongodb"', '"mongod"'),
        ('provider = "mongodb"', 'rovider = "mongodb"'),
        ('provider = "mongodb"', 'provider, = "mongodb"'),
        ('  provider = "mongodb"\n', ""),
        ("datasource db {", "datasource db {\ndatasource db {"),
        ('datasource db {\n  provider = "mongodb"', 'provider = "mongodb"\ndatasource db {'),
    ],
)
def test_a_broken_datasource_changes_no_rule(written: str, typed: str) -> None:
    linters = [fresh({"a.prisma": text}) for text in (PROVIDED, PROVIDED.replace(written, typed))]
    found = [
        sorted(
            (f.rule, f.message)
            for block in linter.schema.files["a.prisma"].blocks
            for f in linter.findings(block)
            if f.source != "prisma"
        )
        for linter in linters
    ]
    assert found[0] == found[1]
    assert any(rule == "field-name-case" for rule, _ in found[0])


ORDERS = """model Order {
  id      String @id @default(uuid(7)) @db.Uuid
  shop_id String
  shop    Shop   @relation(fields: [shop_id], references: [id])
  state   State
  big_bag Bag[]
}

model Bag {
  id String @id
}

enum State {
  PENDING
  PAID
}

model Shop {
  id     String @id
  orders Order[]
}
"""


@pytest.mark.parametrize("name", ["model Shop", "model Bag", "enum State"])
@pytest.mark.parametrize("typed", ["{0} ", "{1} {2}", "m {2} {{", "mo{0} {{", "{1} {2}[] {{", "{0} {{\n{0} {{"])
def test_a_header_that_is_typed_leaves_what_refers_to_it(name: str, typed: str) -> None:
    broken = ORDERS.replace(name + " {", typed.format(name, *name.split()))
    found = []
    for text in (ORDERS, broken):
        linter = fresh({"a.prisma": text})
        found.append(ours(linter, linter.schema.files["a.prisma"].blocks[0]))
    missed = {"missing-default"} if name == "enum State" else {"fk-native-type-mismatch", "uuid-native-type"}
    kept = [Counter({f: n for f, n in one.items() if f[0] not in missed}) for one in found]
    assert kept[0] == kept[1]
    assert {"missing-fk-index", "explicit-referential-actions", "field-name-case"} <= {rule for rule, *_ in kept[0]}
