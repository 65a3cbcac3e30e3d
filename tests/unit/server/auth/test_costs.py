"""What signing in makes a server compute: as much for an account that is not there as for a wrong password."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chat_core.base.clock import SystemClock
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.base import Request
from chat_core.protocol.requests.session import Hello, SignIn
from chat_core.protocol.requests.signin import Register, SignInPassword, SignInToken
from chat_core.server import handlers
from chat_core.server.account_settings import AccountsSection
from chat_core.server.auth.auth import Auth
from chat_core.server.context import Context, Services
from chat_core.server.defence.guard import Guard
from chat_core.server.registry import ROUTES
from chat_core.server.sessions.admission import Admission
from chat_core.server.sessions.hub import Hub
from chat_core.server.sessions.presence import Presence
from chat_core.server.store.base import Refused
from chat_core.server.store.sqlite import SqliteStore
from tests.support.sessions import stranger_session

assert handlers.__all__
CHEAP = AccountsSection(argon2_memory_kib=8, argon2_passes=1)
PASSWORD = "correct horse"


async def _count(_: object) -> dict[int, int]:
    return {}


@asynccontextmanager
async def services(folder: Path, settings: AccountsSection = CHEAP) -> AsyncIterator[Services]:
    clock = SystemClock()
    store = SqliteStore(folder / "chat.db", clock=clock)
    hub = Hub(Presence(_count))
    boot = await store.open(hub.committed)
    auth = Auth.of(settings)
    yield Services(
        store=store, hub=hub, admission=Admission(clock), auth=auth, clock=clock, epoch=boot.epoch, server="test",
        ping_every_s=25, pong_within_s=10, guard=Guard(clock.monotonic()),
    )  # fmt: skip
    auth.passwords.close()
    await store.close()


async def ask(services: Services, *requests: Request[Any], local: bool = True) -> Any:
    """Carry out requests on one new connection; return the last one's reply or refusal."""
    context = Context(stranger_session(local=local), services)
    outcome: Any = None
    for request in (Hello(protocol=1), *requests):
        try:
            outcome = await ROUTES[type(request)].handler(context, request)
        except Refused as refused:
            outcome = refused
    return outcome


@pytest.mark.parametrize("name", ["ann", "nobody", "plain", "disabled"])
async def test_wrong_password_costs_one_computation_whoever_is_named(tmp_path: Path, name: str) -> None:
    async with services(tmp_path) as given:
        await ask(given, Register(name="ann", password=PASSWORD))
        await ask(given, SignIn(name="plain"))
        before = given.auth.passwords.computed

        refused = await ask(given, SignInPassword(name=name, password="not the password"))

        assert refused.code is Refusal.WRONG_CREDENTIALS
        assert given.auth.passwords.computed == before + 1


async def test_token_costs_no_computation(tmp_path: Path) -> None:
    async with services(tmp_path) as given:
        made = await ask(given, Register(name="ann", password=PASSWORD))
        before = given.auth.passwords.computed

        assert (await ask(given, SignInToken(token=made.token))).account == made.account
        assert (await ask(given, SignInToken(token="wrong"))).code is Refusal.WRONG_CREDENTIALS
        assert given.auth.passwords.computed == before


@pytest.mark.parametrize("invite", ["", "7K3M-PQ9A-0011-VXYZ"])
async def test_registration_that_will_be_refused_costs_no_computation(tmp_path: Path, invite: str) -> None:
    async with services(tmp_path) as given:
        request = Register(name="ann", password=PASSWORD, invite=invite)

        assert (await ask(given, request, local=False)).code is Refusal.INVITE_INVALID
        assert given.auth.passwords.computed == 0


@pytest.mark.parametrize("how", ["closed", "allowlist"])
async def test_registration_where_there_is_none_costs_no_computation(tmp_path: Path, how: Any) -> None:
    settings = AccountsSection(argon2_memory_kib=8, argon2_passes=1, registration=how)
    async with services(tmp_path, settings) as given:
        refused = await ask(given, Register(name="ann", password=PASSWORD), local=False)

        assert refused.code is Refusal.SIGN_IN_REFUSED
        assert given.auth.passwords.computed == 0


async def test_password_is_hashed_anew_at_sign_in_once_the_costs_are_others(tmp_path: Path) -> None:
    async with services(tmp_path) as given:
        await ask(given, Register(name="ann", password=PASSWORD))
    dearer = AccountsSection(argon2_memory_kib=16, argon2_passes=1)
    async with services(tmp_path, dearer) as given:
        assert (await ask(given, SignInPassword(name="ann", password=PASSWORD))).token
        assert given.auth.passwords.computed == 2
        known = await given.store.read(lambda reader: reader.credentials("ann"))
        assert known is not None and known.password is not None and "m=16," in known.password

        assert (await ask(given, SignInPassword(name="ann", password=PASSWORD))).token
        assert given.auth.passwords.computed == 3, "once is enough"
