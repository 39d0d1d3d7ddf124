"""The answers of `prisma_lsp.ide` in the protocol's form.

Answers are plain dictionaries turned into JSON at once: the protocol's classes would take longer for
a thousand places than finding them.  What is as long as a file is written block by block, and what
was written for a block is kept as long as the block is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lsprotocol import types

from prisma_lsp.server import convert
from prisma_lsp.server.places import to_path
from prisma_lsp.server.protocol import Raw, Refusal
from prisma_lsp.syntax.document import Block, Document
from prisma_lsp.text import Edit, Encoding, to_units
from prisma_lsp.workspace import Session

if TYPE_CHECKING:
    from prisma_lsp.ide.cascades import Step
    from prisma_lsp.ide.definition import Leads
    from prisma_lsp.ide.symbols import Mention
    from prisma_lsp.lint.rule import Finding
    from prisma_lsp.schema.schema import Schema
    from prisma_lsp.server.server import Server

# Our command, which every client can send, and one that a client's own extension may have.
REPAIR = "prisma-lsp.serveForeignKeys"
SHOW_REFERENCES = "prismaLsp.showReferences"
IGNORE = "prisma-lsp.ignore"
EXPLAIN = "prisma-lsp.explainRule"
OPTIONS = "prisma-lsp.showOptions"
MIGRATE = "prisma-lsp.fixWithMigration"

NOTHING = Raw("null")
NONE_OF = Raw("[]")

SYMBOL_KINDS = {
    "model": 5, "view": 11, "type": 23, "enum": 10, "datasource": 4, "generator": 2,
    "field": 8, "relation": 7, "value": 22, "key": 20, "property": 7,
}  # fmt: skip


class Pen:
    """Writes places of one schema's files in the client's units and with its URIs."""

    def __init__(self, server: Server, files: Mapping[str, Document]) -> None:
        self._files = files
        self._encoding: Encoding = server.encoding
        self._uris = server.uris

    def uri(self, path: str) -> str:
        return self._uris.of(path)

    def position(self, path: str, line: int, column: int) -> dict[str, int]:
        text = self._files[path].line(line)
        return {"line": line, "character": to_units(text, column, self._encoding)}

    def range(self, path: str, line: int, start: int, end_line: int, end: int) -> dict[str, Any]:
        return {
            "start": self.position(path, line, start),
            "end": self.position(path, end_line, end),
        }

    def within(self, path: str, line: int, start: int, end: int) -> dict[str, Any]:
        """A stretch of one line."""
        text = self._files[path].line(line)
        if not text.isascii():
            start = to_units(text, start, self._encoding)
            end = to_units(text, end, self._encoding)
        return {
            "start": {"line": line, "character": start},
            "end": {"line": line, "character": end},
        }

    def written(self, mention: Mention) -> str:
        """A mention's stretch as JSON: there may be thousands."""
        path, line, start, end, _ = mention
        text = self._files[path].line(line)
        if not text.isascii():
            start = to_units(text, start, self._encoding)
            end = to_units(text, end, self._encoding)
        return (
            f'{{"start":{{"line":{line},"character":{start}}},'
            f'"end":{{"line":{line},"character":{end}}}}}'
        )

    def location(self, mention: Mention) -> dict[str, Any]:
        path, line, start, end, _ = mention
        return {"uri": self.uri(path), "range": self.within(path, line, start, end)}


