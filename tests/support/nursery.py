"""A server that dies and comes back within milliseconds: every serving process is a fork of one that has loaded all.

Run as `python -m tests.support.nursery DATABASE_URL KEYS_FOLDER THREADS`. It listens on a port of its own, prints it,
and obeys lines on its standard input: `start` forks a process that serves on that port, `kill` ends it with SIGKILL
and waits until it is gone. Each is answered by a line. What a client sends in between waits in the port's queue.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

from waitress.server import create_server

from casework.app import create_app
from casework.db import db
from casework.settings import load_settings


def main(url: str, keys: str, threads: str) -> None:
    """Load the application once, then fork and kill as told until the input ends."""
    kept = {
        "database_url": url,
        "keystore_path": str(Path(keys) / "keystore.db"),
        "kek_dir": str(Path(keys) / "kek"),
        "read_cap_per_hour": 1_000_000,  # the long forms open more records in an hour than anybody may
    }
    app = create_app(load_settings("testing", overrides=kept))
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()  # a child opens connections of its own
    port = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port.bind(("127.0.0.1", 0))
    port.listen(128)
    print(port.getsockname()[1], flush=True)
    child = 0
    for line in sys.stdin:
        if line.strip() == "start":
            child = os.fork()
            if child == 0:
                create_server(
                    app, sockets=[port], threads=int(threads), clear_untrusted_proxy_headers=True
                ).run()
                os._exit(0)
        elif child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            child = 0
        print("done", flush=True)
    if child:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:4])
