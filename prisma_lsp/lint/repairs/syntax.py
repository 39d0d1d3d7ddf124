"""Repairs of lines and blocks that are not the schema language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.names import pascal, snake
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.lint.rule import Finding
from prisma_lsp.lint.spelling import meant
from prisma_lsp.lint.validity.syntax import lost_block
from prisma_lsp.schema import catalogue
from prisma_lsp.syntax import nodes
from prisma_lsp.syntax.document import KEYWORDS, MODES
from prisma_lsp.syntax.line import Mode, parse

# What other languages call our blocks.
_KEYWORDS = {"table": "model", "class": "model", "entity": "model", "struct": "type", "client": "generator"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}
# An attribute whose bracket is missing, and what begins behind it.
_OPENED = re.compile(
    r"(@@?(?:default|map|relation|index|unique|id|schema))(?=[\"\[]|(?:fields|now|uuid|cuid|autoincrement|auto|dbgenerated|true|false)\b)"
)
_NAMED = re.compile(
    r"([(,]\s*)(fields|references|onDelete|onUpdate|map|name|sort|length|type|ops|clustered|where)\s+(?=[\"\[\w{])"
)
_ESCAPES = frozenset('ntrbfu"/\\')


@repairs("unclosed-block", "missing-brace")
def close_block(wrong: Wrong) -> Iterator[Fix]:
    block = wrong.block
    if wrong.code == "missing-brace":
        document = wrong.schema.files[wrong.path]
        at = wrong.bench.index_of(wrong.path, block) - 1
        while at > 0 and document.blocks[at].kind == "gap":
            at -= 1
        if at < 0 or document.blocks[at].kind == "gap" or document.blocks[at].close >= 0:
            return
        before = document.blocks[at]
        wrong = Wrong(Finding(before.header, 0, 0, "", rule=wrong.code), before, wrong.bench)
        block = before
    last = len(block.lines)
    while last > block.header + 1 and not block.lines[last - 1].strip():
        last -= 1
    header = block.line(block.header).rstrip()
    indent = header[: len(header) - len(header.lstrip())]
    if header.endswith("}") and "{" in header and len(block.lines) == block.header + 1:
        fix = _on_lines(wrong.at(block.header, 0, len(header)), header, header.split()[0])
        if fix is not None:
            yield fix
        return
    draft = wrong.insert_line(wrong.draft(), last, indent + "}")
    yield Fix(f"Add the `}}` that closes `{block.name or block.kind}`", "T", draft.edits, True)


@repairs("lost-type")
def find_again(wrong: Wrong) -> Iterator[Fix]:
    """Close the block that hides a field's type."""
    for hidden in wrong.schema.declarations(wrong.text):
        code = "missing-brace" if hidden.block.unclosed else "unclosed-block"
        yield from close_block(Wrong(Finding(hidden.block.header, 0, 0, "", rule=code), hidden, wrong.bench))


@repairs("block-keyword")
def block_keyword(wrong: Wrong) -> Iterator[Fix]:
    word = wrong.text
    guesses = meant(word, sorted(KEYWORDS))
    if word.lower() in _KEYWORDS:
        guesses = [_KEYWORDS[word.lower()]]
    for guess in guesses:
        yield wrong.fix(f"Write `{guess}`", guess, preferred=len(guesses) == 1)


