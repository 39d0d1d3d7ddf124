"""Fuzzing that is guided by which of our lines an input reaches; needs atheris.

    python tests/fuzz/guided.py [--seconds N] [--jobs N] [--keep FOLDER] [SURFACE…]

Without names all surfaces are tried, for ``--seconds`` in all.  What breaks a promise is written to
``--keep`` (default: `tests/fuzz/found`) and the exit code is 1: mend the fault, then move the file to
`tests/fuzz/corpus/SURFACE`, where `tests/test_fuzz.py` tries it for ever.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMES = ("parser", "edits", "config", "sql", "messages")
MAX_BYTES = 4_000
# An input that takes longer is one that hangs, in seconds, on a machine that is busy with others.
HANGS = 60


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("surfaces", nargs="*", metavar="SURFACE", help=" ".join(NAMES))
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--keep", type=Path, default=HERE / "found")
    options.add_argument("--learn", type=Path, help="a folder for inputs that reach something new")
    options.add_argument("--one", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        return _fuzz(given.one, given.seconds, given.keep, given.learn)
    names = given.surfaces or list(NAMES)
    if unknown := set(names) - set(NAMES):
        options.error(f"no such surface: {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: nothing was fuzzed (it has wheels for Linux and macOS)", file=sys.stderr)
        return 0
    waiting = list(names)
    running: dict[str, subprocess.Popen[str]] = {}
    wrong = False
    each = max(1, given.seconds * given.jobs // len(names))
    while waiting or running:
        while waiting and len(running) < given.jobs:
            name = waiting.pop(0)
            command = [sys.executable, __file__, "--one", name, "--seconds", str(each), "--keep", str(given.keep)]
            if given.learn:
                command += ["--learn", str(given.learn / name)]
            running[name] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        name, process = next(iter(running.items()))
        try:
            said, _ = process.communicate(timeout=each + 4 * HANGS)
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0] + "\nit did not end"
        del running[name]
        runs = re.findall(r"#(\d+)", said)
        failed = process.returncode != 0
        print(f"{name}: {runs[-1] if runs else 0} inputs, {'BROKEN' if failed else 'nothing found'}", flush=True)
        if failed:
            wrong = True
            print("\n".join(line for line in said.split("\n") if not line.startswith("INFO"))[-6000:])
    return 1 if wrong else 0


def _fuzz(name: str, seconds: int, keep: Path, learn: Path | None) -> int:
    """In a process of its own: libFuzzer never returns."""
    import atheris

    sys.path[:0] = [str(HERE), str(ROOT)]
    with atheris.instrument_imports(include=["prisma_lsp"]):
        import surfaces

        _import_all()
    surface = surfaces.SURFACES[name]
    words = vocabulary(name)
    keep.mkdir(parents=True, exist_ok=True)
    began: list[float] = []
    now: list[bytes] = []

    def watch() -> None:
        while True:
            time.sleep(5)
            if began and time.monotonic() - began[0] > HANGS:
                (keep / f"{name}-hang-{os.getpid()}").write_bytes(now[0])
                print("an input hangs")
                faulthandler.dump_traceback(all_threads=True)
                os._exit(1)

    def one(data: bytes) -> None:
        now[:] = [data]
        began[:] = [time.monotonic()]
        surface(data)
        began.clear()

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rnd = random.Random(seed)
        if rnd.random() < 0.4:
            return atheris.Mutate(data, most)
        for _ in range(rnd.choice((1, 1, 2, 4))):
            data = change(data, rnd, words, name)
        return data[:most]

    threading.Thread(target=watch, daemon=True).start()
    with tempfile.TemporaryDirectory() as scratch:
        folder = learn or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(seeds(name)):
            (Path(scratch) / f"seed{number}").write_bytes(data[:MAX_BYTES])
        arguments = [
            sys.argv[0], str(folder), scratch, f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}",
            "-timeout=600", "-rss_limit_mb=3000", f"-artifact_prefix={keep}/{name}-",
            "-print_final_stats=1", f"-seed={random.randrange(1, 1 << 31)}",
        ]  # fmt: skip
        atheris.Setup(arguments, one, custom_mutator=mutate)
        atheris.Fuzz()
    return 0


def _import_all() -> None:
    """What is imported only when it is needed is to be watched as well."""
    import pkgutil

    import prisma_lsp

    for found in pkgutil.walk_packages(prisma_lsp.__path__, "prisma_lsp."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def seeds(name: str) -> Iterator[bytes]:
    """What to begin with: the project's own schemas, SQL and settings, and what was found before."""
    yield b""
    for path in sorted((HERE / "corpus" / name).glob("*")):
        yield path.read_bytes()
    if name in ("parser", "edits"):
        for path in [*(ROOT / "tests/schemas").glob("*.prisma"), *(ROOT / "examples").rglob("*.prisma")]:
            data = path.read_bytes()
            for at in range(0, len(data), 1500):
                yield data[at : at + 1500] + (b"\0#$  x\0% !  \0&&  }\n" if name == "edits" else b"")
    if name == "sql":
        text = (ROOT / "tests/migrations/postgresql.md").read_text("utf-8")
        for found in re.findall(r"```sql[^\n]*\n(.*?)```", text, re.DOTALL):
            yield found.encode()
        for path in (ROOT / "examples").rglob("*.sql"):
            yield path.read_bytes()
    if name == "messages":
        for path in sorted((ROOT / "tests/recorded").glob("*.jsonl")):
            lines = [line for line in path.read_bytes().split(b"\n") if b'"method"' in line]
            for at in range(0, len(lines), 8):
                bodies = [_body(line) for line in lines[at : at + 8]]
                yield b"\n".join(body for body in bodies if 0 < len(body) < 1500)


