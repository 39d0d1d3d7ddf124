"""Repairs of native types."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_lsp.lint.fixes import Fix
from prisma_lsp.lint.repair import Wrong, repairs
from prisma_lsp.lint.spelling import is_same_word, meant
from prisma_lsp.schema import catalogue
from prisma_lsp.syntax import nodes

# Types of one provider and what comes nearest on another; the first that the provider has is taken.
_NEAREST = {
    "Uuid": ("Uuid", "UniqueIdentifier", "Char(36)"),
    "UniqueIdentifier": ("Uuid", "Char(36)"),
    "Text": ("Text", "String", "VarChar(Max)"),
    "String": ("Text", "VarChar", "NVarChar"),
    "LongText": ("Text", "String", "NVarChar(Max)"),
    "MediumText": ("Text", "String", "NVarChar(Max)"),
    "TinyText": ("VarChar(255)", "String(255)"),
    "NVarChar": ("VarChar", "String"),
    "NChar": ("Char", "String"),
    "NText": ("Text", "String"),
    "Timestamptz": ("Timestamptz", "DateTimeOffset", "Timestamp(6)"),
    "Timestamp": ("Timestamp", "DateTime2"),
    "DateTime": ("Timestamp(3)", "DateTime(3)", "DateTime2"),
    "DateTime2": ("Timestamp(3)", "DateTime(3)"),
    "DateTimeOffset": ("Timestamptz", "Timestamp(6)"),
    "Date": ("Date",),
    "Integer": ("Int4", "Int"),
    "Int4": ("Integer", "Int"),
    "Int": ("Integer", "Int4"),
    "TinyInt": ("SmallInt", "Int2"),
    "SmallInt": ("Int2",),
    "Int2": ("SmallInt",),
    "MediumInt": ("Integer", "Int4", "Int"),
    "BigInt": ("Int8",),
    "Int8": ("BigInt",),
    "DoublePrecision": ("Float8", "Double", "Float(53)"),
    "Double": ("DoublePrecision", "Float8", "Float(53)"),
    "Float8": ("DoublePrecision", "Double", "Float(53)"),
    "Real": ("Float4", "Float"),
    "Float4": ("Real", "Float"),
    "Boolean": ("Bool", "Bit", "TinyInt(1)"),
    "Bool": ("Boolean", "Bit", "TinyInt(1)"),
    "JsonB": ("Json",),
    "Json": ("JsonB",),
    "ByteA": ("Bytes", "LongBlob", "VarBinary(Max)"),
    "Bytes": ("ByteA", "LongBlob", "VarBinary(Max)"),
    "Blob": ("ByteA", "Bytes", "VarBinary(Max)"),
    "LongBlob": ("ByteA", "Bytes", "VarBinary(Max)"),
    "Money": ("Decimal(19, 4)",),
    "ObjectId": ("Uuid", "UniqueIdentifier"),
}  # fmt: skip


@repairs("native-type-prefix")
def prefix(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    if attribute is None or "." not in attribute.name:
        return
    wanted = wrong.schema.datasource_name()
    text = f"@{wanted}.{attribute.name.split('.', 1)[1]}"
    yield wrong.fix(f"Write `{text}`", text, attribute.start, attribute.name_end, preferred=True)


@repairs("unknown-native-type")
def unknown(wrong: Wrong) -> Iterator[Fix]:
    attribute, field = wrong.attribute, wrong.field
    provider = wrong.schema.provider()
    if attribute is None or field is None:
        return
    if provider is not None and wrong.schema.connector() != "none" and "." in attribute.name:
        start, name = attribute.name.split(".", 1)
        natives = catalogue.NATIVE_TYPES[provider]
        fitting = [n for n, t in natives.items() if field.type_name in t.scalars]
        count = len(attribute.arguments or ())
        found = [
            n for n in meant(name, fitting) if natives[n].min_args <= count <= natives[n].max_args
        ]
        for guess in found:
            sure = len(found) == 1 and is_same_word(name, guess)
            yield wrong.fix(
                f"Write `@{start}.{guess}`", f"@{start}.{guess}", attribute.start, attribute.name_end, preferred=sure
            )
        for text in _NEAREST.get(name, ()):
            other = text.split("(")[0]
            if other in fitting and other not in found:
                end = attribute.end
                if "(" not in text and attribute.arguments:
                    given = wrong.line_text[attribute.name_end : attribute.end]
                    text += given if natives[other].min_args <= count <= natives[other].max_args else ""
                yield wrong.fix(f"Write `@{start}.{text}`", f"@{start}.{text}", attribute.start, end)
                break
    yield from wrong.remove_attribute()


@repairs("native-type-arguments", "native-type-range")
def arguments(wrong: Wrong) -> Iterator[Fix]:
    attribute = wrong.attribute
    provider = wrong.schema.provider()
    if attribute is None or provider is None or "." not in attribute.name:
        return
    native = catalogue.NATIVE_TYPES[provider].get(attribute.name.split(".", 1)[1])
    if native is None:
        return
    given = attribute.arguments or ()
    at = next((i for i, a in enumerate(given) if a.start == wrong.start), -1)
    if wrong.code == "native-type-range" and at >= 0:
        number = int(wrong.text) if wrong.text.isdigit() else None
        fitted = None
        if native.name == "Bit" and wrong.field is not None and wrong.field.type_name == "Boolean":
            fitted = 1
        elif number is not None and at < len(native.limits):
            low, high = native.limits[at]
            fitted = min(max(number, low), high)
        if number is not None and at == 1 and given[0].value is not None and fitted in (number, None):
            first = wrong.line_text[given[0].start : given[0].end]
            fitted = int(first) if first.isdigit() else None
        if fitted is not None and fitted != number:
            yield wrong.fix(f"Write `{fitted}`", str(fitted))
    if native.max_args == 2 and len(given) == 1:
        digits = wrong.line_text[given[0].start : given[0].end]
        text = f"@{attribute.name}({digits}, 0)"
        if digits.isdigit():
            yield wrong.fix(f"Write `{text}`", text, attribute.start, attribute.end)
    if not native.min_args:
        if attribute.arguments is not None:
            sure = native.max_args == 0
            yield wrong.fix(
                f"Write `@{attribute.name}`", "", attribute.name_end, attribute.end, preferred=sure
            )
    elif not given or len(given) > native.max_args or wrong.code == "native-type-arguments":
        number = {"VarChar": 255, "Char": 36, "VarBinary": 255, "Binary": 16}.get(native.name, 1)
        text = f"@{attribute.name}({number})"
        yield wrong.fix(f"Write `{text}`", text, attribute.start, attribute.end)
    yield from wrong.remove_attribute()


@repairs("native-type-mismatch")
def mismatch(wrong: Wrong) -> Iterator[Fix]:
    attribute, field = wrong.attribute, wrong.field
    provider = wrong.schema.provider()
    if attribute is None or field is None or provider is None or "." not in attribute.name:
        return
    native = catalogue.NATIVE_TYPES[provider].get(attribute.name.split(".", 1)[1])
    kind = field.node.type
    if native is not None and kind is not None:
        default = field.attribute("default")
        for scalar in native.scalars:
            draft = wrong.draft().replace(field.owner, field.line, kind.name_start, kind.name_end, scalar)
            how = ""
            if default is not None and not _fits(field.default, scalar):
                draft.remove_attribute(field, default)
                how = " and remove its default"
            yield Fix(f"Make `{field.name}` a `{scalar}`{how}", "T", draft.edits)
    yield from wrong.remove_attribute()


def _fits(value: nodes.Expression | None, scalar: str) -> bool:
    match value:
        case nodes.Call(name=name):
            function = catalogue.FUNCTIONS.get(name)
            return name == "dbgenerated" or (function is not None and scalar in function.scalars)
        case nodes.String():
            return scalar == "String"
        case nodes.Number(text=text):
            return scalar in ("Float", "Decimal") or (scalar in ("Int", "BigInt") and "." not in text)
        case nodes.Reference(name="true" | "false"):
            return scalar == "Boolean"
    return False
