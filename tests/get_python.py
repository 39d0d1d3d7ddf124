"""Fetch another Python for `tests/pythons.sh`: Debian's own packages, unpacked into a cache folder.

    python3 tests/get_python.py 3.14        prints the interpreter's path

As with the editors (`tests/editors/get_editors.py`), the system's own packages stay as they are.  The
program itself is not changed: a starter calls it by the unpacked loader, with the unpacked libraries.
Exit code 3 where there is nothing to be had.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "editors"))

import get_editors

SUITE = "forky"


def interpreter(version: str) -> Path:
    home = get_editors.cache_folder() / f"python{version}"
    root = home / "root"
    starter = root / "usr" / "bin" / f"python{version}"
    if not works(starter):
        shutil.rmtree(home, ignore_errors=True)
        root.mkdir(parents=True)
        get_editors.unpack(SUITE, [f"python{version}", f"python{version}-venv"], root)
        program = starter.rename(starter.with_name(f"{starter.name}-itself"))
        libraries = next((root / "usr" / "lib").glob("*-linux-gnu*"))
        loader = next(libraries.glob("ld-linux-*"))
        # An environment's `python` is a link to the starter: by its own name Python finds the way.
        starter.write_text(
            f'#!/bin/sh\nexec "{loader}" --library-path "{libraries}" --argv0 "$0" "{program}" "$@"\n'
        )
        starter.chmod(0o755)
        if not works(starter):
            sys.exit(f"{starter} does not start")
    return starter


def works(program: Path) -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run([program, "-c", "import venv, ssl"], capture_output=True, timeout=60).returncode == 0
    return False


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        path = interpreter(sys.argv[1])
    print(path)
