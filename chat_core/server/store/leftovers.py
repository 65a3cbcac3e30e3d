"""What is left of deleted channels until it is taken out: which have something, and that nobody reads it. Reads only.

No row says how far the taking out has come: a deleted channel with an event in its log is to be emptied, one without
is done. So a server that was killed goes on where it was, whatever it had in mind.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, exists, not_, select
from sqlalchemy.sql.elements import ColumnElement

from chat_core.base.ids import ConversationId
from chat_core.server.store.keys import MAX_SEQ, SEQ_BITS
from chat_core.server.store.schema import IS_DELETED, conversations, events

_first = conversations.c.id.op("<<")(SEQ_BITS)
_any = select(events.c.id).where(events.c.id >= _first, events.c.id <= _first.op("|")(MAX_SEQ))
_unemptied: Final = (
    select(conversations.c.id).where(IS_DELETED, exists(_any.correlate(conversations))).order_by(conversations.c.id)
)


def unemptied(connection: Connection) -> list[ConversationId]:
    """Return the deleted channels that something is left of."""
    return [ConversationId(number) for number in connection.execute(_unemptied).scalars()]


def lives(key: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that an event or a message, by its key, is in no deleted channel."""
    return exists(select(conversations.c.id).where(conversations.c.id == key.op(">>")(SEQ_BITS), not_(IS_DELETED)))
