"""The statements that turn the tables of one schema into those of another and keep the rows.

`changes` compares the pairs of `prisma_lsp.inplace.pairs` part by part.  What comes out ends in the
database that the second schema makes from nothing: Prisma Migrate's default names of keys and
indexes follow the tables and columns, so they are renamed with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from prisma_lsp.inplace.casts import Cast, cast
from prisma_lsp.inplace.pairs import NotInPlace, Pairs, Renamed, is_same_key
from prisma_lsp.inplace.shapes import PROVIDER, Column, Key, Reference, Table
from prisma_lsp.schema import catalogue
from prisma_lsp.schema.sql import quote

Name = TypeVar("Name")
# Above a statement that a person must complete.
ASKS = "Say what the rows that are there get:"


class Changes:
    """Statements by the order in which they must run, and what they amount to.

    ``required`` are the columns that must get NOT NULL, each with the SQL that fills its empty rows
    (None: nobody knows what with).  ``made`` are indexes that can be built while the table is in
    use, ``references`` foreign keys that can be checked later.  ``risks`` says what may be lost or
    refused, one sentence each.  ``words`` are (kind, what) of everything done, for names and titles.
    ``asks`` says that a person must write what some rows get.
    """

    def __init__(self) -> None:
        self.first: list[str] = []
        self.types: list[str] = []
        self.names: list[str] = []
        self.tables: list[str] = []
        self.keys: list[str] = []
        self.last: list[str] = []
        self.required: list[tuple[Table, Column, str | None]] = []
        self.made: list[tuple[Table, Key]] = []
        self.references: list[tuple[Table, Reference, str]] = []
        self.risks: list[str] = []
        self.words: list[tuple[str, tuple[str, ...]]] = []
        self.asks = False
        self.in_utc = False

    @property
    def statements(self) -> list[str]:
        """What runs together, in order."""
        return [*self.first, *self.types, *self.names, *self.tables, *self.keys, *self.last]

    @property
    def is_empty(self) -> bool:
        return not (self.statements or self.required or self.made or self.references)


def changes(
    pairs: Pairs, renamed: Renamed, labels: Mapping[str, str], *, undo: bool = False
) -> Changes:
    """What turns the first side of every pair into the second.  Raises `NotInPlace`.

    ``labels`` maps texts to the labels of the enum that a text column becomes.  With ``undo`` added
    columns and types may go again.
    """
    return _Planner(pairs, renamed, labels, undo).plan()


class _Retyped(NamedTuple):
    before: Column
    after: Column
    cast: Cast


class _Planner:
    def __init__(
        self, pairs: Pairs, renamed: Renamed, labels: Mapping[str, str], undo: bool
    ) -> None:
        self.pairs = pairs
        self.renamed = renamed
        self.labels = labels
        self.undo = undo
        self.out = Changes()
        self.after = {after.id: after for _, after in pairs.tables}
        self.enums = {b.id: a for b, a in pairs.enums if b is not None and a is not None}
        self.old_enums = {b.id: b for b, _ in pairs.enums if b is not None}
        self.new_enums = {a.id: a for _, a in pairs.enums if a is not None}
        # (table's id, field) of the new side.
        self.retyped: dict[tuple[str, str], _Retyped] = {}

    def plan(self) -> Changes:
        for before, after in self.pairs.tables:
            if before.schema != after.schema:
                raise NotInPlace(f"the table `{before.name}` moves to another schema")
            for field, column in before.columns.items():
                self._compare_types(before, after, field, column)
        self._enum_types()
        self._rename_tables()
        for before, after in self.pairs.tables:
            self._columns(before, after)
        self._keys()
        self._references()
        return self.out

    # --- types ---------------------------------------------------------------------------------

    def _compare_types(self, before: Table, after: Table, field: str, old: Column) -> None:
        new = after.columns.get(self.renamed.field(before.id, field))
        if new is None:
            if not self.undo:
                raise NotInPlace(f"the column `{before.name}.{old.name}` is removed")
            return
        same_enum = old.scalar in self.old_enums and self.renamed.enum(old.scalar) == new.scalar
        if same_enum and old.array == new.array:
            return
        if (old.type, old.array) == (new.type, new.array):
            return
        found = cast(old, new, self._labels(old, new))
        if found is None:
            raise NotInPlace(f"PostgreSQL cannot turn {old.sql_type} into {new.sql_type}")
        self.retyped[after.id, new.field] = _Retyped(old, new, found)

    def _labels(self, old: Column, new: Column) -> Mapping[str, str]:
        """What becomes of a text, for the enum that the column is of before or after."""
        enum = self.new_enums.get(new.scalar) or self.old_enums.get(old.scalar)
        known = {label for _, label in enum.values} if enum is not None else ()
        return {text: label for text, label in self.labels.items() if label in known}

    def _enum_types(self) -> None:
        out = self.out
        for before, after in self.pairs.enums:
            if before is None:
                assert after is not None
                labels = ", ".join(_literal(label) for _, label in after.values)
                out.types.append(f"CREATE TYPE {after.sql_name} AS ENUM ({labels});")
                continue
            if after is None:
                if not self.undo:
                    raise NotInPlace(f"the type `{before.name}` is removed")
                out.last.append(f"DROP TYPE {before.sql_name};")
                continue
            if before.schema != after.schema:
                raise NotInPlace(f"the type `{before.name}` moves to another schema")
            kept = [self.renamed.value(before.id, name) for name, _ in before.values]
            if kept != [name for name, _ in after.values]:
                raise NotInPlace(f"the type `{before.name}` gets or loses values")
            renames = [
                (old, new)
                for (_, old), (_, new) in zip(before.values, after.values, strict=True)
                if old != new
            ]
            for old, new in _in_order(renames):
                out.types.append(
                    f"ALTER TYPE {before.sql_name} RENAME VALUE {_literal(old)} TO {_literal(new)};"
                )
                out.words.append(("rename", (before.name, old, new)))
            if before.name != after.name:
                out.types.append(
                    f"ALTER TYPE {before.sql_name} RENAME TO {quote(after.name, PROVIDER)};"
                )
                out.words.append(("rename", (before.name, after.name)))

    # --- tables and columns -----------------------------------------------------------------------

    def _rename_tables(self) -> None:
        names = {(b.schema, b.name): (b, a) for b, a in self.pairs.tables if b.name != a.name}
        for old, _ in _in_order([(key, (key[0], a.name)) for key, (_, a) in names.items()]):
            before, after = names[old]
            self.out.names.append(
                f"ALTER TABLE {before.sql_name} RENAME TO {quote(after.name, PROVIDER)};"
            )
            self.out.words.append(("rename", (before.name, after.name)))

    def _columns(self, before: Table, after: Table) -> None:
        out = self.out
        pairs = []
        met = set()
        for field, old in before.columns.items():
            new = after.columns.get(self.renamed.field(before.id, field))
            if new is None:
                out.tables.append(f"ALTER TABLE {after.sql_name} DROP COLUMN {_q(old.name)};")
                continue
            pairs.append((old, new))
            met.add(new.field)
        for old_name, new_name in _in_order([(o.name, n.name) for o, n in pairs if o.name != n.name]):
            out.names.append(
                f"ALTER TABLE {after.sql_name} RENAME COLUMN {_q(old_name)} TO {_q(new_name)};"
            )
            out.words.append(("rename", (after.name, old_name, new_name)))
        actions = [action for old, new in pairs for action in self._actions(after, old, new)]
        if actions:
            out.tables.append(
                f"ALTER TABLE {after.sql_name}\n  " + ",\n  ".join(actions) + ";"
            )
        for old, new in pairs:
            self._sequence(after, old, new)
        for field, column in after.columns.items():
            if field not in met:
                self._add_column(after, column)

    def _actions(self, table: Table, old: Column, new: Column) -> Iterator[str]:
        """The parts of the one ALTER TABLE that rewrites the table at most once."""
        column = f"ALTER COLUMN {_q(new.name)}"
        retyped = self.retyped.get((table.id, new.field))
        default = self._relabelled(old)
        if retyped is not None:
            if old.default is not None:
                yield f"{column} DROP DEFAULT"
                default = None
            using = retyped.cast.using
            written = f"{column} TYPE {new.sql_type}"
            yield written if using is None else f"{written} USING {using}"
            self.out.in_utc |= retyped.cast.in_utc
            self.out.words.append(("cast", (table.name, new.name, _kind(new))))
            if retyped.cast.risk:
                self.out.risks.append(f"{table.name}.{new.name}: {retyped.cast.risk}")
        if default != new.default:
            if new.default is None:
                yield f"{column} DROP DEFAULT"
            else:
                yield f"{column} SET DEFAULT {new.default}"
            if retyped is None:
                self.out.words.append(("default", (table.name, new.name)))
        if new.nullable and not old.nullable:
            yield f"{column} DROP NOT NULL"
            self.out.words.append(("optional", (table.name, new.name)))
        elif old.nullable and not new.nullable:
            self.out.required.append((table, new, _filler(new)))
            self.out.words.append(("require", (table.name, new.name)))
            if not self.undo:
                self.out.risks.append(f"{table.name}.{new.name}: the rows without a value get one")

    def _relabelled(self, column: Column) -> str | None:
        """A column's default as it reads after its enum's renames."""
        before, after = self.old_enums.get(column.scalar), self.enums.get(column.scalar)
        if column.default is None or before is None or after is None:
            return column.default
        labels = dict(after.values)
        text = column.default
        names = {_literal(old): _literal(labels[self.renamed.value(before.id, name)])
                 for name, old in before.values}  # fmt: skip
        text = re.sub(r"'(?:[^']|'')*'", lambda found: names.get(found[0], found[0]), text)
        return text.replace(before.sql_name, after.sql_name)

    def _sequence(self, table: Table, old: Column, new: Column) -> None:
        if old.sequence is None and new.sequence is None:
            return
        if old.sequence is None or new.sequence is None:
            raise NotInPlace(f"`{table.name}.{new.name}` begins or ends to count by itself")
        if old.sequence != new.sequence:
            name = _in_schema(table, old.sequence)
            self.out.tables.append(f"ALTER SEQUENCE {name} RENAME TO {_q(new.sequence)};")
        if old.type != new.type:
            name = _in_schema(table, new.sequence)
            self.out.tables.append(f"ALTER SEQUENCE {name} AS {new.type};")

    def _add_column(self, table: Table, column: Column) -> None:
        self.out.words.append(("add", (table.name, column.name)))
        add = f"ALTER TABLE {table.sql_name} ADD COLUMN {_q(column.name)} "
        if column.sequence is not None:
            self.out.tables.append(f"{add}{catalogue.SERIAL_TYPES[column.type]} NOT NULL;")
            return
        words = column.sql_type + ("" if column.nullable else " NOT NULL")
        if column.default is not None or column.nullable:
            default = "" if column.default is None else f" DEFAULT {column.default}"
            self.out.tables.append(f"{add}{words}{default};")
            return
        filler = _filler(column)
        if filler is None:
            self._add_unfilled(table, column)
            return
        self.out.risks.append(f"{table.name}.{column.name}: the rows that are there get {filler}")
        self.out.tables += [
            f"{add}{words} DEFAULT {filler};",
            f"ALTER TABLE {table.sql_name} ALTER COLUMN {_q(column.name)} DROP DEFAULT;",
        ]

    def _add_unfilled(self, table: Table, column: Column) -> None:
        """A required column of which no default says what the rows that are there should have."""
        out = self.out
        name = _q(column.name)
        out.tables.append(f"ALTER TABLE {table.sql_name} ADD COLUMN {name} {column.sql_type};")
        required = f"ALTER TABLE {table.sql_name} ALTER COLUMN {name} SET NOT NULL;"
        found = self._inherited(table, column)
        if found is not None:
            parent, source, on = found
            out.tables += [
                f"UPDATE {table.sql_name} SET {name} = {parent.sql_name}.{_q(source.name)}\n"
                f"  FROM {parent.sql_name} WHERE {on};",
                required,
            ]
            out.risks.append(
                f"{table.name}.{column.name}: a row gets the {source.name} of its row in {parent.name}"
            )
            return
        out.tables.append(
            f"-- {ASKS}\n-- UPDATE {table.sql_name} SET {name} = … WHERE {name} IS NULL;\n\n{required}"
        )
        out.asks = True
        out.risks.append(
            f"{table.name}.{column.name}: until then it stops where there are rows, and changes nothing"
        )

    def _inherited(self, table: Table, column: Column) -> tuple[Table, Column, str] | None:
        """(table, column, condition) of the one row that says what a new foreign key is: that of a
        required relation to a table which holds the same key already.  None where there is none, or
        where there are several and they need not agree."""
        pointed = {
            (reference.target, reference.target_fields)
            for reference in table.references
            if reference.fields == (column.field,)
        }
        old = {after.id: before for before, after in self.pairs.tables}
        found: list[tuple[Table, Column, str]] = []
        for reference in table.references:
            parent = self.after.get(reference.target)
            if (
                parent is None
                or not self._is_settled(old[table.id], table, reference.fields)
                or not self._is_settled(old[parent.id], parent, reference.target_fields)
            ):
                continue
            for held in parent.references:
                if (held.target, held.target_fields) not in pointed or len(held.fields) != 1:
                    continue
                source = parent.columns[held.fields[0]]
                if source.type == column.type and self._is_settled(old[parent.id], parent, held.fields):
                    on = " AND ".join(
                        f"{parent.sql_name}.{_q(parent.columns[theirs].name)}"
                        f" = {table.sql_name}.{_q(table.columns[own].name)}"
                        for own, theirs in zip(reference.fields, reference.target_fields, strict=True)
                    )
                    found.append((parent, source, on))
        return found[0] if len(found) == 1 else None

    def _is_settled(self, before: Table, after: Table, fields: tuple[str, ...]) -> bool:
        """Whether columns are there, have their types and hold a value in every row."""
        back = {self.renamed.field(before.id, name): column for name, column in before.columns.items()}
        return all(
            name in back
            and not back[name].nullable
            and not after.columns[name].nullable
            and (after.id, name) not in self.retyped
            for name in fields
        )

    # --- keys and references ----------------------------------------------------------------------

    def _keys(self) -> None:
        renames: list[tuple[tuple[str | None, str], tuple[str | None, str]]] = []
        for before, after in self.pairs.tables:
            left = list(after.keys)
            for key in before.keys:
                same = next((one for one in left if is_same_key(self.renamed, before.id, key, one)), None)
                if same is None:
                    self._drop_key(before, after, key)
                    continue
                left.remove(same)
                if same.name != key.name:
                    if key.kind == "id":
                        self.out.keys.append(
                            f"ALTER TABLE {after.sql_name} RENAME CONSTRAINT {_q(key.name)}"
                            f" TO {_q(same.name)};"
                        )
                    else:
                        renames.append(((after.schema, key.name), (after.schema, same.name)))
                self._check_operators(after, same)
            for key in left:
                self._add_key(after, key)
        for (schema, old), (_, new) in _in_order(renames):
            name = _q(old) if schema is None else f"{_q(schema)}.{_q(old)}"
            self.out.keys.append(f"ALTER INDEX {name} RENAME TO {_q(new)};")
            if not any(kind in ("rename", "cast") for kind, _ in self.out.words):
                self.out.words.append(("rename", (old, new)))

    def _check_operators(self, table: Table, key: Key) -> None:
        """An index with operators of one type does not take another's values."""
        for field, detail in zip(key.fields, key.details, strict=False):
            found = self.retyped.get((table.id, field))
            if found is not None and not found.cast.same_family and not str(detail).endswith(" None"):
                raise NotInPlace(f"the index `{key.name}` has operators for the old type")

    def _drop_key(self, before: Table, after: Table, key: Key) -> None:
        pointed = any(
            self.renamed.table(before.id) == reference.target
            and set(reference.target_fields) == set(key.fields)
            for _, table in self.pairs.tables
            for reference in table.references
        )
        if pointed and not self.undo:
            raise NotInPlace(f"foreign keys lean on `{key.name}`")
        if any(field not in after.columns for field in key.fields):
            return  # It goes with its column.
        if key.kind == "id":
            if not self.undo:
                raise NotInPlace("the primary key changes")
            drop = f"ALTER TABLE {before.sql_name} DROP CONSTRAINT {_q(key.name)};"
        else:
            drop = f"DROP INDEX {_in_schema(before, key.name)};"
        self.out.first.append(drop)
        self.out.words.append(("unindex", (before.name, *key.fields)))

    def _add_key(self, table: Table, key: Key) -> None:
        if key.kind == "id":
            columns = ", ".join(_q(table.columns[name].name) for name in key.fields)
            self.out.keys.append(
                f"ALTER TABLE {table.sql_name} ADD CONSTRAINT {_q(key.name)} PRIMARY KEY ({columns});"
            )
            self.out.words.append(("key", (table.name,)))
            return
        if key.create is None:
            raise NotInPlace(f"the index `{key.name}` cannot be written here")
        self.out.made.append((table, key))
        names = [table.columns[name].name for name in key.fields]
        self.out.words.append(("index", (table.name, *names)))

    def _references(self) -> None:
        for before, after in self.pairs.tables:
            left = {reference.relation: reference for reference in after.references}
            for old in before.references:
                new = left.pop(self.renamed.field(before.id, old.relation), None)
                if new is None or not self._is_same_reference(before, old, new):
                    self._drop_reference(before, old)
                    if new is not None:
                        self._add_reference(after, new)
                elif self._is_torn(after, new):
                    self._drop_reference(before, old)
                    self.out.last.append(self._constraint(after, new))
                elif old.name != new.name:
                    self.out.keys.append(
                        f"ALTER TABLE {after.sql_name} RENAME CONSTRAINT {_q(old.name)}"
                        f" TO {_q(new.name)};"
                    )
            for new in left.values():
                self._add_reference(after, new)

    def _is_same_reference(self, table: Table, old: Reference, new: Reference) -> bool:
        """Whether both mean the same columns and actions."""
        renamed = self.renamed
        return (
            tuple(renamed.field(table.id, name) for name in old.fields),
            renamed.model(old.target),
            tuple(renamed.field(old.target, name) for name in old.target_fields),
            old.on_delete,
            old.on_update,
        ) == (new.fields, new.target, new.target_fields, new.on_delete, new.on_update)

    def _is_torn(self, table: Table, reference: Reference) -> bool:
        """Whether the types of the two sides cannot be changed one after the other."""
        ends = [(table.id, name) for name in reference.fields]
        ends += [(reference.target, name) for name in reference.target_fields]
        return any(end in self.retyped and not self.retyped[end].cast.same_family for end in ends)

    def _drop_reference(self, table: Table, reference: Reference) -> None:
        self.out.first.append(
            f"ALTER TABLE {table.sql_name} DROP CONSTRAINT {_q(reference.name)};"
        )

    def _add_reference(self, table: Table, reference: Reference) -> None:
        self.out.references.append((table, reference, self._constraint(table, reference)))
        self.out.words.append(("reference", (table.name, reference.relation)))

    def _constraint(self, table: Table, reference: Reference) -> str:
        parent = self.after.get(reference.target)
        if parent is None:
            raise NotInPlace(f"the table of `{reference.target}` is not known")
        own = ", ".join(_q(table.columns[name].name) for name in reference.fields)
        other = ", ".join(_q(parent.columns[name].name) for name in reference.target_fields)
        delete = catalogue.ACTIONS[reference.on_delete].sql
        update = catalogue.ACTIONS[reference.on_update].sql
        return (
            f"ALTER TABLE {table.sql_name} ADD CONSTRAINT {_q(reference.name)}\n"
            f"  FOREIGN KEY ({own}) REFERENCES {parent.sql_name} ({other})"
            f" ON DELETE {delete} ON UPDATE {update};"
        )


