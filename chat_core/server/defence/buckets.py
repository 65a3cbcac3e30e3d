"""Token buckets: so much at once, so much more each second. Pure: the time comes as an argument.

Every limit of a rate is one of these, so that all of them behave alike: a bucket is full at first, what is taken comes
back evenly, and who takes more than there is learns how long to wait.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

KEYS: Final = 10_000
"""Most buckets that are kept by key: whoever has many addresses must not fill our memory."""


class Bucket:
    """One bucket.

    Args:
        burst: what it holds when it is full.
        per_s: what comes back each second.
        now: monotonic seconds.
    """

    __slots__ = ("_at", "_level", "burst", "per_s")

    def __init__(self, burst: float, per_s: float, now: float) -> None:
        self.burst = burst
        self.per_s = per_s
        self._level = burst
        self._at = now

    def level(self, now: float) -> float:
        """Return what it holds; less than nothing after `spend`."""
        if now > self._at:
            self._level = min(self.burst, self._level + (now - self._at) * self.per_s)
            self._at = now
        return self._level

    def take(self, amount: float, now: float) -> float:
        """Take an amount and return 0; or, where there is not that much, take nothing and return the seconds to wait.

        More than the burst is never there: that waits for ever, and no caller asks for it.
        """
        missing = amount - self.level(now)
        if missing > 1e-9:
            return missing / self.per_s
        self._level -= amount
        return 0.0

    def spend(self, amount: float, now: float) -> float:
        """Take an amount in any case; return the seconds until nothing is owed any more."""
        self._level = self.level(now) - amount
        return max(0.0, -self._level / self.per_s)

    def give_back(self, amount: float) -> None:
        """Undo a `take`."""
        self._level = min(self.burst, self._level + amount)


class Buckets(Generic[K]):
    """A bucket for each key, made when it is first asked for, forgotten once it is full again.

    Args:
        burst: as of a `Bucket`.
        per_s: likewise.
        most: how many are kept; the oldest give way.
    """

    def __init__(self, burst: float, per_s: float, most: int = KEYS) -> None:
        self.burst = burst
        self.per_s = per_s
        self._most = most
        self._buckets: dict[K, Bucket] = {}

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._buckets)

    def of(self, key: K, now: float) -> Bucket:
        """Return the bucket of a key."""
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._most:
                self._forget(now)
            bucket = self._buckets[key] = Bucket(self.burst, self.per_s, now)
        return bucket

    def _forget(self, now: float) -> None:
        """Make room: drop what is as good as new; if that is little, the older half of what is left."""
        kept = {key: bucket for key, bucket in self._buckets.items() if bucket.level(now) < bucket.burst}
        if len(kept) > self._most // 2:
            kept = dict(list(kept.items())[len(kept) - self._most // 2 :])
        self._buckets = kept
