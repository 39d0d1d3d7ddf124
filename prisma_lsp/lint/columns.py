"""What rules about columns share: which of them to speak of, what their names say, how to retype one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prisma_lsp.lint import names
from prisma_lsp.lint.context import Context
from prisma_lsp.lint.fixes import Draft
from prisma_lsp.lint.libraries import kept_by_library
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Questions
from prisma_lsp.syntax.memory import remembered

_NONE: list[Field] = []


def columns(model: Model, type_name: str) -> list[Field]:
    """The fields of one scalar type in a table, lists among them."""
    return model.fields_by_type.get(type_name, _NONE) if model.kind == "model" else _NONE


def is_ours(field: Field, context: Context) -> bool:
    """Whether to speak of a column at all: nothing ignored, no table of an authentication library."""
    model = field.owner
    return not (
        field.is_ignored or model.is_ignored or kept_by_library(model, context) is not None
    )


def provider_of(facts: Questions) -> str | None:
    """The provider; PostgreSQL for a schema without a datasource, None where it cannot be told."""
    connector = facts.connector()
    if connector != "none":
        return connector
    provider = facts.provider()
    if provider is None and not facts.is_referenced("provider"):
        return "postgresql"
    # What cannot be read may be the datasource, whose header is half typed.
    return provider


def may_be(facts: Questions, *providers: str) -> bool:
    """Whether the provider is one of these, or cannot be told: its line may be half typed."""
    provider = provider_of(facts)
    return provider is None or provider in providers


def is_document(model: Model, facts: Questions) -> bool:
    """Whether the rows are documents of MongoDB; while the provider's line is typed, by their `_id`."""
    provider = facts.provider()
    if provider is not None:
        return provider == "mongodb"
    index = model.id
    return index is not None and index.field is not None and index.field.column == "_id"


def is_key(field: Field) -> bool:
    """Whether the column is part of the primary key or of a foreign key."""
    model = field.owner
    return field.name in model.key_fields or (
        model.id is not None and field.name in model.id.names
    )


