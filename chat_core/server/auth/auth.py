"""What handlers need to let somebody in: the rule of the server, passwords, and new secrets."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from chat_core.server.account_settings import AccountsSection
from chat_core.server.auth.passwords import Costs, Passwords
from chat_core.server.auth.tokens import CODE_BYTES, TOKEN_BYTES, make_code, make_token
from chat_core.server.rules.entry import Entry, entry


@dataclass(slots=True)
class Auth:
    """See the module's head."""

    settings: AccountsSection
    passwords: Passwords
    chance: Callable[[int], bytes]

    @classmethod
    def of(cls, settings: AccountsSection, chance: Callable[[int], bytes] = os.urandom) -> Auth:
        """Make the parts as the settings say.

        Args:
            settings: `[accounts]`.
            chance: returns so many random bytes, from a cryptographic source.
        """
        threads, waiting = settings.hashing_threads, settings.hashing_waiting
        passwords = Passwords(_costs(settings), threads=threads, waiting=waiting, chance=chance)
        return cls(settings, passwords, chance)

    def use(self, settings: AccountsSection) -> None:
        """Go by other settings from now on; threads stay as many as they are."""
        self.settings = settings
        self.passwords.use(_costs(settings))

    def entry(self, *, local: bool) -> Entry:
        """Return how one gets in, over a connection that comes from the server's own machine or not."""
        return entry(self.settings.registration, self.settings.name_only, self.settings.guests, local=local)

    def token(self) -> str:
        """Make the token of a device."""
        return make_token(self.chance(TOKEN_BYTES))

    def code(self) -> str:
        """Make the code of an invite."""
        return make_code(self.chance(CODE_BYTES))


def _costs(settings: AccountsSection) -> Costs:
    return Costs(memory_kib=settings.argon2_memory_kib, passes=settings.argon2_passes, lanes=settings.argon2_lanes)
