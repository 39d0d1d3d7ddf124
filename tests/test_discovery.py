"""Which files make one schema: folders of real shapes, and hostile ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from prisma_lsp import discovery
from prisma_lsp.discovery import (
    Project,
    UnreadableSchema,
    find_projects,
    is_copy,
    is_prisma_next,
    project_of,
    read_text,
    root_of,
)
from prisma_lsp.prisma_config import read_config

HEAD = 'datasource db {\n  provider = "postgresql"\n}\n'
PART = "model A {\n  id Int @id\n}\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def names(project: Project, root: Path) -> list[str]:
    return [file.relative_to(root).as_posix() for file in project.files]


def groups(root: Path, files: dict[str, str]) -> set[tuple[str, ...]]:
    """The groups of all files, asked one by one: a partition shows that the answers agree."""
    write(root, files)
    found = set()
    for name in files:
        if name.endswith(".prisma"):
            group = tuple(names(project_of(root / name, root), root))
            assert name in group
            found.add(group)
    return found


# --- without any config ---


def test_a_single_file(tmp_path: Path) -> None:
    write(tmp_path, {"package.json": "{}", "prisma/schema.prisma": HEAD})
    (tmp_path / "prisma/migrations").mkdir()
    file = tmp_path / "prisma/schema.prisma"
    assert project_of(file, tmp_path) == Project(
        tmp_path, file, (file,), None, tmp_path / "prisma/migrations"
    )


def test_a_folder_with_sub_folders_is_one_schema_from_every_file(tmp_path: Path) -> None:
    files = {
        "prisma/schema/schema.prisma": HEAD,
        "prisma/schema/user.prisma": PART,
        "prisma/schema/shop/deep/order.prisma": PART,
    }
    assert groups(tmp_path, files) == {tuple(sorted(files))}
    assert project_of(tmp_path / "prisma/schema/user.prisma", tmp_path).schema == (
        tmp_path / "prisma/schema"
    )


def test_several_datasources_in_one_folder_stay_apart(tmp_path: Path) -> None:
    files = {
        "prisma/schema.prisma": HEAD,
        "prisma/schema-tenant.prisma": HEAD,
        "prisma/schema-tenant.snippet.prisma": PART,
        "prisma/migrations/1/migration.sql": "",
    }
    assert groups(tmp_path, files) == {(name,) for name in files if name.endswith(".prisma")}
    # The migrations are `schema.prisma`'s; for the others nobody can say.
    assert project_of(tmp_path / "prisma/schema.prisma", tmp_path).migrations
    assert project_of(tmp_path / "prisma/schema-tenant.prisma", tmp_path).migrations is None
    assert project_of(tmp_path / "prisma/schema-tenant.snippet.prisma", tmp_path).migrations is None


def test_each_sub_folder_with_a_datasource_is_its_own(tmp_path: Path) -> None:
    assert groups(
        tmp_path,
        {
            "prisma/schema.prisma": HEAD,
            "prisma/models/a.prisma": PART,
            "prisma/legacy/schema.prisma": HEAD,
            "prisma/legacy/models/b.prisma": PART,
        },
    ) == {
        ("prisma/models/a.prisma", "prisma/schema.prisma"),
        ("prisma/legacy/models/b.prisma", "prisma/legacy/schema.prisma"),
    }


def test_datasource_beside_the_models_folder(tmp_path: Path) -> None:
    assert groups(
        tmp_path,
        {
            "prisma/master/base/ds.prisma": HEAD,
            "prisma/master/models/a.prisma": PART,
            "prisma/tenant/base/ds.prisma": HEAD,
            "prisma/tenant/models/a.prisma": PART,
        },
    ) == {
        ("prisma/master/base/ds.prisma", "prisma/master/models/a.prisma"),
        ("prisma/tenant/base/ds.prisma", "prisma/tenant/models/a.prisma"),
    }


def test_a_package_folder_lends_only_its_own_files(tmp_path: Path) -> None:
    assert groups(
        tmp_path,
        {
            "package.json": "{}",
            "schema.prisma": HEAD,
            "user.prisma": PART,
            "src/lint/fixture.prisma": PART,
            "packages/db/package.json": "{}",
            "packages/db/prisma/schema.prisma": HEAD,
            "packages/db/prisma/__tests__/x.prisma": PART,
        },
    ) == {
        ("schema.prisma", "user.prisma"),
        ("src/lint/fixture.prisma",),
        ("packages/db/prisma/schema.prisma",),
        ("packages/db/prisma/__tests__/x.prisma",),
    }
    project = project_of(tmp_path / "packages/db/prisma/schema.prisma", tmp_path)
    assert project.root == tmp_path / "packages/db"


def test_files_without_any_datasource_are_together(tmp_path: Path) -> None:
    assert groups(tmp_path, {"x/a.prisma": PART, "x/b.prisma": PART}) == {
        ("x/a.prisma", "x/b.prisma")
    }


@pytest.mark.parametrize(
    "text",
    [
        "// datasource db {\n",
        "/*\ndatasource db {\n}\n*/\n",
        'model A {\n  a String @default("\\"datasource db {")\n}\n',
        "/* never closed\ndatasource db {\n",
        "model datasource {\n}\n",
    ],
)
def test_a_datasource_in_a_comment_or_string_is_none(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"p/schema.prisma": HEAD, "p/a.prisma": text})
    assert len(project_of(tmp_path / "p/a.prisma", tmp_path).files) == 2


def test_datasource_after_a_byte_order_mark_and_with_lone_cr(tmp_path: Path) -> None:
    assert groups(
        tmp_path, {"a.prisma": "\ufeff" + HEAD, "b.prisma": "// x\r" + HEAD.replace("\n", "\r")}
    ) == {("a.prisma",), ("b.prisma",)}


def test_without_a_workspace_the_file_is_alone(tmp_path: Path) -> None:
    write(tmp_path, {"p/schema.prisma": HEAD, "p/a.prisma": PART, "p/migrations/1/x": ""})
    file = tmp_path / "p/a.prisma"
    assert project_of(file, None) == Project(tmp_path / "p", file, (file,))
    assert project_of(file, tmp_path / "other").files == (file,)
    # A folder whose name merely begins the same is not the root.
    assert project_of(file, tmp_path / "p/a").files == (file,)


def test_open_buffers_win_over_the_disk(tmp_path: Path) -> None:
    write(tmp_path, {"p/schema.prisma": HEAD, "p/a.prisma": PART})
    new = tmp_path / "p/new.prisma"
    overlay = {new: PART, tmp_path / "p/a.prisma": HEAD}
    # `a` now has a datasource of its own: nobody can say whose part `new` is.
    assert project_of(new, tmp_path, overlay=overlay).files == (new,)
    assert names(project_of(new, tmp_path, overlay={new: PART}), tmp_path) == [
        "p/a.prisma",
        "p/new.prisma",
        "p/schema.prisma",
    ]


def test_a_file_that_does_not_exist_yet(tmp_path: Path) -> None:
    new = tmp_path / "nowhere/new.prisma"
    assert project_of(new, tmp_path).files == (new,)
    assert project_of(Path("/x\0y/a.prisma"), Path("/")).files


# --- configs ---


def test_config_names_a_folder(tmp_path: Path) -> None:
    files = {
        "prisma.config.ts": "import { defineConfig } from 'prisma/config'\n"
        "export default defineConfig({ schema: 'db', migrations: { path: 'db/history' } })\n",
        "db/base/one.prisma": HEAD,
        "db/a/__fixtures__/two.prisma": PART,
        "db/history/1/migration.sql": "",
        "other.prisma": HEAD,
    }
    assert groups(tmp_path, files) == {
        ("db/a/__fixtures__/two.prisma", "db/base/one.prisma"),
        ("other.prisma",),
    }
    project = project_of(tmp_path / "db/base/one.prisma", tmp_path)
    assert project.config == tmp_path / "prisma.config.ts"
    assert project.root == tmp_path
    assert project.schema == tmp_path / "db"
    assert project.migrations == tmp_path / "db/history"


def test_config_names_a_file_and_the_files_beside_it_are_not_in(tmp_path: Path) -> None:
    assert groups(
        tmp_path,
        {
            "prisma.config.mjs": "export default { schema: `./prisma/schema.prisma` }",
            "prisma/schema.prisma": HEAD,
            "prisma/notes.prisma": PART,
        },
    ) == {("prisma/schema.prisma",), ("prisma/notes.prisma",)}


def test_config_in_dot_config_counts_from_there(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".config/prisma.ts": "export default { schema: '../db/main.prisma' }",
            "db/main.prisma": HEAD,
            "db/part.prisma": PART,
        },
    )
    project = project_of(tmp_path / "db/main.prisma", tmp_path)
    assert project.files == (tmp_path / "db/main.prisma",)
    assert project.root == tmp_path


def test_the_nearest_config_that_holds_the_file_decides(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": '{"prisma": {"schema": "packages/db/schema"}}',
            "packages/db/package.json": '{"name": "db"}',
            "packages/db/schema/a.prisma": PART,
            "packages/db/schema/b/main.prisma": HEAD,
        },
    )
    project = project_of(tmp_path / "packages/db/schema/a.prisma", tmp_path)
    assert len(project.files) == 2
    assert project.config == tmp_path / "package.json"


def test_scripts_say_where_the_schema_is(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": '{"scripts": {"a": "prisma db push --schema=./db && x",'
            ' "b": "prisma generate --schema \\"one.prisma\\""}}',
            "db/base/one.prisma": HEAD,
            "db/models/two.prisma": PART,
            "one.prisma": HEAD,
        },
    )
    assert len(project_of(tmp_path / "db/models/two.prisma", tmp_path).files) == 2
    assert project_of(tmp_path / "one.prisma", tmp_path).files == (tmp_path / "one.prisma",)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"prisma": 1}', '{"prisma": {"schema": 1}}', "[" * 100_000, '{"scripts": [1]}'],
)
def test_broken_package_json(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"package.json": text, "prisma/schema.prisma": HEAD})
    project = project_of(tmp_path / "prisma/schema.prisma", tmp_path)
    assert project.files == (tmp_path / "prisma/schema.prisma",)


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    root = tmp_path / "work"
    write(
        tmp_path,
        {
            "package.json": '{"prisma": {"schema": "work"}}',
            "outside/secret.prisma": PART,
            "work/prisma.config.ts": "export default { schema: '..', "
            "migrations: { path: '../outside' } }",
            "work/schema.prisma": HEAD,
        },
    )
    (root / "link.prisma").symlink_to(tmp_path / "outside/secret.prisma")
    (root / "links").symlink_to(tmp_path / "outside")
    project = project_of(root / "schema.prisma", root)
    assert project.files == (root / "schema.prisma",)
    assert project.migrations is None


def test_config_without_schema_still_says_where_migrations_are(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "prisma.config.ts": "export default { migrations: { path: './history' } }",
            "history/1/migration.sql": "",
            "prisma/schema.prisma": HEAD,
            "tools/x/schema.prisma": HEAD,
        },
    )
    project = project_of(tmp_path / "prisma/schema.prisma", tmp_path)
    assert project.migrations == tmp_path / "history"
    assert project_of(tmp_path / "tools/x/schema.prisma", tmp_path).migrations is None


DEFINE = "import {{ defineConfig }} from 'prisma/config';\nexport default defineConfig({{ {} }});"


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        (DEFINE.format("schema: 'prisma'"), "prisma"),
        (DEFINE.format('"schema" : "a\\\\b"'), "a\\b"),
        (DEFINE.format("schema: `prisma/x`"), "prisma/x"),
        (DEFINE.format("schema: `${dir}/x`"), None),
        (DEFINE.format("schema: path.join('a', \"b\", 'c.prisma'),"), "a/b/c.prisma"),
        (DEFINE.format("schema: join(__dirname, 'a', '..', 'b')"), "/r/b"),
        (DEFINE.format("schema: path.resolve(import.meta.dirname, 'a')"), "/r/a"),
        (DEFINE.format("schema: path.resolve('a')"), "/r/a"),
        (DEFINE.format("schema: path.join(process.cwd(), 'a')"), "/r/a"),
        (DEFINE.format("schema: path.join(base, 'a')"), None),
        (DEFINE.format("schema: process.env.SCHEMA ?? 'a'"), "a"),
        (DEFINE.format("schema: x ? 'a' : 'b'"), None),
        (DEFINE.format("schema: ('a' as string)"), "a"),
        (DEFINE.format("schema: 'a' + '/b'"), "a/b"),
        (DEFINE.format("// schema: 'no'\n schema: /* 'no' */ 'a', /* schema: 'no' */"), "a"),
        (DEFINE.format("views: { schema: 'no' }, schema: 'a'"), "a"),
        (DEFINE.format("views: { schema: 'no' }"), None),
        (DEFINE.format("seed() { return `${`}`}` }, re: /'\"{/, schema: 'a'"), "a"),
        ("const schema = 'a';\nexport default { schema }", "a"),
        ("const p: string = 'a';\nexport default { schema: p } satisfies PrismaConfig", "a"),
        ("const c: PrismaConfig = { schema: 'a' };\nexport default c;", "a"),
        ("const c = defineConfig({ schema: 'a' });\nmodule.exports = c", "a"),
        ("module.exports = { schema: 'a' }", "a"),
        (
            "const d = path.dirname(fileURLToPath(import.meta.url));\n"
            "export default { schema: path.join(d, 'a') }",
            "/r/a",
        ),
        ("const a = b; const b = a; export default { schema: a }", None),
        ("", None),
        ("export default", None),
        ("export default {", None),
        ("export default { schema:", None),
        ("export default { schema: 'a", None),
        ("export default { schema: `a", None),
        ("export default { schema: path.join('a'", "a"),
        ("export default { schema: " + "(" * 5_000, None),
        ("export default " + "{ schema: " * 5_000, None),
        ("/*" * 50_000, None),
        ("`${" * 50_000, None),
    ],
)
def test_the_schema_in_a_config(text: str, schema: str | None) -> None:
    assert read_config(text, "/r").schema == schema


def test_the_migrations_in_a_config() -> None:
    said = read_config(
        "export default { migrations: { seed: 'x', path: join('a', 'm') }, schema: f() }", "/r"
    )
    assert said.migrations == "a/m"
    assert (said.schema, said.schema_stated) == (None, True)


# --- copies and other languages ---


def test_generated_clients_and_node_modules_are_never_part(tmp_path: Path) -> None:
    head = 'generator client {\n  provider = "x"\n  output = "../src/db"\n}\n' + HEAD
    write(
        tmp_path,
        {
            "prisma/schema.prisma": head,
            "prisma/part.prisma": PART,
            "prisma/node_modules/p/x.prisma": PART,
            "prisma/generated/client/schema.prisma": PART,
            "prisma/client/schema.prisma": HEAD,
            "prisma/client/index.js": "",
            "prisma/client/package.json": '{"name": "prisma-client-0a1b"}',
            "prisma/out/schema.prisma": HEAD,
            "prisma/out/libquery_engine-debian.so.node": "",
            "src/db/schema.prisma": head,
            "node_modules/.prisma/client/schema.prisma": HEAD,
        },
    )
    expected = ["prisma/part.prisma", "prisma/schema.prisma"]
    assert names(project_of(tmp_path / "prisma/part.prisma", tmp_path), tmp_path) == expected
    write(tmp_path, {"package.json": '{"prisma": {"schema": "."}}'})
    (tmp_path / "prisma/generated/client/schema.prisma").unlink()
    assert names(project_of(tmp_path / "prisma/part.prisma", tmp_path), tmp_path) == expected

    copies = [
        "prisma/client/schema.prisma",
        "prisma/out/schema.prisma",
        "node_modules/.prisma/client/schema.prisma",
    ]
    for name in copies:
        assert is_copy(tmp_path / name, tmp_path)
        assert project_of(tmp_path / name, tmp_path).files == (tmp_path / name,)
    assert not is_copy(tmp_path / "prisma/schema.prisma", tmp_path)
    assert is_copy(Path("/x/node_modules/a/schema.prisma"), None)
    # A workspace that itself lies in a node_modules is the user's choice.
    inside = tmp_path / "prisma/node_modules/p"
    assert not is_copy(inside / "x.prisma", inside)


def test_a_generator_that_writes_beside_the_schema_does_not_hide_it(tmp_path: Path) -> None:
    head = 'generator erd {\n  provider = "x"\n  output = "."\n}\n' + HEAD
    assert groups(tmp_path, {"p/schema.prisma": head, "p/a.prisma": PART}) == {
        ("p/a.prisma", "p/schema.prisma")
    }


NEXT = "// use prisma-next\n"


def test_prisma_next_files_are_no_part_of_a_schema(tmp_path: Path) -> None:
    assert groups(
        tmp_path, {"p/schema.prisma": HEAD, "p/next.prisma": NEXT + HEAD, "p/a.prisma": PART}
    ) == {("p/a.prisma", "p/schema.prisma"), ("p/next.prisma",)}


# The cases of the official server's own test.
@pytest.mark.parametrize(
    "text",
    [
        "// use {}",
        "// use {}\n\nmodel User {{\n  id Int @id\n}}\n",
        "\n\t // use {}\r\n",
        "//use   {}   ",
        "// use {} additional comment text",
        "\ufeff// use {}",
        "// use {}\u2028",
    ],
)
@pytest.mark.parametrize("word", ["prisma-next", "prisma-8"])
def test_prisma_next(text: str, word: str) -> None:
    assert is_prisma_next(text.format(word))


@pytest.mark.parametrize(
    "text",
    [
        "// use prisma-next-extra",
        "// use prisma-80",
        "// use prisma-8.0",
        "// useprisma-next",
        "// Use prisma-next",
        "//\tuse prisma-next",
        "/* use prisma-next */",
        "// another comment\n// use prisma-next",
        "model User {}\n// use prisma-next",
        "\x1c// use prisma-next",
        "",
        "// use prisma-7",
    ],
)
def test_not_prisma_next(text: str) -> None:
    assert not is_prisma_next(text)


# --- hostile file systems ---


def test_symlink_cycles_and_second_names(tmp_path: Path) -> None:
    write(tmp_path, {"p/schema.prisma": HEAD, "p/sub/a.prisma": PART})
    (tmp_path / "p/sub/loop").symlink_to(tmp_path / "p")
    (tmp_path / "p/alias").symlink_to(tmp_path / "p/sub")
    (tmp_path / "p/again.prisma").symlink_to(tmp_path / "p/schema.prisma")
    (tmp_path / "p/gone.prisma").symlink_to(tmp_path / "p/nothing")
    (tmp_path / "p/self").symlink_to(tmp_path / "p/self")
    project = project_of(tmp_path / "p/schema.prisma", tmp_path)
    assert names(project, tmp_path) == ["p/schema.prisma", "p/sub/a.prisma"]
    assert [found.files for found in find_projects(tmp_path)] == [project.files]


def test_the_root_by_its_other_name(tmp_path: Path) -> None:
    write(tmp_path, {"real/p/schema.prisma": HEAD, "real/p/a.prisma": PART})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    project = project_of(tmp_path / "real/p/a.prisma", tmp_path / "link")
    assert names(project, tmp_path) == ["real/p/a.prisma", "real/p/schema.prisma"]


def test_folders_pipes_and_binaries_named_like_schemas(tmp_path: Path) -> None:
    write(tmp_path, {"p/schema.prisma": HEAD, "p/dir.prisma/inner.prisma": PART})
    os.mkfifo(tmp_path / "p/pipe.prisma")
    (tmp_path / "p/binary.prisma").write_bytes(b"\x00\xff" * 100)
    project = project_of(tmp_path / "p/schema.prisma", tmp_path)
    assert names(project, tmp_path) == [
        "p/binary.prisma",
        "p/dir.prisma/inner.prisma",
        "p/schema.prisma",
    ]


def test_folders_that_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"p/schema.prisma": HEAD, "p/closed/a.prisma": PART})
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert names(project_of(tmp_path / "p/schema.prisma", tmp_path), tmp_path) == [
        "p/schema.prisma"
    ]


def test_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.prisma"
    path.write_bytes("\ufeffä\r\nb\rc\u2028".encode())
    assert read_text(path) == "\ufeffä\r\nb\rc\u2028"

    def reason(path: Path) -> str:
        with pytest.raises(UnreadableSchema) as caught:
            read_text(path)
        assert caught.value.path == path
        assert str(caught.value) == f"{path}: {caught.value.reason}"
        return caught.value.reason

    assert reason(tmp_path / "none") == "does not exist"
    assert reason(tmp_path) == "is a folder, not a file"
    assert "cannot be read" in reason(path / "below")
    assert "cannot be read" in reason(Path("a\0b"))
    assert "cannot be read" in reason(tmp_path / ("x" * 5000))
    os.mkfifo(tmp_path / "pipe")
    assert reason(tmp_path / "pipe") == "is not a regular file"
    path.write_bytes(b"a\0b")
    assert reason(path) == "is binary, not text"
    path.write_bytes("model".encode("utf-16"))
    assert "UTF-16" in reason(path)
    path.write_bytes(b"a\nb\xe9\n")
    assert reason(path) == "is not UTF-8 (first wrong byte on line 2)"
    monkeypatch.setattr(discovery, "MAX_SCHEMA_BYTES", 1 << 20)
    path.write_bytes(b"x" * ((1 << 20) + 1))
    assert reason(path) == "is larger than 1 MiB"

    def forbidden(*_: object, **__: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "stat", forbidden)
    assert reason(path) == "cannot be read: permission denied"


# --- the command line's search ---


def found(start: Path, root: Path) -> list[list[str]]:
    return [names(project, root) for project in find_projects(start)]


def test_find_prefers_the_config(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": '{"prisma": {"schema": "./db"}}',
            "db/x/a.prisma": HEAD,
            "prisma/schema.prisma": HEAD,
        },
    )
    assert found(tmp_path, tmp_path) == [["db/x/a.prisma"]]


def test_find_takes_the_prisma_folder_then_the_own_files_then_all_below(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "package.json": "{}",
            "a/package.json": "{}",
            "a/prisma/schema.prisma": HEAD,
            "a/prisma/aaa.prisma": HEAD,
            "a/other.prisma": HEAD,
            "b/schema.prisma": HEAD,
            "b/part.prisma": PART,
            "b/below/x.prisma": HEAD,
            "dist/prisma/schema.prisma": HEAD,
            ".hidden/schema.prisma": HEAD,
            "node_modules/p/schema.prisma": HEAD,
        },
    )
    assert found(tmp_path / "a", tmp_path) == [["a/prisma/schema.prisma"], ["a/prisma/aaa.prisma"]]
    assert found(tmp_path / "b", tmp_path) == [["b/part.prisma", "b/schema.prisma"]]
    assert sorted(found(tmp_path, tmp_path)) == [
        ["a/other.prisma"],
        ["a/prisma/aaa.prisma"],
        ["a/prisma/schema.prisma"],
        ["b/below/x.prisma"],
        ["b/part.prisma", "b/schema.prisma"],
    ]
    assert found(tmp_path / "b/part.prisma", tmp_path) == [["b/part.prisma", "b/schema.prisma"]]


def test_find_nothing(tmp_path: Path) -> None:
    assert find_projects(tmp_path) == []
    with pytest.raises(UnreadableSchema, match="does not exist"):
        find_projects(tmp_path / "none")


def test_find_does_not_look_into_node_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"apps/x/prisma/schema.prisma": HEAD, "node_modules/p/schema.prisma": HEAD})
    seen: list[str] = []
    scan = os.scandir

    def scandir(folder: str | Path = ".") -> Any:
        seen.append(str(folder))
        return scan(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert found(tmp_path, tmp_path) == [["apps/x/prisma/schema.prisma"]]
    assert any(folder.endswith("apps") for folder in seen)
    assert not [folder for folder in seen if "node_modules" in folder]


def test_the_root_of_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a/b/prisma"
    folder.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a")
    assert root_of(folder) == tmp_path / "a"
    monkeypatch.chdir("/")
    assert root_of(folder) == folder
    write(tmp_path, {"a/package.json": "{}", "a/b/package.json": "{}"})
    assert root_of(folder / "x.prisma") == tmp_path / "a"
    (tmp_path / "a/b/.git").mkdir()
    assert root_of(folder) == tmp_path / "a/b"
