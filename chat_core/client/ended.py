"""How a connection ended, translated once from the wire's codes for everybody above. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from chat_core.base.text import clean_line
from chat_core.client.errors import LONGEST_TEXT
from chat_core.protocol.codes import GOODBYES, Goodbye
from chat_core.protocol.envelopes import Farewell

_OURS: Final[dict[Goodbye, str]] = {
    Goodbye.PING_TIMEOUT: "The server did not answer any more.",
    Goodbye.BAD_FRAME: "The other side does not speak this protocol; is that address a chat server's?",
    Goodbye.FRAME_TOO_LONG: "The other side does not speak this protocol; is that address a chat server's?",
    Goodbye.BAD_ENVELOPE: "The server said something that this version does not understand; update the older one.",
}
_NO_WORD: Final = (
    "The connection ended before the other side said a word; the address of an encrypted server begins with chats://."
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a connection ended."""

    reason: str
    """One sentence for people."""
    reconnect: bool
    """Whether trying again by itself makes sense."""
    retry_after: float | None = None
    """Seconds the server asked to wait before that."""


def how_it_ended(farewell: Farewell | None, ours: Goodbye | None, *, signed_in: bool, greeted: bool = True) -> Ended:
    """Return what the end of a stream means.

    Args:
        farewell: what the server said; None: nothing.
        ours: the goodbye this side closed with; None: it did not.
        signed_in: whether the connection was a good one before.
        greeted: whether the other side ever said anything.
    """
    if farewell is not None:
        text = clean_line(farewell.text[:LONGEST_TEXT]) or "The server closed the connection."
        return Ended(text, farewell.reconnect, farewell.retry_after)
    if ours is not None:
        # Garbage from a server that we were talking with well is worth another try; from a stranger it is not.
        return Ended(_OURS.get(ours, GOODBYES[ours].text), GOODBYES[ours].again or signed_in)
    if not greeted:
        return Ended(_NO_WORD, reconnect=True)
    return Ended("The connection was lost.", reconnect=True)
