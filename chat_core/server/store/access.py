"""What of a conversation's log an account may read: the one answer that history, the log and search go by. Pure."""

from __future__ import annotations

from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.store.base import Refused
from chat_core.server.store.conversations import Place


def last_readable(place: Place) -> int | None:
    """Return the last seq that may be read; None: no such bound.

    Who has left a public channel may read what any stranger may; a former member of another one reads up to where it
    left.

    Raises:
        Refused: `no_conversation`: it is neither one's own nor public.
    """
    if place.member or place.public:
        return None
    if place.last_readable is None:
        raise Refused(Refusal.NO_CONVERSATION, REFUSALS[Refusal.NO_CONVERSATION].text)
    return place.last_readable
