"""Which `.prisma` files make one schema.

A file belongs, in this order, to

1. the schema that the nearest `prisma.config.*` or `package.json` (`prisma.schema`, or a
   `--schema` in its scripts) names *and that holds the file*: exactly what Prisma would take;
2. else to its neighbourhood, the way the official language server gathers it (the folder, its
   sub-folders, and upwards while there are `.prisma` files), with one correction: a `datasource`
   makes a schema, so two files that each have one are two schemas and stay apart.

Files without a `datasource` join the one datasource of their folder, else of the nearest folder
above.  Where several stand side by side nobody can say whose part such a file is: it is served
alone.  A package's own folder (`package.json`) lends only the files directly in it, so that a
`schema.prisma` at the top of a repository does not collect every fixture below.

Everything here reads, never writes, never runs anything, and looks at nothing outside the root.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

MAX_SCHEMA_BYTES = 64 * 1024 * 1024
_MAX_CONFIG_BYTES = 1024 * 1024
_MAX_FOLDERS = 100_000
_MAX_FOLDERS_NEARBY = 2_000
_MAX_DEPTH = 64

_EXTENSIONS = ("ts", "js", "mjs", "cjs", "mts", "cts")
_CONFIGS = tuple(f"prisma.config.{extension}" for extension in _EXTENSIONS) + tuple(
    os.path.join(".config", f"prisma.{extension}") for extension in _EXTENSIONS
)
_NEVER = frozenset({"node_modules", ".git", ".prisma"})
# Folders whose files are nobody's part unless a config says so.
_NOT_NEARBY = frozenset(
    {"generated", "__generated__", "__tests__", "__fixtures__", "__mocks__", "fixtures"}
)
_NOT_SEARCHED = frozenset({"generated", "__generated__", "dist", "coverage"})
_SCHEMA_FOLDERS = frozenset({"prisma", "schema", "schemas"})

# The official server's expression; `\s` spelled out because JavaScript's and Python's differ.
_JS_SPACE = "\t\n\v\f\r \u00a0\ufeff\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PRISMA_NEXT = re.compile(rf"[{_JS_SPACE}]*// *use +prisma-(?:next|8)(?![^{_JS_SPACE}])")
# Comments and strings first, so that what they hold is not taken for a block.  An unclosed
# comment takes the rest: without that, many `/*` would cost quadratic time.
_BLOCK = re.compile(
    r'"(?:\\.|[^"\\\r\n])*"|//[^\r\n]*|/\*(?:[\s\S]*?\*/|[\s\S]*)'
    r"|(?<![^\r\n\ufeff])[ \t]*(?P<kind>datasource|generator)[ \t]+[\w-]+[ \t]*\{"
    r'|(?<![^\r\n])[ \t]*output[ \t]*=[ \t]*"(?P<output>[^"\r\n]*)"'
)
_SCHEMA_OPTION = re.compile(r"""--schema(?:=|\s+)(?:"([^"]+)"|'([^']+)'|([^\s"';&|]+))""")


class Project(NamedTuple):
    """One schema.  All paths are absolute, as reached (symbolic links are not resolved)."""

    root: Path
    """The folder the project belongs to: its config's, else its package's, else the workspace."""
    schema: Path
    """The file or folder that Prisma would take."""
    files: tuple[Path, ...]
    """The `.prisma` files of the schema, sorted; never empty."""
    config: Path | None = None
    """The `prisma.config.*` or `package.json` that decided or, unread, might have decided."""
    migrations: Path | None = None
    """An existing folder of migrations, None when there is none or when it is not sure."""


