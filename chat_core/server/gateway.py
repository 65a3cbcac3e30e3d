"""Listens, accepts, and makes a session of each connection. Other front ends will stand beside it.

It accepts by itself instead of leaving that to the event loop, so that running out of descriptors is a pause with one
log line instead of a storm of errors.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from chat_core.base.clock import Clock
from chat_core.base.tasks import spawn
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.connection import Connection, Role, farewell
from chat_core.protocol.envelopes import Call
from chat_core.server.config import ServeOptions
from chat_core.server.defence.door import RETRY_AFTER_S, SENTENCES, Door, Reason
from chat_core.server.defence.guard import Guard
from chat_core.server.listening import Peer, open_console, open_tcp, open_unix, peer_of, peer_uid
from chat_core.server.lobby import Lobby
from chat_core.server.observe import get_log
from chat_core.server.profiles import ProfileName
from chat_core.server.sessions.flusher import Flusher
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.idle import Idle
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
RECEIVE_BYTES = 32 * 1024
"""Bytes of a stranger that the kernel may keep until they are read; it doubles that for its own use."""
UNWELCOME = 16
"""Refused connections at once that get a handshake, so that they can be told why; others are closed without a word."""
_WORTH_A_LINE = (
    Goodbye.BAD_FRAME,
    Goodbye.FRAME_TOO_LONG,
    Goodbye.BAD_ENVELOPE,
    Goodbye.SIGN_IN_FIRST,
    Goodbye.FLOOD,
    Goodbye.SLOW_READER,
    Goodbye.IDLE,
)
_EXHAUSTED = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

log = get_log(__name__)


class _Listener(NamedTuple):
    socket: socket.socket
    profile: ProfileName
    identity: Identity | None
    """With what it is encrypted; None: it is not."""
    console: bool = False
    """Whether it is for the command line of whoever runs the server."""


class Gateway:
    """See the module's head.

    Args:
        options: time-outs of a connection.
        hub: gets to know who is there.
        flusher: writes the sessions' queues.
        on_call: gets every call.
        on_empty: told when the last connection has gone.
        guard: the numbers that hold for each listener; None: those of the options.
    """

    def __init__(
        self,
        options: ServeOptions,
        clock: Clock,
        hub: Hub,
        flusher: Flusher,
        on_call: Callable[[Session, Call], None],
        on_empty: Callable[[], None],
        guard: Guard | None = None,
    ) -> None:
        self._options = options
        self._clock = clock
        self._hub = hub
        self._flusher = flusher
        self._on_call = on_call
        self._on_empty = on_empty
        self._loop = asyncio.get_running_loop()
        self._listeners: list[_Listener] = []
        self._paths: list[Path] = []
        self._paused = False
        self._sparing = SparingLog(log.info, clock)
        self._guard = guard or Guard(clock.monotonic(), options.local, options.internet)
        self.door: Door[Session] = Door(options.max_clients)
        self.lobby = Lobby()
        self.turned_away: Counter[Reason] = Counter()
        """How many were not let in, or closed for others, and why."""
        self.ended: Counter[str] = Counter()
        """How many connections ended, by the goodbye's code; `lost` without one."""
        self._coming: dict[Session, asyncio.Task[None]] = {}
        """Connections that are accepted and have no stream yet."""
        self._unwelcome: dict[Session, Reason] = {}
        """Those among them that are only let in, through the handshake, to be told why they have to go."""
        self._idle = Idle(hub.sessions, clock)
        self.use(options)

    def use(self, options: ServeOptions) -> None:
        """Go by other options, as far as they can change while it runs: for connections that come from now on."""
        self._options = options
        self.door.max_clients = options.max_clients
        self._guard.use(options.local, options.internet, self._clock.monotonic())
        self._idle.use(options.idle_timeout_s)

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
        listener = open_tcp(host, port)
        bound, port = listener.getsockname()[:2]
        try:
            identity = identify(is_loopback(bound))
        except BaseException:
            listener.close()
            raise
        profile = self._profile("local" if is_loopback(bound) else "internet")
        if profile == "internet":
            # What strangers send piles up in the kernel, and comes out in pieces that stop nobody else for long.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        self._begin(_Listener(listener, profile, identity))
        return Address(host=host, port=port, tls=identity is not None)

    def listen_unix(self, path: Path) -> None:
        """Listen on a Unix socket that only this user can connect to.

        Raises:
            PortInUse: another server answers there.
            WorldFault: the path is too long, or cannot be made.
        """
        listener = open_unix(path)
        self._paths.append(path)
        self._begin(_Listener(listener, self._profile("local"), None))

    def listen_console(self, path: Path) -> None:
        """Listen for the command line of whoever runs the server, in the data folder, which the server has for itself.

        Raises:
            WorldFault: the socket cannot be made.
        """
        listener = open_console(path)
        self._paths.append(path)
        self._begin(_Listener(listener, "local", None, console=True))

    def stop(self) -> None:
        """Accept no more."""
        for listener in self._listeners:
            self._loop.remove_reader(listener.socket)
            listener.socket.close()
        self._listeners.clear()
        for path in self._paths:
            path.unlink(missing_ok=True)
        self._paths.clear()
        self._sparing.tell()
        self.lobby.close()
        self._idle.stop()

    def _profile(self, fitting: ProfileName) -> ProfileName:
        """Return whose numbers hold for a listener."""
        return fitting if self._options.profile == "auto" else self._options.profile

    def _begin(self, listener: _Listener) -> None:
        listener.socket.setblocking(False)
        listener.socket.listen(BACKLOG)
        self._listeners.append(listener)
        self._loop.add_reader(listener.socket, self._accept, listener)

    def _accept(self, listener: _Listener) -> None:
        for _ in range(ACCEPT_BURST):
            try:
                stream, where = listener.socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno in _EXHAUSTED:
                    self._pause(error)
                    return
                raise
            stream.setblocking(False)
            peer = peer_of(stream, where, trust_loopback=self._options.accounts.trust_loopback)
            if stream.family == socket.AF_UNIX and peer_uid(stream) not in (os.getuid(), 0):
                log.warning("refused another user", peer=peer.name)
                stream.close()
                continue
            if stream.family != socket.AF_UNIX:
                stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                hold_at_most(stream, KERNEL_BYTES)
            if listener.console:
                session = self._session(peer, listener.profile, console=True)
                self._coming[session] = spawn("accept", self._serve(stream, session, None))
            else:
                self._admit(stream, peer, listener)

    def _admit(self, stream: socket.socket, peer: Peer, listener: _Listener) -> None:
        """Make a session of a new connection, or send it away."""
        numbers = self._guard.profile(listener.profile)
        why = self.door.refuses(peer.address, numbers)
        if why is not None:
            self.turned_away[why] += 1
            self._note("turned away", peer=peer.name, why=why.value)
            if listener.identity is None:
                self.lobby.turn_away(stream, farewell(Goodbye.TOO_MANY_CONNECTIONS, SENTENCES[why], RETRY_AFTER_S[why]))
                return
            if len(self._unwelcome) >= UNWELCOME:
                stream.close()
                return
        session = self._session(peer, listener.profile)
        if why is not None:
            self._unwelcome[session] = why
        else:
            for oldest in self.door.enters(session, peer.address, listener.profile, numbers):
                self._evict(oldest)
        self._coming[session] = spawn("accept", self._serve(stream, session, listener.identity))

    def _evict(self, session: Session) -> None:
        self.turned_away[Reason.EVICTED] += 1
        self._note("closed for others", peer=session.peer)
        if session in self._coming:
            self._coming[session].cancel()
        else:
            _send_away(session, Reason.EVICTED)

    def _pause(self, error: OSError) -> None:
        """Wait for descriptors to come free; say so once."""
        if not self._paused:
            self._paused = True
            log.error(
                "accepting paused: out of descriptors", reason=error.strerror, connections=len(self._hub.sessions)
            )
        for listener in self._listeners:
            self._loop.remove_reader(listener.socket)
        self._loop.call_later(PAUSE_S, self._resume)

    def _resume(self) -> None:
        try:
            os.close(os.dup(0 if not self._listeners else self._listeners[0].socket.fileno()))
        except OSError:
            self._loop.call_later(PAUSE_S, self._resume)
            return
        self._paused = False
        log.warning("accepting again", connections=len(self._hub.sessions))
        for listener in self._listeners:
            self._loop.add_reader(listener.socket, self._accept, listener)

    def driver(self, peer: str, *, local: bool, profile: ProfileName = "local") -> Driver:
        """Return the driver of a new connection, with its session behind it.

        Args:
            peer: the other end, for the log.
            local: whether that is on this machine.
            profile: whose numbers hold for it.
        """
        session = self._session(Peer(peer, "", local), profile)
        self.door.enters(session, "", profile, self._guard.profile(profile))
        return self._driver(session)

    def _session(self, peer: Peer, profile: ProfileName, *, console: bool = False) -> Session:
        return Session(
            mark=self._flusher.mark,
            write=self._flusher.answer,
            peer=peer.name,
            local=peer.local,
            now=self._clock.monotonic,
            address=peer.address,
            profile=profile,
            console=console,
            allowance=None if console else self._guard.allowance(profile, self._clock.monotonic()),
            calls_at_once=self._guard.profile(profile).calls_at_once,
            outbox_bytes=self._options.outbox_bytes,
            on_open=self._opened,
            on_signed_in=self._signed_in,
            on_call=self._on_call,
            on_closed=self._closed,
        )

    def _driver(self, session: Session) -> Driver:
        options, numbers = self._options, self._guard.profile(session.profile)
        connection = Connection(
            Role.SERVER,
            self._clock.monotonic(),
            ping_every_s=options.ping_every_s,
            pong_within_s=options.pong_within_s,
            sign_in_within_s=options.sign_in_within_s,
            opening_frames=numbers.opening_frames,
            opening_bytes=numbers.opening_bytes,
        )
        return Driver(connection, self._clock, session)

    async def _serve(self, stream: socket.socket, session: Session, identity: Identity | None) -> None:
        driver = self._driver(session)
        try:
            if identity is None:
                await self._loop.connect_accepted_socket(lambda: driver, stream)
            else:
                await accept_tls(self._loop, driver, stream, identity)
        except OSError as error:
            stream.close()
            fact = "connection lost at once" if identity is None else "no TLS handshake"
            self._note(fact, peer=session.peer, reason=error.strerror or str(error) or type(error).__name__)
        except asyncio.CancelledError:  # closed for another one
            driver.abort()
            stream.close()
        finally:
            self._coming.pop(session, None)
            self._unwelcome.pop(session, None)
            if session.driver is None:
                self.door.left(session)

    def _signed_in(self, session: Session) -> None:
        self.door.signed_in(session)
        if session.allowance is not None and session.account is not None:
            self._guard.share(session.allowance, session.profile, session.account, self._clock.monotonic())

    def _opened(self, session: Session) -> None:
        self._coming.pop(session, None)
        self._hub.sessions.add(session)
        log.debug("connected", peer=session.peer, connections=len(self._hub.sessions))
        why = self._unwelcome.pop(session, None)
        banned = self._hub.bouncer.why_no_address(session.address, self._clock.wall_ms())
        if banned:
            session.close(Goodbye.BANNED, banned)
        elif why is not None:
            _send_away(session, why)

    def _closed(self, session: Session, why: Goodbye | None) -> None:
        self._hub.gone(session)
        self.door.left(session)
        self.ended["lost" if why is None else why.value] += 1
        log.debug(
            "disconnected",
            peer=session.peer,
            account=session.name or None,
            why=None if why is None else why.value,
            connections=len(self._hub.sessions),
        )
        if why in _WORTH_A_LINE:
            self._note("closed", peer=session.peer, account=session.name or None, why=why.value)
        if not self._hub.sessions:
            self._on_empty()

    def _note(self, fact: str, **fields: Any) -> None:
        """Log what anybody can bring about as often as they like."""
        if self._sparing(fact, **fields):
            self._loop.call_later(PERIOD_S, self._sparing.tell)


def _send_away(session: Session, why: Reason) -> None:
    session.close(Goodbye.TOO_MANY_CONNECTIONS, SENTENCES[why], RETRY_AFTER_S[why])
