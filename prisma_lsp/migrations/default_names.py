"""The names that PostgreSQL gives where a statement gives none, such as `orders_user_id_fkey`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from prisma_lsp.migrations import state
from prisma_lsp.migrations.cursor import MAX_NAME_BYTES, Cursor, Unreadable, cut
from prisma_lsp.migrations.expressions import mentions
from prisma_lsp.migrations.state import Index, IndexColumn, Key


class Holder(Protocol):
    """What the taken names are found in."""

    @property
    def tables(self) -> Mapping[Key, state.Table]: ...
    @property
    def views(self) -> Mapping[Key, state.View]: ...
    @property
    def sequences(self) -> Mapping[Key, state.Sequence]: ...


class Taken:
    """The names of relations and of constraints that are in use, found when first asked for."""

    __slots__ = ("_constraints", "_holder", "_relations")

    def __init__(self, holder: Holder) -> None:
        self._holder = holder
        self._relations: set[Key] | None = None
        self._constraints: set[Key] = set()

    def forget(self) -> None:
        """Something was renamed or dropped."""
        self._relations = None

    def add(self, key: Key) -> None:
        if self._relations is not None:
            self._relations.add(key)

    def add_constraint(self, key: Key) -> None:
        if self._relations is not None:
            self._constraints.add(key)

    def has(self, key: Key) -> bool:
        """Whether a table, index, view or sequence has this name."""
        return key in self._all()

    def _all(self) -> set[Key]:
        if self._relations is None:
            holder = self._holder
            found = {*holder.tables, *holder.views, *holder.sequences}
            constraints: set[Key] = set()
            for table in holder.tables.values():
                schema = table.schema
                if table.primary_key is not None:
                    found.add((schema, table.primary_key.name))
                found.update((schema, index.name) for index in table.indexes)
                constraints.update((schema, key.name) for key in table.foreign_keys)
                constraints.update((schema, check.name) for check in table.checks)
            self._relations, self._constraints = found, constraints
        return self._relations

    def relation(self, table: Key, second: str | None, label: str) -> str:
        """For a sequence ("seq") or a primary key ("pkey") of ``table``."""
        taken = self._all()
        constraints = self._constraints if label in ("pkey", "key", "excl") else frozenset()
        for suffix in _numbered(label):
            name = object_name(table[1], second, suffix)
            if (table[0], name) not in taken and (table[0], name) not in constraints:
                self.add((table[0], name))
                return name
        raise AssertionError

    def index(self, table: Key, columns: Sequence[IndexColumn], label: str) -> str:
        """For an index ("idx") or a unique ("key") or exclusion ("excl") constraint."""
        return self.relation(table, _joined(_column_names(columns)), label)

    def other(self, table: state.Table, first: str, label: str, dialect: str) -> str:
        """For an index ("idx", "key") or foreign key ("fkey") of another database, ``first`` the
        first column; a primary key ("pkey") of SQLite has no name."""
        if label == "pkey":
            return (
                "PRIMARY"
                if dialect == "mysql"
                else ""
                if dialect == "sqlite"
                else f"{table.name}_pkey"
            )
        taken = {index.name for index in table.indexes} | {key.name for key in table.foreign_keys}
        pattern = {
            ("mysql", "fkey"): f"{table.name}_ibfk_{{}}",
            ("sqlite", "key"): f"sqlite_autoindex_{table.name}_{{}}",
        }.get((dialect, label), f"{first}_{{}}")
        if pattern.startswith(first) and first not in taken:
            return first
        number = 2 if pattern.startswith(first) else 1
        while pattern.format(number) in taken:
            number += 1
        return pattern.format(number)

    def check(self, table: Key, expression: str, columns: Sequence[str]) -> str:
        used = [column for column in columns if mentions(expression, column)]
        return self._constraint(table, used[0] if len(used) == 1 else None, "check")

    def foreign_key(self, table: Key, columns: Iterable[str]) -> str:
        return self._constraint(table, _joined(columns), "fkey")

    def _constraint(self, table: Key, second: str | None, label: str) -> str:
        relations = self._all()
        for suffix in _numbered(label):
            name = object_name(table[1], second, suffix)
            key = (table[0], name)
            if key not in self._constraints and not (key in relations and self._is_key(key)):
                return name
        raise AssertionError

    def _is_key(self, key: Key) -> bool:
        """Whether an index of this name stands behind a constraint."""
        for table in self._holder.tables.values():
            if table.schema == key[0]:
                if table.primary_key is not None and table.primary_key.name == key[1]:
                    return True
                index = table.index(key[1])
                if index is not None:
                    return index.constraint is not None
        return False


def label_of(index: Index) -> str:
    return {"unique": "key", "exclude": "excl"}.get(index.constraint or "", "idx")


def _numbered(label: str) -> Iterable[str]:
    yield label
    number = 1
    while True:
        yield f"{label}{number}"
        number += 1


def object_name(first: str, second: str | None, label: str) -> str:
    """`first_second_label`, the longer of the two cut until it fits."""
    one, two = first.encode("utf-8", "surrogatepass"), second.encode("utf-8", "surrogatepass") if second is not None else b""
    room = MAX_NAME_BYTES - len(label) - 1 - (1 if second is not None else 0)
    long, short = len(one), len(two)
    while long + short > room:
        if long > short:
            long -= 1
        else:
            short -= 1
    parts = [one[:long].decode("utf-8", "ignore")]
    if second is not None:
        parts.append(two[:short].decode("utf-8", "ignore"))
    return "_".join([*parts, label])


def _joined(names: Iterable[str]) -> str:
    """`a_b_c`, and no more once that is as long as a name may be."""
    result = b""
    for name in names:
        if result:
            result += b"_"
        result += name.encode("utf-8", "surrogatepass")
        if len(result) >= MAX_NAME_BYTES + 1:
            break
    return cut(result[: MAX_NAME_BYTES + 1].decode("utf-8", "ignore")) if result else ""


def _column_names(columns: Iterable[IndexColumn]) -> Iterable[str]:
    used: set[str] = set()
    for column in columns:
        wanted = _expression_name(column.name) if column.expression else column.name
        name, number = wanted, 0
        while name in used:
            number += 1
            digits = str(number)
            name = (
                wanted.encode("utf-8", "surrogatepass")[: MAX_NAME_BYTES - len(digits)].decode("utf-8", "ignore") + digits
            )
        used.add(name)
        yield name


def _expression_name(sql: str) -> str:
    """What PostgreSQL calls an expression: after its function, its column or its type."""
    cursor = Cursor(sql, "postgresql")
    try:
        while cursor.sees("("):
            inner = cursor.group().sql
            if cursor.done:
                cursor = Cursor(inner, "postgresql")
        first = cursor.token
        if first.kind == "w" and first.value == "case":
            return "case"
        if first.kind in ("w", "q"):
            name = cursor.name().name
            cursor.skip_group()
            while cursor.sees("::"):
                cursor.skip()
                type_ = cursor.type()
                # A cast is called after what is cast, if that has a name.
                name = name or type_.type
            if cursor.done:
                return name
    except Unreadable:
        pass
    return "expr"
