"""What an empty database of the tests holds: the schema as the migrations make it."""

from __future__ import annotations

import importlib
from pathlib import Path

from sqlalchemy import create_engine

import casework
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
    engine.dispose()