@repairs("top-level", "after-brace")
def stray(wrong: Wrong) -> Iterator[Fix]:
    """Whatever stands outside the blocks."""
    text = wrong.line_text
    stripped = text.strip()
    if not stripped.strip("};,"):
        if wrong.code == "after-brace":
            before = len(text[: wrong.start].rstrip())
            yield wrong.fix(f"Remove `{wrong.text}`", "", before, wrong.end, preferred=True)
        else:
            # With more around it that cannot be read it may be the end of that.
            alone = len(wrong.block.problems) == 1
            yield wrong.remove_line(f"Remove `{stripped}`", preferred=alone)
        return
    if wrong.code == "after-brace":
        end = "\r\n" if wrong.block.lines[0].endswith("\r\n") else "\n"
        if re.match(rf"({'|'.join(sorted(KEYWORDS))})\b|/\*", wrong.text):
            yield wrong.fix("Put the rest on a line of its own", end + wrong.text, _end_of_brace(text), len(text))
        else:
            yield wrong.fix("Make it a comment", f" // {wrong.text.strip()}", _end_of_brace(text), len(text))
        return
    indent = text[: len(text) - len(text.lstrip())]
    if stripped.startswith("#"):
        said = stripped.lstrip("#")
        yield wrong.fix("Make it a comment", "//" + said, len(indent), len(text), preferred=said[:1] == " ")
        return
    header = re.fullmatch(r"(\w+)\s+(\w+)\s*(\{)?(.*)", stripped)
    if header is None:
        opened = _keyword_with_signs(wrong, stripped, len(indent))
        if opened is not None:
            yield opened
        elif not _opens_lost_block(wrong):
            yield wrong.fix("Make it a comment", "// " + stripped, len(indent), len(text))
        return
    word, name, brace, rest = header.groups()
    keywords = [word] if word in KEYWORDS else meant(word, sorted(KEYWORDS))
    for keyword in keywords[:1]:
        below = wrong.block.lines[wrong.line + 1 :]
        if brace is None and not rest and any(line.lstrip().startswith("}") for line in below):
            yield wrong.fix(f"Open the block: `{keyword} {name} {{`", f"{keyword} {name} {{", len(indent), len(text))
        elif brace is not None and rest.endswith("}"):
            fix = _on_lines(wrong, text, keyword)
            if fix is not None:
                yield fix


def _opens_lost_block(wrong: Wrong) -> bool:
    """Whether lines below belong to the one that is marked: without it nobody could read them."""
    problem = next((p for p in wrong.block.problems if p.line == wrong.line), None)
    return problem is not None and lost_block(wrong.block, problem) > wrong.line


def _keyword_with_signs(wrong: Wrong, line: str, start: int) -> Fix | None:
    """`mod[el User {`: a keyword with a sign too many in it."""
    first = line.split()[0]
    rest = line[len(first) :]
    word = re.sub(r"\W", "", first)
    keywords = [word] if word in KEYWORDS else meant(word, sorted(KEYWORDS))
    if len(keywords) != 1 or not re.fullmatch(r"\s+[A-Za-z]\w*\s*\{", rest):
        return None
    return wrong.fix(f"Write `{keywords[0]}`", keywords[0], start, start + len(first), preferred=True)


def _on_lines(wrong: Wrong, text: str, keyword: str) -> Fix | None:
    """The fix that spreads a block that stands on one line."""
    head, _, rest = text.partition("{")
    inner = rest.rstrip()[:-1].strip()
    indent = text[: len(text) - len(text.lstrip())]
    end = "\r\n" if wrong.block.lines[0].endswith("\r\n") else "\n"
    name = head.split()[-1]
    members = inner.split() if keyword == "enum" and "@" not in inner else [inner] if inner else []
    if keyword not in MODES or not all(_reads(MODES[keyword], f"  {m}") for m in members):
        return None
    lines = [f"{indent}{keyword} {name} {{", *(f"{indent}  {m}" for m in members), indent + "}"]
    return wrong.fix("Put the block on lines of its own", end.join(lines), 0, len(text.rstrip()), preferred=True)


def _end_of_brace(text: str) -> int:
    return text.index("}") + 1


