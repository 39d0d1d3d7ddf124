"""`CREATE TABLE`, `ALTER TABLE` and `CREATE INDEX`, in four dialects at once."""

from __future__ import annotations

from prisma_lsp.migrations.cursor import Cursor, Unreadable
from prisma_lsp.migrations.statements import (
    Action,
    AddColumn,
    AddConstraint,
    ChangeColumn,
    ChangeConstraint,
    ColumnDefinition,
    Constraint,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    Inherit,
    Name,
    Part,
    Rename,
    SetDefault,
    SetIdentity,
    SetNullable,
    SetSchema,
    SetType,
    Text,
    TypeName,
)
from prisma_lsp.migrations.values import replace

# What ends an expression in the definition of a column.
_AFTER_DEFAULT = (
    ",", ")", "constraint", "not", "null", "check", "default", "generated", "unique", "primary",
    "references", "collate", "deferrable", "initially", "on", "auto_increment", "comment", "identity",
    "as", "key", "autoincrement", "visible", "invisible", "first", "after", "for", "with",
)  # fmt: skip
_TABLE_CONSTRAINTS = {"constraint", "primary", "unique", "check", "foreign", "exclude"}
_MYSQL_KEYS = {"index", "key", "fulltext", "spatial"}
_ACTIONS = {"cascade": "CASCADE", "restrict": "RESTRICT"}


def create_table(cursor: Cursor, *, temporary: bool = False) -> CreateTable:
    """After `CREATE … TABLE`."""
    start = cursor.start
    if_not_exists = cursor.take("if", "not", "exists")
    table = cursor.name()
    columns: list[ColumnDefinition] = []
    constraints: list[Constraint] = []
    parents: list[Name] = []
    like: list[tuple[Name, frozenset[str]]] = []
    kind, unread = "table", None
    if cursor.take("partition", "of"):
        kind = "partition"
        parents.append(cursor.name())
    elif cursor.take("of"):
        cursor.name()
        unread = "it is made from a composite type"
    elif cursor.take("like"):
        like.append((cursor.name(), frozenset(("all",))))
    if cursor.sees("("):
        unread = _elements(cursor, columns, constraints, like) or unread
    if cursor.take("inherits"):
        cursor.expect("(")
        parents.extend(cursor.names())
        cursor.expect(")")
    if kind == "partition" and not cursor.take("default"):
        cursor.skip_until("partition", "using", "with", "tablespace")
    if cursor.take("partition", "by"):
        # A partition can be parted again; what it is to its parent counts more.
        kind = "partitioned" if kind == "table" else kind
        cursor.skip_until("using", "with", "on", "tablespace", "as")
    # Storage options of all kinds change no structure; a query does.
    cursor.skip_until("as", "select", "create", "alter", "drop", "table")
    if cursor.one_of("create", "alter", "drop", "table"):
        raise cursor.wrong("a semicolon was expected before this")
    if not cursor.done:
        unread = "it is made by a query"
        cursor.at = len(cursor.tokens) - 1
    elif not columns and not like and not parents and unread is None and not _empty(cursor):
        raise cursor.wrong("columns were expected")
    return CreateTable(
        table, tuple(columns), tuple(constraints), if_not_exists, temporary, kind,
        tuple(parents), tuple(like), unread, start, cursor.end,
    )  # fmt: skip


def _empty(cursor: Cursor) -> bool:
    """`CREATE TABLE t ()`: PostgreSQL takes a table without columns."""
    return any(token.value == "(" for token in cursor.tokens)


def _elements(
    cursor: Cursor,
    columns: list[ColumnDefinition],
    constraints: list[Constraint],
    like: list[tuple[Name, frozenset[str]]],
) -> str | None:
    """`( … )`: columns and constraints. Why they are not all there, if so."""
    cursor.expect("(")
    unread = None
    while not cursor.sees(")"):
        token = cursor.token
        word = token.value if token.kind == "w" else ""
        if word == "like" and cursor.dialect == "postgresql":
            cursor.skip()
            source = cursor.name()
            with_: set[str] = set()
            while verb := cursor.one_of("including", "excluding"):
                what = cursor.word()
                (with_.add if verb == "including" else with_.discard)(what)
            like.append((source, frozenset(with_)))
        elif word == "period" and cursor.dialect == "sqlserver":
            cursor.skip_until(",", ")")
        elif _constraint_comes(cursor, word):
            constraints.append(table_constraint(cursor))
        elif not columns and not constraints and _bare_names(cursor):
            # `CREATE TABLE t (a, b) AS …`
            cursor.skip_until(")")
            unread = "it is made by a query"
            continue
        elif cursor.ahead(1).value == "with" and cursor.ahead(1).kind == "w":
            raise cursor.wrong("options of a partition's column are not read")
        else:
            columns.append(column_definition(cursor))
        if not cursor.take(","):
            break
    cursor.expect(")")
    return unread