def _json(value: object) -> Raw:
    return Raw(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _list(items: Iterable[str]) -> str:
    return f"[{','.join(items)}]"


def _file(server: Server, uri: str) -> tuple[Session, str, Document] | None:
    path = to_path(uri)
    session = server.store.session(path)
    document = session.schema.files.get(path) if session is not None else None
    return (session, path, document) if session is not None and document is not None else None


def _of(capabilities: object, *names: str) -> Any:
    """A client's capability by the path of its attributes; None where it has none."""
    for name in names:
        capabilities = getattr(capabilities, name, None)
    return capabilities


# --- where a word leads ------------------------------------------------------------------------


def leads(
    server: Server,
    params: types.DefinitionParams | types.DeclarationParams | types.TypeDefinitionParams,
    ask: Callable[[Schema, str, int, int], Leads | None],
    capability: str,
) -> Raw:
    """Definition, declaration and type definition; as links where the client takes them."""
    found = server.at(params.text_document.uri, params.position)
    answer = ask(found[0].schema, found[1], found[3], found[4]) if found is not None else None
    if found is None or answer is None:
        return NOTHING
    session, path, _, line, _ = found
    pen = Pen(server, session.schema.files)
    if not _of(server.client_capabilities.text_document, capability, "link_support"):
        return _json([pen.location(target.mention) for target in answer.targets])
    origin = pen.within(path, line, answer.start, answer.end)
    links = []
    for target in answer.targets:
        at = target.mention
        lines = session.schema.files[at.path]
        last = target.last - 1
        end = len(lines.line(last).rstrip("\r\n"))
        links.append({
            "originSelectionRange": origin,
            "targetUri": pen.uri(at.path),
            "targetRange": pen.range(at.path, target.first, 0, last, end),
            "targetSelectionRange": pen.within(at.path, at.line, at.start, at.end),
        })  # fmt: skip
    return _json(links)


def references(server: Server, params: types.ReferenceParams) -> Raw:
    from prisma_lsp.ide.references import references

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return NONE_OF
    session, path, _, line, column = found
    wanted = params.context.include_declaration
    mentions = references(session.schema, path, line, column, declaration=wanted)
    pen = Pen(server, session.schema.files)
    uris = {mention.path: json.dumps(pen.uri(mention.path)) for mention in mentions}
    return Raw(_list(f'{{"uri":{uris[m.path]},"range":{pen.written(m)}}}' for m in mentions))


def highlights(server: Server, params: types.DocumentHighlightParams) -> Raw:
    from prisma_lsp.ide.references import highlights

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return NONE_OF
    session, path, _, line, column = found
    pen = Pen(server, session.schema.files)
    found_here = highlights(session.schema, path, line, column)
    return Raw(_list(f'{{"range":{pen.written(m)},"kind":{3 if m.declares else 2}}}' for m in found_here))


# --- renames -----------------------------------------------------------------------------------


def prepare_rename(server: Server, params: types.PrepareRenameParams) -> Raw | Refusal:
    from prisma_lsp.ide.rename import NotPossible, prepare

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return NOTHING
    session, path, _, line, column = found
    keep = session.linter.environment.settings.rename_keeps_database_name
    try:
        what = prepare(session.schema, path, line, column, keep=keep)
    except NotPossible as reason:
        return Refusal(_sentence(reason))
    if what is None:
        return NOTHING
    pen = Pen(server, session.schema.files)
    where = pen.within(path, line, what.start, what.end)
    return _json({"range": where, "placeholder": what.name})


def rename(server: Server, params: types.RenameParams) -> Raw | Refusal | types.WorkspaceEdit:
    from prisma_lsp.ide.rename import NotPossible, rename

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return NOTHING
    session, path, _, line, column = found
    keep = session.linter.environment.settings.rename_keeps_database_name
    try:
        edits = rename(session.schema, path, line, column, params.new_name, keep=keep)
    except NotPossible as reason:
        return Refusal(_sentence(reason))
    if not keep and edits:
        from prisma_lsp.server import inplace

        place = (path, line, column)
        with_migration = inplace.rename_with_migration(server, session, place, params.new_name, edits)
        if with_migration is not None:
            return with_migration
    return _json(_workspace_edit(server, session, edits)) if edits else NOTHING


def _sentence(reason: Exception) -> str:
    text = str(reason)
    return text[:1].upper() + text[1:]


def _workspace_edit(
    server: Server, session: Session, edits: Mapping[str, Iterable[Edit]]
) -> dict[str, Any]:
    pen = Pen(server, session.schema.files)
    changes = {
        path: [{"range": pen.range(path, *edit.range), "newText": edit.text} for edit in found]
        for path, found in edits.items()
    }
    if not _of(server.client_capabilities.workspace, "workspace_edit", "document_changes"):
        return {"changes": {pen.uri(path): found for path, found in changes.items()}}
    return {
        "documentChanges": [
            {
                "textDocument": {"uri": pen.uri(path), "version": server.versions.get(path)},
                "edits": found,
            }
            for path, found in changes.items()
        ]
    }


# --- whole files -------------------------------------------------------------------------------


def workspace_symbols(server: Server, params: types.WorkspaceSymbolParams) -> Raw:
    from prisma_lsp.ide.search import LIMIT, search

    found = []
    for session in server.store.sessions:
        pen = Pen(server, session.schema.files)
        for match in search(session.schema, params.query):
            where = pen.within(match.path, match.line, match.start, match.end)
            symbol: dict[str, Any] = {
                "name": match.name,
                "kind": SYMBOL_KINDS[match.kind],
                "location": {"uri": pen.uri(match.path), "range": where},
            }
            if match.container:
                symbol["containerName"] = match.container
            found.append(symbol)
    return _json(found[: LIMIT * 2])


def folding(server: Server, params: types.FoldingRangeParams) -> Raw:
    from prisma_lsp.ide.folding import folds

    found = _file(server, params.text_document.uri)
    if found is None:
        return NONE_OF
    session, path, document = found
    text = server.client_capabilities.text_document
    whole_lines = bool(_of(text, "folding_range", "line_folding_only"))
    limit = _of(text, "folding_range", "range_limit")
    answer: list[dict[str, Any]] = []
    for fold in folds(session.schema, path):
        # Where only whole lines fold, the closing brace stays in sight.
        end_line = fold.end_line - (whole_lines and fold.kind == "block")
        if end_line <= fold.line:
            continue
        one: dict[str, Any] = {"startLine": fold.line, "endLine": end_line}
        if not whole_lines:
            for name, line, column in (
                ("startCharacter", fold.line, fold.start),
                ("endCharacter", fold.end_line, fold.end),
            ):
                one[name] = to_units(document.line(line), column, server.encoding)
        if fold.kind != "block":
            one["kind"] = fold.kind
        answer.append(one)
    return _json(answer[:limit] if limit is not None else answer)


def selection_ranges(server: Server, params: types.SelectionRangeParams) -> Raw:
    from prisma_lsp.ide.selection import selections

    answer: list[dict[str, Any]] = []
    if _file(server, params.text_document.uri) is None:
        return NOTHING
    for position in params.positions:
        found = server.at(params.text_document.uri, position)
        if found is None:
            # Each place has its answer: nothing but itself where it is below the text.
            here = {"line": position.line, "character": position.character}
            answer.append({"range": {"start": here, "end": here}})
            continue
        session, path, _, line, column = found
        pen = Pen(server, session.schema.files)
        inner: dict[str, Any] | None = None
        for stretch in reversed(selections(session.schema, path, line, column)):
            around = inner
            inner = {"range": pen.range(path, *stretch)}
            if around is not None:
                inner["parent"] = around
        answer.append(inner or {"range": pen.within(path, line, column, column)})
    return _json(answer)


def document_links(server: Server, params: types.DocumentLinkParams) -> Raw:
    from prisma_lsp.ide.links import links

    found = _file(server, params.text_document.uri)
    if found is None:
        return NONE_OF
    session, path, _ = found
    pen = Pen(server, session.schema.files)
    answer = []
    for link in links(session.schema, path):
        target = link.target
        if link.is_path:
            if not os.path.isabs(path):
                continue
            target = pen.uri(os.path.normpath(os.path.join(os.path.dirname(path), target)))
        else:
            target = quote(target, safe="%/:=&?~#+!$,;'@()*[]-._")
        where = pen.within(path, link.line, link.start, link.end)
        answer.append({"range": where, "target": target})
    return _json(answer)


def inlay_hints(server: Server, params: types.InlayHintParams) -> Raw:
    from prisma_lsp.ide.inlay import hints

    found = _file(server, params.text_document.uri)
    if found is None:
        return NONE_OF
    session, path, document = found
    chosen = session.linter.environment.settings
    switches = {
        "actions": chosen.inlay_referential_actions,
        "tables": chosen.inlay_table_names,
        "columns": chosen.inlay_column_names,
        "constraints": chosen.inlay_constraint_names,
        "relations": chosen.inlay_relation_names,
    }
    kinds = {kind for kind, on in switches.items() if on}
    at = convert.stretch(document, params.range, server.encoding)
    pen = Pen(server, session.schema.files)
    answer = []
    for hint in hints(session.schema, path, at.line, at.end_line, kinds):
        where = pen.position(path, hint.line, hint.column)
        one: dict[str, Any] = {"position": where, "label": hint.text, "tooltip": hint.tooltip}
        if hint.insert:
            one["textEdits"] = [{"range": {"start": where, "end": where}, "newText": hint.insert}]
        if hint.text[0] not in ",(" and document.line(hint.line)[hint.column - 1 : hint.column] != "(":  # fmt: skip
            one["paddingLeft"] = True
        answer.append(one)
    return _json(answer)


# --- lenses ------------------------------------------------------------------------------------


def code_lenses(server: Server, params: types.CodeLensParams) -> Raw:
    from prisma_lsp.ide.lenses import lenses

    found = _file(server, params.text_document.uri)
    if found is None or not found[0].linter.environment.settings.code_lens:
        return NONE_OF
    session, path, _ = found
    pen = Pen(server, session.schema.files)
    capabilities = server.client_capabilities
    commands = announced(server, "commands")
    shows = isinstance(commands, (list, tuple)) and SHOW_REFERENCES in commands
    applies = bool(_of(capabilities.workspace, "apply_edit"))
    answer = []
    for lens in lenses(session.linter, path):
        where = pen.within(path, lens.line, lens.start, lens.end)
        command: dict[str, Any] = {"title": lens.title, "command": ""}
        if lens.action == "references" and shows:
            command["command"] = SHOW_REFERENCES
            command["arguments"] = [pen.uri(path), where["start"]]
        elif lens.action == "fix":
            if not applies:
                continue
            name = session.schema.files[path].line(lens.line)[lens.start : lens.end]
            command["command"] = REPAIR
            command["arguments"] = [pen.uri(path), name]
        answer.append({"range": where, "command": command})
    return _json(answer)


def announced(server: Server, name: str) -> object:
    """What the client says of itself beyond the protocol: ``experimental: { name: … }``."""
    experimental: Any = server.client_capabilities.experimental
    if isinstance(experimental, dict):
        return experimental.get(name)
    return getattr(experimental, name, None)


def serve_foreign_keys(server: Server, uri: str, name: str) -> None:
    """Have the client write the indexes that a model's foreign keys lack."""
    from prisma_lsp.ide.lenses import repair

    found = _file(server, uri)
    if found is None:
        return
    edits = repair(found[0].linter, name)
    if edits:
        label = f"Index the foreign keys of {name}"
        edit = server.workspace_edit(edits)
        server.workspace_apply_edit(types.ApplyWorkspaceEditParams(edit, label))


# --- findings that are not wanted, and why they are there -----------------------------------------


def ignore_actions(
    server: Server,
    session: Session,
    path: str,
    met: Iterable[tuple[Block, Finding, list[types.Diagnostic]]],
) -> Iterator[types.CodeAction]:
    """The comments that silence the findings, and the pages of their rules.

    A client that can show a place is sent to where the reason is to be typed.  Of those that can,
    only VS Code takes an edit with a place for the cursor in it, so there is one way and not two.
    """
    from prisma_lsp.ide.suppress import ignores

    shows = bool(_of(server.client_capabilities.window, "show_document", "support"))
    seen: set[str] = set()
    rules: dict[str, None] = {}
    for block, finding, same in met:
        if finding.source != "prisma":
            rules.setdefault(finding.rule)
        for one in ignores(session.schema, path, block, finding):
            if one.title in seen:
                continue
            seen.add(one.title)
            place: list[Any] = [server.uris.of(path), one.line, to_units(one.before, len(one.before), server.encoding)]  # fmt: skip
            yield types.CodeAction(
                title=one.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=same or None,
                edit=server.workspace_edit({path: [one.edit]}),
                command=types.Command(one.title, IGNORE, arguments=place) if shows else None,
            )
    for name in rules if shows else ():
        title = f"Explain `{name}`"
        yield types.CodeAction(
            title=title,
            kind=types.CodeActionKind.QuickFix,
            command=types.Command(title, EXPLAIN, arguments=[name]),
        )


def place_cursor(server: Server, uri: str, line: int, character: int) -> None:
    """Have the client put its cursor where the reason of a comment is to be typed."""
    here = types.Position(line, character)
    _show(server, uri, types.Range(here, here))


def explain_rule(server: Server, name: str) -> str | None:
    """Open a rule's page, or say in short what is on it; returns the page as Markdown."""
    from prisma_lsp.explain import page
    from prisma_lsp.lint.pages import page_uri
    from prisma_lsp.lint.rule import find_rule

    rule = find_rule(name)
    if rule is None:
        message = f"There is no rule `{name}`."
        server.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))
        return None
    uri = page_uri(name)
    if uri is None or not _show(server, uri):
        message = f"{name}: {rule.summary}"
        server.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))
    return page(rule)


