"""The wheel and the sdist work where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A shape of line that our own schemas do not have, so that lark has to read the packaged grammar.
SCHEMA = """\
model Order {
  id     Int  @id
  shopId Int  @a(b: [c(d: [1, "x", e.f]), {g: 2}]) @h.i(j, k: l("m"), [n]) // odd
  shop   Shop @relation(fields: [shopId], references: [id])
}

model Shop {
  id     Int     @id
  orders Order[]
}
"""


def run(*command: object, cwd: Path, code: int = 0) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=300,
        env={k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel made from the checkout, and the sdist with the wheel made from it."""
    folder = tmp_path_factory.mktemp("built")
    build = (sys.executable, "-m", "build", "--no-isolation")
    # Without more options, the wheel is built from the sdist.
    run(*build, "--outdir", folder / "sdist", ROOT, cwd=folder)
    run(*build, "--wheel", "--outdir", folder / "direct", ROOT, cwd=folder)
    [sdist] = (folder / "sdist").glob("*.tar.gz")
    [from_sdist] = (folder / "sdist").glob("*.whl")
    [direct] = (folder / "direct").glob("*.whl")
    return {"sdist": sdist, "from_sdist": from_sdist, "direct": direct}


def test_both_ways_give_the_same_wheel(built: dict[str, Path]) -> None:
    names = [set(zipfile.ZipFile(built[way]).namelist()) for way in ("direct", "from_sdist")]
    assert names[0] == names[1]
    assert "prisma_lsp/grammar/prisma.lark" in names[0]
    assert "prisma_lsp/py.typed" in names[0]
    pages = {path.name for path in (ROOT / "docs/rules").glob("*.md")}
    assert {f"prisma_lsp/docs/rules/{name}" for name in pages} <= names[0]
    assert not any("tests" in name or "__pycache__" in name for name in names[0])


def test_the_installed_wheel_works(built: dict[str, Path], tmp_path: Path) -> None:
    home = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=tmp_path)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    install = ("-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet")
    run(sys.executable, *install, built["from_sdist"], cwd=tmp_path)
    # The dependencies come from where the tests run; their `.pth` files, and with them an editable
    # install of this project, do not count here.
    site = run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=tmp_path).strip()
    dependencies = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    Path(site, "dependencies.pth").write_text("\n".join(dependencies) + "\n", "utf-8")

    where = run(python, "-c", "import prisma_lsp; print(prisma_lsp.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(home)
    command = scripts / "prisma-lsp"
    (tmp_path / "schema.prisma").write_text(SCHEMA, "utf-8")
    found = run(command, "check", "schema.prisma", "--exit-zero", cwd=tmp_path)
    assert "warning[missing-fk-index]" in found
    assert "schema.prisma:4:10" in found
    derived = run(
        python, "-c",
        "from prisma_lsp.syntax import document, grammar, line, seed\n"
        "text = open('schema.prisma').read()\n"
        "shape = line.tokenize(text.splitlines()[2])[0]\n"
        "assert ('member_line', shape) not in seed.TEMPLATES\n"
        "assert not document.read(text).blocks[0].problems\n"
        "print(grammar._lark is not None)",
        cwd=tmp_path,
    )  # fmt: skip
    assert derived == "True\n"

    page = run(command, "explain", "missing-fk-index", cwd=tmp_path)
    assert page.startswith("missing-fk-index\n")
    assert "What is offered for the example" in page, "the generated page, not the docstring"
    assert "missing-fk-index" in run(command, "rules", cwd=tmp_path)
    uri = "from prisma_lsp.lint.pages import page_uri; print(page_uri('missing-fk-index'))"
    assert run(python, "-c", uri, cwd=tmp_path).startswith("file://")
    assert run(command, "--version", cwd=tmp_path).startswith("prisma-lsp ")