class UnreadableSchema(Exception):
    """A schema file that cannot be read; ``reason`` completes "`path` …"."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def project_of(
    file: Path, root: Path | None, *, overlay: Mapping[Path, str] | None = None
) -> Project:
    """The project that the opened ``file`` belongs to; ``file`` is always among its files.

    ``root`` is the workspace folder: nothing outside it is looked at.  With None, or when the
    file is not inside it, the file is served alone and the disk is not searched.  ``overlay``
    holds the texts of open buffers by absolute path, which win over the disk.  Never raises.
    """
    name = os.path.abspath(file)
    base = None if root is None else _root_above(name, os.path.abspath(root))
    # A path with a NUL comes from a URI with %00; no system call accepts it.
    if base is None or "\0" in name:
        return _alone(name)
    return _project_of(name, _Disk(base, overlay))


def project_of_migrations(
    folder: Path, root: Path | None, *, overlay: Mapping[Path, str] | None = None
) -> Project | None:
    """The project whose migrations are in ``folder`` (`prisma/migrations`); None where no schema
    says so.

    ``root`` and ``overlay`` are as in `project_of`: nothing outside the root is looked at.
    """
    name = os.path.abspath(folder)
    base = None if root is None else _root_above(name, os.path.abspath(root))
    if base is None or "\0" in name:
        return None
    disk = _Disk(base, overlay)
    wanted = Path(name)
    for number, above in enumerate(_upwards(os.path.dirname(name), base)):
        for config in disk.configs(above):
            files = disk.files_at(config.schema) if config.schema else ()
            if files and (found := _configured(disk, config, files)).migrations == wanted:
                return found
        # Beside the migrations, or beside the folder that holds them, as Prisma's defaults are.
        if number < 2:
            near = disk.tree(above, nearby=True) if number == 0 else disk.schemas_in(above)
            for found in _projects(disk, near or ()):
                if found.migrations == wanted:
                    return found
    return None


def find_projects(start: Path) -> list[Project]:
    """The projects to check when the command line names ``start``.

    A file gives the project it belongs to.  A folder gives what its config names, else the
    schemas in its `prisma/` or among its own files, else every schema below it.  Empty when
    there is none; raises ``UnreadableSchema`` when ``start`` does not exist.
    """
    name = os.path.abspath(start)
    disk = _Disk(os.fspath(root_of(Path(name))), None)
    if not os.path.lexists(name):
        raise UnreadableSchema(start, "does not exist")
    if not disk.allows(name):
        raise UnreadableSchema(start, "leads out of the project by a link")
    if not os.path.isdir(name):
        return [_project_of(name, disk)]
    for config in disk.configs(name):
        files = disk.files_at(config.schema) if config.schema and not config.script else ()
        if files:
            return [_configured(disk, config, files)]
    prisma = os.path.join(name, "prisma")
    inside = disk.tree(prisma, nearby=True) if disk.is_folder(prisma) else ()
    for files in (inside or (), disk.schemas_in(name)):
        projects = _projects(disk, files)
        if projects:
            return projects
    return _projects(disk, disk.search(name))


def root_of(path: Path) -> Path:
    """The folder to take as workspace when nobody names one: the repository that holds ``path``,
    else the outermost package, else the working directory, else the folder itself.
    """
    found = package_of(path)
    if found is not None:
        return found
    folder = _folder_of(path)
    working = os.getcwd()
    return Path(working if working not in _too_high() and _within(folder, working) else folder)


def repository_of(path: Path) -> Path | None:
    """The repository that holds ``path``: the nearest folder upwards with `.git`."""
    for above in _upwards(_folder_of(path), None):
        if above not in _too_high() and os.path.lexists(os.path.join(above, ".git")):
            return Path(above)
    return None


def package_of(path: Path) -> Path | None:
    """The repository that holds ``path``, else the outermost package (`package.json` or a config).

    The home folder and the file system's root are never taken for either.
    """
    repository = repository_of(path)
    if repository is not None:
        return repository
    package: str | None = None
    for above in _upwards(_folder_of(path), None):
        if above not in _too_high() and any(
            os.path.lexists(os.path.join(above, mark)) for mark in ("package.json", *_CONFIGS)
        ):
            package = above
    return Path(package) if package is not None else None


def _folder_of(path: Path) -> str:
    name = os.path.abspath(path)
    return name if os.path.isdir(name) else os.path.dirname(name)


def _too_high() -> set[str]:
    return {os.path.abspath(os.path.expanduser("~")), os.path.abspath(os.sep)}


def is_copy(file: Path, root: Path | None) -> bool:
    """Whether ``file`` is no schema of the user's: in `node_modules`, or a generated client's."""
    name = os.path.abspath(file)
    base = None if root is None else _root_above(name, os.path.abspath(root))
    if base is None or "\0" in name:
        return not _NEVER.isdisjoint(name.split(os.sep))
    return _is_copy(_Disk(base, None), name)


def is_prisma_next(text: str) -> bool:
    """Whether ``text`` opens with the `// use prisma-next` comment: another language."""
    return _PRISMA_NEXT.match(text) is not None


def read_text(path: Path) -> str:
    """The text of a schema file, a byte order mark and all line ends kept.

    Raises ``UnreadableSchema`` when it is missing, a folder or a device, larger than 64 MiB,
    not UTF-8, binary, or not permitted.
    """
    try:
        # Asked before opening: to open a named pipe would wait for ever.
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableSchema(path, "is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableSchema(path, "is not a regular file")
        with open(path, "rb") as handle:
            data = handle.read(MAX_SCHEMA_BYTES + 1)
    except FileNotFoundError:
        raise UnreadableSchema(path, "does not exist") from None
    except PermissionError:
        raise UnreadableSchema(path, "cannot be read: permission denied") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UnreadableSchema(path, f"cannot be read: {reason}") from None
    if len(data) > MAX_SCHEMA_BYTES:
        raise UnreadableSchema(path, f"is larger than {MAX_SCHEMA_BYTES >> 20} MiB")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableSchema(path, "is UTF-16, Prisma reads only UTF-8")
    if b"\0" in data:
        raise UnreadableSchema(path, "is binary, not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableSchema(path, f"is not UTF-8 (first wrong byte on line {line})") from None


class _Facts(NamedTuple):
    datasource: bool = False
    outputs: tuple[str, ...] = ()
    next: bool = False


class _Config(NamedTuple):
    """What one config file says, paths absolute."""

    file: str
    root: str
    schema: str | None
    schema_stated: bool
    migrations: str | None = None
    migrations_stated: bool = False
    script: bool = False


class _Disk:
    """One look at the file system below ``root``; remembers what it read, so it is short-lived."""

    __slots__ = ("_configs", "_facts", "_lists", "overlay", "real", "root")

    def __init__(self, root: str, overlay: Mapping[Path, str] | None) -> None:
        self.root = root
        self.real = os.path.realpath(root)
        self.overlay = {os.path.abspath(path): text for path, text in (overlay or {}).items()}
        self._configs: dict[str, list[_Config]] = {}
        self._facts: dict[str, _Facts] = {}
        self._lists: dict[str, tuple[list[os.DirEntry[str]], frozenset[str]]] = {}

    def allows(self, path: str) -> bool:
        """Whether ``path``, links resolved, is inside the root."""
        return _within(path, self.root) and _within(os.path.realpath(path), self.real)

    def is_folder(self, path: str) -> bool:
        return os.path.isdir(path) and self.allows(path)

    def is_package(self, folder: str) -> bool:
        return any(os.path.lexists(os.path.join(folder, mark)) for mark in ("package.json", ".git"))

    def is_client(self, folder: str) -> bool:
        """Whether ``folder`` holds a generated Prisma client, which comes with a schema copy."""
        names = self.names(folder)
        if "index-browser.js" in names or any("query_engine" in name for name in names):
            return True
        if "package.json" not in names:
            return False
        name = self.json(os.path.join(folder, "package.json")).get("name")
        return isinstance(name, str) and name.startswith((".prisma/client", "prisma-client-"))

    def text(self, path: str) -> str | None:
        """The open buffer or the file's text; None when it cannot be read."""
        if path in self.overlay:
            return self.overlay[path]
        try:
            return read_text(Path(path))
        except UnreadableSchema:
            return None

    def small(self, path: str) -> str | None:
        """The text of a config file, None when absent, outside, huge or not text."""
        try:
            if os.stat(path).st_size > _MAX_CONFIG_BYTES or not self.allows(path):
                return None
            return read_text(Path(path)).removeprefix("\ufeff")
        except (OSError, ValueError, UnreadableSchema):
            return None

    def json(self, path: str) -> Mapping[str, object]:
        text = self.small(path)
        if text is None:
            return {}
        import json

        try:
            data: object = json.loads(text)
        except (ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}

    def facts(self, path: str) -> _Facts:
        if path not in self._facts:
            self._facts[path] = _facts(self.text(path) or "")
        return self._facts[path]

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        return self._list(folder)[0]

    def names(self, folder: str) -> frozenset[str]:
        return self._list(folder)[1]

    def _list(self, folder: str) -> tuple[list[os.DirEntry[str]], frozenset[str]]:
        """The sub-folders and `.prisma` files of ``folder``, and all its names."""
        if folder not in self._lists:
            kept: list[os.DirEntry[str]] = []
            names: list[str] = []
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        names.append(entry.name)
                        if entry.name.endswith(".prisma") or _is_folder(entry):
                            kept.append(entry)
            except OSError:
                # Unreadable or vanished: there is nothing here for us.
                pass
            kept.sort(key=lambda entry: entry.name)
            self._lists[folder] = kept, frozenset(names)
        return self._lists[folder]

    def schemas_in(self, folder: str) -> tuple[str, ...]:
        """The `.prisma` files directly in ``folder``, disk and open buffers."""
        found = {
            entry.path
            for entry in self.entries(folder)
            if entry.name.endswith(".prisma") and self._is_file(entry)
        }
        found.update(
            path
            for path in self.overlay
            if path.endswith(".prisma") and os.path.dirname(path) == folder
        )
        return tuple(sorted(found))

    def _is_file(self, entry: os.DirEntry[str]) -> bool:
        try:
            if not entry.is_file():
                return False
        except OSError:
            return False
        return not entry.is_symlink() or self.allows(entry.path)

    def tree(self, folder: str, *, nearby: bool) -> tuple[str, ...] | None:
        """The `.prisma` files in and below ``folder``.

        ``nearby``: without what a folder lends only when a config says so (nested packages,
        hidden, generated and test folders); None when there are too many folders to tell.
        """

        def skipped(entry: os.DirEntry[str]) -> bool:
            name = entry.name
            if nearby and (name in _NOT_NEARBY or name[0] == "." or self.is_package(entry.path)):
                return True
            return name in _NEVER

        limit = _MAX_FOLDERS_NEARBY if nearby else _MAX_FOLDERS
        folders: list[str] = []
        for found in self._walk(folder, skipped):
            if len(folders) == limit:
                return None if nearby else self._schemas_of(folders)
            folders.append(found)
        return self._schemas_of(folders)

    def search(self, folder: str) -> tuple[str, ...]:
        """Every `.prisma` file below ``folder`` that may be a user's."""

        def skipped(entry: os.DirEntry[str]) -> bool:
            return entry.name in _NEVER or entry.name in _NOT_SEARCHED or entry.name[0] == "."

        folders: list[str] = []
        for found in self._walk(folder, skipped):
            if len(folders) == _MAX_FOLDERS:
                break
            folders.append(found)
        return self._schemas_of(folders)

    def _walk(self, folder: str, skipped: Callable[[os.DirEntry[str]], bool]) -> Iterator[str]:
        """``folder`` and the folders below it, each real folder once, links last."""
        seen: set[str] = set()
        todo = [(folder, os.path.realpath(folder), 0)]
        links: list[tuple[str, str, int]] = []
        while todo or links:
            # Links last, so that a folder is known by its own name where it has one here.
            path, real, depth = todo.pop() if todo else links.pop()
            if real in seen or not _within(real, self.real):
                continue
            seen.add(real)
            # Below, a client is a copy; but the folder that was asked for is meant.
            if depth and self.is_client(path):
                continue
            yield path
            if depth == _MAX_DEPTH:
                continue
            for entry in reversed(self.entries(path)):
                if not _is_folder(entry) or skipped(entry):
                    continue
                if entry.is_symlink():
                    links.append((entry.path, os.path.realpath(entry.path), depth + 1))
                else:
                    todo.append((entry.path, os.path.join(real, entry.name), depth + 1))

    def _schemas_of(self, folders: list[str]) -> tuple[str, ...]:
        """The schemas directly in ``folders``: one path per real file, no Prisma Next, nothing
        that a generator of theirs writes."""
        paths = [path for folder in folders for path in self.schemas_in(folder)]
        paths.sort(key=lambda path: (os.path.islink(path), path))
        found: dict[str, str] = {}
        for path in paths:
            found.setdefault(os.path.realpath(path), path)
        outputs = {
            output
            for path in found.values()
            for output in self._outputs(path)
            # A generator that writes into the schema's own folder does not own the schema.
            if not _within(path, output)
        }
        return tuple(
            sorted(
                path
                for path in found.values()
                if not self.facts(path).next
                and not any(_within(path, output) for output in outputs)
            )
        )

    def _outputs(self, path: str) -> Iterator[str]:
        for output in self.facts(path).outputs:
            yield os.path.normpath(os.path.join(os.path.dirname(path), output))

    def files_at(self, schema: str) -> tuple[str, ...]:
        """The files that Prisma takes for the path ``schema``; none when outside the root."""
        if not self.allows(schema):
            return ()
        if os.path.isdir(schema):
            return self.tree(schema, nearby=False) or ()
        if (os.path.isfile(schema) or schema in self.overlay) and not self.facts(schema).next:
            return (schema,)
        return ()

    def configs(self, folder: str) -> list[_Config]:
        """What the config files in ``folder`` say, the strongest first."""
        if folder not in self._configs:
            self._configs[folder] = list(self._read_configs(folder))
        return self._configs[folder]

    def _read_configs(self, folder: str) -> Iterator[_Config]:
        for name in _CONFIGS:
            path = os.path.join(folder, name)
            text = self.small(path)
            if text is None:
                continue
            from prisma_lsp.prisma_config import read_config

            base = os.path.dirname(path)
            said = read_config(text, base)
            yield _Config(
                path,
                folder,
                _resolved(base, said.schema),
                said.schema_stated,
                _resolved(base, said.migrations),
                said.migrations_stated,
            )
        path = os.path.join(folder, "package.json")
        if not os.path.lexists(path):
            return
        data = self.json(path)
        prisma = data.get("prisma")
        schema = prisma.get("schema") if isinstance(prisma, dict) else None
        if isinstance(schema, str) and schema:
            yield _Config(path, folder, _resolved(folder, schema), True)
        scripts = data.get("scripts")
        # A workspace without a config passes the path by hand; its scripts then say where it is.
        said_by_scripts = {
            next(filter(None, match.groups()))
            for script in (scripts.values() if isinstance(scripts, dict) else ())
            if isinstance(script, str)
            for match in _SCHEMA_OPTION.finditer(script)
        }
        for script_schema in sorted(said_by_scripts):
            yield _Config(path, folder, _resolved(folder, script_schema), True, script=True)


