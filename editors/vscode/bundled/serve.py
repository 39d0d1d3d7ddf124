"""Starts the prisma-lsp that came with the editor's extension, with what it needs, from beside this file."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("libs")))

from prisma_lsp.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
