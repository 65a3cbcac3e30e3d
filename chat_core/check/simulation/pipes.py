"""One direction of a stream in memory: how fast and how evenly it carries, and what is held back. Knows no frame."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chat_core.transport.driver import Driver

PIECES: Final = (1, 7, 64, 4096, 65536)
"""Sizes of what arrives at once, in bytes."""
ENDLESS: Final = 1 << 40


@dataclass(slots=True)
class Weather:
    """How fast and how evenly a network carries."""

    least_s: float = 0.0
    """Shortest time on the way, in seconds."""
    spread_s: float = 0.0
    """Chance adds up to this many seconds to it."""
    pieces: float = 1.0
    """Share of the writes that arrive in pieces, from 0 to 1."""
    window: int = ENDLESS
    """Most bytes on the way; the others wait in the writer's buffer."""
    buffer: int = ENDLESS
    """Bytes in the writer's buffer above which it is told to hold back, if that is less than what it asked for."""


class Pipe:
    """One direction of a wire.

    Args:
        sender: is told when its buffer is full.
        receiver: gets what arrives.
        weather: may change while the pipe is in use.
        chance: decides on times and pieces.
    """

    __slots__ = (
        "_chance",
        "_congested",
        "_flight",
        "_flying",
        "_high",
        "_last_due",
        "_loop",
        "_paused",
        "_queue",
        "_receiver",
        "_sender",
        "_then",
        "_timer",
        "ended",
        "held_until",
        "silent",
        "waiting",
        "weather",
    )

    def __init__(self, sender: Driver, receiver: Driver, weather: Weather, chance: random.Random) -> None:
        self._loop = asyncio.get_running_loop()
        self._sender = sender
        self._receiver = receiver
        self._chance = chance
        self.weather = weather
        self.waiting = 0
        """Bytes that were written and are not on their way yet."""
        self.silent = False
        """Whether what is written now vanishes."""
        self.ended = False
        """Whether nothing arrives any more."""
        self.held_until = 0.0
        """Nothing arrives before this time."""
        self._queue: deque[bytes] = deque()
        self._flight: deque[tuple[float, bytes]] = deque()
        self._flying = 0
        self._last_due = 0.0
        self._timer: asyncio.Handle | None = None
        self._paused = False
        self._congested = False
        self._high = ENDLESS
        self._then: Callable[[], None] | None = None

    def bound(self, high: int) -> None:
        """Tell the sender to hold back above so many waiting bytes."""
        self._high = min(high, self.weather.buffer)

    def write(self, data: bytes) -> None:
        """Take bytes from the sender."""
        if self.ended or self.silent or not data:
            return
        self._queue.append(data)
        self.waiting += len(data)
        self._send()
        if self.waiting > self._high and not self._congested:
            self._congested = True
            self._sender.pause_writing()

    def pause(self) -> None:
        """Let nothing arrive."""
        self._paused = True

    def go_on(self) -> None:
        """Let it arrive again."""
        self._paused = False
        self._plan()

    def look(self) -> None:
        """Send what waits: the weather is another one."""
        self._send()
        self._plan()

    def when_empty(self, then: Callable[[], None]) -> None:
        """Call something once all that was written has arrived."""
        if self.waiting or self._flight:
            self._then = then
        else:
            self._loop.call_soon(then)

    def die(self, share: float) -> None:
        """The sender is dead: what it still held is lost, of what is on its way a share arrives."""
        self._queue.clear()
        self.waiting = 0
        kept = int(self._flying * share)
        for _ in range(len(self._flight)):
            due, data = self._flight.popleft()
            if kept > 0:
                self._flight.append((due, data[:kept]))
            kept -= len(data)
        self._flying = sum(len(data) for _, data in self._flight)

    def end(self) -> None:
        """Let nothing arrive any more."""
        self.ended = True
        self._queue.clear()
        self._flight.clear()
        self.waiting = self._flying = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # --- how --------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        """Put on the way what there is room for."""
        weather = self.weather
        while self._queue and self._flying < weather.window:
            data = self._queue.popleft()
            room = weather.window - self._flying
            if len(data) > room:
                self._queue.appendleft(data[room:])
                data = data[:room]
            self.waiting -= len(data)
            self._flying += len(data)
            self._fly(data)
        if self._congested and self.waiting <= self._high // 4:
            self._congested = False
            self._sender.resume_writing()

    def _fly(self, data: bytes) -> None:
        weather, chance = self.weather, self._chance
        due = self._last_due
        if weather.least_s or weather.spread_s:
            due = self._loop.time() + weather.least_s + weather.spread_s * chance.random()
            due = self._last_due = max(due, self._last_due)
        if weather.pieces and (weather.pieces >= 1.0 or chance.random() < weather.pieces):
            while data:
                size = chance.choice(PIECES)
                self._flight.append((due, data[:size]))
                data = data[size:]
        else:
            self._flight.append((due, data))
        self._plan()

    def _plan(self) -> None:
        if self._timer is None and self._flight and not self._paused:
            due = max(self._flight[0][0], self.held_until)
            if due <= self._loop.time():
                self._timer = self._loop.call_soon(self._arrive)
            else:
                self._timer = self._loop.call_at(due, self._arrive)

    def _arrive(self) -> None:
        self._timer = None
        now = self._loop.time()
        while self._flight and not self._paused and max(self._flight[0][0], self.held_until) <= now:
            _, data = self._flight.popleft()
            self._flying -= len(data)
            self._receiver.data_received(data)
        if self.ended:
            return
        if self._queue:
            self._send()
        self._plan()
        if self._then is not None and not self.waiting and not self._flight:
            then, self._then = self._then, None
            then()