def _constraint_comes(cursor: Cursor, word: str) -> bool:
    if word in _TABLE_CONSTRAINTS:
        after = cursor.ahead(1)
        # A column may bear such a name unquoted only in other dialects, with a type after it.
        return word != "check" or after.value == "("
    return cursor.dialect in ("mysql", "sqlserver") and word in _MYSQL_KEYS


def _bare_names(cursor: Cursor) -> bool:
    return (
        cursor.dialect != "sqlite"
        and cursor.ahead(1).value in (",", ")")
        and cursor.ahead(1).kind == "o"
    )


def column_definition(cursor: Cursor) -> ColumnDefinition:
    start = cursor.start
    name = cursor.column()
    if cursor.dialect == "sqlserver" and cursor.take("as"):
        # A computed column has no type of its own.
        at = cursor.start
        generated = cursor.group().sql
        cursor.one_of("persisted")
        return ColumnDefinition(
            name,
            TypeName("", None, False, True, at, at),
            generated=generated,
            start=start,
            end=cursor.end,
        )
    return _options(cursor, name, start)


def _options(cursor: Cursor, name: Name, start: int) -> ColumnDefinition:
    """Type and options, after the column's name."""
    type_ = cursor.type()
    not_null = False
    default: Text | None = None
    identity = generated = collation = None
    constraints: list[Constraint] = []
    dialect = cursor.dialect
    label: Name | None = None
    while not cursor.done:
        token = cursor.token
        if token.kind != "w":
            break
        at = token.start
        match token.value:
            case "constraint":
                cursor.skip()
                label = cursor.column()
                continue
            case "not":
                cursor.skip()
                if cursor.take("null"):
                    not_null = True
                elif cursor.one_of("deferrable", "enforced") or (
                    dialect == "sqlserver" and cursor.take("for", "replication")
                ):
                    pass
                else:
                    raise cursor.wrong("`NULL` was expected")
            case "null":
                cursor.skip()
            case "default":
                cursor.skip()
                default = cursor.until(*_AFTER_DEFAULT)
            case "collate":
                cursor.skip()
                collation = cursor.name().name if dialect != "mysql" else cursor.word()
            case "primary":
                cursor.skip()
                cursor.take("key")
                cursor.one_of("asc", "desc", "clustered", "nonclustered")
                _conflict(cursor)
                index_options(cursor)
                # SQLite keeps a key nullable unless it is told.
                not_null = not_null or dialect != "sqlite"
                constraints.append(_own(cursor, "primary key", label, name, at))
            case "unique":
                cursor.skip()
                cursor.one_of("key", "clustered", "nonclustered")
                distinct = _distinct(cursor)
                _conflict(cursor)
                index_options(cursor)
                constraints.append(_own(cursor, "unique", label, name, at, distinct))
            case "check":
                cursor.skip()
                if dialect == "sqlserver":
                    cursor.take("not", "for", "replication")
                expression = cursor.group().sql
                cursor.take("no", "inherit")
                constraints.append(
                    Constraint(
                        "check",
                        label,
                        expression=expression,
                        of_column=name.name,
                        start=at,
                        end=cursor.end,
                    )
                )
            case "references":
                constraints.append(_references(cursor, label, (Part(name.name),), at, name.name))
            case "generated":
                cursor.skip()
                always = cursor.take("always")
                if not always:
                    cursor.expect("by", "default")
                cursor.expect("as")
                if cursor.take("identity"):
                    identity = "always" if always else "by default"
                    cursor.skip_group()
                    not_null = True
                elif dialect == "sqlserver" and cursor.one_of("row"):
                    cursor.one_of("start", "end")
                    cursor.one_of("hidden")
                else:
                    generated = cursor.group().sql
                    cursor.one_of("stored", "virtual", "persistent")
            case "as" if dialect in ("mysql", "sqlite") and cursor.ahead(1).value == "(":
                cursor.skip()
                generated = cursor.group().sql
                cursor.one_of("stored", "virtual", "persistent")
            case "identity" if dialect == "sqlserver":
                cursor.skip()
                cursor.skip_group()
                identity = "always"
            case "auto_increment" | "autoincrement":
                cursor.skip()
                identity = "always"
            case "deferrable" | "initially" | "enforced":
                cursor.skip()
                cursor.one_of("deferred", "immediate")
                if constraints:
                    constraints[-1] = _deferring(constraints[-1], token.value, cursor)
            case "on" if dialect == "mysql" and cursor.ahead(1).value == "update":
                cursor.skip()
                cursor.skip()
                cursor.skip()
                cursor.skip_group()
            case "comment" if dialect == "mysql":
                cursor.skip()
                cursor.string()
            case "character" | "charset" if dialect == "mysql":
                cursor.skip()
                cursor.take("set")
                cursor.skip()
            case "key" if dialect == "mysql":
                cursor.skip()
                constraints.append(_own(cursor, "unique", label, name, at))
            case "compression" | "storage" | "column_format" | "engine_attribute" | "srid":
                cursor.skip()
                cursor.skip()
            case "visible" | "invisible" | "rowguidcol" | "sparse" | "hidden":
                cursor.skip()
            case _:
                break
        label = None
    return ColumnDefinition(
        name, type_, not_null, default, identity, generated, collation, tuple(constraints), start, cursor.end
    )  # fmt: skip


