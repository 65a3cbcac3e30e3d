"""Tokens that are worth nothing any more, shown again: refused like one that never was, and counted.

A real server with the profile `internet`. Everybody comes from an address of their own, so that the limits of one test
are not those of another.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from chat_core.server.profiles import INTERNET
from tests.support.people import answers_of, framed, request
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

PASSWORD, NEW = "correct horse", "battery staple"
CHEAP: Final = {"CHAT_CORE_ACCOUNTS_ARGON2_MEMORY_KIB": "64", "CHAT_CORE_ACCOUNTS_ARGON2_PASSES": "1"}
OWNER: Final = "127.0.9.1"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with an owner, who is the first to register; at its end it has logged no token and no traceback."""
    folder = tmp_path_factory.mktemp("tokens")
    with ServerProcess(folder / "data", "--profile", "internet", "--log-level", "debug", env=CHEAP) as running:
        with _hello(running, OWNER) as owner:
            _tokens.append(owner.call("register", name="first", password=PASSWORD)["token"])
        yield running
        said = running.log.read_text()
    assert _tokens
    assert not [token for token in _tokens if token in said], "a token stands in the log"
    assert PASSWORD not in said and NEW not in said
    assert "Traceback" not in said, said


_tokens: list[str] = []
"""All that were answered, the owner's first."""


_wires: list[Wire] = []
"""All that were opened in a test."""


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _wires:
        _wires.pop().socket.close()


class Device(NamedTuple):
    """A device of an account: its connection, and how it comes back."""

    wire: Wire
    name: str
    token: str
    number: int


class Dying(NamedTuple):
    """Two devices of one account, of which the second is about to lose its token."""

    server: ServerProcess
    first: Device
    second: Device


def _signed_out(dying: Dying) -> None:
    dying.second.wire.call("sign_out")


def _revoked(dying: Dying) -> None:
    dying.first.wire.call("revoke_device", device=dying.second.number)


def _password_changed(dying: Dying) -> None:
    dying.first.wire.call("change_password", old=PASSWORD, new=NEW)


def _password_set_by_the_owner(dying: Dying) -> None:
    _as_owner(dying.server, "set_account_password", name=dying.first.name, password=NEW)


def _password_set_at_the_console(dying: Dying) -> None:
    command = [sys.executable, "-m", "chat_core", "users", "passwd", dying.first.name, "--password-stdin"]
    command += ["--data", str(dying.server.data)]
    subprocess.run(command, input=f"{NEW}\n", text=True, check=True, capture_output=True, timeout=30)


WAYS: Final[dict[str, Callable[[Dying], None]]] = {
    "signed_out": _signed_out,
    "revoked": _revoked,
    "password_changed": _password_changed,
    "password_set_by_the_owner": _password_set_by_the_owner,
    "password_set_at_the_console": _password_set_at_the_console,
}
"""How a token dies."""


@pytest.mark.parametrize("way", WAYS)
def test_dead_token_ends_its_session_and_is_refused_like_one_that_never_was(server: ServerProcess, way: str) -> None:
    first = _registered(server)
    second = _again(server, first.name)

    WAYS[way](Dying(server, first, second))

    goodbye = second.wire.goodbye()
    assert (goodbye["code"], goodbye.get("reconnect", False)) == ("signed_out", False)
    with _hello(server) as thief:
        refused = thief.ask("sign_in_token", token=second.token)
        nothing = thief.ask("sign_in_token", token="x" * len(second.token))
    assert _said(refused) == _said(nothing) == ("failure", "wrong_credentials", nothing["text"], True)


def test_token_of_a_disabled_account_opens_nothing_and_only_who_has_it_is_told_why(server: ServerProcess) -> None:
    device = _registered(server)

    _as_owner(server, "disable_account", name=device.name)
    assert device.wire.goodbye()["code"] == "signed_out"
    with _hello(server) as wire:
        assert wire.refused("sign_in_token", token=device.token) == "disabled"
        assert wire.refused("sign_in_password", name=device.name, password=PASSWORD) == "disabled"
    with _hello(server) as wire:
        assert wire.refused("sign_in_password", name=device.name, password=NEW) == "wrong_credentials"
    _as_owner(server, "disable_account", name=device.name, disabled=False)

    with _hello(server) as wire:
        assert wire.call("sign_in_token", token=device.token)["account"]["name"] == device.name


