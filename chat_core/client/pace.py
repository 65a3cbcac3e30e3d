"""How fast this side may ask, as the server told it in the welcome: keeps a client from ever being refused for haste.

Pure: the time comes as an argument. Reckons with a little less than was told, so that calls which the network held up
and then delivers together are not too many at once.
"""

from __future__ import annotations

from typing import Final

from chat_core.protocol.limits import FRAME_WEIGHT_BYTES, Rates

BURST_SHARE: Final = 0.8
"""Part of a burst that is used."""
RATE_SHARE: Final = 0.98
"""Part of a rate that is used: two clocks are never quite the same."""
RESERVE_SHARE: Final = 0.25
"""Part of the rest that messages leave to calls that somebody waits for: a pipe of lines does not stop a person."""


class _Level:
    """A token bucket that may be overdrawn; without a rate it is bottomless."""

    def __init__(self, burst: float, rate: float, now: float) -> None:
        self._burst = burst * BURST_SHARE
        self._rate = rate * RATE_SHARE
        self._level = self._burst
        self._at = now

    def wait_s(self, wanted: float, now: float, *, reserve: bool = False) -> float:
        """Return the seconds until `wanted` is there, or all there can be, and with `reserve` some more than that."""
        if not self._rate:
            return 0.0
        self._level = min(self._burst, self._level + max(0.0, now - self._at) * self._rate)
        self._at = max(self._at, now)
        wanted = min(wanted + (self._burst * RESERVE_SHARE if reserve else 0.0), self._burst)
        return max(0.0, (wanted - self._level) / self._rate)

    def spend(self, amount: float) -> None:
        self._level -= amount


class Pace:
    """See the module's head.

    Args:
        rates: as told.
        now: monotonic seconds.
    """

    def __init__(self, rates: Rates, now: float) -> None:
        self._requests = _Level(rates.request_burst, rates.request_rate, now)
        self._bytes = _Level(rates.byte_burst, rates.byte_rate, now)
        self._costs = rates.costs

    def wait_s(self, request: str, size: int, now: float, *, patient: bool = False) -> float:
        """Return the seconds until a request may be sent; 0: now.

        Args:
            request: its name on the wire.
            size: of its frame in bytes, about.
            now: monotonic seconds.
            patient: whether it leaves something for requests that are not.
        """
        return max(
            self._requests.wait_s(self._costs.get(request, 1), now, reserve=patient),
            self._bytes.wait_s(size + FRAME_WEIGHT_BYTES, now, reserve=patient),
        )

    def spend(self, request: str, size: int) -> None:
        """Note that a request was sent."""
        self._requests.spend(self._costs.get(request, 1))
        self._bytes.spend(size + FRAME_WEIGHT_BYTES)
