"""Rules of one's own, from installed Python packages.

A package offers them under the entry point group `prisma_lsp.rules`.  It is loaded only when the
command line or the user's own configuration names it: nothing that lies in a workspace can make code
run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

GROUP = "prisma_lsp.rules"
_MAX_BYTES = 1024 * 1024


class PluginError(Exception):
    """Why a plugin cannot be used."""


def load(named: Iterable[str]) -> None:
    """Add the rules of the plugins that are ``named`` or that the user's configuration names."""
    names = list(dict.fromkeys([*named, *_configured()]))
    if not names:
        return
    from prisma_lsp.lint.rule import add_rules

    for name in names:
        try:
            add_rules(name, _modules(name))
        except PluginError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            raise PluginError(f"plugin `{name}` cannot be loaded: {reason}") from None


def _modules(name: str) -> Iterator[str]:
    """The names of the modules that may hold rules."""
    from importlib import import_module
    from importlib.metadata import distributions
    from pkgutil import iter_modules

    # The working directory is on the path under `python -m`, and may be a stranger's.
    here = os.getcwd()
    path = [entry for entry in sys.path if entry and os.path.abspath(entry) != here]
    found = {
        entry.name: entry.value
        for distribution in distributions(path=path)
        for entry in distribution.entry_points
        if entry.group == GROUP
    }
    if name not in found:
        known = ", ".join(f"`{one}`" for one in sorted(found)) or "none"
        raise PluginError(f"no installed package has a plugin `{name}`; installed: {known}")
    before = sys.path[:]
    sys.path[:] = path
    try:
        package = import_module(found[name].partition(":")[0])
        names = [f"{package.__name__}.{one.name}" for one in iter_modules(package.__path__)]
        for module in names:
            import_module(module)
    finally:
        sys.path[:] = before
    yield from names


def config_file() -> Path:
    """Where the user's own configuration is."""
    if os.name == "nt" and os.environ.get("APPDATA"):
        base = Path(os.environ["APPDATA"])
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config"))
    return base / "prisma-lsp" / "config.toml"


def _configured() -> list[str]:
    path = config_file()
    if not path.is_absolute() or not path.is_file():
        return []
    import tomllib

    try:
        with open(path, "rb") as file:
            data = tomllib.loads(file.read(_MAX_BYTES).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise PluginError(f"{path}: cannot be read: {error}") from None
    unknown = next((key for key in data if key != "plugins"), None)
    if unknown is not None:
        raise PluginError(f"{path}: `{unknown}`: unknown setting; it may hold `plugins`")
    plugins = data.get("plugins", [])
    if not isinstance(plugins, list) or not all(isinstance(one, str) for one in plugins):
        raise PluginError(f"{path}: `plugins`: must be a list of names")
    return plugins