def _is_copy(disk: _Disk, file: str) -> bool:
    folder = os.path.dirname(file)
    if not _NEVER.isdisjoint(folder[len(disk.root) :].split(os.sep)):
        return True
    return disk.is_client(folder)


def _project_of(file: str, disk: _Disk) -> Project:
    if _is_copy(disk, file) or disk.facts(file).next:
        return _alone(file)
    claimed: set[str] = set()
    unread: _Config | None = None
    for folder in _upwards(os.path.dirname(file), disk.root):
        for config in disk.configs(folder):
            if config.schema is None:
                unread = unread or config
                continue
            files = disk.files_at(config.schema)
            if file in files:
                return _configured(disk, config, files)
            claimed.update(files)
    return _nearby(disk, file, claimed, unread)


def _configured(disk: _Disk, config: _Config, files: tuple[str, ...]) -> Project:
    schema = config.schema or files[0]
    if config.migrations_stated:
        stated = config.migrations
        migrations = stated if stated and disk.is_folder(stated) else None
    else:
        migrations = _migrations_beside(disk, schema, files)
        if config.script and len(files) == 1 and os.path.basename(files[0]) != "schema.prisma":
            # Several schemas that scripts name side by side may share one folder of migrations, and
            # what another one's make says nothing about this one.
            beside = disk.schemas_in(os.path.dirname(files[0]))
            if any(disk.facts(path).datasource for path in beside if path != files[0]):
                migrations = None
    return _make(config.root, schema, files, config.file, migrations)


