"""A PostgreSQL server of our own in a temporary folder, and its catalog as a `Database` value.

    with postgres.server() as server, server.database() as connection:
        connection.execute('CREATE TABLE "a" ("id" TEXT NOT NULL)')
        assert postgres.catalog(connection).table("a")

`execute` sends a whole script as one simple query, which is how Prisma applies a `migration.sql`.
Tests ask for the fixture `database` (see conftest.py): it skips with a reason where there is no
server, and fails instead where PRISMA_LSP_POSTGRES is "required".
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from prisma_lsp.migrations import state
from prisma_lsp.migrations.state import Database, Key, Table


class Missing(Exception):
    """There is no PostgreSQL that could be started; says why."""


class Failure(Exception):
    """The server's answer to a script that it did not take."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def binaries() -> Path:
    """The folder with `initdb` and `postgres`."""
    folders = [os.path.dirname(path) for path in [shutil.which("initdb")] if path]
    folders += sorted(
        glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin"),
        key=lambda folder: [int(number) for number in re.findall(r"\d+", folder)],
        reverse=True,
    )
    folders += ["/usr/local/pgsql/bin", "/opt/homebrew/bin"]
    for folder in folders:
        path = Path(folder)
        if (path / "initdb").exists() and (path / "postgres").exists():
            return path
    raise Missing("PostgreSQL is not installed: neither on the PATH nor in /usr/lib/postgresql")


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A running server; it and its files are gone afterwards."""
    programs = binaries()
    who: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=tempfile.gettempdir()))
    try:
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root.
            import pwd

            try:
                account = pwd.getpwnam("postgres")
            except KeyError:
                raise Missing("root needs the account `postgres` to run a server") from None
            who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(folder, account.pw_uid, account.pw_gid)
        data = folder / "data"
        made = subprocess.run(
            [programs / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust",
             "--encoding", "UTF8", "--no-locale", "--no-sync"],
            capture_output=True, text=True, cwd=folder, timeout=120, **who,
        )  # fmt: skip
        if made.returncode:
            raise Missing(f"initdb fails: {made.stderr.strip()[-300:]}")
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off",
            "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off",
            "max_connections": "20", "shared_buffers": "32MB", "logging_collector": "off",
            "max_locks_per_transaction": "1024",
        }  # fmt: skip
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder, **who,
            )  # fmt: skip
        try:
            found = Server(folder, process)
            found.wait()
            yield found
        finally:
            process.terminate()  # "smart" would wait for connections; SIGINT is "fast"
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    def __init__(self, folder: Path, process: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self._process = process
        self._count = 0

    def wait(self) -> None:
        for _ in range(600):
            if self._process.poll() is not None:
                break
            with contextlib.suppress(OSError, Failure):
                self.connect("postgres").close()
                return
            time.sleep(0.05)
        raise Missing(f"the server does not start: {(self.folder / 'log').read_text()[-300:]}")

    def connect(self, database: str) -> Connection:
        return Connection(str(self.folder / ".s.PGSQL.5432"), database)

    @contextlib.contextmanager
    def database(self) -> Iterator[Connection]:
        """A connection to an empty database of its own, dropped afterwards."""
        self._count += 1
        name = f"d{os.getpid()}_{self._count}"
        with contextlib.closing(self.connect("postgres")) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            try:
                with contextlib.closing(self.connect(name)) as connection:
                    yield connection
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Connection:
    """The simple query protocol and nothing else."""

    def __init__(self, path: str, database: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(120)
        self._socket.connect(path)
        self._stream = self._socket.makefile("rb")
        start = struct.pack("!i", 196608)
        start += b"user\0postgres\0database\0" + database.encode() + b"\0"
        start += b"client_encoding\0UTF8\0client_min_messages\0error\0\0"
        self._socket.sendall(struct.pack("!i", len(start) + 4) + start)
        self.version = 0
        self._answer()
        self.version = int(self.value("SHOW server_version_num"))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendall(b"X\0\0\0\4")
        self._stream.close()
        self._socket.close()

    def execute(self, sql: str) -> list[list[str | None]]:
        """Runs a script; the rows of all its queries.  Raises Failure, and then none of it is done
        unless it has BEGIN and COMMIT of its own."""
        data = sql.encode() + b"\0"
        self._socket.sendall(b"Q" + struct.pack("!i", len(data) + 4) + data)
        try:
            return self._answer()
        except Failure:
            if self._open:
                self.execute("ROLLBACK")
            raise

    def clear(self) -> None:
        """Drops everything, which is sooner done than to make a database."""
        with contextlib.suppress(Failure):
            self.execute("ROLLBACK")
        names = self.execute(f"SELECT nspname FROM pg_namespace n WHERE {_SPACES}")
        drops = [f"DROP SCHEMA {_q(row[0])} CASCADE;" for row in names]
        self.execute("".join(drops) + "CREATE SCHEMA public; DISCARD TEMP; RESET ALL")

    def value(self, sql: str) -> str:
        (row,) = self.execute(sql)
        assert row[0] is not None
        return row[0]

    def _answer(self) -> list[list[str | None]]:
        rows: list[list[str | None]] = []
        failure: Failure | None = None
        while True:
            head = self._stream.read(5)
            if len(head) < 5:
                raise OSError("the server has gone")
            body = self._stream.read(struct.unpack("!i", head[1:])[0] - 4)
            match head[:1]:
                case b"D":
                    rows.append(_row(body))
                case b"E":
                    fields = {part[:1]: part[1:].decode() for part in body.split(b"\0") if part}
                    failure = failure or Failure(fields[b"C"], fields[b"M"])
                case b"Z":
                    self._open = body != b"I"
                    if failure is not None:
                        raise failure
                    return rows


def _row(body: bytes) -> list[str | None]:
    row: list[str | None] = []
    at = 2
    for _ in range(struct.unpack("!h", body[:2])[0]):
        (size,) = struct.unpack("!i", body[at : at + 4])
        at += 4
        row.append(None if size < 0 else body[at : at + size].decode())
        at += max(size, 0)
    return row


_SPACES = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_OURS = """NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass
    AND e.objid = c.oid AND e.deptype = 'e') AND c.relname <> '_prisma_migrations'"""
_NOT_EXTENSION = """NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_type'::regclass
    AND e.objid = t.oid AND e.deptype = 'e')"""

_COLUMNS = f"""
SELECT a.attrelid::text, a.attname, a.attnotnull,
  format_type(CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END, a.atttypmod),
  t.typcategory = 'A' AND t.typelem <> 0,
  b.typname, bn.nspname,
  b.typtype IN ('e', 'd', 'c', 'r') AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = 'pg_type'::regclass AND e.objid = b.oid AND e.deptype = 'e')
    AND bn.nspname <> 'pg_catalog',
  pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
  CASE WHEN a.attcollation <> t.typcollation THEN o.collname END
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace AND {_SPACES}
JOIN pg_type t ON t.oid = a.atttypid
JOIN pg_type b ON b.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
JOIN pg_namespace bn ON bn.oid = b.typnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation o ON o.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""

