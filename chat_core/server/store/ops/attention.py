"""What deserves attention: read markers, everything read at once, conversations that are to be quiet.

A marker is kept with three numbers, so that a count of what is unread reads nothing of the log: how many messages lie
up to it, and how many of those behind it are the account's own, or of people whom it ignores.
"""

from __future__ import annotations

from typing import assert_never

from sqlalchemy import Connection, bindparam, func, select, update

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.events import AccountEvent, ConversationQuieted
from chat_core.server.store import lookups, payloads
from chat_core.server.store.attention import AttentionOp, MarkEverythingRead, QuietConversation
from chat_core.server.store.base import Committed
from chat_core.server.store.counting import is_no_news_to
from chat_core.server.store.keys import row_id, seq_of
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.messages import MoveReadMarker
from chat_core.server.store.ops.rights import member
from chat_core.server.store.ops.work import Work, move_marker, tell
from chat_core.server.store.schema import IN_CHANNEL, memberships, messages

Told = tuple[AccountId, AccountEvent]

_ordinal_at = (
    select(messages.c.ordinal)
    .where(messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high"))
    .order_by(messages.c.id.desc())
    .limit(1)
)
_last_message = (
    select(messages.c.id, messages.c.ordinal)
    .where(messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high"))
    .order_by(messages.c.id.desc())
    .limit(1)
)
_next_other = (
    select(messages.c.id)
    .where(messages.c.id > bindparam("low"), messages.c.id <= bindparam("high"))
    .where(messages.c.author != bindparam("account"), IN_CHANNEL)
    .order_by(messages.c.id)
    .limit(1)
)
_own_between = select(func.count()).where(
    messages.c.id > bindparam("low"),
    messages.c.id <= bindparam("high"),
    is_no_news_to(bindparam("account", type_=messages.c.author.type), messages.c.author),
    IN_CHANNEL,
)
_quiet = (
    update(memberships)
    .where(
        memberships.c.conversation == bindparam("of_conversation"),
        memberships.c.account == bindparam("of_account"),
        memberships.c.until_seq.is_(None),
    )
    .values(quiet=bindparam("new_quiet"))
)


def carry_out(work: Work, op: AttentionOp) -> Committed:
    """Carry out one of these ops. Raises: Refused, with nothing written."""
    match op:
        case MarkEverythingRead():
            return _read_everything(work, op)
        case QuietConversation():
            return _quieted(work, op)
        case _:
            assert_never(op)


def move_read_marker(work: Work, op: MoveReadMarker) -> Committed:
    """Move a read marker forward, at most to the head; or back, if the op allows that.

    Forward, it moves past own messages that follow at once: they would have moved it, had it come before them.
    """
    row, seat = member(work, op.account, op.conversation)
    seq = max(min(op.seq, row.head), seat.since_seq)  # what may not be read is never unread
    if seq <= seat.read_seq and not op.back:
        return Committed()
    moved = _put if op.back else _forward
    return Committed(account_events=[moved(work, op.account, row, seat, seq)])


def _forward(work: Work, account: AccountId, row: ConversationRow, seat: Seat, seq: int) -> Told:
    ordinal = row.ordinal if seq == row.head else _ordinal(work.connection, row.id, seq)
    own = _own_behind(work.connection, row, seat, account, seq)
    if own:
        seq, passed = _past_own(work.connection, row, account, seq, ordinal)
        ordinal, own = ordinal + passed, own - passed
    return move_marker(work, account, row.id, seat, seq, ordinal, own)


def _put(work: Work, account: AccountId, row: ConversationRow, seat: Seat, seq: int) -> Told:
    """Put the marker to this very seq, and say so even where it is: a device may have read on, and not told yet."""
    if seq > seat.read_seq:
        own = _own_behind(work.connection, row, seat, account, seq)
    else:
        own = seat.own_unread + _own_in(work.connection, row, account, seq, seat.read_seq)
    ordinal = _ordinal(work.connection, row.id, seq)
    return move_marker(work, account, row.id, seat, seq, ordinal, own, back=True)


def _read_everything(work: Work, op: MarkEverythingRead) -> Committed:
    told: list[Told] = []
    for row, seat in lookups.seats_of(work.connection, op.account):
        seq = min(op.read.get(row.id, 0), row.head)
        if seq > seat.read_seq:
            told.append(_forward(work, op.account, row, seat, seq))
    return Committed(account_events=told)


def _quieted(work: Work, op: QuietConversation) -> Committed:
    row, seat = member(work, op.account, op.conversation)
    if seat.quiet == op.quiet:
        return Committed()
    where = {"of_conversation": row.id, "of_account": op.account, "new_quiet": op.quiet}
    work.connection.execute(_quiet, where)
    kind = payloads.CONVERSATION_QUIETED
    seq = tell(work, op.account, kind, row.id, payloads.pack_quiet(op.quiet))
    event = ConversationQuieted(seq=seq, conversation=row.id, quiet=op.quiet)
    return Committed(account_events=[(op.account, event)])


def _ordinal(connection: Connection, conversation: ConversationId, seq: int) -> int:
    """Return the number of messages up to a seq."""
    bounds = {"low": row_id(conversation, 1), "high": row_id(conversation, seq)}
    return connection.execute(_ordinal_at, bounds).scalar() or 0


def _past_own(
    connection: Connection, row: ConversationRow, account: AccountId, seq: int, ordinal: int
) -> tuple[int, int]:
    """Return the last own message before the next one by anybody else, and how many they are; else the seq itself."""
    low, high = row_id(row.id, seq), row_id(row.id, row.head)
    other = connection.execute(_next_other, {"low": low, "high": high, "account": account}).scalar()
    last = connection.execute(_last_message, {"low": low + 1, "high": high if other is None else other - 1}).first()
    return (seq, 0) if last is None else (seq_of(last.id), last.ordinal - ordinal)


def _own_behind(connection: Connection, row: ConversationRow, seat: Seat, account: AccountId, seq: int) -> int:
    """Return the number of messages behind a seq that are no news to the account, from the shorter side."""
    if seat.own_unread == 0 or seq == row.head:
        return 0
    from_marker = seq - seat.read_seq < row.head - seq
    low, high = (seat.read_seq, seq) if from_marker else (seq, row.head)
    counted = _own_in(connection, row, account, low, high)
    return seat.own_unread - counted if from_marker else counted


def _own_in(connection: Connection, row: ConversationRow, account: AccountId, after: int, upto: int) -> int:
    """Return the number of those with `after < seq <= upto`."""
    bounds = {"low": row_id(row.id, after), "high": row_id(row.id, upto), "account": account}
    counted: int = connection.execute(_own_between, bounds).scalar_one()
    return counted
