"""Fetch what the VS Code test needs: VS Code as code-server, Chromium to show it, playwright-core to press its keys.

    python3 tests/editors/get_vscode.py     (Node 20 with its headers, make and a C++ compiler are needed)

All of it comes from npm and Debian through their own clients and goes to `<cache>/vscode`, see `get_editors.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from get_editors import cache_folder, unpack

CODE_SERVER = "code-server@4.100.3"
PLAYWRIGHT = "playwright-core@1"


def home() -> Path:
    return cache_folder() / "vscode"


def entry() -> Path:
    return home() / "node_modules" / "code-server" / "out" / "node" / "entry.js"


def fetch() -> None:
    node = subprocess.run(
        ["node", "--version"], capture_output=True, text=True, check=False
    ).stdout.strip()
    if not node.startswith("v20."):
        sys.exit(f"{CODE_SERVER} runs on Node 20; here is {node or 'none'}")
    home().mkdir(parents=True, exist_ok=True)
    get_browser()
    get_code_server()
    subprocess.run(
        ["node", str(entry()), "--version"],
        check=True,
        env=os.environ | {"XDG_CONFIG_HOME": str(home())},
    )


def get_browser() -> None:
    """Chromium of this system's own Debian release, so that it runs with the libraries that are here."""
    root = home() / "browser"
    if not root.exists():
        release = dict(
            line.split("=", 1)
            for line in Path("/etc/os-release").read_text().splitlines()
            if "=" in line
        )
        unpack(
            release["VERSION_CODENAME"].strip('"'),
            ["chromium", "ripgrep", "fonts-dejavu-core", "fonts-noto-color-emoji"],
            root,
        )
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


def get_code_server() -> None:
    if entry().exists():
        return
    (home() / "package.json").write_text('{"private": true}\n')
    # Install scripts stay off; the two native modules that matter are built one by one.
    npm(home(), "install", "--ignore-scripts", CODE_SERVER, PLAYWRIGHT)
    npm(home(), "rebuild", "argon2")
    vscode = entry().parents[2] / "lib" / "vscode"
    npm(vscode, "install", "--omit=dev", "--ignore-scripts")
    npm(
        vscode, "rebuild", "@vscode/spdlog"
    )  # without it no setting is read and no extension starts
    ripgrep = vscode / "node_modules" / "@vscode" / "ripgrep" / "bin"
    ripgrep.mkdir(parents=True, exist_ok=True)
    shutil.copy(home() / "browser" / "usr" / "bin" / "rg", ripgrep)
    asar = vscode / "node_modules.asar"
    if not asar.exists():
        asar.symlink_to("node_modules")


def npm(folder: Path, *arguments: str) -> None:
    node = shutil.which("node") or "node"
    headers = {"npm_config_nodedir": str(Path(node).resolve().parents[1])}
    subprocess.run(
        ["npm", *arguments, "--no-audit", "--no-fund"],
        cwd=folder,
        check=True,
        env=os.environ | headers,
    )


if __name__ == "__main__":
    fetch()
