"""How a listener is named to somebody elsewhere."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from chat_core.server.reachable import reachable_host


@pytest.mark.parametrize("host", ["chat.example.org", "127.0.0.1", "2001:db8::5"])
def test_reachable_host_is_what_the_server_listens_on(host: str) -> None:
    assert reachable_host(host) == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.1"])
def test_reachable_host_is_what_the_operator_calls_it(host: str) -> None:
    assert reachable_host(host, "chat.example.org") == "chat.example.org"


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_reachable_host_of_a_wildcard_is_an_address_of_this_machine_or_its_name(host: str) -> None:
    found = reachable_host(host)

    if found == socket.gethostname():
        return  # nothing leads out of here
    address = ipaddress.ip_address(found)
    assert not address.is_unspecified and not address.is_loopback
    with socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET) as own:
        own.bind((found, 0))
