"""Who is let in, and who has to go for it. Pure: knows guests as things with an address, not what they are.

Theory of operation. A guest that comes is unfinished until it signs in. The pool of unfinished ones is bounded by
closing its oldest member: who holds many connections open without a word pushes out its own, and a newcomer, who may
be anybody, always gets its chance. Two things are refused at the door: more connections from one address than it may
have, and anybody at all once the house is full of guests that have signed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from enum import StrEnum
from typing import Final, Generic, NamedTuple, TypeVar

from chat_core.server.profiles import Profile

G = TypeVar("G", bound=Hashable)


class Reason(StrEnum):
    """Why somebody was not let in, or was closed to make room."""

    ADDRESS = "address"
    """Its address has as many connections as it may have."""
    FULL = "full"
    """The server has as many clients as it may have."""
    EVICTED = "evicted"
    """It had not signed in, and was the oldest of those when another one came."""


SENTENCES: Final[dict[Reason, str]] = {
    Reason.ADDRESS: "Your address has as many connections to this server as it may have; close one of them.",
    Reason.FULL: "This server is full: it has as many clients as it may have. Try again later.",
    Reason.EVICTED: "Many connect at this moment, and you had not signed in yet; try again.",
}
"""What somebody who is sent away is told."""
RETRY_AFTER_S: Final[dict[Reason, float]] = {Reason.ADDRESS: 10.0, Reason.FULL: 10.0, Reason.EVICTED: 1.0}
"""When it may come again, in seconds."""


class _Guest(NamedTuple):
    address: str
    pool: str


class Door(Generic[G]):
    """See the module's head.

    Args:
        max_clients: most guests, signed in or not; 0: any number.
    """

    def __init__(self, max_clients: int = 0) -> None:
        self.max_clients = max_clients
        self._guests: dict[G, _Guest] = {}
        self._addresses: Counter[str] = Counter()
        self._unfinished: dict[str, dict[G, None]] = {}

    def __len__(self) -> int:
        """Return the number of guests."""
        return len(self._guests)

    @property
    def unfinished(self) -> int:
        """How many of them have not signed in."""
        return sum(map(len, self._unfinished.values()))

    def refuses(self, address: str, profile: Profile) -> Reason | None:
        """Return why a newcomer cannot come in; None: it can.

        Args:
            address: what it is counted under; empty: it is not counted.
            profile: what holds for it.
        """
        most = profile.connections_per_address
        if address and most and self._addresses[address] >= most:
            return Reason.ADDRESS
        if self.max_clients and len(self._guests) >= self.max_clients and not self.unfinished:
            return Reason.FULL
        return None

    def enters(self, guest: G, address: str, pool: str, profile: Profile) -> list[G]:
        """Let a newcomer in that is not refused; return those who have to go for it.

        Args:
            guest: who.
            address: as of `refuses`.
            pool: whose oldest go first: the name of its profile.
            profile: what holds for it.
        """
        self._guests[guest] = _Guest(address, pool)
        if address:
            self._addresses[address] += 1
        mine = self._unfinished.setdefault(pool, {})
        mine[guest] = None
        evicted: list[G] = []
        while len(mine) > profile.unfinished:
            evicted.append(self._evict(mine))
        if self.max_clients and len(self._guests) - len(evicted) > self.max_clients:
            others = next((each for each in self._unfinished.values() if each and each is not mine), mine)
            evicted.append(self._evict(mine if len(mine) > 1 else others))
        return evicted

    def signed_in(self, guest: G) -> None:
        """Note that a guest has signed in."""
        known = self._guests.get(guest)
        if known is not None:
            self._unfinished[known.pool].pop(guest, None)

    def left(self, guest: G) -> None:
        """Note that a guest is gone."""
        known = self._guests.pop(guest, None)
        if known is None:
            return
        self._unfinished[known.pool].pop(guest, None)
        if known.address:
            self._addresses[known.address] -= 1
            if not self._addresses[known.address]:
                del self._addresses[known.address]

    @staticmethod
    def _evict(pool: dict[G, None]) -> G:
        oldest = next(iter(pool))
        del pool[oldest]
        return oldest
