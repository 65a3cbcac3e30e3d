"""The composition root of the server process: names the concrete store, joins the parts, starts and stops them."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace as replace_fields

from chat_core import __version__
from chat_core.base.clock import Clock, SystemClock
from chat_core.base.errors import ChatError, UsageFault, WorldFault
from chat_core.base.exit_codes import ExitCode
from chat_core.base.ids import ConversationId
from chat_core.base.tasks import spawn, stop
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.requests.base import Request
from chat_core.server import handlers
from chat_core.server.auth.auth import Auth
from chat_core.server.auth.tokens import code_digest
from chat_core.server.config import ServeOptions
from chat_core.server.context import Services
from chat_core.server.counts import Commits
from chat_core.server.defence.guard import Guard
from chat_core.server.emptying import Emptying
from chat_core.server.folder import DataFolder, FolderInUse
from chat_core.server.gateway import Gateway
from chat_core.server.housekeeping import keep_house
from chat_core.server.keeping import keep_files, kept_by, open_files
from chat_core.server.listening import PortInUse
from chat_core.server.moderation.judge import Moderation
from chat_core.server.observe import configure, get_log, log_messages
from chat_core.server.process import has_terminal, loop_factory, prepare, quiet_collector, until, when_input_ends
from chat_core.server.reachable import reachable_host
from chat_core.server.registry import ROUTES, Route
from chat_core.server.reloading import Reloading, Source
from chat_core.server.router import Router
from chat_core.server.sessions.admission import Admission
from chat_core.server.sessions.feed import Feed
from chat_core.server.sessions.flusher import Flusher
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.presence import Presence
from chat_core.server.store.base import GENERAL, Committed, Reader, Refused, Store, StoreBroken
from chat_core.server.store.committer import BeforeCommit
from chat_core.server.store.people import MakeInvite
from chat_core.server.store.sqlite import SqliteStore
from chat_core.server.tls import Identity, TlsFiles, own_files
from chat_core.server.webhooks.receiving import Webhooks
from chat_core.transport.urls import Address, Invitation, is_loopback

if TYPE_CHECKING:
    from chat_core.server.metrics import Observed

__all__ = ["Parts", "Server", "make_store", "run"]
assert handlers.__all__, "importing the handlers fills the registry"

log = get_log(__name__)

FIRST_USES: Final = 10
"""Accounts that can be made with the invite of the first run."""
FIRST_LASTS_S: Final = 7 * 24 * 3600
"""How long it lasts, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Parts of a server that can be exchanged: the checker puts broken ones in, to see that it finds them."""

    routes: Mapping[type[Request[Any]], Route] = field(default_factory=lambda: ROUTES)
    """How each request is handled."""
    make_feed: Callable[[int, int, bytes], Feed] = Feed
    """As of `Hub`."""
    around_store: Callable[[Store], Store] = lambda store: store
    """Puts something between the handlers and the store."""
    before_commit: BeforeCommit | None = None
    """As of `Committer`."""


def make_store(path: Path, clock: Clock) -> Store:
    """Make the store of a data folder; not opened."""
    return SqliteStore(path, clock=clock)


def run(options: ServeOptions, parts: Parts | None = None, source: Source | None = None) -> ExitCode:
    """Run a server until it is told to stop; return the exit code. Every fault is one sentence on standard error.

    Args:
        options: what it is told.
        parts: what it is made of, where that is not the usual.
        source: where the options come from, so that SIGHUP can read them again.
    """
    try:
        configure(options.log_level, options.log_file)
        prepare()
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(Server(options, parts, source).run())
    except (FolderInUse, PortInUse) as fault:
        print(fault, file=sys.stderr)
        return ExitCode.IN_USE
    except UsageFault as fault:
        print(fault, file=sys.stderr)
        return ExitCode.CONFIG
    except ChatError as fault:
        print(fault, file=sys.stderr)
        return ExitCode.CANNOT_CREATE


class Server:
    """One server process.

    Args:
        options: what it was started with.
        parts: what it is made of, where that is not the usual.
        source: where the options come from; None: SIGHUP changes none.
    """

    def __init__(self, options: ServeOptions, parts: Parts | None = None, source: Source | None = None) -> None:
        self._options = options
        self._reloading = Reloading(options, source)
        self._commits = Commits()
        self._times_empty = 0
        self._parts = parts or Parts()
        self._stopping: asyncio.Event
        self._why = Goodbye.SHUTDOWN
        self._starter_gone = False
        self._identity: Identity | None = None
        self._link: Invitation | None = None
        self._plain: Invitation | None = None
        """How people on other machines get here; None: they do not."""
        self._had_terminal = False

    async def run(self) -> ExitCode:
        """Serve until a signal, the end of the last user of an embedded server, or a broken disk."""
        self._stopping = asyncio.Event()
        self._catch_signals()
        folder = DataFolder(self._options.data)
        folder.lock()
        clock = SystemClock()
        parts = self._parts
        judge = Moderation(self._options.moderation)
        sqlite = SqliteStore(
            folder.database,
            clock=clock,
            before_commit=parts.before_commit,
            measure=self._commits.committed,
            judge=judge,
        )
        store = parts.around_store(sqlite)
        try:
            self._hub = Hub(Presence(self._count_members), parts.make_feed)
            self._store = store
            self._emptying = Emptying(store)
            boot = await store.open(self._committed)
            self._hub.boot(boot.heads, boot.sanctions)
            folder.tell_if_open()
            guard = Guard(clock.monotonic(), self._options.local, self._options.internet)
            auth = Auth.of(self._options.accounts)
            self._files = files = await open_files(folder.path, self._options.files, clock, boot.epoch)
            webhooks = Webhooks(self._options.webhooks, store, clock)
            router = Router(
                Services(
                    store=store,
                    hub=self._hub,
                    admission=Admission(clock),
                    auth=auth,
                    clock=clock,
                    epoch=boot.epoch,
                    server=f"chat-core {__version__}",
                    ping_every_s=self._options.ping_every_s,
                    pong_within_s=self._options.pong_within_s,
                    guard=guard,
                    hooks_at=await webhooks.listen(),
                    motd=self._options.motd,
                    moderation=judge,
                    link=lambda: self._link or self._plain,
                    files=files,
                    changing=self._options.messages,
                ),
                self._broken,
                parts.routes,
            )
            flusher = Flusher(clock, lambda: router.running > 0)
            gateway = Gateway(self._options, clock, self._hub, flusher, router.route, self._emptied, guard)
            self._reloading.register("log", lambda options: configure(options.log_level, options.log_file))
            self._reloading.register("options", partial(self._use, gateway, router))
            self._reloading.register("moderation", lambda options: judge.use(options.moderation))
            self._reloading.register("accounts", lambda options: auth.use(options.accounts))
            self._reloading.register("files", lambda options: files.use(options.files))
            self._reloading.register("certificate", self._reload_identity)
            self._use(gateway, router, self._options)
            observed = self._observe(gateway, router, flusher, sqlite) if self._options.observe_port else None
            keeping: list[asyncio.Task[None]] = []
            try:
                self._listen(gateway)
                _listen_console(gateway, folder)
                await self._greet_first_run(store, auth)
                keeping = [
                    spawn("files", keep_files(files, store, folder)),
                    spawn("emptying", self._emptying.run()),
                    spawn("housekeeping", keep_house(store, self._hub, clock, auth.settings.guest_idle_days)),
                ]
                quiet_collector()
                await self._stopping.wait()
            finally:
                gateway.stop()
                await webhooks.close()
                await stop(*keeping)
                if observed is not None:
                    observed.close()
            await self._drain(router)
            auth.passwords.close()
            files.close()
        finally:
            await store.close()
            folder.unlock()
        log.info("stopped", why=self._why.value)
        return ExitCode.IO if self._why is Goodbye.STORE_FAILED else ExitCode.OK

    def _observe(self, gateway: Gateway, router: Router, flusher: Flusher, sqlite: SqliteStore) -> Observed:
        from chat_core.server.gathering import Gathering  # most servers need none of it
        from chat_core.server.metrics import Observed

        gathering = Gathering(gateway, router, flusher, self._commits, lambda: sqlite.queued, sqlite.path)
        return Observed(self._options.observe_port, gathering)

    def _listen(self, gateway: Gateway) -> None:
        options = self._options
        lines: list[str] = []
        if options.socket is not None:
            gateway.listen_unix(options.socket)
            lines.append(f"listening on chat+unix:{options.socket}")
            lines.append(f"connect with: chat-tui connect chat+unix:{options.socket}")
        if options.host is not None:
            address = gateway.listen_tcp(options.host, options.port, self._identify)
            lines += self._where(address)
        if options.embedded:
            when_input_ends(self._starter_left)
        try:
            print("\n".join(lines), flush=True)
        except OSError:
            log.warning("nobody reads the address", lines=lines)

    def _identify(self, loopback: bool) -> Identity | None:
        """Return with what a TCP listener is encrypted, None: it is not."""
        options = self._options
        if options.tls == "insecure-plaintext" and not loopback:
            log.warning(
                "NOT ENCRYPTED: everybody on the way can read, write and be somebody else", flag="--insecure-plaintext"
            )
        if options.tls == "insecure-plaintext" or (options.tls == "auto" and loopback):
            return None
        if options.certificate is not None and options.key is not None:
            files = TlsFiles(options.certificate, options.key)
        else:
            files = own_files(options.data)
        self._identity = Identity(files)
        return self._identity

    def _where(self, listening: Address) -> list[str]:
        """Return the lines that say how somebody connects."""
        if str(listening).startswith("chat://"):
            self._plain = Invitation(listening)
            return [f"listening on {listening}", f"connect with: chat-tui connect {listening.place}"]
        address = replace_fields(listening, host=reachable_host(listening.host, self._options.public_host))
        self._link = link = Invitation(address, pin="" if self._identity is None else self._identity.pin)
        return [f"listening on {link}", f"connect with: chat-tui connect {quote(str(link))}"]

    def _hung_up(self) -> None:
        """Read again what can be read again; without the terminal that it was started from, stop."""
        if self._had_terminal and not has_terminal():
            self._signalled(signal.SIGHUP)
        else:
            self._reloading.reload()

    def _reload_identity(self, _: ServeOptions) -> None:
        if self._identity is None:
            log.info("nothing to reload: there is no certificate")
            return
        try:
            self._identity.reload()
        except UsageFault as fault:
            log.error("the certificate in use stays", reason=str(fault))
        else:
            log.info("certificate reloaded", pin=self._identity.pin)

    async def _greet_first_run(self, store: Store, auth: Auth) -> None:
        """Print an invite, the first time that others than those on this machine can come, and need one."""
        link, settings = self._link, auth.settings
        if link is None or settings.registration != "invite":
            return
        if is_loopback(link.address.host) and settings.trust_loopback:
            return
        code, now = auth.code(), SystemClock().wall_ms()
        op = MakeInvite(code_digest(code), FIRST_USES, now + FIRST_LASTS_S * 1000, "", None, now, once=True)
        if await store.write(op) is None:
            return
        print(f"Register with this line: the first who does owns this server; {FIRST_USES - 1} friends can after that.")
        print(f"  chat-tui connect {quote(str(replace_fields(link, channel=GENERAL, invite=code)))}", flush=True)

    async def _drain(self, router: Router) -> None:
        """Let calls under way finish, then say goodbye to everybody."""
        loop = asyncio.get_running_loop()
        for session in self._hub.sessions:
            if session.driver is not None:
                session.driver.pause_reading()
        deadline = loop.time() + self._options.stop_within_s
        if self._why is not Goodbye.STORE_FAILED:
            await until(lambda: not router.running, deadline)
        for session in list(self._hub.sessions):
            session.close(self._why)
        await until(lambda: not self._hub.sessions, deadline)
        for session in list(self._hub.sessions):
            if session.driver is not None:
                session.driver.abort()

    async def _count_members(self, conversations: Sequence[int]) -> dict[int, int]:
        def query(reader: Reader) -> dict[int, int]:
            return {number: reader.members(ConversationId(number), "", 1)[1] for number in conversations}

        try:
            counts: dict[int, int] = await self._store.read(query)
        except (StoreBroken, Refused):
            return {}  # the store is closed or broken: nobody is told numbers any more
        return counts

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signalled, number)
        # Under nohup the end of the terminal is to mean nothing.
        self._had_terminal = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and has_terminal()
        loop.add_signal_handler(signal.SIGHUP, self._hung_up)

    def _use(self, gateway: Gateway, router: Router, options: ServeOptions) -> None:
        self._options = options
        self._hub.presence.told, self._hub.presence.typing = options.presence, options.typing
        gateway.use(options)
        router.trace(options.log_level == "trace")
        self._emptied()

    def _committed(self, outcomes: Sequence[Committed]) -> None:
        for outcome in outcomes:
            self._commits.happened(outcome.events)
            if self._options.log_messages:
                log_messages(outcome.events)
            if outcome.dropped:
                self._files.dropped(outcome.dropped, kept_by(self._store))
            self._emptying.note(outcome.removed)
        self._hub.committed(outcomes)

    def _signalled(self, number: int) -> None:
        if self._stopping.is_set():
            os._exit(128 + number)  # the second one: at once
        log.info("stopping", signal=signal.Signals(number).name)
        self._stopping.set()

    def _broken(self) -> None:
        """Stop: nothing may be acknowledged any more."""
        if not self._stopping.is_set():
            log.critical("the store failed; stopping so that nothing is acknowledged that is not on disk")
            self._why = Goodbye.STORE_FAILED
            self._stopping.set()

    def _starter_left(self) -> None:
        """Leave, or plan to: the starter of an embedded server is gone."""
        self._starter_gone = True
        if not self._hub.sessions:
            self._stopping.set()

    def _emptied(self) -> None:
        """Leave if nobody needs this server any more, or plan to."""
        if self._hub.sessions:
            return
        self._times_empty += 1
        if self._starter_gone:
            self._stopping.set()
        elif self._options.exit_when_idle_s:
            asyncio.get_running_loop().call_later(self._options.exit_when_idle_s, self._still_empty, self._times_empty)

    def _still_empty(self, times: int) -> None:
        if times == self._times_empty and not self._hub.sessions and self._options.exit_when_idle_s:
            log.info("stopping", idle_s=self._options.exit_when_idle_s)
            self._stopping.set()


def _listen_console(gateway: Gateway, folder: DataFolder) -> None:
    """Listen for the command line; a server is of use without it."""
    try:
        gateway.listen_console(folder.console)
    except WorldFault as fault:
        log.warning("chat-core users and invite will not reach this server", reason=str(fault))
