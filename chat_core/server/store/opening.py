"""Bringing a database to the schema of this program: made if it is new, migrated if it is old, refused if it is newer.

Alembic is imported only when a migration is due: a new database is made from the schema itself, and a test compares the
two ways. Knows no dialect.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, insert, inspect, select

from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.text import clean_line
from chat_core.server.observe import get_log
from chat_core.server.store import schema
from chat_core.server.store.base import ANNOUNCEMENTS, GENERAL
from chat_core.server.store.facts import Facts
from chat_core.server.store.ops.work import Work, add_conversation

MIGRATIONS: Final = Path(__file__).parent / "migrations"

log = get_log(__name__)


def prepare(
    engine: Engine,
    *,
    ts: int,
    keep_copy: Callable[[Connection, str], Path],
    chance: Callable[[int], bytes] = os.urandom,
    head: str = schema.HEAD,
    scripts: Path = MIGRATIONS,
) -> None:
    """Make the tables of an empty database, or migrate an old one, whole or not at all.

    Args:
        engine: enforces no foreign keys: a table that is rebuilt is dropped first.
        ts: now, in milliseconds since 1970.
        keep_copy: called with the version of an existing database before that is migrated; returns where the copy is.
        chance: returns random bytes.
        head: the version wanted.
        scripts: folder with Alembic's `env.py` and `versions`.

    Raises:
        UsageFault: the database belongs to a newer version or to another program.
        WorldFault: a migration failed; the database is as it was.
    """
    with engine.connect() as connection:
        with connection.begin():
            version = version_of(connection)
            if version is None:
                _make(connection, ts, chance)
                return
        if version > head:
            raise UsageFault(
                f"The database was made by a newer version of this program (its schema is {version}, this program "
                f"knows {head}): update the program, or choose another folder with --data."
            )
        if version < head:
            copy = keep_copy(connection, version)
            # Before it: with very much in the database this can take minutes, in which the server says nothing else.
            log.info("migrating the database, which may take a while", before=version, to=head, copy=str(copy))
            try:
                with connection.begin():
                    migrate(connection, scripts)
            except Exception as error:
                reason = clean_line(str(error))[:200]
                raise WorldFault(
                    f"The database {engine.url.database} could not be brought up to date ({reason}); "
                    f"it is unchanged, and there is a copy of it: {copy}."
                ) from error
            log.info("migrated the database", before=version, now=head, copy=str(copy))


def migrate(connection: Connection, scripts: Path = MIGRATIONS) -> None:
    """Bring a database to the newest version, inside the transaction that was begun."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def version_of(connection: Connection) -> str | None:
    """Return the version of the schema in a database, None for an empty one. Raises: UsageFault."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if schema.VERSION_TABLE not in tables:
        raise UsageFault("The database belongs to another program; choose another folder with --data.")
    version: str = connection.execute(select(schema.version.c.version_num)).scalar_one()
    return version


def _make(connection: Connection, ts: int, chance: Callable[[int], bytes]) -> None:
    """Make all tables, name the epoch, and open the two conversations everybody is in."""
    schema.metadata.create_all(connection)
    connection.execute(insert(schema.version).values(version_num=schema.HEAD))
    connection.execute(insert(schema.meta).values(key="epoch", value=chance(8).hex()))
    work = Work(connection, Facts(), chance)
    add_conversation(work, "channel", ts, name=GENERAL)
    add_conversation(work, "announcements", ts, name=ANNOUNCEMENTS)
