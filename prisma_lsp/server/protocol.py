"""pygls' protocol, for messages that the door has read, and answers that are already JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

log = logging.getLogger(__name__)

_UNKNOWN: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}


class Raw(NamedTuple):
    """A result that is JSON text already."""

    json: str


class Pieces(NamedTuple):
    """A result that is JSON text already, in pieces of UTF-8 that are sent one behind the other."""

    pieces: list[bytes]


class Refusal(NamedTuple):
    """A request that is not done, and the reason for the user."""

    message: str


class Protocol(LanguageServerProtocol):
    # Sends a message given as JSON text, or as pieces of it in UTF-8.
    write: Callable[[str | list[bytes]], None]

    def take(self, message: dict[str, Any]) -> None:
        """Handle decoded JSON; raises JsonRpcException where its parameters are not the protocol's."""
        structured: Any = self.structure_message(message)
        if "method" in message:
            self._handle_request(structured.id, structured.method, structured.params)
        else:
            self.handle_message(structured)

    def greet(self, params: dict[str, Any]) -> None:
        """Tell pygls of the client; the door has answered already."""
        for one in (params, _UNKNOWN):
            message = {"jsonrpc": "2.0", "id": "", "method": types.INITIALIZE, "params": one}
            try:
                structured: Any = self.structure_message(message)
            except JsonRpcException:
                log.error("the client's capabilities are not the protocol's")
                continue
            for _ in self.lsp_initialize(structured.params):
                pass
            return

    def refuse(self, msg_id: Any, error: types.ResponseError) -> None:
        self._send_response(msg_id, None, error)

    def _send_data(self, data: Any) -> None:
        self.write(json.dumps(data, default=self._serialize_message, separators=(",", ":")))

    def _send_response(self, msg_id: Any, result: Any = None, error: Any = None) -> None:
        if isinstance(result, Raw):
            self.write(f'{{"jsonrpc":"2.0","id":{json.dumps(msg_id)},"result":{result.json}}}')
            self._result_types.pop(msg_id, None)
        elif isinstance(result, Pieces):
            head = f'{{"jsonrpc":"2.0","id":{json.dumps(msg_id)},"result":'
            self.write([head.encode(), *result.pieces, b"}"])
            self._result_types.pop(msg_id, None)
        elif isinstance(result, Refusal):
            reason = types.ResponseError(types.LSPErrorCodes.RequestFailed, result.message)
            super()._send_response(msg_id, None, reason)
        else:
            super()._send_response(msg_id, result, error)
