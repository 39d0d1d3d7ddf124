"""Which fields say when a row was made and when it was last changed."""

from __future__ import annotations

import re

from prisma_lsp.lint.columns import words_of
from prisma_lsp.schema.declarations import Field, Model
from prisma_lsp.schema.schema import Questions
from prisma_lsp.syntax.memory import remembered

# In small letters without underscores.
_CREATED = frozenset({
    "created", "createdat", "createdon", "createddate", "createdtime", "createdtimestamp",
    "createtime", "createdate", "createat", "creationdate", "creationtime", "creationtimestamp",
    "datecreated", "timecreated", "dateadded", "addedat", "addedon", "adddate", "insertedat",
    "insertedon", "insertdate", "inserttime", "createddatetime", "createts", "createdts",
    "crdate", "ctime", "registeredat", "datejoined", "joinedat",
})  # fmt: skip
_UPDATED = frozenset({
    "updated", "updatedat", "updatedon", "updateddate", "updatedtime", "updatedtimestamp",
    "updatetime", "updatedate", "updateat", "dateupdated", "timeupdated", "lastupdated",
    "lastupdatedat", "lastupdatedon", "lastupdate", "lastupdatetime", "modified", "modifiedat",
    "modifiedon", "modifieddate", "modifydate", "modifytime", "datemodified", "lastmodified",
    "lastmodifiedat", "lastmodifieddate", "changedat", "updateddatetime", "updatets",
    "updatedts", "tstamp", "mtime",
})  # fmt: skip
# The ones that can mean nothing else, on which a rule may insist.
_CERTAINLY_CREATED = frozenset({"createdat", "createdon", "insertedat"})
_CERTAINLY_UPDATED = frozenset({"updatedat", "updatedon", "modifiedat"})
_SHORT = _CERTAINLY_CREATED | _CERTAINLY_UPDATED | {"created", "inserted", "updated", "modified"}


def says_created(field: Field) -> bool:
    """By its name, or because the database or Prisma fills in the time when the row is made."""
    if _plain(field.name) in _CREATED or _plain(field.column) in _CREATED:
        return True
    call = field.default_function
    return call is not None and call.name == "now" and not says_updated(field)


def says_updated(field: Field) -> bool:
    if field.attribute("updatedAt") is not None:
        return True
    return _plain(field.name) in _UPDATED or _plain(field.column) in _UPDATED


def must_be_created(field: Field) -> bool:
    """Whether this is a `DateTime` that, by its name, holds when the row was made."""
    return _is_time(field) and _plain(field.name) in _CERTAINLY_CREATED


def is_usual(field: Field) -> bool:
    """Whether this is a `DateTime` called as such times are, however short: `created`, `updated_at`."""
    return _is_time(field) and _plain(field.name) in _SHORT


def must_be_updated(field: Field) -> bool:
    return _is_time(field) and _plain(field.name) in _CERTAINLY_UPDATED


def promises_more(field: Field, name: str) -> bool:
    """Whether ``name`` would say that the time is filled in by itself, which it is not."""
    plain = _plain(name)
    if plain in _CERTAINLY_CREATED:
        return field.attribute("default") is None
    return plain in _CERTAINLY_UPDATED and field.attribute("updatedAt") is None


def zoned(facts: Questions) -> str:
    """The attribute of a new column for a time with its zone; "" where the provider needs none."""
    return f"@{facts.datasource_name()}.Timestamptz(3)" if facts.provider() in ZONED_PROVIDERS else ""


# Where a time without a zone is another type.
ZONED_PROVIDERS = ("postgresql", "cockroachdb")


def is_copy(model: Model) -> bool:
    """Whether the rows come from elsewhere, times included: their id is given and no foreign key."""
    index = model.id
    field = model.fields.get(index.columns[0].name) if index and len(index.columns) == 1 else None
    if field is None or field.attribute("default") is not None:
        return False
    return field.name not in model.key_fields


# Such a table keeps rows that were made, and changed, in another one.
_KEPT = frozenset({"archive", "archives", "archived", "deleted", "backup", "backups", "history", "histories", "audit", "audits"})
# What a comment above the model says where its rows are written once, or by the database.
_SAID = re.compile(r"\b(append|insert|read|write|written|inserted)[- ](only|once)\b|\bimmutable\b|\bnever (updated|changed|modified)\b", re.I)
_VIEW = re.compile(r"@view\b|\bmaterialized view\b", re.I)


def keeps_others_rows(model: Model) -> bool:
    """Whether, by its name, the table holds what other tables held before."""
    return not _KEPT.isdisjoint(words_of(model.name))


def is_said_unchanging(model: Model) -> bool:
    """Whether a comment above the model says that its rows never change (``append-only`` …)."""
    return any(map(_SAID.search, model.block.lines[: model.block.header]))


def is_said_view(model: Model) -> bool:
    """Whether a comment above the model says that it stands for a view of the database."""
    return any(map(_VIEW.search, model.block.lines[: model.block.header]))


def _is_time(field: Field) -> bool:
    return field.type_name == "DateTime" and not field.is_list


@remembered(4096)
def _plain(name: str) -> str:
    return name.replace("_", "").lower()
