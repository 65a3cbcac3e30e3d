"""Alembic's entry: runs the versions on the connection that the store hands over, inside its transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from chat_core.server.store.schema import VERSION_TABLE, metadata


def run(connection: Connection) -> None:
    """Run the versions that are asked for."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        transactional_ddl=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        check_foreign_keys(connection)


def check_foreign_keys(connection: Connection) -> None:
    """Look for rows that point nowhere: on SQLite a migration runs with foreign keys off, to rebuild tables."""
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if lost:
        raise RuntimeError(f"the migration left {len(lost)} rows that point nowhere, the first in '{lost[0][0]}'")


run(context.config.attributes["connection"])
