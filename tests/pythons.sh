#!/bin/sh
# Runs the tests that ask most of Python itself on every other supported version that is here: on the
# path as python3.12 and so on, or installed by pyenv. Says which it found; none is no failure.
set -eu
cd "$(dirname "$0")/.."
found=
for version in 3.11 3.12 3.13 3.14; do
    python=$(command -v "python$version" || true)
    [ -n "$python" ] && "$python" -c '' 2>/dev/null || python=
    for one in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin/python; do
        [ -n "$python" ] || [ ! -x "$one" ] || python=$one
    done
    [ -n "$python" ] || continue
    venv=${VENV:-.venv}-$version
    [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
    echo "$("$venv/bin/python" --version):"
    # Without what starts a process for every test or asks another program.
    "$venv/bin/python" -m pytest -n auto -q tests/test_door.py tests/test_faults.py tests/test_rules.py \
        tests/test_incremental.py tests/test_linter.py tests/test_ide.py tests/test_format.py \
        tests/test_settings.py tests/test_migrations.py tests/test_platforms.py tests/test_soak.py
    found="$found $version"
done
echo "tested on Python:${found:- none besides the one in use}"
