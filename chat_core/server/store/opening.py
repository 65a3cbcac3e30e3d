"""Opening a database: made if it is new, brought up to date if old, refused in one sentence if it cannot be used."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import DBAPIError

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.server.store.tables import SCHEMA_VERSION, meta, metadata
from chat_core.server.store.writing import Tx, make_first_conversations

EPOCH_BYTES = 8


def prepare(engine: Engine, path: Path, clock: Clock, random_bytes: Callable[[int], bytes]) -> None:
    """Make or update the database.

    Raises:
        WorldFault: the file cannot be read or written, or is no database.
        UsageFault: it was written by a newer version.
    """
    new = not path.exists() or path.stat().st_size == 0
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            if new:
                _make(Tx(connection, random_bytes), clock)
            found = _version(connection)
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
            raise WorldFault(
                f"{path} is no chat database; move it away, or choose another folder with --data."
            ) from error
        raise WorldFault(f"The database {path} cannot be used: {error.orig}.") from error
    if found > SCHEMA_VERSION:
        raise UsageFault(
            f"The database {path} was written by a newer version (schema {found}, this one knows {SCHEMA_VERSION}); "
            "update this program."
        )
    if found < SCHEMA_VERSION:
        _migrate(engine, path, found)


def _make(tx: Tx, clock: Clock) -> None:
    metadata.create_all(tx.connection)
    tx.run(insert(meta).values(key="schema", value=str(SCHEMA_VERSION)))
    tx.run(insert(meta).values(key="epoch", value=tx.random_bytes(EPOCH_BYTES).hex()))
    make_first_conversations(tx, clock.wall_ms())


def _version(connection: Connection) -> int:
    return int(connection.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one())


def _migrate(engine: Engine, path: Path, found: int) -> None:
    """Bring an older database up to date; a copy of it stays beside it."""
    from alembic import command  # expensive to import, needed once in a database's life
    from alembic.config import Config

    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy2(path, path.with_name(f"{path.name}.schema-{found}"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, str(SCHEMA_VERSION))
        connection.execute(update(meta).where(meta.c.key == "schema").values(value=str(SCHEMA_VERSION)))
