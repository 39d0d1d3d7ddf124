#!/bin/sh
# Runs the tests that ask most of Python itself on the other supported versions: those on the path as
# python3.12 and so on, those that pyenv has, and Debian's own packages where they can be had. One that
# is not to be had is named and is no failure.
set -eu
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
here=$("$venv/bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
tested=$here

interpreter() {
    for one in "$(command -v "python$1" || true)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python; do
        [ -x "$one" ] && "$one" -c '' 2>/dev/null && echo "$one" && return
    done
    "$venv/bin/python" tests/get_python.py "$1" 2>/dev/null || true
}

for version in 3.11 3.12 3.13 3.14; do
    [ "$version" != "$here" ] || continue
    python=$(interpreter "$version")
    if [ -z "$python" ]; then
        echo "Python $version is not here, and cannot be fetched: not tested"
        continue
    fi
    [ -x "$venv-$version/bin/python" ] || "$python" -m venv --without-pip "$venv-$version"
    # By the other environment's pip: Debian's Python comes without one.
    "$venv/bin/python" -m pip --python "$venv-$version/bin/python" install --quiet --disable-pip-version-check \
        --editable . pytest pytest-asyncio pytest-xdist hypothesis
    echo "$("$venv-$version/bin/python" --version):"
    # Without what starts a process for every test or asks another program.
    "$venv-$version/bin/python" -m pytest -n auto -q --disable-warnings -p no:cacheprovider \
        tests/test_door.py tests/test_faults.py tests/test_incremental.py tests/test_linter.py \
        tests/test_ide.py tests/test_format.py tests/test_settings.py tests/test_migrations.py \
        tests/test_platforms.py tests/test_soak.py
    tested="$tested $version"
done
echo "tested on Python: $tested"
