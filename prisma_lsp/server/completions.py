"""Completion and signature help in the protocol's form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from prisma_lsp.server.features import NOTHING, _of
from prisma_lsp.server.places import to_path
from prisma_lsp.server.protocol import Raw
from prisma_lsp.text import to_units

if TYPE_CHECKING:
    from prisma_lsp.ide.completion import Completion, Item
    from prisma_lsp.lint.fixes import Edits
    from prisma_lsp.server.server import Server

# Our command, sent when a proposal was taken that has to change other files as well.
ELSEWHERE = "prisma-lsp.completeElsewhere"
_TITLES = {
    "opposite": "Write the other side of the relation",
    "ignored": "Ignore the relation fields that lead to the model",
}

_KINDS = {
    "keyword": 14, "model": 7, "view": 7, "type": 22, "enum": 13, "scalar": 25, "function": 3,
    "relation": 18, "field": 5, "attribute": 10, "native": 25, "argument": 6, "value": 12,
    "enum value": 20, "action": 20, "constant": 21, "snippet": 15, "string": 12, "number": 12,
    "property": 10, "rule": 17,
}  # fmt: skip


class Client:
    """What the client can take of a proposal."""

    def __init__(self, server: Server) -> None:
        text = server.client_capabilities.text_document
        item = _of(text, "completion", "completion_item")
        defaults = _of(text, "completion", "completion_list", "item_defaults") or ()
        self.snippets = bool(_of(item, "snippet_support"))
        self.replaces = bool(_of(item, "insert_replace_support"))
        self.details = bool(_of(item, "label_details_support"))
        self.commits = bool(_of(item, "commit_characters_support"))
        self.shared_range = "editRange" in defaults
        self.shared_format = "insertTextFormat" in defaults


def complete(server: Server, params: types.CompletionParams) -> Raw:
    from prisma_lsp.ide.completion import complete

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return NOTHING
    session, path, document, line, column = found
    asked = params.context
    trigger = asked.trigger_character or "" if asked is not None else ""
    version = session.linter.environment.prisma_version
    answer = complete(session.schema, path, line, column, trigger=trigger, version=version)
    if answer is None:
        return NOTHING
    client = Client(server)
    text = document.line(line)

    def at(start: int, end: int) -> dict[str, Any]:
        return {
            "start": {"line": line, "character": to_units(text, start, server.encoding)},
            "end": {"line": line, "character": to_units(text, end, server.encoding)},
        }

    where = _range(answer, client, at)
    items = []
    for number, item in enumerate(answer.items):
        one = _item(item, number, client, where)
        if item.topic:
            one["data"] = {"uri": params.text_document.uri, "topic": item.topic}
        if item.edits:
            one["additionalTextEdits"] = [
                {"range": _span(document, edit.range, server), "newText": edit.text}
                for edit in item.edits
            ]
        if item.elsewhere:
            # The command takes all of its arguments always.
            arguments = [params.text_document.uri, *item.elsewhere, ""][:4]
            title = _TITLES[item.elsewhere[0]]
            one["command"] = {"title": title, "command": ELSEWHERE, "arguments": arguments}
        items.append(one)
    full: dict[str, Any] = {"isIncomplete": answer.narrowed, "items": items}
    if client.shared_range:
        full["itemDefaults"] = {"editRange": where}
    return Raw(json.dumps(full, ensure_ascii=False, separators=(",", ":")))


def _range(answer: Completion, client: Client, at: Any) -> dict[str, Any]:
    insert = at(answer.start, answer.column)
    if client.replaces:
        return {"insert": insert, "replace": at(answer.start, answer.end)}
    # In the middle of a word the whole of it is meant; before one, nothing of it.
    whole = answer.start < answer.column
    return at(answer.start, answer.end) if whole else insert  # type: ignore[no-any-return]


def _span(document: Any, at: Any, server: Server) -> dict[str, Any]:
    return {
        "start": {
            "line": at.line,
            "character": to_units(document.line(at.line), at.start, server.encoding),
        },
        "end": {
            "line": at.end_line,
            "character": to_units(document.line(at.end_line), at.end, server.encoding),
        },
    }


def _item(item: Item, number: int, client: Client, where: dict[str, Any]) -> dict[str, Any]:
    one: dict[str, Any] = {
        "label": item.label,
        "kind": _KINDS[item.kind],
        "sortText": f"{number:04}",
    }
    if client.details and (item.tail or item.detail):
        one["labelDetails"] = {
            name: text
            for name, text in (("detail", item.tail), ("description", _short(item.detail)))
            if text
        }
    elif item.tail:
        one["label"] += item.tail
        one["filterText"] = item.filter or item.label
    if item.detail:
        one["detail"] = item.detail
    if item.filter:
        one["filterText"] = item.filter
    text = item.insert or item.label
    if client.snippets and item.snippet:
        text = item.snippet
        one["insertTextFormat"] = 2
    if client.commits and item.commit and "insertTextFormat" not in one:
        one["commitCharacters"] = list(item.commit)
    if client.shared_range:
        if text != one["label"]:
            one["textEditText"] = text
    elif client.replaces:
        one["textEdit"] = {"newText": text, **where}
    else:
        one["textEdit"] = {"newText": text, "range": where}
    return one


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39].rstrip() + "…"


def resolve(server: Server, item: types.CompletionItem) -> types.CompletionItem:
    from prisma_lsp.ide import markdown
    from prisma_lsp.ide.completion import documentation

    data = item.data
    if not isinstance(data, dict):
        data = getattr(data, "__dict__", None) or getattr(data, "_asdict", dict)()
    session = server.store.session(to_path(str(data.get("uri", ""))))
    topic = data.get("topic")
    if session is None or not isinstance(topic, (list, tuple)):
        return item
    text = documentation(session.schema, [str(word) for word in topic])
    if text:
        item.documentation = _content(server, text, markdown.plain(text), "completion")
    return item


def _content(server: Server, text: str, plain: str, capability: str) -> types.MarkupContent:
    client = server.client_capabilities.text_document
    names = ("completion", "completion_item") if capability == "completion" else (
        "signature_help", "signature_information")  # fmt: skip
    formats = _of(client, *names, "documentation_format")
    markdown = formats is None or types.MarkupKind.Markdown in formats
    kind = types.MarkupKind.Markdown if markdown else types.MarkupKind.PlainText
    return types.MarkupContent(kind, text if markdown else plain)


def signature(server: Server, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    from prisma_lsp.ide import markdown
    from prisma_lsp.ide.signature import signature

    found = server.at(params.text_document.uri, params.position)
    if found is None:
        return None
    session, path, _, line, column = found
    version = session.linter.environment.prisma_version
    shown = signature(session.schema, path, line, column, version)
    if shown is None:
        return None
    client = server.client_capabilities.text_document
    information = _of(client, "signature_help", "signature_information")
    offsets = bool(_of(information, "parameter_information", "label_offset_support"))

    def content(text: str) -> types.MarkupContent | None:
        return _content(server, text, markdown.plain(text), "signature") if text else None

    def span(start: int, end: int) -> str | tuple[int, int]:
        if not offsets:
            return shown.label[start:end]
        # Offsets in a label count UTF-16 units, whatever positions count in.
        return (to_units(shown.label, start, "utf-16"), to_units(shown.label, end, "utf-16"))

    parameters = [
        types.ParameterInformation(span(one.start, one.end), content(one.doc))
        for one in shown.parameters
    ]
    # An index behind the last parameter: most clients then mark none of them.
    active = shown.active if shown.active >= 0 else len(parameters)
    one = types.SignatureInformation(shown.label, content(shown.doc), parameters, active)
    return types.SignatureHelp([one], 0, active)


def complete_elsewhere(server: Server, uri: str, what: str, model: str, name: str) -> None:
    """Have the client write in other files what belongs to a proposal that was just taken."""
    from prisma_lsp.ide.completion_attributes import ignoring
    from prisma_lsp.lint.fixes import Workbench
    from prisma_lsp.lint.relation_fixes import opposite_fixes
    from prisma_lsp.schema.relations import opposite

    session = server.store.session(to_path(uri))
    if session is None:
        return
    bench = Workbench(session.schema, session.linter.environment)
    edits: Edits = {}
    if what == "opposite":
        field = session.schema.field(model, name)
        if field is not None and opposite(field, session.schema) is None:
            edits = next((fix.edits for fix in opposite_fixes(field, bench)), {})
    elif what == "ignored":
        ignored = session.schema.model(model)
        if ignored is not None and ignored.is_ignored:
            edits = ignoring(ignored, session.schema)
    if edits:
        edit = server.workspace_edit(edits)
        server.workspace_apply_edit(types.ApplyWorkspaceEditParams(edit, _TITLES[what]))
