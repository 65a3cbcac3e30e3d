"""Raw connections to the server under load: opened many at a time, then left as bare sockets.

Blocking while they open (each step's answers are awaited in turn, for a whole batch): no state machine is needed.
"""

from __future__ import annotations

import resource
import socket
from collections.abc import Sequence
from typing import Final

from chat_core.base.errors import ProtocolFault, WorldFault
from chat_core.bench import frames
from chat_core.protocol.codec import unpack
from chat_core.protocol.envelopes import Answer, Failure, Farewell
from chat_core.protocol.framing import FrameReader, frame
from chat_core.protocol.limits import FRAME_TO_CLIENT_BYTES
from chat_core.transport.urls import Address

AT_ONCE: Final = 50
"""Connections whose opening is under way at the same time."""
ANSWER_WITHIN_S: Final = 20.0
READ_BYTES: Final = 256 * 1024
SPARE_DESCRIPTORS: Final = 64


def raise_descriptor_limit(wanted: int) -> None:
    """Allow this process `wanted` connections.

    Raises:
        WorldFault: the system does not.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + SPARE_DESCRIPTORS
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise WorldFault(f"{wanted} connections need a descriptor limit of {needed}, here it is {hard}: see ulimit -n.")
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def open_sockets(
    address: Address, names: Sequence[str], channel: str, *, follow: bool = True, sources: Sequence[str] = ()
) -> list[socket.socket]:
    """Connect, sign in, join and attach one connection for each name.

    Args:
        address: of the server.
        names: of the accounts.
        channel: with its `#`.
        follow: whether they attach, and so get what is written there.
        sources: addresses of this machine that they come from, in turn; none: the usual one.

    Returns:
        Blocking sockets with a time-out, in the order of the names; nothing of a message has been read from them.

    Raises:
        WorldFault: the server cannot be reached, or refuses; what was opened is closed.
    """
    opened: list[socket.socket] = []
    try:
        for start in range(0, len(names), AT_ONCE):
            opened += _open_batch(address, names[start : start + AT_ONCE], channel, follow=follow, sources=sources)
    except BaseException:
        _close(opened)
        raise
    return opened


def _open_batch(
    address: Address, names: Sequence[str], channel: str, *, follow: bool, sources: Sequence[str]
) -> list[socket.socket]:
    opening: list[_Opening] = []
    try:
        for number, name in enumerate(names):
            opening.append(_Opening(address, name, sources[number % len(sources)] if sources else ""))
            opening[-1].send(frames.hello(), frames.sign_in(name), frames.join(channel))
        for one in opening:
            one.await_answer(frames.JOIN_ID)
            if follow:
                one.send(frames.resume())
        for one in opening if follow else ():
            one.await_answer(frames.RESUME_ID)
    except OSError as error:
        _close([one.socket for one in opening])
        raise WorldFault(f"{address}: {error.strerror or 'no answer in time'}.") from error
    except BaseException:
        _close([one.socket for one in opening])
        raise
    return [one.socket for one in opening]


def connect(address: Address, source: str = "") -> socket.socket:
    """Connect, from a certain address of this machine or the usual one. Raises: OSError."""
    if address.path:
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.settimeout(ANSWER_WITHIN_S)
        try:
            stream.connect(address.path)
        except OSError:
            stream.close()
            raise
        return stream
    come_from = (source, 0) if source else None
    stream = socket.create_connection((address.host, address.port), ANSWER_WITHIN_S, come_from)
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return stream


class _Opening:
    """A connection until it is attached."""

    def __init__(self, address: Address, name: str, source: str) -> None:
        self._name = name
        self._reader = FrameReader(FRAME_TO_CLIENT_BYTES)
        self._answered: set[int] = set()
        self.socket = connect(address, source)

    def send(self, *payloads: bytes) -> None:
        self.socket.sendall(b"".join(frame(payload) for payload in payloads))

    def await_answer(self, call_id: int) -> None:
        while call_id not in self._answered:
            data = self.socket.recv(READ_BYTES)
            if not data:
                raise WorldFault(f"The server closed the connection of {self._name}.")
            try:
                for payload in self._reader.feed(data):
                    self._take(payload)
            except ProtocolFault as fault:
                raise WorldFault(f"That is no chat server, or of another version: {fault}") from fault

    def _take(self, payload: bytes) -> None:
        envelope = unpack(payload)
        if isinstance(envelope, Answer):
            self._answered.add(envelope.id)
        elif isinstance(envelope, (Failure, Farewell)):
            raise WorldFault(f"The server refused {self._name}: {envelope.text}")


def _close(sockets: Sequence[socket.socket]) -> None:
    for one in sockets:
        one.close()
