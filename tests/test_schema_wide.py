"""Rules that look at the whole schema hear of every change; fixes that must not meet do not."""

from __future__ import annotations

import random
from pathlib import Path

from prisma_lsp.discovery import project_of
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.fixall import fix_all
from prisma_lsp.lint.linter import Linter
from prisma_lsp.migrations import Migrations
from prisma_lsp.project import prisma_version
from prisma_lsp.schema.schema import Schema
from prisma_lsp.schema.versions import Version
from prisma_lsp.settings import Options, RuleSetting, Settings
from prisma_lsp.syntax import document

OFF = {name: RuleSetting("off") for name in ("table-name-case", "column-name-case")}
ALL = Environment(Settings(preset="all", rules=Options(OFF)), Migrations.none())
WATCHED = ("inconsistent-mapping", "inconsistent-column-type", "case-colliding-names", "unused-enum")


def model(rnd: random.Random, number: int) -> str:
    name = rnd.choice(("Order", "ORDER", "order", f"Shop{number}"))
    amount = rnd.choice(("Int", "Int", "Int", "Float", "Colour"))
    table = rnd.choice((f'  @@map("t{number}")\n',) * 4 + ("",))
    return f"model {name} {{\n  id String @id\n  amount {amount}\n{table}}}\n"


def found(linter: Linter) -> list[str]:
    return sorted(
        f"{block.name} {finding.line} {finding.message}"
        for file in linter.schema.files.values()
        for block in file.blocks
        for finding in linter.findings(block)
        if finding.rule in WATCHED
    )


def test_what_is_remembered_is_what_a_fresh_look_finds() -> None:
    rnd = random.Random(4)
    files = {f"{n}.prisma": model(rnd, n) for n in range(8)} | {"e.prisma": "enum Colour {\n  RED\n}\n"}
    schema = Schema({path: document.read(text) for path, text in files.items()})
    linter = Linter(schema, ALL)
    linter.work()
    seen: set[str] = set()
    for _ in range(150):
        number = rnd.randrange(8)
        path = f"{number}.prisma"
        new = document.read(model(rnd, number))
        old = schema.files[path]
        schema, keys = schema.with_file(path, new)
        linter.update(schema, path, old.blocks, new.blocks, keys)
        linter.work()
        fresh = Linter(Schema(dict(schema.files)), ALL)
        fresh.work()
        assert found(linter) == found(fresh)
        seen.update(line.split("`")[-1] for line in found(fresh))
    assert len(seen) > 2


def test_a_rename_and_the_removal_of_the_name_it_counts_on() -> None:
    text = 'model orders {\n  id String @id\n  shop_id String @map("shop_id")\n\n  @@map("orders")\n}\n'
    schema = Schema({"schema.prisma": document.read(text)})
    rules = ("redundant-map", "model-name-case", "model-name-number", "field-name-case")
    fixed = fix_all(schema, Environment(Settings(), Migrations.none()), rules=rules)
    assert fixed.files["schema.prisma"].text == (
        'model Order {\n  id String @id\n  shopId String @map("shop_id")\n\n  @@map("orders")\n}\n'
    )


def test_the_installed_prisma(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    schema = tmp_path / "apps/shop/prisma/schema.prisma"
    schema.parent.mkdir(parents=True)
    schema.write_text('datasource db {\n  provider = "sqlite"\n}\n')
    project = project_of(schema, tmp_path)
    assert prisma_version(project, tmp_path) is None
    package = tmp_path / "node_modules/@prisma/client/package.json"
    package.parent.mkdir(parents=True)
    package.write_text('{"name": "@prisma/client", "version": "6.19.2"}')
    assert prisma_version(project, tmp_path) == Version(6, 19)
    nearer = tmp_path / "apps/shop/node_modules/prisma/package.json"
    nearer.parent.mkdir(parents=True)
    nearer.write_text("not json")
    assert prisma_version(project, tmp_path) == Version(6, 19)
    nearer.write_text('{"version": "7.0.0-dev.3"}')
    assert prisma_version(project, tmp_path) == Version(7, 0)
