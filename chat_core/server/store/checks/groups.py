"""Groups: who is in one, and since when, is what its log makes of it; and they are no more than may be."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, select

from chat_core.base.unreadable import UNREADABLE
from chat_core.protocol.events import MemberLeft, MembersAdded
from chat_core.protocol.limits import GROUP_MOST
from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.group_payloads import MEMBER_LEFT, MEMBERS_ADDED, conversation_event
from chat_core.server.store.keys import MAX_SEQ, conversation_of, row_id, seq_of
from chat_core.server.store.schema import conversations, events, memberships

_groups: Final = select(conversations.c.id).where(conversations.c.kind == "group").order_by(conversations.c.id)
_who: Final = (
    select(events.c.id, events.c.kind, events.c.author, events.c.payload)
    .where(events.c.id >= bindparam("low"), events.c.id <= bindparam("high"))
    .where(events.c.kind.in_((MEMBERS_ADDED, MEMBER_LEFT)))
    .order_by(events.c.id)
)
_seats: Final = select(memberships.c.account, memberships.c.since_seq).where(
    memberships.c.conversation == bindparam("conversation"), memberships.c.until_seq.is_(None)
)
_elsewhere: Final = (
    select(memberships.c.account, memberships.c.conversation)
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(conversations.c.kind != "group", memberships.c.since_seq != 0)
)


def check_groups(connection: Connection, findings: Findings) -> str:
    """Compare who is in each group, and since when, with its log."""
    count = 0
    for (number,) in connection.execute(_groups).all():
        count += 1
        told = _told(connection, number, findings)
        there = {row.account: row.since_seq for row in connection.execute(_seats, {"conversation": number})}
        if there.keys() != told.keys():
            findings.add(f"conversation {number}: its members are not those that its log tells of")
        elif there != told:
            findings.add(f"conversation {number}: a member reads from elsewhere than where it came")
        if len(there) > GROUP_MOST:
            findings.add(f"conversation {number}: it is a group of {len(there)} people")
    for account, number in stream(connection, _elsewhere):
        findings.add(f"membership of account {account} in conversation {number}: it begins late in what is no group")
    return f"{times(count, 'group')}, each with the members of its log"


def _told(connection: Connection, number: int, findings: Findings) -> dict[int, int]:
    """Return who is in a group by its log, and the seq behind which they may read."""
    there: dict[int, int] = {}
    for row in stream(connection, _who, {"low": row_id(number, 0), "high": row_id(number, MAX_SEQ)}):
        head = {"conversation": number, "seq": seq_of(row.id), "eid": bytes(8)}
        try:
            event = conversation_event(row.kind, row.payload, {**head, "ts": 0, "author": row.author, "name": ""})
        except UNREADABLE:
            findings.add(f"event {conversation_of(row.id)}:{seq_of(row.id)}: who it brought in cannot be read")
            continue
        match event:
            case MembersAdded(people=people):
                if seq_of(row.id) == 1:
                    there[row.author] = 0
                there.update((person.account, seq_of(row.id) - 1) for person in people)
            case MemberLeft():
                there.pop(row.author, None)
            case _:
                pass
    return there
