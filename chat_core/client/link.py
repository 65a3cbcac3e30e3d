"""One connection as the library sees it: calls with their answers, pushes, and one end with its reason.

Answers are handed on at once, in the order of the wire, before anything that came behind them: that is what keeps a
catch-up and the pushes after it in order. Knows nothing of state; whoever opens a link decides what is said on it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from chat_core.base.clock import Clock
from chat_core.base.errors import ProtocolFault
from chat_core.client.breath import Breath
from chat_core.client.ended import Ended, how_it_ended
from chat_core.client.errors import CallFailed, Disconnected
from chat_core.client.pace import Pace
from chat_core.protocol.codec import pack, read_event, read_reply, to_map
from chat_core.protocol.codes import Goodbye, Refusal
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Answer, Call, Envelope, Failure, Farewell, Push
from chat_core.protocol.events import Event
from chat_core.protocol.limits import FRAME_TO_SERVER_BYTES, MAX_NUMBER, PROBE_WITHIN_S, Rates
from chat_core.protocol.requests.base import Reply, Request, reply_type
from chat_core.transport.connect import Connector
from chat_core.transport.driver import Driver
from chat_core.transport.urls import Address

R = TypeVar("R", bound=Reply)
OnPush = Callable[[Sequence[Event]], None]

CALL_WITHIN_S: Final = 10.0
"""Time a call has for its answer, in seconds."""
PROBE_EVERY_S: Final = 5.0
"""Silence after which a sign of life is worth asking for, in seconds."""
ROUND_TRIPS: Final = 4
"""Round trips a probe has at least, on a link that is slow by nature."""
A_LITTLE_S: Final = 0.001
"""Loops may call a moment early, and what is not due would only be planned again."""
LARGE_BYTES: Final = 65_536
"""A read of so many is not the end of what the system holds for us."""
_CLOSE_WITHIN_S: Final = 1.0
_LAST_CALL_ID: Final = 2**32 - 1


@dataclass(slots=True)
class _Open(Generic[R]):
    """A call that waits for its answer."""

    reply: type[R]
    then: Callable[[R | CallFailed | Disconnected], None]
    asked_at: float


class Link:
    """See the module's head. Made by `Link.open`.

    Args:
        clock: for time-outs and round trips.
        on_push: gets every event this version knows, those that came together as one.
        on_ended: told once how the connection ended, after each open call was.
    """

    def __init__(self, clock: Clock, on_push: OnPush, on_ended: Callable[[Link, Ended], None]) -> None:
        self.ended: Ended | None = None
        """How it ended; None: it is up."""
        self.latency_s: float | None = None
        """Round trip of the last answered call, in seconds."""
        self._clock = clock
        self._on_push = on_push
        self._on_ended = on_ended
        self._loop = asyncio.get_running_loop()
        self._driver: Driver | None = None
        self._calls: dict[int, _Open[Any]] = {}
        self._next_id = 0
        self._flush_due = False
        self._signed_in = False
        self._heard_at = clock.monotonic()
        self._greeted = False
        self._probed_at = self._heard_at
        self._gone = asyncio.Event()
        self._pace: Pace | None = None
        self._early: deque[Call] = deque()
        """Calls that the server would not answer yet."""
        self._timer: asyncio.TimerHandle | None = None
        self._pushed: list[Event] = []
        self._breath = Breath()
        self._rest: asyncio.Handle | None = None
        """Begins or ends a moment without listening; None: there is none."""

    @classmethod
    async def open(
        cls,
        address: Address,
        connector: Connector,
        clock: Clock,
        on_push: OnPush,
        on_ended: Callable[[Link, Ended], None],
    ) -> Link:
        """Connect. Raises: WorldFault, UsageFault, as the connector does."""
        link = cls(clock, on_push, on_ended)
        await connector(address, lambda: Driver(Connection(Role.CLIENT, clock.monotonic()), clock, link))
        return link

    # --- calls ------------------------------------------------------------------------------------------------

    @property
    def up(self) -> bool:
        """Whether a call would be sent; a connection that breaks is down before it has ended."""
        return self.ended is None and self._driver is not None and not self._driver.closing

    def ask(self, request: Request[R], then: Callable[[R | CallFailed | Disconnected], None]) -> None:
        """Send a call; `then` gets its outcome, once, at the moment it comes in.

        A request that cannot travel is refused here, with the code the server has for it.
        """
        driver = self._driver
        if driver is None or not self.up:
            then(Disconnected(self.ended.reason if self.ended else "The connection is not up."))
            return
        self._listen()  # somebody waits for an answer now
        call = Call(id=self._free_id(), request=to_map(request))
        if (refused := _why_not(call)) is not None:
            then(refused)
            return
        self._calls[call.id] = _Open(reply_type(type(request)), then, self._clock.monotonic())
        if self._pace is None:
            driver.connection.send(call)
            self._flush_soon()
        else:
            self._early.append(call)
            self._send_due()

    def begin(
        self, request: Request[R], take: Callable[[R], None] | None = None
    ) -> asyncio.Future[R | CallFailed | Disconnected]:
        """Send a call and return the future of its outcome.

        Args:
            request: what to ask for.
            take: gets the reply at the moment it comes in, before anything behind it on the wire.
        """
        answered: asyncio.Future[R | CallFailed | Disconnected] = self._loop.create_future()

        def settle(outcome: R | CallFailed | Disconnected) -> None:
            if answered.done():
                return
            try:
                if take is not None and not isinstance(outcome, (CallFailed, Disconnected)):
                    take(outcome)
            except ProtocolFault as fault:
                answered.set_result(Disconnected(str(fault)))
                raise
            answered.set_result(outcome)

        self.ask(request, settle)
        return answered

    async def call(
        self, request: Request[R], *, timeout_s: float = CALL_WITHIN_S, take: Callable[[R], None] | None = None
    ) -> R:
        """Send a call and wait for its reply.

        Raises:
            CallFailed: the server refused.
            Disconnected: there was no answer in time, or the connection is lost.
        """
        return await self.reply(self.begin(request, take), timeout_s=timeout_s)

    @staticmethod
    async def reply(answered: asyncio.Future[R | CallFailed | Disconnected], *, timeout_s: float = CALL_WITHIN_S) -> R:
        """Wait for the outcome of a call that was begun. Raises: as `call`."""
        try:
            async with asyncio.timeout(timeout_s):
                outcome = await answered
        except TimeoutError as error:
            raise Disconnected(f"The server did not answer within {timeout_s:g} s.") from error
        if isinstance(outcome, (CallFailed, Disconnected)):
            raise outcome
        return outcome

    def keep_to(self, rates: Rates | None) -> None:
        """Ask no faster than the server has told; None: as fast as one likes."""
        self._pace = None if rates is None else Pace(rates, self._clock.monotonic())

    @property
    def paced(self) -> bool:
        """Whether the server counts what is asked."""
        return self._pace is not None

    def wait_s(self, request: type[Request[Any]], size: int = 0) -> float:
        """Return the seconds until a request of `size` bytes that nobody waits for may be asked; 0: now."""
        if self._pace is None:
            return 0.0
        return self._pace.wait_s(_name(request), size, self._clock.monotonic(), patient=True)

    # --- the connection ---------------------------------------------------------------------------------------

    def ready(self) -> None:
        """Note that one is signed in."""
        self._signed_in = True
        if self._driver is not None:
            self._driver.connection.signed_in()

    def probe(self, *, doubted: bool = False) -> None:
        """Ask for a sign of life that is due soon, if there was none lately.

        Args:
            doubted: ask in any case: the machine slept, what was heard before means nothing.
        """
        now = self._clock.monotonic()
        if self._driver is not None and (doubted or now - max(self._heard_at, self._probed_at) >= PROBE_EVERY_S):
            self._probed_at = now
            self._driver.probe(max(PROBE_WITHIN_S, ROUND_TRIPS * (self.latency_s or 0.0)))

    def drop(self, reason: str, *, reconnect: bool = True, retry_after: float | None = None) -> None:
        """End the connection from this side, for a reason of this side's."""
        if self.ended is None:
            self.ended = Ended(reason, reconnect, retry_after)
        if self._driver is not None:
            self._driver.close(Goodbye.CLIENT_LEFT)

    async def wait(self) -> Ended:
        """Wait for the end of the connection and return it."""
        await self._gone.wait()
        assert self.ended is not None, "closed() sets it before"
        return self.ended

    async def pause(self, seconds: float) -> None:
        """Let time pass while the connection lives. Raises: Disconnected."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                raise Disconnected((await self.wait()).reason)

    async def close(self, reason: str, *, reconnect: bool = True, retry_after: float | None = None) -> None:
        """Say goodbye, for a reason of this side's, and wait until the stream is gone, for a second at most."""
        self.drop(reason, reconnect=reconnect, retry_after=retry_after)
        try:
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                await self._gone.wait()
        except TimeoutError:
            if self._driver is not None:
                self._driver.abort()

    # --- what the driver tells --------------------------------------------------------------------------------

    def opened(self, driver: Driver) -> None:
        """Take the stream over (driver)."""
        self._driver = driver

    def received(self, envelope: Envelope) -> None:
        """Hand an envelope on (driver)."""
        self._heard_at = self._clock.monotonic()
        self._greeted = True
        try:
            match envelope:
                case Push():
                    event = read_event(envelope.event)
                    if event is not None and self.ended is None:
                        self._pushed.append(event)
                case Answer():
                    self._hand_on()
                    self._answered(envelope)
                case Failure():
                    self._hand_on()
                    self._settle(envelope.id, CallFailed.of(envelope))
                case _:  # the connection lets nothing else through
                    pass
        except ProtocolFault as fault:
            self._hand_on()
            self._close_for(fault)

    def heard(self, size: int) -> None:
        """Hand on what came, and take a breath where it is much (driver): whom we connect to may send what it likes."""
        pause_s = self._breath.pause_s(len(self._pushed), self._heard_at)
        self._hand_on()
        if pause_s and size < LARGE_BYTES and not self._calls and self._rest is None:
            self._rest = self._loop.call_soon(self._stop_listening, pause_s)  # behind what else is there already

    def writable(self) -> None:
        """Nothing to do (driver): what waits is bounded by the open calls."""

    def closed(self, farewell: Farewell | None, ours: Goodbye | None) -> None:
        """Tell everybody who waits (driver)."""
        self._listen()
        self._driver = None
        self._early.clear()
        if self._timer is not None:
            self._timer.cancel()
        if self.ended is None:
            self.ended = how_it_ended(farewell, ours, signed_in=self._signed_in, greeted=self._greeted)
        calls, self._calls = self._calls, {}
        for call in calls.values():
            call.then(Disconnected(self.ended.reason))
        self._gone.set()
        self._on_ended(self, self.ended)

    # --- how --------------------------------------------------------------------------------------------------

    def _hand_on(self) -> None:
        events, self._pushed = self._pushed, []
        if events:
            self._on_push(events)

    def _stop_listening(self, pause_s: float) -> None:
        if self._driver is not None:
            self._driver.pause_reading()
        self._rest = self._loop.call_later(pause_s, self._listen)

    def _listen(self) -> None:
        """End the moment without listening, if there is one."""
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
            if self._driver is not None:
                self._driver.resume_reading()

    def _answered(self, answer: Answer) -> None:
        call = self._calls.get(answer.id)
        if call is not None:
            reply = read_reply(answer.reply, call.reply)
            self._settle(answer.id, reply)

    def _settle(self, call_id: int, outcome: Any) -> None:
        call = self._calls.pop(call_id, None)
        if call is not None and self.ended is None:
            self.latency_s = self._clock.monotonic() - call.asked_at
            call.then(outcome)
        elif call is not None:
            call.then(Disconnected("The connection was closed before the answer came."))

    def _close_for(self, fault: ProtocolFault) -> None:
        code = Goodbye(fault.code)
        if self.ended is None:
            self.ended = how_it_ended(None, code, signed_in=self._signed_in)
        if self._driver is not None:
            self._driver.close(code, str(fault))

    def _free_id(self) -> int:
        while self._next_id in self._calls:
            self._next_id = (self._next_id + 1) & _LAST_CALL_ID
        free = self._next_id
        self._next_id = (free + 1) & _LAST_CALL_ID
        return free

    def _send_due(self) -> None:
        """Send the calls that the server would answer by now, in their order."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._early and self._pace is not None and self._driver is not None:
            call, now = self._early[0], self._clock.monotonic()
            name, size = str(call.request["do"]), len(pack(call))
            wait_s = self._pace.wait_s(name, size, now)
            if wait_s:
                self._timer = self._loop.call_later(wait_s + A_LITTLE_S, self._send_due)
                return
            self._pace.spend(name, size)
            self._early.popleft()
            if call.id in self._calls:
                self._calls[call.id].asked_at = now
            self._driver.connection.send(call)
            self._flush_soon()

    def _flush_soon(self) -> None:
        """Write what was asked in this turn of the loop in one go."""
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        if self._driver is not None:
            self._driver.flush()


def _name(request: type[Request[Any]]) -> str:
    return str(request.__struct_config__.tag)


def _why_not(call: Call) -> CallFailed | None:
    """Return why a call cannot travel; None: it can."""
    values = call.request.values()
    if any(isinstance(value, int) and value > MAX_NUMBER for value in values):
        return CallFailed(Refusal.BAD_REQUEST, "There is no such number: it is larger than any can be.")
    # A character has at most 4 bytes: what is short need not be measured.
    worth_measuring = any(isinstance(value, str) and 4 * len(value) > FRAME_TO_SERVER_BYTES // 2 for value in values)
    if worth_measuring and len(pack(call)) > FRAME_TO_SERVER_BYTES:
        return CallFailed(Refusal.TOO_LONG, f"A request has at most {FRAME_TO_SERVER_BYTES} bytes.")
    return None
