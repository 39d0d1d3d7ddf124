"""Put the server and all that it needs into `bundled/libs`, for the extension to bring along.

    python3 bundle.py

Only wheels that run on every system and every Python from 3.11 on are taken, so that one `.vsix` serves all.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LIBS = HERE / "bundled" / "libs"
OLDEST = "3.11"
ANY = ["--only-binary", ":all:", "--platform", "any", "--implementation", "py", "--abi", "none"]
# Programs that pip would put beside the libraries, and what a Python leaves behind.
LEFTOVERS = ("bin", "Scripts", "**/__pycache__")
# Where pip had our own wheel from: a folder of the machine that built it.
ORIGIN = "direct_url.json"


def main() -> int:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    shutil.rmtree(LIBS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        ours = [*pip, "wheel", "--no-deps", "--wheel-dir", folder, str(HERE.parents[1])]
        subprocess.run(ours, check=True)
        (wheel,) = Path(folder).glob("prisma_lsp-*.whl")
        into = ["install", "--no-compile", "--python-version", OLDEST, "--target", str(LIBS)]
        subprocess.run([*pip, *into, *ANY, str(wheel)], check=True)
    for pattern in LEFTOVERS:
        for found in list(LIBS.glob(pattern)):
            shutil.rmtree(found)
    for found in LIBS.glob(f"*.dist-info/{ORIGIN}"):
        found.unlink()
    for record in LIBS.glob("*.dist-info/RECORD"):
        # What was removed would name the machine here, too: by the hash of a program's first line.
        listed = record.read_text("utf-8").splitlines(True)
        kept = [line for line in listed if (LIBS / line.partition(",")[0]).exists()]
        record.write_text("".join(kept), "utf-8")
    natives = [one for one in LIBS.rglob("*") if one.suffix in (".so", ".pyd", ".dylib")]
    if natives:
        print(f"not for every system: {natives[0]}", file=sys.stderr)
        return 1
    size = sum(one.stat().st_size for one in LIBS.rglob("*") if one.is_file())
    names = sorted(one.name.partition("-")[0] for one in LIBS.glob("*.dist-info"))
    print(f"bundled/libs: {', '.join(names)}; {size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
