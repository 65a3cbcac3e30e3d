"""Tables of what was said: the logs, the messages that they make, and what hangs on messages.

An event and the message it made have the same key, `conversation << 32 | seq`: a conversation's log is one range of
it, read in order without another index, and a later index for search can bear the asker's rights in its key too.
"""

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
    false,
    or_,
    text,
)

from chat_core.server.store.schema.base import PARTIAL, Number, metadata

events = Table(
    "events",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("eid", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("author", Number, ForeignKey("accounts.id"), nullable=False),
    Column("ts", Number, nullable=False),
    Column("cid", LargeBinary),  # of a posted message
    Column("payload", LargeBinary, nullable=False),  # what is in no column, as MessagePack
    Column("target", Number),  # key of the message that an edit or a deletion is about
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
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("ordinal", Number, nullable=False),  # 1, 2, 3 ...; one that is in a thread only has that of the one before
    Column("author", Number, ForeignKey("accounts.id"), nullable=False),
    Column("ts", Number, nullable=False),
    Column("changed", Number, nullable=False),  # seq of the last event folded in
    Column("body", Text, nullable=False),
    Column("style", Text, nullable=False),
    Column("reply_to", Number),
    Column("edits", Number, nullable=False, server_default=text("0")),
    Column("deleted", Boolean, nullable=False, server_default=false()),  # then its body is empty
    Column("thread", Number),  # key of the message whose thread it is in
    Column("in_channel", Boolean),  # with a thread: whether it stands in the conversation besides
    Column("replies", Number, nullable=False, server_default=text("0")),  # messages in its own thread
    Column("last_reply", Number, nullable=False, server_default=text("0")),  # time of the newest of them
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
Index(
    "ix_messages_pinned",
    messages.c.id,
    sqlite_where=messages.c.pinned,
    info={PARTIAL: messages.c.pinned},
)

# The cid comes first: cids are roughly ordered by time, so new rows fall together whoever sends them.
cids = Table(
    "cids",
    metadata,
    Column("cid", LargeBinary, nullable=False),
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("conversation", Number, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Number, nullable=False),
    Column("ts", Number, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # empty once the message was deleted
    PrimaryKeyConstraint("cid", "account"),
    sqlite_with_rowid=False,
)
"""Every send that was ever accepted."""

files = Table(
    "files",
    metadata,
    Column("message", Number, primary_key=True, autoincrement=False),  # key of the message it hangs on
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),  # who sent it
    Column("sha256", LargeBinary, nullable=False),  # names its bytes, which lie in a folder beside the database
    Column("size", Number, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Index("ix_files_sha256", "sha256"),
    Index("ix_files_account", "account", "size"),
)
"""Files of messages that are not deleted."""

mentions = Table(
    "mentions",
    metadata,
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("message", Number, nullable=False),  # its key
    Column("ts", Number, nullable=False),  # when that was posted
    PrimaryKeyConstraint("account", "message"),
    Index("ix_mentions_account_ts", "account", "ts"),
    sqlite_with_rowid=False,
)
"""Who is named in which message that still says so; whom `@channel` calls has no row: the message says it."""

threads = Table(
    "threads",
    metadata,
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("root", Number, nullable=False),  # key of the message that the thread hangs on
    Column("conversation", Number, ForeignKey("conversations.id"), nullable=False),
    Column("following", Boolean, nullable=False),
    Column("read_seq", Number, nullable=False),  # the read marker
    Column("event", Number, nullable=False),  # where the account's log tells of all that
    PrimaryKeyConstraint("account", "root"),
    Index("ix_threads_root", "root"),
    sqlite_with_rowid=False,
)
"""How accounts stand to threads that they follow, or followed once."""

reactions = Table(
    "reactions",
    metadata,
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("message", Number, nullable=False),
    Column("emoji", Text, nullable=False),
    Column("seq", Number, nullable=False),  # of the event that added it
    PrimaryKeyConstraint("account", "message", "emoji"),
    Index("ix_reactions_message", "message", "seq"),
    sqlite_with_rowid=False,
)
"""Who reacts at present; a page of messages takes one account's from here, and the counts from the messages."""

bookmarks = Table(
    "bookmarks",
    metadata,
    Column("id", Number, primary_key=True),
    Column("account", Number, ForeignKey("accounts.id"), nullable=False),
    Column("message", Number, nullable=False),
    Column("made_ts", Number, nullable=False),
    UniqueConstraint("account", "message"),
    Index("ix_bookmarks_message", "message"),
    sqlite_autoincrement=True,
)
"""Messages that accounts put aside, for themselves."""
