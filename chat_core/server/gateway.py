"""Listens, accepts, and makes a session of each connection. Other front ends will stand beside it.

It accepts by itself instead of leaving that to the event loop, so that running out of descriptors is a pause with one
log line instead of a storm of errors.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chat_core.base.clock import Clock
from chat_core.base.errors import WorldFault
from chat_core.base.tasks import spawn
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Call
from chat_core.server.config import ServeOptions
from chat_core.server.observe import get_log
from chat_core.server.sessions.bouncer import network_of
from chat_core.server.sessions.flusher import Flusher
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.session import Session
from chat_core.server.sparing import PERIOD_S, SparingLog
from chat_core.server.tls import Identity, accept_tls
from chat_core.transport.driver import Driver
from chat_core.transport.kernel import hold_at_most
from chat_core.transport.urls import Address, is_loopback

ACCEPT_BURST = 64
"""Connections accepted in one turn of the event loop, so that a storm does not starve those that are open."""
BACKLOG = 1024
KERNEL_BYTES = 128 * 1024
"""Bytes for one reader that the kernel may keep before they are on their way."""
PAUSE_S = 1.0
"""Time without accepting after the descriptors ran out, in seconds."""
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = get_log(__name__)


class PortInUse(WorldFault):
    """The wanted address is taken."""


class Gateway:
    """See the module's head.

    Args:
        options: time-outs of a connection.
        hub: gets to know who is there.
        flusher: writes the sessions' queues.
        on_call: gets every call.
        on_empty: told when the last connection has gone.
    """

    def __init__(
        self,
        options: ServeOptions,
        clock: Clock,
        hub: Hub,
        flusher: Flusher,
        on_call: Callable[[Session, Call], None],
        on_empty: Callable[[], None],
    ) -> None:
        self._options = options
        self._clock = clock
        self._hub = hub
        self._flusher = flusher
        self._on_call = on_call
        self._on_empty = on_empty
        self._loop = asyncio.get_running_loop()
        self._listeners: list[socket.socket] = []
        self._identities: dict[socket.socket, Identity] = {}
        self._paths: list[Path] = []
        self._paused = False
        self._sparing = SparingLog(log.info, clock)

    def listen_tcp(self, host: str, port: int, identify: Callable[[bool], Identity | None]) -> Address:
        """Listen on a TCP address and return it, with the port that was found.

        Args:
            host: name or address.
            port: 0: any that is free.
            identify: told whether the address is this machine's own; returns with what to encrypt, None: not at all.

        Raises:
            PortInUse: somebody else listens there.
            WorldFault: the address does not exist here.
        """
        try:
            family, kind, proto, _, address = socket.getaddrinfo(
                host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )[0]
            listener = socket.socket(family, kind, proto)
        except OSError as error:
            raise WorldFault(f"Cannot listen on {host}: {error.strerror}; check --host.") from error
        except UnicodeError as error:  # what the codec of host names says of `a..b`
            raise WorldFault(f"Cannot listen on {host}: this is no name of a host; check --host.") from error
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE:
                raise PortInUse(
                    f"Port {port} on {host} is in use by another program; choose another one with --port (0: any free)."
                ) from error
            raise WorldFault(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
        bound, port = listener.getsockname()[:2]
        try:
            identity = identify(is_loopback(bound))
        except BaseException:
            listener.close()
            raise
        if identity is not None:
            self._identities[listener] = identity
        self._begin(listener)
        return Address(host=host, port=port, tls=identity is not None)

    def listen_unix(self, path: Path) -> None:
        """Listen on a Unix socket that only this user can connect to.

        Raises:
            PortInUse: another server answers there.
            WorldFault: the path is too long, or cannot be made.
        """
        if len(os.fsencode(path)) > 100:
            raise WorldFault(f"The socket path {path} is too long for this system (100 bytes); choose a shorter one.")
        _remove_stale(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # Not below: under that mask nobody but root could enter the new folder.
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            old = os.umask(0o177)
            try:
                listener.bind(str(path))
            finally:
                os.umask(old)
        except OSError as error:
            listener.close()
            raise WorldFault(f"Cannot listen on the socket {path}: {error.strerror}.") from error
        self._paths.append(path)
        self._begin(listener)

    def stop(self) -> None:
        """Accept no more."""
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()
        self._listeners.clear()
        self._identities.clear()
        for path in self._paths:
            path.unlink(missing_ok=True)
        self._paths.clear()
        self._sparing.tell()

    def _begin(self, listener: socket.socket) -> None:
        listener.setblocking(False)
        listener.listen(BACKLOG)
        self._listeners.append(listener)
        self._loop.add_reader(listener, self._accept, listener)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(ACCEPT_BURST):
            try:
                stream, address = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._pause(error)
                    return
                raise
            stream.setblocking(False)
            peer, local, host = _describe(stream, address)
            if stream.family == socket.AF_UNIX and _peer_uid(stream) not in (os.getuid(), 0):
                log.warning("refused another user", peer=peer)
                stream.close()
                continue
            if stream.family != socket.AF_UNIX:
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                hold_at_most(stream, KERNEL_BYTES)
            identity = self._identities.get(listener)
            spawn("accept", self._serve(stream, peer, local=local, address=host, identity=identity))

    def _pause(self, error: OSError) -> None:
        """Wait for descriptors to come free; say so once."""
        if not self._paused:
            self._paused = True
            log.error(
                "accepting paused: out of descriptors", reason=error.strerror, connections=len(self._hub.sessions)
            )
        for listener in self._listeners:
            self._loop.remove_reader(listener)
        self._loop.call_later(PAUSE_S, self._resume)

    def _resume(self) -> None:
        try:
            os.close(os.dup(0 if not self._listeners else self._listeners[0].fileno()))
        except OSError:
            self._loop.call_later(PAUSE_S, self._resume)
            return
        self._paused = False
        log.warning("accepting again", connections=len(self._hub.sessions))
        for listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    def driver(self, peer: str, *, local: bool, address: str | None = None) -> Driver:
        """Return the driver of a new connection, with its session behind it.

        Args:
            peer: the other end, for the log.
            local: whether that is on this machine.
            address: where it is, as bans know it; None: it has no address.
        """
        session = Session(
            mark=self._flusher.mark,
            peer=peer,
            local=local,
            address=address,
            outbox_bytes=self._options.outbox_bytes,
            on_open=self._opened,
            on_call=self._on_call,
            on_closed=self._closed,
        )
        options = self._options
        connection = Connection(
            Role.SERVER,
            self._clock.monotonic(),
            ping_every_s=options.ping_every_s,
            pong_within_s=options.pong_within_s,
            sign_in_within_s=options.sign_in_within_s,
        )
        return Driver(connection, self._clock, session)

    async def _serve(
        self, stream: socket.socket, peer: str, *, local: bool, address: str | None, identity: Identity | None
    ) -> None:
        driver = self.driver(peer, local=local, address=address)
        try:
            if identity is None:
                await self._loop.connect_accepted_socket(lambda: driver, stream)
            else:
                await accept_tls(self._loop, driver, stream, identity)
        except OSError as error:
            stream.close()
            fact = "connection lost at once" if identity is None else "no TLS handshake"
            self._note(fact, peer=peer, reason=error.strerror or str(error) or type(error).__name__)

    def _opened(self, session: Session) -> None:
        self._hub.sessions.add(session)
        log.debug("connected", peer=session.peer, connections=len(self._hub.sessions))
        banned = self._hub.bouncer.why_no_address(session.address, self._clock.wall_ms())
        if banned:
            session.close(Goodbye.BANNED, banned)

    def _closed(self, session: Session, why: Goodbye | None) -> None:
        self._hub.gone(session)
        log.debug(
            "disconnected",
            peer=session.peer,
            account=session.name or None,
            why=None if why is None else why.value,
            connections=len(self._hub.sessions),
        )
        if why in (Goodbye.BAD_FRAME, Goodbye.FRAME_TOO_LONG, Goodbye.BAD_ENVELOPE, Goodbye.SLOW_READER):
            self._note("closed", peer=session.peer, account=session.name or None, why=why.value)
        if not self._hub.sessions:
            self._on_empty()

    def _note(self, fact: str, **fields: Any) -> None:
        """Log what anybody can bring about as often as they like."""
        if self._sparing(fact, **fields):
            self._loop.call_later(PERIOD_S, self._sparing.tell)


def _describe(stream: socket.socket, address: Any) -> tuple[str, bool, str | None]:
    """Return the peer for the log, whether it is on this machine, and where it is, as bans know it."""
    if stream.family == socket.AF_UNIX:
        return "unix", True, None
    host = str(address[0])
    try:
        local = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        local = False
    return f"{host}:{address[1]}", local, network_of(host)


def _peer_uid(stream: socket.socket) -> int | None:
    """Return the user at the other end of a Unix socket; where the system does not say, the file's mode guards it."""
    if hasattr(socket, "SO_PEERCRED"):
        _, uid, _ = struct.unpack("3i", stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
        return int(uid)
    if hasattr(socket, "LOCAL_PEERCRED"):  # BSD and macOS: version, uid, …
        _, uid = struct.unpack("2I", stream.getsockopt(0, socket.LOCAL_PEERCRED, 8))
        return int(uid)
    return os.getuid()


def _remove_stale(path: Path) -> None:
    """Remove a socket that nobody listens on any more."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        except OSError:
            return
        else:
            raise PortInUse(f"Another server listens on the socket {path}.")
