"""Runs migrations on the database that casework.migrate names."""

from alembic import context
from sqlalchemy import create_engine, event, pool


def _sqlite_connect(dbapi_connection, _record):
    # Alembic rebuilds tables on SQLite; foreign keys are checked again at the end.
    dbapi_connection.execute("PRAGMA journal_mode=WAL")
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")


def run() -> None:
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
