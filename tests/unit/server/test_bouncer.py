"""Who is not let in and who is not heard: addresses, accounts, what is lifted and what ends by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chat_core.base.ids import AccountId, ConversationId
from chat_core.server.defence.addresses import network_of
from chat_core.server.sessions.bouncer import Bouncer, bannable, parse_ban
from chat_core.server.store.acts import Enforced

BOB = AccountId(2)
BAN = Enforced(1, "ban", None, BOB, "198.51.100.7", 60_000, "spam")


def test_banned_account_and_address_are_not_let_in_until_the_time_is_over() -> None:
    bouncer = Bouncer()
    bouncer.learn([BAN])
    assert bouncer.why_no_account(BOB, 0) == "You are banned from this server for another 1 minute: spam."
    assert bouncer.why_no_address("198.51.100.7", 0) == (
        "Your address is banned from this server for another 1 minute: spam."
    )
    assert bouncer.why_no_address("198.51.100.8", 0) == bouncer.why_no_address(None, 0) == ""
    assert bouncer.why_no_account(BOB, 60_000) == bouncer.why_no_address("198.51.100.7", 60_000) == ""


def test_lifted_ban_is_forgotten_and_another_one_of_the_same_goes_on() -> None:
    bouncer = Bouncer()
    bouncer.learn([BAN, replace(BAN, id=2, reason="more spam", until_ts=None)])
    bouncer.learn([replace(BAN, lifted=True)])
    assert bouncer.why_no_account(BOB, 0) == "You are banned from this server: more spam."
    bouncer.learn([replace(BAN, id=2, lifted=True)])
    assert bouncer.why_no_account(BOB, 0) == ""


def test_muted_account_is_not_heard_where_it_is_muted() -> None:
    bouncer = Bouncer()
    assert not bouncer.is_muted(BOB, 3, 0)
    bouncer.learn([Enforced(1, "mute", ConversationId(3), BOB, None, None, "")])
    assert bouncer.is_muted(BOB, 3, 0) and not bouncer.is_muted(BOB, 4, 0)
    bouncer.learn([Enforced(2, "mute", None, BOB, None, 10, "")])
    assert bouncer.is_muted(BOB, 4, 9) and not bouncer.is_muted(BOB, 4, 10)


def test_ban_of_a_channel_lets_nobody_stand_outside_the_server() -> None:
    bouncer = Bouncer()
    bouncer.learn([replace(BAN, conversation=ConversationId(3))])
    assert bouncer.why_no_account(BOB, 0) == bouncer.why_no_address("198.51.100.7", 0) == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("example.org", None),
        ("", None),
    ],
)
def test_address_is_banned_alone_and_of_ipv6_by_its_network(address: str, network: str | None) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("text", "network"),
    [("2001:db8:1:2::/64", "2001:db8:1:2::/64"), ("198.51.100.7", "198.51.100.7"), ("198.51.100.0/24", None)],
)
def test_ban_is_written_as_an_address_or_as_the_list_shows_it(text: str, network: str | None) -> None:
    assert parse_ban(text) == network


def test_ban_spares_the_moderators_own_address_and_this_machine() -> None:
    found = bannable(["198.51.100.7", "198.51.100.7", None, "127.0.0.1", "::/64", "203.0.113.9"], "203.0.113.9")
    assert found == ("198.51.100.7",)
