"""pygls' protocol with our own text store, and answers that are already JSON.

pygls keeps a second copy of every text and changes it in time that grows with the file, so its
handlers for opening, changing and closing are replaced by ours.
"""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types
from pygls.io_ import StdinAsyncReader, StdoutWriter, run_async
from pygls.protocol import LanguageServerProtocol, lsp_method

if TYPE_CHECKING:
    from prisma_lsp.server.server import Server

log = logging.getLogger(__name__)


class Raw(NamedTuple):
    """A result that is JSON text already."""

    json: str


class Refusal(NamedTuple):
    """A request that is not done, and the reason for the user."""

    message: str


class Protocol(LanguageServerProtocol):
    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        self._server.did_open(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._server.did_change(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._server.did_close(params)

    def _handle_request(self, msg_id: Any, method_name: str, params: Any) -> None:
        self._server.settle()
        super()._handle_request(msg_id, method_name, params)

    def write(self, body: str) -> None:
        """Send a message whose JSON text is ``body``; a vanished client is no error."""
        data = body.encode("utf-8")
        if self.writer is None:
            return
        try:
            self.writer.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        except (BrokenPipeError, ValueError):
            log.info("the client is gone")
            os._exit(1)

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        if isinstance(result, Raw):
            import json

            self.write(f'{{"jsonrpc":"2.0","id":{json.dumps(msg_id)},"result":{result.json}}}')
            self._result_types.pop(msg_id, None)
        elif isinstance(result, Refusal):
            reason = types.ResponseError(types.LSPErrorCodes.RequestFailed, result.message)
            super()._send_response(msg_id, None, reason)
        else:
            super()._send_response(msg_id, result, error)


async def serve_stdio(server: Server) -> None:
    """Read messages from stdin until it ends."""
    protocol: Any = server.protocol
    protocol.set_writer(StdoutWriter(sys.stdout.buffer))
    loop = asyncio.get_running_loop()
    reader: Any
    kind = os.fstat(sys.stdin.fileno()).st_mode
    if os.name == "posix" and (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        # pygls' reader takes three turns through a thread for every message.
        reader = asyncio.StreamReader(limit=1 << 20)
        pipe = asyncio.StreamReaderProtocol(reader)
        await loop.connect_read_pipe(lambda: pipe, sys.stdin)
    else:
        reader = StdinAsyncReader(sys.stdin.buffer, server.thread_pool)
    stop = server.stop_event
    try:
        await run_async(stop, reader, protocol, log, server.report_server_error)
    except (asyncio.IncompleteReadError, ConnectionError, BrokenPipeError):
        log.info("the client is gone")
