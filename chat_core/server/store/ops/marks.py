"""Reactions and pins: the event at the end of the log, and its fold into the message; bookmarks, privately."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, assert_never

from sqlalchemy import bindparam, delete, func, insert, select, update

from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.protocol.events import (
    BookmarkChanged,
    MessagePinned,
    MessageUnpinned,
    ReactionAdded,
    ReactionRemoved,
)
from chat_core.protocol.limits import BOOKMARKS_PER_ACCOUNT, PINS_PER_CONVERSATION, REACTIONS_PER_MESSAGE
from chat_core.protocol.reactions import with_added, with_removed
from chat_core.server.rules.permissions import only_operators, operates
from chat_core.server.store import lookups, mark_payloads
from chat_core.server.store.base import Committed, Refused
from chat_core.server.store.keys import MAX_SEQ, row_id
from chat_core.server.store.leftovers import lives
from chat_core.server.store.lookups import ConversationRow, Seat
from chat_core.server.store.marks import MarkOp, PinMessage, ReactTo, SetBookmark
from chat_core.server.store.ops.audit import record
from chat_core.server.store.ops.speaking import check_door, check_may_write
from chat_core.server.store.ops.work import Work, append_event, tell
from chat_core.server.store.payloads import NOTHING
from chat_core.server.store.schema import bookmarks, events, messages, reactions

_message = select(messages.c.id, messages.c.changed, messages.c.deleted, messages.c.reactions, messages.c.pinned).where(
    messages.c.id == bindparam("key")
)
_when = select(events.c.ts).where(events.c.id == bindparam("key"))
_mine: Final = (
    reactions.c.account == bindparam("of_account"),
    reactions.c.message == bindparam("key"),
    reactions.c.emoji == bindparam("with_emoji"),
)
_is_mine = select(reactions.c.seq).where(*_mine)
_take_back = delete(reactions).where(*_mine)
_take_all = delete(reactions).where(reactions.c.message == bindparam("key"))
_fold_reactions = (
    update(messages)
    .where(messages.c.id == bindparam("key"))
    .values(reactions=bindparam("packed"), changed=bindparam("new_changed"))
)
_fold_pin = (
    update(messages)
    .where(messages.c.id == bindparam("key"))
    .values(pinned=bindparam("is_pinned"), changed=bindparam("new_changed"))
)
_count_pins = (
    select(func.count())
    .select_from(messages)
    .where(messages.c.pinned, messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high"))
)
_kept: Final = (bookmarks.c.account == bindparam("of_account"), bookmarks.c.message == bindparam("key"))
_is_kept = select(bookmarks.c.id).where(*_kept)
_drop_bookmark = delete(bookmarks).where(*_kept)
_count_bookmarks = (
    select(func.count())
    .select_from(bookmarks)
    .where(bookmarks.c.account == bindparam("of_account"), lives(bookmarks.c.message))
)


class _Message(NamedTuple):
    key: int
    changed: int
    deleted: bool
    reactions: bytes
    pinned: bool


def carry_out(work: Work, op: MarkOp) -> Committed:
    """Carry one out."""
    match op:
        case ReactTo():
            return _react(work, op)
        case PinMessage():
            return _pin(work, op)
        case SetBookmark():
            return _bookmark(work, op)
        case _:
            assert_never(op)


def forget_reactions(work: Work, key: int) -> None:
    """A message was deleted: nobody reacts to it any more."""
    work.connection.execute(_take_all, {"key": key})


def _react(work: Work, op: ReactTo) -> Committed:
    row, seat = lookups.resolve(work.connection, op.account, op.conversation)
    if seat is None or not seat.taken:
        raise Refused(Refusal.NOT_MEMBER, REFUSALS[Refusal.NOT_MEMBER].text)
    check_may_write(work, row.id, op.account, op.ts, besides_pace=True)
    if row.kind == "direct":
        check_door(work, row.id, op.account)
    message = _found(work, row, seat, op.seq)
    mine = {"of_account": op.account, "key": message.key, "with_emoji": op.emoji}
    if (work.connection.execute(_is_mine, mine).first() is not None) == op.on:
        return _as_it_was(work, row, message)
    before = mark_payloads.unpack_counts(message.reactions)
    if op.on and len(before) >= REACTIONS_PER_MESSAGE and all(each.emoji != op.emoji for each in before):
        raise Refused(
            Refusal.TOO_MANY,
            f"A message takes {REACTIONS_PER_MESSAGE} different reactions; join one of those that are there.",
        )
    kind = mark_payloads.REACTION_ADDED if op.on else mark_payloads.REACTION_REMOVED
    payload = mark_payloads.pack_reacted(op.emoji)
    seq, eid = append_event(work, row, kind, op.account, op.ts, payload, message.key)
    if op.on:
        work.connection.execute(
            insert(reactions).values(account=op.account, message=message.key, emoji=op.emoji, seq=seq)
        )
        after = with_added(before, op.emoji, mine=False)
    else:
        work.connection.execute(_take_back, mine)
        after = with_removed(before, op.emoji, mine=False)
    packed = mark_payloads.pack_counts(after)
    work.connection.execute(_fold_reactions, {"key": message.key, "packed": packed, "new_changed": seq})
    made = ReactionAdded if op.on else ReactionRemoved
    event = made(**_head(work, row, seq, eid, op), message=op.seq, emoji=op.emoji)
    return Committed(reply=(row.id, seq, op.ts, False), events=[event])


def _pin(work: Work, op: PinMessage) -> Committed:
    row, seat = lookups.resolve(work.connection, op.account, op.conversation)
    audited = _check_may_pin(work, row, seat, op)
    message = _found(work, row, seat, op.seq)
    if message.pinned == op.on:
        return _as_it_was(work, row, message)
    if op.on and _pins(work, row) >= PINS_PER_CONVERSATION:
        raise Refused(
            Refusal.TOO_MANY, f"{PINS_PER_CONVERSATION} messages are pinned here, which is the most: unpin one."
        )
    kind = mark_payloads.MESSAGE_PINNED if op.on else mark_payloads.MESSAGE_UNPINNED
    seq, eid = append_event(work, row, kind, op.account, op.ts, NOTHING, message.key)
    work.connection.execute(_fold_pin, {"key": message.key, "is_pinned": op.on, "new_changed": seq})
    head = _head(work, row, seq, eid, op)
    if audited:
        act = "pin" if op.on else "unpin"
        record(work, op.ts, op.account, head["name"], act, f"#{row.name}:{op.seq}", "")
    event = (MessagePinned if op.on else MessageUnpinned)(**head, message=op.seq)
    return Committed(reply=(row.id, seq, op.ts, False), events=[event])


def _check_may_pin(work: Work, row: ConversationRow, seat: Seat | None, op: PinMessage) -> bool:
    """Refuse who may not pin there; return whether it is an act of privilege.

    Raises:
        Refused: `not_allowed`, and among a few people, where it is seen as a message is, what a message is refused for.
    """
    if row.personal:
        check_may_write(work, row.id, op.account, op.ts, besides_pace=True)
        if row.kind == "direct":
            check_door(work, row.id, op.account)
        return False
    taken = seat is not None and seat.taken
    role = seat.role if seat is not None and taken else "member"
    if not operates(lookups.account(work.connection, op.account).role, role):
        raise Refused(Refusal.NOT_ALLOWED, only_operators(row.name, "pin messages there"))
    return True


def _pins(work: Work, row: ConversationRow) -> int:
    bounds = {"low": row_id(row.id, 0), "high": row_id(row.id, MAX_SEQ)}
    return int(work.connection.execute(_count_pins, bounds).scalar_one())


def _bookmark(work: Work, op: SetBookmark) -> Committed:
    row, seat = lookups.resolve(work.connection, op.account, op.conversation, reading=True)
    bound = None if row.public or seat is None or seat.taken else seat.until_seq
    if (seat is None and not row.public) or (bound is not None and op.seq > bound):
        raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
    key = row_id(row.id, op.seq) if op.seq <= MAX_SEQ else 0
    here = {"of_account": op.account, "key": key}
    kept = work.connection.execute(_is_kept, here).first() is not None
    if kept == op.on:
        return Committed(reply=(row.id, True))
    if op.on:
        _found(work, row, seat, op.seq)
        if work.connection.execute(_count_bookmarks, here).scalar_one() >= BOOKMARKS_PER_ACCOUNT:
            raise Refused(Refusal.TOO_MANY, f"You have {BOOKMARKS_PER_ACCOUNT} bookmarks, which is the most.")
        work.connection.execute(insert(bookmarks).values(account=op.account, message=key, made_ts=op.ts))
    else:
        work.connection.execute(_drop_bookmark, here)
    payload = mark_payloads.pack_bookmark(op.seq, kept=op.on)
    seq = tell(work, op.account, mark_payloads.BOOKMARK_CHANGED, row.id, payload)
    event = BookmarkChanged(seq=seq, conversation=row.id, message=op.seq, kept=op.on)
    return Committed(reply=(row.id, False), account_events=[(op.account, event)])


def _found(work: Work, row: ConversationRow, seat: Seat | None, seq: int) -> _Message:
    """Return a message that is not deleted, and may be read. Raises: Refused `no_message`."""
    there = (0 if seat is None else seat.since_seq) < seq <= MAX_SEQ
    found = work.connection.execute(_message, {"key": row_id(row.id, seq)}).first() if there else None
    if found is None:
        raise Refused(Refusal.NO_MESSAGE, REFUSALS[Refusal.NO_MESSAGE].text)
    message = _Message(*found)
    if message.deleted:
        raise Refused(Refusal.NO_MESSAGE, "That message was deleted.")
    return message


def _head(work: Work, row: ConversationRow, seq: int, eid: bytes, op: ReactTo | PinMessage) -> dict[str, Any]:
    name = lookups.account(work.connection, op.account).name
    return {"conversation": row.id, "seq": seq, "eid": eid, "ts": op.ts, "author": op.account, "name": name}


def _as_it_was(work: Work, row: ConversationRow, message: _Message) -> Committed:
    """Answer with the last event that is folded in."""
    ts = work.connection.execute(_when, {"key": row_id(row.id, message.changed)}).scalar_one()
    return Committed(reply=(row.id, message.changed, ts, True))
