"""What the database file says, read with nothing of the server's own code: only the file's format is shared."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec

from chat_core.base.errors import WorldFault
from chat_core.check.history import Dumped, Stored

SEQ_BITS: Final = 32
LAST_SEQ: Final = (1 << SEQ_BITS) - 1


def heads(database: Path) -> tuple[str, dict[int, int]]:
    """Return the store's epoch, and the counter of each conversation. Raises: WorldFault."""
    with closing(_open(database)) as connection:
        return _heads(connection)


def dump(database: Path, at: float) -> Iterator[Stored | Dumped]:
    """Yield every event of a store, and at the end the counters, all as of one moment.

    Args:
        database: the file; a server may be writing it.
        at: time to put into the records, in seconds.

    Raises:
        WorldFault: it cannot be read.
    """
    with closing(_open(database)) as connection:
        connection.execute("BEGIN")
        epoch, counters = _heads(connection)
        rows = connection.execute("SELECT id, eid, kind, author, cid, payload, target FROM events ORDER BY id")
        for number, eid, kind, author, cid, payload, target in rows:
            content: dict[str, Any] = msgspec.msgpack.decode(payload)
            yield Stored(
                at=at,
                who="server",
                epoch=epoch,
                conversation=number >> SEQ_BITS,
                seq=number & LAST_SEQ,
                eid=eid,
                kind=kind,
                author=author,
                cid=cid or b"",
                body=content.get("body", content.get("topic", "")),
                target=(target or 0) & LAST_SEQ,
            )
        yield Dumped(at=at, who="server", epoch=epoch, heads=counters)


def _open(database: Path) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10, isolation_level=None)
    except sqlite3.Error as error:
        raise WorldFault(f"The database {database} cannot be read: {error}.") from error


def _heads(connection: sqlite3.Connection) -> tuple[str, dict[int, int]]:
    (epoch,) = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
    return str(epoch), dict(connection.execute("SELECT id, head FROM conversations"))
