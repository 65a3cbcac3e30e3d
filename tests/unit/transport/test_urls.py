"""Addresses: what people type, what they paste, and what is said when it is nothing of the kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.errors import UsageFault
from chat_core.transport.urls import DEFAULT_PORT, MAX_SOCKET_PATH, Address, is_loopback, parse_address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("chat://127.0.0.1:4000", "127.0.0.1", 4000),
        ("chat://127.0.0.1", "127.0.0.1", DEFAULT_PORT),
        ("chat://localhost/", "localhost", DEFAULT_PORT),
        ("CHAT://LocalHost:1", "LocalHost", 1),
        ("127.0.0.1", "127.0.0.1", DEFAULT_PORT),
        ("127.8.9.1:65535", "127.8.9.1", 65535),
        ("localhost:55555", "localhost", 55555),
        ("  localhost.:7 \n", "localhost.", 7),
        ("[::1]:5", "::1", 5),
        ("[::1]", "::1", DEFAULT_PORT),
        ("::1", "::1", DEFAULT_PORT),
        ("chat://[::1]:5", "::1", 5),
        ("chat://[0:0:0:0:0:0:0:1]", "0:0:0:0:0:0:0:1", DEFAULT_PORT),
    ],
)
def test_address_is_read_as_typed(text: str, host: str, port: int) -> None:
    assert parse_address(text) == Address(host=host, port=port)


@pytest.mark.parametrize("text", ["chat+unix:/run/chat/sock", "chat+unix:///run/chat/sock", "CHAT+UNIX:/run/chat/sock"])
def test_address_of_a_socket_is_its_path(text: str) -> None:
    assert parse_address(text) == Address(path="/run/chat/sock")


def test_address_of_a_socket_may_begin_with_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")

    assert parse_address("chat+unix:~/sock").path == "/home/ann/sock"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is missing"),
        ("   ", "is missing"),
        ("chats://localhost:5", "not built yet"),
        ("http://localhost", "'http' is no kind of address"),
        ("chat://", "'' is no host"),
        ("chat://host name", "'host name' is no host"),
        ("-x", "'-x' is no host"),
        ("localhost:", "'' is no port"),
        ("localhost:0", "'0' is no port"),
        ("localhost:65536", "'65536' is no port"),
        ("localhost:12x", "'12x' is no port"),
        ("localhost:٣", "is no port"),
        ("localhost:99999999999999999999", "is no port"),
        ("localhost:5/general", "'5/general' is no port"),
        ("chat://localhost/general", "'localhost/general' is no host"),
        ("[::1", "[::1]:PORT"),
        ("[::1]x", "[::1]:PORT"),
        ("[localhost:]:5", "is no host"),
        ("::g", "'::g' is no host"),
        ("1:2:3", "is no host"),
        ("chat.example.org", "another machine"),
        ("192.168.1.4:5", "another machine"),
        ("[2001:db8::1]:5", "another machine"),
        ("0.0.0.0", "another machine"),
        ("/run/chat/sock", "write chat+unix:PATH"),
        ("./sock", "write chat+unix:PATH"),
        ("chat+unix:sock", "begins with '/'"),
        ("chat+unix:", "begins with '/'"),
        ("chat+unix:/a\0b", "NUL"),
        ("chat+unix:/" + "x" * MAX_SOCKET_PATH, "too long"),
        ("chat+unix:/" + "é" * (MAX_SOCKET_PATH // 2), "too long"),
        ("a" * 254, "is no host"),
        ("\x1b[31mred", "␛[31mred"),
    ],
)
def test_address_that_is_none_gets_a_sentence(text: str, says: str) -> None:
    with pytest.raises(UsageFault) as told:
        parse_address(text)

    assert says in str(told.value)
    assert "\x1b" not in str(told.value)


@pytest.mark.parametrize("text", ["chat://127.0.0.1:4000", "chat://[::1]:5", "chat+unix:/run/chat/sock"])
def test_address_is_written_as_it_is_read(text: str) -> None:
    assert str(parse_address(text)) == text
    assert parse_address(str(parse_address(text))) == parse_address(text)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::1%lo", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_known_without_asking_anybody(host: str, here: bool) -> None:
    assert is_loopback(host) is here


@given(st.text(max_size=60))
def test_address_is_read_or_refused_whatever_is_typed(text: str) -> None:
    try:
        address = parse_address(text)
    except UsageFault:
        return
    assert parse_address(str(address)) == address