@repairs("type-alias")
def type_alias(wrong: Wrong) -> Iterator[Fix]:
    """Write an alias's type wherever the alias is used."""
    node = parse("top_line", wrong.line_text).node
    written = re.fullmatch(r"\s*type\s+\w+\s*=\s*(\w+)\s*((?:@[^/]*)?)(//.*)?", wrong.line_text)
    if not isinstance(node, nodes.Alias) or written is None:
        return
    name, attributes = written[1], written[2].strip()
    draft = wrong.draft()
    count = 0
    for model in wrong.schema.referrers(node.name.value):
        for field in model.all_fields:
            kind = field.node.type
            if field.type_name != node.name.value or kind is None:
                continue
            count += 1
            draft.replace(model, field.line, kind.name_start, kind.name_end, name)
            if attributes:
                draft.insert(model, field.line, kind.end, " " + attributes)
    draft.remove_line(wrong.path, wrong.block, wrong.line)
    where = "the field that uses it" if count == 1 else f"the {count} fields that use it"
    shown = f"{name} {attributes}".strip()
    yield Fix(f"Write `{shown}` in {where} and remove `{node.name.value}`", "T", draft.edits, True)


@repairs("field-colon")
def colon(wrong: Wrong) -> Iterator[Fix]:
    text = wrong.line_text
    space = "" if text[wrong.end : wrong.end + 1].isspace() else " "
    yield wrong.fix("Remove the `:`", space, len(text[: wrong.start].rstrip()), preferred=True)