def _filler(column: Column) -> str | None:
    """The SQL of a value for rows that have none; None where nobody knows."""
    if column.default is not None:
        return column.default
    if column.array:
        return f"ARRAY[]::{column.sql_type}"
    if column.client == "updatedAt":
        return "CURRENT_TIMESTAMP"
    if column.client == "uuid" and column.type == "UUID":
        return "gen_random_uuid()"
    if column.client and column.type == "TEXT":
        return "gen_random_uuid()::text"
    return None


def _kind(column: Column) -> str:
    return re.sub(r"\W+", "_", column.sql_type.lower()).strip("_")


def _in_schema(table: Table, name: str) -> str:
    return _q(name) if table.schema is None else f"{_q(table.schema)}.{_q(name)}"


def _in_order(renames: Iterable[tuple[Name, Name]]) -> list[tuple[Name, Name]]:
    """Renames so that each new name is free when it is given.  Raises `NotInPlace`."""
    waiting = list(renames)
    done: list[tuple[Name, Name]] = []
    while waiting:
        taken = {old for old, _ in waiting}
        free = [pair for pair in waiting if pair[1] not in taken]
        if not free:
            raise NotInPlace("names change places")
        done += free
        waiting = [pair for pair in waiting if pair not in free]
    return done


def _q(name: str) -> str:
    return quote(name, PROVIDER)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

