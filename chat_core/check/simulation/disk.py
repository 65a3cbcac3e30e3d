"""A database in memory that outlives the servers that use it: filled, made full, copied away and copied back.

It is SQLite with the production schema, through the production statements; only the file is missing. One engine for the
whole process, because SQLAlchemy compiles a statement once for each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, StaticPool, create_engine, event, select, update

from chat_core.check.history import Dumped, Record, Stored
from chat_core.check.simulation.time_loop import WALL_MS
from chat_core.protocol.codec import to_map
from chat_core.server.store import opening
from chat_core.server.store.keys import SEQ_BITS, seq_of
from chat_core.server.store.payloads import conversation_event
from chat_core.server.store.reader import read_epoch, read_heads
from chat_core.server.store.schema import IS_DELETED, conversations, events, meta

NO_BOUND = 1 << 30


class Disk:
    """See the module's head.

    Args:
        epoch: names the first life of the store.
    """

    def __init__(self, epoch: str) -> None:
        self.connection = _engine().connect()
        self._raw = _raw(self.connection)
        self.take_back(_template())
        self._raw.execute("PRAGMA foreign_keys = ON")
        self.new_epoch(epoch)

    @property
    def epoch(self) -> str:
        """The life of the store."""
        with self.reading():
            return read_epoch(self.connection)

    def close(self) -> None:
        """Throw everything away."""
        self.connection.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give out the connection for reading, beside whatever is under way."""
        with self.connection.begin():
            yield self.connection

    # --- what happens to disks --------------------------------------------------------------------------------

    def copy(self) -> bytes:
        """Return everything that is committed."""
        return self._raw.serialize()

    def take_back(self, copy: bytes) -> None:
        """Be as at the time of a copy."""
        source = sqlite3.connect(":memory:")
        try:
            source.deserialize(copy)
            source.backup(self._raw)
        finally:
            source.close()

    def new_epoch(self, epoch: str) -> None:
        """Begin another life of the store, as a restored backup does."""
        with self.connection.begin():
            self.connection.execute(update(meta).where(meta.c.key == "epoch").values(value=epoch))

    def fill(self, pages: int) -> None:
        """Leave room for so many pages more."""
        (size,) = self._raw.execute("PRAGMA page_count").fetchone()
        self._raw.execute(f"PRAGMA max_page_count = {size + pages}")

    def free(self) -> None:
        """Have room again."""
        self._raw.execute(f"PRAGMA max_page_count = {NO_BOUND}")

    # --- what stands there ------------------------------------------------------------------------------------

    def heads(self) -> dict[int, int]:
        """Return the store's own counter of each conversation."""
        with self.reading() as connection:
            return {head.conversation: head.seq for head in read_heads(connection)}

    def dump(self, at: float) -> Iterator[Record]:
        """Yield every event, and how many there should be.

        Args:
            at: the time for the records.
        """
        with self.reading() as connection:
            epoch = read_epoch(connection)
            rows = connection.execute(_everything).all()
            heads = {row.id: row.head for row in connection.execute(_heads)}
            deleted = tuple(connection.execute(_deleted).scalars())
        for key, eid, kind, author, ts, cid, payload, target in rows:
            number = key >> SEQ_BITS
            told, _ = conversation_event(number, seq_of(key), eid, kind, author, "", ts, cid, payload, target)
            shown: dict[str, Any] = to_map(told)
            yield Stored(
                at=at,
                who="checker",
                epoch=epoch,
                conversation=number,
                seq=seq_of(key),
                eid=eid,
                kind=kind,
                author=author,
                cid=cid if cid is not None and kind == "message_posted" else b"",
                body=shown.get("body", shown.get("topic", "")),
                target=shown.get("message", 0),
                thread=shown.get("thread") or 0,
            )
        yield Dumped(at=at, who="checker", epoch=epoch, heads=heads, deleted=deleted)


_everything = select(
    events.c.id,
    events.c.eid,
    events.c.kind,
    events.c.author,
    events.c.ts,
    events.c.cid,
    events.c.payload,
    events.c.target,
).order_by(events.c.id)
_heads = select(conversations.c.id, conversations.c.head)
_deleted = select(conversations.c.id).where(IS_DELETED)


@cache
def _engine() -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(":memory:", isolation_level=None),
        poolclass=NullPool,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _began(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@cache
def _template() -> bytes:
    """Return a store in which nobody has been yet."""

    def never(connection: Connection, version: str) -> Path:
        raise AssertionError("a new store is not migrated")

    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(":memory:", isolation_level=None), poolclass=StaticPool
    )
    opening.prepare(engine, ts=WALL_MS, keep_copy=never, chance=bytes)
    with engine.connect() as connection:
        copy = _raw(connection).serialize()
    engine.dispose()
    return copy


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection), "an SQLite engine"
    return raw
