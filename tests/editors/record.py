"""Stand between an editor and the server, and write down what they say to each other.

    python3 record.py LOG.jsonl COMMAND…

Each line of the log is {"from": "client" | "server", "message": …}; `record_sessions.py` makes of it what is replayed
as a test. Where there is such a log, as of another server of the same editor, it gets a longer name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import IO


def main(log_file: str, *command: str) -> int:
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin and server.stdout
    lock = threading.Lock()
    while os.path.exists(log_file):
        log_file += "+"
    with open(log_file, "w", encoding="utf-8") as log:

        def pass_on(source: IO[bytes], sink: IO[bytes], who: str) -> None:
            while body := read_message(source):
                with lock:
                    line = {"from": who, "message": json.loads(body)}
                    log.write(json.dumps(line, ensure_ascii=False) + "\n")
                    log.flush()
                sink.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                sink.flush()
            sink.close()

        arguments = (sys.stdin.buffer, server.stdin, "client")
        threading.Thread(target=pass_on, args=arguments, daemon=True).start()
        pass_on(server.stdout, sys.stdout.buffer, "server")
    return server.wait()


def read_message(source: IO[bytes]) -> bytes:
    """The body of the next message; empty at the end."""
    length = 0
    while header := source.readline().strip():
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return source.read(length) if length else b""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
