"""What an op works with, and the single changes that ops are made of. Each change keeps the facts honest.

An op decides on all its refusals before its first change, so that a refused op has written nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, CursorResult, bindparam, case, delete, insert, null, select, update

from chat_core.base.ids import EID_BYTES, AccountId, ConversationId
from chat_core.base.names import name_key
from chat_core.protocol.events import AccountEvent, ConversationJoined, ConversationLeft, ReadMarkerMoved
from chat_core.protocol.values import Account, ChannelRole
from chat_core.server.rules.judging import Judge
from chat_core.server.store import payloads, views
from chat_core.server.store.base import MembershipChange
from chat_core.server.store.facts import Facts
from chat_core.server.store.keys import row_id
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.schema import account_events, accounts, conversations, events, memberships

_bump_log = update(accounts).where(accounts.c.id == bindparam("number")).values(log_head=accounts.c.log_head + 1)
_log_head = select(accounts.c.log_head).where(accounts.c.id == bindparam("number"))
_bump_members = (
    update(conversations)
    .where(conversations.c.id == bindparam("number"))
    .values(member_count=conversations.c.member_count + bindparam("change"))
)
_taken = (
    memberships.c.conversation == bindparam("of_conversation"),
    memberships.c.account == bindparam("of_account"),
    memberships.c.until_seq.is_(None),
)
_end_seat = update(memberships).where(*_taken).values(until_seq=bindparam("until"))
_delete_seats = delete(memberships).where(
    memberships.c.conversation == bindparam("of_conversation"), memberships.c.account == bindparam("of_account")
)
_mark = (
    update(memberships)
    .where(*_taken)
    .values(
        read_seq=bindparam("new_seq"),
        read_ordinal=bindparam("new_ordinal"),
        own_unread=bindparam("new_own"),
        marker_event=bindparam("new_event"),
    )
)
_forget_marker = delete(account_events).where(
    account_events.c.account == bindparam("of_account"), account_events.c.seq == bindparam("old")
)
_advance = (
    update(conversations)
    .where(conversations.c.id == bindparam("number"))
    .values(head=bindparam("new_head"), head_eid=bindparam("new_eid"))
)


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction under way."""

    connection: Connection
    facts: Facts
    chance: Callable[[int], bytes]
    """Returns that many random bytes; asked once per batch, for each time costs a system call."""
    judge: Judge | None = None
    """Decides what is moderated; None: nobody does."""


def add_account(work: Work, name: str, ts: int) -> Account:
    """Make an account, in no conversation yet."""
    made = work.connection.execute(
        insert(accounts).values(name=name, name_key=name_key(name), log_head=0, created_ts=ts)
    )
    return Account(id=new_key(made), name=name)


def rename_account(work: Work, account: Account, name: str, looks: str) -> Account:
    """Give an account another name.

    Args:
        work: the transaction.
        account: whose.
        name: the new one.
        looks: what it looks like; kept if the account is registered.
    """
    number = AccountId(account.id)
    kept = case((accounts.c.skeleton.is_not(None), looks), else_=null())
    work.connection.execute(
        update(accounts).where(accounts.c.id == number).values(name=name, name_key=name_key(name), skeleton=kept)
    )
    work.facts.forget_name(number)
    return msgspec.structs.replace(account, name=name)


def add_conversation(
    work: Work,
    kind: str,
    ts: int,
    *,
    name: str | None = None,
    looks: str | None = None,
    direct: str | None = None,
    by: AccountId | None = None,
) -> ConversationId:
    """Make a conversation without members."""
    made = work.connection.execute(
        insert(conversations).values(
            kind=kind,
            name=name,
            name_key=None if name is None else name_key(name),
            skeleton=looks,
            direct_key=direct,
            topic="",
            head=0,
            head_eid=b"",
            ordinal=0,
            member_count=0,
            created_by=by,
            created_ts=ts,
        )
    )
    return ConversationId(new_key(made))


def enter(
    work: Work,
    row: ConversationRow,
    account: Account,
    ts: int,
    old: Seat | None = None,
    *,
    role: ChannelRole = "member",
    since: int = 0,
    told: bool = False,
) -> MembershipChange:
    """Make an account a member who has read everything.

    Args:
        work: the transaction.
        row: where; the account is no member there now.
        account: who.
        ts: when.
        old: an earlier membership that has ended.
        role: as what.
        since: what is behind this seq may be read; 0: everything.
        told: whether an event of the log tells of it.
    """
    number = AccountId(account.id)
    if old is not None:  # the new interval holds all that ended before; or what ended is not to be read any more
        work.connection.execute(_delete_seats, {"of_conversation": row.id, "of_account": number})
    work.connection.execute(
        insert(memberships).values(
            conversation=row.id,
            account=number,
            since_seq=since,
            until_seq=None,
            read_seq=row.head,
            read_ordinal=row.ordinal,
            own_unread=0,
            marker_event=0 if old is None else old.marker_event,
            joined_ts=ts,
            role=role,
        )
    )
    work.connection.execute(_bump_members, {"number": row.id, "change": 1})
    work.facts.forget_seat(row.id, number)
    return MembershipChange(row.id, number, account.name, joined=True, members=row.members + 1, told=told)


