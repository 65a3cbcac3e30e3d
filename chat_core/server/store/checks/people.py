"""Accounts and conversations: names that can be found, and each account's own log up to its head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from chat_core.base.names import name_key
from chat_core.base.unreadable import UNREADABLE
from chat_core.protocol.events import ConversationLeft, ReadMarkerMoved
from chat_core.protocol.values import Conversation
from chat_core.server.store.base import ANNOUNCEMENTS, GENERAL
from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.payloads import READ_MARKER_MOVED, account_event
from chat_core.server.store.schema import account_events, accounts, conversations, memberships, meta
from chat_core.server.store.settings import is_deleted

_epoch: Final = select(meta.c.value).where(meta.c.key == "epoch")
_accounts: Final = select(accounts.c.id, accounts.c.name, accounts.c.name_key).order_by(accounts.c.id)
_conversations: Final = select(
    conversations.c.id,
    conversations.c.kind,
    conversations.c.name,
    conversations.c.name_key,
    conversations.c.direct_key,
    conversations.c.head,
    conversations.c.member_count,
).order_by(conversations.c.id)
_log_heads: Final = (
    select(accounts.c.id, accounts.c.log_head, func.max(account_events.c.seq).label("newest"))
    .join_from(accounts, account_events, account_events.c.account == accounts.c.id, isouter=True)
    .group_by(accounts.c.id, accounts.c.log_head)
    .having(accounts.c.log_head != func.coalesce(func.max(account_events.c.seq), 0))
    .order_by(accounts.c.id)
)
_account_events: Final = (
    select(
        account_events.c.account,
        account_events.c.seq,
        account_events.c.kind,
        account_events.c.payload,
        account_events.c.conversation,
        conversations.c.head,
        conversations.c.kind.label("place"),
        conversations.c.name,
    )
    .join_from(account_events, conversations, conversations.c.id == account_events.c.conversation)
    .order_by(account_events.c.account, account_events.c.seq)
)
_lost_markers: Final = (
    select(memberships.c.account, memberships.c.conversation)
    .join_from(
        memberships,
        account_events,
        and_(
            account_events.c.account == memberships.c.account,
            account_events.c.seq == memberships.c.marker_event,
            account_events.c.conversation == memberships.c.conversation,
            account_events.c.kind == READ_MARKER_MOVED,
        ),
        isouter=True,
    )
    .where(memberships.c.marker_event != 0, account_events.c.seq.is_(None))
)
_KINDS: Final = ("channel", "direct", "group", "announcements")


def check_names(connection: Connection, findings: Findings) -> str:
    """Look whether the store has an epoch, the two conversations of everybody, and names that can be found."""
    if not connection.execute(_epoch).scalar():
        findings.add("the store has no epoch")
    count = 0
    for row in stream(connection, _accounts):
        count += 1
        if row.name_key != name_key(row.name):
            findings.add(f"account {row.id}: it cannot be found by its name")
    named: dict[str, str] = {}
    for row in stream(connection, _conversations):
        for text in _misnamed(row):
            findings.add(f"conversation {row.id}: {text}")
        if row.name in (GENERAL, ANNOUNCEMENTS):
            named[row.name] = row.kind
    if named != {GENERAL: "channel", ANNOUNCEMENTS: "announcements"}:
        findings.add(f"the channel #{GENERAL} or the announcements are not there")
    return f"{times(count, 'account')} and every conversation can be found by name"


def check_account_logs(connection: Connection, findings: Findings) -> str:
    """Look at each account's own log: its head, what it holds, and the markers that it tells of."""
    for row in stream(connection, _log_heads):
        findings.add(f"account {row.id}: its log ends at {row.newest or 0}, its head says {row.log_head}")
    count = 0
    for row in stream(connection, _account_events):
        count += 1
        for text in _unreadable(row):
            findings.add(f"event {row.seq} of account {row.account}: {text}")
    for account, conversation in stream(connection, _lost_markers):
        findings.add(f"account {account}: its log does not tell of its read marker in conversation {conversation}")
    return f"{times(count, 'account event')}, none beyond its account's head"


def _misnamed(row: Any) -> Iterator[str]:
    if row.kind not in _KINDS:
        yield "its kind is unknown"
    elif row.kind == "direct":
        if not row.direct_key:
            yield "it is direct, but between nobody"
    elif row.kind == "group":
        if row.name is not None or row.direct_key is not None:
            yield "it is a group, but has a name or is between two"
    elif is_deleted(row.kind, row.name):
        if row.name_key is not None or row.head or row.member_count:
            yield "it was deleted, but something of it is left"
    elif row.name is None or row.name_key != name_key(row.name):
        yield "it cannot be found by its name"


def _unreadable(row: Any) -> Iterator[str]:
    """Yield what is wrong with an account event."""
    shown = Conversation(id=row.conversation, kind="channel", name="", head=row.head)
    try:
        event = account_event(row.seq, row.kind, row.payload, shown)
    except UNREADABLE:
        yield "what it holds cannot be read"
        return
    except ValueError:
        yield "its kind is unknown"
        return
    if row.seq < 1:
        yield "it stands before the beginning of the log"
    if is_deleted(row.place, row.name):
        return  # what it tells of is gone, and with it the log
    if isinstance(event, ConversationLeft) and event.last > row.head:
        yield "it was written when the conversation's log was longer"
    if isinstance(event, ReadMarkerMoved) and event.read > row.head:
        yield "its read marker lies beyond the conversation's log"
