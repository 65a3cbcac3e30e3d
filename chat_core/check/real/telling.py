"""How things stand with a client, as its process tells it, and what it still has to do before it is at rest. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand: a line of a worker's output."""

    online: bool
    sends: int
    acks: int
    deliveries: int
    resets: int
    unsent: int
    epoch: str
    positions: dict[int, int]
    settled: bool = False

    def unrest(self, epoch: str, heads: Mapping[int, int]) -> Iterator[str]:
        """Yield what it has to send or to hear yet.

        Args:
            epoch: the store's.
            heads: where each conversation's log ends.
        """
        if not self.online:
            yield "is not connected"
        if self.unsent:
            yield f"has {self.unsent} to send"
        if self.epoch != epoch:
            yield "knows another store"
        for number, seq in self.positions.items():
            if heads.get(number) != seq:
                yield f"is at {seq} of {heads.get(number)} in conversation {number}"


NOTHING = Telling(online=False, sends=0, acks=0, deliveries=0, resets=0, unsent=0, epoch="", positions={})
"""Of a client that told nothing yet."""
