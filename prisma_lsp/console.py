"""Writing to the terminal: what is safe to show, in which colours, and to whom.

Text from a schema may hold anything.  What goes to a terminal is escaped first, so that no file can
move the cursor, and the reader of a pipe may leave whenever it has seen enough.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TextIO

_COLOURS = {
    "bold": "1", "dim": "2", "error": "1;31", "warning": "1;33", "info": "1;36", "hint": "1;34",
    "added": "32", "removed": "31", "code": "36",
}  # fmt: skip
TAB = 4


class Paint:
    """Colours text, or leaves it as it is where ``on`` is false."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if self.on and text else text


def paint_for(stream: TextIO | None) -> Paint:
    """Colour only on a terminal that can show it, and never against https://no-color.org."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return Paint(False)
    return Paint(is_terminal(stream))


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody reads ``stream`` on a terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def write(text: str) -> bool:
    """Write ``text`` to standard output; false where that is not possible, after saying why.

    A reader that has gone (`| head`) is no fault.
    """
    stream = sys.stdout
    if stream is None:
        return True
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as error:
        _silence(stream)
        complain(f"cannot write the output: {(error.strerror or str(error)).lower()}")
        return False
    return True


def complain(message: str) -> None:
    """One line about a problem, on standard error."""
    if sys.stderr is None:
        return
    try:
        print(f"prisma-lsp: {plain(message)}", file=sys.stderr, flush=True)
    except OSError:
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """Send what is still buffered nowhere, or Python would complain at its end."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError):
        pass


def plain(text: str) -> str:
    """``text`` on one line, without anything that a terminal would obey."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def cells(text: str) -> int:
    """How many columns ``text``, which `plain` has made, takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def display_path(path: str) -> str:
    """``path`` from the working directory where it is below it."""
    here = os.getcwd()
    inside = path.startswith(here if here.endswith(os.sep) else here + os.sep)
    return os.path.relpath(path, here) if inside else path


def _shown(character: str) -> str:
    if character == "\t":
        return " " * TAB
    if character.isprintable() or character == "\u200d":
        return character
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    code = ord(character)
    if code < 0x20:
        # The picture of the control character, as wide as any letter.
        return chr(0x2400 + code)
    return f"\\u{{{code:x}}}"


def _cells(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