def show_options(server: Server, name: str) -> str | None:
    """As `explain_rule`, but the table of the rule's answers alone where no page can be shown."""
    from prisma_lsp.ide.advice import options_table, rule_advice
    from prisma_lsp.ide.markdown import plain
    from prisma_lsp.lint.pages import page_uri
    from prisma_lsp.lint.rule import find_rule

    rule, uri = find_rule(name), page_uri(name)
    table = options_table(rule.documentation) if rule is not None else ""
    if not table:
        return explain_rule(server, name)
    if uri is None or not _show(server, uri):
        message = f"{name}\n\n{plain(table)}"
        server.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))
    return rule_advice(name)


def _show(server: Server, uri: str, selection: types.Range | None = None) -> bool:
    """Have the client show a document, where it can."""
    if not uri or not _of(server.client_capabilities.window, "show_document", "support"):
        return False
    wanted = types.ShowDocumentParams(uri, take_focus=True, selection=selection)
    server.window_show_document(wanted)
    return True


# --- cascades ----------------------------------------------------------------------------------


def hierarchy(server: Server, params: types.TypeHierarchyPrepareParams) -> Raw:
    from prisma_lsp.ide.cascades import start

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return NOTHING
    session, path, _, line, column = found
    step = start(session.schema, path, line, column)
    return _json([_item(server, session, step, up=False)]) if step is not None else NOTHING


