"""What a rule says about itself, for a hover over its finding: why it matters, and its answers compared."""

from __future__ import annotations

from prisma_lsp.ide import markdown
from prisma_lsp.ide.hover import Hover
from prisma_lsp.lint.linter import Linter
from prisma_lsp.lint.pages import page_uri
from prisma_lsp.lint.rule import Finding, find_rule
from prisma_lsp.syntax.memory import remembered


def advice(linter: Linter, path: str, line: int, column: int) -> Hover | None:
    """The advice about every finding of our rules at a place, the first finding's stretch with it."""
    document = linter.schema.files.get(path)
    if document is None or not document.blocks:
        return None
    index = document.locate(line)
    row = line - document.starts[index]
    found: dict[str, Finding] = {}
    # After an edit this block's turn may still be to come.
    linter.work_on((document.blocks[index],))
    for finding in linter.findings(document.blocks[index]):
        if finding.source != "prisma" and finding.line == row and finding.start <= column <= finding.end:
            found.setdefault(finding.rule, finding)
    texts = [text for text in map(rule_advice, found) if text]
    if not texts:
        return None
    first = next(iter(found.values()))
    return Hover(line, first.start, first.end, "\n\n".join(texts))


def with_advice(answer: Hover | None, more: Hover | None) -> Hover | None:
    """One hover of both, ruled off from each other."""
    if answer is None or more is None:
        return answer or more
    return answer._replace(markdown=f"{answer.markdown}\n\n---\n\n{more.markdown}")


@remembered(512)
def rule_advice(name: str) -> str:
    """A rule's first sentence and the table of its answers, as Markdown; "" where there is no rule."""
    rule = find_rule(name)
    if rule is None:
        return ""
    uri = page_uri(name)
    head = f"[{markdown.code(name)}]({uri})" if uri is not None else markdown.code(name)
    return markdown.page(f"{head} · {rule.summary}", options_table(rule.documentation))


def options_table(text: str) -> str:
    """The table of a page that compares the answers by what they give and cost; "" without one."""
    for part in text.split("\n\n"):
        head = part.strip().split("\n", 1)[0]
        if head.startswith("|") and "| gain |" in head:
            return part.strip()
    return ""
