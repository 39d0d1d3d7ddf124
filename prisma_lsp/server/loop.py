"""One thread's events: messages of a client, timers, and what is to be done when nothing else is.

Messages come first, so that a request is answered between two slices of a long check.  `asyncio`
could do the same; importing it and going through its streams would cost a fifth of the start and of
a keystroke.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import re
import stat
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from socket import socket

log = logging.getLogger(__name__)

# No message of a client is larger; what says so is not the protocol, and there is no way to find
# the next message behind it.
MAX_BODY_BYTES = 512 * 1024 * 1024
MAX_HEADER_BYTES = 16 * 1024

_LENGTH = re.compile(rb"(?:^|\r\n)content-length:[ \t]*([0-9]{1,12})[ \t]*(?:\r\n|$)", re.IGNORECASE)
_CHUNK = 1 << 20


class Broken(Exception):
    """The client's stream cannot be read on."""


class Frames:
    """Cuts a stream of bytes into the bodies of messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._need = -1

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that are complete now; raises `Broken` where no message can follow."""
        buffer = self._buffer
        buffer += data
        found: list[bytes] = []
        while True:
            if self._need < 0:
                end = buffer.find(b"\r\n\r\n")
                if end < 0:
                    if len(buffer) > MAX_HEADER_BYTES:
                        raise Broken("a message has no end of its header")
                    return found
                length = _LENGTH.search(buffer[:end])
                del buffer[: end + 4]
                if length is None:
                    # What follows may be a body or another header: the next header is looked for.
                    log.error("a message without Content-Length")
                    continue
                self._need = int(length[1])
                if self._need > MAX_BODY_BYTES:
                    raise Broken(f"a message of {self._need} bytes")
            if len(buffer) < self._need:
                return found
            found.append(bytes(buffer[: self._need]))
            del buffer[: self._need]
            self._need = -1


class Source(Protocol):
    """Where bytes come from."""

    def read(self, seconds: float | None) -> bytes | None:
        """What has come, waiting at most ``seconds`` (None: as long as it takes).

        None where nothing came in time; no bytes where nothing will come any more.
        """


class Descriptor:
    """A pipe or socket that the system can wait for."""

    def __init__(self, descriptor: int) -> None:
        import select

        self._descriptor = descriptor
        self._poll = select.poll()
        self._readable = select.POLLIN
        self._poll.register(descriptor, self._readable)

    def end_with(self, descriptor: int) -> None:
        """Nothing comes any more once ``descriptor`` can be read."""
        self._poll.register(descriptor, self._readable)

    def read(self, seconds: float | None) -> bytes | None:
        ready = self._poll.poll(None if seconds is None else seconds * 1000)
        if not ready:
            return None
        if all(descriptor != self._descriptor for descriptor, _ in ready):
            return b""
        try:
            return os.read(self._descriptor, _CHUNK)
        except ConnectionError:
            return b""


class Thread:
    """Anything else, such as a pipe on Windows: a thread calls ``read`` until nothing comes."""

    def __init__(self, read: Callable[[], bytes]) -> None:
        import queue
        import threading

        self._empty = queue.Empty
        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._run, args=(read,), daemon=True).start()

    def _run(self, read: Callable[[], bytes]) -> None:
        data = b"?"
        while data:
            try:
                data = read()
            except OSError:
                data = b""
            self._queue.put(data)

    def read(self, seconds: float | None) -> bytes | None:
        try:
            return self._queue.get(seconds != 0, seconds)
        except self._empty:
            return None


def source(descriptor: int) -> Source:
    """The best way to read a file descriptor here."""
    kind = os.fstat(descriptor).st_mode
    if os.name == "posix" and (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        return Descriptor(descriptor)
    return Thread(lambda: os.read(descriptor, _CHUNK))


def socket_source(connection: socket) -> Source:
    """The same for a connection."""
    if os.name == "posix":
        return Descriptor(connection.fileno())
    return Thread(lambda: connection.recv(_CHUNK))


class Timer(NamedTuple):
    due: float
    number: int
    do: list[Callable[[], None]]

    def cancel(self) -> None:
        self.do.clear()


class Loop:
    """Calls ``receive`` with each message's body until the source ends or `stop` is called."""

    def __init__(self) -> None:
        self._soon: deque[Callable[[], None]] = deque()
        self._timers: list[Timer] = []
        self._numbers = itertools.count()
        self._stopped = False
        self._last_message = 0.0
        self._source: Source | None = None
        # How many pieces of work were begun.
        self.turns = 0
        # Whether the next message is here already, while one is being received.
        self.has_more = False

    def call_soon(self, do: Callable[[], None]) -> None:
        """Do it once no message waits to be read."""
        self._soon.append(do)

    def call_later(self, seconds: float, do: Callable[[], None]) -> Timer:
        timer = Timer(time.monotonic() + seconds, next(self._numbers), [do])
        heapq.heappush(self._timers, timer)
        return timer

    def call_idle(self, seconds: float, do: Callable[[], None]) -> Timer:
        """Do it once no message has come for ``seconds``."""
        timer = Timer(0.0, -1, [do])

        def look() -> None:
            left = self._last_message + seconds - time.monotonic()
            if left > 0:
                self.call_later(left, look)
            elif timer.do:
                timer.do[0]()

        self.call_later(seconds, look)
        return timer

    def stop(self) -> None:
        self._stopped = True

    def end_with(self, descriptor: int) -> bool:
        """End as if the source had once ``descriptor`` can be read; False where nothing can wait
        for two things at once."""
        if not isinstance(self._source, Descriptor):
            return False
        self._source.end_with(descriptor)
        return True

    def run(self, source: Source, receive: Callable[[bytes], None]) -> None:
        """Raises `Broken` where the client's stream cannot be read on."""
        frames = Frames()
        self._source = source
        while not self._stopped:
            data = source.read(self._patience())
            if data is not None:
                if not data:
                    return
                bodies = deque(frames.feed(data))
                while bodies:
                    body = bodies.popleft()
                    if not bodies and (data := source.read(0)):
                        bodies.extend(frames.feed(data))
                    self.has_more = bool(bodies)
                    self.turns += 1
                    receive(body)
                    self._last_message = time.monotonic()
                    if self._stopped:
                        return
                if data == b"":
                    return
            else:
                self.turns += 1
                if self._soon:
                    _guard(self._soon.popleft())
                else:
                    self._due()

    def finish(self) -> None:
        """Do all that was put off, timers as well, without waiting for them; for tests."""
        self._last_message = float("-inf")
        while self._soon or self._timers:
            while self._soon:
                _guard(self._soon.popleft())
            for timer in [heapq.heappop(self._timers) for _ in range(len(self._timers))]:
                if timer.do:
                    _guard(timer.do[0])

    def _patience(self) -> float | None:
        if self._soon:
            return 0
        if not self._timers:
            return None
        return max(0.0, self._timers[0].due - time.monotonic())

    def _due(self) -> None:
        while self._timers and self._timers[0].due <= time.monotonic():
            timer = heapq.heappop(self._timers)
            if timer.do:
                _guard(timer.do[0])


def _guard(do: Callable[[], None]) -> None:
    try:
        do()
    except Exception:
        log.exception("something put off failed")
