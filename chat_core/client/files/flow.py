"""How much of a file may be on its way: as much as the connection carries at once, and no queue in front of it. Pure.

What waits in a buffer on the way delays every message behind it. So the round trip of each piece is watched: while it
is about as short as the shortest one, more is put on the way; once it grows, less.
"""

from __future__ import annotations

from typing import Final

START_BYTES: Final = 64 * 1024
"""What is on its way at first."""
LEAST_BYTES: Final = 8 * 1024
"""What may always be."""
CALM_S: Final = 0.03
"""So much longer than the shortest one a round trip may take with nothing to be done about it, in seconds."""
CROWDED_S: Final = 0.08
"""So much longer, and a message behind it would wait noticeably, in seconds."""


class Flow:
    """See the module's head.

    Args:
        most: bytes that may be on their way at most.
        piece: longest piece, in bytes.
    """

    def __init__(self, most: int, piece: int) -> None:
        self.room = min(START_BYTES, most)
        """Bytes that may be on their way."""
        self._most = most
        self._piece = piece
        self._shortest_s = float("inf")

    @property
    def piece(self) -> int:
        """How long the next piece should be, in bytes: at least two fit into the room."""
        return max(1, min(self._piece, self.room // 2))

    def fits(self, waiting: int) -> bool:
        """Return whether a piece may follow while so many bytes are on their way."""
        return waiting == 0 or waiting + self.piece <= self.room

    def answered(self, size: int, took_s: float) -> None:
        """Note that a piece of `size` bytes was answered after `took_s` seconds."""
        self._shortest_s = min(self._shortest_s, took_s)
        longer_s = took_s - self._shortest_s
        if longer_s <= CALM_S:
            self.room = min(self._most, self.room + size)
        elif longer_s > CROWDED_S:
            self.room = max(min(LEAST_BYTES, self._most), self.room - size // 2 - 1)
