"""docs/protocol.md, "Accounts": passwords, tokens, registration, guests, devices; on loopback, and for others."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tests.support import starting
from tests.support.people import People, unique
from tests.support.processes import ServerProcess
from tests.support.wire import Wire

PASSWORD = "correct horse"


def hello(people: People) -> Wire:
    wire = people.stranger()
    wire.call("hello", protocol=1)
    return wire


def registered(people: People, name: str = "", **fields: Any) -> tuple[Wire, dict[str, Any]]:
    """Register a new account; return its connection and the answer."""
    wire = hello(people)
    return wire, wire.call("register", name=name or unique("ann"), password=PASSWORD, **fields)


def invite(server: ServerProcess, *arguments: str) -> str:
    """Make an invite as whoever runs the server does."""
    command = [sys.executable, "-m", "chat_core", "invite", "--data", str(server.data), *arguments]
    done = starting.run(command, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().split()[-1]


@pytest.fixture(scope="module")
def code(distant: ServerProcess) -> str:
    """Make an invite that any number can use."""
    return invite(distant, "--uses", "any")


# --- on loopback


def test_registered_account_signs_in_with_its_password_and_each_device_with_its_token(people: People) -> None:
    _, made = registered(people)
    name, account = made["account"]["name"], made["account"]

    by_password = hello(people).call("sign_in_password", name=name.upper(), password=PASSWORD, device="phone")
    by_token = [hello(people).call("sign_in_token", token=each["token"]) for each in (made, by_password)]

    assert made["created"] is True
    assert by_password["account"] == account
    assert len({made["token"], by_password["token"]}) == 2
    assert [each["device"] for each in by_token] == [made["device"], by_password["device"]]
    assert all(each["account"] == account and not each.get("token") for each in by_token)


def test_name_with_a_password_asks_for_it_on_loopback_too(people: People) -> None:
    _, made = registered(people)
    wire = hello(people)

    assert wire.refused("sign_in", name=made["account"]["name"]) == "password_needed"
    assert wire.call("sign_in_password", name=made["account"]["name"], password=PASSWORD)["account"]["id"]


def test_wrong_password_unknown_name_and_name_without_password_get_one_answer(people: People) -> None:
    _, made = registered(people)
    plain = unique("plain")
    people.enter(plain)
    wire = hello(people)

    failures = [
        wire.ask("sign_in_password", name=name, password="not the password")
        for name in (made["account"]["name"], unique("nobody"), plain)
    ]

    assert {(one["code"], one["text"], one["final"]) for one in failures} == {
        ("wrong_credentials", failures[0]["text"], True)
    }


def test_registering_a_name_that_has_a_password_is_refused(people: People) -> None:
    _, made = registered(people)

    assert hello(people).refused("register", name=made["account"]["name"].upper(), password=PASSWORD) == "name_taken"


def test_registering_takes_over_a_name_without_password_and_signs_its_other_connections_out(people: People) -> None:
    name = unique("plain")
    before = people.enter(name)

    _, made = registered(people, name)

    assert not made.get("created", False)
    assert before.goodbye()["code"] == "signed_out"
    assert hello(people).refused("sign_in", name=name) == "password_needed"


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_password_that_breaks_the_rule_is_refused_in_words_and_may_be_tried_again(
    people: People, password: str
) -> None:
    wire, name = hello(people), unique("ann")

    failure = wire.ask("register", name=name, password=password)

    assert (failure["t"], failure["code"]) == ("failure", "bad_password")
    assert "characters" in failure["text"]
    assert wire.call("register", name=name, password=PASSWORD)["created"]


@pytest.mark.parametrize("name", ["guest.ann", "GUEST.ann", "a b", ""])
def test_name_that_nobody_may_choose_is_refused(people: People, name: str) -> None:
    assert hello(people).refused("register", name=name, password=PASSWORD) == "bad_name"
    assert hello(people).refused("sign_in", name=name) == "bad_name"


@pytest.mark.parametrize("token", ["nonsense", "x" * 43, "\u00e9\u0000\ud7ff"])
def test_token_that_nobody_has_is_refused_for_good(people: People, token: str) -> None:
    failure = hello(people).ask("sign_in_token", token=token)

    assert (failure["code"], failure["final"]) == ("wrong_credentials", True)


def test_ways_in_before_hello_and_after_sign_in_are_refused(people: People) -> None:
    ways: list[tuple[str, dict[str, Any]]] = [
        ("sign_in_password", {"name": "ann", "password": PASSWORD}),
        ("sign_in_token", {"token": "x"}),
        ("register", {"name": unique("ann"), "password": PASSWORD}),
        ("sign_in_guest", {}),
    ]
    early, late = people.stranger(), people.enter()

    assert {early.refused(do, **fields) for do, fields in ways} == {"not_signed_in"}
    assert {late.refused(do, **fields) for do, fields in ways} == {"already_signed_in"}


def test_guest_has_a_name_of_its_kind_may_speak_and_comes_back_by_token(people: People) -> None:
    wire = hello(people)
    made = wire.call("sign_in_guest", name=unique("Bob"))

    assert made["account"]["name"].startswith("guest.Bob")
    assert made["account"]["role"] == "guest"
    assert wire.say("#general", "hello")["seq"]
    assert wire.refused("set_topic", conversation="#general", topic="x") == "not_allowed"
    assert wire.refused("change_password", new=PASSWORD) == "not_allowed"
    again = hello(people).call("sign_in_token", token=made["token"])
    assert again["account"] == made["account"]


def test_guests_of_one_name_are_two(people: People) -> None:
    first, second = (hello(people).call("sign_in_guest", name="twin")["account"] for _ in range(2))

    assert first["id"] != second["id"]
    assert first["name"] != second["name"]


# --- devices


def test_devices_are_listed_and_a_revoked_one_is_out_at_once_and_for_good(people: People) -> None:
    wire, made = registered(people, device="desk\x1b[31m")
    phone = hello(people)
    second = phone.call("sign_in_password", name=made["account"]["name"], password=PASSWORD, device="phone")

    listed = wire.call("list_devices")["devices"]
    assert [(one["label"], one.get("here", False), one["online"]) for one in listed] == [
        ("phone", False, True), ("desk\u241b[31m", True, True)
    ]  # fmt: skip
    wire.call("revoke_device", device=second["device"])

    goodbye = phone.goodbye()
    assert (goodbye["code"], goodbye.get("reconnect", False)) == ("signed_out", False)
    assert hello(people).refused("sign_in_token", token=second["token"]) == "wrong_credentials"
    assert [one["id"] for one in wire.call("list_devices")["devices"]] == [made["device"]]
    assert wire.refused("revoke_device", device=second["device"]) == "no_device"


def test_nobody_revokes_the_device_of_somebody_else(people: People) -> None:
    _, made = registered(people)
    other, _ = registered(people)

    assert other.refused("revoke_device", device=made["device"]) == "no_device"
    assert hello(people).call("sign_in_token", token=made["token"])["account"] == made["account"]


def test_signing_out_is_answered_then_ends_the_connection_and_the_token(people: People) -> None:
    wire, made = registered(people)

    assert wire.call("sign_out") == {}
    assert wire.goodbye()["code"] == "signed_out"
    assert hello(people).refused("sign_in_token", token=made["token"]) == "wrong_credentials"


def test_signing_out_without_a_device_ends_the_connection_only(people: People) -> None:
    name = unique("plain")
    first, second = people.enter(name), people.enter(name)

    first.call("sign_out")

    assert first.goodbye()["code"] == "signed_out"
    assert second.call("list_devices")["devices"] == []


def test_new_password_needs_the_old_one_and_signs_other_devices_out(people: People) -> None:
    wire, made = registered(people)
    name = made["account"]["name"]
    phone = hello(people)
    second = phone.call("sign_in_password", name=name, password=PASSWORD)

    assert wire.refused("change_password", old="not it at all", new="battery staple") == "wrong_credentials"
    assert wire.refused("change_password", old=PASSWORD, new="short") == "bad_password"
    wire.call("change_password", old=PASSWORD, new="battery staple")

    assert phone.goodbye()["code"] == "signed_out"
    assert hello(people).refused("sign_in_token", token=second["token"]) == "wrong_credentials"
    assert hello(people).refused("sign_in_password", name=name, password=PASSWORD) == "wrong_credentials"
    assert hello(people).call("sign_in_token", token=made["token"])["device"] == made["device"]
    assert hello(people).call("sign_in_password", name=name, password="battery staple")["token"]


def test_first_password_registers_the_name_and_gives_this_connection_a_device(people: People) -> None:
    name = unique("plain")
    wire, other = people.enter(name), people.enter(name)

    changed = wire.call("change_password", new=PASSWORD)

    assert other.goodbye()["code"] == "signed_out"
    assert hello(people).call("sign_in_token", token=changed["token"])["account"]["name"] == name
    assert hello(people).refused("sign_in", name=name) == "password_needed"
    assert [one["id"] for one in wire.call("list_devices")["devices"]] == [changed["device"]]


# --- from other machines


def test_welcome_says_how_one_gets_in_from_elsewhere(outsiders: People) -> None:
    welcome = outsiders.stranger().call("hello", protocol=1)

    assert welcome["registration"] == "invite"
    assert not welcome.get("guests", False)


def test_name_alone_and_guests_are_refused_from_elsewhere(outsiders: People) -> None:
    wire = hello(outsiders)

    assert wire.refused("sign_in", name=unique("ann")) == "sign_in_refused"
    assert wire.refused("sign_in_guest") == "sign_in_refused"


def test_invite_is_asked_for_from_elsewhere_and_can_be_typed_in_any_way(outsiders: People, code: str) -> None:
    wire, name = hello(outsiders), unique("ann")

    assert wire.refused("register", name=name, password=PASSWORD) == "invite_invalid"
    assert wire.refused("register", name=name, password=PASSWORD, invite="7K3M-PQ9A-0011-VXYZ") == "invite_invalid"
    assert wire.call("register", name=name, password=PASSWORD, invite=code.lower().replace("-", " "))["created"]


def test_invite_is_good_for_as_many_as_it_says(outsiders: People, distant: ServerProcess) -> None:
    once = invite(distant)

    registered(outsiders, invite=once)

    assert hello(outsiders).refused("register", name=unique("x"), password=PASSWORD, invite=once) == "invite_invalid"


def test_member_from_elsewhere_may_not_invite_nor_administer(outsiders: People, code: str) -> None:
    registered(outsiders, invite=code)  # the first one may be the owner
    wire, _ = registered(outsiders, invite=code)

    assert wire.refused("make_invite") == "not_allowed"
    for do, fields in (
        ("list_accounts", {}),
        ("add_account", {"name": unique("x")}),
        ("set_account_password", {"name": "x", "password": PASSWORD}),
        ("disable_account", {"name": "x"}),
        ("set_server_role", {"name": "x", "role": "owner"}),
        ("allow_name", {"name": "x"}),
        ("list_allowed", {}),
        ("list_invites", {}),
        ("revoke_invite", {"invite": 1}),
    ):
        assert wire.refused(do, **fields) == "not_allowed", do


def test_whoever_is_on_the_servers_machine_may_invite(people: People) -> None:
    made = people.enter().call("make_invite", uses=3, lasts_s=60, channel="")

    assert made["uses"] == 3
    assert len(made["code"]) == 19
