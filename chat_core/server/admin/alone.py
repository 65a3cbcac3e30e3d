"""Requests of whoever runs a server, answered on its store while no server has it, by the same handlers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from chat_core.base.clock import Clock, SystemClock
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.base.exit_codes import ExitCode
from chat_core.protocol.requests.base import Reply, Request
from chat_core.server import handlers
from chat_core.server.admin.console import Console, code_of
from chat_core.server.admin.faults import AdminFault
from chat_core.server.auth.auth import Auth
from chat_core.server.config import ServeOptions
from chat_core.server.context import Context, Services
from chat_core.server.defence.guard import Guard
from chat_core.server.folder import DataFolder
from chat_core.server.reachable import reachable_host
from chat_core.server.registry import ROUTES
from chat_core.server.sessions.admission import Admission
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.presence import Presence
from chat_core.server.sessions.session import Session
from chat_core.server.store.base import Refused, Store
from chat_core.server.tls import Identity, TlsFiles, own_files
from chat_core.transport.urls import Address, Invitation, is_loopback

assert handlers.__all__, "importing the handlers fills the registry"

R = TypeVar("R", bound=Reply)


class _StoreConsole:
    """A store that no server has."""

    def __init__(self, runner: asyncio.Runner, services: Services) -> None:
        self._runner = runner
        self._services = services
        self._session = Session(
            mark=lambda _: None,
            peer="console",
            local=True,
            console=True,
            on_open=lambda _: None,
            on_call=lambda _session, _call: None,
            on_closed=lambda _session, _why: None,
        )
        self._session.act_as_console()

    def call(self, request: Request[R]) -> R:
        """Carry out a request. Raises: AdminFault."""
        return self._runner.run(self._carry_out(request))

    async def _carry_out(self, request: Request[R]) -> R:
        context = Context(self._session, self._services)
        try:
            reply: Any = await ROUTES[type(request)].handler(context, request)
        except Refused as refused:
            raise AdminFault(str(refused), code_of(refused.code)) from refused
        for follow_up in context.after:
            follow_up()
        return reply  # type: ignore[no-any-return]  # the registry holds handlers that return their request's reply


@contextmanager
def alone(folder: DataFolder, options: ServeOptions, make_store: Callable[[Path, Clock], Store]) -> Iterator[Console]:
    """Open the store of a folder that is locked, and answer requests on it.

    Args:
        folder: the data folder.
        options: of the server that it belongs to.
        make_store: makes the store of a database.

    Raises:
        AdminFault: it cannot be opened.
    """
    clock = SystemClock()
    store = make_store(folder.database, clock)
    auth = Auth.of(options.accounts)
    with asyncio.Runner() as runner:
        try:
            services = runner.run(_opened(store, clock, auth, options))
            yield _StoreConsole(runner, services)
        except (UsageFault, WorldFault) as fault:
            raise AdminFault(str(fault), ExitCode.CANNOT_CREATE) from fault
        finally:
            auth.passwords.close()
            runner.run(store.close())


async def _opened(store: Store, clock: Clock, auth: Auth, options: ServeOptions) -> Services:
    hub = Hub(Presence(_count_nobody))
    boot = await store.open(hub.committed)
    hub.boot(boot.heads, boot.sanctions)
    return Services(
        store=store,
        hub=hub,
        admission=Admission(clock),
        auth=auth,
        clock=clock,
        epoch=boot.epoch,
        server="chat-core",
        ping_every_s=options.ping_every_s,
        pong_within_s=options.pong_within_s,
        guard=Guard(clock.monotonic()),
        link=lambda: _link(options),
    )


def _link(options: ServeOptions) -> Invitation | None:
    """Return how others reach the server once it runs; None: nobody can know."""
    if options.host is None or not options.port:
        return None
    loopback = is_loopback(options.host)
    tls = options.tls == "on" or (options.tls == "auto" and not loopback)
    host = options.host if loopback else reachable_host(options.host, options.public_host)
    address = Address(host=host, port=options.port, tls=tls)
    if not tls:
        return Invitation(address)
    if options.certificate is not None and options.key is not None:
        files = TlsFiles(options.certificate, options.key)
    else:
        files = own_files(options.data)
    return Invitation(address, pin=Identity(files).pin)


async def _count_nobody(_: object) -> dict[int, int]:
    return {}
