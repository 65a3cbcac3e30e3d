"""Connecting over real sockets, and the sentence for each way in which it fails."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chat_core.base.clock import SystemClock
from chat_core.base.errors import UsageFault, WorldFault
from chat_core.protocol.codes import Goodbye
from chat_core.protocol.connection import Connection, Role
from chat_core.protocol.envelopes import Envelope, Farewell
from chat_core.transport.connect import connect
from chat_core.transport.driver import Driver
from chat_core.transport.urls import MAX_SOCKET_PATH, Address


class Owner:
    """Notes that the stream opened and closed."""

    def __init__(self) -> None:
        self.driver: Driver | None = None
        self.gone = asyncio.Event()

    def opened(self, driver: Driver) -> None:
        self.driver = driver

    def received(self, envelope: Envelope) -> None:
        raise AssertionError(envelope)

    def heard(self, size: int) -> None:
        pass

    def writable(self) -> None:
        pass

    def closed(self, farewell: Farewell | None, ours: Goodbye | None) -> None:
        self.gone.set()


def driver_for(owner: Owner) -> Callable[[], Driver]:
    clock = SystemClock()
    return lambda: Driver(Connection(Role.CLIENT, clock.monotonic()), clock, owner)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A TCP socket on loopback that takes connections and does nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture
def unix_listener(home: Path) -> Iterator[Path]:
    """The same on a Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(home / "s"))
        server.listen()
        yield home / "s"


async def say_goodbye(owner: Owner, server: socket.socket | None = None) -> None:
    assert owner.driver is not None
    owner.driver.close(Goodbye.CLIENT_LEFT)
    async with asyncio.timeout(5):
        await owner.gone.wait()


async def test_connect_opens_a_stream_over_tcp(listener: socket.socket) -> None:
    owner = Owner()

    await connect(Address(host="127.0.0.1", port=listener.getsockname()[1]), driver_for(owner))

    accepted, _ = listener.accept()
    with accepted:
        await say_goodbye(owner)
        assert b"client_left" in accepted.recv(4096)


async def test_connect_opens_a_stream_over_a_unix_socket(unix_listener: Path) -> None:
    owner = Owner()

    await connect(Address(path=str(unix_listener)), driver_for(owner))

    await say_goodbye(owner)


async def test_connect_says_that_nobody_listens_when_the_port_is_closed(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()

    with pytest.raises(WorldFault, match=f"Nobody listens at chat://127.0.0.1:{port}: start a server"):
        await connect(Address(host="127.0.0.1", port=port), driver_for(Owner()))


async def test_connect_says_that_nobody_listens_when_a_name_has_several_addresses(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()

    with pytest.raises(WorldFault, match="Nobody listens at chat://localhost"):
        await connect(Address(host="localhost", port=port), driver_for(Owner()))


async def test_connect_says_that_a_host_does_not_exist() -> None:
    with pytest.raises(WorldFault, match=r"There is no host of the name 'nowhere\.invalid'"):
        await connect(Address(host="nowhere.invalid", port=1), driver_for(Owner()))


async def test_connect_says_that_a_host_does_not_answer_when_its_queue_is_full() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        with socket.create_connection(address), pytest.raises(WorldFault, match=r"did not answer within 0\.3 s"):
            # The queue holds one; the next ones are left hanging by the kernel.
            for _ in range(3):
                await connect(Address(host=address[0], port=address[1]), driver_for(Owner()), within_s=0.3)


async def test_connect_says_that_no_server_is_there_when_the_socket_is_missing_or_stale(home: Path) -> None:
    with pytest.raises(WorldFault, match="No server listens on the socket"):
        await connect(Address(path=str(home / "none")), driver_for(Owner()))

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(home / "stale"))
    with pytest.raises(WorldFault, match="No server listens on the socket"):
        await connect(Address(path=str(home / "stale")), driver_for(Owner()))


async def test_connect_says_what_is_wrong_with_a_path_that_is_no_socket(home: Path) -> None:
    (home / "file").touch()

    with pytest.raises(WorldFault, match="cannot be used: Not a directory"):
        await connect(Address(path=str(home / "file" / "x")), driver_for(Owner()))


async def test_connect_refuses_a_path_that_is_too_long() -> None:
    with pytest.raises(UsageFault, match="too long for this system"):
        await connect(Address(path="/" + "x" * MAX_SOCKET_PATH), driver_for(Owner()))


async def test_connect_says_nothing_to_a_server_of_another_user(
    unix_listener: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    owner = Owner()

    with pytest.raises(UsageFault, match="belongs to another user"):
        await connect(Address(path=str(unix_listener)), driver_for(owner))

    assert owner.driver is None
