"""Whom the client library talks with: real servers, real handshakes, keys that are known, unknown and changed."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme
from msgspec.structs import replace

from chat_core.base.errors import WorldFault
from chat_core.client import (
    Client,
    Invitation,
    LinkStatus,
    TrustingConnector,
    Untrusted,
    parse_address,
    parse_invitation,
)
from chat_core.client.trust.connector import look
from chat_core.client.trust.decision import Known, Shown
from chat_core.client.trust.known import KnownServers
from tests.support.processes import ServerProcess
from tests.support.secured import Pair, shown_pin

OTHER_PIN = "4Ogs4hf4aMN5e4wfxdD65mcANm-VpXmq4wPsyMFJDYw"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with a key of its own, for all tests that only look at it."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data", "--tls", "on") as process:
        yield process


@pytest.fixture
def own_server(home: Path) -> Iterator[ServerProcess]:
    """One that a test may stop and start again."""
    with ServerProcess(home / "data", "--tls", "on") as process:
        yield process


@pytest.fixture
def authority(home: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this process trusts, and no other."""
    made = trustme.CA()
    made.cert_pem.write_to_path(home / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(home / "none"))
    return made


def link_to(server: ServerProcess) -> Invitation:
    return parse_invitation(server.address)


@asynccontextmanager
async def visiting(link: Invitation, home: Path) -> AsyncIterator[Client]:
    """Try to be on a server; the known servers are in `home`."""
    async with Client(link.address, "ann", connector=TrustingConnector.of(home / "config", link.pin)) as client:
        yield client


async def talk(link: Invitation, home: Path) -> None:
    """Say something, and see it acknowledged."""
    async with visiting(link, home) as client:
        await client.online(10)
        general = await client.join("general")
        assert (await client.sent(client.post(general, "hello"))).seq > 0


async def refusal(link: Invitation, home: Path) -> Untrusted:
    """Return why a server is not trusted; nothing was said to it, and it is not tried again."""
    async with visiting(link, home) as client:
        with pytest.raises(Untrusted) as told:
            await client.online(10)
        assert client.state.link.status is LinkStatus.REFUSED
        assert "Nothing was said to it." in str(told.value)
    return told.value


async def test_server_with_the_pin_of_the_link_is_talked_with_and_known_afterwards(
    server: ServerProcess, home: Path
) -> None:
    link = link_to(server)
    assert link.address.tls and link.pin == shown_pin(server.port)

    await talk(link, home)

    assert KnownServers(home / "config").find(link.address) == Known("link", link.pin)
    await talk(replace(link, pin=""), home)


async def test_unknown_server_is_told_nothing_and_is_not_remembered(server: ServerProcess, home: Path) -> None:
    link = link_to(server)

    fault = await refusal(replace(link, pin=""), home)

    assert fault.unknown and fault.pin == link.pin
    assert f"chat-tui trust {link.address} --pin {link.pin}" in str(fault)
    assert KnownServers(home / "config").find(link.address) is None


async def test_server_with_another_pin_than_the_link_is_told_nothing(server: ServerProcess, home: Path) -> None:
    link = link_to(server)

    fault = await refusal(replace(link, pin=OTHER_PIN), home)

    assert not fault.unknown
    assert str(fault).startswith("STOP") and link.pin in str(fault) and OTHER_PIN in str(fault)


async def test_server_whose_key_changed_is_told_nothing_also_when_a_link_has_the_new_pin(
    server: ServerProcess, home: Path
) -> None:
    link = link_to(server)
    KnownServers(home / "config").keep(link.address, Known("first use", OTHER_PIN))

    for followed in (replace(link, pin=""), link):
        fault = await refusal(followed, home)

        assert not fault.unknown
        assert "the key of" in str(fault) and OTHER_PIN in str(fault) and link.pin in str(fault)


async def test_server_with_a_renewed_certificate_of_the_same_key_alarms_nobody(
    own_server: ServerProcess, home: Path
) -> None:
    link = link_to(own_server)
    await talk(link, home)
    own_server.stop()
    before = (own_server.data / "tls-certificate.pem").read_bytes()
    (own_server.data / "tls-certificate.pem").unlink()

    with own_server:
        assert (own_server.data / "tls-certificate.pem").read_bytes() != before
        await talk(replace(link, pin=""), home)


async def test_running_client_stops_for_good_when_the_key_changes_behind_a_reconnect(
    own_server: ServerProcess, home: Path
) -> None:
    link = link_to(own_server)
    async with visiting(link, home) as client:
        await client.online(10)
        own_server.stop()
        for name in ("tls-key.pem", "tls-certificate.pem"):
            (own_server.data / name).unlink()
        with own_server:
            async with asyncio.timeout(20):
                async for batch in client.changes():
                    if batch.state.link.status is LinkStatus.REFUSED:
                        break
            with pytest.raises(Untrusted, match="has changed"):
                await client.online(1)


async def test_server_that_an_authority_vouches_for_needs_no_pin_and_may_change_its_key(
    authority: trustme.CA, home: Path
) -> None:
    pair = Pair(home, authority)
    with ServerProcess(home / "data", "--tls", "on", env=pair.environment) as server:
        link = replace(link_to(server), pin="")
        assert await look(link.address) == Shown(shown_pin(server.port), vouched=True)
        await talk(link, home)
    pair.renew()
    with server:
        await talk(link, home)

    assert KnownServers(home / "config").find(link.address) == Known("authority")


async def test_server_that_no_authority_vouches_for_any_more_is_told_nothing(authority: trustme.CA, home: Path) -> None:
    with ServerProcess(home / "data", "--tls", "on", env=Pair(home, authority).environment) as server:
        link = replace(link_to(server), pin="")
        await talk(link, home)
    server = ServerProcess(home / "data", "--tls", "on", port=server.port)  # a key of its own now, on the same port
    with server:
        fault = await refusal(link, home)

    assert not fault.unknown and "does no more" in str(fault)


async def test_authority_does_not_vouch_for_a_server_under_another_name(authority: trustme.CA, home: Path) -> None:
    pair = Pair(home, authority, "chat.example.org")
    with ServerProcess(home / "data", "--tls", "on", env=pair.environment) as server:
        fault = await refusal(replace(link_to(server), pin=""), home)

    assert fault.unknown


async def test_known_servers_that_others_could_have_written_stop_the_client(server: ServerProcess, home: Path) -> None:
    link = link_to(server)
    await talk(link, home)
    KnownServers(home / "config").file.chmod(0o666)

    async with visiting(link, home) as client:
        with pytest.raises(Untrusted, match="Others than you"):
            await client.online(10)


async def test_client_says_that_a_server_without_encryption_has_none(home: Path) -> None:
    with ServerProcess(home / "data") as server, pytest.raises(WorldFault, match="does not speak TLS"):
        await look(parse_address(f"chats://127.0.0.1:{server.port}"))


async def test_client_gives_up_a_handshake_that_nobody_answers(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = parse_address(f"chats://127.0.0.1:{silent.getsockname()[1]}")
        connector = TrustingConnector.of(home / "config", OTHER_PIN)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await connector(address, lambda: pytest.fail("there is nobody to talk with"))