@remembered(4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters."""
    return tuple([word.lower() for word in names.words(name)])


@remembered(4096)
def plain(name: str) -> str:
    """A name in small letters without underscores."""
    return name.replace("_", "").lower()


_MONEY = frozenset({
    "price", "prices", "cost", "costs", "salary", "wage", "fee", "fees", "revenue", "subtotal",
    "payout", "refund", "turnover", "commission", "deposit", "budget", "wages", "salaries", "stipend",
    "tuition", "surcharge", "earnings", "pay", "rent",
})  # fmt: skip
# Money only where the table is about money too.
_AMOUNTS = frozenset({
    "amount", "total", "balance", "tax", "taxes", "discount", "paid", "payable", "owed", "shipping",
    "debit", "credit", "income", "expense",
})  # fmt: skip
_ABOUT_MONEY = frozenset({
    "order", "orders", "invoice", "invoices", "cart", "carts", "payment", "payments", "bill",
    "bills", "billing", "quote", "quotes", "sale", "sales", "purchase", "purchases", "receipt",
    "receipts", "transaction", "transactions", "refund", "refunds", "payout", "payouts", "wallet",
    "wallets", "expense", "expenses", "donation", "donations", "subscription", "checkout",
    "salary", "salaries", "loan", "loans", "budget", "budgets", "account", "accounts", "ledger",
})  # fmt: skip
# A share, a figure of a report or a market, or another measure, whatever stands beside it.
_NO_MONEY = frozenset({
    "percent", "percentage", "pct", "rate", "ratio", "score", "count", "counts", "qty", "quantity",
    "weight", "factor", "multiplier", "index", "change", "changes", "delta", "volatility", "hours",
    "hour", "days", "minutes", "seconds", "time", "tokens", "token", "points", "level", "avg",
    "average", "mean", "median", "per", "efficiency", "impact", "trend", "margin", "share",
    "predicted", "prediction", "forecast", "estimate", "distance", "calories", "stop", "strike",
    "entry", "exit", "high", "low", "open", "close", "target", "units", "volume", "size",
    "elasticity", "cents", "sensitivity", "correlation", "deviation", "type", "id", "growth", "expected",
})  # fmt: skip


# Rates that are paid.
_PER_TIME = frozenset({("hourly", "rate"), ("nightly", "rate"), ("day", "rate"), ("pay", "rate")})


def is_money(field: Field) -> bool:
    """Whether a number, by its name and its table's, is surely an amount of money."""
    words = words_of(field.name)
    if words[-2:] in _PER_TIME:
        return True
    if not _NO_MONEY.isdisjoint(words):
        return False
    if not _MONEY.isdisjoint(words):
        return True
    if _AMOUNTS.isdisjoint(words):
        return False
    return "currency" in field.owner.fields or not _ABOUT_MONEY.isdisjoint(words_of(field.owner.name))


# Costs that a program counts for itself, in fractions of a cent: estimates, not anybody's books.
_METERED = frozenset({
    "ai", "api", "llm", "gpt", "embed", "embedding", "embeddings", "rag", "rerank", "prompt", "completion",
    "inference", "compute", "classifier", "judge", "shadow", "estimated", "model", "router", "tool",
})  # fmt: skip


def is_metered(field: Field) -> bool:
    """Whether an amount is what a call of a model or a service cost, by its name or its table's fields."""
    words = words_of(field.name)
    if _COSTS.isdisjoint(words):
        return False
    return not _METERED.isdisjoint(words) or any("tokens" in words_of(f.name) for f in field.owner.all_fields)


_COSTS = frozenset({"cost", "costs", "spend"})


def has_kind(field: Field) -> bool:
    """Whether a field beside it says what the number is: `discountType` for `discount` or `discountValue`."""
    stem = field.name.removesuffix("Value").removesuffix("_value")
    return f"{stem}Type" in field.owner.fields or f"{stem}_type" in field.owner.fields


def set_type(draft: Draft, field: Field, name: str) -> Draft:
    """Write another type, its arity left as it is."""
    type_ = field.node.type
    assert type_ is not None
    return draft.replace(field.owner, field.line, type_.name_start, type_.name_end, name)


def set_arity(draft: Draft, field: Field, arity: str) -> Draft:
    type_ = field.node.type
    assert type_ is not None
    return draft.replace(field.owner, field.line, type_.name_end, type_.end, arity)


def set_native(draft: Draft, field: Field, native: str, prefix: str) -> Draft:
    """Write another native type (``VarChar(255)``), or none for an empty ``native``."""
    attribute = field.native_type
    if not native:
        return draft if attribute is None else draft.remove_attribute(field, attribute)
    text = f"@{prefix}.{native}"
    if attribute is None:
        return draft.append_attribute(field, text)
    return draft.replace_node(field.owner, field.line, attribute, text)


def sized(length: int, facts: Questions) -> str:
    """The native type for a text of at most ``length`` characters."""
    return f"{'String' if facts.provider() == 'cockroachdb' else 'VarChar'}({length})"


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one of ``patterns``: `*` and `?` stand for any letters, `/…/` is a
    regular expression."""
    return any(_matches(name, pattern) for pattern in patterns)


_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPETITION = re.compile(r"[*+{]")


@remembered(4096)
def _matches(name: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase

    if len(pattern) > 2 and pattern[0] == pattern[-1] == "/":
        wanted = pattern[1:-1]
        # Settings come from a repository: a repetition of repetitions, or many in a row, would let one
        # name take for ever.
        if _REPEATED_GROUP.search(wanted) or len(_REPETITION.findall(wanted)) > 3:
            return False
        try:
            return re.search(wanted, name[:200]) is not None
        except (re.error, OverflowError, RecursionError):
            return False
    return fnmatchcase(name, pattern)


# A value that may become an enum's label.
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")


def listed(field: Field) -> list[str]:
    """The values that the comment on the field's line lists: ``// open | closed``; [] for anything else."""
    text = field.node.comment.strip().lstrip("/").strip()
    if not text:
        return []
    text = re.sub(r"^(?:one of|values?|options?|enum)\b:?", "", text, flags=re.I).strip()
    parts = [part.strip().strip("\"'`").rstrip(".") for part in re.split(r"[|,/]", text)]
    return parts if len(parts) > 1 and all(WORD.fullmatch(part) for part in parts) else []
