#!/bin/sh
# Sets up and runs all checks and tests; needs Python 3.11 or later (PYTHON=… chooses one).
# VENV=… chooses where the environment goes; more arguments go to pytest.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
venv=${VENV:-.venv}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "prisma-lsp needs Python 3.11 or later; $python is $("$python" --version 2>&1)" >&2
    exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'

"$venv/bin/ruff" check .
"$venv/bin/mypy"
"$venv/bin/python" -m prisma_lsp.dev generate --check
# Compares random edits with the official engine; says so and goes on where that is not installed.
"$venv/bin/python" tests/agreement/fuzz.py
"$venv/bin/python" -m pytest -n auto "$@"
