"""Accepted sends: a posted message and the row of its cid point to each other, so that no repeat is stored again."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, and_, func, or_, select

from chat_core.base.ids import CID_BYTES
from chat_core.server.store.checks.base import Findings, stream, times
from chat_core.server.store.keys import SEQ_BITS, conversation_of, seq_of
from chat_core.server.store.leftovers import lives
from chat_core.server.store.payloads import MESSAGE_POSTED
from chat_core.server.store.schema import cids, events, messages

_key = cids.c.conversation.op("<<")(SEQ_BITS).op("|")(cids.c.seq)
_posted_without: Final = (
    select(events.c.id)
    .join_from(events, cids, and_(cids.c.cid == events.c.cid, cids.c.account == events.c.author), isouter=True)
    .where(
        events.c.kind == MESSAGE_POSTED,
        events.c.cid.is_not(None),
        lives(events.c.id),
        or_(cids.c.cid.is_(None), _key != events.c.id, cids.c.ts != events.c.ts),
    )
    .order_by(events.c.id)
)
_sent_without: Final = (
    select(cids.c.conversation, cids.c.seq)
    .join_from(cids, events, events.c.id == _key, isouter=True)
    .where(
        or_(
            events.c.id.is_(None), events.c.cid.is_(None), events.c.cid != cids.c.cid, events.c.author != cids.c.account
        )
    )
)
_odd: Final = select(events.c.id).where(events.c.cid.is_not(None), func.length(events.c.cid) != CID_BYTES)
_undropped: Final = (
    select(cids.c.conversation, cids.c.seq)
    .join_from(cids, messages, messages.c.id == _key)
    .where(messages.c.deleted, func.length(cids.c.digest) > 0)
)
_count: Final = select(func.count()).select_from(cids)


def check_sends(connection: Connection, findings: Findings) -> str:
    """Compare posted messages with the cids that were accepted, in both directions."""
    for (key,) in stream(connection, _posted_without):
        findings.add(f"message {conversation_of(key)}:{seq_of(key)}: the cid it was sent with is not known as its own")
    for conversation, seq in stream(connection, _sent_without):
        findings.add(f"a cid stands for message {conversation}:{seq}, which was not sent with it")
    for conversation, seq in stream(connection, _undropped):
        findings.add(f"message {conversation}:{seq} was deleted, but a digest of its text is kept with its cid")
    for (key,) in stream(connection, _odd):
        findings.add(f"message {conversation_of(key)}:{seq_of(key)}: its cid has not {CID_BYTES} bytes")
    count: int = connection.execute(_count).scalar_one()
    return f"{times(count, 'cid')}, each of one message, and none missing"
