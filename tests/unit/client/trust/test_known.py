"""The file of known servers: what it keeps, and when it is not relied on."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chat_core.base.errors import WorldFault
from chat_core.client.errors import Untrusted
from chat_core.client.trust.decision import Known
from chat_core.client.trust.known import KnownServers
from chat_core.transport.urls import Address, parse_address

PIN = "4Ogs4hf4aMN5e4wfxdD65mcANm-VpXmq4wPsyMFJDYw"
HERE = parse_address("chats://chat.example.org:5")


def test_known_server_is_found_again_however_it_is_spelled(tmp_path: Path) -> None:
    KnownServers(tmp_path / "new").keep(HERE, Known("link", PIN))
    KnownServers(tmp_path / "new").keep(parse_address("chats://[2001:db8:0:0::1]:5"), Known("authority"))
    servers = KnownServers(tmp_path / "new")

    assert servers.find(parse_address("chats://Chat.Example.ORG.:5")) == Known("link", PIN)
    assert servers.find(parse_address("chats://[2001:db8::1]:5")) == Known("authority")
    assert servers.find(parse_address("chats://chat.example.org:6")) is None
    assert servers.find(parse_address("chats://example.org:5")) is None


def test_known_servers_are_for_their_owner_only_and_leave_nothing_beside_them(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        servers = KnownServers(tmp_path / "new")
        servers.keep(HERE, Known("link", PIN))
        servers.keep(HERE, Known("by hand", PIN))
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    assert {path.name for path in (tmp_path / "new").iterdir()} == {servers.file.name, f".{servers.file.name}.lock"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "new").iterdir())
    assert servers.find(HERE) == Known("by hand", PIN)


def test_known_servers_lose_none_when_many_are_kept_at_once(tmp_path: Path) -> None:
    addresses = [Address(host="h", port=port, tls=True) for port in range(1, 30)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda address: KnownServers(tmp_path).keep(address, Known("link", PIN)), addresses))

    assert all(KnownServers(tmp_path).find(address) for address in addresses)


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_known_servers_are_not_relied_on_when_others_could_have_written_them(tmp_path: Path, mode: int) -> None:
    servers = KnownServers(tmp_path)
    servers.keep(HERE, Known("link", PIN))
    servers.file.chmod(mode)

    with pytest.raises(Untrusted, match="chmod 600"):
        servers.find(HERE)
    with pytest.raises(Untrusted, match="chmod 600"):
        servers.keep(HERE, Known("link", PIN))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}x",
        '{"servers": 5}',
        '{"servers": {"chat.example.org:5": {"how": "magic"}}}',
        '{"servers": {"chat.example.org:5": {"how": "link"}}}',
        '{"servers": {"chat.example.org:5": {"how": "link", "pin": "short"}}}',
        '{"servers": {"chat.example.org:5": {"how": "authority", "pin": "' + PIN + '"}}}',
        '{"servers": {"chat.example.org\udcff:5": {}}}',
        '{"servers": {"chat.example.org:5": ' + "[" * 100_000,
    ],
)
def test_known_servers_never_count_as_none_when_the_file_is_damaged(tmp_path: Path, content: str) -> None:
    servers = KnownServers(tmp_path)
    servers.file.write_text(content, errors="surrogateescape")
    servers.file.chmod(0o600)

    with pytest.raises(Untrusted, match="is damaged"):
        servers.find(HERE)
    with pytest.raises(Untrusted, match="is damaged"):
        servers.keep(HERE, Known("link", PIN))
    assert servers.file.read_text(errors="surrogateescape") == content


def test_known_servers_say_so_when_the_file_cannot_be_read_or_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WorldFault, match="cannot be written"):
        KnownServers(tmp_path / "file").keep(HERE, Known("link", PIN))

    servers = KnownServers(tmp_path)
    servers.file.mkdir()
    with pytest.raises(Untrusted, match="cannot be read"):
        servers.find(HERE)
