"""What a handler is given: who calls, and the ports it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chat_core.base.clock import Clock
from chat_core.base.ids import AccountId
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.session import Session
from chat_core.server.store.base import Store


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running server that handlers use; one of them for all calls."""

    store: Store
    hub: Hub
    clock: Clock
    epoch: str
    server: str
    """Program and version, told in the welcome."""
    ping_every_s: float
    pong_within_s: float


@dataclass(frozen=True, slots=True)
class Context:
    """One call."""

    session: Session
    services: Services
    after: list[Callable[[], None]] = field(default_factory=list)
    """Run once the answer is queued: what must follow it on the wire."""

    @property
    def store(self) -> Store:
        """The log and what is folded from it."""
        return self.services.store

    @property
    def hub(self) -> Hub:
        """Who is attached to what."""
        return self.services.hub

    @property
    def account(self) -> AccountId:
        """The account that calls; only for requests that need a sign-in."""
        account = self.session.account
        assert account is not None, "the router lets no stranger through"
        return account

    def wall_ms(self) -> int:
        """Return the time of the event, milliseconds since 1970."""
        return self.services.clock.wall_ms()
