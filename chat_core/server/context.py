"""What a handler is given: who calls, and the ports it may use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from chat_core.base.clock import Clock
from chat_core.base.ids import AccountId
from chat_core.protocol.codes import Refusal
from chat_core.server.auth.auth import Auth
from chat_core.server.auth.passwords import Crowded as PasswordsCrowded
from chat_core.server.blobs.files import Files, no_files
from chat_core.server.defence.guard import Guard
from chat_core.server.manners import MESSAGES, NO_MANNERS, MessagesSection
from chat_core.server.moderation.judge import Moderation
from chat_core.server.sessions.admission import Admission, Crowded
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.session import Session
from chat_core.server.store.base import Refused, Store
from chat_core.transport.urls import Invitation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running server that handlers use; one of them for all calls."""

    store: Store
    hub: Hub
    admission: Admission
    auth: Auth
    clock: Clock
    epoch: str
    server: str
    """Program and version, told in the welcome."""
    ping_every_s: float
    pong_within_s: float
    guard: Guard
    """The numbers that hold for each listener."""
    hooks_at: str = ""
    """What stands before `/hooks/SECRET` in the address of a webhook; empty: this server takes none."""
    motd: str = ""
    """Message of the day, told in the welcome."""
    link: Callable[[], Invitation | None] = lambda: None
    """How others reach this server; None: not over a network."""
    moderation: Moderation = field(default_factory=lambda: Moderation(NO_MANNERS))
    """What is moderated."""
    files: Files = field(default_factory=no_files)
    """The bytes of files, and uploads under way."""
    changing: MessagesSection = MESSAGES
    """How long people may change what they said."""


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

    @asynccontextmanager
    async def catching_up(self) -> AsyncIterator[None]:
        """Wait for one's turn to read what was missed, inside. Raises: Refused `busy`."""
        try:
            async with self.services.admission.enter(self.session):
                if self.session.driver is None:
                    raise Refused(Refusal.BUSY, "The connection is gone.")  # nobody reads this
                yield
        except Crowded as crowded:
            raise Refused(
                Refusal.BUSY, "Many are catching up at this moment; ask again a little later.", crowded.retry_after
            ) from None

    @staticmethod
    async def computed(work: Awaitable[T]) -> T:
        """Wait for a password to be hashed or compared. Raises: Refused `busy`."""
        try:
            return await work
        except PasswordsCrowded as crowded:
            raise Refused(
                Refusal.BUSY, "Many are signing in at this moment; try again a little later.", crowded.retry_after
            ) from None

    def wall_ms(self) -> int:
        """Return the time of the event, milliseconds since 1970."""
        return self.services.clock.wall_ms()
