"""Who may write: the one place that weighs mutes, the server's lock and a channel's rules, inside the transaction.

Posting asks it only where there is anything to weigh; whatever else writes into a conversation asks `check_may_write`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.values import Rules
from chat_core.server.rules import refusing
from chat_core.server.rules.permissions import at_least, channel_at_least, operates
from chat_core.server.store.base import Refused
from chat_core.server.store.facts import LogFacts, SeatFacts
from chat_core.server.store.keys import MAX_SEQ, row_id
from chat_core.server.store.ops.work import Work
from chat_core.server.store.private_lookups import Door
from chat_core.server.store.schema import messages

LOOKED_BACK: Final = 1000
"""Newest messages of a slow channel among which somebody's last one is looked for."""

_newest = (
    select(messages.c.author, messages.c.ts)
    .where(messages.c.id >= bindparam("low"), messages.c.id <= bindparam("high"))
    .order_by(messages.c.id.desc())
    .limit(LOOKED_BACK)
    .subquery()
)
_spoke = select(_newest.c.ts).where(_newest.c.author == bindparam("account")).limit(1)


def check_may_write(
    work: Work, conversation: ConversationId, account: AccountId, ts: int, *, besides_pace: bool = False
) -> None:
    """Refuse what a member may not do because it may not write there.

    Args:
        work: the transaction.
        conversation: where the account is a member.
        account: who.
        ts: now, milliseconds since 1970.
        besides_pace: whether slow mode does not count: it is no new message.

    Raises:
        Refused: `muted`, `locked`, `archived`, `not_allowed` (moderated), `slow_mode`.
    """
    facts = work.facts
    facts.learn_logs(work.connection, [conversation])
    facts.learn_seats(work.connection, [(conversation, account)])
    facts.learn_names(work.connection, [account])
    facts.learn_order(work.connection, ts)
    seat = facts.seats.get((conversation, account), SeatFacts(0, 0))
    check_rules(work, facts.logs[conversation], seat, account, ts, besides_pace=besides_pace)


def check_rules(
    work: Work, log: LogFacts, seat: SeatFacts, account: AccountId, ts: int, *, besides_pace: bool = False
) -> None:
    """Do the same with facts that are known already."""
    role = work.facts.roles[account]
    _check_order(work, log, account, ts, keeper=at_least(role, "moderator"))
    rules = log.rules
    if rules is None:
        return
    if rules.archived:
        raise Refused(Refusal.ARCHIVED, refusing.ARCHIVED)
    if operates(role, seat.role):
        return
    if rules.locked_at(ts):
        raise Refused(Refusal.LOCKED, refusing.channel_locked(rules.locked_until, ts))
    if channel_at_least(seat.role, "voice"):
        return
    if rules.moderated:
        raise Refused(Refusal.NOT_ALLOWED, refusing.MODERATED)
    if rules.slow_s and not besides_pace:
        _check_pace(work, log.id, rules, account, ts)


def check_may_enter(work: Work, keeper: bool, ts: int) -> None:
    """Refuse whoever is new while the server is locked down.

    Args:
        work: the transaction.
        keeper: whether it is somebody who keeps order.
        ts: now.

    Raises:
        Refused: `locked`.
    """
    lock = work.facts.learn_order(work.connection, ts).lock
    if lock is not None and not lock.over(ts) and not keeper:
        raise Refused(Refusal.LOCKED, refusing.server_locked(lock.until, ts, lock.reason))


def check_may_be_heard(work: Work, account: AccountId, ts: int) -> None:
    """Refuse whoever is muted on the whole server to begin something that others hear of. Raises: Refused `muted`."""
    _check_mute(work, 0, "on this server", account, ts)


def check_door(work: Work, conversation: ConversationId, account: AccountId) -> None:
    """Refuse to write to somebody who does not want it. Raises: Refused `not_allowed`."""
    door = work.facts.door(work.connection, conversation, account)
    if door is not None:
        refuse_shut(door)


def refuse_shut(door: Door) -> None:
    """Refuse if one may not write to somebody now. Raises: Refused `not_allowed`."""
    if door.shut:
        text = refusing.closed_door(door.name) if door.closed else refusing.door_on_request(door.name)
        raise Refused(Refusal.NOT_ALLOWED, text)


def _check_order(work: Work, log: LogFacts, account: AccountId, ts: int, *, keeper: bool) -> None:
    _check_mute(work, 0, "on this server", account, ts)
    _check_mute(work, log.id, "here", account, ts)
    if work.facts.learn_order(work.connection, ts).lock is not None:
        check_may_enter(work, keeper, ts)


def _check_mute(work: Work, place: int, where: str, account: AccountId, ts: int) -> None:
    mute = work.facts.learn_order(work.connection, ts).mutes.get((place, account))
    if mute is not None and (mute.until_ts is None or ts < mute.until_ts):
        raise Refused(Refusal.MUTED, refusing.muted(where, mute.until_ts, ts, mute.reason))


def _check_pace(work: Work, conversation: ConversationId, rules: Rules, account: AccountId, ts: int) -> None:
    spoke = work.facts.spoke
    last = spoke.get((conversation, account))
    if last is None:
        bounds = {"low": row_id(conversation, 1), "high": row_id(conversation, MAX_SEQ), "account": account}
        last = work.connection.execute(_spoke, bounds).scalar() or 0
        spoke[conversation, account] = last
    wait_s = rules.slow_s - (ts - last) / 1000
    # What was said much later than now was said before the clock was set back: nobody waits until it is there again.
    if 0 < wait_s <= 2 * rules.slow_s:
        raise Refused(Refusal.SLOW_MODE, refusing.slow(wait_s, rules.slow_s), round(wait_s, 1))
