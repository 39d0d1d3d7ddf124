"""How a package of rules tests them: a schema in, findings out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCHEMA = """\
datasource db {
  provider = "postgresql"
}

model TmpImport {
  id String @id
}

model Template {
  id String @id
}
"""


def test_a_temporary_model_is_found(tmp_path: Path) -> None:
    (tmp_path / "schema.prisma").write_text(SCHEMA, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "prisma_lsp", "check", "--plugin", "acme", "--select", "acme",
         "--format", "concise"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    [line] = done.stdout.splitlines()
    assert line.startswith("schema.prisma:5:7: warning[no-temporary-model] `TmpImport`")
