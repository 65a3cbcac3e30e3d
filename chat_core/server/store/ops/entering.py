"""What has to be so before somebody becomes a member of a conversation between certain people, or of one more.

Groups that others began have a share of their own in what an account can be in: nobody can fill up another's room.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, bindparam, func, not_, or_, select

from chat_core.base.durations import in_words
from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import CONVERSATIONS_OF_ONES_OWN, GROUPS_BY_OTHERS, GROUPS_PER_DAY, LEFT_BY_OTHERS
from chat_core.protocol.values import Account
from chat_core.server.store import lookups, private_lookups
from chat_core.server.store.base import Refused
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.ops.speaking import refuse_shut
from chat_core.server.store.ops.work import Work
from chat_core.server.store.schema import conversations, memberships

_DAY_MS: Final = 24 * 60 * 60 * 1000

_by_others: Final = and_(
    conversations.c.kind == "group",
    or_(conversations.c.created_by.is_(None), conversations.c.created_by != bindparam("account")),
)
_seats: Final = (
    select(func.count())
    .select_from(memberships)
    .join(conversations, conversations.c.id == memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), memberships.c.until_seq.is_(None))
)
_count_own: Final = _seats.where(not_(_by_others))
_count_by_others: Final = _seats.where(_by_others)
# By way of its memberships, which it keeps when it leaves: those of one account are found by an index.
_begun_lately: Final = (
    select(conversations.c.id, conversations.c.created_ts)
    .distinct()
    .join_from(memberships, conversations, conversations.c.id == memberships.c.conversation)
    .where(memberships.c.account == bindparam("account"), conversations.c.created_by == bindparam("account"))
    .where(conversations.c.kind == "group", conversations.c.created_ts > bindparam("after"))
    .order_by(conversations.c.created_ts.desc())
    .limit(GROUPS_PER_DAY)
)


def check_wanted(work: Work, account: AccountId, other: AccountId) -> None:
    """Refuse to begin a conversation with somebody who does not want it. Raises: Refused `not_allowed`."""
    refuse_shut(private_lookups.stance(work.connection, other, account))


def check_own_room(work: Work, account: AccountId) -> None:
    """Refuse who is in as many conversations as is possible. Raises: Refused `too_many`."""
    if not _has_own_room(work, account):
        raise Refused(
            Refusal.TOO_MANY,
            f"You are in {CONVERSATIONS_OF_ONES_OWN} conversations, more is not possible: leave a channel first.",
        )


def check_room_of(work: Work, other: Account, *, left: int = LEFT_BY_OTHERS) -> None:
    """Do the same for somebody else, whose last places are not for others to take.

    Args:
        work: the transaction.
        other: who.
        left: how many these are.
    """
    if not _has_own_room(work, AccountId(other.id), left=left):
        raise Refused(Refusal.TOO_MANY, f"'{other.name}' is in as many conversations as is possible.")


def check_room_in_group(work: Work, other: Account, made_by: AccountId | None) -> None:
    """Refuse to bring in who is in as many groups as others can bring one into. Raises: Refused `too_many`.

    Args:
        work: the transaction.
        other: who would come.
        made_by: who began the group.
    """
    if made_by == other.id:
        check_room_of(work, other, left=0)
    elif work.connection.execute(_count_by_others, {"account": other.id}).scalar_one() >= GROUPS_BY_OTHERS:
        raise Refused(
            Refusal.TOO_MANY, f"'{other.name}' is in {GROUPS_BY_OTHERS} groups of others, more is not possible."
        )


def check_pace_of_groups(work: Work, account: AccountId, ts: int) -> None:
    """Refuse who has begun too many groups of late. Raises: Refused `too_many`, which says when again."""
    wanted = {"account": account, "after": ts - _DAY_MS}
    begun = [row.created_ts for row in work.connection.execute(_begun_lately, wanted)]
    if len(begun) >= GROUPS_PER_DAY:
        wait = in_words((begun[-1] + _DAY_MS - ts) / 1000)
        raise Refused(
            Refusal.TOO_MANY,
            f"You began {GROUPS_PER_DAY} groups within 24 hours; you can begin the next one in {wait}.",
        )


def made(work: Work, number: ConversationId) -> ConversationRow:
    """Return a conversation that was made, or written to, in this transaction."""
    row = lookups.find_conversation(work.connection, number)
    assert row is not None, "it was made in this transaction"
    return row


def _has_own_room(work: Work, account: AccountId, *, left: int = 0) -> bool:
    taken: int = work.connection.execute(_count_own, {"account": account}).scalar_one()
    return taken < CONVERSATIONS_OF_ONES_OWN - left
