"""Tables of order: who may not write or come in, and every act of privilege."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, Text

from chat_core.server.store.schema.base import Number, metadata

sanctions = Table(
    "sanctions",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Text, nullable=False),  # ban, mute
    Column("conversation", Number, ForeignKey("conversations.id")),  # NULL: on the whole server
    Column("account", Number, ForeignKey("accounts.id")),
    Column("address", Text),  # IPv4 address, or IPv6 network of 64 bits
    Column("until_ts", Number),  # NULL: until it is lifted
    Column("reason", Text, nullable=False),
    Column("made_by", Number, ForeignKey("accounts.id")),  # NULL: the server itself
    Column("made_ts", Number, nullable=False),
    Column("lifted_ts", Number),  # NULL: in force, unless its time is over
    Column("lifted_by", Number, ForeignKey("accounts.id")),
    Index("ix_sanctions_account", "account"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True),
    Column("ts", Number, nullable=False),
    Column("actor", Number),  # account; NULL: the command line or the server itself
    Column("actor_name", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # over the one before and everything in this row
    sqlite_autoincrement=True,
)
"""Every act of privilege, in a chain: a row that is changed or taken out breaks it."""
