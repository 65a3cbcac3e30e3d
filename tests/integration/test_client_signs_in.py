"""The client library and a real server: registering, the token after it, and what ends a client for good."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chat_core.base.errors import UsageFault
from chat_core.client import CallFailed, Client, FileTokens, LinkStatus, parse_address
from chat_core.client.credentials import FILE
from chat_core.protocol.codes import Refusal
from chat_core.protocol.requests.accounts import Rename
from chat_core.protocol.requests.signin import ChangePassword, ListDevices, RevokeDevice, SignOut
from tests.support.people import unique
from tests.support.processes import ServerProcess

PASSWORD = "correct horse"
CHEAP = {"CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64"}
WAIT_S = 20.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", env=CHEAP) as running:
        yield running


def client(server: ServerProcess, name: str, folder: Path | None = None, **more: Any) -> Client:
    address = parse_address(server.address)
    tokens = None if folder is None else FileTokens(folder, address)
    return Client(address, name, tokens=tokens, **more)


async def refused(client: Client) -> str:
    """Wait until the server has let a client in no more; return why."""
    async for batch in client.changes():
        if batch.state.link.status is LinkStatus.REFUSED:
            return batch.state.link.detail
    raise AssertionError("the client was closed")


async def test_registering_keeps_a_token_and_the_next_client_needs_nothing(server: ServerProcess, home: Path) -> None:
    name = unique("ann")
    async with client(server, name, home, password=PASSWORD, register=True) as ann:
        await ann.online(WAIT_S)
        me = ann.state.me

    async with client(server, name, home) as again:
        await again.online(WAIT_S)
        assert again.state.me == me
        devices = (await again.call(ListDevices())).devices
    assert [device.here for device in devices] == [True]
    assert PASSWORD not in (home / FILE).read_text()

    async with client(server, name) as stranger:
        with pytest.raises(CallFailed) as caught:
            await stranger.online(WAIT_S)
    assert caught.value.code is Refusal.PASSWORD_NEEDED


async def test_reconnect_uses_the_token_and_not_the_password(server: ServerProcess) -> None:
    name = unique("ann")
    async with client(server, name, password=PASSWORD, register=True) as ann:
        await ann.online(WAIT_S)
        ann._engine.keeper.link.drop("a cut wire")
        await asyncio.sleep(0)
        await ann.online(WAIT_S)
        await ann.online(WAIT_S)
        assert len((await ann.call(ListDevices())).devices) == 1


async def test_revoked_device_is_refused_for_good_and_says_so(server: ServerProcess, home: Path) -> None:
    name = unique("ann")
    async with client(server, name, password=PASSWORD, register=True) as desk:
        await desk.online(WAIT_S)
        async with client(server, name, home, password=PASSWORD, device="phone") as phone:
            await phone.online(WAIT_S)
            ending = asyncio.ensure_future(refused(phone))  # noqa: TID251  # waited for below
            devices = (await desk.call(ListDevices())).devices
            await desk.call(RevokeDevice(device=next(one.id for one in devices if one.label == "phone")))
            assert "signed out" in await ending

        async with client(server, name, home) as again:
            with pytest.raises(CallFailed) as caught:
                await again.online(WAIT_S)
            assert caught.value.code is Refusal.WRONG_CREDENTIALS
            assert again.state.link.status is LinkStatus.REFUSED

        async with client(server, name, home, password=PASSWORD) as mended:
            await mended.online(WAIT_S)
        async with client(server, name, home) as after:
            await after.online(WAIT_S)


async def test_token_follows_a_renaming(server: ServerProcess, home: Path) -> None:
    before, name = unique("ann"), unique("anna")
    tokens = FileTokens(home, parse_address(server.address))
    async with client(server, before, home, password=PASSWORD, register=True) as ann:
        await ann.online(WAIT_S)
        await ann.call(Rename(name=name))
        async with asyncio.timeout(WAIT_S):
            while not tokens.find(name):  # noqa: ASYNC110  # a file tells nobody
                await asyncio.sleep(0.01)

    assert tokens.find(before) == ""
    async with client(server, name, home) as again:
        await again.online(WAIT_S)


async def test_first_password_gives_this_device_a_token(server: ServerProcess, home: Path) -> None:
    name = unique("plain")
    tokens = FileTokens(home, parse_address(server.address))
    async with client(server, name, home) as ann:
        await ann.online(WAIT_S)
        assert tokens.find(name) == ""
        await ann.call(ChangePassword(new=PASSWORD))
        async with asyncio.timeout(WAIT_S):
            while not tokens.find(name):  # noqa: ASYNC110  # a file tells nobody
                await asyncio.sleep(0.01)

    async with client(server, name, home) as again:
        await again.online(WAIT_S)


async def test_signing_out_ends_the_client(server: ServerProcess, home: Path) -> None:
    name = unique("ann")
    async with client(server, name, home, password=PASSWORD, register=True) as ann:
        await ann.online(WAIT_S)
        ending = asyncio.ensure_future(refused(ann))  # noqa: TID251  # waited for below
        await ann.call(SignOut())
        assert "igned out" in await ending


async def test_guest_comes_back_as_the_same(server: ServerProcess, home: Path) -> None:
    async with client(server, "visitor", home, guest=True) as guest:
        await guest.online(WAIT_S)
        me = guest.state.me
        assert me is not None and me.role == "guest"

    async with client(server, me.name, home) as again:
        await again.online(WAIT_S)
        assert again.state.me == me


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"password": "short", "register": True}, Refusal.BAD_PASSWORD),
        ({"password": PASSWORD, "register": True, "invite": "nonsense"}, Refusal.INVITE_INVALID),
        ({"password": PASSWORD}, Refusal.WRONG_CREDENTIALS),
        ({"token": "nonsense"}, Refusal.WRONG_CREDENTIALS),
    ],
)
async def test_refused_way_in_is_final_and_in_words(server: ServerProcess, more: dict[str, Any], code: Refusal) -> None:
    async with client(server, unique("ann"), **more) as ann:
        with pytest.raises(CallFailed) as caught:
            await ann.online(WAIT_S)

    assert caught.value.code is code
    assert str(caught.value).endswith(".")


async def test_file_that_others_can_read_is_refused_in_words_and_nobody_is_asked_for_anything(
    server: ServerProcess, home: Path
) -> None:
    name = unique("ann")
    async with client(server, name, home, password=PASSWORD, register=True) as ann:
        await ann.online(WAIT_S)
    (home / FILE).chmod(0o644)

    async with client(server, name, home) as again:
        with pytest.raises(UsageFault, match="read by others"):
            await again.online(WAIT_S)


class Asked:
    """Has one thing to say, and counts how often it was asked."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.times = 0

    async def __call__(self) -> str:
        self.times += 1
        return self.secret


