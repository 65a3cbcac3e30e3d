"""Addresses: what people type, what they paste, and what is said when it is nothing of the kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_core.base.errors import UsageFault
from chat_core.transport.urls import (
    DEFAULT_PORT,
    MAX_SOCKET_PATH,
    Address,
    Invitation,
    is_host,
    is_loopback,
    parse_address,
    parse_invitation,
)

PIN = "4Ogs4hf4aMN5e4wfxdD65mcANm-VpXmq4wPsyMFJDYw"


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
        ("http://localhost", "'http' is no kind of address"),
        ("chat://", "'' is no host"),
        ("chats://", "'' is no host"),
        ("chat://host name", "'host name' is no host"),
        ("-x", "'-x' is no host"),
        ("localhost:", "'' is no port"),
        ("localhost:0", "'0' is no port"),
        ("localhost:65536", "'65536' is no port"),
        ("localhost:12x", "'12x' is no port"),
        ("localhost:٣", "is no port"),
        ("localhost:99999999999999999999", "is no port"),
        ("localhost:5/general", "Only an address is wanted here"),
        (f"chats://h?pin={PIN}", "Only an address is wanted here"),
        ("chats://ann@h", "'ann@h' is no host"),
        ("chats://ann:secret@h", "is no port"),
        ("[::1", "[::1]:PORT"),
        ("[::1]x", "[::1]:PORT"),
        ("[localhost:]:5", "is no host"),
        ("::g", "'::g' is no host"),
        ("1:2:3", "is no host"),
        ("chat://chat.example.org", "write chats://chat.example.org"),
        ("chat://192.168.1.4:5", "write chats://192.168.1.4:5"),
        ("chat://[2001:db8::1]:5", "write chats://[2001:db8::1]:5"),
        ("chat://0.0.0.0", "another machine"),
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


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("chat.example.org", f"chats://chat.example.org:{DEFAULT_PORT}"),
        ("192.168.1.4:5", "chats://192.168.1.4:5"),
        ("[2001:db8::1]:5", "chats://[2001:db8::1]:5"),
        ("CHATS://localhost", f"chats://localhost:{DEFAULT_PORT}"),
        ("localhost", f"chat://localhost:{DEFAULT_PORT}"),
        ("chat+insecure://10.0.0.1:5", "chat+insecure://10.0.0.1:5"),
        ("chat+insecure://127.0.0.1:5", "chat://127.0.0.1:5"),
    ],
)
def test_address_of_another_machine_is_encrypted_unless_it_is_called_insecure(text: str, written: str) -> None:
    assert str(parse_address(text)) == written
    assert parse_address(text).tls is written.startswith("chats:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"chats://h:5?pin={PIN}", Invitation(Address(host="h", port=5, tls=True), pin=PIN)),
        (
            f"chats://h:5/general?pin={PIN}&invite=a-B_9",
            Invitation(Address(host="h", port=5, tls=True), "general", PIN, "a-B_9"),
        ),
        ("chats://h:5/caf%C3%A9", Invitation(Address(host="h", port=5, tls=True), "café")),
        ("chats://h:5/", Invitation(Address(host="h", port=5, tls=True))),
        ("chat://localhost:5/general", Invitation(Address(host="localhost", port=5), "general")),
        (f"127.0.0.1:5?pin={PIN}", Invitation(Address(host="127.0.0.1", port=5, tls=True), pin=PIN)),
        ("chat+unix:/run/s?x", Invitation(Address(path="/run/s?x"))),
    ],
)
def test_link_says_what_a_friend_needs(text: str, said: Invitation) -> None:
    assert parse_invitation(text) == said
    assert parse_invitation(str(said)) == said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"chats://h?pin={PIN}x", "is no pin"),
        ("chats://h?pin=", "'' is no pin"),
        (f"chats://h?pin={PIN}&pin={PIN}", "pin in it twice"),
        ("chats://h?invite=a b", "'a b' is no invite"),
        ("chats://h?invite=abc", "is no invite"),
        ("chats://h?", "'' in it"),
        ("chats://h?colour=red", "'colour' in it"),
        (f"chats://h?pin={PIN}&", "'' in it"),
        (f"chats://h?pin={PIN}#x", "is no pin"),
        ("chats://h/a/b", "channel"),
        ("chats://h/%zz", "channel"),
        ("chats://h/%ff", "is no channel's name"),
        ("chats://h/%1b[31m", "channel"),
        (f"chat://localhost?pin={PIN}", "A pin is for an encrypted connection"),
    ],
)
def test_link_that_is_none_gets_a_sentence(text: str, says: str) -> None:
    with pytest.raises(UsageFault) as told:
        parse_invitation(text)

    assert says in str(told.value)
    assert "\x1b" not in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        "chat://127.0.0.1:4000",
        "chat://[::1]:5",
        "chats://[::1]:5",
        "chats://h:5",
        "chat+insecure://h:5",
        "chat+unix:/run/chat/sock",
    ],
)
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


@pytest.mark.parametrize(
    ("zone", "good"), [("eth0", True), ("wlan-0.1", True), ("", False), ("a b", False), ("\x1b[6n", False)]
)
def test_zone_of_an_address_is_an_interface_and_never_steers(zone: str, good: bool) -> None:
    assert is_host(f"fe80::1%{zone}") is good


@given(st.text(max_size=60) | st.text(max_size=30).map(lambda text: f"chats://h/{text}"))
def test_link_is_read_or_refused_whatever_is_typed(text: str) -> None:
    try:
        link = parse_invitation(text)
    except UsageFault:
        return
    assert parse_invitation(str(link)) == link


@given(st.text(max_size=60))
def test_address_is_read_or_refused_whatever_is_typed(text: str) -> None:
    try:
        address = parse_address(text)
    except UsageFault:
        return
    assert parse_address(str(address)) == address
