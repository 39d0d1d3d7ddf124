"""Renames that leave the database as it is: what they change, and when there is none."""

from __future__ import annotations

import pytest

from prisma_lsp.lint.fixes import Draft, as_edits
from prisma_lsp.schema.declarations import Enum, Model
from prisma_lsp.schema.rename import (
    NotPossible,
    Piece,
    rename_declaration,
    rename_field,
    rename_value,
)
from prisma_lsp.schema.schema import Schema
from prisma_lsp.syntax import document
from prisma_lsp.text import apply_edits


def renamed(text: str, old: str, new: str) -> str:
    """``text`` after renaming ``Model``, ``Model.field`` or ``Enum.VALUE``."""
    schema = Schema({"a.prisma": document.read(text)})
    edits = as_edits(Draft(schema), pieces(schema, old, new)).edits["a.prisma"]
    assert len(set(edits)) == len(edits)
    return apply_edits(text, edits)


def pieces(schema: Schema, old: str, new: str) -> list[Piece]:
    name, _, member = old.partition(".")
    declaration = schema.declarations(name)[0]
    if not member:
        return rename_declaration(schema, declaration, new)
    if isinstance(declaration, Enum):
        value = next(value for value in declaration.values if value.name == member)
        return rename_value(schema, value, new)
    assert isinstance(declaration, Model)
    return rename_field(schema, declaration.fields[member], new)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("model a {\n  id Int @id\n}\n", 'model A {\n  id Int @id\n\n  @@map("a")\n}\n'),
        ("model a {\r\n  id Int @id\r\n}\r\n", 'model A {\r\n  id Int @id\r\n\r\n  @@map("a")\r\n}\r\n'),
        ("model a {\n\tid Int @id\n}", 'model A {\n\tid Int @id\n\n\t@@map("a")\n}'),
        ("model a {\n  id Int @id\n\n}\n", 'model A {\n  id Int @id\n\n  @@map("a")\n\n}\n'),
        ("model a {\n}\n", 'model A {\n  @@map("a")\n}\n'),
        ("model a { // x\n}\n", 'model A { // x\n  @@map("a")\n}\n'),
        (
            "model a {\n  id Int\n\n  @@id([id]) // key\n  // end\n}\n",
            'model A {\n  id Int\n\n  @@id([id]) // key\n  // end\n  @@map("a")\n}\n',
        ),
        (
            "model a {\n  id Int @id\n  /* the\n  end */\n}\n",
            'model A {\n  id Int @id\n  /* the\n  end */\n\n  @@map("a")\n}\n',
        ),
        ('model a {\n  id Int @id\n\n  @@map("x")\n}\n', 'model A {\n  id Int @id\n\n  @@map("x")\n}\n'),
        ('/// a\nmodel a {\n  id Int @id\n  @@map("x")\n}\n', '/// a\nmodel A {\n  id Int @id\n  @@map("x")\n}\n'),
    ],
)  # fmt: skip
def test_where_the_name_is_pinned(before: str, after: str) -> None:
    assert renamed(before, "a", "A") == after


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("a_b Int", 'aB Int @map("a_b")'),
        ("a_b Int // c", 'aB Int @map("a_b") // c'),
        (
            "a_b   Int?  @default(1)  @db.SmallInt",
            'aB   Int?  @default(1)  @map("a_b") @db.SmallInt',
        ),
        ('a_b Int @map("x")', 'aB Int @map("x")'),
        ('a_b Int @map(name: "x")', 'aB Int @map(name: "x")'),
        ('a_b Unsupported("point")', 'aB Unsupported("point") @map("a_b")'),
        ("a_b Int[]", 'aB Int[] @map("a_b")'),
        ('a_b Int @map("aB")', 'aB Int @map("aB")'),
    ],
)
def test_a_field_keeps_its_column(line: str, after: str) -> None:
    text = "model A {{\r\n  id Int @id\r\n  {}\r\n}}\r\n"
    assert renamed(text.format(line), "A.a_b", "aB") == text.format(after)


def test_uses_of_a_field() -> None:
    before = """model A {
  id Int
  n  Int

  @@id([id, n(sort: Desc)], name: "id_n", map: "id")
  @@unique(fields: [n, id])
  @@index([n], where: { n: { gt: 1 }, id: 2 })
  @@index([id], where: raw("n > 1"))
  @@fulltext([n])
  bs B[]
}

model B {
  n   Int
  n2  Int
  a   A @relation(fields: [n, n2], references: [id, n])

  @@unique([n])
}
"""
    after = """model A {
  id Int
  no  Int @map("n")

  @@id([id, no(sort: Desc)], name: "id_n", map: "id")
  @@unique(fields: [no, id])
  @@index([no], where: { no: { gt: 1 }, id: 2 })
  @@index([id], where: raw("n > 1"))
  @@fulltext([no])
  bs B[]
}

model B {
  n   Int
  n2  Int
  a   A @relation(fields: [n, n2], references: [id, no])

  @@unique([n])
}
"""
    assert renamed(before, "A.n", "no") == after


def test_a_key_to_the_same_model() -> None:
    before = """model A {
  id       Int  @id
  parentId Int?
  parent   A?   @relation("t", fields: [parentId], references: [id])
  children A[]  @relation("t")
}
"""
    assert "references: [key]" in renamed(before, "A.id", "key")
    assert "fields: [upId]" in renamed(before, "A.parentId", "upId")
    # The name of a relation field means nothing in the database.
    assert renamed(before, "A.parent", "up") == before.replace("parent  ", "up  ")


