"""Keeps a connection up: connects, opens, waits for the end, waits, connects again. The supervisor's shell.

Says what it does in `LinkState`s. What is said on a connection to open it is its owner's part.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from msgspec.structs import replace

from chat_core.base.clock import Clock
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.tasks import spawn, stop
from chat_core.client.ended import Ended
from chat_core.client.errors import CallFailed, Disconnected, Untrusted
from chat_core.client.link import Link
from chat_core.client.state.model import LinkState, LinkStatus
from chat_core.client.supervisor import Supervisor

LOOK_EVERY_S: Final = 1.0
"""Time between two looks at the clocks, in seconds."""
MEASURE_EVERY: Final = 5
"""Every so many looks, the round trip is told."""
SLEPT_S: Final = 3.0
"""How far the clocks must have moved beyond the time between two looks to show that this machine, or this process, has
slept: what was connected before may be dead without a word."""
_log = logging.getLogger(__name__)

AT_LEAST_S: Final = 0.2
"""Pause that also a woken client keeps: somebody who types does not knock at every key, in seconds."""


class Keeper:
    """See the module's head.

    Args:
        dial: opens a connection. Raises: WorldFault, UsageFault.
        opening: makes an open connection a usable one. Raises: CallFailed, Disconnected, UsageFault (for good).
        ready: called once a connection is usable.
        say: gets every state of the connection.
        clock: for pauses.
        chance: returns a random number from [0, 1).
    """

    def __init__(
        self,
        dial: Callable[[], Awaitable[Link]],
        opening: Callable[[Link], Awaitable[None]],
        ready: Callable[[Link], None],
        say: Callable[[LinkState], None],
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._dial = dial
        self._opening = opening
        self._ready = ready
        self._say_state = say
        self._clock = clock
        self._chance = chance
        self._supervisor = Supervisor()
        self._state = LinkState()
        self._task: asyncio.Task[None] | None = None
        self._link: Link | None = None
        self._opening_link: Link | None = None
        self._refused: CallFailed | Disconnected | UsageFault | None = None
        self._moved = asyncio.Event()
        self._woken = asyncio.Event()
        self._closed = False
        self._lasted = False
        """Whether there was a usable connection."""

    def start(self) -> None:
        """Begin, in the background."""
        if self._task is None:
            self._task = spawn("connection", self._run())

    @property
    def usable(self) -> bool:
        """Whether there is a usable connection."""
        return self._link is not None and self._link.up

    @property
    def _online(self) -> bool:
        # A link that has ended may not be told of yet: who tries again at once must not find itself online.
        return self._state.status is LinkStatus.ONLINE and self.usable

    @property
    def link(self) -> Link:
        """The usable connection. Raises: Disconnected, with words on why there is none."""
        if self._link is None or self._link.ended is not None:
            raise Disconnected(self._why())
        return self._link

    async def online(self, timeout_s: float | None) -> None:
        """Wait for a usable connection.

        Raises:
            CallFailed: the server refused, for good.
            Untrusted: it is not certain who the server is.
            UsageFault: the file of this device's tokens cannot be used.
            Disconnected: refused for good, or not in time.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not self._online and not self._closed and self._refused is None:
                    await self._moved.wait()
                    self._moved.clear()
        if self._refused is not None:
            raise self._refused
        if not self._online:
            raise Disconnected(self._why())

    def wake(self) -> None:
        """Try again now, or see whether the connection is still alive."""
        self._woken.set()
        link = self._link or self._opening_link
        if link is not None:
            link.probe()

    async def close(self) -> None:
        """Say goodbye and stop."""
        self._closed = True
        await stop(self._task)
        if self._state.status is not LinkStatus.REFUSED:
            self._say(LinkState(detail="Closed."))
        self._moved.set()

    # --- how --------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._say(
                LinkState(
                    status=LinkStatus.CONNECTING,
                    detail=self._state.detail,
                    attempt=self._supervisor.attempt,
                    lost=self._lasted,
                )
            )
            try:
                ended = await self._once()
            except Exception:
                # A fault of ours: on another connection things may be different, and silence helps nobody.
                _log.exception("a connection ended by a fault inside this client")
                ended = Ended("Something went wrong inside this client; it connects anew.", reconnect=True)
            self._link = None
            now = self._clock.monotonic()
            delay_s = self._supervisor.lost(
                now, self._chance(), reconnect=ended.reconnect, retry_after=ended.retry_after
            )
            if delay_s is None:
                self._refused = self._refused or Disconnected(ended.reason)
                self._say(LinkState(status=LinkStatus.REFUSED, detail=ended.reason))
                return
            self._say(
                LinkState(
                    status=LinkStatus.WAITING,
                    detail=ended.reason,
                    retry_at=now + delay_s,
                    attempt=self._supervisor.attempt,
                    lost=self._lasted,
                )
            )
            await self._pause(delay_s)

    async def _once(self) -> Ended:
        """Live through one connection; return how it ended."""
        try:
            link = await self._dial()
        except Untrusted as fault:
            self._refused = fault
            return Ended(str(fault), reconnect=False)
        except (WorldFault, UsageFault) as fault:
            return Ended(str(fault), reconnect=isinstance(fault, WorldFault))
        self._opening_link = link
        try:
            await self._opening(link)
            self._opening_link = None
            if link.ended is not None:
                return await link.wait()
            self._link = link
            self._supervisor.online(self._clock.monotonic())
            self._lasted = True
            self._ready(link)
            self._say(LinkState(status=LinkStatus.ONLINE, latency_ms=_milliseconds(link.latency_s)))
            return await self._watch(link)
        except CallFailed as failure:
            self._refused = failure if failure.final else None
            await link.close(failure.text, reconnect=not failure.final, retry_after=failure.retry_after)
            return Ended(failure.text, not failure.final, failure.retry_after)
        except Disconnected as lost:
            await link.close(str(lost))
            return await link.wait()
        except UsageFault as fault:
            self._refused = fault
            return Ended(str(fault), reconnect=False)
        finally:
            self._opening_link = None
            await link.close("Closed.", reconnect=False)

    async def _watch(self, link: Link) -> Ended:
        """Wait for the end; tell the round trip now and then; doubt the link when the machine has slept."""
        sleep = Sleep(self._clock)
        for look in itertools.count(1):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    return await link.wait()
            if sleep.over():
                link.probe(doubted=True)
            if look % MEASURE_EVERY == 0:
                self._say(replace(self._state, latency_ms=_milliseconds(link.latency_s)))
        raise AssertionError("a count has no end")

    async def _pause(self, delay_s: float) -> None:
        """Wait, unless somebody is there, or the machine has slept: then everything may be different."""
        sleep = Sleep(self._clock)
        self._woken.clear()
        await asyncio.sleep(min(delay_s, AT_LEAST_S))
        until = self._clock.monotonic() + max(0.0, delay_s - AT_LEAST_S)
        while (left_s := until - self._clock.monotonic()) > 0 and not sleep.over():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left_s, LOOK_EVERY_S)):
                    await self._woken.wait()
                    return

    def _say(self, state: LinkState) -> None:
        self._state = state
        self._say_state(state)
        self._moved.set()

    def _why(self) -> str:
        if self._closed:
            return "The client is closed."
        if not self._state.detail and self._opening_link is not None:
            return "Somebody takes the connection but has not answered yet; is that address a chat server's?"
        return self._state.detail or "Not connected yet."


class Sleep:
    """Notices that the machine or this process has slept, by clocks that moved further than they should have.

    During a sleep of the machine the monotonic clock stands still on some systems and the wall clock moves; a process
    that was stopped finds both moved. Somebody who sets the clock looks the same, and costs one ping.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen = self._now()

    def over(self) -> bool:
        """Return whether there was a sleep since the last look, which was `LOOK_EVERY_S` ago or less."""
        before, self._seen = self._seen, self._now()
        return any(abs(now - then) > LOOK_EVERY_S + SLEPT_S for now, then in zip(self._seen, before, strict=True))

    def _now(self) -> tuple[float, float]:
        return self._clock.monotonic(), self._clock.wall_ms() / 1000


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
