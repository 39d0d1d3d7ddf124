"""What a client said of itself: its `initialize` request, as plain JSON.

A capability that is missing or of another kind than the protocol's counts as not there.
"""

from __future__ import annotations

from typing import Any

from prisma_lsp.text import Encoding

ENCODINGS: tuple[Encoding, ...] = ("utf-16", "utf-8", "utf-32")


class Client:
    """The parameters of `initialize`, and questions about them."""

    def __init__(self, params: object) -> None:
        self.params: dict[str, Any] = params if isinstance(params, dict) else {}
        wanted = self.has("general", "positionEncodings")
        known = [one for one in wanted if one in ENCODINGS] if isinstance(wanted, list) else []
        # The first that both know, in the client's order, as the protocol has it.
        self.encoding: Encoding = known[0] if known else "utf-16"
        self.pulls = isinstance(self.has("textDocument", "diagnostic"), dict)

    def has(self, *names: str) -> Any:
        """A capability by the path of its names; None where there is none."""
        found: Any = self.params.get("capabilities")
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def option(self, *names: str) -> Any:
        """One of our settings in `initializationOptions`, by any of its spellings; None where it is
        not there."""
        options = self.params.get("initializationOptions")
        if isinstance(options, dict) and isinstance(options.get("prismaLsp"), dict):
            options = options["prismaLsp"]
        if not isinstance(options, dict):
            return None
        return next((options[name] for name in names if name in options), None)

    @property
    def folders(self) -> list[str]:
        """The URIs of the folders that are open."""
        named = self.params.get("workspaceFolders")
        folders = folder_uris(named)
        root = self.params.get("rootUri")
        return folders or ([root] if isinstance(root, str) and root else [])

    @property
    def process(self) -> int | None:
        number = self.params.get("processId")
        return number if isinstance(number, int) and number > 0 else None


def folder_uris(folders: object) -> list[str]:
    """The URIs in a list of workspace folders."""
    if not isinstance(folders, list):
        return []
    found = [one.get("uri") for one in folders if isinstance(one, dict)]
    return [uri for uri in found if isinstance(uri, str)]
