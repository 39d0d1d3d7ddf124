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
# Compares random edits with the official engine, where npm can fetch it.
engine=@prisma/prisma-schema-wasm@7.10.0-7.561d7b42579a2459cc8edf3788918b626c640023
if command -v npm >/dev/null 2>&1 && npm install --silent --no-audit --no-fund \
    --prefix "$venv/engine" "$engine" >/dev/null 2>&1; then
    "$venv/bin/python" tests/agreement/fuzz.py "$venv/engine"
else
    echo "Prisma's engine cannot be fetched: random edits are not compared with it" >&2
fi
"$venv/bin/python" -m pytest -n auto "$@"
# Fuzzing guided by coverage, for a short while; see the file for longer.
if "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]' >/dev/null 2>&1; then
    [ $# -gt 0 ] || "$venv/bin/python" tests/fuzz/guided.py --seconds 40 --jobs 2
else
    echo "atheris has no package for this Python and system: nothing is fuzzed by coverage" >&2
fi
# Neovim, Helix and Emacs; VS Code takes minutes and is run by itself, see the file.
[ $# -gt 0 ] || "$venv/bin/python" tests/editors/run.py --quick
