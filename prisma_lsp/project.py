"""What a project says besides its schema: settings, migrations, the auth library it uses.

The command line and the server both ask here, so that the terminal and the editor say the same.
Everything is read as text from inside the repository and nothing is run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from prisma_lsp import discovery, installed, settings
from prisma_lsp.lint.context import Environment
from prisma_lsp.lint.options import checked
from prisma_lsp.lint.rule import all_rules
from prisma_lsp.migrations import Migrations
from prisma_lsp.schema.versions import Version

_MAX_PACKAGE_BYTES = 1024 * 1024
_AUTH_LIBRARIES = {
    "better-auth": "better-auth",
    "next-auth": "next-auth",
    "@auth/prisma-adapter": "next-auth",
    "@next-auth/prisma-adapter": "next-auth",
}
_DEPENDENCIES = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")


def environment_of(
    project: discovery.Project,
    client: settings.Layer | None = None,
    *,
    source: str = "prismaLsp",
) -> tuple[Environment, list[settings.Problem]]:
    """What the rules need to know about ``project``, and what is wrong in its settings.

    ``client`` are an editor's settings or those of the command line; they lie over the project's
    file.  ``source`` is what problems in them are reported of.
    """
    root = discovery.root_of(project.schema)
    layers: list[settings.Layer] = []
    problems: list[settings.Problem] = []
    file = settings.find_file(project.schema, root)
    if file is not None:
        layer, problems_of_file = settings.load_file(file, rules=[rule.name for rule in all_rules()])
        layer, wrong = checked(layer, os.fspath(file))
        layers.append(layer)
        problems += [*problems_of_file, *settings.located(wrong, file)]
    if client is not None:
        layer, wrong = checked(settings.with_base(client, os.fspath(root)), source)
        layers.append(layer)
        problems += wrong
    environment = Environment(
        settings.merge(*layers),
        Migrations.read(project.migrations),
        auth_library(project, root),
        prisma_version(project, root),
    )
    return environment, problems


def auth_library(project: discovery.Project, root: Path) -> str | None:
    """"better-auth" or "next-auth" where a `package.json` above the schema depends on it."""
    for path in _packages(project.schema, root):
        try:
            if path.stat().st_size > _MAX_PACKAGE_BYTES:
                continue
            text = discovery.read_text(path)
        except (OSError, discovery.UnreadableSchema):
            continue
        # Most packages name none, and those need not be decoded.
        if "auth" not in text:
            continue
        import json

        try:
            data: object = json.loads(text.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            continue
        if not isinstance(data, dict):
            continue
        named = {name for key in _DEPENDENCIES for name in _keys(data.get(key))}
        for dependency, library in _AUTH_LIBRARIES.items():
            if dependency in named:
                return library
    return None


def prisma_version(project: discovery.Project, root: Path) -> Version | None:
    """The version of Prisma that the schema is for; None where nothing says it."""
    folders = (project.schema.parent, project.root)
    return installed.prisma_version(folders, root)


def _packages(start: Path, root: Path) -> Iterator[Path]:
    """Where a `package.json` may be: from the schema's folder up to ``root``."""
    for folder in (start, *start.parents):
        yield folder / "package.json"
        if folder == root or not folder.is_relative_to(root):
            return


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (key for key in value if isinstance(key, str))
