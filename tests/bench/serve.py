"""The measured server: waitress on loopback, serving the product or a bare equivalent; writes its port to a file.

Run as `python -m tests.bench.serve KIND DATABASE_URL KEYS_FOLDER PORT_FILE`, KIND one of ours, orm, driver.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from waitress.server import create_server

from casework.kernel.garbage import settle
from casework.settings import Settings, load_settings

THREADS = 8


def bench_settings(url: str, keys: Path) -> Settings:
    """Those of the tests, but nobody is stopped for searching or reading often."""
    return load_settings(
        "testing",
        overrides={
            "database_url": url,
            "keystore_path": str(keys / "keystore.db"),
            "kek_dir": str(keys / "kek"),
            "search_per_hour": 100_000_000,
            "read_alarm_per_hour": 100_000_000,
            "read_cap_per_hour": 100_000_000,
        },
    )


def make_app(kind: str, url: str, keys: Path) -> Any:
    if kind == "ours":
        from casework.app import create_app

        return create_app(bench_settings(url, keys))
    from tests.bench.limit import make_bare

    return make_bare(kind, url)


def main(kind: str, url: str, keys: str, port_file: str) -> None:
    app = make_app(kind, url, Path(keys))
    settle()
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS, clear_untrusted_proxy_headers=True)
    Path(port_file).write_text(str(server.effective_port), encoding="ascii")
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:5])