def _own(
    cursor: Cursor, kind: str, label: Name | None, column: Name, at: int, distinct: bool = True
) -> Constraint:
    return Constraint(
        kind, label, (Part(column.name),), nulls_distinct=distinct, of_column=column.name,
        start=label.start if label else at, end=cursor.end,
    )  # fmt: skip


def _deferring(constraint: Constraint, word: str, cursor: Cursor) -> Constraint:
    from dataclasses import replace

    deferred = constraint.deferred
    if word == "initially":
        deferred = cursor.tokens[cursor.at - 1].value == "deferred"
    return replace(
        constraint,
        deferrable=constraint.deferrable or word == "deferrable" or deferred,
        deferred=deferred,
    )


def _conflict(cursor: Cursor) -> None:
    """SQLite's `ON CONFLICT REPLACE`."""
    if cursor.take("on", "conflict"):
        cursor.skip()


def _distinct(cursor: Cursor) -> bool:
    if cursor.take("nulls", "not", "distinct"):
        return False
    cursor.take("nulls", "distinct")
    return True


def index_options(cursor: Cursor) -> None:
    """Storage: `WITH (…)`, `USING INDEX TABLESPACE t`, `ON [PRIMARY]`."""
    while True:
        if cursor.take("with"):
            cursor.skip_group()
        elif cursor.take("using", "index", "tablespace") or cursor.take("tablespace"):
            cursor.skip()
        elif cursor.dialect == "sqlserver" and cursor.sees("on") and cursor.ahead(1).kind in "qw":
            if cursor.ahead(1).value in ("delete", "update"):
                return
            cursor.skip()
            cursor.skip()
            cursor.skip_group()
        else:
            return


