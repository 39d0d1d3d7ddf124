"""Pack the `.vsix` once more, so that the same sources give the same bytes whenever and wherever it is built.

    python3 repack.py

The order of its files, their dates and their modes are those of no machine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

HERE = Path(__file__).parent
# The first day that a zip knows.
NO_DAY = (1980, 1, 1, 0, 0, 0)
UNIX = 3
READABLE = 0o100644 << 16


def main() -> int:
    manifest = json.loads((HERE / "package.json").read_text("utf-8"))
    file = HERE / f"{manifest['name']}-{manifest['version']}.vsix"
    with ZipFile(file) as package:
        contents = {name: package.read(name) for name in sorted(package.namelist())}
    with ZipFile(file, "w", compresslevel=9) as package:
        for name, content in contents.items():
            part = ZipInfo(name, NO_DAY)
            part.create_system = UNIX
            part.external_attr = READABLE
            package.writestr(part, content, ZIP_DEFLATED)
    return 0


if __name__ == "__main__":
    sys.exit(main())
