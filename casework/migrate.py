"""Alembic, called from code: upgrade, downgrade, and where a database stands."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from .settings import bundled_path


def config(url: str) -> Config:
    made = Config()
    made.set_main_option("script_location", str(bundled_path("migrations")))
    made.attributes["url"] = url
    return made


def upgrade(url: str, revision: str = "head") -> None:
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    command.downgrade(config(url), revision)


def head_revision() -> str | None:
    return ScriptDirectory.from_config(config("")).get_current_head()


def current_revision(url: str) -> str | None:
    """The revision a database stands at, None if it is empty."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