def table_constraint(cursor: Cursor) -> Constraint:
    """`[CONSTRAINT name] …` of a table."""
    start = cursor.start
    label: Name | None = None
    if cursor.take("constraint") and not (
        cursor.dialect == "mysql"
        and cursor.token.value in _TABLE_CONSTRAINTS
        and cursor.token.kind == "w"
    ):
        label = cursor.column()
    dialect = cursor.dialect
    if cursor.take("primary", "key"):
        cursor.one_of("clustered", "nonclustered")
        made = _keyed(cursor, "primary key", label, start)
    elif dialect == "mysql" and (method := cursor.one_of("fulltext", "spatial")):
        cursor.one_of("index", "key")
        made = _keyed(cursor, "index", _key_name(cursor) or label, start, method)
    elif dialect in ("mysql", "sqlserver") and cursor.one_of("index", "key"):
        name = _key_name(cursor)
        if dialect == "sqlserver":
            unique = cursor.take("unique")
            cursor.one_of("clustered", "nonclustered")
            made = _keyed(cursor, "unique" if unique else "index", name, start)
        else:
            made = _keyed(cursor, "index", name, start)
    elif cursor.take("unique"):
        if dialect == "mysql":
            cursor.one_of("index", "key")
            label = _key_name(cursor) or label
        cursor.one_of("clustered", "nonclustered")
        made = _keyed(cursor, "unique", label, start)
    elif cursor.take("check"):
        if dialect == "sqlserver":
            cursor.take("not", "for", "replication")
        made = Constraint(
            "check", label, expression=cursor.group().sql, start=start, end=cursor.end
        )
        if dialect == "mysql":
            cursor.take("not", "enforced") or cursor.take("enforced")
    elif cursor.take("foreign", "key"):
        if dialect == "mysql" and not cursor.sees("("):
            label = cursor.column()
        columns = tuple(Part(name) for name in cursor.columns())
        made = _references(cursor, label, columns, start, None)
    elif cursor.take("exclude"):
        made = _exclude(cursor, label, start)
    elif label is not None and cursor.take("not", "null"):
        made = Constraint("not null", label, (Part(cursor.word()),), start=start, end=cursor.end)
    else:
        raise cursor.wrong("a constraint was expected")
    return _constraint_end(cursor, made)


def _key_name(cursor: Cursor) -> Name | None:
    if cursor.sees("(") or cursor.token.value == "using":
        return None
    return cursor.column()


def _keyed(
    cursor: Cursor, kind: str, label: Name | None, start: int, method: str = "btree"
) -> Constraint:
    distinct = _distinct(cursor)
    if cursor.dialect == "postgresql" and cursor.take("using", "index"):
        return Constraint(kind, label, using_index=cursor.word(), start=start, end=cursor.end)
    if cursor.dialect == "mysql" and cursor.take("using"):
        method = cursor.word().lower()
    parts = index_parts(cursor)
    include = _include(cursor)
    _conflict(cursor)
    if cursor.dialect == "mysql":
        method = mysql_index_options(cursor, method)
    else:
        index_options(cursor)
    return Constraint(
        kind, label, parts, nulls_distinct=distinct, include=include, method=method,
        start=start, end=cursor.end,
    )  # fmt: skip


def mysql_index_options(cursor: Cursor, method: str) -> str:
    while word := cursor.one_of(
        "using", "comment", "key_block_size", "with", "visible", "invisible", "algorithm", "lock"
    ):
        if word == "using":
            method = cursor.word().lower()
        elif word == "with":
            cursor.expect("parser")
            cursor.skip()
        elif word not in ("visible", "invisible"):
            cursor.take("=")
            cursor.skip()
    return method


def _include(cursor: Cursor) -> tuple[str, ...]:
    return cursor.columns() if cursor.take("include") else ()


def _exclude(cursor: Cursor, label: Name | None, start: int) -> Constraint:
    # PostgreSQL takes btree where nothing is said.
    method = cursor.word() if cursor.take("using") else "btree"
    cursor.expect("(")
    parts: list[Part] = []
    while True:
        part = index_part(cursor)
        cursor.expect("with")
        if cursor.take("operator"):
            operator = cursor.group().sql.rpartition(".")[2]
        else:
            first = cursor.at
            while cursor.token.kind == "o" and cursor.token.value not in ",)":
                cursor.skip()
            operator = cursor.piece(first, cursor.at).sql
        parts.append(part._replace(operator=operator))
        if not cursor.take(","):
            break
    cursor.expect(")")
    include = _include(cursor)
    index_options(cursor)
    where = cursor.group().sql if cursor.take("where") else None
    return Constraint(
        "exclude", label, tuple(parts), expression=where, method=method, include=include,
        start=start, end=cursor.end,
    )  # fmt: skip


