"""The tables, as SQLAlchemy sees them: the one description that SQLite and PostgreSQL share. Knows no query.

A module for each subject; whoever asks for a table finds it here, whichever that is.
"""

from __future__ import annotations

from chat_core.server.store.schema.accounts import account_events, accounts, allowlist, devices, ignores, invites
from chat_core.server.store.schema.base import HEAD, PARTIAL, VERSION_TABLE, meta, metadata, version
from chat_core.server.store.schema.conversations import (
    IS_DELETED,
    channel_invites,
    conversations,
    hooks,
    memberships,
    private_chats,
)
from chat_core.server.store.schema.messages import (
    IN_CHANNEL,
    bookmarks,
    cids,
    events,
    files,
    mentions,
    messages,
    reactions,
    threads,
)
from chat_core.server.store.schema.order import audit, sanctions

__all__ = [
    "HEAD",
    "IN_CHANNEL",
    "IS_DELETED",
    "PARTIAL",
    "VERSION_TABLE",
    "account_events",
    "accounts",
    "allowlist",
    "audit",
    "bookmarks",
    "channel_invites",
    "cids",
    "conversations",
    "devices",
    "events",
    "files",
    "hooks",
    "ignores",
    "invites",
    "memberships",
    "mentions",
    "messages",
    "meta",
    "metadata",
    "private_chats",
    "reactions",
    "sanctions",
    "threads",
    "version",
]
