"""The server's door: a client's messages come in here and are handed on by their method.

`initialize` is answered from a file, `core` does what comes with every keystroke on plain JSON, and
everything else is for the handlers of `prisma_lsp.server.server`.  They need the protocol's classes,
whose import takes longer than a first check, so they are made when a request asks for them or, at
the latest, soon after the first findings, beside other work.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prisma_lsp import __version__
from prisma_lsp.server import limits
from prisma_lsp.server.client import Client
from prisma_lsp.server.limits import FaultReports, TooLong, report_folder, time_limit
from prisma_lsp.server.loop import Broken, Loop, Source, socket_source, source

if TYPE_CHECKING:
    from socket import socket

    from prisma_lsp.server.core import Core
    from prisma_lsp.server.server import Server

log = logging.getLogger("prisma_lsp")

CAPABILITIES = Path(__file__).with_name("capabilities.json")

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
NOT_INITIALIZED = -32002
SERVER_CANCELLED = -32802

# What Prisma's own language server does as well; see the setting `step-back`.
SHARED = (
    "documentFormattingProvider",
    "documentRangeFormattingProvider",
    "documentOnTypeFormattingProvider",
    "completionProvider",
    "definitionProvider",
    "referencesProvider",
    "renameProvider",
    "documentSymbolProvider",
)

# How long a client has to be silent after its first file before the other handlers are made
# unasked, in seconds.
WARM_UP = 1.0
# Python hands the interpreter over every 5 ms; while they are made, a keystroke must not wait that
# long.  In seconds.
SWITCH = 0.0005


# From how many bytes on a message is not copied once more to be sent in one piece.
LARGE = 1 << 20
# So many pieces of such a message are put together to be written at once.
HANDFUL = 16


class Door:
    """One client's conversation.  ``out`` is a binary stream."""

    def __init__(self, loop: Loop, out: Any) -> None:
        self.loop = loop
        self.exit_code = 0
        self._out = out
        self._client: Client | None = None
        self._core: Core | None = None
        self._is_down = False
        self._server: Server | None = None
        self._maker: threading.Thread | None = None

    # --- messages in -----------------------------------------------------------------------------

    def receive(self, body: bytes) -> None:
        """Handle one message; whatever it is, the next one is handled as well."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError) as error:
            self.refuse(None, PARSE_ERROR, f"this is not JSON: {error}")
            return
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self.refuse(None, INVALID_REQUEST, "this is not a message of JSON-RPC 2.0")
            return
        method, number = message.get("method"), message.get("id")
        is_request = "id" in message and "method" in message
        try:
            if "method" not in message:
                self._answered(message)
            elif not isinstance(method, str):
                self.refuse(number, INVALID_REQUEST, "a method is a string")
            elif is_request:
                self._request(message, method, number)
            else:
                self._notification(message, method)
        except (KeyError, TypeError, AttributeError) as error:
            # What is missing or of another kind in the parameters.
            log.error("%s cannot be read: %r", method, error, exc_info=error)
            if is_request:
                self.refuse(number, INVALID_PARAMS, f"the parameters cannot be read: {error!r}")
        except Exception as error:
            log.exception("%s failed", method)
            if is_request:
                self.refuse(number, INTERNAL_ERROR, f"{method} failed: {error!r}")

    def _request(self, message: dict[str, Any], method: str, number: object) -> None:
        if method == "initialize":
            if self._client is not None:
                self.refuse(number, INVALID_REQUEST, "initialize comes once")
                return
            self._client = Client(message.get("params"))
            # Before the answer: the client opens its files as soon as it has it.
            self._prepare()
            self._send(number, initialize_result(self._client))
            _ = self.core
        elif self._client is None:
            self.refuse(number, NOT_INITIALIZED, "initialize comes first")
        elif self._is_down:
            self.refuse(number, INVALID_REQUEST, "the server is shut down")
        elif method == "shutdown":
            self._is_down = True
            self._send(number, None)
        elif method == "textDocument/diagnostic" and self._client.pulls:
            self.core.settle()
            self.core.pull(number, message["params"])
        else:
            self.core.settle()
            server = self.server
            try:
                with time_limit(limits.REQUEST_SECONDS):
                    server.handle(message)
            except TooLong:
                log.error("%s took longer than %g s", method, limits.REQUEST_SECONDS, exc_info=True)
                self.refuse(number, SERVER_CANCELLED, "this took too long")
                # What it may have left undone.
                self.loop.call_soon(lambda: self.core.touched(set()))

    def _notification(self, message: dict[str, Any], method: str) -> None:
        if method == "exit":
            self.exit_code = 0 if self._is_down else 1
            self.loop.stop()
            return
        if self._client is None or self._is_down:
            return
        core = self.core
        params = message.get("params")
        if method != "textDocument/didChange":
            core.settle()
        match method:
            case "textDocument/didChange":
                core.did_change(params)  # type: ignore[arg-type]
            case "textDocument/didOpen":
                core.did_open(params)  # type: ignore[arg-type]
                self._warm_up()
            case "textDocument/didClose":
                core.did_close(params)  # type: ignore[arg-type]
            case "textDocument/didSave":
                core.did_save(params)  # type: ignore[arg-type]
            case "workspace/didChangeWatchedFiles":
                core.did_change_watched_files(params)  # type: ignore[arg-type]
            case "workspace/didChangeConfiguration":
                core.did_change_configuration(params or {})
            case "workspace/didChangeWorkspaceFolders":
                core.did_change_workspace_folders(params)  # type: ignore[arg-type]
            case "initialized":
                core.initialized()
            case "$/cancelRequest":
                core.cancel(params["id"])  # type: ignore[index]
            case _:
                log.debug("ignored: %s", method)

    def _answered(self, message: dict[str, Any]) -> None:
        if self._core is not None and self._core.answered(message):
            return
        if self._server is not None:
            self._server.handle(message)

    # --- what stands behind ------------------------------------------------------------------------

    @property
    def core(self) -> Core:
        if self._core is None:
            from prisma_lsp.server.core import Core

            assert self._client is not None
            self._core = Core(self._client, self.loop, self.write)
        return self._core

    def _prepare(self) -> None:
        from prisma_lsp.server.core import prepare

        prepare()
        gc.enable()
        gc.freeze()

    @property
    def server(self) -> Server:
        """The handlers of all other requests, made now if they are not."""
        if self._server is None:
            if self._maker is None:
                self._make()
            else:
                self._maker.join()
            if self._server is None:
                raise RuntimeError("the handlers cannot be made")
        return self._server

    def _make(self) -> None:
        from prisma_lsp.server.server import make_server

        self._server = make_server(self.core)

    def _warm_up(self) -> None:
        if self._server is None and self._maker is None:
            self.loop.call_idle(WARM_UP, self._make_beside)

    def _make_beside(self) -> None:
        if self._server is not None or self._maker is not None:
            return

        def make() -> None:
            interval = sys.getswitchinterval()
            sys.setswitchinterval(SWITCH)
            try:
                self._make()
            except Exception:
                log.exception("the handlers cannot be made")
            finally:
                sys.setswitchinterval(interval)

        self._maker = threading.Thread(target=make, daemon=True)
        self._maker.start()

    # --- messages out ----------------------------------------------------------------------------

    def write(self, body: str | Sequence[bytes | memoryview]) -> None:
        """Send a message whose JSON text is ``body``, or whose pieces in UTF-8 are; without a client
        there is nothing to do."""
        data = [body.encode("utf-8", "replace")] if isinstance(body, str) else body
        size = sum(map(len, data))
        header = b"Content-Length: %d\r\n\r\n" % size
        try:
            if size < LARGE:
                self._out.write(b"".join((header, *data)))
            else:
                self._out.write(header)
                for at in range(0, len(data), HANDFUL):
                    handful = data[at : at + HANDFUL]
                    self._out.write(handful[0] if len(handful) == 1 else b"".join(handful))
            self._out.flush()
        except (OSError, ValueError):
            log.info("the client is gone")
            os._exit(1)

    def _send(self, number: object, result: object) -> None:
        self.write(json.dumps({"jsonrpc": "2.0", "id": number, "result": result}))

    def refuse(self, number: object, code: int, message: str) -> None:
        error = {"code": code, "message": message}
        self.write(json.dumps({"jsonrpc": "2.0", "id": number, "error": error}))


def initialize_result(client: Client) -> dict[str, Any]:
    """What we answer to `initialize`: the capabilities that are generated from the handlers, less
    what this client does not know."""
    capabilities = json.loads(CAPABILITIES.read_text("utf-8"))
    capabilities["positionEncoding"] = client.encoding
    if not client.has("textDocument", "rename", "prepareSupport"):
        capabilities["renameProvider"] = True
    if not client.pulls:
        # A client that is pushed to must not be able to pull as well.
        del capabilities["diagnosticProvider"]
    if client.option("stepBack", "step-back", "step_back") == "on":
        # Not announced at all: an editor with two formatters would ask which one to take.
        for name in SHARED:
            del capabilities[name]
    return {
        "capabilities": capabilities,
        "serverInfo": {"name": "prisma-lsp", "version": __version__},
    }


def main(tcp: str | None = None) -> int:
    """Serve one client until it goes; the result is the exit code.

    The client is on stdin and stdout, or the first that connects to ``tcp``: a port of this machine,
    or ``address:port``.
    """
    gc.disable()  # until all is imported: that makes many objects and no garbage
    level = os.environ.get("PRISMA_LSP_LOG", "WARNING").upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        level = "WARNING"
    form = "%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(stream=sys.stderr, level=level, format=form)
    logging.getLogger().addHandler(FaultReports(report_folder()))
    # A cancel that comes too late is nobody's fault.
    logging.getLogger("pygls").setLevel(max(logging.ERROR, logging.getLogger().level))
    gc.set_threshold(50_000, 20, 50)
    out: Any
    messages: Source
    if tcp is None:
        out, messages = sys.stdout.buffer, source(sys.stdin.fileno())
    else:
        connection = _connection(tcp)
        if connection is None:
            return 2
        out, messages = connection.makefile("wb"), socket_source(connection)
    # What else prints must not come between two messages.
    sys.stdout = sys.stderr
    loop = Loop()
    door = Door(loop, out)
    limits.watch_rules(lambda: loop.turns)
    try:
        loop.run(messages, door.receive)
    except Broken as error:
        log.error("the client's stream cannot be read: %s", error)
        return 1
    except KeyboardInterrupt:
        return 130
    return door.exit_code


def _connection(address: str) -> socket | None:
    """The first connection to ``address``; None where it cannot be listened on."""
    import ipaddress
    import socket

    host, _, port = address.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    try:
        is_near = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_near = False
    if not is_near:
        print(
            f"warning: everybody who reaches {host} can read and change the schemas that are open"
            " here: the connection is neither encrypted nor protected by a password",
            file=sys.stderr,
        )
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, int(port)), family=family) as server:
            print(f"listening on {host}:{server.getsockname()[1]}", file=sys.stderr, flush=True)
            connection, _ = server.accept()
    except (OSError, ValueError, OverflowError) as error:
        print(f"error: cannot listen on {address}: {error}", file=sys.stderr)
        return None
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
