"""Senders that wait for acknowledgements: raw connections, each with an account of its own, served by one selector.

Counts what was acknowledged and how long that took. Which figures are made of it is `chat_core.bench.durable`'s matter.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import time
from array import array
from collections.abc import Sequence
from typing import Final

from chat_core.bench import frames
from chat_core.bench.peer import READ_BYTES, open_sockets, raise_descriptor_limit
from chat_core.bench.readers import SIGN_OF_LIFE_S, name_of
from chat_core.bench.tally import Acknowledgements
from chat_core.transport.urls import Address

ANSWERS_WITHIN_S: Final = 15.0
"""Time that sends which are still under way at the end have for their answers, in seconds."""
RING: Final = 1 << 17
"""Sends that can be under way at once, all senders together: a power of two."""
AHEAD: Final = 200
"""Sends under way at once where only their number matters."""
FIRST: Final = 1 << 20
"""Number of the first send: as the id of a call it takes four bytes, which the tally looks for."""


class _Sender:
    __slots__ = ("lost", "message", "stream", "tally", "under_way")

    def __init__(self, stream: socket.socket, message: frames.Message) -> None:
        self.stream = stream
        self.message = message
        self.tally = Acknowledgements()
        self.under_way = 0
        self.lost = False


class Posters:
    """See the module's head; a context manager is its `close`.

    Args:
        address: of the server.
        channels: names of the channels, with their `#`; the senders are spread over them.
        senders: how many.
        size: bytes of a body.
        follow: whether each sender also gets what is written in its channel.
        sources: addresses of this machine that they come from, in turn; none: the usual one.
    """

    def __init__(
        self,
        address: Address,
        channels: list[str],
        *,
        senders: int,
        size: int,
        follow: bool,
        sources: Sequence[str] = (),
    ) -> None:
        raise_descriptor_limit(senders)
        self._selector = selectors.DefaultSelector()
        self._senders: list[_Sender] = []
        self._due = array("q", bytes(8 * RING))
        self._number = FIRST
        self._turn = 0
        self._alive_at = time.monotonic()
        self.acknowledged = self.failures = self.lost = 0
        self.latencies_ns = array("q")
        """From when a send was due to its acknowledgement, in the order of the acknowledgements."""
        salt = os.urandom(8)
        try:
            for index, channel in enumerate(channels):
                names = [name_of(number) for number in range(index, senders, len(channels))]
                message = frames.Message(channel, size, salt)
                for stream in open_sockets(address, names, channel, follow=follow, sources=sources):
                    sender = _Sender(stream, message)
                    self._senders.append(sender)
                    self._selector.register(stream, selectors.EVENT_READ, sender)
        except BaseException:
            self.close()
            raise

    @property
    def under_way(self) -> int:
        """Sends that nothing was heard of yet."""
        return sum(sender.under_way for sender in self._senders)

    def forget(self) -> None:
        """Begin to count from nothing."""
        self.acknowledged = 0
        del self.latencies_ns[:]

    def run_closed(self, seconds: float, window: int) -> float:
        """Keep `window` sends of each sender under way; return the seconds this took."""
        begun = time.monotonic()
        until = begun + seconds
        for sender in self._senders:
            self._top_up(sender, window)
        while (left := until - time.monotonic()) > 0 and not self.lost:
            for sender in self._pump(left):
                self._top_up(sender, window)
        return time.monotonic() - begun

    def send(self, count: int) -> None:
        """Send so many, as fast as they are acknowledged."""
        for number in range(count):
            self._send(self._senders[number % len(self._senders)], time.monotonic_ns())
            while self.under_way >= AHEAD and not self.lost:
                self._pump(1.0)

    def run_open(self, seconds: float, rate: float) -> float:
        """Send when it is due, whether or not the ones before were answered; return the seconds this took."""
        begun = time.monotonic_ns()
        sent, messages = 0, int(seconds * rate)
        while not self.lost and self.under_way < RING:
            due = begun + int(sent / rate * 1e9)
            if sent >= messages:
                break
            wait_s = (due - time.monotonic_ns()) / 1e9
            if wait_s <= 0:
                self._send(self._senders[self._turn], due)
                self._turn = (self._turn + 1) % len(self._senders)
                sent += 1
            self._pump(max(0.0, wait_s))
        return (time.monotonic_ns() - begun) / 1e9

    def settle(self) -> int:
        """Wait for the answers that are still missing; return how many stay missing."""
        until = time.monotonic() + ANSWERS_WITHIN_S
        while self.under_way and not self.lost and (left := until - time.monotonic()) > 0:
            self._pump(left)
        return self.under_way

    def close(self) -> None:
        """Close the connections."""
        for sender in self._senders:
            sender.stream.close()
        self._selector.close()

    def __enter__(self) -> Posters:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close."""
        self.close()

    def _top_up(self, sender: _Sender, window: int) -> None:
        now = time.monotonic_ns()
        while sender.under_way < window and not sender.lost:
            self._send(sender, now)

    def _send(self, sender: _Sender, due_ns: int) -> None:
        self._due[self._number & (RING - 1)] = due_ns
        sender.under_way += 1
        try:
            sender.stream.sendall(sender.message.frame(self._number, due_ns))
        except OSError:
            self._lose(sender)
        self._number += 1

    def _pump(self, wait_s: float) -> list[_Sender]:
        """Read what came; return the senders that were answered."""
        answered: list[_Sender] = []
        for key, _ in self._selector.select(wait_s):
            sender: _Sender = key.data
            try:
                data = sender.stream.recv(READ_BYTES)
            except OSError:
                data = b""
            if not data:
                self._lose(sender)
            elif self._take(sender, data):
                answered.append(sender)
        if time.monotonic() - self._alive_at >= SIGN_OF_LIFE_S:
            self._alive_at = time.monotonic()
            for sender in self._senders:
                with contextlib.suppress(OSError):  # the next read will see it
                    sender.stream.sendall(frames.PONG)
        return answered

    def _take(self, sender: _Sender, data: bytes) -> bool:
        now = time.monotonic_ns()
        good, refused = sender.tally.feed(data)
        for number in good:
            self.latencies_ns.append(now - self._due[number & (RING - 1)])
        self.acknowledged += len(good)
        self.failures += len(refused)
        sender.under_way -= len(good) + len(refused)
        return bool(good or refused)

    def _lose(self, sender: _Sender) -> None:
        if not sender.lost:
            sender.lost = True
            self.lost += 1
            self._selector.unregister(sender.stream)


def channel_names(count: int) -> list[str]:
    """Return the names of `count` channels, with their `#`."""
    return [f"#bench-{number:04d}" for number in range(count)]
