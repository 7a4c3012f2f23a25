"""A real server of the application for tests: waitress on loopback, with a clock that a file moves.

Run as `python -m tests.support.serve DATABASE_URL KEYS_FOLDER CLOCK_FILE PORT_FILE [PORT]`; it writes its port and
serves until it is ended. CLOCK_FILE holds an ISO moment; an empty file means the real clock.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from waitress.server import create_server

from casework.app import create_app
from casework.kernel.garbage import settle
from casework.settings import load_settings


class FileClock:
    """Reads the moment from a file at every question, so that a test can move the time of a running server."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        text = self._path.read_text(encoding="ascii").strip()
        return datetime.fromisoformat(text).astimezone(UTC) if text else datetime.now(UTC)


def main(url: str, keys: str, clock: str, port_file: str, port: str = "0") -> None:
    settings = load_settings(
        "testing",
        overrides={
            "database_url": url,
            "keystore_path": str(Path(keys) / "keystore.db"),
            "kek_dir": str(Path(keys) / "kek"),
        },
    )
    app = create_app(settings, clock=FileClock(Path(clock)))
    settle()
    server = create_server(
        app, host="127.0.0.1", port=int(port), threads=16, clear_untrusted_proxy_headers=True
    )
    Path(port_file).write_text(str(server.effective_port), encoding="ascii")
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:6])
