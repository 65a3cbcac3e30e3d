"""What of a conversation's log an account may read: the one answer that history, the log and search go by. Pure."""

from __future__ import annotations

from chat_core.protocol.codes import REFUSALS, Refusal
from chat_core.server.store.base import Refused
from chat_core.server.store.bounds import EVERYTHING, Bounds
from chat_core.server.store.conversations import Place


def readable(place: Place) -> Bounds:
    """Return what may be read.

    Who has left a public channel may read what any stranger may; a former member of another one reads up to where it
    left. Who was brought into a group later reads from there on.

    Raises:
        Refused: `no_conversation`: it is neither one's own nor public.
    """
    if place.public:
        return EVERYTHING
    if place.member:
        return Bounds(place.since)
    if place.last_readable is None:
        raise Refused(Refusal.NO_CONVERSATION, REFUSALS[Refusal.NO_CONVERSATION].text)
    return Bounds(place.since, place.last_readable)
