"""Events about order into the logs: that of a conversation, and those of accounts."""

from __future__ import annotations

from typing import Final, TypeVar

from msgspec.structs import replace

from chat_core.base.ids import EID_BYTES, AccountId, ConversationId
from chat_core.protocol.events import (
    AccountEvent,
    AccountSanctioned,
    Invited,
    MemberSanctioned,
    RoleChanged,
    RulesChanged,
)
from chat_core.server.store.lookups import ConversationRow
from chat_core.server.store.ops.work import Work, append_event, tell
from chat_core.server.store.order_payloads import pack_account_event, pack_event

E = TypeVar("E", RoleChanged, RulesChanged, MemberSanctioned)

NO_SEQ: Final = 1
NO_EID: Final = bytes(EID_BYTES)
"""Stand in events that are not in a log yet."""


def log_event(work: Work, row: ConversationRow, event: E) -> E:
    """Put an event at the end of a conversation's log; return it with its seq and id."""
    kind, payload = pack_event(event)
    seq, eid = append_event(work, row, kind, AccountId(event.author), event.ts, payload)
    return replace(event, seq=seq, eid=eid)


def tell_account(
    work: Work, account: AccountId, place: ConversationId, event: Invited | AccountSanctioned
) -> tuple[AccountId, AccountEvent]:
    """Put an event at the end of an account's log; return it with its seq.

    Args:
        work: the transaction.
        account: whose log.
        place: the conversation it stands at; any, for one that is about none.
        event: it.
    """
    kind, payload = pack_account_event(event)
    return account, replace(event, seq=tell(work, account, kind, place, payload))
