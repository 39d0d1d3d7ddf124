"""Ask Prisma's own engine about every case and write down what it says: ``verdicts.json``.

    python tests/agreement/record.py [FOLDER]

needs Node.  FOLDER is one with ``node_modules/@prisma/prisma-schema-wasm``; without it npm puts the
package into a temporary one.  The tests read only what is written.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cases import HERE, cases

ENGINE = "@prisma/prisma-schema-wasm"
VERSION = "7.10.0"


def main() -> None:
    if len(sys.argv) > 1:
        record(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["npm", "install", "--no-save", "--prefix", folder, ENGINE], check=True)
            record(Path(folder))


def record(folder: Path) -> None:
    found = list(cases())
    asked = "\n".join(json.dumps(list(files.items())) for _, files in found)
    engine = folder.resolve() / "node_modules" / ENGINE
    told = subprocess.run(
        ["node", str(HERE / "ask.cjs"), str(engine)], input=asked, capture_output=True, text=True, check=True
    )
    version = json.loads((engine / "package.json").read_text("utf-8"))["version"]
    lines = [f"{json.dumps('engine')}: {json.dumps(version)}"]
    for (name, files), answer in zip(found, told.stdout.splitlines(), strict=True):
        findings = [
            f"{file}:{files[file].encode('utf-16-le')[: 2 * start].decode('utf-16-le', 'replace').count(chr(10))}:{level}"
            for file, start, level in json.loads(answer)
        ]
        lines.append(f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(sorted(set(findings)))}")
    (HERE / "verdicts.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{len(found)} cases, engine {version}")


if __name__ == "__main__":
    main()
