"""How often somebody may try to sign in: from one address, with one name, and all together. Pure.

A try is taken before it is made, so that many at once cannot slip through, and given back if it succeeded: who has
the right key may use it as often as they like. An address has fewer tries than a name, so that no single address can
lock somebody else out.
"""

from __future__ import annotations

from typing import Final

from chat_core.base.names import name_key
from chat_core.server.defence.buckets import Bucket, Buckets
from chat_core.server.profiles import Profile

PER_S: Final = 1 / 60
"""The numbers of a profile are a minute's."""


class Attempts:
    """The tries of one profile's listeners.

    Args:
        profile: how many there may be.
        now: monotonic seconds.
    """

    def __init__(self, profile: Profile, now: float) -> None:
        self.use(profile, now)

    def use(self, profile: Profile, now: float) -> None:
        """Go by other numbers; what was tried before is forgotten."""
        self._addresses = _buckets(profile.sign_ins_per_address)
        self._names = _buckets(profile.sign_ins_per_account)
        overall = profile.sign_ins_overall
        self._overall = Bucket(overall, overall * PER_S, now) if overall else None

    def take(self, address: str, name: str, now: float) -> float:
        """Take one try; return 0, or the seconds to wait before the next one.

        Args:
            address: what it is counted under; empty: it is not.
            name: of the account; empty: something is shown that cannot be guessed.
            now: monotonic seconds.
        """
        taken: list[Bucket] = []
        for bucket in self._asked(address, name, now):
            wait_s = bucket.take(1, now)
            if wait_s:
                for before in taken:
                    before.give_back(1)
                return wait_s
            taken.append(bucket)
        return 0.0

    def give_back(self, address: str, name: str, now: float) -> None:
        """Undo a `take`: it was no guess."""
        for bucket in self._asked(address, name, now):
            bucket.give_back(1)

    def _asked(self, address: str, name: str, now: float) -> list[Bucket]:
        asked: list[Bucket] = []
        if self._addresses is not None and address:
            asked.append(self._addresses.of(address, now))
        if name:
            if self._names is not None:
                asked.append(self._names.of(name_key(name), now))
            if self._overall is not None:
                asked.append(self._overall)
        return asked


def _buckets(a_minute: int) -> Buckets[str] | None:
    return Buckets(a_minute, a_minute * PER_S) if a_minute else None