def _nearby(disk: _Disk, file: str, claimed: set[str], unread: _Config | None) -> Project:
    """The project of a file that no config names; ``claimed`` are the files of other projects."""
    area = _area(disk, file)
    found = disk.schemas_in(area) if disk.is_package(area) else disk.tree(area, nearby=True)
    if found is None:
        area = os.path.dirname(file)
        found = disk.schemas_in(area)
    files = {path for path in found if path not in claimed and not disk.facts(path).next}
    if file not in files:
        if os.path.lexists(file):
            # Left out for a reason: a generator's output, or another name of a file that is in.
            return _alone(file)
        files.add(file)
    heads = {path for path in files if disk.facts(path).datasource}
    owners = _owners(files, area, heads)
    owner = owners[file]
    members = tuple(sorted(path for path in files if owners[path] == owner))
    schema = members[0] if len(members) == 1 else os.path.commonpath(members)
    root = next(filter(disk.is_package, _upwards(area, disk.root)), disk.root)

    # A config whose schema cannot be read may mean anything in its package; one that names none
    # means Prisma's default place.
    if unread is not None and not (
        root == unread.root if unread.schema_stated else _is_default(unread, owner)
    ):
        unread = None
    migrations: str | None = None
    if owner in heads:
        beside = [head for head in heads if os.path.dirname(head) == os.path.dirname(owner)]
        # Of several schemas in one folder, `migrate` without options serves `schema.prisma`;
        # another's migrations would pass its old tables off as new.
        if len(beside) == 1 or os.path.basename(owner) == "schema.prisma":
            migrations = _migrations_beside(disk, schema, members)
            if unread is not None and unread.migrations_stated:
                stated = unread.migrations
                migrations = stated if stated and disk.is_folder(stated) else None
    return _make(root, schema, members, None if unread is None else unread.file, migrations)


