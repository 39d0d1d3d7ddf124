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

from cases import HERE, Files, cases

ENGINE = "@prisma/prisma-schema-wasm"


def main() -> None:
    if len(sys.argv) > 1:
        record(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["npm", "install", "--no-save", "--prefix", folder, ENGINE], check=True)
            record(Path(folder))


def record(folder: Path) -> None:
    found = list(cases())
    answers = ask(folder, [files for _, files in found])
    version = json.loads((folder / "node_modules" / ENGINE / "package.json").read_text("utf-8"))[
        "version"
    ]
    lines = [f"{json.dumps('engine')}: {json.dumps(version)}"]
    for (name, _), findings in zip(found, answers, strict=True):
        lines.append(f"{json.dumps(name, ensure_ascii=False)}: {json.dumps(findings)}")
    (HERE / "verdicts.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    print(f"{len(found)} cases, engine {version}")


def ask(folder: Path, schemas: list[Files]) -> list[list[str] | None]:
    """What the engine in ``folder`` says of each schema: file, line from 0, level.

    None where the engine itself fails.
    """
    asked = "\n".join(json.dumps(list(files.items())) for files in schemas)
    engine = folder.resolve() / "node_modules" / ENGINE
    told = subprocess.run(
        ["node", str(HERE / "ask.cjs"), str(engine)],
        input=asked, capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers = told.stdout.splitlines()
    return [placed(files, json.loads(answer)) for files, answer in zip(schemas, answers, strict=True)]


def placed(files: Files, answer: list[tuple[str, int, str]] | None) -> list[str] | None:
    """An answer of ``ask.cjs`` about ``files`` with lines in place of offsets."""
    if answer is None:
        return None
    return sorted({f"{file}:{_line(files[file], start)}:{level}" for file, start, level in answer})


def _line(text: str, offset: int) -> int:
    """The line of an offset that counts UTF-16 code units."""
    return text.encode("utf-16-le")[: 2 * offset].decode("utf-16-le", "replace").count("\n")


if __name__ == "__main__":
    main()
