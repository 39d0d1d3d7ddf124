"""Which Prisma a schema is for, read from what a repository holds."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from effort import grows

from prisma_lsp import installed
from prisma_lsp.installed import prisma_version
from prisma_lsp.lint.context import Environment
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.versions import Version
from prisma_lsp.settings import Settings
from prisma_lsp.workspace import Workspace

NPM = """{
  "name": "shop",
  "lockfileVersion": 3,
  "packages": {
    "": {"devDependencies": {"prisma": "^6.2.0"}},
    "node_modules/@prisma/client": {
      "version": "6.3.1",
      "resolved": "x"
    },
    "node_modules/other/node_modules/prisma": {
      "version": "4.0.0"
    },
    "node_modules/prisma": {
      "version": "6.3.1"
    },
    "packages/old/node_modules/prisma": {
      "version": "5.22.0"
    }
  }
}
"""
NPM_OLD = """{
  "lockfileVersion": 1,
  "dependencies": {
    "prisma": {
      "version": "5.9.1",
      "requires": {"@prisma/engines": "5.9.1"}
    }
  }
}
"""
PNPM = """lockfileVersion: '9.0'

importers:

  .:
    devDependencies:
      typescript:
        specifier: ^5.0.0
        version: 5.7.2

  packages/db:
    dependencies:
      '@prisma/client':
        specifier: ^7.1.0
        version: 7.2.0(prisma@7.2.0(typescript@5.7.2))(typescript@5.7.2)
    devDependencies:
      prisma:
        specifier: ^7.1.0
        version: 7.2.0(typescript@5.7.2)

  packages/old:
    devDependencies:
      prisma:
        specifier: 5.22.0
        version: 5.22.0

packages:

  prisma@1.0.0:
    resolution: {integrity: x}
"""
PNPM_OLD = """lockfileVersion: 5.4

specifiers:
  '@prisma/client': ^4.8.0
  prisma: ^4.8.0

dependencies:
  '@prisma/client': 4.8.1_prisma@4.8.1

devDependencies:
  prisma: 4.8.1
"""
PNPM_6 = """lockfileVersion: '6.0'

dependencies:
  '@prisma/client':
    specifier: ^5.1.0
    version: 5.6.0(prisma@5.6.0)

packages:
"""
YARN = """# yarn lockfile v1


"@prisma/client@^6.0.0", "@prisma/client@^6.1.0":
  version "6.5.0"
  resolved "x"

prisma-extra@^1.0.0:
  version "1.0.0"

prisma@^6.0.0:
  version "6.5.0"
"""
BERRY = """__metadata:
  version: 8

"prisma@npm:^6.0.0, prisma@npm:^6.5.0":
  version: 6.16.2
  resolution: "prisma@npm:6.16.2"