def _area(disk: _Disk, file: str) -> str:
    """The outermost folder whose files may be of one schema with ``file``.

    The official server goes up while the parent folder holds `.prisma` files; this also steps
    over a folder without any (`prisma/models/shop/`) and takes folders named for it, but does
    not leave a package, nor a folder of tests or generated code.
    """
    folder = area = os.path.dirname(file)
    while folder != disk.root:
        name = os.path.basename(folder)
        parent = os.path.dirname(folder)
        if name in _NOT_NEARBY or name[0] == ".":
            break
        if disk.is_package(folder) or disk.is_package(parent):
            break
        if os.path.basename(parent) in _SCHEMA_FOLDERS or disk.schemas_in(parent):
            area = parent
        folder = parent
    return area


def _owners(files: set[str], area: str, heads: set[str]) -> dict[str, str]:
    """What makes each file part of a schema: two files are together when theirs are equal.

    The datasource file; else, where none is in reach, the outermost folder without a choice;
    else, where several are, the file itself.
    """
    inside: dict[str, list[str]] = {}
    direct: dict[str, list[str]] = {}
    for head in sorted(heads):
        direct.setdefault(os.path.dirname(head), []).append(head)
        for folder in _upwards(os.path.dirname(head), area):
            inside.setdefault(folder, []).append(head)

    def owner(path: str) -> str:
        if path in heads:
            return path
        own = below = os.path.dirname(path)
        for folder in _upwards(own, area):
            if folder in inside:
                for choice in (direct.get(folder, []), inside[folder]):
                    if len(choice) == 1:
                        return choice[0]
                return path if folder == own else below
            below = folder
        return area

    return {path: owner(path) for path in files}


