"""One connection as the server sees it: who it acts for, what waits to be written, which calls are open.

Owns the driver and the outbox. Knows nothing of handlers: a call goes to the function it was given.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from chat_core.base.ids import AccountId
from chat_core.protocol.codec import pack
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.envelopes import Call, Envelope, Farewell
from chat_core.protocol.framing import frame
from chat_core.protocol.limits import CALLS_IN_FLIGHT, OUTBOX_BYTES
from chat_core.protocol.values import Account
from chat_core.server.rules.permissions import Role
from chat_core.server.sessions.outbox import Outbox
from chat_core.transport.driver import Driver

NO_NUMBER = 0


class Session:
    """See the module's head.

    Args:
        mark: has the queue written at the end of the event loop's turn.
        peer: the other end, for the log.
        local: whether the peer is on this machine, so that a name is enough to sign in.
        outbox_bytes: bound of its queue.
        on_call: gets each call.
        on_open: told when the stream is up.
        on_closed: told once when the stream is gone.
    """

    __slots__ = (
        "_mark",
        "_on_call",
        "_on_closed",
        "_on_open",
        "_paused",
        "_waiting",
        "account",
        "account_floor",
        "attached",
        "calls",
        "catch_ups",
        "dirty",
        "driver",
        "following",
        "greeted",
        "held_account_events",
        "lagging",
        "local",
        "name",
        "opening",
        "outbox",
        "peer",
        "role",
        "searches",
        "stuck_at",
        "stuck_since",
    )

    def __init__(
        self,
        *,
        mark: Callable[[Session], None],
        peer: str,
        local: bool,
        outbox_bytes: int = OUTBOX_BYTES,
        on_open: Callable[[Session], None],
        on_call: Callable[[Session, Call], None],
        on_closed: Callable[[Session, Goodbye | None], None],
    ) -> None:
        self._mark = mark
        self._on_open = on_open
        self._on_call = on_call
        self._on_closed = on_closed
        self.peer = peer
        self.local = local
        self.driver: Driver | None = None
        self.outbox = Outbox(outbox_bytes)
        self.dirty = False
        self.calls = 0
        """Calls that are under way: begun, and not answered yet."""
        self.catch_ups = 0
        """Those among them that catch up."""
        self.searches = 0
        """Those among them that search."""
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
        self.name = ""
        self.following = False
        """Whether conversations that the account joins are attached by themselves."""
        self.held_account_events: list[tuple[int, bytes]] | None = None
        """During a resume: account events that wait for its answer."""
        self.account_floor = NO_NUMBER
        """Account events up to this one were in an answer."""
        self.attached: set[int] = set()
        """Conversations pushed, or about to be pushed, to this connection."""
        self.lagging: dict[int, int] = {}
        """Conversations that overflowed, by the head to tell."""
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
        self._waiting.append(envelope)
        self.begin()

    def begin(self) -> None:
        """Begin the calls that wait, as far as there is room; read on once none waits.

        Who asks without reading would else make us hold every answer: then nothing more is asked of us.
        """
        while self._waiting and self.calls < CALLS_IN_FLIGHT and self.outbox.size < self.outbox.limit // 2:
            self.calls += 1
            self._on_call(self, self._waiting.popleft())
        if self.driver is not None and self._paused != bool(self._waiting):
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
        if ours is None and farewell is not None and farewell.code == Goodbye.CLIENT_LEFT:
            ours = Goodbye.CLIENT_LEFT
        self._on_closed(self, ours)

    def signed_in(self, account: Account) -> None:
        """Act for an account from now on."""
        self.account = AccountId(account.id)
        self.name = account.name
        self.role = Role(account.role)
        if self.driver is not None:
            self.driver.connection.signed_in()

    def answered(self, envelope: Envelope) -> None:
        """Queue the answer or failure of one call."""
        self.outbox.reply(frame(pack(envelope)))
        self._mark(self)
        self.calls -= 1
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