def supertypes(server: Server, params: types.TypeHierarchySupertypesParams) -> Raw:
    from prisma_lsp.ide.cascades import parents

    found = _file(server, params.item.uri)
    if found is None:
        return NONE_OF
    session = found[0]
    steps = parents(session.schema, params.item.name, deleting=_told(params.item, "up"))
    return _json([_item(server, session, step, up=True) for step in steps])


def subtypes(server: Server, params: types.TypeHierarchySubtypesParams) -> Raw:
    from prisma_lsp.ide.cascades import children

    found = _file(server, params.item.uri)
    if found is None or _told(params.item, "ends"):
        return NONE_OF
    session = found[0]
    steps = children(session.schema, params.item.name)
    return _json([_item(server, session, step, up=False) for step in steps])


def _told(item: types.TypeHierarchyItem, name: str) -> bool:
    """What `_item` wrote into an item's data."""
    data = item.data
    return bool(data.get(name) if isinstance(data, dict) else getattr(data, name, False))


def _item(server: Server, session: Session, step: Step, *, up: bool) -> dict[str, Any]:
    pen = Pen(server, session.schema.files)
    last = step.last - 1
    end = len(session.schema.files[step.path].line(last).rstrip("\r\n"))
    return {
        "name": step.model,
        "kind": SYMBOL_KINDS["model"],
        "detail": step.detail,
        "uri": pen.uri(step.path),
        "range": pen.range(step.path, step.first, 0, last, end),
        "selectionRange": pen.within(step.path, step.line, step.start, step.end),
        "data": {"up": up, "ends": step.ends},
    }
