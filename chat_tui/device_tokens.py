"""This device's tokens, as an interactive client uses them. Knows no screen and no console.

What somebody gives to get in counts, not what was kept before; and that a token cannot be kept is said where one looks,
for it is too late to find that out at the next start. Called in any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chat_core.base.errors import ChatError, UsageFault

if TYPE_CHECKING:  # what it needs is loaded once there is something on the screen
    from chat_core.client.door import Tokens


class NoKeyring(UsageFault):
    """The keyring cannot be asked, or does not have what it should; whoever has a password gets in all the same."""


class DeviceTokens:
    """See the module's head.

    Args:
        kept: where they are kept.
        on_fault: told, in the thread that keeps or finds one, why it cannot be kept, or not be had from a keyring.
        given: whether somebody gave something to get in with, in place of what was kept.
    """

    def __init__(self, kept: Tokens, on_fault: Callable[[ChatError], None], *, given: bool) -> None:
        self._kept = kept
        self._on_fault = on_fault
        self._given = given

    def find(self, name: str) -> str:
        """See Tokens; whether they can be used at all is found out in any case."""
        try:
            token = self._kept.find(name)
        except NoKeyring as fault:
            if not self._given:
                self._on_fault(fault)
            return ""  # a keyring that is closed keeps nobody out who has something else: they are asked for it
        return "" if self._given else token

    def keep(self, name: str, token: str) -> None:
        """See Tokens."""
        try:
            self._kept.keep(name, token)
        except ChatError as fault:
            if token:
                self._on_fault(fault)
            raise
