"""What one connection may ask, by cost, and what one account may send, by bytes. Pure.

Who asks too fast is refused and told when to ask again. Who goes on all the same is not listened to for a while: a
refusal costs the server about as much as a small request. Bytes are never refused, only read later.
"""

from __future__ import annotations

from typing import Final

from chat_core.protocol.limits import FRAME_WEIGHT_BYTES
from chat_core.server.defence.buckets import Bucket
from chat_core.server.profiles import Profile

PATIENCE: Final = 128
"""Refusals in a row after which a connection is not listened to: as many posts as our own clients have under way."""


class Allowance:
    """See the module's head.

    Args:
        profile: how much there is.
        now: monotonic seconds.
    """

    __slots__ = ("_bytes", "_patience", "_requests", "deaf_s")

    def __init__(self, profile: Profile, now: float) -> None:
        rate = profile.request_rate
        self._requests = Bucket(profile.request_burst, rate, now) if rate else None
        self._patience = Bucket(PATIENCE, rate, now) if rate else None
        self._bytes: Bucket | None = None
        self.deaf_s = 0.0
        """How long the connection should not be listened to because of the last refusal, in seconds."""

    def ask(self, cost: float, now: float) -> float:
        """Pay for a request; return 0, or the seconds after which it would be answered."""
        if self._requests is None or self._patience is None:
            return 0.0
        wait_s = self._requests.take(cost, now)
        self.deaf_s = self._patience.take(1, now) if wait_s else 0.0
        return wait_s

    def give_back(self, cost: float, now: float) -> float:
        """Undo an `ask`: what was refused because of something before it costs nothing, but patience.

        Returns:
            How long the connection should not be listened to, in seconds.
        """
        if self._requests is None or self._patience is None:
            return 0.0
        self._requests.give_back(cost)
        return self._patience.take(1, now)

    def share(self, account_bytes: Bucket | None) -> None:
        """Count bytes in the bucket of the account from now on; None: not at all."""
        self._bytes = account_bytes

    def heard(self, size: int, frames: int, now: float) -> float:
        """Count what was read; return the seconds not to read any more."""
        return 0.0 if self._bytes is None else self._bytes.spend(size + frames * FRAME_WEIGHT_BYTES, now)
