"""Memberships: counted right, within their log, with read markers that leave no negative count of unread messages."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select

from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.counting import deleted_behind
from chat_core.server.store.keys import MAX_SEQ, SEQ_BITS, row_id, seq_of
from chat_core.server.store.schema import IN_CHANNEL, conversations, ignores, memberships, messages

_open = and_(memberships.c.conversation == conversations.c.id, memberships.c.until_seq.is_(None))
_counts: Final = (
    select(conversations.c.id, conversations.c.member_count, func.count(memberships.c.account).label("members"))
    .join_from(conversations, memberships, _open, isouter=True)
    .group_by(conversations.c.id, conversations.c.member_count)
    .having(conversations.c.member_count != func.count(memberships.c.account))
    .order_by(conversations.c.id)
)
_with_log = select(memberships.c.conversation, memberships.c.account).join_from(
    memberships, conversations, conversations.c.id == memberships.c.conversation
)
_beyond: Final = _with_log.where(
    or_(
        memberships.c.since_seq < 0,
        memberships.c.since_seq
        > case((memberships.c.until_seq.is_(None), conversations.c.head), else_=memberships.c.until_seq),
        memberships.c.until_seq > conversations.c.head,
    )
)
_marker_beyond: Final = _with_log.where(or_(memberships.c.read_seq < 0, memberships.c.read_seq > conversations.c.head))
_negative: Final = _with_log.where(
    or_(
        memberships.c.own_unread < 0,
        conversations.c.ordinal - memberships.c.read_ordinal - memberships.c.own_unread - deleted_behind(memberships)
        < 0,
    )
)
_first_key = memberships.c.conversation.op("<<")(SEQ_BITS)
_messages_read = (
    select(messages.c.ordinal)
    .where(messages.c.id >= _first_key, messages.c.id <= _first_key.op("|")(memberships.c.read_seq))
    .order_by(messages.c.id.desc())
    .limit(1)
    .correlate(memberships)
    .scalar_subquery()
)
_misread: Final = select(memberships.c.conversation, memberships.c.account).where(
    memberships.c.read_seq >= 0,
    memberships.c.read_seq <= MAX_SEQ,
    memberships.c.read_ordinal != func.coalesce(_messages_read, 0),
)
_other = memberships.alias("other")
_overlapping: Final = select(memberships.c.conversation, memberships.c.account).where(
    exists(
        select(_other.c.account).where(
            _other.c.conversation == memberships.c.conversation,
            _other.c.account == memberships.c.account,
            _other.c.since_seq > memberships.c.since_seq,
            or_(memberships.c.until_seq.is_(None), memberships.c.until_seq > _other.c.since_seq),
        )
    )
)
_directs: Final = (
    select(conversations.c.id, conversations.c.direct_key)
    .where(conversations.c.kind == "direct")
    .order_by(conversations.c.id)
)
_members: Final = (
    select(memberships.c.account)
    .where(memberships.c.conversation == bindparam("conversation"), memberships.c.until_seq.is_(None))
    .order_by(memberships.c.account)
)
_count: Final = select(func.count()).select_from(memberships)

_numbers: Final = select(conversations.c.id).order_by(conversations.c.id)
_markers: Final = select(memberships.c.account, memberships.c.read_seq, memberships.c.own_unread).where(
    memberships.c.conversation == bindparam("conversation"), memberships.c.until_seq.is_(None)
)
_ignored: Final = select(ignores.c.ignored, ignores.c.account)
_authors: Final = select(messages.c.id, messages.c.author).where(
    messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high"), IN_CHANNEL
)

_WRONG: Final = (
    (_beyond, "it begins or ends beyond the log"),
    (_overlapping, "two of them overlap"),
    (_marker_beyond, "its read marker lies beyond the log"),
    (_misread, "it counts other messages before its read marker than there are"),
    (_negative, "its count of unread messages is below zero"),
)


def check_members(connection: Connection, findings: Findings) -> str:
    """Look at counts, intervals and read markers."""
    for row in stream(connection, _counts):
        findings.add(f"conversation {row.id}: it counts {times(row.member_count, 'member')}, there are {row.members:,}")
    for statement, text in _WRONG:
        for conversation, account in stream(connection, statement):
            findings.add(f"membership of account {account} in conversation {conversation}: {text}")
    for number, key in stream(connection, _directs):
        there = {row.account for row in connection.execute(_members, {"conversation": number})}
        if there != _between(key):
            findings.add(f"conversation {number}: its members are not the two that it is between")
    count: int = connection.execute(_count).scalar_one()
    return f"{times(count, 'membership')}, counted right, with read markers within the logs"


def _between(key: str | None) -> set[int]:
    """Return the accounts that a direct conversation is between, as far as its key names any."""
    return {int(part) for part in (key or "").split(":") if part.isdecimal()}


def check_unread(connection: Connection, findings: Findings) -> str:
    """Count the own messages behind each read marker, and those of whom one ignores, in one reading of all messages."""
    markers = 0
    deaf: dict[int, set[int]] = {}
    for author, account in connection.execute(_ignored):
        deaf.setdefault(author, set()).add(account)
    for (number,) in connection.execute(_numbers).all():
        rows = connection.execute(_markers, {"conversation": number}).all()
        markers += len(rows)
        read = {row.account: row.read_seq for row in rows}
        own = dict.fromkeys(read, 0)
        bounds = {"low": row_id(number, 0), "high": row_id(number, MAX_SEQ)}
        for key, author in stream(connection, _authors, bounds):
            for account in (author, *deaf.get(author, ())):
                if account in read and seq_of(key) > read[account]:
                    own[account] += 1
        for row in rows:
            if row.own_unread != own[row.account]:
                findings.add(
                    f"membership of account {row.account} in conversation {number}: it counts "
                    f"{times(row.own_unread, 'message')} as no news behind its read marker, "
                    f"there are {own[row.account]:,}"
                )
    return f"{times(markers, 'read marker')}, each with the right count of what is unread"
