"""The tables, as SQLAlchemy sees them: the one description that SQLite and PostgreSQL share. Knows no query.

An event and the message it made have the same key, `conversation << 32 | seq`: a conversation's log is one range of
it, read in order without another index, and a later index for search can bear the asker's rights in its key too.

Changing anything here means a new file in `migrations/versions` and a new `HEAD`; a test compares the two.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    false,
    or_,
    text,
)

HEAD: Final = "0011"
"""Version of the schema below; versions are four digits, so that they compare as text."""
VERSION_TABLE: Final = "schema_version"
"""Where Alembic keeps the version of a database."""

PARTIAL: Final = "where"
"""In an index's `info`: which rows it has, for another dialect than SQLite. Told in an option of that dialect it would
load it, which is a twentieth of a server's start."""

# SQLite has a rowid only behind INTEGER, which is 64 bits wide there.
_Number = BigInteger().with_variant(Integer(), "sqlite")
# Names are paged by their key, in the order in which Python compares text; PostgreSQL must be told to do so.
_Key = Text().with_variant(Text(collation="C"), "postgresql")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

version = Table(
    VERSION_TABLE,
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),  # Alembic's own definition, to the name
)

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""`epoch`: names the life of this store."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", _Key, nullable=False),
    Column("log_head", _Number, nullable=False),  # seq of the newest event in the account's own log
    Column("created_ts", _Number, nullable=False),
    Column("role", Text, nullable=False, server_default=text("'member'")),
    Column("display", Text, nullable=False, server_default=text("''")),
    Column("password", Text),  # argon2id in its own notation; NULL: none, a name or a token is enough
    Column("registered_ts", _Number),  # NULL: nobody has claimed the name with a password
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("seen_ts", _Number, nullable=False, server_default=text("0")),  # last sign-in
    Column("skeleton", Text),  # how a registered name looks (UTS 39); NULL: it is not registered
    Column("dm_policy", Text, nullable=False, server_default=text("'open'")),
    Column("display_looks", Text),  # how the letters of what it is shown as look (UTS 39); NULL: as its name
    Column("bot", Text, nullable=False, server_default=text("''")),  # bot: has a token; hook: a webhook writes as it
    UniqueConstraint("name_key"),
    sqlite_autoincrement=True,  # a number is never given twice
)
Index(
    "ix_accounts_skeleton",
    accounts.c.skeleton,
    unique=True,
    sqlite_where=accounts.c.skeleton.is_not(None),
    info={PARTIAL: accounts.c.skeleton.is_not(None)},
)
Index(
    "ix_accounts_display_looks",
    accounts.c.display_looks,
    sqlite_where=accounts.c.display_looks.is_not(None),
    info={PARTIAL: accounts.c.display_looks.is_not(None)},
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("name_key", _Key),
    Column("direct_key", Text),  # the two accounts, "lower:higher"
    Column("topic", Text, nullable=False),
    Column("head", _Number, nullable=False),  # seq of the newest event
    Column("head_eid", LargeBinary, nullable=False),
    Column("ordinal", _Number, nullable=False),  # number of messages, without those that are in threads only
    Column("member_count", _Number, nullable=False),
    Column("created_by", _Number, ForeignKey("accounts.id")),  # NULL: the server itself
    Column("created_ts", _Number, nullable=False),
    Column("visibility", Text, nullable=False, server_default=text("'public'")),
    Column("moderated", Boolean, nullable=False, server_default=false()),  # only voices and operators post
    Column("locked", Boolean, nullable=False, server_default=false()),  # only operators post, for now
    Column("archived", Boolean, nullable=False, server_default=false()),  # nobody posts, for good
    Column("slow_s", _Number, nullable=False, server_default=text("0")),  # seconds between two posts of one member
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
    Column("conversation", _Number, ForeignKey("conversations.id"), nullable=False),
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("since_seq", _Number, nullable=False),  # events behind it may be read
    Column("until_seq", _Number),  # up to this one; NULL: is a member
    Column("read_seq", _Number, nullable=False),  # the read marker
    Column("read_ordinal", _Number, nullable=False),  # number of messages up to the marker
    Column("own_unread", _Number, nullable=False),  # own messages behind the marker
    Column("marker_event", _Number, nullable=False),  # where the account's log tells of the marker; 0: nowhere
    Column("joined_ts", _Number, nullable=False),
    Column("role", Text, nullable=False, server_default=text("'member'")),
    Column("quiet", Boolean, nullable=False, server_default=false()),  # wants to hear of mentions only
    PrimaryKeyConstraint("conversation", "account", "since_seq"),
    Index("ix_memberships_account", "account", "conversation"),
    sqlite_with_rowid=False,
)
"""Intervals of reading: the intervals of one account do not overlap, and one that begins anew where an old one began
takes its place. Unread messages are `conversations.ordinal - read_ordinal - own_unread`, less those by others behind
the marker that were deleted: see `counting`."""