async def test_password_is_asked_for_once_it_is_needed_and_not_before(server: ServerProcess, home: Path) -> None:
    name = unique("ann")
    async with client(server, name, password=PASSWORD, register=True) as ann:
        await ann.online(WAIT_S)
    ask = Asked(PASSWORD)
    async with client(server, name, home, ask=ask) as first:
        await first.online(WAIT_S)
    async with client(server, name, home, ask=ask) as by_token:
        await by_token.online(WAIT_S)
    assert ask.times == 1

    tokens = FileTokens(home, parse_address(server.address))
    token = tokens.find(name)
    tokens.keep(name, "worthless")
    async with client(server, name, home, ask=ask) as after:
        await after.online(WAIT_S)
    assert ask.times == 2

    async with client(server, name, ask=Asked(token)) as other:
        await other.online(WAIT_S)
        assert other.state.me is not None and other.state.me.name == name


@pytest.mark.parametrize(
    ("secret", "code"),
    [
        ("wrong", Refusal.WRONG_CREDENTIALS),
        ("x" * 43, Refusal.WRONG_CREDENTIALS),
        ("", Refusal.PASSWORD_NEEDED),
    ],
)
async def test_answer_that_gets_nobody_in_is_the_end_and_is_not_asked_for_again(
    server: ServerProcess, home: Path, secret: str, code: Refusal
) -> None:
    name = unique("ann")
    async with client(server, name, password=PASSWORD, register=True) as ann:
        await ann.online(WAIT_S)
    ask = Asked(secret)
    async with client(server, name, home, ask=ask) as stranger:
        with pytest.raises(CallFailed) as caught:
            await stranger.online(WAIT_S)

    assert (caught.value.code, ask.times) == (code, 1)


async def test_password_that_looks_like_a_token_gets_in_as_a_password(server: ServerProcess) -> None:
    name, password = unique("ann"), "a-password_that_looks_like_a_token_0123456789"[:43]
    async with client(server, name, password=password, register=True) as ann:
        await ann.online(WAIT_S)
    async with client(server, name, ask=Asked(password)) as again:
        await again.online(WAIT_S)
        assert again.state.me is not None