def _references(
    cursor: Cursor, label: Name | None, columns: tuple[Part, ...], start: int, own: str | None
) -> Constraint:
    cursor.expect("references")
    target = cursor.name()
    referenced = cursor.columns() if cursor.sees("(") else ()
    actions = {"delete": "NO ACTION", "update": "NO ACTION"}
    while True:
        if cursor.take("match"):
            cursor.skip()
        elif cursor.sees("on") and cursor.ahead(1).value in actions:
            cursor.skip()
            event = cursor.word().lower()
            if word := cursor.one_of(*_ACTIONS):
                actions[event] = _ACTIONS[word]
            elif cursor.take("no", "action"):
                actions[event] = "NO ACTION"
            elif cursor.take("set"):
                what = cursor.one_of("null", "default")
                if what is None:
                    raise cursor.wrong("`NULL` or `DEFAULT` was expected")
                actions[event] = f"SET {what.upper()}"
                cursor.skip_group()
            else:
                raise cursor.wrong("a referential action was expected")
        else:
            break
    return _constraint_end(
        cursor,
        Constraint(
            "foreign key", label, columns, target, referenced, actions["delete"], actions["update"],
            of_column=own, start=label.start if label and own else start, end=cursor.end,
        ),
    )  # fmt: skip


def _constraint_end(cursor: Cursor, made: Constraint) -> Constraint:
    """`DEFERRABLE`, `INITIALLY …`, `NOT VALID`, `NO INHERIT`."""
    deferrable, deferred, valid = made.deferrable, made.deferred, made.valid
    at = cursor.at
    while True:
        if cursor.take("not", "deferrable"):
            deferrable = False
        elif cursor.take("deferrable"):
            deferrable = True
        elif cursor.take("initially", "deferred"):
            deferrable = deferred = True
        elif cursor.take("not", "valid"):
            valid = False
        elif not (
            cursor.take("initially", "immediate")
            or cursor.take("no", "inherit")
            or (cursor.dialect == "sqlserver" and cursor.take("not", "for", "replication"))
        ):
            break
    if cursor.at == at:
        return made
    return replace(made, deferrable=deferrable, deferred=deferred, valid=valid, end=cursor.end)


# --- indexes ---


def create_index(cursor: Cursor, *, unique: bool, start: int, method: str = "btree") -> CreateIndex:
    """After `CREATE [UNIQUE] INDEX`."""
    concurrently = cursor.take("concurrently")
    if_not_exists = cursor.take("if", "not", "exists")
    name: Name | None = None
    if not cursor.sees("on"):
        name = cursor.name()
    if cursor.dialect == "mysql" and cursor.take("using"):
        method = cursor.word().lower()
    cursor.expect("on")
    cursor.take("only")
    table = cursor.name()
    if cursor.take("using"):
        method = cursor.word().lower()
    parts = index_parts(cursor)
    include = _include(cursor)
    distinct = _distinct(cursor)
    where: str | None = None
    if cursor.dialect == "mysql":
        method = mysql_index_options(cursor, method)
    while not cursor.done:
        before = cursor.at
        if cursor.dialect == "sqlserver" and cursor.take("where"):
            where = unwrapped(cursor.until("with", "on").sql)
        elif cursor.take("where"):
            first = cursor.at
            cursor.at = len(cursor.tokens) - 1
            where = unwrapped(cursor.piece(first, cursor.at).sql)
        index_options(cursor)
        if cursor.at == before:
            break
    return CreateIndex(
        table, name, parts, unique, method, where, include, distinct, if_not_exists, concurrently,
        start, cursor.end,
    )  # fmt: skip


def index_parts(cursor: Cursor) -> tuple[Part, ...]:
    cursor.expect("(")
    parts = [index_part(cursor)]
    while cursor.take(","):
        parts.append(index_part(cursor))
    cursor.expect(")")
    return tuple(parts)


_PART_WORDS = ("asc", "desc", "nulls", "collate", "with")


def index_part(cursor: Cursor) -> Part:
    """A column, a call or `(an expression)`, with what may stand behind it."""
    start = cursor.start
    dialect = cursor.dialect
    expression = True
    length: int | None = None
    if cursor.sees("("):
        name = cursor.group().sql
    else:
        first = cursor.at
        name = cursor.word()
        if dialect == "mysql" and cursor.sees("(") and cursor.ahead(1).kind == "n":
            length = int(cursor.group().sql)
            expression = False
        elif cursor.sees("(") or cursor.sees("."):
            while cursor.take("."):
                cursor.word()
            cursor.skip_group()
            name = cursor.piece(first, cursor.at).sql
        else:
            expression = False
    kind, value, *_ = cursor.token
    if kind == "o" and value in ",)":
        return Part(name, expression, length=length, start=start, end=cursor.end)
    collation = ops = None
    descending = nulls_first = False
    if cursor.take("collate"):
        collation = cursor.name().name
    if dialect == "postgresql" and cursor.token.kind in "wq" and cursor.token.kind:
        token = cursor.token
        if token.kind == "q" or token.value not in _PART_WORDS:
            ops = cursor.name().name
            if cursor.sees("("):
                ops += f"({cursor.group().sql.replace(' ', '')})"
    if cursor.take("desc"):
        descending = nulls_first = True
    else:
        cursor.take("asc")
    if dialect != "postgresql":
        nulls_first = False
    if cursor.take("nulls", "first"):
        nulls_first = True
    elif cursor.take("nulls", "last"):
        nulls_first = False
    return Part(
        name, expression, descending, nulls_first, ops, collation, length, None, start, cursor.end
    )


