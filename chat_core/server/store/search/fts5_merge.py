"""Merging the parts of the index into one, a little at a time: what it is good for, and how far it is. Knows no thread.

Every batch is a part of its own, and FTS5 merges parts of the same size as they come. What is left are a dozen, and a
search asks each of them: merged into one, a frequent word is found in a fifth of the time. And only a merge of all
takes the words of deleted messages out of the file.
"""

from __future__ import annotations

import sqlite3
from enum import Enum
from typing import Final

FRESH: Final = 1000
"""Messages from which on it is worth the while to merge the parts that they made."""
FRESH_PER_PAGE: Final = 2
"""The same for a large index, for each page of it: about a twelfth of what it has."""

_COUNT: Final = (
    "INSERT INTO meta VALUES ('fresh', ?) "
    "ON CONFLICT (key) DO UPDATE SET value = value + CAST(excluded.value AS INTEGER)"
)
_MERGE: Final = "INSERT INTO words (words, rank) VALUES ('merge', ?)"


class Due(Enum):
    """What is to be merged."""

    NOTHING = "nothing"
    DELETED = "deleted"
    """Everything, for words of deleted messages may be in the file; there is time."""
    FRESH = "fresh"
    """Everything, for much was put in."""
    BEGUN = "begun"
    """The rest of what was begun."""


def count_fresh(index: sqlite3.Connection, messages: int) -> None:
    """Take note of messages that are put in (inside a transaction)."""
    index.execute(_COUNT, (messages,))


def note_deleted(index: sqlite3.Connection) -> None:
    """Take note that words were taken out, which stay in the file for now (inside a transaction)."""
    index.execute("REPLACE INTO meta VALUES ('deleted', '1')")


def pages_of(index: sqlite3.Connection) -> int:
    """Return the size of the file in pages."""
    pages: int = index.execute("PRAGMA page_count").fetchone()[0]
    return pages


def due(index: sqlite3.Connection) -> Due:
    """Return what is to be merged."""
    noted = dict(index.execute("SELECT key, value FROM meta WHERE key IN ('merging', 'fresh', 'deleted')"))
    if "merging" in noted:
        return Due.BEGUN
    fresh = int(noted.get("fresh", 0))
    if fresh >= max(FRESH, FRESH_PER_PAGE * pages_of(index)):
        return Due.FRESH
    return Due.DELETED if "deleted" in noted else Due.NOTHING


def merge_some(index: sqlite3.Connection, pages: int) -> bool:
    """Begin to merge everything, or go on with what was begun.

    What is put in or deleted meanwhile is left for the next time: to take it in would be to begin again.

    Args:
        index: the writer's connection.
        pages: how much to write, about.

    Returns:
        Whether more is to be done. If not, the file has no words that were deleted before it was begun.
    """
    index.execute("BEGIN IMMEDIATE")
    try:
        begun = index.execute("SELECT value FROM meta WHERE key = 'merging'").fetchone()
        before = index.total_changes
        index.execute(_MERGE, (pages if begun else -pages,))  # below zero: everything, from the beginning
        going_on = index.total_changes - before >= 2
        if not begun:
            index.execute("INSERT INTO meta SELECT 'merging', count(*) FROM meta WHERE key = 'deleted'")
            index.execute("DELETE FROM meta WHERE key IN ('fresh', 'deleted')")
        if not going_on:
            index.execute("DELETE FROM meta WHERE key = 'merging'")
        index.execute("COMMIT")
    except BaseException:
        if index.in_transaction:
            index.execute("ROLLBACK")
        raise
    if not going_on:
        index.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return going_on
