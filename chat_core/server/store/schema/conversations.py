"""Tables of conversations: what they are, who is in them, and how others get there."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    text,
)

from chat_core.server.store.schema.base import PARTIAL, Key, Number, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("name_key", Key),
    Column("direct_key", Text),  # the two accounts, "lower:higher"
    Column("topic", Text, nullable=False),
    Column("head", Number, nullable=False),  # seq of the newest event
    Column("head_eid", LargeBinary, nullable=False),
    Column("ordinal", Number, nullable=False),  # number of messages, without those that are in threads only
    Column("member_count", Number, nullable=False),
    Column("created_by", Number, ForeignKey("accounts.id")),  # NULL: the server itself
    Column("created_ts", Number, nullable=False),
    Column("visibility", Text, nullable=False, server_default=text("'public'")),
    Column("moderated", Boolean, nullable=False, server_default=false()),  # only voices and operators post
    Column("locked", Boolean, nullable=False, server_default=false()),  # only operators post, for now
    Column("archived", Boolean, nullable=False, server_default=false()),  # nobody posts, for good
    Column("slow_s", Number, nullable=False, server_default=text("0")),  # seconds between two posts of one member
    Column(
        "settings", LargeBinary, nullable=False, server_default=text("x''")
    ),  # what the moderation does otherwise here
    Column("skeleton", Text),  # how a channel's name looks (UTS 39); NULL: it has none, or is one of the server's own
    UniqueConstraint("name_key"),
    UniqueConstraint("direct_key"),
    sqlite_autoincrement=True,
)
Index(
    "ix_conversations_skeleton",
    conversations.c.skeleton,
    sqlite_where=conversations.c.skeleton.is_not(None),
    info={PARTIAL: conversations.c.skeleton.is_not(None)},
)

IS_DELETED: Final = and_(conversations.c.kind == "channel", conversations.c.name.is_(None))
"""Of a conversation: whether it is what stays of a deleted channel: a row without a name, whose log has no head. Rows
of the log may be left; `ops.emptying` takes them out."""

memberships = Table(
    "memberships",
    metadata,
    Column("conversation", Number, ForeignKey("conversations.id"), nullable=False),
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("since_seq", Number, nullable=False),  # events behind it may be read
    Column("until_seq", Number),  # up to this one; NULL: is a member
    Column("read_seq", Number, nullable=False),  # the read marker
    Column("read_ordinal", Number, nullable=False),  # number of messages up to the marker
    Column("own_unread", Number, nullable=False),  # messages behind the marker: own, and of whom one ignores
    Column("marker_event", Number, nullable=False),  # where the account's log tells of the marker; 0: nowhere
    Column("joined_ts", Number, nullable=False),
    Column("role", Text, nullable=False, server_default=text("'member'")),
    Column("quiet", Boolean, nullable=False, server_default=false()),  # wants to hear of mentions only
    PrimaryKeyConstraint("conversation", "account", "since_seq"),
    Index("ix_memberships_account", "account", "conversation"),
    sqlite_with_rowid=False,
)
"""Intervals of reading: the intervals of one account do not overlap, and one that begins anew where an old one began
takes its place. Unread messages are `conversations.ordinal - read_ordinal - own_unread`, less the others behind the
marker that were deleted: see `counting`."""

channel_invites = Table(
    "channel_invites",
    metadata,
    Column("conversation", Number, ForeignKey("conversations.id"), nullable=False),
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("made_by", Number, ForeignKey("accounts.id"), nullable=False),
    Column("made_ts", Number, nullable=False),
    PrimaryKeyConstraint("conversation", "account"),
    sqlite_with_rowid=False,
)
"""Who may join a channel that is closed to others; gone once used."""

hooks = Table(
    "hooks",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key_hash", LargeBinary, nullable=False),  # SHA-256 of a random secret
    Column("conversation", Number, ForeignKey("conversations.id"), nullable=False),
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),  # as whom it writes
    Column("made_by", Number, ForeignKey("accounts.id"), nullable=False),
    Column("made_ts", Number, nullable=False),
    UniqueConstraint("key_hash"),
    UniqueConstraint("account"),
    Index("ix_hooks_conversation", "conversation"),
    sqlite_autoincrement=True,
)
"""Webhooks: who knows the secret writes into the conversation; a removed one has no row."""

private_chats = Table(
    "private_chats",
    metadata,
    Column("number", Number, primary_key=True),
    Column("conversation", Number, ForeignKey("conversations.id"), nullable=False),
    Column("asked_by", Number, ForeignKey("accounts.id"), nullable=False),
    Column("asked_ts", Number, nullable=False),
    Column("begun_ts", Number),  # NULL: not accepted yet
    Column("ended_ts", Number),  # NULL: goes on
    Column("ended_by", Number, ForeignKey("accounts.id")),
    Index("ix_private_chats_conversation", "conversation"),
    sqlite_autoincrement=True,
)
"""Numbered intervals over direct conversations."""
