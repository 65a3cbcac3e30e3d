"""The load itself: the senders, and the processes of readers, served by one selector.

Owns no figures but counts; what is measured around it is `chat_core.bench.fanout`'s matter.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chat_core.base.errors import WorldFault
from chat_core.bench import frames
from chat_core.bench.children import ReaderProcess
from chat_core.bench.peer import READ_BYTES, open_sockets, raise_descriptor_limit
from chat_core.bench.readers import SIGN_OF_LIFE_S, Order, name_of
from chat_core.bench.tally import Counting
from chat_core.transport.urls import parse_address

PROGRESS_WITHIN_S: Final = 15.0
"""Time without any delivery after which a run is given up, in seconds."""
ENDING_WITHIN_S: Final = 10.0
TIMED: Final = 50
"""Readers that take latencies, over all processes."""
_FAILURE: Final = b"\xa7failure"


@dataclass(slots=True)
class _Sender:
    stream: socket.socket
    tally: Counting
    lost: bool = False


class Load:
    """See the module's head; a context manager is its `close`.

    Args:
        address: of the server, as text.
        channel: everybody's, with its `#`.
        readers: how many; they are spread over the processes.
        senders: how many; they are members too and get everything.
        processes: for the readers.
        size: bytes of a body.
        until: monotonic seconds at which it gives up.
    """

    def __init__(
        self, address: str, channel: str, *, readers: int, senders: int, processes: int, size: int, until: float
    ) -> None:
        self._until = until
        self._selector = selectors.DefaultSelector()
        self._readers: list[ReaderProcess] = []
        self._senders: list[_Sender] = []
        self._message = frames.Message(channel, size, os.urandom(8))
        self._number = 0
        self._own = 0
        self._fan = readers + senders
        self._alive_at = time.monotonic()
        self.failures = self._lost = 0
        self.stopped = ""
        """Why the last run ended before everything had arrived; empty: it did not."""
        try:
            self._open(address, channel, readers, senders, processes)
        except BaseException:
            self.close()
            raise

    @property
    def delivered(self) -> int:
        """Deliveries so far, in this phase."""
        return self._own + sum(process.delivered for process in self._readers)

    def expected(self, messages: int) -> int:
        """Return the deliveries that so many messages make."""
        return messages * self._fan

    def settle(self, seconds: float) -> None:
        """Serve what comes for a while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._pump(left)

    def measure(self) -> None:
        """Begin to count from nothing."""
        for process in self._readers:
            process.measuring = False
            process.tell(b"measure\n")
        self._wait(lambda: all(process.measuring for process in self._readers))
        self._own = 0

    def run(self, messages: int, *, window: int, rate: float | None) -> float:
        """Send messages and wait until they have all arrived, or nothing moves any more.

        Args:
            messages: how many.
            window: messages that may be under way; without a rate.
            rate: messages a second, sent when they are due.

        Returns:
            Seconds from the first message to the last delivery.
        """
        begun = last = time.monotonic_ns()
        goal, room = self.expected(messages), window * self._fan
        sent = seen = 0
        while self.delivered < goal:
            wait_s = 0.5
            while sent < messages:
                now = due = time.monotonic_ns()
                if rate is not None:
                    due = begun + int(sent / rate * 1e9)
                    if due > now:
                        wait_s = (due - now) / 1e9
                        break
                elif self.expected(sent) - self.delivered >= room:
                    break
                self._send(due)
                sent += 1
            self._pump(wait_s)
            if self.delivered != seen:
                seen, last = self.delivered, time.monotonic_ns()
            self.stopped = self._reason_to_stop(last)
            if self.stopped:
                break
        return max(1, last - begun) / 1e9

    def finish(self) -> tuple[list[int], int]:
        """Return the sorted latencies in nanoseconds, and the number of connections lost."""
        for process in self._readers:
            process.tell(b"finish\n")
        self._until = time.monotonic() + ENDING_WITHIN_S
        self._wait(lambda: all(process.ended is not None for process in self._readers))
        latencies = array("q")
        lost = self._lost
        for process in self._readers:
            assert process.ended is not None
            latencies.extend(process.ended["latencies_ns"])
            lost += process.ended["lost"]
        return sorted(latencies), lost

    def close(self) -> None:
        """Close the connections and end the processes."""
        for sender in self._senders:
            sender.stream.close()
        for process in self._readers:
            process.stop()
        self._selector.close()

    def __enter__(self) -> Load:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close."""
        self.close()

    def _open(self, address: str, channel: str, readers: int, senders: int, processes: int) -> None:
        raise_descriptor_limit(senders)
        first = 0
        timed = max(1, readers // TIMED)
        for left in range(processes, 0, -1):
            count = (readers - first) // left
            if count:
                process = ReaderProcess(Order(address, channel, first, count, timed))
                self._readers.append(process)
                self._selector.register(process.fd, selectors.EVENT_READ, process)
                first += count
        self._wait(lambda: all(process.ready for process in self._readers))
        names = [name_of(readers + index) for index in range(senders)]
        for stream in open_sockets(parse_address(address), names, channel):
            sender = _Sender(stream, Counting())
            self._senders.append(sender)
            self._selector.register(stream, selectors.EVENT_READ, sender)

    def _send(self, due_ns: int) -> None:
        sender = self._senders[self._number % len(self._senders)]
        try:
            sender.stream.sendall(self._message.frame(self._number, due_ns))
        except OSError:
            self._lose(sender)
        self._number += 1

    def _pump(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            if isinstance(key.data, ReaderProcess):
                key.data.listen()
                if key.data.ended is not None:
                    self._selector.unregister(key.fileobj)
            else:
                self._read(key.data)
        if time.monotonic() - self._alive_at >= SIGN_OF_LIFE_S:
            self._alive_at = time.monotonic()
            for sender in self._senders:
                with contextlib.suppress(OSError):  # the next read will see it
                    sender.stream.sendall(frames.PONG)

    def _read(self, sender: _Sender) -> None:
        try:
            data = sender.stream.recv(READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._selector.unregister(sender.stream)
            self._lose(sender)
            return
        self._own += sender.tally.feed(data, 0)
        self.failures += data.count(_FAILURE)

    def _lose(self, sender: _Sender) -> None:
        if not sender.lost:
            sender.lost = True
            self._lost += 1

    def _wait(self, condition: Callable[[], bool]) -> None:
        while not condition():
            if time.monotonic() > self._until:
                raise WorldFault("The time limit is over; allow more with --limit.")
            self._pump(0.2)

    def _reason_to_stop(self, last_ns: int) -> str:
        now = time.monotonic()
        if self._lost:
            return "the server closed a sender's connection"
        if now > self._until:
            return "the time limit is over; allow more with --limit"
        if now - last_ns / 1e9 > PROGRESS_WITHIN_S:
            return f"nothing was delivered for {PROGRESS_WITHIN_S:g} s"
        return ""
