"""Where else to look: the places that a finding of validity is about."""

from __future__ import annotations

import json

import pages
import pytest

from prisma_lsp.schema.schema import Schema
from prisma_lsp.server.diagnostics import MAX_RELATED, Writer
from prisma_lsp.syntax import document

SOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'

CASES = {
    "duplicate-name": (
        "model Shop {\n  id Int @id\n}\n",
        "// more\n\nmodel Shop {\n  id Int @id\n  name String\n}\n",
        ("a.prisma", 0, "The first `Shop`"),
    ),
    "duplicate-field": (
        "",
        "model Shop {\n  id Int @id\n  name String\n  name Int\n}\n",
        ("b.prisma", 2, "The first `name`"),
    ),
    "duplicate-value": ("", "enum Colour {\n  RED\n  RED\n}\n", ("b.prisma", 1, "The first `RED`")),
    "duplicate-table": (
        "model Shop {\n  id Int @id\n}\n",
        'model Store {\n  id Int @id\n\n  @@map("Shop")\n}\n',
        ("a.prisma", 0, "`Shop` in the database as well"),
    ),
    "duplicate-constraint": (
        'model Shop {\n  id   Int    @id\n  name String @unique(map: "x")\n}\n',
        'model Store {\n  id   Int    @id\n  name String @unique(map: "x")\n}\n',
        ("a.prisma", 2, "`x` as well"),
    ),
    "missing-opposite": (
        "model Shop {\n  id Int @id\n}\n",
        "model Order {\n  id Int @id\n  shopId Int\n  shop Shop @relation(fields: [shopId], references: [id])\n}\n",
        ("a.prisma", 0, "`Shop` is declared here"),
    ),
    "relation-type": (
        "model Shop {\n  id String @id\n  orders Order[]\n}\n",
        "model Order {\n  id Int @id\n  shopId Int\n  shop Shop @relation(fields: [shopId], references: [id])\n}\n",
        ("a.prisma", 1, "What the key refers to"),
    ),
    "required-back-relation": (
        "model Order {\n  id Int @id\n  shopId Int @unique\n  shop Shop @relation(fields: [shopId], references: [id])\n}\n",
        "model Shop {\n  id Int @id\n  order Order\n}\n",
        ("a.prisma", 3, "The other side of the relation"),
    ),
}


def lines(world: pages.World, code: str, path: str) -> list[tuple[str, int, str]]:
    """(file, line, message) of every place that the findings with ``code`` in a file point at."""
    linter = world.lint()
    writer = Writer("utf-16", lambda _: None, lambda name: f"file:///{name}")
    return [
        (r["location"]["uri"].removeprefix("file:///"), r["location"]["range"]["start"]["line"], r["message"])
        for item in json.loads(bytes(writer.file(linter, path, 1000)))
        if item["code"] == code
        for r in item.get("relatedInformation", ())
    ]


@pytest.mark.parametrize("code", CASES)
def test_points_at_the_other_place(code: str) -> None:
    first, second, wanted = CASES[code]
    world = pages.World({"a.prisma": first, "b.prisma": second, "db.prisma": SOURCE})
    assert lines(world, code, "b.prisma") == [wanted]


def test_says_nothing_to_a_client_that_shows_nothing() -> None:
    linter = pages.World({"b.prisma": CASES["duplicate-field"][1]}).lint()
    plain = bytes(Writer("utf-16", lambda _: None).file(linter, "b.prisma", 1000))
    assert b"relatedInformation" not in plain


def test_follows_a_place_that_moves() -> None:
    """A finding that stands still points at where the other place is now."""
    files = {"a.prisma": CASES["duplicate-name"][0], "b.prisma": CASES["duplicate-name"][1]}
    linter = pages.World(files).lint()
    writer = Writer("utf-16", lambda _: None, lambda name: name)
    before = json.loads(bytes(writer.file(linter, "b.prisma", 1000)))
    schema, keys = linter.schema.with_file("a.prisma", document.read("\n\n" + files["a.prisma"]))
    old, new = linter.schema.files["a.prisma"], schema.files["a.prisma"]
    linter.update(schema, "a.prisma", old.blocks, new.blocks, keys)
    linter.work()
    after = json.loads(bytes(writer.file(linter, "b.prisma", 1000)))
    assert [_first_line(items) for items in (before, after)] == [0, 2]


def test_is_bounded() -> None:
    text = "model Shop {\n  id Int @id\n" + "  name String\n" * (MAX_RELATED + 50) + "}\n"
    world = pages.World({"b.prisma": text})
    assert len(lines(world, "duplicate-field", "b.prisma")) == MAX_RELATED


def test_never_fails_on_what_is_half_typed() -> None:
    for first, second, _ in CASES.values():
        text = first + second
        for end in range(0, len(text), 3):
            linter = pages.World({"b.prisma": text[:end]}).lint()
            schema: Schema = linter.schema
            for _, finding in pages.all_placed(linter, "prisma"):
                if finding.related is not None:
                    list(finding.related(schema))


def _first_line(items: list[dict[str, object]]) -> int:
    found = next(i["relatedInformation"] for i in items if i["code"] == "duplicate-name")
    return int(found[0]["location"]["range"]["start"]["line"])  # type: ignore[index]