def _projects(disk: _Disk, files: tuple[str, ...]) -> list[Project]:
    """The projects of ``files``, each once; `schema.prisma`'s first, as Prisma prefers it."""
    found: dict[Project, None] = {}
    done: set[Path] = set()
    by_depth = sorted(files, key=lambda path: (os.path.basename(path) != "schema.prisma", path))
    for path in by_depth:
        if Path(path) not in done and not disk.is_client(os.path.dirname(path)):
            project = _project_of(path, disk)
            done.update(project.files)
            found[project] = None
    return list(found)


def _migrations_beside(disk: _Disk, schema: str, files: tuple[str, ...]) -> str | None:
    """Prisma's default: beside the datasource; older versions: beside the schema folder."""
    heads = [path for path in files if disk.facts(path).datasource]
    folders = [os.path.dirname(head) for head in heads[:1]]
    if schema not in files:
        folders.append(schema)
    folders.append(os.path.dirname(schema))
    for folder in folders:
        path = os.path.join(folder, "migrations")
        if disk.is_folder(path):
            return path
    return None


def _is_default(config: _Config, schema: str) -> bool:
    """Whether ``schema`` is what Prisma takes when ``config`` names none."""
    defaults = (("schema.prisma",), ("prisma", "schema.prisma"))
    return any(schema == os.path.join(config.root, *default) for default in defaults)


