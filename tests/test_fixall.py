"""Fixing all: many fixes at once, to the end, and never for the worse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from prisma_lsp.lint import fixall
from prisma_lsp.lint.context import Context, Environment
from prisma_lsp.lint.fixes import Fix, Workbench
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.rule import Finding
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.declarations import Model
from prisma_lsp.schema.schema import Schema
from prisma_lsp.settings import Options, RuleSetting, Settings
from prisma_lsp.syntax import document
from prisma_lsp.text import Edit, Range

MODEL = """\
model M{0} {{
  id    String @id @default(uuid())
  aId   String
  a     M{1}     @relation("a{0}", fields: [aId], references: [id], onDelete: Restrict, onUpdate: Cascade)
  bId   String
  b     M{2}     @relation("b{0}", fields: [bId], references: [id], onDelete: Restrict, onUpdate: Cascade)
}}

"""


def schema_of(**files: str) -> Schema:
    return Schema({f"{name}.prisma": document.read(text) for name, text in files.items()})


def environment(**settings: object) -> Environment:
    return Environment(Settings(**settings), Migrations.none())  # type: ignore[arg-type]


def findings(linter: Linter, rule: str) -> list[Finding]:
    return [
        finding
        for file in linter.schema.files.values()
        for block in file.blocks
        for finding in linter.findings(block)
        if finding.rule == rule
    ]


@pytest.fixture
def many() -> Schema:
    return schema_of(a="".join(MODEL.format(i, (i * 7) % 40, (i * 11) % 40) for i in range(40)))


def test_every_finding_of_the_fixed_rule_is_gone(many: Schema) -> None:
    rules = {"missing-fk-index", "id-strategy"}
    done = fixall.fixed(many, environment(), safety={"T", "R"}, rules=rules)
    assert done.made >= 120
    fresh = Linter(schema_of(a=done.texts["a.prisma"]), environment())
    fresh.work()
    for rule in rules:
        assert findings(checked(many), rule)
        assert not findings(done.linter, rule)
        assert not findings(fresh, rule)
    assert done.texts["a.prisma"].count("  @@index([aId])\n  @@index([bId])\n}") == 40
    assert not any(block.problems for block in done.schema.files["a.prisma"].blocks)


def checked(schema: Schema) -> Linter:
    linter = Linter(schema, environment())
    linter.work()
    return linter


def test_what_it_returns_equals_a_fresh_parse(many: Schema) -> None:
    schema = fixall.fix_all(many, environment(), safety={"T", "R"})
    for file in schema.files.values():
        fresh = document.read(file.text)
        assert file.starts == fresh.starts
        assert [b.lines for b in file.blocks] == [b.lines for b in fresh.blocks]


def test_the_linter_that_is_given_stays_as_it_is(many: Schema) -> None:
    linter = checked(many)
    before = [f.message for f in findings(linter, "missing-fk-index")]
    fixall.fix_all(many, environment(), safety={"R"}, linter=linter)
    assert linter.schema is many
    assert [f.message for f in findings(linter, "missing-fk-index")] == before


def test_classes_rules_and_paths_limit_it(many: Schema) -> None:
    assert fixall.fixed(many, environment(), safety=set()).texts == {}
    only_ids = fixall.fixed(many, environment(), rules={"id-strategy"}).texts["a.prisma"]
    assert only_ids == many.files["a.prisma"].text.replace("uuid()", "uuid(7)")
    two = schema_of(a=MODEL.format(0, 0, 1), b=MODEL.format(1, 0, 1))
    in_b = fixall.fixed(two, environment(), rules={"id-strategy"}, paths={"b.prisma"})
    assert set(in_b.texts) == {"b.prisma"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    text = MODEL.format(0, 0, 0).replace("\n", end)
    done = fixall.fixed(schema_of(a=text), environment(), rules={"id-strategy"})
    assert done.texts == {"a.prisma": text.replace("uuid()", "uuid(7)")}


def test_a_broken_neighbour_does_not_matter() -> None:
    text = "model Broken {\n  id Int @\n\n" + MODEL.format(0, 0, 0) + "enum {\n  A\n"
    done = fixall.fixed(schema_of(a=text), environment(), rules={"id-strategy"})
    assert done.texts == {"a.prisma": text.replace("uuid()", "uuid(7)")}


# --- with rules of our own -------------------------------------------------------------------------


def with_rule(monkeypatch: pytest.MonkeyPatch, make: object) -> None:
    """Let the fixes of `missing-fk-index` be what ``make`` says, for every model."""
    from prisma_lsp.lint.rules.indexes import missing_fk_index

    rule = missing_fk_index.check.rule

    def check(model: Model, context: Context) -> Iterator[Finding]:
        name = model.name_node
        yield from make(model, name)  # type: ignore[operator]

    fake = rule._replace(check=check, node="Model")
    monkeypatch.setattr("prisma_lsp.lint.linter.all_rules", lambda: [fake])
    monkeypatch.setattr(fixall, "all_rules", lambda: [fake])


def rename(model: Model, to: str, bench: Workbench) -> Iterator[Fix]:
    name = model.name_node
    assert name is not None
    draft = bench.draft().replace_node(model, model.block.header, name, to)
    yield Fix(f"Call it {to}", "T", draft.edits)


@pytest.mark.parametrize("validity", ["auto", "off"])
def test_two_that_want_the_same_name(monkeypatch: pytest.MonkeyPatch, validity: str) -> None:
    def make(model: Model, name: object) -> Iterator[Finding]:
        if model.name != "Good":
            yield Finding(0, 6, 7, "wants it", lambda bench: rename(model, "Good", bench))

    with_rule(monkeypatch, make)
    text = "".join(f"model {name} {{\n  id Int @id\n}}\n\n" for name in "ABCDE")
    done = fixall.fixed(schema_of(a=text), environment(validity=validity))
    assert done.made == 1
    assert done.texts["a.prisma"].count("model Good {") == 1


def test_two_that_undo_each_other_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(model: Model, name: object) -> Iterator[Finding]:
        other = "B" if model.name == "A" else "A"
        yield Finding(0, 6, 7, "the other!", lambda bench: rename(model, other, bench))

    with_rule(monkeypatch, make)
    done = fixall.fixed(schema_of(a="model A {\n  id Int @id\n}\n"), environment(), max_rounds=7)
    assert done.made == 7


def test_faulty_makers_are_survived(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def make(model: Model, name: object) -> Iterator[Finding]:
        def maker(bench: Workbench) -> Iterator[Fix]:
            if model.name == "Raises":
                raise RuntimeError("no")
            if model.name == "Overlaps":
                edits = [Edit(Range(0, 0, 0, 5), "x"), Edit(Range(0, 3, 0, 8), "y")]
                yield Fix("overlaps", "T", {"a.prisma": edits})
            elif model.name == "Elsewhere":
                yield Fix("elsewhere", "T", {"/etc/passwd": [Edit(Range(0, 0, 0, 0), "x")]})
            elif model.name == "Breaks":
                yield from rename(model, "Bro ken {", bench)
            else:
                yield from rename(model, "Fine", bench)

        if model.name != "Fine":
            yield Finding(0, 6, 7, "x", maker)

    with_rule(monkeypatch, make)
    names = ("Overlaps", "Raises", "Elsewhere", "Breaks", "Ok")
    text = "".join(f"model {name} {{\n  id Int @id\n}}\n\n" for name in names)
    done = fixall.fixed(schema_of(a=text), environment())
    assert done.texts["a.prisma"] == text.replace("model Ok", "model Fine")
    assert "a fix of rule missing-fk-index failed" in caplog.text


def test_fixes_of_one_line_come_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(model: Model, name: object) -> Iterator[Finding]:
        for attribute in ('@@map("x")', '@@index([id])'):
            if not any(attribute in line for line in model.block.lines):
                def maker(bench: Workbench, text: str = attribute) -> Iterator[Fix]:
                    yield Fix(text, "T", bench.draft().add_block_attribute(model, text).edits)

                yield Finding(0, 6, 7, attribute, maker)

    with_rule(monkeypatch, make)
    done = fixall.fixed(schema_of(a="model A {\n  id Int @id\n}\n"), environment(validity="off"))
    assert done.texts["a.prisma"] == (
        'model A {\n  id Int @id\n\n  @@index([id])\n\n  @@map("x")\n}\n'
    )


def test_rules_that_are_off_are_not_fixed(many: Schema) -> None:
    off = Options({"id-strategy": RuleSetting("off")})
    assert "uuid()" in fixall.fix_all(many, environment(rules=off)).files["a.prisma"].text


def test_fixes_that_nothing_tells_apart_are_given_up_together() -> None:
    """Two lines with the same mistake, whose fixes both make it worse."""
    line = "it.model Log {\n  id Int @id\n  it.x {\n"
    schema = schema_of(a=f"{line}\n}}\n{line}")
    tried = 0

    def refuse(after: Schema, labels: object) -> bool:
        nonlocal tried
        tried += 1
        return False

    done = fixall.fixed(schema, environment(), accept=refuse)
    assert tried < 10
    assert done.made == 0 and done.schema is schema
