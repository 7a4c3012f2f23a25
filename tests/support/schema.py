"""What an empty database of the tests holds: the schema as the migrations make it."""

from __future__ import annotations

import importlib
from pathlib import Path

from sqlalchemy import create_engine

import casework
from casework.audit import trail
from casework.db import Base
from casework.migrate import head_revision, upgrade


def build_schema(url: str) -> None:
    """Bring an empty database to the newest revision."""
    if head_revision() is not None:
        upgrade(url)
        return
    _from_models(url)


def _from_models(url: str) -> None:
    """Before the first revision is written the models are the only description of the schema."""
    for path in sorted(Path(casework.__file__).parent.glob("*/models*")):
        importlib.import_module(f"casework.{path.parent.name}.models")
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        trail.prepare(connection)
    engine.dispose()


def fill_directory(url: str, keystore: Path, folder: Path) -> None:
    """Load Kamakura's lists as `casework init` does, through the use case."""
    from casework.agencies.actions import sync_directory
    from tests.support.world import make_world

    with make_world(url, folder, keystore) as world:
        sync_directory(world.ctx())