def test_values_in_defaults() -> None:
    before = """enum E {
  a
  b @map("x") // c
}

enum F {
  a
}

model M {
  id Int @id
  e  E   @default(a)
  l  E[] @default([a, b])
  n  E   @default(value: b)
  f  F   @default(a)
}

type T {
  e E @default(a)
}
"""
    first = renamed(before, "E.a", "A")
    for part in ('  A @map("a")\n', "E   @default(A)", "@default([A, b])", "F   @default(a)"):
        assert part in first
    assert "type T {\n  e E @default(A)" in first
    second = renamed(before, "E.b", "B")
    for part in ('  B @map("x") // c\n', "@default([a, B])", "@default(value: B)"):
        assert part in second


MANY = """model post {
  id   Int   @id
  tags tag[] // t
  more tag[] @relation("more")
}

model tag {
  id    Int    @id
  posts post[] @relation()
  more  post[] @relation("more")
}
"""


def test_a_hidden_table_is_pinned_on_both_sides() -> None:
    after = renamed(MANY, "tag", "topic")
    assert 'tags topic[] @relation("postTotag") // t\n' in after
    assert 'posts post[] @relation("postTotag")\n' in after
    assert after.count('@relation("more")') == 2
    # The name comes from the models in the order of the alphabet, whichever is renamed.
    assert '@relation("postTotag")' in renamed(MANY, "post", "article")


def test_a_hidden_table_whose_columns_would_change_places() -> None:
    with pytest.raises(NotPossible, match="change places"):
        renamed(MANY, "tag", "Tag")
    with pytest.raises(NotPossible, match="change places"):
        renamed(MANY.replace(" @relation()", "").replace("tag[] //", 'tag[] @relation("x") //')
                .replace("posts post[]", 'posts post[] @relation("x")'), "post", "zebra")  # fmt: skip


def test_a_relation_of_many_to_themselves() -> None:
    text = """model A {
  id Int @id
  b  A[] @relation("r")
  d  A[] @relation("r")
}
"""
    assert renamed(text, "A", "Z").count('@relation("r")') == 2
    assert "  c  A[]" in renamed(text, "A.b", "c")
    with pytest.raises(NotPossible, match="change places"):
        renamed(text, "A.b", "e")


def test_the_pin_is_the_name_of_another_relation() -> None:
    text = """model A {
  id  Int @id
  bs  B[]
  one B[] @relation("AToB")
}

model B {
  id  Int @id
  as  A[]
  a   A   @relation("AToB", fields: [aId], references: [id])
  aId Int
}
"""
    with pytest.raises(NotPossible, match="AToB"):
        renamed(text, "A", "Aa")


def test_a_composite_type_has_nothing_to_pin() -> None:
    text = "type t {\n  a Int\n}\n\nmodel M {\n  id Int @id\n  t t\n  l t[]\n}\n"
    after = renamed(text, "t", "T")
    assert after == "type T {\n  a Int\n}\n\nmodel M {\n  id Int @id\n  t T\n  l T[]\n}\n"
    assert 'place T @map("t")' in renamed(after, "M.t", "place")
    assert 'b Int @map("a")' in renamed(text, "t.a", "b")


def test_paths_into_composite_types() -> None:
    text = "type T {\n  a Int\n}\n\nmodel M {\n  id Int @id\n  t T\n\n  @@index([t.a])\n}\n"
    assert '  u T @map("t")\n\n  @@index([u.a])' in renamed(text, "M.t", "u")
    after = renamed(text, "T.a", "b")
    assert '  b Int @map("a")' in after and "@@index([t.b])" in after


def test_a_view() -> None:
    text = "view v {\n  id Int @unique\n  a_b Int\n}\n"
    assert renamed(text, "v", "V") == text.replace("view v", "view V")[:-2] + '\n  @@map("v")\n}\n'
    assert 'aB Int @map("a_b")' in renamed(text, "v.a_b", "aB")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A", "B"),
        ("A", "String"),
        ("A", "async"),
        ("A", "PrismaClient"),
        ("A", "1a"),
        ("A", "a-b"),
        ("A", "_a"),
        ("A", ""),
        ("A.a", "b"),
        # Prisma refuses a field that is called as another one's column.
        ("A.a", "x"),
        ("A.d", "e"),
        ("A.half", "whole"),
        ("E.V", "W"),
        ("E.V", "V W"),
        ("D", "DD"),
        ("H", "HH"),
        ("C", "CC"),
    ],
)
def test_no_such_rename(old: str, new: str) -> None:
    text = """model A {
  id Int @id
  a  Int
  b  Int
  c  Int @map("x")
  d  Int
  d  Int
  half Int @map()
}

enum B {
  V
}

enum E {
  V
  W
}

model D {
}

model D {
}

model H {
  @@map()
}

model C {
  id Int @id /* so
*/ }
"""
    if old == "C":
        text = text.replace("@id /* so", "@id\n  /* so")
    with pytest.raises(NotPossible):
        renamed(text, old, new)


def test_any_field_may_be_called_as_a_type_is() -> None:
    assert 'String Int @map("a")' in renamed(
        "model A {\n  id Int @id\n  a Int\n}\n", "A.a", "String"
    )


def test_a_block_that_is_not_closed() -> None:
    with pytest.raises(NotPossible, match="not closed"):
        renamed("model a {\n  id Int @id\n\nenum B {\n}\n", "a", "A")
    # Nothing has to be pinned here.
    text = 'model a {\n  a_b Int @id\n  @@map("x")\n\nenum B {\n}\n'
    assert renamed(text, "a", "A") == text.replace("model a", "model A")
    assert renamed(text, "a.a_b", "aB") == text.replace("a_b Int @id", 'aB Int @id @map("a_b")')
