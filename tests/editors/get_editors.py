"""Fetch real editors for the editor tests: Neovim, Helix, Emacs and Vim, unpacked into a cache folder, never installed.

    python3 tests/editors/get_editors.py            both generations (Debian forky and trixie)
    python3 tests/editors/get_editors.py forky      one of them

They are Debian's own packages, taken with apt's own client from the mirror this machine already uses, with a
private apt state: the system's sources, lists and packages stay as they are. Each suite becomes a folder

    <cache>/<suite>/root        the unpacked packages with all libraries they need, libc included
    <cache>/<suite>/bin/nvim    starters
    <cache>/<suite>/bin/hx

The programs are bound to the unpacked loader and libraries, so they run on an older system too.
`<cache>` is `$PRISMA_LSP_EDITORS`, else `~/.cache/prisma-lsp-editors`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

# Program → package, for each suite: a release of Debian, and a part of it. tmux is the terminal that they run in.
SUITES = {
    "forky": {"nvim": "neovim", "hx": "hx"},
    "trixie": {"nvim": "neovim", "hx": "hx", "emacs": "emacs-nox", "tmux": "tmux"},
    "trixie-vim": {"vim": "vim"},
}
# What belongs to a program and is none itself.
BESIDE = {"trixie-vim": ["vim-ale"]}
# The file of a program where Debian calls it something else.
FILES = {"emacs": "emacs-nox", "vim": "vim.basic"}
PATIENCE = 600
# The exit code where the packages cannot be had: no apt here, or its mirror is out of reach.
OUT_OF_REACH = 3
BINDER = "patchelf"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def cache_folder() -> Path:
    configured = os.environ.get("PRISMA_LSP_EDITORS")
    return Path(configured) if configured else Path.home() / ".cache" / "prisma-lsp-editors"


def fetch(suite: str) -> None:
    home = cache_folder() / suite
    packages = SUITES[suite]
    if all(starter_works(home / "bin" / name) for name in packages):
        print(f"{suite}: already in {home}")
        return
    shutil.rmtree(home, ignore_errors=True)
    root = home / "root"
    root.mkdir(parents=True)
    release = suite.partition("-")[0]
    unpack(release, [*packages.values(), *BESIDE.get(suite, []), BINDER], root)
    for name in packages:
        bind(root, FILES.get(name, name))
        starter = write_starter(home, name)
        if not starter_works(starter):
            sys.exit(f"{starter} does not start")


def unpack(suite: str, packages: list[str], root: Path) -> None:
    state = root.parent / "apt"
    shutil.rmtree(state, ignore_errors=True)
    archives = download(suite, packages, state)
    print(f"{suite}: unpacking {len(archives)} packages")
    for archive in archives:
        subprocess.run(["dpkg-deb", "--extract", str(archive), str(root)], check=True)
    shutil.rmtree(state)


def download(suite: str, packages: list[str], state: Path) -> list[Path]:
    """The packages and all they depend on, as files; apt sees a machine with nothing installed."""
    for folder in ("lists/partial", "cache/archives/partial", "empty"):
        (state / folder).mkdir(parents=True)
    (state / "status").touch()
    signed_by = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    (state / "sources.list").write_text(f"deb {signed_by}{debian_mirror()} {suite} main\n")
    settings = {
        "Dir::State": state,
        "Dir::State::status": state / "status",
        "Dir::State::lists": state / "lists",
        "Dir::Cache": state / "cache",
        "Dir::Etc::sourcelist": state / "sources.list",
        "Dir::Etc::sourceparts": state / "empty",
        "Dir::Etc::preferencesparts": state / "empty",
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "Debug::NoLocking": "true",
    }
    options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
    print(f"{suite}: asking apt for {', '.join(packages)}")
    for command in (["update"], ["-y", "--download-only", "install", *packages]):
        try:
            subprocess.run(
                ["apt-get", *options, "-qq", *command],
                check=True,
                stdout=subprocess.DEVNULL,
                timeout=PATIENCE,
            )
        except (OSError, subprocess.SubprocessError) as error:
            out_of_reach(str(error))
    return sorted((state / "cache" / "archives").glob("*.deb"))


def out_of_reach(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    sys.exit(OUT_OF_REACH)


def debian_mirror() -> str:
    """The mirror this machine's apt is set up with, whatever the form of its source files."""
    if shutil.which("apt-get") is None:
        out_of_reach("apt is not here: the editors come as Debian packages")
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for uri in targets:
        if uri.rstrip("/").endswith("/debian"):
            return uri
    out_of_reach("apt knows no Debian mirror here: the editors come as Debian packages")