def unwrapped(sql: str) -> str:
    """Without parentheses around the whole."""
    while sql.startswith("(") and sql.endswith(")"):
        depth = 0
        for at, char in enumerate(sql):
            if char == "(":
                depth += 1
            elif char == ")":
                depth -= 1
                if not depth and at < len(sql) - 1:
                    return sql
            elif char in "'\"":
                return sql  # a quote may hold parentheses: as it is
        sql = sql[1:-1].strip()
    return sql


# --- ALTER TABLE ---


def alter_table(cursor: Cursor, actions: list[Action]) -> Name:
    """After `ALTER TABLE`: adds to ``actions`` as far as it can read; the table's name.

    Raises Unreadable at the first action that it does not know; what is in ``actions`` stands.
    """
    if_exists = cursor.take("if", "exists")
    cursor.take("only")
    table = cursor.name()
    cursor.take("*")
    if cursor.dialect == "sqlserver":
        if cursor.take("with", "check") or cursor.take("with", "nocheck"):
            pass
        if cursor.one_of("check", "nocheck"):
            cursor.expect("constraint")
            cursor.skip()
            return table
    while True:
        at = len(actions)
        try:
            _alter(cursor, table, actions, if_exists)
        except Unreadable:
            del actions[at:]
            raise
        if not cursor.take(","):
            break
        if cursor.dialect == "sqlserver" and not _more(cursor, table, actions):
            break
    return table


def _more(cursor: Cursor, table: Name, actions: list[Action]) -> bool:
    """SQL Server lists what is added or dropped behind one verb: `ADD [a] INT, [b] INT`.

    Whether another verb comes.
    """
    last = actions[-1] if actions else None
    verbs = ("add", "drop", "alter")
    while not (cursor.token.kind == "w" and cursor.token.value in verbs):
        start = cursor.start
        if isinstance(last, AddColumn | AddConstraint):
            actions.append(_added(cursor, table, start))
        elif isinstance(last, DropColumn):
            cursor.take("column")
            actions.append(DropColumn(table, cursor.column(), start=start, end=cursor.end))
        elif isinstance(last, DropConstraint):
            cursor.take("constraint")
            actions.append(DropConstraint(table, cursor.column(), start=start, end=cursor.end))
        else:
            raise cursor.wrong("an action was expected")
        if not cursor.take(","):
            return False
    return True


def _added(cursor: Cursor, table: Name, start: int) -> Action:
    token = cursor.token
    if _constraint_comes(cursor, token.value if token.kind == "w" else ""):
        if (
            cursor.dialect == "sqlserver"
            and token.value == "constraint"
            and cursor.ahead(2).value == "default"
            and cursor.ahead(2).kind == "w"
        ):
            cursor.skip()
            cursor.skip()
            return _default_constraint(cursor, table, start)
        constraint = table_constraint(cursor)
        return AddConstraint(table, constraint, False, start, cursor.end)
    if cursor.dialect == "sqlserver" and cursor.sees("default"):
        return _default_constraint(cursor, table, start)
    column = column_definition(cursor)
    return AddColumn(table, column, False, _place(cursor), start, cursor.end)


def _default_constraint(cursor: Cursor, table: Name, start: int) -> SetDefault:
    cursor.expect("default")
    default = cursor.until("for")
    cursor.expect("for")
    return SetDefault(table, cursor.column(), default, start, cursor.end)


def _place(cursor: Cursor) -> str | None:
    if cursor.dialect != "mysql":
        return None
    if cursor.take("first"):
        return ""
    return cursor.word() if cursor.take("after") else None