_TABLES = f"""
SELECT c.oid::text, n.nspname, c.relname, c.relkind, c.relispartition,
  (SELECT json_agg(json_build_array(pn.nspname, pc.relname) ORDER BY i.inhseqno)
   FROM pg_inherits i JOIN pg_class pc ON pc.oid = i.inhparent
   JOIN pg_namespace pn ON pn.oid = pc.relnamespace WHERE i.inhrelid = c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND {_SPACES}
WHERE c.relkind IN ('r', 'p') AND {_OURS}
ORDER BY c.oid
"""

_CONSTRAINTS = f"""
SELECT k.conrelid::text, k.conname, k.contype, k.confdeltype, k.confupdtype, k.condeferrable,
  k.condeferred, k.convalidated, fn.nspname, f.relname,
  (SELECT json_agg(a.attname ORDER BY p.n) FROM unnest(k.conkey) WITH ORDINALITY p(k, n)
   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.k),
  (SELECT json_agg(a.attname ORDER BY p.n) FROM unnest(k.confkey) WITH ORDINALITY p(k, n)
   JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = p.k),
  CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace AND {_SPACES}
LEFT JOIN pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype IN ('p', 'f', 'c')
ORDER BY k.oid
"""

_INDEXES = f"""
SELECT i.indrelid::text, x.relname, i.indisunique, m.amname, pg_get_expr(i.indpred, i.indrelid),
  %s,
  (SELECT k.contype FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('u', 'x')),
  (SELECT json_agg(json_build_array(
      COALESCE(a.attname::text, pg_get_indexdef(i.indexrelid, p.n::int, false)), a.attname IS NULL,
      i.indoption[p.n - 1], oc.opcname, oc.opcdefault, col.collname, ia.attoptions,
      (SELECT op.oprname FROM pg_constraint k JOIN pg_operator op ON op.oid = k.conexclop[p.n]
       WHERE k.conindid = i.indexrelid AND k.contype = 'x'),
      p.n > i.indnkeyatts) ORDER BY p.n)
   FROM unnest(i.indkey) WITH ORDINALITY p(k, n)
   LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = p.k AND p.k > 0
   LEFT JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = p.n
   LEFT JOIN pg_opclass oc ON p.n <= i.indnkeyatts AND oc.oid = i.indclass[p.n - 1]
   LEFT JOIN pg_collation col ON p.n <= i.indnkeyatts AND col.oid = i.indcollation[p.n - 1]
     AND col.oid <> a.attcollation)
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace AND {_SPACES}
WHERE NOT i.indisprimary
ORDER BY i.indexrelid
"""