def _body(line: bytes) -> bytes:
    """A recorded message without what the record adds."""
    try:
        message = json.loads(line)
    except ValueError:
        return b""
    while isinstance(message, dict) and "method" not in message:
        inner = [value for value in message.values() if isinstance(value, dict)]
        if not inner:
            return b""
        message = inner[0]
    return json.dumps({"jsonrpc": "2.0", **message}).encode() if isinstance(message, dict) else b""


def vocabulary(name: str) -> list[bytes]:
    """Words and marks that mean something here."""
    found = set(re.findall(rb'@?@?[\w.]+\(?|\s+|[^\w\s]', b"\n".join(seeds(name))))
    if name == "config":
        from surfaces import CONFIGS, RULES

        from prisma_lsp.settings import FIELDS

        found |= {one.encode() for one in (*CONFIGS, *RULES)} | {field.name.encode() for field in FIELDS}
        found |= {b"../", b"/", b"schema", b"prisma", b"dependencies", b"packages", b"version", b"^7.1.0"}
    if name == "messages":
        capabilities = (ROOT / "prisma_lsp/server/capabilities.json").read_text("utf-8")
        found |= {word.encode() for word in re.findall(r'"([\w./-]+)"', capabilities)}
        found |= {b"$uri", b"file:///", b"null", b"-1", b"9007199254740993", b"1e400", b"\\ud800"}
    return sorted(word for word in found if len(word) < 40)


def change(data: bytes, rnd: random.Random, words: list[bytes], name: str) -> bytes:
    """A change as an author makes one: of a line, or of a word."""
    lines = data.split(b"\n")
    at = rnd.randrange(len(lines))
    match rnd.randrange(8):
        case 0:
            lines.insert(at, rnd.choice(lines))
        case 1:
            del lines[at]
        case 2:
            other = rnd.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines.insert(at, b" ".join(rnd.choices(words, k=rnd.randrange(1, 6))))
        case 4 if name == "messages":
            lines[at] = _bent(lines[at], rnd, words)
        case _:
            pieces = re.findall(rb"[\w.]+|[^\w]", lines[at])
            spot = rnd.randrange(len(pieces) + 1)
            pieces[spot : spot + rnd.randrange(2)] = [rnd.choice(words)] * rnd.randrange(2)
            lines[at] = b"".join(pieces)
    return b"\n".join(lines)


def _bent(line: bytes, rnd: random.Random, words: list[bytes]) -> bytes:
    """A message in which one value is another one, or missing."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return line
    spots: list[tuple[Any, Any]] = []

    def visit(value: Any, depth: int = 0) -> None:
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, inner in pairs:
            spots.append((value, key))
            if depth < 20:
                visit(inner, depth + 1)

    visit(message)
    if not spots:
        return line
    holder, key = rnd.choice(spots)
    if rnd.random() < 0.2:
        del holder[key]
    else:
        word = rnd.choice(words).decode("utf-8", "replace")
        values = [None, True, -1, 0, 1, 3, 2**31, 1.5, "", word, [], {}, [None], rnd.choice(spots)[1]]
        holder[key] = rnd.choice(values)
    return json.dumps(message).encode()


if __name__ == "__main__":
    sys.exit(main())
