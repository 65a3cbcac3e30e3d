"""The tables, for SQLite and PostgreSQL alike. The log is `events`; everything else is folded from it or is a label."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

SCHEMA_VERSION: Final = 1
"""Raised with each migration; stored in `meta` beside Alembic's own mark."""

metadata = MetaData()
_Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite makes a row's number of an INTEGER PRIMARY KEY only."""

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    Column("name_key", String, nullable=False, unique=True),
    Column("log_head", _Id, nullable=False, default=0),
    Column("created_ts", BigInteger, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("name_key", String, unique=True),
    Column("direct_key", String, unique=True),
    Column("topic", Text, nullable=False, default=""),
    Column("head", _Id, nullable=False, default=0),
    Column("head_eid", LargeBinary, nullable=False, default=b""),
    Column("ordinal", _Id, nullable=False, default=0),
    Column("members", _Id, nullable=False, default=0),
    Column("created_ts", BigInteger, nullable=False),
)
"""`direct_key`: "lower:higher" account numbers of a direct conversation; `ordinal`: how many messages it has had."""

memberships = Table(
    "memberships",
    metadata,
    Column("account", _Id, primary_key=True),
    Column("conversation", _Id, primary_key=True),
    Column("since_seq", _Id, primary_key=True),
    Column("until_seq", _Id),
    Column("read_seq", _Id, nullable=False, default=0),
    Index("memberships_by_conversation", "conversation", "until_seq"),
)
"""Intervals: `until_seq` NULL is a member now, else the last event it may read."""

events = Table(
    "events",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=False),
    Column("eid", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", _Id, nullable=False),
    Column("ts", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)
"""Append-only. `id` is conversation << 32 | seq: a page is one range, and seq order is key order."""

messages = Table(
    "messages",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=False),
    Column("ordinal", _Id, nullable=False),
    Column("author", _Id, nullable=False),
    Column("ts", BigInteger, nullable=False),
    Column("changed", _Id, nullable=False),
    Column("body", Text, nullable=False),
    Column("style", String, nullable=False),
    Column("reply_to", _Id),
)
"""The fold of `events`: messages as they stand now; `ordinal` counts a conversation's messages."""

cids = Table(
    "cids",
    metadata,
    Column("account", _Id, primary_key=True),
    Column("cid", LargeBinary, primary_key=True),
    Column("conversation", _Id, nullable=False),
    Column("seq", _Id, nullable=False),
    Column("ts", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Every send ever accepted, for ever."""

account_events = Table(
    "account_events",
    metadata,
    Column("account", _Id, primary_key=True),
    Column("seq", _Id, primary_key=True),
    Column("kind", String, nullable=False),
    Column("conversation", _Id, nullable=False),
    Column("number", _Id, nullable=False, default=0),
    Index("account_events_by_conversation", "account", "conversation", "kind"),
    sqlite_with_rowid=False,
)
"""Accounts' own logs; `number` is the last readable seq, or the read marker."""

SEQ_BITS: Final = 32


def key(conversation: int, seq: int) -> int:
    """Return the number of an event or message in its table."""
    return conversation << SEQ_BITS | seq


def seq_of(number: int) -> int:
    """Return the seq of such a number."""
    return number & (1 << SEQ_BITS) - 1