def _facts(text: str) -> _Facts:
    outputs: list[str] = []
    kind = ""
    datasource = False
    for part in _config_parts(text):
        for match in _BLOCK.finditer(part):
            if match["kind"]:
                kind = match["kind"]
                datasource = datasource or kind == "datasource"
            elif match["output"] and kind == "generator":
                outputs.append(match["output"])
    return _Facts(datasource, tuple(outputs), is_prisma_next(text))


def _config_parts(text: str) -> Iterator[str]:
    """The parts of a schema that can hold datasources and generators.

    Reading all of a big file takes long, and only block comments make it necessary.
    """
    if "/*" in text:
        if "datasource" in text or "generator" in text:
            yield text
        return
    for word in ("datasource", "generator"):
        at = text.find(word)
        while at >= 0:
            start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
            if not text[start:at].strip(" \t\ufeff"):
                end = text.find("}", at)
                yield text[start : end if end >= 0 else len(text)]
            at = text.find(word, at + len(word))


def _make(
    root: str, schema: str, files: tuple[str, ...], config: str | None, migrations: str | None
) -> Project:
    return Project(
        Path(root),
        Path(schema),
        tuple(map(Path, files)),
        None if config is None else Path(config),
        None if migrations is None else Path(migrations),
    )


def _alone(file: str) -> Project:
    return _make(os.path.dirname(file), file, (file,), None, None)


def _resolved(folder: str, path: str | None) -> str | None:
    if not path or "\0" in path:
        return None
    return os.path.normpath(os.path.join(folder, path))


def _root_above(file: str, root: str) -> str | None:
    """``root`` spelled as a prefix of ``file``; None when the file is not inside it."""
    if _within(file, root):
        return root
    # The client may name the root by a link and the file without it (macOS: /tmp, /private/tmp).
    real = os.path.realpath(root)
    for folder in _upwards(os.path.dirname(file), None):
        if os.path.basename(folder) and os.path.realpath(folder) == real:
            return folder
    return None


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def _upwards(folder: str, last: str | None) -> Iterator[str]:
    """``folder`` and the folders above it, up to and with ``last`` or the file system's root."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if folder == last or parent == folder:
            return
        folder = parent


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