_ENUMS = f"""
SELECT n.nspname, t.typname, t.typtype,
  (SELECT json_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = t.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND {_SPACES}
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c') AND {_NOT_EXTENSION}
ORDER BY t.oid
"""

_OTHERS = f"""
SELECT c.relkind, n.nspname, c.relname, tn.nspname, tc.relname, a.attname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND {_SPACES}
LEFT JOIN pg_depend d ON c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
LEFT JOIN pg_class tc ON tc.oid = d.refobjid
LEFT JOIN pg_namespace tn ON tn.oid = tc.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind IN ('v', 'm', 'S') AND {_OURS}
"""

_ACTIONS = {
    "a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT",
}  # fmt: skip
_TYPE_KINDS = {"d": "domain", "c": "composite", "r": "range"}


def catalog(connection: Connection) -> Database:
    """All that is in the connection's database, whatever made it; without what extensions own and
    without Prisma's own table of migrations.  Expressions are as PostgreSQL writes them."""
    run = connection.execute
    columns: dict[str, list[state.Column]] = {}
    for (
        oid,
        name,
        not_null,
        written,
        array,
        bare,
        schema,
        user,
        default,
        identity,
        generated,
        collation,
    ) in run(_COLUMNS):
        assert oid and name and written and bare
        bits = {"a": "always", "d": "by default"}
        if default and re.fullmatch(r"NULL::[\w \"]+", default):
            # PostgreSQL keeps `DEFAULT NULL` for types with a length only; nowhere is it a default.
            default = None
        columns.setdefault(oid, []).append(
            state.Column(
                name,
                bare if user == "t" else _bare(written),
                schema if user == "t" else None,
                array == "t",
                not_null == "f",
                None if generated else default,
                bits.get(identity or ""),
                default if generated else None,
                collation,
            )
        )
    constraints: dict[str, list[list[str | None]]] = {}
    for row in run(_CONSTRAINTS):
        constraints.setdefault(str(row[0]), []).append(row)
    distinct = "NOT i.indnullsnotdistinct" if connection.version >= 150000 else "true"
    indexes: dict[str, list[state.Index]] = {}
    for row in run(_INDEXES % distinct):
        indexes.setdefault(str(row[0]), []).append(_index(row))
    tables: dict[Key, Table] = {}
    for oid, schema, name, kind, partition, parents in run(_TABLES):
        assert oid and schema and name
        primary = None
        foreign: list[state.ForeignKey] = []
        checks: list[state.Check] = []
        for row in constraints.get(oid, ()):
            (
                _,
                label,
                what,
                delete,
                update,
                deferrable,
                deferred,
                valid,
                fs,
                ft,
                own,
                theirs,
                sql,
            ) = row
            assert label
            if what == "p":
                primary = state.PrimaryKey(label, tuple(json.loads(own or "[]")))
            elif what == "c":
                checks.append(state.Check(label, sql or "", valid == "t"))
            else:
                foreign.append(
                    state.ForeignKey(
                        label, tuple(json.loads(own or "[]")), (fs or "", ft or ""),
                        tuple(json.loads(theirs or "[]")), _ACTIONS[delete or ""],
                        _ACTIONS[update or ""], deferrable == "t", deferred == "t", valid == "t",
                    )
                )  # fmt: skip
        tables[schema, name] = Table(
            schema, name, tuple(columns.get(oid, ())), primary, tuple(indexes.get(oid, ())),
            tuple(foreign), tuple(checks),
            "partition" if partition == "t" else "partitioned" if kind == "p" else "table",
            tuple((a, b) for a, b in json.loads(parents or "[]")),
        )  # fmt: skip
    enums: dict[Key, state.Enum] = {}
    types: dict[Key, state.UserType] = {}
    for schema, name, kind, values in run(_ENUMS):
        assert schema and name and kind
        if kind == "e":
            enums[schema, name] = state.Enum(schema, name, tuple(json.loads(values or "[]")))
        else:
            types[schema, name] = state.UserType(schema, name, _TYPE_KINDS[kind])
    views: dict[Key, state.View] = {}
    sequences: dict[Key, state.Sequence] = {}
    for kind, schema, name, ts, tt, tc in run(_OTHERS):
        assert schema and name
        if kind == "S":
            owner = (ts, tt, tc) if ts and tt and tc else None
            sequences[schema, name] = state.Sequence(schema, name, owner)
        else:
            views[schema, name] = state.View(schema, name, kind == "m")
    schemas = run(f"SELECT n.nspname FROM pg_namespace n WHERE {_SPACES}")
    extensions = run("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
    return Database(
        "postgresql", tables, enums, types, views, sequences,
        frozenset(str(row[0]) for row in schemas), frozenset(str(row[0]) for row in extensions),
    )  # fmt: skip


def _bare(written: str) -> str:
    """Without the schema of an extension."""
    return re.sub(r'^(?:"[^"]+"|\w+)\.', "", written).strip('"') if "." in written else written


def _index(row: list[str | None]) -> state.Index:
    _, name, unique, method, where, distinct, constraint, parts = row
    assert name and method
    columns: list[state.IndexColumn] = []
    include: list[str] = []
    for (
        column,
        expression,
        option,
        ops,
        default,
        collation,
        options,
        operator,
        included,
    ) in json.loads(parts or "[]"):
        if included:
            include.append(column)
            continue
        parameters = f"({', '.join(options)})" if options else ""
        columns.append(
            state.IndexColumn(
                column, expression, bool((option or 0) & 1), bool((option or 0) & 2),
                f"{ops}{parameters}" if not default or parameters else None, collation, None, operator,
            )
        )  # fmt: skip
    return state.Index(
        name, tuple(columns), unique == "t", method, where, tuple(include), distinct == "t",
        {"u": "unique", "x": "exclude"}.get(constraint or ""),
    )  # fmt: skip


def differences(connection: Connection, folded: Database) -> list[str]:
    """How ``folded`` differs from the connection's database, one line each; empty where it is the
    same.  The order of columns and of an enum's values counts, that of all else does not.

    Expressions count as equal when PostgreSQL writes both the same way: where the texts differ it
    is given the folded one, in a transaction that is rolled back.
    """
    real = catalog(connection)
    found: list[str] = []
    for what in ("enums", "types", "views", "sequences"):
        mine, its = getattr(folded, what), getattr(real, what)
        for key in sorted(mine.keys() | its.keys()):
            if mine.get(key) != its.get(key):
                found.append(f"{what} {key}: folded {mine.get(key)}, real {its.get(key)}")
    for what in ("schemas", "extensions"):
        if getattr(folded, what) != getattr(real, what):
            found.append(f"{what}: folded {getattr(folded, what)}, real {getattr(real, what)}")
    for key in sorted(folded.tables.keys() | real.tables.keys()):
        one, other = folded.tables.get(key), real.tables.get(key)
        if one is None or other is None:
            found.append(f"table {key} is only {'real' if one is None else 'folded'}")
        elif one != other:
            found += _table_differences(connection, one, other)
    return found


def _table_differences(connection: Connection, one: Table, other: Table) -> list[str]:
    found: list[str] = []
    where = f"table {one.schema}.{one.name}"
    if [c.name for c in one.columns] != [c.name for c in other.columns]:
        found.append(
            f"{where}: columns {[c.name for c in one.columns]}, real {[c.name for c in other.columns]}"
        )
    for column in one.columns:
        its = other.column(column.name)
        if its is None or column == its:
            continue
        left = {
            name: getattr(column, name)
            for name in ("type", "type_schema", "array", "nullable", "identity", "collation")
        }
        right = {name: getattr(its, name) for name in left}
        if left != right:
            found.append(f"{where}: {column.name} {left}, real {right}")
        for name in ("default", "generated"):
            mine, real = getattr(column, name), getattr(its, name)
            if mine != real and (
                mine is None or real is None or _default(connection, other, its, mine) != real
            ):
                found.append(f"{where}: {column.name} {name} {mine}, real {real}")
    if one.primary_key != other.primary_key:
        found.append(f"{where}: key {one.primary_key}, real {other.primary_key}")
    for what in ("kind", "parents"):
        if getattr(one, what) != getattr(other, what):
            found.append(f"{where}: {what} {getattr(one, what)}, real {getattr(other, what)}")
    for what in ("indexes", "foreign_keys", "checks"):
        mine = {item.name: item for item in getattr(one, what)}
        its_items = {item.name: item for item in getattr(other, what)}
        for name in sorted(mine.keys() | its_items.keys()):
            a, b = mine.get(name), its_items.get(name)
            if a == b:
                continue
            if isinstance(a, state.Check) and b is not None:
                a = state.Check(a.name, _check(connection, other, a.expression), a.valid)
            if isinstance(a, state.Index) and isinstance(b, state.Index):
                a = _written_index(connection, other, a)
            if a != b:
                found.append(f"{where}: {what} {a}, real {b}")
    return found


def _default(connection: Connection, table: Table, column: state.Column, sql: str) -> str | None:
    name = f"{_q(column.type_schema)}.{_q(column.type)}" if column.type_schema else column.type
    kind = f"{name}{'[]' if column.array else ''}"
    if column.generated:
        return _probe(
            connection,
            f"CREATE TABLE pg_temp.probe (LIKE {_q(table.schema)}.{_q(table.name)});"
            f"ALTER TABLE pg_temp.probe DROP COLUMN {_q(column.name)},"
            f"ADD COLUMN {_q(column.name)} {kind} GENERATED ALWAYS AS ({sql}) STORED;",
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'pg_temp.probe'::regclass",
        )
    return _probe(
        connection,
        f"CREATE TABLE pg_temp.probe (c {kind} DEFAULT {sql});",
        "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'pg_temp.probe'::regclass",
    )


def _check(connection: Connection, table: Table, sql: str) -> str:
    return _probe(
        connection,
        f"CREATE TABLE pg_temp.probe (LIKE {_q(table.schema)}.{_q(table.name)});"
        f"ALTER TABLE pg_temp.probe ADD CONSTRAINT probe CHECK ({sql});",
        "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = 'probe'",
    )


def _written_index(connection: Connection, table: Table, index: state.Index) -> state.Index:
    """With its expressions as PostgreSQL writes them."""
    parts = ", ".join(f"({c.name})" if c.expression else _q(c.name) for c in index.columns)
    where = f" WHERE {index.where}" if index.where else ""
    row = _probe(
        connection,
        f"CREATE TABLE pg_temp.probe (LIKE {_q(table.schema)}.{_q(table.name)});"
        f"CREATE INDEX probe_index ON pg_temp.probe ({parts}){where};",
        """SELECT json_build_array(pg_get_expr(i.indpred, i.indrelid), (SELECT json_agg(
          CASE WHEN p.k = 0 THEN pg_get_indexdef(i.indexrelid, p.n::int, false) END ORDER BY p.n)
          FROM unnest(i.indkey) WITH ORDINALITY p(k, n)))
        FROM pg_index i WHERE i.indexrelid = 'pg_temp.probe_index'::regclass""",
    )
    try:
        condition, expressions = json.loads(row)
    except ValueError:
        return index
    from dataclasses import replace

    return replace(
        index,
        where=condition,
        columns=tuple(
            replace(column, name=sql) if sql is not None else column
            for column, sql in zip(index.columns, expressions, strict=True)
        ),
    )


def _probe(connection: Connection, make: str, query: str) -> str:
    """The answer to ``query`` after ``make``; the error's text where that fails."""
    with contextlib.suppress(Failure):
        connection.execute("ROLLBACK")
    try:
        connection.execute(f"BEGIN; {make}")
        rows = connection.execute(query)
        return str(rows[0][0]) if rows else "nothing"
    except Failure as failure:
        return str(failure)
    finally:
        with contextlib.suppress(Failure):
            connection.execute("ROLLBACK")


def _q(name: str | None) -> str:
    return '"' + (name or "").replace('"', '""') + '"'
