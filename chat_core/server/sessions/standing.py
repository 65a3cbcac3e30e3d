"""How accounts want to be met: away, busy or hidden, as they said last. In memory: it ends with the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from chat_core.protocol.values import Availability

MOST: Final = 20_000
"""Accounts that are remembered; of more, those are forgotten that said it first and are not connected."""


class Standing(NamedTuple):
    """What one account said."""

    state: Availability = "online"
    """How it wants to be met."""
    text: str = ""
    """Why."""
    since: int = 0
    """When it said so, milliseconds since 1970; 0: it did not."""


class Standings:
    """See the module's head.

    Args:
        connected: tells whether an account is connected.
    """

    def __init__(self, connected: Callable[[int], bool]) -> None:
        self._connected = connected
        self._said: dict[int, Standing] = {}
        self.hidden: set[int] = set()
        """Accounts that want not to be seen."""

    def of(self, account: int) -> Standing:
        """Return what an account said; of one that is hidden, nothing is known."""
        return Standing() if account in self.hidden else self._said.get(account, Standing())

    def say(self, account: int, standing: Standing) -> None:
        """Note what an account says."""
        self._said.pop(account, None)
        if standing.state == "online":
            return
        self._said[account] = standing
        if len(self._said) > MOST:
            self._forget()

    def _forget(self) -> None:
        gone = [account for account in self._said if not self._connected(account)]
        for account in gone[: MOST // 10] or list(self._said)[:1]:
            del self._said[account]