def test_dead_tokens_shown_again_are_counted_by_address_and_lock_out_nobody_else(server: ServerProcess) -> None:
    first = _registered(server)
    second = _again(server, first.name)
    _revoked(Dying(server, first, second))
    most = INTERNET.sign_ins_per_address

    codes: list[str] = []
    while len(codes) < 3 * most and codes[-1:] != ["rate_limited"]:
        with _hello(server, "127.0.9.2") as thief:
            codes.append(thief.refused("sign_in_token", token=second.token))
    with _hello(server, "127.0.9.2") as thief:
        late = thief.ask("sign_in_token", token=first.token)

    # A few more for the time that has passed: one comes back every six seconds.
    assert most <= codes.count("wrong_credentials") < 2 * most
    assert codes[-1] == "rate_limited"
    assert late["code"] == "rate_limited" and late["retry_after"] > 0, "from there, not even a good one is heard now"
    with _hello(server, "127.0.9.3") as elsewhere:
        assert elsewhere.call("sign_in_token", token=first.token), "the account itself is not locked"


def test_token_of_another_server_is_one_that_never_was(server: ServerProcess, home: Path) -> None:
    name = _name()
    with ServerProcess(home / "data", env=CHEAP) as other, _hello(other) as wire:
        token = wire.call("register", name=name, password=PASSWORD)["token"]
    with _hello(server) as wire:
        wire.call("register", name=name, password=PASSWORD)

    with _hello(server) as wire:
        assert wire.refused("sign_in_token", token=token) == "wrong_credentials"


def test_old_password_opens_nothing_after_the_change_and_the_device_that_made_it_stays(server: ServerProcess) -> None:
    first = _registered(server)
    _password_changed(Dying(server, first, first))

    assert first.wire.call("list_devices")["devices"][0]["here"]
    with _hello(server) as wire:
        assert wire.refused("sign_in_password", name=first.name, password=PASSWORD) == "wrong_credentials"
        assert wire.call("sign_in_token", token=first.token)["device"] == first.number


def test_recorded_stream_played_again_signs_nobody_in_once_its_token_is_dead(server: ServerProcess) -> None:
    first = _registered(server)
    envelopes = [request(1, "hello", protocol=1), request(2, "sign_in_token", token=first.token), request(3, "resume")]
    recorded = b"".join(map(framed, envelopes))
    played = []
    for _ in range(2):
        with Wire(server.port, source=_address()) as replay:
            replay.send_bytes(recorded)
            answers = answers_of(replay, len(envelopes))
            played.append([answers[number].get("code", "") for number in (1, 2, 3)])
        if len(played) == 1:
            first.wire.call("sign_out")

    assert played == [["", "", ""], ["", "wrong_credentials", "not_signed_in"]]


# --- how -----------------------------------------------------------------------------------------------------------


def _name() -> str:
    return f"bearer-{next(_numbers)}"


def _address() -> str:
    return f"127.0.{10 + (number := next(_numbers)) // 200}.{1 + number % 200}"


def _hello(server: ServerProcess, source: str = "") -> Wire:
    wire = Wire(server.port, source=source or _address())
    _wires.append(wire)
    wire.call("hello", protocol=1)
    return wire


def _registered(server: ServerProcess) -> Device:
    wire, name = _hello(server), _name()
    return _device(wire, wire.call("register", name=name, password=PASSWORD))


def _again(server: ServerProcess, name: str) -> Device:
    wire = _hello(server)
    return _device(wire, wire.call("sign_in_password", name=name, password=PASSWORD))


def _device(wire: Wire, made: dict[str, Any]) -> Device:
    _tokens.append(made["token"])
    return Device(wire, made["account"]["name"], made["token"], made["device"])


def _as_owner(server: ServerProcess, do: str, **fields: Any) -> None:
    with _hello(server, OWNER) as owner:
        owner.call("sign_in_token", token=_tokens[0])
        owner.call(do, **fields)


def _said(envelope: dict[str, Any]) -> tuple[str, str, str, bool]:
    return envelope["t"], envelope["code"], envelope["text"], envelope["final"]
