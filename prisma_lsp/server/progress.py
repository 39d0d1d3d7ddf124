"""Tells a client that shows progress how far the checking of a big workspace is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prisma_lsp.server.core import Core

# What is done sooner is not worth a word, in seconds; nor is more than one word in this time.
QUIET = 0.4
PACE = 0.2

TITLE = "Checking schemas"


class Progress:
    """One stretch of work, reported as a whole once it turns out to be long."""

    _count = 0

    def __init__(self, core: Core) -> None:
        self._core = core
        self._token = ""
        self._begun = False
        self._done = False
        self._most = 0
        shows = core.client.has("window", "workDoneProgress")
        self._next = time.monotonic() + QUIET if shows else float("inf")

    def tell(self, left: int) -> None:
        """``left``: how many blocks are still to be checked."""
        self._most = max(self._most, left)
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + PACE
        if not self._token:
            Progress._count += 1
            self._token = f"prisma-lsp-{Progress._count}"
            wanted = {"token": self._token}
            self._core.request("window/workDoneProgress/create", wanted, self._begin)
        elif self._begun:
            percent = 100 * (self._most - left) // self._most
            self._send({"kind": "report", "message": f"{left} blocks left", "percentage": percent})

    def end(self) -> None:
        self._done = True
        if self._begun:
            self._send({"kind": "end"})

    def _begin(self, _: Any) -> None:
        # The client has agreed; meanwhile all may be done.
        if not self._done:
            self._begun = True
            self._send({"kind": "begin", "title": TITLE, "percentage": 0})

    def _send(self, value: object) -> None:
        self._core.notify("$/progress", {"token": self._token, "value": value})