def _behaviour(cursor: Cursor) -> bool:
    """`CASCADE` or `RESTRICT`, whether the first."""
    return cursor.one_of("cascade", "restrict") == "cascade"


def _alter(cursor: Cursor, table: Name, actions: list[Action], if_exists: bool) -> None:
    start = cursor.start
    mysql = cursor.dialect == "mysql"
    if cursor.take("add"):
        _add(cursor, table, actions, start)
    elif cursor.take("drop"):
        actions.append(_dropped(cursor, table, start))
    elif mysql and cursor.take("alter", "index"):
        cursor.skip()
        cursor.skip()
    elif cursor.take("alter", "constraint"):
        name = cursor.column()
        constraint = _constraint_end(cursor, Constraint("", None, deferrable=False))
        actions.append(
            ChangeConstraint(
                table, name, None, constraint.deferrable, constraint.deferred, start, cursor.end
            )
        )
    elif cursor.take("alter"):
        cursor.take("column")
        _alter_column(cursor, table, actions, start)
    elif cursor.take("rename"):
        actions.append(_renamed(cursor, table, start, if_exists))
    elif mysql and cursor.one_of("modify", "change"):
        changed = cursor.tokens[cursor.at - 1].value == "change"
        cursor.take("column")
        old = cursor.column()
        if not changed:
            cursor.at -= 1
        column = column_definition(cursor)
        place = _place(cursor)
        if place is not None:
            raise cursor.wrong("a change of a column's place is not read")
        actions.append(ChangeColumn(table, old, column, True, start, cursor.end))
    elif cursor.take("validate", "constraint"):
        actions.append(ChangeConstraint(table, cursor.column(), True, start=start, end=cursor.end))
    elif cursor.take("set", "schema"):
        actions.append(SetSchema("table", table, cursor.word(), if_exists, start, cursor.end))
    elif cursor.take("attach", "partition"):
        child = cursor.name()
        cursor.skip_until()
        actions.append(Inherit(child, table, True, True, start, cursor.end))
    elif cursor.take("detach", "partition"):
        child = cursor.name()
        cursor.one_of("concurrently", "finalize")
        actions.append(Inherit(child, table, False, True, start, cursor.end))
    elif cursor.take("inherit"):
        actions.append(Inherit(table, cursor.name(), True, False, start, cursor.end))
    elif cursor.take("no", "inherit"):
        actions.append(Inherit(table, cursor.name(), False, False, start, cursor.end))
    elif _harmless(cursor):
        pass
    else:
        raise cursor.wrong("an action of `ALTER TABLE` was expected")


def _harmless(cursor: Cursor) -> bool:
    """An action that changes nothing that is looked at here."""
    first = cursor.token
    if first.kind != "w":
        return False
    match first.value:
        case "owner" | "cluster" | "enable" | "disable" | "force":
            cursor.skip_until(",")
        case "replica" if cursor.ahead(1).value == "identity":
            cursor.skip_until(",")
        case "no" if cursor.ahead(1).value == "force":
            cursor.skip_until(",")
        case "set" if cursor.ahead(1).value in (
            "(", "logged", "unlogged", "tablespace", "without", "with", "access",
        ):  # fmt: skip
            cursor.skip_until(",")
        case "reset":
            cursor.skip_until(",")
        case "engine" | "comment" | "auto_increment" | "row_format" | "collate" | "algorithm" | "lock" | "charset" | "default" | "convert" if cursor.dialect == "mysql":  # fmt: skip
            cursor.skip_until(",")
        case _:
            return False
    return True


def _add(cursor: Cursor, table: Name, actions: list[Action], start: int) -> None:
    token = cursor.token
    if cursor.dialect == "mysql" and token.value in ("partition",):
        raise cursor.wrong("partitions are not read")
    if _constraint_comes(cursor, token.value if token.kind == "w" else ""):
        actions.append(_added(cursor, table, start))
        return
    cursor.take("column")
    if cursor.dialect == "mysql" and cursor.take("("):
        while True:
            actions.append(AddColumn(table, column_definition(cursor), start=start, end=cursor.end))
            if not cursor.take(","):
                break
        cursor.expect(")")
        return
    if_not_exists = cursor.take("if", "not", "exists")
    if cursor.dialect == "sqlserver":
        actions.append(_added(cursor, table, start))
        return
    column = column_definition(cursor)
    actions.append(AddColumn(table, column, if_not_exists, _place(cursor), start, cursor.end))


