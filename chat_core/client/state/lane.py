"""One conversation's part of the outbox: its messages in order, and the chain of what was sent. Pure."""

from __future__ import annotations

from collections import deque
from typing import Final

from msgspec.structs import replace

from chat_core.client.state.model import Unsent
from chat_core.protocol.codes import Refusal

PAUSE_S: Final = 0.2
"""First pause after a refusal that passes, in seconds; doubled each time."""
LONGEST_PAUSE_S: Final = 10.0
WARY: Final = 2
"""Messages refused for good, one after the other, from which on the rest go one at a time."""
LONGEST_ASKED_S: Final = 60.0
"""Longest `retry_after` of a server that is kept to, in seconds."""


class Entry:
    """One message."""

    __slots__ = ("attempt", "held", "prev", "uncertain", "unkept", "unsent", "wanted")

    def __init__(self, unsent: Unsent, *, kept: bool = True) -> None:
        self.unsent = unsent
        self.unkept = 0 if kept else 1
        """Records about it that a crash of this client would still lose: as long as there is one it is not sent."""
        self.wanted = False
        """Whether the user was asked and wants it sent, however old it is."""
        self.attempt = 0
        """Number of its last send; an older one's refusal means nothing."""
        self.prev: bytes | None = None
        """What that send named as the one before it."""
        self.uncertain = False
        """Whether a lost connection may have carried it to the server."""
        self.held: int | None = None
        """Its seq, once acknowledged, while the message itself is still to come."""

    @property
    def on_way(self) -> bool:
        """Whether it was sent and nobody knows what became of it."""
        return self.unsent.status == "sending" and self.held is None


class Lane:
    """Entries in sending order; those on their way come before those that are queued."""

    __slots__ = (
        "accepted",
        "accepted_at",
        "blocked_until",
        "entries",
        "failures",
        "held",
        "queued",
        "refusals",
        "tail",
    )

    def __init__(self) -> None:
        self.entries: dict[bytes, Entry] = {}
        self.queued: deque[Entry] = deque()
        self.held = 0
        """Entries that are acknowledged while the message itself is still to come."""
        self.accepted: bytes | None = None
        """cid of the newest send that the server has."""
        self.accepted_at = 0
        """Number of that send."""
        self.tail: bytes | None = None
        """cid that the next send names: the newest one on its way, else the newest one accepted."""
        self.blocked_until = 0.0
        self.refusals = 0
        """Refusals that passed since the last acknowledgement, but for those that one for good has caused."""
        self.failures = 0
        """Refusals for good since the last acknowledgement."""

    @property
    def ready(self) -> bool:
        """Whether the next message could be sent, but for a pause."""
        if self.failures >= WARY and self.tail != self.accepted:
            return False  # one is on its way, and if it fails, too, it takes along whatever is sent behind it
        return bool(self.queued) and not self.queued[0].unkept

    def on_way(self, since: int = 0) -> list[Entry]:
        """Return the sends whose fate is open, in order, from one send on."""
        return [entry for entry in self.entries.values() if entry.on_way and entry.attempt >= since]

    def set_tail(self) -> None:
        """Find the tail anew, after something left the chain."""
        on_way = self.on_way(since=self.accepted_at)
        self.tail = on_way[-1].unsent.cid if on_way else self.accepted

    def forget_accepted(self) -> None:
        """Begin a chain that names nothing."""
        self.accepted, self.accepted_at = None, 0

    def requeue(self, entries: list[Entry]) -> None:
        """Put sends back, in their order, before whatever else is queued."""
        for entry in entries:
            entry.unsent = replace(entry.unsent, status="queued")
        self.queued.extendleft(reversed(entries))

    def pause(self, entry: Entry, code: str, retry_after: float | None) -> float:
        """Count a refusal that passes; return the seconds to wait before the next try."""
        orphaned = code == Refusal.UNKNOWN_PREV
        if orphaned and entry.prev == self.accepted:
            self.forget_accepted()  # the server has lost a send that it acknowledged: there is nothing to wait for
        elif orphaned and retry_after is None and not self._comes(entry.prev):
            return 0.0  # the one before was refused for good: this one is sent behind another
        self.refusals += 1
        if retry_after is not None:
            return min(retry_after, LONGEST_ASKED_S)
        if orphaned and self.refusals == 1:
            return 0.0
        return min(PAUSE_S * 2.0 ** min(self.refusals - 1, 10), LONGEST_PAUSE_S)

    def _comes(self, cid: bytes | None) -> bool:
        """Return whether the server may still get what a send named as the one before it."""
        before = None if cid is None else self.entries.get(cid)
        return before is not None and before.on_way