def exit_from(work: Work, row: ConversationRow, account: Account, *, told: bool = False) -> MembershipChange:
    """End a member's membership; it may read up to the head of the row.

    Args:
        work: the transaction.
        row: where, as of before the event that tells of it, if one does.
        account: who.
        told: whether one does.
    """
    number = AccountId(account.id)
    work.connection.execute(_end_seat, {"of_conversation": row.id, "of_account": number, "until": row.head})
    work.connection.execute(_bump_members, {"number": row.id, "change": -1})
    work.facts.forget_seat(row.id, number)
    return MembershipChange(row.id, number, account.name, joined=False, members=row.members - 1, told=told)


def tell_joined(work: Work, account: AccountId, conversation: ConversationId) -> tuple[AccountId, AccountEvent]:
    """Write a `ConversationJoined` that shows the conversation as it is now."""
    seq = tell(work, account, payloads.CONVERSATION_JOINED, conversation, payloads.NOTHING)
    shown = views.some_of(work.connection, account, [conversation])[conversation]
    return account, ConversationJoined(seq=seq, conversation=shown)


def tell_left(
    work: Work,
    account: AccountId,
    conversation: ConversationId,
    last: int,
    *,
    reason: payloads.LeaveReason = "left",
    name: str = "",
    text: str = "",
    until: int | None = None,
) -> tuple[AccountId, AccountEvent]:
    """Write a `ConversationLeft`."""
    payload = payloads.pack_left(last, reason, name, text, until)
    seq = tell(work, account, payloads.CONVERSATION_LEFT, conversation, payload)
    return account, ConversationLeft(
        seq=seq, conversation=conversation, last=last, reason=reason, name=name, text=text, until=until
    )


def move_marker(
    work: Work,
    account: AccountId,
    conversation: ConversationId,
    old: Seat,
    seq: int,
    ordinal: int,
    own: int,
    *,
    back: bool = False,
) -> tuple[AccountId, AccountEvent]:
    """Move a member's read marker, and put a `ReadMarkerMoved` into its log in the place of the older one."""
    if old.marker_event:
        work.connection.execute(_forget_marker, {"of_account": account, "old": old.marker_event})
    told = tell(work, account, payloads.READ_MARKER_MOVED, conversation, payloads.pack_read(seq, back=back))
    work.connection.execute(
        _mark,
        {
            "of_conversation": conversation,
            "of_account": account,
            "new_seq": seq,
            "new_ordinal": ordinal,
            "new_own": own,
            "new_event": told,
        },
    )
    work.facts.forget_seat(conversation, account)
    return account, ReadMarkerMoved(seq=told, conversation=conversation, read=seq, back=back)


def append_event(
    work: Work, row: ConversationRow, kind: str, author: AccountId, ts: int, payload: bytes, target: int | None = None
) -> tuple[int, bytes]:
    """Put an event that is no message at the end of a conversation's log; return its seq and id.

    Args:
        work: the transaction.
        row: whose log.
        kind: what happened.
        author: who did it.
        ts: when.
        payload: as packed.
        target: key of the message that it is about.
    """
    seq, eid = row.head + 1, work.chance(EID_BYTES)
    work.connection.execute(
        insert(events).values(
            id=row_id(row.id, seq), eid=eid, kind=kind, author=author, ts=ts, cid=None, payload=payload, target=target
        )
    )
    work.connection.execute(_advance, {"number": row.id, "new_head": seq, "new_eid": eid})
    work.facts.forget_log(row.id)
    return seq, eid


def set_topic(work: Work, conversation: ConversationId, topic: str) -> None:
    """Fold a `TopicChanged` into the conversation's row."""
    work.connection.execute(update(conversations).where(conversations.c.id == conversation).values(topic=topic))


def tell(work: Work, account: AccountId, kind: str, conversation: ConversationId, payload: bytes) -> int:
    """Put an event at the end of an account's own log; return its seq."""
    work.connection.execute(_bump_log, {"number": account})
    seq: int = work.connection.execute(_log_head, {"number": account}).scalar_one()
    work.connection.execute(
        insert(account_events).values(account=account, seq=seq, kind=kind, conversation=conversation, payload=payload)
    )
    return seq


def new_key(made: CursorResult[Any]) -> int:
    """Return the number that the database gave to a new row."""
    key = made.inserted_primary_key
    assert key is not None, "the dialect returns the keys of inserted rows"
    return int(key[0])
