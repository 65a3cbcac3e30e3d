"""What has to be so before somebody becomes a member of a conversation between certain people, or of one more."""

from __future__ import annotations

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.codes import Refusal
from chat_core.protocol.limits import CONVERSATIONS_PER_ACCOUNT
from chat_core.protocol.values import Account
from chat_core.server.store import lookups, private_lookups
from chat_core.server.store.base import Refused
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.ops.speaking import refuse_shut
from chat_core.server.store.ops.work import Work, count_seats


def check_wanted(work: Work, account: AccountId, other: AccountId) -> None:
    """Refuse to begin a conversation with somebody who does not want it. Raises: Refused `not_allowed`."""
    refuse_shut(private_lookups.stance(work.connection, other, account))


def check_own_room(work: Work, account: AccountId) -> None:
    """Refuse who is in as many conversations as is possible. Raises: Refused `too_many`."""
    _check_room(work, account, f"You are in {CONVERSATIONS_PER_ACCOUNT} conversations, more is not possible.")


def check_room_of(work: Work, other: Account) -> None:
    """Do the same for somebody else."""
    _check_room(work, AccountId(other.id), f"'{other.name}' is in as many conversations as is possible.")


def made(work: Work, number: ConversationId) -> ConversationRow:
    """Return a conversation that was made, or written to, in this transaction."""
    row = lookups.find_conversation(work.connection, number)
    assert row is not None, "it was made in this transaction"
    return row


def _check_room(work: Work, account: AccountId, text: str) -> None:
    if count_seats(work, account) >= CONVERSATIONS_PER_ACCOUNT:
        raise Refused(Refusal.TOO_MANY, text)