def _dropped(cursor: Cursor, table: Name, start: int) -> Action:
    mysql = cursor.dialect == "mysql"
    if mysql and cursor.take("primary", "key"):
        return DropConstraint(table, None, False, False, "primary key", start, cursor.end)
    if mysql and cursor.take("foreign", "key"):
        return DropConstraint(
            table, cursor.column(), False, False, "foreign key", start, cursor.end
        )
    if mysql and cursor.one_of("index", "key"):
        return DropConstraint(table, cursor.column(), False, False, "index", start, cursor.end)
    if mysql and cursor.take("check"):
        return DropConstraint(table, cursor.column(), False, False, "constraint", start, cursor.end)
    if cursor.take("constraint"):
        if_exists = cursor.take("if", "exists")
        name = cursor.column()
        cascade = _behaviour(cursor)
        return DropConstraint(table, name, if_exists, cascade, "constraint", start, cursor.end)
    cursor.take("column")
    if_exists = cursor.take("if", "exists")
    column = cursor.column()
    cascade = _behaviour(cursor)
    return DropColumn(table, column, if_exists, cascade, start, cursor.end)


def _renamed(cursor: Cursor, table: Name, start: int, if_exists: bool) -> Rename:
    if cursor.take("to") or (cursor.dialect == "mysql" and cursor.take("as")):
        new = cursor.name()
        return Rename("table", table, new, None, if_exists, start, cursor.end)
    kind = "column"
    if cursor.take("constraint"):
        kind = "constraint"
    elif cursor.dialect == "mysql" and cursor.one_of("index", "key"):
        kind = "index"
    else:
        cursor.take("column")
    old = cursor.column()
    cursor.expect("to")
    return Rename(kind, old, cursor.column(), table, if_exists, start, cursor.end)


def _alter_column(cursor: Cursor, table: Name, actions: list[Action], start: int) -> None:
    column = cursor.column()
    if cursor.dialect == "sqlserver":
        # The whole type again, nullable unless it says otherwise.
        definition = _options(cursor, column, column.start)
        actions.append(ChangeColumn(table, column, definition, False, start, cursor.end))
        return
    if cursor.take("set", "data", "type") or cursor.take("type"):
        type_ = cursor.type()
        collation = cursor.name().name if cursor.take("collate") else None
        using = cursor.until(",") if cursor.take("using") else None
        actions.append(SetType(table, column, type_, using, collation, start, cursor.end))
    elif cursor.take("set", "default"):
        actions.append(SetDefault(table, column, cursor.until(","), start, cursor.end))
    elif cursor.take("drop", "default"):
        actions.append(SetDefault(table, column, None, start, cursor.end))
    elif cursor.take("set", "not", "null"):
        actions.append(SetNullable(table, column, False, start, cursor.end))
    elif cursor.take("drop", "not", "null"):
        actions.append(SetNullable(table, column, True, start, cursor.end))
    elif cursor.take("add", "generated"):
        always = cursor.take("always")
        if not always:
            cursor.expect("by", "default")
        cursor.expect("as", "identity")
        cursor.skip_group()
        identity = "always" if always else "by default"
        actions.append(SetIdentity(table, column, identity, False, start, cursor.end))
    elif cursor.take("set", "generated"):
        always = cursor.take("always")
        if not always:
            cursor.expect("by", "default")
        cursor.skip_until(",")
        identity = "always" if always else "by default"
        actions.append(SetIdentity(table, column, identity, False, start, cursor.end))
    elif cursor.take("drop", "identity"):
        cursor.take("if", "exists")
        actions.append(SetIdentity(table, column, None, False, start, cursor.end))
    elif cursor.take("drop", "expression"):
        cursor.take("if", "exists")
        actions.append(SetIdentity(table, column, None, True, start, cursor.end))
    elif cursor.token.kind == "w" and (
        cursor.token.value in ("restart", "reset")
        or (
            cursor.token.value == "set"
            and cursor.ahead(1).value
            in ("statistics", "storage", "compression", "(", "increment", "start", "cache", "cycle", "no", "minvalue", "maxvalue")
        )
    ):  # fmt: skip
        cursor.skip_until(",")
    else:
        raise cursor.wrong("an action of `ALTER COLUMN` was expected")
