"""Moderation inside the transaction: what the judge says of a message, as what is written or refused.

Whoever keeps order in a channel is not judged there. Knows no rule of moderation.
"""

from __future__ import annotations

from chat_core.base.ids import AccountId, ConversationId
from chat_core.protocol.events import AccountEvent, AccountSanctioned
from chat_core.server.rules.judging import Draft, Judge, Objection
from chat_core.server.rules.permissions import operates
from chat_core.server.store import lookups
from chat_core.server.store.acts import SanctionInChannel, SanctionOnServer
from chat_core.server.store.base import Moderated
from chat_core.server.store.chain import SERVER
from chat_core.server.store.facts import LogFacts, SeatFacts
from chat_core.server.store.ops import audit
from chat_core.server.store.ops.telling import NO_SEQ, tell_account
from chat_core.server.store.ops.work import Work

Told = tuple[tuple[AccountId, AccountEvent], ...]


def judge(work: Work, by: Judge, draft: Draft, log: LogFacts, seat: SeatFacts) -> Objection | None:
    """Return the warning that a message gets, which would be accepted otherwise; None: none. Raises: Moderated."""
    if operates(work.facts.roles[draft.account], seat.role):
        return None
    objection = by.judge(draft, log.manners)
    if objection is not None and objection.verb != "warn":
        raise Moderated(objection.reason, _sanction(draft, objection))
    return objection


def judge_text(work: Work, account: AccountId, conversation: ConversationId, text: str, ts: int) -> Told:
    """Judge the new text of a message, or a topic; return what its author is told. Raises: Moderated.

    Args:
        work: the transaction.
        account: the author, of whom it was asked whether they may write there.
        conversation: where.
        text: cleaned.
        ts: now.
    """
    log = work.facts.logs[conversation]
    seat = work.facts.seats.get((conversation, account))
    if work.judge is None or seat is None or log.kind != "channel" or not (work.judge.active or log.manners):
        return ()
    draft = Draft(account, conversation, text, ts)
    return warned(work, draft, judge(work, work.judge, draft, log, seat))


def warned(work: Work, draft: Draft, objection: Objection | None) -> Told:
    """Put a warning into the author's log; return it."""
    if objection is None:
        return ()
    row = lookups.find_conversation(work.connection, draft.conversation)
    name = work.facts.names.get(draft.account) or lookups.account(work.connection, draft.account).name
    target = f"{name} in #{row.name}" if row is not None else name
    audit.record(work, draft.ts, None, SERVER, "warn", target, objection.reason)
    event = AccountSanctioned(seq=NO_SEQ, act="warn", conversation=draft.conversation, reason=objection.reason)
    return (tell_account(work, draft.account, draft.conversation, event),)


def _sanction(draft: Draft, objection: Objection) -> SanctionInChannel | SanctionOnServer | None:
    """Return what is to be done besides refusing; the server does it, not an account."""
    verb = objection.verb
    if verb == "warn" or verb == "refuse":
        return None
    if objection.here:
        return SanctionInChannel(
            None, draft.conversation, draft.account, verb, draft.ts, objection.until_ts, objection.reason
        )
    return SanctionOnServer(None, draft.account, verb, draft.ts, until_ts=objection.until_ts, reason=objection.reason)
