"""Threads: who follows one stands to a message that can have one, and the account's log tells of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, and_, func, not_, or_, select

from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.keys import SEQ_BITS, conversation_of, seq_of
from chat_core.server.store.schema import IS_DELETED, account_events, conversations, messages, threads
from chat_core.server.store.thread_payloads import THREAD_MARKED

_rootless: Final = (
    select(threads.c.account, threads.c.root)
    .join_from(threads, messages, messages.c.id == threads.c.root, isouter=True)
    .where(
        or_(
            messages.c.id.is_(None),
            messages.c.thread.is_not(None),
            threads.c.conversation != threads.c.root.op(">>")(SEQ_BITS),
        )
    )
)
_beyond: Final = (
    select(threads.c.account, threads.c.root)
    .join_from(threads, conversations, conversations.c.id == threads.c.conversation)
    .where(or_(threads.c.read_seq < 0, threads.c.read_seq > conversations.c.head), not_(IS_DELETED))
)
_untold: Final = (
    select(threads.c.account, threads.c.root)
    .join_from(
        threads,
        account_events,
        and_(
            account_events.c.account == threads.c.account,
            account_events.c.seq == threads.c.event,
            account_events.c.conversation == threads.c.conversation,
            account_events.c.kind == THREAD_MARKED,
        ),
        isouter=True,
    )
    .where(account_events.c.seq.is_(None))
)
_count: Final = select(func.count()).select_from(threads)
_told: Final = (
    select(func.count())
    .select_from(account_events)
    .join(conversations, conversations.c.id == account_events.c.conversation)
    # What a log tells of a deleted channel's threads stays.
    .where(account_events.c.kind == THREAD_MARKED, not_(IS_DELETED))
)

_WRONG: Final = (
    (_rootless, "hangs on no message that can have a thread"),
    (_beyond, "is read up to beyond the conversation's log"),
    (_untold, "is not told of in the account's log"),
)


def check_threads(connection: Connection, findings: Findings) -> str:
    """Look at who follows which thread, how far they have read, and what their logs tell of it."""
    for statement, text in _WRONG:
        for account, root in stream(connection, statement):
            findings.add(f"thread {conversation_of(root)}:{seq_of(root)} of account {account}: it {text}")
    count: int = connection.execute(_count).scalar_one()
    told: int = connection.execute(_told).scalar_one()
    if told > count:
        findings.add(f"the accounts' logs tell {times(told, 'time')} of threads, {count:,} are known")
    return f"{times(count, 'account')} at a thread, each told of once"