@repairs("required-mark", "list-brackets", "optional-list")
def old_type(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    kind = field.node.type if field is not None else None
    if kind is None:
        return
    name = kind.name
    if wrong.code == "required-mark":
        yield wrong.fix(f"Write `{name}`", name, preferred=True)
        return
    yield wrong.fix(f"Write `{name}[]`", f"{name}[]", preferred=True)
    if wrong.code == "optional-list":
        yield wrong.fix(f"Write `{name}?`: one value or none", f"{name}?")


@repairs("missing-type")
def missing_type(wrong: Wrong) -> Iterator[Fix]:
    field = wrong.field
    if field is None:
        return
    for name in _types_for(field.name, wrong):
        yield wrong.fix(f"Make `{field.name}` a `{name}`", f"{field.name} {name}", wrong.start, field.node.name.end)


def _types_for(name: str, wrong: Wrong) -> Iterator[str]:
    """What a field of that name usually is."""
    model = pascal(snake(name))
    if wrong.schema.kind_of(model) in ("model", "enum", "type"):
        yield model
    words = snake(name).split("_")
    if words[-1] == "id" and len(words) > 1:
        target = wrong.schema.model(pascal("_".join(words[:-1])))
        key = target.fields.get(target.id.names[0]) if target is not None and target.id and target.id.names else None
        if key is not None and key.type_name in catalogue.SCALARS:
            yield key.type_name
    elif words[-1] in ("at", "on", "date", "time"):
        yield "DateTime"
    elif words[0] in ("is", "has", "can"):
        yield "Boolean"
    elif words[-1] in ("count", "number", "quantity", "amount", "position", "age"):
        yield "Int"
    yield "String"


@repairs("unexpected-token", "incomplete-line")
def broken_line(wrong: Wrong) -> Iterator[Fix]:
    """Small changes after which the line can be read."""
    mode = MODES.get(wrong.block.kind)
    if mode is None:
        return
    field = wrong.field
    kind = field.node.type if field is not None else None
    if kind is not None and kind.unsupported is not None and kind.name != "Unsupported":
        yield wrong.fix(f"Write `{kind.name}`", kind.name, kind.name_start, kind.end, preferred=True)
        yield wrong.fix("Write `Unsupported`", "Unsupported", kind.name_start, kind.name_end)
        return
    text = wrong.line_text
    if "@@" in text and not text.lstrip().startswith("@@"):
        yield from _own_line(wrong, text, mode)
    found = 0
    seen = {text}
    for title, new, obvious in _repaired(text, wrong, mode):
        if new in seen or not _reads(mode, new):
            continue
        seen.add(new)
        found += 1
        start, end, middle = _difference(text, new)
        yield wrong.fix(title, middle, start, end, preferred=obvious and found == 1)
        if found == 2 or obvious:
            return


def _own_line(wrong: Wrong, text: str, mode: Mode) -> Iterator[Fix]:
    at = text.index("@@")
    head, tail = text[:at].rstrip(), text[at:]
    indent = text[: len(text) - len(text.lstrip())]
    end = "\r\n" if wrong.block.lines[0].endswith("\r\n") else "\n"
    if _reads(mode, head) and _reads(mode, tail):
        yield wrong.fix("Put the block attribute on a line of its own", end + indent + tail, len(head), len(text))


def _reads(mode: Mode, text: str) -> bool:
    line = parse(mode, text)
    if line.problem is not None:
        return False
    match line.node:
        case nodes.FieldLine(type=None) | nodes.PropertyLine(value=None):
            return False
        case nodes.FieldLine(type=kind, colon=colon):
            return colon < 0 and not (kind is not None and kind.legacy)
    return line.node is not None


def _repaired(text: str, wrong: Wrong, mode: Mode) -> Iterator[tuple[str, str, bool]]:
    """(title, new text, whether it is obvious) for what the line may be meant as."""
    start, end = wrong.start, wrong.end
    body = text.lstrip()
    indent = text[: len(text) - len(body)]
    token = text[start:end]
    if body.startswith("#"):
        said = body.lstrip("#")
        yield "Make it a comment", f"{indent}//{said}", said[:1] == " "
    if body.startswith("_"):
        renamed = re.match(r"_+([A-Za-z]\w*)", body)
        if renamed is not None and "@map" not in body and mode != "property_line":
            line = f"{indent}{body[renamed.start(1):]}".rstrip()
            mapped = f'@map("{renamed[0]}")'
            native = re.search(r"\s@\w+\.", line)
            at = native.start() if native is not None else len(line.split("//")[0].rstrip())
            yield f"Write `{renamed[1]}` and `{mapped}`", f"{line[:at]} {mapped}{line[at:]}", True
    if "'" in text or "`" in text:
        yield "Write double quotes", text.replace("'", '"').replace("`", '"'), True
    if "“" in text or "”" in text:
        yield "Write straight quotes", text.replace("“", '"').replace("”", '"'), True
    yield "Remove the `;`", text.rstrip().rstrip(";"), True
    yield "Remove the `,`", text.rstrip().rstrip(","), True
    if "\\" in text:
        yield "Write the backslash twice", _escaped(text), True
    if body.startswith("@") and not body.startswith("@@"):
        yield "Write `@@`", f"{indent}@{body}", True
    if text.count('"') % 2:
        yield from _quoted(text)
    yield "Add the `:`", _NAMED.sub(r"\1\2: ", text), True
    yield "Add the `(`", _OPENED.sub(r"\1(", text), True
    yield "Add the `]`", re.sub(r"\[([\w, ]*?)(\s*(?:,\s*\w+\s*:|\)))", r"[\1]\2", text), True
    yield "Add the `[`", re.sub(r"([(:]\s*)(\w[\w, ]*\])", r"\1[\2", text), True
    closed = _closed(text)
    if closed != text:
        yield "Add what closes the line", closed, True
    typed = re.sub(r"^(\s*\w[\w-]*\s*):\s*", r"\1 ", text)
    typed = re.sub(r"^(\s*\w[\w-]*)\?\s+(\w+)", r"\1 \2?", typed)
    typed = re.sub(r"^(\s*\w[\w-]*\s+)\[\s*(\w+)\s*[!?]*\s*\][!?]*", r"\1\2[]", typed)
    typed = re.sub(r"^(\s*\w[\w-]*\s+)(?:Array|List|Set)<\s*(\w+)\s*>", r"\1\2[]", typed)
    typed = re.sub(r"^(\s*\w[\w-]*\s+\w+)[!?]+(\[\])[!?]*", r"\1\2", typed)
    typed = re.sub(r"^(\s*\w[\w-]*\s+\w+)\[\][!?]+", r"\1[]", typed)
    typed = re.sub(r"^(\s*\w[\w-]*\s+\w+\??)\s*\|\s*null\b", lambda m: m[1].rstrip("?") + "?", typed)
    if typed != text:
        match = re.match(r"\s*\S+\s+(\S+)", typed)
        yield f"Write `{match[1] if match else typed.strip()}`", typed, True
    if mode == "property_line":
        yield "Write `=`", re.sub(r"^(\s*[\w-]+)\s*:?\s+", r"\1 = ", text), True
        yield "Write `=`", re.sub(r"^(\s*[\w-]+)\s*:\s*", r"\1 = ", text), True
    call = re.sub(r"(@\w[\w.]*)\s*=\s*(\S+)", r"\1(\2)", text)
    if call != text:
        yield "Put the value into `( )`", call, True
    yield "Write `:` behind the argument's name", re.sub(r"([(,]\s*\w+)\s*=\s*", r"\1: ", text), True
    if token == "{" or token == "}":
        yield "Write `[ ]`", text.replace("{", "[").replace("}", "]"), True
    if 0 < start < len(text):
        before = text[:start].rstrip()
        yield "Add the `,`", f"{before}, {text[start:]}", True
        if re.match(r"\w", token) and re.search(r"\w\W*$", before):
            yield f"Add the `@` before `{token}`", f"{before} @{text[start:]}", False
    if token.strip():
        before = text[:start].rstrip() if not text[end:].strip() else text[:start]
        yield f"Remove `{token}`", before + text[end:], token in (",", ";")
    if text.rstrip().endswith("@"):
        yield "Remove the `@`", text.rstrip().rstrip("@").rstrip(), False


def _quoted(text: str) -> Iterator[tuple[str, str, bool]]:
    """The line with the one quote that it lacks, before or behind a value."""
    last = text.rindex('"')
    for match in re.finditer(r"[)\],]", text[last + 1 :]):
        at = last + 1 + match.start()
        yield "Add the quote", f'{text[:at]}"{text[at:]}', True
    for match in reversed(list(re.finditer(r"[(\[:,]\s*", text[:last]))):
        at = match.end()
        yield "Add the quote", f'{text[:at]}"{text[at:]}', True


def _closed(text: str, depth: int = 0) -> str:
    """The line with the quotes and brackets that it opens closed, before its comment."""
    stack: list[str] = []
    inside = False
    index = 0
    while index < len(text):
        char = text[index]
        if inside:
            if char == "\\":
                index += 1
            elif char == '"':
                inside = False
        elif char == '"':
            inside = True
        elif text.startswith("//", index):
            break
        elif char in _CLOSING:
            stack.append(_CLOSING[char])
        elif stack and char == stack[-1]:
            stack.pop()
        index += 1
    head, tail = text[:index].rstrip(), text[index:]
    if inside:
        # The quote that is missing stands before the brackets that close behind it.
        brackets = re.search(r"[)\]}\s]*$", head)
        at = brackets.start() if brackets is not None and stack else len(head)
        return _closed(f'{head[:at]}"{head[at:]}', 1) if not depth else text
    if not stack:
        return text
    head = head.rstrip(",")
    return head + "".join(reversed(stack)) + (" " + tail if tail else "")


def _escaped(text: str) -> str:
    out: list[str] = []
    index = 0
    while index < len(text):
        if text[index] == "\\":
            follower = text[index + 1 : index + 2]
            known = follower in _ESCAPES and follower != ""
            out.append(text[index] + follower if known else "\\\\" + follower)
            index += 2
        else:
            out.append(text[index])
            index += 1
    return "".join(out)


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """The stretch of ``old`` that differs, and what stands there in ``new``."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, len(old) - end, new[start : len(new) - end]