events = Table(
    "events",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("eid", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("author", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("ts", _Number, nullable=False),
    Column("cid", LargeBinary),  # of a posted message
    Column("payload", LargeBinary, nullable=False),  # what is in no column, as MessagePack
    Column("target", _Number),  # key of the message that an edit or a deletion is about
)
Index(
    "ix_events_target",
    events.c.target,
    sqlite_where=events.c.target.is_not(None),
    info={PARTIAL: events.c.target.is_not(None)},
)

messages = Table(
    "messages",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=False),
    Column("ordinal", _Number, nullable=False),  # 1, 2, 3 ...; one that is in a thread only has that of the one before
    Column("author", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("ts", _Number, nullable=False),
    Column("changed", _Number, nullable=False),  # seq of the last event folded in
    Column("body", Text, nullable=False),
    Column("style", Text, nullable=False),
    Column("reply_to", _Number),
    Column("edits", _Number, nullable=False, server_default=text("0")),
    Column("deleted", Boolean, nullable=False, server_default=false()),  # then its body is empty
    Column("thread", _Number),  # key of the message whose thread it is in
    Column("in_channel", Boolean),  # with a thread: whether it stands in the conversation besides
    Column("replies", _Number, nullable=False, server_default=text("0")),  # messages in its own thread
    Column("last_reply", _Number, nullable=False, server_default=text("0")),  # time of the newest of them
    Column("mentions", Text, nullable=False, server_default=text("''")),  # accounts with a row in `mentions`, "3 17"
    Column("everyone", Text, nullable=False, server_default=text("''")),  # here, channel: whom it calls besides
    Column("bot", Boolean, nullable=False, server_default=false()),  # whether a program wrote it
    Column("via", Text, nullable=False, server_default=text("''")),  # name that a webhook gave itself; empty: none
    Column("reactions", LargeBinary, nullable=False, server_default=text("x''")),  # how often each emoji, in order
    Column("pinned", Boolean, nullable=False, server_default=false()),
)
IN_CHANNEL: Final = or_(messages.c.thread.is_(None), messages.c.in_channel)
"""Of a message: whether it is a line of its conversation, and so can be unread there."""
Index(
    "ix_messages_thread",
    messages.c.thread,
    messages.c.id,
    sqlite_where=messages.c.thread.is_not(None),
    info={PARTIAL: messages.c.thread.is_not(None)},
)

threads = Table(
    "threads",
    metadata,
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("root", _Number, nullable=False),  # key of the message that the thread hangs on
    Column("conversation", _Number, ForeignKey("conversations.id"), nullable=False),
    Column("following", Boolean, nullable=False),
    Column("read_seq", _Number, nullable=False),  # the read marker
    Column("event", _Number, nullable=False),  # where the account's log tells of all that
    PrimaryKeyConstraint("account", "root"),
    Index("ix_threads_root", "root"),
    sqlite_with_rowid=False,
)
"""How accounts stand to threads that they follow, or followed once."""
Index(
    "ix_messages_deleted",
    messages.c.id,
    messages.c.author,
    sqlite_where=text("deleted = 1"),  # to the letter as queries say it, or SQLite does not see that it fits
    info={PARTIAL: messages.c.deleted},
)
Index(
    "ix_messages_everyone",
    messages.c.id,
    messages.c.author,
    sqlite_where=messages.c.everyone != text("''"),
    info={PARTIAL: messages.c.everyone != text("''")},
)

mentions = Table(
    "mentions",
    metadata,
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("message", _Number, nullable=False),  # its key
    Column("ts", _Number, nullable=False),  # when that was posted
    PrimaryKeyConstraint("account", "message"),
    Index("ix_mentions_account_ts", "account", "ts"),
    sqlite_with_rowid=False,
)
"""Who is named in which message that still says so; whom `@channel` calls has no row: the message says it."""

files = Table(
    "files",
    metadata,
    Column("message", _Number, primary_key=True, autoincrement=False),  # key of the message it hangs on
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),  # who sent it
    Column("sha256", LargeBinary, nullable=False),  # names its bytes, which lie in a folder beside the database
    Column("size", _Number, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Index("ix_files_sha256", "sha256"),
    Index("ix_files_account", "account", "size"),
)
"""Files of messages that are not deleted."""

Index(
    "ix_messages_pinned",
    messages.c.id,
    sqlite_where=messages.c.pinned,
    info={PARTIAL: messages.c.pinned},
)

reactions = Table(
    "reactions",
    metadata,
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("message", _Number, nullable=False),
    Column("emoji", Text, nullable=False),
    Column("seq", _Number, nullable=False),  # of the event that added it
    PrimaryKeyConstraint("account", "message", "emoji"),
    Index("ix_reactions_message", "message", "seq"),
    sqlite_with_rowid=False,
)
"""Who reacts at present; a page of messages takes one account's from here, and the counts from the messages."""

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("message", _Number, nullable=False),
    Column("made_ts", _Number, nullable=False),
    UniqueConstraint("account", "message"),
    Index("ix_bookmarks_message", "message"),
    sqlite_autoincrement=True,
)
"""Messages that accounts put aside, for themselves."""

# The cid comes first: cids are roughly ordered by time, so new rows fall together whoever sends them.
cids = Table(
    "cids",
    metadata,
    Column("cid", LargeBinary, nullable=False),
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("conversation", _Number, ForeignKey("conversations.id"), nullable=False),
    Column("seq", _Number, nullable=False),
    Column("ts", _Number, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # empty once the message was deleted
    PrimaryKeyConstraint("cid", "account"),
    sqlite_with_rowid=False,
)
"""Every send that was ever accepted."""

account_events = Table(
    "account_events",
    metadata,
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("seq", _Number, nullable=False),
    Column("kind", Text, nullable=False),
    Column("conversation", _Number, ForeignKey("conversations.id"), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    PrimaryKeyConstraint("account", "seq"),
    sqlite_with_rowid=False,
)

devices = Table(
    "devices",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False),  # SHA-256 of a random token
    Column("label", Text, nullable=False),
    Column("made_ts", _Number, nullable=False),
    Column("used_ts", _Number, nullable=False),
    UniqueConstraint("token_hash"),
    Index("ix_devices_account", "account"),
    sqlite_autoincrement=True,
)
"""Sign-ins that last: each has a token; a revoked one has no row."""

invites = Table(
    "invites",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("code_hash", LargeBinary, nullable=False),  # SHA-256 of a random code
    Column("uses_left", _Number),  # NULL: any number
    Column("expires_ts", _Number),  # NULL: never
    Column("conversation", _Number, ForeignKey("conversations.id")),  # who comes with it joins that, too
    Column("made_by", _Number, ForeignKey("accounts.id")),  # NULL: the server itself
    Column("made_ts", _Number, nullable=False),
    UniqueConstraint("code_hash"),
    sqlite_autoincrement=True,
)

hooks = Table(
    "hooks",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("key_hash", LargeBinary, nullable=False),  # SHA-256 of a random secret
    Column("conversation", _Number, ForeignKey("conversations.id"), nullable=False),
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),  # as whom it writes
    Column("made_by", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("made_ts", _Number, nullable=False),
    UniqueConstraint("key_hash"),
    UniqueConstraint("account"),
    Index("ix_hooks_conversation", "conversation"),
    sqlite_autoincrement=True,
)
"""Webhooks: who knows the secret writes into the conversation; a removed one has no row."""

allowlist = Table(
    "allowlist",
    metadata,
    Column("name_key", _Key, primary_key=True),
    Column("name", Text, nullable=False),
    Column("added_ts", _Number, nullable=False),
)
"""Names that may register, or sign in, where only these may."""

channel_invites = Table(
    "channel_invites",
    metadata,
    Column("conversation", _Number, ForeignKey("conversations.id"), nullable=False),
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("made_by", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("made_ts", _Number, nullable=False),
    PrimaryKeyConstraint("conversation", "account"),
    sqlite_with_rowid=False,
)
"""Who may join a channel that is closed to others; gone once used."""

sanctions = Table(
    "sanctions",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("kind", Text, nullable=False),  # ban, mute
    Column("conversation", _Number, ForeignKey("conversations.id")),  # NULL: on the whole server
    Column("account", _Number, ForeignKey("accounts.id")),
    Column("address", Text),  # IPv4 address, or IPv6 network of 64 bits
    Column("until_ts", _Number),  # NULL: until it is lifted
    Column("reason", Text, nullable=False),
    Column("made_by", _Number, ForeignKey("accounts.id")),  # NULL: the server itself
    Column("made_ts", _Number, nullable=False),
    Column("lifted_ts", _Number),  # NULL: in force, unless its time is over
    Column("lifted_by", _Number, ForeignKey("accounts.id")),
    Index("ix_sanctions_account", "account"),
    sqlite_autoincrement=True,
)

ignores = Table(
    "ignores",
    metadata,
    Column("account", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("ignored", _Number, ForeignKey("accounts.id"), nullable=False),
    PrimaryKeyConstraint("account", "ignored"),
    sqlite_with_rowid=False,
)

private_chats = Table(
    "private_chats",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("conversation", _Number, ForeignKey("conversations.id"), nullable=False),
    Column("asked_by", _Number, ForeignKey("accounts.id"), nullable=False),
    Column("asked_ts", _Number, nullable=False),
    Column("begun_ts", _Number),  # NULL: not accepted yet
    Column("ended_ts", _Number),  # NULL: goes on
    Column("ended_by", _Number, ForeignKey("accounts.id")),
    Index("ix_private_chats_conversation", "conversation"),
    sqlite_autoincrement=True,
)
"""Numbered intervals over direct conversations."""

audit = Table(
    "audit",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("ts", _Number, nullable=False),
    Column("actor", _Number),  # account; NULL: the command line or the server itself
    Column("actor_name", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # over the one before and everything in this row
    sqlite_autoincrement=True,
)
"""Every act of privilege, in a chain: a row that is changed or taken out breaks it."""
