"""One connection as the server sees it: who it acts for, what waits to be written, which calls are open.

Owns the driver and the outbox. Knows nothing of handlers: a call goes to the function it was given.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from chat_core.base.ids import AccountId
from chat_core.protocol.codec import pack
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.envelopes import Call, Envelope, Farewell
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import CALLS_IN_FLIGHT, OUTBOX_BYTES
from chat_core.protocol.values import Account
from chat_core.server.defence.allowance import Allowance
from chat_core.server.profiles import ProfileName
from chat_core.server.rules.permissions import Role
from chat_core.server.sessions.outbox import Outbox
from chat_core.transport.driver import Driver

NO_NUMBER = 0
DEAF_S: Final = 3.0
"""Longest time that a connection is not listened to at a stretch, in seconds: its end would not be noticed either."""
FLOOD_S: Final = 15.0
"""Who has sent, in one go, what may be sent in so many seconds is no honest client in a hurry, but is closed."""


class Session:
    """See the module's head.

    Args:
        mark: has the queue written at the end of the event loop's turn.
        write: has it written now; None: as `mark`.
        peer: the other end, for the log.
        local: whether the peer is on this machine, so that a name is enough to sign in.
        now: tells monotonic seconds.
        address: what the peer is counted and banned under; empty: it has no address.
        console: whether it is the command line of whoever runs the server, who needs no account.
        profile: whose numbers hold for it.
        allowance: what it may ask; None: nobody counts.
        calls_at_once: its calls that are under way at the same time; more of them wait.
        outbox_bytes: bound of its queue.
        on_call: gets each call.
        on_open: told when the stream is up.
        on_signed_in: told when it acts for an account.
        on_closed: told once when the stream is gone.
    """

    __slots__ = (
        "_beginning",
        "_deaf",
        "_deaf_until",
        "_frames",
        "_mark",
        "_now",
        "_on_call",
        "_on_closed",
        "_on_open",
        "_on_signed_in",
        "_paused",
        "_waiting",
        "_write",
        "account",
        "account_floor",
        "address",
        "allowance",
        "asked_at",
        "attached",
        "calls",
        "calls_at_once",
        "catch_ups",
        "console",
        "device",
        "dirty",
        "display",
        "driver",
        "fetches",
        "following",
        "greeted",
        "held_account_events",
        "lagging",
        "left",
        "local",
        "name",
        "opening",
        "outbox",
        "overflowed",
        "peer",
        "profile",
        "role",
        "searches",
        "stuck_at",
        "stuck_since",
    )

    def __init__(
        self,
        *,
        mark: Callable[[Session], None],
        write: Callable[[Session], None] | None = None,
        peer: str,
        local: bool,
        now: Callable[[], float] = time.monotonic,
        address: str = "",
        console: bool = False,
        profile: ProfileName = "local",
        allowance: Allowance | None = None,
        calls_at_once: int = CALLS_IN_FLIGHT,
        outbox_bytes: int = OUTBOX_BYTES,
        on_open: Callable[[Session], None],
        on_call: Callable[[Session, Call], None],
        on_closed: Callable[[Session, Goodbye | None], None],
        on_signed_in: Callable[[Session], None] = lambda _: None,
    ) -> None:
        self._mark = mark
        self._write = write or mark
        self._now = now
        self._on_signed_in = on_signed_in
        self._on_open = on_open
        self._on_call = on_call
        self._on_closed = on_closed
        self.peer = peer
        self.local = local
        self.address = address
        self.console = console
        self.profile: ProfileName = profile
        self.allowance = allowance
        self.asked_at = now()
        """When it last asked for anything, in monotonic seconds."""
        self._frames = 0
        """Frames of it that were counted."""
        self._deaf: asyncio.TimerHandle | None = None
        """Runs while it is not listened to, because it asked too much."""
        self._deaf_until = 0.0
        self._beginning = False
        """Whether calls are being begun at this moment: one that is answered at once begins no others."""
        self.calls_at_once = calls_at_once
        self.driver: Driver | None = None
        self.outbox = Outbox(outbox_bytes)
        self.dirty = False
        self.calls = 0
        """Calls that are under way: begun, and not answered yet."""
        self.catch_ups = 0
        """Those among them that catch up."""
        self.searches = 0
        """Those among them that search."""
        self.fetches = 0
        """Those among them that read a file."""
        self._waiting: deque[Call] = deque()
        """Calls that came, and are not begun yet: at most what one read of the socket brought."""
        self._paused = False
        self.opening: list[Call] | None = []
        """Calls that wait for the one before to be answered, until sign-in; then None."""
        self.greeted = False
        """Whether `hello` was answered."""
        self.account: AccountId | None = None
        self.role = Role.STRANGER
        """What the account may do; a stranger has none."""
        self.device: int | None = None
        """The device of the account, if it has a token."""
        self.name = ""
        self.display = ""
        """What its account is shown as; empty: its name."""
        self.following = False
        """Whether conversations that the account joins are attached by themselves."""
        self.held_account_events: list[tuple[int, bytes]] | None = None
        """During a resume: account events that wait for its answer."""
        self.account_floor = NO_NUMBER
        """Account events up to this one were in an answer."""
        self.attached: set[int] = set()
        """Conversations pushed, or about to be pushed, to this connection."""
        self.left: set[int] = set()
        """Conversations that the account has left since it signed in here, and not joined again."""
        self.overflowed: set[int] = set()
        """Conversations that overflowed, and are not attached again yet: it is still there."""
        self.lagging: dict[int, int] = {}
        """Those that it was not told of yet, by the head to tell."""
        self.stuck_since: float | None = None
        """Since when it has taken nothing; None: it keeps up."""
        self.stuck_at = 0
        """Bytes that had reached it then."""

    def opened(self, driver: Driver) -> None:
        """Take the stream over (driver)."""
        self.driver = driver
        self._on_open(self)

    def received(self, envelope: Envelope) -> None:
        """Hand a call on (driver), or let it wait while too many are open or the peer does not read its answers."""
        assert isinstance(envelope, Call)
        self.asked_at = self._now()
        self._waiting.append(envelope)
        self.begin()

    def heard(self, size: int) -> None:
        """Count what came in (driver); who sends too fast is not listened to for a while."""
        if self.allowance is not None and self.driver is not None:
            frames, self._frames = self.driver.connection.frames - self._frames, self.driver.connection.frames
            deaf_s = self.allowance.heard(size, frames, self._now())
            if deaf_s > FLOOD_S:
                self.close(Goodbye.FLOOD)
            elif deaf_s:
                self.ignore(min(deaf_s, DEAF_S))

    def ignore(self, seconds: float) -> None:
        """Take nothing from the peer for a while, and begin no call of it that waits."""
        until = self._now() + seconds
        if self._deaf is not None:
            if until <= self._deaf_until:
                return
            self._deaf.cancel()
        self._deaf_until = until
        self._deaf = asyncio.get_running_loop().call_later(seconds, self._listen)
        self._heed()

    def _listen(self) -> None:
        self._deaf = None
        self.begin()

    def begin(self) -> None:
        """Begin the calls that wait, as far as there is room; read on once none waits.

        Who asks without reading would else make us hold every answer: then nothing more is asked of us.
        """
        if self._beginning:
            return
        self._beginning = True
        while (
            self._waiting
            and self._deaf is None
            and self.calls < self.calls_at_once
            and self.outbox.size < self.outbox.limit // 2
        ):
            self.calls += 1
            self._on_call(self, self._waiting.popleft())
        self._beginning = False
        self._heed()

    def _heed(self) -> None:
        """Read on, or do not."""
        if self.driver is not None and self._paused != (bool(self._waiting) or self._deaf is not None):
            self._paused = not self._paused
            if self._paused:
                self.driver.pause_reading()
            else:
                self.driver.resume_reading()

    def writable(self) -> None:
        """Go on writing (driver)."""
        self._mark(self)

    def closed(self, farewell: Farewell | None, ours: Goodbye | None) -> None:
        """Let go of everything (driver)."""
        self.driver = None
        self.outbox = Outbox()
        self._waiting.clear()
        if self._deaf is not None:
            self._deaf.cancel()
            self._deaf = None
        if ours is None and farewell is not None and farewell.code == Goodbye.CLIENT_LEFT:
            ours = Goodbye.CLIENT_LEFT
        self._on_closed(self, ours)

    def signed_in(self, account: Account, device: int | None = None) -> None:
        """Act for an account from now on."""
        self.account = AccountId(account.id)
        self.device = device
        self.name, self.display = account.name, account.display
        self.role = Role(account.role)
        self._known()

    def act_as_console(self) -> None:
        """Act for whoever runs the server from now on."""
        self.role = Role.CONSOLE
        self._known()

    def _known(self) -> None:
        """Tell the connection that this is no stranger any more."""
        if self.driver is not None:
            self.driver.connection.signed_in()
        self._on_signed_in(self)

    def sign_out(self, text: str) -> None:
        """End the connection: what it signed in with is worth nothing any more."""
        self.close(Goodbye.SIGNED_OUT, text)

    def answered(self, envelope: Envelope, *, at_once: bool = False) -> None:
        """Queue the answer or failure of one call; `at_once`: nothing else will come with it."""
        self.outbox.reply(frame(pack(envelope)))
        self.calls -= 1
        (self._write if at_once else self._mark)(self)
        if self._waiting:
            self.begin()

    def take(self) -> bytes:
        """Return what is queued, to be written now; there is room for the answers of waiting calls then."""
        data = self.outbox.take()
        if self._waiting:
            self.begin()
        return data

    def push(self, data: bytes) -> bool:
        """Queue durable events; False: the outbox is full."""
        if not self.outbox.event(data):
            return False
        if not self.dirty:
            self._mark(self)
        return True

    def insist(self, data: bytes) -> None:
        """Queue an event of the account's log, also when the outbox is full: these cannot be caught up one by one.

        A reader that lets even them pile up is closed; its next resume has everything.
        """
        self.outbox.reply(data)
        self._mark(self)
        if self.outbox.size > 2 * self.outbox.limit:
            self.close(Goodbye.SLOW_READER)

    def signal(self, data: bytes) -> None:
        """Queue an ephemeral event, or drop it."""
        if self.outbox.signal(data) and not self.dirty:
            self._mark(self)

    def close(self, code: Goodbye, text: str = "", retry_after: float | None = None) -> None:
        """Write what waits, say goodbye, close."""
        if self.driver is not None:
            data = self.outbox.take()
            if data:
                self.driver.write(data)
            self.driver.close(code, text, retry_after)