"""
BUN = """{
  "lockfileVersion": 1,
  "workspaces": {"": {"dependencies": {"prisma": "^6.1.0"}}},
  "packages": {
    "@prisma/client": ["@prisma/client@6.7.0", "", {}, "sha512-x"],
    "prisma": ["prisma@6.7.0", "", { "dependencies": {} }, "sha512-x"],
  }
}
"""


@pytest.mark.parametrize(
    ("name", "text", "folder", "version"),
    [
        ("package-lock.json", NPM, ".", Version(6, 3)),
        ("npm-shrinkwrap.json", NPM, ".", Version(6, 3)),
        ("package-lock.json", NPM, "packages/old/prisma", Version(5, 22)),
        ("package-lock.json", NPM, "packages/new", Version(6, 3)),
        ("package-lock.json", NPM_OLD, "prisma", Version(5, 9)),
        ("package-lock.json", NPM.replace("\n", "\r\n"), ".", Version(6, 3)),
        ("pnpm-lock.yaml", PNPM, "packages/db/prisma", Version(7, 2)),
        ("pnpm-lock.yaml", PNPM.replace("\n", "\r\n"), "packages/db", Version(7, 2)),
        ("pnpm-lock.yaml", PNPM, "packages/old", Version(5, 22)),
        # Another importer, and two that disagree.
        ("pnpm-lock.yaml", PNPM, "packages/web", None),
        ("pnpm-lock.yaml", PNPM_OLD, ".", Version(4, 8)),
        ("pnpm-lock.yaml", PNPM_6, ".", Version(5, 6)),
        ("yarn.lock", YARN, "packages/db", Version(6, 5)),
        ("yarn.lock", YARN + 'prisma@^5.0.0:\n  version "5.1.0"\n', ".", None),
        ("yarn.lock", BERRY, ".", Version(6, 16)),
        ("bun.lock", BUN, "prisma", Version(6, 7)),
        ("bun.lock", "", ".", None),
        ("package-lock.json", '{"packages": {"node_modules/prisma": {"version": 6}}}', ".", None),
        ("package-lock.json", '{"packages": {"node_modules/prisma": {"version": "x.y"}}}', ".", None),
        ("pnpm-lock.yaml", "importers:\n  .:\n    prisma:\n      version: link:../x\n", ".", None),
        ("yarn.lock", "prisma@", ".", None),
    ],
)
def test_locks(tmp_path: Path, name: str, text: str, folder: str, version: Version | None) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(text.encode())
    assert prisma_version([tmp_path / folder], tmp_path) == version


def test_what_is_installed_comes_before_the_lock_and_that_before_the_range(tmp_path: Path) -> None:
    package(tmp_path, {"devDependencies": {"prisma": "^6.1.0"}})
    assert prisma_version([tmp_path], tmp_path) == Version(6, 1, or_later=True)
    (tmp_path / "yarn.lock").write_text(YARN)
    assert prisma_version([tmp_path], tmp_path) == Version(6, 5)
    package(tmp_path / "node_modules/prisma", {"version": "6.8.0"})
    assert prisma_version([tmp_path], tmp_path) == Version(6, 8)
    nearer = tmp_path / "packages/db"
    package(nearer / "node_modules/@prisma/client", {"version": "7.0.0-dev.2"})
    assert prisma_version([nearer / "prisma"], tmp_path) == Version(7, 0)


def test_two_locks_that_disagree_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "yarn.lock").write_text(YARN)
    (tmp_path / "bun.lock").write_text(BUN)
    assert prisma_version([tmp_path], tmp_path) is None


def test_pnpm_links_inside_the_repository(tmp_path: Path) -> None:
    store = tmp_path / "node_modules/.pnpm/prisma@6.4.0/node_modules/prisma"
    package(store, {"version": "6.4.0"})
    modules = tmp_path / "packages/db/node_modules"
    modules.mkdir(parents=True)
    (modules / "prisma").symlink_to(store)
    assert prisma_version([tmp_path / "packages/db"], tmp_path) == Version(6, 4)
    package(tmp_path / "node_modules/.pnpm/node_modules/@prisma/client", {"version": "6.4.1"})
    assert prisma_version([tmp_path / "packages/web"], tmp_path) == Version(6, 4)


def test_nothing_outside_the_repository_is_read(tmp_path: Path) -> None:
    package(tmp_path / "node_modules/prisma", {"version": "6.4.0"})
    (tmp_path / "yarn.lock").write_text(YARN)
    package(tmp_path, {"devDependencies": {"prisma": "6.1.0"}})
    root = tmp_path / "repository"
    (root / "node_modules").mkdir(parents=True)
    assert prisma_version([root], root) is None
    assert prisma_version([tmp_path], root) is None
    (root / "node_modules/prisma").symlink_to(tmp_path / "node_modules/prisma")
    (root / "yarn.lock").symlink_to(tmp_path / "yarn.lock")
    (root / "package.json").symlink_to(tmp_path / "package.json")
    assert prisma_version([root], root) is None


@pytest.mark.parametrize(
    ("asked", "version"),
    [
        ("^6.2.0", Version(6, 2, or_later=True)),
        ("~6.2.0", Version(6, 2)),
        ("6.2.0", Version(6, 2)),
        ("=6.2.0", Version(6, 2)),
        ("v6.2.1", Version(6, 2)),
        ("^6", Version(6, 0, or_later=True)),
        ("6.x", Version(6, 0, or_later=True)),
        ("6.2.x", Version(6, 2)),
        ("^7.0.0-dev.1", Version(7, 0, or_later=True)),
        *(
            (spec, None)
            for spec in (
                "latest", "*", "", ">=6.2.0", ">=6 <8", "^6.0.0 || ^7.0.0", "workspace:*", "catalog:",
                "git+https://example.com/prisma.git#6.2.0", "file:../prisma", "npm:other@6.2.0",
                "1.34.0", "x" * 10_000, "^" * 10_000, "99999.1.1",
            )
        ),
    ],
)  # fmt: skip
def test_ranges(tmp_path: Path, asked: str, version: Version | None) -> None:
    package(tmp_path, {"dependencies": {"@prisma/client": asked}})
    assert prisma_version([tmp_path], tmp_path) == version


def test_what_a_library_tolerates_is_not_what_is_installed(tmp_path: Path) -> None:
    package(tmp_path, {"peerDependencies": {"prisma": "^5.0.0"}})
    assert prisma_version([tmp_path], tmp_path) is None


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 100, b"[]", b"null", b'"prisma"', b'{"version": ["6.2.0"]}', b"\xff\xfe{\0}\0",
        b'{"version": "0.0.0", "name": "prisma"}', b'{"version": {"prisma": "6.2.0"}}',
        b"[" * 200_000, b'{"version": "6.2.0"' + b" " * 2_000_000 + b"}",
        b'{"devDependencies": ["prisma"]}', b'{"devDependencies": {"prisma": 6}}',
    ],
)  # fmt: skip
def test_hostile_files_say_nothing(tmp_path: Path, data: bytes) -> None:
    names = ["package.json", "node_modules/prisma/package.json", *installed._LOCKS]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert prisma_version([tmp_path], tmp_path) is None


def test_folders_and_pipes_are_no_files(tmp_path: Path) -> None:
    for name in installed._LOCKS:
        os.mkfifo(tmp_path / name)
    (tmp_path / "package.json").mkdir()
    (tmp_path / "node_modules/prisma").mkdir(parents=True)
    os.mkfifo(tmp_path / "node_modules/prisma/package.json")
    (tmp_path / "node_modules/@prisma").symlink_to(tmp_path / "node_modules/@prisma")
    assert prisma_version([tmp_path, Path("relative"), tmp_path / "a\0b"], tmp_path) is None


# What may be read again and again where it is repeated.
HOSTILE = [
    '"', '"/', '"prisma"', '"node_modules/prisma": {', "prisma:\n", "  prisma:\n      specifier: 1\n",
    "prisma@,", '["prisma@', "\n  'prisma", '"a/node_modules/prisma":', "\nprisma@x:\n",
]  # fmt: skip


def hostile(folder: Path, text: str) -> None:
    for name in installed._LOCKS:
        (folder / name).write_text("importers:\n  prisma" + text)
    installed._lock.cache_clear()
    assert prisma_version([folder], folder) is None


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_lock_is_twice_the_work(tmp_path: Path, piece: str) -> None:
    assert grows(lambda text: hostile(tmp_path, text), piece, 20_000) < 2.5


def test_a_new_version_checks_everything_again(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    schema = tmp_path / "schema.prisma"
    text = 'datasource db {\n  provider = "sqlite"\n  url = "file:x"\n}\n'
    schema.write_text(text)
    workspace = Workspace()
    workspace.folders = [tmp_path]
    workspace.open(os.fspath(schema), text)
    session = workspace.sessions[0]
    assert session.linter.environment.prisma_version is None
    package(tmp_path, {"devDependencies": {"prisma": "^7.0.0"}})
    assert workspace.disk_changed([os.fspath(tmp_path / "package.json")])
    assert session.linter.environment.prisma_version == Version(7, 0, or_later=True)
    session.linter.work()
    block = session.schema.files[os.fspath(schema)].blocks[0]
    assert "unknown-property" in {finding.rule for finding in session.linter.findings(block)}
    assert not workspace.disk_changed([os.fspath(tmp_path / "package.json")])
    (tmp_path / "yarn.lock").write_text(YARN)
    assert workspace.disk_changed([os.fspath(tmp_path / "yarn.lock")])
    assert session.linter.environment.prisma_version == Version(6, 5)


def test_versions() -> None:
    exact, some = Version(6, 2), Version(6, 2, or_later=True)
    assert exact.before((6, 3)) and not exact.before((6, 2)) and exact.since((6, 2))
    assert some.before((7, 0)) and not some.before((6, 13)) and not some.since((6, 13))
    assert some != exact
    environment = Environment(Settings(), Migrations.none(), None, exact)
    assert str(environment.prisma_version) == "Prisma 6.2" and str(some) == "Prisma 6"


def package(folder: Path, data: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps(data))