def bind(root: Path, name: str) -> None:
    """Make the program run with the unpacked loader and libraries.

    A starter that calls the loader would not do: Neovim starts itself a second time by its own file name.
    """
    places = ("usr/lib*/ld-linux-*", "usr/lib/*/ld-linux-*", "lib*/ld-linux-*", "lib/*/ld-linux-*")
    loader = next(found for place in places for found in sorted(root.glob(place)))
    libraries = ":".join(str(found) for found in sorted(root.glob("usr/lib/*-linux-gnu*")))
    tool = [str(loader), "--library-path", libraries, str(root / "usr" / "bin" / BINDER)]
    how = ["--set-interpreter", str(loader), "--set-rpath", libraries, "--force-rpath"]
    subprocess.run([*tool, *how, str((root / "usr" / "bin" / name).resolve())], check=True)


def write_starter(home: Path, name: str) -> Path:
    """A shell script that tells the program where its own files are."""
    share = "$root/usr/share"
    lines = {
        "nvim": [f'VIMRUNTIME="{share}/nvim/runtime" exec "$root/usr/bin/nvim" "$@"'],
        "vim": [f'VIM="{share}/vim" exec "$root/usr/bin/vim.basic" "$@"'],
        "hx": ['HELIX_RUNTIME="$root/usr/lib/hx/runtime" exec "$root/usr/bin/hx" "$@"'],
        "tmux": [
            f'TERMINFO_DIRS="{share}/terminfo:/usr/share/terminfo:/lib/terminfo" exec "$root/usr/bin/tmux" "$@"'
        ],
        "emacs": [
            f'lisp=$(echo "{share}"/emacs/[0-9]*/lisp)',
            'libexec=$(echo "$root"/usr/libexec/emacs/[0-9]*/*-linux-gnu)',
            'export EMACSLOADPATH="$lisp" EMACSDATA="${lisp%lisp}etc" EMACSDOC="${lisp%lisp}etc" EMACSPATH="$libexec"',
            'exec "$root/usr/bin/emacs-nox" --dump-file="$(echo "$libexec"/*.pdmp)" "$@"',
        ],
    }
    starter = home / "bin" / name
    starter.parent.mkdir(exist_ok=True)
    head = ["#!/bin/sh", 'root=$(dirname "$(dirname "$(readlink -f "$0")")")/root']
    starter.write_text("\n".join([*head, *lines[name]]) + "\n")
    starter.chmod(0o755)
    return starter


def starter_works(starter: Path) -> bool:
    if not starter.exists():
        return False
    question = "-V" if starter.name == "tmux" else "--version"
    answer = subprocess.run(
        [starter, question], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if answer.returncode == 0:
        print(f"  {starter}: {answer.stdout.splitlines()[0]}")
    else:
        print(answer.stderr, file=sys.stderr)
    return answer.returncode == 0


if __name__ == "__main__":
    unknown = [suite for suite in sys.argv[1:] if suite not in SUITES]
    if unknown:
        sys.exit(f"unknown suite {unknown[0]}; known: {', '.join(SUITES)}")
    for wanted in sys.argv[1:] or SUITES:
        fetch(wanted)
