"""The numbers that hold for each listener, and what is counted across connections. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from chat_core.protocol.limits import Rates
from chat_core.server.defence.allowance import Allowance
from chat_core.server.defence.attempts import Attempts
from chat_core.server.defence.buckets import Buckets
from chat_core.server.profiles import INTERNET, LOCAL, Profile, ProfileName


class Guard:
    """See the module's head.

    Args:
        now: monotonic seconds.
        local: the profile of that name.
        internet: likewise.
    """

    def __init__(self, now: float, local: Profile = LOCAL, internet: Profile = INTERNET) -> None:
        self._profiles: dict[ProfileName, Profile] = {"local": local, "internet": internet}
        self._attempts = {name: Attempts(profile, now) for name, profile in self._profiles.items()}
        self._bytes: dict[ProfileName, Buckets[int] | None] = {
            name: _bytes(profile) for name, profile in self._profiles.items()
        }

    def use(self, local: Profile, internet: Profile, now: float) -> None:
        """Go by other numbers: connections that come from now on, and everybody's sign-ins."""
        for name, profile in zip(get_args(ProfileName), (local, internet), strict=True):
            if profile != self._profiles[name]:
                self._profiles[name] = profile
                self._attempts[name].use(profile, now)
                self._bytes[name] = _bytes(profile)

    def profile(self, name: ProfileName) -> Profile:
        """Return the numbers of a profile."""
        return self._profiles[name]

    def attempts(self, name: ProfileName) -> Attempts:
        """Return who tried to sign in how often."""
        return self._attempts[name]

    def allowance(self, name: ProfileName, now: float) -> Allowance | None:
        """Return what a new connection may ask; None: nobody counts."""
        profile = self._profiles[name]
        return Allowance(profile, now) if profile.request_rate or profile.byte_rate else None

    def share(self, allowance: Allowance, name: ProfileName, account: int, now: float) -> None:
        """Let all connections of an account count their bytes together."""
        buckets = self._bytes[name]
        allowance.share(None if buckets is None else buckets.of(account, now))

    def rates(self, name: ProfileName, costs: Mapping[str, int]) -> Rates | None:
        """Return what a client is told of it; None: nobody counts.

        Args:
            name: of the profile.
            costs: of the requests that do not cost 1.
        """
        profile = self._profiles[name]
        if not profile.request_rate and not profile.byte_rate:
            return None
        return Rates(
            request_burst=profile.request_burst if profile.request_rate else 0,
            request_rate=profile.request_rate,
            byte_burst=profile.byte_burst if profile.byte_rate else 0,
            byte_rate=profile.byte_rate,
            costs=dict(costs),
        )


def _bytes(profile: Profile) -> Buckets[int] | None:
    return Buckets(profile.byte_burst, profile.byte_rate) if profile.byte_rate else None
