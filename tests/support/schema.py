"""What an empty database of the tests holds: the schema as the migrations make it."""

from __future__ import annotations

from pathlib import Path

from casework.migrate import upgrade


def build_schema(url: str) -> None:
    """Bring an empty database to the newest revision."""
    upgrade(url)


def fill_directory(url: str, keystore: Path, folder: Path) -> None:
    """Load Kamakura's lists as `casework init` does, through the use case."""
    from casework.agencies.actions import sync_directory
    from tests.support.world import make_world

    with make_world(url, folder, keystore) as world:
        sync_directory(world.ctx())
